// Helpers of endpoints: a request's body through a format's importer, as a file of the same bytes would go.
#pragma once

#include "importers/importer.h"
#include "importers/live/batch.h"
#include "importers/live/exchange.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace clew::live {

// The source that a protocol's posts belong to: one in a store, whoever sends.
SourceHead posted_source(std::string_view title, std::string_view format);

// The last segments of the path, so that base addresses with a prefix work: ends_in("/a/v1/traces",
// "/v1/traces"). A trailing slash counts as none.
bool ends_in(std::string_view path, std::string_view suffix);

bool is_json(const Request& request);     // by content type; by its first byte where none is stated
bool is_protobuf(const Request& request); // likewise

// One JSON document from end to end.
bool is_whole_json(std::string_view body);

// The first note that is an error, as a sentence; nullopt where there is none.
std::optional<std::string> trouble_in(const Batch& batch);

// Reads `body` as one part of `format` from its beginning to its end.
Result<void> read_posted(const Format& format, std::shared_ptr<const TaughtKeys> taught,
                         std::string_view body, Batch& batch);

// The same for formats whose records come in pieces: what is still open is remembered between bodies. Any
// thread.
class PostedPieces {
public:
    PostedPieces(const Format& format, std::shared_ptr<const TaughtKeys> taught)
        : format_(format)
        , taught_(std::move(taught)) {}

    Result<void> read(std::string_view body, Batch& batch);
    void forget();

private:
    const Format& format_;
    std::shared_ptr<const TaughtKeys> taught_;
    std::mutex mutex_;
    std::unique_ptr<Importer> importer_;
};

} // namespace clew::live

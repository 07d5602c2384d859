// The contract of every format: bytes in any split go in, records come out.
//
// The order of calls is begin, push…, end for each part of a source (a file is one part, a zip or a folder
// many, in a stated order), then finish once. `finish` may emit what had to wait for the whole (a session's
// root, orphans). Importers know nothing of files, sockets or databases. One thread at a time.
#pragma once

#include "model/base/result.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

class TaughtKeys;

struct Part {
    std::string name;                  // within the source; for a plain file its name without folders
    std::optional<std::uint64_t> size; // after decompression, where known
    TimeNs modified = kNoTime;
};

class Importer {
public:
    virtual ~Importer() = default;
    // The sink outlives the importer's use. An error ends the source; what was added before it is kept.
    virtual Result<void> begin(const Part& part, SpanSink& sink) = 0;
    virtual Result<void> push(std::string_view bytes) = 0;
    virtual Result<void> end() = 0;
    virtual Result<void> finish(SpanSink& sink) = 0;

    // Between parts of a source that goes on for long (posts, a pipe): hands out what is known so far of what
    // would wait for the end, and keeps what later pieces complete. It may be handed out again, then fuller.
    virtual Result<void> settle(SpanSink&) { return {}; }

    // Attribute keys that the user taught, before the first begin(). Formats with words of their own for all
    // that they state have no use for it.
    virtual void teach(std::shared_ptr<const TaughtKeys>) {}

    // What a later run needs to go on behind the last whole record; nullopt where the format must be read
    // again from the start (harmless: records are upserts). `consumed` is the byte behind the last whole
    // record.
    struct Saved {
        std::uint64_t consumed = 0;
        std::string state;
    };
    [[nodiscard]] virtual std::optional<Saved> save() const { return {}; }
    virtual bool restore(const Saved&) { return false; }
};

enum class Confidence : std::uint8_t { no, maybe, yes };

// What a sniffer sees: the first bytes after decompression, never the whole.
struct Head {
    std::string_view name;                // of the file or part
    std::string_view bytes;               // up to 64 KiB
    bool whole = false;                   // `bytes` is all there is
    std::span<const std::string> members; // names inside a folder or zip; empty for a file
};

struct Format {
    std::string_view id;    // "otlp-json": stable, stored with each source, used by --format
    std::string_view title; // for people
    std::span<const std::string_view> suffixes; // ".jsonl" …: a tie-breaker only
    std::function<Confidence(const Head& head)> sniff;
    std::function<std::unique_ptr<Importer>()> create;
};

// The formats of this Clew, in the order in which they are asked; one line each in importers/CMakeLists.txt.
// What an application reads beside them: known_formats.h.
std::span<const Format* const> formats();
const Format* find_format(std::string_view id);

// The surest format of a head: the first `yes`, else the first `maybe` (a matching suffix first); null where
// none.
const Format* detect(const Head& head);

} // namespace clew

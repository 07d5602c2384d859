#include "importers/live/posted.h"

#include "model/base/messages.h"

#include <simdjson.h>

#include <algorithm>

namespace clew::live {

namespace {

// A note that would be an error of a file's is one of the request's.
Result<void> read_part(Importer& importer, std::string_view body, Batch& batch) {
    if (auto done = importer.begin({.name = {}, .size = body.size()}, batch); !done) return done;
    if (auto done = importer.push(body); !done) return done;
    return importer.end();
}

char first_of(const Request& request) {
    const auto at = request.body->find_first_not_of(" \t\r\n");
    return at == std::string::npos ? '\0' : (*request.body)[at];
}

} // namespace

SourceHead posted_source(std::string_view title, std::string_view format) {
    SourceHead head;
    head.path = title;
    head.format = format;
    return head;
}

bool ends_in(std::string_view path, std::string_view suffix) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return path.ends_with(suffix);
}

bool is_json(const Request& request) {
    const std::string_view type = request.content_type;
    if (type.empty()) return first_of(request) == '{' || first_of(request) == '[';
    return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

bool is_protobuf(const Request& request) {
    const std::string_view type = request.content_type;
    if (type.empty()) return !is_json(request);
    return type == "application/x-protobuf" || type == "application/protobuf" ||
           type == "application/vnd.google.protobuf";
}

bool is_whole_json(std::string_view body) {
    simdjson::dom::parser parser;
    return parser.parse(body.data(), body.size()).error() == simdjson::SUCCESS;
}

std::optional<std::string> trouble_in(const Batch& batch) {
    const auto error = std::ranges::find(batch.notes, Severity::error, &Note::severity);
    if (error == batch.notes.end()) return {};
    const std::string_view code = error->code;
    if (code == "json.cut" || code == "json.cut_document" || code == "otlp.protobuf_cut")
        return sentence("live.cut_body", {}); // a file's good part is kept, a post is sent again whole
    return sentence(error->code, error->args);
}

Result<void> read_posted(const Format& format, std::shared_ptr<const TaughtKeys> taught,
                         std::string_view body, Batch& batch) {
    const auto importer = format.create();
    if (taught) importer->teach(std::move(taught));
    if (auto done = read_part(*importer, body, batch); !done) return done;
    return importer->finish(batch);
}

Result<void> PostedPieces::read(std::string_view body, Batch& batch) {
    const std::scoped_lock lock(mutex_);
    if (!importer_) {
        importer_ = format_.create();
        if (taught_) importer_->teach(taught_);
    }
    auto done = read_part(*importer_, body, batch);
    if (done) done = importer_->settle(batch);
    if (!done) importer_.reset();
    return done;
}

void PostedPieces::forget() {
    const std::scoped_lock lock(mutex_);
    importer_.reset();
}

} // namespace clew::live

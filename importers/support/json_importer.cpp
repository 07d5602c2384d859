#include "importers/support/json_importer.h"

#include "importers/support/repair_json.h"

#include <utility>

namespace clew {

namespace {
constexpr std::size_t kKeptCapacity = std::size_t{32} << 20; // a larger parser is given back after use
}

Result<void> JsonImporter::begin(const Part& part, SpanSink& sink) {
    out.to(sink);
    part_ = part;
    documents_ = JsonDocuments(layout_, largest_);
    return begin_part(part);
}

Result<void> JsonImporter::push(std::string_view bytes) {
    return documents_.push(bytes, [this](const JsonDocument& document) { return read_document(document); });
}

Result<void> JsonImporter::end() {
    auto done = documents_.end([this](const JsonDocument& document) { return read_document(document); });
    if (!done) return done;
    return end_part();
}

Result<void> JsonImporter::finish(SpanSink& sink) {
    out.to(sink);
    if (auto done = finish_source(); !done) return done;
    if (out.stopped()) return Error{"cancelled", {}, {}};
    return {};
}

Result<void> JsonImporter::settle(SpanSink& sink) {
    out.to(sink);
    return settle_source();
}

void JsonImporter::note(Severity severity, std::string_view code, std::vector<std::string> args) {
    out.note({severity, code, std::move(args), part_.name, offset_, line_});
}

void JsonImporter::note_once(Severity severity, std::string_view code, std::vector<std::string> args) {
    if (said_.emplace(code).second) note(severity, code, std::move(args));
}

Result<void> JsonImporter::read_document(const JsonDocument& document) {
    offset_ = document.offset;
    line_ = document.line;
    cut_ = document.cut;
    if (!document.text.starts_with('{') && !document.text.starts_with('[') && other_text(document.text))
        return {};
    std::string mended;
    std::string_view text = document.text;
    const auto parse = [&](json::Element& root) {
        if (text.data() == document.text.data())
            return parser_.parse(text.data(), text.size(), false).get(root);
        return parser_.parse(mended).get(root);
    };
    if (document.cut) {
        // The last line of a log is left out; of a document its complete elements are kept.
        mended = whole_.empty() ? std::string() : close_cut_json(document.text, whole_);
        if (mended.empty()) {
            note(Severity::error, "json.cut");
            return {};
        }
        note(Severity::error, "json.cut_document");
        text = mended;
    }
    json::Element root;
    auto error = parse(root);
    if (error != simdjson::SUCCESS && error != simdjson::DEPTH_ERROR) {
        if (RepairedJson repaired = repair_json(text); repaired.changed()) {
            mended = std::move(repaired.text);
            text = mended;
            error = parse(root);
            if (error == simdjson::SUCCESS && repaired.characters)
                note_once(Severity::warning, "json.bad_utf8");
        }
    }
    if (error != simdjson::SUCCESS) {
        note(Severity::error, "json.bad_record", {simdjson::error_message(error)});
        return {};
    }
    raw_ = text;
    auto done = read(root);
    raw_ = {};
    if (parser_.capacity() > kKeptCapacity) parser_ = simdjson::dom::parser();
    if (done && out.stopped()) return Error{"cancelled", {}, {}};
    return done;
}

} // namespace clew

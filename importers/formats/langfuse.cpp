// Langfuse: traces, their observations and scores, as its API, its UI's export, its blob storage export and
// the batches of its older SDKs write them, in JSON (one document, pages, or JSON Lines) and in CSV.
//
//   {"id":"<trace>","timestamp":…,"name":…,"sessionId":…,"userId":…,"tags":[…],"observations":[
//     {"id":"<span>","traceId":"<trace>","parentObservationId":null,"type":"GENERATION","name":…,"startTime":…,
//      "endTime":…,"model":…,"input":…,"output":…,"usageDetails":{…},"costDetails":{…},"level":"DEFAULT",
//      …}],
//    "scores":[{"id":…,"traceId":…,"observationId":null,"name":…,"value":0.5,"dataType":"NUMERIC", …}]}
//   {"batch":[{"type":"generation-create","timestamp":…,"body":{…}}, …]}
//
// A trace is the root span of its observations, whether a record states it or not. Members may be in
// camelCase or snake_case, and JSON may stand in strings, once or twice encoded. Usage buckets are exclusive:
// "input" is what was not cached. Scores become evaluation events on their observation, or on the root.

#include "importers/formats/langfuse_traces.h"
#include "importers/registry.h"
#include "importers/support/csv_reader.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"
#include "importers/support/nested_records.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

namespace clew {

namespace {

using namespace langfuse;
using namespace json;

constexpr std::uint64_t kLargestDocument = 1ull << 30;
constexpr std::array<std::string_view, 5> kWhole = {"", "data", "observations", "scores", "batch"};

class Langfuse final : public JsonImporter {
public:
    Langfuse()
        : JsonImporter("langfuse", Layout::automatic, kWhole, kLargestDocument)
        , traces_(out, [this](Severity severity, std::string_view code, std::vector<std::string> args) {
            note_once(severity, code, std::move(args));
        }) {}

private:
    Result<void> read(Element root) override {
        if (const auto object = as_object(root);
            cut() && object && kind_of(*object) != RecordKind::none && !array_of(*object, "observations"))
            return {}; // a part of one record: left out, as the note says
        if (!read_value(root, 0)) note(Severity::warning, "langfuse.no_record");
        return {};
    }

    Result<void> finish_source() override {
        traces_.finish();
        return {};
    }

    Result<void> settle_source() override {
        traces_.settle();
        return {};
    }

    // Whether there was a record in it.
    bool read_value(Element value, int depth) {
        constexpr int kDeepest = 4;
        return read_nested(value, depth, kDeepest,
                           [this](Object object, int at) { return read_object(object, at); });
    }

    bool read_object(Object object, int depth) {
        if (const auto trace = object_of(object, "trace")) return read_shared_trace(object, *trace);
        if (traces_.read(object)) return true;
        bool any = false;
        for (const std::string_view key : {"data", "batch", "traces", "observations", "scores"}) {
            if (const auto list = array_of(object, key)) any = read_list(*list, depth) || any;
        }
        return any;
    }

    bool read_list(Array list, int depth) {
        bool any = list.begin() == list.end();
        for (const Element element : list)
            any = read_value(element, depth + 1) || any;
        return any;
    }

    // {"trace":{…,"observations":[…]},"observations":[…]}: the list outside holds the same in full.
    bool read_shared_trace(Object object, Object trace) {
        const bool any = traces_.read(trace);
        const auto full = array_of(object, "observations");
        if (full) (void)read_list(*full, 0);
        return any || full;
    }

    Traces traces_;
};

class LangfuseCsv final : public Importer {
public:
    LangfuseCsv()
        : out_("langfuse")
        , traces_(out_, [this](Severity severity, std::string_view code, std::vector<std::string> args) {
            if (said_.insert(std::string(code)).second) note(severity, code, std::move(args));
        }) {}

    Result<void> begin(const Part& part, SpanSink& sink) override {
        out_.to(sink);
        part_ = part.name;
        rows_ = CsvReader();
        header_.clear();
        return {};
    }
    Result<void> push(std::string_view bytes) override {
        return rows_.push(bytes, [this](const CsvRow& row) { return read(row); });
    }
    Result<void> end() override {
        return rows_.end([this](const CsvRow& row) { return read(row); });
    }
    Result<void> finish(SpanSink& sink) override {
        out_.to(sink);
        traces_.finish();
        return out_.stopped() ? Result<void>(Error{"cancelled", {}, {}}) : Result<void>();
    }

private:
    void note(Severity severity, std::string_view code, std::vector<std::string> args = {}) {
        out_.note({severity, code, std::move(args), part_, offset_, line_});
    }

    Result<void> read(const CsvRow& row) {
        offset_ = row.offset;
        line_ = row.line;
        if (header_.empty()) {
            for (const auto cell : row.cells)
                header_.push_back(to_utf8(cell));
            return {};
        }
        if (row.cut || row.cells.size() > header_.size()) {
            note(Severity::error, row.cut ? "json.cut" : "csv.bad_row",
                 {std::to_string(row.cells.size()), std::to_string(header_.size())});
            return {};
        }
        // Cells are texts, and those that hold JSON are opened as in every other spelling.
        std::string text = "{";
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            if (row.cells[i].empty()) continue;
            if (text.size() > 1) text += ',';
            append_json_string(text, header_[i]);
            text += ':';
            append_json_string(text, row.cells[i]);
        }
        text += '}';
        Object record;
        if (parser_.parse(text).get(record) != simdjson::SUCCESS || !traces_.read(record))
            note(Severity::warning, "langfuse.no_record");
        return out_.stopped() ? Result<void>(Error{"cancelled", {}, {}}) : Result<void>();
    }

    SpanOutput out_;
    Traces traces_;
    CsvReader rows_;
    std::vector<std::string> header_;
    simdjson::dom::parser parser_;
    std::set<std::string> said_;
    std::string part_;
    std::uint64_t offset_ = 0, line_ = 0;
};

bool is_record(const JsonKeys& keys) {
    const bool snake = keys.has("trace_id");
    if (keys.has("traceId") && keys.has("startTime") && keys.has("type") &&
        (keys.has("level") || keys.has("statusMessage") || keys.has("usageDetails") ||
         keys.has("completionStartTime")))
        return true;
    if (keys.has("parentObservationId") && keys.has("traceId")) return true;
    if (snake && (keys.has("parent_observation_id") || keys.has("observation_id"))) return true;
    if ((snake || keys.has("traceId")) && keys.has("observationId") && keys.has("name")) return true;
    if ((snake || keys.has("traceId")) && keys.has("name") && (keys.has("dataType") || keys.has("data_type")))
        return true;
    const bool trace = keys.has("id") && keys.has("timestamp");
    return trace && ((keys.has("observations") && keys.has("scores")) || keys.has("bookmarked") ||
                     (keys.has("sessionId") && keys.has("userId") && keys.has("release")) ||
                     (keys.has("session_id") && keys.has("user_id") && keys.has("release")));
}

Confidence sniff(const Head& head) {
    constexpr int kLook = 5;
    Confidence best = Confidence::no;
    JsonKeys objects(head.bytes);
    for (int i = 0; i < kLook && objects.next(); ++i) {
        if (is_record(objects)) return Confidence::yes;
        if (objects.has("traceId") && objects.has("startTime") && objects.has("type"))
            best = Confidence::maybe;
        const auto says = [&](std::string_view words) {
            return objects.text().find(words) != std::string_view::npos;
        };
        if (objects.has("batch") || (objects.has("body") && objects.has("type"))) {
            for (const std::string_view type :
                 {"\"trace-create\"", "\"span-create\"", "\"generation-create\"", "\"event-create\"",
                  "\"score-create\"", "\"span-update\"", "\"generation-update\"", "\"observation-create\""})
                if (says(type)) return Confidence::yes;
        }
        const bool page = objects.has("data") || objects.has("trace") || objects.has("observations");
        if (page && (says("\"parentObservationId\":") || says("\"observationId\":") ||
                     (says("\"sessionId\":") && says("\"release\":"))))
            return Confidence::yes;
    }
    return best;
}

Confidence sniff_csv(const Head& head) {
    const auto first = trimmed(head.bytes.substr(0, 1));
    if (first.empty() || first.front() == '{' || first.front() == '[') return Confidence::no;
    // A header without a line end is no table yet; binary data has no such line.
    if (head.bytes.find('\n') == std::string_view::npos) return Confidence::no;
    const auto names = CsvReader::header(head.bytes);
    const auto has = [&](std::string_view camel, std::string_view snake) {
        return std::ranges::find(names, camel) != names.end() ||
               std::ranges::find(names, snake) != names.end();
    };
    if (!has("id", "id")) return Confidence::no;
    const bool observation =
        has("traceId", "trace_id") && has("startTime", "start_time") && has("type", "type");
    const bool score = has("traceId", "trace_id") && has("name", "name") && has("value", "value") &&
                       (has("dataType", "data_type") || has("source", "source"));
    const bool trace = has("timestamp", "timestamp") && has("name", "name") &&
                       has("sessionId", "session_id") && has("userId", "user_id");
    return observation || score || trace ? Confidence::yes : Confidence::no;
}

constexpr std::array<std::string_view, 3> kSuffixes = {".jsonl", ".json", ".ndjson"};
constexpr std::array<std::string_view, 2> kCsvSuffixes = {".csv", ".tsv"};

} // namespace

const Format langfuse_format = {
    .id = kFormatId,
    .title = "Langfuse export",
    .suffixes = kSuffixes,
    .sniff = sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<Langfuse>(); },
};

const Format langfuse_csv_format = {
    .id = "langfuse-csv",
    .title = "Langfuse export (CSV)",
    .suffixes = kCsvSuffixes,
    .sniff = sniff_csv,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<LangfuseCsv>(); },
};

} // namespace clew

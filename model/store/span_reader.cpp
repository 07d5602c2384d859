#include "model/store/span_reader.h"

#include "model/store/questions.h"

#include <algorithm>

namespace clew {

namespace {

constexpr std::string_view kFind =
    "SELECT s.parent_id, s.start_ns, s.end_ns, s.first_token_ns, s.kind, s.status, s.quality, s.flags, "
    "s.calls, "
    "s.tok_in, s.tok_cache_read, s.tok_cache_write, s.tok_out, s.tok_reasoning, s.cost, s.payload, "
    "s.tok_cache_write_1h, "
    "s.cost_computed, s.counted & 8, s.tok_audio_in, s.tok_audio_out, "
    "(SELECT s FROM dict WHERE id = s.name), s.status_message, s.detail, (SELECT s FROM dict WHERE id = "
    "s.model), "
    "(SELECT s FROM dict WHERE id = s.request_model), (SELECT s FROM dict WHERE id = s.provider), "
    "(SELECT s FROM dict WHERE id = s.agent), (SELECT s FROM dict WHERE id = s.tool), "
    "(SELECT s FROM dict WHERE id = s.session), (SELECT s FROM dict WHERE id = s.user), "
    "(SELECT s FROM dict WHERE id = s.prompt_name), (SELECT s FROM dict WHERE id = s.prompt_version), "
    "t.own_id, "
    "s.own_id, r.json, r.schema_url, c.json, c.schema_url, so.path, so.format "
    "FROM span s JOIN trace t ON t.id = s.trace LEFT JOIN resource r ON r.id = s.resource "
    "LEFT JOIN scope c ON c.id = s.scope LEFT JOIN source so ON so.id = s.source "
    "WHERE s.trace = ? AND s.span_id = ?";
constexpr int kFirstText = 21;

} // namespace

Result<void> SpanReader::prepare() {
    if (find_) return {};
    auto find = db_.prepare(kFind);
    if (!find) return find.error();
    auto logs = db_.prepare("SELECT event FROM log_record WHERE high = ? AND low = ? AND span_id IN (?, ?) "
                            "ORDER BY time_ns, id");
    if (!logs) return logs.error();
    auto first_root = db_.prepare("SELECT span_id FROM span WHERE trace = ? AND parent_id = 0 "
                                  "ORDER BY start_ns, span_id LIMIT 1");
    if (!first_root) return first_root.error();
    first_root_ = std::move(*first_root);
    find_ = std::move(*find);
    logs_ = std::move(*logs);
    return {};
}

Result<SpanDetail> SpanReader::read(TraceId trace, std::int64_t row_id, SpanId id) {
    if (auto ready = prepare(); !ready) return ready.error();
    find_.reset();
    find_.bind_all(row_id, signed_id(id.value));
    auto row = find_.step();
    if (!row) return row.error();
    if (!*row) return Error{"span.unknown", {to_hex(trace), to_hex(id)}, {}};

    SpanDetail out;
    out.trace = trace;
    out.id = id;
    out.parent = {public_id(find_.integer(0))};
    out.start = time_at(find_, 1);
    out.end = time_at(find_, 2);
    out.first_token = time_at(find_, 3);
    out.kind = static_cast<Kind>(find_.integer(4));
    out.status = static_cast<Status>(find_.integer(5));
    out.time_quality = static_cast<TimeQuality>(find_.integer(6));
    out.flags = static_cast<std::uint32_t>(find_.integer(7));
    out.unexecuted_calls = static_cast<std::uint16_t>(find_.integer(8));
    out.usage = {.input = find_.maybe_integer(9),
                 .cache_read = find_.maybe_integer(10),
                 .cache_write = find_.maybe_integer(11),
                 .output = find_.maybe_integer(12),
                 .reasoning = find_.maybe_integer(13),
                 .cache_write_1h = find_.maybe_integer(16),
                 .input_audio = find_.maybe_integer(19),
                 .output_audio = find_.maybe_integer(20)};
    out.reported_cost = find_.maybe_integer(14);
    out.computed_cost = find_.maybe_integer(17);
    out.unpriced = find_.integer(18) != 0 && !out.computed_cost;
    const std::int64_t payload = find_.integer(15);
    int column = kFirstText;
    for (std::string* text : {&out.name,          &out.status_message,
                              &out.detail,        &out.model,
                              &out.request_model, &out.provider,
                              &out.agent,         &out.tool,
                              &out.session,       &out.user,
                              &out.prompt_name,   &out.prompt_version,
                              &out.trace_own_id,  &out.own_id,
                              &out.resource_json, &out.resource_schema_url,
                              &out.scope_json,    &out.scope_schema_url,
                              &out.source_path,   &out.source_format})
        *text = find_.text(column++);
    find_.reset();

    auto texts = payloads_.read(payload, row_id);
    if (!texts) return texts.error();
    out.attributes = std::move(texts->attributes);
    out.events = std::move(texts->events);
    out.links = std::move(texts->links);
    out.rest = std::move(texts->rest);
    bool root = false;
    if (!out.parent.valid()) {
        first_root_.reset();
        first_root_.bind_all(row_id);
        auto first = first_root_.step();
        if (!first) return first.error();
        root = *first && public_id(first_root_.integer(0)) == id.value;
        first_root_.reset();
    }
    if (auto joined = join_log_records(out, root); !joined) return joined.error();
    return out;
}

// The first root takes those of the whole trace, too.
Result<void> SpanReader::join_log_records(SpanDetail& span, bool root) {
    logs_.reset();
    logs_.bind_all(signed_id(span.trace.high), signed_id(span.trace.low), signed_id(span.id.value),
                   root ? std::int64_t{0} : signed_id(span.id.value));
    std::string records;
    for (;;) {
        auto row = logs_.step();
        if (!row) return row.error();
        if (!*row) break;
        auto event = stored_text(logs_, 0);
        if (!event) return event.error();
        if (!records.empty()) records += ',';
        records += *event;
    }
    if (records.empty()) return {};
    // Into the array that is there, if it holds anything.
    const auto end = span.events.find_last_of(']');
    if (end == std::string::npos) {
        span.events = '[' + records + ']';
        return {};
    }
    const auto last = span.events.find_last_not_of(" \t\r\n", end - (end > 0 ? 1 : 0));
    const bool empty = last == std::string::npos || span.events[last] == '[';
    span.events.insert(end, (empty ? "" : ",") + records);
    return {};
}

} // namespace clew

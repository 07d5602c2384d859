#include "model/store/filter/span_rows.h"

#include "model/store/questions.h"

#include <algorithm>
#include <unordered_map>

namespace clew {

namespace {

constexpr std::string_view kSelectSpans =
    "SELECT span_id, parent_id, start_ns, end_ns, kind, status, quality, flags, tok_in, tok_cache_read, "
    "tok_out, coalesce(cost, cost_computed), resource, source, payload, name, model, request_model, "
    "provider, agent, tool, session, "
    "user, prompt_name, prompt_version FROM span WHERE trace = ?";
constexpr int kFirstName = 15;

std::int64_t said(const Statement& row, int column) {
    return row.is_null(column) ? FilterSpan::kUnsaid : std::max(row.integer(column), FilterSpan::kUnsaid);
}

void arrange(FilterTrace& trace) {
    auto& spans = trace.spans;
    const auto count = static_cast<std::int32_t>(spans.size());
    std::unordered_map<SpanId, std::int32_t> index;
    index.reserve(spans.size());
    for (std::int32_t i = 0; i < count; ++i)
        index.emplace(spans[static_cast<std::size_t>(i)].id, i);
    std::vector<std::vector<std::int32_t>> children(spans.size());
    std::vector<std::int32_t> roots;
    for (std::int32_t i = 0; i < count; ++i) {
        auto& span = spans[static_cast<std::size_t>(i)];
        const auto parent = index.find(span.parent_id);
        if (parent == index.end() || parent->second == i || span.parent_id == SpanId{}) {
            roots.push_back(i);
            continue;
        }
        span.parent = parent->second;
        children[static_cast<std::size_t>(parent->second)].push_back(i);
    }
    trace.downwards.clear();
    std::vector<bool> reached(spans.size());
    const auto descend = [&](std::int32_t root) {
        std::size_t next = trace.downwards.size();
        trace.downwards.push_back(root);
        reached[static_cast<std::size_t>(root)] = true;
        for (; next < trace.downwards.size(); ++next) {
            for (const auto child : children[static_cast<std::size_t>(trace.downwards[next])]) {
                if (reached[static_cast<std::size_t>(child)]) continue;
                reached[static_cast<std::size_t>(child)] = true;
                trace.downwards.push_back(child);
            }
        }
    };
    for (const auto root : roots)
        descend(root);
    // What no root leads to is a ring of parents: cut at its first span.
    for (std::int32_t i = 0; i < count; ++i) {
        if (reached[static_cast<std::size_t>(i)]) continue;
        spans[static_cast<std::size_t>(i)].parent = -1;
        descend(i);
    }
    trace.by_time.clear();
    for (std::int32_t i = 0; i < count; ++i) {
        if (spans[static_cast<std::size_t>(i)].start != kNoTime) trace.by_time.push_back(i);
    }
    std::ranges::sort(trace.by_time, [&spans](std::int32_t a, std::int32_t b) {
        const auto& x = spans[static_cast<std::size_t>(a)];
        const auto& y = spans[static_cast<std::size_t>(b)];
        return x.start != y.start ? x.start < y.start : x.id.value < y.id.value;
    });
}

} // namespace

Result<void> FilterSpanReader::read(TraceId id, std::int64_t row_id, FilterTrace& out) {
    if (!rows_) {
        auto prepared = db_.prepare(kSelectSpans, true);
        if (!prepared) return prepared.error();
        rows_ = std::move(*prepared);
    }
    out.id = id;
    out.row = row_id;
    out.spans.clear();
    rows_.reset();
    rows_.bind(1, row_id);
    for (;;) {
        auto row = rows_.step();
        if (!row) return row.error();
        if (!*row) break;
        FilterSpan& span = out.spans.emplace_back();
        span.id = {public_id(rows_.integer(0))};
        span.parent_id = {public_id(rows_.integer(1))};
        span.start = time_at(rows_, 2);
        span.end = time_at(rows_, 3);
        span.kind = static_cast<Kind>(rows_.integer(4));
        span.status = static_cast<Status>(rows_.integer(5));
        span.quality = static_cast<TimeQuality>(rows_.integer(6));
        span.flags = static_cast<std::uint32_t>(rows_.integer(7));
        span.input = said(rows_, 8);
        span.cached = said(rows_, 9);
        span.output = said(rows_, 10);
        span.cost = said(rows_, 11);
        span.resource = rows_.integer(12);
        span.source = rows_.integer(13);
        span.payload = rows_.integer(14);
        for (std::size_t c = 0; c < kNameColumns; ++c)
            span.names[c] = rows_.integer(kFirstName + static_cast<int>(c));
    }
    rows_.reset();
    arrange(out);
    return {};
}

} // namespace clew

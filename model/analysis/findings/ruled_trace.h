// RuledTrace: one trace as rules read it: spans in tree order with the parts of their payload that rules look
// at. Built from SpanDetails, which it does not keep. One thread builds, any reads.
#pragma once

#include "model/analysis/findings/sensitive_text.h"
#include "model/trace/kind.h"
#include "model/trace/message.h"
#include "model/trace/span_detail.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace clew {

// Of many spans the same.
using SharedText = std::shared_ptr<const std::string>;

struct RuledSpan {
    SpanId id;
    std::int32_t parent = -1; // index; -1 = none in the trace
    Kind kind = Kind::generic;
    Status status = Status::unset;
    std::uint32_t flags = 0; // SpanFlag
    TimeNs start = kNoTime, end = kNoTime;
    bool exact_times = true;
    std::string name, tool, model, status_message, finish_reason;
    Usage usage;
    std::optional<std::int64_t> stated_total; // tokens that the span says it used in all
    std::optional<PicoUsd> cost;

    // Of tools: canonical arguments (keys sorted, white space gone), the result as it was said.
    std::string arguments, result;
    bool empty_result = false;  // it was said, and says nothing; `result` is its beginning
    SharedText argument_schema; // JSON Schema that a call before declares for this tool; null = none
    // Of calls: the declared format of the answer, and the answer where there is one.
    std::string output_text;
    SharedText output_schema;
    // In content that no span before it holds: an agent sends the same again with every call.
    std::vector<Sensitive> sensitive;

    [[nodiscard]] bool failed() const { return status == Status::error || (flags & kToolError) != 0; }
    [[nodiscard]] std::optional<DurationNs> duration() const {
        if (start == kNoTime || end == kNoTime || end < start) return {};
        return end - start;
    }
};

class RuledTrace {
public:
    explicit RuledTrace(TraceId id)
        : id_(id) {}
    // How many will come, where that is known.
    void reserve(std::size_t spans) { spans_.reserve(spans); }
    // In tree order, a parent before its children.
    void add(const SpanDetail& span);

    [[nodiscard]] TraceId id() const { return id_; }
    [[nodiscard]] const std::vector<RuledSpan>& spans() const { return spans_; }
    // The nearest agent above, or the topmost span: whose steps belong together.
    [[nodiscard]] std::int32_t owner(std::int32_t of) const { return owners_[static_cast<std::size_t>(of)]; }
    // The model calls of an owner, in the order of their starts.
    [[nodiscard]] const std::vector<std::int32_t>& calls_of(std::int32_t owner) const;

private:
    void place(const RuledSpan& span);
    void read_call(const SpanDetail& detail, const Conversation& talk, RuledSpan& span);
    void read_tool(const SpanDetail& detail, const Conversation& talk, RuledSpan& span);

    SharedText shared(const std::string& text);
    void look_for_sensitive(std::string_view text, RuledSpan& span);

    TraceId id_;
    std::unordered_set<std::uint64_t> looked_at_; // hashes of texts
    std::vector<RuledSpan> spans_;
    std::vector<std::int32_t> owners_;
    std::unordered_map<std::int32_t, std::vector<std::int32_t>> calls_; // by owner
    std::unordered_map<SpanId, std::int32_t> index_;
    std::unordered_map<std::string, SharedText> schemas_; // by tool name, the latest declaration
    std::unordered_map<std::string, SharedText> texts_;
};

} // namespace clew

#include "tests/support/sample_snapshot.h"

#include "model/trace/span.h"

namespace clew::test {

namespace {

constexpr DurationNs ms(std::int64_t value) {
    return value * kMillisecond;
}

PlannedSpan make(std::uint64_t id, std::uint64_t parent, const char* name, const char* detail, Kind kind,
                 std::int64_t start, std::int64_t length, std::int64_t input = kUnknownCount,
                 std::int64_t output = kUnknownCount, double usd = -1) {
    PlannedSpan span;
    span.id = id;
    span.parent = parent;
    span.name = name;
    span.detail = detail;
    span.kind = kind;
    span.start = ms(start);
    span.end = length < 0 ? kNoTime : ms(start + length);
    span.input = input;
    span.output = output;
    span.cost = from_usd(usd).value_or(kUnknownCount);
    return span;
}

} // namespace

std::shared_ptr<TraceSnapshot> sample_snapshot() {
    std::vector<PlannedSpan> plan = {
        make(1, 0, "refund-agent", "order 48213", Kind::agent, 0, -1),
        make(2, 1, "input_screen", "", Kind::guardrail, 0, 140),
        make(3, 1, "recall", "customer:7731", Kind::memory, 140, 80),
        make(4, 1, "claude-sonnet-4-5", "plan", Kind::llm, 230, 2730, 6100, 212, 0.021),
        make(5, 1, "lookup_order", "48213", Kind::tool, 2960, 360),
        make(6, 5, "orders.get", "", Kind::tool, 2980, 320),
        make(7, 1, "search_policy", "“gift card”", Kind::tool, 3340, 920),
        make(8, 7, "text-embedding-3-small", "", Kind::embedding, 3360, 130, 512, kUnknownCount, 0.0001),
        make(9, 7, "policy_index", "k = 20", Kind::retriever, 3500, 370),
        make(10, 7, "rerank-v3.5", "20 → 5", Kind::reranker, 3880, 370),
        make(11, 1, "claude-sonnet-4-5", "", Kind::llm, 4280, 2750, 14200, 388, 0.048),
        make(12, 1, "get_payment", "", Kind::tool, 7050, 5000),
        make(13, 1, "get_payment", "retry 2 of 3", Kind::tool, 12550, 650),
        make(14, 1, "prompt_cache.write", "", Kind::generic, 13210, 0),
        make(15, 1, "fraud-checker", "subagent", Kind::agent, 13250, 5800),
        make(16, 15, "gpt-4.1-mini", "", Kind::llm, 13270, 1450, 4100, 187, 0.0017),
        make(17, 15, "score_transaction", "score: null", Kind::tool, 14740, 850),
        make(18, 15, "list_chargebacks", "0 rows", Kind::tool, 14750, 1650),
        make(19, 15, "gpt-4.1-mini", "", Kind::llm, 16420, 2050, 4812, 319, 0.0025),
        make(20, 15, "confidence_check", "0.91", Kind::evaluator, 18490, 400),
        make(21, 1, "notify_customer", "", Kind::workflow, 19060, 1800),
        make(22, 21, "template", "", Kind::generic, 19080, 60),
        make(23, 21, "gpt-4.1-mini", "", Kind::llm, 19150, 900, 2200, 140, 0.008),
        make(24, 21, "tone_check", "", Kind::guardrail, 20060, 200),
        make(25, 21, "mail.render", "", Kind::tool, 20270, 120),
        make(26, 21, "mail.queue", "", Kind::tool, 20400, 150),
        make(27, 21, "mail.send", "", Kind::tool, 20560, 290),
        make(28, 1, "claude-sonnet-4-5", "", Kind::llm, 20880, 2550, 39500, 2100, 0.159),
        make(29, 1, "issue_refund", "$184.50", Kind::tool, 23450, -1),
        make(31, 29, "payments.refund", "", Kind::tool, 23500, -1),
        make(30, 0x7fff, "webhook.settled", "", Kind::generic, 20050, 520),
    };
    for (PlannedSpan& span : plan) {
        switch (span.id) {
        case 6:
        case 31: span.flags |= kMcp; break;
        case kSampleError:
            span.status = Status::error;
            span.status_message = "504 upstream timeout";
            break;
        case kSampleRetry: span.flags |= kRetry; break;
        case kSampleSubagent: span.flags |= kSubagent; break;
        case kSampleSilent: span.flags |= kSilentFailure; break;
        default: break;
        }
    }
    auto trace = build_snapshot(plan, kSampleTrace);
    trace->own_id = "run-48213";
    return trace;
}

} // namespace clew::test

// TraceStore: the questions that the window, the command line and exports ask. Public ids only.
//
// Questions answer on the calling thread, are safe from several threads at once, read while others write, and
// stop with error "cancelled" when their token is asked to.
#pragma once

#include "model/base/ids.h"
#include "model/base/money.h"
#include "model/base/numbers.h"
#include "model/base/result.h"
#include "model/base/time.h"
#include "model/store/sessions.h"
#include "model/store/usage.h"
#include "model/trace/finding.h"
#include "model/trace/judgement.h"
#include "model/trace/prompt_run.h"
#include "model/trace/sink.h"
#include "model/trace/span_detail.h"
#include "model/trace/trace_snapshot.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clew {

using SourceId = std::int64_t; // of this store only; never written to exports

// One row of the runs list, from the trace's roll-up.
struct TraceRow {
    TraceId id;
    std::string own_id;
    std::string name;
    std::string detail; // second text
    std::string session;
    std::string agent;
    Kind root_kind = Kind::generic;
    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    bool running = false;
    TimeQuality time_quality = TimeQuality::exact;
    std::int64_t spans = 0, llm_calls = 0, tool_calls = 0, errors = 0, silent_failures = 0;
    std::optional<std::int64_t> input_tokens, output_tokens;
    std::optional<PicoUsd> reported_cost;
    std::optional<PicoUsd> computed_cost; // of calls whose cost no source reports
    std::int64_t unpriced_calls = 0;      // neither reported nor computed
    [[nodiscard]] CostKinds costs() const { return {reported_cost, computed_cost, unpriced_calls}; }
    bool aggregate_usage = false;
    bool root_failed = false;  // the root span itself ended in error
    Thumb thumb = Thumb::none; // newest judgement on the trace itself
    bool has_span_judgements = false;
    FindingCounts findings;        // as they were last computed
    bool findings_current = false; // it has not changed since
};

enum class TraceOrder : std::uint8_t {
    start,
    name,
    duration,
    spans,
    errors,
    tokens,
    cost,
    llm_calls,
    tool_calls
};

struct TraceQuery {
    std::string filter; // model/store/filter.h; "" = all
    TraceOrder order = TraceOrder::start;
    bool descending = true;
    std::int64_t offset = 0;
    std::int64_t limit = 1000;
    std::vector<SourceId> sources; // empty = all
    TimeNs now = kNoTime;          // what `today` and `-60d` in the filter are seen from; kNoTime = the clock
    bool count_later = false;      // where counting means looking into every trace, rows alone will do
};

struct TracePage {
    std::vector<TraceRow> rows;
    std::int64_t count = 0;      // of the whole filter
    bool counted = true;         // exact; else there are at least so many
    std::int64_t all = 0;        // traces in the store
    bool text_unindexed = false; // a text term scanned content that is not indexed yet
    // Traces that a term about findings could not judge: changed since, or never looked at.
    std::int64_t findings_missing = 0;
};

// The fields of `summary --json` (design §6). Unknown is nullopt.
struct Totals {
    std::string key;       // of a group
    bool inferred = false; // its prompt version is none that a source names
    std::int64_t traces = 0, spans = 0, root_spans = 0, orphan_spans = 0, llm_calls = 0, tool_calls = 0,
                 errors = 0, tool_errors = 0, silent_failures = 0, steps = 0, sessions = 0;
    std::optional<DurationNs> duration;
    std::optional<std::int64_t> input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
        reasoning_tokens;
    // `cost` is both others together: calls are either reported or computed, and never in both.
    std::optional<PicoUsd> cost, cost_reported, cost_computed;
    std::int64_t unpriced_calls = 0; // neither: they add nothing
    // Only where TotalsQuery::what_if names a model: the LLM calls at its prices, and embeddings at their own
    // cost.
    std::optional<PicoUsd> cost_what_if;
    std::int64_t what_if_unpriced = 0;
    TimeNs start = kNoTime, end = kNoTime;
};

enum class GroupBy : std::uint8_t { none, model, trace, session, prompt, tool, agent, day };

struct TotalsQuery {
    std::vector<SourceId> sources; // empty = all
    std::string filter;
    GroupBy by = GroupBy::none;
    std::string what_if; // a model; reads every call
};
struct TotalsAnswer {
    Totals all;
    std::vector<Totals> groups;
};

struct SourceRow {
    SourceId id = 0;
    SourceReport report;
    std::uint64_t bytes = 0;
    TimeNs imported = kNoTime;
    bool complete = false;
};

struct AlsoRecorded {
    TraceId trace;
    std::string name;
    std::string format; // Format::id of the source that brought it
    std::int64_t spans = 0;
};

// What a text id stands for: `span` is invalid where the id names a trace.
struct Resolved {
    TraceId trace;
    SpanId span;
};

// What was found in a trace when it was last looked at.
struct StoredFindings {
    std::vector<Finding> findings;
    std::int64_t version = 0; // of rules and settings (findings_version()); 0 = the trace has changed since
    std::uint64_t generation = 0; // of the trace now
};

// A trace whose findings have to be computed.
struct StaleTrace {
    TraceId id;
    std::uint64_t generation = 0;
    std::int64_t spans = 0;
    bool running = false;
};

struct PromptQuery {
    std::string filter;
    std::vector<SourceId> sources; // empty = all
};
struct PromptVersionRow {
    PromptVersion version;
    std::int64_t runs = 0;
    TimeNs first = kNoTime; // start of the first run
};

// For completion while a filter is typed.
struct ValueInUse {
    std::string value;
    std::int64_t traces = 0; // that hold it; of a label or score the judgements, of a service its resources
};

struct StoreInfo {
    std::string path;
    std::uint64_t bytes = 0; // file and its log
    std::int64_t spans = 0, traces = 0, sources = 0, judgements = 0;
    std::int64_t unindexed_traces = 0;
    int schema_version = 0;
    std::uint64_t generation = 0;
    bool temporary = false;
};

struct SqlTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows; // NULL is "NULL"
};

class TraceStore {
public:
    virtual ~TraceStore() = default;

    virtual Result<TracePage> traces(const TraceQuery& query, std::stop_token stop = {}) = 0;
    virtual Result<TraceRow> trace(TraceId id, std::stop_token stop = {}) = 0;
    virtual Result<TraceSnapshotPtr> open(TraceId id, std::stop_token stop = {}) = 0;
    virtual Result<SpanDetail> span(TraceId trace, SpanId span, std::stop_token stop = {}) = 0;
    // Every span of a trace in tree order, with payload; `each` returns false to stop.
    virtual Result<void> each_span(TraceId trace, const std::function<bool(const SpanDetail&)>& each,
                                   std::stop_token stop = {}) = 0;
    virtual Result<TotalsAnswer> totals(const TotalsQuery& query, std::stop_token stop = {}) = 0;
    // What the Costs page shows; stores that keep no roll-ups of it have nothing to show.
    virtual Result<UsageAnswer> usage(const UsageQuery& /*query*/, std::stop_token /*stop*/ = {}) {
        return UsageAnswer{};
    }
    // Runs of one session together; the runs of one are traces() with `session:`. Stores that keep none have
    // none.
    virtual Result<SessionPage> sessions(const SessionQuery& /*query*/, std::stop_token /*stop*/ = {}) {
        return SessionPage{};
    }
    virtual Result<std::vector<SourceRow>> sources(std::stop_token stop = {}) = 0;
    virtual Result<std::vector<Note>> notes(SourceId source, std::stop_token stop = {}) = 0;
    // Trace ids that a source brought or shares.
    virtual Result<std::vector<TraceId>> traces_of_source(SourceId source, std::stop_token stop = {}) = 0;
    // The same run as another recorder saw it: traces of the same session that sources of another format
    // brought, the earliest first, at most 20.
    virtual Result<std::vector<AlsoRecorded>> also_recorded(TraceId trace, std::stop_token stop = {}) = 0;
    // Lower- or upper-case hex of a trace or span, the source's own id, or a unique prefix of either;
    // "TRACE/SPAN".
    virtual Result<Resolved> resolve(std::string_view id, std::stop_token stop = {}) = 0;
    // Span ids of one trace whose name, columns or content hold `text` (case folded), in tree order.
    virtual Result<std::vector<SpanId>> find_in_trace(TraceId trace, std::string_view text,
                                                      std::stop_token stop = {}) = 0;
    // Values of a filter's key (agent, format, label, model, name …) that hold `typed`, those that begin with
    // it first, then the most used. Of keys that have no list, and in stores that keep none, nothing.
    virtual Result<std::vector<ValueInUse>> values_in_use(std::string_view /*key*/,
                                                          std::string_view /*typed*/, std::int64_t /*limit*/,
                                                          std::stop_token /*stop*/ = {}) {
        return std::vector<ValueInUse>{};
    }
    // Stores that keep no findings have none, and nothing to compute.
    virtual Result<StoredFindings> findings(TraceId /*trace*/, std::stop_token /*stop*/ = {}) {
        return StoredFindings{};
    }
    // Traces whose findings are not of this version, the newest in the store first.
    virtual Result<std::vector<StaleTrace>> stale_findings(std::int64_t /*version*/, std::int64_t /*limit*/,
                                                           std::stop_token /*stop*/ = {}) {
        return std::vector<StaleTrace>{};
    }
    // Versions of prompts in use, those that sources name and those that Clew numbers, by name and first use.
    virtual Result<std::vector<PromptVersionRow>> prompt_versions(const PromptQuery& /*query*/,
                                                                  std::stop_token /*stop*/ = {}) {
        return std::vector<PromptVersionRow>{};
    }
    // The runs that used a version, by start.
    virtual Result<std::vector<PromptRun>> prompt_runs(const PromptQuery& /*query*/,
                                                       const PromptVersion& /*version*/,
                                                       std::stop_token /*stop*/ = {}) {
        return std::vector<PromptRun>{};
    }
    // Every text of every prompt in the store.
    virtual Result<std::vector<PromptUse>> prompt_uses(std::stop_token /*stop*/ = {}) {
        return std::vector<PromptUse>{};
    }
    // Traces whose prompts are not of this version, the earliest start first.
    virtual Result<std::vector<StaleTrace>> stale_prompts(std::int64_t /*version*/, std::int64_t /*limit*/,
                                                          std::stop_token /*stop*/ = {}) {
        return std::vector<StaleTrace>{};
    }
    virtual Result<StoreInfo> info(std::stop_token stop = {}) = 0;
    // One SELECT over the documented views, read-only.
    virtual Result<SqlTable> sql(std::string_view query, std::stop_token stop = {}) = 0;
};

} // namespace clew

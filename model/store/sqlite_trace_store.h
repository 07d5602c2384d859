// TraceStore over the store's SQLite file. Each question runs on a reader connection of its own, in one read
// transaction, so that its parts fit together while others write. Removed traces are nowhere to be seen.
//
// The questions stand in questions_*.cpp, one subject each. Safe from several threads.
#pragma once

#include "model/store/payload/block_cache.h"
#include "model/store/store_core.h"
#include "model/store/trace_store.h"

#include <memory>
#include <mutex>

namespace clew {

class SqliteTraceStore final : public TraceStore {
public:
    explicit SqliteTraceStore(StoreCore& core)
        : core_(core) {} // `core` outlives it

    Result<TracePage> traces(const TraceQuery& query, std::stop_token stop) override;
    Result<TraceRow> trace(TraceId id, std::stop_token stop) override;
    Result<TraceSnapshotPtr> open(TraceId id, std::stop_token stop) override;
    Result<SpanDetail> span(TraceId trace, SpanId span, std::stop_token stop) override;
    Result<void> each_span(TraceId trace, const std::function<bool(const SpanDetail&)>& each,
                           std::stop_token stop) override;
    Result<TotalsAnswer> totals(const TotalsQuery& query, std::stop_token stop) override;
    Result<SessionPage> sessions(const SessionQuery& query, std::stop_token stop) override;
    Result<UsageAnswer> usage(const UsageQuery& query, std::stop_token stop) override;
    Result<std::vector<SourceRow>> sources(std::stop_token stop) override;
    Result<std::vector<Note>> notes(SourceId source, std::stop_token stop) override;
    Result<std::vector<TraceId>> traces_of_source(SourceId source, std::stop_token stop) override;
    Result<std::vector<AlsoRecorded>> also_recorded(TraceId trace, std::stop_token stop) override;
    Result<Resolved> resolve(std::string_view id, std::stop_token stop) override;
    Result<std::vector<SpanId>> find_in_trace(TraceId trace, std::string_view text,
                                              std::stop_token stop) override;
    Result<std::vector<ValueInUse>> values_in_use(std::string_view key, std::string_view typed,
                                                  std::int64_t limit, std::stop_token stop) override;
    Result<StoredFindings> findings(TraceId trace, std::stop_token stop) override;
    Result<std::vector<StaleTrace>> stale_findings(std::int64_t version, std::int64_t limit,
                                                   std::stop_token stop) override;
    Result<std::vector<PromptVersionRow>> prompt_versions(const PromptQuery& query,
                                                          std::stop_token stop) override;
    Result<std::vector<PromptRun>> prompt_runs(const PromptQuery& query, const PromptVersion& version,
                                               std::stop_token stop) override;
    Result<std::vector<PromptUse>> prompt_uses(std::stop_token stop) override;
    Result<std::vector<StaleTrace>> stale_prompts(std::int64_t version, std::int64_t limit,
                                                  std::stop_token stop) override;
    Result<StoreInfo> info(std::stop_token stop) override;
    Result<SqlTable> sql(std::string_view query, std::stop_token stop) override;

private:
    StoreCore& core_;

    // The blocks of the span that was read last: one looks at a trace's spans one after the other.
    struct KeptBlocks {
        BlockCache cache;
        std::int64_t generation = 0;
    };
    std::mutex kept_mutex_;
    std::unique_ptr<KeptBlocks> kept_; // null while a question uses them
};

} // namespace clew

// Store: one SQLite file, opened. Owns the readers, the one writer, the note book and the index builder.
//
// Built and destroyed by app/Application (or a subcommand, a test). Any number of processes may read while
// one writes.
#pragma once

#include "model/base/result.h"
#include "model/store/note_book.h"
#include "model/store/trace_store.h"
#include "model/trace/prices.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace clew {

// What a commit changed. `traces` is empty and `many` set where they are too many to name. At most ten a
// second; called on a thread of the store's, so receivers hand over to their own.
struct Committed {
    std::uint64_t generation = 0;
    std::vector<TraceId> traces;
    bool many = false;
    bool removed = false;   // some of them are gone
    bool judged = false;    // judgements changed
    bool looked_at = false; // findings of some were computed
    bool elsewhere = false; // by another process
};

struct StoreOptions {
    std::string path; // "" with temporary: a file of its own in the temporary folder, deleted at the end
    bool temporary = false;
    bool read_only = false;
    // The prices that hold now (model/trace/prices.h); asked again when they may have changed. Without, no
    // cost is computed.
    std::function<PricesPtr()> prices{};
    bool watch_others = false; // poll data_version once a second and report foreign commits
};

// What rules found in a trace as it was at `generation` (StaleTrace).
struct TraceFindings {
    TraceId trace;
    std::uint64_t generation = 0;
    std::vector<Finding> findings;
};

// The prompts of a trace's calls, as it was at `generation` (StaleTrace).
struct TracePrompts {
    TraceId trace;
    std::uint64_t generation = 0;
    std::vector<PromptOfCall> calls;
};

struct RemovedHandle { // of a removal that can be undone until the store is closed
    std::int64_t id = 0;
};

class Store {
public:
    static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
    virtual ~Store() = default;

    virtual TraceStore& traces() = 0;
    virtual NoteBook& note_book() = 0;

    // One import at a time per writer; several importers take turns. The target must not outlive the store.
    // add() returns false once `stop` is requested.
    virtual Result<std::unique_ptr<ImportTarget>> import_target(std::stop_token stop = {}) = 0;

    // For what comes over the network or from followed files; may be used beside imports. Must not outlive
    // the store.
    virtual Result<std::unique_ptr<LiveTarget>> live_target() = 0;

    // Hidden at once, purged when the store closes (or by purge_removed()); undone by restore(). Judgements
    // stay unless `with_judgements`.
    virtual Result<RemovedHandle> remove_traces(const std::vector<TraceId>& traces, bool with_judgements) = 0;
    virtual Result<RemovedHandle> remove_source(SourceId source, bool with_judgements) = 0;
    virtual Result<void> restore(RemovedHandle removed) = 0;
    virtual Result<void> purge_removed() = 0;

    // Full-text index: indexes what is not indexed yet, on the calling thread, in short transactions.
    virtual Result<void> build_index(std::stop_token stop = {}) = 0;

    // Computes every cost again where the prices changed since it was computed: one pass over all calls, in
    // one transaction. Opening does it too.
    virtual Result<void> follow_prices() = 0;

    // Keeps them in place of earlier ones, in one short transaction. Those of traces that have changed or
    // gone meanwhile are left out: they are stale still.
    virtual Result<void> store_findings(std::int64_t version, const std::vector<TraceFindings>& found) = 0;

    // The same of prompts. A text that is new under its name gets the next number, for good: whoever looks at
    // traces in the order of their first use numbers them so.
    virtual Result<void> store_prompts(std::int64_t version, const std::vector<TracePrompts>& found) = 0;

    // PRAGMA integrity_check and our own checks; "" where all is well.
    virtual Result<std::string> check(std::stop_token stop = {}) = 0;

    using Listener = std::function<void(const Committed&)>;
    virtual int subscribe(Listener listener) = 0;
    virtual void unsubscribe(int listener) = 0;
};

} // namespace clew

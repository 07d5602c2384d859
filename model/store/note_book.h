// NoteBook: what people say of traces, and what they keep for themselves. Always local SQLite. Judgements are
// keyed by public ids, not by rows, and so survive removal and re-import; every change is a journal entry and
// can be undone.
//
// Safe from several threads. A change waits up to 10 s for another process's write, then gives "store.busy".
#pragma once

#include "model/base/result.h"
#include "model/base/time.h"
#include "model/trace/judgement.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

struct SavedFilter {
    std::string name; // unique without case
    std::string filter;
    TimeNs time = kNoTime; // when it was saved last
};

class NoteBook {
public:
    virtual ~NoteBook() = default;

    // Replaces the author's judgement on the target; an empty one takes it back. `time` is set by the note
    // book where it is kNoTime.
    virtual Result<void> judge(Judgement judgement) = 0;
    // Takes back this session's newest change that is not undone; nullopt where there is none.
    virtual Result<std::optional<JudgementTarget>> undo() = 0;
    virtual Result<std::optional<JudgementTarget>> redo() = 0;
    [[nodiscard]] virtual bool can_undo() const = 0;
    [[nodiscard]] virtual bool can_redo() const = 0;

    // Current, non-empty judgements of a trace and its spans, of all authors; oldest first.
    virtual Result<std::vector<Judgement>> judgements(TraceId trace, std::stop_token stop = {}) = 0;
    virtual Result<std::vector<Judgement>> all_judgements(std::stop_token stop = {}) = 0;
    // Labels in use, most used first: for completion.
    virtual Result<std::vector<std::string>> labels(std::stop_token stop = {}) = 0;

    // Filters under a name, by name. A name that is there already gets the new filter.
    virtual Result<void> save_filter(std::string_view name, std::string_view filter) = 0;
    virtual Result<void> forget_filter(std::string_view name) = 0; // nothing where there is none
    virtual Result<std::vector<SavedFilter>> saved_filters(std::stop_token stop = {}) = 0;
};

} // namespace clew

// NoteBook over the store's SQLite file: table `judgement` holds what is said now, table `journal` every
// change.
//
// "This session" is one SqliteNoteBook: what it changed is what it can undo. Safe from several threads.
#pragma once

#include "model/store/note_book.h"
#include "model/store/store_core.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace clew {

class SqliteNoteBook final : public NoteBook {
public:
    explicit SqliteNoteBook(StoreCore& core); // `core` outlives it

    Result<void> judge(Judgement judgement) override;
    Result<std::optional<JudgementTarget>> undo() override;
    Result<std::optional<JudgementTarget>> redo() override;
    [[nodiscard]] bool can_undo() const override;
    [[nodiscard]] bool can_redo() const override;
    Result<std::vector<Judgement>> judgements(TraceId trace, std::stop_token stop) override;
    Result<std::vector<Judgement>> all_judgements(std::stop_token stop) override;
    Result<std::vector<std::string>> labels(std::stop_token stop) override;
    Result<void> save_filter(std::string_view name, std::string_view filter) override;
    Result<void> forget_filter(std::string_view name) override;
    Result<std::vector<SavedFilter>> saved_filters(std::stop_token stop) override;

private:
    Result<std::optional<JudgementTarget>> move(std::vector<std::int64_t>& from,
                                                std::vector<std::int64_t>& to, bool undo);
    void tell(const JudgementTarget& target);

    StoreCore& core_;
    std::int64_t session_;
    std::mutex changing_;              // one change at a time, in the order of the journal
    mutable std::mutex mutex_;         // of the two lists; never held while the store is waited for
    std::vector<std::int64_t> done_;   // journal ids, oldest first
    std::vector<std::int64_t> undone_; // likewise, newest undo last
};

} // namespace clew

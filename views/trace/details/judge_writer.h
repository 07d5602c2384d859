// Writes judgements on a thread of its own, one after the other, and tells on the GUI thread how it went.
#pragma once

#include "model/store/note_book.h"

#include <QObject>
#include <QThreadPool>

#include <functional>
#include <optional>

namespace clew::views {

class JudgeWriter : public QObject {
public:
    explicit JudgeWriter(NoteBook& noteBook, QObject* parent = nullptr);
    ~JudgeWriter() override; // waits: what was asked for is written

    using Done = std::function<void(const std::optional<Error>& error)>;
    using Moved = std::function<void(const Result<std::optional<JudgementTarget>>& target)>;
    void judge(const Judgement& judgement, Done done);
    void undo(Moved moved);
    void redo(Moved moved);
    [[nodiscard]] int pending() const { return m_pending; }

private:
    template <class Work, class Receive>
    void run(Work work, Receive receive);

    NoteBook& m_noteBook;
    QThreadPool m_pool;
    int m_pending = 0;
};

} // namespace clew::views

#include "views/trace/details/judge_writer.h"

#include <QCoreApplication>
#include <QPointer>

#include <memory>
#include <utility>

namespace clew::views {

JudgeWriter::JudgeWriter(NoteBook& noteBook, QObject* parent)
    : QObject(parent)
    , m_noteBook(noteBook) {
    m_pool.setMaxThreadCount(1);
}

JudgeWriter::~JudgeWriter() {
    m_pool.waitForDone();
}

template <class Work, class Receive>
void JudgeWriter::run(Work work, Receive receive) {
    ++m_pending;
    m_pool.start([this, self = QPointer<JudgeWriter>(this), work = std::move(work),
                  receive = std::move(receive)]() mutable {
        auto answer = std::make_shared<decltype(work(m_noteBook))>(work(m_noteBook));
        // The guard is read on the GUI thread only, where the writer lives and dies.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self = std::move(self), answer, receive = std::move(receive)] {
                if (!self) return;
                --self->m_pending;
                receive(*answer);
            },
            Qt::QueuedConnection);
    });
}

void JudgeWriter::judge(const Judgement& judgement, Done done) {
    run([judgement](NoteBook& book) { return book.judge(judgement); },
        [done = std::move(done)](const Result<void>& result) {
            done(result ? std::nullopt : std::optional(result.error()));
        });
}

void JudgeWriter::undo(Moved moved) {
    run([](NoteBook& book) { return book.undo(); }, std::move(moved));
}

void JudgeWriter::redo(Moved moved) {
    run([](NoteBook& book) { return book.redo(); }, std::move(moved));
}

} // namespace clew::views

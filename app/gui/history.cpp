#include "app/gui/history.h"

#include "app/gui/background.h"

namespace clew::app {

History::History(Store& store, Background& background, QObject* parent)
    : QObject(parent)
    , m_store(store)
    , m_background(background) {
}

void History::setJudgements(std::function<void()> undo, std::function<void()> redo) {
    m_undoJudgement = std::move(undo);
    m_redoJudgement = std::move(redo);
}

void History::removed(Removal removal) {
    emit said(tr("Removed %1. Ctrl+Z brings it back until the window closes.").arg(removal.what));
    m_done.push_back({std::move(removal)});
    m_undone.clear();
    emit changed();
}

void History::judged() {
    if (m_ownChanges > 0) {
        --m_ownChanges;
        return;
    }
    // What can be redone was just undone, by the judge bar's own button.
    const bool takenBack = m_store.note_book().can_redo();
    if (takenBack && !m_done.empty() && !m_done.back().removal) {
        m_undone.push_back(m_done.back());
        m_done.pop_back();
    } else if (!takenBack) {
        m_done.push_back({});
        m_undone.clear();
    }
    emit changed();
}

QString History::undoText() const {
    if (m_done.empty()) return {};
    const auto& removal = m_done.back().removal;
    return removal ? tr("Undo: remove %1").arg(removal->what) : tr("Undo: judge");
}

QString History::redoText() const {
    if (m_undone.empty()) return {};
    const auto& removal = m_undone.back().removal;
    return removal ? tr("Redo: remove %1").arg(removal->what) : tr("Redo: judge");
}

void History::undo() {
    if (m_done.empty() || m_busy) return;
    Step step = m_done.back();
    m_done.pop_back();
    if (!step.removal) {
        m_undone.push_back(step);
        ++m_ownChanges;
        if (m_undoJudgement) m_undoJudgement();
        emit changed();
        return;
    }
    m_busy = true;
    m_background.run([&store = m_store, handle = step.removal->handle] { return store.restore(handle); },
                     [this, step](const Result<void>& restored) {
                         m_busy = false;
                         if (restored) {
                             emit said(tr("Brought back %1.").arg(step.removal->what));
                             m_undone.push_back(step);
                         } else {
                             m_done.push_back(step);
                             emit failed(restored.error());
                         }
                         emit changed();
                     });
}

void History::redo() {
    if (m_undone.empty() || m_busy) return;
    Step step = m_undone.back();
    m_undone.pop_back();
    if (!step.removal) {
        m_done.push_back(step);
        ++m_ownChanges;
        if (m_redoJudgement) m_redoJudgement();
        emit changed();
        return;
    }
    m_busy = true;
    m_background.run(
        [&store = m_store, removal = *step.removal] {
            return removal.source ? store.remove_source(*removal.source, removal.withJudgements)
                                  : store.remove_traces(removal.traces, removal.withJudgements);
        },
        [this, step](const Result<RemovedHandle>& again) mutable {
            m_busy = false;
            if (again) {
                step.removal->handle = *again;
                m_done.push_back(step);
                emit said(tr("Removed %1 again.").arg(step.removal->what));
            } else {
                m_undone.push_back(step);
                emit failed(again.error());
            }
            emit changed();
        });
}

} // namespace clew::app

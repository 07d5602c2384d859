// The right pane of the trace page: everything that is known of the selected span, and judging it.
//
// It asks for itself (TraceStore::span, NoteBook::judgements on a pool thread) and never blocks; the tab, and
// where it can the scroll, stay across spans. Whoever owns the page calls showSpan() when the selection
// changes, setSnapshot() when a trace is open (for the bread crumb, the durations beside tool calls, and to
// know the root), and reload() after a commit that touched the trace. GUI thread.
#pragma once

#include "model/trace/finding.h"
#include "model/trace/judgement.h"
#include "model/trace/trace_snapshot.h"
#include "views/view_context.h"

#include <QList>
#include <QStringList>
#include <QWidget>

#include <memory>
#include <vector>

class QAction;

namespace clew::views {

class JudgeBar;

class DetailsPane : public QWidget {
    Q_OBJECT

public:
    enum class Tab { Messages, InputOutput, Attributes, Events, Prompt, Feedback, Raw };

    explicit DetailsPane(ViewContext& context, QWidget* parent = nullptr);
    ~DetailsPane() override;

    // An invalid span empties the pane; it then says what it would show.
    void showSpan(TraceId trace, SpanId span);
    [[nodiscard]] TraceId trace() const;
    [[nodiscard]] SpanId span() const;
    // Asks again for what is shown; fold states, tab and scroll stay.
    void reload();
    // Only the judgements (after a commit with `judged`).
    void reloadJudgements();

    void setSnapshot(TraceSnapshotPtr snapshot);
    // Names from the trace's root down to the span's parent; without a call they come from the snapshot.
    void setPath(const QStringList& names);

    // Of the open trace; those of the span that is shown become cards.
    void setFindings(std::shared_ptr<const std::vector<Finding>> findings);

    // Whose judgements these are; the user's login name until it is set.
    void setAuthor(const QString& author);
    [[nodiscard]] QString author() const;

    void setTab(Tab tab);
    [[nodiscard]] Tab tab() const;

    [[nodiscard]] JudgeBar* judgeBar() const;
    // Up, down, label, score, note, undo, redo: bound to their keys of views/theme/keys.h within this window.
    // A menu adds these same actions instead of making its own.
    [[nodiscard]] QList<QAction*> judgeActions() const;
    // "go.find" (Ctrl+F): finds within the tab that is shown. Bound here; a menu adds it.
    [[nodiscard]] QAction* findAction() const;
    // True once everything of the span shown has arrived and is laid out (for pictures and tests).
    [[nodiscard]] bool settled() const;

signals:
    // A judgement was written, taken back or undone.
    void judged(clew::JudgementTarget target);
    // Something of the span shown has arrived.
    void loaded();
    // A sentence for the status bar ("Copied the id of the span").
    void said(const QString& sentence);
    void findingsWanted();

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace clew::views

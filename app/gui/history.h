// What Edit > Undo takes back, in the order it was done: judgements and removals. Judgements are undone by
// the judge bar, removals by the store. GUI thread.
#pragma once

#include "model/store/store.h"

#include <QObject>
#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace clew::app {

class Background;

// A removal that was made: enough to take it back and to make it again.
struct Removal {
    RemovedHandle handle;
    QString what; // "refund-agent", "3 runs", "a.jsonl"
    std::vector<TraceId> traces;
    std::optional<SourceId> source;
    bool withJudgements = false;
};

class History : public QObject {
    Q_OBJECT

public:
    History(Store& store, Background& background, QObject* parent = nullptr);
    // How judgements are undone and redone; set by the window that owns the judge bar.
    void setJudgements(std::function<void()> undo, std::function<void()> redo);

    void removed(Removal removal);
    void judged(); // a judgement was written or taken back, by hand or by us

    [[nodiscard]] QString undoText() const; // "Undo: remove refund-agent"; "" = nothing to undo
    [[nodiscard]] QString redoText() const;

public slots:
    void undo();
    void redo();

signals:
    void changed();
    void said(const QString& sentence);
    void failed(const clew::Error& error);

private:
    struct Step {
        std::optional<Removal> removal; // empty = a judgement
    };
    Store& m_store;
    Background& m_background;
    std::function<void()> m_undoJudgement, m_redoJudgement;
    std::vector<Step> m_done, m_undone;
    int m_ownChanges = 0; // judgements that we undid or redid and that will be reported as judged
    bool m_busy = false;  // a removal is being taken back or made again
};

} // namespace clew::app

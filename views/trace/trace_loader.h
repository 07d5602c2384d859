// Fetches one trace's picture and judgements from the store, off the GUI thread. A newer question supersedes
// an older one; a refresh while one runs is asked once that is answered, so that a busy store is never asked
// twice at a time. GUI thread.
#pragma once

#include "views/ask.h"
#include "views/trace/trace_picture.h"
#include "views/view_context.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <vector>

namespace clew::views {

class TraceLoader : public QObject {
    Q_OBJECT

public:
    TraceLoader(TraceStore& traces, NoteBook& noteBook, QObject* parent = nullptr);

    void open(TraceId trace); // invalid = none: whatever runs is dropped
    void refresh();
    void refreshJudgements();
    [[nodiscard]] TraceId trace() const { return m_trace; }

signals:
    void arrived(const clew::views::TracePicturePtr& picture);
    void failed(const clew::Error& error);
    void judgementsArrived(const std::vector<clew::Judgement>& judgements);
    // From 150 ms on, until it arrives: spans of the trace so far; < 0 = not known yet.
    void waiting(qint64 spans);

private:
    void ask();
    void countSpans();

    TraceStore& m_traces;
    NoteBook& m_noteBook;
    TraceId m_trace;
    Asker m_picture, m_judgements, m_count;
    QTimer m_patience; // nothing is said before
    QTimer m_again;    // a refresh that waits its turn
    QElapsedTimer m_asked;
    qint64 m_lastTook = 0; // ms
    bool m_stale = false;
};

} // namespace clew::views

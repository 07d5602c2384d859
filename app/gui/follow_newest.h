// “Follow newest”: while the Traces page is shown, a run that has just arrived is selected, until the person
// selects or scrolls by hand. Then it switches itself off: nothing moves below the eyes of somebody who
// reads. GUI thread.
#pragma once

#include "app/gui/session.h"
#include "views/ask.h"

#include <QObject>

class QAbstractScrollArea;

namespace clew::app {

class FollowNewest : public QObject {
    Q_OBJECT

public:
    explicit FollowNewest(Session& session, QObject* parent = nullptr);
    [[nodiscard]] bool on() const { return m_on; }
    void setOn(bool on);
    // Runs that come while nothing is received were brought by the person, or by another process.
    void setReceiving(bool receiving) { m_receiving = receiving; }
    // Nothing is selected while another page is shown.
    void setShown(bool shown) { m_shown = shown; }
    // Scrolling it by hand is reading.
    void watch(QAbstractScrollArea* area);

signals:
    void changed(bool on);
    void said(const QString& sentence);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void ask();
    void receive(TraceId newest);
    void judgeChange(TraceId trace, SpanId span);
    void handOver(); // to the person

    Session& m_session;
    views::Asker m_asker;
    TraceId m_newest;
    TraceId m_lastTrace; // of the selection
    SpanId m_lastSpan;
    bool m_on = false;
    bool m_shown = true;
    bool m_receiving = false;
    bool m_known = false;     // m_newest has been asked for
    bool m_dirty = false;     // something was committed while a question was running
    bool m_selecting = false; // the selection changes by us
};

} // namespace clew::app

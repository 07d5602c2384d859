#include "app/gui/follow_newest.h"

#include <QAbstractScrollArea>
#include <QEvent>
#include <QScrollBar>

namespace clew::app {

FollowNewest::FollowNewest(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_lastTrace(session.selection().trace())
    , m_lastSpan(session.selection().span()) {
    connect(&session, &Session::committed, this, [this](const Committed& committed) {
        if (!m_on || committed.judged) return;
        if (m_asker.busy())
            m_dirty = true;
        else
            ask();
    });
    connect(&session.selection(), &views::Selection::spanChanged, this, &FollowNewest::judgeChange);
}

void FollowNewest::setOn(bool on) {
    if (on == m_on) return;
    m_on = on;
    m_known = false;
    if (on)
        ask();
    else
        m_asker.cancel();
    emit changed(on);
}

void FollowNewest::watch(QAbstractScrollArea* area) {
    area->viewport()->installEventFilter(this);
    connect(area->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] { handOver(); });
}

bool FollowNewest::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel) handOver();
    return QObject::eventFilter(watched, event);
}

void FollowNewest::ask() {
    m_dirty = false;
    TraceQuery query;
    query.filter = m_session.runs().filter().toStdString();
    query.limit = 1;
    m_asker.ask(
        [&traces = m_session.store().traces(), query](std::stop_token stop) {
            const auto page = traces.traces(query, stop);
            return page && !page->rows.empty() ? page->rows.front().id : TraceId{};
        },
        [this](TraceId newest) { receive(newest); });
}

void FollowNewest::receive(TraceId newest) {
    const bool arrived = m_known && newest.valid() && !(newest == m_newest);
    m_known = true;
    m_newest = newest;
    // What an opened file brings is shown by its opening.
    if (m_on && m_shown && m_receiving && arrived && !m_session.imports().running()) {
        m_selecting = true;
        m_session.selection().selectTrace(newest);
        m_selecting = false;
    }
    if (m_dirty) ask();
}

// Whose change of the selection it was: a run's root span is selected by the page once the run is loaded.
void FollowNewest::judgeChange(TraceId trace, SpanId span) {
    const bool first = !m_lastTrace.valid();
    const bool completed = trace == m_lastTrace && !m_lastSpan.valid();
    m_lastTrace = trace;
    m_lastSpan = span;
    if (!m_selecting && !first && !completed && trace.valid()) handOver();
}

void FollowNewest::handOver() {
    if (!m_on || !m_shown || !m_receiving) return;
    setOn(false);
    emit said(tr("No longer following the newest run: you have moved. The Live page follows again."));
}

} // namespace clew::app

#include "app/gui/trail.h"

namespace clew::app {

namespace {
constexpr std::size_t kMostStops = 200;
}

Trail::Trail(views::Selection& selection, QObject* parent)
    : QObject(parent)
    , m_selection(selection) {
    connect(&selection, &views::Selection::spanChanged, this, &Trail::record);
}

void Trail::record(TraceId trace, SpanId span) {
    if (m_going || !trace.valid()) return;
    const auto here = static_cast<std::size_t>(m_at);
    const bool any = m_at >= 0;
    const bool samePage = any && m_stops[here].page == m_page;
    if (samePage && m_stops[here].trace == trace && m_stops[here].span == span) return;
    // A run is selected before its root span is: both are one stop.
    const bool completes = samePage && m_stops[here].trace == trace && !m_stops[here].span.valid();
    const bool passed =
        samePage && m_since.isValid() && m_since.elapsed() < kLookedAtMs && m_stops[here].trace == trace;
    m_since.start();
    if (completes || passed) {
        m_stops[here] = {m_page, trace, span};
        return;
    }
    push({m_page, trace, span});
}

void Trail::showPage(int page) {
    if (page == m_page || m_going) return;
    const Stop left{m_page, m_selection.trace(), m_selection.span()};
    m_page = page;
    if (m_at < 0) push(left); // a page with nothing selected is a stop once one has left it
    m_since.invalidate();
    push({page, left.trace, left.span});
}

void Trail::push(const Stop& stop) {
    m_stops.resize(static_cast<std::size_t>(m_at + 1));
    m_stops.push_back(stop);
    if (m_stops.size() > kMostStops) m_stops.erase(m_stops.begin());
    m_at = static_cast<int>(m_stops.size()) - 1;
    emit changed();
}

void Trail::go(int to) {
    m_at = to;
    m_going = true;
    const Stop stop = m_stops[static_cast<std::size_t>(to)];
    if (stop.page != m_page) {
        m_page = stop.page;
        emit pageWanted(stop.page);
    }
    if (stop.trace.valid()) m_selection.selectTrace(stop.trace, stop.span);
    m_going = false;
    m_since.invalidate();
    emit changed();
}

void Trail::back() {
    if (canGoBack()) go(m_at - 1);
}

void Trail::forward() {
    if (canGoForward()) go(m_at + 1);
}

} // namespace clew::app

// Back and forward through what was looked at. Follows the selection; steps by itself are not recorded. GUI
// thread.
#pragma once

#include "views/view_context.h"

#include <QElapsedTimer>
#include <QObject>

#include <vector>

namespace clew::app {

class Trail : public QObject {
    Q_OBJECT

public:
    // A stop that was left sooner than this was passed through, not looked at.
    static constexpr int kLookedAtMs = 600;

    explicit Trail(views::Selection& selection, QObject* parent = nullptr);
    // The page of the window that is shown from now on: a stop of its own. Pages are numbers to the trail.
    void showPage(int page);
    [[nodiscard]] bool canGoBack() const { return m_at > 0; }
    [[nodiscard]] bool canGoForward() const { return m_at + 1 < static_cast<int>(m_stops.size()); }

public slots:
    void back();
    void forward();

signals:
    void changed();
    void pageWanted(int page); // by a step

private:
    struct Stop {
        int page = 0;
        TraceId trace;
        SpanId span;
    };
    void record(TraceId trace, SpanId span);
    void push(const Stop& stop);
    void go(int to);

    views::Selection& m_selection;
    std::vector<Stop> m_stops;
    int m_at = -1;
    int m_page = 0;
    bool m_going = false;
    QElapsedTimer m_since;
};

} // namespace clew::app

// Time ↔ pixels of the waterfall and the minimap, and the ticks of its ruler. Pure values; x in logical
// pixels.
//
// The bounds are the trace (with some air behind its end); the view is the part that is shown, always inside
// the bounds.
#pragma once

#include "model/base/time.h"

#include <QString>

#include <vector>

namespace clew::views {

struct Tick {
    TimeNs time = 0;
    QString label; // time since the origin: "0", "5 s", "1 m 30 s"
};

class TimeScale {
public:
    // The whole trace. A view that showed everything goes on doing so; another one stays where it is.
    void setBounds(TimeNs begin, TimeNs end);
    void setWidth(double pixels);

    [[nodiscard]] TimeNs origin() const { return m_origin; }
    [[nodiscard]] TimeNs boundsEnd() const { return later(m_length); } // air included
    [[nodiscard]] TimeNs begin() const { return later(m_from); }
    [[nodiscard]] TimeNs end() const { return later(m_from + m_span); }
    [[nodiscard]] double width() const { return m_width; }
    [[nodiscard]] bool showsAll() const { return m_span >= m_length; }

    [[nodiscard]] double x(TimeNs time) const;
    [[nodiscard]] TimeNs timeAt(double x) const;

    void fit();                          // everything
    void show(TimeNs begin, TimeNs end); // this part, as far as the bounds allow
    void zoom(double x, double factor);  // factor > 1 = closer; the time under x stays there
    void pan(double pixels);             // > 0 = later

    // 4 to 6 of them where the steps allow, in the view, at multiples of the step since the origin.
    [[nodiscard]] std::vector<Tick> ticks() const;

private:
    void clamp();
    [[nodiscard]] TimeNs later(double ns) const; // than the origin; saturates

    TimeNs m_origin = 0;
    double m_length = 1e6; // ns, of the bounds
    double m_from = 0;     // ns since the origin
    double m_span = 1e6;   // ns shown
    double m_width = 1;
};

// "12.5 s", "250 ms", "1 m 30 s": an offset with as many places as `step` needs.
QString tickLabel(DurationNs offset, DurationNs step);

} // namespace clew::views

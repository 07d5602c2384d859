#include "views/trace/time_scale.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace clew::views {

namespace {

constexpr double kAir = 1.065;         // room behind the end, for end caps and labels
constexpr double kShortestTrace = 1e6; // ns: a trace without duration still has a scale
constexpr double kClosest = 100;       // ns across the view
constexpr int kMostTicks = 6;
constexpr DurationNs kMinute = 60 * kSecond;
constexpr DurationNs kHour = 60 * kMinute;
constexpr DurationNs kDay = 24 * kHour;

// Exact where it fits: sources may state any 64-bit time.
double apart(TimeNs from, TimeNs to) {
    if ((from < 0) != (to < 0)) return static_cast<double>(to) - static_cast<double>(from);
    return static_cast<double>(to - from);
}

DurationNs stepAfter(DurationNs step) {
    static constexpr std::array kClock = {1 * kSecond,  2 * kSecond,  5 * kSecond, 10 * kSecond, 15 * kSecond,
                                          30 * kSecond, 1 * kMinute,  2 * kMinute, 5 * kMinute,  10 * kMinute,
                                          15 * kMinute, 30 * kMinute, 1 * kHour,   2 * kHour,    5 * kHour,
                                          10 * kHour,   1 * kDay};
    if (step >= kSecond && step < kDay) return *std::upper_bound(kClock.begin(), kClock.end(), step);
    DurationNs decade = step >= kDay ? kDay : 1;
    while (decade * 10 <= step)
        decade *= 10;
    const DurationNs digit = step / decade;
    return decade * (digit < 2 ? 2 : digit < 5 ? 5 : 10);
}

QString decimals(DurationNs offset, DurationNs unit, DurationNs step, const char* name) {
    int places = 0;
    for (DurationNs part = unit; part > step && places < 9; part /= 10)
        ++places;
    return QString::number(static_cast<double>(offset) / static_cast<double>(unit), 'f', places) +
           QChar(0xa0) + QString::fromUtf8(name);
}

QString two(DurationNs big, const char* bigName, DurationNs small, const char* smallName) {
    const QChar space(0xa0);
    QString text = QString::number(big) + space + QLatin1String(bigName);
    if (small != 0)
        text += space + QStringLiteral("%1").arg(small, 2, 10, QLatin1Char('0')) + space +
                QLatin1String(smallName);
    return text;
}

} // namespace

QString tickLabel(DurationNs offset, DurationNs step) {
    if (offset == 0) return QStringLiteral("0");
    if (offset < 0) return QChar(0x2212) + tickLabel(-offset, step);
    if (step >= kSecond) {
        if (offset >= kDay) return two(offset / kDay, "d", offset % kDay / kHour, "h");
        if (offset >= kHour) return two(offset / kHour, "h", offset % kHour / kMinute, "m");
        if (offset >= kMinute) return two(offset / kMinute, "m", offset % kMinute / kSecond, "s");
        return decimals(offset, kSecond, step, "s");
    }
    if (offset >= kSecond) return decimals(offset, kSecond, step, "s");
    if (offset >= kMillisecond) return decimals(offset, kMillisecond, step, "ms");
    if (offset >= kMicrosecond) return decimals(offset, kMicrosecond, step, "µs");
    return decimals(offset, 1, step, "ns");
}

void TimeScale::setBounds(TimeNs begin, TimeNs end) {
    const bool all = showsAll();
    const TimeNs viewBegin = this->begin();
    m_origin = begin;
    m_length = std::max(apart(begin, std::max(begin, end)) * kAir, kShortestTrace);
    m_from = apart(begin, viewBegin);
    if (all) fit();
    clamp();
}

void TimeScale::setWidth(double pixels) {
    m_width = std::max(1.0, pixels);
}

TimeNs TimeScale::later(double ns) const {
    constexpr double kMost = 9.2e18;
    const double sum = static_cast<double>(m_origin) + ns;
    if (std::abs(sum) >= kMost || std::abs(ns) >= kMost)
        return static_cast<TimeNs>(std::clamp(sum, -kMost, kMost));
    return m_origin + std::llround(ns);
}

double TimeScale::x(TimeNs time) const {
    return (apart(m_origin, time) - m_from) / m_span * m_width;
}

TimeNs TimeScale::timeAt(double x) const {
    return later(m_from + x / m_width * m_span);
}

void TimeScale::fit() {
    m_from = 0;
    m_span = m_length;
}

void TimeScale::show(TimeNs begin, TimeNs end) {
    if (end < begin) std::swap(begin, end);
    m_from = apart(m_origin, begin);
    m_span = apart(begin, end);
    clamp();
}

void TimeScale::zoom(double x, double factor) {
    const double share = x / m_width;
    const double time = m_from + share * m_span;
    m_span = std::clamp(m_span / factor, std::min(kClosest, m_length), m_length);
    m_from = time - share * m_span;
    clamp();
}

void TimeScale::pan(double pixels) {
    m_from += pixels / m_width * m_span;
    clamp();
}

void TimeScale::clamp() {
    m_span = std::clamp(m_span, std::min(kClosest, m_length), m_length);
    m_from = std::clamp(m_from, 0.0, m_length - m_span);
}

std::vector<Tick> TimeScale::ticks() const {
    const auto from = static_cast<DurationNs>(std::ceil(m_from));
    const auto to = static_cast<DurationNs>(std::floor(std::min(m_from + m_span, 9e18)));
    const auto count = [&](DurationNs step) { return to / step - (from + step - 1) / step + 1; };
    DurationNs step = 1;
    while (count(step) > kMostTicks)
        step = stepAfter(step);
    std::vector<Tick> out;
    for (DurationNs at = (from + step - 1) / step * step; at <= to; at += step)
        out.push_back({later(static_cast<double>(at)), tickLabel(at, step)});
    return out;
}

} // namespace clew::views

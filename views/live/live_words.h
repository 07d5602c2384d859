// What the Live page says of the live sources, in words. Any thread.
#pragma once

#include "model/trace/live_status.h"

#include <QString>

#include <vector>

namespace clew::views {

QString liveHeadline(const LiveStatus& status); // "Listening on this machine only", "Paused" …
QString liveHeadlineWhy(const LiveStatus& status);
// What the window's status bar shows: "Listening 127.0.0.1:4318 · gRPC 4317 · 38 spans/s".
QString liveStatusText(const LiveStatus& status, quint16 http, quint16 grpc);

QString spansText(std::uint64_t count);  // "2,452"; from 100,000 on "184k", the exact count in tool tips
QString rateText(double perSecond);      // "31.0/s"
QString spansRateText(double perSecond); // "38 spans/s"
QString sinceText(TimeNs time);          // "08:14"; "" where there is none

// Figures of the header strip, the most telling first.
struct LiveFigure {
    QString text;
    QString tip;
    bool warning = false;
    int rank = 0; // the highest goes first where there is no room; 0 stays
};
std::vector<LiveFigure> liveFigures(const LiveStatus& status);

struct DurabilityWords {
    Durability durability;
    const char* title;
    const char* sentence;
};
inline constexpr DurabilityWords kDurabilities[] = {
    {Durability::sampled, "Sampled", "once queued; up to 500 ms can be lost"},
    {Durability::complete, "Complete", "after the commit; nothing acknowledged is lost"},
    {Durability::critical, "Critical", "after commit, fsync and reading back"},
};

} // namespace clew::views

#include "views/live/live_words.h"

#include "model/base/numbers.h"
#include "views/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace clew::views {

namespace {

QString liveTr(const char* text) {
    return QCoreApplication::translate("Live", text);
}

QString countText(std::uint64_t count) {
    return fromUtf8(format_count(static_cast<std::int64_t>(count)));
}

// Short: ms below 1 s with one decimal below 10, so that the two stand beside each other without jumping.
QString ackText(DurationNs duration) {
    const double ms = static_cast<double>(duration) / static_cast<double>(kMillisecond);
    if (ms >= 1000) return fromUtf8(format_duration(duration));
    return QString::number(ms, 'f', ms < 99.95 ? 1 : 0) + QStringLiteral("\u00a0ms");
}

} // namespace

QString liveHeadline(const LiveStatus& status) {
    if (!status.listening) return liveTr("Not listening");
    if (status.paused) return liveTr("Paused");
    return status.loopback_only ? liveTr("Listening on this machine only")
                                : liveTr("Listening on the network: other machines can send");
}

QString liveHeadlineWhy(const LiveStatus& status) {
    if (!status.listening) return liveTr("Nothing is received until listening starts.");
    if (status.paused)
        return liveTr(
            "Clients are answered “try again later” (503) and keep what they have; most send it again.");
    return status.loopback_only
               ? liveTr("Only programs on this machine can send.")
               : liveTr("The address is not a loopback one: whoever reaches it can send spans.");
}

QString spansText(std::uint64_t count) {
    return count < 100'000 ? countText(count)
                           : fromUtf8(format_short_count(static_cast<std::int64_t>(count)));
}

QString rateText(double perSecond) {
    if (perSecond >= 999.95)
        return fromUtf8(format_short_count(static_cast<std::int64_t>(std::llround(perSecond)))) +
               QStringLiteral("/s");
    return QString::number(std::max(0.0, perSecond), 'f', 1) + QStringLiteral("/s");
}

QString spansRateText(double perSecond) {
    const bool whole = perSecond >= 9.95 || perSecond < 0.05;
    const QString rate =
        whole
            ? fromUtf8(format_short_count(static_cast<std::int64_t>(std::llround(std::max(0.0, perSecond)))))
            : QString::number(perSecond, 'f', 1);
    return liveTr("%1 spans/s").arg(rate);
}

QString sinceText(TimeNs time) {
    if (time == kNoTime) return {};
    const QDateTime then = QDateTime::fromMSecsSinceEpoch(time / kMillisecond);
    const bool today = then.date() == QDate::currentDate();
    return QLocale::c().toString(then, today ? QStringLiteral("HH:mm") : QStringLiteral("d MMM HH:mm"));
}

QString liveStatusText(const LiveStatus& status, quint16 http, quint16 grpc) {
    if (!status.listening) return {};
    QStringList parts;
    const QString place = status.loopback_only ? QStringLiteral("127.0.0.1:") : liveTr("port ");
    const QString verb = status.paused ? liveTr("Paused") : liveTr("Listening");
    parts << (http ? verb + QLatin1Char(' ') + place + QString::number(http) : verb);
    if (grpc) parts << liveTr("gRPC %1").arg(grpc);
    if (!status.paused) parts << spansRateText(status.spans_per_second);
    return parts.join(QStringLiteral(" · "));
}

std::vector<LiveFigure> liveFigures(const LiveStatus& status) {
    std::vector<LiveFigure> figures;
    if (!status.listening && status.spans == 0) return figures;
    QStringList received;
    if (status.since != kNoTime) received << liveTr("since %1").arg(sinceText(status.since));
    received << (status.spans == 1 ? liveTr("1 span") : liveTr("%1 spans").arg(countText(status.spans)));
    received << fromUtf8(format_bytes(status.bytes));
    figures.push_back(
        {received.join(QStringLiteral(" · ")),
         liveTr("%1 requests, %2 bytes").arg(countText(status.requests), countText(status.bytes)), false, 0});
    figures.push_back({spansRateText(status.spans_per_second), liveTr("Over the last 10 s"), false, 1});
    if (status.queue_room > 0)
        figures.push_back(
            {liveTr("queue %1 of %2").arg(countText(status.queued), countText(status.queue_room)),
             liveTr("Requests that wait to be stored; when all places are taken, clients are told "
                    "to try again"),
             status.queued * 10 >= status.queue_room * 9, 3});
    if (status.ack_p50 && status.ack_p99)
        figures.push_back(
            {liveTr("ack p50 %1, p99 %2").arg(ackText(*status.ack_p50), ackText(*status.ack_p99)),
             liveTr("How long clients wait for the answer, of the last 1,000 requests"), false, 4});
    if (status.refused > 0)
        figures.push_back(
            {liveTr("%1 refused").arg(countText(status.refused)),
             liveTr("Requests that were not taken; each client's last reason stands below Clients"), true,
             0});
    if (status.lost > 0)
        figures.push_back({liveTr("%1 lost").arg(countText(status.lost)),
                           liveTr("Spans that were acknowledged (Sampled) and could not be stored"), true,
                           0});
    return figures;
}

} // namespace clew::views

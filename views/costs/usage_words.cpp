#include "views/costs/usage_words.h"

#include "model/base/numbers.h"
#include "views/runs/filter_text.h"
#include "views/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <fmt/format.h>

namespace clew::views {

namespace {

QString costsTr(const char* text) {
    return QCoreApplication::translate("Costs", text);
}

QDateTime utcTime(TimeNs time) {
    return QDateTime::fromMSecsSinceEpoch(time / kMillisecond, Qt::UTC);
}

// Months in English, as all words of the window are.
QString dayText(const QDateTime& time, bool year) {
    return QLocale::c().toString(time.date(), year ? QStringLiteral("d MMM yyyy") : QStringLiteral("d MMM"));
}

} // namespace

DimensionWords dimensionWords(UsageBy by) {
    switch (by) {
    case UsageBy::model:
        return {costsTr("Model"), costsTr("models"), costsTr("model"), costsTr("no model named"), "model"};
    case UsageBy::agent:
        return {costsTr("Agent"), costsTr("agents"), costsTr("agent"), costsTr("no agent"), "agent"};
    case UsageBy::tool:
        return {costsTr("Tool"), costsTr("tools"), costsTr("tool"), costsTr("no tool"), "tool"};
    case UsageBy::prompt:
        return {costsTr("Prompt version"), costsTr("prompt versions"), costsTr("prompt version"),
                costsTr("no prompt named"), "prompt"};
    case UsageBy::session:
        return {costsTr("Session"), costsTr("sessions"), costsTr("session"), costsTr("no session"),
                "session"};
    }
    return {};
}

QString groupName(UsageBy by, const std::string& key) {
    return key.empty() ? dimensionWords(by).none : fromUtf8(key);
}

QString groupTerm(UsageBy by, const std::string& key) {
    return key.empty() ? QString() : filterTerm(dimensionWords(by).filterKey, fromUtf8(key));
}

DurationNs stepLength(UsageStep step) {
    constexpr DurationNs kHour = 3600 * kSecond;
    switch (step) {
    case UsageStep::hour: return kHour;
    case UsageStep::week: return 7 * 24 * kHour;
    case UsageStep::day:
    case UsageStep::fitting: break;
    }
    return 24 * kHour;
}

QString stepWord(UsageStep step, int merged) {
    const QString one = step == UsageStep::hour   ? costsTr("hour")
                        : step == UsageStep::week ? costsTr("week")
                                                  : costsTr("day");
    if (merged == 1) return one;
    if (step == UsageStep::hour && merged == 24) return costsTr("day");
    return QStringLiteral("%1\u00a0%2s").arg(merged).arg(one);
}

QString stepTitle(TimeNs start, UsageStep step, bool year) {
    const QDateTime time = utcTime(start);
    const QString day = dayText(time, year);
    return step == UsageStep::hour ? day + time.toString(QStringLiteral(" HH:mm")) : day;
}

QString rangeTitle(TimeNs from, TimeNs to) {
    const QDateTime first = utcTime(from), end = utcTime(to);
    const bool whole = first.time() == QTime(0, 0) && end.time() == QTime(0, 0);
    if (!whole) {
        const QString begin = dayText(first, false) + first.toString(QStringLiteral(" HH:mm"));
        if (first.date() == end.date())
            return begin + QStringLiteral("–") + end.toString(QStringLiteral("HH:mm"));
        return begin + QStringLiteral(" – ") + dayText(end, false) + end.toString(QStringLiteral(" HH:mm"));
    }
    const QDateTime last = end.addDays(-1);
    if (first >= last) return dayText(first, false);
    if (first.date().month() == last.date().month() && first.date().year() == last.date().year())
        return QStringLiteral("%1–%2").arg(first.date().day()).arg(dayText(last, false));
    return dayText(first, first.date().year() != last.date().year()) + QStringLiteral(" – ") +
           dayText(last, first.date().year() != last.date().year());
}

QString exactCost(PicoUsd amount) {
    std::string text = fmt::format("{}.{:012}", amount / kUsd, amount % kUsd);
    const auto last = text.find_last_not_of('0');
    text.erase(std::max(last + 1, text.find('.') + 3));
    return QLatin1Char('$') + fromUtf8(format_count(amount / kUsd)) +
           fromUtf8(text).mid(fromUtf8(text).indexOf(QLatin1Char('.')));
}

QString roundCost(PicoUsd amount) {
    const QString text = fromUtf8(format_cost(amount));
    return text.endsWith(QStringLiteral(".00")) ? text.left(text.size() - 3) : text;
}

QString exactCosts(const CostKinds& costs) {
    QStringList parts;
    if (costs.reported) parts << costsTr("%1 reported").arg(exactCost(*costs.reported));
    if (costs.computed) parts << costsTr("%1 computed").arg(exactCost(*costs.computed));
    if (costs.unpriced > 0) parts << costsTr("%1 unpriced").arg(callsText(costs.unpriced));
    return parts.isEmpty() ? costsTr("no known cost") : parts.join(QStringLiteral(", "));
}

QString percentText(double share) {
    const double percent = share * 100;
    return QString::number(percent, 'f', percent > 0 && percent < 9.95 ? 1 : 0) + QStringLiteral("\u00a0%");
}

QString callsText(std::int64_t calls) {
    return plural(calls, QCoreApplication::translate("Costs", "call"),
                  QCoreApplication::translate("Costs", "calls"));
}

} // namespace clew::views

#include "views/runs/filter_text.h"

#include "model/store/filter.h"
#include "model/store/filter/facets.h"
#include "views/text.h"

#include <QStringList>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace clew::views {

namespace {

constexpr DurationNs kMinuteNs = 60 * kSecond, kDayNs = 24 * 60 * kMinuteNs;

// The shortest way to write a moment that the filter reads as exactly this one.
QString momentText(TimeNs time) {
    const QString whole = fromUtf8(iso8601(time));
    if (time % kDayNs == 0) return whole.left(10);
    if (time % kMinuteNs == 0) return whole.left(16);
    return whole;
}

QString dollars(PicoUsd amount) {
    std::string text = fmt::format("{}.{:012}", amount / kUsd, amount % kUsd);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return fromUtf8(text);
}

std::string_view writtenAt(const std::string& filter, const FilterPlace& place) {
    return std::string_view(filter).substr(place.offset, place.length);
}

template <class Goes>
QString withoutThose(const QString& filter, Goes goes) {
    std::string text = filter.toStdString();
    const auto parsed = parse_filter(text);
    if (!parsed) return filter;
    const auto conditions = conditions_of(*parsed);
    // From the end on, so that the places before stay right.
    for (auto it = conditions.rbegin(); it != conditions.rend(); ++it) {
        if (goes(**it, writtenAt(text, (*it)->place))) text = without_condition(text, (*it)->place);
    }
    return QString::fromStdString(text);
}

bool isStart(const FilterNode& node) {
    return node.kind == FilterNode::Kind::term && node.term.key == "start" &&
           node.term.test == FilterTest::range;
}

} // namespace

QString filterWithout(const QString& filter, const QStringList& conditions) {
    return withoutThose(filter, [&](const FilterNode&, std::string_view written) {
        return conditions.contains(fromUtf8(written));
    });
}

QString filterWith(const QString& filter, const QString& condition) {
    const QString text = filter.trimmed();
    if (text.isEmpty()) return condition;
    const auto parsed = parse_filter(text.toStdString());
    const bool either = parsed && parsed->root && parsed->root->kind == FilterNode::Kind::any;
    return (either ? QLatin1Char('(') + text + QLatin1Char(')') : text) + QStringLiteral(" and ") + condition;
}

QString filterTerm(const char* key, const QString& value) {
    QString quoted = value;
    quoted.replace(QLatin1Char('\\'), QStringLiteral("\\\\"))
        .replace(QLatin1Char('"'), QStringLiteral("\\\""));
    return QStringLiteral("%1:\"%2\"").arg(QLatin1String(key), quoted);
}

QStringList startConditions(const TimeRange& range) {
    return {QStringLiteral("start>=") + momentText(range.from),
            QStringLiteral("start<") + momentText(range.to)};
}

QStringList costConditions(PicoUsd from, PicoUsd to) {
    return {QStringLiteral("cost>=") + dollars(from), QStringLiteral("cost<") + dollars(to)};
}

std::optional<TimeRange> startRange(const QString& filter, TimeNs now) {
    const auto parsed = parse_filter(filter.toStdString(), now);
    if (!parsed) return {};
    FilterRange range;
    for (const auto& condition : conditions_of(*parsed)) {
        if (!isStart(*condition)) continue;
        range.low = std::max(range.low, condition->term.range.low);
        range.high = std::min(range.high, condition->term.range.high);
    }
    if (range.low == FilterRange().low) return {};
    const TimeNs to = range.high == FilterRange().high ? std::max(now, range.low) : range.high + 1;
    if (to <= range.low) return {};
    return TimeRange{range.low, to};
}

QString filterOver(const QString& filter, const TimeRange& range) {
    QString text =
        withoutThose(filter, [](const FilterNode& node, std::string_view) { return isStart(node); });
    for (const QString& condition : startConditions(range))
        text = filterWith(text, condition);
    return text;
}

} // namespace clew::views

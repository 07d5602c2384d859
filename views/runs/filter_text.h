// Filters as views change them: a condition more or less, ranges of time and cost, values in quotation marks.
// The rest of what the person wrote stays as it was written. Pure; any thread.
#pragma once

#include "model/base/money.h"
#include "model/base/time.h"
#include "model/store/filter/syntax.h"

#include <QString>

#include <optional>
#include <string>
#include <string_view>

namespace clew::views {

// [from, to) of times, ns UTC.
struct TimeRange {
    TimeNs from = 0, to = 0;
    bool operator==(const TimeRange&) const = default;
};

// Without each outermost condition that is written exactly as one of `conditions`.
QString filterWithout(const QString& filter, const QStringList& conditions);
// With one condition more; an outermost "or" goes into parentheses.
QString filterWith(const QString& filter, const QString& condition);

// key:"value".
QString filterTerm(const char* key, const QString& value);
// `start>=…` and `start<…`, as short as they are exact.
QStringList startConditions(const TimeRange& range);
// `cost>=…` and `cost<…`.
QStringList costConditions(PicoUsd from, PicoUsd to);

// From when to when the outermost conditions on `start` reach; `to` is `now` where nothing ends it.
// nullopt where nothing begins it.
std::optional<TimeRange> startRange(const QString& filter, TimeNs now);
// The same filter over another time: its outermost conditions on `start` give way to the range.
QString filterOver(const QString& filter, const TimeRange& range);

} // namespace clew::views

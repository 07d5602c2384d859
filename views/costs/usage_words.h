// What the Costs page calls things: dimensions, steps, groups, exact amounts. Any thread.
#pragma once

#include "model/store/usage.h"

#include <QString>

namespace clew::views {

struct DimensionWords {
    QString title; // "Model", over the table's first column
    QString many;  // "models"
    QString one;   // "model"
    QString none;  // "no model": what calls without one are grouped as
    const char* filterKey;
};
DimensionWords dimensionWords(UsageBy by);

QString groupName(UsageBy by, const std::string& key);
// The filter's term for a group's runs; "" where none can be written (calls without a key).
QString groupTerm(UsageBy by, const std::string& key);

DurationNs stepLength(UsageStep step);
QString stepWord(UsageStep step, int merged = 1); // "day", "6 hours"
// "14 Nov", "14 Nov 08:00"; with the year where it is asked for. UTC, as the store counts.
QString stepTitle(TimeNs start, UsageStep step, bool year = false);
QString rangeTitle(TimeNs from, TimeNs to); // "12–17 Nov", "14 Nov 08:00–11:00"

// Every digit: "$0.000123", with at least two decimals.
QString exactCost(PicoUsd amount);
// As short as it is exact in cents: "$25", "$18.50".
QString roundCost(PicoUsd amount);
QString exactCosts(const CostKinds& costs); // "$1.20 reported, $0.31 computed, 4 calls unpriced"
QString percentText(double share);          // "49 %", two digits
QString callsText(std::int64_t calls);

} // namespace clew::views

// Text of the core, which is UTF-8, as Qt has it. Any thread.
#pragma once

#include "model/base/numbers.h"

#include <QString>

#include <cstdint>
#include <string_view>

namespace clew::views {

inline QString fromUtf8(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// "1 span", "12,806 spans".
inline QString plural(std::int64_t count, const QString& one, const QString& many) {
    return fromUtf8(format_count(count)) + QChar(0xa0) + (count == 1 ? one : many);
}
inline QString plural(std::int64_t count, const char* one, const char* many) {
    return plural(count, QString::fromUtf8(one), QString::fromUtf8(many));
}

// A score or a setting, with at most `digits` digits that matter.
inline QString shortNumber(double value, int digits = 6) {
    return QString::number(value, 'g', digits);
}

} // namespace clew::views

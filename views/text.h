// Text of the core, which is UTF-8, as Qt has it. Any thread.
#pragma once

#include <QString>

#include <string_view>

namespace clew::views {

inline QString fromUtf8(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// A score or a setting, with at most `digits` digits that matter.
inline QString shortNumber(double value, int digits = 6) {
    return QString::number(value, 'g', digits);
}

} // namespace clew::views

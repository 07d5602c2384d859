// Where the columns of the span tree stand, for a width and a text scale. Pure; logical pixels.
#pragma once

#include <cstdint>

namespace clew::views {

class Theme;

enum TreeColumn : std::uint8_t {
    kSpanColumn = 1u << 0,
    kTokensColumn = 1u << 1,
    kCostColumn = 1u << 2,
    kDurationColumn = 1u << 3,
    kWaterfallColumn = 1u << 4,
    kAllColumns = 31,
};

struct ColumnPlace {
    int x = 0;
    int width = 0; // 0 = hidden
    [[nodiscard]] bool shown() const { return width > 0; }
    [[nodiscard]] int right() const { return x + width; }
};

struct TreeColumns {
    ColumnPlace span, tokens, cost, duration, waterfall;

    // Span and waterfall share what the others leave; Cost goes first when it gets narrow, then Tokens.
    // `gain` > 0 moves the waterfall's edge to the right.
    static TreeColumns layout(int width, const Theme& theme, std::uint8_t wanted = kAllColumns, int gain = 0);
};

// Row metrics (look: §2, §6), already scaled.
struct RowMetrics {
    int height, barTop, barHeight, threadY, indent, icon;
    static RowMetrics of(const Theme& theme, bool compact);
};

} // namespace clew::views

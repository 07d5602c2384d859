#include "views/trace/tree_columns.h"

#include "views/theme/theme.h"

#include <algorithm>

namespace clew::views {

TreeColumns TreeColumns::layout(int width, const Theme& theme, std::uint8_t wanted, int gain) {
    // 64 for the duration: "14 m 08 s" touches the cost at 56.
    const int tokens = theme.px(88), small = theme.px(56), duration = theme.px(64), narrow = theme.px(160),
              span = theme.px(268);
    TreeColumns out;
    const auto has = [&](TreeColumn column) { return (wanted & column) != 0; };
    int left = width;
    const auto take = [&](TreeColumn column, ColumnPlace& place, int size, int needed) {
        if (!has(column) || left - size < needed) return;
        place.width = size;
        left -= size;
    };
    // What the names and bars keep before another column may stand.
    const int bars = has(kWaterfallColumn) ? narrow : 0;
    take(kDurationColumn, out.duration, duration, theme.px(120) + bars);
    take(kTokensColumn, out.tokens, tokens, theme.px(180) + bars);
    take(kCostColumn, out.cost, small, theme.px(256) + bars);

    if (has(kSpanColumn)) {
        out.span.width = left;
        if (has(kWaterfallColumn)) {
            const int standard = span + theme.px(267);
            // Of width gained each takes half; of width lost the waterfall gives first.
            const int half = std::max(0, (left - standard) / 2);
            const int most = std::max(left - narrow, left / 2);
            out.span.width = std::clamp(span + half + gain, std::min(theme.px(120), most), most);
        }
    }
    out.waterfall.width = has(kWaterfallColumn) ? left - out.span.width : 0;
    int x = 0;
    for (ColumnPlace* place : {&out.span, &out.tokens, &out.cost, &out.duration, &out.waterfall}) {
        place->x = x;
        x += place->width;
    }
    return out;
}

RowMetrics RowMetrics::of(const Theme& theme, bool compact) {
    RowMetrics m{};
    m.height = theme.px(compact ? 20 : 24);
    m.barTop = theme.px(compact ? 5 : 6);
    m.barHeight = theme.px(compact ? 8 : 10);
    m.threadY = theme.px(compact ? 16 : 19);
    m.indent = theme.px(16);
    m.icon = theme.px(16);
    return m;
}

} // namespace clew::views

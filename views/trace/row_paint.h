// What the painters of the span tree share during one paint event. References live as long as the event.
#pragma once

#include "model/trace/judgement.h"
#include "views/findings/trace_findings.h"
#include "views/theme/theme.h"
#include "views/trace/span_rows.h"
#include "views/trace/time_scale.h"
#include "views/trace/trace_picture.h"
#include "views/trace/tree_columns.h"

#include <QHash>
#include <QPainter>

namespace clew::views {

struct RowPaint {
    QPainter& painter;
    const Theme& theme;
    const TracePicture& picture;
    const SpanRows& rows;
    const TimeScale& scale;
    const TreeColumns& columns;
    const RowMetrics& metrics;
    TimeNs now = 0;
    qreal ratio = 1; // device pixels per logical one
    const std::unordered_map<SpanId, Thumb>& thumbs;
    const SpanMarks& marks;

    [[nodiscard]] const TraceSnapshot& trace() const { return *picture.snapshot; }
    [[nodiscard]] const SnapshotSpan& span(std::int32_t index) const {
        return picture.snapshot->spans[static_cast<std::size_t>(index)];
    }
    [[nodiscard]] QColor hue(const SnapshotSpan& span) const;
    // x of a time in the widget.
    [[nodiscard]] double x(TimeNs time) const { return columns.waterfall.x + scale.x(time); }
};

} // namespace clew::views

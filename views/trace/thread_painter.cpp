#include "views/trace/thread_painter.h"

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr double kWidth = 1.5;
constexpr double kThreadBeyond = 100; // px outside the widget: never seen, and no huge coordinates

// Collects points; of many in one pixel column only the first, highest, lowest and last stay.
class Line {
public:
    explicit Line(double left, double right)
        : m_left(left)
        , m_right(right) {}

    void to(double x, double y) {
        x = std::round(std::clamp(x, m_left, m_right)) -
            kWidth / 2; // stands left of the bar that starts here
        if (m_any && x == m_x) {
            m_low = std::min(m_low, y);
            m_high = std::max(m_high, y);
            m_last = y;
            return;
        }
        flush();
        m_any = true;
        m_x = x;
        m_first = m_low = m_high = m_last = y;
    }
    QPolygonF take() {
        flush();
        return std::move(m_points);
    }

    // The column that is being collected also reaches here.
    void reach(double low, double high) {
        m_low = std::min(m_low, low);
        m_high = std::max(m_high, high);
    }

private:
    void flush() {
        if (!m_any) return;
        add(m_first);
        if (m_low < std::min(m_first, m_last)) add(m_low);
        if (m_high > std::max(m_first, m_last)) add(m_high);
        add(m_last);
    }
    void add(double y) {
        const QPointF point(m_x, y);
        if (m_points.isEmpty() || m_points.back() != point) m_points.push_back(point);
    }

    double m_left, m_right;
    bool m_any = false;
    double m_x = 0, m_first = 0, m_low = 0, m_high = 0, m_last = 0;
    QPolygonF m_points;
};

} // namespace

void ThreadPainter::setRows(const TracePicture& picture, const SpanRows& rows) {
    m_steps.clear();
    m_blocks.clear();
    TimeNs gap = kNoTime;
    TimeNs end = kNoTime;
    for (const ThreadSegment& segment : picture.path) {
        const int row = rows.row(segment.span);
        end = segment.to;
        if (segment.parent && !rows.isCollapsed(segment.span) && rows.isRow(segment.span)) {
            if (gap == kNoTime) gap = segment.from;
            continue;
        }
        if (!m_steps.empty() && m_steps.back().row == row) {
            m_steps.back().to = segment.to;
            m_steps.back().open |= segment.open;
        } else {
            m_steps.push_back({gap == kNoTime ? segment.from : gap, segment.to, row, segment.open});
        }
        gap = kNoTime;
    }
    if (gap != kNoTime) {
        // Own time with no child behind it: goes on where the line is, or stands on the parent itself.
        if (m_steps.empty())
            m_steps.push_back({gap, end, rows.row(picture.path.front().span), false});
        else
            m_steps.back().to = end;
    }
    for (std::size_t first = 0; first < m_steps.size(); first += kBlock) {
        Block block{m_steps[first].row, m_steps[first].row};
        for (std::size_t at = first; at < std::min(first + kBlock, m_steps.size()); ++at) {
            block.low = std::min(block.low, m_steps[at].row);
            block.high = std::max(block.high, m_steps[at].row);
        }
        m_blocks.push_back(block);
    }
}

QPolygonF ThreadPainter::line(const RowPaint& paint, int firstTop, int height) const {
    const TimeNs begin = paint.scale.begin(), end = paint.scale.end();
    // From the last step before the view to the first behind it, so that the line enters and leaves it.
    const auto found = std::lower_bound(m_steps.begin(), m_steps.end(), begin,
                                        [](const Step& step, TimeNs time) { return step.to < time; });
    auto at = static_cast<std::size_t>(found - m_steps.begin());
    if (at > 0) --at;

    Line line(paint.columns.waterfall.x - kThreadBeyond, paint.columns.waterfall.right() + kThreadBeyond);
    const auto y = [&](int row) {
        const double top = firstTop + static_cast<double>(row) * paint.metrics.height + paint.metrics.threadY;
        return std::clamp(top, -kThreadBeyond, height + kThreadBeyond);
    };
    while (at < m_steps.size()) {
        if (at % kBlock == 0 && at + kBlock < m_steps.size()) {
            const Step &first = m_steps[at], &last = m_steps[at + kBlock - 1];
            if (std::round(paint.x(first.from)) == std::round(paint.x(last.to))) {
                const Block& block = m_blocks[at / kBlock];
                line.to(paint.x(first.from), y(first.row));
                line.reach(y(block.low), y(block.high));
                line.to(paint.x(last.to), y(last.row));
                at += kBlock;
                if (last.to > end) break;
                continue;
            }
        }
        const Step& step = m_steps[at++];
        line.to(paint.x(step.from), y(step.row));
        line.to(paint.x(step.open ? std::max(paint.now, step.to) : step.to), y(step.row));
        if (step.from > end) break;
    }
    return line.take();
}

void ThreadPainter::paint(const RowPaint& paint, const QPolygonF& line) {
    if (line.size() < 2) return;
    paint.painter.setRenderHint(QPainter::Antialiasing);
    paint.painter.setPen(
        QPen(paint.theme.colours().thread, kWidth, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    paint.painter.setBrush(Qt::NoBrush);
    paint.painter.drawPolyline(line);
    paint.painter.setRenderHint(QPainter::Antialiasing, false);
}

std::vector<std::pair<double, double>> ThreadPainter::marks(const QPolygonF& line, double top,
                                                            double bottom) {
    std::vector<std::pair<double, double>> out;
    for (qsizetype i = 1; i < line.size(); ++i) {
        const QPointF a = line[i - 1], b = line[i];
        if (std::max(a.y(), b.y()) < top || std::min(a.y(), b.y()) > bottom) continue;
        out.emplace_back(std::min(a.x(), b.x()) - kWidth, std::max(a.x(), b.x()) + kWidth);
    }
    return out;
}

} // namespace clew::views

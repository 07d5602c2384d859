#include "views/live/running_list.h"

#include "model/base/numbers.h"
#include "views/text.h"

#include <QHeaderView>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kRunningRow = 40, kMiniBar = 10;

class RunningDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex&) const override { return kRunningRow; }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        const auto* model = static_cast<const RunningModel*>(cell.index.model());
        const RunningRow& row = model->row(cell.index.row());
        const QString text = cell.index.data().toString();
        switch (cell.index.column()) {
        case RunningModel::Name: {
            drawIcon(cell.painter, cell.rect, Theme::kindIcon(row.trace.root_kind),
                     m_theme.kind(row.trace.root_kind));
            QString second = fromUtf8(row.trace.detail);
            if (second.isEmpty() && !row.trace.session.empty())
                second = RunningModel::tr("session %1").arg(fromUtf8(row.trace.session));
            drawTwoLines(cell.painter, cell.rect.adjusted(m_theme.px(24), 0, 0, 0), text, second, c.text,
                         c.text3);
            return;
        }
        case RunningModel::Bar: paintBar(cell, row, model->now()); return;
        case RunningModel::Duration: drawNumber(cell.painter, cell.rect, text, c.text); return;
        case RunningModel::Tokens: drawNumber(cell.painter, cell.rect, text, c.text2); return;
        case RunningModel::Cost: {
            const bool unpriced = !row.trace.costs().known() && row.trace.llm_calls > 0;
            if (unpriced) {
                drawRight(cell, text, c.warn);
                return;
            }
            drawNumber(cell.painter, cell.rect, text, row.trace.costs().known() ? c.text : c.text3);
            return;
        }
        default: return;
        }
    }

private:
    void drawRight(const Cell& cell, const QString& word, const QColor& colour) const {
        cell.painter.setFont(m_theme.font(Theme::Text::Small));
        cell.painter.setPen(colour);
        cell.painter.drawText(cell.rect, Qt::AlignRight | Qt::AlignVCenter, word);
    }

    // From the run's start to now; what has not ended is hatched and open at now.
    void paintBar(const Cell& cell, const RunningRow& row, TimeNs now) const {
        const double from = static_cast<double>(row.trace.start);
        const double span = std::max(1.0, static_cast<double>(now) - from);
        const int height = m_theme.px(kMiniBar);
        const QRectF track(cell.rect.left(), cell.rect.top() + (cell.rect.height() - height) / 2.0,
                           cell.rect.width(), height);
        const auto x = [&](TimeNs time) {
            const double share = std::clamp((static_cast<double>(time) - from) / span, 0.0, 1.0);
            return std::round(track.left() + share * track.width());
        };
        cell.painter.setRenderHint(QPainter::Antialiasing);
        if (row.marks.empty()) {
            hatch(cell.painter, track, m_theme.kind(row.trace.root_kind));
            return;
        }
        TimeNs reached = row.trace.start;
        for (const RunningMark& mark : row.marks) {
            const TimeNs end = mark.end == kNoTime ? now : mark.end;
            reached = std::max(reached, end);
            const double left = x(mark.start);
            const double right = std::max(left + 2, x(end) - 1);
            const QRectF bar(left, track.top(), right - left, track.height());
            const QColor hue = m_theme.kind(mark.kind, mark.mcp);
            if (mark.end == kNoTime) {
                hatch(cell.painter, bar, hue);
                continue;
            }
            cell.painter.setPen(Qt::NoPen);
            cell.painter.setBrush(hue);
            const double radius = bar.width() < 5 ? 1 : 2;
            cell.painter.drawRoundedRect(bar, radius, radius);
        }
        // Nothing is known to run since then, yet the run has no end.
        const double left = x(reached) + 1;
        if (track.right() - left >= 6) {
            cell.painter.setPen(QPen(m_theme.colours().line2, 1));
            const double middle = std::floor(track.center().y()) + 0.5;
            cell.painter.drawLine(QPointF(left + 2, middle), QPointF(track.right(), middle));
        }
    }

    static void hatch(QPainter& painter, const QRectF& bar, const QColor& hue) {
        painter.save();
        painter.setClipRect(bar, Qt::IntersectClip);
        painter.setPen(QPen(hue, 2.5, Qt::SolidLine, Qt::FlatCap));
        for (double x = bar.left() - bar.height(); x < bar.right() + bar.height(); x += 8.5)
            painter.drawLine(QPointF(x - 1, bar.bottom() + 1), QPointF(x + bar.height() + 1, bar.top() - 1));
        painter.setPen(QPen(hue, 1.5));
        painter.drawPolyline(QPolygonF{{bar.right(), bar.top() + 0.75},
                                       {bar.left() + 0.75, bar.top() + 0.75},
                                       {bar.left() + 0.75, bar.bottom() - 0.75},
                                       {bar.right(), bar.bottom() - 0.75}});
        painter.restore();
    }
};

} // namespace

RunningList::RunningList(const Theme& theme, RunningModel& model, QWidget* parent)
    : LiveTable(theme, tr("Running now"), {{200, false}, {0, false}, {80, true}, {64, true}, {80, true}},
                parent)
    , m_running(model) {
    setHeaderHidden(true);
    setItemDelegate(new RunningDelegate(theme, this));
    setModel(&model);
    setFitting(5 * kRunningRow);
    connect(this, &QAbstractItemView::activated, this,
            [this](const QModelIndex& index) { emit traceWanted(m_running.row(index.row()).trace.id); });
    connect(this, &QAbstractItemView::clicked, this,
            [this](const QModelIndex& index) { setCurrentIndex(index); });
}

} // namespace clew::views

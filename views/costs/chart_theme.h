// QCustomPlot in the theme's colours and type: what every chart of the page is built on. GUI thread.
#pragma once

#include "views/theme/theme.h"

#include <qcustomplot.h>

namespace clew::views {

// A plot that draws itself with vectors where it is printed into an SVG or at another scale than the
// screen's, and that the theme's changes repaint. It handles no mouse by itself.
class ThemedPlot : public QCustomPlot {
    Q_OBJECT

public:
    ThemedPlot(const Theme& theme, const QString& name, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override { QWidget::mousePressEvent(event); }
    void mouseMoveEvent(QMouseEvent* event) override { QWidget::mouseMoveEvent(event); }
    void mouseReleaseEvent(QMouseEvent* event) override { QWidget::mouseReleaseEvent(event); }
    void mouseDoubleClickEvent(QMouseEvent* event) override { QWidget::mouseDoubleClickEvent(event); }
    void wheelEvent(QWheelEvent* event) override { event->ignore(); } // the page scrolls
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

    // Sets colours and fonts again, then replots; the theme has changed.
    virtual void restyle();
    // Tick labels in small text3, no lines but the grid's.
    void styleAxis(QCPAxis* axis, bool grid) const;

    const Theme& m_theme;
};

// Draws into a plot whatever QCustomPlot has no plottable for.
class PlotPainter : public QCPAbstractItem {
    Q_OBJECT

public:
    // `layer` by name ("background", "main", "overlay" …). `paint` is asked at every replot.
    PlotPainter(QCustomPlot* plot, const QString& layer, std::function<void(QCPPainter&)> paint);
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

protected:
    void draw(QCPPainter* painter) override;
    [[nodiscard]] QRect clipRect() const override;

private:
    std::function<void(QCPPainter&)> m_paint;
};

// Of a series' place (usage_series.h); -1 is “other”.
QColor seriesColour(const Theme& theme, int place);
// 45° stripes in an outline: what has no price.
void drawHatched(QPainter& painter, const QRectF& rect, const Theme& theme);
// A small word or amount beside a vertical line at x: right of it, or left where there is no room.
void drawLineLabel(QPainter& painter, qreal x, qreal top, qreal right, const QString& text,
                   const Theme& theme);

} // namespace clew::views

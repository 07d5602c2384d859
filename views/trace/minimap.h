// The whole trace in 48 px: what ran when, where errors are, and which part the waterfall shows. GUI thread.
//
// Drag the frame to pan, its handles to resize it, anywhere else to choose a range.
#pragma once

#include "views/theme/theme.h"
#include "views/trace/time_scale.h"
#include "views/trace/trace_picture.h"

#include <QPixmap>
#include <QWidget>

namespace clew::views {

class Minimap : public QWidget {
    Q_OBJECT

public:
    explicit Minimap(const Theme& theme, QWidget* parent = nullptr);

    void setPicture(TracePicturePtr picture);
    // The waterfall's scale: its bounds are what the map spans, its view is the frame. `now`: end of running
    // spans.
    void setScale(const TimeScale& scale, TimeNs now);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QRectF frame() const; // of the view, in the widget

signals:
    void rangeChosen(clew::TimeNs begin, clew::TimeNs end);
    void fitAsked();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    enum class Grip { None, Left, Right, Frame, Range };

    [[nodiscard]] QRect area() const; // inside the margins
    [[nodiscard]] Grip gripAt(QPointF at) const;
    void renderMarks();
    void renderTriangles(QPainter& painter) const;
    void moveTo(double x);

    const Theme& m_theme;
    TracePicturePtr m_picture;
    TimeScale m_scale; // of the whole map
    TimeNs m_viewBegin = 0, m_viewEnd = 0;
    TimeNs m_now = 0;
    bool m_all = true;
    QPixmap m_marks; // lanes, drawn once per picture, size and theme
    Grip m_grip = Grip::None;
    double m_gripX = 0;
    TimeNs m_gripBegin = 0, m_gripEnd = 0; // the view, or the range, when it was taken
};

} // namespace clew::views

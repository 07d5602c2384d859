#include "views/trace/minimap.h"

#include "model/base/numbers.h"
#include "views/text.h"
#include "views/trace/span_text.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {
constexpr int kMinimapMargin = 4;
constexpr int kHandleWidth = 5, kHandleHeight = 16;
constexpr int kHandleReach = 5;
constexpr int kMarksTop = 8, kMarksBottom = 4;
constexpr int kMark = 2;
constexpr double kWidestLane = 3;
constexpr int kTriangleWidth = 8, kTriangleHeight = 6;
constexpr int kShortestDrag = 4;
} // namespace

Minimap::Minimap(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Minimap"));
    setAccessibleDescription(tr("The whole run; the frame is what the waterfall shows"));
    connect(&m_theme, &Theme::changed, this, [this] {
        m_marks = {};
        updateGeometry();
        update();
    });
}

QSize Minimap::sizeHint() const {
    return {m_theme.px(240), m_theme.px(48)};
}

void Minimap::setPicture(TracePicturePtr picture) {
    m_picture = std::move(picture);
    m_marks = {};
    update();
}

void Minimap::setScale(const TimeScale& scale, TimeNs now) {
    const bool sameBounds = scale.origin() == m_scale.origin() && scale.boundsEnd() == m_scale.boundsEnd();
    m_viewBegin = scale.begin();
    m_viewEnd = scale.end();
    m_all = scale.showsAll();
    m_now = now;
    if (!sameBounds) m_marks = {};
    m_scale = scale;
    m_scale.setWidth(area().width());
    m_scale.fit();
    update();
}

QRect Minimap::area() const {
    return rect().adjusted(kMinimapMargin, 0, -kMinimapMargin, 0);
}

QRectF Minimap::frame() const {
    const double left = area().left() + m_scale.x(m_viewBegin), right = area().left() + m_scale.x(m_viewEnd);
    return QRectF(std::round(left), 0, std::max(2.0, std::round(right) - std::round(left)), height());
}

void Minimap::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_scale.setWidth(area().width());
    m_marks = {};
}

void Minimap::renderMarks() {
    const qreal ratio = devicePixelRatioF();
    m_marks = QPixmap(area().size() * ratio);
    m_marks.setDevicePixelRatio(ratio);
    m_marks.fill(Qt::transparent);
    const MinimapBuckets& buckets = m_picture->minimap;
    if (buckets.lanes == 0) return;
    QPainter painter(&m_marks);
    const int space = height() - kMarksTop - kMarksBottom - kMark;
    const double step =
        buckets.lanes > 1 ? std::min(kWidestLane, static_cast<double>(space) / (buckets.lanes - 1)) : 0;
    const int width = area().width();
    // Columns of the map and of the buckets: from the first bucket's start to the last one's end.
    const double left = m_scale.x(buckets.begin), right = m_scale.x(buckets.end);
    const double perBucket = (right - left) / MinimapBuckets::kColumns;
    const auto colour = [this](std::uint8_t hue) {
        return hue == MinimapBuckets::kMcpHue ? m_theme.kind(Kind::tool, true)
                                              : m_theme.kind(static_cast<Kind>(hue));
    };
    for (int lane = 0; lane < buckets.lanes; ++lane) {
        const double top = std::round((kMarksTop + lane * step) * ratio) / ratio;
        if (const std::uint8_t hue = buckets.open[static_cast<std::size_t>(lane)];
            hue != MinimapBuckets::kEmpty) {
            const double now = std::round(m_scale.x(m_now));
            if (now > right)
                painter.fillRect(QRectF(std::round(right) - 1, top, now - std::round(right) + 1, kMark),
                                 colour(hue));
        }
        for (int column = 0; column < MinimapBuckets::kColumns;) {
            const std::uint8_t hue = buckets.at(lane, column);
            int next = column + 1;
            while (next < MinimapBuckets::kColumns && buckets.at(lane, next) == hue)
                ++next;
            if (hue != MinimapBuckets::kEmpty) {
                const double x = std::round(left + column * perBucket);
                const double end = std::max(x + 1, std::round(left + next * perBucket));
                if (x < width) painter.fillRect(QRectF(x, top, end - x, kMark), colour(hue));
            }
            column = next;
        }
    }
    renderTriangles(painter);
}

void Minimap::renderTriangles(QPainter& painter) const {
    const MinimapBuckets& buckets = m_picture->minimap;
    const double left = m_scale.x(buckets.begin);
    const double perBucket = (m_scale.x(buckets.end) - left) / MinimapBuckets::kColumns;
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor red = m_theme.colours().err;
    const auto all = [&](const std::vector<std::uint32_t>& counts, bool filled) {
        double last = -2.0 * kTriangleWidth;
        for (int column = 0; column < MinimapBuckets::kColumns; ++column) {
            if (counts[static_cast<std::size_t>(column)] == 0) continue;
            const double x = std::round(left + (column + 0.5) * perBucket);
            if (x - last < kTriangleWidth) continue; // they would only smear
            last = x;
            QPainterPath path;
            const double half = kTriangleWidth / 2.0;
            const double inset = filled ? 0 : 0.5;
            path.moveTo(x - half + inset, 1);
            path.lineTo(x + half - inset, 1);
            path.lineTo(x, kTriangleHeight + 1 - inset);
            path.closeSubpath();
            painter.setPen(filled ? QPen(Qt::NoPen) : QPen(red, 1));
            painter.setBrush(filled ? QBrush(red) : QBrush(m_theme.colours().base));
            painter.drawPath(path);
        }
    };
    all(buckets.silent, false);
    all(buckets.errors, true);
}

void Minimap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.window);
    painter.fillRect(QRect(0, 0, width(), 1), c.line);
    painter.fillRect(QRect(0, height() - 1, width(), 1), c.line);
    if (!m_picture || !m_picture->snapshot || m_picture->snapshot->spans.empty()) return;
    if (m_marks.isNull()) renderMarks();

    QRectF view = frame();
    if (m_grip == Grip::Range) {
        const double a = area().left() + m_scale.x(m_gripBegin), b = area().left() + m_scale.x(m_gripEnd);
        view = QRectF(std::round(std::min(a, b)), 0, std::max(1.0, std::round(std::abs(a - b))), height());
    }
    painter.fillRect(view, c.raised);
    painter.drawPixmap(area().topLeft(), m_marks);
    if (m_picture->snapshot->running) {
        const double x = std::round(area().left() + m_scale.x(m_now));
        painter.fillRect(QRectF(x, 1, 1, height() - 2), c.acc);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    const double pen = m_theme.lineWidth();
    painter.setPen(QPen(c.line2, pen));
    painter.drawRect(view.adjusted(pen / 2, pen / 2, -pen / 2, -pen / 2));
    if (m_grip == Grip::Range) return;
    painter.setPen(QPen(c.ctl, 1));
    painter.setBrush(c.base);
    for (const double x : {view.left() + 0.5, view.right() - 0.5}) {
        const QRectF handle(x - kHandleWidth / 2.0, std::round((height() - kHandleHeight) / 2.0) + 0.5,
                            kHandleWidth, kHandleHeight - 1);
        painter.drawRoundedRect(handle, 2, 2);
    }
}

Minimap::Grip Minimap::gripAt(QPointF at) const {
    const QRectF view = frame();
    const bool left = std::abs(at.x() - view.left()) <= kHandleReach;
    const bool right = std::abs(at.x() - view.right()) <= kHandleReach;
    if (left && (!right || at.x() < view.center().x())) return Grip::Left;
    if (right) return Grip::Right;
    if (!m_all && at.x() > view.left() && at.x() < view.right()) return Grip::Frame;
    return Grip::Range;
}

void Minimap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_picture) return;
    m_grip = gripAt(event->position());
    m_gripX = event->position().x();
    m_gripBegin = m_viewBegin;
    m_gripEnd = m_viewEnd;
    if (m_grip == Grip::Range) m_gripBegin = m_gripEnd = m_scale.timeAt(m_gripX - area().left());
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
    if (m_grip == Grip::None) {
        const Grip grip = gripAt(event->position());
        setCursor(grip == Grip::Left || grip == Grip::Right ? Qt::SizeHorCursor
                  : grip == Grip::Frame                     ? Qt::OpenHandCursor
                                                            : Qt::ArrowCursor);
        return;
    }
    moveTo(event->position().x());
}

void Minimap::moveTo(double x) {
    const double inside = std::clamp(x - area().left(), 0.0, static_cast<double>(area().width()));
    const TimeNs time = m_scale.timeAt(inside);
    switch (m_grip) {
    case Grip::Left: emit rangeChosen(std::min(time, m_gripEnd - 1), m_gripEnd); break;
    case Grip::Right: emit rangeChosen(m_gripBegin, std::max(time, m_gripBegin + 1)); break;
    case Grip::Frame: {
        const TimeNs moved = m_scale.timeAt(x) - m_scale.timeAt(m_gripX);
        emit rangeChosen(m_gripBegin + moved, m_gripEnd + moved);
        break;
    }
    case Grip::Range:
        m_gripEnd = time;
        update();
        break;
    case Grip::None: break;
    }
}

void Minimap::mouseReleaseEvent(QMouseEvent* event) {
    if (m_grip == Grip::Range && std::abs(event->position().x() - m_gripX) >= kShortestDrag)
        emit rangeChosen(std::min(m_gripBegin, m_gripEnd), std::max(m_gripBegin, m_gripEnd));
    m_grip = Grip::None;
    update();
}

void Minimap::mouseDoubleClickEvent(QMouseEvent*) {
    emit fitAsked();
}

void Minimap::wheelEvent(QWheelEvent* event) {
    const int delta = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
    TimeScale view = m_scale;
    view.show(m_viewBegin, m_viewEnd);
    view.setWidth(area().width());
    if ((event->modifiers() & Qt::ControlModifier) != 0) {
        const double x = view.x(m_scale.timeAt(event->position().x() - area().left()));
        view.zoom(std::clamp(x, 0.0, view.width()), std::pow(1.2, delta / 120.0));
    } else {
        view.pan(-delta / 120.0 * view.width() / 10);
    }
    emit rangeChosen(view.begin(), view.end());
    event->accept();
}

bool Minimap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_picture && !m_picture->minimap.errors.empty()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const MinimapBuckets& buckets = m_picture->minimap;
        const double perBucket =
            (m_scale.x(buckets.end) - m_scale.x(buckets.begin)) / MinimapBuckets::kColumns;
        const double x = help->pos().x() - area().left() - m_scale.x(buckets.begin);
        const auto column = [&](double at) {
            return static_cast<std::size_t>(std::clamp(at / perBucket, 0.0, MinimapBuckets::kColumns - 1.0));
        };
        std::int64_t errors = 0, silent = 0;
        for (std::size_t at = column(x - kTriangleWidth / 2.0); at <= column(x + kTriangleWidth / 2.0);
             ++at) {
            errors += buckets.errors[at];
            silent += buckets.silent[at];
        }
        QString text = fromUtf8(format_duration(
            between(m_picture->snapshot->start, m_scale.timeAt(help->pos().x() - area().left()))));
        if (errors > 0) text += QStringLiteral("\n") + plural(errors, "error", "errors");
        if (silent > 0) text += QStringLiteral("\n") + plural(silent, "silent failure", "silent failures");
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace clew::views

// Draws the standard widgets with the theme's tokens: flat, 1 px lines, radius 4, one accent. Over Fusion,
// whose metrics and behaviour stay where the look says nothing.
#pragma once

#include <QProxyStyle>

class QStyleOptionButton;
class QStyleOptionMenuItem;
class QStyleOptionSlider;

namespace clew::views {

class Theme;

// Dynamic properties that widgets may set:
//   "primary" (QPushButton, bool)  filled with the accent
//   "keyHint" (QAbstractButton, QString)  a key cap behind the text
//   "flatIcon" (QToolButton, bool) no border until hovered
class Style : public QProxyStyle {
    Q_OBJECT

public:
    explicit Style(const Theme& theme);

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returnData) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl,
                         const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option,
                         const QWidget* widget) const override;
    void polish(QWidget* widget) override;
    using QProxyStyle::polish;

private:
    void drawButtonFrame(const QStyleOptionButton& option, QPainter& painter, const QWidget* widget) const;
    void drawButtonLabel(const QStyleOptionButton& option, QPainter& painter, const QWidget* widget) const;
    void drawFocusRing(const QRectF& rect, qreal radius, QPainter& painter) const;
    void drawMenuItem(const QStyleOptionMenuItem& option, QPainter& painter) const;
    void drawScrollBar(const QStyleOptionSlider& option, QPainter& painter) const;

    const Theme& m_theme;
};

// A key cap ("Ctrl K") of 18 px height: mono 11, border line2, radius 3. On a filled button it takes the
// text's colour.
qreal keyCapWidth(const QString& keys, const Theme& theme);
void drawKeyCap(QPainter& painter, QPointF topLeft, const QString& keys, const Theme& theme,
                const QColor* onFill = nullptr);

} // namespace clew::views

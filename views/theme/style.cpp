#include "views/theme/style.h"

#include "views/theme/theme.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QFontMetricsF>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

#include <cmath>

namespace clew::views {

namespace {

constexpr qreal kRadius = 4;
constexpr int kScrollBar = 10;

QRectF crisp(const QRect& rect) {
    return QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5);
}

bool flag(const QWidget* widget, const char* name) {
    return widget && widget->property(name).toBool();
}

QString keyHintOf(const QWidget* widget) {
    return widget ? widget->property("keyHint").toString() : QString();
}

// Of a header: its table's cells have room at their sides.
bool isPadded(const QWidget* header) {
    return header && header->parentWidget() && header->parentWidget()->inherits("QTreeWidget");
}

} // namespace

qreal keyCapWidth(const QString& keys, const Theme& theme) {
    const QFontMetricsF metrics(theme.font(Theme::Text::MonoSmall));
    return std::max<qreal>(theme.px(18), std::ceil(metrics.horizontalAdvance(keys)) + theme.px(10));
}

void drawKeyCap(QPainter& painter, QPointF topLeft, const QString& keys, const Theme& theme,
                const QColor* onFill) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF rect(topLeft, QSizeF(keyCapWidth(keys, theme), theme.px(18)));
    QColor border = onFill ? *onFill : theme.colours().line2;
    if (onFill) border.setAlphaF(0.6F);
    painter.setPen(QPen(border, 1));
    painter.setBrush(onFill ? QBrush(Qt::NoBrush) : QBrush(theme.colours().base));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.setPen(onFill ? *onFill : theme.colours().text2);
    painter.setFont(theme.font(Theme::Text::MonoSmall));
    painter.drawText(rect, Qt::AlignCenter, keys);
    painter.restore();
}

Style::Style(const Theme& theme)
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
    , m_theme(theme) {
}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
        qobject_cast<QLineEdit*>(widget) || widget->inherits("QScrollBar"))
        widget->setAttribute(Qt::WA_Hover);
}

void Style::drawFocusRing(const QRectF& rect, qreal radius, QPainter& painter) const {
    painter.setPen(QPen(m_theme.colours().acc, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect, radius, radius);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    const Colours& c = m_theme.colours();
    const bool enabled = option->state & State_Enabled;
    const bool focused = (option->state & State_HasFocus) && (option->state & State_KeyboardFocusChange);
    painter->save();
    switch (element) {
    case PE_FrameFocusRect:
        if (option->state & State_KeyboardFocusChange) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(QPen(c.acc, 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(crisp(option->rect), 2, 2);
        }
        break;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (!frame || (element == PE_PanelLineEdit && frame->lineWidth == 0)) {
            if (element == PE_PanelLineEdit) painter->fillRect(option->rect, option->palette.base());
            break;
        }
        painter->setRenderHint(QPainter::Antialiasing);
        const bool active = option->state & State_HasFocus;
        painter->setPen(QPen(active ? c.acc : enabled ? c.ctl : c.line, active ? 2 : m_theme.lineWidth()));
        painter->setBrush(enabled ? c.base : c.window);
        painter->drawRoundedRect(active ? QRectF(option->rect).adjusted(1, 1, -1, -1) : crisp(option->rect),
                                 kRadius, kRadius);
        break;
    }
    case PE_Frame:
    case PE_FrameGroupBox:
    case PE_FrameTabWidget:
        painter->setPen(QPen(c.line, m_theme.lineWidth()));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        break;
    case PE_FrameMenu:
    case PE_PanelMenu:
    case PE_PanelTipLabel:
        painter->setPen(QPen(c.line2, m_theme.lineWidth()));
        painter->setBrush(c.base);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        break;
    case PE_PanelButtonTool:
    case PE_PanelButtonBevel:
    case PE_PanelButtonCommand: {
        QStyleOptionButton button;
        button.rect = option->rect;
        button.state = option->state;
        painter->restore();
        drawButtonFrame(button, *painter, widget);
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorRadioButton:
    case PE_IndicatorItemViewItemCheck: {
        painter->setRenderHint(QPainter::Antialiasing);
        const bool radio = element == PE_IndicatorRadioButton;
        const bool on = option->state & (State_On | State_NoChange);
        const QRectF box = crisp(option->rect);
        const qreal radius = radio ? box.width() / 2 : 3;
        painter->setPen(QPen(!enabled ? c.line : on ? c.acc : c.ctl, m_theme.lineWidth()));
        painter->setBrush(on && enabled ? c.acc : on ? c.line : c.base);
        painter->drawRoundedRect(box, radius, radius);
        painter->setPen(QPen(c.onacc, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const auto at = [&](qreal x, qreal y) {
            return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
        };
        if (option->state & State_NoChange)
            painter->drawLine(at(0.25, 0.5), at(0.75, 0.5));
        else if (on && radio)
            painter->drawEllipse(box.center(), 1.5, 1.5);
        else if (on)
            painter->drawPolyline(QPolygonF{at(0.22, 0.52), at(0.42, 0.72), at(0.78, 0.3)});
        if (focused) drawFocusRing(box.adjusted(-2, -2, 2, 2), radius + 2, *painter);
        break;
    }
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowRight:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowLeft: {
        const qreal dpr = painter->device()->devicePixelRatioF();
        const bool vertical = element == PE_IndicatorArrowDown || element == PE_IndicatorArrowUp;
        const QPixmap pixmap =
            m_theme.icon(vertical ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                         enabled ? c.text2 : c.dis, m_theme.px(14), dpr);
        const QPointF centre = QRectF(option->rect).center();
        painter->translate(centre);
        if (element == PE_IndicatorArrowUp || element == PE_IndicatorArrowLeft) painter->rotate(180);
        painter->drawPixmap(QPointF(-m_theme.px(14) / 2.0, -m_theme.px(14) / 2.0), pixmap);
        break;
    }
    case PE_PanelStatusBar:
    case PE_FrameStatusBarItem:
    case PE_PanelMenuBar:
        if (element != PE_FrameStatusBarItem) painter->fillRect(option->rect, c.window);
        break;
    case PE_IndicatorTabClose:
    default:
        painter->restore();
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    painter->restore();
}

void Style::drawButtonFrame(const QStyleOptionButton& option, QPainter& painter,
                            const QWidget* widget) const {
    const Colours& c = m_theme.colours();
    const bool enabled = option.state & State_Enabled;
    const bool hovered = enabled && (option.state & State_MouseOver);
    const bool down = option.state & (State_Sunken | State_On);
    const bool bare = flag(widget, "flatIcon");
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = c.base;
    QColor border = enabled ? (hovered ? c.ctl : c.line2) : c.line;
    if (flag(widget, "primary") && enabled) {
        fill = border = option.state & State_Sunken ? c.acc.darker(115) : c.acc;
    } else if (down && enabled && !bare) {
        fill = border = c.text;
    } else if (bare) {
        fill = hovered || down ? c.hover : QColor(Qt::transparent);
        border = Qt::transparent;
    }
    painter.setPen(QPen(border, m_theme.lineWidth()));
    painter.setBrush(fill);
    painter.drawRoundedRect(crisp(option.rect), kRadius, kRadius);
    if ((option.state & State_HasFocus) && (option.state & State_KeyboardFocusChange))
        drawFocusRing(QRectF(option.rect).adjusted(1, 1, -1, -1), kRadius, painter);
    painter.restore();
}

void Style::drawButtonLabel(const QStyleOptionButton& option, QPainter& painter,
                            const QWidget* widget) const {
    const Colours& c = m_theme.colours();
    const bool enabled = option.state & State_Enabled;
    const bool primary = flag(widget, "primary") && enabled;
    const bool filled =
        primary || (enabled && (option.state & (State_Sunken | State_On)) && !flag(widget, "flatIcon"));
    const QColor colour = !enabled ? c.dis : primary ? c.onacc : filled ? c.base : c.text;
    const QString hint = keyHintOf(widget);
    const QFontMetricsF metrics(painter.font());
    const QSize iconSize = option.icon.isNull() ? QSize() : option.iconSize;
    const int gap = m_theme.px(6);
    qreal width = metrics.horizontalAdvance(option.text.simplified().remove(QLatin1Char('&')));
    const qreal textWidth = width;
    if (!iconSize.isEmpty()) width += iconSize.width() + (option.text.isEmpty() ? 0 : gap);
    if (!hint.isEmpty()) width += gap + keyCapWidth(hint, m_theme);
    qreal x = std::round(option.rect.left() + (option.rect.width() - width) / 2);
    const qreal middle = option.rect.top() + option.rect.height() / 2.0;
    if (!iconSize.isEmpty()) {
        const QPixmap pixmap =
            option.icon.pixmap(iconSize, painter.device()->devicePixelRatioF(),
                               enabled ? QIcon::Normal : QIcon::Disabled, filled ? QIcon::On : QIcon::Off);
        painter.drawPixmap(QPointF(x, std::round(middle - iconSize.height() / 2.0)), pixmap);
        x += iconSize.width() + (option.text.isEmpty() ? 0 : gap);
    }
    painter.setPen(colour);
    painter.drawText(QRectF(x, option.rect.top(), textWidth + 2, option.rect.height()),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextHideMnemonic, option.text);
    if (!hint.isEmpty())
        drawKeyCap(painter, {x + textWidth + gap, std::round(middle - m_theme.px(18) / 2.0)}, hint, m_theme,
                   filled ? &colour : nullptr);
}

void Style::drawMenuItem(const QStyleOptionMenuItem& option, QPainter& painter) const {
    const Colours& c = m_theme.colours();
    const QRect rect = option.rect;
    painter.save();
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(rect.left() + 8, rect.center().y(), rect.width() - 16, 1, c.line);
        painter.restore();
        return;
    }
    const bool enabled = option.state & State_Enabled;
    if ((option.state & State_Selected) && enabled) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.sel);
        painter.drawRoundedRect(QRectF(rect).adjusted(4, 0, -4, 0), 3, 3);
    }
    const qreal dpr = painter.device()->devicePixelRatioF();
    const int left = rect.left() + m_theme.px(32);
    if (option.checked) {
        painter.drawPixmap(QPoint(rect.left() + m_theme.px(10), rect.center().y() - m_theme.px(7)),
                           m_theme.icon(QStringLiteral("status-ok"), c.text, m_theme.px(14), dpr));
    } else if (!option.icon.isNull()) {
        option.icon.paint(&painter,
                          QRect(rect.left() + m_theme.px(9), rect.top(), m_theme.px(16), rect.height()));
    }
    painter.setFont(option.font);
    painter.setPen(enabled ? c.text : c.dis);
    const QString text = option.text.section(QLatin1Char('\t'), 0, 0);
    const QString shortcut = option.text.section(QLatin1Char('\t'), 1);
    const QRect textRect(left, rect.top(), rect.right() - left - m_theme.px(12), rect.height());
    painter.drawText(textRect, Qt::AlignVCenter | Qt::TextHideMnemonic | Qt::TextSingleLine, text);
    painter.setPen(enabled ? c.text3 : c.dis);
    if (!shortcut.isEmpty()) painter.drawText(textRect, Qt::AlignVCenter | Qt::AlignRight, shortcut);
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu)
        painter.drawPixmap(QPoint(rect.right() - m_theme.px(20), rect.center().y() - m_theme.px(7)),
                           m_theme.icon(QStringLiteral("chevron-right"), c.text2, m_theme.px(14), dpr));
    painter.restore();
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    const Colours& c = m_theme.colours();
    switch (element) {
    case CE_PushButtonBevel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            if (!(button->features & QStyleOptionButton::Flat) ||
                (button->state & (State_MouseOver | State_Sunken | State_On)))
                drawButtonFrame(*button, *painter, widget);
            return;
        }
        break;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            drawButtonLabel(*button, *painter, widget);
            return;
        }
        break;
    case CE_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            drawMenuItem(*item, *painter);
            return;
        }
        break;
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            painter->save();
            painter->fillRect(item->rect, c.window);
            if (item->state & (State_Selected | State_Sunken)) {
                painter->setRenderHint(QPainter::Antialiasing);
                painter->setPen(Qt::NoPen);
                painter->setBrush(c.hover);
                painter->drawRoundedRect(QRectF(item->rect).adjusted(1, 3, -1, -3), kRadius, kRadius);
            }
            painter->setPen(c.text);
            painter->drawText(item->rect, Qt::AlignCenter | Qt::TextHideMnemonic | Qt::TextSingleLine,
                              item->text);
            painter->restore();
            return;
        }
        break;
    case CE_MenuBarEmptyArea: painter->fillRect(option->rect, c.window); return;
    case CE_MenuEmptyArea: painter->fillRect(option->rect, c.base); return;
    case CE_Splitter: {
        const bool horizontal = option->state & State_Horizontal;
        const QRect rect = option->rect;
        if (horizontal)
            painter->fillRect(rect.center().x(), rect.top(), m_theme.lineWidth(), rect.height(), c.line);
        else
            painter->fillRect(rect.left(), rect.center().y(), rect.width(), m_theme.lineWidth(), c.line);
        return;
    }
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, c.base);
        painter->fillRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1, c.line);
        return;
    case CE_HeaderLabel:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            painter->save();
            painter->setFont(m_theme.font(Theme::Text::Small));
            painter->setPen(c.text3);
            const QFontMetrics metrics(painter->font());
            const int side = isPadded(widget) ? m_theme.px(8) : 0; // as its cells
            const QRect place = header->rect.adjusted(side, 0, -side, 0);
            painter->drawText(place, static_cast<int>(header->textAlignment | Qt::AlignVCenter),
                              metrics.elidedText(header->text, Qt::ElideRight, place.width()));
            painter->restore();
            return;
        }
        break;
    case CE_ToolBar: painter->fillRect(option->rect, c.window); return;
    case CE_SizeGrip: return;
    case CE_ProgressBarGroove:
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(c.line2);
        painter->drawRoundedRect(option->rect, 2, 2);
        painter->restore();
        return;
    case CE_ProgressBarContents:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(c.acc);
            QRectF rect = bar->rect;
            const qreal range = std::max(1, bar->maximum - bar->minimum);
            rect.setWidth(rect.width() * (bar->progress - bar->minimum) / range);
            painter->drawRoundedRect(rect, 2, 2);
            painter->restore();
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawScrollBar(const QStyleOptionSlider& option, QPainter& painter) const {
    const Colours& c = m_theme.colours();
    const QRect slider = proxy()->subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, nullptr);
    painter.save();
    painter.fillRect(option.rect, c.base);
    if (option.maximum > option.minimum) {
        const bool active =
            (option.state & State_MouseOver) || (option.activeSubControls & SC_ScrollBarSlider);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(active ? c.ctl : c.line2);
        const QRectF handle = QRectF(slider).adjusted(2, 2, -2, -2);
        const qreal radius = std::min(handle.width(), handle.height()) / 2;
        painter.drawRoundedRect(handle, radius, radius);
    }
    painter.restore();
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawScrollBar(*slider, *painter);
            return;
        }
    }
    if (control == CC_ToolButton) {
        if (const auto* tool = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            QStyleOptionButton button;
            button.rect = tool->rect;
            button.state = tool->state;
            button.icon = tool->icon;
            button.iconSize = tool->iconSize;
            if (tool->toolButtonStyle != Qt::ToolButtonIconOnly) button.text = tool->text;
            if (tool->toolButtonStyle == Qt::ToolButtonTextOnly) button.icon = {};
            drawButtonFrame(button, *painter, widget);
            painter->save();
            painter->setFont(tool->font);
            drawButtonLabel(button, *painter, widget);
            painter->restore();
            return;
        }
    }
    if (control == CC_ComboBox) {
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            QStyleOptionButton button;
            button.rect = combo->rect;
            button.state = combo->state & ~(State_Sunken | State_On);
            drawButtonFrame(button, *painter, nullptr);
            QStyleOption arrow;
            arrow.state = combo->state;
            arrow.rect = QRect(combo->rect.right() - m_theme.px(22), combo->rect.top(), m_theme.px(20),
                               combo->rect.height());
            drawPrimitive(PE_IndicatorArrowDown, &arrow, painter, widget);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_ScrollBarExtent: return kScrollBar;
    case PM_ScrollBarSliderMin: return 28;
    case PM_SplitterWidth: return 5;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize: return m_theme.px(16);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return m_theme.px(14);
    case PM_MenuPanelWidth: return 1;
    case PM_MenuVMargin: return 4;
    case PM_MenuBarItemSpacing: return 0;
    case PM_MenuBarPanelWidth: return 0;
    case PM_MenuBarHMargin: return m_theme.px(6);
    case PM_DefaultFrameWidth: return widget && widget->inherits("QAbstractScrollArea") ? 0 : 1;
    case PM_FocusFrameHMargin: // what item views keep beside a cell's text; ours have delegates
        return widget && widget->inherits("QTreeWidget") ? m_theme.px(7) : 0;
    case PM_FocusFrameVMargin: return 0;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_ToolTipLabelFrameWidth: return 6;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returnData) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText: return 0;
    case SH_UnderlineShortcut: return 0;
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    case SH_ToolTip_WakeUpDelay: return 400;
    case SH_ScrollBar_LeftClickAbsolutePosition: return 0;
    case SH_Widget_Animation_Duration: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    switch (type) {
    case CT_PushButton:
    case CT_ToolButton: {
        QString text;
        QSize icon;
        const QFontMetricsF metrics(widget ? widget->font() : m_theme.font(Theme::Text::Body));
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            text = button->text;
            if (!button->icon.isNull()) icon = button->iconSize;
        } else if (const auto* tool = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            if (tool->toolButtonStyle != Qt::ToolButtonIconOnly) text = tool->text;
            if (!tool->icon.isNull()) icon = tool->iconSize;
        }
        text.remove(QLatin1Char('&'));
        const int height = m_theme.px(28);
        if (text.isEmpty() && keyHintOf(widget).isEmpty()) return {height, height};
        qreal width = metrics.horizontalAdvance(text) + m_theme.px(20);
        if (!icon.isEmpty()) width += icon.width() + m_theme.px(6);
        if (const QString hint = keyHintOf(widget); !hint.isEmpty())
            width += m_theme.px(6) + keyCapWidth(hint, m_theme);
        return {static_cast<int>(std::ceil(width)) + 2, height};
    }
    case CT_LineEdit:
        return {QProxyStyle::sizeFromContents(type, option, size, widget).width(), m_theme.px(28)};
    case CT_ComboBox: return {size.width() + m_theme.px(36), m_theme.px(28)};
    case CT_MenuBarItem: return {static_cast<int>(size.width()) + m_theme.px(18), m_theme.px(28)};
    case CT_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            if (item->menuItemType == QStyleOptionMenuItem::Separator) return {size.width(), 9};
            const QFontMetrics metrics(item->font);
            const QString text = item->text.section(QLatin1Char('\t'), 0, 0);
            const QString keys = item->text.section(QLatin1Char('\t'), 1);
            int width = metrics.horizontalAdvance(text) + m_theme.px(32 + 24);
            if (!keys.isEmpty()) width += metrics.horizontalAdvance(keys) + m_theme.px(32);
            return {std::max(width, m_theme.px(160)), m_theme.px(26)};
        }
        break;
    case CT_ItemViewItem: {
        const QSize wanted = QProxyStyle::sizeFromContents(type, option, size, widget);
        if (!widget || !widget->inherits("QTreeWidget")) return wanted;
        return {wanted.width(), std::max(wanted.height(), m_theme.px(26))};
    }
    case CT_HeaderSection: {
        const int sides = isPadded(widget) ? m_theme.px(16) : 0;
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
        const QFontMetrics metrics(m_theme.font(Theme::Text::Small));
        const int wanted =
            header && sides > 0 ? metrics.horizontalAdvance(header->text) + sides : size.width();
        return {wanted, m_theme.px(24)};
    }
    default: break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl,
                            const QWidget* widget) const {
    // Scroll bars have no buttons: the groove is the whole bar.
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (bar) {
            const QRect rect = bar->rect;
            const bool horizontal = bar->orientation == Qt::Horizontal;
            const int length = horizontal ? rect.width() : rect.height();
            const int range = bar->maximum - bar->minimum;
            int slider = length;
            if (range > 0)
                slider = std::max(
                    pixelMetric(PM_ScrollBarSliderMin, bar, widget),
                    static_cast<int>(qint64(bar->pageStep) * length / (qint64(range) + bar->pageStep)));
            slider = std::min(slider, length);
            const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                                      length - slider, bar->upsideDown);
            const auto along = [&](int from, int size) {
                return horizontal ? QRect(rect.left() + from, rect.top(), size, rect.height())
                                  : QRect(rect.left(), rect.top() + from, rect.width(), size);
            };
            switch (subControl) {
            case SC_ScrollBarSlider: return along(start, slider);
            case SC_ScrollBarSubPage: return along(0, start);
            case SC_ScrollBarAddPage: return along(start + slider, length - start - slider);
            case SC_ScrollBarGroove: return rect;
            case SC_ScrollBarAddLine:
            case SC_ScrollBarSubLine: return {};
            default: break;
            }
        }
    }
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField) {
        const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        const int frame = combo && combo->editable ? 2 : 0; // a field of its own would lie on it
        return option->rect.adjusted(m_theme.px(10), frame, -m_theme.px(24), -frame);
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    if (element == SE_LineEditContents) {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame && frame->lineWidth > 0) return option->rect.adjusted(m_theme.px(6), 1, -m_theme.px(6), -1);
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

} // namespace clew::views

#include "views/findings/finding_delegate.h"

#include "model/base/numbers.h"
#include "views/findings/finding_list_model.h"
#include "views/findings/trace_findings.h"
#include "views/text.h"
#include "views/theme/digits.h"

#include <QListView>
#include <QPainter>
#include <QTextLayout>

#include <cmath>

namespace clew::views {

namespace {

constexpr int kLeft = 34;
constexpr int kRight = 12;
constexpr int kLines = 2;
constexpr int kTitleHeight = 20;
constexpr int kLineHeight = 17;
constexpr int kPadding = 7;

const Finding& findingAt(const QModelIndex& index) {
    return static_cast<const FindingListModel*>(index.model())->finding(index.row());
}

int widthOf(const QStyleOptionViewItem& option) {
    const auto* view = qobject_cast<const QListView*>(option.widget);
    return view ? view->viewport()->width() : option.rect.width();
}

} // namespace

SeverityLook severityLook(const Theme& theme, int severity, bool silent) {
    const Colours& c = theme.colours();
    if (silent) return {QStringLiteral("status-silent-failure"), c.err};
    switch (static_cast<Severity>(severity)) {
    case Severity::error: return {QStringLiteral("status-error"), c.err};
    case Severity::warning: return {QStringLiteral("status-warning"), c.warn};
    case Severity::info: break;
    }
    return {QStringLiteral("status-info"), c.text2};
}

// The last line takes what is left, and is cut at its end.
QStringList FindingDelegate::evidenceLines(const QString& text, int width) const {
    const QFont font = m_theme.font(Theme::Text::Small);
    QTextLayout layout(text, font);
    QTextOption wrap(Qt::AlignLeft);
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(wrap);
    QStringList out;
    layout.beginLayout();
    while (out.size() < kLines) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) break;
        line.setLineWidth(width);
        const bool last = out.size() == kLines - 1;
        const QString rest = text.mid(line.textStart());
        out << (last ? QFontMetrics(font).elidedText(rest, Qt::ElideRight, width)
                     : text.mid(line.textStart(), line.textLength()).trimmed());
    }
    layout.endLayout();
    return out;
}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const int width = widthOf(option);
    const auto lines =
        evidenceLines(fromUtf8(evidence(findingAt(index))), width - m_theme.px(kLeft + kRight)).size();
    return {width, m_theme.px(2 * kPadding + kTitleHeight + static_cast<int>(lines) * kLineHeight)};
}

void FindingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const Finding& finding = findingAt(index);
    const Colours& c = m_theme.colours();
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->setClipRect(option.rect);
    painter->fillRect(option.rect, selected                                 ? c.sel
                                   : option.state & QStyle::State_MouseOver ? c.hover
                                                                            : c.raised);
    painter->fillRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1, c.line);
    if (selected) painter->fillRect(option.rect.left(), option.rect.top(), 2, option.rect.height(), c.acc);

    const int top = option.rect.top() + m_theme.px(kPadding);
    const QRect title(option.rect.left() + m_theme.px(kLeft), top,
                      option.rect.width() - m_theme.px(kLeft + kRight), m_theme.px(kTitleHeight));
    const int icon = m_theme.px(16);
    const SeverityLook look =
        severityLook(m_theme, static_cast<int>(finding.severity), finding.rule == "silent_tool_failure");
    painter->drawPixmap(
        QPointF(option.rect.left() + m_theme.px(10), title.top() + std::floor((title.height() - icon) / 2.0)),
        m_theme.icon(look.icon, look.colour, icon, painter->device()->devicePixelRatioF()));

    // What was wasted, and where one stands among its spans.
    const QFont small = m_theme.font(Theme::Text::Small);
    QString right = wastedText(finding.wasted);
    if (finding.spans.size() > 1) {
        const QString count = fromUtf8(format_count(static_cast<std::int64_t>(finding.spans.size())));
        const QString step =
            selected && m_step > 0 ? tr("%1 of %2").arg(m_step).arg(count) : tr("%1 spans").arg(count);
        right += right.isEmpty() ? step : QStringLiteral(" · ") + step;
    }
    const qreal width = digitsWidth(right, small);
    painter->setFont(small);
    painter->setPen(c.text2);
    drawDigits(*painter, title, right);

    const QFont strong = m_theme.font(Theme::Text::Strong);
    painter->setFont(strong);
    painter->setPen(c.text);
    const int room = title.width() - static_cast<int>(std::ceil(width)) - m_theme.px(10);
    painter->drawText(title, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(strong).elidedText(ruleTitle(finding.rule), Qt::ElideRight, room));
    painter->setFont(small);
    painter->setPen(c.text2);
    QRect line(title.left(), title.bottom() + 1, title.width(), m_theme.px(kLineHeight));
    for (const QString& text : evidenceLines(fromUtf8(evidence(finding)), title.width())) {
        painter->drawText(line, Qt::AlignVCenter | Qt::AlignLeft, text);
        line.translate(0, line.height());
    }
    painter->restore();
}

} // namespace clew::views

#include "views/runs/run_delegate.h"

#include "model/base/numbers.h"
#include "views/items/trace_list_model.h"
#include "views/text.h"
#include "views/theme/digits.h"

#include <QAbstractItemView>
#include <QDateTime>
#include <QPainter>

#include <cmath>

namespace clew::views {

namespace {

const TraceRow* rowOf(const QModelIndex& index) {
    const auto* model = qobject_cast<const TraceListModel*>(index.model());
    return model ? &model->traceRow(index.row()) : nullptr;
}

struct Mark {
    QString icon;
    QColor colour;
};

// Success is silent: only what runs or failed has a mark.
Mark stateMark(const TraceRow& row, const Colours& c) {
    if (row.running) return {QStringLiteral("status-running"), c.text2};
    if (row.root_failed) return {QStringLiteral("status-error"), c.err};
    return {};
}

Mark thumbMark(const TraceRow& row, const Colours& c) {
    if (row.thumb == Thumb::up) return {QStringLiteral("thumbs-up"), c.text2};
    if (row.thumb == Thumb::down) return {QStringLiteral("thumbs-down"), c.text2};
    if (row.has_span_judgements) return {QStringLiteral("comment"), c.text3};
    return {};
}

} // namespace

RunDelegate::RunDelegate(const Theme& theme, bool table, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
    , m_table(table) {
}

QSize RunDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    if (!m_table) return {m_theme.px(200), rowHeight()};
    const QFontMetrics metrics(m_theme.font(Theme::Text::Body));
    if (index.column() == TraceListModel::Name) return {m_theme.px(220), rowHeight()};
    Q_UNUSED(option);
    return {metrics.horizontalAdvance(index.data().toString()) + m_theme.px(24), rowHeight()};
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const TraceRow* row = rowOf(index);
    if (!row) return;
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->setClipRect(option.rect);
    paintBackground(*painter, option, index.column() == TraceListModel::Name);
    if (m_table)
        paintCell(*painter, option.rect, *row, index, selected);
    else
        paintTwoLines(*painter, option.rect, *row, selected);
    painter->restore();
}

void RunDelegate::paintBackground(QPainter& painter, const QStyleOptionViewItem& option, bool first) const {
    const Colours& c = m_theme.colours();
    const bool selected = option.state & QStyle::State_Selected;
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const bool active = view && view->hasFocus();
    QColor fill = c.base;
    if (selected)
        fill = active ? c.sel : c.sel0;
    else if (option.state & QStyle::State_MouseOver)
        fill = c.hover;
    painter.fillRect(option.rect, fill);
    if (!m_table) painter.fillRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1, c.line);
    if (selected && first)
        painter.fillRect(option.rect.left(), option.rect.top(), 2, option.rect.height(), c.acc);
}

void RunDelegate::paintIcon(QPainter& painter, const QRect& rect, const QString& name, const QColor& colour,
                            int size) const {
    const int side = m_theme.px(size);
    painter.drawPixmap(QPointF(rect.left(), rect.top() + std::floor((rect.height() - side) / 2.0)),
                       m_theme.icon(name, colour, side, painter.device()->devicePixelRatioF()));
}

void RunDelegate::paintTwoLines(QPainter& painter, const QRect& rect, const TraceRow& row,
                                bool selected) const {
    const Colours& c = m_theme.colours();
    const int pad = m_theme.px(8);
    const int left = rect.left() + m_theme.px(30);
    const int right = rect.right() - pad;
    const QRect first(left, rect.top() + m_theme.px(6), right - left, m_theme.px(20));
    const QRect second(left, rect.top() + m_theme.px(25), right - left, m_theme.px(16));

    if (const Mark mark = stateMark(row, c); !mark.icon.isEmpty())
        paintIcon(painter, {rect.left() + pad, first.top(), m_theme.px(16), first.height()}, mark.icon,
                  mark.colour, 16);

    const QFont small = m_theme.font(Theme::Text::Small);
    const QString time =
        row.running ? TraceListModel::tr("now") : runTime(row, QDateTime::currentMSecsSinceEpoch());
    painter.setFont(small);
    painter.setPen(c.text2);
    const qreal timeWidth = digitsWidth(time, small);
    drawDigits(painter, first, time);
    const QRect nameRect = first.adjusted(0, 0, -static_cast<int>(std::ceil(timeWidth)) - m_theme.px(8), 0);
    paintName(painter, nameRect, row, selected);

    const int badges = paintBadges(painter, second, row);
    QStringList figures;
    if (const auto duration = runDuration(row)) figures << fromUtf8(format_duration(duration));
    if (const auto tokens = runTokens(row)) figures << fromUtf8(format_tokens(tokens));
    if (row.costs().known()) figures << fromUtf8(format_costs(row.costs()));
    if (figures.isEmpty())
        figures << plural(row.spans, TraceListModel::tr("span"), TraceListModel::tr("spans"));
    painter.setFont(small);
    painter.setPen(c.text2);
    qreal x = left;
    for (const QString& figure : figures) {
        const qreal width = digitsWidth(figure, small);
        if (x + width > badges) break;
        drawDigits(painter, QRectF(x, second.top(), width, second.height()), figure, true);
        x += width + m_theme.px(8);
    }
}

void RunDelegate::paintName(QPainter& painter, const QRect& rect, const TraceRow& row, bool selected) const {
    const Colours& c = m_theme.colours();
    const QFont font = m_theme.font(selected && !m_table ? Theme::Text::Strong : Theme::Text::Body);
    const QFont small = m_theme.font(Theme::Text::Small);
    const QFontMetrics metrics(font);
    const QFontMetrics smallMetrics(small);
    const QString name = runName(row);
    // The second text is cut first; it goes where fewer than some letters of it would be left.
    const QString detail = fromUtf8(row.detail);
    const int nameWidth = std::min(metrics.horizontalAdvance(name), rect.width());
    const int baseline = rect.top() + (rect.height() + metrics.capHeight()) / 2;
    painter.setFont(font);
    painter.setPen(c.text);
    painter.drawText(rect.left(), baseline, metrics.elidedText(name, Qt::ElideRight, rect.width()));
    const int room = rect.width() - nameWidth - m_theme.px(8);
    if (detail.isEmpty() || room < m_theme.px(24)) return;
    painter.setFont(small);
    painter.setPen(c.text3);
    painter.drawText(rect.left() + nameWidth + m_theme.px(8), baseline,
                     smallMetrics.elidedText(detail, Qt::ElideRight, room));
}

int RunDelegate::paintBadges(QPainter& painter, const QRect& line, const TraceRow& row) const {
    const Colours& c = m_theme.colours();
    const QFont small = m_theme.font(Theme::Text::Small);
    int x = line.right() + 1;
    const auto icon = [&](const Mark& mark) {
        x -= m_theme.px(14);
        paintIcon(painter, {x, line.top(), m_theme.px(14), line.height()}, mark.icon, mark.colour, 14);
    };
    const auto counted = [&](const Mark& mark, std::int64_t count) {
        const QString number = fromUtf8(format_short_count(count));
        const qreal width = digitsWidth(number, small);
        x -= static_cast<int>(std::ceil(width));
        painter.setFont(small);
        painter.setPen(mark.colour);
        drawDigits(painter, QRectF(x, line.top(), width, line.height()), number, true);
        x -= m_theme.px(3);
        icon(mark);
        x -= m_theme.px(8);
    };
    if (const Mark mark = thumbMark(row, c); !mark.icon.isEmpty()) {
        icon(mark);
        x -= m_theme.px(8);
    }
    if (const auto found = row.findings.troubles(); found > 0)
        counted({QStringLiteral("status-warning"), c.warn}, found);
    if (row.silent_failures > 0)
        counted({QStringLiteral("status-silent-failure"), c.err}, row.silent_failures);
    if (row.errors > 0) counted({QStringLiteral("status-error"), c.err}, row.errors);
    return x;
}

void RunDelegate::paintCell(QPainter& painter, const QRect& rect, const TraceRow& row,
                            const QModelIndex& index, bool selected) const {
    const Colours& c = m_theme.colours();
    const QRect cell = rect.adjusted(m_theme.px(8), 0, -m_theme.px(8), 0);
    painter.setFont(m_theme.font(Theme::Text::Body));
    switch (index.column()) {
    case TraceListModel::Name:
        paintName(painter, cell.adjusted(m_theme.px(2), 0, 0, 0), row, selected);
        return;
    case TraceListModel::State: {
        const Mark mark = stateMark(row, c);
        if (mark.icon.isEmpty()) return;
        paintIcon(painter, cell, mark.icon, mark.colour, 16);
        painter.setFont(m_theme.font(Theme::Text::Small));
        painter.setPen(mark.colour);
        painter.drawText(cell.adjusted(m_theme.px(20), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         index.data().toString());
        return;
    }
    case TraceListModel::Judged: {
        const Mark mark = thumbMark(row, c);
        if (mark.icon.isEmpty()) return;
        const int side = m_theme.px(16);
        paintIcon(painter, {cell.right() - side + 1, cell.top(), side, cell.height()}, mark.icon, mark.colour,
                  16);
        return;
    }
    case TraceListModel::Errors:
        if (row.errors == 0 && row.silent_failures == 0 && row.findings.troubles() == 0) {
            painter.setPen(c.text3);
            drawDigits(painter, cell, QStringLiteral("0"));
            return;
        }
        paintBadges(painter, cell, [&] {
            TraceRow only;
            only.errors = row.errors;
            only.silent_failures = row.silent_failures;
            only.findings = row.findings;
            return only;
        }());
        return;
    default: {
        const QString value = index.data().toString();
        painter.setPen(value == fromUtf8(kUnknown)               ? c.text3
                       : index.column() == TraceListModel::Start ? c.text2
                                                                 : c.text);
        drawDigits(painter, cell, value);
    }
    }
}

} // namespace clew::views

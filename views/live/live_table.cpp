#include "views/live/live_table.h"

#include "views/theme/digits.h"

#include <QHeaderView>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr int kSidePad = 16; // of a page
constexpr int kCellGap = 8;

QRect cellOf(const Theme& theme, const QRect& rect, int column, int columns) {
    return rect.adjusted(theme.px(column == 0 ? kSidePad : kCellGap), 0,
                         -theme.px(column == columns - 1 ? kSidePad : kCellGap), 0);
}

class LiveHeadings : public QHeaderView {
public:
    explicit LiveHeadings(const Theme& theme)
        : QHeaderView(Qt::Horizontal)
        , m_theme(theme) {}
    [[nodiscard]] QSize sizeHint() const override {
        return {QHeaderView::sizeHint().width(), m_theme.px(24)};
    }

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const Colours& c = m_theme.colours();
        painter->save();
        painter->fillRect(rect, c.base);
        painter->fillRect(rect.left(), rect.bottom(), rect.width(), 1, c.line);
        const QString title = model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
        const auto alignment =
            model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).value<Qt::Alignment>();
        painter->setFont(m_theme.font(Theme::Text::Small));
        painter->setPen(c.text3);
        QRect cell = cellOf(m_theme, rect, section, count());
        if (isSortIndicatorShown() && sortIndicatorSection() == section) {
            painter->setPen(c.text);
            const QString arrow =
                sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral("↑") : QStringLiteral("↓");
            const int wide = QFontMetrics(painter->font()).horizontalAdvance(arrow);
            const int used = QFontMetrics(painter->font()).horizontalAdvance(title) + m_theme.px(3);
            const bool right = alignment.testFlag(Qt::AlignRight);
            // Behind the title of texts, before that of numbers, which keep their edge.
            const int x = right ? cell.right() + 1 - used - wide : cell.left() + used;
            painter->drawText(QRect(x, cell.top(), wide + 1, cell.height()), Qt::AlignVCenter, arrow);
        }
        painter->drawText(cell, static_cast<int>(alignment | Qt::AlignVCenter),
                          QFontMetrics(painter->font()).elidedText(title, Qt::ElideRight, cell.width()));
        painter->restore();
    }

private:
    const Theme& m_theme;
};

} // namespace

LiveDelegate::LiveDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme) {
}

void LiveDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    const Colours& c = m_theme.colours();
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    const bool hovered = option.state & QStyle::State_MouseOver;
    painter->save();
    painter->setClipRect(option.rect);
    painter->fillRect(option.rect, selected  ? (view && view->hasFocus() ? c.sel : c.sel0)
                                   : hovered ? c.hover
                                             : c.base);
    if (selected && index.column() == 0)
        painter->fillRect(option.rect.left(), option.rect.top(), 2, option.rect.height(), c.acc);
    paintCell({*painter, cellOf(m_theme, option.rect, index.column(), index.model()->columnCount()), index,
               hovered});
    painter->restore();
}

QSize LiveDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    return {m_theme.px(40), m_theme.px(rowHeight(index))};
}

bool LiveDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                             const QModelIndex& index) {
    const QString tip = index.data(Qt::ToolTipRole).toString();
    if (event->type() != QEvent::ToolTip || tip.isEmpty())
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QToolTip::showText(event->globalPos(), tip, view->viewport(), option.rect);
    return true;
}

QRect LiveDelegate::firstLine(const QRect& cell, bool second) const {
    return second ? QRect(cell.left(), cell.top(), cell.width(), m_theme.px(26)) : cell;
}

int LiveDelegate::drawElided(QPainter& painter, const QRect& rect, const QString& text, const QFont& font,
                             const QColor& colour) const {
    const QFontMetrics metrics(font);
    const QString cut = metrics.elidedText(text, Qt::ElideRight, rect.width());
    painter.setFont(font);
    painter.setPen(colour);
    const int baseline = rect.top() + (rect.height() + metrics.capHeight()) / 2;
    painter.drawText(rect.left(), baseline, cut);
    return rect.left() + metrics.horizontalAdvance(cut);
}

void LiveDelegate::drawTwoLines(QPainter& painter, const QRect& rect, const QString& first,
                                const QString& second, const QColor& firstColour,
                                const QColor& secondColour) const {
    const QFont body = m_theme.font(Theme::Text::Body), small = m_theme.font(Theme::Text::Small);
    if (second.isEmpty()) {
        drawElided(painter, rect, first, body, firstColour);
        return;
    }
    const int height = m_theme.px(16);
    const int top = rect.top() + (rect.height() - 2 * height + m_theme.px(2)) / 2;
    drawElided(painter, {rect.left(), top, rect.width(), height}, first, body, firstColour);
    drawElided(painter, {rect.left(), top + height - m_theme.px(1), rect.width(), height}, second, small,
               secondColour);
}

void LiveDelegate::drawNumber(QPainter& painter, const QRect& rect, const QString& text,
                              const QColor& colour) const {
    painter.setFont(m_theme.font(Theme::Text::Body));
    painter.setPen(colour);
    drawDigits(painter, QRectF(rect), text);
}

void LiveDelegate::drawIcon(QPainter& painter, const QRect& rect, const QString& name, const QColor& colour,
                            int size) const {
    const int side = m_theme.px(size);
    painter.drawPixmap(QPointF(rect.left(), rect.top() + std::floor((rect.height() - side) / 2.0)),
                       m_theme.icon(name, colour, side, painter.device()->devicePixelRatioF()));
}

LiveTable::LiveTable(const Theme& theme, const QString& name, std::vector<LiveColumn> columns,
                     QWidget* parent)
    : QTreeView(parent)
    , m_theme(theme)
    , m_columns(std::move(columns)) {
    setAccessibleName(name);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setIndentation(0);
    setAllColumnsShowFocus(true);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(SingleSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabKeyNavigation(false);
    setHeader(new LiveHeadings(theme));
    header()->setSectionsClickable(false);
    header()->setHighlightSections(false);
    header()->setSectionResizeMode(QHeaderView::Fixed);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(0);
    header()->setAccessibleName(tr("Columns"));
    header()->setFocusPolicy(Qt::NoFocus);
    connect(&theme, &Theme::changed, this, [this] {
        sizeColumns();
        doItemsLayout();
        m_lastHeights.clear();
        fit();
    });
}

void LiveTable::setModel(QAbstractItemModel* model) {
    QTreeView::setModel(model);
    sizeColumns();
    connect(model, &QAbstractItemModel::rowsInserted, this, &LiveTable::fit);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &LiveTable::fit);
    connect(model, &QAbstractItemModel::dataChanged, this, &LiveTable::fit);
    fit();
}

void LiveTable::setWidths(std::vector<LiveColumn> columns) {
    m_columns = std::move(columns);
    sizeColumns();
}

void LiveTable::setFitting(int rows) {
    m_fitting = true;
    m_most = rows;
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    if (rows == 0) setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    fit();
}

int LiveTable::rowsHeight() const {
    int height = 0;
    for (const int row : m_lastHeights)
        height += row;
    return height;
}

// A row that got or lost its second line changes its height: the view does not ask again by itself.
void LiveTable::fit() {
    std::vector<int> heights;
    if (model()) {
        for (int row = 0; row < model()->rowCount(); ++row)
            heights.push_back(itemDelegate()->sizeHint({}, model()->index(row, 0)).height());
    }
    if (heights == m_lastHeights) return;
    m_lastHeights = std::move(heights);
    scheduleDelayedItemsLayout();
    updateGeometry();
    emit heightChanged();
}

QSize LiveTable::sizeHint() const {
    // One that takes what room is left asks for little, or the page would grow by all of its rows.
    if (!m_fitting) return {m_theme.px(320), minimumSizeHint().height()};
    const int head = isHeaderHidden() ? 0 : m_theme.px(24);
    const int rows = m_most > 0 ? std::min(rowsHeight(), m_theme.px(m_most)) : rowsHeight();
    return {m_theme.px(320), head + rows};
}

QSize LiveTable::minimumSizeHint() const {
    if (m_fitting) return {m_theme.px(160), sizeHint().height()};
    const int head = isHeaderHidden() ? 0 : m_theme.px(24);
    return {m_theme.px(160), head + std::min(rowsHeight(), m_theme.px(96))};
}

void LiveTable::sizeColumns() {
    if (!model()) return;
    int fixed = 0;
    for (int at = 0; at < static_cast<int>(m_columns.size()); ++at)
        fixed += isColumnHidden(at) ? 0 : m_theme.px(m_columns[static_cast<std::size_t>(at)].width);
    // Where there is hardly room for the rest, the text columns give way first.
    const int room = viewport()->width();
    int rest = 0;
    for (const LiveColumn& column : m_columns)
        rest += column.width == 0 ? 1 : 0;
    const int wanted = m_theme.px(160) * rest;
    int lack = std::max(0, fixed + wanted - room);
    for (int at = 0; at < static_cast<int>(m_columns.size()); ++at) {
        const LiveColumn& column = m_columns[static_cast<std::size_t>(at)];
        if (column.width == 0 || isColumnHidden(at)) continue;
        int width = m_theme.px(column.width);
        if (!column.right && lack > 0) {
            const int give = std::min(lack, width / 3);
            width -= give;
            lack -= give;
            fixed -= give;
        }
        header()->resizeSection(at, width);
    }
    for (int at = 0; at < static_cast<int>(m_columns.size()); ++at) {
        if (m_columns[static_cast<std::size_t>(at)].width == 0)
            header()->resizeSection(at, std::max(m_theme.px(40), (room - fixed) / std::max(1, rest)));
    }
}

void LiveTable::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    sizeColumns();
}

bool LiveTable::event(QEvent* event) {
    const bool handled = QTreeView::event(event);
    if (event->type() == QEvent::Show) sizeColumns();
    return handled;
}

void LiveTable::keyPressEvent(QKeyEvent* event) {
    // Space, End and digits are the page's; the view would select, jump or search with them.
    if (event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier) {
        if (event->key() == Qt::Key_Space || event->key() == Qt::Key_End ||
            !event->text().trimmed().isEmpty()) {
            event->ignore();
            return;
        }
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
            if (currentIndex().isValid()) emit activated(currentIndex());
            event->accept();
            return;
        }
    }
    QTreeView::keyPressEvent(event);
}

void LiveTable::focusInEvent(QFocusEvent* event) {
    QTreeView::focusInEvent(event);
    if (!currentIndex().isValid() && model() && model()->rowCount() > 0)
        setCurrentIndex(model()->index(0, 0));
    viewport()->update();
}

void LiveTable::focusOutEvent(QFocusEvent* event) {
    QTreeView::focusOutEvent(event);
    viewport()->update();
}

LiveTable::SecondLine LiveTable::secondLine(const QModelIndex&) const {
    return {};
}

void LiveTable::drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    QTreeView::drawRow(painter, option, index);
    if (const SecondLine second = secondLine(index); !second.text.isEmpty()) {
        const int left = m_theme.px(second.left);
        const QRect line(left, option.rect.top() + m_theme.px(21),
                         viewport()->width() - left - m_theme.px(kSidePad), m_theme.px(16));
        painter->save();
        painter->setFont(m_theme.font(Theme::Text::Small));
        painter->setPen(second.colour);
        painter->drawText(line, Qt::AlignVCenter | Qt::AlignLeft,
                          painter->fontMetrics().elidedText(second.text, Qt::ElideRight, line.width()));
        painter->restore();
    }
    if (!hasFocus() || currentIndex().row() != index.row()) return;
    if (!window()->testAttribute(Qt::WA_KeyboardFocusChange)) return;
    painter->save();
    painter->setPen(QPen(m_theme.colours().acc, 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(
        QRect(option.rect.left(), option.rect.top(), viewport()->width() - 1, option.rect.height() - 1));
    painter->restore();
}

} // namespace clew::views

#include "views/runs/runs_view.h"

#include "views/items/trace_list_model.h"
#include "views/runs/run_delegate.h"
#include "views/theme/theme.h"

#include <QFontMetrics>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace clew::views {

namespace {

// Column headings with the padding of the cells below; an arrow only on the column that sorts.
class RunsHeader : public QHeaderView {
public:
    explicit RunsHeader(const Theme& theme)
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
        const bool name = section == TraceListModel::Name;
        QRect cell = rect.adjusted(m_theme.px(name ? 10 : 8), 0, -m_theme.px(8), 0);
        const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
        const QString title = model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
        const auto alignment =
            model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).value<Qt::Alignment>();
        painter->setFont(m_theme.font(sorted ? Theme::Text::SmallStrong : Theme::Text::Small));
        painter->setPen(sorted ? c.text2 : c.text3);
        const QFontMetrics metrics(painter->font());
        if (sorted) {
            const int side = m_theme.px(10);
            const bool left = alignment.testFlag(Qt::AlignLeft);
            const int width = std::min(metrics.horizontalAdvance(title), cell.width());
            const QPoint centre(left ? cell.left() + width + side : cell.right() - width - side,
                                cell.center().y() + 1);
            painter->save();
            painter->translate(centre);
            if (sortIndicatorOrder() == Qt::AscendingOrder) painter->rotate(180);
            painter->drawPixmap(QPointF(-side / 2.0, -side / 2.0),
                                m_theme.icon(QStringLiteral("chevron-down"), c.text2, side,
                                             painter->device()->devicePixelRatioF()));
            painter->restore();
        }
        painter->drawText(cell, static_cast<int>(alignment),
                          metrics.elidedText(title, Qt::ElideRight, cell.width()));
        painter->restore();
    }

private:
    const Theme& m_theme;
};

} // namespace

RunsView::RunsView(const Theme& theme, TraceListModel& model, QWidget* parent)
    : QTreeView(parent)
    , m_theme(theme)
    , m_model(model)
    , m_twoLines(new RunDelegate(theme, false, this))
    , m_cells(new RunDelegate(theme, true, this)) {
    setAccessibleName(tr("Runs"));
    setModel(&model);
    setItemDelegate(m_twoLines);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setIndentation(0);
    setUniformRowHeights(true);
    setAllColumnsShowFocus(true);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setTabKeyNavigation(false);

    setHeader(new RunsHeader(theme));
    header()->setSectionsClickable(true);
    header()->setHighlightSections(false);
    header()->setAccessibleName(tr("Columns"));
    header()->setFocusPolicy(Qt::NoFocus);
    connect(header(), &QHeaderView::sectionClicked, this, [this](int column) {
        const auto order = TraceListModel::orderOf(column);
        if (!order) return;
        const bool same = *order == m_model.order();
        m_model.setOrder(*order, same ? !m_model.descending() : column != TraceListModel::Name);
    });
    connect(&model, &TraceListModel::orderChanged, this, &RunsView::showSortIndicator);
    connect(&model, &TraceListModel::aboutToMerge, this, &RunsView::rememberTop);
    connect(&model, &TraceListModel::merged, this, &RunsView::restoreTop);
    connect(&theme, &Theme::changed, this, [this] {
        sizeColumns();
        doItemsLayout();
    });
    setTable(false);
}

int RunsView::rowHeightNow() const {
    return (m_isTable ? m_cells : m_twoLines)->rowHeight();
}

void RunsView::setTable(bool table) {
    rememberTop();
    m_isTable = table;
    setItemDelegate(table ? m_cells : m_twoLines);
    setHeaderHidden(!table);
    for (int column = 1; column < TraceListModel::kColumns; ++column)
        setColumnHidden(column, !table);
    sizeColumns();
    showSortIndicator();
    doItemsLayout();
    restoreTop();
}

void RunsView::sizeColumns() {
    QHeaderView* columns = header();
    columns->setStretchLastSection(false);
    columns->setMinimumSectionSize(m_theme.px(40));
    columns->setSectionResizeMode(TraceListModel::Name, QHeaderView::Stretch);
    if (!m_isTable) return;
    const QFontMetrics metrics(m_theme.font(Theme::Text::Body));
    const auto width = [&](const char* widest) {
        return metrics.horizontalAdvance(QLatin1String(widest)) + m_theme.px(18);
    };
    const QFontMetrics small(m_theme.font(Theme::Text::Small));
    const char* widest[TraceListModel::kColumns] = {"",         "28 Nov 00:00", "00 m 00 s", "000,000",
                                                    "0,000",    "0,000",        "00    00",  "000.0k",
                                                    "$000.000", "xx running",   "x"};
    for (int column = 1; column < TraceListModel::kColumns; ++column) {
        const QString title = m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        columns->setSectionResizeMode(column, QHeaderView::Interactive);
        columns->resizeSection(
            column, std::max(width(widest[column]), small.horizontalAdvance(title) + m_theme.px(34)));
    }
}

void RunsView::showSortIndicator() {
    header()->setSortIndicatorShown(m_isTable);
    for (int column = 0; column < TraceListModel::kColumns; ++column) {
        if (TraceListModel::orderOf(column) == m_model.order())
            header()->setSortIndicator(column,
                                       m_model.descending() ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
}

void RunsView::showCurrent(TraceId trace) {
    const int row = trace.valid() ? m_model.find(trace) : -1;
    const QModelIndex wanted = row < 0 ? QModelIndex() : m_model.index(row, 0);
    if (wanted == currentIndex() && (wanted.isValid() == selectionModel()->hasSelection())) return;
    m_quiet = true;
    if (wanted.isValid())
        selectionModel()->setCurrentIndex(wanted,
                                          QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    else
        selectionModel()->clear();
    m_quiet = false;
}

QList<TraceId> RunsView::selectedTraces() const {
    QList<TraceId> traces;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        traces << m_model.traceRow(index.row()).id;
    return traces;
}

void RunsView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    if (!m_quiet && !m_model.merging() && current.isValid()) emit chosen(m_model.traceRow(current.row()).id);
}

void RunsView::rememberTop() {
    const int height = rowHeightNow();
    const int at = verticalScrollBar()->value();
    const int row = height > 0 ? at / height : 0;
    m_top = {};
    if (at > 0 && row < m_model.rowCount()) {
        m_top = m_model.traceRow(row).id;
        m_topOffset = at % height;
    }
    m_quiet = true;
    const QModelIndex current = currentIndex();
    m_current = current.isValid() ? m_model.traceRow(current.row()).id : TraceId{};
}

void RunsView::restoreTop() {
    // A removed current row hands its place to a neighbour; nobody chose that one.
    const QModelIndex current = currentIndex();
    const TraceId now = current.isValid() ? m_model.traceRow(current.row()).id : TraceId{};
    if (!(now == m_current)) showCurrent(m_current);
    m_quiet = false;
    executeDelayedItemsLayout();
    updateGeometries();
    const int row = m_top.valid() ? m_model.find(m_top) : -1;
    if (row >= 0) verticalScrollBar()->setValue(row * rowHeightNow() + m_topOffset);
    m_top = {};
}

bool RunsView::event(QEvent* event) {
    // J and K walk the runs while the runs have the focus; elsewhere they walk the tree.
    if (event->type() == QEvent::ShortcutOverride) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && (key->key() == Qt::Key_J || key->key() == Qt::Key_K)) {
            event->accept();
            return true;
        }
    }
    return QTreeView::event(event);
}

void RunsView::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_J || event->key() == Qt::Key_K)) {
        const QModelIndex at = currentIndex();
        const int row = (at.isValid() ? at.row() : -1) + (event->key() == Qt::Key_J ? 1 : -1);
        if (row >= 0 && row < m_model.rowCount()) setCurrentIndex(m_model.index(row, 0));
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (currentIndex().isValid()) emit activated(currentIndex());
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void RunsView::focusInEvent(QFocusEvent* event) {
    QTreeView::focusInEvent(event);
    viewport()->update();
}

void RunsView::focusOutEvent(QFocusEvent* event) {
    QTreeView::focusOutEvent(event);
    viewport()->update();
}

void RunsView::drawRow(QPainter* painter, const QStyleOptionViewItem& option,
                       const QModelIndex& index) const {
    QTreeView::drawRow(painter, option, index);
    if (!hasFocus() || currentIndex().row() != index.row()) return;
    // The ring shows where the keys act, but not for a mere click.
    QWidget* top = window();
    if (!top->testAttribute(Qt::WA_KeyboardFocusChange)) return;
    painter->save();
    painter->setPen(QPen(m_theme.colours().acc, 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(
        QRect(option.rect.left(), option.rect.top(), viewport()->width() - 1, option.rect.height() - 2));
    painter->restore();
}

} // namespace clew::views

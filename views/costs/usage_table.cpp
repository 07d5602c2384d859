#include "views/costs/usage_table.h"

#include "model/base/numbers.h"
#include "views/costs/chart_theme.h"
#include "views/costs/usage_words.h"
#include "views/text.h"
#include "views/theme/digits.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <numeric>

namespace clew::views {

namespace {

constexpr int kUsageRow = 28, kNameLeast = 150;

class UsageDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex&) const override { return kUsageRow; }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        const UsageRow& row = static_cast<const UsageModel*>(cell.index.model())->row(cell.index.row());
        const QString text = cell.index.data().toString();
        switch (cell.index.column()) {
        case UsageModel::Name: {
            const int side = m_theme.px(10);
            const QRect swatch(cell.rect.left(), cell.rect.center().y() - side / 2 + 1, side, side);
            if (row.unpriced)
                drawHatched(cell.painter, swatch, m_theme);
            else
                cell.painter.fillRect(swatch, seriesColour(m_theme, row.place));
            // Long names differ at their ends.
            const QRect name = cell.rect.adjusted(m_theme.px(18), 0, 0, 0);
            const QFont body = m_theme.font(Theme::Text::Body);
            drawElided(cell.painter, name, QFontMetrics(body).elidedText(text, Qt::ElideMiddle, name.width()),
                       body, row.group.key.empty() ? c.text2 : c.text);
            return;
        }
        case UsageModel::Share: {
            const int height = m_theme.px(7);
            const QRect bar(cell.rect.left(), cell.rect.center().y() - height / 2 + 1, cell.rect.width(),
                            height);
            cell.painter.fillRect(bar, c.hover);
            const int filled = static_cast<int>(std::lround(bar.width() * std::clamp(row.share, 0.0, 1.0)));
            if (row.share > 0)
                cell.painter.fillRect(QRect(bar.left(), bar.top(), std::max(1, filled), height), c.ctl);
            return;
        }
        default:
            drawNumber(cell.painter, cell.rect, text,
                       text == fromUtf8(kUnknown) ? c.text3
                       : cell.index.column() == UsageModel::Unpriced && row.group.sums.unpriced_calls > 0
                           ? c.warn
                           : c.text);
        }
    }
};

} // namespace

UsageTable::UsageTable(const Theme& theme, UsageModel& model, QWidget* parent)
    : LiveTable(theme, tr("Usage by group"),
                {{0, false},
                 {58, true},
                 {62, true},
                 {74, true},
                 {64, true},
                 {80, true},
                 {80, true},
                 {84, true},
                 {90, true},
                 {86, false},
                 {70, true},
                 {76, true}},
                parent)
    , m_usage(model) {
    setItemDelegate(new UsageDelegate(theme, this));
    setSelectionMode(ExtendedSelection);
    setModel(&model);
    header()->setSectionsClickable(true);
    header()->setSortIndicatorShown(false);
    setContextMenuPolicy(Qt::DefaultContextMenu);
    connect(header(), &QHeaderView::sectionClicked, this, &UsageTable::sortBy);
    connect(this, &QAbstractItemView::activated, this, &UsageTable::open);
}

void UsageTable::sortBy(int column) {
    const bool again = m_usage.sortColumn() == column;
    const Qt::SortOrder first = column == UsageModel::Name ? Qt::AscendingOrder : Qt::DescendingOrder;
    const Qt::SortOrder order = !again                                       ? first
                                : m_usage.sortOrder() == Qt::DescendingOrder ? Qt::AscendingOrder
                                                                             : Qt::DescendingOrder;
    header()->setSortIndicatorShown(true);
    header()->setSortIndicator(column, order);
    m_usage.sort(column, order);
}

void UsageTable::open(const QModelIndex& index) {
    if (!index.isValid()) return;
    emit runsWanted(groupTerm(m_usage.by(), m_usage.row(index.row()).group.key));
}

void UsageTable::copyRows() {
    QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty()) {
        for (int row = 0; row < m_usage.rowCount(); ++row)
            rows << m_usage.index(row, 0);
    }
    QApplication::clipboard()->setText(m_usage.asText(rows));
    emit copied(static_cast<int>(rows.size()));
}

QMenu* UsageTable::makeMenu() {
    auto* menu = new QMenu(this);
    QAction* runs = menu->addAction(tr("Open its runs"), this, [this] { open(currentIndex()); });
    runs->setEnabled(currentIndex().isValid());
    menu->addAction(tr("Copy as text"), QKeySequence::Copy, this, &UsageTable::copyRows);
    menu->addSeparator();
    QMenu* sorted = menu->addMenu(tr("Sort by"));
    for (int column = 0; column < UsageModel::kColumns; ++column) {
        QAction* action =
            sorted->addAction(m_usage.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(), this,
                              [this, column] { sortBy(column); });
        action->setCheckable(true);
        action->setChecked(m_usage.sortColumn() == column);
    }
    return menu;
}

void UsageTable::contextMenuEvent(QContextMenuEvent* event) {
    QMenu* menu = makeMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid()
                    ? viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft())
                    : event->globalPos());
}

void UsageTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copyRows();
        event->accept();
        return;
    }
    LiveTable::keyPressEvent(event);
}

void UsageTable::mouseReleaseEvent(QMouseEvent* event) {
    LiveTable::mouseReleaseEvent(event);
    // With a modifier rows are selected, to copy them.
    if (event->button() == Qt::LeftButton && event->modifiers() == Qt::NoModifier)
        open(indexAt(event->position().toPoint()));
}

void UsageTable::measure() {
    static constexpr int kRowsMeasured = 200;
    const QFont body = m_theme.font(Theme::Text::Body), strong = m_theme.font(Theme::Text::Strong);
    const QFontMetrics small(m_theme.font(Theme::Text::Small));
    m_widths.assign(UsageModel::kColumns, 0);
    m_widths[UsageModel::Name] = m_theme.px(kNameLeast);
    m_widths[UsageModel::Share] = m_theme.px(86);
    for (int column = UsageModel::Runs; column < UsageModel::kColumns; ++column) {
        if (column == UsageModel::Share) continue;
        QString longest;
        for (int row = 0; row < std::min(m_usage.rowCount(), kRowsMeasured); ++row) {
            const QString text = m_usage.cellText(m_usage.row(row), column);
            if (text.size() > longest.size()) longest = text;
        }
        const QString title = m_usage.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const qreal wide = std::max({digitsWidth(longest, body),
                                     digitsWidth(m_usage.cellText(m_usage.total(), column), strong),
                                     double(small.horizontalAdvance(title))});
        const int pad = column == UsageModel::P95 ? 8 + 16 : 8 + 8;
        m_widths[static_cast<std::size_t>(column)] =
            std::max(m_theme.px(54), static_cast<int>(wide) + 2 + m_theme.px(pad));
    }
}

// What matters least goes first where there is no room for all columns.
void UsageTable::chooseColumns() {
    static constexpr int kLeast[] = {UsageModel::Share,     UsageModel::P50,     UsageModel::P95,
                                     UsageModel::Cached,    UsageModel::Runs,    UsageModel::Calls,
                                     UsageModel::TokensOut, UsageModel::TokensIn};
    if (m_widths.empty()) measure();
    int lack = std::accumulate(m_widths.begin(), m_widths.end(), 0) - viewport()->width();
    for (const int column : kLeast) {
        setColumnHidden(column, lack > 0);
        if (lack > 0) lack -= m_widths[static_cast<std::size_t>(column)];
    }
    std::vector<LiveColumn> columns;
    for (int column = 0; column < UsageModel::kColumns; ++column)
        columns.push_back({column == UsageModel::Name
                               ? 0
                               : qRound(m_widths[static_cast<std::size_t>(column)] / m_theme.textScale()),
                           column != UsageModel::Share});
    setWidths(std::move(columns));
}

void UsageTable::fitContents() {
    measure();
    chooseColumns();
    setMaximumHeight(m_theme.px(24) + std::max(1, m_usage.rowCount()) * m_theme.px(kUsageRow));
}

void UsageTable::resizeEvent(QResizeEvent* event) {
    chooseColumns();
    LiveTable::resizeEvent(event);
}

UsageTotal::UsageTotal(const Theme& theme, const UsageTable& table, const UsageModel& model, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_table(table)
    , m_model(model) {
    const auto size = [this] {
        setFixedHeight(m_theme.px(32));
        update();
    };
    connect(&theme, &Theme::changed, this, size);
    connect(table.header(), &QHeaderView::sectionResized, this, qOverload<>(&QWidget::update));
    size();
    refresh();
}

void UsageTotal::refresh() {
    QStringList words{tr("Total")};
    for (int column = UsageModel::Runs; column <= UsageModel::Unpriced; ++column)
        words << m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() + QLatin1Char(' ') +
                     m_model.cellText(m_model.total(), column);
    setAccessibleName(words.join(QStringLiteral(", ")));
    setToolTip(exactCosts(m_model.total().group.sums.costs()));
    update();
}

void UsageTotal::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.base);
    painter.fillRect(0, 0, width(), m_theme.lineWidth(), c.line2);
    painter.setFont(m_theme.font(Theme::Text::Strong));
    for (int column = 0; column <= UsageModel::Unpriced; ++column) {
        if (m_table.isColumnHidden(column)) continue;
        const QRect cell(m_table.columnViewportPosition(column), 0, m_table.columnWidth(column), height());
        const QString text =
            column == UsageModel::Name ? tr("Total") : m_model.cellText(m_model.total(), column);
        const bool warns = column == UsageModel::Unpriced && m_model.total().group.sums.unpriced_calls > 0;
        painter.setPen(warns ? c.warn : text == fromUtf8(kUnknown) ? c.text3 : c.text);
        if (column == UsageModel::Name)
            painter.drawText(cell.adjusted(m_theme.px(16), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
        else
            drawDigits(painter, QRectF(cell).adjusted(0, 0, -m_theme.px(8), 0), text);
    }
}

} // namespace clew::views

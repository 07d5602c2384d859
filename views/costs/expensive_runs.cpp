#include "views/costs/expensive_runs.h"

#include "model/base/numbers.h"
#include "views/costs/usage_words.h"
#include "views/text.h"

#include <QMouseEvent>
#include <QPainter>

namespace clew::views {

namespace {

class ExpensiveDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex&) const override { return 24; }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        if (cell.index.column() == ExpensiveModel::Cost) {
            drawNumber(cell.painter, cell.rect, cell.index.data().toString(), c.text);
            return;
        }
        const RunCost& run =
            static_cast<const ExpensiveModel*>(cell.index.model())->row(cell.index.row()).run;
        const int end = drawElided(cell.painter, cell.rect, cell.index.data().toString(),
                                   m_theme.font(Theme::Text::Body), c.text);
        const int left = end + m_theme.px(6);
        if (!run.detail.empty() && left < cell.rect.right() - m_theme.px(16))
            drawElided(cell.painter,
                       QRect(left, cell.rect.top(), cell.rect.right() - left, cell.rect.height()),
                       fromUtf8(run.detail), m_theme.font(Theme::Text::Small), c.text3);
    }
};

} // namespace

void ExpensiveModel::setRuns(const std::vector<RunCost>& runs) {
    std::vector<ExpensiveRow> rows;
    rows.reserve(runs.size());
    for (const RunCost& run : runs)
        rows.push_back({run});
    setRows(std::move(rows));
}

int ExpensiveModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant ExpensiveModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const RunCost& run = row(index.row()).run;
    const QString name = run.name.empty() ? tr("unnamed run") : fromUtf8(run.name);
    switch (role) {
    case Qt::DisplayRole: return index.column() == Run ? name : fromUtf8(format_cost(run.cost));
    case Qt::AccessibleTextRole: return tr("%1, %2").arg(name, exactCost(run.cost));
    case Qt::ToolTipRole:
        return (run.detail.empty() ? name : name + QLatin1Char('\n') + fromUtf8(run.detail)) +
               QLatin1Char('\n') + exactCost(run.cost);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(index.column() == Run ? Qt::AlignLeft : Qt::AlignRight));
    default: return {};
    }
}

ExpensiveRuns::ExpensiveRuns(const Theme& theme, QWidget* parent)
    : LiveTable(theme, tr("Most expensive runs"), {{0, false}, {88, true}}, parent) {
    setHeaderHidden(true);
    setItemDelegate(new ExpensiveDelegate(theme, this));
    setModel(&m_runs);
    connect(this, &QAbstractItemView::activated, this, &ExpensiveRuns::open);
}

void ExpensiveRuns::open(const QModelIndex& index) {
    if (index.isValid()) emit traceWanted(m_runs.row(index.row()).run.id);
}

void ExpensiveRuns::mouseReleaseEvent(QMouseEvent* event) {
    LiveTable::mouseReleaseEvent(event);
    if (event->button() == Qt::LeftButton) open(indexAt(event->position().toPoint()));
}

} // namespace clew::views

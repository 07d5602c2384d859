// The runs with the highest known cost, most first; a click or Enter opens one. GUI thread.
#pragma once

#include "model/store/usage.h"
#include "views/live/live_table.h"
#include "views/live/row_model.h"

namespace clew::views {

struct ExpensiveRow {
    RunCost run;
    [[nodiscard]] TraceId key() const { return run.id; }
    bool operator==(const ExpensiveRow& other) const {
        return run.id == other.run.id && run.name == other.run.name && run.detail == other.run.detail &&
               run.cost == other.run.cost;
    }
};

class ExpensiveModel : public RowModel<ExpensiveRow> {
    Q_OBJECT

public:
    enum Column { Run, Cost, kColumns };
    using RowModel::RowModel;
    void setRuns(const std::vector<RunCost>& runs);
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
};

class ExpensiveRuns : public LiveTable {
    Q_OBJECT

public:
    explicit ExpensiveRuns(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] ExpensiveModel& runs() { return m_runs; }

signals:
    void traceWanted(clew::TraceId trace);

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    void open(const QModelIndex& index);
    ExpensiveModel m_runs;
};

} // namespace clew::views

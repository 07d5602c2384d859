// “What if”: the traffic that the page shows, at another model's prices, beside what it cost. Totals are
// asked anew for each model: every call is priced. GUI thread.
#pragma once

#include "model/store/trace_store.h"
#include "views/ask.h"
#include "views/live/row_model.h"
#include "views/runs/widgets.h"
#include "views/view_context.h"

#include <QDialog>
#include <QHash>

class QComboBox;

namespace clew::views {

class LiveTable;
class Segments;

struct WhatIfRow {
    Totals totals;
    QString name;
    [[nodiscard]] const std::string& key() const { return totals.key; }
    bool operator==(const WhatIfRow& other) const;
};

class WhatIfModel : public RowModel<WhatIfRow> {
    Q_OBJECT

public:
    enum Column { Name, Reported, Computed, WhatIf, Difference, kColumns };
    using RowModel::RowModel;
    void setTitle(const QString& title); // of the first column
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString m_title;
};

class WhatIfDialog : public QDialog {
    Q_OBJECT

public:
    static constexpr int kMostRows = 500;

    // `models` are offered; any other name may be typed.
    WhatIfDialog(ViewContext& context, const QString& filter, const QStringList& models,
                 QWidget* parent = nullptr);
    void setModel(const QString& model); // asks
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] const WhatIfModel& rows() const { return m_rows; }
    [[nodiscard]] bool busy() const { return m_asker.busy(); }
    [[nodiscard]] Segments* grouping() const { return m_grouping; }

private:
    void ask();
    void receive(Result<TotalsAnswer> answer, QHash<QString, QString> names);

    ViewContext& m_context;
    QString m_filter, m_asked;
    Asker m_asker;
    QComboBox* m_model;
    Segments* m_grouping;
    ThemedLabel* m_sentence;
    ThemedLabel* m_note;
    WhatIfModel m_rows;
    LiveTable* m_table;
};

} // namespace clew::views

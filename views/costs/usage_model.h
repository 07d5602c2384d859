// The groups of a usage answer as the rows of a table, sorted here: an answer holds all of them. Answers are
// merged by key, never as a reset. GUI thread.
#pragma once

#include "model/store/usage.h"
#include "views/live/row_model.h"

#include <QHash>

namespace clew::views {

struct UsageRow {
    UsageGroup group;
    double share = 0;      // of all known cost; of all tokens where none is known
    int place = -1;        // its colour in the chart; -1 = among the others
    bool unpriced = false; // it has calls, and none of them a price
    [[nodiscard]] const std::string& key() const { return group.key; }
    bool operator==(const UsageRow& other) const;
};

class UsageModel : public RowModel<UsageRow> {
    Q_OBJECT

public:
    enum Column {
        Name,
        Runs,
        Calls,
        TokensIn,
        Cached,
        TokensOut,
        Reported,
        Computed,
        Unpriced,
        Share,
        P50,
        P95,
        kColumns
    };
    static constexpr int kMostRows = 1000; // more are in the export

    using RowModel::RowModel;
    // `places`: the colours of the groups that the chart shows.
    void setAnswer(const UsageAnswer& answer, UsageBy by, const QHash<QString, int>& places);
    [[nodiscard]] UsageBy by() const { return m_by; }
    [[nodiscard]] const UsageRow& total() const { return m_total; }
    [[nodiscard]] int groups() const { return static_cast<int>(m_all.size()); } // also those beyond kMostRows

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    [[nodiscard]] int sortColumn() const { return m_column; } // -1 = as answered: most known cost first
    [[nodiscard]] Qt::SortOrder sortOrder() const { return m_order; }

    [[nodiscard]] QString cellText(const UsageRow& row, int column) const;
    // Lines of tab-separated cells with a heading, as spreadsheets take them from the clipboard.
    [[nodiscard]] QString asText(const QModelIndexList& rows) const;

private:
    void show();
    [[nodiscard]] QString sentenceOf(const UsageRow& row) const;

    std::vector<UsageRow> m_all;
    UsageRow m_total;
    UsageBy m_by = UsageBy::model;
    int m_column = -1;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

} // namespace clew::views

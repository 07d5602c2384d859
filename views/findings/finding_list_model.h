// The findings of one trace as a list. Newer ones are applied as removals, inserts and changes, so that the
// chosen one stays chosen. GUI thread.
#pragma once

#include "model/trace/finding.h"

#include <QAbstractListModel>

#include <vector>

namespace clew::views {

class FindingListModel : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setFindings(const std::vector<Finding>& findings);
    [[nodiscard]] const Finding& finding(int row) const { return m_findings[static_cast<std::size_t>(row)]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    std::vector<Finding> m_findings;
};

} // namespace clew::views

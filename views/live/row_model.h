// A table whose rows have a key: new values are merged into what is shown as removals, inserts, moves and
// changes, never as a reset, so that selection and scroll survive an update four times a second. GUI thread.
#pragma once

#include <QAbstractTableModel>

#include <algorithm>
#include <utility>
#include <vector>

namespace clew::views {

// Row has `key()` (equal for the same thing over time) and `==`.
template <class Row>
class RowModel : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] const Row& row(int at) const { return m_rows[static_cast<std::size_t>(at)]; }
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }

    // In the order that is given.
    void setRows(std::vector<Row> rows) {
        removeMissing(rows);
        for (int at = 0; at < static_cast<int>(rows.size()); ++at) {
            Row& wanted = rows[static_cast<std::size_t>(at)];
            const int from = find(wanted, at);
            if (from < 0) {
                beginInsertRows({}, at, at);
                m_rows.insert(m_rows.begin() + at, std::move(wanted));
                endInsertRows();
                continue;
            }
            if (from > at) {
                beginMoveRows({}, from, from, {}, at);
                std::rotate(m_rows.begin() + at, m_rows.begin() + from, m_rows.begin() + from + 1);
                endMoveRows();
            }
            change(at, std::move(wanted));
        }
    }

    // What is shown keeps its place; what is new comes at the end. For lists whose order says nothing: rows
    // that change places four times a second cannot be read.
    void setRowsInPlace(std::vector<Row> rows) {
        removeMissing(rows);
        for (Row& wanted : rows) {
            const int at = find(wanted, 0);
            if (at >= 0) {
                change(at, std::move(wanted));
                continue;
            }
            const int end = rowCount();
            beginInsertRows({}, end, end);
            m_rows.push_back(std::move(wanted));
            endInsertRows();
        }
    }

private:
    [[nodiscard]] int find(const Row& wanted, int from) const {
        for (int at = from; at < static_cast<int>(m_rows.size()); ++at) {
            if (row(at).key() == wanted.key()) return at;
        }
        return -1;
    }
    void removeMissing(const std::vector<Row>& wanted) {
        for (int at = rowCount() - 1; at >= 0; --at) {
            const bool stays = std::any_of(wanted.begin(), wanted.end(),
                                           [&](const Row& other) { return other.key() == row(at).key(); });
            if (stays) continue;
            beginRemoveRows({}, at, at);
            m_rows.erase(m_rows.begin() + at);
            endRemoveRows();
        }
    }
    void change(int at, Row wanted) {
        if (row(at) == wanted) return;
        m_rows[static_cast<std::size_t>(at)] = std::move(wanted);
        emit dataChanged(index(at, 0), index(at, columnCount() - 1));
    }

    std::vector<Row> m_rows;
};

} // namespace clew::views

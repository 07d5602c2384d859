// The runs list as an item model over TraceStore::traces: paged, sorted and filtered by the store.
//
// Answers are asked off the GUI thread. Every answer is merged into what is shown by trace id, as removals,
// inserts, moves and changes, never as a reset: selection and scroll survive live commits. GUI thread.
#pragma once

#include "model/store/store.h"
#include "model/store/trace_store.h"
#include "views/ask.h"

#include <QAbstractTableModel>
#include <QElapsedTimer>
#include <QHash>
#include <QString>
#include <QTimer>

#include <optional>
#include <vector>

namespace clew {
inline size_t qHash(const TraceId& id, size_t seed = 0) noexcept {
    return std::hash<TraceId>{}(id) ^ seed;
}
} // namespace clew

namespace clew::views {

class TraceListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Name,
        Start,
        Duration,
        Spans,
        LlmCalls,
        ToolCalls,
        Errors,
        Tokens,
        Cost,
        State,
        Judged,
        kColumns
    };
    static constexpr int kPage = 1000;

    explicit TraceListModel(TraceStore& traces, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    // By what a click on a header sorts; columns without an order of the store are left alone.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    [[nodiscard]] const TraceRow& traceRow(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    [[nodiscard]] int find(TraceId trace) const { return m_index.value(trace, -1); }

    // A filter that cannot be parsed leaves the list as it is; the filter bar says why.
    void setFilter(const QString& filter);
    [[nodiscard]] QString filter() const { return m_filter; }
    void setOrder(TraceOrder order, bool descending);
    [[nodiscard]] TraceOrder order() const { return m_order; }
    [[nodiscard]] bool descending() const { return m_descending; }
    static std::optional<TraceOrder> orderOf(int column);

    [[nodiscard]] qint64 matching() const { return m_matching; } // runs that the filter lets through
    // Else there are at least so many: filters that look into runs are counted after the first rows are there.
    [[nodiscard]] bool counted() const { return m_counted; }
    [[nodiscard]] qint64 all() const { return m_all; }           // runs in the store
    [[nodiscard]] bool answered() const { return m_answered; }   // the first answer has come
    [[nodiscard]] bool unindexed() const {
        return m_unindexed;
    } // a text term scanned what is not indexed yet
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] bool merging() const { return m_merging; } // rows are changing under the views right now

public slots:
    void applyCommitted(const clew::Committed& committed);
    void refresh();

signals:
    void aboutToMerge();
    void merged(); // an answer (or an error) has come and is shown
    void orderChanged();
    void countChanged(); // it came after its rows
    void filterChanged(const QString& filter);

private:
    struct Answer {
        std::optional<TracePage> page;
        std::optional<Error> error;
    };
    void askPage(qint64 offset, qint64 limit);
    void receive(Answer answer, qint64 offset);
    void askCount();
    void receiveCount(const Answer& answer);
    void merge(std::vector<TraceRow> rows);
    void removeMissing(const QHash<TraceId, int>& wanted);
    void reorder(const QHash<TraceId, int>& wanted);
    void insertNew(std::vector<TraceRow>& rows);
    void reindex();
    [[nodiscard]] QString cellText(const TraceRow& row, int column) const;
    [[nodiscard]] QString toolTip(const TraceRow& row, int column) const;

    TraceStore& m_traces;
    Asker m_asker;
    QTimer m_refresh;
    QElapsedTimer m_asked;
    qint64 m_lastCost = 0; // ms the last answer took: how long a busy store is left alone
    bool m_dirty = false;  // something was committed while a question was running

    std::vector<TraceRow> m_rows;
    QHash<TraceId, int> m_index;
    QString m_filter;
    TraceOrder m_order = TraceOrder::start;
    bool m_descending = true;
    qint64 m_matching = 0;
    bool m_counted = true;
    qint64 m_all = 0;
    bool m_answered = false;
    bool m_unindexed = false;
    bool m_merging = false;
    std::optional<Error> m_error;
};

// What a run's row says, wherever it is written.
QString runName(const TraceRow& row);
QString runTime(const TraceRow& row, qint64 nowMs); // "now", 10:41, 14 Nov 09:12, 14 Nov 2024
std::optional<DurationNs> runDuration(const TraceRow& row);
std::optional<std::int64_t> runTokens(const TraceRow& row);
QString runSentence(const TraceRow& row); // for screen readers

} // namespace clew::views

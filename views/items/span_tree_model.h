// The spans of one trace as an item model with named roles, for accessibility, tests and plain views.
//
// A newer snapshot of the same trace is applied as removals, moves, inserts and changes by span id, never as
// a reset: persistent indexes, and with them selection and expansion, survive. Another trace is a reset. GUI
// thread.
#pragma once

#include "model/trace/trace_snapshot.h"

#include <QAbstractItemModel>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace clew::views {

class SpanTreeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { SpanColumn, TokensColumn, CostColumn, DurationColumn, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole, // 16 hex digits
        DetailRole,
        KindRole,   // "llm"
        StatusRole, // "ok", "error", "unset"
        StatusMessageRole,
        StartRole,       // ns since 1970, invalid = not known
        EndRole,         // likewise; invalid = running
        InputTokensRole, // invalid = not said; so are the next ones
        OutputTokensRole,
        CostRole,   // pico-USD
        ErrorsRole, // in the subtree
        SilentFailuresRole,
        SubtreeRole, // spans
        OrphanRole,
        RunningRole,
        SpanIndexRole, // in the snapshot
    };

    explicit SpanTreeModel(QObject* parent = nullptr);

    void setSnapshot(TraceSnapshotPtr snapshot);
    [[nodiscard]] const TraceSnapshotPtr& snapshot() const { return m_snapshot; }
    [[nodiscard]] QModelIndex indexOf(SpanId span, int column = 0) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

private:
    // Node 0 stands above the top level. Numbers of removed nodes are used again.
    struct Node {
        std::int32_t parent = 0;
        std::int32_t row = 0;
        std::int32_t span = kNoSpan; // in m_snapshot
        std::vector<std::int32_t> children;
    };

    void reset(TraceSnapshotPtr snapshot);
    void update(TraceSnapshotPtr snapshot);
    void removeGone(const TraceSnapshot& next);
    void arrangeChildren(std::int32_t parent, std::int32_t firstChild);
    void moveTo(std::int32_t node, std::int32_t parent, std::int32_t row);
    std::int32_t insertRun(std::int32_t parent, std::int32_t row, std::int32_t firstSpan);
    std::int32_t buildSubtree(std::int32_t span, std::int32_t parent);
    std::int32_t newNode(std::int32_t span, std::int32_t parent);
    void forget(std::int32_t node);
    void renumber(std::int32_t parent, std::size_t first);
    [[nodiscard]] std::int32_t knownNode(std::int32_t span) const; // -1 = none yet
    [[nodiscard]] std::int32_t nodeOf(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOfNode(std::int32_t node, int column = 0) const;
    [[nodiscard]] const SnapshotSpan& spanOf(std::int32_t node) const;

    TraceSnapshotPtr m_snapshot;
    std::vector<Node> m_nodes;
    std::vector<std::int32_t> m_free;
    std::unordered_map<SpanId, std::int32_t> m_nodeOf; // the first span of an id, as in the snapshot
};

} // namespace clew::views

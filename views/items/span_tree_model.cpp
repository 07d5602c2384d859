#include "views/items/span_tree_model.h"

#include "model/base/numbers.h"
#include "model/trace/span.h"
#include "views/text.h"

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

QVariant orNothing(std::int64_t value, std::int64_t nothing) {
    return value == nothing ? QVariant() : QVariant::fromValue<qlonglong>(value);
}

QString tokensText(const SnapshotSpan& span) {
    QString text;
    if (span.subtree_input != kUnknownCount)
        text = QChar(0x2191) + fromUtf8(format_tokens(if_said(span.subtree_input)));
    if (span.subtree_output != kUnknownCount)
        text += (text.isEmpty() ? "" : " ") +
                (QChar(0x2193) + fromUtf8(format_tokens(if_said(span.subtree_output))));
    return text;
}

// Whether a row would look different; places in the tree and in the snapshot do not count.
bool changed(const TraceSnapshot& a, const SnapshotSpan& old, const TraceSnapshot& b,
             const SnapshotSpan& now) {
    return old.start != now.start || old.end != now.end || old.kind != now.kind || old.status != now.status ||
           old.flags != now.flags || old.orphan != now.orphan || old.cycle != now.cycle ||
           old.input_tokens != now.input_tokens || old.output_tokens != now.output_tokens ||
           old.cost != now.cost || old.subtree != now.subtree || old.subtree_errors != now.subtree_errors ||
           old.subtree_silent != now.subtree_silent || old.subtree_input != now.subtree_input ||
           old.subtree_output != now.subtree_output || old.subtree_costs() != now.subtree_costs() ||
           old.computed != now.computed || old.unpriced != now.unpriced ||
           a.text(old.name) != b.text(now.name) || a.text(old.detail) != b.text(now.detail) ||
           a.text(old.status_message) != b.text(now.status_message);
}

} // namespace

SpanTreeModel::SpanTreeModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_nodes(1) {
}

void SpanTreeModel::setSnapshot(TraceSnapshotPtr snapshot) {
    if (snapshot && m_snapshot && snapshot->id == m_snapshot->id)
        update(std::move(snapshot));
    else
        reset(std::move(snapshot));
}

void SpanTreeModel::reset(TraceSnapshotPtr snapshot) {
    beginResetModel();
    m_snapshot = std::move(snapshot);
    m_nodes.assign(1, {});
    m_free.clear();
    m_nodeOf.clear();
    if (m_snapshot && !m_snapshot->spans.empty()) {
        m_nodes.reserve(m_snapshot->spans.size() + 1);
        for (std::int32_t span = 0; span != kNoSpan;
             span = m_snapshot->spans[static_cast<std::size_t>(span)].next_sibling)
            buildSubtree(span, 0);
        renumber(0, 0);
    }
    endResetModel();
}

void SpanTreeModel::update(TraceSnapshotPtr snapshot) {
    removeGone(*snapshot);
    const TraceSnapshotPtr before = std::exchange(m_snapshot, std::move(snapshot));
    std::vector<std::int32_t> changes;
    for (const auto& [id, number] : m_nodeOf) {
        Node& node = m_nodes[static_cast<std::size_t>(number)];
        const SnapshotSpan& old = before->spans[static_cast<std::size_t>(node.span)];
        node.span = m_snapshot->find(id);
        if (changed(*before, old, *m_snapshot, spanOf(number))) changes.push_back(number);
    }
    // Parents before children: when the turn of a span comes, everything above it stands where it belongs.
    if (!m_snapshot->spans.empty()) arrangeChildren(0, 0);
    for (std::size_t span = 0; span < m_snapshot->spans.size(); ++span) {
        const std::int32_t first = m_snapshot->spans[span].first_child;
        if (first == kNoSpan) continue;
        const std::int32_t node = knownNode(static_cast<std::int32_t>(span));
        if (node >= 0) arrangeChildren(node, first);
    }
    for (const std::int32_t node : changes)
        emit dataChanged(indexOfNode(node, 0), indexOfNode(node, ColumnCount - 1));
}

void SpanTreeModel::removeGone(const TraceSnapshot& next) {
    std::vector<std::int32_t> gone;
    for (const auto& [id, node] : m_nodeOf)
        if (next.find(id) == kNoSpan) gone.push_back(node);
    for (const std::int32_t node : gone) {
        const Node& at = m_nodes[static_cast<std::size_t>(node)];
        if (at.span == kNoSpan) continue; // went with its parent
        const std::int32_t parent = at.parent, row = at.row;
        beginRemoveRows(indexOfNode(parent), row, row);
        auto& children = m_nodes[static_cast<std::size_t>(parent)].children;
        children.erase(children.begin() + row);
        renumber(parent, static_cast<std::size_t>(row));
        forget(node);
        endRemoveRows();
    }
}

void SpanTreeModel::arrangeChildren(std::int32_t parent, std::int32_t firstChild) {
    std::int32_t row = 0;
    for (std::int32_t span = firstChild; span != kNoSpan;) {
        const std::int32_t node = knownNode(span);
        if (node < 0) {
            // A run of new siblings comes in one go; what is known of their children is moved below them
            // later.
            std::int32_t count = 0;
            std::int32_t last = span;
            for (std::int32_t at = span; at != kNoSpan && knownNode(at) < 0;
                 at = m_snapshot->spans[static_cast<std::size_t>(at)].next_sibling) {
                ++count;
                last = at;
            }
            insertRun(parent, row, span);
            row += count;
            span = m_snapshot->spans[static_cast<std::size_t>(last)].next_sibling;
            continue;
        }
        const Node& at = m_nodes[static_cast<std::size_t>(node)];
        if (at.parent != parent || at.row != row) moveTo(node, parent, row);
        ++row;
        span = m_snapshot->spans[static_cast<std::size_t>(span)].next_sibling;
    }
}

void SpanTreeModel::moveTo(std::int32_t node, std::int32_t parent, std::int32_t row) {
    const std::int32_t oldParent = m_nodes[static_cast<std::size_t>(node)].parent;
    const std::int32_t oldRow = m_nodes[static_cast<std::size_t>(node)].row;
    beginMoveRows(indexOfNode(oldParent), oldRow, oldRow, indexOfNode(parent), row);
    auto& from = m_nodes[static_cast<std::size_t>(oldParent)].children;
    from.erase(from.begin() + oldRow);
    auto& to = m_nodes[static_cast<std::size_t>(parent)].children;
    to.insert(to.begin() + row, node);
    m_nodes[static_cast<std::size_t>(node)].parent = parent;
    renumber(oldParent, static_cast<std::size_t>(oldParent == parent ? std::min(oldRow, row) : oldRow));
    if (oldParent != parent) renumber(parent, static_cast<std::size_t>(row));
    endMoveRows();
}

std::int32_t SpanTreeModel::insertRun(std::int32_t parent, std::int32_t row, std::int32_t firstSpan) {
    std::vector<std::int32_t> spans;
    for (std::int32_t at = firstSpan; at != kNoSpan && knownNode(at) < 0;
         at = m_snapshot->spans[static_cast<std::size_t>(at)].next_sibling)
        spans.push_back(at);
    const auto count = static_cast<std::int32_t>(spans.size());
    beginInsertRows(indexOfNode(parent), row, row + count - 1);
    std::vector<std::int32_t> tail;
    {
        auto& children = m_nodes[static_cast<std::size_t>(parent)].children;
        tail.assign(children.begin() + row, children.end());
        children.resize(static_cast<std::size_t>(row));
    }
    for (const std::int32_t span : spans)
        buildSubtree(span, parent);
    auto& children = m_nodes[static_cast<std::size_t>(parent)].children;
    children.insert(children.end(), tail.begin(), tail.end());
    renumber(parent, static_cast<std::size_t>(row));
    endInsertRows();
    return count;
}

// The span and what is below it, but for subtrees that are in the model already. Appended to the parent's
// children.
std::int32_t SpanTreeModel::buildSubtree(std::int32_t span, std::int32_t parent) {
    const auto first = static_cast<std::size_t>(span);
    const std::size_t end = first + m_snapshot->spans[first].subtree;
    std::vector<std::int32_t> made(end - first, -1);
    for (std::size_t at = first; at < end;) {
        const SnapshotSpan& data = m_snapshot->spans[at];
        const auto number = static_cast<std::int32_t>(at);
        if (at != first && knownNode(number) >= 0) {
            at += data.subtree;
            continue;
        }
        const std::int32_t above = at == first ? parent : made[static_cast<std::size_t>(data.parent) - first];
        made[at - first] = newNode(number, above);
        ++at;
    }
    return made.front();
}

std::int32_t SpanTreeModel::newNode(std::int32_t span, std::int32_t parent) {
    std::int32_t node = 0;
    if (m_free.empty()) {
        node = static_cast<std::int32_t>(m_nodes.size());
        m_nodes.emplace_back();
    } else {
        node = m_free.back();
        m_free.pop_back();
    }
    auto& siblings = m_nodes[static_cast<std::size_t>(parent)].children;
    Node& made = m_nodes[static_cast<std::size_t>(node)];
    made.parent = parent;
    made.span = span;
    made.row = static_cast<std::int32_t>(siblings.size());
    siblings.push_back(node);
    m_nodeOf.emplace(m_snapshot->spans[static_cast<std::size_t>(span)].id, node);
    return node;
}

void SpanTreeModel::forget(std::int32_t node) {
    std::vector<std::int32_t> left{node};
    while (!left.empty()) {
        const std::int32_t at = left.back();
        left.pop_back();
        Node& gone = m_nodes[static_cast<std::size_t>(at)];
        left.insert(left.end(), gone.children.begin(), gone.children.end());
        m_nodeOf.erase(spanOf(at).id);
        gone = {};
        m_free.push_back(at);
    }
}

void SpanTreeModel::renumber(std::int32_t parent, std::size_t first) {
    const auto& children = m_nodes[static_cast<std::size_t>(parent)].children;
    for (std::size_t row = first; row < children.size(); ++row)
        m_nodes[static_cast<std::size_t>(children[row])].row = static_cast<std::int32_t>(row);
}

std::int32_t SpanTreeModel::knownNode(std::int32_t span) const {
    const auto it = m_nodeOf.find(m_snapshot->spans[static_cast<std::size_t>(span)].id);
    return it == m_nodeOf.end() ? -1 : it->second;
}

std::int32_t SpanTreeModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<std::int32_t>(index.internalId()) : 0;
}

QModelIndex SpanTreeModel::indexOfNode(std::int32_t node, int column) const {
    if (node <= 0) return {};
    return createIndex(m_nodes[static_cast<std::size_t>(node)].row, column, static_cast<quintptr>(node));
}

const SnapshotSpan& SpanTreeModel::spanOf(std::int32_t node) const {
    return m_snapshot->spans[static_cast<std::size_t>(m_nodes[static_cast<std::size_t>(node)].span)];
}

QModelIndex SpanTreeModel::indexOf(SpanId span, int column) const {
    const auto it = m_nodeOf.find(span);
    return it == m_nodeOf.end() ? QModelIndex() : indexOfNode(it->second, column);
}

QModelIndex SpanTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column < 0 || column >= ColumnCount || parent.column() > 0) return {};
    const auto& children = m_nodes[static_cast<std::size_t>(nodeOf(parent))].children;
    if (static_cast<std::size_t>(row) >= children.size()) return {};
    return createIndex(row, column, static_cast<quintptr>(children[static_cast<std::size_t>(row)]));
}

QModelIndex SpanTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    return indexOfNode(m_nodes[static_cast<std::size_t>(nodeOf(index))].parent);
}

int SpanTreeModel::rowCount(const QModelIndex& parent) const {
    if (parent.column() > 0) return 0;
    return static_cast<int>(m_nodes[static_cast<std::size_t>(nodeOf(parent))].children.size());
}

int SpanTreeModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QVariant SpanTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const std::int32_t node = nodeOf(index);
    const SnapshotSpan& span = spanOf(node);
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case SpanColumn: return fromUtf8(m_snapshot->text(span.name));
        case TokensColumn: return tokensText(span);
        case CostColumn:
            return span.subtree_costs() == CostKinds{} ? QString()
                                                       : fromUtf8(format_costs(span.subtree_costs()));
        case DurationColumn: return fromUtf8(format_duration(between(span.start, span.end)));
        default: return {};
        }
    case Qt::TextAlignmentRole:
        return static_cast<int>(index.column() == SpanColumn ? Qt::AlignLeft | Qt::AlignVCenter
                                                             : Qt::AlignRight | Qt::AlignVCenter);
    case Qt::AccessibleTextRole: {
        QString text = fromUtf8(m_snapshot->text(span.name));
        if (span.status == Status::error) text += tr(", error");
        return text;
    }
    case IdRole: return QString::fromStdString(to_hex(span.id));
    case DetailRole: return fromUtf8(m_snapshot->text(span.detail));
    case KindRole: return fromUtf8(kind_name(span.kind));
    case StatusRole: return fromUtf8(status_name(span.status));
    case StatusMessageRole: return fromUtf8(m_snapshot->text(span.status_message));
    case StartRole: return orNothing(span.start, kNoTime);
    case EndRole: return orNothing(span.end, kNoTime);
    case InputTokensRole: return orNothing(span.input_tokens, kUnknownCount);
    case OutputTokensRole: return orNothing(span.output_tokens, kUnknownCount);
    case CostRole: return orNothing(span.cost, kUnknownCount);
    case ErrorsRole: return span.subtree_errors;
    case SilentFailuresRole: return span.subtree_silent;
    case SubtreeRole: return span.subtree;
    case OrphanRole: return span.orphan;
    case RunningRole: return span.start != kNoTime && span.end == kNoTime;
    case SpanIndexRole: return m_nodes[static_cast<std::size_t>(node)].span;
    default: return {};
    }
}

QVariant SpanTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
    case SpanColumn: return tr("Span");
    case TokensColumn: return tr("Tokens");
    case CostColumn: return tr("Cost");
    case DurationColumn: return tr("Duration");
    default: return {};
    }
}

QHash<int, QByteArray> SpanTreeModel::roleNames() const {
    QHash<int, QByteArray> names = QAbstractItemModel::roleNames();
    names.insert({{IdRole, "id"},
                  {DetailRole, "detail"},
                  {KindRole, "kind"},
                  {StatusRole, "status"},
                  {StatusMessageRole, "statusMessage"},
                  {StartRole, "start"},
                  {EndRole, "end"},
                  {InputTokensRole, "inputTokens"},
                  {OutputTokensRole, "outputTokens"},
                  {CostRole, "cost"},
                  {ErrorsRole, "errors"},
                  {SilentFailuresRole, "silentFailures"},
                  {SubtreeRole, "subtree"},
                  {OrphanRole, "orphan"},
                  {RunningRole, "running"},
                  {SpanIndexRole, "spanIndex"}});
    return names;
}

} // namespace clew::views

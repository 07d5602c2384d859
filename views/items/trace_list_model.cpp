#include "views/items/trace_list_model.h"

#include "model/base/numbers.h"
#include "model/store/filter.h"
#include "model/trace/display_name.h"
#include "views/text.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <memory>

namespace clew::views {

namespace {

constexpr int kShortestPauseMs = 120;

bool sameRow(const TraceRow& a, const TraceRow& b) {
    return a.name == b.name && a.detail == b.detail && a.session == b.session && a.agent == b.agent &&
           a.root_kind == b.root_kind && a.start == b.start && a.end == b.end && a.running == b.running &&
           a.spans == b.spans && a.llm_calls == b.llm_calls && a.tool_calls == b.tool_calls &&
           a.errors == b.errors && a.silent_failures == b.silent_failures &&
           a.input_tokens == b.input_tokens && a.output_tokens == b.output_tokens && a.costs() == b.costs() &&
           a.root_failed == b.root_failed && a.thumb == b.thumb &&
           a.has_span_judgements == b.has_span_judgements && a.aggregate_usage == b.aggregate_usage &&
           a.time_quality == b.time_quality && a.findings == b.findings && a.own_id == b.own_id;
}

QString stateText(const TraceRow& row) {
    if (row.running) return TraceListModel::tr("running");
    if (row.root_failed) return TraceListModel::tr("failed");
    return {};
}

// "2 findings: 1 error, 1 warning".
QString findingsText(const TraceRow& row) {
    const FindingCounts& found = row.findings;
    if (found.troubles() == 0) return {};
    QStringList parts;
    if (found.errors > 0)
        parts << plural(found.errors, TraceListModel::tr("error"), TraceListModel::tr("errors"));
    if (found.warnings > 0)
        parts << plural(found.warnings, TraceListModel::tr("warning"), TraceListModel::tr("warnings"));
    return QStringLiteral("%1: %2").arg(
        plural(found.troubles(), TraceListModel::tr("finding"), TraceListModel::tr("findings")),
        parts.join(QStringLiteral(", ")));
}

QString thumbText(Thumb thumb) {
    switch (thumb) {
    case Thumb::up: return TraceListModel::tr("up");
    case Thumb::down: return TraceListModel::tr("down");
    case Thumb::none: break;
    }
    return {};
}

} // namespace

QString runName(const TraceRow& row) {
    if (!row.name.empty()) return fromUtf8(display_name(row.name));
    if (!row.own_id.empty()) return fromUtf8(row.own_id);
    return fromUtf8(to_hex(row.id));
}

QString runTime(const TraceRow& row, qint64 nowMs) {
    if (row.start == kNoTime) return fromUtf8(kUnknown);
    const QDateTime start = QDateTime::fromMSecsSinceEpoch(row.start / kMillisecond);
    const QDateTime today = QDateTime::fromMSecsSinceEpoch(nowMs);
    if (start.date() == today.date()) return QLocale::c().toString(start, QStringLiteral("HH:mm"));
    if (start.date().year() == today.date().year())
        return QLocale::c().toString(start, QStringLiteral("d MMM HH:mm"));
    return QLocale::c().toString(start, QStringLiteral("d MMM yyyy"));
}

std::optional<DurationNs> runDuration(const TraceRow& row) {
    return between(row.start, row.end);
}

std::optional<std::int64_t> runTokens(const TraceRow& row) {
    if (!row.input_tokens && !row.output_tokens) return {};
    return row.input_tokens.value_or(0) + row.output_tokens.value_or(0);
}

QString runSentence(const TraceRow& row) {
    QStringList parts{runName(row)};
    if (!row.detail.empty()) parts << fromUtf8(row.detail);
    if (const auto state = stateText(row); !state.isEmpty()) parts << state;
    parts << fromUtf8(format_duration(runDuration(row)));
    if (row.errors > 0)
        parts << plural(row.errors, TraceListModel::tr("error"), TraceListModel::tr("errors"));
    if (row.silent_failures > 0)
        parts << plural(row.silent_failures, TraceListModel::tr("silent failure"),
                        TraceListModel::tr("silent failures"));
    if (const auto found = row.findings.troubles(); found > 0)
        parts << plural(found, TraceListModel::tr("finding"), TraceListModel::tr("findings"));
    if (row.thumb == Thumb::up) parts << TraceListModel::tr("thumbs up");
    if (row.thumb == Thumb::down) parts << TraceListModel::tr("thumbs down");
    return parts.join(QStringLiteral(", "));
}

TraceListModel::TraceListModel(TraceStore& traces, QObject* parent)
    : QAbstractTableModel(parent)
    , m_traces(traces) {
    m_refresh.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, &TraceListModel::refresh);
}

int TraceListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TraceListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant TraceListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const TraceRow& row = traceRow(index.row());
    switch (role) {
    case Qt::DisplayRole: return cellText(row, index.column());
    case Qt::ToolTipRole: return toolTip(row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter |
            (index.column() == Name || index.column() == State ? Qt::AlignLeft : Qt::AlignRight)));
    case Qt::AccessibleTextRole:
        return index.column() == Name
                   ? runSentence(row)
                   : headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString() +
                         QLatin1Char(' ') + cellText(row, index.column());
    default: return {};
    }
}

QVariant TraceListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumns) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (section == Name || section == State ? Qt::AlignLeft : Qt::AlignRight)));
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name: return tr("Run");
    case Start: return tr("Start");
    case Duration: return tr("Duration");
    case Spans: return tr("Spans");
    case LlmCalls: return tr("LLM calls");
    case ToolCalls: return tr("Tool calls");
    case Errors: return tr("Errors");
    case Tokens: return tr("Tokens");
    case Cost: return tr("Cost");
    case State: return tr("Status");
    case Judged: return tr("Thumb");
    default: return {};
    }
}

QString TraceListModel::cellText(const TraceRow& row, int column) const {
    switch (column) {
    case Name: return runName(row);
    case Start: return runTime(row, QDateTime::currentMSecsSinceEpoch());
    case Duration: return fromUtf8(format_duration(runDuration(row)));
    case Spans: return fromUtf8(format_count(row.spans));
    case LlmCalls: return fromUtf8(format_count(row.llm_calls));
    case ToolCalls: return fromUtf8(format_count(row.tool_calls));
    case Errors: return fromUtf8(format_count(row.errors));
    case Tokens: return fromUtf8(format_tokens(runTokens(row)));
    case Cost: return fromUtf8(format_costs(row.costs()));
    case State: return stateText(row);
    case Judged: return thumbText(row.thumb);
    default: return {};
    }
}

QString TraceListModel::toolTip(const TraceRow& row, int column) const {
    const auto exact = [](std::optional<std::int64_t> value) {
        return value ? fromUtf8(format_count(*value)) : tr("not said");
    };
    switch (column) {
    case Name: {
        QStringList lines{runName(row)};
        if (!row.detail.empty()) lines << fromUtf8(row.detail);
        if (!row.session.empty()) lines << tr("session %1").arg(fromUtf8(row.session));
        lines << tr("trace %1").arg(fromUtf8(to_hex(row.id)));
        if (row.start != kNoTime) lines << fromUtf8(iso8601(row.start));
        if (const QString found = findingsText(row); !found.isEmpty()) lines << found;
        return lines.join(QLatin1Char('\n'));
    }
    case Start: {
        if (row.start == kNoTime) return tr("The source does not say when it began.");
        QString tip = fromUtf8(iso8601(row.start));
        if (row.time_quality == TimeQuality::synthetic)
            tip += QLatin1Char('\n') + tr("The source has no times; these were laid out in order.");
        return tip;
    }
    case Duration: {
        const auto duration = runDuration(row);
        return duration ? tr("%1 ns").arg(fromUtf8(format_count(*duration))) : tr("not said");
    }
    case Tokens: {
        QString tip = tr("↑%1 in, ↓%2 out").arg(exact(row.input_tokens), exact(row.output_tokens));
        if (row.aggregate_usage)
            tip += QLatin1Char('\n') + tr("As the run states it as a whole; its calls say nothing.");
        return tip;
    }
    case Cost: {
        QStringList lines;
        if (row.reported_cost)
            lines << tr("$%1, as the source reports it").arg(to_usd(*row.reported_cost), 0, 'f', 12);
        if (row.computed_cost)
            lines << tr("$%1, computed by Clew's prices").arg(to_usd(*row.computed_cost), 0, 'f', 12);
        if (row.unpriced_calls > 0)
            lines << plural(row.unpriced_calls, tr("call unpriced"), tr("calls unpriced"));
        return lines.isEmpty() ? tr("The source reports no cost.") : lines.join(QLatin1Char('\n'));
    }
    case Errors: {
        QString tip = row.silent_failures > 0 ? tr("%1 by status, %2 silent: ok by status, not by result")
                                                    .arg(fromUtf8(format_count(row.errors)),
                                                         fromUtf8(format_count(row.silent_failures)))
                                              : tr("Spans that ended in error");
        if (const QString found = findingsText(row); !found.isEmpty()) tip += QLatin1Char('\n') + found;
        return tip;
    }
    case State: return row.running ? tr("The run's end is not known yet.") : QString();
    default: return {};
    }
}

bool TraceListModel::canFetchMore(const QModelIndex& parent) const {
    return !parent.isValid() && !m_rows.empty() && (!m_counted || static_cast<qint64>(m_rows.size()) < m_matching);
}

void TraceListModel::fetchMore(const QModelIndex& parent) {
    if (!canFetchMore(parent) || m_asker.busy()) return;
    askPage(static_cast<qint64>(m_rows.size()), kPage);
}

std::optional<TraceOrder> TraceListModel::orderOf(int column) {
    switch (column) {
    case Name: return TraceOrder::name;
    case Start: return TraceOrder::start;
    case Duration: return TraceOrder::duration;
    case Spans: return TraceOrder::spans;
    case LlmCalls: return TraceOrder::llm_calls;
    case ToolCalls: return TraceOrder::tool_calls;
    case Errors: return TraceOrder::errors;
    case Tokens: return TraceOrder::tokens;
    case Cost: return TraceOrder::cost;
    default: return {};
    }
}

void TraceListModel::sort(int column, Qt::SortOrder order) {
    if (const auto by = orderOf(column)) setOrder(*by, order == Qt::DescendingOrder);
}

void TraceListModel::setOrder(TraceOrder order, bool descending) {
    if (order == m_order && descending == m_descending) return;
    m_order = order;
    m_descending = descending;
    emit orderChanged();
    askPage(0, kPage);
}

void TraceListModel::setFilter(const QString& filter) {
    const QString wanted = filter.trimmed();
    if (wanted == m_filter || !parse_filter(wanted.toStdString())) return;
    m_filter = wanted;
    emit filterChanged(m_filter);
    askPage(0, kPage);
}

void TraceListModel::applyCommitted(const Committed&) {
    if (m_asker.busy()) {
        m_dirty = true;
        return;
    }
    if (m_refresh.isActive()) return;
    // The first rows come at once; a store whose lists take long is asked less often.
    const qint64 pause = m_rows.empty() ? 0 : std::max<qint64>(kShortestPauseMs, 4 * m_lastCost);
    m_refresh.start(static_cast<int>(std::min<qint64>(pause, 2000)));
}

void TraceListModel::refresh() {
    // Whole pages: a list that was loaded to its end stays so when runs are added.
    const auto pages = static_cast<qint64>(m_rows.size()) / kPage + 1;
    askPage(0, pages * kPage);
}

void TraceListModel::askPage(qint64 offset, qint64 limit) {
    m_refresh.stop();
    m_dirty = false;
    m_asked.start();
    TraceQuery query;
    query.filter = m_filter.toStdString();
    query.order = m_order;
    query.descending = m_descending;
    query.offset = offset;
    query.limit = limit;
    query.count_later = true;
    m_asker.ask(
        [&traces = m_traces, query](std::stop_token stop) {
            auto page = traces.traces(query, stop);
            return page ? Answer{std::move(*page), {}} : Answer{{}, page.error()};
        },
        [this, offset](Answer answer) { receive(std::move(answer), offset); });
}

void TraceListModel::receive(Answer answer, qint64 offset) {
    m_lastCost = m_asked.elapsed();
    if (answer.error) {
        if (answer.error->code != "cancelled") m_error = std::move(answer.error);
    } else {
        m_error.reset();
        m_answered = true;
        // A count that is known holds until the next: a further page says less.
        if (answer.page->counted || offset == 0) {
            m_counted = answer.page->counted;
            m_matching = answer.page->count;
        }
        m_all = answer.page->all;
        m_unindexed = answer.page->text_unindexed;
        std::vector<TraceRow> rows = std::move(answer.page->rows);
        if (offset > 0) { // a further page: what stands before it stays
            std::vector<TraceRow> whole = m_rows;
            for (auto& row : rows) {
                if (!m_index.contains(row.id)) whole.push_back(std::move(row));
            }
            rows = std::move(whole);
        }
        emit aboutToMerge();
        m_merging = true;
        merge(std::move(rows));
        m_merging = false;
    }
    emit merged();
    if (m_dirty)
        applyCommitted({});
    else if (!m_counted)
        askCount();
}

void TraceListModel::askCount() {
    TraceQuery query;
    query.filter = m_filter.toStdString();
    query.limit = 0;
    m_asker.ask(
        [&traces = m_traces, query](std::stop_token stop) {
            auto page = traces.traces(query, stop);
            return page ? Answer{std::move(*page), {}} : Answer{{}, page.error()};
        },
        [this](const Answer& answer) { receiveCount(answer); });
}

void TraceListModel::receiveCount(const Answer& answer) {
    m_lastCost = m_asked.elapsed();
    if (answer.page) {
        m_counted = true;
        m_matching = answer.page->count;
        emit countChanged();
    }
    if (m_dirty) applyCommitted({});
}

void TraceListModel::reindex() {
    m_index.clear();
    m_index.reserve(static_cast<qsizetype>(m_rows.size()));
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_index.insert(m_rows[i].id, static_cast<int>(i));
}

// Removes, moves, inserts, changes: in this order each step leaves a list that the next one can read from
// left to right.
void TraceListModel::merge(std::vector<TraceRow> rows) {
    QHash<TraceId, int> wanted;
    wanted.reserve(static_cast<qsizetype>(rows.size()));
    std::vector<TraceRow> unique;
    unique.reserve(rows.size());
    for (auto& row : rows) {
        if (wanted.contains(row.id)) continue;
        wanted.insert(row.id, static_cast<int>(unique.size()));
        unique.push_back(std::move(row));
    }
    removeMissing(wanted);
    reorder(wanted);
    insertNew(unique);

    int firstChanged = -1;
    const auto flush = [&](int end) {
        if (firstChanged >= 0) emit dataChanged(index(firstChanged, 0), index(end - 1, kColumns - 1));
        firstChanged = -1;
    };
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (sameRow(m_rows[i], unique[i])) {
            flush(static_cast<int>(i));
        } else {
            m_rows[i] = std::move(unique[i]);
            if (firstChanged < 0) firstChanged = static_cast<int>(i);
        }
    }
    flush(static_cast<int>(m_rows.size()));
    reindex();
}

void TraceListModel::removeMissing(const QHash<TraceId, int>& wanted) {
    int end = static_cast<int>(m_rows.size());
    while (end > 0) {
        if (wanted.contains(m_rows[static_cast<std::size_t>(end - 1)].id)) {
            --end;
            continue;
        }
        int begin = end - 1;
        while (begin > 0 && !wanted.contains(m_rows[static_cast<std::size_t>(begin - 1)].id))
            --begin;
        beginRemoveRows({}, begin, end - 1);
        m_rows.erase(m_rows.begin() + begin, m_rows.begin() + end);
        endRemoveRows();
        end = begin;
    }
}

void TraceListModel::reorder(const QHash<TraceId, int>& wanted) {
    const auto before = [&wanted](const TraceRow& a, const TraceRow& b) {
        return wanted.value(a.id) < wanted.value(b.id);
    };
    if (std::is_sorted(m_rows.begin(), m_rows.end(), before)) return;
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    std::vector<TraceId> ids;
    ids.reserve(static_cast<std::size_t>(old.size()));
    for (const auto& persistent : old)
        ids.push_back(traceRow(persistent.row()).id);
    std::sort(m_rows.begin(), m_rows.end(), before);
    reindex();
    QModelIndexList moved;
    moved.reserve(old.size());
    for (qsizetype i = 0; i < old.size(); ++i)
        moved.push_back(index(m_index.value(ids[static_cast<std::size_t>(i)]), old[i].column()));
    changePersistentIndexList(old, moved);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void TraceListModel::insertNew(std::vector<TraceRow>& rows) {
    for (std::size_t i = 0; i < rows.size();) {
        if (i < m_rows.size() && m_rows[i].id == rows[i].id) {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < rows.size() && !(i < m_rows.size() && rows[end].id == m_rows[i].id))
            ++end;
        beginInsertRows({}, static_cast<int>(i), static_cast<int>(end) - 1);
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(i),
                      rows.begin() + static_cast<std::ptrdiff_t>(i),
                      rows.begin() + static_cast<std::ptrdiff_t>(end));
        endInsertRows();
        i = end;
    }
}

} // namespace clew::views

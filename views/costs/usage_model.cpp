#include "views/costs/usage_model.h"

#include "model/base/numbers.h"
#include "views/costs/usage_series.h"
#include "views/costs/usage_words.h"
#include "views/text.h"

#include <algorithm>
#include <limits>

namespace clew::views {

namespace {

bool sameSums(const UsageSums& a, const UsageSums& b) {
    return a.calls == b.calls && a.errors == b.errors && a.input_tokens == b.input_tokens &&
           a.cache_read_tokens == b.cache_read_tokens && a.cache_write_tokens == b.cache_write_tokens &&
           a.output_tokens == b.output_tokens && a.costs() == b.costs();
}

// Unknown sorts below everything that is known.
double sortValue(const UsageRow& row, int column) {
    constexpr double kBelow = std::numeric_limits<double>::lowest();
    const UsageSums& sums = row.group.sums;
    const auto known = [](const std::optional<std::int64_t>& value) {
        return value ? static_cast<double>(*value) : kBelow;
    };
    switch (column) {
    case UsageModel::Runs: return static_cast<double>(row.group.runs);
    case UsageModel::Calls: return static_cast<double>(sums.calls);
    case UsageModel::TokensIn: return static_cast<double>(sums.input_tokens);
    case UsageModel::Cached:
        return sums.input_tokens > 0
                   ? static_cast<double>(sums.cache_read_tokens) / static_cast<double>(sums.input_tokens)
                   : kBelow;
    case UsageModel::TokensOut: return static_cast<double>(sums.output_tokens);
    case UsageModel::Reported: return known(sums.reported);
    case UsageModel::Computed: return known(sums.computed);
    case UsageModel::Unpriced: return static_cast<double>(sums.unpriced_calls);
    case UsageModel::Share: return row.share;
    case UsageModel::P50: return known(row.group.p50);
    case UsageModel::P95: return known(row.group.p95);
    default: return 0;
    }
}

} // namespace

bool UsageRow::operator==(const UsageRow& other) const {
    return group.key == other.group.key && group.runs == other.group.runs && group.p50 == other.group.p50 &&
           group.p95 == other.group.p95 && sameSums(group.sums, other.group.sums) && share == other.share &&
           place == other.place && unpriced == other.unpriced;
}

void UsageModel::setAnswer(const UsageAnswer& answer, UsageBy by, const QHash<QString, int>& places) {
    std::int64_t cost = 0, tokens = 0;
    for (const UsageGroup& group : answer.groups) {
        cost += usageValue(group.sums, UsageMetric::Cost);
        tokens += usageValue(group.sums, UsageMetric::Tokens);
    }
    const UsageMetric metric = cost > 0 ? UsageMetric::Cost : UsageMetric::Tokens;
    const std::int64_t whole = cost > 0 ? cost : tokens;
    if (by != m_by && rowCount() > 0)
        setRows({}); // other things altogether, though they may have equal names
    m_by = by;
    m_all.clear();
    for (const UsageGroup& group : answer.groups) {
        UsageRow row{group, 0, places.value(fromUtf8(group.key), -1), false};
        if (whole > 0)
            row.share = static_cast<double>(usageValue(group.sums, metric)) / static_cast<double>(whole);
        row.unpriced = group.sums.unpriced_calls > 0 && !group.sums.costs().known();
        m_all.push_back(std::move(row));
    }
    m_total = {};
    m_total.group.runs = answer.runs;
    m_total.group.sums = answer.sums;
    show();
}

void UsageModel::sort(int column, Qt::SortOrder order) {
    m_column = column;
    m_order = order;
    show();
    emit headerDataChanged(Qt::Horizontal, 0, kColumns - 1);
}

void UsageModel::show() {
    std::vector<UsageRow> rows = m_all;
    const bool ascending = m_order == Qt::AscendingOrder;
    if (m_column == Name) {
        std::stable_sort(rows.begin(), rows.end(), [&](const UsageRow& a, const UsageRow& b) {
            const int order = QString::compare(groupName(m_by, a.group.key), groupName(m_by, b.group.key),
                                               Qt::CaseInsensitive);
            return ascending ? order < 0 : order > 0;
        });
    } else if (m_column > 0) {
        std::stable_sort(rows.begin(), rows.end(), [&](const UsageRow& a, const UsageRow& b) {
            const double first = sortValue(a, m_column), second = sortValue(b, m_column);
            return ascending ? first < second : first > second;
        });
    }
    if (rows.size() > kMostRows) rows.resize(kMostRows);
    setRows(std::move(rows));
}

int UsageModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QString UsageModel::cellText(const UsageRow& row, int column) const {
    const UsageSums& sums = row.group.sums;
    const bool noTokens = sums.input_tokens == 0 && sums.output_tokens == 0;
    const QString unknown = fromUtf8(kUnknown);
    switch (column) {
    case Name: return groupName(m_by, row.group.key);
    case Runs: return fromUtf8(format_count(row.group.runs));
    case Calls: return fromUtf8(format_count(sums.calls));
    case TokensIn: return noTokens ? unknown : fromUtf8(format_tokens(sums.input_tokens));
    case Cached:
        return sums.input_tokens == 0 || sums.cache_read_tokens == 0
                   ? unknown
                   : percentText(static_cast<double>(sums.cache_read_tokens) /
                                 static_cast<double>(sums.input_tokens));
    case TokensOut: return noTokens ? unknown : fromUtf8(format_tokens(sums.output_tokens));
    case Reported: return fromUtf8(format_cost(sums.reported));
    case Computed: return fromUtf8(format_cost(sums.computed));
    case Unpriced: return sums.unpriced_calls == 0 ? unknown : callsText(sums.unpriced_calls);
    case P50: return fromUtf8(format_duration(row.group.p50));
    case P95: return fromUtf8(format_duration(row.group.p95));
    default: return {};
    }
}

QString UsageModel::sentenceOf(const UsageRow& row) const {
    const UsageSums& sums = row.group.sums;
    QStringList words{groupName(m_by, row.group.key), plural(row.group.runs, tr("run"), tr("runs")),
                      callsText(sums.calls)};
    if (sums.errors > 0) words << plural(sums.errors, tr("failed"), tr("failed"));
    words << tr("%1 tokens in, %2 out")
                 .arg(fromUtf8(format_count(sums.input_tokens)), fromUtf8(format_count(sums.output_tokens)));
    if (sums.cache_read_tokens > 0) words << tr("%1 of input from cache").arg(cellText(row, Cached));
    words << exactCosts(sums.costs());
    if (row.group.p50) words << tr("p50 %1, p95 %2").arg(cellText(row, P50), cellText(row, P95));
    return words.join(QStringLiteral(", "));
}

QVariant UsageModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const UsageRow& row = this->row(index.row());
    switch (role) {
    case Qt::DisplayRole: return cellText(row, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == Name ? sentenceOf(row) : cellText(row, index.column());
    case Qt::ToolTipRole: {
        QString tip = sentenceOf(row).replace(QStringLiteral(", "), QStringLiteral("\n"));
        if (index.column() == Share)
            tip += QLatin1Char('\n') + tr("%1 of the whole").arg(percentText(row.share));
        return tip;
    }
    default: return {};
    }
}

QVariant UsageModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(section == Name || section == Share ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name: return dimensionWords(m_by).title;
    case Runs: return tr("Runs");
    case Calls: return tr("Calls");
    case TokensIn: return tr("Tokens in");
    case Cached: return tr("Cached");
    case TokensOut: return tr("Tokens out");
    case Reported: return tr("Reported");
    case Computed: return tr("Computed");
    case Unpriced: return tr("Unpriced");
    case Share: return tr("Share");
    case P50: return tr("p50");
    case P95: return tr("p95");
    default: return {};
    }
}

QString UsageModel::asText(const QModelIndexList& rows) const {
    QList<int> wanted;
    for (const QModelIndex& index : rows) {
        if (!wanted.contains(index.row())) wanted << index.row();
    }
    std::sort(wanted.begin(), wanted.end());
    QStringList lines;
    const auto line = [](const auto& cell) {
        QStringList cells;
        for (int column = 0; column < kColumns; ++column) {
            if (column != Share) cells << cell(column);
        }
        return cells.join(QLatin1Char('\t'));
    };
    lines << line(
        [this](int column) { return headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(); });
    for (const int at : std::as_const(wanted))
        lines << line([&](int column) { return cellText(row(at), column); });
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

} // namespace clew::views

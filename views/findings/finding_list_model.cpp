#include "views/findings/finding_list_model.h"

#include "views/findings/trace_findings.h"
#include "views/text.h"

#include <algorithm>

namespace clew::views {

namespace {

// The same finding, whatever its figures are by now.
bool sameFinding(const Finding& a, const Finding& b) {
    return a.rule == b.rule && a.trace == b.trace && !a.spans.empty() && !b.spans.empty() &&
           a.spans.front() == b.spans.front() &&
           (a.args.empty() || b.args.empty() || a.args.front() == b.args.front());
}

} // namespace

void FindingListModel::setFindings(const std::vector<Finding>& findings) {
    const auto wanted = [&](const Finding& one) {
        return std::ranges::any_of(findings, [&](const Finding& other) { return sameFinding(one, other); });
    };
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (wanted(finding(row))) continue;
        beginRemoveRows({}, row, row);
        m_findings.erase(m_findings.begin() + row);
        endRemoveRows();
    }
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const int row = static_cast<int>(i);
        if (i < m_findings.size() && sameFinding(m_findings[i], findings[i])) {
            if (m_findings[i] == findings[i]) continue;
            m_findings[i] = findings[i];
            emit dataChanged(index(row), index(row));
            continue;
        }
        beginInsertRows({}, row, row);
        m_findings.insert(m_findings.begin() + row, findings[i]);
        endInsertRows();
    }
    if (m_findings.size() > findings.size()) { // those that stood elsewhere before
        beginRemoveRows({}, static_cast<int>(findings.size()), rowCount() - 1);
        m_findings.resize(findings.size());
        endRemoveRows();
    }
}

int FindingListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_findings.size());
}

QVariant FindingListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Finding& one = finding(index.row());
    switch (role) {
    case Qt::DisplayRole: return ruleTitle(one.rule);
    case Qt::ToolTipRole: return fromUtf8(evidence(one));
    case Qt::AccessibleTextRole: {
        QString text = QStringLiteral("%1: %2. %3")
                           .arg(severityText(one.severity), ruleTitle(one.rule), fromUtf8(evidence(one)));
        if (const QString wasted = wastedText(one.wasted); !wasted.isEmpty())
            text += QLatin1Char(' ') + tr("Wasted: %1.").arg(wasted);
        return text;
    }
    default: return {};
    }
}

} // namespace clew::views

#include "views/trace/span_rows.h"

#include <algorithm>
#include <utility>

namespace clew::views {

void SpanRows::setSnapshot(TraceSnapshotPtr snapshot) {
    std::vector<std::uint8_t> collapsed(snapshot ? snapshot->spans.size() : 0, 0);
    if (m_snapshot && snapshot) {
        for (std::size_t old = 0; old < m_collapsed.size(); ++old) {
            if (m_collapsed[old] == 0) continue;
            const std::int32_t now = snapshot->find(m_snapshot->spans[old].id);
            if (now != kNoSpan) collapsed[static_cast<std::size_t>(now)] = 1;
        }
    }
    m_snapshot = std::move(snapshot);
    m_collapsed = std::move(collapsed);
    rebuild();
}

bool SpanRows::hasChildren(std::int32_t span) const {
    return span >= 0 && m_snapshot->spans[static_cast<std::size_t>(span)].subtree > 1;
}

bool SpanRows::setCollapsed(std::int32_t span, bool collapsed) {
    if (!hasChildren(span) || isCollapsed(span) == collapsed) return false;
    m_collapsed[static_cast<std::size_t>(span)] = collapsed ? 1 : 0;
    rebuild();
    return true;
}

bool SpanRows::setSubtreeCollapsed(std::int32_t span, bool collapsed) {
    if (!hasChildren(span)) return false;
    const auto first = static_cast<std::size_t>(span);
    const std::size_t last = first + m_snapshot->spans[first].subtree;
    bool changed = false;
    for (std::size_t at = first; at < last; ++at) {
        const std::uint8_t value = collapsed && m_snapshot->spans[at].subtree > 1 ? 1 : 0;
        changed |= m_collapsed[at] != value;
        m_collapsed[at] = value;
    }
    if (changed) rebuild();
    return changed;
}

bool SpanRows::expandAll() {
    if (std::ranges::find(m_collapsed, std::uint8_t{1}) == m_collapsed.end()) return false;
    std::ranges::fill(m_collapsed, std::uint8_t{0});
    rebuild();
    return true;
}

bool SpanRows::reveal(std::int32_t span) {
    if (span < 0) return false;
    bool changed = false;
    for (std::int32_t at = m_snapshot->spans[static_cast<std::size_t>(span)].parent; at != kNoSpan;
         at = m_snapshot->spans[static_cast<std::size_t>(at)].parent) {
        changed |= isCollapsed(at);
        m_collapsed[static_cast<std::size_t>(at)] = 0;
    }
    if (changed) rebuild();
    return changed;
}

void SpanRows::rebuild() {
    ++m_version;
    m_rows.clear();
    m_rowOf.assign(m_collapsed.size(), -1);
    m_rows.reserve(m_collapsed.size());
    for (std::size_t at = 0; at < m_collapsed.size();) {
        const auto row = static_cast<std::int32_t>(m_rows.size());
        m_rows.push_back(static_cast<std::int32_t>(at));
        const std::size_t next = at + (m_collapsed[at] != 0 ? m_snapshot->spans[at].subtree : 1);
        for (; at < next; ++at)
            m_rowOf[at] = row;
    }
}

} // namespace clew::views

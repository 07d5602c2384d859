#include "views/items/attribute_model.h"

#include "model/base/text.h"
#include "views/text.h"

#include <algorithm>
#include <utility>

namespace clew::views {

namespace {

constexpr std::size_t kPreviewBytes = 400;
constexpr quintptr kGroupId = ~quintptr(0); // internal id of a group; rows carry their group's number

// A JSON value in one line; strings without their quotes.
QString previewOf(const std::string& json) {
    std::string_view text = json;
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    QString out = fromUtf8(one_line(text, kPreviewBytes));
    out.replace(QLatin1String("\\n"), QLatin1String(" "));
    out.replace(QLatin1String("\\\""), QLatin1String("\""));
    return out;
}

} // namespace

void AttributeModel::setSections(std::vector<AttributeSection> sections) {
    beginResetModel();
    m_sections = std::move(sections);
    rebuild();
    endResetModel();
}

void AttributeModel::setGroupedByPrefix(bool grouped) {
    if (grouped == m_byPrefix) return;
    beginResetModel();
    m_byPrefix = grouped;
    rebuild();
    endResetModel();
}

void AttributeModel::setFilter(const QString& text) {
    if (text == m_filter) return;
    beginResetModel();
    m_filter = text;
    rebuild();
    endResetModel();
}

void AttributeModel::rebuild() {
    m_groups.clear();
    for (const AttributeSection& section : m_sections) {
        const std::size_t first = m_groups.size();
        std::vector<Row> rows;
        for (const PlainAttribute& attribute : section.attributes) {
            const QString key = fromUtf8(attribute.key);
            const bool fits = m_filter.isEmpty() || key.contains(m_filter, Qt::CaseInsensitive) ||
                              fromUtf8(attribute.json).contains(m_filter, Qt::CaseInsensitive);
            if (fits) rows.push_back({&attribute, key, key, previewOf(attribute.json)});
        }
        std::ranges::stable_sort(rows, {}, &Row::key);
        if (!m_byPrefix) {
            if (!rows.empty()) m_groups.push_back({section.title, std::move(rows)});
            continue;
        }
        for (Row& row : rows) {
            const qsizetype dot = row.key.indexOf(QLatin1Char('.'));
            const QString prefix = dot > 0 ? row.key.left(dot) : QString();
            const QString title =
                prefix.isEmpty() ? section.title : section.title + QStringLiteral(" · ") + prefix;
            if (dot > 0) row.shown = row.key.mid(dot + 1);
            const auto from = m_groups.begin() + static_cast<std::ptrdiff_t>(first);
            auto group =
                std::find_if(from, m_groups.end(), [&](const Group& one) { return one.title == title; });
            if (group == m_groups.end()) group = m_groups.insert(m_groups.end(), Group{title, {}});
            group->rows.push_back(std::move(row));
        }
    }
}

int AttributeModel::attributeCount() const {
    int count = 0;
    for (const Group& group : m_groups)
        count += static_cast<int>(group.rows.size());
    return count;
}

int AttributeModel::totalCount() const {
    int count = 0;
    for (const AttributeSection& section : m_sections)
        count += static_cast<int>(section.attributes.size());
    return count;
}

QModelIndex AttributeModel::indexOfKey(const QString& key) const {
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const auto at = std::ranges::find(m_groups[g].rows, key, &Row::key);
        if (at != m_groups[g].rows.end())
            return createIndex(static_cast<int>(at - m_groups[g].rows.begin()), Key,
                               static_cast<quintptr>(g));
    }
    return {};
}

QModelIndex AttributeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    if (!parent.isValid()) return createIndex(row, column, kGroupId);
    return createIndex(row, column, static_cast<quintptr>(parent.row()));
}

QModelIndex AttributeModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == kGroupId) return {};
    return createIndex(static_cast<int>(child.internalId()), 0, kGroupId);
}

int AttributeModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(m_groups.size());
    if (parent.internalId() != kGroupId || parent.column() != 0) return 0;
    return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].rows.size());
}

int AttributeModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QVariant AttributeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (index.internalId() == kGroupId) {
        const Group& group = m_groups[static_cast<std::size_t>(index.row())];
        if (role == IsGroupRole) return true;
        if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
            return index.column() == Key ? group.title : QString::number(group.rows.size());
        return {};
    }
    const Row& row =
        m_groups[static_cast<std::size_t>(index.internalId())].rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole: return index.column() == Key ? row.shown : row.preview;
    case Qt::ToolTipRole: return index.column() == Key ? row.key : row.preview;
    case KeyRole: return row.key;
    case JsonRole: return fromUtf8(row.attribute->json);
    case IsGroupRole: return false;
    default: return {};
    }
}

QVariant AttributeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == Key ? tr("Key") : tr("Value");
}

Qt::ItemFlags AttributeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    if (index.internalId() == kGroupId) return Qt::ItemIsEnabled;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

} // namespace clew::views

// The attributes of one span as a tree of sections (span, resource, scope) or of key prefixes, filtered by
// text.
//
// Two columns: key, value in one line. Roles give the whole key and the value as JSON. Values; GUI thread.
#pragma once

#include "model/trace/span_detail.h"

#include <QAbstractItemModel>
#include <QString>

#include <vector>

namespace clew::views {

struct AttributeSection {
    QString title;
    std::vector<PlainAttribute> attributes;
};

class AttributeModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Key, Value, ColumnCount };
    enum Role { KeyRole = Qt::UserRole + 1, JsonRole, IsGroupRole };

    using QAbstractItemModel::QAbstractItemModel;

    void setSections(std::vector<AttributeSection> sections);
    // By the first part of the key ("gen_ai.request.model" under "gen_ai") instead of one list per section.
    void setGroupedByPrefix(bool grouped);
    [[nodiscard]] bool isGroupedByPrefix() const { return m_byPrefix; }
    // Rows whose key or value holds `text`, case folded.
    void setFilter(const QString& text);

    [[nodiscard]] int attributeCount() const; // of what the filter leaves
    [[nodiscard]] int totalCount() const;
    [[nodiscard]] QModelIndex indexOfKey(const QString& key) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        const PlainAttribute* attribute = nullptr;
        QString key;     // whole
        QString shown;   // without the group's prefix
        QString preview; // one line
    };
    struct Group {
        QString title;
        std::vector<Row> rows;
    };
    void rebuild();

    std::vector<AttributeSection> m_sections;
    std::vector<Group> m_groups;
    QString m_filter;
    bool m_byPrefix = false;
};

} // namespace clew::views

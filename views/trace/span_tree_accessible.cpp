#include "views/trace/span_tree_accessible.h"

#include "views/trace/span_tree_view.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

namespace clew::views {

namespace {

// One row. Lives in QAccessible's registry, which deletes it; speaks of whatever stands in the row when it is
// asked.
class RowAccessible : public QAccessibleInterface {
public:
    RowAccessible(SpanTreeView* view, int row)
        : m_view(view)
        , m_row(row) {}

    bool isValid() const override { return m_view && m_row < m_view->rows().count(); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::TreeItem; }
    void setText(QAccessible::Text, const QString&) override {}

    QString text(QAccessible::Text what) const override {
        if (!isValid()) return {};
        if (what == QAccessible::Name) return m_view->rowDescription(m_row);
        if (what == QAccessible::Value) return m_view->rowDescription(m_row).section(QStringLiteral(", "), 1);
        return {};
    }
    QRect rect() const override {
        if (!isValid()) return {};
        const QRect rect = m_view->rowRect(m_row);
        return {m_view->viewport()->mapToGlobal(rect.topLeft()), rect.size()};
    }
    QAccessible::State state() const override {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        const std::int32_t span = m_view->rows().span(m_row);
        state.selectable = state.focusable = true;
        state.selected = m_row == m_view->currentRow();
        state.focused = state.selected && m_view->hasFocus();
        state.expandable = m_view->rows().hasChildren(span);
        state.collapsed = m_view->rows().isCollapsed(span);
        state.expanded = state.expandable && !state.collapsed;
        state.offscreen = !m_view->rowRect(m_row).intersects(m_view->viewport()->rect());
        return state;
    }

private:
    QPointer<SpanTreeView> m_view;
    int m_row;
};

class TreeAccessible : public QAccessibleWidget {
public:
    explicit TreeAccessible(SpanTreeView* view)
        : QAccessibleWidget(view, QAccessible::Tree) {}
    ~TreeAccessible() override {
        for (const QAccessible::Id id : std::as_const(m_children))
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return view()->rows().count(); }
    QAccessibleInterface* child(int row) const override {
        if (row < 0 || row >= view()->rows().count()) return nullptr;
        if (const auto it = m_children.constFind(row); it != m_children.constEnd())
            return QAccessible::accessibleInterface(*it);
        auto* made = new RowAccessible(view(), row);
        m_children.insert(row, QAccessible::registerAccessibleInterface(made));
        return made;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (auto it = m_children.constBegin(); it != m_children.constEnd(); ++it)
            if (QAccessible::accessibleInterface(*it) == child) return it.key();
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        return child(view()->rowAt(view()->viewport()->mapFromGlobal(QPoint(x, y)).y()));
    }
    QAccessibleInterface* focusChild() const override { return child(view()->currentRow()); }
    QString text(QAccessible::Text what) const override {
        if (what == QAccessible::Value) return view()->rowDescription(view()->currentRow());
        return QAccessibleWidget::text(what);
    }

private:
    [[nodiscard]] SpanTreeView* view() const { return static_cast<SpanTreeView*>(widget()); }
    mutable QHash<int, QAccessible::Id> m_children;
};

QAccessibleInterface* make(const QString&, QObject* object) {
    auto* view = qobject_cast<SpanTreeView*>(object);
    return view ? new TreeAccessible(view) : nullptr;
}

} // namespace

void installSpanTreeAccessible() {
    QAccessible::installFactory(make); // a second call with the same function is ignored
}

} // namespace clew::views

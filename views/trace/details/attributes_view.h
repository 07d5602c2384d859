// The attributes tab: a searchable table over AttributeModel, and the whole value of the chosen row below it.
// GUI thread.
#pragma once

#include "views/items/attribute_model.h"
#include "views/theme/theme.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;
class QTreeView;

namespace clew::views {

class FlowPage;

class AttributesView : public QWidget {
    Q_OBJECT

public:
    AttributesView(Theme& theme, QWidget* parent = nullptr);

    // Keeps the filter, and the chosen key where the new sections have it.
    void setSections(std::vector<AttributeSection> sections);
    [[nodiscard]] AttributeModel* model() const { return m_model; }
    [[nodiscard]] QTreeView* tree() const { return m_tree; }
    void startFind();
    void copy();
    [[nodiscard]] bool settled() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showValue();
    void afterReset();
    void dress();

    Theme& m_theme;
    AttributeModel* m_model;
    QLineEdit* m_search;
    QLabel* m_count;
    QToolButton* m_group;
    QTreeView* m_tree;
    FlowPage* m_value;
    QString m_chosen;
};

} // namespace clew::views

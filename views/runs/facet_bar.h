// The chips below the filter: what it says of status, kind, agent …, and choices to change it. They are in
// step with the text, which stays the truth: a chip shows what is typed, and a choice is typed for the
// person. GUI thread.
#pragma once

#include "views/ask.h"
#include "views/theme/theme.h"

#include <QList>
#include <QWidget>

class QMenu;

namespace clew {
class TraceStore;
}

namespace clew::views {

class FacetChip;

class FacetBar : public QWidget {
    Q_OBJECT

public:
    explicit FacetBar(const Theme& theme, QWidget* parent = nullptr);
    // Values in use come from here; it outlives the bar.
    void choicesFrom(TraceStore& store) { m_store = &store; }
    // One that cannot be read leaves the chips as they are.
    void showFilter(const QString& filter);
    [[nodiscard]] FacetChip* chip(const QString& key) const;
    // The menu of a chip's choices while it is open, for tests and accessibility.
    [[nodiscard]] QMenu* menu() const { return m_menu; }

signals:
    void filterWanted(const QString& filter);
    void typingWanted(const QString& filter); // with the cursor at its end

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Facet {
        QString key;
        FacetChip* chip;
        bool fixed; // stands there when it is off, too
    };
    FacetChip* addChip(const QString& key, const QString& title, bool fixed);
    void layOut();
    void openChoices(const QString& key, FacetChip* at);
    void fillNames(const QString& key, const QString& current);
    void addChoice(const QString& key, const QString& title, const QString& term, bool chosen);
    void openMore();
    void newMenu();
    void want(const QString& key, const QString& term);

    const Theme& m_theme;
    TraceStore* m_store = nullptr;
    Asker m_asker;
    QString m_filter;
    QList<Facet> m_facets;
    FacetChip* m_time;
    FacetChip* m_more;
    QMenu* m_menu = nullptr;
};

} // namespace clew::views

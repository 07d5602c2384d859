// The button that keeps the filter under a name and lists those that were kept. It carries the name while the
// filter is one of them. Asks and writes the note book off the GUI thread. GUI thread.
#pragma once

#include "model/store/note_book.h"
#include "views/ask.h"
#include "views/runs/widgets.h"

#include <vector>

class QMenu;

namespace clew::views {

class SavedFilters : public ThemedButton {
    Q_OBJECT

public:
    explicit SavedFilters(const Theme& theme, QWidget* parent = nullptr);
    // Filters are kept there; it outlives the button, which is of no use without.
    void keepIn(NoteBook& book);
    // `readable`: only such a filter can be kept.
    void showFilter(const QString& filter, bool readable);
    void save(const QString& name);
    void forget(const QString& name);
    [[nodiscard]] const std::vector<SavedFilter>& saved() const { return m_saved; }
    [[nodiscard]] QMenu* choices() const { return m_menu; }

signals:
    void filterWanted(const QString& filter);
    void changed(); // what is kept has been read
    void failed(const clew::Error& error);

private:
    void open();
    void askName();
    void showName();
    void reload();
    template <class Change>
    void change(Change change);

    NoteBook* m_book = nullptr;
    QMenu* m_menu;
    QString m_filter;
    bool m_readable = true;
    std::vector<SavedFilter> m_saved;
    Asker m_asker;
    Asker m_writer;
};

} // namespace clew::views

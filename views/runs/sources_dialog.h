// What was imported into this store, and what each import had to note. Asks the store off the GUI thread. GUI
// thread.
#pragma once

#include "model/store/store.h"
#include "views/ask.h"
#include "views/view_context.h"

#include <QDialog>

#include <vector>

class QTreeWidget;

namespace clew::views {

class ThemedButton;
class ThemedLabel;

class SourcesDialog : public QDialog {
    Q_OBJECT

public:
    explicit SourcesDialog(ViewContext& context, QWidget* parent = nullptr);
    [[nodiscard]] QTreeWidget* sources() const { return m_sources; }
    [[nodiscard]] QTreeWidget* notes() const { return m_notes; }

public slots:
    void refresh();

signals:
    void removeWanted(clew::SourceId source, const QString& path);

private:
    void showSources(std::vector<SourceRow> rows);
    void askNotes();
    void showNotes(const std::vector<Note>& notes);
    [[nodiscard]] const SourceRow* chosen() const;

    ViewContext& m_context;
    Asker m_askSources, m_askNotes;
    std::vector<SourceRow> m_rows;
    QTreeWidget* m_sources;
    QTreeWidget* m_notes;
    ThemedLabel* m_notesTitle;
    ThemedButton* m_remove;
};

} // namespace clew::views

// “Go to anything”: commands with their keys, and runs by name, text or id. Asks the store off the GUI
// thread.
#pragma once

#include "views/ask.h"
#include "views/view_context.h"

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QListWidget;

namespace clew::app {

class CommandPalette : public QDialog {
    Q_OBJECT

public:
    CommandPalette(views::ViewContext& context, QList<QAction*> commands, QWidget* parent);
    [[nodiscard]] QLineEdit* field() const { return m_field; }
    [[nodiscard]] QListWidget* list() const { return m_list; }

signals:
    void runChosen(clew::TraceId trace, clew::SpanId span);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Found {
        std::vector<TraceRow> rows;
        Resolved id;
    };
    void search();
    void showFound(const Found& found);
    void choose();

    views::ViewContext& m_context;
    views::Asker m_asker;
    QList<QAction*> m_commands;
    QLineEdit* m_field;
    QListWidget* m_list;
};

} // namespace clew::app

// Asks what to export, how and where to; runs the export off the GUI thread and says what came of it. GUI
// thread.
#pragma once

#include "app/export/export.h"
#include "views/ask.h"
#include "views/view_context.h"

#include <QDialog>
#include <QList>
#include <QString>

class QComboBox;
class QLineEdit;
class QRadioButton;

namespace clew::views {
class MessageCard;
class ThemedButton;
class ThemedLabel;
} // namespace clew::views

namespace clew::app {

struct ExportChoice {
    QList<TraceId> selected; // runs that are selected in the list
    QString filter;          // of the list; "" = none
    qint64 filtered = 0;     // runs that the list holds
};

class ExportDialog : public QDialog {
    Q_OBJECT

public:
    enum class Scope { Judged, Selected, Filtered };

    ExportDialog(views::ViewContext& context, ExportChoice choice, const QString& folder,
                 QWidget* parent = nullptr);

    void setFormat(const QString& name);
    void setScope(Scope scope);
    void setPath(const QString& path);
    [[nodiscard]] QString resultText() const;

public slots:
    void start();

signals:
    void exported(const QString& path);
    void failed();

private:
    [[nodiscard]] Scope scope() const;
    void proposeName();
    void browse();
    void finish(const Result<ExportReport>& report, const QString& path);
    void setBusy(bool busy);

    views::ViewContext& m_context;
    views::Asker m_asker;
    ExportChoice m_choice;
    QString m_folder;
    QComboBox* m_format;
    QRadioButton* m_judged;
    QRadioButton* m_selected;
    QRadioButton* m_filtered;
    QLineEdit* m_path;
    views::ThemedLabel* m_result;
    views::MessageCard* m_error;
    views::ThemedButton* m_export;
    views::ThemedButton* m_close;
    bool m_ownName = false; // the person typed a name
};

} // namespace clew::app

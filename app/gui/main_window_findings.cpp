// What the window has of findings: the rules' dialog, turning one off, what its status says of it.

#include "app/gui/application.h"
#include "app/gui/main_window.h"
#include "app/gui/rules_dialog.h"
#include "app/gui/trace_page.h"
#include "model/analysis/findings/rule.h"
#include "views/findings/finding_rules.h"
#include "views/findings/trace_findings.h"
#include "views/runs/status_bar.h"
#include "views/runs/widgets.h"
#include "views/trace/trace_pane.h"

#include <QDialog>
#include <QVBoxLayout>

namespace clew::app {

void MainWindow::connectFindings() {
    connect(m_page->trace(), &views::TracePane::rulesWanted, this, &MainWindow::showRules);
    connect(m_page->trace(), &views::TracePane::ruleOffWanted, this, &MainWindow::turnRuleOff);
}

void MainWindow::showRules() {
    auto* dialog = new RulesDialog(m_application.theme(), m_application.rules(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::turnRuleOff(const QString& rule) {
    const QString title = views::ruleTitle(rule.toStdString());
    const views::Theme& theme = m_application.theme();
    auto* dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("turnRuleOff"));
    dialog->setWindowTitle(tr("Turn a rule off"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(theme.px(420));
    auto* what = new views::ThemedLabel(theme, views::Theme::Text::Strong, &views::Colours::text,
                                        tr("Turn “%1” off?").arg(title));
    auto* why = new views::ThemedLabel(
        theme, views::Theme::Text::Body, &views::Colours::text2,
        tr("It finds nothing any more, in any run, and what it found goes from the lists. “Findings rules…” "
           "in the menu Edit turns it on again."));
    why->setWordWrap(true);
    auto* keep = new views::ThemedButton(theme, {}, tr("Keep"));
    auto* off = new views::ThemedButton(theme, {}, tr("Turn off"));
    off->setPrimary(true);
    off->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    buttons->addWidget(keep);
    buttons->addWidget(off);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(8);
    layout->addWidget(what);
    layout->addWidget(why);
    layout->addSpacing(8);
    layout->addLayout(buttons);
    connect(keep, &QPushButton::clicked, dialog, &QDialog::reject);
    connect(off, &QPushButton::clicked, dialog, &QDialog::accept);
    connect(dialog, &QDialog::accepted, this, [this, rule, title] {
        m_application.rules().turnOff(rule.toStdString());
        m_status->say(tr("“%1” is off").arg(title));
    });
    dialog->open();
    off->setFocus();
}

} // namespace clew::app

// What the window has of findings: the rules' dialog, turning one off, what its status says of it.

#include "app/gui/application.h"
#include "app/gui/main_window.h"
#include "app/gui/rules_dialog.h"
#include "app/gui/trace_page.h"
#include "model/analysis/findings/rule.h"
#include "views/findings/finding_rules.h"
#include "views/findings/trace_findings.h"
#include "views/runs/status_bar.h"
#include "views/trace/trace_pane.h"

#include <QMessageBox>
#include <QPushButton>

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
    auto* box =
        new QMessageBox(QMessageBox::NoIcon, tr("Turn a rule off"),
                        tr("<b>Turn “%1” off?</b>").arg(title.toHtmlEscaped()), QMessageBox::NoButton, this);
    box->setInformativeText(
        tr("It finds nothing any more, in any run, and what it found goes from the lists. "
           "“Findings rules…” in the menu Edit turns it on again."));
    QPushButton* keep = box->addButton(tr("Keep"), QMessageBox::RejectRole);
    QPushButton* off = box->addButton(tr("Turn off"), QMessageBox::AcceptRole);
    box->setDefaultButton(off);
    box->setEscapeButton(keep);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this, [this, box, off, rule, title](QAbstractButton* clicked) {
        if (clicked != off) return;
        box->close();
        m_application.rules().turnOff(rule.toStdString());
        m_status->say(tr("“%1” is off").arg(title));
    });
    box->open();
}

} // namespace clew::app

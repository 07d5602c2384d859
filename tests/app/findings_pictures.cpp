// Not a test: `findings_pictures FOLDER` draws findings in the window, for looking at.
#include "app/gui/rules_dialog.h"
#include "tests/app/window_fixture.h"
#include "views/findings/findings_panel.h"
#include "views/findings/trace_findings.h"

#include <QAction>
#include <QDialog>
#include <QListView>

using namespace clew;
using clew::test::WindowFixture;

namespace {

void save(QWidget& widget, const QString& folder, const QString& name) {
    QTest::qWait(300);
    widget.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
}

void draw(const QString& folder, const QString& theme, QSize size) {
    WindowFixture f;
    f.application.setThemeChoice(theme);
    f.window->resize(size);
    if (!f.openAndWait("findings/quiet.json") || !f.openAndWait("findings/troubled.json"))
        qFatal("the fixture could not be opened");
    const QString end = QStringLiteral("-%1-%2").arg(theme).arg(size.width());
    views::TracePane& pane = *f.window->tracePage()->trace();
    static_cast<void>(QTest::qWaitFor([&] { return pane.findings()->known(); }, 10000));
    static_cast<void>(QTest::qWaitFor([&] { return f.runs().traceRow(0).findings_current; }, 10000));
    f.window->activateWindow();
    pane.toggleFindings();
    pane.nextFinding();
    QTest::keyClick(pane.findingsPanel()->list(), Qt::Key_Down);
    QTest::keyClick(pane.findingsPanel()->list(), Qt::Key_Return);
    QTest::keyClick(pane.findingsPanel()->list(), Qt::Key_Return);
    save(*f.window, folder, QStringLiteral("list") + end);
    pane.findingsPanel()->close();
    save(*f.window, folder, QStringLiteral("card") + end);
    f.window->showRules();
    auto* dialog = f.window->findChild<app::RulesDialog*>();
    save(*dialog, folder, QStringLiteral("rules") + end);
    dialog->close();
    pane.toggleFindings();
    emit pane.ruleOffWanted(QStringLiteral("loop"));
    if (auto* box = f.window->findChild<QDialog*>(QStringLiteral("turnRuleOff"))) {
        save(*box, folder, QStringLiteral("off") + end);
        box->close();
    }
    f.session().selection().selectTrace(f.runs().traceRow(1).id);
    static_cast<void>(QTest::qWaitFor([&] { return pane.findings()->known(); }, 10000));
    save(*f.window, folder, QStringLiteral("none") + end);
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral(".");
    for (const char* theme : {"light", "dark"})
        draw(folder, QLatin1String(theme), {1280, 800});
    draw(folder, QStringLiteral("light"), {1920, 1080});
    draw(folder, QStringLiteral("high-contrast"), {1280, 800});
    return 0;
}

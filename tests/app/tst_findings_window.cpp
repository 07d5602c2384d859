// Findings in the window, end to end on a temporary store: badge, list, jumps, marks, card, turning a rule
// off.
#include "app/gui/rules_dialog.h"
#include "tests/app/window_fixture.h"
#include "views/findings/finding_rules.h"
#include "views/findings/findings_panel.h"
#include "views/findings/trace_findings.h"
#include "views/live/switch.h"
#include "views/runs/widgets.h"
#include "views/trace/details/flow_view.h"
#include "views/trace/trace_header.h"

#include <QAction>
#include <QDoubleSpinBox>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>

#include <set>

using namespace clew;
using namespace clew::app;
using clew::test::WindowFixture;

namespace {

constexpr const char* kTroubled = "findings/troubled.json";

views::TracePane& pane(WindowFixture& f) {
    return *f.window->tracePage()->trace();
}

bool openTroubled(WindowFixture& f) {
    return f.openAndWait(kTroubled) &&
           QTest::qWaitFor([&] { return pane(f).findings()->known() && !pane(f).findings()->busy(); }, 10000);
}

std::set<std::string> rulesOf(WindowFixture& f) {
    std::set<std::string> out;
    for (const Finding& finding : *pane(f).findings()->findings())
        out.insert(finding.rule);
    return out;
}

} // namespace

class TestFindingsWindow : public QObject {
    Q_OBJECT

private slots:
    void theListAndTheBadgeAgree() {
        WindowFixture f;
        QVERIFY(openTroubled(f));
        QVERIFY(rulesOf(f).contains("loop"));
        const FindingCounts counts = pane(f).findings()->counts();
        QVERIFY(counts.troubles() > 0);
        // The background pass brings the same into the list of runs.
        QTRY_VERIFY_WITH_TIMEOUT(f.runs().traceRow(0).findings_current, 15000);
        QVERIFY(f.runs().traceRow(0).findings == counts);
        QVERIFY(views::runSentence(f.runs().traceRow(0)).contains(QStringLiteral("finding")));
        f.window->filterBar()->setFilter(QStringLiteral("finding:loop"));
        QTRY_COMPARE(f.runs().matching(), 1);
        f.window->filterBar()->setFilter(QStringLiteral("finding:none"));
        QTRY_COMPARE(f.runs().matching(), 0);
    }

    void keysStepThroughThem() {
        WindowFixture f;
        QVERIFY(openTroubled(f));
        const auto& all = *pane(f).findings()->findings();
        const views::FindingsPanel& panel = *pane(f).findingsPanel();
        QVERIFY(!panel.isVisible());
        f.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(f.window));
        pane(f).tree()->setFocus();
        QTest::keyClick(pane(f).tree(), Qt::Key_G);
        QTRY_VERIFY(panel.isVisible());
        QCOMPARE(f.session().selection().span(), all[0].spans[0]);
        QCOMPARE(pane(f).tree()->currentSpan(), all[0].spans[0]);
        QTest::keyClick(pane(f).tree(), Qt::Key_G);
        QCOMPARE(f.session().selection().span(), all[1].spans[0]);
        QTest::keyClick(pane(f).tree(), Qt::Key_G, Qt::ShiftModifier);
        QCOMPARE(f.session().selection().span(), all[0].spans[0]);
        QTest::keyClick(pane(f).tree(), Qt::Key_G, Qt::ShiftModifier); // round and round
        QCOMPARE(f.session().selection().span(), all.back().spans[0]);
        QTest::keyClick(pane(f).tree(), Qt::Key_Escape);
        QVERIFY(!panel.isVisible());
    }

    void theButtonOpensTheList() {
        WindowFixture f;
        QVERIFY(openTroubled(f));
        views::ThemedButton* button = pane(f).header()->findingsButton();
        QVERIFY(button->isVisible());
        QVERIFY(button->text().contains(QString::number(pane(f).findings()->counts().troubles())));
        button->click();
        views::FindingsPanel& panel = *pane(f).findingsPanel();
        QVERIFY(panel.isVisible());
        QCOMPARE(panel.model().rowCount(), static_cast<int>(pane(f).findings()->findings()->size()));
        // Several spans: Enter goes from one to the next.
        int row = 0;
        while (panel.model().finding(row).spans.size() < 2)
            ++row;
        const std::vector<SpanId> spans = panel.model().finding(row).spans;
        panel.list()->setCurrentIndex(panel.model().index(row));
        QTest::keyClick(panel.list(), Qt::Key_Return);
        QCOMPARE(f.session().selection().span(), spans[0]);
        QTest::keyClick(panel.list(), Qt::Key_Return);
        QCOMPARE(f.session().selection().span(), spans[1]);
        QTest::keyClick(panel.list(), Qt::Key_Escape);
        QVERIFY(!panel.isVisible());
        QVERIFY(pane(f).tree()->hasFocus() || !f.window->isActiveWindow());
    }

    void marksAndCardsSayWhatTheListSays() {
        WindowFixture f;
        QVERIFY(openTroubled(f));
        const auto marks = pane(f).findings()->marks();
        const Finding* loop = nullptr;
        for (const Finding& finding : *pane(f).findings()->findings())
            if (finding.rule == "loop") loop = &finding;
        QVERIFY(loop);
        for (const SpanId span : loop->spans)
            QVERIFY(marks.contains(span));
        pane(f).selectSpan(loop->spans[1]);
        const int row = pane(f).tree()->currentRow();
        QVERIFY(pane(f).tree()->rowDescription(row).contains(QStringLiteral("Loop")));
        QTRY_VERIFY(f.window->tracePage()->details()->settled());
        const auto said = [&] {
            QString all;
            for (const auto* view : f.window->tracePage()->details()->findChildren<views::FlowView*>())
                if (view->isVisible()) all += view->plainText();
            return all;
        };
        QTRY_VERIFY(said().contains(QStringLiteral("equal arguments")));
    }

    void aRuleIsTurnedOffFromTheList() {
        WindowFixture f;
        QVERIFY(openTroubled(f));
        views::FindingsPanel& panel = *pane(f).findingsPanel();
        pane(f).toggleFindings();
        int row = 0;
        while (panel.model().finding(row).rule != "loop")
            ++row;
        panel.list()->setCurrentIndex(panel.model().index(row));
        QVERIFY(panel.offButton()->isVisible());
        panel.offButton()->click();
        auto* dialog = f.window->findChild<QDialog*>(QStringLiteral("turnRuleOff"));
        QVERIFY(dialog);
        QVERIFY(!f.application.rules().settings().is_off("loop")); // it is asked first
        dialog->accept();
        QVERIFY(f.application.rules().settings().is_off("loop"));
        QTRY_VERIFY(!rulesOf(f).contains("loop"));
        QVERIFY(panel.model().rowCount() > 0);
        // Counts in the list follow.
        QTRY_VERIFY_WITH_TIMEOUT(f.runs().traceRow(0).findings == pane(f).findings()->counts(), 15000);
    }

    void theDialogListsAndKeepsThem() {
        WindowFixture f;
        QVERIFY(openTroubled(f));
        QVERIFY(f.window->action("findings.rules"));
        f.window->action("findings.rules")->trigger();
        auto* dialog = f.window->findChild<RulesDialog*>();
        QVERIFY(dialog);
        for (const Rule& rule : finding_rules()) {
            QVERIFY(dialog->switchOf(rule.id));
            QVERIFY(dialog->switchOf(rule.id)->isChecked());
            QVERIFY(!dialog->switchOf(rule.id)->accessibleName().isEmpty());
        }
        dialog->switchOf("idle_gap")->setChecked(false);
        QVERIFY(!dialog->fieldOf("idle_gap")->isEnabled());
        dialog->fieldOf("loop_calls")->setValue(50);
        QVERIFY(f.application.rules().settings() == RuleSettings{}); // not before Save
        for (auto* button : dialog->findChildren<QPushButton*>())
            if (button->isDefault()) button->click();
        QVERIFY(f.application.rules().settings().is_off("idle_gap"));
        QCOMPARE(f.application.rules().settings().thresholds.loop_calls, 50);
        QTRY_VERIFY(!rulesOf(f).contains("loop"));
    }

    void aRunWithoutFindingsSaysSo() {
        WindowFixture f;
        QVERIFY(f.openAndWait("findings/quiet.json"));
        QTRY_VERIFY(pane(f).findings()->known());
        QCOMPARE(rulesOf(f).size(), std::size_t{0});
        pane(f).toggleFindings();
        QVERIFY(pane(f).findingsPanel()->message().contains(QStringLiteral("nothing")));
        QCOMPARE(pane(f).header()->findingsButton()->text(), QStringLiteral("Findings"));
    }

    void choicesSurviveNewerFindings() {
        views::FindingListModel model;
        const auto finding = [](const char* rule, std::uint64_t span) {
            return Finding{rule, Severity::warning, {1, 1}, {{span}}, {"x"}, {}};
        };
        model.setFindings({finding("loop", 1), finding("idle_gap", 2), finding("unpriced", 3)});
        const QPersistentModelIndex chosen(model.index(1));
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setFindings({finding("retry_storm", 9), finding("idle_gap", 2)});
        QCOMPARE(resets.count(), 0);
        QVERIFY(chosen.isValid());
        QCOMPARE(chosen.row(), 1);
        QCOMPARE(model.rowCount(), 2);
        model.setFindings({});
        QVERIFY(!chosen.isValid());
    }
};

QTEST_MAIN(TestFindingsWindow)
#include "tst_findings_window.moc"

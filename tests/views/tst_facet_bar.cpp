#include "tests/support/fake_runs.h"
#include "tests/support/memory_store.h"
#include "views/runs/facet_bar.h"
#include "views/runs/facet_chip.h"
#include "views/runs/saved_filters.h"

#include <QMenu>
#include <QSignalSpy>
#include <QTest>

using namespace clew;
using namespace clew::test;
using namespace clew::views;

class TestFacetBar : public QObject {
    Q_OBJECT

private:
    static QAction* choice(const FacetBar& bar, const QString& text) {
        for (QAction* action : bar.menu()->actions())
            if (action->text().section(QLatin1Char('\t'), 0, 0) == text) return action;
        return nullptr;
    }

private slots:
    void chipsSayWhatIsTyped() {
        const Theme theme;
        FacetBar bar(theme);
        bar.resize(1400, bar.height());
        bar.showFilter(
            QStringLiteral("status:error and not agent:eval-bot duration>10s has(tool:search status:error)"));
        QCOMPARE(bar.chip("status")->value(), QStringLiteral("error"));
        QCOMPARE(bar.chip("agent")->value(), QStringLiteral("not eval-bot"));
        QCOMPARE(bar.chip("duration")->value(), QStringLiteral("more than 10 s"));
        QVERIFY(bar.chip("has")->isVisibleTo(&bar));
        QCOMPARE(bar.chip("model")->value(), QString());
        QCOMPARE(bar.chip("agent")->accessibleName(), QStringLiteral("Agent: not eval-bot"));
        // What cannot be read changes nothing; what is gone is off again.
        bar.showFilter(QStringLiteral("status:"));
        QCOMPARE(bar.chip("status")->value(), QStringLiteral("error"));
        bar.showFilter(QStringLiteral("refund"));
        QCOMPARE(bar.chip("status")->value(), QString());
        QVERIFY(!bar.chip("has")->isVisibleTo(&bar));
    }

    void takingOffKeepsTheRest() {
        const Theme theme;
        FacetBar bar(theme);
        bar.resize(1400, bar.height());
        bar.showFilter(QStringLiteral("status:error and not agent:eval-bot refund"));
        QSignalSpy wanted(&bar, &FacetBar::filterWanted);
        FacetChip* agent = bar.chip("agent");
        QTest::keyClick(agent, Qt::Key_Delete);
        QCOMPARE(wanted.takeFirst().first().toString(), QStringLiteral("status:error refund"));
        QTest::mouseClick(agent, Qt::LeftButton, {}, QPoint(agent->width() - 10, agent->height() / 2));
        QCOMPARE(wanted.size(), 1);
    }

    void choicesAreTyped() {
        const Theme theme;
        FacetBar bar(theme);
        bar.resize(1400, bar.height());
        bar.showFilter(QStringLiteral("refund status:ok"));
        QSignalSpy wanted(&bar, &FacetBar::filterWanted);
        QTest::keyClick(bar.chip("status"), Qt::Key_Return);
        QVERIFY(bar.menu());
        QVERIFY(choice(bar, QStringLiteral("ok"))->isChecked());
        choice(bar, QStringLiteral("error"))->trigger();
        QCOMPARE(wanted.takeFirst().first().toString(), QStringLiteral("refund status:error"));
        QTest::keyClick(bar.chip("start"), Qt::Key_Return);
        choice(bar, QStringLiteral("Last 7 days"))->trigger();
        QCOMPARE(wanted.takeFirst().first().toString(), QStringLiteral("refund status:ok start>-7d"));
        bar.menu()->close();
    }

    void whatDoesNotFitIsUnderMore() {
        const Theme theme;
        FacetBar bar(theme);
        bar.resize(360, bar.height());
        bar.showFilter(QStringLiteral("feedback:down"));
        QVERIFY(bar.chip("feedback")->isVisibleTo(&bar)); // what is on stays
        QVERIFY(!bar.chip("session")->isVisibleTo(&bar));
        for (const char* key : {"status", "kind", "agent", "model", "feedback"}) {
            const FacetChip* chip = bar.chip(key);
            if (chip->isVisibleTo(&bar)) QVERIFY2(chip->geometry().right() < bar.chip("start")->x(), key);
        }
    }

    void filtersAreKeptAndForgotten() {
        const Theme theme;
        MemoryNoteBook book;
        SavedFilters button(theme);
        QSignalSpy changed(&button, &SavedFilters::changed);
        button.keepIn(book);
        QVERIFY(changed.wait());
        QCOMPARE(button.text(), QStringLiteral("Saved filters"));
        button.showFilter(QStringLiteral("status:error"), true);
        QCOMPARE(button.text(), QStringLiteral("Save filter"));
        button.save(QStringLiteral(" Errors "));
        QVERIFY(changed.wait());
        QCOMPARE(button.text(), QStringLiteral("Errors"));
        QCOMPARE(button.saved().size(), std::size_t{1});
        button.showFilter({}, true);
        QSignalSpy wanted(&button, &SavedFilters::filterWanted);
        button.click();
        for (QAction* action : button.choices()->actions())
            if (action->text() == QLatin1String("Errors")) action->trigger();
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.first().first().toString(), QStringLiteral("status:error"));
        button.choices()->close();
        button.forget(QStringLiteral("Errors"));
        QVERIFY(changed.wait());
        QVERIFY(button.saved().empty());
    }
};

QTEST_MAIN(TestFacetBar)
#include "tst_facet_bar.moc"

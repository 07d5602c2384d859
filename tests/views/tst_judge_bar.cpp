#include "tests/support/memory_store.h"
#include "views/trace/details/judge_bar.h"
#include "views/trace/details/judge_parts.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace clew;
using namespace clew::views;

class JudgeBarTest : public QObject {
    Q_OBJECT

private slots:
    void init() {
        m_notes = std::make_unique<test::MemoryNoteBook>();
        m_bar = std::make_unique<JudgeBar>(*m_notes, m_theme);
        m_bar->setAuthor(QStringLiteral("ada"));
        m_bar->resize(456, 80);
        m_bar->setTarget(m_target);
        connect(m_bar.get(), &JudgeBar::judged, m_bar.get(), [this](const JudgementTarget& target) {
            m_bar->setJudgements(*m_notes->judgements(target.trace));
        });
        m_bar->show();
        m_bar->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_bar.get()));
    }
    void cleanup() {
        m_bar.reset();
        m_notes.reset();
    }

    void oneKeyJudgesAndTakesItBack() {
        const QSignalSpy judged(m_bar.get(), &JudgeBar::judged);
        QTest::keyClick(m_bar.get(), Qt::Key_N);
        QCOMPARE(m_bar->current().thumb, Thumb::down); // at once, before it is written
        QTRY_COMPARE(judged.size(), 1);
        QCOMPARE(stored().thumb, Thumb::down);
        QCOMPARE(stored().author, std::string("ada"));
        QVERIFY(stored().time != kNoTime);
        QTest::keyClick(m_bar.get(), Qt::Key_Y);
        QTRY_COMPARE(stored().thumb, Thumb::up);
        QTest::keyClick(m_bar.get(), Qt::Key_Y);
        QTRY_VERIFY(m_notes->judgements(m_target.trace)->empty());
    }
    void undoAndRedo() {
        QTest::keyClick(m_bar.get(), Qt::Key_Y);
        QTRY_COMPARE(stored().thumb, Thumb::up);
        QTRY_VERIFY(m_bar->saved());
        QTest::keyClick(m_bar.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(m_notes->judgements(m_target.trace)->empty());
        QTRY_COMPARE(m_bar->current().thumb, Thumb::none);
        QTest::keyClick(m_bar.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(m_bar->current().thumb, Thumb::up);
    }
    void labelByKeysWhileBareKeysRest() {
        QTest::keyClick(m_bar.get(), Qt::Key_L);
        auto* edit = m_bar->findChild<QLineEdit*>();
        QTRY_VERIFY(edit->hasFocus());
        QTest::keyClicks(edit, "Ny label");
        QCOMPARE(edit->text(), QStringLiteral("Ny label"));
        QCOMPARE(m_bar->current().thumb, Thumb::none); // N and Y were typed, not judged
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(stored().labels, std::vector<std::string>{"Ny label"});
        auto* chip = m_bar->findChild<Chip*>();
        QVERIFY(chip);
        QTest::keyClick(chip, Qt::Key_Delete);
        QTRY_VERIFY(m_notes->judgements(m_target.trace)->empty());
    }
    void scoreAndNote() {
        QTest::keyClick(m_bar.get(), Qt::Key_I);
        auto* edit = m_bar->findChild<QLineEdit*>();
        QTRY_VERIFY(edit->hasFocus());
        QTest::keyClicks(edit, "high");
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(!m_bar->errorText().isEmpty()); // no number: said, and the entry stays
        QVERIFY(edit->isVisible());
        edit->setText(QStringLiteral("accuracy = 0.8"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(stored().scores.size(), std::size_t(1));
        QCOMPARE(stored().scores[0].first, std::string("accuracy"));
        QCOMPARE(stored().scores[0].second, 0.8);
        QTest::keyClick(m_bar.get(), Qt::Key_C);
        QTRY_VERIFY(edit->hasFocus());
        edit->setText(QStringLiteral("Should stop."));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(stored().comment, std::string("Should stop."));
        QCOMPARE(stored().scores.size(), std::size_t(1));
    }
    void aFailedWriteIsSaidAndKept() {
        m_notes->set_failure(Error{"store.busy", {}, ""});
        QTest::keyClick(m_bar.get(), Qt::Key_N);
        QTRY_VERIFY(!m_bar->errorText().isEmpty());
        QCOMPARE(m_bar->current().thumb, Thumb::down);
        QVERIFY(!m_bar->saved());
        m_bar->setJudgements({}); // a reload must not lose it
        QCOMPARE(m_bar->current().thumb, Thumb::down);
        m_notes->set_failure({});
        m_bar->retry();
        QTRY_COMPARE(stored().thumb, Thumb::down);
        QTRY_VERIFY(m_bar->saved());
        QVERIFY(m_bar->errorText().isEmpty());
    }
    void whatIsBeingWrittenSurvivesChangingTheTarget() {
        m_notes->set_delay(std::chrono::milliseconds(60));
        QTest::keyClick(m_bar.get(), Qt::Key_N);
        m_bar->setTarget({m_target.trace, {}});
        QCOMPARE(m_bar->current().thumb, Thumb::none);
        m_bar->setTarget(m_target);
        QCOMPARE(m_bar->current().thumb, Thumb::down);
        QTRY_VERIFY(m_bar->saved());
        QCOMPARE(stored().thumb, Thumb::down);
    }
    void nothingIsJudgedWithoutATarget() {
        m_bar->setTarget({});
        QTest::keyClick(m_bar.get(), Qt::Key_N);
        QVERIFY(m_bar->saved());
        QVERIFY(m_notes->all_judgements()->empty());
    }
    void everyButtonHasAName() {
        for (const QAbstractButton* button : m_bar->findChildren<QAbstractButton*>())
            QVERIFY(!button->accessibleName().isEmpty() || !button->text().isEmpty());
    }

private:
    Judgement stored() const {
        const auto all = *m_notes->judgements(m_target.trace);
        return all.empty() ? Judgement{} : all.front();
    }

    Theme m_theme;
    JudgementTarget m_target{test::trace_id(1), test::span_id(2)};
    std::unique_ptr<test::MemoryNoteBook> m_notes;
    std::unique_ptr<JudgeBar> m_bar;
};

QTEST_MAIN(JudgeBarTest)
#include "tst_judge_bar.moc"

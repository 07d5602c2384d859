#include "model/trace/dialects/messages.h"
#include "tests/views/details_samples.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/details/flow_page.h"
#include "views/trace/details/flow_view.h"
#include "views/trace/details/inline_image.h"
#include "views/trace/details/json_text.h"
#include "views/trace/details/judge_bar.h"
#include "views/trace/details/markdown_text.h"
#include "views/trace/details/messages_document.h"
#include "views/trace/details/span_documents.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>

using namespace clew;
using namespace clew::views;

class DetailsPaneTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void init() {
        m_pane = std::make_unique<DetailsPane>(m_context);
        m_pane->setAuthor(QStringLiteral("ada"));
        m_pane->resize(456, 742);
        m_pane->show();
        m_pane->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_pane.get()));
        m_pane->setSnapshot(m_sample.snapshot);
    }
    void cleanup() { m_pane.reset(); }

    void showsTheConversation() {
        show(test::kSecondCall);
        QCOMPARE(m_pane->tab(), DetailsPane::Tab::Messages);
        const QString text = view()->plainText();
        QVERIFY(text.contains(QStringLiteral("Order 48213: refund $184.50")));
        QVERIFY(text.contains(QStringLiteral("score_transaction")));
        QVERIFY(text.contains(QStringLiteral("Silent failure")));
        QVERIFY(text.contains(QStringLiteral("Result · new"))); // the call before had no answer to it
        QVERIFY(text.contains(QStringLiteral("850\u00A0ms")));  // of the tool span with the same call id
        QVERIFY(text.contains(QStringLiteral("this call")));
        QVERIFY(text.contains(QStringLiteral("319\u00A0tok")));
        QVERIFY(text.contains(QStringLiteral("The answer rests on a result that says it failed")));
        QVERIFY(!text.contains(QStringLiteral("say why in two sentences"))); // folded
    }
    void unfoldsAndKeepsTheRest() {
        show(test::kSecondCall);
        const QRectF row = view()->visibleRect(QStringLiteral("m0"));
        QVERIFY(!row.isEmpty());
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, row.center().toPoint());
        QTRY_VERIFY(view()->plainText().contains(QStringLiteral("say why in two sentences")));
        QTRY_VERIFY(m_pane->settled());
        m_pane->reload();
        QTRY_VERIFY(m_pane->settled());
        QVERIFY(view()->plainText().contains(QStringLiteral("say why in two sentences")));
    }
    void aToolCardLeadsToItsSpan() {
        show(test::kSecondCall);
        const QString action = QStringLiteral("span:000000000000000") + QString::number(test::kListTool, 16);
        const QRectF head = view()->visibleRect(action);
        QVERIFY(!head.isEmpty());
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, head.center().toPoint());
        QCOMPARE(m_selection.span(), test::span_id(test::kListTool));
    }
    void tabsWithoutContentSayWhy() {
        m_pane->setTab(DetailsPane::Tab::Messages);
        show(test::kFailedTool);
        auto* tabs = m_pane->findChild<QTabBar*>();
        QVERIFY(!tabs->isTabEnabled(0));
        QVERIFY(!tabs->tabToolTip(0).isEmpty());
        QCOMPARE(m_pane->tab(), DetailsPane::Tab::InputOutput);
        QVERIFY(view()->plainText().contains(QStringLiteral("504 upstream timeout")));
        show(test::kSecondCall); // the tab that was chosen comes back
        QCOMPARE(m_pane->tab(), DetailsPane::Tab::Messages);
    }
    void missingContentIsSaid() {
        show(test::kNoContent);
        QVERIFY(view()->plainText().contains(QStringLiteral("Content capture was off in this client")));
    }
    void aFailureShowsItsEvent() {
        m_pane->setTab(DetailsPane::Tab::InputOutput);
        show(test::kFailedTool);
        const QRectF link = view()->visibleRect(QStringLiteral("tab:events"));
        QVERIFY(!link.isEmpty());
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, link.center().toPoint());
        QCOMPARE(m_pane->tab(), DetailsPane::Tab::Events);
        QTRY_VERIFY(view()->plainText().contains(QStringLiteral("requests.exceptions.ReadTimeout")));
        m_pane->setTab(DetailsPane::Tab::Messages);
    }
    void linksLeadToOtherTraces() {
        m_pane->setTab(DetailsPane::Tab::Events);
        show(test::kSecondCall);
        const QRectF link =
            view()->visibleRect(QStringLiteral("link:00000000000000010000000000000002/00000000000000ab"));
        QVERIFY(!link.isEmpty());
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, link.center().toPoint());
        QCOMPARE(m_selection.trace(), (TraceId{1, 2}));
        m_selection.selectTrace({}, {});
        m_pane->setTab(DetailsPane::Tab::Messages);
    }
    void judgesTheSpanOrTheTrace() {
        show(test::kSecondCall);
        QCOMPARE(m_pane->judgeBar()->target(),
                 (JudgementTarget{m_sample.trace, test::span_id(test::kSecondCall)}));
        const QSignalSpy judged(m_pane.get(), &DetailsPane::judged);
        QTest::keyClick(m_pane.get(), Qt::Key_N);
        QTRY_COMPARE(judged.size(), 1);
        m_pane->setTab(DetailsPane::Tab::Feedback);
        QTRY_VERIFY(m_pane->settled() && view()->plainText().contains(QStringLiteral("this span")));
        QVERIFY(view()->plainText().contains(QStringLiteral("groundedness"))); // came with the data
        m_pane->setTab(DetailsPane::Tab::Messages);
        show(test::kAgentSpan);
        QCOMPARE(m_pane->judgeBar()->target(), (JudgementTarget{m_sample.trace, {}}));
    }
    void longConversationsAndTextsStayFast() {
        QElapsedTimer timer;
        timer.start();
        show(test::kLongCall);
        QVERIFY(view()->laidBlocks() < 200);
        QVERIFY(view()->plainText().contains(QStringLiteral("earlier messages")));
        QVERIFY(view()->plainText().contains(QStringLiteral("Show all")));
        QVERIFY2(view()->plainText().size() < 40'000, "long text is folded");
    }
    void findOpensWhatIsFolded() {
        show(test::kLongCall);
        QTest::keyClick(m_pane.get(), Qt::Key_F, Qt::ControlModifier);
        auto* edit = page()->findChild<QLineEdit*>();
        QTRY_VERIFY(edit->hasFocus());
        edit->setText(QStringLiteral("worker 19999"));
        QTRY_COMPARE_WITH_TIMEOUT(view()->currentHit(), 0, 20'000);
        QVERIFY(view()->laidBlocks() < 1000);
        QTest::keyClick(edit, Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->settled() && view()->plainText().size() < 40'000, 20'000);
    }
    void oneLineOfMegabytes() {
        m_pane->setTab(DetailsPane::Tab::Raw);
        show(test::kHugeTool);
        QVERIFY(view()->document().blocks.size() > 100);
        QVERIFY(view()->laidBlocks() < 100);
        view()->verticalScrollBar()->setValue(view()->verticalScrollBar()->maximum());
        QCOMPARE(view()->verticalScrollBar()->value(), view()->verticalScrollBar()->maximum());
        m_pane->setTab(DetailsPane::Tab::Messages);
    }
    void textIsSelectedAndCopied() {
        show(test::kSecondCall);
        view()->selectAll();
        view()->copy();
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY(text.contains(QStringLiteral("The risk is low: the score raised no flag")));
        QVERIFY(text.contains(QStringLiteral("User\n")));
    }
    void tabReachesEveryLink() {
        show(test::kSecondCall);
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Tab);
        QTest::keyClick(view(), Qt::Key_Return); // the first: the folded system text
        QTRY_VERIFY(view()->plainText().contains(QStringLiteral("say why in two sentences")));
    }
    void anAnswerThatComesLateIsDropped() {
        m_sample.store.set_delay(std::chrono::milliseconds(80));
        m_pane->showSpan(m_sample.trace, test::span_id(test::kFailedTool));
        m_pane->showSpan(m_sample.trace, test::span_id(test::kNoContent));
        m_sample.store.set_delay({});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->settled(), 10'000);
        QVERIFY(view()->plainText().contains(QStringLiteral("Content capture was off")));
    }
    void anErrorIsSaid() {
        m_sample.store.set_failure(Error{"trace.unknown", {"abc"}, ""});
        m_pane->showSpan(m_sample.trace, test::span_id(test::kSecondCall));
        QTRY_VERIFY(m_pane->settled() && view()->plainText().contains(QStringLiteral("could not be read")));
        m_sample.store.set_failure({});
        m_pane->showSpan({}, {});
        QTRY_VERIFY(m_pane->settled() && view()->plainText().contains(QStringLiteral("Nothing is selected")));
    }

    void jsonIsShownAsWritten() {
        QCOMPARE(jsonText("{\"a\":184.50,\"b\":[]}", 40)->text, QStringLiteral("{\"a\": 184.50, \"b\": []}"));
        QCOMPARE(jsonText("{\"a\":184.50,\"b\":[]}", 12)->text,
                 QStringLiteral("{\"a\": 184.50,\n \"b\": []}"));
        QCOMPARE(jsonText("\"\\u65e5\\n\"", 40)->text, QStringLiteral("\"日\\n\""));
        for (const char* bad : {"", "{", "{\"a\"}", "[1,]", "tru", "{\"a\":1}}", "\"", "[1 2]"})
            QVERIFY2(!jsonText(bad, 40), bad);
        const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
        QVERIFY(jsonText(deep, 40));
        QCOMPARE(jsonString("\"a\\\"b\\u00e9\"").value_or(QString()), QStringLiteral("a\"bé"));
    }
    void markdownIsLinear() {
        const char* const source = "# Head\n\nThe **risk** is `low`\n- one\n```cpp\nint x;\n```\nend **open";
        const auto pieces = markdownPieces(QString::fromUtf8(source));
        QCOMPARE(pieces.size(), std::size_t(4));
        QCOMPARE(pieces[0].text.text, QStringLiteral("Head\n\nThe risk is low"));
        QVERIFY(pieces[1].bullet && pieces[2].code);
        QCOMPARE(pieces[3].text.text, QStringLiteral("end **open"));
        QElapsedTimer timer;
        timer.start();
        (void)markdownPieces(QString(200'000, QLatin1Char('*')));
        (void)markdownPieces(QStringLiteral("`**").repeated(100'000));
        QVERIFY(timer.elapsed() < 5'000);
    }
    void imagesAreNeverFetched() {
        QVERIFY(inlineImage("https://example.org/a.png", "image/png").image.isNull());
        QVERIFY(
            inlineImage("file:///etc/passwd", "image/png").reason.contains(QStringLiteral("not fetched")));
        QVERIFY(inlineImage("data:image/svg+xml;base64,PHN2Zy8+", "image/png").image.isNull());
        QVERIFY(!inlineImage("data:image/png;base64,AAAA", "image/png").reason.isEmpty());
    }
    void chunksLoseNothing() {
        QString text =
            QStringLiteral("é😀").repeated(5'000) + QLatin1Char('\n') + QStringLiteral("line\n").repeated(200);
        FlowText whole;
        whole.text = text;
        QString again;
        const auto pieces = chunked(whole);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            QVERIFY(pieces[i].text.size() <= kChunkCharacters);
            again += pieces[i].text;
            if (!pieces[i].continues && i + 1 < pieces.size()) again += QLatin1Char('\n');
        }
        text.chop(1);
        QCOMPARE(again, text);
    }
    void rawIsJson() {
        const auto span = m_sample.store.span(m_sample.trace, test::span_id(test::kSecondCall));
        QVERIFY(jsonText(rawJson(*span), 80));
    }

private:
    void show(std::uint64_t span) {
        m_pane->showSpan(m_sample.trace, test::span_id(span));
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->settled(), 20'000);
    }
    FlowPage* page() const {
        for (FlowPage* one : m_pane->findChildren<FlowPage*>())
            if (one->isVisible()) return one;
        return nullptr;
    }
    FlowView* view() const { return page()->view(); }

    test::Sample m_sample{1000, 8'000'000};
    Theme m_theme;
    Selection m_selection;
    ViewContext m_context{m_sample.store, m_sample.notes, m_theme, m_selection};
    std::unique_ptr<DetailsPane> m_pane;
};

QTEST_MAIN(DetailsPaneTest)
#include "tst_details_pane.moc"

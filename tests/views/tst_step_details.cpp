// Inside a step, as the details pane shows it: the bar over the messages, what was resent, where the cache
// broke.

#include "model/base/text.h"
#include "tests/views/details_samples.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/details/flow_page.h"
#include "views/trace/details/flow_view.h"
#include "views/trace/details/prompt_bar.h"
#include "views/trace/details/span_header.h"
#include "views/trace/details/step_documents.h"

#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace clew;
using namespace clew::views;

namespace {

constexpr std::uint64_t kRoot = 1, kBefore = 2, kTool = 3, kChanged = 4, kLater = 5;

using Said = std::vector<std::pair<std::string, std::string>>;

std::string chat(const Said& input, const std::string& answer) {
    const auto list = [](const Said& said) {
        std::string out = "[";
        for (const auto& [role, text] : said)
            out += (out.size() > 1 ? ",{\"role\":" : "{\"role\":") + json_string(role) +
                   ",\"content\":" + json_string(text) + "}";
        return out + "]";
    };
    return test::attributes({test::attribute("gen_ai.input.messages", list(input)),
                             test::attribute("gen_ai.output.messages", list({{"assistant", answer}}))});
}

// An agent of three calls: the second has another system prompt, the third goes on with it.
struct Run {
    TraceId trace = test::trace_id(9);
    test::MemoryTraceStore store;
    test::MemoryNoteBook notes;
    TraceSnapshotPtr snapshot;

    Run() {
        store.add(test::make_span(trace, kRoot, 0, "agent", Kind::agent, 0, 60'000));
        Said said{{"system", "Today is Monday. " + std::string(4'000, 's')}};
        for (int i = 0; i < 6; ++i) {
            said.emplace_back("user", "Question " + std::to_string(i) + std::string(400, '?'));
            said.emplace_back("assistant", "Answer " + std::to_string(i) + std::string(400, '!'));
        }
        said.emplace_back("user", "The last question");
        call(kBefore, 1'000, said, "First answer", {2'300, 1'000, 1'200, 20, {}});
        store.add(test::make_span(trace, kTool, kRoot, "search", Kind::tool, 2'000, 3'000));
        said.emplace_back("assistant", "First answer");
        said.emplace_back("user", "And now?");
        said.front().second[9] = 'S';
        call(kChanged, 6'500, said, "Second answer", {2'320, 0, 2'300, 20, {}});
        said.emplace_back("assistant", "Second answer");
        said.emplace_back("user", "Thanks.");
        call(kLater, 9'000, said, "You are welcome", {2'340, 2'300, 30, 20, {}});
        snapshot = *store.open(trace);
    }

private:
    void call(std::uint64_t id, std::int64_t at, const Said& said, const std::string& answer, Usage usage) {
        SpanDetail span = test::make_span(trace, id, kRoot, "chat", Kind::llm, at, at + 1'000);
        span.attributes = chat(said, answer);
        span.usage = usage;
        span.model = "m-1";
        span.first_token = span.start + 600 * kMillisecond;
        store.add(span);
    }
};

} // namespace

class StepDetailsTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_theme.applyTo(*qApp); }
    void init() {
        m_pane = std::make_unique<DetailsPane>(m_context);
        m_pane->resize(456, 742);
        m_pane->show();
        m_pane->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_pane.get()));
        m_pane->setSnapshot(m_run.snapshot);
    }
    void cleanup() { m_pane.reset(); }

    void what_was_resent_folds_under_one_row() {
        show(kLater);
        QVERIFY2(text().contains(QStringLiteral("15 messages resent")), qPrintable(text()));
        QVERIFY(text().contains(QStringLiteral("Thanks.")));
        QVERIFY(!text().contains(QStringLiteral("Question 1")));
        QVERIFY(text().contains(QStringLiteral("answer of the call before")));
        QVERIFY(text().contains(QStringLiteral("1 new")));
        QVERIFY(!text().contains(QStringLiteral("Cache broke")));
        click(QStringLiteral("resent/1"));
        QTRY_VERIFY(text().contains(QStringLiteral("Question 1")));
    }
    void the_break_is_marked_where_it_is() {
        show(kChanged);
        const QString shown = text();
        QVERIFY2(shown.contains(QStringLiteral("Cache broke here")), qPrintable(shown));
        QVERIFY(shown.contains(QStringLiteral("“Today is Monday.")));
        QVERIFY(shown.contains(QStringLiteral("“Today is Sonday.")));
        // Over the system prompt, below the bar and the row of the call before.
        QVERIFY(shown.indexOf(QStringLiteral("Cache broke here")) <
                    shown.indexOf(QStringLiteral("Question")) ||
                !shown.contains(QStringLiteral("Question")));
        QVERIFY(bar().noteWarns);
    }
    void a_first_call_says_nothing_of_others() {
        show(kBefore);
        QVERIFY(!text().contains(QStringLiteral("Since the call before")));
        QVERIFY(!text().contains(QStringLiteral("resent")));
        QVERIFY(text().contains(QStringLiteral("earlier messages"))); // long histories fold all the same
        QCOMPARE(bar().shares.size(), std::size_t(3));                // system, history, user
    }
    void the_call_before_is_one_click_away() {
        show(kLater);
        click(QStringLiteral("span:000000000000000") + QString::number(kChanged));
        QCOMPARE(m_selection.span(), test::span_id(kChanged));
    }
    void parts_of_the_bar_lead_to_their_first_message() {
        show(kLater);
        QVERIFY(bar().tip.contains(QStringLiteral("2,340 tokens in")));
        QCOMPARE(bar().note, QStringLiteral("98\u00A0% cached"));
        QVERIFY(view()->accessibleDescription().contains(QStringLiteral("2,340 tokens in")));
        const QString history = bar().shares[1].action; // its first message is folded: the fold opens
        QCOMPARE(bar().shares[1].label, QStringLiteral("History"));
        click(history);
        QTRY_VERIFY(text().contains(QStringLiteral("Question 0")));
        QTRY_VERIFY(view()->verticalScrollBar()->value() > 0);
    }
    void parts_of_the_bar_by_keyboard() {
        show(kLater);
        view()->setFocus();
        QTest::keyClick(view(), Qt::Key_Tab);
        QTest::keyClick(view(), Qt::Key_Tab);
        QVERIFY2(view()->accessibleDescription().startsWith(QStringLiteral("What user and assistant said")),
                 qPrintable(view()->accessibleDescription()));
        QVERIFY(view()->accessibleDescription().contains(QStringLiteral("tokens")));
        QTest::keyClick(view(), Qt::Key_Return);
        QTRY_VERIFY(text().contains(QStringLiteral("Question 0")));
    }
    void messages_are_shown_before_the_calls_before_are_read() {
        m_run.store.set_delay(std::chrono::milliseconds(120));
        m_pane->showSpan(m_run.trace, test::span_id(kLater));
        QSignalSpy loaded(m_pane.get(), &DetailsPane::loaded);
        QTRY_VERIFY_WITH_TIMEOUT(text().contains(QStringLiteral("Thanks.")), 5'000);
        QVERIFY(!text().contains(QStringLiteral("Since the call before")));
        QVERIFY(!m_pane->settled());
        QTRY_VERIFY_WITH_TIMEOUT(text().contains(QStringLiteral("Since the call before")), 5'000);
        m_run.store.set_delay({});
    }
    void a_commit_that_leaves_the_call_as_it_was_reads_no_other_again() {
        show(kLater);
        const int before = m_run.store.span_reads();
        m_pane->reload();
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->settled(), 20'000);
        QCOMPARE(m_run.store.span_reads() - before, 1);
        QVERIFY(text().contains(QStringLiteral("Since the call before")));
    }
    void a_late_answer_for_another_call_is_dropped() {
        m_run.store.set_delay(std::chrono::milliseconds(60));
        m_pane->showSpan(m_run.trace, test::span_id(kChanged));
        QTRY_VERIFY_WITH_TIMEOUT(text().contains(QStringLiteral("And now?")), 5'000);
        m_pane->showSpan(m_run.trace, test::span_id(kBefore));
        m_run.store.set_delay({});
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->settled(), 10'000);
        QVERIFY(!text().contains(QStringLiteral("Cache broke")));
    }
    void the_header_says_how_fast_and_when() {
        show(kChanged);
        const QString metrics = m_pane->findChild<SpanHeader*>()->metricsText();
        QVERIFY2(metrics.contains(QStringLiteral("first token 600\u00A0ms")), qPrintable(metrics));
        QVERIFY2(metrics.contains(QStringLiteral("50 tok/s")), qPrintable(metrics)); // 20 in 0.4 s
        QVERIFY2(metrics.contains(QStringLiteral("3.50\u00A0s gap before")), qPrintable(metrics));
    }
    void the_legend_wraps_and_the_bar_fills_the_width() {
        FlowBlock block;
        block.type = BlockType::Composition;
        for (const auto& [label, amount] :
             std::vector<std::pair<const char*, double>>{{"Not in record", 1},
                                                         {"System", 1'100},
                                                         {"Tools", 900},
                                                         {"History", 600},
                                                         {"Results", 120'000}}) {
            Share share;
            share.label = QLatin1String(label);
            share.figure = QString::number(amount);
            share.amount = amount;
            block.shares.push_back(share);
        }
        block.note = QStringLiteral("42 % cached");
        block.cached = 0.42;
        qreal before = 0;
        for (const int width : {900, 380, 200, 90}) {
            const PromptBar laid = layPromptBar(m_theme, block, 12, width - 12, 0);
            QVERIFY(laid.height >= before);
            before = laid.height;
            QCOMPARE(laid.parts.front().left(), 12.0);
            QCOMPARE(laid.parts.back().right(), width - 12.0);
            for (std::size_t i = 0; i < laid.parts.size(); ++i) {
                QVERIFY2(laid.parts[i].width() >= 1, qPrintable(QString::number(width)));
                if (i > 0) QVERIFY(laid.parts[i].left() >= laid.parts[i - 1].right());
                QVERIFY(laid.items[i].right() <= width - 12 + 0.5);
                QCOMPARE(laid.shareAt(laid.items[i].center()), static_cast<int>(i));
            }
            QVERIFY(laid.note.bottom() <= laid.height + 0.5);
        }
    }

private:
    void show(std::uint64_t span) {
        m_pane->showSpan(m_run.trace, test::span_id(span));
        QTRY_VERIFY_WITH_TIMEOUT(m_pane->settled(), 20'000);
    }
    FlowView* view() const {
        for (FlowPage* one : m_pane->findChildren<FlowPage*>())
            if (one->isVisible()) return one->view();
        return nullptr;
    }
    QString text() const { return view()->plainText(); }
    const FlowBlock& bar() const { return view()->document().blocks.front(); }
    void click(const QString& action) {
        const QRectF rect = view()->visibleRect(action);
        QVERIFY2(!rect.isEmpty(), qPrintable(action));
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, rect.center().toPoint());
    }

    Run m_run;
    Theme m_theme;
    Selection m_selection;
    ViewContext m_context{m_run.store, m_run.notes, m_theme, m_selection};
    std::unique_ptr<DetailsPane> m_pane;
};

QTEST_MAIN(StepDetailsTest)
#include "tst_step_details.moc"

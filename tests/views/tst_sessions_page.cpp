#include "tests/support/store_fixture.h"
#include "views/sessions/sessions_page.h"
#include "views/sessions/thread_document.h"
#include "views/trace/details/flow_page.h"
#include "views/trace/details/flow_view.h"

#include <QSignalSpy>
#include <QTest>

using namespace clew;
using namespace clew::test;
using namespace clew::views;

namespace {

const std::string kAsked = "[{\"key\":\"input.value\",\"value\":{\"stringValue\":\"Where is order %1?\"}},"
                           "{\"key\":\"output.value\",\"value\":{\"stringValue\":\"On its way, **%1**.\"}}]";

// Two runs of session s-1, one of s-2, one of none.
std::unique_ptr<Store> storeWithSessions() {
    auto store = temporary_store();
    static std::vector<std::string> texts;
    std::vector<Span> spans;
    const auto add = [&](std::uint64_t trace, int at, std::string_view session, bool failed) {
        Span& root =
            spans.emplace_back(span({trace, trace}, 1, 0, at * kSecond, (at + 4) * kSecond, "refund-agent"));
        root.kind = Kind::agent;
        root.session = session;
        if (failed) root.status = Status::error;
        std::string text = kAsked;
        for (std::size_t i = text.find("%1"); i != std::string::npos; i = text.find("%1"))
            text.replace(i, 2, std::to_string(trace));
        texts.push_back(std::move(text));
    };
    texts.reserve(8);
    spans.reserve(8);
    add(1, 100, "s-1", false);
    add(2, 200, "s-1", true);
    add(3, 300, "s-2", false);
    add(4, 400, "", false);
    for (std::size_t i = 0; i < spans.size(); ++i)
        spans[i].attributes = texts[texts.size() - spans.size() + i];
    import_spans(*store, head("/sessions.jsonl"), spans);
    return store;
}

} // namespace

class TestSessionsPage : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_store = storeWithSessions(); }

    void storeSumsSessions() {
        const auto page = m_store->traces().sessions({});
        QVERIFY(page);
        QCOMPARE(page->count, 2);
        QCOMPARE(page->rows[0].session, std::string("s-2")); // newest first
        QCOMPARE(page->rows[1].runs, 2);
        QCOMPARE(page->rows[1].errors, 1);
        QCOMPARE(page->rows[1].busy, 8 * kSecond);
        QCOMPARE(page->rows[1].name, std::string("refund-agent"));
        SessionQuery most;
        most.order = SessionOrder::runs;
        QCOMPARE(m_store->traces().sessions(most)->rows[0].session, std::string("s-1"));
        SessionQuery failed;
        failed.filter = "status:error";
        const auto only = m_store->traces().sessions(failed);
        QCOMPARE(only->count, 1);
        QCOMPARE(only->rows[0].runs, 1);
    }

    void threadIsInOrder() {
        const auto thread = readThread(m_store->traces(), "s-1");
        QVERIFY(thread);
        QCOMPARE(thread->turns.size(), std::size_t{2});
        QCOMPARE(thread->turns[0].question, std::string("Where is order 1?"));
        QCOMPARE(thread->turns[1].answer, std::string("On its way, **2**."));
        QCOMPARE(thread->turns[1].errors, 1);
        QCOMPARE(thread->more_runs, 0);
        QCOMPARE(readThread(m_store->traces(), "nobody")->turns.size(), std::size_t{0});
    }

    void pageShowsAndLeads() {
        Theme theme;
        Selection selection;
        ViewContext context{m_store->traces(), m_store->note_book(), theme, selection};
        SessionsPage page(context);
        page.resize(1000, 600);
        QSignalSpy read(page.thread(), &FlowPage::built);
        page.setFilter({});
        page.show();
        QVERIFY(read.wait(5000));
        QTRY_COMPARE(page.model()->rowCount(), 2);
        QCOMPARE(page.session(), QStringLiteral("s-2"));
        page.list()->setCurrentIndex(page.model()->index(1, 0));
        QTRY_VERIFY(page.thread()->view()->plainText().contains(QStringLiteral("Where is order 1?")));
        QVERIFY(page.figures().startsWith(QStringLiteral("2") + QChar(0xa0) + QStringLiteral("turns")));
        QSignalSpy wanted(&page, &SessionsPage::traceWanted);
        emit page.thread()->activated(QStringLiteral("turn:1"));
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].value<TraceId>(), (TraceId{2, 2}));
        emit page.thread()->activated(QStringLiteral("turn:99"));
        emit page.thread()->activated(QStringLiteral("turn:x"));
        QCOMPARE(wanted.size(), 1);
        // A commit changes rows, not the selection.
        page.applyCommitted();
        QTRY_COMPARE(page.session(), QStringLiteral("s-1"));
        // Where no run matches, the page says so.
        page.setFilter(QStringLiteral("agent:nobody"));
        QTRY_COMPARE(page.model()->rowCount(), 0);
    }

private:
    std::unique_ptr<Store> m_store;
};

QTEST_MAIN(TestSessionsPage)
#include "tst_sessions_page.moc"

#include "tests/support/store_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TraceId kTrace{0x11, 0x22};

Judgement judgement(Thumb thumb, std::uint64_t span = 0, std::string author = "ann") {
    Judgement j;
    j.target = {kTrace, {span}};
    j.thumb = thumb;
    j.author = std::move(author);
    return j;
}

// "author:thumb:labels:comment" of every judgement of the trace, oldest first.
QString said(Store& store) {
    const auto all = store.note_book().judgements(kTrace);
    if (!all) return QString::fromStdString(sentence(all.error()));
    QStringList out;
    for (const auto& j : *all) {
        QStringList labels;
        for (const auto& label : j.labels)
            labels << QString::fromStdString(label);
        out << QString("%1/%2:%3:%4:%5")
                   .arg(QString::fromStdString(j.author))
                   .arg(j.target.span.value)
                   .arg(static_cast<int>(j.thumb))
                   .arg(labels.join('+'), QString::fromStdString(j.comment));
    }
    return out.join(' ');
}

} // namespace

class TestNoteBook : public QObject {
    Q_OBJECT
private slots:
    void keeps_filters_by_name() {
        const auto store = temporary_store();
        auto& book = store->note_book();
        QVERIFY(book.saved_filters()->empty());
        QVERIFY(book.save_filter("Slow refunds", "duration>30s agent:refund"));
        QVERIFY(book.save_filter("Errors", "status:error"));
        QVERIFY(book.save_filter("slow refunds", "duration>60s")); // the same name
        auto saved = book.saved_filters();
        QCOMPARE(saved->size(), std::size_t{2});
        QCOMPARE(saved->front().name, std::string("Errors"));
        QCOMPARE(saved->back().name, std::string("slow refunds"));
        QCOMPARE(saved->back().filter, std::string("duration>60s"));
        QVERIFY(saved->back().time != kNoTime);
        QVERIFY(book.forget_filter("ERRORS"));
        QVERIFY(book.forget_filter("not there"));
        QCOMPARE(book.saved_filters()->size(), std::size_t{1});
    }

    void judges_and_takes_back() {
        const auto store = temporary_store();
        auto& book = store->note_book();
        auto j = judgement(Thumb::down);
        j.labels = {"wrong", "退款"};
        j.scores = {{"helpful", 0.25}, {"safe", 1}};
        j.comment = "no \"good\"";
        j.time = 42;
        QVERIFY(book.judge(j));
        const auto all = book.judgements(kTrace);
        QCOMPARE(all->size(), std::size_t{1});
        const Judgement& got = all->front();
        QVERIFY(got.target == j.target);
        QCOMPARE(got.thumb, Thumb::down);
        QCOMPARE(got.labels, j.labels);
        QVERIFY(got.scores == j.scores);
        QCOMPARE(got.comment, j.comment);
        QCOMPARE(got.author, j.author);
        QCOMPARE(got.time, TimeNs{42});
        QVERIFY(book.judge(judgement(Thumb::up)));
        QCOMPARE(said(*store), "ann/0:1::");
        QVERIFY(book.judgements(kTrace)->front().time > 42);
        QVERIFY(book.judge(judgement(Thumb::none)));
        QCOMPARE(said(*store), "");
        QVERIFY(book.judgements({5, 5})->empty());
    }

    void authors_and_spans_stand_beside_each_other() {
        const auto store = temporary_store();
        auto& book = store->note_book();
        QVERIFY(book.judge(judgement(Thumb::up)));
        QVERIFY(book.judge(judgement(Thumb::down, 0, "bob")));
        QVERIFY(book.judge(judgement(Thumb::down, 7)));
        QCOMPARE(said(*store), "ann/0:1:: bob/0:-1:: ann/7:-1::");
        QCOMPARE(book.all_judgements()->size(), std::size_t{3});
    }

    void undoes_and_redoes() {
        const auto store = temporary_store();
        auto& book = store->note_book();
        QVERIFY(!book.can_undo() && !book.can_redo());
        QVERIFY(!*book.undo() && !*book.redo());
        QVERIFY(book.judge(judgement(Thumb::up)));
        auto second = judgement(Thumb::down);
        second.comment = "changed my mind";
        QVERIFY(book.judge(second));
        QVERIFY(book.judge(judgement(Thumb::none)));
        QVERIFY(book.can_undo());
        const auto undone = book.undo();
        QVERIFY(undone && *undone && **undone == second.target);
        QCOMPARE(said(*store), "ann/0:-1::changed my mind");
        QVERIFY(book.undo());
        QCOMPARE(said(*store), "ann/0:1::");
        QVERIFY(book.undo());
        QCOMPARE(said(*store), "");
        QVERIFY(!book.can_undo() && book.can_redo());
        QVERIFY(book.redo());
        QVERIFY(book.redo());
        QCOMPARE(said(*store), "ann/0:-1::changed my mind");
        QVERIFY(book.judge(judgement(Thumb::up, 3))); // a new change ends what could be redone
        QVERIFY(!book.can_redo());
    }

    void taking_back_nothing_is_no_change() {
        const auto store = temporary_store();
        QVERIFY(store->note_book().judge(judgement(Thumb::none)));
        QVERIFY(!store->note_book().can_undo());
    }

    void labels_by_use() {
        const auto store = temporary_store();
        auto a = judgement(Thumb::up);
        a.labels = {"rare", "common"};
        auto b = judgement(Thumb::up, 2);
        b.labels = {"common"};
        QVERIFY(store->note_book().judge(a));
        QVERIFY(store->note_book().judge(b));
        QCOMPARE(*store->note_book().labels(), (std::vector<std::string>{"common", "rare"}));
    }

    void refuses_what_is_no_number() {
        const auto store = temporary_store();
        auto j = judgement(Thumb::none);
        j.scores = {{"x", std::numeric_limits<double>::quiet_NaN()}};
        QCOMPARE(error_of(store->note_book().judge(j)), std::string("judgement.bad_score"));
        QVERIFY(!store->note_book().can_undo());
    }

    void broken_text_is_kept_readable() {
        const auto store = temporary_store();
        auto j = judgement(Thumb::up);
        j.labels = {"a\xFFz"};
        QVERIFY(store->note_book().judge(j));
        QCOMPARE(store->note_book().judgements(kTrace)->front().labels.size(), std::size_t{1});
    }

    void survives_reopening_reimport_and_removal() {
        const QTemporaryDir folder;
        StoreOptions options;
        options.path = folder.filePath("s.clew").toStdString();
        const std::vector<Span> spans{span(kTrace, 1, 0, 10, 20, "root"),
                                      span(kTrace, 2, 1, 12, 15, "child")};
        {
            auto store = Store::open(options);
            QVERIFY(store);
            import_spans(**store, head("/a"), spans);
            QVERIFY((*store)->note_book().judge(judgement(Thumb::up)));
            QVERIFY((*store)->note_book().judge(judgement(Thumb::down, 2)));
            import_spans(**store, head("/a", 200), spans);
            QCOMPARE(said(**store), "ann/0:1:: ann/2:-1::");
            QVERIFY((*store)->remove_traces({kTrace}, false));
            QVERIFY((*store)->purge_removed());
            QCOMPARE(said(**store), "ann/0:1:: ann/2:-1::");
        }
        auto store = Store::open(options);
        QVERIFY(store);
        QVERIFY(!(*store)->note_book().can_undo()); // another session's
        QCOMPARE(said(**store), "ann/0:1:: ann/2:-1::");
        import_spans(**store, head("/b"), spans);
        QCOMPARE((*store)->traces().trace(kTrace)->thumb, Thumb::up);
        QVERIFY((*store)->traces().trace(kTrace)->has_span_judgements);
    }

    void tells_listeners() {
        const auto store = temporary_store();
        std::atomic<int> judged = 0;
        const int listener = store->subscribe([&](const Committed& c) {
            if (c.judged && c.traces == std::vector<TraceId>{kTrace}) ++judged;
        });
        QVERIFY(store->note_book().judge(judgement(Thumb::up)));
        QTRY_COMPARE_WITH_TIMEOUT(judged.load(), 1, 5000);
        QVERIFY(store->note_book().undo());
        QTRY_COMPARE_WITH_TIMEOUT(judged.load(), 2, 5000);
        store->unsubscribe(listener);
    }

    void several_threads_judge() {
        const auto store = temporary_store();
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&store, t] {
                    for (std::uint64_t i = 1; i <= 10; ++i) {
                        (void)store->note_book().judge(judgement(Thumb::up, i, "author" + std::to_string(t)));
                        (void)store->note_book().can_undo();
                        (void)store->note_book().judgements(kTrace);
                    }
                });
            }
        }
        QCOMPARE(store->note_book().judgements(kTrace)->size(), std::size_t{40});
        int undone = 0;
        while (*store->note_book().undo())
            ++undone;
        QCOMPARE(undone, 40);
        QCOMPARE(said(*store), "");
    }
};

QTEST_GUILESS_MAIN(TestNoteBook)
#include "tst_note_book.moc"

// The queue between requests and the store: order, shared commits, room, and what happens when the store
// fails.

#include "importers/live/intake.h"
#include "tests/support/fake_live.h"

#include <QtTest>

#include <algorithm>
#include <numeric>

using namespace clew;
using namespace clew::live;
using namespace clew::test;

namespace {

Batch batch(std::uint64_t id, std::string source = "one") {
    Batch out;
    out.source.path = std::move(source);
    Span span;
    span.trace = {1, 2};
    span.id = {id};
    out.spans.push_back(span);
    return out;
}

// What the clients were told.
class Answers {
public:
    Intake::Kept next() {
        return [this](const Result<void>& done) {
            {
                const std::scoped_lock lock(mutex_);
                ++(done ? good_ : bad_);
            }
            changed_.notify_all();
        };
    }
    bool come(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return good_ + bad_ >= count; });
    }
    std::size_t good() {
        const std::scoped_lock lock(mutex_);
        return good_;
    }
    std::size_t bad() {
        const std::scoped_lock lock(mutex_);
        return bad_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t good_ = 0, bad_ = 0;
};

std::vector<std::uint64_t> up_to(std::uint64_t last) {
    std::vector<std::uint64_t> out(last);
    std::iota(out.begin(), out.end(), 1);
    return out;
}

Intake::MakeTarget into(FakeLiveStore& store) {
    return [&store] { return store.make(); };
}

IntakeOptions of(Durability durability) {
    IntakeOptions out;
    out.durability = durability;
    out.flush_every = std::chrono::milliseconds(20);
    return out;
}

} // namespace

Q_DECLARE_METATYPE(clew::test::Failing)

class LiveIntakeTest : public QObject {
    Q_OBJECT

private slots:
    void keepsTheOrder() {
        for (const Durability durability :
             {Durability::sampled, Durability::complete, Durability::critical}) {
            FakeLiveStore store;
            Answers answers;
            {
                Intake intake(of(durability), into(store));
                for (std::uint64_t id = 1; id <= 300; ++id)
                    QVERIFY(intake.submit(batch(id), 10, answers.next()));
                QVERIFY(answers.come(300));
                intake.close();
                QCOMPARE(intake.lost(), 0u);
                QCOMPARE(intake.queued(), std::size_t{0});
            }
            QCOMPARE(answers.good(), std::size_t{300});
            QVERIFY(store.spans() == up_to(300));
            QVERIFY(store.durable() ==
                    (durability == Durability::critical ? up_to(300) : std::vector<std::uint64_t>()));
        }
    }

    void everythingOfABatchKeepsItsSource() {
        FakeLiveStore store;
        Answers answers;
        Intake intake(of(Durability::complete), into(store));
        Batch mixed = batch(1, "a");
        mixed.logs.emplace_back();
        mixed.logs.back().span = {7};
        mixed.notes.push_back({Severity::warning, "live.bad_ids", {"1"}, {}, {}, {}});
        QVERIFY(intake.submit(std::move(mixed), 10, answers.next()));
        QVERIFY(intake.submit(batch(2, "b"), 10, answers.next()));
        QVERIFY(answers.come(2));
        const std::vector<FakeLiveStore::Kept> expected = {
            {"a", 1}, {"a log", 7}, {"a live.bad_ids", 0}, {"b", 2}};
        QVERIFY(store.kept() == expected);
    }

    void requestsShareCommitsWhileTheStoreIsBusy() {
        FakeLiveStore store;
        store.hold(false, true);
        Answers answers;
        Intake intake(of(Durability::complete), into(store));
        QVERIFY(intake.submit(batch(1), 10, answers.next()));
        QVERIFY(store.asked(1));
        for (std::uint64_t id = 2; id <= 200; ++id)
            QVERIFY(intake.submit(batch(id), 10, answers.next()));
        QCOMPARE(answers.good(), std::size_t{0}); // nothing is committed, so nobody is told so
        store.hold(false, false);
        QVERIFY(answers.come(200));
        QVERIFY2(store.commits() <= 3, qPrintable(QString::number(store.commits())));
        QVERIFY(store.spans() == up_to(200));
    }

    void aFullQueueTakesNoMore() {
        FakeLiveStore store;
        store.hold(true, false);
        Answers answers;
        IntakeOptions options = of(Durability::complete);
        options.room = 4;
        Intake intake(options, into(store));
        for (std::uint64_t id = 1; id <= 4; ++id)
            QVERIFY(intake.submit(batch(id), 10, answers.next()));
        QCOMPARE(intake.queued(), std::size_t{4});
        bool called = false;
        QVERIFY(!intake.submit(batch(5), 10, [&called](const Result<void>&) { called = true; }));
        QVERIFY(!called);
        store.hold(false, false);
        QVERIFY(answers.come(4));
        QTRY_COMPARE(intake.queued(), std::size_t{0});
        QVERIFY(intake.submit(batch(5), 10, answers.next()));
        QVERIFY(answers.come(5));
        QVERIFY(store.spans() == up_to(5));
    }

    void bodiesAreBoundedToo() {
        FakeLiveStore store;
        store.hold(true, false);
        Answers answers;
        IntakeOptions options = of(Durability::complete);
        options.room_bytes = 100;
        Intake intake(options, into(store));
        QVERIFY(intake.submit(batch(1), 1000, answers.next())); // alone, any size goes
        QVERIFY(store.making(1));
        QVERIFY(intake.submit(batch(2), 60, answers.next()));
        QVERIFY(!intake.submit(batch(9), 60, answers.next()));
        QVERIFY(intake.submit(batch(3), 40, answers.next()));
        store.hold(false, false);
        QVERIFY(answers.come(3));
        QVERIFY(store.spans() == up_to(3));
    }

    void failures_data() {
        QTest::addColumn<Failing>("where");
        QTest::newRow("no target") << Failing::make;
        QTest::newRow("the source") << Failing::source;
        QTest::newRow("a record") << Failing::add;
        QTest::newRow("the commit is not taken") << Failing::ask;
        QTest::newRow("the commit fails") << Failing::commit;
    }

    void failures() {
        QFETCH(Failing, where);
        if (where == Failing::add) { // told by the commit that follows
            FakeLiveStore store;
            store.fail(where);
            FakeLiveTarget target(store);
            Span span;
            QVERIFY(!target.add(std::move(span)));
            QVERIFY(!target.ask_commit().ok());
        }
        for (const Durability durability : {Durability::complete, Durability::critical}) {
            FakeLiveStore store;
            store.fail(where);
            Answers answers;
            Intake intake(of(durability), into(store));
            QVERIFY(intake.submit(batch(1), 10, answers.next()));
            QVERIFY(answers.come(1));
            QCOMPARE(answers.bad(), std::size_t{1});
            QVERIFY(!intake.trouble().empty());
            QCOMPARE(store.spans().size(), std::size_t{0});
            store.fail(Failing::nowhere);
            QVERIFY(intake.submit(batch(1), 10, answers.next())); // the client tries again
            QVERIFY(answers.come(2));
            QCOMPARE(answers.good(), std::size_t{1});
            QVERIFY(store.spans() == up_to(1));
            QCOMPARE(intake.trouble(), std::string());
            QCOMPARE(intake.lost(), 0u);
        }
    }

    void sampledIsTriedAgain_data() { failures_data(); }

    void sampledIsTriedAgain() {
        QFETCH(Failing, where);
        FakeLiveStore store;
        store.fail(where);
        Answers answers;
        Intake intake(of(Durability::sampled), into(store));
        for (std::uint64_t id = 1; id <= 20; ++id)
            QVERIFY(intake.submit(batch(id), 10, answers.next()));
        QCOMPARE(answers.good(), std::size_t{20}); // at once
        QTRY_VERIFY_WITH_TIMEOUT(!intake.trouble().empty(), 30'000);
        QVERIFY(intake.submit(batch(21), 10, answers.next()));
        store.fail(Failing::nowhere);
        QTRY_VERIFY_WITH_TIMEOUT(store.spans().size() >= 21, 30'000);
        QVERIFY(store.spans() == up_to(21));
        QTRY_COMPARE(intake.trouble(), std::string());
        QCOMPARE(intake.lost(), 0u);
    }

    // Two groups are under way when the first one's commit fails: a running span's later word stays the
    // later.
    void twoGroupsThatFailKeepTheirOrder() {
        FakeLiveStore store;
        store.hold(false, true);
        Answers answers;
        Intake intake(of(Durability::sampled), into(store));
        QVERIFY(intake.submit(batch(1), 10, answers.next()));
        QVERIFY(store.asked(1));
        QVERIFY(intake.submit(batch(2), 10, answers.next()));
        QVERIFY(store.asked(2));
        QVERIFY(intake.submit(batch(3), 10, answers.next()));
        store.fail(Failing::commit);
        store.hold(false, false);
        QTRY_VERIFY_WITH_TIMEOUT(!intake.trouble().empty(), 30'000);
        store.fail(Failing::nowhere);
        QTRY_VERIFY_WITH_TIMEOUT(store.spans().size() >= 3, 30'000);
        QVERIFY(store.spans() == up_to(3));
    }

    void whatIsNotReadBackIsGivenBack() {
        FakeLiveStore store;
        store.fail(Failing::durable);
        Answers answers;
        Intake intake(of(Durability::critical), into(store));
        QVERIFY(intake.submit(batch(1), 10, answers.next()));
        QVERIFY(answers.come(1));
        QCOMPARE(answers.bad(), std::size_t{1});
        intake.set_durability(Durability::complete); // needs no reading back
        QVERIFY(intake.submit(batch(2), 10, answers.next()));
        QVERIFY(answers.come(2));
        QCOMPARE(answers.good(), std::size_t{1});
    }

    // What was only to be committed is done when it is, though others of the group were not read back.
    void aGroupOfTwoKinds() {
        FakeLiveStore store;
        store.hold(true, false);
        store.fail(Failing::durable);
        Answers first, second, third;
        Intake intake(of(Durability::complete), into(store));
        QVERIFY(intake.submit(batch(1), 10, first.next()));
        intake.set_durability(Durability::critical);
        QVERIFY(intake.submit(batch(2), 10, second.next()));
        intake.set_durability(Durability::complete);
        QVERIFY(intake.submit(batch(3), 10, third.next()));
        store.hold(false, false);
        QVERIFY(first.come(1) && second.come(1) && third.come(1));
        QCOMPARE(first.good(), std::size_t{1});
        QCOMPARE(second.bad(), std::size_t{1});
        QCOMPARE(third.good(), std::size_t{1});
        QTRY_COMPARE(intake.queued(), std::size_t{0});
    }

    void theEndStoresWhatIsQueued() {
        FakeLiveStore store;
        Answers answers;
        {
            IntakeOptions options = of(Durability::sampled);
            options.flush_every = std::chrono::hours(1);
            const auto intake = std::make_unique<Intake>(options, into(store));
            for (std::uint64_t id = 1; id <= 50; ++id)
                QVERIFY(intake->submit(batch(id), 10, answers.next()));
            QCOMPARE(store.spans().size(), std::size_t{0});
        }
        QVERIFY(store.spans() == up_to(50));
    }

    void sampledIsStoredEarlyWhereRoomGrowsShort() {
        FakeLiveStore store;
        Answers answers;
        IntakeOptions options = of(Durability::sampled);
        options.flush_every = std::chrono::hours(1);
        options.room = 8;
        Intake intake(options, into(store));
        QVERIFY(intake.submit(batch(1), 10, answers.next()));
        QVERIFY(intake.submit(batch(2), 10, answers.next())); // a fourth
        QTRY_VERIFY_WITH_TIMEOUT(store.spans() == up_to(2), 30'000);
    }

    void whatCannotBeStoredAtTheEndIsCounted_data() { failures_data(); }

    void whatCannotBeStoredAtTheEndIsCounted() {
        QFETCH(Failing, where);
        FakeLiveStore store;
        store.fail(where);
        Answers answers;
        Intake intake(of(Durability::sampled), into(store));
        for (std::uint64_t id = 1; id <= 30; ++id)
            QVERIFY(intake.submit(batch(id), 10, answers.next()));
        intake.close();
        QCOMPARE(intake.lost(), 30u);
        QVERIFY(!intake.submit(batch(31), 10, answers.next()));
        QCOMPARE(answers.good(), std::size_t{30});
    }

    void atTheEndEveryoneIsAnswered_data() { failures_data(); }

    void atTheEndEveryoneIsAnswered() {
        QFETCH(Failing, where);
        FakeLiveStore store;
        store.hold(true, false);
        store.fail(where);
        Answers answers;
        Intake intake(of(Durability::complete), into(store));
        for (std::uint64_t id = 1; id <= 30; ++id) // several groups
            QVERIFY(intake.submit(batch(id), std::size_t{3} << 20, answers.next()));
        std::jthread ends([&intake] { intake.close(); });
        QVERIFY(store.making(1));
        store.hold(false, false);
        ends.join();
        QCOMPARE(answers.bad(), std::size_t{30});
        QCOMPARE(answers.good(), std::size_t{0});
        QCOMPARE(intake.lost(), 0u); // nobody was told otherwise
    }

    void manyThreads() {
        FakeLiveStore store;
        Answers answers;
        Intake intake(of(Durability::complete), into(store));
        std::atomic<std::size_t> taken{0};
        {
            std::vector<std::jthread> threads;
            for (std::uint64_t thread = 0; thread < 4; ++thread)
                threads.emplace_back([&, thread] {
                    for (std::uint64_t id = 1; id <= 250; ++id)
                        taken += intake.submit(batch(thread * 250 + id), 10, answers.next()) ? 1 : 0;
                });
        }
        QVERIFY(answers.come(taken));
        QCOMPARE(taken.load(), std::size_t{1000});
        auto spans = store.spans();
        std::ranges::sort(spans);
        QVERIFY(spans == up_to(1000));
    }
};

QTEST_GUILESS_MAIN(LiveIntakeTest)
#include "tst_live_intake.moc"

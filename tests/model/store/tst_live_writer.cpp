// The store as a target of live sources: several side by side, commits on request, reading back, failures.
#include "model/store/payload/merged_payload.h"
#include "model/store/sqlite/database.h"
#include "tests/support/store_fixture.h"

#include <QTemporaryDir>

#include <atomic>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TraceId kTrace{0x1111, 0x2222};

std::unique_ptr<LiveTarget> live(Store& store) {
    auto target = store.live_target();
    return target ? std::move(target).value() : nullptr;
}

SourceHead stream(const std::string& path) {
    return head(path, 0);
}

// Adds to a source and waits for the commit.
Result<void> keep(LiveTarget& target, const std::string& source, std::vector<Span> spans) {
    if (auto used = target.use_source(stream(source)); !used) return used;
    for (Span& one : spans)
        (void)target.add(std::move(one));
    const auto ticket = target.ask_commit();
    return ticket ? target.wait_committed(*ticket) : Result<void>(ticket.error());
}

std::int64_t spans_of(Store& store, const std::string& source) {
    const auto table =
        store.traces().sql("SELECT count(*) FROM v_spans WHERE source_path = '" + source + "'");
    return table && !table->rows.empty() ? std::stoll(table->rows[0][0]) : -1;
}

Payload payload(std::string attributes, std::string events = {}, std::string links = {}) {
    Payload out;
    out.attributes = std::move(attributes);
    out.events = std::move(events);
    out.links = std::move(links);
    return out;
}

} // namespace

class LiveWriterTest : public QObject {
    Q_OBJECT

private slots:
    void sourcesSideBySide() {
        const auto store = temporary_store();
        const auto target = live(*store);
        std::uint64_t id = 1;
        for (int round = 0; round < 20; ++round)
            for (const char* source : {"a", "b", "c"}) {
                QVERIFY(target->use_source(stream(source)).ok());
                QVERIFY(target->add(span(kTrace, id, id > 3 ? 1 : 0, 10, 20)));
                ++id;
            }
        const auto ticket = target->ask_commit();
        QVERIFY(ticket.ok());
        QVERIFY(target->wait_committed(*ticket).ok());
        for (const char* source : {"a", "b", "c"})
            QCOMPARE(spans_of(*store, source), 20);
        const auto sources = store->traces().sources();
        QVERIFY(sources.ok());
        QCOMPARE(sources->size(), std::size_t{3});
        QCOMPARE(store->check().value(), std::string());
    }

    void notesAndLogsBelongToTheirSource() {
        const auto store = temporary_store();
        const auto target = live(*store);
        QVERIFY(target->use_source(stream("a")).ok());
        target->note({Severity::warning, "live.bad_ids", {"1"}, {}, {}, {}});
        QVERIFY(keep(*target, "b", {span(kTrace, 1, 0, 1, 2)}).ok());
        const auto table = store->traces().sql("SELECT source_path FROM v_notes");
        QVERIFY(table.ok());
        QCOMPARE(table->rows.size(), std::size_t{1});
        QCOMPARE(table->rows[0][0], std::string("a"));
    }

    void ticketsOfOtherThreads() {
        const auto store = temporary_store();
        const auto target = live(*store);
        QVERIFY(target->use_source(stream("a")).ok());
        std::vector<std::jthread> waiting;
        std::atomic<int> good{0};
        LiveTarget::Ticket last = 0;
        for (std::uint64_t id = 1; id <= 30; ++id) {
            QVERIFY(target->add(span(kTrace, id, 0, 1, 2)));
            const auto ticket = target->ask_commit();
            QVERIFY(ticket.ok());
            QVERIFY(*ticket > last);
            last = *ticket;
            waiting.emplace_back(
                [&target, &good, ticket = *ticket] { good += target->wait_committed(ticket).ok() ? 1 : 0; });
        }
        waiting.clear();
        QCOMPARE(good.load(), 30);
        QCOMPARE(spans_of(*store, "a"), 30);
        QVERIFY(target->wait_committed(1).ok()); // long since
    }

    void aCommitOfNothing() {
        const auto store = temporary_store();
        const auto target = live(*store);
        QVERIFY(keep(*target, "a", {}).ok());
        QVERIFY(keep(*target, "a", {}).ok());
    }

    void readsBack() {
        const auto store = temporary_store();
        const auto target = live(*store);
        QVERIFY(keep(*target, "a", {span(kTrace, 1, 0, 1, 2), span(kTrace, 2, 1, 1, 2)}).ok());
        QVERIFY(target->make_durable({{kTrace, {1}}, {kTrace, {2}}}).ok());
        QVERIFY(target->make_durable({}).ok());
        QCOMPARE(error_of(target->make_durable({{kTrace, {1}}, {kTrace, {3}}})),
                 std::string("store.not_read_back"));
        QCOMPARE(error_of(target->make_durable({{{7, 7}, {1}}})), std::string("store.not_read_back"));
    }

    void anotherTargetGoesOn() {
        const auto store = temporary_store();
        QVERIFY(keep(*live(*store), "a", {span(kTrace, 1, 0, 1, 2)}).ok());
        QVERIFY(keep(*live(*store), "a", {span(kTrace, 2, 1, 1, 2)}).ok());
        const auto first = live(*store);
        const auto second = live(*store); // while one ends its work, another begins
        QVERIFY(keep(*second, "a", {span(kTrace, 3, 1, 1, 2)}).ok());
        QVERIFY(keep(*first, "a", {span(kTrace, 4, 1, 1, 2)}).ok());
        QCOMPARE(spans_of(*store, "a"), 4);
        QCOMPARE(store->traces().sources()->size(), std::size_t{1});
    }

    void besideAnImport() {
        const auto store = temporary_store();
        const auto target = live(*store);
        QVERIFY(keep(*target, "a", {span(kTrace, 1, 0, 1, 2)}).ok());
        import_spans(*store, head("file"), {span({5, 5}, 1, 0, 1, 2)});
        QVERIFY(keep(*target, "a", {span(kTrace, 2, 1, 1, 2)}).ok());
        QCOMPARE(spans_of(*store, "a"), 2);
        QCOMPARE(spans_of(*store, "file"), 1);
    }

    void aSourceThatIsRemovedMeanwhileBeginsAnew() {
        const auto store = temporary_store();
        const auto target = live(*store);
        QVERIFY(keep(*target, "a", {span(kTrace, 1, 0, 1, 2)}).ok());
        const auto sources = store->traces().sources();
        QVERIFY(sources.ok());
        QVERIFY(store->remove_source(sources->at(0).id, false).ok());
        QCOMPARE(store->traces().sources()->size(), std::size_t{0});
        QVERIFY(keep(*target, "a", {span({3, 3}, 2, 0, 1, 2)}).ok());
        QCOMPARE(store->traces().sources()->size(), std::size_t{1});
        QCOMPARE(spans_of(*store, "a"), 1); // what is new, not what was removed
        QVERIFY(target->make_durable({{{3, 3}, {2}}}).ok());
    }

    void aReadOnlyStoreSaysSo() {
        const QTemporaryDir folder;
        StoreOptions options;
        options.path = folder.filePath("s.db").toStdString();
        QVERIFY(Store::open(options).ok());
        options.read_only = true;
        const auto store = Store::open(options);
        QVERIFY(store.ok());
        const auto target = (*store)->live_target();
        const auto done =
            target ? keep(**target, "a", {span(kTrace, 1, 0, 1, 2)}) : Result<void>(target.error());
        QCOMPARE(error_of(done), std::string("store.read_only"));
    }

    // Another program holds the database for longer than writers wait: the commit fails, and a new target
    // goes on.
    void aStoreThatFailsIsGivenBack() {
        const QTemporaryDir folder;
        StoreOptions options;
        options.path = folder.filePath("s.db").toStdString();
        const auto store = Store::open(options);
        QVERIFY(store.ok());
        auto target = live(**store);
        QVERIFY(keep(*target, "a", {span(kTrace, 1, 0, 1, 2)}).ok());
        {
            auto other = Database::open(options.path, OpenMode::read_write);
            QVERIFY(other.ok());
            QVERIFY(other->run("BEGIN IMMEDIATE").ok());
            QVERIFY(target->add(span(kTrace, 2, 1, 1, 2)));
            const auto ticket = target->ask_commit();
            QVERIFY(ticket.ok());
            QCOMPARE(error_of(target->wait_committed(*ticket)), std::string("store.busy"));
            QVERIFY(!target->add(span(kTrace, 3, 1, 1, 2)));
            QCOMPARE(error_of(target->ask_commit()), std::string("store.busy"));
            QVERIFY(other->run("ROLLBACK").ok());
        }
        target = live(**store);
        QVERIFY(keep(*target, "a", {span(kTrace, 2, 1, 1, 2)}).ok());
        QCOMPARE(spans_of(**store, "a"), 2);
        QCOMPARE((*store)->check().value(), std::string());
    }

    void attributesAreUnitedByKey() {
        const Payload earlier =
            payload(R"([{"key":"a","value":{"stringValue":"1"}},{"key":"b","value":{"intValue":"2"}}])");
        const Payload later =
            payload(R"([{"key":"b","value":{"intValue":"3"}},{"key":"c","value":{"boolValue":true}}])");
        const Payload merged = merged_payload(earlier, later);
        QVERIFY(
            merged.attributes ==
            R"([{"key":"a","value":{"stringValue":"1"}},{"key":"b","value":{"intValue":"3"}},{"key":"c","value":{"boolValue":true}}])");
        QVERIFY(merged_payload(earlier, merged).attributes == merged.attributes); // once more changes nothing
        QVERIFY(merged_payload(merged, merged).attributes == merged.attributes);
        QVERIFY(merged_payload(merged, later).attributes.size() == merged.attributes.size());
    }

    void eventsAndLinksAreUnited() {
        const Payload earlier = payload("", R"([{"name":"x"},{"name":"y"}])", R"([{"spanId":"1"}])");
        const Payload later = payload("", R"([{"name":"y"},{"name":"z"}])", R"([{"spanId":"2"}])");
        const Payload merged = merged_payload(earlier, later);
        QVERIFY(merged.events == R"([{"name":"x"},{"name":"y"},{"name":"z"}])");
        QVERIFY(merged.links == R"([{"spanId":"1"},{"spanId":"2"}])");
        QVERIFY(merged_payload(earlier, merged).events == merged.events);
    }

    void whatOneDoesNotSay() {
        const Payload full = payload(R"([{"key":"a"}])", R"([{"name":"x"}])", R"([{"spanId":"1"}])");
        QVERIFY(merged_payload(full, payload("")).attributes == full.attributes);
        QVERIFY(merged_payload(full, payload("")).events == full.events);
        QVERIFY(merged_payload(payload(""), full).links == full.links);
        QVERIFY(merged_payload(full, payload("[]", "[]", "[]")).attributes == full.attributes);
    }

    void whatIsNoListIsKeptAsItIs() {
        for (const char* odd : {"7", "{}", "[1,2]", "[{\"key\":", "nonsense", "[[]]"}) {
            const Payload later = payload(R"([{"key":"a"}])");
            QVERIFY(merged_payload(payload(odd), later).attributes == later.attributes);
            QVERIFY(merged_payload(later, payload(odd)).attributes == odd);
        }
        // Attributes without a key are known by their whole text.
        QVERIFY(
            merged_payload(payload(R"([{"value":1}])"), payload(R"([{"value":1},{"value":2}])")).attributes ==
            R"([{"value":1},{"value":2}])");
    }
};

QTEST_GUILESS_MAIN(LiveWriterTest)
#include "tst_live_writer.moc"

// A program killed at any moment of an import leaves a store that opens, and the import can be repeated.
#include "model/store/sqlite_trace_store.h"
#include "model/store/store_core.h"
#include "model/store/write/store_writer.h"
#include "tests/support/child_process.h"
#include "tests/support/sanitizer.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <random>
#include <string>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

constexpr std::uint64_t kSpans = 30'000;

bool import_all(const std::string& path) {
    StoreOptions options;
    options.path = path;
    auto core = StoreCore::open(options);
    if (!core) return false;
    auto writer = StoreWriter::make(**core, {});
    if (!writer) return false;
    SourceHead head;
    head.path = "run.jsonl";
    head.format = "test";
    head.size = 1;
    if (!(*writer)->begin_source(head)) return false;
    std::string history;
    for (std::uint64_t i = 1; i <= kSpans; ++i) {
        if (i % 100 == 0) {
            history += R"(,{"role":"user","content":")" +
                       std::string(500, static_cast<char>('a' + i / 100 % 26)) + "\"}";
            if (history.size() > 20'000) history.clear();
        }
        auto text = std::make_shared<std::string>(i % 10 == 0 ? history : "[]");
        Span span;
        span.trace = {1, i % 40};
        span.id = {i};
        span.start = static_cast<TimeNs>(i);
        span.end = span.start + 10;
        span.name = "s";
        span.kind = Kind::llm;
        span.usage.input = 1;
        span.attributes = *text;
        span.owner = std::move(text);
        if (!(*writer)->add(std::move(span))) return false;
    }
    return (*writer)->end_source(1, "", true).ok();
}

} // namespace

class TestKill : public QObject {
    Q_OBJECT

private slots:
    void anyMoment() {
        QTemporaryDir dir;
        const std::string path = dir.filePath("store.db").toStdString();
        std::mt19937 random(4);
        int killed = 0;
        for (int round = 0; round < 12; ++round) {
            const pid_t child = start_child({"--import", path});
            QVERIFY(child > 0);
            std::this_thread::sleep_for(std::chrono::milliseconds(random() % (round % 2 ? 700 : 150)));
            ::kill(child, SIGKILL);
            int status = 0;
            QCOMPARE(::waitpid(child, &status, 0), child);
            killed += WIFSIGNALED(status);
            StoreOptions options;
            options.path = path;
            auto core = StoreCore::open(options);
            QVERIFY(core);
            auto reader = (*core)->lease_reader();
            auto check = reader.value()->prepare("PRAGMA integrity_check");
            QVERIFY(check && check->step());
            QCOMPARE(std::string(check->text(0)), std::string("ok"));
        }
        QVERIFY(killed > (kThreadSanitizer ? 1 : 3));
        QVERIFY(import_all(path));
        StoreOptions options;
        options.path = path;
        auto core = StoreCore::open(options);
        auto reader = (*core)->lease_reader();
        const auto number = [&](const char* sql) { return reader.value()->query_integer(sql)->value_or(-1); };
        QCOMPARE(number("SELECT count(*) FROM span"), static_cast<std::int64_t>(kSpans));
        QCOMPARE(number("SELECT sum(spans) FROM trace"), static_cast<std::int64_t>(kSpans));
        QCOMPARE(number("SELECT sum(tok_in) FROM trace"), static_cast<std::int64_t>(kSpans));
        QCOMPARE(number("SELECT spans FROM source"), static_cast<std::int64_t>(kSpans));
        SqliteTraceStore questions(**core);
        QCOMPARE(questions.usage({}, {}).value().sums.input_tokens, static_cast<std::int64_t>(kSpans));
        QCOMPARE(number("SELECT count(*) FROM source WHERE complete = 1"), 1);
        auto all = reader.value()->prepare("SELECT payload, trace FROM span");
        PayloadReader payloads(*reader.value());
        while (all->step().value_or(false)) {
            const auto payload = payloads.read(all->integer(0), all->integer(1));
            QVERIFY(payload);
            QVERIFY(payload->attributes == "[]" || payload->attributes.empty() ||
                    payload->attributes[0] == ',');
        }
    }
};

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--import") return import_all(argv[2]) ? 0 : 1;
    QCoreApplication app(argc, argv);
    TestKill test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kill.moc"

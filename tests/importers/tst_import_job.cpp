// Reading one file, and reading it again when it has grown or changed.
#include "tests/importers/import_fixture.h"
#include "tests/support/gzip.h"

#include <QtTest>

#include <filesystem>
#include <string>
#include <vector>

using namespace clew;
using namespace clew::test;
namespace fs = std::filesystem;

class TestImportJob : public QObject {
    Q_OBJECT
private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void readsAFile();
    void unchangedIsNotReadAgain();
    void grownGoesOn();
    void shortFileGrowsPastItsHead();
    void rewrittenStartsAgain();
    void gzipGrowsAndGoesOn();
    void damagedGzipKeepsWhatCame();
    void junk_data();
    void junk();
    void unknownFormatName();
    void namedFormatIsUsed();
    void nothingReadIsAnError();
    void noSpansIsSaid();
    void stopIsHonoured();
    void targetThatRefuses();
    void progressCounts();

private:
    [[nodiscard]] std::string at(const char* name) const { return folder_->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestImportJob::readsAFile() {
    FakeTarget target;
    const auto report = import_source(from(data("agent_telemetry/basic.jsonl")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->format, std::string("agent-telemetry"));
    QCOMPARE(report->spans, std::uint64_t{7});
    QCOMPARE(report->traces, std::uint64_t{1});
    QCOMPARE(report->notes_error, std::uint64_t{0});
    QCOMPARE(report->path, fs::canonical(data("agent_telemetry/basic.jsonl")).string());
}

void TestImportJob::unchangedIsNotReadAgain() {
    FakeTarget target;
    write(at("x.jsonl"), many(3));
    QVERIFY(import_source(from(at("x.jsonl")), target).ok());
    const auto added = target.added;
    const auto again = import_source(from(at("x.jsonl")), target);
    QVERIFY(again.ok());
    QCOMPARE(again->spans, std::uint64_t{4});
    QCOMPARE(target.added, added);
    QCOMPARE(target.answers.back().state, SourceState::unchanged);
    auto options = from(at("x.jsonl"));
    options.again = true;
    QVERIFY(import_source(options, target).ok());
    QVERIFY(target.added > added);
}

void TestImportJob::grownGoesOn() {
    FakeTarget target;
    write(at("x.jsonl"), many(100) + R"({"run_id":"r","seq":101,"ts_)");
    const auto first = import_source(from(at("x.jsonl")), target);
    QVERIFY(first.ok());
    QCOMPARE(first->spans, std::uint64_t{101});
    const auto before = target.added;
    write(at("x.jsonl"), many(103));
    const auto second = import_source(from(at("x.jsonl")), target);
    QVERIFY(second.ok());
    QCOMPARE(target.answers.back().state, SourceState::grown);
    QCOMPARE(second->spans, std::uint64_t{104});
    QCOMPARE(second->notes_error, std::uint64_t{0});
    // Three records and the root.
    QCOMPARE(target.added - before, std::uint64_t{4});
}

void TestImportJob::shortFileGrowsPastItsHead() {
    FakeTarget target;
    write(at("x.jsonl"), many(2));
    QVERIFY(import_source(from(at("x.jsonl")), target).ok());
    write(at("x.jsonl"), many(200));
    const auto report = import_source(from(at("x.jsonl")), target);
    QCOMPARE(target.answers.back().state, SourceState::grown);
    QCOMPARE(report->spans, std::uint64_t{201});
}

void TestImportJob::rewrittenStartsAgain() {
    FakeTarget target;
    write(at("x.jsonl"), many(5, "old"));
    QVERIFY(import_source(from(at("x.jsonl")), target).ok());
    write(at("x.jsonl"), many(7, "new"));
    const auto report = import_source(from(at("x.jsonl")), target);
    QVERIFY(report.ok());
    QCOMPARE(report->spans, std::uint64_t{8});
    QVERIFY(target.sink.find_note("file.changed") != nullptr);
}

void TestImportJob::gzipGrowsAndGoesOn() {
    FakeTarget target;
    // A member is appended, as log shippers do; the first one is longer than the 4 KiB that a file is known
    // by.
    std::string noise;
    for (std::uint64_t i = 0; i < 2000; ++i)
        noise += "{\"run_id\":\"r\",\"seq\":" + std::to_string(i + 1) +
                 ",\"ts_epoch\":" + std::to_string(1760000001 + i) + ",\"event_type\":\"x\",\"h\":\"" +
                 std::to_string(hash64(std::to_string(i))) + "\"}\n";
    const std::string start = gzip(noise);
    QVERIFY(start.size() > 4096);
    write(at("x.gz"), start);
    QVERIFY(import_source(from(at("x.gz")), target).ok());
    const auto before = target.added;
    write(at("x.gz"), gzip("{\"run_id\":\"r\",\"seq\":2001,\"ts_epoch\":1760009001,\"event_type\":\"x\"}\n"),
          std::ios::app);
    const auto report = import_source(from(at("x.gz")), target);
    QVERIFY(report.ok());
    QCOMPARE(report->spans, std::uint64_t{2002});
    QCOMPARE(target.added - before, std::uint64_t{2});
}

void TestImportJob::damagedGzipKeepsWhatCame() {
    FakeTarget target;
    std::string stored = gzip(many(5000));
    stored.resize(stored.size() / 2);
    write(at("x.jsonl.gz"), stored);
    const auto report = import_source(from(at("x.jsonl.gz")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QVERIFY(report->spans > 1000 && report->spans < 5000);
    const Note* note = target.sink.find_note("container.bad_gzip");
    QVERIFY(note != nullptr);
    QCOMPARE(note->severity, Severity::error);
    write(at("y.jsonl.gz"), stored.substr(0, 12));
    const auto nothing = import_source(from(at("y.jsonl.gz")), target);
    QCOMPARE(code_of(nothing), std::string("format.nothing_read"));
    QVERIFY(words(nothing).find("ends too early") != std::string::npos);
}

void TestImportJob::junk_data() {
    QTest::addColumn<QString>("path");
    for (const auto& entry : fs::directory_iterator(data("junk")))
        QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
}

void TestImportJob::junk() {
    QFETCH(const QString, path);
    FakeTarget target;
    const auto report = import_source(from(path.toStdString()), target);
    QVERIFY(!report.ok());
    QVERIFY(find_message(report.error().code) != nullptr);
    QVERIFY2(words(report).find(path.toStdString()) != std::string::npos, words(report).c_str());
    QVERIFY(target.books.empty());
}

void TestImportJob::unknownFormatName() {
    FakeTarget target;
    auto options = from(data("agent_telemetry/basic.jsonl"));
    options.format = "nonsense";
    const auto report = import_source(options, target);
    QCOMPARE(code_of(report), std::string("format.unknown_name"));
    QVERIFY(words(report).find("agent-telemetry") != std::string::npos);
}

void TestImportJob::namedFormatIsUsed() {
    FakeTarget target;
    write(at("x.txt"), R"({"run_id":"r","odd":1,"latency_ms":3})"
                       "\n");
    QCOMPARE(code_of(import_source(from(at("x.txt")), target)), std::string("format.unknown"));
    auto options = from(at("x.txt"));
    options.format = "agent-telemetry";
    const auto report = import_source(options, target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->spans, std::uint64_t{2});
    options.path = data("junk/empty.jsonl");
    QCOMPARE(code_of(import_source(options, target)), std::string("file.empty"));
}

void TestImportJob::nothingReadIsAnError() {
    FakeTarget target;
    auto options = from(data("junk/noise.bin"));
    options.format = "agent-telemetry";
    const auto report = import_source(options, target);
    QCOMPARE(code_of(report), std::string("format.nothing_read"));
    QVERIFY(words(report).find("noise.bin") != std::string::npos);
}

void TestImportJob::noSpansIsSaid() {
    FakeTarget target;
    write(at("x.json"), R"({"resourceSpans":[]})"
                        "\n");
    const auto report = import_source(from(at("x.json")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->spans, std::uint64_t{0});
    QVERIFY(target.sink.find_note("format.no_spans") != nullptr);
}

void TestImportJob::stopIsHonoured() {
    FakeTarget target;
    write(at("x.jsonl"), many(50'000));
    std::stop_source stop;
    auto options = from(at("x.jsonl"));
    options.progress = [&](const ImportProgress&) { stop.request_stop(); };
    const auto report = import_source(options, target, stop.get_token());
    QCOMPARE(code_of(report), std::string("cancelled"));
    QVERIFY(!target.books.begin()->second.complete);
    // It can be repeated.
    const auto again = import_source(from(at("x.jsonl")), target);
    QVERIFY(again.ok());
    QCOMPARE(again->spans, std::uint64_t{50'001});
}

void TestImportJob::targetThatRefuses() {
    FakeTarget target;
    target.stop_after = 10;
    write(at("x.jsonl"), many(100));
    QVERIFY(!import_source(from(at("x.jsonl")), target).ok());
    QCOMPARE(target.added, std::uint64_t{10});
}

void TestImportJob::progressCounts() {
    FakeTarget target;
    const std::string text = many(60'000);
    write(at("x.jsonl"), text);
    std::vector<ImportProgress> seen;
    auto options = from(at("x.jsonl"));
    options.progress = [&](const ImportProgress& progress) { seen.push_back(progress); };
    QVERIFY(import_source(options, target).ok());
    QVERIFY(!seen.empty());
    QCOMPARE(seen.back().bytes_read, std::uint64_t{text.size()});
    QCOMPARE(seen.back().bytes_total, std::uint64_t{text.size()});
    QVERIFY(seen.back().spans >= 60'000);
    QCOMPARE(seen.back().format, std::string("agent-telemetry"));
    for (std::size_t i = 1; i < seen.size(); ++i)
        QVERIFY(seen[i].bytes_read >= seen[i - 1].bytes_read);
}

QTEST_GUILESS_MAIN(TestImportJob)
#include "tst_import_job.moc"

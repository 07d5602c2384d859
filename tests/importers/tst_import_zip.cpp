// Archives: which of their members are read, and what is said of the others.
#include "tests/importers/import_fixture.h"
#include "tests/support/feed.h"
#include "tests/support/gzip.h"
#include "tests/support/zip.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>

using namespace clew;
using namespace clew::test;

class TestImportZip : public QObject {
    Q_OBJECT
private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void zipHoldsItsMembers();
    void zipOfSeveralFormats();
    void zipThatLostSomething();
    void zipThroughAPipe();
    void nestedZipIsSaid();

private:
    [[nodiscard]] std::string at(const char* name) const { return folder_->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestImportZip::zipHoldsItsMembers() {
    write(at("runs.zip"), Zip()
                              .add({.name = "logs/a.jsonl", .text = many(3, "a")})
                              .add({.name = "logs/b.jsonl.gz", .text = gzip(many(2, "b")), .method = 0})
                              .add({.name = "logs/c.jsonl.1", .text = many(1, "c"), .method = 93})
                              .add({.name = "logs/c.jsonl", .text = record(2, "c")})
                              .add({.name = "notes.md", .text = "# x"})
                              .bytes());
    FakeTarget target;
    const auto report = import_source(from(at("runs.zip")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->format, std::string("agent-telemetry"));
    QCOMPARE(report->traces, std::uint64_t{3});
    QCOMPARE(report->spans, std::uint64_t{4 + 3 + 3});
    QCOMPARE(report->notes.size(), std::size_t{0});
    QVERIFY(import_source(from(at("runs.zip")), target).ok());
    QCOMPARE(target.answers.back().state, SourceState::unchanged);
}

void TestImportZip::zipOfSeveralFormats() {
    write(at("all.zip"),
          Zip()
              .add({.name = "run.jsonl", .text = many(3)})
              .add({.name = "session.jsonl", .text = read_fixture(data("claude_code/subagents_main.jsonl"))})
              .add({.name = "agent-bb22.jsonl", .text = read_fixture(data("claude_code/agent-bb22.jsonl"))})
              .add({.name = "settings.json", .text = "{\"theme\":\"dark\"}"})
              .bytes());
    FakeTarget target;
    const auto report = import_source(from(at("all.zip")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->traces, std::uint64_t{2});
    QCOMPARE(report->notes_warning, std::uint64_t{1});
    QCOMPARE(report->notes.front().part, std::string("settings.json"));
    // A format that is named is used for every member.
    ImportOptions named = from(at("all.zip"));
    named.format = "agent-telemetry";
    FakeTarget other;
    const auto forced = import_source(named, other);
    QVERIFY2(forced.ok(), words(forced).c_str());
    QCOMPARE(forced->traces, std::uint64_t{1});
}

void TestImportZip::zipThatLostSomething() {
    const Zip zip =
        Zip().add({.name = "a.jsonl", .text = many(50, "a")}).add({.name = "b.jsonl", .text = many(50, "b")});
    const std::string bytes = zip.without_directory();
    write(at("cut.zip"), bytes.substr(0, bytes.size() - 20));
    FakeTarget target;
    const auto report = import_source(from(at("cut.zip")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->spans, std::uint64_t{51});
    QCOMPARE(report->notes_error, std::uint64_t{1});
    QVERIFY(!target.books.begin()->second.complete);
    write(at("secret.zip"), Zip().add({.name = "a.jsonl", .text = "x", .flags = 1}).bytes());
    const auto secret = import_source(from(at("secret.zip")), target);
    QVERIFY(!secret.ok());
    QVERIFY2(words(secret).find("encrypted") != std::string::npos, words(secret).c_str());
    write(
        at("half.zip"),
        Zip()
            .add({.name = "a.jsonl", .text = many(2000), .packed = Zip::deflated(many(2000)).substr(0, 3000)})
            .bytes());
    const auto half = import_source(from(at("half.zip")), target);
    QVERIFY2(half.ok(), words(half).c_str());
    QVERIFY(half->spans > 100 && half->spans < 2000);
    QVERIFY(half->notes_error >= 1);
    write(at("empty.zip"), Zip().bytes());
    QCOMPARE(code_of(import_source(from(at("empty.zip")), target)), std::string("container.zip_empty"));
}

void TestImportZip::zipThroughAPipe() {
    QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
    const int hold = ::open(at("pipe").c_str(), O_RDWR);
    const std::string bytes = Zip().add({.name = "a.jsonl", .text = many(20'000)}).bytes();
    std::thread writer([&] {
        const int out = ::open(at("pipe").c_str(), O_WRONLY);
        for (std::size_t done = 0; done < bytes.size();) {
            const auto wrote =
                ::write(out, bytes.data() + done, std::min<std::size_t>(bytes.size() - done, 777));
            if (wrote <= 0) break;
            done += static_cast<std::size_t>(wrote);
        }
        ::close(hold); // by now the reader is there
        ::close(out);
    });
    FakeTarget target;
    const auto report = import_source(from(at("pipe")), target);
    writer.join();
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->spans, std::uint64_t{20'001});
}

void TestImportZip::nestedZipIsSaid() {
    const std::string inner = Zip().add({.name = "a.jsonl", .text = many(3)}).bytes();
    write(at("outer.zip"), Zip().add({.name = "inner.zip", .text = inner, .method = 0}).bytes());
    write(at("packed.zip.gz"), gzip(inner));
    FakeTarget target;
    for (const char* name : {"outer.zip", "packed.zip.gz"}) {
        const auto report = import_source(from(at(name)), target);
        QVERIFY(!report.ok());
        QVERIFY2(words(report).find("zip archive inside") != std::string::npos, words(report).c_str());
    }
}

QTEST_GUILESS_MAIN(TestImportZip)
#include "tst_import_zip.moc"

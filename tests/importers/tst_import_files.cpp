// Which files make a source, folders, and paths that cannot be read.
#include "importers/sources/folder.h"
#include "tests/importers/import_fixture.h"
#include "tests/support/gzip.h"

#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

using namespace clew;
using namespace clew::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names(const SourceFiles& files) {
    std::vector<std::string> out;
    for (const auto& part : files.parts)
        out.push_back(part.name);
    return out;
}

} // namespace

class TestImportFiles : public QObject {
    Q_OBJECT
private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void rotatedPiecesAreOneSource();
    void missingPieceIsSaid();
    void sessionsBringTheirSubagents();
    void conversationsAreOneSource();
    void folderOfRuns();
    void emptyFolder();
    void badPaths();
    void unreadableFile();

private:
    [[nodiscard]] std::string at(const char* name) const { return folder_->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestImportFiles::rotatedPiecesAreOneSource() {
    for (const char* name : {"rot.jsonl", "rot.jsonl.1", "rot.jsonl.2.gz"}) {
        FakeTarget target;
        const auto report = import_source(from(data(std::string("agent_telemetry/rotated/") + name)), target);
        QVERIFY2(report.ok(), words(report).c_str());
        QCOMPARE(report->spans, std::uint64_t{6});
        QCOMPARE(report->traces, std::uint64_t{1});
        QCOMPARE(fs::path(report->path).filename().string(), std::string("rot.jsonl"));
        QVERIFY(target.sink.notes.empty());
        // The tools of all pieces hang below the inference of the oldest one.
        std::set<SpanId> parents;
        for (const auto& span : target.sink.spans)
            if (span.kind == Kind::tool) parents.insert(span.parent);
        QCOMPARE(parents.size(), std::size_t{1});
    }
    const auto files = files_of_source(data("agent_telemetry/rotated/rot.jsonl"));
    QVERIFY(names(*files) == (std::vector<std::string>{"rot.jsonl.2.gz", "rot.jsonl.1", "rot.jsonl"}));
}

void TestImportFiles::missingPieceIsSaid() {
    write(at("x.jsonl.1"), "this is not it\n");
    write(at("x.jsonl"), many(2));
    FakeTarget target;
    const auto report = import_source(from(at("x.jsonl")), target);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->spans, std::uint64_t{3});
    QCOMPARE(report->notes_error, std::uint64_t{1});
    QCOMPARE(report->notes.front().part, std::string("x.jsonl.1"));
}

void TestImportFiles::sessionsBringTheirSubagents() {
    const std::string line = R"({"type":"user","uuid":"u","sessionId":"s-1"})"
                             "\n";
    const std::string other = R"({"type":"user","uuid":"u","sessionId":"s-2"})"
                              "\n";
    fs::create_directories(at("s-1/subagents"));
    write(at("s-1.jsonl"), line);
    write(at("s-2.jsonl"), other);
    write(at("s-1/subagents/agent-b.jsonl"), line);
    write(at("s-1/subagents/agent-a.jsonl"), line);
    write(at("s-1/subagents/agent-a.meta.json"), "{}");
    write(at("s-1/subagents/notes.txt"), "x");
    write(at("agent-c.jsonl"), line);
    write(at("agent-d.jsonl"), other);
    const auto files = files_of_source(at("s-1.jsonl"));
    QVERIFY(files.ok());
    QVERIFY(names(*files) == (std::vector<std::string>{"s-1.jsonl", "s-1/subagents/agent-a.meta.json",
                                                       "s-1/subagents/agent-a.jsonl",
                                                       "s-1/subagents/agent-b.jsonl", "agent-c.jsonl"}));
    const auto all = sources_in_folder(folder_->path().toStdString());
    QVERIFY(all.ok());
    QCOMPARE(all->size(), std::size_t{2});
    QVERIFY(names(all->back()) == (std::vector<std::string>{"s-2.jsonl", "agent-d.jsonl"}));
    // A subagent's file by its own name is only that.
    QCOMPARE(files_of_source(at("agent-c.jsonl"))->parts.size(), std::size_t{1});
}

void TestImportFiles::conversationsAreOneSource() {
    fs::create_directories(at("c1/events"));
    fs::create_directories(at("c2/events"));
    write(at("c1/base_state.json"), "{}");
    write(at("c1/events/event-00000-aa.json"), "{}");
    write(at("c1/events/event-00002-ab.json"), "{}");
    write(at("c1/events/event-100000-ac.json"), "{}");
    write(at("c1/events/notes.json"), "{}");
    write(at("c2/events/0.json"), "{}");
    write(at("c2/events/10.json"), "{}");
    write(at("c2/events/9.json"), "{}");
    const std::vector<std::string> whole = {"base_state.json", "events/event-00000-aa.json",
                                            "events/event-00002-ab.json", "events/event-100000-ac.json"};
    for (const char* opened : {"c1/base_state.json", "c1/events/event-00002-ab.json"}) {
        const auto files = files_of_source(at(opened));
        QVERIFY(files.ok());
        QVERIFY(names(*files) == whole);
        QVERIFY(files->path.ends_with("c1/base_state.json"));
    }
    const auto all = sources_in_folder(folder_->path().toStdString());
    QVERIFY(all.ok());
    QCOMPARE(all->size(), std::size_t{3});
    QVERIFY(names((*all)[0]) == whole);
    QVERIFY(names((*all)[1]) == (std::vector<std::string>{"notes.json"}));
    QVERIFY(names((*all)[2]) ==
            (std::vector<std::string>{"events/0.json", "events/9.json", "events/10.json"}));
}

void TestImportFiles::folderOfRuns() {
    fs::create_directories(at("sub/.hidden"));
    write(at("b.jsonl"), many(2, "b"));
    write(at("a.jsonl"), many(3, "a"));
    write(at("sub/c.jsonl.gz"), gzip(many(1, "c")));
    write(at("sub/.hidden/d.jsonl"), many(9, "d"));
    write(at("readme.md"), "# x\n");
    write(at("broken.jsonl.gz"), "\x1f\x8b this is no gzip data at all");
    write(at("settings.json"), "{\"theme\":\"dark\"}\n");
    fs::create_directory_symlink(at(""), at("sub/loop"));
    FakeTarget target;
    const auto reports = import_path(from(folder_->path().toStdString()), target);
    QVERIFY(reports.ok());
    QCOMPARE(reports->size(), std::size_t{5});
    QCOMPARE((*reports)[0].spans, std::uint64_t{4});
    QCOMPARE((*reports)[1].spans, std::uint64_t{3});
    const SourceReport& broken = (*reports)[2];
    QCOMPARE(broken.notes_error, std::uint64_t{1});
    QVERIFY(failure_of(broken) != nullptr);
    QVERIFY(sentence(failure_of(broken)->code, failure_of(broken)->args).find("broken.jsonl.gz") !=
            std::string::npos);
    QCOMPARE((*reports)[3].notes_warning, std::uint64_t{1});
    QCOMPARE((*reports)[4].spans, std::uint64_t{2});
    QVERIFY(failure_of((*reports)[4]) == nullptr);
}

void TestImportFiles::emptyFolder() {
    FakeTarget target;
    const auto reports = import_path(from(folder_->path().toStdString()), target);
    QVERIFY(!reports.ok());
    QCOMPARE(std::string(reports.error().code), std::string("file.directory_empty"));
    QCOMPARE(code_of(import_source(from(folder_->path().toStdString()), target)),
             std::string("file.is_folder"));
}

void TestImportFiles::badPaths() {
    FakeTarget target;
    QCOMPARE(code_of(import_source(from(at("missing.jsonl")), target)), std::string("file.not_found"));
    QCOMPARE(code_of(import_source(from("/dev/null"), target)), std::string("file.not_regular"));
    QCOMPARE(code_of(import_source(from("/dev/zero"), target)), std::string("file.not_regular"));
    write(at("x.jsonl"), many(1));
    QCOMPARE(code_of(import_source(from(at("x.jsonl/inside")), target)), std::string("file.not_found"));
    fs::create_symlink(at("nowhere"), at("dangling.jsonl"));
    QCOMPARE(code_of(import_source(from(at("dangling.jsonl")), target)), std::string("file.not_found"));
    QCOMPARE(code_of(import_source(from(std::string(5000, 'x')), target)), std::string("file.not_readable"));
    QVERIFY(target.books.empty());
}

void TestImportFiles::unreadableFile() {
    FakeTarget target;
    // Reading from address 0 of our own memory fails whoever runs the test.
    const auto memory = import_source(from("/proc/self/mem"), target);
    QCOMPARE(code_of(memory), std::string("file.not_readable"));
    QVERIFY(words(memory).find("/proc/self/mem") != std::string::npos);
    write(at("x.jsonl"), many(1));
    ::chmod(at("x.jsonl").c_str(), 0);
    const auto locked = import_source(from(at("x.jsonl")), target);
    if (::geteuid() == 0) {
        QVERIFY(locked.ok());
    } else {
        QCOMPARE(code_of(locked), std::string("file.not_readable"));
    }
}

QTEST_GUILESS_MAIN(TestImportFiles)
#include "tst_import_files.moc"

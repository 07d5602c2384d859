// Pipes and standard input.
#include "tests/importers/import_fixture.h"
#include "tests/support/gzip.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

using namespace clew;
using namespace clew::test;

class TestImportPipes : public QObject {
    Q_OBJECT
private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void pipes();
    void pipeWithoutEndCanBeStopped();
    void standardInput();

private:
    [[nodiscard]] std::string at(const char* name) const { return folder_->filePath(name).toStdString(); }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestImportPipes::pipes() {
    FakeTarget target;
    QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
    // Nobody writes: it is empty, and nothing waits.
    QCOMPARE(code_of(import_source(from(at("pipe")), target)), std::string("file.empty"));
    for (const char* run : {"one", "two"}) {
        const int hold = ::open(at("pipe").c_str(), O_RDWR);
        std::thread writer([&] {
            const int out = ::open(at("pipe").c_str(), O_WRONLY);
            const std::string text = gzip(many(20'000, run));
            for (std::size_t done = 0; done < text.size();) {
                const auto wrote =
                    ::write(out, text.data() + done, std::min<std::size_t>(text.size() - done, 333));
                if (wrote <= 0) break;
                done += static_cast<std::size_t>(wrote);
            }
            ::close(hold); // by now the reader is there
            ::close(out);
        });
        const auto report = import_source(from(at("pipe")), target);
        writer.join();
        QVERIFY2(report.ok(), words(report).c_str());
        QCOMPARE(report->spans, std::uint64_t{20'001});
    }
    // What came through it the first time is still there.
    QCOMPARE(target.books.size(), std::size_t{2});
}

void TestImportPipes::pipeWithoutEndCanBeStopped() {
    FakeTarget target;
    QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
    const int hold = ::open(at("pipe").c_str(), O_RDWR);
    const std::string text = many(2);
    QCOMPARE(::write(hold, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    std::stop_source stop;
    std::thread stopper([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        stop.request_stop();
    });
    const auto report = import_source(from(at("pipe")), target, stop.get_token());
    stopper.join();
    ::close(hold);
    QCOMPARE(code_of(report), std::string("cancelled"));
}

void TestImportPipes::standardInput() {
    FakeTarget target;
    int ends[2];
    QCOMPARE(::pipe(ends), 0);
    const int kept = ::dup(STDIN_FILENO);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    const std::string text = many(3);
    QCOMPARE(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    const auto report = import_source(from("-"), target);
    ::dup2(kept, STDIN_FILENO);
    ::close(kept);
    QVERIFY2(report.ok(), words(report).c_str());
    QCOMPARE(report->spans, std::uint64_t{4});
    QVERIFY(report->path.starts_with("stdin"));
}

QTEST_GUILESS_MAIN(TestImportPipes)
#include "tst_import_pipes.moc"

// Files and folders that grow: appends, half a line, truncation, rotation, new files, junk.

#include "importers/live/follower.h"
#include "tests/support/store_fixture.h"

#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <filesystem>
#include <fstream>

using namespace clew;
using namespace clew::live;
using namespace clew::test;

namespace {

constexpr int kPatience = 60'000; // ms

// One OTLP/JSON line with one span.
std::string line(int n) {
    char id[17];
    std::snprintf(id, sizeof id, "%016x", static_cast<unsigned>(n));
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":"
           "\"5b8efff798038103d269b633813fc60c\","
           "\"spanId\":\"" +
           std::string(id) +
           "\",\"name\":\"step\",\"startTimeUnixNano\":\"1760000000000000000\",\"endTimeUnixNano\":"
           "\"1760000001000000000\"}]}]}]}\n";
}

} // namespace

class LiveFollowerTest : public QObject {
    Q_OBJECT

private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        store_ = temporary_store();
        told_ = 0;
    }
    void cleanup() {
        follower_.reset();
        store_.reset();
    }

    void aFileGrows() {
        write("x.jsonl", line(1));
        follow("x.jsonl");
        QVERIFY(comes_to(1));
        for (int n = 2; n <= 4; ++n) {
            append("x.jsonl", line(n));
            QVERIFY(comes_to(n));
        }
        QTRY_COMPARE_WITH_TIMEOUT(told_.load(), 4u, kPatience); // each counted once
        QCOMPARE(follower_->status().files, std::size_t{1});
        QCOMPARE(follower_->status().trouble, std::string());
    }

    void halfALineWaitsForItsRest() {
        const std::string second = line(2);
        write("x.jsonl", line(1) + second.substr(0, 60));
        follow("x.jsonl");
        QVERIFY(comes_to(1));
        append("x.jsonl", second.substr(60, 50));
        QTest::qWait(700);
        append("x.jsonl", second.substr(110));
        QVERIFY(comes_to(2));
        append("x.jsonl", line(3));
        QVERIFY(comes_to(3));
        QCOMPARE(errors(), 0);
    }

    void aFileThatAppearsLater() {
        follow("later.jsonl");
        QTest::qWait(700);
        write("later.jsonl", line(1));
        QVERIFY(comes_to(1));
        QTRY_COMPARE_WITH_TIMEOUT(follower_->status().trouble, std::string(), kPatience);
    }

    void anEmptyFileIsWaitedFor() {
        write("x.jsonl", "");
        follow("x.jsonl");
        QTest::qWait(700);
        QCOMPARE(follower_->status().trouble, std::string());
        append("x.jsonl", line(1));
        QVERIFY(comes_to(1));
    }

    void aFileIsTruncatedAndWrittenAnew() {
        write("x.jsonl", line(1) + line(2) + line(3));
        follow("x.jsonl");
        QVERIFY(comes_to(3));
        write("x.jsonl", line(7)); // its spans are what it holds now
        QTRY_COMPARE_WITH_TIMEOUT(ids(), std::string("0000000000000007"), kPatience);
        append("x.jsonl", line(8));
        QVERIFY(comes_to(2));
    }

    // Logs are turned: x.jsonl becomes x.jsonl.1, and a new x.jsonl begins.
    void rotationInAFolder() {
        write("runs/x.jsonl", line(1) + line(2));
        follow("runs");
        QVERIFY(comes_to(2));
        std::filesystem::rename(at("runs/x.jsonl"), at("runs/x.jsonl.1"));
        write("runs/x.jsonl", line(3));
        QVERIFY(comes_to(3));
        append("runs/x.jsonl", line(4));
        QVERIFY(comes_to(4));
    }

    void newFilesInAFolder() {
        std::filesystem::create_directories(at("runs/deep"));
        follow("runs");
        QTest::qWait(700);
        QCOMPARE(follower_->status().trouble, std::string()); // nothing there yet is no trouble
        write("runs/a.jsonl", line(1));
        QVERIFY(comes_to(1));
        write("runs/deep/b.jsonl", line(2));
        QVERIFY(comes_to(2));
        append("runs/a.jsonl", line(3));
        QVERIFY(comes_to(3));
    }

    void junkInAFolderIsNoTrouble() {
        write("runs/picture.bin", std::string(5000, '\x01'));
        write("runs/readme.txt", "Nothing of the kind.\n");
        write("runs/a.jsonl", line(1));
        follow("runs");
        QVERIFY(comes_to(1));
        QTest::qWait(3000); // until the junk counts as quiet
        QCOMPARE(follower_->status().trouble, std::string());
        append("runs/a.jsonl", line(2));
        QVERIFY(comes_to(2));
    }

    void junkAloneIsSaid() {
        write("junk.txt", "Nothing of the kind.\nAt all.\n");
        follow("junk.txt");
        QVERIFY(QTest::qWaitFor([this] { return !follower_->status().trouble.empty(); }, kPatience));
    }

    void aClockThatJumped() { // a file from the future is not written to for ever
        std::string last = line(2);
        last.pop_back();
        write("a.jsonl", line(1) + last);
        std::filesystem::last_write_time(at("a.jsonl"), std::filesystem::file_time_type::clock::now() +
                                                            std::chrono::hours(1));
        follow("a.jsonl");
        QVERIFY(comes_to(2));
    }

    void aStoreThatComesBack() {
        write("a.jsonl", line(1));
        refusals_ = 2;
        follow("a.jsonl");
        QVERIFY(QTest::qWaitFor([this] { return refusals_ == 0; }, kPatience));
        QVERIFY(comes_to(1));
        QVERIFY(QTest::qWaitFor([this] { return follower_->status().trouble.empty(); }, kPatience));
    }

private:
    [[nodiscard]] std::string at(const std::string& name) const {
        return folder_->filePath(QString::fromStdString(name)).toStdString();
    }
    void put(const std::string& name, const std::string& text, std::ios::openmode how) const {
        std::filesystem::create_directories(std::filesystem::path(at(name)).parent_path());
        std::ofstream(at(name), std::ios::binary | how) << text;
    }
    void write(const std::string& name, const std::string& text) const { put(name, text, std::ios::trunc); }
    void append(const std::string& name, const std::string& text) const { put(name, text, std::ios::app); }

    void follow(const std::string& name) {
        ImportOptions how;
        how.path = at(name);
        follower_ = std::make_unique<Follower>(
            how,
            [this](std::stop_token stop) -> Result<std::unique_ptr<ImportTarget>> {
                if (refusals_ > 0) {
                    --refusals_;
                    return Error{"store.busy", {"the store"}, {}};
                }
                return store_->import_target(std::move(stop));
            },
            [this](std::uint64_t spans, std::uint64_t) { told_ += spans; });
    }

    [[nodiscard]] std::string ids() const {
        const auto table = store_->traces().sql("SELECT span_id FROM v_spans ORDER BY 1");
        std::string out;
        if (table)
            for (const auto& row : table->rows)
                out += (out.empty() ? "" : " ") + row[0];
        return out;
    }
    [[nodiscard]] bool comes_to(int spans) const {
        const auto wanted = static_cast<std::ptrdiff_t>(spans) * 17 - 1;
        return QTest::qWaitFor([&] { return std::ssize(ids()) == wanted; }, kPatience);
    }
    [[nodiscard]] int errors() const {
        const auto table = store_->traces().sql("SELECT * FROM v_notes WHERE severity = 'error'");
        return table ? static_cast<int>(table->rows.size()) : -1;
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<Store> store_;
    std::atomic<std::uint64_t> told_{0};
    std::atomic<int> refusals_{0}; // how often the store cannot be written to
    std::unique_ptr<Follower> follower_;
};

QTEST_GUILESS_MAIN(LiveFollowerTest)
#include "tst_live_follower.moc"

// Whatever the order, the split and the retries of posts: what is stored is what a clean import of the same
// data gives.

#include "tests/support/feed.h"
#include "tests/support/live_store.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

using namespace clew;
using namespace clew::live;
using namespace clew::test;
using json = nlohmann::ordered_json;

namespace {

constexpr unsigned kRounds = 12;

std::vector<json> lines_of(const char* path) {
    std::vector<json> out;
    std::istringstream text(read_fixture(std::string(CLEW_TEST_DATA "/") + path));
    for (std::string line; std::getline(text, line);)
        if (!line.empty()) out.push_back(json::parse(line));
    return out;
}

Held imported(const std::string& path) {
    const auto store = temporary_store();
    auto target = store->import_target();
    ImportOptions how;
    how.path = path;
    if (!target || !import_source(how, **target)) return {};
    target->reset();
    return held_by(*store);
}

Held imported_text(const std::string& text) {
    const QTemporaryDir folder;
    const std::string path = folder.filePath("clean.jsonl").toStdString();
    std::ofstream(path) << text;
    return imported(path);
}

Held imported_fixture(const char* path) {
    return imported(std::string(CLEW_TEST_DATA "/") + path);
}

// Units that a client may send one by one.
struct Unit {
    std::string kind; // of LangSmith: post or patch
    json value;
};

// Once a run has ended: a client that sends a second end is a matter of its order.
std::vector<Unit> langsmith_units(const char* path) {
    std::vector<Unit> out;
    std::set<std::string> ended;
    for (const json& line : lines_of(path))
        for (const char* kind : {"post", "patch", "feedback"})
            for (const json& one : line.value(kind, json::array()))
                if (one.contains("id") &&
                    (!one.contains("end_time") || ended.insert(one["id"].get<std::string>()).second))
                    out.push_back({kind, one});
    return out;
}

std::string langsmith_file(const std::vector<Unit>& units) {
    std::string out;
    for (const Unit& one : units)
        out += json{{one.kind, json::array({one.value})}}.dump() + '\n';
    return out;
}

Request langsmith_request(const std::vector<Unit>& units, std::mt19937& random) {
    if (units.size() == 1 && random() % 2 == 0) {
        const Unit& one = units.front();
        if (one.kind == "feedback") return live_request("/feedback", one.value.dump());
        if (one.kind == "post") return live_request("/runs", one.value.dump());
        return live_request("/runs/" + one.value["id"].get<std::string>(), one.value.dump(),
                            "application/json", "PATCH");
    }
    json batch;
    for (const Unit& one : units)
        batch[one.kind].push_back(one.value);
    return live_request("/runs/batch", batch.dump());
}

std::vector<Unit> langfuse_units(const char* path) {
    std::vector<Unit> out;
    for (const json& line : lines_of(path))
        for (const json& event : line["batch"])
            out.push_back({"", event});
    return out;
}

Request langfuse_request(const std::vector<Unit>& units, std::mt19937&) {
    json batch;
    for (const Unit& one : units)
        batch["batch"].push_back(one.value);
    return live_request("/api/public/ingestion", batch.dump());
}

// Every span or log record alone, with its resource and scope.
std::vector<Unit> otlp_units(const char* path) {
    struct Names {
        const char *outer, *middle, *inner;
    };
    constexpr Names kSpans{"resourceSpans", "scopeSpans", "spans"};
    constexpr Names kLogs{"resourceLogs", "scopeLogs", "logRecords"};
    std::vector<Unit> out;
    for (const json& line : lines_of(path)) {
        for (const auto& [outer, middle, inner] : {kSpans, kLogs}) {
            for (const json& resource : line.value(outer, json::array()))
                for (const json& scope : resource.value(middle, json::array()))
                    for (const json& record : scope.value(inner, json::array())) {
                        json alone_scope = scope, alone = resource;
                        alone_scope[inner] = json::array({record});
                        alone[middle] = json::array({alone_scope});
                        out.push_back({outer, alone});
                    }
        }
    }
    return out;
}

Request otlp_request(const std::vector<Unit>& units, std::mt19937&) {
    json all;
    for (const Unit& one : units)
        all[one.kind].push_back(one.value);
    return live_request(units.front().kind == "resourceLogs" ? "/v1/logs" : "/v1/traces", all.dump());
}

using MakeRequest = Request (*)(const std::vector<Unit>&, std::mt19937&);

// A patch that came first was stored before its run's kind was known: it said its output in words of no kind,
// and the store keeps what was said under other keys.
Held without_early_words(Held held, const Held& expected) {
    for (auto& [id, text] : held) {
        const auto clean = expected.find(id);
        if (clean == expected.end() || clean->second.find("\noutput.value: ") != std::string::npos) continue;
        const auto at = text.find("\noutput.value: ");
        if (at != std::string::npos) text.erase(at + 1, text.find('\n', at + 1) - at);
    }
    return held;
}

// Sends all units in groups; `receiver` is made anew at times where `restarts`. What went wrong; "" =
// nothing.
std::string send(Store& store, const std::vector<Unit>& units, MakeRequest make, std::mt19937& random,
                 bool restarts) {
    auto receiver = receiver_into(store);
    for (std::size_t at = 0; at < units.size();) {
        const std::size_t count = std::min<std::size_t>(1 + random() % 4, units.size() - at);
        const auto first = units.begin() + static_cast<std::ptrdiff_t>(at);
        const Request request =
            make(std::vector<Unit>(first, first + static_cast<std::ptrdiff_t>(count)), random);
        for (unsigned times = random() % 3 == 0 ? 2 : 1; times > 0; --times) { // an answer that was lost
            const Reply reply = sent(*receiver, request);
            if (reply.status < 200 || reply.status >= 300) return words(reply) + " for " + *request.body;
        }
        at += count;
        if (restarts && random() % 3 == 0) receiver = receiver_into(store);
    }
    return {};
}

std::string arrival(const Held& expected, const std::vector<Unit>& units, MakeRequest make, bool shuffled,
                    bool restarts) {
    if (expected.empty() || units.empty()) return "nothing to compare";
    for (unsigned seed = 1; seed <= kRounds; ++seed) {
        std::mt19937 random(seed);
        std::vector<Unit> order = units;
        if (shuffled) std::ranges::shuffle(order, random);
        const auto store = temporary_store();
        std::string wrong = send(*store, order, make, random, restarts);
        if (wrong.empty()) wrong = difference(expected, without_early_words(held_by(*store), expected));
        if (wrong.empty()) wrong = store->check().value();
        if (!wrong.empty()) return "seed " + std::to_string(seed) + ": " + wrong;
    }
    return {};
}

} // namespace

class LiveOrderTest : public QObject {
    Q_OBJECT

    // Pieces of LangSmith's and Langfuse's records are put together while a receiver lives.
    static void orders(bool restarts) {
        QTest::addColumn<bool>("shuffled");
        QTest::addColumn<bool>("restarts");
        QTest::newRow("in order") << false << false;
        QTest::newRow("in any order") << true << false;
        if (!restarts) return;
        QTest::newRow("in order, restarted between") << false << true;
        QTest::newRow("in any order, restarted between") << true << true;
    }

private slots:
    void langsmith_data() { orders(false); }
    void langsmith() {
        QFETCH(bool, shuffled);
        QFETCH(bool, restarts);
        const auto units = langsmith_units("langsmith/batches.jsonl");
        const std::string wrong =
            arrival(imported_text(langsmith_file(units)), units, langsmith_request, shuffled, restarts);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    void langfuse_data() { orders(false); }
    void langfuse() {
        QFETCH(bool, shuffled);
        QFETCH(bool, restarts);
        const char* path = "langfuse/batches.jsonl";
        const std::string wrong =
            arrival(imported_fixture(path), langfuse_units(path), langfuse_request, shuffled, restarts);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    void otlp_data() { orders(true); }
    void otlp() {
        QFETCH(bool, shuffled);
        QFETCH(bool, restarts);
        for (const char* path : {"otlp_json/agent_run.jsonl", "otlp_json/mixed_signals.jsonl"}) {
            const std::string wrong =
                arrival(imported_fixture(path), otlp_units(path), otlp_request, shuffled, restarts);
            QVERIFY2(wrong.empty(), wrong.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(LiveOrderTest)
#include "tst_live_order.moc"

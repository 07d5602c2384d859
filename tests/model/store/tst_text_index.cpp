#include "tests/support/store_fixture.h"

#include <QTest>

#include <random>
#include <set>
#include <thread>

using namespace clew;
using namespace clew::test;

namespace {

TraceId trace(std::uint64_t n) {
    return {0xcc, n};
}

// Names of the traces that a filter finds, in order of time; "*" behind them where something was scanned.
QString found(Store& store, const std::string& filter) {
    TraceQuery query;
    query.filter = filter;
    query.descending = false;
    query.limit = 10'000;
    const auto page = store.traces().traces(query);
    if (!page) return QString::fromStdString(sentence(page.error()));
    QStringList out;
    for (const auto& row : page->rows)
        out << QString::fromStdString(row.name);
    return out.join(',') + (page->text_unindexed ? "*" : "");
}

std::string text_attribute(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '"' || c == '\\') escaped += '\\';
        if (c == '\n') {
            escaped += "\\n";
        } else {
            escaped += c;
        }
    }
    return "[{\"key\":\"input\",\"value\":{\"stringValue\":\"" + escaped + "\"}}]";
}

} // namespace

class TestTextIndex : public QObject {
    Q_OBJECT
private slots:
    void finds_the_same_with_and_without() {
        const auto store = temporary_store();
        const std::vector<std::string> texts{
            text_attribute("The gift\ncard was REFUNDED"), text_attribute("我的退款政策 ok"),
            text_attribute("Ärger über Öl"), text_attribute("a card, no gift"),
            text_attribute("[{\"role\":\"user\",\"content\":\"line one\\nline two\"}]")};
        std::vector<Span> spans;
        const std::vector<std::string> names{"a", "b", "c", "d", "e"};
        for (std::size_t i = 0; i < texts.size(); ++i) {
            auto s =
                span(trace(i + 1), i + 1, 0, static_cast<TimeNs>(i), static_cast<TimeNs>(i) + 1, names[i]);
            s.attributes = texts[i];
            spans.push_back(s);
        }
        import_spans(*store, head("/t"), std::move(spans));
        const std::vector<std::pair<std::string, QString>> expected{
            {"gift", "a,d"}, {"\"gift card\"", "a"}, {"refund", "a"},       {"efund", ""}, {"*efund", "a"},
            {"退款", "b"},   {"款政策", "b"},        {"策款", ""},          {"退", "b"},   {"ärger", "c"},
            {"ÖL", "c"},     {"two", "e"},           {"\"one line\"", "e"}, {"none", ""}};
        for (const auto& [filter, names_found] : expected)
            QCOMPARE(found(*store, filter), names_found + "*");
        QVERIFY(store->build_index());
        QVERIFY(store->build_index()); // nothing left to do
        for (const auto& [filter, names_found] : expected)
            QCOMPARE(found(*store, filter), names_found);
        // What comes later is scanned beside the index, and indexed by the next build.
        const std::string later = text_attribute("another gift");
        auto s = span(trace(9), 1, 0, 50, 51, "f");
        s.attributes = later;
        import_spans(*store, head("/u"), {s});
        QCOMPARE(found(*store, "gift"), "a,d,f*");
        QVERIFY(store->build_index());
        QCOMPARE(found(*store, "gift"), "a,d,f");
    }

    void changed_spans_are_found_by_what_they_are() {
        const auto store = temporary_store();
        const std::string before = text_attribute("alpha");
        const std::string after = text_attribute("beta");
        auto s = span(trace(1), 1, 0, 5, kNoTime, "a");
        s.attributes = before;
        import_spans(*store, head("/t"), {s});
        QVERIFY(store->build_index());
        QCOMPARE(found(*store, "alpha"), "a");
        s.attributes = after;
        s.end = 9;
        import_spans(*store, head("/t", 200), {s});
        QCOMPARE(found(*store, "beta"), "a*");
        const QString scanned = found(*store, "alpha");
        QVERIFY(store->build_index());
        QCOMPARE(found(*store, "beta"), "a");
        QCOMPARE(found(*store, "alpha") + "*", scanned);
        QCOMPARE(scanned, "*");
    }

    void resent_content_is_indexed_once_and_found_in_every_trace() {
        const auto store = temporary_store();
        // A history that every call sends again: long enough to be kept as pieces.
        std::vector<std::string> payloads;
        std::string history;
        for (int turn = 0; turn < 30; ++turn) {
            history += (history.empty() ? "" : ",") +
                       std::string("{\"role\":\"user\",\"content\":\"turn number") + std::to_string(turn) +
                       " " + std::string(400, static_cast<char>('a' + turn % 26)) + " gift card\"}";
            payloads.push_back(text_attribute("[" + history + "]"));
        }
        std::vector<Span> spans;
        for (std::uint64_t t = 1; t <= 2; ++t) {
            for (std::uint64_t i = 0; i < payloads.size(); ++i) {
                auto s = span(trace(t), i + 1, i == 0 ? 0 : 1, static_cast<TimeNs>(t * 1000 + i),
                              static_cast<TimeNs>(t * 1000 + i + 1), t == 1 ? "one" : "two");
                s.attributes = payloads[i];
                spans.push_back(s);
            }
        }
        import_spans(*store, head("/t"), std::move(spans));
        for (int pass = 0; pass < 2; ++pass) {
            const QString mark = pass == 0 ? "*" : "";
            QCOMPARE(found(*store, "number0"), "one,two" + mark);
            QCOMPARE(found(*store, "number29"), "one,two" + mark);
            QCOMPARE(found(*store, "\"gift card\""), "one,two" + mark);
            QCOMPARE(found(*store, "number30"), mark);
            // Turn 20 is in the call that brought it and in every later one.
            QCOMPARE(store->traces().find_in_trace(trace(1), "number20")->size(), std::size_t{10});
            QCOMPARE(store->traces().find_in_trace(trace(2), "number0 A")->size(), std::size_t{30});
            QVERIFY(store->build_index());
        }
    }

    void stops_and_goes_on() {
        const auto store = temporary_store();
        std::vector<std::string> texts;
        for (int i = 0; i < 500; ++i)
            texts.push_back(text_attribute("word" + std::to_string(i)));
        std::vector<Span> spans;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            auto s = span(trace(i + 1), 1, 0, static_cast<TimeNs>(i), static_cast<TimeNs>(i), "n");
            s.attributes = texts[i];
            spans.push_back(s);
        }
        import_spans(*store, head("/t"), std::move(spans));
        std::stop_source source;
        source.request_stop();
        QCOMPARE(error_of(store->build_index(source.get_token())), std::string("cancelled"));
        QCOMPARE(found(*store, "word499"), "n*");
        QVERIFY(store->build_index());
        QCOMPARE(found(*store, "word499"), "n");
    }

    // Random texts, half of them indexed: the index, the scan and a plain look agree.
    void agrees_with_a_plain_look() {
        const auto store = temporary_store();
        std::mt19937 random(3);
        const std::vector<std::string> parts{"red", "reddish",   "blue", "退款",
                                             "款",  "gift card", "Öl",   "x_y"};
        std::vector<std::string> texts;
        std::vector<std::string> payloads;
        for (int i = 0; i < 300; ++i) {
            std::string text;
            for (unsigned n = random() % 4; n > 0; --n)
                text += parts[random() % parts.size()] + (random() % 2 ? " " : "\n");
            texts.push_back(text);
        }
        for (const auto& text : texts)
            payloads.push_back(text_attribute(text));
        const auto import = [&](std::size_t from, std::size_t to) {
            std::vector<Span> spans;
            for (std::size_t i = from; i < to; ++i) {
                auto s = span(trace(i + 1), 1, 0, static_cast<TimeNs>(i), static_cast<TimeNs>(i), "n");
                s.attributes = payloads[i];
                spans.push_back(s);
            }
            import_spans(*store, head("/t" + std::to_string(from)), std::move(spans));
        };
        import(0, 150);
        QVERIFY(store->build_index());
        import(150, 300);
        for (int pass = 0; pass < 2; ++pass) {
            for (const std::string filter :
                 {"red", "blue", "退款", "款", "\"gift card\"", "öl", "*ish", "\"red blue\"", "y"}) {
                const QString needle = QString::fromStdString(filter).remove('"').remove('*');
                const bool anywhere = filter.starts_with('*');
                const bool dense = needle.at(0).unicode() > 0x3000;
                std::set<std::uint64_t> expected;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    const QString text =
                        " " + QString::fromStdString(texts[i]).toLower().simplified().replace('_', ' ');
                    if (text.contains(anywhere || dense ? needle : " " + needle)) expected.insert(i + 1);
                }
                TraceQuery query;
                query.filter = filter;
                query.limit = 1000;
                const auto page = store->traces().traces(query);
                QVERIFY(page);
                std::set<std::uint64_t> got;
                for (const auto& row : page->rows)
                    got.insert(row.id.low);
                QVERIFY2(got == expected, filter.c_str());
            }
            QVERIFY(store->build_index());
        }
    }

    void indexes_while_an_import_runs() {
        const auto store = temporary_store();
        std::atomic<bool> done = false;
        std::jthread builder([&] {
            while (!done)
                (void)store->build_index();
        });
        const std::string text = text_attribute("needle");
        for (std::uint64_t round = 1; round <= 15; ++round) {
            std::vector<Span> spans;
            for (std::uint64_t i = 1; i <= 40; ++i) {
                auto s = span(trace(round), i, i - 1, static_cast<TimeNs>(round),
                              static_cast<TimeNs>(round + 1), "n");
                s.attributes = text;
                spans.push_back(s);
            }
            import_spans(*store, head("/t" + std::to_string(round)), std::move(spans));
        }
        done = true;
        builder.join();
        QVERIFY(store->build_index());
        TraceQuery query;
        query.filter = "needle";
        QCOMPARE(store->traces().traces(query)->count, 15);
        QCOMPARE(store->check().value_or("failed"), std::string());
    }
};

QTEST_GUILESS_MAIN(TestTextIndex)
#include "tst_text_index.moc"

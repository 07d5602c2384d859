#include "model/store/text_match.h"

#include <QTest>

#include <random>

using namespace clew;

namespace {

QString shown(const std::string& text) {
    return QString::fromStdString(text);
}

std::string words(std::string_view raw) {
    std::string out;
    append_words(out, searchable(raw, Wrapping::otlp));
    return out;
}

bool holds(std::string_view raw, std::string_view query) {
    return TextQuery(query).in(searchable(raw, Wrapping::otlp));
}

} // namespace

class TestTextMatch : public QObject {
    Q_OBJECT
private slots:
    void makes_searchable_data() {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QString>("text");
        QTest::newRow("case and blanks") << QByteArray("  Foo \t\n BAR ") << "foo bar";
        QTest::newRow("escapes") << QByteArray(R"(a\nb\\nc\\\\td)") << "a b c d";
        QTest::newRow("quotes") << QByteArray(R"({\"role\":\"User\"})") << R"({"role":"user"})";
        QTest::newRow("unicode escapes")
            << QByteArray("\\u00e9\\\\u9000 \\ud83d\\ude00 \\uD800x") << "é退 😀 \uFFFDx";
        QTest::newRow("other scripts") << QByteArray("ÀÉ ΑΣς ЖЁ Ａ") << "àé ασσ жё ａ";
        QTest::newRow("a path") << QByteArray(R"(C:\\dir)") << R"(c:\dir)";
        QTest::newRow("wrapping") << QByteArray(R"([{"key":"a.b","value":{"stringValue":"X"}}])")
                                  << R"([{ "a.b", { "x"}}])";
        QTest::newRow("not the wrapping") << QByteArray(R"(\"key\":1)") << R"("key":1)";
        QTest::newRow("cut short") << QByteArray("a\\") << "a\\";
        QTest::newRow("cut escape") << QByteArray("a\\u12") << "a\\u12";
        QTest::newRow("broken bytes") << QByteArray("a\xFF\xC3") << "a\uFFFD\uFFFD";
    }
    void makes_searchable() {
        QFETCH(QByteArray, raw);
        QTEST(shown(searchable(std::string_view(raw.constData(), static_cast<std::size_t>(raw.size())),
                               Wrapping::otlp)),
              "text");
    }

    void cuts_words() {
        QCOMPARE(shown(words("Hello, foo_bar 3.14")), "hello foo bar 3 14 ");
        QCOMPARE(shown(words("退款政策")), "退款 款政 政策 策 ");
        QCOMPARE(shown(words("GPT模型ab")), "gpt 模型 型 ab ");
        QCOMPARE(shown(words("退")), "退 ");
        QCOMPARE(shown(words("naïve—x")), "naïve x ");
        QCOMPARE(words(std::string(1000, 'x')).size(), kLongestWord + 1);
    }

    void finds_from_the_beginning_of_a_word() {
        QVERIFY(holds("Please REFUND it", "refund"));
        QVERIFY(holds("refunds", "refund"));
        QVERIFY(!holds("prerefund", "refund"));
        QVERIFY(holds("prerefund", "*refund"));
        QVERIFY(holds("a gift\\ncard b", "gift card"));
        QVERIFY(!holds("gift red card", "gift card"));
        QVERIFY(holds("the_refund", "refund"));
        QVERIFY(holds("我的退款政策", "款政"));
        QVERIFY(holds("{\\\"role\\\": \\\"user\\\"}", "\"role\": \"user\""));
        QVERIFY(holds("xx xrefund refund", "refund"));
        QVERIFY(!holds("abc", ""));
        QVERIFY(!holds("abc", "*"));
    }

    void asks_the_index() {
        QCOMPARE(shown(TextQuery("Refund").match_expression()), "\"refund\"*");
        QVERIFY(TextQuery("Refund").is_one_word());
        QCOMPARE(shown(TextQuery("gift card.").match_expression()), "\"gift\" AND \"card\"");
        QVERIFY(!TextQuery("gift card").is_one_word());
        QCOMPARE(shown(TextQuery("退款").match_expression()), "\"退款\"*");
        QVERIFY(TextQuery("退款").is_one_word());
        QCOMPARE(shown(TextQuery("退").match_expression()), "\"退\"*");
        QCOMPARE(shown(TextQuery("退款政").match_expression()), "\"退款\" AND \"款政\"*");
        QVERIFY(!TextQuery("退款政").is_one_word());
        QVERIFY(TextQuery("*fund").needs_scan());
        QVERIFY(TextQuery("👍").needs_scan());
    }

    void the_cheap_look_never_misses() {
        QVERIFY(TextQuery("refund").maybe_in_raw("xxREFUNDxx"));
        QVERIFY(!TextQuery("refund").maybe_in_raw("nothing"));
        QVERIFY(TextQuery("refund").maybe_in_raw("\\u0072efund"));
    }

    // Index and scan agree: a text that holds the query has all words that the index is asked for.
    void index_and_scan_agree() {
        std::mt19937 random(5);
        const std::vector<std::string> parts{"ab",  "a",  "退", "款", "é", " ",        ".",
                                             "\\n", "\"", "7",  "X",  "_", "\\\\u9000"};
        const auto text = [&](unsigned n) {
            std::string out;
            for (unsigned i = 0; i < n; ++i)
                out += parts[random() % parts.size()];
            return out;
        };
        int hits = 0;
        for (int round = 0; round < 50'000; ++round) {
            const std::string raw = text(random() % 14);
            const TextQuery query(text(1 + random() % 4));
            if (query.empty() || query.needs_scan()) continue;
            const std::string plain = searchable(raw, Wrapping::otlp);
            if (query.in(plain)) QVERIFY2(query.maybe_in_raw(raw), raw.c_str());
            std::string list = " ";
            append_words(list, plain);
            bool all = true;
            QString expression = shown(query.match_expression());
            const bool open = expression.endsWith('*');
            if (open) expression.chop(1);
            const auto asked = expression.split(" AND ");
            for (qsizetype i = 0; i < asked.size(); ++i) {
                const QString word = " " + asked[i].mid(1, asked[i].size() - 2);
                all = all && shown(list).contains(open && i + 1 == asked.size() ? word : word + " ");
            }
            if (query.in(plain)) {
                QVERIFY2(all, raw.c_str());
                ++hits;
            }
            if (query.is_one_word()) QCOMPARE(all, query.in(plain));
        }
        QVERIFY(hits > 1000);
    }
};

QTEST_GUILESS_MAIN(TestTextMatch)
#include "tst_text_match.moc"

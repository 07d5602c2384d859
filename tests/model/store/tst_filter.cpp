#include "model/base/messages.h"
#include "model/store/filter.h"

#include <QTest>

using namespace clew;

namespace {

QString shown(const char* text) {
    const auto filter = parse_filter(text);
    if (!filter)
        return QString::fromStdString(std::string(filter.error().code) + " @ " + filter.error().where);
    QStringList out;
    for (const auto& t : filter->terms)
        out << QString("%1%2[%3]")
                   .arg(t.negated ? "-" : "", QString::fromStdString(t.key), QString::fromStdString(t.value));
    return out.join(' ');
}

QString sentence_of(const char* text) {
    const auto filter = parse_filter(text);
    return filter ? QString("parsed") : QString::fromStdString(sentence(filter.error()));
}

} // namespace

class TestFilter : public QObject {
    Q_OBJECT
private slots:
    void parses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("terms");
        const auto row = [](const char* name, const char* text, const char* terms) {
            QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(terms);
        };
        row("empty", " \t\n", "");
        row("the example",
            R"(refund "gift card" feedback:down status:error model:gpt-4o tool:search name:agent)",
            "[refund] [gift card] feedback[down] status[error] model[gpt-4o] tool[search] name[agent]");
        row("negated", "-status:error -timeout", "-status[error] -[timeout]");
        row("dash inside a word", "gpt-4o - x", "[gpt-4o] [-] [x]");
        row("quoted value", R"(tool:"web search" "say \"hi\" \\o/")", R"(tool[web search] [say "hi" \o/])");
        row("key and enum in capitals", "Status:ERROR MODEL:GPT*", "status[error] model[GPT*]");
        row("an address is text", "https://example.org/a:b", "[https://example.org/a:b]");
        row("a time is text", "12:30 {a:1}", "[12:30] [{a:1}]");
        row("quote ends a word", R"(gift"card x")", "[gift] [card x]");
        row("not ASCII", "退款 naïve", "[退款] [naïve]");
        row("colon in the value", "trace:a:b", "trace[a:b]");
        row("unknown key", "refund modle:x", "filter.unknown_key @ character 8");
        row("characters, not bytes", "é modle:x", "filter.unknown_key @ character 3");
        row("bad value", "status:failed", "filter.bad_value @ character 8");
        row("no value", "x model:", "filter.empty_value @ character 9");
        row("blank value", "model:\" \"", "filter.empty_value @ character 7");
        row("open quote", "x \"gift card", "filter.unclosed_quote @ character 3");
        row("nothing quoted", "\"\"", "filter.empty_text @ character 1");
    }
    void parses() {
        QFETCH(QByteArray, text);
        QTEST(shown(text.constData()), "terms");
    }

    void suggests() {
        QVERIFY(sentence_of("modle:x").contains("Did you mean “model:”?"));
        QVERIFY(sentence_of("sess:x").contains("Did you mean “session:”?"));
        QVERIFY(!sentence_of("zzzz:x").contains("Did you mean"));
        QVERIFY(sentence_of("zzzz:x").contains("\"zzzz:x\""));
        QVERIFY(sentence_of("feedback:dwon").contains("Did you mean “feedback:down”?"));
        QVERIFY(sentence_of("kind:tol").contains("kind:tool"));
    }

    void survives_anything() {
        std::string text;
        unsigned seed = 7;
        for (int i = 0; i < 20'000; ++i) {
            seed = seed * 1664525u + 1013904223u;
            text += "\"\\:- ak*\xC3\xA9\n\xFF"[(seed >> 16) % 12];
            if (text.size() > 40) text.clear();
            (void)parse_filter(text);
        }
        QVERIFY(!parse_filter(std::string(1'000'000, 'x') + ":y"));
    }
};

QTEST_GUILESS_MAIN(TestFilter)
#include "tst_filter.moc"

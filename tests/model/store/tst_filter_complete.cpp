// What the filter bar offers at the cursor, which stands at `|`.
#include "model/store/filter/complete.h"
#include "tests/support/example_traces.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

struct Typed {
    std::string text;
    std::size_t cursor;
};

Typed typed(QString text) {
    const auto cursor = text.indexOf('|');
    text.remove(cursor, 1);
    return {text.toStdString(), static_cast<std::size_t>(text.left(cursor).toUtf8().size())};
}

QString offered(const FilterCompletion& completion) {
    QStringList out;
    for (const auto& item : completion.items)
        out << QString::fromStdString(item.text);
    return out.join(' ');
}

} // namespace

class TestFilterComplete : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;

private slots:
    void initTestCase() {
        store_ = filled();
        QVERIFY(store_);
        Judgement judged;
        judged.target = {kRefund, {}};
        judged.labels = {"too long", "wrong"};
        judged.scores = {{"quality", 0.25}};
        judged.author = "me";
        QVERIFY(store_->note_book().judge(judged));
    }

    void spots_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("spot"); // offset+length key [typed]
        const auto row = [](const char* text, const char* spot) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(spot);
        };
        row("|", "0+0 []");
        row("mod|", "0+3 [mod]");
        row("a mod|el:x", "2+5 [mod]");
        row("-mod|", "1+3 [mod]");
        row("model:gp|", "6+2 model [gp]");
        row("model:gp|t-4o x", "6+6 model [gp]");
        row("(a or model:|)", "12+0 model []");
        row("model:\"gpt 4|", "6+6 model [gpt 4]");
        row("cost>=|", "6+0 cost []");
        row("status!=er|", "8+2 status [er]");
        row("\"model:x|", "0+8 [model:x]");
        row("é tool:s|", "8+1 tool [s]");
        row("score.qu|>5", "6+2 score. [qu]");
        row("parent:ki|", "7+2 [ki]");
        row("seq(ed|, b)", "4+2 [ed] tools");
        row("seq(a, (b|", "8+1 [b] tools");
        row("seq(a) b|", "7+1 [b]");
        row("seq(a, has(b|", "11+1 [b]");
    }
    void spots() {
        QFETCH(QString, text);
        const auto at = typed(text);
        const FilterSpot spot = filter_spot(at.text, at.cursor);
        QString shown = QString("%1+%2 ").arg(spot.place.offset).arg(spot.place.length);
        if (!spot.key.empty()) shown += QString::fromStdString(spot.key) + " ";
        shown += "[" + QString::fromStdString(spot.typed) + "]";
        if (spot.tools) shown += " tools";
        QTEST(shown, "spot");
    }

    void offers_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("items");
        const auto row = [](const char* text, const char* items) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(items);
        };
        row("mo|", "model:");
        row("tok|", "tokens> tokens_cached> tokens_in> tokens_out>");
        row("s|", "score. service: session: silent_failures> source: spans> start: status: seq(");
        row("find|", "finding: findings>");
        row("finding:|", "any error info none warning");
        row("ha|", "has(");
        row("a an|", "ancestor: and");
        row("an|", "ancestor:");
        row("status:|", "error ok");
        row("kind:re|", "retriever reranker");
        row("model:g|", "gpt-4o gpt-4o-2024");
        row("model:4|", "gpt-4o gpt-4o-2024");
        row("tool:|", "payments search");
        row("session:|", "s-1 s-2");
        row("agent:HELP|", "helpdesk");
        row("name:sti|", "\"still there\"");
        row("label:|", "\"too long\" wrong");
        row("score.|", "quality");
        row("format:|", "test");
        row("source:a|", "\"/runs/a.jsonl\"");
        row("seq(se|", "search service: session: seq(");
        row("cost>|", "");
        row("name:/st|", "");
        row("name:%|", "");
        row("parent: ki|", "kind:");
    }
    void offers() {
        QFETCH(QString, text);
        const auto at = typed(text);
        const auto found = complete_filter(at.text, at.cursor, store_->traces());
        QVERIFY(found);
        QTEST(offered(*found), "items");
    }

    void puts_it_in() {
        const auto put = [](const char* text, FilterSuggestion chosen) {
            const auto at = typed(QString::fromUtf8(text));
            std::size_t cursor = 0;
            auto out = with_suggestion(at.text, filter_spot(at.text, at.cursor).place, chosen, cursor);
            return QString::fromStdString(out.insert(cursor, "|"));
        };
        QCOMPARE(put("a mo|", {"model:", {}, 0, true}), "a model:|");
        QCOMPARE(put("model:g| x", {"gpt-4o", {}, 2, false}), "model:gpt-4o |x");
        QCOMPARE(put("(tool:|)", {"\"web search\"", {}, 2, false}), "(tool:\"web search\"|)");
        QCOMPARE(put("-sta|", {"status:", {}, 0, true}), "-status:|");
        QCOMPARE(put("kind:t|", {"tool", {}, 0, false}), "kind:tool |");
    }

    void survives_any_cursor() {
        const std::string text = "seq(a, \"b c) é:x (tool:/x/ score.\"q\\\" -(status:er, (((";
        for (std::size_t cursor = 0; cursor <= text.size() + 2; ++cursor) {
            const auto spot = filter_spot(text, cursor);
            QVERIFY(spot.place.end() <= text.size());
            QVERIFY(complete_filter(text, cursor, store_->traces()));
        }
    }
};

QTEST_GUILESS_MAIN(TestFilterComplete)
#include "tst_filter_complete.moc"

#include "model/base/messages.h"
#include "model/store/filter.h"
#include "model/store/filter/values.h"

#include <QTest>

using namespace clew;

namespace {

constexpr TimeNs kNow = 1'795'000'000 * kSecond; // 2026-11-18T11:06:40Z

QString number(std::int64_t value) {
    if (value == std::numeric_limits<std::int64_t>::min()) return {};
    return value == std::numeric_limits<std::int64_t>::max() ? QString() : QString::number(value);
}

QString shown(const FilterTerm& term) {
    QString out = QString::fromStdString(term.key);
    if (!term.name.empty()) out += "." + QString::fromStdString(term.name);
    switch (term.test) {
    case FilterTest::exists: return out + "?";
    case FilterTest::regex:
        return out + "/" + QString::fromStdString(term.value) + "/" + (term.ignore_case ? "i" : "");
    case FilterTest::range:
        if (term.key == "score" || term.key == "attr")
            return out + QString("%1%2..%3%4")
                             .arg(term.reals.above_low ? "(" : "{")
                             .arg(term.reals.low)
                             .arg(term.reals.high)
                             .arg(term.reals.below_high ? ")" : "}");
        return out + "{" + number(term.range.low) + ".." + number(term.range.high) + "}";
    default: return out + "[" + QString::fromStdString(term.value) + "]";
    }
}

QString shown(const FilterNode& node) {
    using Kind = FilterNode::Kind;
    if (node.kind == Kind::term) return shown(node.term);
    QStringList parts;
    for (const auto& part : node.parts)
        parts << shown(*part);
    const auto word = [](Kind kind) {
        switch (kind) {
        case Kind::has: return "has";
        case Kind::child: return "child";
        case Kind::parent: return "parent";
        case Kind::descendant: return "descendant";
        case Kind::ancestor: return "ancestor";
        case Kind::sequence: return "seq";
        default: return "";
        }
    };
    switch (node.kind) {
    case Kind::all: return "(" + parts.join(" & ") + ")";
    case Kind::any: return "(" + parts.join(" | ") + ")";
    case Kind::negation: return "!" + parts.join("");
    default: return QString(word(node.kind)) + "<" + parts.join(", ") + ">";
    }
}

QString shown(const QByteArray& text) {
    const auto reading = read_filter({text.constData(), static_cast<std::size_t>(text.size())}, kNow);
    if (reading.error)
        return QString("%1 @ %2+%3")
            .arg(QString::fromUtf8(reading.error->error.code.data(),
                                   static_cast<qsizetype>(reading.error->error.code.size())))
            .arg(reading.error->place.offset)
            .arg(reading.error->place.length);
    return reading.filter.root ? shown(*reading.filter.root) : QString();
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
        QTest::addColumn<QString>("tree");
        const auto row = [](const char* name, const char* text, const char* tree) {
            QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(tree);
        };
        row("empty", " \t\n", "");
        row("words", R"(refund "gift card" feedback:down status:error model:gpt-4o name:agent)",
            "([refund] & [gift card] & feedback[down] & status[error] & model[gpt-4o] & name[agent])");
        row("the example", R"(model:gpt-4o status:error cost>0.05 tool:search "timeout" tokens_in>10k)",
            "(model[gpt-4o] & status[error] & cost{50000000001..} & tool[search] & [timeout] & "
            "tokens_in{10001..})");
        row("more of it", "feedback:down duration>30s kind:llm prompt:refund@v1.2",
            "(feedback[down] & duration{30000000001..} & kind[llm] & prompt[refund@v1.2])");
        row("negated", "-status:error -timeout not x", "(!status[error] & ![timeout] & ![x])");
        row("precedence", "a or b c and not d or e", "([a] | ([b] & [c] & ![d]) | [e])");
        row("parentheses", "(a or b) -(c d) NOT (e)", "(([a] | [b]) & !([c] & [d]) & ![e])");
        row("capitals", "a OR b AND c", "([a] | ([b] & [c]))");
        row("operators in a word", "\"and\" android or:x", "filter.unknown_key @ 14+2");
        row("quoted operators", "\"and\" android notes", "([and] & [android] & [notes])");
        row("dash inside a word", "gpt-4o - x", "([gpt-4o] & [-] & [x])");
        row("quoted value", R"(tool:"web search" "say \"hi\" \\o/")",
            R"((tool[web search] & [say "hi" \o/]))");
        row("key and enum in capitals", "Status:ERROR MODEL:GPT*", "(status[error] & model[GPT*])");
        row("an address is text", "https://example.org/a:b", "[https://example.org/a:b]");
        row("a time is text", "12:30 {a:1}", "([12:30] & [{a:1}])");
        row("quote ends a word", R"(gift"card x")", "([gift] & [card x])");
        row("not ASCII", "退款 naïve", "([退款] & [naïve])");
        row("colon in the value", "trace:a:b", "trace[a:b]");
        row("a call is text", "foo(bar) call()", "([foo(bar)] & [call()])");
        row("an equation is text", "a=b x>y ->", "([a=b] & [x>y] & ![>])");
        row("blanks around a comparison", "cost > $0.5 spans <= 20", "(cost{500000000001..} & spans{..20})");
        row("colon before a comparison", "cost:>=1 errors:2", "(cost{1000000000000..} & errors{2..2})");
        row("not equal", "errors!=2 model!=x", "(!errors{2..2} & !model[x])");
        row("ranges", "tokens:1.5k..2M duration:..1m spans:3..",
            "(tokens{1500..2000000} & duration{..60000000000} & spans{3..})");
        row("fractions", "errors>1.5 errors<1.5 errors:1.5 errors>=1.5 errors<=1.5",
            "(errors{2..} & errors{..1} & errors{2..1} & errors{2..} & errors{..1})");
        row("durations", "duration>1h30m duration<250ms duration>90",
            "(duration{5400000000001..} & duration{..249999999} & duration{90000000001..})");
        row("a date is a day", "start:2026-11-18", "start{1794960000000000000..1795046399999999999}");
        row("behind a day", "start>2026-11-18 start<2026-11-18",
            "(start{1795046400000000000..} & start{..1794959999999999999})");
        row("a minute", "start>=2026-11-18T08:00 end<2026-11-18T08:00:05Z",
            "(start{1794988800000000000..} & end{..1794988804999999999})");
        row("a zone", "start>=2026-11-18T08:00+01:00", "start{1794985200000000000..}");
        row("a month, a year", "start:2026-12 start:2026",
            "(start{1796083200000000000..1798761599999999999} & "
            "start{1767225600000000000..1798761599999999999})");
        row("ago", "start:-1d start>-60d end<-1h30m",
            "(start{1794913600000000000..} & start{1789816000000000001..} & end{..1794994599999999999})");
        row("today", "start:today start:yesterday..today",
            "(start{1794960000000000000..1795046399999999999} & "
            "start{1794873600000000000..1795046399999999999})");
        row("attributes",
            "attr.gen_ai.system:openai attr:temperature>0.5 attr.x attr:KEY=a*b attr.\"a b\"<=1",
            "(attr.gen_ai.system[openai] & attr.temperature(0.5..inf} & attr.x? & attr.KEY[a*b] & attr.a "
            "b{-inf..1})");
        row("scores", "score.quality>0.5 score:x:0.2..0.8 score.y",
            "(score.quality(0.5..inf} & score.x{0.2..0.8} & score.y?)");
        row("expressions", R"(/time ?out/ name:/^Ref.*d$/i tool:/a\/b|\d/ /usr/bin)",
            R"((/time ?out/ & name/^Ref.*d$/i & tool/a/b|\d/ & [/usr/bin]))");
        row("paths are values", "source:/runs/a.jsonl source:/runs/ service:/x/y",
            "(source[/runs/a.jsonl] & source[/runs/] & service[/x/y])");
        row("has", "has(tool:search status:error or kind:llm)",
            "has<((tool[search] & status[error]) | kind[llm])>");
        row("relatives in has", "has(child: tool:x and -parent:kind:agent)",
            "has<(child<tool[x]> & !parent<kind[agent]>)>");
        row("relatives alone", "parent: kind:agent descendant:(a or b) x",
            "(has<parent<kind[agent]>> & has<descendant<([a] | [b])>> & [x])");
        row("relatives as calls", "child(a b) ancestor(not c)",
            "(has<child<([a] & [b])>> & has<ancestor<![c]>>)");
        row("sequence", "seq(edit, bash:error, edit)",
            "seq<tool[edit], (tool[bash] & status[error]), tool[edit]>");
        row("terms in a sequence",
            R"(seq(kind:llm model:x, "web search":ok, /ba?sh/, not mcp__a.b, (c or d)) e)",
            "(seq<(kind[llm] & model[x]), (tool[web search] & status[ok]), tool/ba?sh/, !tool[mcp__a.b], "
            "(tool[c] | tool[d])> & [e])");
        row("text in a sequence", "seq(text:refund, child: edit)", "seq<text[refund], child<tool[edit]>>");

        row("unknown key", "refund modle:x", "filter.unknown_key @ 7+5");
        row("unknown key compared", "tokns>5 x", "filter.unknown_key @ 0+5");
        row("bytes of it", "é modle:x", "filter.unknown_key @ 3+5");
        row("bad value", "status:failed", "filter.bad_value @ 7+6");
        row("no value", "x model:", "filter.empty_value @ 8+0");
        row("blank value", "model:\" \"", "filter.empty_value @ 6+3");
        row("bad number", "cost>cheap", "filter.bad_number @ 5+5");
        row("bad unit", "duration>5x", "filter.bad_number @ 9+2");
        row("bad date", "start>2026-13-40", "filter.bad_number @ 6+10");
        row("no order", "model>x", "filter.no_order @ 0+5");
        row("bad expression", "name:/(a/", "filter.bad_regex @ 5+4");
        row("open expression", "name:/abc", "filter.unclosed_regex @ 5+4");
        row("a huge expression", "/((a{100}){100}){100}/", "filter.bad_regex @ 0+22");
        row("open quote", "x \"gift card", "filter.unclosed_quote @ 2+10");
        row("nothing quoted", "\"\"", "filter.empty_text @ 0+2");
        row("open parenthesis", "a (b or c", "filter.unclosed @ 2+1");
        row("open has", "has(a", "filter.unclosed @ 3+1");
        row("open seq", "seq(a, b", "filter.unclosed @ 3+1");
        row("closed too often", "a b) c", "filter.unopened @ 3+1");
        row("empty parentheses", "a ()", "filter.empty_group @ 2+2");
        row("empty seq", "seq()", "filter.empty_group @ 3+2");
        row("two commas", "seq(a,,b)", "filter.misplaced @ 6+1");
        row("operator first", "or a", "filter.misplaced @ 0+2");
        row("operator last", "a and", "filter.nothing_behind @ 2+3");
        row("two operators", "a and or b", "filter.nothing_behind @ 2+3");
        row("not alone", "not", "filter.nothing_behind @ 0+3");
        row("relative of nothing", "parent: ", "filter.nothing_behind @ 0+7");
        row("trace term in has", "has(spans>5)", "filter.not_of_span @ 4+5");
        row("seq in has", "has(seq(a, b))", "filter.seq_inside @ 4+3");
        row("no name", "attr:>5", "filter.no_name @ 0+4");
        row("misspelt structure", "descendent(x)", "filter.unknown_structure @ 0+10");
        row("bad shorthand", "seq(bash:eror)", "filter.bad_value @ 9+4");
    }
    void parses() {
        QFETCH(QByteArray, text);
        QTEST(shown(text), "tree");
    }

    void suggests() {
        QVERIFY(sentence_of("modle:x").contains("Did you mean “model:”?"));
        QVERIFY(sentence_of("modle:x").contains("character 1"));
        QVERIFY(sentence_of("é modle:x").contains("character 3"));
        QVERIFY(sentence_of("sess:x").contains("Did you mean “session:”?"));
        QVERIFY(sentence_of("tokns>5").contains("Did you mean “tokens>”?"));
        QVERIFY(!sentence_of("zzzz:x").contains("Did you mean"));
        QVERIFY(sentence_of("zzzz:x").contains("\"zzzz:x\""));
        QVERIFY(sentence_of("feedback:dwon").contains("Did you mean “feedback:down”?"));
        QVERIFY(sentence_of("kind:tol").contains("kind:tool"));
        QVERIFY(sentence_of("start>soon").contains("-60d"));
        QVERIFY(sentence_of("descendent(x)").contains("Did you mean “descendant(…)”?"));
    }

    void knows_its_places() {
        const auto filter = parse_filter("é model:x (a or b) not c");
        const auto conditions = conditions_of(*filter);
        QCOMPARE(conditions.size(), std::size_t{4});
        QVERIFY((conditions[1]->place == FilterPlace{3, 7}));
        QVERIFY((conditions[3]->place == FilterPlace{20, 5}));
    }

    void bounds_what_is_typed() {
        for (const char* piece :
             {"(", "not ", "has(", "child:", "-", "\"", "/", "seq(", "a or ", "a ", "x:"}) {
            std::string text;
            while (text.size() < 1'000'000)
                text += piece;
            QVERIFY(!parse_filter(text));
            QVERIFY(sentence_of(text.c_str()).size() < 600);
            text.resize(kLongestFilter);
            (void)read_filter(text); // the longest that is read at all
        }
        QVERIFY(!parse_filter(std::string(1'000'000, 'x') + ":y"));
        std::string deep = "a";
        for (int i = 0; i < kDeepestFilter; ++i)
            deep = "(" + deep + ")";
        QVERIFY(parse_filter(deep));
        QVERIFY(!parse_filter("(" + deep + ")"));
    }

    void survives_anything() {
        constexpr const char* kPieces[] = {
            "model",      "cost", "attr", ".",    ":",     ">",       "<=",         "=",      "!=",  "\"",
            "/",          "\\",   "(",    ")",    ",",     " ",       " ",          " ",      "and", "or",
            "not",        "-",    "has(", "seq(", "child", "parent:", "bash:error", "*",      "..",  "10k",
            "2026-11-20", "-60d", "é",    "退",   "\xFF",  "[a-z]+",  "i",          "status", "ok",  "\n"};
        unsigned seed = 7;
        for (int i = 0; i < 30'000; ++i) {
            std::string text;
            seed = seed * 1664525u + 1013904223u;
            const unsigned count = (seed >> 16) % 14;
            for (unsigned n = 0; n < count; ++n) {
                seed = seed * 1664525u + 1013904223u;
                text += kPieces[(seed >> 16) % std::size(kPieces)];
            }
            const auto reading = read_filter(text, kNow);
            if (reading.error) {
                QVERIFY2(reading.error->place.end() <= text.size(), text.c_str());
                QVERIFY2(find_message(reading.error->error.code) != nullptr, text.c_str());
            } else if (reading.filter.root) {
                QVERIFY2(reading.filter.root->place.end() <= text.size(), text.c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestFilter)
#include "tst_filter.moc"

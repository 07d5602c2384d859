// What filters select: each key and operator, structure, and questions that try to be SQL.
#include "model/store/filter.h"
#include "tests/support/example_traces.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

constexpr TraceId kSession{0xcccc000000000004, 4};
constexpr TimeNs kNow = 10 * kDay + 5 * kSecond; // 1970-01-11

// A coding agent's session: edit, a failing bash, edit again under a subagent, over MCP.
std::vector<Span> session_spans() {
    static Resource resource{
        R"({"attributes":[{"key":"service.name","value":{"stringValue":"coder"}},{"key":"host.name","value":{"stringValue":"Lab-1"}}]})",
        "", "coder"};
    const TimeNs day = 9 * kDay;
    std::vector<Span> out;
    const auto add = [&](std::uint64_t id, std::uint64_t parent, int at, int seconds,
                         std::string_view name) -> Span& {
        out.push_back(span(kSession, id, parent, day + at * kSecond, day + (at + seconds) * kSecond, name));
        return out.back();
    };
    auto& root = add(1, 0, 0, 100, "session");
    root.kind = Kind::agent;
    root.agent = "Coder";
    root.attributes =
        R"([{"key":"app.tier","value":{"stringValue":"gold"}},{"key":"app.load","value":{"doubleValue":0.75}},)"
        R"({"key":"app.tags","value":{"arrayValue":{"values":[{"stringValue":"vip"},{"stringValue":"eu"}]}}}])";
    auto& llm = add(2, 1, 1, 2, "plan");
    llm.kind = Kind::llm;
    llm.model = "claude-x";
    llm.usage = {.input = 20'000, .cache_read = 15'000, .output = 2'500};
    llm.reported_cost = kUsd / 10;
    llm.attributes =
        R"([{"key":"gen_ai.output.messages","value":{"stringValue":"Größe des Rückgabewerts prüfen 退款政策"}}])";
    auto& first = add(3, 1, 5, 1, "edit one");
    first.kind = Kind::tool;
    first.tool = "Edit";
    auto& bash = add(4, 1, 10, 40, "run tests");
    bash.kind = Kind::tool;
    bash.tool = "Bash";
    bash.status = Status::error;
    bash.status_message = "Timeout waiting for it";
    auto& helper = add(5, 1, 60, 30, "helper");
    helper.kind = Kind::agent;
    helper.agent = "Fixer";
    auto& second = add(6, 5, 65, 1, "edit two");
    second.kind = Kind::tool;
    second.tool = "Edit";
    second.flags = kMcp;
    second.time_quality = TimeQuality::synthetic;
    for (auto& s : out)
        s.resource = &resource;
    return out;
}

std::unique_ptr<Store> all_examples() {
    auto store = filled();
    if (!store) return nullptr;
    import_spans(*store, head("/home/me/runs/session.jsonl"), session_spans());
    Judgement judged;
    judged.target = {kRefund, {}};
    judged.thumb = Thumb::down;
    judged.labels = {"hallucinated", "Tone"};
    judged.scores = {{"quality", 0.25}};
    judged.comment = "There was no such ORDER at all";
    judged.author = "me";
    judged.time = 1;
    if (!store->note_book().judge(judged)) return nullptr;
    judged = {};
    judged.target = {kSession, {4}};
    judged.thumb = Thumb::up;
    judged.scores = {{"quality", 0.9}};
    judged.author = "me";
    judged.time = 2;
    if (!store->note_book().judge(judged)) return nullptr;
    return store;
}

// "refund request", "weather", "still there", "session" by their first letters.
QString selected(Store& store, const QString& filter) {
    TraceQuery query;
    query.filter = filter.toStdString();
    query.descending = false;
    query.now = kNow;
    const auto page = store.traces().traces(query);
    if (!page) return QString::fromStdString(std::string(page.error().code));
    if (static_cast<std::size_t>(page->count) != page->rows.size()) return "count differs";
    QString out;
    for (const auto& row : page->rows)
        out += row.id == kRefund ? "r" : row.id == kWeather ? "w" : row.id == kOpen ? "o" : "s";
    return out;
}

} // namespace

class TestFilterTraces : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;

private slots:
    void initTestCase() {
        store_ = all_examples();
        QVERIFY(store_);
    }

    void selects_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* filter, const char* expected) {
            QTest::newRow(filter) << QString::fromUtf8(filter) << QString::fromUtf8(expected);
        };
        row("", "rwos");
        row("tool:search or session:s-2", "rw");
        row("tool:search session:s-2", "");
        row("not (tool:search or session:s-2)", "os");
        row("not tool:search and not session:s-2", "os");
        row("kind:agent not (weather or helper)", "r");
        row("not not kind:agent", "rws");
        row("-name:weather", "ros");
        row("not name:\"still there\"", "rws");
        row("-trace:run/17", "wos");
        row("-trace:cccc", "rwo");

        row("cost>0.05", "rs");
        row("cost>=$0.5", "r");
        row("cost<0.5", "ws");
        row("not cost<0.5", "ro");
        row("cost:0.1..0.5", "rs");
        row("tokens_in>10k", "s");
        row("tokens_in:110", "r");
        row("tokens_out<=5", "w");
        row("tokens_cached>0", "rs");
        row("tokens>=22.5k", "s");
        row("duration>30s", "s");
        row("duration:8us", "r");
        row("spans=5", "r");
        row("spans>=5", "rs");
        row("spans!=5", "wos");
        row("llm_calls:2", "r");
        row("tool_calls>=3", "rs");
        row("errors>0", "rs");
        row("silent_failures>0", "r");

        row("start:1970-01-02", "w");
        row("start>1970-01-02", "os");
        row("start<=1970-01-02", "rw");
        row("start:1970-01-02..1970-01-03", "wo");
        row("start>-2d", "s");
        row("start:-9d", "os");
        row("start<-9d", "rw");
        row("start:1970", "rwos");
        row("end<1970-01-02", "r");
        row("end>1970", "");

        row("format:test", "rwos");
        row("format:otlp*", "");
        row("source:/runs/a.jsonl", "r");
        row("source:session.jsonl", "s");
        row("source:*.jsonl", "rwos");
        row("source:/home/*", "s");
        row("service:CODER", "s");
        row("service:none", "");
        row("-service:coder", "rwo");

        row("attr.app.tier:gold", "s");
        row("attr.app.tier:GO*", "s");
        row("attr.app.tier:silver", "");
        row("attr:app.tier=gold", "s");
        row("attr.app.tier:/^g.ld$/", "s");
        row("attr.app.load>0.5", "s");
        row("attr.app.load<=0.5", "");
        row("attr.app.load:0.5..1", "s");
        row("attr.app.tags:vip", "s");
        row("attr.app.tags", "s");
        row("attr.app.ta", "");
        row("not attr.app.tier", "rwo");
        row("attr.host.name:lab-1", "s");
        row("attr.gen_ai.input.messages:*gift*", "r");

        row("score.quality>0.5", "s");
        row("score.quality<0.5", "r");
        row("score.QUALITY:0.25", "r");
        row("score.quality", "rs");
        row("score.other", "");
        row("score>0", "rs");
        row("label:hall*", "r");
        row("label:tone", "r");
        row("comment:order", "r");
        row("comment:/no such/i", "r");
        row("comment:\"such order at\"", "r");
        row("feedback:down", "r");
        row("feedback:up", "s");
        row("feedback:none", "wo");
        row("is:judged", "rs");
        row("is:running", "o");
        row("is:synthetic", "s");
        row("kind:mcp", "s");
        row("-kind:mcp", "rwo");

        row("name:/^edit (one|two)$/", "s");
        row("name:/^EDIT/", "");
        row("name:/^EDIT/i", "s");
        row("tool:/./", "rs");
        row("model:/gpt-4o(-2024)?$/", "r");
        row("/gift ?card/", "r");
        row("/t[io]meout.*for/", "s");
        row("/(a*)*b(a*)*c$/", "");
        row("text:refund", "r");
        row("größe", "s");
        row("GRÖSSE", "");
        row("退款", "s");
        row("政策", "s");
        row("agent:helpdesk or agent:CODER", "rs");

        row("has(tool:search status:error)", "r");
        row("has(tool:payments status:error)", "");
        row("tool:payments status:error", "r");
        row("has(kind:tool and not status:error)", "rs");
        row("has(tool:bash duration>30s)", "s");
        row("has(tool:edit duration>30s)", "");
        row("has(kind:llm tokens_in>=100 cost:0.5)", "r");
        row("has(kind:llm or tool:edit)", "rs");
        row("not has(kind:llm)", "wo");
        row("has(child: tool:edit)", "s");
        row("has(agent:fixer child:tool:edit)", "s");
        row("has(agent:fixer child:tool:bash)", "");
        row("has(agent:coder descendant:kind:mcp)", "s");
        row("has(agent:coder child:kind:mcp)", "");
        row("parent: kind:agent", "rs");
        row("parent: agent:fixer", "s");
        row("has(tool:edit and parent: kind:agent)", "s");
        row("has(tool:edit and not parent: agent:coder)", "s");
        row("has(tool:edit ancestor:agent:coder parent:agent:fixer)", "s");
        row("has(parent:parent:kind:agent)", "s");
        row("has(parent:parent:parent:kind:agent)", "");
        row("child(tool:search status:error)", "r");
        row("has(timeout tool:bash)", "s");
        row("has(timeout tool:edit)", "");
        row("has(\"gift card\" kind:llm)", "r");
        row("has(attr.app.tier:gold agent:coder)", "s");
        row("has(attr.app.tier:gold tool:bash)", "");
        row("has(attr.host.name:lab-1 tool:bash)", "s");
        row("has(feedback:up tool:bash)", "s");
        row("has(feedback:up tool:edit)", "");
        row("has(prompt:triage@4 model:claude)", "r");
        row("has(prompt:triage@3 model:claude)", "");
        row("has(is:running)", "o");
        row("has(service:coder tool:edit)", "s");
        row("has(source:a.jsonl kind:tool)", "r");
        row("has(status:ok)", "rwos");
        row("seq(edit, bash:error, edit)", "s");
        row("seq(edit, edit, bash:error)", "");
        row("seq(edit, edit, edit)", "");
        row("seq(bash:ok)", "");
        row("seq(kind:llm, search:error, payments:ok, kind:llm)", "r");
        row("seq(search, model:gpt-4o*)", "");
        row("seq(tool:search or edit, kind:llm)", "r");
        row("seq(/^e/i, bash, kind:mcp)", "s");
        row("seq(edit, text:timeout, parent:agent:fixer)", "s");
        row("seq(edit, bash) or weather", "ws");
        row("not seq(edit, bash)", "rwo");

        // What people type is never SQL.
        row("name:\"' OR 1=1 --\"", "");
        row("\"'; DROP TABLE trace; --\"", "");
        row("name:%", "");
        row("name:w_ather", "");
        row("model:'*", "");
        row("attr.\"') OR 1=1 --\":x", "");
        row("score.\"' OR '1'='1\">0", "");
        row("source:\"x') OR (1=1\"", "");
        row("trace:\"%\"", "");
        row("seq(\"') OR 1=1 --\")", "");
        row("comment:\"%\"", "");
        row("name:weather", "w");
    }
    void selects() {
        QFETCH(QString, filter);
        QTEST(selected(*store_, filter), "expected");
    }

    void says_the_same_with_the_index() {
        QVERIFY(store_->build_index());
        for (const auto& [filter, expected] : {std::pair{"退款", "s"},
                                               {"/gift ?card/", "r"},
                                               {"attr.app.tier:gold", "s"},
                                               {"has(timeout tool:bash)", "s"},
                                               {"has(\"gift card\" kind:llm)", "r"},
                                               {"attr.gen_ai.input.messages:*gift*", "r"},
                                               {"*imeout", "s"},
                                               {"tool:bash *imeout", "s"},
                                               {"tool:search *imeout", ""},
                                               {"-tool:search -*imeout", "wo"}})
            QCOMPARE(selected(*store_, filter), QString(expected));
    }

    void totals_and_stops() {
        const auto totals = store_->traces().totals({{}, "has(tool:bash status:error)", GroupBy::none});
        QVERIFY(totals);
        QCOMPARE(totals->all.traces, 1);
        std::stop_source stop;
        stop.request_stop();
        TraceQuery query;
        query.filter = "has(tool:bash)";
        QCOMPARE(error_of(store_->traces().traces(query, stop.get_token())), std::string("cancelled"));
    }

    void takes_the_largest_filter() {
        std::string all = "weather", any = "weather";
        for (std::size_t i = 1; i < kMostFilterTerms; ++i) {
            all += " -name:x" + std::to_string(i);
            any += " or tool:x" + std::to_string(i);
        }
        QCOMPARE(selected(*store_, QString::fromStdString(all)), "w");
        QCOMPARE(selected(*store_, QString::fromStdString(any)), "w");
        std::string deep = "weather";
        for (int i = 0; i < 60; ++i)
            deep = "not (not " + deep + ")";
        QCOMPARE(selected(*store_, QString::fromStdString(deep)), "filter.too_deep");
        std::string nested = "kind:agent";
        for (int i = 0; i < 60; ++i)
            nested = "descendant:" + nested;
        QCOMPARE(selected(*store_, QString::fromStdString(nested)), "");
    }

    void answers_whatever_parses() {
        constexpr const char* kPieces[] = {"tool:edit",
                                           "status:error",
                                           "cost>0",
                                           "duration<1h",
                                           "or",
                                           "and",
                                           "not",
                                           "-",
                                           "(",
                                           ")",
                                           "has(",
                                           "child:",
                                           "ancestor:",
                                           "parent:",
                                           "descendant:",
                                           "seq(",
                                           ",",
                                           "kind:llm",
                                           "/i.e/",
                                           "name:*e*",
                                           "attr.app.tier",
                                           "score.quality",
                                           "feedback:none",
                                           "prompt:triage@3",
                                           "timeout",
                                           "is:judged",
                                           "start>-9d",
                                           "service:coder",
                                           "model:/g/"};
        unsigned seed = 11;
        int read = 0;
        for (int i = 0; i < 1500; ++i) {
            QString filter;
            seed = seed * 1664525u + 1013904223u;
            const unsigned count = 1 + (seed >> 16) % 7;
            for (unsigned n = 0; n < count; ++n) {
                seed = seed * 1664525u + 1013904223u;
                filter += QString::fromUtf8(kPieces[(seed >> 16) % std::size(kPieces)]);
                filter += filter.endsWith('-') || filter.endsWith('(') ? "" : " ";
            }
            if (!parse_filter(filter.toStdString(), kNow)) continue;
            ++read;
            const QString all = selected(*store_, filter);
            QVERIFY2(all.isEmpty() || QString("rwos").contains(all[0]), qPrintable(filter + " gave " + all));
            // A trace is in a selection or in its opposite, never in both.
            const QString others = selected(*store_, "not (" + filter + " )");
            QVERIFY2(all.size() + others.size() == 4, qPrintable(filter + " gave " + all + " and " + others));
        }
        QVERIFY(read > 100);
    }

    // Rows first: predicates that look into traces are asked only until the page is full.
    void counts_later_where_it_is_told_to() {
        for (const char* filter :
             {"has(kind:tool)", "has(kind:tool) or has(kind:agent)", "not has(tool:bash)", "attr.app.tier",
              "kind:llm has(status:error)", "kind:llm"}) {
            TraceQuery query;
            query.filter = filter;
            query.now = kNow;
            const auto whole = store_->traces().traces(query);
            QVERIFY2(whole && whole->counted, filter);
            query.count_later = true;
            for (const std::int64_t limit : {1, 2, 3, 1000}) {
                query.limit = limit;
                const auto page = store_->traces().traces(query);
                QVERIFY2(page, filter);
                QCOMPARE(page->rows.size(), std::min(whole->rows.size(), static_cast<std::size_t>(limit)));
                for (std::size_t i = 0; i < page->rows.size(); ++i)
                    QCOMPARE(to_hex(page->rows[i].id), to_hex(whole->rows[i].id));
                if (page->counted)
                    QCOMPARE(page->count, whole->count);
                else
                    QVERIFY2(page->count <= whole->count, filter);
            }
        }
    }

    void rings_of_parents_end() {
        const auto store = temporary_store();
        auto a = span({5, 5}, 1, 2, 1, 2, "a");
        auto b = span({5, 5}, 2, 1, 2, 3, "b");
        auto c = span({5, 5}, 3, 3, 3, 4, "c");
        import_spans(*store, head("/ring"), {a, b, c});
        for (const char* filter :
             {"has(descendant:name:b)", "has(ancestor:name:a)", "not has(name:c parent:name:c)"})
            QCOMPARE(matching(*store, filter).isEmpty(), false);
    }
};

QTEST_GUILESS_MAIN(TestFilterTraces)
#include "tst_filter_traces.moc"

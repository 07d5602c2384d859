#include "tests/support/example_traces.h"

#include <QTest>

#include <limits>

using namespace clew;
using namespace clew::test;

namespace {

const Totals* group(const TotalsAnswer& answer, std::string_view key) {
    for (const auto& g : answer.groups) {
        if (g.key == key) return &g;
    }
    return nullptr;
}

QString keys(const TotalsAnswer& answer) {
    QStringList out;
    for (const auto& g : answer.groups)
        out << QString::fromStdString(g.key);
    return out.join(',');
}

} // namespace

class TestQuestions : public QObject {
    Q_OBJECT
    std::unique_ptr<Store> store_;

private slots:
    void init() {
        store_ = filled();
        QVERIFY(store_);
    }
    void cleanup() { store_.reset(); }

    void lists_traces() {
        const auto page = store_->traces().traces({});
        QVERIFY(page);
        QCOMPARE(names(page), "still there,weather,refund request");
        QCOMPARE(page->count, 3);
        QCOMPARE(page->all, 3);
        QVERIFY(!page->text_unindexed);
        const TraceRow& row = page->rows[2];
        QVERIFY(row.id == kRefund);
        QCOMPARE(row.own_id, std::string("run/17"));
        QCOMPARE(row.session, std::string("s-1"));
        QCOMPARE(row.agent, std::string("helpdesk"));
        QCOMPARE(row.root_kind, Kind::agent);
        QCOMPARE(row.start, 1000);
        QCOMPARE(row.end, 9000);
        QVERIFY(!row.running);
        QCOMPARE(row.spans, 5);
        QCOMPARE(row.llm_calls, 2);
        QCOMPARE(row.tool_calls, 3);
        QCOMPARE(row.errors, 1);
        QCOMPARE(row.silent_failures, 1);
        QCOMPARE(row.input_tokens.value_or(-1), 110);
        QCOMPARE(row.output_tokens.value_or(-1), 55);
        QCOMPARE(row.reported_cost.value_or(-1), kUsd / 2);
        QVERIFY(!row.aggregate_usage);
        QVERIFY(page->rows[1].aggregate_usage);
        QVERIFY(page->rows[0].running);
        QVERIFY(!page->rows[0].reported_cost && !page->rows[0].input_tokens);
    }

    void orders_and_pages() {
        TraceQuery query;
        query.order = TraceOrder::cost;
        QCOMPARE(names(store_->traces().traces(query)), "refund request,weather,still there");
        query.descending = false; // unknown stays last
        QCOMPARE(names(store_->traces().traces(query)), "weather,refund request,still there");
        query.order = TraceOrder::name;
        QCOMPARE(names(store_->traces().traces(query)), "refund request,still there,weather");
        query.offset = 1;
        query.limit = 1;
        const auto page = store_->traces().traces(query);
        QCOMPARE(names(page), "still there");
        QCOMPARE(page->count, 3);
        query.limit = 0;
        QCOMPARE(names(store_->traces().traces(query)), "");
        for (int order = 0; order <= static_cast<int>(TraceOrder::tool_calls); ++order) {
            TraceQuery any;
            any.order = static_cast<TraceOrder>(order);
            QCOMPARE(store_->traces().traces(any)->rows.size(), std::size_t{3});
        }
    }

    void filters_data() {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* filter, const char* expected) {
            QTest::newRow(filter) << QString::fromUtf8(filter) << QString::fromUtf8(expected);
        };
        row("status:error", "refund request");
        row("status:ok", "weather,still there");
        row("-status:error", "weather,still there");
        row("model:gpt-4o", "refund request");
        row("model:GPT-4o-2024", "refund request");
        row("model:gpt-4", "");
        row("model:gpt*", "refund request");
        row("model:g_t-4o", "");
        row("tool:search", "refund request");
        row("agent:helpdesk", "refund request");
        row("provider:openai user:u1", "refund request");
        row("session:s-*", "refund request,weather");
        row("-session:s-1", "weather,still there");
        row("kind:tool", "refund request");
        row("kind:agent", "refund request,weather");
        row("kind:memory", "");
        row("name:late", "weather");
        row("name:\"still there\"", "still there");
        row("prompt:triage", "refund request");
        row("prompt:triage@3", "refund request");
        row("prompt:triage@5", "");
        row("trace:aaaa", "refund request,weather");
        row("trace:run/17", "refund request");
        row("feedback:none", "refund request,weather,still there");
        row("feedback:any", "");
        row("refund", "refund request");
        row("\"gift card\"", "refund request");
        row("gift -weather", "refund request");
        row("there", "still there");
        row("\"no such order\"", "refund request");
        row("*fund", "refund request");
        row("stringValue", "");
        row("gen_ai.input", "refund request");
        row("nowhere", "");
        row("", "refund request,weather,still there");
    }
    void filters() {
        QFETCH(QString, filter);
        QTEST(matching(*store_, filter.toStdString()), "expected");
        // The same with the index as without.
        QVERIFY(store_->build_index());
        QTEST(matching(*store_, filter.toStdString()), "expected");
    }

    void filter_errors_come_through() {
        TraceQuery query;
        query.filter = "modle:x";
        QCOMPARE(error_of(store_->traces().traces(query)), std::string("filter.unknown_key"));
    }

    void filters_by_judgement() {
        Judgement down;
        down.target = {kRefund, {}};
        down.thumb = Thumb::down;
        down.labels = {"wrong answer"};
        down.author = "ann";
        QVERIFY(store_->note_book().judge(down));
        Judgement up;
        up.target = {kWeather, {9}};
        up.thumb = Thumb::up;
        up.author = "ann";
        QVERIFY(store_->note_book().judge(up));
        QCOMPARE(matching(*store_, "feedback:down"), "refund request");
        QCOMPARE(matching(*store_, "feedback:up"), "weather");
        QCOMPARE(matching(*store_, "feedback:any"), "refund request,weather");
        QCOMPARE(matching(*store_, "feedback:none"), "still there");
        QCOMPARE(matching(*store_, "label:wrong*"), "refund request");
        QCOMPARE(store_->traces().trace(kRefund)->thumb, Thumb::down);
        QVERIFY(!store_->traces().trace(kRefund)->has_span_judgements);
        QCOMPARE(store_->traces().trace(kWeather)->thumb, Thumb::none);
        QVERIFY(store_->traces().trace(kWeather)->has_span_judgements);
    }

    void one_trace() {
        QCOMPARE(store_->traces().trace(kWeather)->name, std::string("weather"));
        QCOMPARE(error_of(store_->traces().trace({1, 2})), std::string("trace.unknown"));
    }

    void opens_a_trace() {
        const auto snapshot = store_->traces().open(kRefund);
        QVERIFY(snapshot);
        const TraceSnapshot& t = **snapshot;
        QVERIFY(t.id == kRefund);
        QCOMPARE(t.name, std::string("refund request"));
        QCOMPARE(t.own_id, std::string("run/17"));
        QCOMPARE(t.session, std::string("s-1"));
        QCOMPARE(t.spans.size(), std::size_t{5});
        QCOMPARE(t.spans[0].subtree, 5u);
        QCOMPARE(std::string(t.text(t.spans[0].name)), std::string("refund request"));
        QCOMPARE(t.spans[0].subtree_input, 110);
        QCOMPARE(t.spans[0].subtree_cost, kUsd / 2);
        QCOMPARE(t.spans[0].subtree_errors, 1u);
        QCOMPARE(t.spans[1].cost, kUsd / 2);
        QCOMPARE(t.spans[1].first_token, TimeNs{2250});
        QCOMPARE(t.spans[2].first_token, kNoTime);
        QCOMPARE(t.spans[1].name, t.spans[4].name); // one string
        QCOMPARE(std::string(t.text(t.spans[2].status_message)), std::string("no such order"));
        const auto weather = store_->traces().open(kWeather);
        QVERIFY((*weather)->spans[1].orphan);
        QCOMPARE((*weather)->spans[0].subtree_input, 7);
        QCOMPARE(error_of(store_->traces().open({1, 2})), std::string("trace.unknown"));
    }

    void one_span() {
        const auto got = store_->traces().span(kRefund, {2});
        QVERIFY(got);
        QCOMPARE(got->name, std::string("chat"));
        QCOMPARE(got->parent.value, std::uint64_t{1});
        QCOMPARE(got->model, std::string("gpt-4o-2024"));
        QCOMPARE(got->request_model, std::string("gpt-4o"));
        QCOMPARE(got->prompt_version, std::string("3"));
        QCOMPARE(got->trace_own_id, std::string("run/17"));
        QVERIFY((got->usage ==
                 Usage{.input = 100, .cache_read = 20, .cache_write = {}, .output = 50, .reasoning = 10}));
        QCOMPARE(got->reported_cost.value_or(0), kUsd / 2);
        QCOMPARE(got->unexecuted_calls, std::uint16_t{1});
        QVERIFY(got->attributes.starts_with(R"([{"key":"gen_ai.input.messages")"));
        QCOMPARE(got->events, std::string(R"([{"timeUnixNano":"5","name":"first"}])"));
        QCOMPARE(got->rest, std::string(R"("kind":3)"));
        QCOMPARE(got->source_path, std::string("/runs/a.jsonl"));
        QCOMPARE(got->source_format, std::string("test"));
        QCOMPARE(error_of(store_->traces().span(kRefund, {99})), std::string("span.unknown"));
        QCOMPARE(error_of(store_->traces().span({1, 2}, {99})), std::string("trace.unknown"));
    }

    void log_records_join_the_events() {
        std::vector<LogRecord> logs(2);
        logs[0].trace = logs[1].trace = kRefund;
        logs[0].span = {2};
        logs[1].span = {3};
        logs[0].time = logs[1].time = 6;
        logs[0].name = logs[1].name = "gen_ai.choice";
        logs[0].event = logs[1].event = R"({"timeUnixNano":"6","name":"gen_ai.choice","attributes":[]})";
        import_spans(*store_, head("/runs/logs.jsonl"), {}, std::move(logs));
        QCOMPARE(
            store_->traces().span(kRefund, {2})->events,
            std::string(
                R"([{"timeUnixNano":"5","name":"first"},{"timeUnixNano":"6","name":"gen_ai.choice","attributes":[]}])"));
        QCOMPARE(store_->traces().span(kRefund, {3})->events,
                 std::string(R"([{"timeUnixNano":"6","name":"gen_ai.choice","attributes":[]}])"));
        QCOMPARE(matching(*store_, "gen_ai.choice"), "refund request");
        QVERIFY(store_->build_index());
        QCOMPARE(matching(*store_, "gen_ai.choice"), "refund request");
        QCOMPARE(store_->traces().find_in_trace(kRefund, "AI.CHOICE")->size(), std::size_t{2});
    }

    void every_span_in_tree_order() {
        std::vector<std::uint64_t> ids;
        QVERIFY(store_->traces().each_span(kRefund, [&](const SpanDetail& s) {
            ids.push_back(s.id.value);
            return ids.size() < 4;
        }));
        QCOMPARE(ids, (std::vector<std::uint64_t>{1, 2, 3, 4}));
    }

    void totals_of_all() {
        const auto answer = store_->traces().totals({});
        QVERIFY(answer);
        const Totals& t = answer->all;
        QVERIFY(answer->groups.empty());
        QCOMPARE(t.traces, 3);
        QCOMPARE(t.spans, 8);
        QCOMPARE(t.root_spans, 3);
        QCOMPARE(t.orphan_spans, 1);
        QCOMPARE(t.llm_calls, 2);
        QCOMPARE(t.tool_calls, 3);
        QCOMPARE(t.errors, 1);
        QCOMPARE(t.tool_errors, 1);
        QCOMPARE(t.silent_failures, 1);
        QCOMPARE(t.steps, 1);
        QCOMPARE(t.sessions, 2);
        QCOMPARE(t.duration.value_or(0), 2 * kDay - 1000);
        QCOMPARE(t.input_tokens.value_or(-1), 117);
        QCOMPARE(t.cache_read_tokens.value_or(-1), 20);
        QVERIFY(!t.cache_write_tokens);
        QCOMPARE(t.output_tokens.value_or(-1), 58);
        QCOMPARE(t.reasoning_tokens.value_or(-1), 10);
        QCOMPARE(t.cost.value_or(-1), kUsd / 2 + 1000);
        QCOMPARE(t.cost_reported.value_or(-1), kUsd / 2 + 1000);
        QVERIFY(!t.cost_computed);
        QCOMPARE(t.unpriced_calls, 1);
        QCOMPARE(t.start, 1000);
        QCOMPARE(t.end, 2 * kDay);
    }

    void totals_of_nothing() {
        TotalsQuery query;
        query.filter = "name:nothing";
        const auto answer = store_->traces().totals(query);
        QVERIFY(answer);
        QCOMPARE(answer->all.traces, 0);
        QVERIFY(!answer->all.duration && !answer->all.cost && !answer->all.input_tokens);
        QCOMPARE(answer->all.start, kNoTime);
    }

    void groups_data() {
        QTest::addColumn<int>("by");
        QTest::addColumn<QString>("keys_expected");
        QTest::newRow("model") << static_cast<int>(GroupBy::model) << ",claude,gpt-4o-2024";
        QTest::newRow("trace") << static_cast<int>(GroupBy::trace)
                               << "aaaa0000000000010000000000000001,aaaa0000000000020000000000000002,"
                                  "bbbb0000000000030000000000000003";
        QTest::newRow("session") << static_cast<int>(GroupBy::session) << ",s-1,s-2";
        QTest::newRow("prompt") << static_cast<int>(GroupBy::prompt) << ",triage@3,triage@4";
        QTest::newRow("tool") << static_cast<int>(GroupBy::tool) << ",payments,search";
        QTest::newRow("agent") << static_cast<int>(GroupBy::agent) << ",helpdesk";
        QTest::newRow("day") << static_cast<int>(GroupBy::day) << "1970-01-01,1970-01-02,1970-01-03";
    }
    void groups() {
        QFETCH(int, by);
        TotalsQuery query;
        query.by = static_cast<GroupBy>(by);
        const auto answer = store_->traces().totals(query);
        QVERIFY(answer);
        QTEST(keys(*answer), "keys_expected");
        // Whatever they are grouped by, what is counted adds up.
        Totals sum;
        std::int64_t input = 0;
        std::int64_t output = 0;
        PicoUsd cost = 0;
        for (const auto& g : answer->groups) {
            sum.spans += g.spans;
            sum.root_spans += g.root_spans;
            sum.orphan_spans += g.orphan_spans;
            sum.llm_calls += g.llm_calls;
            sum.tool_calls += g.tool_calls;
            sum.errors += g.errors;
            sum.tool_errors += g.tool_errors;
            sum.silent_failures += g.silent_failures;
            sum.steps += g.steps;
            sum.unpriced_calls += g.unpriced_calls;
            input += g.input_tokens.value_or(0);
            output += g.output_tokens.value_or(0);
            cost += g.cost.value_or(0);
        }
        const Totals& all = answer->all;
        QCOMPARE(sum.spans, all.spans);
        QCOMPARE(sum.root_spans, all.root_spans);
        QCOMPARE(sum.orphan_spans, all.orphan_spans);
        QCOMPARE(sum.llm_calls, all.llm_calls);
        QCOMPARE(sum.tool_calls, all.tool_calls);
        QCOMPARE(sum.errors, all.errors);
        QCOMPARE(sum.tool_errors, all.tool_errors);
        QCOMPARE(sum.silent_failures, all.silent_failures);
        QCOMPARE(sum.steps, all.steps);
        QCOMPARE(sum.unpriced_calls, all.unpriced_calls);
        QCOMPARE(input, all.input_tokens.value_or(-1));
        QCOMPARE(output, all.output_tokens.value_or(-1));
        QCOMPARE(cost, all.cost.value_or(-1));
        // The same where the traces are narrowed down first.
        query.filter = "-kind:guardrail";
        QCOMPARE(keys(*store_->traces().totals(query)), keys(*answer));
    }

    void a_group_by_model() {
        TotalsQuery query;
        query.by = GroupBy::model;
        const auto answer = store_->traces().totals(query);
        const Totals* g = group(*answer, "gpt-4o-2024");
        QVERIFY(g);
        QCOMPARE(g->traces, 1);
        QCOMPARE(g->llm_calls, 1);
        QCOMPARE(g->input_tokens.value_or(-1), 100);
        QCOMPARE(g->cost.value_or(-1), kUsd / 2);
        QCOMPARE(g->unpriced_calls, 0);
        QCOMPARE(g->duration.value_or(-1), 1000);
        QCOMPARE(g->sessions, 1);
        QCOMPARE(group(*answer, "claude")->unpriced_calls, 1);
    }

    void sources_and_notes() {
        const auto sources = store_->traces().sources();
        QVERIFY(sources);
        QCOMPARE(sources->size(), std::size_t{2});
        const SourceRow& a = (*sources)[0];
        QCOMPARE(a.report.path, std::string("/runs/a.jsonl"));
        QCOMPARE(a.report.format, std::string("test"));
        QCOMPARE(a.report.traces, std::uint64_t{1});
        QCOMPARE(a.report.spans, std::uint64_t{5});
        QCOMPARE(a.report.notes_warning, std::uint64_t{1});
        QCOMPARE(a.report.notes.size(), std::size_t{1});
        QVERIFY(a.complete);
        QCOMPARE(a.bytes, std::uint64_t{100});
        const auto notes = store_->traces().notes(a.id);
        QCOMPARE(notes->size(), std::size_t{1});
        QCOMPARE((*notes)[0].code, std::string_view("file.empty"));
        QCOMPARE((*notes)[0].args, std::vector<std::string>{"x"});
        QCOMPARE((*notes)[0].part, std::string("part"));
        QCOMPARE((*notes)[0].offset.value_or(0), std::uint64_t{12});
        QCOMPARE((*notes)[0].line.value_or(0), std::uint64_t{3});
        QVERIFY(*store_->traces().traces_of_source(a.id) == std::vector<TraceId>{kRefund});
        TraceQuery query;
        query.sources = {(*sources)[1].id};
        QCOMPARE(names(store_->traces().traces(query)), "still there,weather");
        TotalsQuery totals;
        totals.sources = {a.id};
        QCOMPARE(store_->traces().totals(totals)->all.spans, 5);
    }

    void hostile_numbers_do_not_break_sums() {
        std::vector<Span> spans;
        for (std::uint64_t i = 1; i <= 3; ++i) {
            auto s = span({9, 9}, i, 0, 5, 6, "huge");
            s.kind = Kind::llm;
            s.model = "m";
            s.usage.input = std::numeric_limits<std::int64_t>::max();
            spans.push_back(s);
        }
        import_spans(*store_, head("/runs/huge.jsonl"), std::move(spans));
        for (const GroupBy by : {GroupBy::none, GroupBy::model, GroupBy::trace}) {
            TotalsQuery query;
            query.by = by;
            const auto answer = store_->traces().totals(query);
            QVERIFY(answer);
            QCOMPARE(answer->all.input_tokens.value_or(0), std::numeric_limits<std::int64_t>::max());
        }
        QVERIFY(store_->traces().open({9, 9}));
        TraceQuery query;
        query.order = TraceOrder::tokens;
        QVERIFY(store_->traces().traces(query));
    }
};

QTEST_GUILESS_MAIN(TestQuestions)
#include "tst_questions.moc"

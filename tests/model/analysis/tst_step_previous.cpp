// Which earlier call a step goes on from: by what it resends, within its own agent.

#include "model/analysis/step/step.h"
#include "tests/model/analysis/step_cases.h"
#include "tests/support/memory_store.h"

#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

std::string chat(const std::vector<std::pair<std::string, std::string>>& messages,
                 const std::string& answer) {
    std::string list = "[";
    for (const auto& [role, text] : messages)
        list += (list.size() > 1 ? ",{\"role\":" : "{\"role\":") + json_string(role) +
                ",\"content\":" + json_string(text) + "}";
    list += "]";
    const std::string output = "[{\"role\":\"assistant\",\"content\":" + json_string(answer) + "}]";
    return "[{\"key\":\"gen_ai.input.messages\",\"value\":{\"stringValue\":" + json_string(list) +
           "}},{\"key\":\"gen_ai.output.messages\",\"value\":{\"stringValue\":" + json_string(output) + "}}]";
}

} // namespace

class TestStepPrevious : public QObject {
    Q_OBJECT

    const TraceId trace_ = trace_id(1);
    std::vector<SpanDetail> spans_;

    void call(std::uint64_t id, std::uint64_t parent, std::int64_t at,
              const std::vector<std::pair<std::string, std::string>>& messages, const std::string& answer,
              Usage usage = {}) {
        SpanDetail span = make_span(trace_, id, parent, "chat", Kind::llm, at, at + 100);
        span.attributes = chat(messages, answer);
        span.usage = usage;
        spans_.push_back(span);
    }
    Step step(std::uint64_t id, int* reads = nullptr) {
        const TraceSnapshotPtr snapshot = make_snapshot(trace_, spans_);
        const auto read = [&](SpanId wanted) -> std::optional<SpanDetail> {
            if (reads) ++*reads;
            const auto at = std::ranges::find(spans_, wanted, &SpanDetail::id);
            return at == spans_.end() ? std::nullopt : std::optional(*at);
        };
        const SpanDetail self = *read(span_id(id));
        if (reads) *reads = 0;
        return step_of(*snapshot, snapshot->find(span_id(id)),
                       call_prompt(self, std::make_shared<const Conversation>(conversation_of(self))), read);
    }
    std::uint64_t previous(std::uint64_t id) { return step(id).previous.value_or(SpanId{}).value; }

private slots:
    void init() {
        spans_ = {make_span(trace_, 1, 0, "agent", Kind::agent, 0, 10'000),
                  make_span(trace_, 2, 1, "helper", Kind::agent, 300, 2'000)};
    }

    void by_what_it_resends_not_by_time() {
        call(10, 1, 0, {{"user", "one"}}, "1");
        call(11, 1, 200, {{"user", "something else"}}, "2"); // nearer, but of another conversation
        call(12, 1, 400, {{"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "3");
        QCOMPARE(previous(12), std::uint64_t(10));
        QCOMPARE(previous(11), std::uint64_t(0));
        QCOMPARE(previous(10), std::uint64_t(0));
    }
    void the_nearest_of_those_it_goes_on_from() {
        call(10, 1, 0, {{"user", "one"}}, "1");
        call(11, 1, 200, {{"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "2");
        call(12, 1, 400,
             {{"user", "one"}, {"assistant", "1"}, {"user", "two"}, {"assistant", "2"}, {"user", "three"}},
             "3");
        int reads = 0;
        QCOMPARE(step(12, &reads).previous.value_or(SpanId{}).value, std::uint64_t(11));
        QCOMPARE(reads, 1); // the first one read explains all of it
    }
    void subagents_have_their_own() {
        call(10, 1, 0, {{"system", "main"}, {"user", "one"}}, "1");
        call(20, 2, 400, {{"system", "help"}, {"user", "part"}}, "a");
        call(21, 2, 600, {{"system", "help"}, {"user", "part"}, {"assistant", "a"}, {"user", "more"}}, "b");
        call(11, 1, 2'100, {{"system", "main"}, {"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "2");
        QCOMPARE(previous(20), std::uint64_t(0));
        QCOMPARE(previous(21), std::uint64_t(20));
        QCOMPARE(previous(11), std::uint64_t(10));
    }
    void a_conversation_goes_on_in_the_next_run_of_the_agent() {
        spans_.push_back(make_span(trace_, 3, 0, "agent", Kind::agent, 5'000, 6'000));
        call(10, 1, 0, {{"user", "one"}}, "1");
        call(30, 3, 5'000, {{"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "2");
        QCOMPARE(previous(30), std::uint64_t(10));
    }
    void a_changed_system_prompt_hides_nothing() {
        call(10, 1, 0, {{"system", "Monday"}, {"user", "one"}}, "1");
        call(11, 1, 200, {{"system", "Tuesday"}, {"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "2");
        const Step got = step(11);
        QCOMPARE(got.previous.value_or(SpanId{}).value, std::uint64_t(10));
        QCOMPARE(code(got.change), QStringLiteral("step.system_changed"));
    }
    void a_compacted_history_is_still_a_continuation() {
        call(10, 1, 0,
             {{"user", "one"}, {"assistant", "1"}, {"user", "two"}, {"assistant", "2"}, {"user", "last"}},
             "3");
        call(11, 1, 200, {{"user", "Summary."}, {"user", "last"}, {"assistant", "3"}, {"user", "next"}}, "4");
        const Step got = step(11);
        QCOMPARE(got.previous.value_or(SpanId{}).value, std::uint64_t(10));
        QCOMPARE(code(got.change), QStringLiteral("step.history_cut"));
    }
    void the_call_before_where_records_keep_only_what_is_new() {
        call(10, 1, 0, {{"user", "one"}}, "1", {20'000, 0, 19'000, 5, {}});
        call(20, 2, 400, {{"user", "part"}}, "a", {9'000, 0, 8'900, 5, {}});
        call(11, 1, 2'100, {{"tool", "result"}}, "2", {20'500, 19'000, 400, 5, {}});
        const Step got = step(11);
        QCOMPARE(got.previous.value_or(SpanId{}).value, std::uint64_t(10));
        QVERIFY(!got.change.history_known);
        QCOMPARE(got.change.cache, CacheVerdict::held);
    }
    void a_wrapper_of_the_same_call_is_not_before_it() {
        call(10, 1, 0, {{"user", "one"}}, "1");
        call(40, 10, 5, {{"user", "one"}}, "1"); // as an inner SDK saw it
        call(11, 1, 200, {{"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "2");
        call(41, 11, 205, {{"user", "one"}, {"assistant", "1"}, {"user", "two"}}, "2");
        QCOMPARE(previous(40), std::uint64_t(0));
        QCOMPARE(previous(41), std::uint64_t(40));
        QCOMPARE(previous(11), std::uint64_t(10));
    }
    void a_repeated_call_follows_at_once() {
        call(10, 1, 0, {{"user", "one"}}, "");
        call(11, 1, 200, {{"user", "one"}}, "1");
        call(12, 1, 400, {{"user", "two"}}, "2");
        call(13, 1, 600, {{"user", "one"}}, "1"); // the same words, later
        QCOMPARE(previous(11), std::uint64_t(10));
        QCOMPARE(previous(13), std::uint64_t(0));
    }
    void reading_is_bounded() {
        for (std::uint64_t i = 0; i < 100; ++i)
            call(100 + i, 1, static_cast<std::int64_t>(i) * 10, {{"user", "call " + std::to_string(i)}}, "x");
        int reads = 0;
        QVERIFY(!step(199, &reads).previous);
        QVERIFY2(reads <= 12, qPrintable(QString::number(reads)));
    }
};

QTEST_APPLESS_MAIN(TestStepPrevious)
#include "tst_step_previous.moc"

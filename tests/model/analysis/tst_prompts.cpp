// What tells prompts apart and what does not; drift; metrics by run.

#include "model/analysis/prompts/call_prompts.h"
#include "model/analysis/prompts/compare_versions.h"
#include "model/analysis/prompts/prompt_drift.h"
#include "model/analysis/prompts/prompt_text.h"

#include <QTest>

#include <algorithm>

using namespace clew;

namespace {

Conversation prompted(const std::string& system, std::vector<ToolDefinition> tools = {}) {
    Conversation out;
    Message message;
    message.role = "system";
    message.parts.push_back({.type = PartType::text, .text = system});
    out.messages.push_back(message);
    Message user;
    user.role = "user";
    user.parts.push_back({.type = PartType::text, .text = "something else each time"});
    out.messages.push_back(user);
    out.tools = std::move(tools);
    return out;
}

PromptText text_of(const std::string& system, std::vector<ToolDefinition> tools = {}) {
    return prompt_text(prompted(system, std::move(tools))).value_or(PromptText{});
}

SpanDetail call(std::uint64_t id, std::uint64_t parent, Kind kind, const char* name) {
    SpanDetail out;
    out.id = SpanId{id};
    out.parent = SpanId{parent};
    out.kind = kind;
    out.name = name;
    return out;
}

const char* const kAttributes = "[{\"key\":\"gen_ai.system_instructions\",\"value\":{\"stringValue\":"
                                "\"[{\\\"type\\\":\\\"text\\\",\\\"content\\\":\\\"Be kind.\\\"}]\"}}]";

PromptRun run(std::uint64_t id) {
    PromptRun out;
    out.trace = TraceId{id, 1};
    out.calls = {SpanId{id}};
    return out;
}

const MetricComparison& metric(const std::vector<MetricComparison>& metrics, const char* id) {
    return *std::ranges::find(metrics, id, &MetricComparison::id);
}

} // namespace

class TestPrompts : public QObject {
    Q_OBJECT
private slots:
    void valuesDoNotTellPromptsApart_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        const auto row = [](const char* name, const char* a, const char* b) {
            QTest::newRow(name) << QString::fromUtf8(a) << QString::fromUtf8(b);
        };
        row("dates", "Today is 2025-10-03.", "Today is 2026-01-31.");
        row("times", "It is 2025-10-03T08:15:30Z now.", "It is 2026-01-31 18:02:11 now.");
        row("written dates", "Today is Friday, 3 October 2025.", "Today is Monday, 12 January 2026.");
        row("uuids", "Session 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is open.",
            "Session 9b2504e0-4f89-11d3-9a0c-0305e82c33ff is open.");
        row("ids", "Look at order ORD-100234.", "Look at order ORD-882.");
        row("hashes", "Commit deadbeef1234 is live.", "Commit 0123abcd9999 is live.");
        row("numbers", "You have 17 unread mails.", "You have 3 unread mails.");
        row("names", "The customer is called Maria Lopez and waits.",
            "The customer is called José and waits.");
        row("addresses", "Write to maria@example.com or see https://a.example/x.",
            "Write to bob@example.org or see https://b.example/y/z.");
        row("paths", "The folder is /home/maria/work today.", "The folder is /srv/agents/two today.");
        row("white space", "Be kind.\n\n  Be brief.", "Be kind.\nBe brief.");
    }
    void valuesDoNotTellPromptsApart() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QCOMPARE(text_of(a.toStdString()).near, text_of(b.toStdString()).near);
        QVERIFY(text_of(a.toStdString()).near != 0);
    }

    void wordsTellPromptsApart_data() {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        const auto row = [](const char* name, const char* a, const char* b) {
            QTest::newRow(name) << QString::fromUtf8(a) << QString::fromUtf8(b);
        };
        row("a word", "You may promise refunds.", "You must promise refunds.");
        row("stress", "Do this ALWAYS when asked.", "Do this NEVER when asked.");
        row("a sentence more", "Be kind.", "Be kind. Be brief.");
        row("a sentence's first word", "Be kind. Answer now.", "Be kind. Refuse now.");
        row("a line's first word", "Rules\nAnswer", "Rules\nRefuse");
        row("a heading", "# Rules For Refunds\nx", "# Rules For Orders\nx");
        row("other scripts", "你是一个退款助手", "你是一个订单助手");
    }
    void wordsTellPromptsApart() {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QVERIFY(text_of(a.toStdString()).near != text_of(b.toStdString()).near);
        QVERIFY(text_of(a.toStdString()).hash != text_of(b.toStdString()).hash);
    }

    void idsAreMaskedInWhatIsShown() {
        QCOMPARE(without_ids("Order  ORD-100234 of 2025-10-03,\nfor Maria, 3 items."),
                 std::string("Order <id> of <id>, for Maria, 3 items."));
        QCOMPARE(without_values("For Maria Lopez, born 3 May 1990."),
                 std::string("For <value>, born <value>."));
    }

    void toolsAreAPartOfThePrompt() {
        const ToolDefinition search{"search", "Finds pages.", R"({"type":"object","properties":{"q":{}}})"};
        const ToolDefinition same{"search", "Finds pages.", R"({"properties": {"q": {}}, "type": "object"})"};
        const ToolDefinition other{"search", "Finds pages and files.", search.parameters_json};
        const ToolDefinition pay{"pay", "Pays.", "{}"};
        QCOMPARE(text_of("Be kind.", {search}).near, text_of("Be kind.", {same}).near);
        QCOMPARE(text_of("Be kind.", {search, pay}).near, text_of("Be kind.", {pay, search}).near);
        QVERIFY(text_of("Be kind.", {search}).near != text_of("Be kind.", {other}).near);
        QVERIFY(text_of("Be kind.", {search}).near != text_of("Be kind.").near);
        QVERIFY(text_of("", {search}).near != 0);
        QVERIFY(!prompt_text(prompted(" \n")));
        QVERIFY(!prompt_text(Conversation{}));
    }

    void promptsAreNamedByTheirAgent() {
        CallPrompts prompts;
        prompts.add(call(1, 0, Kind::agent, "helpdesk"));
        prompts.add(call(2, 1, Kind::generic, "step"));
        auto below = call(3, 2, Kind::llm, "chat m-1");
        below.attributes = kAttributes;
        prompts.add(below);
        auto own = below;
        own.id = SpanId{4};
        own.agent = "planner";
        prompts.add(own);
        auto alone = below;
        alone.id = SpanId{5};
        alone.parent = SpanId{};
        alone.model = "m-1";
        prompts.add(alone);
        auto named = below;
        named.id = SpanId{6};
        named.prompt_name = "refund";
        named.prompt_version = "7";
        prompts.add(named);
        prompts.add(call(7, 1, Kind::llm, "chat")); // nothing is known of its prompt
        const auto got = prompts.take();
        QCOMPARE(got.size(), std::size_t{4});
        QCOMPARE(got[0].name, std::string("helpdesk"));
        QCOMPARE(got[1].name, std::string("planner"));
        QCOMPARE(got[2].name, std::string("chat"));
        QCOMPARE(got[3].name + "@" + got[3].version, std::string("refund@7"));
        QVERIFY(got[0].version.empty() && got[0].near == got[3].near);
    }
    void aStatedTemplateOrHashGoesBeforeTheFilledText() {
        const auto near_of = [](const char* attributes) {
            CallPrompts prompts;
            auto one = call(1, 0, Kind::llm, "chat");
            one.attributes = attributes;
            prompts.add(one);
            const auto got = prompts.take();
            return got.empty() ? std::uint64_t{0} : got[0].near;
        };
        const auto a =
            near_of("[{\"key\":\"llm.prompt_template.template\",\"value\":{\"stringValue\":\"Hello {x}\"}},"
                    "{\"key\":\"gen_ai.system_instructions\",\"value\":{\"stringValue\":\"Hello you\"}}]");
        const auto b =
            near_of("[{\"key\":\"llm.prompt_template.template\",\"value\":{\"stringValue\":\"Hello {x}\"}},"
                    "{\"key\":\"gen_ai.system_instructions\",\"value\":{\"stringValue\":\"Hello they\"}}]");
        const auto c = near_of("[{\"key\":\"prompt_hash\",\"value\":{\"stringValue\":\"sha256:aa\"}}]");
        const auto d = near_of("[{\"key\":\"prompt_hash\",\"value\":{\"stringValue\":\"sha256:bb\"}}]");
        QVERIFY(a != 0 && a == b);
        QVERIFY(c != 0 && d != 0 && c != d && c != a);
    }

    void driftIsATextThatItsVersionDoesNotTell() {
        const std::vector<PromptUse> uses{{"refund", "v2", 7, 50},   {"refund", "v1", 2, 30},
                                          {"refund", "v1", 1, 10},   {"plain", "", 5, 20},
                                          {"plain", "", 6, kNoTime}, {"once", "1", 1, 1}};
        const auto got = drifts_of(uses);
        QCOMPARE(got.size(), std::size_t{2});
        QCOMPARE(got[0].name, std::string("plain"));
        QCOMPARE(got[0].since, kNoTime);
        QCOMPARE(got[1].version, std::string("v1"));
        QCOMPARE(got[1].before, std::uint64_t{1});
        QCOMPARE(got[1].after, std::uint64_t{2});
        QCOMPARE(got[1].since, TimeNs{30});
        QVERIFY(drifts_of({}).empty());
    }

    void aRunIsOneObservationAndUnknownIsNotZero() {
        std::vector<PromptRun> a, b;
        for (std::uint64_t i = 1; i <= 3; ++i) {
            a.push_back(run(i));
            a.back().durations = {10, 20, 900};
            b.push_back(run(10 + i));
            b.back().durations = {30};
        }
        a[0].input_tokens = 100;
        a[0].cache_read = 25;
        a[0].cache_input = 100;
        a[0].troubled = true;
        a[1].failed = true;
        a[1].cost = kUsd / 4;
        b.push_back(a[2]); // used both
        std::vector<Judgement> judgements(4);
        judgements[0].target = {a[0].trace, {}};
        judgements[0].thumb = Thumb::down;
        judgements[0].time = 5;
        judgements[0].scores = {{"quality", 1}};
        judgements[1] = judgements[0]; // another author, later
        judgements[1].thumb = Thumb::up;
        judgements[1].time = 6;
        judgements[1].scores = {{"quality", 2}};
        judgements[2].target = {a[1].trace, SpanId{999}}; // of a span that is none of its calls
        judgements[2].thumb = Thumb::up;
        judgements[3].target = {a[1].trace, a[1].calls[0]};
        judgements[3].thumb = Thumb::down;
        const auto got = compare_versions(a, b, judgements);
        QCOMPARE(metric(got, "latency_p50").n[0], 2);
        QCOMPARE(metric(got, "latency_p50").n[1], 3);
        QCOMPARE(*metric(got, "latency_p50").a, 20.0);
        QCOMPARE(*metric(got, "error_rate").a, 0.5);
        QCOMPARE(metric(got, "tokens_in").n[0], 1);
        QCOMPARE(metric(got, "tokens_in").n[1], 0);
        QVERIFY(!metric(got, "tokens_in").b);
        QCOMPARE(*metric(got, "cost").a, 0.25);
        QCOMPARE(*metric(got, "cache_share").a, 0.25);
        QCOMPARE(*metric(got, "finding_rate").a, 1.0);
        QCOMPARE(metric(got, "finding_rate").n[0], 1);
        QCOMPARE(*metric(got, "thumbs_up_rate").a, 0.5);
        QCOMPARE(*metric(got, "score.quality").a, 1.5);
        QCOMPARE(metric(got, "score.quality").n[0], 1);
    }
};

QTEST_APPLESS_MAIN(TestPrompts)
#include "tst_prompts.moc"

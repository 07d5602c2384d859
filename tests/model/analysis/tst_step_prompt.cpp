// What filled a prompt, by conversations that were counted by hand.

#include "tests/model/analysis/step_cases.h"

#include <QElapsedTimer>
#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

// "system 40/10 user 8/2": characters and tokens of each share.
QString shown(const PromptComposition& composition) {
    QStringList out;
    for (const PromptShare& share : composition.shares) {
        const std::string_view name = prompt_part_name(share.part);
        out << QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())) +
                   QStringLiteral(" %1/%2").arg(share.size.characters).arg(share.size.tokens.value_or(-1));
    }
    return out.join(QLatin1Char(' '));
}

std::int64_t sum(const PromptComposition& composition) {
    std::int64_t out = 0;
    for (const PromptShare& share : composition.shares)
        out += share.size.tokens.value_or(0);
    return out;
}

Conversation agent() {
    Conversation c;
    c.tools = {{"find", "Finds.", "{\"a\":1}"}}; // 17
    c.messages = {said("system", std::string(40, 's')),
                  said("user", std::string(12, 'u')),
                  said("assistant", {thought(std::string(20, 't')), text_of(std::string(6, 'a')),
                                     asked("find", "{}")}), // 20, 6, 6
                  said("tool", {result(std::string(80, 'r'))}),
                  said("user", std::string(19, 'n')),
                  said("assistant", std::string(500, 'o'), true)};
    return c;
}

SpanDetail span_with(const std::string& attributes) {
    SpanDetail span;
    span.kind = Kind::llm;
    span.attributes = attributes;
    return span;
}
std::string text_attribute(const std::string& key, const std::string& value) {
    return "{\"key\":" + json_string(key) + ",\"value\":{\"stringValue\":" + json_string(value) + "}}";
}
PromptComposition composed(const std::string& attributes, const Usage& usage) {
    return compose_prompt(conversation_of(span_with("[" + attributes + "]")), usage);
}

} // namespace

class TestStepPrompt : public QObject {
    Q_OBJECT
private slots:
    void every_part_by_characters_where_no_usage_is_reported() {
        const PromptComposition c = compose_prompt(agent(), {});
        QCOMPARE(shown(c), QStringLiteral("system 40/-1 tools 17/-1 history 24/-1 reasoning 20/-1 "
                                          "results 80/-1 user 19/-1"));
        QCOMPARE(c.characters, 200);
        QVERIFY(!c.input_tokens);
        QCOMPARE(c.messages[5].characters, 0); // what it wrote filled nothing
    }
    void tokens_are_shares_and_their_sum_is_the_report() {
        const PromptComposition c = compose_prompt(agent(), {50, 15, {}, 9, {}});
        QCOMPARE(shown(c), QStringLiteral("system 40/10 tools 17/4 history 24/6 reasoning 20/5 "
                                          "results 80/20 user 19/5"));
        QCOMPARE(sum(c), 50);
        QCOMPARE(c.cached_share().value_or(-1), 0.3);
        // Tools go in front, then the system prompt; one token of the question is left of the prefix.
        QCOMPARE(c.find(PromptPart::tools)->cached, 4);
        QCOMPARE(c.find(PromptPart::system)->cached, 10);
        QCOMPARE(c.find(PromptPart::history)->cached, 1);
        QCOMPARE(c.find(PromptPart::results)->cached, 0);
        QCOMPARE(c.cached_until, 1);
    }
    void first_messages_are_named() {
        const PromptComposition c = compose_prompt(agent(), {});
        QCOMPARE(c.find(PromptPart::system)->first_message, 0);
        QCOMPARE(c.find(PromptPart::history)->first_message, 1);
        QCOMPARE(c.find(PromptPart::reasoning)->first_message, 2);
        QCOMPARE(c.find(PromptPart::results)->first_message, 3);
        QCOMPARE(c.find(PromptPart::user)->first_message, 4);
        QCOMPARE(c.find(PromptPart::tools)->first_message, -1);
    }
    void odd_sums_are_exact() {
        for (std::int64_t tokens = 1; tokens < 300; tokens += 7) {
            const PromptComposition c = compose_prompt(agent(), {tokens, {}, {}, {}, {}});
            QCOMPARE(sum(c), tokens);
            std::int64_t messages = c.tools.tokens.value_or(0);
            for (const PromptSize& size : c.messages)
                messages += size.tokens.value_or(0);
            if (!c.find(PromptPart::not_kept)) QCOMPARE(messages, tokens);
        }
    }
    void what_the_record_leaves_out_is_its_own_part() {
        Conversation c;
        c.messages = {said("user", std::string(400, 'x'))};
        const PromptComposition composition = compose_prompt(c, {20'000, 18'000, {}, {}, {}});
        QCOMPARE(shown(composition), QStringLiteral("not_kept 0/19900 user 400/100"));
        QCOMPARE(composition.find(PromptPart::not_kept)->cached, 18'000);
        QCOMPARE(composition.find(PromptPart::user)->cached, 0);
    }
    void usage_alone_is_all_unseen() {
        const PromptComposition c = compose_prompt({}, {4'100, 1'000, {}, {}, {}});
        QCOMPARE(shown(c), QStringLiteral("not_kept 0/4100"));
        QVERIFY(compose_prompt({}, {}).shares.empty());
    }
    void short_prompts_are_not_taken_for_cut_ones() {
        Conversation c;
        c.messages = {said("user", "hi")};
        QCOMPARE(shown(compose_prompt(c, {9, {}, {}, {}, {}})), QStringLiteral("user 2/9"));
    }
    void text_of_every_script_counts_by_bytes() {
        Conversation c;
        c.messages = {said("system", "語語語語"), said("user", "aaaaaaaaaaaa")}; // 12 bytes each
        const PromptComposition composition = compose_prompt(c, {8, {}, {}, {}, {}});
        QCOMPARE(shown(composition), QStringLiteral("system 4/4 user 12/4"));
    }
    void pictures_take_what_text_leaves() {
        Conversation c;
        c.messages = {said("user", {text_of(std::string(400, 'x')), picture()})};
        QCOMPARE(shown(compose_prompt(c, {1'300, {}, {}, {}, {}})),
                 QStringLiteral("media 0/1200 user 400/100"));
        QCOMPARE(shown(compose_prompt(c, {})), QStringLiteral("media 0/-1 user 400/-1"));
    }
    void openai_chat() {
        const PromptComposition c = composed(
            text_attribute(
                "gen_ai.input.messages",
                "[{\"role\":\"system\",\"content\":\"12345678\"},{\"role\":\"user\",\"content\":\"1234\"},"
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":"
                "\"function\","
                "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},"
                "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"123456\"}]"),
            {});
        QCOMPARE(shown(c), QStringLiteral("system 8/-1 history 3/-1 results 6/-1 user 4/-1"));
    }
    void anthropic_with_the_system_prompt_beside_the_messages() {
        const PromptComposition c = composed(
            text_attribute("gen_ai.system_instructions", "[{\"type\":\"text\",\"content\":\"12345678\"}]") +
                "," +
                text_attribute("gen_ai.input.messages",
                               "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"1234\"}]},"
                               "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":"
                               "\"12345\",\"signature\":\"s\"},{\"type\":\"tool_use\",\"id\":\"c\","
                               "\"name\":\"f\",\"input\":{}}]},{\"role\":\"user\",\"content\":[{\"type\":"
                               "\"tool_result\",\"tool_use_id\":\"c\",\"content\":\"123456\"}]}]"),
            {});
        QCOMPARE(shown(c), QStringLiteral("system 8/-1 history 3/-1 reasoning 5/-1 results 6/-1 user 4/-1"));
    }
    void gemini_contents() {
        const PromptComposition c =
            composed(text_attribute(
                         "gcp.vertex.agent.llm_request",
                         "{\"model\":\"g\",\"config\":{\"system_instruction\":\"12345678\"},\"contents\":["
                         "{\"role\":\"user\",\"parts\":[{\"text\":\"1234\"}]},{\"role\":\"model\",\"parts\":"
                         "[{\"function_call\":{\"name\":\"f\",\"args\":{}}}]},{\"role\":\"user\",\"parts\":"
                         "[{\"function_response\":{\"name\":\"f\",\"response\":{\"a\":1}}}]}]}"),
                     {});
        QCOMPARE(shown(c), QStringLiteral("system 8/-1 history 3/-1 results 7/-1 user 4/-1"));
    }
    void a_large_resent_history_is_quick() {
        Conversation c;
        c.messages.push_back(said("system", std::string(4'000, 's')));
        for (int i = 0; i < 400; ++i)
            c.messages.push_back(said(i % 2 == 0 ? "user" : "assistant", std::string(4'000, 'a')));
        SpanDetail span;
        span.kind = Kind::llm;
        span.usage.input = 400'000;
        const auto shared = std::make_shared<const Conversation>(std::move(c));
        QElapsedTimer timer;
        timer.start();
        const CallPrompt prompt = call_prompt(span, shared);
        const qint64 took = timer.elapsed();
        QCOMPARE(sum(prompt.composition), 400'000);
        QVERIFY2(took < 50, qPrintable(QString::number(took))); // 1.6 MB
    }
};

QTEST_APPLESS_MAIN(TestStepPrompt)
#include "tst_step_prompt.moc"

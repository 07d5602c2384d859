// What is new since the previous call, and where the cache broke, by conversations made by hand.

#include "model/base/messages.h"
#include "tests/model/analysis/step_cases.h"

#include <QElapsedTimer>
#include <QTest>

using namespace clew;
using namespace clew::test;

namespace {

const Message kSystem = said("system", "You are careful. Today is Monday.");
const Message kUser = said("user", "Fix the test.");
const Message kCall = said("assistant", {text_of("I look."), asked("read", "{\"path\": \"a\"}")});
const Message kResult = said("tool", {result("int main() {}")});
const Message kAnswer = said("assistant", "Done.");
const Message kNext = said("user", "Thanks. Now the docs.");

Message written(Message message) {
    message.output = true;
    return message;
}
Usage cached(std::int64_t input, std::int64_t read, std::int64_t write) {
    return {input, read, write, 10, {}};
}
PromptChange change_of(Call previous, Call current) {
    return compare_prompts(prompt_of(std::move(previous)), prompt_of(std::move(current)));
}
QString why(const PromptChange& change) {
    if (change.reasons.empty()) return {};
    return QString::fromStdString(sentence(change.reasons.front().code, change.reasons.front().args));
}
const Call kFirst{{kSystem, kUser, written(kCall)}, {}, cached(4'000, 0, 3'900), 0};

} // namespace

class TestStepChange : public QObject {
    Q_OBJECT
private slots:
    void a_continued_prompt_holds_its_cache() {
        const PromptChange c = change_of(
            kFirst, {{kSystem, kUser, kCall, kResult, written(kAnswer)}, {}, cached(4'300, 3'900, 300), 5});
        QCOMPARE(letters(c), QStringLiteral("RRANO"));
        QCOMPARE(c.resent, 2);
        QCOMPARE(c.answers, 1);
        QCOMPARE(c.fresh, 1);
        QCOMPARE(c.dropped, 0);
        QVERIFY(!c.prefix_changed);
        QCOMPARE(c.cache, CacheVerdict::held);
        QVERIFY(c.reasons.empty());
    }
    void the_answer_is_known_in_another_shape() {
        // Reasoning is not sent back, and arguments come back with other blanks.
        Call first = kFirst;
        first.messages.back() = said(
            "assistant", {thought("Hm."), text_of("I look.\n"), asked("read", "{\"path\":\"a\"}")}, true);
        const PromptChange c = change_of(first, {{kSystem, kUser, kCall, kResult}, {}, {}, 5});
        QCOMPARE(letters(c), QStringLiteral("RRAN"));
        QVERIFY(!c.prefix_changed);
    }
    void a_system_prompt_with_the_day_in_it_breaks_the_cache() {
        const Message tuesday = said("system", "You are careful. Today is Tuesday.");
        const PromptChange c =
            change_of(kFirst, {{tuesday, kUser, kCall, kResult}, {}, cached(4'300, 0, 4'200), 5});
        QCOMPARE(letters(c), QStringLiteral("CRAN"));
        QVERIFY(c.prefix_changed);
        QCOMPARE(c.differs_at, 0);
        QCOMPARE(c.cache, CacheVerdict::broke);
        QCOMPARE(code(c), QStringLiteral("step.system_changed"));
        QCOMPARE(why(c), QStringLiteral("The system prompt changed: “…are careful. Today is Monday.” became "
                                        "“…are careful. Today is Tuesday.”."));
    }
    void tools_added_or_in_another_order() {
        Call first = kFirst;
        first.tools = {{"read", "", "{}"}, {"write", "", "{}"}};
        Call second{
            {kSystem, kUser, kCall, kResult}, {first.tools[1], first.tools[0]}, cached(4'300, 0, 0), 5};
        PromptChange c = change_of(first, second);
        QCOMPARE(code(c), QStringLiteral("step.tools_reordered"));
        QCOMPARE(c.differs_at, -1);
        second.tools = {{"read", "", "{\"a\":1}"}, {"find", "", "{}"}};
        c = change_of(first, second);
        QCOMPARE(why(c), QStringLiteral("The tool definitions changed: ~read +find −write."));
    }
    void an_edited_message() {
        const Message other = said("user", "Fix the build.");
        const PromptChange c =
            change_of(kFirst, {{kSystem, other, kCall, kResult}, {}, cached(4'300, 900, 3'000), 5});
        QCOMPARE(letters(c), QStringLiteral("RCAN"));
        QCOMPARE(c.differs_at, 1);
        QCOMPARE(c.changed, 1);
        QCOMPARE(c.dropped, 0);
        QCOMPARE(why(c),
                 QStringLiteral("Message 2 (user) was edited: “Fix the test.” became “Fix the build.”."));
    }
    void a_message_put_in() {
        const PromptChange c = change_of(
            kFirst,
            {{kSystem, said("user", "Reminder."), kUser, kCall, kResult}, {}, cached(4'400, 900, 0), 5});
        QCOMPARE(letters(c), QStringLiteral("RNRAN"));
        QCOMPARE(code(c), QStringLiteral("step.message_inserted"));
        QCOMPARE(c.differs_at, 1);
    }
    void a_compacted_history() {
        Call first{{kSystem, kUser, kCall, kResult, kAnswer, kNext, written(said("assistant", "Docs."))},
                   {},
                   cached(90'000, 80'000, 9'000),
                   0};
        const PromptChange c = change_of(first, {{kSystem, said("user", "Summary: the test is fixed."), kNext,
                                                  said("assistant", "Docs."), said("user", "Go on.")},
                                                 {},
                                                 cached(9'000, 1'000, 0),
                                                 5});
        QCOMPARE(letters(c), QStringLiteral("RCRAN"));
        QCOMPARE(c.dropped, 3);
        QCOMPARE(code(c), QStringLiteral("step.history_cut"));
        QCOMPARE(c.cache, CacheVerdict::broke);
    }
    void another_model() {
        Call second{{kSystem, kUser, kCall, kResult}, {}, cached(4'300, 0, 4'200), 5, "m-2"};
        const PromptChange c = change_of(kFirst, second);
        QCOMPARE(code(c), QStringLiteral("step.model_changed"));
        QCOMPARE(c.differs_at, -1);
        QCOMPARE(letters(c), QStringLiteral("RRAN"));
    }
    void a_dated_name_is_the_same_model() {
        Call second{{kSystem, kUser, kCall, kResult}, {}, {}, 5, "m-1-2026-04-14"};
        QVERIFY(change_of(kFirst, second).reasons.empty());
        second.model = "m-1-mini";
        QCOMPARE(code(change_of(kFirst, second)), QStringLiteral("step.model_changed"));
    }
    void time_that_passed() {
        Call second{{kSystem, kUser, kCall, kResult}, {}, cached(4'300, 0, 4'200), 0};
        second.second = 302;
        QCOMPARE(code(change_of(kFirst, second)), QStringLiteral("step.expired_5m"));
        second.second = 100;
        QCOMPARE(code(change_of(kFirst, second)), QStringLiteral("step.cache_lost"));
        Call hour = kFirst;
        hour.usage.cache_write_1h = 3'900;
        second.second = 400;
        QCOMPARE(code(change_of(hour, second)), QStringLiteral("step.cache_lost"));
        second.second = 3'700;
        QCOMPARE(code(change_of(hour, second)), QStringLiteral("step.expired_1h"));
    }
    void a_difference_without_figures_is_no_broken_cache() {
        Call first = kFirst;
        first.usage = {};
        const PromptChange c =
            change_of(first, {{said("system", "Other."), kUser, kCall, kResult}, {}, {}, 5});
        QCOMPARE(c.cache, CacheVerdict::unknown);
        QVERIFY(c.prefix_changed);
        QCOMPARE(code(c), QStringLiteral("step.system_changed"));
    }
    void figures_outweigh_what_was_kept_of_the_text() {
        const PromptChange c = change_of(
            kFirst, {{said("system", "Other."), kUser, kCall, kResult}, {}, cached(4'300, 3'900, 0), 5});
        QCOMPARE(c.cache, CacheVerdict::held);
        QVERIFY(c.reasons.empty());
    }
    void a_rewound_prompt_is_no_break() {
        const PromptChange c = change_of({{kSystem, kUser, kCall, kResult, written(kAnswer)}, {}, {}, 0},
                                         {{kSystem, kUser}, {}, {}, 5});
        QCOMPARE(letters(c), QStringLiteral("RR"));
        QCOMPARE(c.dropped, 2);
        QVERIFY(!c.prefix_changed);
    }
    void records_that_keep_only_what_is_new() {
        const PromptChange c = change_of({{kUser, written(kCall)}, {}, cached(40'000, 0, 39'000), 0},
                                         {{kResult, written(kAnswer)}, {}, cached(41'000, 39'000, 900), 5});
        QVERIFY(!c.history_known);
        QCOMPARE(letters(c), QStringLiteral("NO"));
        QCOMPARE(c.cache, CacheVerdict::held);
        const PromptChange cut = change_of({{kUser, written(kCall)}, {}, cached(160'000, 0, 159'000), 0},
                                           {{kResult, written(kAnswer)}, {}, cached(30'000, 12'000, 900), 5});
        QCOMPARE(code(cut), QStringLiteral("step.shrunk"));
    }
    void the_same_words_by_chance_are_nothing_resent() {
        const PromptChange c = change_of({{kResult, written(kCall)}, {}, cached(40'000, 0, 39'000), 0},
                                         {{kResult, written(kAnswer)}, {}, cached(41'000, 39'000, 900), 5});
        QVERIFY(!c.history_known);
        QCOMPARE(c.resent, 0);
    }
    void nothing_kept_at_all() {
        const PromptChange c =
            change_of({{}, {}, cached(4'000, 0, 3'900), 0}, {{}, {}, cached(4'200, 0, 4'100), 5});
        QVERIFY(!c.history_known);
        QCOMPARE(code(c), QStringLiteral("step.cache_lost_unseen"));
    }
    void quotes_are_cut_at_characters() {
        const std::string long_text = "語" + std::string(500, 'x');
        const PromptChange c = change_of({{said("system", long_text + "é" + long_text), kUser}, {}, {}, 0},
                                         {{said("system", long_text + "è" + long_text), kUser}, {}, {}, 5});
        QVERIFY(is_utf8(c.reasons.front().args[0]));
        QVERIFY(c.reasons.front().args[0].size() < 80);
        QVERIFY(c.reasons.front().args[0].find("é") != std::string::npos);
        QVERIFY(c.reasons.front().args[1].find("è") != std::string::npos);
    }
    void long_histories_are_compared_quickly() {
        Call first;
        for (int i = 0; i < 2'000; ++i)
            first.messages.push_back(
                said(i % 2 == 0 ? "user" : "assistant", std::to_string(i) + std::string(800, 'a')));
        Call second = first;
        second.messages[3] = said("assistant", "edited");
        second.messages.push_back(said("user", "new"));
        const CallPrompt a = prompt_of(std::move(first)), b = prompt_of(std::move(second));
        QElapsedTimer timer;
        timer.start();
        const PromptChange c = compare_prompts(a, b);
        const qint64 took = timer.elapsed();
        QCOMPARE(c.differs_at, 3);
        QCOMPARE(c.changed, 1);
        QCOMPARE(c.fresh, 1);
        QCOMPARE(c.dropped, 0);
        QVERIFY2(took < 50, qPrintable(QString::number(took)));
    }
};

QTEST_APPLESS_MAIN(TestStepChange)
#include "tst_step_change.moc"

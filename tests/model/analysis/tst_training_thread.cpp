#include "model/analysis/training_thread.h"

#include <QTest>

#include <string>
#include <vector>

using namespace clew;

namespace {

Message said(const char* role, const char* text, bool output = false) {
    Message message;
    message.role = role;
    message.output = output;
    message.parts.push_back({.type = PartType::text, .text = text});
    return message;
}

Message calls(const char* tool, const char* id) {
    Message message;
    message.role = "assistant";
    message.output = true;
    message.parts.push_back(
        {.type = PartType::tool_call, .json = "{}", .tool_call_id = id, .tool_name = tool});
    return message;
}

Message result(const char* json, const char* id) {
    Message message;
    message.role = "tool";
    message.parts.push_back({.type = PartType::tool_result, .json = json, .tool_call_id = id});
    return message;
}

Conversation call(std::vector<Message> messages) {
    Conversation conversation;
    conversation.messages = std::move(messages);
    return conversation;
}

QStringList texts(const Conversation& thread) {
    QStringList out;
    for (const Message& message : thread.messages)
        out += QString::fromStdString(message.role + ": " + message.parts.front().text +
                                      message.parts.front().tool_name);
    return out;
}

} // namespace

class TrainingThreadTest : public QObject {
    Q_OBJECT

private slots:
    void aResentHistoryIsTakenOnce() {
        const std::vector<Conversation> trace = {
            call({said("system", "be kind"), said("user", "hi"), said("assistant", "hello", true)}),
            call({said("system", "be kind"), said("user", "hi"), said("assistant", "hello"),
                  said("user", "more"), said("assistant", "there", true)})};
        QCOMPARE(texts(thread_of(trace)), (QStringList{"system: be kind", "user: hi", "assistant: hello",
                                                       "user: more", "assistant: there"}));
    }
    void callsThatHoldOnlyWhatIsNewAreJoined() {
        const std::vector<Conversation> trace = {
            call({said("system", "be kind"), said("user", "hi"), said("assistant", "hello", true)}),
            call({said("system", "be kind"), said("user", "more"), said("assistant", "there", true)})};
        QCOMPARE(texts(thread_of(trace)), (QStringList{"system: be kind", "user: hi", "assistant: hello",
                                                       "user: more", "assistant: there"}));
    }
    void resultsWithoutAnIdAnswerTheOldestOpenCall() {
        const std::vector<Conversation> trace = {
            call({said("user", "hi"), calls("a", ""), calls("b", ""), result("1", ""), result("2", "")})};
        const Conversation thread = thread_of(trace);
        QCOMPARE(thread.messages[3].parts[0].tool_call_id, thread.messages[1].parts[0].tool_call_id);
        QCOMPARE(thread.messages[4].parts[0].tool_call_id, thread.messages[2].parts[0].tool_call_id);
        QVERIFY(thread.messages[1].parts[0].tool_call_id != thread.messages[2].parts[0].tool_call_id);
        QCOMPARE(thread.messages[4].parts[0].tool_name, std::string("b"));
    }
    void idsThatAreThereStay() {
        const std::vector<Conversation> trace = {
            call({said("user", "hi"), calls("a", "x"), calls("b", "y"), result("2", "y"), result("1", "x")})};
        const Conversation thread = thread_of(trace);
        QCOMPARE(thread.messages[3].parts[0].tool_name, std::string("b"));
        QCOMPARE(thread.messages[4].parts[0].tool_name, std::string("a"));
    }
    void toolsAreUnited() {
        Conversation one = call({said("user", "hi"), said("assistant", "a", true)});
        one.tools = {{"a", "", ""}};
        Conversation two = call({said("user", "x"), said("assistant", "b", true)});
        two.tools = {{"a", "", ""}, {"b", "", ""}};
        QCOMPARE(thread_of(std::vector<Conversation>{one, two}).tools.size(), std::size_t(2));
    }
    void nothingGivesNothing() { QVERIFY(thread_of({}).messages.empty()); }
};

QTEST_GUILESS_MAIN(TrainingThreadTest)
#include "tst_training_thread.moc"

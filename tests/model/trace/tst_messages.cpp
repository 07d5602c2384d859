// conversation_of over one fixture per dialect (tests/data/messages), and over what is malformed, deep or
// large.
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

using clew::Conversation;
using clew::PartType;
using Json = nlohmann::ordered_json;

namespace {

Json any_value(const Json& value) {
    if (value.is_string()) return Json{{"stringValue", value}};
    if (value.is_boolean()) return Json{{"boolValue", value}};
    if (value.is_number_integer()) return Json{{"intValue", std::to_string(value.get<std::int64_t>())}};
    if (value.is_number()) return Json{{"doubleValue", value}};
    Json list = Json::array();
    if (value.is_array()) {
        for (const Json& element : value)
            list.push_back(any_value(element));
        return Json{{"arrayValue", {{"values", list}}}};
    }
    for (const auto& [key, element] : value.items())
        list.push_back(Json{{"key", key}, {"value", any_value(element)}});
    return Json{{"kvlistValue", {{"values", list}}}};
}

Json attribute_list(const Json& plain) {
    return any_value(plain)["kvlistValue"]["values"];
}

clew::SpanDetail detail_of(const Json& fixture) {
    clew::SpanDetail span;
    span.kind = clew::kind_from_name(fixture["kind"].get<std::string>()).value();
    span.attributes = attribute_list(fixture["attributes"]).dump();
    if (fixture.contains("events")) {
        Json events = Json::array();
        for (const Json& event : fixture["events"])
            events.push_back(Json{{"timeUnixNano", "1"},
                                  {"name", event["name"]},
                                  {"attributes", attribute_list(event["attributes"])}});
        span.events = events.dump();
    }
    return span;
}

std::string described(const clew::MessagePart& part) {
    const auto body = part.text + part.json;
    switch (part.type) {
    case PartType::text: return part.text;
    case PartType::reasoning: return "(thinks) " + part.text;
    case PartType::tool_call: return "call " + part.tool_call_id + " " + part.tool_name + " " + part.json;
    case PartType::tool_result:
        return std::string("result") + (part.is_error ? "! " : " ") + part.tool_call_id + " " +
               part.tool_name + " " + body;
    case PartType::image: return "<image " + part.mime + " " + part.uri + ">";
    case PartType::file: return "<file " + part.text + part.mime + " " + part.uri + ">";
    case PartType::json: return "json " + part.text + " " + part.json;
    }
    return {};
}

std::vector<std::string> described(const Conversation& c) {
    std::vector<std::string> out;
    for (const auto& message : c.messages) {
        std::string line = message.role + (message.output ? "*" : "");
        if (!message.finish_reason.empty()) line += " [" + message.finish_reason + "]";
        line += ": ";
        for (std::size_t i = 0; i < message.parts.size(); ++i)
            line += (i > 0 ? " | " : "") + described(message.parts[i]);
        out.push_back(line);
    }
    if (!c.input_json.empty()) out.push_back("in " + c.input_json);
    if (!c.output_json.empty()) out.push_back("out " + c.output_json);
    for (const auto& tool : c.tools)
        out.push_back("tool " + tool.name + ": " + tool.description + " " + tool.parameters_json);
    if (c.content_missing) out.emplace_back("content missing");
    return out;
}

clew::SpanDetail llm_with(const std::string& key, const std::string& value) {
    return detail_of(Json{{"kind", "llm"}, {"attributes", {{key, value}}}});
}

} // namespace

class MessagesTest : public QObject {
    Q_OBJECT
private slots:
    void fixtures_data();
    void fixtures();
    void messages_from_json_reads_any_shape();
    void malformed_attributes_are_shown();
    void deep_values_are_shown_as_text();
    void nested_envelopes_end();
    void a_long_history_converts_quickly();
    void cut_anywhere();
};

void MessagesTest::fixtures_data() {
    QTest::addColumn<QString>("path");
    QDirIterator it(QStringLiteral(CLEW_TEST_DATA "/messages"), {QStringLiteral("*.json")}, QDir::Files);
    while (it.hasNext()) {
        const QString path = it.next();
        QTest::newRow(qPrintable(it.fileName())) << path;
    }
}

void MessagesTest::fixtures() {
    QFETCH(QString, path);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Json fixture = Json::parse(file.readAll().toStdString());
    const auto lines = described(clew::conversation_of(detail_of(fixture)));
    const auto expected = fixture["expect"].get<std::vector<std::string>>();
    QByteArray got;
    QByteArray want;
    for (const auto& line : lines)
        got += QByteArray::fromStdString(line) + '\n';
    for (const auto& line : expected)
        want += QByteArray::fromStdString(line) + '\n';
    if (got != want) qWarning("got\n%s\nexpected\n%s", got.constData(), want.constData());
    QVERIFY(got == want);
}

void MessagesTest::messages_from_json_reads_any_shape() {
    QCOMPARE(clew::messages_from_json(R"({"messages":[{"role":"user","content":"a"}]})", false).size(), 1U);
    QCOMPARE(clew::messages_from_json(R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"}])",
                                      true)
                 .size(),
             2U);
    const auto one = clew::messages_from_json("just words", true);
    QCOMPARE(one.size(), 1U);
    QCOMPARE(one[0].role, std::string("assistant"));
    QCOMPARE(one[0].parts[0].text, std::string("just words"));
    QVERIFY(clew::messages_from_json("", false).empty());
    QVERIFY(clew::messages_from_json("null", false).empty());
    QVERIFY(clew::messages_from_json("[]", false).empty());
}

void MessagesTest::malformed_attributes_are_shown() {
    clew::SpanDetail span;
    span.kind = clew::Kind::llm;
    span.attributes = "{not an array";
    span.events = "[{]";
    QVERIFY(clew::conversation_of(span).content_missing);
    span.attributes =
        R"([{"key":"gen_ai.input.messages"},{"value":{}},7,{"key":"gen_ai.prompt.99999999999999999999.role","value":{"stringValue":"user"}},)"
        R"({"key":"llm.input_messages.x.message","value":{"intValue":"1"}}])";
    span.events =
        R"([7,{"name":7},{"name":"gen_ai.choice","attributes":7},{"name":"gen_ai.user.message","attributes":[{"key":"body","value":{"stringValue":"{"}}]}])";
    const auto c = clew::conversation_of(span);
    QCOMPARE(c.messages.size(), 1U);
    QCOMPARE(c.messages[0].parts[0].text, std::string("{"));
}

void MessagesTest::deep_values_are_shown_as_text() {
    const std::string deep = std::string(20'000, '[') + std::string(20'000, ']');
    const auto c = clew::conversation_of(llm_with("input.value", deep));
    QCOMPARE(c.messages.size(), 1U);
    QCOMPARE(c.messages[0].parts[0].text, deep);
    clew::messages_from_json(std::string(300'000, '['), false);
    clew::messages_from_json(std::string(300'000, '{'), false);
}

// Each level may be read in several ways: the work must not double with each.
void MessagesTest::nested_envelopes_end() {
    for (const std::string key : {"output", "choices", "messages", "candidates", "generations", "content",
                                  "data", "contents", "message"}) {
        std::string open;
        std::string close;
        for (int i = 0; i < 80; ++i) {
            open += key == "message" || key == "data" ? "{\"" + key + "\":" : "{\"" + key + "\":[";
            close += key == "message" || key == "data" ? "}" : "]}";
        }
        QVERIFY(clew::messages_from_json(open + "{}" + close, true).size() < 1000);
    }
}

void MessagesTest::a_long_history_converts_quickly() {
    Json history = Json::array();
    for (int i = 0; i < 1000; ++i) {
        history.push_back(
            {{"role", "user"}, {"parts", {{{"type", "text"}, {"content", std::string(500, 'a')}}}}});
        history.push_back({{"role", "assistant"},
                           {"parts",
                            {{{"type", "tool_call"},
                              {"id", std::to_string(i)},
                              {"name", "f"},
                              {"arguments", {{"text", std::string(400, 'b')}}}}}}});
    }
    const auto span = llm_with("gen_ai.input.messages", history.dump());
    QVERIFY(span.attributes.size() > 1'000'000);
    QBENCHMARK {
        QCOMPARE(clew::conversation_of(span).messages.size(), 2000U);
    }
}

void MessagesTest::cut_anywhere() {
    QFile file(QStringLiteral(CLEW_TEST_DATA "/messages/anthropic.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const std::string text =
        Json::parse(file.readAll().toStdString())["attributes"]["input.value"].get<std::string>();
    for (std::size_t n = 1; n < text.size(); n += 3) {
        const auto c = clew::conversation_of(llm_with("input.value", text.substr(0, n)));
        QVERIFY(!c.content_missing);
    }
}

QTEST_GUILESS_MAIN(MessagesTest)
#include "tst_messages.moc"

#include "tests/views/details_samples.h"

#include "model/base/text.h"

#include <QBuffer>
#include <QByteArray>
#include <QImage>
#include <QPainter>

#include <nlohmann/json.hpp>

namespace clew::test {

namespace {

using Json = nlohmann::json;

Json text(const std::string& content) {
    return {{"type", "text"}, {"content", content}};
}
Json reasoning(const std::string& content) {
    return {{"type", "reasoning"}, {"content", content}};
}
Json call(const std::string& id, const std::string& name, const Json& arguments) {
    return {{"type", "tool_call"}, {"id", id}, {"name", name}, {"arguments", arguments}};
}
Json response(const std::string& id, const Json& result) {
    return {{"type", "tool_call_response"}, {"id", id}, {"response", result}};
}
Json message(const std::string& role, const Json& parts) {
    return {{"role", role}, {"parts", parts}};
}

const char* const kSystem = "You check one payment for fraud before a refund leaves the house.\n\nUse "
                            "score_transaction for the risk of the "
                            "payment and list_chargebacks for the history of the card. Never send a refund "
                            "yourself: answer with low, medium or "
                            "high and say why in two sentences.";

SpanDetail callSpan(TraceId trace, std::uint64_t id, std::int64_t from, std::int64_t to) {
    SpanDetail span = make_span(trace, id, kCheckerSpan, "gpt-4.1-mini", Kind::llm, from, to);
    span.model = "gpt-4.1-mini";
    span.provider = "openai";
    span.resource_json = R"({"attributes":[{"key":"service.name","value":{"stringValue":"refund-agent"}}]})";
    span.scope_json = R"({"name":"opentelemetry.instrumentation.openai","version":"2.1"})";
    return span;
}

std::string chat(const Json& input, const Json& output) {
    return attributes(
        {attribute("gen_ai.operation.name", "chat"), attribute("gen_ai.request.model", "gpt-4.1-mini"),
         attribute("gen_ai.request.temperature", 0.2),
         attribute("gen_ai.request.max_tokens", std::int64_t{1024}),
         attribute("gen_ai.system_instructions", Json::array({text(kSystem)}).dump()),
         attribute(
             "gen_ai.tool.definitions",
             Json::array(
                 {{{"type", "function"},
                   {"name", "score_transaction"},
                   {"description", "Risk of one payment, 0 to 1."},
                   {"parameters",
                    {{"type", "object"},
                     {"properties", {{"order", {{"type", "string"}}}, {"amount", {{"type", "number"}}}}}}}},
                  {{"type", "function"},
                   {"name", "list_chargebacks"},
                   {"description", "Earlier chargebacks of a card."},
                   {"parameters", {{"type", "object"}, {"properties", {{"card", {{"type", "string"}}}}}}}}})
                 .dump()),
         attribute("gen_ai.input.messages", input.dump()),
         attribute("gen_ai.output.messages", output.dump())});
}

std::string picture() {
    QImage image(320, 160, QImage::Format_RGB32);
    image.fill(QColor(0x24, 0x57, 0xD6));
    QPainter painter(&image);
    painter.fillRect(24, 24, 120, 112, QColor(0xF5, 0xA3, 0x5C));
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes.toBase64().toStdString();
}

Json longConversation(int messages) {
    Json out = Json::array();
    for (int i = 0; i < messages; ++i) {
        const std::string n = std::to_string(i);
        switch (i % 4) {
        case 0:
            out.push_back(message("user", Json::array({text("Step " + n + ": look at src/parser_" + n +
                                                            ".cpp and say why the test fails.")})));
            break;
        case 1:
            out.push_back(message(
                "assistant", Json::array({reasoning("The test compares times; the parser may cut them."),
                                          text("I will read the file first."),
                                          call("call_" + n, "read_file",
                                               {{"path", "src/parser_" + n + ".cpp"}, {"limit", 200}})})));
            break;
        case 2:
            out.push_back(
                message("tool", Json::array({response("call_" + std::to_string(i - 1),
                                                      "#include \"parser.h\"\n\nint parse(const char* text) "
                                                      "{\n    return text ? 1 : 0;\n}\n")})));
            break;
        default:
            out.push_back(
                message("assistant",
                        Json::array({text("The cause is in `parse()`:\n\n- it **drops** the fraction of the "
                                          "second\n- it never checks `text`\n\n```cpp\nreturn text ? "
                                          "read(text) : 0;\n```\n\nWith that change the test passes.")})));
        }
    }
    std::string log;
    for (int i = 0; i < 20'000; ++i)
        log += "2026-11-14 09:12:00 worker " + std::to_string(i) + ": parsed 1,204 records in 31 ms\n";
    out.push_back(message(
        "user",
        Json::array(
            {text("Here is the whole log:\n" + log),
             {{"type", "blob"}, {"modality", "image"}, {"mime_type", "image/png"}, {"content", picture()}},
             {{"type", "uri"},
              {"modality", "image"},
              {"mime_type", "image/png"},
              {"uri", "https://example.org/shot.png"}}})));
    return out;
}

} // namespace

std::string attribute(const std::string& key, const std::string& value) {
    return "{\"key\":" + json_string(key) + ",\"value\":{\"stringValue\":" + json_string(value) + "}}";
}
std::string attribute(const std::string& key, double number) {
    return "{\"key\":" + json_string(key) + ",\"value\":{\"doubleValue\":" + Json(number).dump() + "}}";
}
std::string attribute(const std::string& key, std::int64_t number) {
    return "{\"key\":" + json_string(key) + ",\"value\":{\"intValue\":\"" + std::to_string(number) + "\"}}";
}
std::string attributes(const std::vector<std::string>& list) {
    std::string out = "[";
    for (const std::string& one : list)
        (out += out.size() > 1 ? "," : "") += one;
    return out + "]";
}

Sample::Sample(int longMessages, std::size_t hugeBytes) {
    std::vector<SpanDetail> spans;
    spans.push_back(make_span(trace, kAgentSpan, 0, "refund-agent", Kind::agent, 0, 24'600));
    spans.push_back(make_span(trace, kCheckerSpan, kAgentSpan, "fraud-checker", Kind::agent, 14'000, 19'800));

    const Json user = message("user", Json::array({text("Order 48213: refund $184.50 to the card ending "
                                                        "4242. Check the risk before the refund is sent.")}));
    const Json asks = message(
        "assistant",
        Json::array(
            {reasoning("Score first, then the history of the card, then decide. Both tools are cheap."),
             text("I will score the transaction and look for earlier chargebacks."),
             call("c1", "score_transaction", {{"order", "48213"}, {"amount", 184.5}}),
             call("c2", "list_chargebacks", {{"card", "…4242"}})}));
    const Json scored = {{"status", "ok"}, {"score", nullptr}, {"error", "model_unavailable"}};
    const Json listed = {{"rows", Json::array()}, {"total", 0}};
    SpanDetail first = callSpan(trace, kFirstCall, 14'000, 15'450);
    first.attributes = chat(Json::array({user}), Json::array({asks}));
    first.usage = {4100, {}, {}, 187, 96};
    spans.push_back(first);

    const auto tool = [&](std::uint64_t id, const char* name, const char* callId, std::int64_t from,
                          std::int64_t to, const Json& arguments, const std::string& result) {
        SpanDetail span = make_span(trace, id, kCheckerSpan, name, Kind::tool, from, to);
        span.tool = name;
        span.attributes =
            attributes({attribute("gen_ai.operation.name", "execute_tool"),
                        attribute("gen_ai.tool.name", name), attribute("gen_ai.tool.call.id", callId),
                        attribute("gen_ai.tool.call.arguments", arguments.dump()),
                        attribute("gen_ai.tool.call.result", result)});
        return span;
    };
    SpanDetail score = tool(kScoreTool, "score_transaction", "c1", 15'450, 16'300,
                            {{"order", "48213"}, {"amount", 184.5}}, scored.dump());
    score.flags |= kSilentFailure;
    spans.push_back(score);
    spans.push_back(
        tool(kListTool, "list_chargebacks", "c2", 16'300, 17'950, {{"card", "…4242"}}, listed.dump()));

    SpanDetail second = callSpan(trace, kSecondCall, 17'950, 20'000);
    second.attributes = chat(
        Json::array({user, asks, message("tool", Json::array({response("c1", scored)})),
                     message("tool", Json::array({response("c2", listed)}))}),
        Json::array(
            {message("assistant",
                     Json::array({reasoning("The score is null. There is no chargeback. I would say low."),
                                  text("The risk is **low**: the score raised no flag and there are no "
                                       "earlier chargebacks. The refund is safe to send.")}))}));
    second.usage = {4812, 2021, {}, 319, 241};
    second.first_token = second.start + 410 * kMillisecond;
    second.reported_cost = 2'500'000'000;
    second.events =
        R"J([{"timeUnixNano":"1760000018360000000","name":"gen_ai.evaluation.result","attributes":[
        {"key":"gen_ai.evaluation.name","value":{"stringValue":"groundedness"}},
        {"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.31}},
        {"key":"gen_ai.evaluation.score.label","value":{"stringValue":"unsupported"}},
        {"key":"gen_ai.evaluation.explanation","value":{"stringValue":"The claim about the score has no source."}}]}])J";
    second.links =
        R"([{"traceId":"00000000000000010000000000000002","spanId":"00000000000000ab","attributes":[{"key":"why","value":{"stringValue":"retry of"}}]}])";
    spans.push_back(second);

    SpanDetail failed = tool(kFailedTool, "get_payment", "c9", 5'000, 10'000, {{"order", "48213"}}, "");
    failed.status = Status::error;
    failed.status_message = "504 upstream timeout";
    failed.events = R"J([{"timeUnixNano":"1760000010000000000","name":"exception","attributes":[
        {"key":"exception.type","value":{"stringValue":"requests.exceptions.ReadTimeout"}},
        {"key":"exception.message","value":{"stringValue":"HTTPConnectionPool(host='payments', port=443): Read timed out. (read timeout=5)"}},
        {"key":"exception.stacktrace","value":{"stringValue":"Traceback (most recent call last):\n  File \"/srv/agent/tools.py\", line 81, in get_payment\n    reply = session.get(url, timeout=5)\n  File \"/srv/venv/requests/sessions.py\", line 602, in get\n    return self.request(\"GET\", url)\nrequests.exceptions.ReadTimeout: read timeout=5"}}]}])J";
    spans.push_back(failed);

    SpanDetail silent = score;
    silent.id = span_id(kSilentTool);
    silent.start += 4'000 * kMillisecond;
    silent.end += 4'000 * kMillisecond;
    spans.push_back(silent);

    SpanDetail bare = callSpan(trace, kNoContent, 20'000, 21'400);
    bare.attributes = attributes(
        {attribute("gen_ai.operation.name", "chat"), attribute("gen_ai.request.model", "gpt-4.1-mini")});
    bare.usage = {2200, {}, {}, 140, {}};
    spans.push_back(bare);

    SpanDetail lengthy = callSpan(trace, kLongCall, 21'400, 23'900);
    lengthy.attributes =
        chat(longConversation(longMessages),
             Json::array({message(
                 "assistant",
                 Json::array({text("The log shows **no failure**. Three things to do next:\n\n1. keep the "
                                   "fraction in `parse()`\n2. add the test\n3. run the suite again")}))}));
    lengthy.usage = {812'000, 790'000, {}, 412, {}};
    spans.push_back(lengthy);

    std::string line(hugeBytes, 'x');
    for (std::size_t i = 0; i < line.size(); i += 9)
        line[i] = ' ';
    spans.push_back(tool(kHugeTool, "dump", "c11", 23'900, 24'000, {{"table", "orders"}}, line));

    for (const SpanDetail& span : spans)
        store.add(span);
    snapshot = *store.open(trace);
}

} // namespace clew::test

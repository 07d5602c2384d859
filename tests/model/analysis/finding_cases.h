// Made traces for the findings' tests: those that have what a rule finds, and near ones that do not.
#pragma once

#include "model/analysis/findings/rule.h"
#include "model/analysis/findings/ruled_trace.h"
#include "model/base/text.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace clew::test {

inline constexpr TraceId kTrace{1, 2};

inline std::string otlp(const std::map<std::string, std::string>& texts) {
    std::string out = "[";
    for (const auto& [key, text] : texts) {
        if (out.size() > 1) out += ',';
        out += "{\"key\":";
        append_json_string(out, key);
        out += ",\"value\":{\"stringValue\":";
        append_json_string(out, text);
        out += "}}";
    }
    return out + "]";
}

// A trace as a sequence of steps below one agent, a second each.
class Made {
public:
    Made() { add(Kind::agent, "agent", {}); }

    SpanDetail& add(Kind kind, const std::string& name,
                    const std::map<std::string, std::string>& attributes) {
        SpanDetail span;
        span.trace = kTrace;
        span.id = {spans_.size() + 1};
        span.parent = {spans_.empty() ? 0u : 1u};
        span.kind = kind;
        span.name = name;
        span.start = clock_;
        span.end = spans_.empty() ? clock_ + 3'000 * kSecond : clock_ + kSecond;
        if (!spans_.empty()) clock_ += kSecond;
        span.attributes = otlp(attributes);
        spans_.push_back(std::move(span));
        return spans_.back();
    }
    SpanDetail& tool(const std::string& name, const std::string& arguments,
                     const std::string& result = "fine") {
        SpanDetail& span = add(Kind::tool, name,
                               {{"gen_ai.tool.name", name},
                                {"gen_ai.tool.call.arguments", arguments},
                                {"gen_ai.tool.call.result", result}});
        span.tool = name;
        return span;
    }
    SpanDetail& call(std::int64_t input, std::int64_t output,
                     std::map<std::string, std::string> attributes = {}) {
        SpanDetail& span = add(Kind::llm, "chat", attributes);
        span.model = "model-a";
        span.usage = {.input = input, .output = output};
        span.reported_cost = 1'000'000;
        return span;
    }
    void wait(DurationNs time) { clock_ += time; }

    [[nodiscard]] std::set<std::string> rules() const {
        std::set<std::string> out;
        for (const Finding& finding : findings())
            out.emplace(finding.rule);
        return out;
    }
    [[nodiscard]] std::vector<Finding> findings() const {
        RuledTrace trace(kTrace);
        for (const SpanDetail& span : spans_)
            trace.add(span);
        return find_all(trace);
    }

private:
    std::vector<SpanDetail> spans_;
    TimeNs clock_ = 1'760'000'000 * kSecond;
};

struct Case {
    const char* name;
    std::function<void(Made&)> make;
    std::set<std::string> expected;
};

inline const char* const kSchema =
    R"([{"type":"function","function":{"name":"search","parameters":{"type":"object","properties":{"query":{"type":"string"},"limit":{"type":"integer"}},"required":["query"]}}}])";

// What looks like a finding and is none, and what is one though it looks otherwise.
inline void add_near_misses(std::vector<Case>& out) {
    out.push_back({"the server's half of a tool call is no second call",
                   [](Made& m) {
                       for (int i = 0; i < 4; ++i) {
                           const SpanId client = m.tool("read", R"({"path":"a"})").id;
                           m.tool("read", R"({"path":"a"})").parent = client;
                       }
                   },
                   {}});
    out.push_back({"arguments that nobody states are not equal",
                   [](Made& m) {
                       for (int i = 0; i < 9; ++i)
                           m.add(Kind::tool, "read", {{"gen_ai.tool.call.result", "fine"}}).tool = "read";
                   },
                   {}});
    out.push_back({"other commands that fail are no retries",
                   [](Made& m) {
                       for (const char* command : {"ls a", "make", "git push"}) {
                           auto& span = m.tool("bash", std::string(R"({"command":")") + command + "\"}");
                           span.status = Status::error;
                           span.status_message = "exit code 1";
                       }
                   },
                   {}});
    out.push_back({"other arguments that fail for one reason are retries",
                   [](Made& m) {
                       for (const char* file : {"a", "b", "c"}) {
                           auto& span = m.tool("read", std::string(R"({"path":")") + file + "\"}");
                           span.status = Status::error;
                           span.status_message = "connection to 10.0.0.7 refused";
                       }
                   },
                   {"retry_storm"}});
    out.push_back({"a model that is busy",
                   [](Made& m) {
                       for (int i = 0; i < 3; ++i) {
                           auto& span = m.call(10, 0);
                           span.status = Status::error;
                           span.status_message = "overloaded";
                       }
                   },
                   {"retry_storm"}});
    out.push_back({"an empty list of errors is no empty result",
                   [](Made& m) { m.tool("book", "{}", R"({"ok":true,"errors":[],"error":null})"); },
                   {}});
    out.push_back({"an overflow that only an exception tells",
                   [](Made& m) {
                       auto& span = m.call(10, 0);
                       span.status = Status::error;
                       span.events = R"([{"name":"exception","attributes":[{"key":"exception.message",)"
                                     R"("value":{"stringValue":"prompt is too long: 210000 tokens"}}]}])";
                   },
                   {"context_overflow"}});
    out.push_back({"a parent that states another sum",
                   [](Made& m) {
                       const SpanId parent = [&] {
                           auto& span = m.add(Kind::workflow, "turn", {});
                           span.usage = {.input = 500, .output = 50};
                           span.end += 10 * kSecond;
                           return span.id;
                       }();
                       m.call(100, 10).parent = parent;
                       m.call(100, 10).parent = parent;
                   },
                   {"token_drift"}});
    out.push_back({"a parent that states the sum",
                   [](Made& m) {
                       const SpanId parent = [&] {
                           auto& span = m.add(Kind::workflow, "turn", {});
                           span.usage = {.input = 200, .output = 20};
                           span.end += 10 * kSecond;
                           return span.id;
                       }();
                       m.call(100, 10).parent = parent;
                       m.call(100, 10).parent = parent;
                   },
                   {}});
    out.push_back({"usage that the turn above states is not missing",
                   [](Made& m) {
                       const SpanId parent = [&] {
                           auto& span = m.add(Kind::workflow, "turn", {});
                           span.usage = {.input = 200, .output = 20};
                           span.end += 10 * kSecond;
                           return span.id;
                       }();
                       auto& call = m.call(0, 0);
                       call.usage = {};
                       call.parent = parent;
                   },
                   {}});
    out.push_back({"what a queue hands over runs later",
                   [](Made& m) {
                       const SpanId producer = m.add(Kind::generic, "send", {}).id;
                       m.wait(5 * kSecond);
                       m.add(Kind::generic, "on-message", {}).parent = producer;
                   },
                   {}});
    out.push_back({"a call after its agent has ended",
                   [](Made& m) {
                       const SpanId agent = m.add(Kind::agent, "worker", {}).id;
                       m.wait(5 * kSecond);
                       m.call(10, 5).parent = agent;
                   },
                   {"inconsistent_time"}});
    out.push_back(
        {"types in capitals",
         [](Made& m) {
             m.call(
                 10, 5,
                 {{"gen_ai.tool.definitions",
                   R"([{"name":"search","parameters":{"type":"OBJECT","properties":{"q":{"type":"STRING"}}}}])"}});
             m.tool("search", R"({"q":"a"})");
             m.tool("search", R"({"q":7})");
         },
         {"schema_violation"}});
    out.push_back({"arguments in a language's own words",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.tool.definitions", kSchema}});
                       m.tool("search", "{'query': 'a', 'limit': None}");
                   },
                   {}});
    for (const char* personal :
         {"call +49 30 9018 2000 now", "5555 5555 5555 4444", "378282246310005", "(+1 415-555-2671)"})
        out.push_back(
            {"personal", [personal](Made& m) { m.tool("read", "{}", personal); }, {"sensitive_content"}});
    for (const char* harmless :
         {"Co-Authored-By: Bot <noreply@anthropic.com>", "git@github.com:a/b.git",
          "12+user@users.noreply.github.com", "@@ -1,4 +1,6 @@", "+4 930 123 4567 lines\n+12 34 56 78 90",
          "id 4222222222222", "1763600000000000000", "9999 9999 9999 9995", "a+1 2 3"})
        out.push_back({"impersonal", [harmless](Made& m) { m.tool("read", "{}", harmless); }, {}});
}

inline std::vector<Case> cases() {
    std::vector<Case> out;
    out.push_back({"a good run",
                   [](Made& m) {
                       m.call(10, 5);
                       m.tool("search", R"({"query":"a"})");
                       m.call(20, 5);
                   },
                   {}});
    out.push_back({"silent failure",
                   [](Made& m) { m.tool("pay", "{}", R"({"error":"no funds"})").flags |= kSilentFailure; },
                   {"silent_tool_failure"}});
    out.push_back({"said failure",
                   [](Made& m) { m.tool("pay", "{}", R"({"error":"no"})").status = Status::error; },
                   {}});
    for (const char* empty : {"", "[]", "{}", "null", R"({"results":[]})", R"({"items":[],"total":0})"})
        out.push_back(
            {"empty result", [empty](Made& m) { m.tool("search", "{}", empty); }, {"empty_result"}});
    for (const char* full :
         {"0", "false", R"({"results":[],"message":"try again"})", R"({"count":3,"items":[]})"})
        out.push_back({"no empty result", [full](Made& m) { m.tool("search", "{}", full); }, {}});
    out.push_back({"arguments of another type",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.tool.definitions", kSchema}});
                       m.tool("search", R"({"query":7})");
                   },
                   {"schema_violation"}});
    out.push_back({"missing argument",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.tool.definitions", kSchema}});
                       m.tool("search", R"({"limit":3})");
                   },
                   {"schema_violation"}});
    out.push_back({"arguments as declared",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.tool.definitions", kSchema}});
                       m.tool("search", R"({"query":"a","limit":3})");
                   },
                   {}});
    out.push_back({"loop",
                   [](Made& m) {
                       for (int i = 0; i < 6; ++i)
                           m.tool("read", R"({"path":"a","n":1})");
                   },
                   {"loop"}});
    out.push_back({"loop with new ids and times",
                   [](Made& m) {
                       for (int i = 0; i < 6; ++i)
                           m.tool("poll", R"({"job":"j","request_id":")" + std::to_string(i) +
                                              R"(","at":"2026-01-0)" + std::to_string(i + 1) +
                                              "T08:00:00Z\"}");
                   },
                   {"loop"}});
    out.push_back({"loop in other order of keys",
                   [](Made& m) {
                       for (int i = 0; i < 6; ++i)
                           m.tool("read", i % 2 ? R"({"a":1, "b":2})" : R"({"b":2,"a":1})");
                   },
                   {"loop"}});
    out.push_back({"five times is no loop",
                   [](Made& m) {
                       for (int i = 0; i < 5; ++i)
                           m.tool("read", R"({"path":"a"})");
                   },
                   {}});
    out.push_back({"pages are no loop",
                   [](Made& m) {
                       for (int i = 0; i < 9; ++i)
                           m.tool("list", R"({"page":)" + std::to_string(i) + "}");
                   },
                   {}});
    out.push_back({"retry storm",
                   [](Made& m) {
                       for (int i = 0; i < 3; ++i)
                           m.tool("get", R"({"n":)" + std::to_string(i) + "}").status = Status::error;
                   },
                   {"retry_storm"}});
    out.push_back({"failures with a success between",
                   [](Made& m) {
                       for (int i = 0; i < 5; ++i)
                           if (auto& span = m.tool("get", R"({"n":)" + std::to_string(i) + "}"); i != 2)
                               span.status = Status::error;
                   },
                   {}});
    out.push_back({"ping-pong",
                   [](Made& m) {
                       for (int i = 0; i < 4; ++i)
                           m.tool("edit", i % 2 ? R"({"file_path":"f","old_string":"b","new_string":"a"})"
                                                : R"({"file_path":"f","old_string":"a","new_string":"b"})");
                   },
                   {"ping_pong"}});
    out.push_back(
        {"edits that go on",
         [](Made& m) {
             for (const auto& step : {std::pair{"a", "b"}, std::pair{"b", "c"}, std::pair{"c", "d"}})
                 m.tool("edit", std::string(R"({"file_path":"f","old_string":")") + step.first +
                                    R"(","new_string":")" + step.second + "\"}");
         },
         {}});
    out.push_back({"context overflow",
                   [](Made& m) {
                       auto& span = m.call(10, 0);
                       span.status = Status::error;
                       span.status_message = "This model's maximum context length is 128000 tokens.";
                   },
                   {"context_overflow"}});
    out.push_back({"another error",
                   [](Made& m) {
                       auto& span = m.call(10, 0);
                       span.status = Status::error;
                       span.status_message = "rate limit";
                   },
                   {}});
    out.push_back({"context growth",
                   [](Made& m) {
                       m.call(5'000, 9);
                       m.call(20'000, 9);
                   },
                   {"context_growth"}});
    out.push_back({"steady growth",
                   [](Made& m) {
                       m.call(10'000, 9);
                       m.call(12'000, 9);
                   },
                   {}});
    out.push_back({"idle gap",
                   [](Made& m) {
                       m.call(10, 5);
                       m.wait(90 * kSecond);
                       m.call(11, 5);
                   },
                   {"idle_gap"}});
    out.push_back({"a pause",
                   [](Made& m) {
                       m.call(10, 5);
                       m.wait(30 * kSecond);
                       m.call(11, 5);
                   },
                   {}});
    out.push_back({"token drift",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.usage.total_tokens", "99"}});
                   },
                   {"token_drift"}});
    out.push_back({"a total that fits",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.usage.total_tokens", "15"}});
                   },
                   {}});
    for (const char* reason : {"length", "max_tokens", "MAX_TOKENS"})
        out.push_back(
            {"cut answer",
             [reason](Made& m) {
                 m.call(10, 5, {{"gen_ai.response.finish_reasons", std::string("[\"") + reason + "\"]"}});
             },
             {"truncated_output"}});
    out.push_back({"whole answer",
                   [](Made& m) {
                       m.call(10, 5, {{"gen_ai.response.finish_reasons", "[\"stop\"]"}});
                   },
                   {}});
    out.push_back({"ends before it starts",
                   [](Made& m) {
                       auto& span = m.call(10, 5);
                       span.end = span.start - kSecond;
                   },
                   {"inconsistent_time"}});
    out.push_back({"starts before its parent",
                   [](Made& m) {
                       auto& span = m.call(10, 5);
                       span.start -= 100 * kSecond;
                   },
                   {"inconsistent_time"}});
    out.push_back({"unpriced", [](Made& m) { m.call(10, 5).reported_cost.reset(); }, {"unpriced"}});
    out.push_back({"missing usage",
                   [](Made& m) {
                       auto& span = m.call(10, 5);
                       span.usage = {};
                   },
                   {"missing_usage"}});
    for (const char* secret :
         {"AKIAIOSFODNN7ABCDEF0", "ghp_0123456789abcdefghij0123456789abcdef", "4111 1111 1111 1111",
          "ada.l@lovelace-engines.co.uk", "-----BEGIN RSA PRIVATE KEY-----"})
        out.push_back({"sensitive",
                       [secret](Made& m) { m.tool("read", "{}", std::string("here: ") + secret); },
                       {"sensitive_content"}});
    for (const char* harmless :
         {"order 4111111111111112", "v1.2.3-4", "user@example.com", "sk-short", "3.14159265358979",
          "0x4111111111111111", "commit 5f3e1c9d0a7b46529f3e1c9d0a7b4652"})
        out.push_back(
            {"harmless", [harmless](Made& m) { m.tool("read", "{}", std::string("see ") + harmless); }, {}});
    add_near_misses(out);
    return out;
}

// Deep, endless and spiteful.
inline Made hostile() {
    Made made;
    const std::string deep(20'000, '[');
    const std::string schema =
        R"([{"type":"function","function":{"name":"x","parameters":{"$ref":"http://elsewhere/a"}}}])";
    made.call(1, 1, {{"gen_ai.tool.definitions", schema}, {"response_format", deep}});
    made.tool("x", deep, std::string(300'000, '@'));
    made.tool("x", R"({"query":)" + deep, std::string(300'000, '4'));
    made.call(
        1, 1,
        {{"gen_ai.tool.definitions",
          R"([{"type":"function","function":{"name":"y","parameters":{"type":"object","properties":{"a":{"pattern":"(a+)+$"}}}}}])"}});
    made.tool("y", R"({"a":")" + std::string(5'000, 'a') + "!\"}");
    for (const char* circle : {R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})",
                               R"({"properties":{"a":{"$ref":"#/properties/a"}}})", R"({"type":"nonsense"})",
                               R"({"type":"object","properties":{"a":{"$ref":"#"}}})"}) {
        made.call(
            1, 1,
            {{"gen_ai.tool.definitions",
              std::string(R"([{"type":"function","function":{"name":"z","parameters":)") + circle + "}}]"}});
        made.tool("z", R"({"a":{"a":{"a":{}}}})");
    }
    std::string nested;
    for (int i = 0; i < 20'000; ++i)
        nested += R"({"a":)";
    made.tool("z", nested + "1" + std::string(20'000, '}'), deep + std::string(20'000, ']'));
    return made;
}

} // namespace clew::test

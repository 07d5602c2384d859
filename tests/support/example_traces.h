// Three small traces made by hand, in a store, for the tests of the questions: a refund that went wrong, a
// weather report with an orphan, and one that still runs.
#pragma once

#include "tests/support/store_fixture.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <string>
#include <vector>

namespace clew::test {

inline constexpr TraceId kRefund{0xaaaa000000000001, 1};
inline constexpr TraceId kWeather{0xaaaa000000000002, 2};
inline constexpr TraceId kOpen{0xbbbb000000000003, 3};
inline constexpr TimeNs kDay = 86400 * kSecond;

inline std::vector<Span> refund_spans() {
    std::vector<Span> out;
    auto root = span(kRefund, 1, 0, 1000, 9000, "refund request");
    root.kind = Kind::agent;
    root.agent = "helpdesk";
    root.session = "s-1";
    root.trace_own_id = "run/17";
    root.usage = {.input = 110, .output = 55}; // repeats what the calls state
    out.push_back(root);
    auto call = span(kRefund, 2, 1, 2000, 3000, "chat");
    call.kind = Kind::llm;
    call.model = "gpt-4o-2024";
    call.request_model = "gpt-4o";
    call.provider = "openai";
    call.session = "s-1";
    call.user = "u1";
    call.prompt_name = "triage";
    call.prompt_version = "3";
    call.first_token = 2250;
    call.usage = {.input = 100, .cache_read = 20, .output = 50, .reasoning = 10};
    call.reported_cost = kUsd / 2;
    call.unexecuted_calls = 1;
    call.attributes = "[{\"key\":\"gen_ai.input.messages\",\"value\":{\"stringValue\":\"[{\\\"content\\\":"
                      "\\\"My gift\\\\ncard Refund\\\"}]\"}}]";
    call.events = R"([{"timeUnixNano":"5","name":"first"}])";
    call.links = R"([{"traceId":"00","spanId":"00"}])";
    call.rest = R"("kind":3)";
    out.push_back(call);
    auto tool = span(kRefund, 3, 1, 3500, 4000, "lookup");
    tool.kind = Kind::tool;
    tool.tool = "search";
    tool.status = Status::error;
    tool.status_message = "no such order";
    out.push_back(tool);
    auto silent = span(kRefund, 4, 1, 5000, 6000, "pay");
    silent.kind = Kind::tool;
    silent.tool = "payments";
    silent.flags = kSilentFailure | kLogStep;
    out.push_back(silent);
    auto second = span(kRefund, 5, 1, 7000, 8000, "chat");
    second.kind = Kind::llm;
    second.model = "claude";
    second.prompt_name = "triage";
    second.prompt_version = "4";
    second.usage = {.input = 10, .output = 5};
    second.own_id = "msg-5";
    out.push_back(second);
    return out;
}

inline std::vector<Span> weather_spans() {
    auto agent = span(kWeather, 1, 0, kDay + 10, kDay + 40, "weather");
    agent.kind = Kind::agent;
    agent.session = "s-2";
    agent.usage = {.input = 7, .output = 3}; // no call states any: stands in
    agent.reported_cost = 1000;
    auto orphan = span(kWeather, 9, 77, kDay + 50, kDay + 90, "late");
    return {agent, orphan};
}

inline std::vector<Span> open_spans() {
    return {span(kOpen, 1, 0, 2 * kDay, kNoTime, "still there")};
}

inline std::unique_ptr<Store> filled() {
    auto store = temporary_store();
    if (!store) return nullptr;
    import_spans(*store, head("/runs/a.jsonl"), refund_spans(), {},
                 {Note{Severity::warning, "file.empty", {"x"}, "part", 12, 3}});
    auto b = weather_spans();
    for (auto& s : open_spans())
        b.push_back(s);
    import_spans(*store, head("/runs/b.jsonl"), std::move(b));
    return store;
}

inline QString names(const Result<TracePage>& page) {
    if (!page) return QString::fromStdString(sentence(page.error()));
    QStringList out;
    for (const auto& row : page->rows)
        out << QString::fromStdString(row.name);
    return out.join(',');
}

inline QString matching(Store& store, const std::string& filter) {
    TraceQuery query;
    query.filter = filter;
    query.descending = false;
    const auto page = store.traces().traces(query);
    if (page && static_cast<std::size_t>(page->count) != page->rows.size()) return "count differs";
    return names(page);
}

} // namespace clew::test

// A receiver over a real store, and what the store holds in the end.
#pragma once

#include "importers/import_job.h"
#include "importers/live/receiver.h"
#include "tests/support/live_request.h"
#include "tests/support/store_fixture.h"

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace clew::test {

// Every span as "name: value" lines that two ways of receiving it must agree on, by trace and span.
using Held = std::map<std::pair<std::string, std::string>, std::string>;

inline Held held_by(Store& store) {
    Held out;
    TraceQuery all;
    all.limit = 100'000;
    const auto page = store.traces().traces(all);
    if (!page) return out;
    for (const TraceRow& row : page->rows) {
        (void)store.traces().each_span(row.id, [&out](const SpanDetail& span) {
            std::map<std::string, std::string> attributes;
            for (const PlainAttribute& one : plain_attributes(span.attributes))
                attributes[one.key] = one.json;
            const auto number = [](const std::optional<std::int64_t>& value) {
                return value ? std::to_string(*value) : std::string("-");
            };
            std::string text = "name: " + span.name + "\nparent: " + to_hex(span.parent) +
                               "\nstart: " + std::to_string(span.start) +
                               "\nend: " + std::to_string(span.end) +
                               "\nkind: " + std::string(kind_name(span.kind)) +
                               "\nstatus: " + std::to_string(static_cast<int>(span.status)) + ' ' +
                               span.status_message + "\nmodel: " + span.model + "\nsession: " + span.session +
                               "\nuser: " + span.user + "\nusage: " + number(span.usage.input) + ' ' +
                               number(span.usage.cache_read) + ' ' + number(span.usage.output) + '\n';
            for (const auto& [key, json] : attributes)
                text.append(key).append(": ").append(json).append("\n");
            out[{to_hex(span.trace), to_hex(span.id)}] = text;
            return true;
        });
    }
    return out;
}

// "" where both hold the same; else the first line that differs.
inline std::string difference(const Held& expected, const Held& got) {
    for (const auto& [id, text] : expected) {
        const auto other = got.find(id);
        if (other == got.end()) return "missing: " + id.second + '\n' + text;
        if (other->second == text) continue;
        std::size_t at = 0;
        while (at < text.size() && at < other->second.size() && text[at] == other->second[at])
            ++at;
        at = text.rfind('\n', at == 0 ? 0 : at - 1);
        at = at == std::string::npos ? 0 : at;
        return "span " + id.second + ", expected" + text.substr(at, 300) + "\nbut is" +
               other->second.substr(at, 300);
    }
    for (const auto& [id, text] : got)
        if (!expected.contains(id)) return "too much: " + id.second + '\n' + text;
    return {};
}

inline std::unique_ptr<live::Receiver> receiver_into(Store& store,
                                                     Durability durability = Durability::complete) {
    live::IntakeOptions options;
    options.durability = durability;
    return std::make_unique<live::Receiver>(options, [&store] { return store.live_target(); });
}

// Waits for the answer.
inline live::Reply sent(live::Receiver& receiver, live::Request request) {
    auto answered = std::make_shared<std::promise<live::Reply>>();
    auto reply = answered->get_future();
    receiver.handle(std::move(request),
                    [answered](live::Reply said) { answered->set_value(std::move(said)); });
    if (reply.wait_for(std::chrono::seconds(60)) != std::future_status::ready) return {.status = 0};
    return reply.get();
}

} // namespace clew::test

// What a collected span's attributes hold, for tests of importers.
#pragma once

#include "model/trace/span_detail.h"
#include "tests/support/feed.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace clew::test {

// The value of an attribute; discarded where there is none.
inline nlohmann::json value_of(const CollectedSpan& span, std::string_view key) {
    for (const auto& attribute : plain_attributes(span.attributes))
        if (attribute.key == key) return nlohmann::json::parse(attribute.json, nullptr, false);
    return nlohmann::json(nlohmann::json::value_t::discarded);
}

inline std::string text_of(const CollectedSpan& span, std::string_view key) {
    const auto value = value_of(span, key);
    return value.is_string() ? value.get<std::string>() : value.is_discarded() ? "missing" : value.dump();
}

// The messages of an attribute that holds them as the text of a JSON array.
inline nlohmann::json messages_of(const CollectedSpan& span, std::string_view key) {
    return nlohmann::json::parse(text_of(span, key), nullptr, false);
}

// "role: content" of each of them, one a line.
inline std::string words_of(const CollectedSpan& span, std::string_view key) {
    std::string out;
    const auto messages = messages_of(span, key);
    if (!messages.is_array()) return "missing";
    for (const auto& message : messages) {
        const auto content = message.value("content", nlohmann::json());
        out += message.value("role", "") + ": " +
               (content.is_string() ? content.get<std::string>() : content.dump()) + "\n";
    }
    return out;
}

// What a store would keep: one span per key, the last one said, in the order in which they first came.
inline std::vector<CollectedSpan> stored(const CollectingSink& sink) {
    std::vector<CollectedSpan> out;
    for (const auto& span : sink.spans) {
        auto known = out.begin();
        while (known != out.end() && !(known->trace == span.trace && known->id == span.id))
            ++known;
        if (known == out.end()) {
            out.push_back(span);
            continue;
        }
        const std::string attributes = known->attributes;
        *known = span;
        if (known->attributes.empty()) known->attributes = attributes;
    }
    return out;
}

// "kind name" of every stored span, indented below its parent; siblings in the order in which they came.
inline std::string tree_of(const CollectingSink& sink) {
    const auto spans = stored(sink);
    std::string out;
    const auto below = [&](const auto& self, TraceId trace, SpanId parent, std::size_t depth) -> void {
        for (const auto& span : spans) {
            if (span.parent != parent || depth > 20 || (trace.valid() && span.trace != trace)) continue;
            out += std::string(depth * 2, ' ') + std::string(kind_name(span.kind)) + " " + span.name + "\n";
            self(self, span.trace, span.id, depth + 1);
        }
    };
    below(below, {}, {}, 0);
    return out;
}

inline CollectedSpan root_span(const Fed& fed) {
    for (const auto& span : fed.sink.spans)
        if (!span.parent.valid()) return span;
    return {};
}

// The one with this id of its source's below the root, as a store would keep it.
inline CollectedSpan inner_span(const Fed& fed, std::string_view own_id) {
    for (const auto& span : stored(fed.sink))
        if (span.own_id == own_id && span.parent.valid()) return span;
    return {};
}

} // namespace clew::test

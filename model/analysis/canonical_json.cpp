#include "model/analysis/canonical_json.h"

#include "model/analysis/findings/json_depth.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace clew {

namespace {

using Json = nlohmann::json;

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_number(char c) {
    return c >= '0' && c <= '9';
}

// 8-4-4-4-12 hex digits at `at`.
bool uuid_at(std::string_view text, std::size_t at) {
    constexpr std::array<std::size_t, 5> kGroups{8, 4, 4, 4, 12};
    for (std::size_t group = 0; group < kGroups.size(); ++group) {
        if (group > 0 && (at >= text.size() || text[at++] != '-')) return false;
        if (at + kGroups[group] > text.size()) return false;
        for (std::size_t i = 0; i < kGroups[group]; ++i)
            if (!is_hex(text[at++])) return false;
    }
    return at == text.size() || !is_hex(text[at]);
}

// Behind a date with a time of day, 2026-01-31T08:00…: its length; 0 where there is none.
std::size_t time_at(std::string_view text, std::size_t at) {
    constexpr std::string_view kShape = "dddd-dd-ddTdd:dd";
    if (at + kShape.size() > text.size()) return 0;
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        const char c = text[at + i];
        const bool fits = kShape[i] == 'd'   ? is_number(c)
                          : kShape[i] == 'T' ? c == 'T' || c == ' '
                                             : c == kShape[i];
        if (!fits) return 0;
    }
    std::size_t end = at + kShape.size();
    while (end < text.size() && (is_number(text[end]) || text[end] == ':' || text[end] == '.' ||
                                 text[end] == 'Z' || text[end] == '+'))
        ++end;
    return end - at;
}

std::string masked(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool word_begins = at == 0 || !is_hex(text[at - 1]);
        if (word_begins && is_hex(text[at]) && uuid_at(text, at)) {
            out += "<uuid>";
            at += 36;
        } else if (const std::size_t length = word_begins && is_number(text[at]) ? time_at(text, at) : 0;
                   length > 0) {
            out += "<time>";
            at += length;
        } else {
            out += text[at++];
        }
    }
    return out;
}

// Members that say when or in which request, not what.
bool is_volatile(std::string key) {
    std::erase_if(key, [](char c) { return c == '_' || c == '-'; });
    std::ranges::transform(key, key.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::array<std::string_view, 12> kKeys{
        "requestid", "traceid", "spanid", "correlationid", "idempotencykey", "timestamp",
        "ts",        "nonce",   "now",    "currenttime",   "callid",         "toolcallid"};
    return std::ranges::find(kKeys, key) != kKeys.end();
}

void mask(Json& value, int depth) {
    constexpr int kDeepest = 100;
    if (depth > kDeepest) return;
    if (value.is_string()) {
        value = masked(value.get_ref<const std::string&>());
    } else if (value.is_array()) {
        for (Json& element : value)
            mask(element, depth + 1);
    } else if (value.is_object()) {
        for (auto member = value.begin(); member != value.end(); ++member) {
            if (is_volatile(member.key()))
                *member = "<volatile>";
            else
                mask(*member, depth + 1);
        }
    }
}

} // namespace

std::string canonical_json(std::string_view json) {
    if (is_too_deep(json)) return std::string(trimmed(json));
    const Json value = Json::parse(json, nullptr, false); // its objects are sorted by key
    if (value.is_discarded()) return std::string(trimmed(json));
    if (value.is_string()) { // arguments are often JSON in a string
        const std::string inside = value.get<std::string>();
        if (is_too_deep(inside)) return std::string(trimmed(inside));
        const Json inner = Json::parse(inside, nullptr, false);
        if (inner.is_object() || inner.is_array())
            return inner.dump(-1, ' ', false, Json::error_handler_t::replace);
        return std::string(trimmed(inside));
    }
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string without_volatile(std::string_view canonical) {
    if (is_too_deep(canonical)) return masked(canonical);
    Json value = Json::parse(canonical, nullptr, false);
    if (value.is_discarded() || !(value.is_object() || value.is_array())) return masked(canonical);
    mask(value, 0);
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string canonical_without_volatile(std::string_view json) {
    if (is_too_deep(json)) return masked(trimmed(json));
    Json value = Json::parse(json, nullptr, false);
    if (value.is_string() || value.is_discarded() || !value.is_structured())
        return without_volatile(canonical_json(json));
    mask(value, 0);
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string plain_text(std::string_view json) {
    if (json.empty() || json.front() != '"') return std::string(json);
    const Json value = Json::parse(json, nullptr, false);
    return value.is_string() ? value.get<std::string>() : std::string(json);
}

} // namespace clew

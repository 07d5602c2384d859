#include "model/store/payload/merged_payload.h"

#include <simdjson.h>

#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace clew {

namespace {

namespace od = simdjson::ondemand;

// The elements of an array as they stand, each known by its key or, where it has none, by its whole text.
struct Member {
    std::string known_by;
    std::string_view text;
};

// false = not an array of objects.
bool members_of(std::string_view array, bool by_key, std::vector<Member>& out,
                simdjson::padded_string& bytes) {
    bytes = simdjson::padded_string(array);
    od::parser parser;
    od::document document;
    if (parser.iterate(bytes).get(document) != simdjson::SUCCESS) return false;
    od::array elements;
    if (document.get_array().get(elements) != simdjson::SUCCESS) return false;
    for (auto element : elements) {
        od::object object;
        if (element.get_object().get(object) != simdjson::SUCCESS) return false;
        Member member;
        std::string_view key;
        if (by_key && object.find_field_unordered("key").get_string().get(key) == simdjson::SUCCESS)
            member.known_by = key;
        if (object.reset().error() != simdjson::SUCCESS) return false;
        if (object.raw_json().get(member.text) != simdjson::SUCCESS) return false;
        if (member.known_by.empty()) member.known_by = member.text;
        out.push_back(std::move(member));
    }
    return true;
}

// `later`, with what only `earlier` has put in front.
std::string united(std::string_view earlier, std::string later, bool by_key) {
    if (earlier.empty() || earlier == later) return later;
    if (later.empty()) return std::string(earlier);
    simdjson::padded_string earlier_bytes, later_bytes;
    std::vector<Member> before, after;
    if (!members_of(earlier, by_key, before, earlier_bytes) || !members_of(later, by_key, after, later_bytes))
        return later;
    std::unordered_set<std::string_view> said;
    for (const Member& member : after)
        said.insert(member.known_by);
    std::string out = "[";
    const auto append = [&out](std::string_view text) {
        if (out.size() > 1) out += ',';
        out += text;
    };
    for (const Member& member : before) {
        if (!said.contains(member.known_by)) append(member.text);
    }
    if (out.size() == 1) return later;
    for (const Member& member : after)
        append(member.text);
    return out += ']';
}

} // namespace

Payload merged_payload(const Payload& earlier, Payload later) {
    later.attributes = united(earlier.attributes, std::move(later.attributes), true);
    later.events = united(earlier.events, std::move(later.events), false);
    later.links = united(earlier.links, std::move(later.links), false);
    if (later.rest.empty()) later.rest = earlier.rest;
    return later;
}

} // namespace clew

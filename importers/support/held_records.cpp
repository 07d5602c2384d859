#include "importers/support/held_records.h"

#include "model/base/text.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

namespace clew {

namespace {

bool says_something(json::Element value) {
    if (value.is_null()) return false;
    if (value.is_string()) return !json::as_text(value).empty();
    if (const auto array = json::as_array(value)) return array->begin() != array->end();
    if (const auto object = json::as_object(value)) return object->begin() != object->end();
    return true;
}

} // namespace

std::string merged_json(std::span<const json::Object> newest_first, int levels) {
    std::vector<std::string_view> keys;
    std::unordered_map<std::string_view, std::vector<json::Element>> values;
    for (const json::Object object : newest_first) {
        for (const auto member : object) {
            auto& stated = values[member.key];
            if (stated.empty()) keys.push_back(member.key);
            stated.push_back(member.value);
        }
    }
    std::string out = "{";
    for (const std::string_view key : keys) {
        auto& stated = values[key];
        const auto best = std::ranges::find_if(stated, says_something);
        const json::Element value = best == stated.end() ? stated.front() : *best;
        if (out.size() > 1) out += ',';
        append_json_string(out, key);
        out += ':';
        std::vector<json::Object> objects;
        if (levels > 0 && stated.size() > 1 && json::as_object(value)) {
            for (const json::Element one : stated)
                if (const auto object = json::as_object(one)) objects.push_back(*object);
        }
        out += objects.empty() ? json::json_of(value) : merged_json(objects, levels - 1);
    }
    return out += '}';
}

HeldRecord& HeldRecords::add(std::string_view key, json::Object piece, bool first) {
    const auto [it, fresh] = records_.try_emplace(std::string(key));
    HeldRecord& record = it->second;
    if (fresh) {
        record.key = key;
        record.order = next_++;
    }
    std::string text = simdjson::minify(piece);
    bytes_ += text.size();
    record.pieces.insert(first ? record.pieces.end() : record.pieces.begin(), std::move(text));
    record.created = record.created || first;
    if (!std::exchange(record.touched, true)) touched_.push_back(record.key);
    return record;
}

HeldRecord HeldRecords::take(const std::string& key) {
    auto node = records_.extract(key);
    if (node.empty()) return {};
    for (const auto& piece : node.mapped().pieces)
        bytes_ -= piece.size();
    return std::move(node.mapped());
}

std::vector<HeldRecord> HeldRecords::take_all() {
    std::vector<HeldRecord> out;
    out.reserve(records_.size());
    for (auto& [key, record] : records_)
        out.push_back(std::move(record));
    records_.clear();
    touched_.clear();
    bytes_ = 0;
    std::ranges::sort(out, {}, &HeldRecord::order);
    return out;
}

std::vector<const HeldRecord*> HeldRecords::touched() {
    std::vector<const HeldRecord*> out;
    for (const std::string& key : std::exchange(touched_, {})) {
        const auto it = records_.find(key);
        if (it == records_.end() || !std::exchange(it->second.touched, false)) continue;
        out.push_back(&it->second);
    }
    std::ranges::sort(out, {}, &HeldRecord::order);
    return out;
}

void HeldRecords::forget_oldest(std::size_t bytes) {
    if (bytes_ <= bytes) return;
    std::vector<std::pair<std::uint64_t, std::string>> oldest;
    oldest.reserve(records_.size());
    for (const auto& [key, record] : records_)
        oldest.emplace_back(record.order, key);
    std::ranges::sort(oldest);
    for (const auto& [order, key] : oldest) {
        if (bytes_ <= bytes / 2) return; // half, so that this is not done again at once
        (void)take(key);
    }
}

WholeRecord::WholeRecord(const HeldRecord& held, int levels) {
    std::string text;
    if (held.pieces.size() == 1) {
        text = held.pieces.front();
    } else {
        std::deque<simdjson::dom::parser> parsers;
        std::vector<json::Object> objects;
        for (const auto& piece : held.pieces) {
            json::Object object;
            if (parsers.emplace_back().parse(piece).get(object) == simdjson::SUCCESS)
                objects.push_back(object);
        }
        text = merged_json(objects, levels);
    }
    json::Object object;
    if (parser_.parse(text).get(object) == simdjson::SUCCESS) object_ = object;
}

} // namespace clew

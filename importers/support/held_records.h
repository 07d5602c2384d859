// Records that are written in pieces (created, then updated, in any order): held until they are whole.
//
// A later piece's members win where they say something; null and empty ones complete nothing. One thread at a
// time.
#pragma once

#include "importers/support/json_values.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// One object of several, the newest first. Members that are objects are merged in turn `levels` deep.
std::string merged_json(std::span<const json::Object> newest_first, int levels);

struct HeldRecord {
    std::string key;
    std::string tag;                 // what the format wants to remember of it
    std::vector<std::string> pieces; // the newest first
    bool created = false;            // a piece that begins the record came
    bool ended = false;
    bool touched = false;
    std::uint64_t order = 0;
};

class HeldRecords {
public:
    // `first`: the piece that begins the record, which yields to those that came before it.
    HeldRecord& add(std::string_view key, json::Object piece, bool first);
    // Nothing where there is none.
    HeldRecord take(const std::string& key);
    std::vector<HeldRecord> take_all(); // in the order in which they began
    // Those that got a piece since the last call, likewise; valid until the next change.
    std::vector<const HeldRecord*> touched();
    // Lets go of those that began first until no more than `bytes` are held.
    void forget_oldest(std::size_t bytes);
    template <class F>
    void for_each(F use) const {
        for (const auto& [key, record] : records_)
            use(record);
    }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    std::map<std::string, HeldRecord, std::less<>> records_;
    std::vector<std::string> touched_; // keys
    std::uint64_t next_ = 0;
    std::size_t bytes_ = 0;
};

// The record of `held` as one object, which lives as long as this.
class WholeRecord {
public:
    explicit WholeRecord(const HeldRecord& held, int levels);
    [[nodiscard]] std::optional<json::Object> object() const { return object_; }

private:
    simdjson::dom::parser parser_;
    std::optional<json::Object> object_;
};

} // namespace clew

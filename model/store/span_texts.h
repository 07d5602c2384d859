// The text of a span that searches look at: its names and columns, and its payload.
//
// Belongs to one connection and one thread at a time.
#pragma once

#include "model/base/result.h"
#include "model/store/payload/payload_reader.h"
#include "model/store/sqlite/database.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace clew {

// Columns of table span (as `s`) that a SpanTexts reads, from column 0 on.
inline constexpr int kSpanTextColumnCount = 17;
inline constexpr std::string_view kSpanTextColumns =
    "s.id, s.trace, s.payload, s.payload_hash, s.detail, s.status_message, s.own_id, s.name, s.model, "
    "s.request_model, s.provider, s.agent, s.tool, s.session, s.user, s.prompt_name, s.prompt_version";

class SpanTexts {
public:
    explicit SpanTexts(Database& db)
        : db_(db)
        , payloads_(db) {}

    // Names and columns of the row, searchable, kept apart.
    Result<std::string> columns(const Statement& row);
    // What is stored of the payload with the span itself, as it is stored.
    Result<std::string> own_payload(const Statement& row) { return payloads_.own_text(row.integer(2)); }
    // Changes whenever the texts do.
    static std::uint64_t signature(const Statement& row);

    PayloadReader& payloads() { return payloads_; }

private:
    Result<const std::string*> word(std::int64_t dict);

    Database& db_;
    PayloadReader payloads_;
    Statement find_word_;
    std::unordered_map<std::int64_t, std::string> words_; // searchable
};

// A string of table dict; "" for 0 and unknown ids.
Result<std::string> dict_text(Database& db, std::int64_t id);

} // namespace clew

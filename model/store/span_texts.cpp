#include "model/store/span_texts.h"

#include "model/base/hash.h"
#include "model/store/text_match.h"

namespace clew {

namespace {
constexpr int kFirstSearched = 4;
constexpr int kFirstDict = 7;
constexpr std::size_t kMostWords = 100'000; // a store may hold a name for every span
} // namespace

Result<const std::string*> SpanTexts::word(std::int64_t dict) {
    if (const auto it = words_.find(dict); it != words_.end()) return &it->second;
    if (words_.size() >= kMostWords) words_.clear();
    if (!find_word_) {
        auto prepared = db_.prepare("SELECT s FROM dict WHERE id = ?", true);
        if (!prepared) return prepared.error();
        find_word_ = std::move(*prepared);
    }
    find_word_.bind(1, dict);
    auto row = find_word_.step();
    if (!row) return row.error();
    std::string text = *row ? searchable(find_word_.text(0), Wrapping::none) : std::string();
    find_word_.reset();
    return &words_.emplace(dict, std::move(text)).first->second;
}

Result<std::string> SpanTexts::columns(const Statement& row) {
    std::string out;
    for (int c = kFirstSearched; c < kFirstDict; ++c) {
        append_searchable(out, row.text(c), Wrapping::none);
        out += kApart;
    }
    for (int c = kFirstDict; c < kSpanTextColumnCount; ++c) {
        if (row.is_null(c)) continue;
        auto text = word(row.integer(c));
        if (!text) return text.error();
        (out += **text) += kApart;
    }
    return out;
}

std::uint64_t SpanTexts::signature(const Statement& row) {
    std::uint64_t hash = 0;
    for (int c = 2; c < kSpanTextColumnCount; ++c) {
        const bool text = c >= kFirstSearched && c < kFirstDict;
        const std::int64_t number = text ? 0 : row.integer(c);
        hash = hash64(text ? row.text(c)
                           : std::string_view(reinterpret_cast<const char*>(&number), sizeof number),
                      hash);
    }
    return hash;
}

Result<std::string> dict_text(Database& db, std::int64_t id) {
    auto statement = db.prepare("SELECT s FROM dict WHERE id = ?");
    if (!statement) return statement.error();
    statement->bind(1, id);
    auto row = statement->step();
    if (!row) return row.error();
    return *row ? std::string(statement->text(0)) : std::string();
}

} // namespace clew

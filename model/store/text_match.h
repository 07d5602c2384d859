// What "the text holds these words" means: how content is made searchable, cut into words, and compared.
//
// Searchable text is folded (case of Latin, Greek, Cyrillic, Armenian and full-width letters), JSON escapes
// of any depth are undone (`\\n` is a blank, `é` a letter), OTLP's own member names are left out, white space
// is one blank. The same is done to what is searched for, so the two meet. Words are runs of letters and
// digits; scripts without blanks between words (CJK, Thai …) are cut into pairs of neighbours. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

class Pattern;

// Payloads are wrapped in OTLP's member names; names, columns and what people type are not.
enum class Wrapping : std::uint8_t { none, otlp };

// Appends the searchable form of `raw` to `out`. Texts that are put after each other are kept apart by
// kApart, which nothing searched for holds.
void append_searchable(std::string& out, std::string_view raw, Wrapping wrapping);
std::string searchable(std::string_view raw, Wrapping wrapping);
inline constexpr char kApart = '\n';

inline constexpr std::size_t kLongestWord = 48; // bytes; of longer ones the index knows the beginning

// The words of searchable text, each followed by a blank: what goes into the index.
void append_words(std::string& out, std::string_view searchable_text);

// Without case, all else as it is.
std::string folded(std::string_view text);

// What is searched for.
class TextQuery {
public:
    explicit TextQuery(std::string_view text);
    // Whatever the expression finds within a line of searchable text, which is folded: so should it be.
    explicit TextQuery(Pattern expression);

    // In searchable text, from the beginning of a word (or anywhere, where the query begins with `*`).
    [[nodiscard]] bool in(std::string_view searchable_text) const;
    // Whether `raw` may hold it: false is sure. A cheap look that spares making most texts searchable.
    [[nodiscard]] bool maybe_in_raw(std::string_view raw) const;

    [[nodiscard]] bool empty() const { return needle_.empty() && !expression_; }
    // The index cannot tell: no words, or inside words.
    [[nodiscard]] bool needs_scan() const { return anywhere_ || words_.empty(); }
    // One word and nothing else: a hit of the index needs no look at the content.
    [[nodiscard]] bool is_one_word() const;
    // For FTS5's MATCH: every word, the last one as a beginning.
    [[nodiscard]] std::string match_expression() const;

private:
    std::string needle_;
    std::vector<std::string> words_;
    std::shared_ptr<const Pattern> expression_;
    std::string probe_; // ASCII letters and digits of which every raw text that holds the needle has a copy
    bool anywhere_ = false;
    bool last_open_ = false; // the needle ends inside a word
};

} // namespace clew

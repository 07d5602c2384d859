#include "model/store/filter.h"

#include "model/base/text.h"
#include "model/trace/kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace clew {

namespace {

constexpr std::array<std::string_view, 13> kKeys = {"agent", "feedback", "kind",     "label",   "model",
                                                    "name",  "prompt",   "provider", "session", "status",
                                                    "tool",  "trace",    "user"};
constexpr std::array<std::string_view, 4> kFeedback = {"up", "down", "any", "none"};
constexpr std::array<std::string_view, 2> kStatus = {"error", "ok"};

std::vector<std::string_view> kind_names() {
    std::vector<std::string_view> names;
    for (int k = 0; k < kKindCount; ++k)
        names.push_back(kind_name(static_cast<Kind>(k)));
    return names;
}

// Letters to change, add, drop or swap with a neighbour to get from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
    constexpr std::size_t kLongestGuess = 24;
    if (word.size() > kLongestGuess) return {};
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto candidate : known) {
        const bool begins = word.size() >= 2 && candidate.starts_with(word);
        const std::size_t away = begins ? 1 : distance(word, candidate);
        if (away < best_distance) {
            best = candidate;
            best_distance = away;
        }
    }
    return best;
}

std::string joined(std::span<const std::string_view> words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string did_you_mean(std::string_view prefix, std::string_view guess) {
    return guess.empty() ? std::string() : fmt::format(" Did you mean “{}{}”?", prefix, guess);
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
bool is_key_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Parser {
public:
    explicit Parser(std::string_view text)
        : text_(text) {}

    Result<Filter> parse() {
        Filter filter;
        for (;;) {
            while (at_ < text_.size() && is_blank(text_[at_]))
                ++at_;
            if (at_ >= text_.size()) return filter;
            auto parsed = term();
            if (!parsed) return parsed.error();
            filter.terms.push_back(std::move(*parsed));
        }
    }

private:
    [[nodiscard]] std::string where(std::size_t byte) const {
        const auto before = text_.substr(0, byte);
        const auto characters = std::ranges::count_if(
            before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
        return fmt::format("character {}", characters + 1);
    }

    Result<FilterTerm> term() {
        FilterTerm out;
        const std::size_t begin = at_;
        // A lone "-" and a dash before a blank are text; so is what follows a dash inside a word.
        if (text_[at_] == '-' && at_ + 1 < text_.size() && !is_blank(text_[at_ + 1])) {
            out.negated = true;
            ++at_;
        }
        const std::size_t word_begin = at_;
        std::size_t colon = at_;
        while (colon < text_.size() && is_key_char(text_[colon]))
            ++colon;
        const bool keyed = colon > at_ && colon < text_.size() && text_[colon] == ':' &&
                           !text_.substr(colon + 1).starts_with("//"); // an address is text
        if (keyed) {
            out.key = lower(text_.substr(at_, colon - at_));
            at_ = colon + 1;
        }
        auto taken = value(keyed);
        if (!taken) return taken.error();
        out.value = std::move(*taken);
        if (keyed) {
            if (auto checked = check(out, word_begin, colon + 1); !checked) return checked.error();
        } else if (trimmed(out.value).empty()) {
            return Error{"filter.empty_text", {std::string(text_.substr(begin, at_ - begin))}, where(begin)};
        }
        return out;
    }

    Result<std::string> value(bool keyed) {
        std::string out;
        if (at_ < text_.size() && text_[at_] == '"') {
            const std::size_t quote = at_++;
            while (at_ < text_.size() && text_[at_] != '"') {
                if (text_[at_] == '\\' && at_ + 1 < text_.size() &&
                    (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\'))
                    ++at_;
                out += text_[at_++];
            }
            if (at_ >= text_.size())
                return Error{"filter.unclosed_quote",
                             {std::string(utf8_prefix(text_.substr(quote), 40))},
                             where(quote)};
            ++at_;
            return out;
        }
        while (at_ < text_.size() && !is_blank(text_[at_])) {
            // `gift"card"`: the quote begins a phrase of its own.
            if (!keyed && text_[at_] == '"') break;
            out += text_[at_++];
        }
        return out;
    }

    [[nodiscard]] Result<void> check(FilterTerm& term, std::size_t key_at, std::size_t value_at) const {
        if (std::ranges::find(kKeys, term.key) == kKeys.end()) {
            const std::string_view guess = nearest(term.key, kKeys);
            return Error{"filter.unknown_key",
                         {term.key, joined(kKeys),
                          guess.empty() ? "" : did_you_mean({}, std::string(guess) + ":"),
                          term.key + ":" + term.value},
                         where(key_at)};
        }
        if (trimmed(term.value).empty()) return Error{"filter.empty_value", {term.key}, where(value_at)};
        if (term.key == "feedback") return one_of(term, kFeedback, value_at);
        if (term.key == "status") return one_of(term, kStatus, value_at);
        if (term.key == "kind") return one_of(term, kind_names(), value_at);
        return {};
    }

    [[nodiscard]] Result<void> one_of(FilterTerm& term, std::span<const std::string_view> known,
                                      std::size_t value_at) const {
        std::string value = lower(term.value);
        if (std::ranges::find(known, value) == known.end()) {
            return Error{
                "filter.bad_value",
                {term.key, term.value, joined(known), did_you_mean(term.key + ":", nearest(value, known))},
                where(value_at)};
        }
        term.value = std::move(value);
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

Result<Filter> parse_filter(std::string_view text) {
    return Parser(text).parse();
}

} // namespace clew

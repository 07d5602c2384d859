// Reads a filter's characters: words, phrases, regular expressions, operators. Pure; any thread.
#pragma once

#include "model/store/filter/syntax.h"

#include <optional>
#include <string>
#include <string_view>

namespace clew {

// How a value was written.
struct FilterWord {
    enum class Form : std::uint8_t { bare, quoted, regex };
    Form form = Form::bare;
    std::string value;        // without quotes and slashes
    bool ignore_case = false; // /…/i
    bool closed = true;       // false: a quotation mark or a slash has no partner
    FilterPlace place;
};

class FilterScanner {
public:
    explicit FilterScanner(std::string_view text)
        : text_(text) {}

    [[nodiscard]] std::size_t at() const { return at_; }
    void move_to(std::size_t at) { at_ = at; }
    [[nodiscard]] bool done() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] std::string_view between(std::size_t from, std::size_t to) const {
        return text_.substr(from, to - from);
    }
    // Up to the next blank: what an error shows.
    [[nodiscard]] FilterPlace word_here() const;

    void skip_blanks();
    bool take(char c);
    // The letters and underscores from here on, without taking them.
    [[nodiscard]] std::string_view identifier() const;
    // "and", "or", "not" in small or capital letters, followed by a blank, a parenthesis or the end.
    [[nodiscard]] bool is_operator(std::string_view word) const;
    // A blank, a closing parenthesis, the end, or a comma where those separate.
    [[nodiscard]] bool at_border(bool comma_separates) const;

    // A bare word ends at a blank, at a parenthesis that it did not open, at a comma where those separate,
    // and where `quote_ends` at a quotation mark. `regex`: /…/ is an expression where its end can be found.
    FilterWord word(bool comma_separates, bool quote_ends, bool regex);
    // A name behind "attr." and the like: quoted, or up to an operator.
    FilterWord name(bool comma_separates);

    static bool is_blank(char c);
    static bool is_letter(char c);

private:
    FilterWord quoted();
    std::optional<FilterWord> expression(bool comma_separates);

    std::string_view text_;
    std::size_t at_ = 0;
};

// "character 8", counted from 1 in characters.
std::string character_place(std::string_view text, std::size_t byte);

} // namespace clew

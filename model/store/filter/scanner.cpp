#include "model/store/filter/scanner.h"

#include "model/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace clew {

bool FilterScanner::is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

bool FilterScanner::is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

FilterPlace FilterScanner::word_here() const {
    std::size_t end = at_;
    while (end < text_.size() && !is_blank(text_[end]))
        ++end;
    return {at_, end - at_};
}

void FilterScanner::skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_]))
        ++at_;
}

bool FilterScanner::take(char c) {
    if (peek() != c || done()) return false;
    ++at_;
    return true;
}

std::string_view FilterScanner::identifier() const {
    std::size_t end = at_;
    while (end < text_.size() && is_letter(text_[end]))
        ++end;
    return between(at_, end);
}

bool FilterScanner::is_operator(std::string_view word) const {
    const auto here = identifier();
    if (here.size() != word.size()) return false;
    const char after = peek(here.size());
    if (after != '\0' && !is_blank(after) && after != '(' && after != ')') return false;
    if (here == word) return true;
    return std::ranges::equal(here, word, [](char a, char b) { return a == b - 'a' + 'A'; });
}

bool FilterScanner::at_border(bool comma_separates) const {
    if (done() || is_blank(text_[at_]) || text_[at_] == ')') return true;
    return comma_separates && text_[at_] == ',';
}

FilterWord FilterScanner::quoted() {
    FilterWord out;
    out.form = FilterWord::Form::quoted;
    out.place.offset = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\'))
            ++at_;
        out.value += text_[at_++];
    }
    out.closed = take('"');
    out.place.length = at_ - out.place.offset;
    return out;
}

// Nothing where it is a path such as /usr/bin.
std::optional<FilterWord> FilterScanner::expression(bool comma_separates) {
    FilterWord out;
    out.form = FilterWord::Form::regex;
    out.place.offset = at_;
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '/') {
        if (text_[end] == '\\' && end + 1 < text_.size()) {
            if (text_[end + 1] != '/') out.value += '\\';
            ++end;
        }
        out.value += text_[end++];
    }
    if (end >= text_.size()) {
        out.closed = false;
        out.place.length = text_.size() - at_;
        return out;
    }
    if (out.value.empty()) return {};
    const std::size_t begin = at_;
    at_ = end + 1;
    out.ignore_case = take('i');
    if (!at_border(comma_separates)) {
        at_ = begin;
        return {};
    }
    out.place.length = at_ - begin;
    return out;
}

FilterWord FilterScanner::word(bool comma_separates, bool quote_ends, bool regex) {
    if (peek() == '"') return quoted();
    if (regex && peek() == '/') {
        auto found = expression(comma_separates);
        // A word that only begins with a slash is a word; behind a key it may be an unfinished expression.
        if (found && (found->closed || !quote_ends)) return std::move(*found);
    }
    FilterWord out;
    out.place.offset = at_;
    int open = 0;
    while (at_ < text_.size() && !is_blank(text_[at_])) {
        const char c = text_[at_];
        if (quote_ends && c == '"') break;
        if (comma_separates && c == ',' && open == 0) break;
        if (c == '(') ++open;
        if (c == ')' && open-- == 0) break;
        out.value += c;
        ++at_;
    }
    out.place.length = at_ - out.place.offset;
    return out;
}

FilterWord FilterScanner::name(bool comma_separates) {
    if (peek() == '"') return quoted();
    FilterWord out;
    out.place.offset = at_;
    while (!at_border(comma_separates) &&
           std::string_view("<>=!:").find(text_[at_]) == std::string_view::npos)
        out.value += text_[at_++];
    out.place.length = at_ - out.place.offset;
    return out;
}

std::string character_place(std::string_view text, std::size_t byte) {
    const auto before = text.substr(0, std::min(byte, text.size()));
    const auto characters =
        std::ranges::count_if(before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    return fmt::format("character {}", characters + 1);
}

} // namespace clew

// What must not stand in a trace that is shown to others: secrets, and data about people.
//
// Matched by hand-written scanners in linear time: content is not trusted, and a regular expression's time is
// not bounded.

#include "model/analysis/findings/sensitive_text.h"

#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace clew {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

struct Secret {
    std::string_view prefix;
    std::size_t least; // further word characters
    std::string_view what;
};
constexpr std::array<Secret, 20> kSecrets{{{"ghs_", 30, "a GitHub token"},
                                           {"ghu_", 30, "a GitHub token"},
                                           {"npm_", 30, "an npm token"},
                                           {"pypi-", 40, "a PyPI token"},
                                           {"rk_live_", 16, "a Stripe key"},
                                           {"xapp-", 20, "a Slack token"},
                                           {"AKIA", 16, "an AWS access key"},
                                           {"ASIA", 16, "an AWS access key"},
                                           {"ghp_", 30, "a GitHub token"},
                                           {"gho_", 30, "a GitHub token"},
                                           {"github_pat_", 30, "a GitHub token"},
                                           {"glpat-", 16, "a GitLab token"},
                                           {"sk-ant-", 20, "an Anthropic key"},
                                           {"sk-proj-", 20, "an OpenAI key"},
                                           {"sk-", 32, "an API key"},
                                           {"sk_live_", 16, "a Stripe key"},
                                           {"xoxb-", 20, "a Slack token"},
                                           {"xoxp-", 20, "a Slack token"},
                                           {"AIza", 30, "a Google API key"},
                                           {"hf_", 30, "a Hugging Face token"}}};

std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is_word(text[at]))
        ++at;
    return at;
}

std::string masked(std::string_view secret) {
    constexpr std::size_t kShown = 6;
    return std::string(secret.substr(0, kShown)) + "…";
}

bool passes_luhn(std::string_view digits) {
    int sum = 0;
    bool twice = false;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
        int value = *digit - '0';
        if (twice) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
    }
    return sum % 10 == 0;
}

// Ranges and lengths that card networks hand out.
bool is_of_a_card(std::string_view digits) {
    const auto number = [&](std::size_t length) {
        int out = 0;
        for (const char digit : digits.substr(0, length))
            out = out * 10 + (digit - '0');
        return out;
    };
    if (digits.size() < 14 || digits.size() > 19) return false;
    const int two = number(2), four = number(4);
    const std::size_t size = digits.size();
    if (digits.front() == '4') return size == 16;                                      // Visa
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return size == 16; // Mastercard
    if (two == 34 || two == 37) return size == 15;                                     // American Express
    if (two == 36 || two == 38 || (number(3) >= 300 && number(3) <= 305)) return size == 14;    // Diners
    if (four >= 3528 && four <= 3589) return size == 16;                                        // JCB
    if (four == 6011 || two == 65 || (number(3) >= 644 && number(3) <= 649)) return size == 16; // Discover
    return two == 62 && size >= 16;                                                             // UnionPay
}

// A payment card: 14 to 19 digits in groups, right by its check digit, of a range that cards have.
std::optional<Sensitive> card_at(std::string_view text, std::size_t& at) {
    std::string digits;
    std::size_t end = at;
    while (end < text.size() && (is_digit(text[end]) || ((text[end] == ' ' || text[end] == '-') &&
                                                         end + 1 < text.size() && is_digit(text[end + 1])))) {
        if (is_digit(text[end])) digits += text[end];
        ++end;
    }
    const bool whole = (at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '.')) &&
                       (end == text.size() || (!is_word(text[end]) && text[end] != '.') ||
                        (text[end] == '.' && (end + 1 == text.size() || !is_digit(text[end + 1]))));
    at = end;
    if (!whole || !is_of_a_card(digits) || !passes_luhn(digits)) return {};
    return Sensitive{"a payment card number", digits.substr(0, 4) + "…", Severity::warning};
}

// Addresses that belong to nobody: made up, of machines, or the user of a git remote.
bool is_nobody(std::string_view local, std::string_view domain) {
    constexpr std::array<std::string_view, 13> kDomains{
        "example.com", "example.org", "example.net",       "example.edu", "test.com",
        "domain.com",  "email.com",   ".invalid",          ".local",      ".test",
        ".example",    "localhost",   "noreply.github.com"};
    constexpr std::array<std::string_view, 15> kNames{
        "git",  "noreply", "no-reply", "donotreply", "do-not-reply", "user", "username", "name",
        "test", "example", "you",      "your.name",  "youremail",    "foo",  "bot"};
    const std::string small = lower(local);
    return std::ranges::any_of(kDomains, [&](std::string_view one) { return domain.ends_with(one); }) ||
           std::ranges::find(kNames, small) != kNames.end() || small.find("noreply") != std::string::npos ||
           small.find("[bot]") != std::string::npos;
}

// An international number in groups, +49 30 901820: nothing less is told from other numbers.
std::optional<Sensitive> phone_at(std::string_view text, std::size_t& at) {
    constexpr std::size_t kFewest = 9, kMost = 15;
    const bool begins = at == 0 || (text[at - 1] != '\n' && !is_word(text[at - 1]) && text[at - 1] != '+');
    std::size_t end = at + 1;
    std::size_t digits = 0, groups = 1, country = 0;
    for (; end < text.size(); ++end) {
        const char c = text[end];
        const bool between = c == ' ' || c == '-' || c == '(' || c == ')';
        if (is_digit(c)) {
            ++digits;
            country += groups == 1;
        } else if (between && end + 1 < text.size() && (is_digit(text[end + 1]) || text[end + 1] == '(')) {
            ++groups;
        } else if (!(c == ')' || c == ' ') || end + 1 >= text.size() || !is_digit(text[end + 1])) {
            break;
        }
    }
    const std::size_t from = std::exchange(at, std::max(end, at + 1));
    const bool whole = end == text.size() || !(is_word(text[end]) || text[end] == '+' || text[end] == '*');
    if (!begins || !whole || digits < kFewest || digits > kMost || groups < 3 || country < 1 || country > 3)
        return {};
    // Country codes of one digit are those of America and Russia.
    const char first = text[from + 1];
    if (first == '0' || (country == 1 && first != '1' && first != '7')) return {};
    return Sensitive{"a phone number", std::string(text.substr(from, 4)) + "…", Severity::info};
}

// local@domain.tld around the @ at `at`.
std::optional<Sensitive> mail_around(std::string_view text, std::size_t at) {
    const auto local_char = [](char c) { return is_word(c) || c == '.' || c == '+' || c == '%'; };
    std::size_t begin = at;
    while (begin > 0 && local_char(text[begin - 1]) && at - begin < 64)
        --begin;
    std::size_t end = at + 1;
    std::size_t dot = 0;
    while (end < text.size() && (is_word(text[end]) || text[end] == '.') && end - at < 254) {
        if (text[end] == '.') dot = end;
        ++end;
    }
    while (end > at && text[end - 1] == '.')
        --end;
    if (begin == at || dot <= at + 1 || dot + 2 >= end) return {};
    const std::string_view domain = text.substr(at + 1, end - at - 1);
    if (is_nobody(text.substr(begin, at - begin), domain)) return {};
    if (std::ranges::any_of(text.substr(dot + 1, end - dot - 1), is_digit)) return {};
    return Sensitive{"a mail address", std::string(text.substr(begin, 1)) + "…@" + std::string(domain),
                     Severity::info};
}

} // namespace

std::vector<Sensitive> sensitive_in(std::string_view text) {
    std::vector<Sensitive> out;
    if (const auto key = text.find("PRIVATE KEY-----");
        key != std::string_view::npos && text.substr(0, key).rfind("-----BEGIN") != std::string_view::npos)
        out.push_back({"a private key", "-----BEGIN …", Severity::error});
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const bool begins = at == 0 || !is_word(text[at - 1]);
        if (c == '@') {
            if (auto hit = mail_around(text, at)) out.push_back(std::move(*hit));
            ++at;
            continue;
        }
        if (c == '+' && at + 1 < text.size() && is_digit(text[at + 1])) {
            if (auto hit = phone_at(text, at)) out.push_back(std::move(*hit));
            continue;
        }
        if (!begins || !is_word(c)) {
            ++at;
            continue;
        }
        if (is_digit(c)) {
            if (auto hit = card_at(text, at)) out.push_back(std::move(*hit));
            at = std::max(at, word_end(text, at));
            continue;
        }
        const std::size_t end = word_end(text, at);
        const std::string_view word = text.substr(at, end - at);
        const auto secret = std::ranges::find_if(kSecrets, [&](const Secret& one) {
            return word.starts_with(one.prefix) && word.size() >= one.prefix.size() + one.least &&
                   std::ranges::any_of(word.substr(one.prefix.size()), is_digit);
        });
        if (secret != kSecrets.end())
            out.push_back({std::string(secret->what), masked(word), Severity::error});
        else if (word.starts_with("eyJ") && word.size() > 30 && text.substr(end).starts_with(".eyJ"))
            out.push_back({"a signed token (JWT)", masked(word), Severity::error});
        at = end;
    }
    return out;
}

} // namespace clew

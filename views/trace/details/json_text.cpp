#include "views/trace/details/json_text.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace clew::views {

namespace {

enum class Type : std::uint8_t { Open, Close, Comma, Colon, Key, String, Number, Word, Null };

struct Token {
    Type type = Type::Open;
    std::uint32_t start = 0;
    std::uint32_t length = 0;
    std::uint32_t width = 0; // of an opening bracket: characters of the whole in one line
};

constexpr int kMaxIndent = 40;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Reads one JSON text into tokens; false where the text is none. The grammar is checked with a stack of
// states.
class Tokens {
public:
    explicit Tokens(std::string_view json)
        : m_json(json) {}

    bool read(std::vector<Token>& out) {
        enum class Expect : std::uint8_t { Value, ValueOrClose, KeyOrClose, Key, Colon, CommaOrClose, End };
        Expect expect = Expect::Value;
        std::vector<std::pair<char, std::uint32_t>> stack; // bracket, its token
        std::vector<std::uint32_t> widths;
        const auto grow = [&](std::uint32_t by) {
            if (!widths.empty()) widths.back() = std::min<std::uint32_t>(widths.back() + by, 1u << 30);
        };
        const auto after = [&] { return stack.empty() ? Expect::End : Expect::CommaOrClose; };
        while (true) {
            while (m_at < m_json.size() && isSpace(m_json[m_at]))
                ++m_at;
            if (m_at == m_json.size()) return expect == Expect::End;
            const char c = m_json[m_at];
            Token token;
            token.start = static_cast<std::uint32_t>(m_at);
            token.length = 1;
            switch (c) {
            case '{':
            case '[':
                if (expect != Expect::Value && expect != Expect::ValueOrClose) return false;
                token.type = Type::Open;
                stack.emplace_back(c, static_cast<std::uint32_t>(out.size()));
                widths.push_back(2);
                expect = c == '{' ? Expect::KeyOrClose : Expect::ValueOrClose;
                ++m_at;
                break;
            case '}':
            case ']': {
                if (stack.empty() || (stack.back().first == '{') != (c == '}')) return false;
                if (expect != Expect::CommaOrClose && expect != Expect::KeyOrClose &&
                    expect != Expect::ValueOrClose)
                    return false;
                token.type = Type::Close;
                const std::uint32_t width = widths.back();
                out[stack.back().second].width = width;
                widths.pop_back();
                stack.pop_back();
                grow(width);
                expect = after();
                ++m_at;
                break;
            }
            case ',':
                if (expect != Expect::CommaOrClose) return false;
                token.type = Type::Comma;
                grow(2);
                expect = stack.back().first == '{' ? Expect::Key : Expect::Value;
                ++m_at;
                break;
            case ':':
                if (expect != Expect::Colon) return false;
                token.type = Type::Colon;
                grow(2);
                expect = Expect::Value;
                ++m_at;
                break;
            case '"': {
                const bool key = expect == Expect::Key || expect == Expect::KeyOrClose;
                if (!key && expect != Expect::Value && expect != Expect::ValueOrClose) return false;
                if (!skipString()) return false;
                token.type = key ? Type::Key : Type::String;
                token.length = static_cast<std::uint32_t>(m_at) - token.start;
                grow(token.length);
                expect = key ? Expect::Colon : after();
                break;
            }
            default: {
                if (expect != Expect::Value && expect != Expect::ValueOrClose) return false;
                const std::size_t from = m_at;
                while (m_at < m_json.size() && !isSpace(m_json[m_at]) && m_json[m_at] != ',' &&
                       m_json[m_at] != ']' && m_json[m_at] != '}')
                    ++m_at;
                const std::string_view word = m_json.substr(from, m_at - from);
                if (word == "true" || word == "false")
                    token.type = Type::Word;
                else if (word == "null")
                    token.type = Type::Null;
                else if (isNumber(word))
                    token.type = Type::Number;
                else
                    return false;
                token.length = static_cast<std::uint32_t>(word.size());
                grow(token.length);
                expect = after();
                break;
            }
            }
            out.push_back(token);
        }
    }

private:
    bool skipString() {
        for (++m_at; m_at < m_json.size(); ++m_at) {
            if (m_json[m_at] == '\\') {
                ++m_at;
            } else if (m_json[m_at] == '"') {
                ++m_at;
                return true;
            }
        }
        return false;
    }
    static bool isNumber(std::string_view word) {
        if (word == "NaN" || word == "Infinity" || word == "-Infinity") return true;
        bool digit = false;
        for (const char c : word) {
            if (c >= '0' && c <= '9')
                digit = true;
            else if (c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E')
                return false;
        }
        return digit;
    }

    std::string_view m_json;
    std::size_t m_at = 0;
};

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The code unit of "\uXXXX" at `at`; -1 where there is none.
int unicodeEscape(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const int digit = hexDigit(text[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

// `quoted` with its quotes; `plain` also takes the other escapes away.
QString unescaped(std::string_view quoted, bool plain) {
    QString out;
    out.reserve(static_cast<qsizetype>(quoted.size()));
    std::size_t run = 0;
    const auto flush = [&](std::size_t to) {
        if (to > run) out += fromUtf8(quoted.substr(run, to - run));
    };
    for (std::size_t i = 0; i < quoted.size();) {
        if (quoted[i] != '\\') {
            ++i;
            continue;
        }
        const int unit = unicodeEscape(quoted, i);
        if (unit >= 0) {
            const bool surrogate = unit >= 0xD800 && unit < 0xE000;
            const int second = surrogate && unit < 0xDC00 ? unicodeEscape(quoted, i + 6) : -1;
            const bool pair = second >= 0xDC00 && second < 0xE000;
            const bool printable =
                (unit >= 0x20 && unit != '"' && unit != '\\' && unit != 0x7F) && (!surrogate || pair);
            if (printable || plain) {
                flush(i);
                out += surrogate && !pair ? QChar(0xFFFD) : QChar(static_cast<char16_t>(unit));
                if (pair) out += QChar(static_cast<char16_t>(second));
                i += pair ? 12 : 6;
                run = i;
                continue;
            }
            i += 6;
            continue;
        }
        if (plain && i + 1 < quoted.size()) {
            flush(i);
            switch (quoted[i + 1]) {
            case 'n': out += QLatin1Char('\n'); break;
            case 't': out += QLatin1Char('\t'); break;
            case 'r': break;
            case 'b':
            case 'f': out += QLatin1Char(' '); break;
            default: out += QLatin1Char(quoted[i + 1]); break;
            }
            i += 2;
            run = i;
            continue;
        }
        i += 2;
    }
    flush(std::min(quoted.size(), quoted.size()));
    return out;
}

// Keys whose string values are trouble, so that they are drawn as such.
bool namesTrouble(const QString& key) {
    return key.compare(QLatin1String("\"error\""), Qt::CaseInsensitive) == 0 ||
           key.compare(QLatin1String("\"exception\""), Qt::CaseInsensitive) == 0;
}

} // namespace

std::optional<FlowText> jsonText(std::string_view json, int columns) {
    if (json.size() >= (1u << 31)) return {};
    std::vector<Token> tokens;
    if (!Tokens(json).read(tokens)) return {};

    FlowText out;
    out.face = Face::Mono;
    out.tone = Tone::Text;
    out.json = true;
    QString& text = out.text;
    text.reserve(static_cast<qsizetype>(json.size() + json.size() / 8));
    struct Level {
        bool oneLine;
        int indent;
    };
    std::vector<Level> levels;
    int indent = 0;
    qsizetype lineStart = 0;
    bool trouble = false;
    const auto mark = [&](qsizetype start, Tone tone) {
        out.marks.push_back(
            {static_cast<int>(start), static_cast<int>(text.size() - start), tone, false, false});
    };
    const auto newLine = [&] {
        text += QLatin1Char('\n');
        lineStart = text.size();
        text += QString(std::min(indent, kMaxIndent), QLatin1Char(' '));
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        const std::string_view raw = json.substr(token.start, token.length);
        const qsizetype start = text.size();
        switch (token.type) {
        case Type::Open: {
            const bool inOne = !levels.empty() && levels.back().oneLine;
            const auto used = static_cast<int>(text.size() - lineStart);
            const bool fits =
                inOne || (token.width < 4096 && used + static_cast<int>(token.width) <= columns);
            text += QLatin1Char(raw[0]);
            levels.push_back({fits, indent});
            if (!fits) ++indent;
            trouble = false;
            break;
        }
        case Type::Close:
            indent = levels.back().indent;
            levels.pop_back();
            text += QLatin1Char(raw[0]);
            trouble = false;
            break;
        case Type::Comma:
            text += QLatin1Char(',');
            if (levels.back().oneLine)
                text += QLatin1Char(' ');
            else
                newLine();
            trouble = false;
            break;
        case Type::Colon: text += QLatin1String(": "); break;
        case Type::Key:
            text += unescaped(raw, false);
            mark(start, Tone::Accent);
            trouble = namesTrouble(text.mid(start));
            break;
        case Type::String:
            text += unescaped(raw, false);
            mark(start, trouble ? Tone::Err : Tone::Ok);
            trouble = false;
            break;
        case Type::Number:
            text += fromUtf8(raw);
            mark(start, Tone::Warn);
            break;
        case Type::Word:
            text += fromUtf8(raw);
            mark(start, Tone::Warn);
            break;
        case Type::Null:
            text += QLatin1String("null");
            mark(start, Tone::Err);
            break;
        }
    }
    return out;
}

std::optional<QString> jsonString(std::string_view json) {
    while (!json.empty() && isSpace(json.front()))
        json.remove_prefix(1);
    while (!json.empty() && isSpace(json.back()))
        json.remove_suffix(1);
    if (json.size() < 2 || json.front() != '"' || json.back() != '"') return {};
    for (std::size_t i = 1; i + 1 < json.size(); ++i) {
        if (json[i] == '\\') {
            ++i;
            if (i + 1 >= json.size()) return {};
        } else if (json[i] == '"') {
            return {};
        }
    }
    return unescaped(json.substr(1, json.size() - 2), true);
}

FlowText valueText(std::string_view jsonOrText, int columns) {
    FlowText plain;
    plain.face = Face::Mono;
    if (const auto text = jsonString(jsonOrText)) {
        // Tools like to wrap JSON in a string: people want to read what is inside.
        const QString trimmed = text->trimmed();
        if (trimmed.startsWith(QLatin1Char('{')) || trimmed.startsWith(QLatin1Char('['))) {
            if (auto inner = jsonText(trimmed.toStdString(), columns)) return std::move(*inner);
        }
        plain.text = *text;
        return plain;
    }
    if (auto json = jsonText(jsonOrText, columns)) return std::move(*json);
    plain.text = fromUtf8(jsonOrText);
    return plain;
}

} // namespace clew::views

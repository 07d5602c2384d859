#include "model/base/text.h"
#include "model/store/filter.h"
#include "model/store/filter/keys.h"
#include "model/store/filter/scanner.h"
#include "model/store/filter/term_parser.h"

#include <algorithm>

namespace clew {

namespace {

using Kind = FilterNode::Kind;

struct Word {
    std::string_view word;
    Kind kind;
};
constexpr Word kStructural[] = {{"has", Kind::has},           {"child", Kind::child},
                                {"parent", Kind::parent},     {"descendant", Kind::descendant},
                                {"ancestor", Kind::ancestor}, {"seq", Kind::sequence}};

// What the place in the text allows.
struct Inside {
    bool tools = false;   // seq(…): a bare word is a tool, a comma ends an item
    bool of_span = false; // has(…), child(…), seq(…): terms are about one span
};

class FilterParser {
public:
    FilterParser(std::string_view text, TimeNs at)
        : scan_(text)
        , terms_(scan_, at) {}

    FilterReading read() {
        FilterReading out;
        if (scan_.text().size() > kLongestFilter) {
            terms_.fail({0, scan_.text().size()}, "filter.too_long", {std::to_string(kLongestFilter / 1024)});
        } else {
            scan_.skip_blanks();
            if (scan_.done()) return out;
            auto root = any({});
            if (!terms_.error() && !scan_.done()) root = terms_.fail({scan_.at(), 1}, "filter.unopened");
            if (!terms_.error()) out.filter.root = std::move(root);
        }
        out.error = std::move(terms_.error());
        return out;
    }

private:
    [[nodiscard]] bool at_end(Inside inside) const {
        return scan_.done() || scan_.peek() == ')' || (inside.tools && scan_.peek() == ',');
    }

    static FilterNodePtr node(Kind kind, std::vector<FilterNodePtr> parts, FilterPlace place) {
        FilterNode out;
        out.kind = kind;
        out.parts = std::move(parts);
        out.place = place;
        return std::make_shared<const FilterNode>(std::move(out));
    }
    [[nodiscard]] FilterPlace since(std::size_t begin) const { return {begin, scan_.at() - begin}; }

    // Parts of the same kind, or the only one as it is.
    static FilterNodePtr joined(Kind kind, std::vector<FilterNodePtr> parts) {
        if (parts.size() == 1) return parts.front();
        const FilterPlace first = parts.front()->place;
        const FilterPlace last = parts.back()->place;
        return node(kind, std::move(parts), {first.offset, last.end() - first.offset});
    }

    FilterNodePtr any(Inside inside) {
        std::vector<FilterNodePtr> parts;
        for (;;) {
            auto part = all(inside);
            if (!part) return nullptr;
            parts.push_back(std::move(part));
            if (!scan_.is_operator("or")) return joined(Kind::any, std::move(parts));
            if (!take_operator(inside)) return nullptr;
        }
    }

    FilterNodePtr all(Inside inside) {
        std::vector<FilterNodePtr> parts;
        for (;;) {
            scan_.skip_blanks();
            if (at_end(inside) || (!parts.empty() && scan_.is_operator("or"))) break;
            if (!parts.empty() && scan_.is_operator("and") && !take_operator(inside)) return nullptr;
            auto part = unary(inside);
            if (!part) return nullptr;
            parts.push_back(std::move(part));
        }
        if (parts.empty()) {
            return scan_.done()
                       ? terms_.fail({scan_.at(), 0}, "filter.nothing_here")
                       : terms_.fail({scan_.at(), 1}, "filter.misplaced", {std::string(1, scan_.peek())});
        }
        return joined(Kind::all, std::move(parts));
    }

    // Over "and", "or" or "not", behind which something has to stand.
    bool take_operator(Inside inside) {
        const auto word = scan_.identifier();
        const FilterPlace place{scan_.at(), word.size()};
        scan_.move_to(place.end());
        scan_.skip_blanks();
        const bool ends = at_end(inside) || scan_.is_operator("and") || scan_.is_operator("or");
        if (ends) terms_.fail(place, "filter.nothing_behind", {std::string(word)});
        return !ends;
    }

    FilterNodePtr unary(Inside inside) {
        const std::size_t begin = scan_.at();
        if (scan_.is_operator("and") || scan_.is_operator("or")) {
            const auto word = scan_.identifier();
            return terms_.fail({begin, word.size()}, "filter.misplaced", {std::string(word)});
        }
        if (scan_.is_operator("not")) {
            if (!take_operator(inside)) return nullptr;
            return deeper(begin, [&] { return negated(begin, unary(inside)); });
        }
        // A lone "-" and a dash before a blank are text; so is what follows a dash inside a word.
        const char next = scan_.peek(1);
        if (scan_.peek() == '-' && next != '\0' && !FilterScanner::is_blank(next) && next != ')') {
            scan_.move_to(begin + 1);
            return negated(begin, primary(inside));
        }
        return primary(inside);
    }

    FilterNodePtr negated(std::size_t begin, FilterNodePtr part) {
        if (!part) return nullptr;
        return node(Kind::negation, {std::move(part)}, since(begin));
    }

    FilterNodePtr primary(Inside inside) {
        const std::size_t begin = scan_.at();
        if (scan_.peek() == '(') return deeper(begin, [&] { return parenthesis(inside); });
        const auto word = scan_.identifier();
        const char behind = scan_.peek(word.size());
        if (behind == '(' || behind == ':') {
            const std::string wanted = lower(word);
            const auto* known = std::ranges::find(kStructural, wanted, &Word::word);
            if (known != std::end(kStructural) && (behind == '(' || known->kind != Kind::sequence)) {
                scan_.move_to(begin + word.size());
                return deeper(begin, [&] { return structural(*known, begin, inside); });
            }
            if (behind == '(' && word.size() > 4) {
                // A slip such as decendant(…); call(…) is text.
                const auto guess = nearest_word(wanted, filter_words().last(std::size(kStructural)));
                if (!guess.empty())
                    return terms_.fail({begin, word.size()}, "filter.unknown_structure",
                                       {std::string(word), " Did you mean “" + std::string(guess) + "(…)”?"});
            }
        }
        if (++term_count_ > kMostFilterTerms)
            return terms_.fail({begin, 1}, "filter.too_many", {std::to_string(kMostFilterTerms)});
        return terms_.term(inside.tools, inside.of_span);
    }

    FilterNodePtr parenthesis(Inside inside) {
        const std::size_t begin = scan_.at();
        scan_.take('(');
        scan_.skip_blanks();
        if (scan_.peek() == ')') return terms_.fail({begin, scan_.at() + 1 - begin}, "filter.empty_group");
        if (scan_.done()) return terms_.fail({begin, 1}, "filter.unclosed");
        auto part = any(inside);
        if (!part) return nullptr;
        return closed(begin, inside) ? std::move(part) : nullptr;
    }

    bool closed(std::size_t open, Inside inside) {
        scan_.skip_blanks();
        if (scan_.take(')')) return true;
        if (inside.tools && scan_.peek() == ',')
            terms_.fail({scan_.at(), 1}, "filter.misplaced", {","});
        else
            terms_.fail({open, 1}, "filter.unclosed");
        return false;
    }

    FilterNodePtr structural(const Word& word, std::size_t begin, Inside inside) {
        if (word.kind == Kind::sequence) {
            if (inside.of_span)
                return terms_.fail({begin, word.word.size()}, "filter.seq_inside", {std::string(word.word)});
            return sequence(begin);
        }
        FilterNodePtr part;
        if (scan_.peek() == '(') {
            part = parenthesis({false, true});
        } else {
            scan_.take(':');
            scan_.skip_blanks();
            if (at_end(inside))
                return terms_.fail({begin, word.word.size() + 1}, "filter.nothing_behind",
                                   {std::string(word.word) + ":"});
            // A comma still ends what stands in seq(…) without parentheses.
            part = unary({inside.tools, true});
        }
        if (!part) return nullptr;
        auto out = node(word.kind, {std::move(part)}, since(begin));
        // A relative says something of a span: of some span, where it stands alone.
        const bool alone = !inside.of_span && word.kind != Kind::has;
        return alone ? node(Kind::has, {out}, out->place) : out;
    }

    FilterNodePtr sequence(std::size_t begin) {
        const std::size_t open = scan_.at();
        scan_.take('(');
        std::vector<FilterNodePtr> items;
        do {
            scan_.skip_blanks();
            if (scan_.peek() == ')' && items.empty())
                return terms_.fail({open, scan_.at() + 1 - open}, "filter.empty_group");
            if (scan_.done()) return terms_.fail({open, 1}, "filter.unclosed");
            auto item = any({true, true});
            if (!item) return nullptr;
            items.push_back(std::move(item));
            scan_.skip_blanks();
        } while (scan_.take(','));
        if (!scan_.take(')')) return terms_.fail({open, 1}, "filter.unclosed");
        return node(Kind::sequence, std::move(items), since(begin));
    }

    // Runs `parse` one level further down: text without end must not overflow the stack.
    template <class Parse>
    FilterNodePtr deeper(std::size_t begin, const Parse& parse) {
        if (depth_ >= kDeepestFilter)
            return terms_.fail({begin, 1}, "filter.too_deep", {std::to_string(kDeepestFilter)});
        ++depth_;
        auto out = parse();
        --depth_;
        return out;
    }

    FilterScanner scan_;
    TermParser terms_;
    std::size_t term_count_ = 0;
    int depth_ = 0;
};

bool node_holds(const FilterNode& node, const std::function<bool(const FilterTerm&)>& term) {
    const auto holds = [&term](const FilterNodePtr& part) { return node_holds(*part, term); };
    switch (node.kind) {
    case Kind::term: return term(node.term);
    case Kind::any: return std::ranges::any_of(node.parts, holds);
    case Kind::negation: return !holds(node.parts.front());
    default: return std::ranges::all_of(node.parts, holds);
    }
}

} // namespace

FilterReading read_filter(std::string_view text, TimeNs at) {
    return FilterParser(text, at).read();
}

Result<Filter> parse_filter(std::string_view text, TimeNs at) {
    auto reading = read_filter(text, at);
    if (reading.error) return std::move(reading.error->error);
    return std::move(reading.filter);
}

std::vector<FilterNodePtr> conditions_of(const Filter& filter) {
    if (!filter.root) return {};
    if (filter.root->kind == Kind::all) return filter.root->parts;
    return {filter.root};
}

bool filter_holds(const Filter& filter, const std::function<bool(const FilterTerm&)>& term) {
    return !filter.root || node_holds(*filter.root, term);
}

} // namespace clew

#include "model/store/filter/facets.h"

#include "model/base/text.h"
#include "model/store/filter.h"
#include "model/store/filter/complete.h"

#include <fmt/format.h>

#include <optional>

namespace clew {

namespace {

using NodeKind = FilterNode::Kind;

// A condition's place leaves out the parentheses around it.
FilterPlace with_parentheses(std::string_view text, FilterPlace place) {
    for (;;) {
        const auto before = text.substr(0, place.offset).find_last_not_of(" \t");
        const auto behind = text.find_first_not_of(" \t", place.end());
        if (before == std::string_view::npos || behind == std::string_view::npos || text[before] != '(' ||
            text[behind] != ')')
            return place;
        place = {before, behind + 1 - before};
    }
}

std::string key_of(const FilterNode& node) {
    if (node.kind == NodeKind::sequence) return "seq";
    if (node.kind == NodeKind::has) return "has";
    if (node.kind != NodeKind::term) return {};
    return node.term.name.empty() ? node.term.key : fmt::format("{}.{}", node.term.key, node.term.name);
}

std::string value_of(std::string_view written, std::string_view key) {
    if (!equals_ignoring_case(written.substr(0, key.size()), key)) return std::string(written);
    auto value = trimmed(written.substr(key.size()));
    if (value.starts_with(':')) value = trimmed(value.substr(1));
    return std::string(value);
}

FilterFacet facet_of(std::string_view text, const FilterNode& node) {
    const bool negated = node.kind == NodeKind::negation;
    const FilterNode& said = negated ? *node.parts.front() : node;
    FilterFacet out{key_of(said), negated, {}, with_parentheses(text, node.place)};
    out.value = value_of(text.substr(said.place.offset, said.place.length), out.key);
    if (!negated && out.value.starts_with("!=")) { // reads as a term, says "not"
        out.negated = true;
        out.value = trimmed(std::string_view(out.value).substr(2));
    }
    return out;
}

std::string_view without_and(std::string_view text, bool at_end) {
    constexpr std::size_t kAnd = 3;
    if (text.size() <= kAnd) return text;
    const auto word = at_end ? text.substr(text.size() - kAnd - 1) : text.substr(0, kAnd + 1);
    if (lower(trimmed(word)) != "and" || word.size() == trimmed(word).size()) return text;
    return trimmed(at_end ? text.substr(0, text.size() - kAnd) : text.substr(kAnd));
}

} // namespace

std::vector<FilterFacet> facets_of(std::string_view filter) {
    const auto reading = read_filter(filter);
    std::vector<FilterFacet> out;
    for (const auto& condition : conditions_of(reading.filter))
        out.push_back(facet_of(filter, *condition));
    return out;
}

std::string without_condition(std::string_view filter, const FilterPlace& place) {
    const FilterPlace dropped = with_parentheses(filter, place);
    const auto before = trimmed(filter.substr(0, dropped.offset));
    auto behind = trimmed(filter.substr(dropped.end()));
    const auto left = without_and(before, true);
    if (left.size() == before.size() || behind.empty()) behind = without_and(behind, false);
    if (left.empty() || behind.empty()) return std::string(left) + std::string(behind);
    return fmt::format("{} {}", left, behind);
}

std::string without_facet(std::string_view filter, std::string_view key) {
    std::string out(filter);
    for (;;) {
        std::optional<FilterPlace> place;
        for (const FilterFacet& facet : facets_of(out))
            if (facet.key == key) place = facet.place;
        if (!place) return out;
        out = without_condition(out, *place);
    }
}

std::string with_facet(std::string_view filter, std::string_view key, std::string_view term) {
    const auto said = trimmed(filter); // places hold: taking out a condition trims as well
    const auto facets = facets_of(said);
    std::optional<FilterPlace> first;
    std::string out(said);
    for (auto facet = facets.rbegin(); facet != facets.rend(); ++facet) {
        if (facet->key != key) continue;
        if (first) out = without_condition(out, *first); // a later one: what stands before keeps its place
        first = facet->place;
    }
    if (first) return out.replace(first->offset, first->length, term);
    if (said.empty()) return std::string(term);
    const auto root = read_filter(said).filter.root;
    const bool group = root && root->kind == NodeKind::any;
    return group ? fmt::format("({}) {}", said, term) : fmt::format("{} {}", said, term);
}

std::string facet_term(std::string_view key, std::string_view value) {
    return fmt::format("{}:{}", key, filter_word(value));
}

} // namespace clew

// A structural predicate (has, seq) as a test of one trace's spans.
//
// What a value stands for (names, judgements, sources) is looked up once, then each trace is walked once a
// predicate: time is spans times terms, however predicates are nested. One connection and one thread, in the
// caller's transaction.
#pragma once

#include "model/store/filter/attributes.h"
#include "model/store/filter/matches.h"
#include "model/store/filter/span_rows.h"
#include "model/store/filter/syntax.h"
#include "model/store/payload/payload_reader.h"
#include "model/store/text_match.h"

#include <optional>
#include <set>
#include <stop_token>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace clew {

class SpanCondition {
public:
    // `node` is a has or a sequence and outlives it.
    SpanCondition(Database& db, const FilterNode& node, const std::stop_token& stop)
        : db_(db)
        , node_(node)
        , stop_(stop)
        , payloads_(db) {}

    Result<void> prepare() { return prepare(node_); }
    Result<bool> holds(const FilterTrace& trace);

private:
    using Bits = std::vector<bool>;
    using Ids = std::unordered_set<std::int64_t>;

    // One term, ready to be asked of spans.
    struct Prepared {
        std::vector<NameColumn> columns;
        Ids names;    // values of `columns` that fit
        Ids versions; // of a prompt: with `named`
        Ids named;
        Ids rows; // sources, resources
        std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> judged;
        std::optional<TextQuery> text;
        std::optional<AttributeTest> attribute;
        // Of the trace that is looked at.
        std::optional<std::unordered_set<SpanId>> with_text;
    };

    Result<void> prepare(const FilterNode& node);
    Result<void> prepare_term(const FilterTerm& term, Prepared& out);
    Result<Ids> names_like(const Pattern& pattern);

    // The spans of `among` that meet it.
    Result<Bits> meet(const FilterNode& node, const Bits& among);
    Result<Bits> meet_all(const FilterNode& node, Bits among);
    Result<Bits> meet_any(const FilterNode& node, const Bits& among);
    Result<Bits> meet_relative(const FilterNode& node, const Bits& among);
    Result<Bits> meet_term(const FilterNode& node, const Bits& among);
    Result<bool> meets(const FilterTerm& term, Prepared& prepared, const FilterSpan& span);
    Result<bool> has_text(Prepared& prepared, const FilterSpan& span);
    Result<bool> has_attribute(const Prepared& prepared, const FilterSpan& span);
    Result<bool> in_order();

    Database& db_;
    const FilterNode& node_;
    std::stop_token stop_;
    PayloadReader payloads_;
    std::unordered_map<const FilterNode*, Prepared> prepared_;
    const FilterTrace* trace_ = nullptr;
};

// A text term as it is searched for.
TextQuery text_query(const FilterTerm& term);

// Whether asking it reads content.
bool reads_content(const FilterNode& node);

// The value of a span that a range looks at; nullopt where it is not known.
std::optional<std::int64_t> span_number(const FilterSpan& span, std::string_view key);

// The columns of a span that hold what `key` compares; empty for keys that are no names.
std::vector<NameColumn> name_columns_of(std::string_view key);

} // namespace clew

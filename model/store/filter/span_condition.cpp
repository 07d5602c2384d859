#include "model/store/filter/span_condition.h"

#include "model/store/span_text_finder.h"
#include "model/trace/span.h"

#include <algorithm>

namespace clew {

namespace {

std::int64_t stored(std::uint64_t id) {
    return static_cast<std::int64_t>(id);
}

Pattern text_expression(const FilterTerm& term) {
    // Content is folded, and a line of it is one value.
    auto made = Pattern::regex("(?m)" + term.value, true);
    return made ? *made : Pattern::of(term);
}

} // namespace

std::vector<NameColumn> name_columns_of(std::string_view key) {
    if (key == "name") return {kName};
    if (key == "model") return {kModel, kRequestModel};
    if (key == "provider") return {kProvider};
    if (key == "agent") return {kAgent};
    if (key == "tool") return {kTool};
    if (key == "session") return {kSession};
    if (key == "user") return {kUser};
    if (key == "prompt") return {kPromptName};
    return {};
}

TextQuery text_query(const FilterTerm& term) {
    return term.test == FilterTest::regex ? TextQuery(text_expression(term)) : TextQuery(term.value);
}

bool reads_content(const FilterNode& node) {
    if (node.kind != FilterNode::Kind::term)
        return std::ranges::any_of(node.parts,
                                   [](const FilterNodePtr& part) { return reads_content(*part); });
    const auto& key = node.term.key;
    return key.empty() || key == "text" || key == "attr";
}

std::optional<std::int64_t> span_number(const FilterSpan& span, std::string_view key) {
    const auto said = [](std::int64_t value) {
        return value == FilterSpan::kUnsaid ? std::nullopt : std::optional(value);
    };
    if (key == "cost") return said(span.cost);
    if (key == "tokens_in") return said(span.input);
    if (key == "tokens_out") return said(span.output);
    if (key == "tokens_cached") return said(span.cached);
    if (key == "start") return if_known(span.start);
    if (key == "end") return if_known(span.end);
    if (key == "duration") return between(span.start, span.end);
    if (key == "tokens") {
        if (!said(span.input)) return said(span.output);
        std::int64_t sum = 0;
        if (__builtin_add_overflow(span.input, said(span.output).value_or(0), &sum)) return {};
        return sum;
    }
    return {};
}

Result<SpanCondition::Ids> SpanCondition::names_like(const Pattern& pattern) {
    auto found = matching_names(db_, pattern);
    if (!found) return found.error();
    return Ids(found->begin(), found->end());
}

Result<void> SpanCondition::prepare(const FilterNode& node) {
    for (const auto& part : node.parts) {
        if (auto done = prepare(*part); !done) return done;
    }
    return node.kind == FilterNode::Kind::term ? prepare_term(node.term, prepared_[&node]) : Result<void>();
}

Result<void> SpanCondition::prepare_term(const FilterTerm& term, Prepared& out) {
    const std::string& key = term.key;
    out.columns = name_columns_of(key);
    if (!out.columns.empty()) {
        auto ids = names_like(Pattern::of(term));
        if (!ids) return ids.error();
        out.names = std::move(*ids);
        const auto at = term.value.rfind('@');
        if (key != "prompt" || at == std::string::npos || term.test != FilterTest::whole) return {};
        auto named = names_like(Pattern::wildcard(std::string_view(term.value).substr(0, at)));
        if (!named) return named.error();
        auto versions = names_like(Pattern::wildcard(std::string_view(term.value).substr(at + 1)));
        if (!versions) return versions.error();
        out.named = std::move(*named);
        out.versions = std::move(*versions);
    } else if (key == "feedback" || key == "label" || key == "score" || key == "comment" ||
               (key == "is" && term.value == "judged")) {
        auto judged = matching_judgements(db_, term);
        if (!judged) return judged.error();
        for (const auto& j : *judged)
            out.judged.emplace(j.high, j.low, j.span);
    } else if (key == "source" || key == "format" || key == "service" || key == "attr") {
        auto rows =
            key == "source" || key == "format" ? matching_sources(db_, term) : matching_resources(db_, term);
        if (!rows) return rows.error();
        out.rows.insert(rows->begin(), rows->end());
        if (key == "attr") out.attribute.emplace(term);
    } else if (key.empty() || key == "text") {
        out.text.emplace(text_query(term));
    }
    return {};
}

Result<bool> SpanCondition::holds(const FilterTrace& trace) {
    trace_ = &trace;
    for (auto& [node, prepared] : prepared_)
        prepared.with_text.reset();
    if (node_.kind == FilterNode::Kind::sequence) return in_order();
    auto met = meet(node_, Bits(trace.spans.size(), true));
    if (!met) return met.error();
    return std::ranges::find(*met, true) != met->end();
}

// Taking the first span that fits each item leaves the most for the next: no search back is needed.
Result<bool> SpanCondition::in_order() {
    const Bits everything(trace_->spans.size(), true);
    std::vector<Bits> items;
    for (const auto& item : node_.parts) {
        auto met = meet(*item, everything);
        if (!met) return met.error();
        if (std::ranges::find(*met, true) == met->end()) return false;
        items.push_back(std::move(*met));
    }
    std::size_t next = 0;
    for (const auto span : trace_->by_time) {
        if (!items[next][static_cast<std::size_t>(span)]) continue;
        if (++next == items.size()) return true;
    }
    return false;
}

Result<SpanCondition::Bits> SpanCondition::meet(const FilterNode& node, const Bits& among) {
    using Is = FilterNode::Kind;
    if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
    switch (node.kind) {
    case Is::all: return meet_all(node, among);
    case Is::any: return meet_any(node, among);
    case Is::term: return meet_term(node, among);
    case Is::has: return meet(*node.parts.front(), among);
    case Is::negation: {
        auto met = meet(*node.parts.front(), among);
        if (!met) return met.error();
        for (std::size_t i = 0; i < among.size(); ++i)
            (*met)[i] = among[i] && !(*met)[i];
        return met;
    }
    case Is::sequence: return Bits(among.size()); // the parser lets none in here
    default: return meet_relative(node, among);
    }
}

// What reads content comes last, for the spans that are left.
Result<SpanCondition::Bits> SpanCondition::meet_all(const FilterNode& node, Bits among) {
    for (const bool content : {false, true}) {
        for (const auto& part : node.parts) {
            if (reads_content(*part) != content) continue;
            auto met = meet(*part, among);
            if (!met) return met.error();
            among = std::move(*met);
        }
    }
    return among;
}

Result<SpanCondition::Bits> SpanCondition::meet_any(const FilterNode& node, const Bits& among) {
    Bits left = among;
    Bits out(among.size());
    for (const auto& part : node.parts) {
        auto met = meet(*part, left);
        if (!met) return met.error();
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (!(*met)[i]) continue;
            out[i] = true;
            left[i] = false;
        }
    }
    return out;
}

Result<SpanCondition::Bits> SpanCondition::meet_relative(const FilterNode& node, const Bits& among) {
    using Is = FilterNode::Kind;
    auto relatives = meet(*node.parts.front(), Bits(among.size(), true));
    if (!relatives) return relatives.error();
    const auto& spans = trace_->spans;
    const auto& order = trace_->downwards;
    Bits out(among.size());
    const auto look = [&](std::int32_t span, bool downwards, bool far) {
        const auto self = static_cast<std::size_t>(span);
        if (spans[self].parent < 0) return;
        const auto parent = static_cast<std::size_t>(spans[self].parent);
        const auto from = downwards ? parent : self;
        const auto to = downwards ? self : parent;
        if ((*relatives)[from] || (far && out[from])) out[to] = true;
    };
    const bool down = node.kind == Is::parent || node.kind == Is::ancestor;
    const bool far = node.kind == Is::ancestor || node.kind == Is::descendant;
    if (down) {
        for (const auto span : order)
            look(span, true, far);
    } else {
        for (auto it = order.rbegin(); it != order.rend(); ++it)
            look(*it, false, far);
    }
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = out[i] && among[i];
    return out;
}

Result<SpanCondition::Bits> SpanCondition::meet_term(const FilterNode& node, const Bits& among) {
    Prepared& prepared = prepared_[&node];
    Bits out(among.size());
    for (std::size_t i = 0; i < among.size(); ++i) {
        if (!among[i]) continue;
        auto met = meets(node.term, prepared, trace_->spans[i]);
        if (!met) return met.error();
        out[i] = *met;
    }
    return out;
}

Result<bool> SpanCondition::meets(const FilterTerm& term, Prepared& prepared, const FilterSpan& span) {
    const std::string& key = term.key;
    if (!prepared.columns.empty()) {
        for (const auto column : prepared.columns) {
            if (span.names[column] != 0 && prepared.names.contains(span.names[column])) return true;
        }
        return prepared.named.contains(span.names[kPromptName]) &&
               prepared.versions.contains(span.names[kPromptVersion]);
    }
    if (prepared.text) return has_text(prepared, span);
    if (prepared.attribute) return has_attribute(prepared, span);
    if (key == "kind") {
        if (term.value == "mcp") return (span.flags & kMcp) != 0;
        return kind_name(span.kind) == term.value;
    }
    if (key == "status") return (span.status == Status::error) == (term.value == "error");
    if (key == "service") return prepared.rows.contains(span.resource);
    if (key == "source" || key == "format") return prepared.rows.contains(span.source);
    if (key == "is" && term.value == "running") return span.end == kNoTime;
    if (key == "is" && term.value == "synthetic") return span.quality == TimeQuality::synthetic;
    if (key == "feedback" || key == "label" || key == "score" || key == "comment" || key == "is") {
        const bool judged = prepared.judged.contains(
            {stored(trace_->id.high), stored(trace_->id.low), stored(span.id.value)});
        return judged != (key == "feedback" && term.value == "none");
    }
    const auto number = span_number(span, key);
    return number && *number >= term.range.low && *number <= term.range.high;
}

Result<bool> SpanCondition::has_text(Prepared& prepared, const FilterSpan& span) {
    if (!prepared.with_text) {
        auto found = spans_with_text(db_, trace_->id, trace_->row, *prepared.text, stop_);
        if (!found) return found.error();
        prepared.with_text = std::move(*found);
    }
    return prepared.with_text->contains(span.id);
}

Result<bool> SpanCondition::has_attribute(const Prepared& prepared, const FilterSpan& span) {
    if (prepared.rows.contains(span.resource)) return true;
    if (span.payload <= 0) return false;
    if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
    auto payload = payloads_.read(span.payload, trace_->row);
    if (!payload) return payload.error();
    return prepared.attribute->in(payload->attributes);
}

} // namespace clew

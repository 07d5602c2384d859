#include "model/store/trace_filter.h"

#include "model/store/filter/tested_rows.h"
#include "model/store/filter/trace_terms.h"
#include "model/store/questions.h"
#include "model/store/text_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace clew {

namespace {

using NodeKind = FilterNode::Kind;

// What is asked last, because it costs most.
int effort(const FilterNode& node) {
    switch (node.kind) {
    case NodeKind::has:
    case NodeKind::sequence: return 3;
    case NodeKind::term:
        if (node.term.key == "attr") return 3;
        if (!node.term.key.empty() && node.term.key != "text") return 0;
        return node.term.test == FilterTest::regex || TextQuery(node.term.value).needs_scan() ? 2 : 1;
    default: break;
    }
    int most = 0;
    for (const auto& part : node.parts)
        most = std::max(most, effort(*part));
    return most;
}

class Compiler {
public:
    Compiler(Database& db, const std::stop_token& stop, Looking looking)
        : db_(db)
        , stop_(stop)
        , looking_(looking) {}

    Result<TraceCondition> run(const Filter& filter, const std::vector<SourceId>& sources) {
        SqlCondition out{"t.hidden = 0", {}};
        if (!sources.empty()) {
            auto brought = traces_of_sources(db_, sources);
            if (!brought) return brought.error();
            out.add(" AND ", *brought, "");
        }
        if (filter.root) {
            narrowed_ = !sources.empty();
            auto condition = node(filter.root, out);
            if (!condition) return condition.error();
            out.add(" AND (", *condition, ")");
        }
        return TraceCondition{std::move(out.sql), std::move(out.args), unindexed_, findings_,
                              std::move(tested_)};
    }

private:
    // `beside` holds of every trace that is asked for: what is looked up may leave out all others.
    Result<SqlCondition> node(const FilterNodePtr& node, const SqlCondition& beside) {
        if (stop_.stop_requested()) return Error{"cancelled", {}, {}};
        switch (node->kind) {
        case NodeKind::all: return all(*node, beside);
        case NodeKind::any: return any(*node, beside);
        case NodeKind::negation: {
            auto part = this->node(node->parts.front(), beside);
            if (!part) return part.error();
            // What is not known (NULL) does not hold, so its opposite does.
            return SqlCondition{"NOT coalesce((" + part->sql + "), 0)", std::move(part->args)};
        }
        case NodeKind::term: return term(node, beside);
        default: return structural(node, beside);
        }
    }

    Result<SqlCondition> all(const FilterNode& node, const SqlCondition& beside) {
        std::vector<FilterNodePtr> parts = node.parts;
        std::ranges::stable_sort(parts, {}, [](const FilterNodePtr& part) { return effort(*part); });
        const bool narrowed = narrowed_;
        SqlCondition out;
        SqlCondition known = beside;
        for (const auto& part : parts) {
            auto condition = this->node(part, known);
            if (!condition) return condition.error();
            out.add(out.sql.empty() ? "(" : " AND (", *condition, ")");
            known.add(" AND (", *condition, ")");
            narrowed_ = true;
        }
        narrowed_ = narrowed;
        return out;
    }

    Result<SqlCondition> any(const FilterNode& node, const SqlCondition& beside) {
        SqlCondition out;
        for (const auto& part : node.parts) {
            auto condition = this->node(part, beside);
            if (!condition) return condition.error();
            out.add(out.sql.empty() ? "(" : " OR (", *condition, ")");
        }
        return out;
    }

    Result<SqlCondition> term(const FilterNodePtr& node, const SqlCondition& beside) {
        const FilterTerm& term = node->term;
        if (term.key == "attr") return structural(node, beside);
        if (term.key.empty() || term.key == "text") return text(term, beside);
        findings_ |= term.key.starts_with("finding");
        return trace_term_condition(db_, term);
    }

    Result<SqlCondition> text(const FilterTerm& term, const SqlCondition& beside) {
        const TextQuery query = text_query(term);
        std::unordered_set<std::int64_t> among;
        const bool choose = narrowed_ && query.needs_scan();
        if (choose) {
            auto candidates = traces_where(beside);
            if (!candidates) return candidates.error();
            among.insert(candidates->begin(), candidates->end());
        }
        auto hits = search_text(db_, query, choose ? &among : nullptr, stop_);
        if (!hits) return hits.error();
        unindexed_ |= hits->unindexed;
        return trace_ids_condition(hits->traces);
    }

    Result<std::vector<std::int64_t>> traces_where(const SqlCondition& condition) {
        auto rows = db_.prepare("SELECT t.id FROM trace t WHERE " + condition.sql + " ORDER BY t.id");
        if (!rows) return rows.error();
        bind_arguments(*rows, condition.args);
        std::vector<std::int64_t> out;
        for (;;) {
            auto row = rows->step();
            if (!row) return row.error();
            if (!*row) return out;
            out.push_back(rows->integer(0));
        }
    }

    Result<SqlCondition> structural(const FilterNodePtr& node, const SqlCondition& beside) {
        auto needed = necessary(node, beside);
        if (!needed) return needed.error();
        const auto tested = std::make_shared<TestedRows>(db_, node, stop_);
        if (auto ready = tested->prepare(); !ready) return ready.error();
        SqlCondition where = beside;
        if (!needed->sql.empty()) where.add(" AND (", *needed, ")");
        if (looking_ == Looking::later) {
            tested_.push_back(tested);
            // Not AND: SQLite asks first what an index holds, and that is the dearest here.
            SqlCondition out;
            out.add("CASE WHEN ", where, " THEN ");
            out.add("", {"in_set(?, t.id)", {tested}}, " ELSE 0 END");
            return out;
        }
        auto candidates = traces_where(where);
        if (!candidates) return candidates.error();
        std::erase_if(*candidates, [&](std::int64_t row) { return !tested->has(row); });
        if (tested->error()) return *tested->error();
        return trace_ids_condition(*candidates);
    }

    // What the trace as a whole must meet for one of its spans to meet `node`: empty = anything.
    Result<SqlCondition> necessary(const FilterNodePtr& node, const SqlCondition& beside) {
        if (node->kind == NodeKind::negation) return SqlCondition{};
        if (node->kind == NodeKind::term) return necessary_term(node, beside);
        SqlCondition out;
        const bool any = node->kind == NodeKind::any;
        for (const auto& part : node->parts) {
            auto condition = necessary(part, beside);
            if (!condition) return condition.error();
            if (condition->sql.empty()) {
                if (any) return SqlCondition{};
                continue;
            }
            out.add(out.sql.empty() ? "(" : any ? " OR (" : " AND (", *condition, ")");
        }
        return out;
    }

    Result<SqlCondition> necessary_term(const FilterNodePtr& node, const SqlCondition& beside) {
        const FilterTerm& term = node->term;
        if (term.test == FilterTest::range && term.key != "attr" && term.key != "score")
            return SqlCondition{};
        if (term.value == "ok" && term.key == "status") return SqlCondition{};
        if (term.value == "none" && term.key == "feedback") return SqlCondition{};
        if (term.key == "is" && term.value != "judged") return SqlCondition{};
        if (term.key == "attr") {
            auto shared = matching_resources(db_, term);
            if (!shared) return shared.error();
            const TextQuery query(term.name);
            if (!shared->empty() || query.needs_scan()) return SqlCondition{};
            FilterTerm named;
            named.value = term.name;
            return text(named, beside);
        }
        return this->term(node, beside);
    }

    Database& db_;
    const std::stop_token& stop_;
    bool narrowed_ = false; // `beside` leaves out some traces
    Looking looking_;
    std::vector<std::shared_ptr<const TestedRows>> tested_;
    bool unindexed_ = false;
    bool findings_ = false;
};

} // namespace

std::optional<Error> TraceCondition::error() const {
    for (const auto& rows : tested)
        if (rows->error()) return rows->error();
    return {};
}

Result<TraceCondition> compile_filter(Database& db, std::string_view filter,
                                      const std::vector<SourceId>& sources, const std::stop_token& stop,
                                      TimeNs at, Looking looking) {
    auto parsed = parse_filter(filter, at);
    if (!parsed) return parsed.error();
    return Compiler(db, stop, looking).run(*parsed, sources);
}

std::string like_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string like_pattern(std::string_view value) {
    std::string out = like_escaped(value);
    for (char& c : out) {
        if (c == '*') c = '%';
    }
    return out;
}

} // namespace clew

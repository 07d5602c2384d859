#include "model/store/filter/matches.h"

#include "model/store/filter/attributes.h"
#include "model/store/text_match.h"
#include "model/trace/judgement.h"

#include <nlohmann/json.hpp>

namespace clew {

namespace {

using nlohmann::json;

// The first column of the rows for which `fits(row)`.
template <class Fits>
Result<std::vector<std::int64_t>> ids_where(Database& db, std::string_view sql, const Fits& fits) {
    auto rows = db.prepare(sql);
    if (!rows) return rows.error();
    std::vector<std::int64_t> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        if (fits(*rows)) out.push_back(rows->integer(0));
    }
}

bool has_label(std::string_view labels, const Pattern& pattern) {
    const json list = json::parse(labels, nullptr, false);
    if (!list.is_array()) return false;
    for (const auto& label : list) {
        if (label.is_string() && pattern.matches(label.get_ref<const std::string&>())) return true;
    }
    return false;
}

bool has_score(std::string_view scores, const FilterTerm& term, const Pattern& name) {
    const json list = json::parse(scores, nullptr, false);
    if (!list.is_array()) return false;
    for (const auto& score : list) {
        if (!score.is_array() || score.size() != 2 || !score[0].is_string() || !score[1].is_number())
            continue;
        if (!term.name.empty() && !name.matches(score[0].get_ref<const std::string&>())) continue;
        if (term.test == FilterTest::exists || term.reals.holds(score[1].get<double>())) return true;
    }
    return false;
}

} // namespace

Result<std::vector<std::int64_t>> matching_names(Database& db, const Pattern& pattern) {
    return ids_where(db, "SELECT id, s FROM dict",
                     [&pattern](const Statement& row) { return pattern.matches(row.text(1)); });
}

Result<std::vector<MatchingJudgement>> matching_judgements(Database& db, const FilterTerm& term) {
    auto rows = db.prepare("SELECT id, high, low, span_id, thumb, labels, scores, comment FROM judgement");
    if (!rows) return rows.error();
    const Pattern pattern = Pattern::of(term);
    const Pattern name = Pattern::wildcard(term.name);
    const TextQuery words(term.value);
    const auto fits = [&](const Statement& row) {
        const auto thumb = static_cast<Thumb>(row.integer(4));
        if (term.key == "label") return has_label(row.text(5), pattern);
        if (term.key == "score") return has_score(row.text(6), term, name);
        if (term.key == "comment") {
            if (term.test == FilterTest::regex) return pattern.matches(row.text(7));
            return words.in(searchable(row.text(7), Wrapping::none));
        }
        if (term.value == "up") return thumb == Thumb::up;
        return term.value != "down" || thumb == Thumb::down;
    };
    std::vector<MatchingJudgement> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        if (fits(*rows))
            out.push_back({rows->integer(0), rows->integer(1), rows->integer(2), rows->integer(3)});
    }
}

Result<std::vector<std::int64_t>> matching_sources(Database& db, const FilterTerm& term) {
    const Pattern pattern = Pattern::of(term);
    const bool path = term.key == "source";
    return ids_where(db, path ? "SELECT id, path FROM source" : "SELECT id, format FROM source",
                     [&](const Statement& row) {
                         const auto text = row.text(1);
                         return pattern.matches(text) ||
                                (path && pattern.matches(text.substr(text.find_last_of("/\\") + 1)));
                     });
}

Result<std::vector<std::int64_t>> matching_resources(Database& db, const FilterTerm& term) {
    if (term.key == "service") {
        const Pattern pattern = Pattern::of(term);
        return ids_where(db, "SELECT id, service_name FROM resource",
                         [&pattern](const Statement& row) { return pattern.matches(row.text(1)); });
    }
    const AttributeTest test(term);
    return ids_where(db, "SELECT id, json FROM resource", [&test](const Statement& row) {
        const json resource = json::parse(row.text(1), nullptr, false);
        const auto attributes = resource.is_object() ? resource.find("attributes") : resource.end();
        return attributes != resource.end() &&
               test.in(attributes->dump(-1, ' ', false, json::error_handler_t::replace));
    });
}

Result<std::vector<std::int64_t>> matching_trace_names(Database& db, const Pattern& pattern) {
    return ids_where(
        db, "SELECT id, name, stated_name FROM trace WHERE hidden = 0", [&pattern](const Statement& row) {
            return pattern.matches(row.text(1)) || (!row.is_null(2) && pattern.matches(row.text(2)));
        });
}

} // namespace clew

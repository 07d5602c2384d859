#include "model/store/filter/span_condition.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"
#include "model/store/trace_filter.h"

#include <fmt/format.h>

#include <ranges>

namespace clew {

namespace {

// Columns `s` and `n`: a value and the traces (at least) that hold it.
std::string select_values(std::string_view key) {
    if (key == "label")
        return "SELECT l.value AS s, count(*) AS n FROM judgement j, json_each(j.labels) l GROUP BY l.value";
    if (key == "score")
        return "SELECT l.value ->> 0 AS s, count(*) AS n FROM judgement j, json_each(j.scores) l GROUP BY 1";
    if (key == "format")
        return "SELECT format AS s, sum(traces) AS n FROM source WHERE hidden = 0 GROUP BY format";
    if (key == "source") return "SELECT path AS s, traces AS n FROM source WHERE hidden = 0";
    if (key == "service")
        return "SELECT service_name AS s, count(*) AS n FROM resource WHERE service_name <> '' "
               "GROUP BY service_name";
    if (key == "finding") return "SELECT rule AS s, count(DISTINCT trace) AS n FROM finding GROUP BY rule";
    const auto columns = name_columns_of(key);
    if (columns.empty()) return {};
    // A model may be requested in one trace and answer in another: the larger number of both.
    return fmt::format("SELECT d.s AS s, max(m.n) AS n FROM (SELECT value, count(*) AS n FROM trace_term "
                       "WHERE term IN ({}) AND value IN (SELECT id FROM dict WHERE s LIKE ?1 ESCAPE '\\') "
                       "GROUP BY term, value) m JOIN dict d ON d.id = m.value GROUP BY m.value",
                       fmt::join(columns | std::views::transform(term_of), ","));
}

} // namespace

Result<std::vector<ValueInUse>> SqliteTraceStore::values_in_use(std::string_view key, std::string_view typed,
                                                                std::int64_t limit, std::stop_token stop) {
    const std::string values = select_values(key);
    if (values.empty()) return std::vector<ValueInUse>{};
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare(fmt::format("SELECT s, n FROM ({}) WHERE s LIKE ?1 ESCAPE '\\' "
                                                  "ORDER BY s LIKE ?2 ESCAPE '\\' DESC, n DESC, s LIMIT ?3",
                                                  values));
    if (!rows) return rows.error();
    const std::string begins = like_escaped(typed) + "%";
    const std::string holds = "%" + begins;
    rows->bind_all(holds, begins, limit);
    std::vector<ValueInUse> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back({std::string(rows->text(0)), rows->integer(1)});
    }
}

} // namespace clew

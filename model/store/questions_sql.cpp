#include "model/base/text.h"
#include "model/store/questions.h"
#include "model/store/sqlite_trace_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace clew {

namespace {

constexpr std::size_t kMostRows = 100'000;
constexpr std::size_t kMostBytes = 256u << 20;

constexpr std::array<std::string_view, 7> kViews = {"v_findings", "v_judgements", "v_notes", "v_prompts",
                                                    "v_sources",  "v_spans",      "v_traces"};
constexpr std::array<std::string_view, 2> kTableFunctions = {"json_each", "json_tree"};
// Built-in functions that reach beyond the values that they are given.
constexpr std::array<std::string_view, 6> kRefusedFunctions = {"load_extension", "fts3_tokenizer", "fts5",
                                                               "readfile",       "writefile",      "edit"};

std::string view_names() {
    return fmt::format("{}", fmt::join(kViews, ", "));
}

bool is_one_of(const char* name, auto& names) {
    return name && std::ranges::any_of(names, [name](auto n) { return equals_ignoring_case(n, name); });
}

// What a statement may touch, asked while it is prepared. The first refusal is kept in words.
class Guard {
public:
    explicit Guard(sqlite3* db)
        : db_(db) {
        sqlite3_set_authorizer(db, &Guard::ask, this);
    }
    ~Guard() { sqlite3_set_authorizer(db_, nullptr, nullptr); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    [[nodiscard]] const std::string& refusal() const { return refusal_; }

private:
    static int ask(void* self, int action, const char* first, const char* second, const char* /*database*/,
                   const char* inside) {
        return static_cast<Guard*>(self)->answer(action, first, second, inside);
    }

    int answer(int action, const char* first, const char* second, const char* inside) {
        switch (action) {
        case SQLITE_SELECT:
        case SQLITE_RECURSIVE: return SQLITE_OK;
        case SQLITE_READ:
            // Tables are read through a view, which `inside` names; names of the statement's own (WITH) are
            // empty.
            if (is_one_of(inside, kViews) || is_one_of(first, kViews) || is_one_of(first, kTableFunctions))
                return SQLITE_OK;
            if (first && *first == '\0') return SQLITE_OK;
            // A table that a view joins but of which this statement needs no column: that it is there,
            // nothing more.
            if (second && *second == '\0') return SQLITE_OK;
            return refuse(fmt::format("{} is not one of the views", first ? first : "a table"));
        case SQLITE_FUNCTION:
            if (!is_one_of(second, kRefusedFunctions)) return SQLITE_OK;
            return refuse(fmt::format("the function {} is not available", second));
        default: return refuse("it would do more than read");
        }
    }

    int refuse(std::string why) {
        if (refusal_.empty()) refusal_ = std::move(why);
        return SQLITE_DENY;
    }

    sqlite3* db_;
    std::string refusal_;
};

Error not_allowed(std::string why) {
    return {"sql.not_allowed", {std::move(why), view_names()}, {}};
}

Result<Statement> prepare_guarded(Database& db, std::string_view query) {
    sqlite3_stmt* handle = nullptr;
    const char* tail = nullptr;
    const Guard guard(db.handle());
    const int code =
        sqlite3_prepare_v2(db.handle(), query.data(), static_cast<int>(query.size()), &handle, &tail);
    Statement statement(db.handle(), handle);
    if (!guard.refusal().empty()) return not_allowed(guard.refusal());
    if (code != SQLITE_OK) return Error{"sql.failed", {sqlite3_errmsg(db.handle()), view_names()}, {}};
    if (!handle) return Error{"sql.empty", {}, {}};
    if (sqlite3_stmt_readonly(handle) == 0 || sqlite3_column_count(handle) == 0)
        return not_allowed("it is no SELECT");
    std::string_view rest = query.substr(static_cast<std::size_t>(tail - query.data()));
    rest = trimmed(rest);
    while (rest.starts_with(';'))
        rest = trimmed(rest.substr(1));
    if (!rest.empty()) {
        sqlite3_stmt* second = nullptr;
        sqlite3_prepare_v2(db.handle(), rest.data(), static_cast<int>(rest.size()), &second, nullptr);
        const Statement owned(db.handle(), second);
        const bool comment = !second && guard.refusal().empty() && sqlite3_errcode(db.handle()) == SQLITE_OK;
        if (!comment) return Error{"sql.many", {std::string(utf8_prefix(rest, 40))}, {}};
    }
    return statement;
}

std::string cell(const Statement& row, int column) {
    if (row.is_null(column)) return "NULL";
    if (!row.is_blob(column)) return std::string(row.text(column));
    std::string out = "x'";
    for (const char c : row.blob(column))
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out += '\'';
}

} // namespace

Result<SqlTable> SqliteTraceStore::sql(std::string_view query, std::stop_token stop) {
    constexpr std::size_t kLongest = 1'000'000;
    if (trimmed(query).empty()) return Error{"sql.empty", {}, {}};
    if (query.size() > kLongest || query.find('\0') != std::string_view::npos)
        return not_allowed("it is longer than a million characters or holds a NUL");
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    // The first use of a table function declares it to the connection, which the guard would take for a
    // CREATE TABLE.
    if (auto declared = reading->db().exec("SELECT 1 FROM json_each('[]'), json_tree('[]')"); !declared)
        return declared.error();
    auto statement = prepare_guarded(reading->db(), query);
    if (!statement) return statement.error();
    SqlTable table;
    for (int c = 0; c < statement->columns(); ++c)
        table.columns.emplace_back(statement->column_name(c));
    std::size_t bytes = 0;
    for (;;) {
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        auto row = statement->step();
        if (!row) {
            if (row.error().code != "store.sql") return row.error();
            return Error{
                "sql.failed", {row.error().args.empty() ? "" : row.error().args[0], view_names()}, {}};
        }
        if (!*row) return table;
        if (table.rows.size() == kMostRows || bytes > kMostBytes)
            return Error{"sql.too_long", {fmt::format("{}", table.rows.size())}, {}};
        auto& cells = table.rows.emplace_back();
        for (int c = 0; c < statement->columns(); ++c) {
            cells.push_back(cell(*statement, c));
            bytes += cells.back().size() + sizeof(std::string);
        }
    }
}

} // namespace clew

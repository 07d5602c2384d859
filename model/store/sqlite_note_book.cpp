#include "model/store/sqlite_note_book.h"

#include "model/base/time.h"
#include "model/store/questions.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

namespace clew {

namespace {

using nlohmann::json;

// Names are UTF-8 when they come from the window; what comes from elsewhere must not make dump() throw.
std::string text_of(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json labels_json(const Judgement& j) {
    json out = json::array();
    for (const auto& label : j.labels)
        out.push_back(label);
    return out;
}

json scores_json(const Judgement& j) {
    json out = json::array();
    for (const auto& [name, value] : j.scores)
        out.push_back({name, value});
    return out;
}

std::string journal_text(const Judgement& j) {
    return text_of({{"thumb", static_cast<int>(j.thumb)},
                    {"labels", labels_json(j)},
                    {"scores", scores_json(j)},
                    {"comment", j.comment},
                    {"time", j.time}});
}

void read_labels(Judgement& j, const json& labels) {
    if (!labels.is_array()) return;
    for (const auto& label : labels) {
        if (label.is_string()) j.labels.push_back(label.get<std::string>());
    }
}

void read_scores(Judgement& j, const json& scores) {
    if (!scores.is_array()) return;
    for (const auto& score : scores) {
        if (score.is_array() && score.size() == 2 && score[0].is_string() && score[1].is_number())
            j.scores.emplace_back(score[0].get<std::string>(), score[1].get<double>());
    }
}

Judgement from_journal(std::string_view text) {
    Judgement j;
    const json value = json::parse(text, nullptr, false);
    if (!value.is_object()) return j;
    if (const auto it = value.find("thumb"); it != value.end() && it->is_number_integer())
        j.thumb = static_cast<Thumb>(it->get<int>());
    if (const auto it = value.find("labels"); it != value.end()) read_labels(j, *it);
    if (const auto it = value.find("scores"); it != value.end()) read_scores(j, *it);
    if (const auto it = value.find("comment"); it != value.end() && it->is_string())
        j.comment = it->get<std::string>();
    if (const auto it = value.find("time"); it != value.end() && it->is_number_integer())
        j.time = it->get<TimeNs>();
    return j;
}

constexpr const char* kColumns =
    "SELECT high, low, span_id, author, thumb, labels, scores, comment, time_ns FROM judgement ";

Judgement read_row(const Statement& row) {
    Judgement j;
    j.target = {trace_id(row, 0), {public_id(row.integer(2))}};
    j.author = row.text(3);
    j.thumb = static_cast<Thumb>(row.integer(4));
    read_labels(j, json::parse(row.text(5), nullptr, false));
    read_scores(j, json::parse(row.text(6), nullptr, false));
    j.comment = row.text(7);
    j.time = row.integer(8);
    return j;
}

Result<std::vector<Judgement>> read_all(Statement& rows, const std::stop_token& stop) {
    std::vector<Judgement> out;
    for (;;) {
        if (stop.stop_requested()) return Error{"cancelled", {}, {}};
        auto row = rows.step();
        if (!row) return row.error();
        if (!*row) return out;
        if (auto j = read_row(rows); !j.empty()) out.push_back(std::move(j));
    }
}

// What the author says of the target now; nullopt = nothing.
Result<std::optional<Judgement>> current(Database& db, const JudgementTarget& target,
                                         const std::string& author) {
    auto rows =
        db.prepare(std::string(kColumns) + "WHERE high = ? AND low = ? AND span_id = ? AND author = ?");
    if (!rows) return rows.error();
    rows->bind_all(signed_id(target.trace.high), signed_id(target.trace.low), signed_id(target.span.value),
                   author);
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return std::optional<Judgement>{};
    return std::optional<Judgement>(read_row(*rows));
}

Result<void> put(Database& db, const JudgementTarget& target, const std::string& author,
                 const std::optional<Judgement>& judgement) {
    const auto high = signed_id(target.trace.high);
    const auto low = signed_id(target.trace.low);
    const auto span = signed_id(target.span.value);
    if (!judgement || judgement->empty()) {
        return db.run("DELETE FROM judgement WHERE high = ? AND low = ? AND span_id = ? AND author = ?", high,
                      low, span, author);
    }
    const std::string labels = text_of(labels_json(*judgement));
    const std::string scores = text_of(scores_json(*judgement));
    return db.run(
        "INSERT INTO judgement (high, low, span_id, author, thumb, labels, scores, comment, time_ns) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (high, low, span_id, author) DO UPDATE SET "
        "thumb = excluded.thumb, labels = excluded.labels, scores = excluded.scores, "
        "comment = excluded.comment, time_ns = excluded.time_ns",
        high, low, span, author, static_cast<int>(judgement->thumb), labels, scores, judgement->comment,
        judgement->time);
}

std::int64_t new_session() {
    std::random_device device;
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(device()) << 31) ^ device());
}

} // namespace

SqliteNoteBook::SqliteNoteBook(StoreCore& core)
    : core_(core)
    , session_(new_session()) {
}

Result<void> SqliteNoteBook::judge(Judgement judgement) {
    if (judgement.time == kNoTime) judgement.time = now();
    for (const auto& [name, value] : judgement.scores) {
        if (!std::isfinite(value)) return Error{"judgement.bad_score", {name}, {}};
    }
    std::optional<std::int64_t> entry;
    const auto change = [&](Database& db) -> Result<void> {
        entry.reset();
        auto before = current(db, judgement.target, judgement.author);
        if (!before) return before.error();
        const bool taken_back = judgement.empty();
        if (!*before && taken_back) return {};
        const std::string old_text = *before ? journal_text(**before) : std::string();
        const std::string new_text = taken_back ? std::string() : journal_text(judgement);
        const auto or_null = [](const std::string& text) {
            return text.empty() ? std::optional<std::string>{} : std::optional<std::string>(text);
        };
        const auto old_or_null = or_null(old_text);
        const auto new_or_null = or_null(new_text);
        const auto& target = judgement.target;
        if (auto kept =
                db.run("INSERT INTO journal (time_ns, session, high, low, span_id, author, before, after) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       judgement.time, session_, signed_id(target.trace.high), signed_id(target.trace.low),
                       signed_id(target.span.value), judgement.author, old_or_null, new_or_null);
            !kept)
            return kept;
        entry = db.last_insert_rowid();
        return put(db, target, judgement.author, judgement);
    };
    const std::lock_guard turn(changing_);
    if (auto written = core_.write(change); !written) return written;
    if (!entry) return {};
    {
        const std::lock_guard lock(mutex_);
        done_.push_back(*entry);
        undone_.clear();
    }
    tell(judgement.target);
    return {};
}

Result<std::optional<JudgementTarget>> SqliteNoteBook::move(std::vector<std::int64_t>& from,
                                                            std::vector<std::int64_t>& to, bool undo) {
    const std::lock_guard turn(changing_);
    std::int64_t entry = 0;
    {
        const std::lock_guard lock(mutex_);
        if (from.empty()) return std::optional<JudgementTarget>{};
        entry = from.back();
    }
    std::optional<JudgementTarget> target;
    const auto change = [&](Database& db) -> Result<void> {
        target.reset();
        auto rows = db.prepare("SELECT high, low, span_id, author, before, after FROM journal WHERE id = ?");
        if (!rows) return rows.error();
        rows->bind(1, entry);
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return {};
        target = {trace_id(*rows, 0), {public_id(rows->integer(2))}};
        const std::string author(rows->text(3));
        const int column = undo ? 4 : 5;
        std::optional<Judgement> judgement;
        if (!rows->is_null(column)) judgement = from_journal(rows->text(column));
        rows->reset();
        if (auto written = put(db, *target, author, judgement); !written) return written;
        return db.run("UPDATE journal SET undone = ? WHERE id = ?", undo, entry);
    };
    if (auto written = core_.write(change); !written) return written.error();
    {
        const std::lock_guard lock(mutex_);
        from.pop_back();
        to.push_back(entry);
    }
    if (target) tell(*target);
    return target;
}

void SqliteNoteBook::tell(const JudgementTarget& target) {
    Committed committed;
    committed.traces = {target.trace};
    committed.judged = true;
    core_.notify(std::move(committed));
}

Result<std::optional<JudgementTarget>> SqliteNoteBook::undo() {
    return move(done_, undone_, true);
}
Result<std::optional<JudgementTarget>> SqliteNoteBook::redo() {
    return move(undone_, done_, false);
}

bool SqliteNoteBook::can_undo() const {
    const std::lock_guard lock(mutex_);
    return !done_.empty();
}

bool SqliteNoteBook::can_redo() const {
    const std::lock_guard lock(mutex_);
    return !undone_.empty();
}

Result<std::vector<Judgement>> SqliteNoteBook::judgements(TraceId trace, std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows =
        reading->db().prepare(std::string(kColumns) + "WHERE high = ? AND low = ? ORDER BY time_ns, id");
    if (!rows) return rows.error();
    rows->bind_all(signed_id(trace.high), signed_id(trace.low));
    return read_all(*rows, stop);
}

Result<std::vector<Judgement>> SqliteNoteBook::all_judgements(std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare(std::string(kColumns) + "ORDER BY time_ns, id");
    if (!rows) return rows.error();
    return read_all(*rows, stop);
}

Result<std::vector<std::string>> SqliteNoteBook::labels(std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare("SELECT l.value FROM judgement j, json_each(j.labels) l "
                                      "GROUP BY l.value ORDER BY count(*) DESC, l.value");
    if (!rows) return rows.error();
    std::vector<std::string> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.emplace_back(rows->text(0));
    }
}

Result<void> SqliteNoteBook::save_filter(std::string_view name, std::string_view filter) {
    return core_.write([&](Database& db) {
        return db.run("INSERT INTO saved_filter VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
                      "name = excluded.name, filter = excluded.filter, time_ns = excluded.time_ns",
                      name, filter, now());
    });
}

Result<void> SqliteNoteBook::forget_filter(std::string_view name) {
    return core_.write([&](Database& db) { return db.run("DELETE FROM saved_filter WHERE name = ?", name); });
}

Result<std::vector<SavedFilter>> SqliteNoteBook::saved_filters(std::stop_token stop) {
    auto reading = Reading::begin(core_, stop);
    if (!reading) return reading.error();
    auto rows = reading->db().prepare("SELECT name, filter, time_ns FROM saved_filter ORDER BY name");
    if (!rows) return rows.error();
    std::vector<SavedFilter> out;
    for (;;) {
        auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return out;
        out.push_back({std::string(rows->text(0)), std::string(rows->text(1)), time_at(*rows, 2)});
    }
}

} // namespace clew

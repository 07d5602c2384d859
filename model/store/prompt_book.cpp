#include "model/store/prompt_book.h"

#include "model/store/keep_results.h"
#include "model/store/questions.h"
#include "model/store/store_core.h"

#include <utility>

namespace clew {

namespace {

class PromptKeeper {
public:
    PromptKeeper(Database& db, std::int64_t version)
        : db_(db)
        , version_(version) {}

    Result<void> prepare() {
        for (const auto& [statement, sql] :
             {std::pair{&find_,
                        "SELECT id FROM trace WHERE high = ? AND low = ? AND hidden = 0 AND generation = ?"},
              std::pair{&clear_, "DELETE FROM call_prompt WHERE trace = ?"},
              std::pair{&text_, "SELECT id FROM prompt_text WHERE name = ? AND version = ? AND near = ?"},
              std::pair{
                  &add_text_,
                  "INSERT INTO prompt_text (name, version, near, number, first_ns, text) VALUES (?1, ?2, "
                  "?3, iif(?2 = '', (SELECT ifnull(max(number), 0) + 1 FROM prompt_text WHERE name = "
                  "?1), 0), ?4, ?5)"},
              std::pair{&again_,
                        "UPDATE prompt_text SET first_ns = coalesce(min(first_ns, ?2), first_ns, ?2), "
                        "text = iif(text = '', ?3, text) WHERE id = ?1 AND (text = '' OR first_ns IS "
                        "NULL OR first_ns > ?2)"},
              std::pair{&insert_,
                        "INSERT OR REPLACE INTO call_prompt SELECT ?1, id, ?3 FROM span WHERE trace = "
                        "?1 AND span_id = ?2"},
              std::pair{&mark_, "UPDATE trace SET prompts_version = ?2 WHERE id = ?1"}}) {
            auto prepared = db_.prepare(sql);
            if (!prepared) return prepared.error();
            *statement = std::move(*prepared);
        }
        return {};
    }

    // Whether the trace is there as it was when it was read.
    Result<bool> keep(const TracePrompts& one) {
        find_.bind_all(signed_id(one.trace.high), signed_id(one.trace.low), one.generation);
        auto row = find_.step();
        if (!row) return row.error();
        const std::int64_t trace = *row ? find_.integer(0) : 0;
        find_.reset();
        if (trace == 0) return false;
        if (auto done = clear_.run_with(trace); !done) return done.error();
        for (const PromptOfCall& call : one.calls) {
            const auto text = text_of(call);
            if (!text) return text.error();
            if (auto done = insert_.run_with(trace, signed_id(call.span.value), *text); !done)
                return done.error();
        }
        if (auto done = mark_.run_with(trace, version_); !done) return done.error();
        return true;
    }

private:
    Result<std::int64_t> find_text(const PromptOfCall& call) {
        text_.bind_all(call.name, call.version, signed_id(call.near));
        auto row = text_.step();
        if (!row) return row.error();
        const std::int64_t id = *row ? text_.integer(0) : 0;
        text_.reset();
        return id;
    }

    Result<std::int64_t> text_of(const PromptOfCall& call) {
        const std::optional<std::int64_t> start =
            call.start == kNoTime ? std::nullopt : std::optional<std::int64_t>(call.start);
        auto id = find_text(call);
        if (!id) return id.error();
        if (*id != 0) {
            if (auto done = again_.run_with(*id, start, call.text); !done) return done.error();
            return *id;
        }
        if (auto done = add_text_.run_with(call.name, call.version, signed_id(call.near), start, call.text);
            !done)
            return done.error();
        return find_text(call);
    }

    Database& db_;
    std::int64_t version_;
    Statement find_, clear_, text_, add_text_, again_, insert_, mark_;
};

} // namespace

Result<void> keep_prompts(StoreCore& core, std::int64_t version, const std::vector<TracePrompts>& found) {
    return keep_results<PromptKeeper>(core, version, found);
}

} // namespace clew

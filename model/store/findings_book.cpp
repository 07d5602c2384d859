#include "model/store/findings_book.h"

#include "model/base/text.h"
#include "model/store/keep_results.h"
#include "model/store/questions.h"
#include "model/store/store_core.h"

#include <nlohmann/json.hpp>

namespace clew {

namespace {

constexpr std::size_t kIdBytes = 8;

class Keeper {
public:
    Keeper(Database& db, std::int64_t version)
        : db_(db)
        , version_(version) {}

    Result<void> prepare() {
        for (const auto& [statement, sql] :
             {std::pair{&find_,
                        "SELECT id FROM trace WHERE high = ? AND low = ? AND hidden = 0 AND generation = ?"},
              std::pair{&clear_, "DELETE FROM finding WHERE trace = ?"},
              std::pair{&insert_, "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
              std::pair{&mark_,
                        "UPDATE trace SET findings_version = ?2, findings_error = ?3, findings_warning = ?4, "
                        "findings_info = ?5 WHERE id = ?1"}}) {
            auto prepared = db_.prepare(sql);
            if (!prepared) return prepared.error();
            *statement = std::move(*prepared);
        }
        return {};
    }

    // Whether the trace is there as it was when it was looked at.
    Result<bool> keep(const TraceFindings& one) {
        find_.bind_all(signed_id(one.trace.high), signed_id(one.trace.low), one.generation);
        auto row = find_.step();
        if (!row) return row.error();
        const std::int64_t trace = *row ? find_.integer(0) : 0;
        find_.reset();
        if (trace == 0) return false;
        if (auto done = clear_.run_with(trace); !done) return done.error();
        FindingCounts counts;
        std::int64_t number = 0;
        for (const Finding& finding : one.findings) {
            counts.add(finding.severity);
            const std::string spans = packed_spans(finding.spans);
            auto done = insert_.run_with(trace, number++, finding.rule, static_cast<int>(finding.severity),
                                         Blob{spans}, packed_args(finding.args), finding.wasted.tokens,
                                         finding.wasted.cost, finding.wasted.time);
            if (!done) return done.error();
        }
        if (auto done = mark_.run_with(trace, version_, counts.errors, counts.warnings, counts.infos); !done)
            return done.error();
        return true;
    }

private:
    Database& db_;
    std::int64_t version_;
    Statement find_, clear_, insert_, mark_;
};

} // namespace

std::string packed_spans(const std::vector<SpanId>& spans) {
    std::string out;
    out.reserve(spans.size() * kIdBytes);
    for (const SpanId span : spans)
        for (int shift = 56; shift >= 0; shift -= 8)
            out += static_cast<char>(span.value >> shift & 0xff);
    return out;
}

std::vector<SpanId> unpacked_spans(std::string_view bytes) {
    std::vector<SpanId> out;
    out.reserve(bytes.size() / kIdBytes);
    for (; bytes.size() >= kIdBytes; bytes.remove_prefix(kIdBytes))
        out.push_back(span_id_from_bytes(bytes.substr(0, kIdBytes)).value_or(SpanId{}));
    return out;
}

std::string packed_args(const std::vector<std::string>& args) {
    std::string out = "[";
    for (const std::string& arg : args) {
        if (out.size() > 1) out += ',';
        append_json_string(out, arg);
    }
    return out + "]";
}

std::vector<std::string> unpacked_args(std::string_view json) {
    std::vector<std::string> out;
    const auto list = nlohmann::json::parse(json, nullptr, false);
    if (!list.is_array()) return out;
    for (const auto& arg : list)
        out.push_back(arg.is_string() ? arg.get<std::string>() : std::string());
    return out;
}

Result<void> keep_findings(StoreCore& core, std::int64_t version, const std::vector<TraceFindings>& found) {
    return keep_results<Keeper>(core, version, found);
}

} // namespace clew

#include "model/store/check.h"

#include "model/store/payload/blocks.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace clew {

Result<std::string> check_store(Database& db) {
    std::string out;
    auto integrity = db.prepare("PRAGMA integrity_check(20)");
    if (!integrity) return integrity.error();
    for (;;) {
        const auto more = integrity->step();
        if (!more) return more.error();
        if (!more.value()) break;
        if (integrity->text(0) != "ok") (out += integrity->text(0)) += '\n';
    }
    const std::string lost_payloads = fmt::format(
        "SELECT count(*) FROM span s WHERE payload IS NOT NULL AND NOT EXISTS (SELECT 1 FROM skeleton k "
        "WHERE k.id = s.payload / {})",
        kMaxSpansInBlock);
    const std::pair<const char*, std::string_view> counts[] = {
        {"spans without their trace",
         "SELECT count(*) FROM span s WHERE NOT EXISTS (SELECT 1 FROM trace t WHERE t.id = s.trace)"},
        {"traces whose count of spans is wrong", "SELECT count(*) FROM trace t WHERE hidden = 0 AND spans <> "
                                                 "(SELECT count(*) FROM span s WHERE s.trace = t.id)"},
        {"usages without their trace",
         "SELECT count(*) FROM trace_usage u WHERE NOT EXISTS (SELECT 1 FROM trace t "
         "WHERE t.id = u.trace AND t.hidden = 0)"},
        {"payloads without their block", lost_payloads},
        {"piece blocks without their trace",
         "SELECT count(*) FROM piece_block p WHERE NOT EXISTS (SELECT 1 FROM trace t WHERE t.id = p.trace)"},
        {"spans without their source",
         "SELECT count(*) FROM span s WHERE NOT EXISTS (SELECT 1 FROM source o WHERE o.id = s.source)"},
    };
    for (const auto& [what, sql] : counts) {
        const auto count = db.query_integer(sql);
        if (!count) return count.error();
        if (count.value().value_or(0) > 0) out += fmt::format("{} {}\n", *count.value(), what);
    }
    return out;
}

} // namespace clew

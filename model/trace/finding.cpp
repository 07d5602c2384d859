#include "model/trace/finding.h"

#include "model/base/messages.h"

namespace clew {

std::string evidence(const Finding& finding) {
    return sentence("finding." + finding.rule, finding.args);
}

std::string_view severity_name(Severity severity) {
    switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::info: break;
    }
    return "info";
}

std::optional<Severity> severity_from_name(std::string_view name) {
    for (const Severity one : {Severity::info, Severity::warning, Severity::error})
        if (name == severity_name(one)) return one;
    return {};
}

} // namespace clew

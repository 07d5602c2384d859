// What must not stand in a trace that is shown to others.

#include "model/analysis/findings/rules.h"

#include <map>

namespace clew::rules {

// Each thing is told once a trace, at the span where it stands first, with how often it stands.
void sensitive_content(const RuledTrace& trace, const Thresholds&, Found& out) {
    struct Place {
        std::vector<std::int32_t> spans;
        Severity severity = Severity::info;
    };
    std::map<std::pair<std::string, std::string>, Place> places;
    for (std::size_t i = 0; i < trace.spans().size(); ++i) {
        for (const Sensitive& hit : trace.spans()[i].sensitive) {
            Place& place = places[{hit.what, hit.shown}];
            place.severity = hit.severity;
            const auto at = static_cast<std::int32_t>(i);
            if (place.spans.empty() || place.spans.back() != at) place.spans.push_back(at);
        }
    }
    for (const auto& [what, place] : places)
        out.push_back(finding_at(trace, "sensitive_content", place.severity, place.spans,
                                 {what.first, what.second, std::to_string(place.spans.size())}));
}

} // namespace clew::rules

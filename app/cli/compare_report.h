// What clew compare writes: JSON for scripts, text for a terminal, Markdown for a pull request, JUnit for CI.
#pragma once

#include "model/analysis/compare/alignment.h"
#include "model/analysis/compare/difference.h"
#include "views/compare/compared_run.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace clew::app {

struct CompareReport {
    views::ComparedRun a, b;
    std::string name_a, name_b; // as they were given
    Alignment alignment;
    std::vector<GateResult> gates;

    [[nodiscard]] const RunStep* step_a(const AlignedStep& step) const;
    [[nodiscard]] const RunStep* step_b(const AlignedStep& step) const;
    // Why a step is not `same`, as a sentence; "" where it is.
    [[nodiscard]] std::string why(const AlignedStep& step) const;
};

nlohmann::ordered_json compare_json(const CompareReport& report);
std::string compare_text(const CompareReport& report);
std::string compare_markdown(const CompareReport& report);
std::string compare_junit(const CompareReport& report);

// Failures of the second run and findings that the first does not have, a sentence each.
std::vector<std::string> new_errors(const CompareReport& report);
std::vector<std::string> new_findings(const CompareReport& report);

} // namespace clew::app

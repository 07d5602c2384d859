#include "app/cli/compare_report.h"

#include "app/cli/output.h"
#include "model/base/messages.h"
#include "model/base/text.h"
#include "model/trace/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMarkdownSteps = 100;

const RunStep* step_of(const RunSteps& steps, std::int32_t index) {
    return index < 0 ? nullptr : &steps[static_cast<std::size_t>(index)];
}

std::string without_full_stop(std::string text) {
    while (text.ends_with('.'))
        text.pop_back();
    return text;
}

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}
Json usd_or_null(const std::optional<PicoUsd>& cost) {
    return cost ? Json(to_usd(*cost)) : Json(nullptr);
}

// Of one step; its costs as those of a run.
RunFigures figures_of(const RunStep& step) {
    RunFigures out;
    out.tokens = step.tokens();
    out.costs = step.costs;
    out.duration = step.duration;
    return out;
}

Json figures_json(const CompareReport& report, const views::ComparedRun& run) {
    Json out = {{"trace_id", to_hex(run.row.id)},
                {"name", run.row.name},
                {"steps", run.figures.steps},
                {"tokens", or_null(run.figures.tokens)},
                {"cost_usd", usd_or_null(run.figures.costs.sum())},
                {"cost_reported_usd", usd_or_null(run.figures.costs.reported)},
                {"cost_computed_usd", usd_or_null(run.figures.costs.computed)},
                {"unpriced_calls", run.figures.costs.unpriced},
                {"duration_ns", or_null(run.figures.duration)},
                {"errors", run.figures.errors}};
    if (run.figures.findings) out["findings"] = *run.figures.findings;
    out["given"] = &run == &report.a ? report.name_a : report.name_b;
    return out;
}

Json step_json(const CompareReport& report, const AlignedStep& step) {
    const RunStep* a = report.step_a(step);
    const RunStep* b = report.step_b(step);
    const RunStep& shown = b ? *b : *a;
    Json out = {{"a", a ? Json(to_hex(a->id)) : Json(nullptr)},
                {"b", b ? Json(to_hex(b->id)) : Json(nullptr)},
                {"change", change_name(step.change)},
                {"kind", kind_name(shown.kind)},
                {"name", shown.label},
                {"depth", shown.depth}};
    if (step.change != StepChange::same) out["why"] = report.why(step);
    if (a && b) {
        const RunDelta change = delta(figures_of(*a), figures_of(*b));
        out["delta"] = {{"tokens", or_null(change.tokens)},
                        {"cost_usd", usd_or_null(change.cost)},
                        {"duration_ns", or_null(change.duration)}};
    }
    return out;
}

// "+1.2k", "−$0.0031", "–" where a side is unknown; "" where nothing changed.
template <class T, class Format>
std::string signed_text(const std::optional<T>& value, Format format) {
    if (!value) return kUnknown;
    if (*value == 0) return {};
    return (*value < 0 ? "−" : "+") + format(*value < 0 ? -*value : *value);
}
std::string tokens_text(const std::optional<std::int64_t>& value) {
    return signed_text(value, [](std::int64_t tokens) { return format_tokens(tokens); });
}
std::string cost_text(const std::optional<PicoUsd>& value) {
    return signed_text(value, [](PicoUsd cost) { return format_cost(cost); });
}
std::string time_text(const std::optional<DurationNs>& value) {
    return signed_text(value, [](DurationNs time) { return format_duration(time); });
}
std::string count_text(std::int64_t value) {
    return signed_text(std::optional(value), [](std::int64_t count) { return format_count(count); });
}

struct FigureRow {
    std::string name, a, b, change;
};
std::vector<FigureRow> figure_rows(const CompareReport& report) {
    const RunFigures &a = report.a.figures, &b = report.b.figures;
    const RunDelta change = delta(a, b);
    std::vector<FigureRow> rows{
        {"Steps", format_count(a.steps), format_count(b.steps), count_text(change.steps)},
        {"Tokens", format_tokens(a.tokens), format_tokens(b.tokens), tokens_text(change.tokens)},
        {"Cost", format_costs(a.costs), format_costs(b.costs), cost_text(change.cost)},
        {"Duration", format_duration(a.duration), format_duration(b.duration), time_text(change.duration)},
        {"Errors", format_count(a.errors), format_count(b.errors), count_text(change.errors)}};
    if (a.findings && b.findings)
        rows.push_back({"Findings", format_count(*a.findings), format_count(*b.findings),
                        count_text(*b.findings - *a.findings)});
    return rows;
}

std::string_view sign_of(StepChange change) {
    switch (change) {
    case StepChange::same: return " ";
    case StepChange::changed: return "≠";
    case StepChange::added: return "+";
    case StepChange::removed: return "−";
    }
    return " ";
}

std::string divergence_words(const CompareReport& report) {
    const auto first = report.alignment.first_divergence;
    if (!first) return "The runs do the same: no step differs.";
    return fmt::format("First divergence: step {}. {}", *first + 1,
                       report.why(report.alignment.steps[*first]));
}

std::string counts_words(const Alignment& alignment) {
    std::map<StepChange, std::size_t> counts;
    for (const AlignedStep& step : alignment.steps)
        ++counts[step.change];
    return fmt::format("{} steps aligned: {} same, {} changed, {} added, {} removed", alignment.steps.size(),
                       counts[StepChange::same], counts[StepChange::changed], counts[StepChange::added],
                       counts[StepChange::removed]);
}

std::string label_in(const CompareReport& report, const AlignedStep& step) {
    const RunStep* a = report.step_a(step);
    const RunStep* b = report.step_b(step);
    constexpr std::size_t kLabel = 40;
    const std::string now = one_line((b ? b : a)->label, kLabel);
    if (!a || !b || a->label == b->label) return now;
    return one_line(a->label, kLabel) + " → " + now;
}

std::string xml(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\n':
        case '\t': out += ' '; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20) out += c; // XML 1.0 has no others
        }
    }
    return out;
}

// What a cell of a table may hold; traces are not trusted, so no HTML either.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']') out += '\\';
        if (c == '<')
            out += "&lt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c == '\n' || c == '\r' ? ' ' : c;
    }
    return no_nbsp(std::move(out));
}

} // namespace

const RunStep* CompareReport::step_a(const AlignedStep& step) const {
    return step_of(a.steps, step.a);
}
const RunStep* CompareReport::step_b(const AlignedStep& step) const {
    return step_of(b.steps, step.b);
}
std::string CompareReport::why(const AlignedStep& step) const {
    const StepDifference found = difference(step_a(step), step_b(step));
    return found.code.empty() ? std::string() : sentence(found.code, found.args);
}

Json compare_json(const CompareReport& report) {
    Json first = nullptr;
    if (const auto at = report.alignment.first_divergence) {
        const Json step = step_json(report, report.alignment.steps[*at]);
        first = {{"step", *at + 1},    {"a", step["a"]},       {"b", step["b"]},
                 {"why", step["why"]}, {"kind", step["kind"]}, {"name", step["name"]}};
    }
    Json steps = Json::array();
    for (const AlignedStep& step : report.alignment.steps)
        steps.push_back(step_json(report, step));
    const RunDelta change = delta(report.a.figures, report.b.figures);
    Json out = {{"first_divergence", std::move(first)},
                {"steps", std::move(steps)},
                {"delta",
                 {{"tokens", or_null(change.tokens)},
                  {"cost_usd", usd_or_null(change.cost)},
                  {"duration_ns", or_null(change.duration)},
                  {"steps", change.steps},
                  {"errors", change.errors}}},
                {"a", figures_json(report, report.a)},
                {"b", figures_json(report, report.b)}};
    if (change.findings) out["delta"]["findings"] = *change.findings;
    if (report.gates.empty()) return out;
    Json gates = Json::array();
    for (const GateResult& gate : report.gates)
        gates.push_back({{"gate", gate.gate.text}, {"passed", gate.passed}, {"why", gate.why}});
    out["gates"] = std::move(gates);
    return out;
}

std::string compare_text(const CompareReport& report) {
    std::string out = fmt::format("A  {}  {}\nB  {}  {}\n\n", to_hex(report.a.row.id), report.a.row.name,
                                  to_hex(report.b.row.id), report.b.row.name);
    out += fmt::format("{:>25} {:>14} {:>12}\n", "A", "B", "Δ");
    for (const FigureRow& row : figure_rows(report))
        out += no_nbsp(fmt::format("{} {} {} {}\n", padded(row.name, 10), padded(row.a, 14, true),
                                   padded(row.b, 14, true), padded(row.change, 12, true)));
    out += fmt::format("\n{}\n{}\n\n", divergence_words(report), counts_words(report.alignment));
    std::size_t number = 0;
    for (const AlignedStep& step : report.alignment.steps) {
        ++number;
        const RunStep* a = report.step_a(step);
        const RunStep* b = report.step_b(step);
        const RunStep& shown = b ? *b : *a;
        RunDelta change;
        if (a && b) change = delta(figures_of(*a), figures_of(*b));
        const bool here = report.alignment.first_divergence == number - 1;
        constexpr std::int32_t kDeepest = 12;
        const std::string name(static_cast<std::size_t>(2 * std::min(shown.depth, kDeepest)), ' ');
        const auto said = [&](const std::string& text) { return text == kUnknown ? std::string() : text; };
        std::string line = fmt::format(
            "{}{:>5} {} {} {} {} {} {}", here ? "▶" : " ", number, sign_of(step.change),
            padded(std::string(kind_name(shown.kind)), 9), padded(name + label_in(report, step), 40),
            padded(said(time_text(change.duration)), 10, true),
            padded(said(tokens_text(change.tokens)), 8, true), padded(said(cost_text(change.cost)), 9, true));
        line.erase(line.find_last_not_of(' ') + 1);
        out += no_nbsp(std::move(line)) + "\n";
        if (step.change == StepChange::changed)
            out += no_nbsp(fmt::format("{:>20}{}\n", "", report.why(step)));
    }
    if (!report.gates.empty()) out += "\n";
    for (const GateResult& gate : report.gates)
        out += no_nbsp(fmt::format("{}  {}\n", gate.passed ? "pass" : "FAIL", gate.why));
    return out;
}

std::string compare_markdown(const CompareReport& report) {
    std::string out = fmt::format("### {} compared with {}\n\n| | A | B | Δ |\n|---|---:|---:|---:|\n",
                                  cell(report.name_b), cell(report.name_a));
    for (const FigureRow& row : figure_rows(report))
        out += fmt::format("| {} | {} | {} | {} |\n", row.name, cell(row.a), cell(row.b), cell(row.change));
    out += fmt::format("\n{}\n\n{}.\n", cell(divergence_words(report)), counts_words(report.alignment));
    if (!report.gates.empty()) out += "\n| Gate | | |\n|---|---|---|\n";
    for (const GateResult& gate : report.gates)
        out += fmt::format("| {} | {} | {} |\n", cell(gate.gate.text), gate.passed ? "✅ passed" : "❌ failed",
                           cell(gate.why));
    if (!report.alignment.first_divergence) return out;
    out += "\n| Step | | | Why |\n|---:|---|---|---|\n";
    std::size_t number = 0, listed = 0, left = 0;
    for (const AlignedStep& step : report.alignment.steps) {
        ++number;
        if (step.change == StepChange::same) continue;
        if (listed == kMarkdownSteps) {
            ++left;
            continue;
        }
        ++listed;
        out += fmt::format("| {} | {} | {} | {} |\n", number, change_name(step.change),
                           cell(label_in(report, step)), cell(report.why(step)));
    }
    if (left > 0) out += fmt::format("\n… and {} further steps that differ.\n", left);
    return out;
}

std::string compare_junit(const CompareReport& report) {
    const auto failed = std::ranges::count(report.gates, false, &GateResult::passed);
    const std::size_t cases = std::max<std::size_t>(report.gates.size(), 1);
    const std::string name =
        xml(fmt::format("{} compared with {}", to_utf8(report.name_b), to_utf8(report.name_a)));
    std::string out = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                  "<testsuites tests=\"{0}\" failures=\"{1}\">\n"
                                  "  <testsuite name=\"clew compare\" tests=\"{0}\" failures=\"{1}\">\n",
                                  cases, failed);
    // Without a gate the comparison itself is what was tried.
    if (report.gates.empty()) out += fmt::format("    <testcase classname=\"{}\" name=\"compare\"/>\n", name);
    for (const GateResult& gate : report.gates) {
        out += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", name, xml(gate.gate.text));
        if (gate.passed)
            out += "/>\n";
        else
            out += fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", xml(gate.why));
    }
    out += fmt::format("    <system-out>{} {}.</system-out>\n  </testsuite>\n</testsuites>\n",
                       xml(divergence_words(report)), xml(counts_words(report.alignment)));
    return out;
}

std::vector<std::string> new_errors(const CompareReport& report) {
    std::vector<std::string> out;
    const auto add = [&](const std::string& words, const std::string& error) {
        out.push_back(without_full_stop(words + (error.empty() ? "" : ": " + one_line(error, 120))));
    };
    for (const AlignedStep& step : report.alignment.steps) {
        const RunStep* a = report.step_a(step);
        const RunStep* b = report.step_b(step);
        if (b && b->failed && !(a && a->failed)) add(step_words(*b), b->error);
    }
    // The run itself is no step.
    if (out.empty() && report.b.row.root_failed && !report.a.row.root_failed) add("the run itself", {});
    return out;
}

// By rule: which finding of several is the new one cannot be told, and spans' ids differ always.
std::vector<std::string> new_findings(const CompareReport& report) {
    std::map<std::string, std::size_t> known;
    for (const Finding& finding : report.a.findings)
        ++known[finding.rule];
    std::vector<std::string> out;
    for (const Finding& finding : report.b.findings) {
        std::size_t& left = known[finding.rule];
        if (left > 0) {
            --left;
            continue;
        }
        out.push_back(without_full_stop(finding.rule + ": " + evidence(finding)));
    }
    return out;
}

} // namespace clew::app

#include "model/analysis/compare/gate.h"

#include "model/base/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace clew {

namespace {

struct Named {
    std::string_view name;
    GateMetric metric;
};
constexpr std::array<Named, 6> kMetrics{{{"cost", GateMetric::cost},
                                         {"tokens", GateMetric::tokens},
                                         {"duration", GateMetric::duration},
                                         {"steps", GateMetric::steps},
                                         {"errors", GateMetric::errors},
                                         {"findings", GateMetric::findings}}};

struct Unit {
    std::string_view name;
    double factor;
};
constexpr std::array<Unit, 6> kTimes{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 2> kCounts{{{"k", 1e3}, {"M", 1e6}}};

template <std::size_t N>
std::optional<double> factor_of(std::string_view unit, const std::array<Unit, N>& units) {
    const auto found = std::ranges::find(units, unit, &Unit::name);
    return found == units.end() ? std::nullopt : std::optional(found->factor);
}

// What a number without a unit stands for, and with one.
std::optional<double> factor_for(GateMetric metric, std::string_view unit) {
    if (metric == GateMetric::duration) return unit.empty() ? 1e9 : factor_of(unit, kTimes);
    if (unit.empty()) return 1;
    return metric == GateMetric::tokens ? factor_of(unit, kCounts) : std::nullopt;
}

// The figure as a number, exact up to 2^53.
std::optional<double> figure(GateMetric metric, const RunFigures& run) {
    const auto number = [](const auto& known) {
        return known ? std::optional(static_cast<double>(*known)) : std::nullopt;
    };
    switch (metric) {
    case GateMetric::cost:
        if (const auto cost = run.costs.sum()) return to_usd(*cost);
        return {};
    case GateMetric::tokens: return number(run.tokens);
    case GateMetric::duration: return number(run.duration);
    case GateMetric::steps: return static_cast<double>(run.steps);
    case GateMetric::errors: return static_cast<double>(run.errors);
    case GateMetric::findings: return number(run.findings);
    case GateMetric::new_errors:
    case GateMetric::new_findings: break;
    }
    return {};
}

std::string words(GateMetric metric, std::optional<double> value) {
    if (!value) return kUnknown;
    if (metric == GateMetric::cost) return fmt::format("${:.6g}", *value);
    if (metric == GateMetric::duration)
        return format_duration(static_cast<DurationNs>(std::llround(std::clamp(*value, 0.0, 9e18))));
    return fmt::format("{:.12g}", *value);
}

std::string_view name_of(GateMetric metric) {
    const auto found = std::ranges::find(kMetrics, metric, &Named::metric);
    return found == kMetrics.end() ? std::string_view("findings") : found->name;
}

GateResult nothing_new(const Gate& gate, const std::vector<std::string>& found) {
    const bool errors = gate.metric == GateMetric::new_errors;
    if (found.empty())
        return {gate, true, sentence(errors ? "compare.gate_no_errors" : "compare.gate_no_findings", {})};
    std::vector<std::string> args{std::to_string(found.size()), found.front()};
    while (args[1].ends_with('.'))
        args[1].pop_back();
    return {gate, false, sentence(errors ? "compare.gate_errors" : "compare.gate_findings", args)};
}

} // namespace

RunDelta delta(const RunFigures& a, const RunFigures& b) {
    RunDelta out;
    if (a.tokens && b.tokens) out.tokens = *b.tokens - *a.tokens;
    const auto cost_a = a.costs.sum(), cost_b = b.costs.sum();
    if (cost_a && cost_b) out.cost = *cost_b - *cost_a;
    if (a.duration && b.duration) out.duration = *b.duration - *a.duration;
    out.steps = b.steps - a.steps;
    out.errors = b.errors - a.errors;
    if (a.findings && b.findings) out.findings = *b.findings - *a.findings;
    return out;
}

Result<Gate> read_gate(std::string_view text) {
    const Error bad{"compare.bad_gate", {std::string(text)}, {}};
    Gate gate;
    gate.text = text;
    if (text == "no-new-errors" || text == "no-new-findings") {
        gate.metric = text == "no-new-errors" ? GateMetric::new_errors : GateMetric::new_findings;
        return gate;
    }
    const std::size_t sign = text.find_first_of("<>");
    if (sign == std::string_view::npos || text.substr(sign + 1, 1) != "=") return bad;
    const auto metric = std::ranges::find(kMetrics, text.substr(0, sign), &Named::name);
    if (metric == kMetrics.end()) return bad;
    gate.metric = metric->metric;
    gate.at_most = text[sign] == '<';
    std::string_view rest = text.substr(sign + 2);
    bool negative = false;
    if (rest.starts_with('+') || rest.starts_with('-')) {
        gate.relative = true;
        negative = rest.front() == '-';
        rest.remove_prefix(1);
    }
    if (gate.metric == GateMetric::cost && rest.starts_with('$')) rest.remove_prefix(1);
    if (rest.empty() || (rest.front() != '.' && (rest.front() < '0' || rest.front() > '9'))) return bad;
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), gate.value);
    if (failed != std::errc() || !std::isfinite(gate.value)) return bad;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest == "%") {
        gate.percent = true;
        if (!gate.relative) return bad; // of what?
    } else if (const auto factor = factor_for(gate.metric, rest)) {
        gate.value *= *factor;
    } else {
        return bad;
    }
    if (negative) gate.value = -gate.value;
    return gate;
}

bool asks_for_findings(const Gate& gate) {
    return gate.metric == GateMetric::findings || gate.metric == GateMetric::new_findings;
}

GateResult check(const Gate& gate, const ComparedFigures& figures) {
    if (gate.metric == GateMetric::new_errors) return nothing_new(gate, figures.new_errors);
    if (gate.metric == GateMetric::new_findings) return nothing_new(gate, figures.new_findings);
    const std::string name(name_of(gate.metric));
    const auto a = figure(gate.metric, figures.a), b = figure(gate.metric, figures.b);
    if (!b || (gate.relative && !a))
        return {gate, false,
                sentence("compare.gate_unknown",
                         std::vector<std::string>{gate.text, name, b ? "first" : "second"})};
    double limit = gate.value;
    if (gate.percent)
        limit = *a + *a * gate.value / 100;
    else if (gate.relative)
        limit = *a + gate.value;
    // Sums of decimals are not exact: what is equal in 12 digits is equal.
    const double slack = 1e-12 * std::max({1e-6, std::abs(limit), std::abs(*b)});
    const bool passed = gate.at_most ? *b <= limit + slack : *b + slack >= limit;
    const std::vector<std::string> args{gate.text, name, words(gate.metric, a), words(gate.metric, b),
                                        words(gate.metric, limit)};
    // A sum that leaves calls out is too low.
    const std::int64_t unpriced = figures.b.costs.unpriced + (gate.relative ? figures.a.costs.unpriced : 0);
    if (gate.metric == GateMetric::cost && unpriced > 0 && passed)
        return {
            gate, false,
            sentence("compare.gate_unpriced", std::vector<std::string>{gate.text, std::to_string(unpriced)})};
    return {gate, passed, sentence(passed ? "compare.gate_passed" : "compare.gate_failed", args)};
}

} // namespace clew

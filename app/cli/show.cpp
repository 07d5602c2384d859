// clew show TRACE|FILE: the span tree as text; of one call, what is inside that step.

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/cli/show_step.h"
#include "model/base/numbers.h"
#include "model/trace/span.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace clew::app {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string target;
    std::string step;
    bool json = false;
};

Json span_json(const TraceSnapshot& trace, const SnapshotSpan& span) {
    const auto number = [](std::int64_t count) {
        return count == kUnknownCount ? Json(nullptr) : Json(count);
    };
    const auto usd = [](PicoUsd cost) { return cost == kUnknownCount ? Json(nullptr) : Json(to_usd(cost)); };
    const auto duration = between(span.start, span.end);
    return {{"span_id", to_hex(span.id)},
            {"parent_id", span.parent_id.valid() ? Json(to_hex(span.parent_id)) : Json(nullptr)},
            {"depth", span.depth},
            {"name", trace.text(span.name)},
            {"detail", trace.text(span.detail)},
            {"kind", kind_name(span.kind)},
            {"status", status_name(span.status)},
            {"status_message", trace.text(span.status_message)},
            {"silent_failure", (span.flags & kSilentFailure) != 0},
            {"orphan", span.orphan},
            {"start", span.start == kNoTime ? Json(nullptr) : Json(iso8601(span.start))},
            {"end", span.end == kNoTime ? Json(nullptr) : Json(iso8601(span.end))},
            {"duration_ns", duration ? Json(*duration) : Json(nullptr)},
            {"input_tokens", number(span.input_tokens)},
            {"output_tokens", number(span.output_tokens)},
            {"cost_reported_usd", usd(span.cost)},
            {"cost_computed_usd", usd(span.computed)},
            {"unpriced", span.unpriced}};
}

Json others_json(TraceStore& traces, TraceId trace) {
    Json out = Json::array();
    for (const AlsoRecorded& other : traces.also_recorded(trace).value_or(std::vector<AlsoRecorded>{}))
        out.push_back({{"trace_id", to_hex(other.trace)},
                       {"name", other.name},
                       {"format", other.format},
                       {"spans", other.spans}});
    return out;
}

Json trace_json(TraceStore& traces, const TraceSnapshot& trace) {
    Json spans = Json::array();
    for (const SnapshotSpan& span : trace.spans)
        spans.push_back(span_json(trace, span));
    return {{"trace_id", to_hex(trace.id)},
            {"own_id", trace.own_id},
            {"name", trace.name},
            {"session", trace.session},
            {"start", trace.start == kNoTime ? Json(nullptr) : Json(iso8601(trace.start))},
            {"end", trace.end == kNoTime ? Json(nullptr) : Json(iso8601(trace.end))},
            {"running", trace.running},
            {"time_quality", time_quality_name(trace.time_quality)},
            {"also_recorded", others_json(traces, trace.id)},
            {"spans", std::move(spans)}};
}

std::string state_words(const SnapshotSpan& span, const TraceSnapshot& trace) {
    std::string words;
    const auto add = [&](std::string_view word) { ((words += "  [") += word) += "]"; };
    if (span.status == Status::error) {
        const std::string_view message = trace.text(span.status_message);
        add(message.empty() ? "error" : fmt::format("error: {}", message.substr(0, 80)));
    }
    if (span.flags & kSilentFailure) add("silent failure");
    if (span.orphan) add("parent not in store");
    if (span.cycle) add("parents form a ring");
    return words;
}

// The lines of a tree need to know which ancestors have further siblings.
void print_tree(const TraceSnapshot& trace) {
    std::vector<bool> open;
    for (const SnapshotSpan& span : trace.spans) {
        open.resize(span.depth);
        std::string line;
        for (std::size_t level = 1; level < open.size(); ++level)
            line += open[level] ? "│  " : "   ";
        const bool more = span.next_sibling != kNoSpan;
        if (span.depth > 0) line += more ? "├─ " : "└─ ";
        open.push_back(more);
        line += trace.text(span.name);
        if (!trace.text(span.detail).empty()) (line += "  ") += trace.text(span.detail);
        // What is computed is marked, here where no other word stands beside it.
        std::string cost;
        if (const auto costs = span.costs(); costs.known() || costs.unpriced > 0)
            cost = (costs.computed ? "≈ " : "") + format_costs(costs);
        std::string tokens;
        if (span.input_tokens != kUnknownCount || span.output_tokens != kUnknownCount)
            tokens = fmt::format("↑{} ↓{}", format_tokens(if_said(span.input_tokens)),
                                 format_tokens(if_said(span.output_tokens)));
        fmt::print(
            "{} {} {} {} {}{}\n", padded(line, 60), padded(std::string(kind_name(span.kind)), 9),
            padded(no_nbsp(span.end == kNoTime ? "running" : format_duration(between(span.start, span.end))),
                   10, true),
            padded(tokens, 14), padded(cost, 9, true), state_words(span, trace));
    }
}

// The span may stand in any trace of a file.
int run_step(Target& target, const Options& options) {
    TraceStore& traces = target.store->traces();
    Resolved found{target.trace, target.span};
    if (!options.step.empty()) {
        std::optional<Error> first;
        found.span = {};
        for (const TraceId id : target.traces) {
            auto resolved = traces.resolve(to_hex(id) + "/" + options.step);
            if (resolved) {
                found = *resolved;
                break;
            }
            if (!first) first = resolved.error();
        }
        if (!found.span.valid()) return failed(first.value_or(Error{"id.unknown", {options.step}, {}}));
    }
    auto trace = traces.open(found.trace);
    if (!trace) return failed(trace.error());
    auto shown = show_step(traces, **trace, found.span, options.json);
    return shown ? 0 : failed(shown.error());
}

int run(const CommandLine& line, const Options& options) {
    auto target = open_target(line, options.target);
    if (!target) return failed(target.error());
    if (!options.step.empty() || target->span.valid()) return run_step(*target, options);
    Json all = Json::array();
    for (const TraceId id : target->traces) {
        auto trace = target->store->traces().open(id);
        if (!trace) return failed(trace.error());
        if (options.json) {
            all.push_back(trace_json(target->store->traces(), **trace));
        } else {
            fmt::print("{}  {}  {} spans\n", to_hex(id), (*trace)->name,
                       format_count(static_cast<std::int64_t>((*trace)->spans.size())));
            print_tree(**trace);
            if (id != target->traces.back()) fmt::print("\n");
        }
    }
    // One trace is the usual question; several come as an array.
    if (options.json) print_json(all.size() == 1 ? all.front() : all);
    return 0;
}

} // namespace

void add_show(CLI::App& root, CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* command = root.add_subcommand(
        "show", "The span tree of a trace, or of a file's traces, as text; of one call, what "
                "filled its prompt, what is new in it and where the cache broke");
    command
        ->add_option("TRACE|FILE", options->target,
                     "An id, a unique prefix of one, or a file; TRACE/SPAN is --step SPAN")
        ->required();
    command->add_option("--step", options->step, "Inside this model call");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([&line, options] { line.chosen = [&line, options] { return run(line, *options); }; });
}

} // namespace clew::app

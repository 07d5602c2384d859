// SWE-agent trajectories (.traj): one JSON object a run.
//
//   {"environment":"main","trajectory":[{"action","observation","response","thought","execution_time",
//    "state","query":[…]}],"history":[{"role","content","tool_calls",…}],"info":{"exit_status","submission",
//    "model_stats":{"instance_cost","tokens_sent","tokens_received","api_calls"}},"replay_config":{…}}
//
// A run is one trace: the agent is its root, each step an LLM call and the command that it asked for. Agents
// that try again write "attempts", each of the shape above and a span of its own. Tokens and cost are stated
// for the run only and stand on the root. The files hold no times, only how long commands took: steps are
// laid out in order so that they end when the file was written.

#include "importers/formats/swe_agent_steps.h"
#include "importers/registry.h"
#include "importers/support/attribute_list.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"
#include "importers/support/provider_usage.h"
#include "model/base/hash.h"
#include "model/base/text.h"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <utility>

namespace clew {

namespace swe_agent {
namespace {

using json::Element;
using json::Object;
using json::text_of;

constexpr std::array<std::string_view, 5> kWhole = {"trajectory", "history", "query", "messages",
                                                    "tool_calls"};

// "replay_config" is an object, or the text of one.
class ReplayConfig {
public:
    explicit ReplayConfig(Object run) {
        auto value = json::member(run, "replay_config");
        if (!value) return;
        text_ = json::text_or_json(*value);
        if (value->is_string()) {
            Element parsed;
            if (parser_.parse(text_).get(parsed) != simdjson::SUCCESS) return;
            value = parsed;
        }
        object_ = json::as_object(*value);
    }

    [[nodiscard]] const std::string& text() const { return text_; }

    // A member two or three levels down.
    [[nodiscard]] std::optional<Object> object(std::initializer_list<std::string_view> path) const {
        auto at = object_;
        for (const std::string_view key : path) {
            if (at) at = json::object_of(*at, key);
        }
        return at;
    }

    [[nodiscard]] Model model() const {
        auto found = object({"agent", "model"});
        if (!found) {
            // Agents that try again have a list of configurations.
            const auto agent = object({"agent"});
            const auto all = agent ? json::array_of(*agent, "agent_configs") : std::nullopt;
            const auto first = all && all->size() > 0 ? json::as_object(*all->begin()) : std::nullopt;
            if (first) found = json::object_of(*first, "model");
        }
        if (!found) return {};
        return {std::string(text_of(*found, "name")), json::number_of(*found, "temperature"),
                json::number_of(*found, "top_p")};
    }

private:
    simdjson::dom::parser parser_;
    std::string text_;
    std::optional<Object> object_;
};

struct Stats {
    Usage usage;
    std::optional<PicoUsd> cost;
};

Stats stats_of(Object info) {
    const auto stats = json::object_of(info, "model_stats");
    if (!stats) return {};
    Stats out;
    out.usage.input = json::count_of(*stats, "tokens_sent");
    out.usage.output = json::count_of(*stats, "tokens_received");
    out.cost = json::usd_of(*stats, "instance_cost");
    if (!out.cost) out.cost = json::usd_of(*stats, "total_cost");
    return out;
}

DurationNs length_of(Object attempt) {
    DurationNs out = 0;
    for (const Element element : steps_of(attempt)) {
        const auto step = json::as_object(element);
        if (step) out += kMillisecond + StepClock::duration(json::number_of(*step, "execution_time"));
    }
    return out;
}

// What the agent was to do: stated, else what it was told first.
std::string task_of(Object run, std::optional<Object> problem) {
    if (problem) {
        if (const auto text = json::first_text(*problem, {"text", "problem_statement"}); !text.empty())
            return std::string(text);
    }
    if (const auto history = json::array_of(run, "history")) {
        for (const Element element : *history) {
            const auto message = json::as_object(element);
            if (!message || text_of(*message, "role") != "user" || json::flag_of(*message, "is_demo"))
                continue;
            if (const auto content = json::member(*message, "content")) return json::content_text(*content);
        }
    }
    return problem ? std::string(text_of(*problem, "github_url")) : std::string();
}

// Tells runs apart, also those of one instance: what was asked, how it was started, how the first step went.
std::string key_of(Object run, const ReplayConfig& config) {
    Object first = run;
    if (const auto attempts = json::array_of(run, "attempts"); attempts && attempts->size() > 0)
        first = json::as_object(*attempts->begin()).value_or(run);
    std::string out = std::to_string(hash64(config.text()));
    (out += ' ') += std::to_string(hash64(task_of(first, {})));
    for (const Element element : steps_of(first)) {
        const auto step = json::as_object(element);
        if (!step) continue;
        (out += ' ') += std::to_string(hash64(json::first_text(*step, {"response", "thought", "action"})));
        if (const auto time = json::member(*step, "execution_time")) (out += ' ') += json::json_of(*time);
        break;
    }
    return out;
}

class SweAgent final : public JsonImporter {
public:
    SweAgent()
        : JsonImporter("SWE-agent", Layout::automatic, kWhole) {}

protected:
    Result<void> read(Element root) override {
        const auto run = json::as_object(root);
        if (!run || !(json::member(*run, "trajectory") || json::member(*run, "attempts"))) {
            note(Severity::error, "swe_agent.no_trajectory");
            return {};
        }
        read_run(*run);
        return {};
    }

private:
    void read_run(Object object) {
        const ReplayConfig config(object);
        const auto problem = config.object({"problem_statement"});
        std::string name(problem ? text_of(*problem, "id") : std::string_view());
        if (name.empty()) name = file_stem(part().name);
        if (name.empty()) name = "run";
        RunSpans run(kFormatId, name, key_of(object, config));

        const auto attempts = json::array_of(object, "attempts");
        DurationNs length = attempts ? 0 : length_of(object);
        if (attempts) {
            for (const Element element : *attempts) {
                if (const auto attempt = json::as_object(element)) length += length_of(*attempt);
            }
        }
        const TimeNs modified = part().modified;
        StepClock clock(modified != kNoTime && modified > length ? modified - length : 0);
        run.covered.cover(clock.now());
        note_once(Severity::info, "times.synthetic");
        Steps steps(run, out, clock);

        Stats sum;
        if (attempts) {
            sum = read_attempts(run, *attempts, config.model(), clock, steps);
        } else {
            steps.read({object, {}, run.root(), config.model()});
        }
        add_root(run, object, config, problem, sum);
    }

    Stats read_attempts(RunSpans& run, json::Array attempts, const Model& model, StepClock& clock,
                        Steps& steps) {
        Stats sum;
        std::size_t number = 0;
        for (const Element element : attempts) {
            ++number;
            const auto attempt = json::as_object(element);
            if (!attempt) continue;
            const std::string key = std::to_string(number);
            SpanDraft draft = run.span(Kind::agent, {"attempt", key});
            draft.span.start = clock.now();
            const ReplayConfig own(*attempt);
            steps.read({*attempt, key, draft.span.id, own.model().name.empty() ? model : own.model()});
            draft.span.end = clock.now();
            draft.name = "attempt " + key;
            if (number > 1) draft.span.flags |= kRetry;
            AttributeList attributes;
            attributes.rest("swe_agent.", *attempt, {"trajectory", "history", "info", "replay_config"});
            if (!own.text().empty()) attributes.text("swe_agent.replay_config", own.text());
            const Stats stats = describe_outcome(draft, *attempt, attributes);
            add_to(sum.usage, stats.usage);
            add_to(sum.cost, stats.cost);
            finish_span(std::move(draft), attributes);
        }
        return sum;
    }

    // Status, submission, tokens and cost of a run or an attempt.
    static Stats describe_outcome(SpanDraft& draft, Object object, AttributeList& attributes) {
        const auto info = json::object_of(object, "info");
        if (!info) return {};
        const std::string_view exit = text_of(*info, "exit_status");
        if (exit.starts_with("submitted")) {
            draft.span.status = Status::ok;
        } else if (!exit.empty()) {
            draft.span.status = Status::error;
            draft.status_message = exit;
        }
        attributes.text("output.value", text_of(*info, "submission"));
        attributes.rest("swe_agent.info.", *info, {"submission"});
        const Stats stats = stats_of(*info);
        draft.span.usage = stats.usage;
        draft.span.reported_cost = stats.cost;
        draft.span.flags |= kAggregateUsage;
        return stats;
    }

    void finish_span(SpanDraft draft, AttributeList& attributes) {
        attributes.text("gen_ai.operation.name", "invoke_agent");
        attributes.text("gen_ai.agent.name", "SWE-agent");
        draft.span.time_quality = TimeQuality::synthetic;
        draft.attributes = attributes.take();
        read_columns(draft);
        out.add(std::move(draft));
    }

    void add_root(const RunSpans& run, Object object, const ReplayConfig& config,
                  std::optional<Object> problem, const Stats& sum) {
        SpanDraft draft = run.root_span();
        draft.name = draft.trace_name = run.own_id();
        AttributeList attributes;
        const std::string task = task_of(object, problem);
        attributes.text("input.value", task);
        draft.detail = one_line(task, 80);
        const Stats stats = describe_outcome(draft, object, attributes);
        if (!stats.usage.stated() && sum.usage.stated()) draft.span.usage = sum.usage;
        if (!stats.cost) draft.span.reported_cost = sum.cost;
        if (draft.span.usage.stated() || draft.span.reported_cost) draft.span.flags |= kAggregateUsage;
        attributes.text("gen_ai.request.model", config.model().name);
        attributes.text("swe_agent.replay_config", config.text());
        attributes.rest("swe_agent.", object, {"trajectory", "history", "info", "replay_config", "attempts"});
        finish_span(std::move(draft), attributes);
    }
};

Confidence sniff(const Head& head) {
    JsonKeys keys(head.bytes);
    if (!keys.next()) return Confidence::no;
    const bool attempts = keys.has("attempts");
    if (!keys.has("trajectory") && !attempts) return Confidence::no;
    const bool frame = keys.has("info") || keys.has("history") || keys.has("environment");
    // What comes behind a long trajectory is not in sight: its first step is.
    const std::size_t at = head.bytes.find("\"trajectory\"");
    if (at == std::string_view::npos) return attempts && frame ? Confidence::maybe : Confidence::no;
    JsonKeys steps(head.bytes.substr(at + std::string_view("\"trajectory\"").size()));
    const bool step = steps.next() && steps.has("action") && steps.has("observation");
    if (step && (steps.has("response") || steps.has("thought") || steps.has("state"))) return Confidence::yes;
    return frame && keys.has("info") ? Confidence::maybe : Confidence::no;
}

constexpr std::array<std::string_view, 1> kSuffixes = {".traj"};

} // namespace
} // namespace swe_agent

const Format swe_agent_format = {
    .id = swe_agent::kFormatId,
    .title = "SWE-agent trajectory",
    .suffixes = swe_agent::kSuffixes,
    .sniff = swe_agent::sniff,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<swe_agent::SweAgent>(); },
};

} // namespace clew

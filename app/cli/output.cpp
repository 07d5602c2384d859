#include "app/cli/output.h"

#include "model/base/messages.h"
#include "model/base/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace clew::app {

using Json = nlohmann::ordered_json;

namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json usd_or_null(const std::optional<PicoUsd>& amount) {
    return amount ? Json(to_usd(*amount)) : Json(nullptr);
}

Json time_or_null(TimeNs time) {
    return time == kNoTime ? Json(nullptr) : Json(iso8601(time));
}

} // namespace

Json totals_json(const Totals& t) {
    return {{"traces", t.traces},
            {"spans", t.spans},
            {"root_spans", t.root_spans},
            {"orphan_spans", t.orphan_spans},
            {"llm_calls", t.llm_calls},
            {"tool_calls", t.tool_calls},
            {"errors", t.errors},
            {"tool_errors", t.tool_errors},
            {"silent_failures", t.silent_failures},
            {"steps", t.steps},
            {"duration_ns", or_null(t.duration)},
            {"input_tokens", or_null(t.input_tokens)},
            {"cache_read_tokens", or_null(t.cache_read_tokens)},
            {"cache_write_tokens", or_null(t.cache_write_tokens)},
            {"output_tokens", or_null(t.output_tokens)},
            {"reasoning_tokens", or_null(t.reasoning_tokens)},
            {"cost_usd", usd_or_null(t.cost)},
            {"cost_reported_usd", usd_or_null(t.cost_reported)},
            {"cost_computed_usd", usd_or_null(t.cost_computed)},
            {"unpriced_calls", t.unpriced_calls},
            {"sessions", t.sessions},
            {"start", time_or_null(t.start)},
            {"end", time_or_null(t.end)}};
}

Json sources_json(const std::vector<SourceReport>& reports) {
    Json out = Json::array();
    for (const SourceReport& report : reports)
        out.push_back({{"path", report.path},
                       {"format", report.format},
                       {"traces", report.traces},
                       {"spans", report.spans},
                       {"notes",
                        {{"info", report.notes_info},
                         {"warning", report.notes_warning},
                         {"error", report.notes_error}}}});
    return out;
}

void print_json(const Json& json) {
    const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string note_sentence(const Note& note) {
    std::string text = sentence(note.code, note.args);
    std::string where = note.part;
    if (note.line)
        where += fmt::format("{}line {}", where.empty() ? "" : ", ", *note.line);
    else if (note.offset)
        where += fmt::format("{}byte {}", where.empty() ? "" : ", ", *note.offset);
    if (!where.empty()) text += " (" + where + ")";
    return text;
}

void print_sources(const std::vector<SourceReport>& reports) {
    for (const SourceReport& report : reports) {
        fmt::print("{}: {}, {} traces, {} spans\n", report.path, report.format,
                   format_count(static_cast<std::int64_t>(report.traces)),
                   format_count(static_cast<std::int64_t>(report.spans)));
        for (const Note& note : report.notes) {
            if (note.severity == Severity::info) continue;
            fmt::print(stderr, "  {}: {}\n", note.severity == Severity::error ? "error" : "warning",
                       note_sentence(note));
        }
        const std::uint64_t all = report.notes_warning + report.notes_error;
        const auto shown = static_cast<std::uint64_t>(std::ranges::count_if(
            report.notes, [](const Note& note) { return note.severity != Severity::info; }));
        if (all > shown) fmt::print(stderr, "  and {} more notes\n", all - shown);
    }
}

std::string no_nbsp(std::string text) {
    for (std::size_t at = 0; (at = text.find("\u00a0", at)) != std::string::npos;)
        text.replace(at, 2, " ");
    return text;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
    const auto columns = static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    const std::string fill(columns < width ? width - columns : 0, ' ');
    return right ? fill + text : text + fill;
}

} // namespace clew::app

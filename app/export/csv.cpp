// CSV of judgements (formats: H.10): one row a judged target.

#include "model/base/csv.h"

#include "app/export/export.h"
#include "app/export/judged_targets.h"
#include "model/analysis/training_thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace clew::app {

namespace {

std::string text_of(const Message& message) {
    std::string text;
    for (const MessagePart& part : message.parts) {
        if (part.type == PartType::reasoning) continue;
        if (!text.empty()) text += '\n';
        text += !part.text.empty() ? part.text : part.json;
    }
    return text;
}

std::string last_text(const Conversation& thread, std::string_view role) {
    const auto it =
        std::find_if(thread.messages.rbegin(), thread.messages.rend(), [&](const Message& message) {
            return message.role == role && !text_of(message).empty();
        });
    return it == thread.messages.rend() ? std::string() : text_of(*it);
}

std::string joined(const std::vector<std::string>& labels) {
    std::string out;
    for (const std::string& label : labels)
        (out += out.empty() ? "" : ";") += label;
    return out;
}

Result<void> write(ExportContext& context, std::string& out) {
    std::set<std::string> score_names;
    for (const ExportItem& item : context.items)
        for (const Judgement& judgement : item.judgements)
            for (const auto& [name, value] : judgement.scores)
                score_names.insert(name);

    std::vector<std::string> header = {"trace_id",    "span_id",         "session_id", "model", "input_text",
                                       "output_text", "expected_output", "label",      "thumb"};
    for (const std::string& name : score_names)
        header.push_back("score_" + name);
    for (const char* name : {"tokens", "cost_usd", "prompt_name", "prompt_version", "split", "notes"})
        header.emplace_back(name);
    append_csv_row(out, header);

    return for_judged_targets(context, [&](const ExportItem& item, const TargetJudgement& target,
                                           const AgentCalls& calls) {
        const Conversation thread = thread_of(calls.calls);
        std::string tokens, cost;
        if (item.row.input_tokens || item.row.output_tokens)
            tokens = std::to_string(item.row.input_tokens.value_or(0) + item.row.output_tokens.value_or(0));
        if (const auto sum = item.row.costs().sum()) cost = fmt::format("{:.12g}", to_usd(*sum));
        std::vector<std::string> cells = {to_hex(item.row.id),
                                          target.span.valid() ? to_hex(target.span) : std::string(),
                                          item.row.session,
                                          calls.model,
                                          last_text(thread, "user"),
                                          last_text(thread, "assistant"),
                                          "",
                                          joined(target.labels),
                                          thumb_name(target.thumb)};
        for (const std::string& name : score_names) {
            const auto score = target.scores.find(name);
            cells.push_back(score == target.scores.end() ? "" : fmt::format("{:.12g}", score->second));
        }
        cells.insert(cells.end(),
                     {tokens, cost, calls.prompt_name, calls.prompt_version, "", target.comment});
        append_csv_row(out, cells);
        ++context.report.rows;
    });
}

// Counts records and cells as RFC 4180 reads them.
Result<std::int64_t> validate(std::string_view bytes) {
    std::int64_t rows = -1; // the header is none
    std::size_t cells = 1, expected = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && c == ',') {
            ++cells;
        } else if (!quoted && c == '\n') {
            if (expected == 0) expected = cells;
            if (cells != expected)
                return Error{"export.bad_row",
                             {"csv", std::to_string(rows + 2), "it has another number of cells"},
                             {}};
            cells = 1;
            ++rows;
        }
    }
    if (quoted)
        return Error{"export.bad_row", {"csv", std::to_string(rows + 2), "a quote is not closed"}, {}};
    return rows;
}

} // namespace

const ExportFormat csv_export = {"csv", "CSV of judgements", ".csv", write, validate};

} // namespace clew::app

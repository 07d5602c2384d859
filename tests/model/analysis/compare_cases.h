// Runs for the tests of comparing: steps written as words, and random runs with known edits.
#pragma once

#include "model/analysis/compare/alignment.h"
#include "model/base/text.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace clew::test {

// A span as SDKs of the GenAI conventions send it.
struct Made {
    std::uint64_t id = 0;
    std::uint64_t parent = 0;
    Kind kind = Kind::tool;
    std::string label;
    std::string asked, said; // of tools JSON or text, of calls what the user and the model say
    std::string error;       // it failed with that
    std::uint32_t flags = 0;
    TimeNs start = kNoTime;
};

inline std::string otlp_text(std::string_view key, std::string_view value) {
    return "{\"key\":" + json_string(key) + ",\"value\":{\"stringValue\":" + json_string(value) + "}}";
}

inline SpanDetail detail_of(const Made& made) {
    SpanDetail out;
    out.id = {made.id};
    out.parent = {made.parent};
    out.kind = made.kind;
    out.name = made.label;
    out.flags = made.flags;
    out.start = made.start == kNoTime ? static_cast<TimeNs>(made.id) * kSecond : made.start;
    out.end = out.start + kSecond;
    if (!made.error.empty()) {
        out.status = Status::error;
        out.status_message = made.error;
    }
    std::string attributes;
    const auto add = [&](std::string_view key, const std::string& value) {
        if (value.empty()) return;
        attributes += (attributes.empty() ? "" : ",") + otlp_text(key, value);
    };
    if (made.kind == Kind::llm) {
        out.model = made.label;
        const auto message = [](const char* role, const std::string& text) {
            return "[{\"role\":\"" + std::string(role) +
                   "\",\"parts\":[{\"type\":\"text\",\"content\":" + json_string(text) + "}]}]";
        };
        if (!made.asked.empty()) add("gen_ai.input.messages", message("user", made.asked));
        if (!made.said.empty()) add("gen_ai.output.messages", message("assistant", made.said));
    } else {
        if (made.kind == Kind::agent) out.agent = made.label;
        if (made.kind == Kind::tool) out.tool = made.label;
        add("gen_ai.tool.call.arguments", made.asked);
        add("gen_ai.tool.call.result", made.said);
    }
    out.attributes = "[" + attributes + "]";
    return out;
}

inline RunSteps steps_of(const std::vector<Made>& spans) {
    RunReader reader;
    for (const Made& span : spans)
        reader.add(detail_of(span));
    return reader.finish();
}

// "agent root; search {q} = found; llm m-1 ? hello = hi; …" in short words: a run below an agent that is its
// root. Two blanks in front are a step inside the one before. "!boom" at the end is an error.
//   tool NAME ARGUMENTS = RESULT     llm MODEL QUESTION = ANSWER     agent NAME     chain NAME
inline RunSteps run_of(const QStringList& lines, TimeNs first = 0, std::uint64_t ids = 1) {
    std::vector<Made> out{{ids, 0, Kind::agent, "root"}};
    std::vector<std::uint64_t> around{ids};
    for (const QString& line : lines) {
        qsizetype depth = 0;
        while (line.mid(depth * 2).startsWith(QStringLiteral("  ")))
            ++depth;
        const QString words = line.trimmed();
        const QString error = words.section(QLatin1Char('!'), 1);
        const QString text = words.section(QLatin1Char('!'), 0, 0);
        const QString asked = text.section(QStringLiteral(" = "), 0, 0);
        const QString kind = asked.section(QLatin1Char(' '), 0, 0);
        Made made;
        made.id = ids + out.size();
        made.parent = around[static_cast<std::size_t>(depth)];
        made.kind = kind == QLatin1String("chain")
                        ? Kind::workflow
                        : kind_from_name(kind.toStdString()).value_or(Kind::generic);
        made.label = asked.section(QLatin1Char(' '), 1, 1).toStdString();
        made.asked = asked.section(QLatin1Char(' '), 2).trimmed().toStdString();
        made.said = text.section(QStringLiteral(" = "), 1).trimmed().toStdString();
        made.error = error.toStdString();
        made.start = first + static_cast<TimeNs>(out.size()) * kSecond;
        around.resize(static_cast<std::size_t>(depth) + 1);
        around.push_back(made.id);
        out.push_back(made);
    }
    return steps_of(out);
}

// "= ≠1:2 −3 +4": numbers of steps, from 1.
inline QString words_of(const Alignment& alignment) {
    QStringList out;
    for (const AlignedStep& step : alignment.steps) {
        const QString a = QString::number(step.a + 1), b = QString::number(step.b + 1);
        switch (step.change) {
        case StepChange::same: out << QStringLiteral("=%1:%2").arg(a, b); break;
        case StepChange::changed: out << QStringLiteral("~%1:%2").arg(a, b); break;
        case StepChange::removed: out << QStringLiteral("-%1").arg(a); break;
        case StepChange::added: out << QStringLiteral("+%1").arg(b); break;
        }
    }
    return out.join(QLatin1Char(' '));
}

// A random run of calls and tools, as agents make them: few tools, repeated ones, subagents.
class RandomRuns {
public:
    explicit RandomRuns(std::uint32_t seed)
        : random_(seed) {}

    std::vector<Made> run(int steps) {
        std::vector<Made> out{{1, 0, Kind::agent, "root"}};
        std::uint64_t parent = 1;
        for (int i = 0; i < steps; ++i) {
            if (parent == 1 && chance(12)) {
                Made agent;
                agent.kind = Kind::agent;
                agent.label = "helper-" + std::to_string(below(3));
                agent.parent = 1;
                agent.id = next_id();
                parent = agent.id;
                out.push_back(agent);
                continue;
            }
            if (parent != 1 && chance(4)) parent = 1;
            Made made = step();
            made.parent = parent;
            out.push_back(made);
        }
        return out;
    }
    Made step() {
        Made made;
        made.id = next_id();
        if (chance(3)) {
            made.kind = Kind::llm;
            made.label = "m-" + std::to_string(below(2));
            made.said = "Thought " + std::to_string(below(100'000)) + " about it.";
            return made;
        }
        made.label = "tool-" + std::to_string(below(6));
        // One in eight says what others say too: a status that is asked for again and again.
        const std::string value = std::to_string(chance(8) ? below(3) : 10 + below(100'000));
        made.asked = "{\"q\":\"" + value + "\",\"limit\":10}";
        made.said = "{\"rows\":[" + value + "]}";
        return made;
    }
    // The same run again, on another day, under other ids.
    std::vector<Made> again(const std::vector<Made>& run) {
        std::vector<Made> out = run;
        for (Made& span : out) {
            span.id += kOtherIds;
            if (span.parent != 0) span.parent += kOtherIds;
            span.start =
                (1'000'000 + static_cast<TimeNs>(below(1'000)) + static_cast<TimeNs>(span.id)) * kSecond;
        }
        return out;
    }
    std::uint32_t below(std::uint32_t bound) {
        return std::uniform_int_distribution<std::uint32_t>(0, bound - 1)(random_);
    }
    bool chance(std::uint32_t in) { return below(in) == 0; }
    std::uint64_t next_id() { return ++ids_; }

    static constexpr std::uint64_t kOtherIds = 1'000'000'000;

private:
    std::mt19937 random_;
    std::uint64_t ids_ = 1;
};

} // namespace clew::test

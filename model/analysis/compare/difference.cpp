#include "model/analysis/compare/difference.h"

#include "model/analysis/findings/json_depth.h"
#include "model/analysis/step/step_text.h"
#include "model/base/text.h"

#include <nlohmann/json.hpp>

namespace clew {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kQuoted = 80;

std::pair<std::string, std::string> quoted(const std::string& a, const std::string& b) {
    MessagePart was, is;
    was.text = a;
    is.text = b;
    return first_difference(&was, &is);
}

std::string said(const Json& value) {
    return one_line(value.dump(-1, ' ', false, Json::error_handler_t::replace), kQuoted);
}

Json object(const std::string& text) {
    if (text.empty() || text.front() != '{' || is_too_deep(text)) return {};
    return Json::parse(text, nullptr, false);
}

// Of the first key that differs, and how many others do.
StepDifference arguments_differ(const RunStep& a, const RunStep& b) {
    const std::string words = step_words(b);
    const Json was = object(a.arguments), is = object(b.arguments);
    if (was.is_object() && is.is_object()) {
        std::vector<std::string> keys;
        for (const auto& [key, value] : was.items())
            if (!is.contains(key) || is[key] != value) keys.push_back(key);
        for (const auto& [key, value] : is.items())
            if (!was.contains(key)) keys.push_back(key);
        if (!keys.empty()) {
            const std::string& key = keys.front();
            const std::string more =
                keys.size() > 1 ? "; " + std::to_string(keys.size() - 1) + " more differ" : "";
            if (!is.contains(key)) return {"compare.argument_gone", {words, key, said(was[key]), more}};
            if (!was.contains(key)) return {"compare.argument_new", {words, key, said(is[key]), more}};
            return {"compare.argument", {words, key, said(was[key]), said(is[key]), more}};
        }
    }
    if (a.arguments.empty() || b.arguments.empty())
        return {a.arguments.empty() ? "compare.arguments_new" : "compare.arguments_gone",
                {words, one_line(a.arguments.empty() ? b.arguments : a.arguments, kQuoted)}};
    auto [old_words, new_words] = quoted(a.arguments, b.arguments);
    const bool asked = b.kind == Kind::llm;
    return {asked ? "compare.asked" : "compare.arguments", {words, old_words, new_words}};
}

} // namespace

std::string step_words(const RunStep& step) {
    const std::string name = step.label.empty() ? "“”" : one_line(step.label, kQuoted);
    return std::string(kind_name(step.kind)) + " " + name;
}

StepDifference difference(const RunStep* a, const RunStep* b) {
    if (a == nullptr && b == nullptr) return {};
    if (a == nullptr) return {"compare.only_b", {step_words(*b)}};
    if (b == nullptr) return {"compare.only_a", {step_words(*a)}};
    if (a->whole == b->whole) return {};
    if (a->kind != b->kind) return {"compare.other_kind", {step_words(*a), step_words(*b)}};
    if (a->likeness != b->likeness) {
        const bool tool = a->kind == Kind::tool, call = a->kind == Kind::llm || a->kind == Kind::embedding;
        return {tool   ? "compare.other_tool"
                : call ? "compare.other_model"
                       : "compare.other_name",
                {a->label, b->label, std::string(kind_name(a->kind))}};
    }
    if (a->question != b->question) return arguments_differ(*a, *b);
    const auto error = [](const RunStep& step) {
        return one_line(step.error.empty() ? step.output : step.error, kQuoted);
    };
    if (a->failed != b->failed)
        return {b->failed ? "compare.failed" : "compare.failed_before",
                {step_words(*b), error(b->failed ? *b : *a)}};
    if (a->failed && a->error != b->error) return {"compare.error", {step_words(*b), error(*a), error(*b)}};
    auto [old_words, new_words] = quoted(a->output, b->output);
    return {b->kind == Kind::llm ? "compare.answer" : "compare.result",
            {step_words(*b), old_words, new_words}};
}

} // namespace clew

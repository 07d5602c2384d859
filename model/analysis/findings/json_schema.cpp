#include "model/analysis/findings/json_schema.h"

#include "model/analysis/findings/json_depth.h"
#include "model/base/text.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace clew {

namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::size_t kLargestSchema = std::size_t{64} << 10;
constexpr int kDeepest = 64;

// Regular expressions of a trace could take for ever; whether a text has a format is a matter of opinion.
bool tame(Json& schema, int depth) {
    if (depth > kDeepest) return false;
    if (schema.is_array()) {
        for (Json& element : schema)
            if (!tame(element, depth + 1)) return false;
        return true;
    }
    if (!schema.is_object()) return true;
    if (const auto reference = schema.find("$ref");
        reference != schema.end() &&
        !(reference->is_string() && reference->get<std::string>().starts_with("#")))
        return false;
    // Some declare types in capitals: "STRING".
    if (const auto type = schema.find("type"); type != schema.end() && type->is_string())
        *type = lower(type->get<std::string>());
    for (const char* key : {"pattern", "patternProperties", "format", "$schema", "$id"})
        schema.erase(key);
    for (auto member = schema.begin(); member != schema.end(); ++member)
        if (!tame(*member, depth + 1)) return false;
    return true;
}

// Where a reference leads within the schema; null where nowhere.
const Json* target_of(const Json& root, const std::string& reference) {
    const std::string pointer = reference.substr(1);
    if (pointer.empty()) return &root;
    if (pointer.front() != '/' || pointer.find('%') != std::string::npos) return nullptr;
    try {
        const Json::json_pointer path(pointer);
        return root.contains(path) ? &root.at(path) : nullptr;
    } catch (const std::exception&) {
        return nullptr;
    }
}

// Whether following references comes back to where it was without a step into the value: the check of such a
// schema never ends.
class Circles {
public:
    explicit Circles(const Json& root)
        : root_(root) {}
    // False = it leads in a circle, or nowhere.
    bool fine(const Json& schema) {
        if (!schema.is_object()) return true;
        const auto [state, fresh] = seen_.try_emplace(&schema, true);
        if (!fresh) return !state->second;
        for (const char* key : {"allOf", "anyOf", "oneOf", "not", "if", "then", "else"}) {
            const auto found = schema.find(key);
            if (found == schema.end()) continue;
            if (!found->is_array()) {
                if (!fine(*found)) return false;
                continue;
            }
            for (const Json& part : *found)
                if (!fine(part)) return false;
        }
        if (const auto reference = schema.find("$ref"); reference != schema.end()) {
            const Json* target = target_of(root_, reference->get<std::string>());
            if (target == nullptr || !fine(*target)) return false;
        }
        seen_[&schema] = false;
        return true;
    }
    bool all_fine(const Json& value) {
        if (value.is_object() && !fine(value)) return false;
        if (!value.is_structured()) return true;
        for (const Json& part : value)
            if (!all_fine(part)) return false;
        return true;
    }

private:
    const Json& root_;
    std::map<const Json*, bool> seen_; // true while it is being followed
};

} // namespace

struct JsonSchemas::Compiled {
    Json source; // outlives the schema
    valijson::Schema schema;
};

JsonSchemas::JsonSchemas() = default;
JsonSchemas::~JsonSchemas() = default;

const JsonSchemas::Compiled* JsonSchemas::compiled(const std::string& text) {
    const auto [found, fresh] = schemas_.try_emplace(text);
    if (!fresh) return found->second.get();
    if (text.size() > kLargestSchema || is_too_deep(text)) return nullptr;
    auto out = std::make_unique<Compiled>();
    out->source = Json::parse(text, nullptr, false);
    if (!out->source.is_object() || !tame(out->source, 0)) return nullptr;
    if (!Circles(out->source).all_fine(out->source)) return nullptr;
    try {
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(Adapter(out->source), out->schema);
    } catch (const std::exception&) {
        return nullptr; // no schema that the library understands
    }
    found->second = std::move(out);
    return found->second.get();
}

std::optional<std::string> JsonSchemas::violation(const std::string& schema, std::string_view json) {
    const Compiled* rules = compiled(schema);
    if (rules == nullptr || is_too_deep(json)) return {};
    const Json value = Json::parse(json, nullptr, false);
    if (value.is_discarded()) return "it is no JSON";
    try {
        valijson::Validator validator(valijson::Validator::kStrongTypes);
        valijson::ValidationResults results;
        if (validator.validate(rules->schema, Adapter(value), &results)) return {};
        valijson::ValidationResults::Error error;
        if (!results.popError(error)) return "it does not meet its schema";
        std::string where;
        for (std::size_t i = 1; i < error.context.size(); ++i) // the first is the root
            where += error.context[i];
        return where.empty() ? error.description : where + ": " + error.description;
    } catch (const std::exception&) {
        return {};
    }
}

} // namespace clew

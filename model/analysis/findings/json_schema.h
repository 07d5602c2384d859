// JsonSchemas: whether JSON meets a JSON Schema (draft 7), each schema compiled once. Schemas come from
// traces and are not trusted: large or deep ones, references to elsewhere and regular expressions are not
// followed. One thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

class JsonSchemas {
public:
    JsonSchemas();
    ~JsonSchemas();
    JsonSchemas(const JsonSchemas&) = delete;
    JsonSchemas& operator=(const JsonSchemas&) = delete;

    // What is wrong, in words; nullopt where nothing is, or where the schema cannot be used.
    std::optional<std::string> violation(const std::string& schema, std::string_view json);

private:
    struct Compiled;
    const Compiled* compiled(const std::string& schema);
    std::map<std::string, std::unique_ptr<Compiled>> schemas_; // null: cannot be used
};

} // namespace clew

// A JSON array that grows. Any thread.
#pragma once

#include "importers/support/json_values.h"

#include <string>
#include <string_view>
#include <utility>

namespace clew {

class JsonList {
public:
    void add(json::Element value) { add_json(json::json_of(value)); }
    void add(json::Object value) { add_json(simdjson::minify(value)); }
    void add_json(std::string_view json) { // whole JSON; left out where empty
        if (json.empty()) return;
        json_ += json_.empty() ? '[' : ',';
        json_ += json;
    }
    [[nodiscard]] bool empty() const { return json_.empty(); }
    [[nodiscard]] std::string take() { // "" where nothing was added
        if (!json_.empty()) json_ += ']';
        return std::exchange(json_, {});
    }

private:
    std::string json_;
};

} // namespace clew

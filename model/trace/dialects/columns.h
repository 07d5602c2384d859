// Attribute vocabularies → canonical columns: GenAI semconv (all generations), OpenInference, OpenLLMetry, Vercel AI,
// Langfuse, LangSmith, Pydantic AI, ADK, MLflow, Claude Code … (reference: formats, C.12). A span may speak several at
// once; per column the first key of its list wins. Used on the bulk path: no allocation per attribute.
#pragma once

#include "model/base/arena.h"
#include "model/trace/span.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace clew {

// One attribute's value as the wire has it. `text` is unescaped UTF-8 for strings, and JSON text for arrays, maps.
struct AttributeValue {
    enum class Type : std::uint8_t { none, text, boolean, integer, real, json };
    Type type = Type::none;
    std::string_view text;
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
};

// Feed every attribute of one span with see(), then apply() once; reset() before the next span. `see` may keep views
// of the value until apply(), so they must live that long; apply() copies into `arena` what the span keeps.
class ColumnReader {
public:
    void reset();
    void see(std::string_view key, const AttributeValue& value);
    void see_scope(std::string_view scope_name);
    void apply(Span& span, Arena& arena) const;

    // Whether `key` is one that see() would use: lets a reader skip decoding the rest.
    static bool wants(std::string_view key);

private:
    struct Slot {
        std::uint8_t rank = 255;
        AttributeValue value;
    };
    static constexpr std::size_t kSlots = 64;
    std::array<Slot, kSlots> slots_{};
    std::string_view scope_;
};

} // namespace clew

// Conversations of any payload, messages of any JSON, and what any result says of its success.
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clew;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    result_says_failure(text);
    messages_from_json(text, true);
    SpanDetail span;
    span.kind = static_cast<Kind>(size % kKindCount);
    span.attributes = text;
    span.events = text;
    conversation_of(span);
    // The same bytes as the value of a key that is read.
    constexpr const char* kKeys[] = {"gen_ai.input.messages", "input.value", "langfuse.observation.output",
                                     "claude_code.records",   "ai.prompt",   "gen_ai.tool.definitions"};
    const std::string key = kKeys[size % std::size(kKeys)];
    span.attributes = "[{\"key\":\"" + key + "\",\"value\":{\"stringValue\":" + json_string(text) + "}}]";
    span.events =
        "[{\"name\":\"gen_ai.choice\",\"attributes\":[{\"key\":\"body\",\"value\":{\"stringValue\":" +
        json_string(text) + "}}]}]";
    conversation_of(span);
    return 0;
}

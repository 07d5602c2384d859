// Claude Code sessions: any bytes, in pieces, then every span's conversation.
#include "model/trace/dialects/messages.h"
#include "tests/support/feed.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace clew {
extern const Format claude_code_format;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clew;
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    claude_code_format.sniff(Head{"fuzz.jsonl", std::string_view(bytes).substr(0, 64 * 1024), false, {}});
    const std::size_t half = bytes.find('\n', bytes.size() / 2);
    std::vector<test::FedPart> parts = {{"fuzz.jsonl", bytes.substr(0, half)}};
    if (half != std::string::npos) parts.push_back({"agent-fuzz.meta.json", bytes.substr(half)});
    const auto fed = test::feed(claude_code_format, parts, test::in_pieces, static_cast<unsigned>(size));
    for (const auto& span : fed.sink.spans) {
        SpanDetail detail;
        detail.kind = span.kind;
        detail.own_id = span.own_id;
        detail.attributes = span.attributes;
        conversation_of(detail);
    }
    return 0;
}

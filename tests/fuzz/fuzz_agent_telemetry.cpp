// Any bytes as an AgentTelemetry log, in two pieces; then a read that goes on from what was saved.
#include "importers/registry.h"
#include "tests/support/collecting_sink.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t cut = size == 0 ? 0 : data[0] * size / 256;
    clew::detect({.name = "run.jsonl", .bytes = text, .whole = true});
    clew::test::CollectingSink sink;
    const auto importer = clew::agent_telemetry_format.create();
    if (!importer->begin(clew::Part{"run.jsonl", {}, clew::kNoTime}, sink)) return 0;
    if (!importer->push(text.substr(0, cut)) || !importer->push(text.substr(cut)) || !importer->end())
        return 0;
    if (!importer->finish(sink)) return 0;
    const auto saved = importer->save();
    if (!saved || saved->consumed > size) return 0;
    const auto next = clew::agent_telemetry_format.create();
    if (!next->restore(*saved)) __builtin_trap();
    if (!next->begin(clew::Part{"run.jsonl", {}, clew::kNoTime}, sink)) return 0;
    if (!next->push(text.substr(saved->consumed)) || !next->end() || !next->finish(sink)) return 0;
    // What is said to be a state may be anything.
    clew::agent_telemetry_format.create()->restore(
        {.consumed = 0, .state = std::string("1 0 ") + std::string(text)});
    return 0;
}

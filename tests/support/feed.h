// Feeds an importer whole, byte by byte and in random pieces, and says where the answers differ.
//
//   CollectingSink sink = feed(clew::otlp_json_format, {{"run.jsonl", bytes}});
//   QCOMPARE(split_difference(clew::otlp_json_format, {{"run.jsonl", bytes}}), std::string{});
#pragma once

#include "importers/importer.h"
#include "model/base/messages.h"
#include "tests/support/collecting_sink.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace clew::test {

struct FedPart {
    std::string name;
    std::string bytes;
};

// How many bytes the next push gets; never 0.
using Split = std::size_t (*)(std::mt19937& random);
inline std::size_t whole(std::mt19937&) {
    return static_cast<std::size_t>(-1);
}
inline std::size_t byte_by_byte(std::mt19937&) {
    return 1;
}
inline std::size_t in_pieces(std::mt19937& random) {
    return 1 + random() % (random() % 4 == 0 ? 70000 : 97);
}

struct Fed {
    CollectingSink sink;
    Result<void> result; // the first error of begin, push, end or finish
};

inline Fed feed_into(Importer& importer, const std::vector<FedPart>& parts, Split split = whole,
                     unsigned seed = 1) {
    Fed fed;
    std::mt19937 random{seed};
    const auto failed = [&fed](Result<void> step) {
        if (!step && fed.result) fed.result = std::move(step);
        return !fed.result;
    };
    for (const auto& part : parts) {
        if (failed(importer.begin(Part{part.name, part.bytes.size(), kNoTime}, fed.sink))) break;
        for (std::size_t at = 0; at < part.bytes.size() && fed.result;) {
            const std::size_t size = std::min(split(random), part.bytes.size() - at);
            // A copy of exactly this size: reading beyond it, or keeping it, shows under ASan.
            const auto piece = std::make_unique<char[]>(size);
            std::copy_n(part.bytes.data() + at, size, piece.get());
            failed(importer.push({piece.get(), size}));
            at += size;
        }
        if (!fed.result || failed(importer.end())) break;
    }
    failed(importer.finish(fed.sink));
    return fed;
}

inline Fed feed(const Format& format, const std::vector<FedPart>& parts, Split split = whole,
                unsigned seed = 1) {
    return feed_into(*format.create(), parts, split, seed);
}

inline std::string described(const Note& note) {
    std::string out = sentence(note.code, note.args);
    if (note.line) out += " line " + std::to_string(*note.line);
    if (note.offset) out += " byte " + std::to_string(*note.offset);
    return out;
}

// Empty where both are the same; else the first difference in words.
inline std::string difference(const Fed& a, const Fed& b) {
    if (a.result.ok() != b.result.ok()) return "one failed, the other did not";
    if (a.sink.spans.size() != b.sink.spans.size())
        return std::to_string(a.sink.spans.size()) + " spans or " + std::to_string(b.sink.spans.size());
    for (std::size_t i = 0; i < a.sink.spans.size(); ++i)
        if (a.sink.spans[i] != b.sink.spans[i])
            return "span " + std::to_string(i) + " " + a.sink.spans[i].name;
    if (a.sink.logs != b.sink.logs) return "log records";
    if (a.sink.notes.size() != b.sink.notes.size())
        return std::to_string(a.sink.notes.size()) + " notes or " + std::to_string(b.sink.notes.size());
    for (std::size_t i = 0; i < a.sink.notes.size(); ++i)
        if (described(a.sink.notes[i]) != described(b.sink.notes[i]))
            return described(a.sink.notes[i]) + " or " + described(b.sink.notes[i]);
    return {};
}

// The same input whole, byte by byte and in random pieces; empty where all answers agree.
inline std::string split_difference(const Format& format, const std::vector<FedPart>& parts,
                                    unsigned pieces = 5) {
    const Fed expected = feed(format, parts, whole);
    std::size_t bytes = 0;
    for (const auto& part : parts)
        bytes += part.bytes.size();
    if (bytes <= 1'000'000)
        if (const auto text = difference(expected, feed(format, parts, byte_by_byte)); !text.empty())
            return "byte by byte: " + text;
    for (unsigned seed = 1; seed <= pieces; ++seed)
        if (const auto text = difference(expected, feed(format, parts, in_pieces, seed)); !text.empty())
            return "pieces of seed " + std::to_string(seed) + ": " + text;
    return {};
}

// The bytes of a file below tests/data; empty where there is none.
inline std::string read_fixture(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

} // namespace clew::test

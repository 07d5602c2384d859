// Any bytes as any format in any container: no crash and no hang, and whatever comes out is valid, however
// the input is split.
//
// The first byte picks the format (or that it is detected), the second the container, the third the splits;
// the rest is the input. Seeds are the fixtures with the bytes in front that fit them.
#include "importers/containers/container.h"
#include "importers/containers/zip.h"
#include "importers/registry.h"
#include "importers/sources/folder.h"
#include "model/base/text.h"
#include "model/trace/dialects/messages.h"
#include "tests/support/feed.h"
#include "tests/support/zip.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace clew;
using test::FedPart;

constexpr std::size_t kChoice = 3;              // bytes that choose
constexpr std::size_t kMostUnpacked = 4u << 20; // what comes out of a container is cut here
constexpr unsigned kHang = 120;                 // seconds of the clock: something waits
constexpr double kSlow = 30;                    // seconds of work: something grows faster than its input

enum class Packing : std::uint8_t { plain, pieces, gzip, zstd, zip, packed_zip, damaged_zip, count };

void require(bool truth, const std::string& what) {
    if (truth) return;
    std::fprintf(stderr, "not so: %s\n", what.c_str());
    std::abort();
}

void require_json(const std::string& text, const std::string& what) {
    require(is_utf8(text), what + " in UTF-8");
    if (!text.empty()) require(nlohmann::json::accept(text), what + " is JSON: " + text.substr(0, 500));
}

std::vector<FedPart> unpacked(Container container, const std::string& stored, std::mt19937& random) {
    FedPart out{"fuzz.json", {}};
    const auto unpacker = make_unpacker(container, "fuzz");
    const auto each = [&](std::string_view bytes) -> Result<void> {
        out.bytes += bytes;
        return out.bytes.size() > kMostUnpacked ? Result<void>(Error{"cancelled", {}, {}}) : Result<void>();
    };
    const std::string_view text = stored;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random() % 5000, text.size() - at);
        if (!unpacker->push(text.substr(at, size), each)) break;
        at += size;
    }
    unpacker->end();
    return {std::move(out)};
}

std::vector<FedPart> members(const std::string& stored) {
    const auto read = [&stored](std::uint64_t offset, std::span<char> room) -> Result<std::size_t> {
        if (offset >= stored.size()) return std::size_t{0};
        return stored.copy(room.data(), room.size(), static_cast<std::size_t>(offset));
    };
    std::vector<FedPart> out;
    const auto archive = ZipArchive::open(read, stored.size(), "fuzz.zip");
    std::size_t total = 0;
    for (std::size_t i = 0; archive && i < (*archive)->members().size(); ++i) {
        const ZipMember& member = (*archive)->members()[i];
        require(is_utf8(member.name) && !member.name.empty(), "a member has a name");
        FedPart part{member.name, {}};
        const auto stream = (*archive)->stream(i, kNoTime);
        while (total <= kMostUnpacked) {
            auto bytes = stream->read();
            if (!bytes || bytes->empty()) break;
            part.bytes += *bytes;
            total += bytes->size();
            require(part.bytes.size() <= member.size, "a member keeps to its size");
        }
        out.push_back(std::move(part));
    }
    return out;
}

// The input in up to four parts that end at line ends.
std::vector<FedPart> pieces(const std::string& text, std::mt19937& random) {
    std::vector<FedPart> out;
    std::size_t from = 0;
    for (int i = 0; i < 4 && from < text.size(); ++i) {
        std::size_t to = i == 3 ? std::string::npos : text.find('\n', from + random() % (text.size() - from));
        to = to == std::string::npos ? text.size() : to + 1;
        const char* names[] = {"run.jsonl.2", "agent-fuzz.meta.json", "agent-fuzz.jsonl", "run.jsonl"};
        out.push_back({names[i], text.substr(from, to - from)});
        from = to;
    }
    return out;
}

std::string as_zip(const std::string& text, bool damaged, std::mt19937& random) {
    test::Zip zip;
    constexpr std::uint16_t kMethods[] = {0, 8, 93};
    for (const FedPart& part : pieces(text, random))
        zip.add({.name = part.name, .text = part.bytes, .method = kMethods[random() % 3]});
    std::string out = zip.bytes();
    for (int i = 0; damaged && i < 3; ++i)
        out[random() % out.size()] ^= static_cast<char>(1 << random() % 8);
    return out;
}

std::vector<FedPart> parts_of(Packing packing, const std::string& rest, std::mt19937& random) {
    switch (packing) {
    case Packing::pieces: return pieces(rest, random);
    case Packing::gzip: return unpacked(Container::gzip, rest, random);
    case Packing::zstd: return unpacked(Container::zstd, rest, random);
    case Packing::zip: return members(rest);
    case Packing::packed_zip: return members(as_zip(rest, false, random));
    case Packing::damaged_zip: return members(as_zip(rest, true, random));
    case Packing::plain:
    case Packing::count: break;
    }
    return {{"fuzz.json", rest}};
}

const Format* detected(const std::vector<FedPart>& parts) {
    std::vector<std::string> names;
    for (const FedPart& part : parts)
        names.push_back(part.name);
    if (parts.size() > 1) {
        sources_in_archive(names, [&](std::size_t i) { return parts[i].bytes; });
        if (const Format* format = detect({.name = "fuzz.zip", .bytes = {}, .members = names})) return format;
    }
    for (const FedPart& part : parts) {
        const std::string_view head = std::string_view(part.bytes).substr(0, 64 * 1024);
        const Head seen{.name = part.name, .bytes = head, .whole = head.size() == part.bytes.size()};
        if (const Format* format = detect(seen)) return format;
    }
    return nullptr;
}

void check(const test::Fed& fed) {
    for (const auto& span : fed.sink.spans) {
        require(span.id.valid() && span.trace.valid(), "a span has ids");
        require(static_cast<int>(span.kind) < kKindCount, "a span has a kind");
        for (const auto* json :
             {&span.attributes, &span.events, &span.links, &span.resource_json, &span.scope_json})
            require_json(*json, "a span's payload");
        require_json("{" + span.rest + "}", "a span's rest");
        for (const auto* text :
             {&span.name, &span.detail, &span.model, &span.request_model, &span.provider, &span.agent,
              &span.tool, &span.session, &span.user, &span.prompt_name, &span.prompt_version,
              &span.trace_name, &span.trace_own_id, &span.own_id, &span.status_message, &span.service_name})
            require(is_utf8(*text), "a column in UTF-8");
        SpanDetail detail;
        detail.kind = span.kind;
        detail.own_id = span.own_id;
        detail.attributes = span.attributes;
        detail.events = span.events;
        conversation_of(detail);
    }
    for (const auto& log : fed.sink.logs) {
        require(log.trace.valid(), "a log record has a trace"); // without a span it is of the whole trace
        require_json(log.event, "a log record");
    }
    for (const auto& note : fed.sink.notes)
        require(find_message(note.code) != nullptr, "a note is in the table: " + std::string(note.code));
}

// A read that goes on from what was saved, and states that nobody ever saved.
void go_on(const Format& format, const FedPart& part) {
    const auto importer = format.create();
    const test::Fed fed = test::feed_into(*importer, {part});
    const auto saved = fed.result ? importer->save() : std::nullopt;
    if (saved) {
        require(saved->consumed <= part.bytes.size(), "what was saved is in the input");
        const auto next = format.create();
        require(next->restore(*saved), "what was saved can be restored");
        test::feed_into(*next, {{part.name, part.bytes.substr(static_cast<std::size_t>(saved->consumed))}});
    }
    format.create()->restore({.consumed = 0, .state = part.bytes});
    format.create()->restore({.consumed = 0, .state = "1 0 " + part.bytes});
}

} // namespace

// A fixture as seeds: as the format of its folder, as one that is detected, and in containers.
void clew_make_seeds(const std::filesystem::path& path, const std::string& bytes,
                     std::vector<std::string>& seeds) {
    const auto all = formats();
    std::size_t own = all.size();
    for (const auto& step : path) {
        std::string id = step.string();
        std::ranges::replace(id, '_', '-');
        if (const Format* found = find_format(id))
            own = static_cast<std::size_t>(std::ranges::find(all, found) - all.begin());
    }
    const auto add = [&](std::size_t format, Packing packing) {
        seeds.push_back(std::string{static_cast<char>(format), static_cast<char>(packing), '\1'} + bytes);
    };
    switch (container_of(bytes).container) {
    case Container::gzip: return add(own, Packing::gzip);
    case Container::zstd: return add(own, Packing::zstd);
    case Container::zip: return add(own, Packing::zip);
    default: break;
    }
    add(all.size(), Packing::plain);
    for (const Packing packing : {Packing::plain, Packing::plain, Packing::pieces, Packing::packed_zip})
        add(own, packing);
    add(all.size(), Packing::damaged_zip);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < kChoice) return 0;
    std::signal(SIGALRM, [](int) { std::abort(); });
    ::alarm(kHang);
    const std::clock_t begun = std::clock();
    const std::string rest(reinterpret_cast<const char*>(data) + kChoice, size - kChoice);
    std::mt19937 random{data[2]};
    const auto all = formats();
    const std::size_t picked = data[0] % (all.size() + 1);
    const auto packing = static_cast<Packing>(data[1] % static_cast<unsigned>(Packing::count));
    const std::vector<FedPart> parts = parts_of(packing, rest, random);
    const Format* format = picked < all.size() ? all[picked] : detected(parts);
    if (format != nullptr && !parts.empty()) {
        const test::Fed whole = test::feed(*format, parts);
        check(whole);
        const std::string other =
            test::difference(whole, test::feed(*format, parts, test::in_pieces, data[2]));
        require(other.empty(), "splits change nothing: " + other);
        go_on(*format, parts.front());
    }
    ::alarm(0);
    require(static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC < kSlow, "it takes no longer");
    return 0;
}

#include "importers/registry.h"

#include "importers/support/text_decoder.h"
#include "model/base/text.h"

#include <algorithm>
#include <string>

namespace clew {

namespace {

bool has_suffix_of(const Format& format, std::string_view name) {
    const std::string small = lower(name);
    return std::ranges::any_of(format.suffixes,
                               [&](std::string_view suffix) { return small.ends_with(suffix); });
}

const Format* ask(const Head& head) {
    const Format* maybe = nullptr;
    bool maybe_by_suffix = false;
    for (const Format* format : kFormats) {
        const Confidence answer = format->sniff(head);
        if (answer == Confidence::yes) return format;
        if (answer == Confidence::no || maybe_by_suffix) continue;
        const bool by_suffix = has_suffix_of(*format, head.name);
        if (maybe == nullptr || by_suffix) maybe = format;
        maybe_by_suffix = by_suffix;
    }
    return maybe;
}

} // namespace

std::span<const Format* const> formats() {
    return kFormats;
}

const Format* find_format(std::string_view id) {
    const auto it = std::ranges::find(kFormats, id, &Format::id);
    return it == kFormats.end() ? nullptr : *it;
}

const Format* detect(const Head& head) {
    if (const Format* found = ask(head)) return found;
    // UTF-16 and a byte order mark hide the text from the sniffers.
    TextDecoder decoder;
    std::string text(decoder.decode(head.bytes));
    if (head.whole) text += decoder.finish();
    if (text == head.bytes) return nullptr;
    Head converted = head;
    converted.bytes = text;
    return ask(converted);
}

} // namespace clew

#include "importers/support/text_decoder.h"

#include "model/base/text.h"

#include <utility>

namespace clew {

namespace {

bool is_ascii_start(char c) {
    return c == '{' || c == '[' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

void TextDecoder::recognise(bool last) {
    const std::string_view head = held_;
    if (head.starts_with("\xEF\xBB\xBF")) {
        encoding_ = Encoding::utf8;
        skipped_ += 3;
        held_.erase(0, 3);
    } else if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
        encoding_ = head[0] == '\xFF' ? Encoding::utf16_little : Encoding::utf16_big;
        skipped_ += 2;
        held_.erase(0, 2);
    } else if (head.size() >= 3 || last) {
        encoding_ = Encoding::utf8;
        if (head.size() >= 2 && is_ascii_start(head[0]) && head[1] == '\0')
            encoding_ = Encoding::utf16_little;
        if (head.size() >= 2 && head[0] == '\0' && is_ascii_start(head[1])) encoding_ = Encoding::utf16_big;
    } else if (head.size() == 2 && head != "\xEF\xBB") {
        recognise(true);
    } else if (head.size() == 1 && head[0] != '\xEF' && head[0] != '\xFF' && head[0] != '\xFE' &&
               head[0] != '\0' && !is_ascii_start(head[0])) {
        encoding_ = Encoding::utf8;
    }
}

std::string_view TextDecoder::convert(bool last) {
    if (encoding_ == Encoding::utf8) {
        out_ = std::exchange(held_, {});
        return out_;
    }
    const bool big = encoding_ == Encoding::utf16_big;
    std::size_t whole = held_.size() & ~std::size_t{1};
    if (!last && whole >= 2) {
        // The second half of a surrogate pair may come with the next bytes.
        const auto high = static_cast<unsigned char>(held_[big ? whole - 2 : whole - 1]);
        if (high >= 0xD8 && high <= 0xDB) whole -= 2;
    }
    out_ = utf16_to_utf8(std::string_view(held_).substr(0, whole), big);
    held_.erase(0, whole);
    if (last && !held_.empty()) {
        append_utf8(out_, 0xFFFD);
        held_.clear();
    }
    return out_;
}

std::string_view TextDecoder::decode(std::string_view bytes) {
    if (encoding_ == Encoding::utf8 && held_.empty()) return bytes;
    held_.append(bytes);
    if (encoding_ == Encoding::unknown) recognise(false);
    if (encoding_ == Encoding::unknown) return {};
    return convert(false);
}

std::string_view TextDecoder::finish() {
    if (encoding_ == Encoding::unknown) recognise(true);
    return convert(true);
}

std::uint64_t TextDecoder::take_skipped() {
    return std::exchange(skipped_, 0);
}

std::uint64_t TextDecoder::source_bytes(std::string_view text) const {
    if (encoding_ != Encoding::utf16_little && encoding_ != Encoding::utf16_big) return text.size();
    std::uint64_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0u) != 0x80u) units += byte >= 0xF0u ? 2 : 1;
    }
    return 2 * units;
}

} // namespace clew

// Bytes of a text file in any split → UTF-8: takes a BOM away and converts UTF-16 (known by its BOM, or by
// the zero bytes around a first ASCII character). One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace clew {

class TextDecoder {
public:
    // Valid until the next call; a view of `bytes` where nothing had to be changed.
    std::string_view decode(std::string_view bytes);
    // What was held back for want of more.
    std::string_view finish();

    // Bytes of a BOM that was taken away since the last call.
    std::uint64_t take_skipped();
    // How many bytes of the input `text` (whole characters of the output) stands for.
    [[nodiscard]] std::uint64_t source_bytes(std::string_view text) const;

private:
    enum class Encoding : std::uint8_t { unknown, utf8, utf16_little, utf16_big };
    void recognise(bool last);
    std::string_view convert(bool last);

    Encoding encoding_ = Encoding::unknown;
    std::string held_;
    std::string out_;
    std::uint64_t skipped_ = 0;
};

} // namespace clew

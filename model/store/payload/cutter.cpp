#include "model/store/payload/cutter.h"

#include "model/base/hash.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace clew {

namespace {

constexpr std::size_t kGearMin = 256;
constexpr std::size_t kGearMax = 8 * 1024;
constexpr std::uint64_t kGearMask = 0x0003'5900'0153'0000; // 11 bits: about 2 KB behind the minimum
constexpr std::size_t kBlankReach = 64;

// A fixed pseudo-random table (splitmix64): stored recipes depend on nothing of it, only how well texts
// repeat.
constexpr std::array<std::uint64_t, 256> make_gear() {
    std::array<std::uint64_t, 256> table{};
    std::uint64_t state = 0x636c6577;
    for (auto& entry : table) {
        state += 0x9e3779b97f4a7c15;
        std::uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        entry = z ^ (z >> 31);
    }
    return table;
}
constexpr auto kGear = make_gear();

// `from` stands behind "},": whether white space (plain, or escaped at any depth) and "{" follow.
bool opens_next(std::string_view text, std::size_t from) {
    constexpr std::size_t kReach = 48; // of pretty-printers' indentation
    const std::size_t end = std::min(text.size(), from + kReach);
    while (from < end) {
        const char c = text[from];
        if (c == '{') return true;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            ++from;
        } else if (c == '\\') {
            std::size_t letter = from;
            while (letter < end && text[letter] == '\\')
                ++letter;
            if (letter == end || (text[letter] != 'n' && text[letter] != 'r' && text[letter] != 't'))
                return false;
            from = letter + 1;
        } else {
            return false;
        }
    }
    return false;
}

void cut_by_content(std::string_view text, std::size_t begin, std::size_t end,
                    std::vector<std::size_t>& ends) {
    while (end - begin > kGearMin * 2) {
        std::uint64_t hash = 0;
        std::size_t at = begin + kGearMin;
        const std::size_t limit = std::min(end, begin + kGearMax);
        while (at < limit) {
            hash = (hash << 1) + kGear[static_cast<std::uint8_t>(text[at])];
            ++at;
            if ((hash & kGearMask) == 0) break;
        }
        const std::size_t reach = std::min(end, at + kBlankReach);
        std::size_t blank = at;
        while (blank < reach && text[blank] != ' ')
            ++blank;
        if (blank < reach) at = blank;
        if (end - at < kMinPiece) break;
        ends.push_back(at);
        begin = at;
    }
}

} // namespace

void cut(std::string_view text, std::vector<std::size_t>& ends) {
    ends.clear();
    if (text.empty()) return;
    std::size_t begin = 0;
    const auto end_piece = [&](std::size_t end) {
        if (end - begin > kFallbackFrom) cut_by_content(text, begin, end, ends);
        ends.push_back(end);
        begin = end;
    };
    std::size_t at = 0;
    while (at + 2 < text.size()) {
        const auto* brace =
            static_cast<const char*>(std::memchr(text.data() + at, '}', text.size() - 2 - at));
        if (!brace) break;
        at = static_cast<std::size_t>(brace - text.data()) + 1;
        if (text[at] != ',') continue;
        const std::size_t end = at + 1;
        if (end - begin < kMinPiece || text.size() - end < kMinPiece) continue;
        if (opens_next(text, end)) end_piece(end);
    }
    end_piece(text.size());
}

} // namespace clew

#include "model/trace/dialects/json_repair.h"

#include <charconv>
#include <cstddef>

namespace clew {

namespace {

// The code unit of "\uXXXX" at `at`; -1 where there is none.
int code_unit(std::string_view json, std::size_t at) {
    if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return -1;
    int unit = -1;
    const char* begin = json.data() + at + 2;
    const auto [end, error] = std::from_chars(begin, begin + 4, unit, 16);
    return error == std::errc{} && end == begin + 4 ? unit : -1;
}

} // namespace

std::string with_valid_escapes(std::string_view json) {
    std::string out{json};
    for (std::size_t at = out.find('\\'); at != std::string::npos; at = out.find('\\', at)) {
        const int unit = code_unit(out, at);
        if (unit < 0) {
            at += 2;
            continue;
        }
        const bool high = unit >= 0xd800 && unit <= 0xdbff;
        if (high) {
            const int next = code_unit(out, at + 6);
            if (next >= 0xdc00 && next <= 0xdfff) {
                at += 12;
                continue;
            }
        }
        if (high || (unit >= 0xdc00 && unit <= 0xdfff)) out.replace(at + 2, 4, "fffd");
        at += 6;
    }
    return out;
}

} // namespace clew

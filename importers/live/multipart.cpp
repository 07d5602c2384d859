#include "importers/live/multipart.h"

#include "model/base/text.h"

#include <algorithm>

namespace clew::live {

namespace {

constexpr std::size_t kLongestHeader = 8 * 1024; // of one part, all lines
constexpr std::size_t kMostParts = 100'000;

Error broken(std::string_view why) {
    return {"live.multipart", {std::string(why)}, {}};
}

// Up to a semicolon that stands in no quotes; the names of attachments are the user's.
std::string_view next_parameter(std::string_view& rest) {
    std::size_t end = 0;
    for (bool inside = false; end < rest.size() && (inside || rest[end] != ';'); ++end)
        inside = inside != (rest[end] == '"');
    const auto one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return one;
}

// name="x" or name=x among a header's parameters.
std::string parameter(std::string_view header, std::string_view name) {
    for (auto rest = header; !rest.empty();) {
        auto one = next_parameter(rest);
        const auto equals = one.find('=');
        if (equals == std::string_view::npos || lower(trimmed(one.substr(0, equals))) != name) continue;
        one = trimmed(one.substr(equals + 1));
        if (one.size() >= 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
        return std::string(one);
    }
    return {};
}

void read_header(std::string_view line, FormPart& part) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = lower(trimmed(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-disposition") {
        part.name = parameter(value, "name");
        part.file_name = parameter(value, "filename");
    } else if (name == "content-type") {
        part.content_type = lower(trimmed(value.substr(0, value.find(';'))));
    } else if (name == "content-encoding") {
        part.encoding = lower(value);
    }
}

} // namespace

Result<std::vector<FormPart>> form_parts(std::string_view body, std::string_view boundary) {
    if (boundary.empty()) return broken("the content type names no boundary");
    const std::string first = "--" + std::string(boundary);
    const std::string between = "\r\n" + first;
    std::size_t at = body.find(first);
    if (at == std::string_view::npos) return broken("the boundary does not occur in the body");
    at += first.size();
    std::vector<FormPart> out;
    for (;;) {
        if (body.substr(at, 2) == "--") return out;
        if (body.substr(at, 2) != "\r\n") return broken("a boundary is not followed by a line end");
        at += 2;
        FormPart part;
        const std::size_t head_begin = at;
        for (;;) {
            const auto end = body.find("\r\n", at);
            if (end == std::string_view::npos || end - head_begin > kLongestHeader)
                return broken("the header of a part does not end");
            const auto line = body.substr(at, end - at);
            at = end + 2;
            if (line.empty()) break;
            read_header(line, part);
        }
        const auto end = body.find(between, at - 2); // an empty part ends where its header does
        if (end == std::string_view::npos) return broken("the last part is cut");
        part.bytes = end < at ? std::string_view() : body.substr(at, end - at);
        if (out.size() >= kMostParts) return broken("there are too many parts");
        out.push_back(std::move(part));
        at = end + between.size();
    }
}

} // namespace clew::live

#include "importers/sources/http_message.h"

#include "importers/live/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace clew {

namespace {

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// A percent sign without two digits stays as it is.
std::string percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

int sendable(int status) {
    return status >= 200 && status <= 599 ? status : 500;
}

} // namespace

void split_uri(std::string_view uri, live::Request& request) {
    if (const std::size_t scheme = uri.find("://");
        scheme != std::string_view::npos && !uri.starts_with('/')) {
        const std::size_t path = uri.find_first_of("/?", scheme + 3);
        uri = path == std::string_view::npos ? std::string_view{} : uri.substr(path);
    }
    const std::size_t mark = uri.find('?');
    if (mark != std::string_view::npos) request.query = uri.substr(mark + 1);
    request.path = percent_decoded(uri.substr(0, mark));
    if (request.path.empty()) request.path = "/";
}

void read_content_type(live::Request& request) {
    const auto found = request.headers.find("content-type");
    if (found == request.headers.end()) return;
    std::string_view rest = found->second;
    request.content_type = live::lower(live::trimmed(rest.substr(0, rest.find(';'))));
    while (true) {
        const std::size_t semicolon = rest.find(';');
        if (semicolon == std::string_view::npos) return;
        rest.remove_prefix(semicolon + 1);
        const std::string_view parameter = live::trimmed(rest.substr(0, rest.find(';')));
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos || live::lower(parameter.substr(0, equals)) != "boundary")
            continue;
        std::string_view value = live::trimmed(rest.substr(rest.find('=') + 1));
        if (value.starts_with('"')) { // may hold a semicolon
            value = value.substr(1, value.find('"', 1) - 1);
        } else {
            value = live::trimmed(value.substr(0, value.find(';')));
        }
        request.boundary = value;
        return;
    }
}

std::optional<std::uint64_t> content_length(std::string_view value) {
    std::uint64_t out = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), out);
    if (value.empty() || code != std::errc{} || end != value.data() + value.size()) return std::nullopt;
    return out;
}

live::Reply preflight_reply(const live::Request& request) {
    live::Reply reply;
    reply.status = 204;
    reply.body.clear();
    reply.content_type.clear();
    reply.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, OPTIONS");
    const auto asked = request.headers.find("access-control-request-headers");
    reply.headers.emplace_back(
        "Access-Control-Allow-Headers",
        asked == request.headers.end() ? "Content-Type, Content-Encoding, Authorization" : asked->second);
    reply.headers.emplace_back("Access-Control-Max-Age", "600");
    if (request.headers.contains("access-control-request-private-network"))
        reply.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
    return reply;
}

void allow_origin(const std::string& origin, live::Reply& reply) {
    reply.headers.emplace_back("Access-Control-Allow-Origin", origin);
    reply.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
    reply.headers.emplace_back("Vary", "Origin");
}

std::string plain_text(const live::Reply& reply) {
    std::string out = fmt::format("HTTP/1.1 {} Refused\r\nConnection: close\r\nContent-Length: {}\r\n",
                                  sendable(reply.status), reply.body.size());
    if (!reply.content_type.empty()) out += fmt::format("Content-Type: {}\r\n", reply.content_type);
    for (const auto& [name, value] : reply.headers)
        out += fmt::format("{}: {}\r\n", name, value);
    return out + "\r\n" + reply.body;
}

MHD_Result queue_reply(MHD_Connection* connection, const live::Reply& reply) {
    MHD_Response* const response = MHD_create_response_from_buffer(
        reply.body.size(), const_cast<char*>(reply.body.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    if (!reply.content_type.empty() && reply.status != 204)
        MHD_add_response_header(response, "Content-Type", reply.content_type.c_str());
    if (reply.retry_after)
        MHD_add_response_header(response, "Retry-After", std::to_string(*reply.retry_after).c_str());
    for (const auto& [name, value] : reply.headers)
        MHD_add_response_header(response, name.c_str(), value.c_str()); // refuses line ends
    const MHD_Result queued =
        MHD_queue_response(connection, static_cast<unsigned>(sendable(reply.status)), response);
    MHD_destroy_response(response);
    return queued;
}

} // namespace clew

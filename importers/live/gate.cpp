#include "importers/live/gate.h"

#include "importers/live/printable.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace clew::live {

namespace {

using Headers = std::map<std::string, std::string, std::less<>>;

std::optional<std::string_view> value_of(const Headers& headers, std::string_view name) {
    const auto found = headers.find(name);
    if (found == headers.end()) return std::nullopt;
    return trimmed(found->second);
}

bool is_port(std::string_view text) {
    return text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char byte) { return byte >= '0' && byte <= '9'; });
}

// "localhost:4318", "127.0.0.1", "[::1]:80": by its text alone, so that no name server has a say.
bool names_loopback(std::string_view authority) {
    std::string_view host = authority;
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        if (end == std::string_view::npos) return false;
        const std::string_view behind = host.substr(end + 1);
        if (!behind.empty() && !(behind.front() == ':' && is_port(behind.substr(1)))) return false;
        in6_addr address{};
        const std::string text(host.substr(1, end - 1));
        return inet_pton(AF_INET6, text.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address) != 0;
    }
    if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
        if (!is_port(host.substr(colon + 1))) return false;
        host = host.substr(0, colon);
    }
    const std::string name = lower(host);
    if (name == "localhost" || name == "localhost.") return true;
    in_addr address{};
    return inet_pton(AF_INET, name.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

// Takes as long for a wrong token as for the right one, whatever they share.
bool same_secret(std::string_view given, std::string_view token) {
    if (token.empty()) return false;
    std::size_t differs = given.size() ^ token.size();
    for (std::size_t i = 0; i < given.size(); ++i)
        differs |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(token[i % token.size()]);
    return differs == 0;
}

std::optional<std::string> base64_decoded(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    int have = 0;
    while (text.ends_with('='))
        text.remove_suffix(1);
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (const char byte : text) {
        const std::size_t value = kAlphabet.find(byte);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffffffU;
        if ((have += 6) >= 8) out += static_cast<char>((bits >> (have -= 8)) & 0xffU);
    }
    return out;
}

bool has_token(const std::string& token, const Headers& headers) {
    if (const auto key = value_of(headers, "x-api-key"); key && same_secret(*key, token)) return true;
    const auto authorization = value_of(headers, "authorization");
    if (!authorization) return false;
    const std::size_t space = authorization->find(' ');
    if (space == std::string_view::npos) return false;
    const std::string scheme = lower(authorization->substr(0, space));
    const std::string_view rest = trimmed(authorization->substr(space));
    if (scheme == "bearer") return same_secret(rest, token);
    if (scheme != "basic") return false;
    const auto pair = base64_decoded(rest);
    if (!pair) return false;
    const std::size_t colon = pair->find(':');
    if (colon == std::string::npos) return false;
    const std::string_view both = *pair;
    // Both are compared always: no short cut tells which half was tried.
    const bool user = same_secret(both.substr(0, colon), token);
    const bool password = same_secret(both.substr(colon + 1), token);
    return user || password;
}

// A name server of another's can make any name point here (DNS rebinding): then only Host tells.
std::optional<Barred> barred_by_place(const GateRules& rules, const Headers& headers) {
    if (rules.loopback && rules.token.empty()) {
        if (const auto host = value_of(headers, "host"); host && !names_loopback(*host)) {
            return Barred{
                421, fmt::format("Host “{}” does not name this machine. Without a token, only localhost, "
                                 "127.0.0.1 and [::1] are answered.",
                                 printable(*host))};
        }
    }
    const auto origin = value_of(headers, "origin");
    if (origin && *origin != "null" && !is_local_origin(*origin)) {
        return Barred{403, fmt::format("Pages of “{}” may not send here: only pages of this machine may.",
                                       printable(*origin))};
    }
    return std::nullopt;
}

} // namespace

bool is_local_origin(std::string_view origin) {
    constexpr std::array<std::string_view, 2> kSchemes = {"http://", "https://"};
    return std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view scheme) {
        return lower(origin.substr(0, scheme.size())) == scheme &&
               names_loopback(origin.substr(scheme.size()));
    });
}

bool is_preflight(const Request& request) {
    return request.method == "OPTIONS" && request.headers.contains("origin") &&
           request.headers.contains("access-control-request-method");
}

std::optional<Barred> barred_preflight(const GateRules& rules, const Headers& headers) {
    return barred_by_place(rules, headers);
}

std::optional<Barred> barred(const GateRules& rules, const Headers& headers) {
    if (auto place = barred_by_place(rules, headers)) return place;
    if (rules.loopback && rules.token.empty()) return std::nullopt;
    if (has_token(rules.token, headers)) return std::nullopt;
    return Barred{401, "The token is missing or wrong. It comes as “Authorization: Bearer …”, as user or "
                       "password of Basic, or as “x-api-key”."};
}

} // namespace clew::live

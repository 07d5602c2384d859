// Who may talk to the endpoints: nobody but this machine unless asked, no page of a web browser, and beyond
// the loopback only who knows the token. Pure; any thread.
#pragma once

#include "importers/live/exchange.h"

#include <optional>
#include <string>
#include <string_view>

namespace clew::live {

struct GateRules {
    bool loopback = true; // bound to a loopback address
    std::string token;    // required where not loopback; where set, required on the loopback, too
};

// The sentence that refuses, with 401, 403 or 421; nullopt lets pass. Host must name the loopback (or any
// name where a token guards), Origin must be absent, "null" or local, the token may come as Bearer, as either
// half of Basic, or as x-api-key.
//
// A request without Host (HTTP/1.0) passes: every browser sends one.
struct Barred {
    int status = 403;
    std::string reason;
};
std::optional<Barred> barred(const GateRules& rules,
                             const std::map<std::string, std::string, std::less<>>& headers);

// Whether a page of this machine sent the request: http(s)://localhost, 127.0.0.0/8 or [::1], any port.
// "null" is none: a sandboxed frame of any page has that origin, so it may send, but is not let read the
// answer.
bool is_local_origin(std::string_view origin);

// A browser's question whether a page may send (OPTIONS with Origin and Access-Control-Request-Method). It
// never carries a token, so the token is not asked for.
bool is_preflight(const Request& request);
std::optional<Barred> barred_preflight(const GateRules& rules,
                                       const std::map<std::string, std::string, std::less<>>& headers);

} // namespace clew::live

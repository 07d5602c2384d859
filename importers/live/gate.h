// Who may talk to the endpoints: nobody but this machine unless asked, no page of a web browser, and beyond the
// loopback only who knows the token. Pure; any thread.
#pragma once

#include "importers/live/exchange.h"

#include <optional>
#include <string>

namespace clew::live {

struct GateRules {
    bool loopback = true; // bound to a loopback address
    std::string token;    // required where not loopback; where set, required on the loopback, too
};

// The sentence that refuses, with 401, 403 or 421; nullopt lets pass. Host must name the loopback (or any name
// where a token guards), Origin must be absent, "null" or local, the token may come as Bearer, as either half
// of Basic, or as x-api-key.
struct Barred {
    int status = 403;
    std::string reason;
};
std::optional<Barred> barred(const GateRules& rules,
                             const std::map<std::string, std::string, std::less<>>& headers);

} // namespace clew::live

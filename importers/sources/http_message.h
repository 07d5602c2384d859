// Parts of HTTP messages: what is read of a request's head, and how a reply is put together. Pure but for
// queue_reply(), which belongs to the thread of its connection.
#pragma once

#include "importers/live/exchange.h"

#include <microhttpd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

// "/v1/traces%2F?a=b", also with "http://host" before it: path and query.
void split_uri(std::string_view uri, live::Request& request);
void read_content_type(live::Request& request); // content_type and boundary, from its headers
std::optional<std::uint64_t> content_length(std::string_view value);

live::Reply preflight_reply(const live::Request& request);
void allow_origin(const std::string& origin, live::Reply& reply);
std::string plain_text(const live::Reply& reply); // as it goes over the line, closing it
MHD_Result queue_reply(MHD_Connection* connection, const live::Reply& reply);

} // namespace clew

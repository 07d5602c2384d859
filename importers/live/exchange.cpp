#include "importers/live/exchange.h"

#include "importers/live/printable.h"

#include <nlohmann/json.hpp>
#include <protozero/pbf_writer.hpp>

namespace clew::live {

namespace {

using Headers = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kLongestClientName = 80;

std::string_view value_of(const Headers& headers, std::string_view name) {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : trimmed(found->second);
}

// google.rpc.Code, as gRPC's own mapping has it where it has one.
int rpc_code(int status) {
    switch (status) {
    case 401: return 16; // UNAUTHENTICATED
    case 403:
    case 421: return 7; // PERMISSION_DENIED
    case 404: return 5; // NOT_FOUND
    case 405:
    case 501: return 12; // UNIMPLEMENTED
    case 408:
    case 504: return 4; // DEADLINE_EXCEEDED
    case 413:
    case 431: return 8; // RESOURCE_EXHAUSTED
    case 429:
    case 502:
    case 503: return 14; // UNAVAILABLE
    default: return status >= 500 ? 13 /* INTERNAL */ : 3 /* INVALID_ARGUMENT */;
    }
}

std::string joined(std::string_view name, std::string_view version) {
    std::string out(name);
    if (!version.empty()) (out += ' ') += version;
    return printable(out, kLongestClientName);
}

// The first product of "OTel-OTLP-Exporter-Python/1.27.0 grpc-c/43.0.0 (linux)".
std::string first_product(std::string_view agent) {
    const std::string_view product = agent.substr(0, agent.find(' '));
    const std::size_t slash = product.find('/');
    if (slash == 0 || slash == std::string_view::npos) return printable(agent, kLongestClientName);
    return joined(product.substr(0, slash), product.substr(slash + 1));
}

} // namespace

Reply error_reply(const Request& request, int status, std::string_view message) {
    Reply reply;
    reply.status = status;
    reply.reason = message;
    if (request.content_type == "application/x-protobuf" || request.content_type == "application/protobuf") {
        reply.content_type = request.content_type;
        reply.body.clear();
        protozero::pbf_writer writer{reply.body};
        writer.add_int32(1, rpc_code(status));
        writer.add_string(2, message.data(), message.size());
        return reply;
    }
    nlohmann::ordered_json body;
    body["code"] = rpc_code(status);
    body["message"] = message;
    body["detail"] = message;
    reply.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return reply;
}

std::string client_name(const Headers& headers) {
    // Langfuse's SDKs send through an OpenTelemetry exporter, whose user agent says less.
    if (const auto name = value_of(headers, "x-langfuse-sdk-name"); !name.empty()) {
        const bool says_so = lower(name).find("langfuse") != std::string::npos;
        return joined(says_so ? std::string(name) : "langfuse-" + std::string(name),
                      value_of(headers, "x-langfuse-sdk-version"));
    }
    const auto agent = value_of(headers, "user-agent");
    if (agent.starts_with("Mozilla/")) { // every browser; what tells pages apart is where they come from
        const auto origin = value_of(headers, "origin");
        return printable(origin.empty() ? "web browser" : "web page of " + std::string(origin),
                         kLongestClientName);
    }
    if (!agent.empty()) return first_product(agent);
    return "unknown client";
}

} // namespace clew::live

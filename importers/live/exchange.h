// One request of a live client and its answer, without the transport: HTTP and gRPC bring the same.
//
// Values. A Handler is safe from several threads; it answers exactly once, on any thread, at once or later,
// and must be able to after the transport has gone (the answer is dropped then).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clew::live {

enum class Transport : std::uint8_t { http, grpc };

struct Request {
    Transport transport = Transport::http;
    std::string method = "POST"; // upper case
    std::string path;  // as sent, percent-decoded, without the query; of a gRPC call its OTLP/HTTP path
    std::string query; // behind the question mark, as sent
    std::string content_type; // lower case, without parameters; "" where none is stated
    std::string boundary;     // of multipart bodies
    std::map<std::string, std::string, std::less<>> headers; // names in lower case, the first value of each
    std::shared_ptr<const std::string> body; // unpacked; never null; 64 bytes may be read behind it
    std::uint64_t received_bytes = 0;        // of the body, as sent
};

struct Reply {
    int status = 200; // HTTP; a gRPC transport translates it
    std::string content_type = "application/json";
    std::string body = "{}";
    std::optional<int> retry_after;                           // seconds
    std::vector<std::pair<std::string, std::string>> headers; // further ones
    std::string reason;                                       // of a refusal: the sentence in the body
};

// A request that the transport refused by itself: too large, from elsewhere, broken.
struct Refusal {
    std::string path;   // "" where it was not read
    std::string client; // as client_name() says
    int status = 400;
    std::string reason; // one sentence
};

class Handler {
public:
    virtual ~Handler() = default;
    using Answer = std::function<void(Reply)>;
    virtual void handle(Request request, Answer answer) = 0;
    virtual void refused(Refusal refusal) = 0;
};

// What an error looks like in the encoding that the client speaks: google.rpc.Status for OTLP protobuf, else
// {"code","message","detail"}.
Reply error_reply(const Request& request, int status, std::string_view message);

// "opentelemetry-js 2.2.0": from the headers that SDKs send of themselves, else the user agent; "unknown
// client" where there is none. At most 80 bytes, printable.
std::string client_name(const std::map<std::string, std::string, std::less<>>& headers);

} // namespace clew::live

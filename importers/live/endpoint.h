// Endpoint: one protocol that SDKs speak: which requests are its own, how one is read, what is answered.
//
// takes() and receive() on several threads at once: an endpoint that remembers something between requests
// guards it. A new endpoint is one file in importers/live/endpoints/ and one line in endpoints.cpp.
#pragma once

#include "importers/importer.h"
#include "importers/live/batch.h"
#include "importers/live/exchange.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace clew::live {

// What a person is told of it.
struct EndpointCard {
    std::string_view id;    // "otlp-http": stable
    std::string_view title; // "OTLP over HTTP"
    std::string_view path;  // behind http://host:port, for SDKs that want a base address; may be empty
    std::string_view hint;  // "protobuf and JSON"; may be empty
};

class Endpoint {
public:
    virtual ~Endpoint() = default;
    [[nodiscard]] virtual const EndpointCard& card() const = 0;
    [[nodiscard]] virtual bool takes(const Request& request) const = 0;
    // What the request brought goes into `batch`; the answer is given once that is kept. An answer of 400 and
    // above keeps nothing.
    virtual Reply receive(const Request& request, Batch& batch) = 0;
    // What an earlier receive() gave was not kept: what is remembered of it is wrong.
    virtual void forget() {}
};

// All of them, in the order in which they are asked.
std::vector<std::unique_ptr<Endpoint>> make_endpoints(std::shared_ptr<const TaughtKeys> taught);

} // namespace clew::live

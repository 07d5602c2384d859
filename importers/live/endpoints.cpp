#include "importers/live/endpoints/all.h"

namespace clew::live {

// More particular paths first: OTLP over HTTP takes what ends in /v1/traces behind any prefix.
std::vector<std::unique_ptr<Endpoint>> make_endpoints(std::shared_ptr<const TaughtKeys> taught) {
    std::vector<std::unique_ptr<Endpoint>> out;
    for (const auto make : {make_otlp_grpc_endpoint, make_langfuse_otlp_endpoint, make_otlp_http_endpoint,
                            make_langfuse_endpoint, make_langsmith_endpoint, make_openai_agents_endpoint,
                            make_zipkin_endpoint, make_genkit_endpoint, make_aitracer_endpoint})
        out.push_back(make(taught));
    return out;
}

} // namespace clew::live

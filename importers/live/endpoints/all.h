// The endpoints by name; the list that is asked is in importers/live/endpoints.cpp.
#pragma once

#include "importers/live/endpoint.h"

namespace clew::live {

using Taught = std::shared_ptr<const TaughtKeys>;

std::unique_ptr<Endpoint> make_otlp_grpc_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_langfuse_otlp_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_langfuse_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_langsmith_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_openai_agents_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_zipkin_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_genkit_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_aitracer_endpoint(Taught taught);
std::unique_ptr<Endpoint> make_otlp_http_endpoint(Taught taught);

} // namespace clew::live

// OTLP: /v1/traces, /v1/logs and /v1/metrics in protobuf and JSON, over HTTP (behind any prefix, and at "/"
// for exporters that are given a URL verbatim), as gRPC, and at Langfuse's address.
//
// Spans whose ids are none are rejected in partialSuccess, as the protocol has it; a body that is damaged is
// refused whole. Metrics are counted and passed over.

#include "importers/live/endpoints/all.h"
#include "importers/live/posted.h"
#include "importers/registry.h"
#include "model/base/messages.h"
#include "model/base/text.h"

#include <algorithm>
#include <array>
#include <protozero/pbf_writer.hpp>
#include <utility>

namespace clew::live {

namespace {

enum class Way : std::uint8_t { http, grpc, langfuse };

constexpr std::array<EndpointCard, 3> kCards = {{
    {"otlp-http", "OTLP over HTTP", "", "protobuf and JSON"},
    {"otlp-grpc", "OTLP over gRPC", "", ""},
    {"langfuse-otlp", "Langfuse (OTLP)", "", "SDKs from version 3 on"},
}};

constexpr std::array<std::string_view, 3> kPaths = {"/v1/traces", "/v1/logs", "/v1/metrics"};

// What is not a span's own id makes no span of a post.
std::size_t reject_made_up(Batch& batch) {
    return std::erase_if(batch.spans, [](const Span& span) { return (span.flags & kDerivedId) != 0; });
}

std::string rejected_json(std::string_view path, std::size_t count, std::string_view why) {
    std::string out = R"({"partialSuccess":{)";
    out += ends_in(path, "/v1/logs") ? R"("rejectedLogRecords":")" : R"("rejectedSpans":")";
    out += std::to_string(count) + R"(","errorMessage":)";
    append_json_string(out, why);
    return out += "}}";
}

std::string rejected_protobuf(std::size_t count, std::string_view why) {
    std::string out;
    protozero::pbf_writer response(out);
    protozero::pbf_writer partial(response, 1);
    partial.add_int64(1, static_cast<std::int64_t>(count));
    partial.add_string(2, why.data(), why.size());
    return out;
}

// A file that has something else there is mended as far as that goes; a client is told. Looks at the first
// member alone, which it is in every request with one signal.
std::optional<std::string> not_an_array(std::string_view body) {
    const auto next = [&body] {
        const auto at = body.find_first_not_of(" \t\r\n");
        body.remove_prefix(std::min(at, body.size()));
        return body.empty() ? '\0' : body.front();
    };
    if (next() != '{') return {};
    body.remove_prefix(1);
    if (next() != '"') return {};
    for (const std::string_view key : {"resourceSpans", "resourceLogs", "resourceMetrics"}) {
        if (!body.substr(1).starts_with(key) || !body.substr(key.size() + 1).starts_with('"')) continue;
        body.remove_prefix(key.size() + 2);
        if (next() != ':') return {};
        body.remove_prefix(1);
        if (next() != '[') return std::string(key);
        return {};
    }
    return {};
}

class Otlp final : public Endpoint {
public:
    Otlp(Way way, Taught taught)
        : way_(way)
        , taught_(std::move(taught)) {}

    [[nodiscard]] const EndpointCard& card() const override { return kCards[static_cast<std::size_t>(way_)]; }

    [[nodiscard]] bool takes(const Request& request) const override {
        const bool signal =
            std::ranges::any_of(kPaths, [&](std::string_view path) { return ends_in(request.path, path); });
        switch (way_) {
        case Way::grpc: return request.transport == Transport::grpc;
        case Way::langfuse: return signal && request.path.find("/api/public/otel/") != std::string::npos;
        case Way::http: break;
        }
        return signal || (request.path == "/" && request.method == "POST");
    }

    Reply receive(const Request& request, Batch& batch) override {
        if (request.method != "POST") {
            Reply reply = error_reply(request, 405, sentence("live.only_post", std::vector{request.path}));
            reply.headers.emplace_back("Allow", "POST");
            return reply;
        }
        const bool json = is_json(request);
        if (!json && !is_protobuf(request))
            return error_reply(request, 415,
                               sentence("live.content_type", std::vector{request.content_type}));
        if (const auto trouble = read(request, json, batch)) return error_reply(request, 400, *trouble);
        batch.source = posted_source(card().title, json ? otlp_json_format.id : otlp_protobuf_format.id);
        const std::size_t rejected = reject_made_up(batch);
        Reply reply{.content_type = json ? "application/json" : "application/x-protobuf",
                    .body = json ? "{}" : ""};
        if (rejected > 0) {
            const std::string why = sentence("live.bad_ids", std::vector{std::to_string(rejected)});
            reply.body = json ? rejected_json(request.path, rejected, why) : rejected_protobuf(rejected, why);
            batch.notes.push_back(
                {Severity::warning, "live.bad_ids", {std::to_string(rejected)}, {}, {}, {}});
        }
        return reply;
    }

private:
    // Why the body cannot be taken.
    std::optional<std::string> read(const Request& request, bool json, Batch& batch) const {
        const std::string_view body = *request.body;
        const auto first = json ? body.find_first_not_of(" \t\r\n") : std::size_t{0};
        if (body.empty() || first == std::string_view::npos) return {}; // nothing to export
        // No field has the number 0; a file may hold empty messages.
        if (!json && static_cast<unsigned char>(body.front()) < 8)
            return sentence("otlp.protobuf_damaged", std::vector{std::string("1")});
        if (json) {
            if (body[first] != '{') return sentence("live.no_object", {});
            if (const auto odd = not_an_array(body)) return sentence("live.not_array", std::vector{*odd});
        }
        const Format& format = json ? otlp_json_format : otlp_protobuf_format;
        if (const auto done = read_posted(format, taught_, body, batch); !done) return sentence(done.error());
        return trouble_in(batch);
    }

    const Way way_;
    const Taught taught_;
};

} // namespace

std::unique_ptr<Endpoint> make_otlp_http_endpoint(Taught taught) {
    return std::make_unique<Otlp>(Way::http, std::move(taught));
}
std::unique_ptr<Endpoint> make_otlp_grpc_endpoint(Taught taught) {
    return std::make_unique<Otlp>(Way::grpc, std::move(taught));
}
std::unique_ptr<Endpoint> make_langfuse_otlp_endpoint(Taught taught) {
    return std::make_unique<Otlp>(Way::langfuse, std::move(taught));
}

} // namespace clew::live

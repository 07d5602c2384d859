// Protocols of one path each whose bodies are what the format's files hold: OpenAI Agents SDK, Zipkin v2,
// Genkit, aitracer. The last two share a path; a trace of Genkit's names its spans.

#include "importers/live/endpoints/all.h"
#include "importers/live/posted.h"
#include "importers/registry.h"
#include "importers/support/json_keys.h"
#include "model/base/messages.h"

#include <utility>

namespace clew::live {

namespace {

struct Plain {
    EndpointCard card;
    std::string_view suffix; // of the path
    const Format* format;
    int status;                                    // of success
    bool in_pieces;                                // what a trace is is known only over several posts
    bool (*own)(const Request& request) = nullptr; // where the path does not tell
    std::string_view health = {};                  // a path that is asked whether anybody is there
};

bool names_spans(const Request& request) {
    JsonKeys object(std::string_view(*request.body).substr(0, std::size_t{64} << 10));
    return object.next() && object.has("spans");
}

class PlainEndpoint final : public Endpoint {
public:
    PlainEndpoint(const Plain& what, Taught taught)
        : what_(what)
        , taught_(taught)
        , pieces_(*what.format, std::move(taught)) {}

    [[nodiscard]] const EndpointCard& card() const override { return what_.card; }
    [[nodiscard]] bool takes(const Request& request) const override {
        if (!what_.health.empty() && ends_in(request.path, what_.health)) return true;
        return ends_in(request.path, what_.suffix) && (what_.own == nullptr || what_.own(request));
    }

    Reply receive(const Request& request, Batch& batch) override {
        if (!what_.health.empty() && ends_in(request.path, what_.health))
            return {.content_type = "text/plain", .body = "OK"};
        if (request.method != "POST") {
            Reply reply = error_reply(request, 405, sentence("live.only_post", std::vector{request.path}));
            reply.headers.emplace_back("Allow", "POST");
            return reply;
        }
        if (!is_json(request))
            return error_reply(request, 415,
                               sentence("live.content_type_json", std::vector{request.content_type}));
        // Before it meets what is remembered of others; a list without its end would be read as far as it
        // goes.
        if (!is_whole_json(*request.body)) return error_reply(request, 400, sentence("live.no_json", {}));
        const auto done = what_.in_pieces ? pieces_.read(*request.body, batch)
                                          : read_posted(*what_.format, taught_, *request.body, batch);
        if (!done) return error_reply(request, 400, sentence(done.error()));
        if (const auto trouble = trouble_in(batch)) {
            if (what_.in_pieces) pieces_.forget();
            return error_reply(request, 400, *trouble);
        }
        if (batch.spans.empty() && batch.logs.empty() && !batch.notes.empty())
            return error_reply(request, 400, sentence(batch.notes.front().code, batch.notes.front().args));
        batch.source = posted_source(what_.card.title, what_.format->id);
        return {.status = what_.status, .body = what_.status == 204 ? "" : "{}"};
    }

    void forget() override { pieces_.forget(); }

private:
    const Plain& what_;
    const Taught taught_;
    PostedPieces pieces_;
};

const Plain kOpenAiAgents{{"openai-agents", "OpenAI Agents SDK", "/v1/traces/ingest", ""},
                          "/traces/ingest",
                          &openai_agents_format,
                          204,
                          true};
const Plain kZipkin{{"zipkin", "Zipkin", "/api/v2/spans", "version 2, JSON"},
                    "/api/v2/spans",
                    &zipkin_json_format,
                    202,
                    false};
const Plain kGenkit{{"genkit", "Genkit", "", "telemetry server"},
                    "/api/traces",
                    &genkit_traces_format,
                    200,
                    false,
                    names_spans,
                    "/api/__health"};
const Plain kAitracer{
    {"aitracer", "aitracer", "/api/traces", ""}, "/api/traces", &aitracer_format, 200, false};

} // namespace

std::unique_ptr<Endpoint> make_openai_agents_endpoint(Taught taught) {
    return std::make_unique<PlainEndpoint>(kOpenAiAgents, std::move(taught));
}
std::unique_ptr<Endpoint> make_zipkin_endpoint(Taught taught) {
    return std::make_unique<PlainEndpoint>(kZipkin, std::move(taught));
}
std::unique_ptr<Endpoint> make_genkit_endpoint(Taught taught) {
    return std::make_unique<PlainEndpoint>(kGenkit, std::move(taught));
}
std::unique_ptr<Endpoint> make_aitracer_endpoint(Taught taught) {
    return std::make_unique<PlainEndpoint>(kAitracer, std::move(taught));
}

} // namespace clew::live

// Langfuse: what its SDKs ask and post beside OTLP.
//
//   POST /api/public/ingestion        {"batch":[{"id","type","timestamp","body"} …]}: always 207 with a word
//                                     on each
//   POST /api/public/scores           one score
//   GET  /api/public/health, /api/public/projects
//   GET  /api/public/v2/prompts/…     not here: SDKs go on with their fall-back
//
// Events go through the importer of Langfuse's files.

#include "importers/live/endpoints/all.h"
#include "importers/live/posted.h"
#include "importers/registry.h"
#include "importers/support/json_values.h"
#include "model/base/hash.h"
#include "model/base/messages.h"
#include "model/base/text.h"

#include <utility>

namespace clew::live {

namespace {

constexpr EndpointCard kCard{"langfuse", "Langfuse", "/api/public", "ingestion and scores"};

constexpr std::string_view kHealth = R"({"status":"OK","version":"3.0.0"})";
constexpr std::string_view kProjects =
    R"({"data":[{"id":"clew","name":"Clew","organization":{"id":"clew","name":"Clew"},"metadata":{}}]})";

// What the SDK is told of each event.
class Verdicts {
public:
    void good(std::string_view id) {
        add(good_, id);
        good_ += R"(,"status":201})";
    }
    void bad(std::string_view id, std::string_view why) {
        add(bad_, id);
        bad_ += R"(,"status":400,"message":)";
        append_json_string(bad_, why);
        bad_ += R"(,"error":"InvalidRequestError"})";
        ++bad_count_;
    }
    [[nodiscard]] std::size_t bad_count() const { return bad_count_; }
    [[nodiscard]] std::string json() const {
        return R"({"successes":[)" + good_ + R"(],"errors":[)" + bad_ + "]}";
    }

private:
    static void add(std::string& list, std::string_view id) {
        list += list.empty() ? R"({"id":)" : R"(,{"id":)";
        append_json_string(list, id);
    }
    std::string good_, bad_;
    std::size_t bad_count_ = 0;
};

class Langfuse final : public Endpoint {
public:
    explicit Langfuse(Taught taught)
        : pieces_(langfuse_format, std::move(taught)) {}

    [[nodiscard]] const EndpointCard& card() const override { return kCard; }
    [[nodiscard]] bool takes(const Request& request) const override {
        return request.path.find("/api/public/") != std::string::npos;
    }

    Reply receive(const Request& request, Batch& batch) override {
        if (request.method == "GET" || request.method == "HEAD") return ask(request);
        const bool events = ends_in(request.path, "/ingestion");
        const bool score = ends_in(request.path, "/scores");
        if (request.method != "POST" || (!events && !score)) return not_here(request);
        if (!is_json(request))
            return error_reply(request, 415,
                               sentence("live.content_type_json", std::vector{request.content_type}));
        simdjson::dom::parser parser;
        json::Object object;
        if (parser.parse(*request.body).get(object) != simdjson::SUCCESS)
            return error_reply(request, 400, sentence("live.no_object", {}));
        Reply reply = events ? judge_events(request, object) : judge_score(request, object);
        if (reply.status >= 400) return reply;
        if (auto done = pieces_.read(events ? *request.body : as_event(*request.body), batch); !done)
            return error_reply(request, 400, sentence(done.error()));
        batch.source = posted_source(kCard.title, langfuse_format.id);
        return reply;
    }

    void forget() override { pieces_.forget(); }

private:
    static Reply not_here(const Request& request) {
        return error_reply(request, 404, sentence("live.not_supported", std::vector{request.path}));
    }

    static Reply ask(const Request& request) {
        if (ends_in(request.path, "/health")) return {.body = std::string(kHealth)};
        if (ends_in(request.path, "/projects")) return {.body = std::string(kProjects)};
        return not_here(request);
    }

    static Reply judge_events(const Request& request, json::Object object) {
        const auto batch = json::array_of(object, "batch");
        if (!batch) return error_reply(request, 400, sentence("live.no_batch", {}));
        Verdicts verdicts;
        for (const json::Element element : *batch) {
            const auto event = json::as_object(element);
            const std::string_view id = event ? json::text_of(*event, "id") : std::string_view();
            const auto body = event ? json::object_of(*event, "body") : std::nullopt;
            if (!body)
                verdicts.bad(id, "The event has no body.");
            else if (json::text_of(*event, "type").empty())
                verdicts.bad(id, "The event has no type.");
            else if (json::text_of(*body, "id").empty() && json::text_of(*event, "type") != "sdk-log" &&
                     !json::text_of(*event, "type").starts_with("score-"))
                verdicts.bad(id, "The body of the event has no id.");
            else
                verdicts.good(id);
        }
        return {.status = 207, .body = verdicts.json()};
    }

    // A score alone does not say that it is one.
    static std::string as_event(std::string_view score) {
        std::string out = R"({"batch":[{"type":"score-create","body":)";
        return (out += score) += "}]}";
    }

    static Reply judge_score(const Request& request, json::Object score) {
        const bool judges = !json::first_text(score, {"traceId", "sessionId", "datasetRunId"}).empty();
        if (!judges || json::text_of(score, "name").empty())
            return error_reply(request, 400, sentence("live.bad_score", {}));
        std::string id(json::text_of(score, "id"));
        if (id.empty()) id = std::to_string(hash64(*request.body));
        std::string body = R"({"id":)";
        append_json_string(body, id);
        return {.body = body + '}'};
    }

    PostedPieces pieces_;
};

} // namespace

std::unique_ptr<Endpoint> make_langfuse_endpoint(Taught taught) {
    return std::make_unique<Langfuse>(std::move(taught));
}

} // namespace clew::live

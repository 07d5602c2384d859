// LangSmith: what its SDKs ask and post.
//
//   GET  /info                    what the server can do
//   POST /runs   PATCH /runs/ID   one run
//   POST /runs/batch              {"post":[…],"patch":[…]}
//   POST /runs/multipart          parts "post.ID", "patch.ID", "post.ID.outputs" …, "feedback.ID",
//                                 "attachment.ID.NAME"
//   POST /feedback                a score of a run
//
// All of it goes through the importer of LangSmith's files as one of their documents. Everything else that an
// application may ask of LangSmith is not here and said so.

#include "importers/live/endpoints/all.h"
#include "importers/live/multipart.h"
#include "importers/live/posted.h"
#include "importers/registry.h"
#include "importers/support/otlp_ids.h"
#include "model/base/messages.h"
#include "model/base/text.h"

#include <array>
#include <map>
#include <utility>

namespace clew::live {

namespace {

constexpr EndpointCard kCard{"langsmith", "LangSmith", "", "runs, batch, multipart"};

// Bodies in zstd are read, too, but nothing is gained on one machine.
constexpr std::string_view kInfo =
    R"({"version":"0.12.0","license_expiration_time":null,"instance_flags":{"zstd_compression_enabled":false,)"
    R"("gzip_body_enabled":true,"dataset_examples_multipart_enabled":false},"batch_ingest_config":{)"
    R"("use_multipart_endpoint":true,"size_limit":100,"size_limit_bytes":20971520,)"
    R"("scale_up_qsize_trigger":1000,"scale_up_nthreads_limit":16,"scale_down_nempty_trigger":4}})";

constexpr std::size_t kLargestAttachment = std::size_t{1} << 20; // kept; of larger ones the size

// One run of a multipart body: its own part, and those of its larger members.
struct RunParts {
    std::string_view run;                                     // JSON object
    std::vector<std::pair<std::string, std::string>> members; // name, JSON
    std::string attachments;                                  // JSON members
};

bool is_object(std::string_view json) {
    json = trimmed(json);
    return json.starts_with('{') && json.ends_with('}');
}

// The object with further members.
std::string with_members(std::string_view object, const RunParts& parts) {
    object = trimmed(object);
    std::string out(object.substr(0, object.size() - 1));
    bool any = !trimmed(object.substr(1, object.size() - 2)).empty();
    const auto add = [&](std::string_view name, std::string_view json) {
        if (std::exchange(any, true)) out += ',';
        append_json_string(out, name);
        out += ':';
        out += json;
    };
    for (const auto& [name, json] : parts.members)
        add(name, json);
    if (!parts.attachments.empty()) add("attachments", '{' + parts.attachments + '}');
    return out += '}';
}

void add_attachment(RunParts& run, std::string_view name, const FormPart& part) {
    std::string& out = run.attachments;
    if (!out.empty()) out += ',';
    append_json_string(out, name);
    out += R"(:{"mime_type":)";
    append_json_string(out, part.content_type);
    out += R"(,"bytes":)" + std::to_string(part.bytes.size());
    if (part.bytes.size() <= kLargestAttachment) {
        out += R"(,"data":"data:)" + part.content_type + ";base64,";
        append_base64(out, part.bytes);
        out += '"';
    }
    out += '}';
}

// Parts of one body as the document that files hold.
class Assembly {
public:
    // Why a part makes no sense; "" = it does.
    std::string add(const FormPart& part) {
        std::string_view rest = part.name;
        const std::string_view what = rest.substr(0, rest.find('.'));
        if (what.size() == rest.size()) return "a part has no id in its name";
        rest.remove_prefix(what.size() + 1);
        const std::string_view id = rest.substr(0, rest.find('.'));
        const std::string_view member =
            id.size() == rest.size() ? std::string_view() : rest.substr(id.size() + 1);
        if (what == "attachment") {
            add_attachment(runs_[Key{kind_of(id), std::string(id)}], member, part);
        } else if (what == "feedback") {
            if (!is_object(part.bytes)) return "feedback is no JSON object";
            feedback_.emplace_back(part.bytes);
        } else if (what == "post" || what == "patch") {
            RunParts& run = runs_[Key{std::string(what), std::string(id)}];
            kinds_.insert_or_assign(std::string(id), std::string(what));
            if (!member.empty())
                run.members.emplace_back(member,
                                         trimmed(part.bytes).empty() ? "null" : std::string(part.bytes));
            else if (is_object(part.bytes))
                run.run = part.bytes;
            else
                return "a run is no JSON object";
        } else {
            return "a part is neither a run, feedback nor an attachment";
        }
        return {};
    }

    std::string document() const {
        std::string out = "{";
        for (const std::string_view kind : {"post", "patch"}) {
            if (out.size() > 1) out += ',';
            out += '"' + std::string(kind) + "\":[";
            bool any = false;
            for (const auto& [key, run] : runs_) {
                if (key.first != kind) continue;
                if (std::exchange(any, true)) out += ',';
                std::string bare = "{\"id\":";
                append_json_string(bare, key.second);
                bare += '}';
                out += with_members(run.run.empty() ? std::string_view(bare) : run.run, run);
            }
            out += ']';
        }
        out += ",\"feedback\":[";
        for (std::size_t i = 0; i < feedback_.size(); ++i)
            (out += i > 0 ? "," : "") += feedback_[i];
        return out += "]}";
    }

private:
    using Key = std::pair<std::string, std::string>; // post or patch, id

    [[nodiscard]] std::string kind_of(std::string_view id) const {
        const auto found = kinds_.find(id);
        return found == kinds_.end() ? "patch" : found->second;
    }

    std::map<Key, RunParts> runs_;
    std::map<std::string, std::string, std::less<>> kinds_;
    std::vector<std::string_view> feedback_;
};

// The id behind /runs/.
std::string_view run_of(std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos || !path.substr(0, slash).ends_with("/runs")) return {};
    return path.substr(slash + 1);
}

class LangSmith final : public Endpoint {
public:
    explicit LangSmith(Taught taught)
        : pieces_(langsmith_format, std::move(taught)) {}

    [[nodiscard]] const EndpointCard& card() const override { return kCard; }

    [[nodiscard]] bool takes(const Request& request) const override {
        const std::string_view path = request.path;
        for (const std::string_view own : {"/info", "/runs", "/runs/batch", "/runs/multipart", "/feedback"})
            if (ends_in(path, own)) return true;
        return !run_of(path).empty() || asks_langsmith(path);
    }

    Reply receive(const Request& request, Batch& batch) override {
        const bool asks = request.method == "GET" || request.method == "HEAD";
        if (asks && ends_in(request.path, "/info")) return {.body = std::string(kInfo)};
        if (asks || asks_langsmith(request.path))
            return error_reply(request, 404, sentence("live.not_supported", std::vector{request.path}));
        if (!is_own_method(request))
            return error_reply(request, 404, sentence("live.not_supported", std::vector{request.path}));
        auto document = document_of(request);
        if (!document) return error_reply(request, 400, sentence(document.error()));
        // Before it meets what is remembered of others.
        if (!is_whole_json(*document)) return error_reply(request, 400, sentence("live.no_object", {}));
        if (auto done = pieces_.read(*document, batch); !done)
            return error_reply(request, 400, sentence(done.error()));
        if (const auto trouble = trouble_in(batch)) {
            pieces_.forget();
            return error_reply(request, 400, *trouble);
        }
        batch.source = posted_source(kCard.title, langsmith_format.id);
        if (ends_in(request.path, "/feedback")) return {.body = *request.body};
        return {.status = 202, .body = R"({"message":"Runs ingested"})"};
    }

    void forget() override { pieces_.forget(); }

private:
    static bool asks_langsmith(std::string_view path) {
        for (const std::string_view other :
             {"/sessions", "/settings", "/datasets", "/commits/", "/examples", "/projects", "/repos"})
            if (path.find(other) != std::string_view::npos) return true;
        return false;
    }

    // PATCH for one run, POST for all else; POST /runs/query and its like ask.
    static bool is_own_method(const Request& request) {
        const bool collected =
            ends_in(request.path, "/runs/batch") || ends_in(request.path, "/runs/multipart");
        return request.method == (run_of(request.path).empty() || collected ? "POST" : "PATCH");
    }

    static Result<std::string> document_of(const Request& request) {
        const std::string_view body = *request.body;
        if (ends_in(request.path, "/runs/multipart")) {
            auto parts = form_parts(body, request.boundary);
            if (!parts) return parts.error();
            Assembly assembly;
            for (const FormPart& part : *parts) {
                if (std::string why = assembly.add(part); !why.empty())
                    return Error{"live.multipart", {why + " (" + part.name + ")"}, {}};
            }
            return assembly.document();
        }
        if (!is_object(body)) return Error{"live.no_object", {}, {}};
        const std::string whole(trimmed(body));
        if (ends_in(request.path, "/runs/batch")) return whole;
        if (ends_in(request.path, "/feedback")) return "{\"feedback\":[" + whole + "]}";
        if (ends_in(request.path, "/runs")) return "{\"post\":[" + whole + "]}";
        std::string id = "{\"id\":";
        append_json_string(id, run_of(request.path));
        const std::string_view members = trimmed(std::string_view(whole).substr(1));
        return "{\"patch\":[" + id + (members == "}" ? "" : ",") + std::string(members) + "]}";
    }

    PostedPieces pieces_;
};

} // namespace

std::unique_ptr<Endpoint> make_langsmith_endpoint(Taught taught) {
    return std::make_unique<LangSmith>(std::move(taught));
}

} // namespace clew::live

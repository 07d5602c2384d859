// OpenAI Batch files, and Anthropic's message batches: one request or answer a line.
//
//   {"custom_id":"q-1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[…]}}
//   {"id":"batch_req_1","custom_id":"q-1","response":{"status_code":200,"request_id":"r","body":{…}},"error":null}
//   {"custom_id":"q-1","params":{…}}        {"custom_id":"q-1","result":{"type":"succeeded","message":{…}}}
//
// Each request is a trace of one call. Where a source holds both files (folder.h), lines of one custom_id are
// joined. A custom_id names a line within its batch only, so ids are made of the answer's own id, or of the
// request's content. Batches are billed at half the price; what a call cost is not stated, so the factor is
// kept as an attribute.

#include "importers/formats/openai_log.h"
#include "importers/registry.h"
#include "importers/support/json_importer.h"
#include "importers/support/json_keys.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

namespace clew {

namespace openai {
namespace {

constexpr std::string_view kBatchId = "openai-batch";
constexpr std::size_t kMostHeld = 512u << 20; // text of lines that wait for their other half

class BatchLog final : public JsonImporter {
public:
    BatchLog()
        : JsonImporter("openai-batch")
        , log_(out, kBatchId) {}

protected:
    Result<void> begin_part(const Part& part) override {
        log_.begin(part.modified);
        return {};
    }

    Result<void> read(json::Element root) override {
        const auto list = json::as_array(root);
        if (!list) return read_row(root);
        for (const json::Element one : *list)
            if (auto done = read_row(one); !done || out.stopped()) return done;
        return {};
    }

    Result<void> finish_source() override {
        for (const auto& [id, text] : requests_)
            add_texts(text, {});
        for (const auto& [id, text] : answers_)
            add_texts({}, text);
        if (unmatched_ > 0) note(Severity::info, "openai.batch_unmatched", {std::to_string(unmatched_)});
        log_.finish();
        return {};
    }

private:
    Result<void> read_row(json::Element element) {
        const auto row = json::as_object(element);
        const auto id = row ? json::member(*row, "custom_id") : std::nullopt;
        if (!id) {
            note(Severity::warning, "openai.no_call");
            return {};
        }
        const bool asks = json::object_of(*row, "body") || json::object_of(*row, "params");
        auto& waiting = asks ? answers_ : requests_;
        const std::string key = json::text_or_json(*id);
        std::string text = json::json_of(element);
        if (const auto other = waiting.find(key); other != waiting.end()) {
            held_ -= other->second.size();
            if (asks)
                add_texts(text, other->second);
            else
                add_texts(other->second, text);
            waiting.erase(other);
            return {};
        }
        hold(asks ? requests_ : answers_, key, std::move(text), asks);
        return {};
    }

    void hold(std::map<std::string, std::string>& lines, const std::string& id, std::string text, bool asks) {
        if (held_ + text.size() > kMostHeld || lines.contains(id)) {
            // Too much to wait for, or named twice: it stands for itself.
            asks ? add_texts(text, {}) : add_texts({}, text);
            return;
        }
        held_ += text.size();
        lines.emplace(id, std::move(text));
    }

    void add_texts(const std::string& request, const std::string& answer) {
        json::Object asked, answered;
        const bool has_request =
            !request.empty() && request_parser_.parse(request).get(asked) == simdjson::SUCCESS;
        const bool has_answer =
            !answer.empty() && answer_parser_.parse(answer).get(answered) == simdjson::SUCCESS;
        if (!has_request && has_answer) ++unmatched_;
        Record record;
        record.batch = true;
        AttributeList attributes;
        attributes.flag("openai.batch", true);
        attributes.real("openai.batch.cost_factor", 0.5);
        if (has_request) read_request(asked, record, attributes);
        if (has_answer) read_answer(answered, record);
        record.around = has_answer ? answered : asked;
        Call& call = record.call;
        if (call.response) call.shape = shape_of_response(*call.response);
        if (call.shape == Shape::none && call.request) call.shape = shape_of_request(*call.request);
        if (call.shape == Shape::none) call.shape = Shape::chat;
        record.provider = call.shape == Shape::anthropic ? "anthropic" : "openai";
        if (!log_.add(record, has_answer ? answer : request, std::move(attributes)))
            note_once(Severity::info, "times.none");
    }

    static void read_request(json::Object row, Record& record, AttributeList& attributes) {
        record.used.insert(record.used.end(), {"body", "params"});
        const auto body = json::object_of(row, "body");
        record.call.request = body ? body : json::object_of(row, "params");
        attributes.text("url.path", json::text_of(row, "url"));
        record.used.push_back("url");
    }

    static void read_answer(json::Object row, Record& record) {
        record.own_id = json::text_of(row, "id");
        const auto response = json::object_of(row, "response");
        const auto result = json::object_of(row, "result");
        record.call.error = json::member(row, "error");
        if (response) {
            record.http_status = json::integer_of(*response, "status_code");
            record.failed = record.http_status && *record.http_status >= 400;
            take_body(json::object_of(*response, "body"), record.call);
        } else if (result) {
            const std::string_view type = json::text_of(*result, "type");
            record.failed = !type.empty() && type != "succeeded";
            if (!record.call.error) record.call.error = json::member(*result, "error");
            if (!record.call.error && record.failed) record.call.error = json::member(*result, "type");
            take_body(json::object_of(*result, "message"), record.call);
        }
        if (record.call.response) record.used.insert(record.used.end(), {"response", "result"});
        record.used.insert(record.used.end(), {"id", "error"});
    }

    static void take_body(std::optional<json::Object> body, Call& call) {
        if (!body) return;
        if (shape_of_response(*body) != Shape::none)
            call.response = body;
        else if (!call.error)
            call.error = json::member(*body, "error");
    }

    CallLog log_;
    std::map<std::string, std::string> requests_, answers_; // by custom_id: lines without their other half
    std::size_t held_ = 0;
    std::uint64_t unmatched_ = 0;
    simdjson::dom::parser request_parser_, answer_parser_;
};

Confidence sniff_batch(const Head& head) {
    constexpr int kLines = 10;
    JsonKeys keys(head.bytes);
    for (int i = 0; i < kLines && keys.next(); ++i) {
        if (!keys.has("custom_id")) continue;
        const bool known = (keys.has("body") && (keys.has("url") || keys.has("method"))) ||
                           keys.has("response") || keys.has("params") || keys.has("result");
        return known ? Confidence::yes : Confidence::maybe;
    }
    return Confidence::no;
}

constexpr std::array<std::string_view, 1> kBatchSuffixes = {".jsonl"};

} // namespace
} // namespace openai

const Format openai_batch_format = {
    .id = openai::kBatchId,
    .title = "OpenAI batch (requests, answers)",
    .suffixes = openai::kBatchSuffixes,
    .sniff = openai::sniff_batch,
    .create = []() -> std::unique_ptr<Importer> { return std::make_unique<openai::BatchLog>(); },
};

} // namespace clew

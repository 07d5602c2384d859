// A record of a log of model calls: finds the request and the response under the names that people give them,
// and what stands around them (times, latency, cost, ids, errors).
//
// Nothing is fixed here but the API's own objects: {"request":{…},"response":{…}},
// {"messages":…,"response":…}, bodies that are JSON inside a string, bodies that are a stream's text or a
// list of its chunks, and objects that stand alone. Views live as long as the record's document and the
// reader. One thread at a time.
#pragma once

#include "importers/formats/openai_call.h"
#include "model/base/time.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew::openai {

struct Record {
    Call call;
    std::optional<json::Object> around; // the members beside request and response
    bool around_is_request = false;     // messages, tools … stand beside the response
    std::vector<std::string_view> used; // members of `around` that have a place

    TimeNs start = kNoTime;
    TimeNs end = kNoTime;
    TimeNs first_token = kNoTime;
    bool computed = false; // a time is the other one and a latency
    std::optional<PicoUsd> cost;
    std::optional<std::int64_t> http_status;
    Usage usage; // stated beside the response
    std::string_view own_id, trace, session, user, provider, model, name;
    bool failed = false; // a flag says so
    bool batch = false;  // billed as part of one
};

class RecordReader {
public:
    // nullopt where the object holds neither a request nor a response.
    std::optional<Record> read(json::Object object);

private:
    std::optional<json::Object> find_request(json::Element value, int depth);
    std::optional<json::Object> find_response(json::Element value, int depth);
    std::optional<json::Element> opened(std::string_view text);
    void find_objects(json::Object object, Record& record);
    void find_answer(json::Object object, Record& record);

    std::deque<simdjson::dom::parser> parsers_; // one per document that was inside a string
    std::size_t parsers_used_ = 0;
};

// When an object of the API says that it was made; kNoTime where it does not.
TimeNs created_at(json::Object response);

} // namespace clew::openai

#include "importers/support/otlp_json_reader.h"

#include "importers/support/otlp_canonical.h"
#include "importers/support/otlp_json_repair.h"
#include "importers/support/otlp_json_span.h"
#include "importers/support/otlp_members.h"
#include "importers/support/otlp_ondemand.h"
#include "importers/support/otlp_simdjson.h"
#include "model/trace/json_text.h"
#include "model/trace/span_detail.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace clew {

namespace {

namespace od = simdjson::ondemand;
using ondemand::key_of;
using ondemand::token;
using ondemand::unquoted;

constexpr std::size_t kKeptCapacity = std::size_t{32} << 20; // larger buffers are given back after use
constexpr int kEnvelopes = 3;                                // {"result":{"resourceSpans":…}} and the like

bool is_type(od::value& value, od::json_type wanted) {
    od::json_type type{};
    return good(value.type().get(type)) && type == wanted;
}

// Text that is not the input's own, with the readable bytes behind it that simdjson wants.
struct OwnText {
    std::shared_ptr<const void> owner;
    std::string_view text;
};

OwnText own(std::string text) {
    const std::size_t size = text.size();
    text.append(simdjson::SIMDJSON_PADDING, ' ');
    auto kept = std::make_shared<const std::string>(std::move(text));
    return {kept, std::string_view{*kept}.substr(0, size)};
}

std::string text_member(const nlohmann::json& json, const char* key) {
    const auto it = json.find(key);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

std::string service_name(std::string_view resource_json) {
    const auto json = nlohmann::json::parse(resource_json, nullptr, false);
    if (!json.is_object() || !json.contains("attributes")) return {};
    for (const auto& attribute : plain_attributes(json["attributes"].dump())) {
        if (attribute.key != "service.name") continue;
        const auto value = nlohmann::json::parse(attribute.json, nullptr, false);
        return value.is_string() ? value.get<std::string>() : attribute.json;
    }
    return {};
}

} // namespace

struct OtlpJsonReader::State {
    simdjson::dom::parser check;
    od::parser parser;
    OtlpTally tally;
    OtlpJsonSpan span{tally};
    std::shared_ptr<OtlpBatch> batch;

    // of the document that is being read
    OtlpPlace place;
    SpanSink* sink = nullptr;
    bool telemetry = false;
    std::string last_resource; // its JSON, to find the name of the service once
    std::string last_service;

    OtlpStep read_text(std::string_view text, std::shared_ptr<const void> owner);
    OtlpStep read_request(od::object object, int envelopes);
    OtlpStep read_batches(od::value value, bool logs);
    OtlpStep read_resource(od::object object, bool logs);
    OtlpStep read_scopes(od::value value, bool logs);
    OtlpStep read_scope(od::object object, bool logs);
    OtlpStep read_records(od::value value, bool logs);
    void count_metrics(od::value value);
    void give_back_memory();
};

// Calls `each` for every object of an array; what is no object is passed over.
template <class Each>
static OtlpStep for_objects(od::value value, OtlpTally& tally, const OtlpPlace& place, Each each) {
    od::array array;
    if (!is_type(value, od::json_type::array)) {
        if (!is_type(value, od::json_type::null)) tally.count(OtlpCase::odd_value, place, token(value));
        return OtlpStep::next;
    }
    if (!good(value.get_array().get(array))) return OtlpStep::broken;
    for (auto item : array) {
        od::value element;
        od::object object;
        if (!good(item.get(element))) return OtlpStep::broken;
        if (!is_type(element, od::json_type::object)) {
            tally.count(OtlpCase::odd_value, place, token(element));
            continue;
        }
        if (!good(element.get_object().get(object))) return OtlpStep::broken;
        if (const OtlpStep step = each(object); step != OtlpStep::next) return step;
    }
    return OtlpStep::next;
}

OtlpStep OtlpJsonReader::State::read_records(od::value value, bool logs) {
    return for_objects(value, tally, place, [&](od::object object) {
        return logs ? span.read_log(object, *sink) : span.read_span(object, *sink);
    });
}

// Twice over the members: the scope may stand behind its spans.
OtlpStep OtlpJsonReader::State::read_scope(od::object object, bool logs) {
    Scope scope;
    bool has_scope = false;
    for (auto member : object) {
        od::field field;
        if (!good(std::move(member).get(field))) return OtlpStep::broken;
        const OtlpMember known = otlp_member(key_of(field)).member;
        if (known == OtlpMember::scope) {
            scope.json.clear(); // of members that are repeated the last one counts
            if (!write_otlp_object(field.value(), scope.json)) return OtlpStep::broken;
            has_scope = true;
            scope.name = text_member(nlohmann::json::parse(scope.json, nullptr, false), "name");
        } else if (known == OtlpMember::schema_url) {
            od::value value = field.value();
            unescape_json(unquoted(token(value)), scope.schema_url);
            has_scope = has_scope || !scope.schema_url.empty();
        }
    }
    span.enter(has_scope ? batch->keep(std::move(scope)) : nullptr);
    bool some = false;
    if (!good(object.reset().get(some))) return OtlpStep::broken;
    for (auto member : object) {
        od::field field;
        if (!good(std::move(member).get(field))) return OtlpStep::broken;
        const OtlpMember known = otlp_member(key_of(field)).member;
        if (known != (logs ? OtlpMember::log_records : OtlpMember::spans)) continue;
        if (const OtlpStep step = read_records(field.value(), logs); step != OtlpStep::next) return step;
    }
    return OtlpStep::next;
}

OtlpStep OtlpJsonReader::State::read_scopes(od::value value, bool logs) {
    return for_objects(value, tally, place, [&](od::object object) { return read_scope(object, logs); });
}

OtlpStep OtlpJsonReader::State::read_resource(od::object object, bool logs) {
    Resource resource;
    bool has_resource = false;
    for (auto member : object) {
        od::field field;
        if (!good(std::move(member).get(field))) return OtlpStep::broken;
        const OtlpMember known = otlp_member(key_of(field)).member;
        if (known == OtlpMember::resource) {
            resource.json.clear();
            if (!write_otlp_object(field.value(), resource.json)) return OtlpStep::broken;
            has_resource = true;
            if (resource.json != last_resource) {
                last_resource = resource.json;
                last_service = service_name(resource.json);
            }
            resource.service_name = last_service;
        } else if (known == OtlpMember::schema_url) {
            od::value value = field.value();
            unescape_json(unquoted(token(value)), resource.schema_url);
            has_resource = has_resource || !resource.schema_url.empty();
        }
    }
    span.enter(has_resource ? batch->keep(std::move(resource)) : nullptr);
    bool some = false;
    if (!good(object.reset().get(some))) return OtlpStep::broken;
    for (auto member : object) {
        od::field field;
        if (!good(std::move(member).get(field))) return OtlpStep::broken;
        if (otlp_member(key_of(field)).member != OtlpMember::scope_batches) continue;
        if (const OtlpStep step = read_scopes(field.value(), logs); step != OtlpStep::next) return step;
    }
    return OtlpStep::next;
}

OtlpStep OtlpJsonReader::State::read_batches(od::value value, bool logs) {
    telemetry = true;
    return for_objects(value, tally, place, [&](od::object object) { return read_resource(object, logs); });
}

void OtlpJsonReader::State::count_metrics(od::value value) {
    telemetry = true;
    od::array array;
    std::size_t count = 0;
    if (is_type(value, od::json_type::array) && good(value.get_array().get(array)) &&
        good(array.count_elements().get(count)))
        tally.count(OtlpCase::metrics, place, {}, count);
}

OtlpStep OtlpJsonReader::State::read_request(od::object object, int envelopes) {
    for (auto member : object) {
        od::field field;
        if (!good(std::move(member).get(field))) return OtlpStep::broken;
        OtlpStep step = OtlpStep::next;
        od::value value = field.value();
        switch (otlp_member(key_of(field)).member) {
        case OtlpMember::resource_spans: step = read_batches(value, false); break;
        case OtlpMember::resource_logs: step = read_batches(value, true); break;
        case OtlpMember::resource_metrics: count_metrics(value); break;
        case OtlpMember::envelope: {
            od::object inner;
            if (envelopes == 0 || !is_type(value, od::json_type::object)) break;
            if (!good(value.get_object().get(inner))) return OtlpStep::broken;
            step = read_request(inner, envelopes - 1);
            break;
        }
        default: break;
        }
        if (step != OtlpStep::next) return step;
    }
    return OtlpStep::next;
}

OtlpStep OtlpJsonReader::State::read_text(std::string_view text, std::shared_ptr<const void> owner) {
    if (!batch || batch->block != owner) batch = std::make_shared<OtlpBatch>(std::move(owner));
    span.enter(batch, place);
    telemetry = false;
    od::document document;
    od::json_type type{};
    const simdjson::padded_string_view padded{text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING};
    if (!good(parser.iterate(padded).get(document)) || !good(document.type().get(type)))
        return OtlpStep::broken;
    OtlpStep step = OtlpStep::next;
    if (type == od::json_type::object) {
        od::object object;
        if (!good(document.get_object().get(object))) return OtlpStep::broken;
        step = read_request(object, kEnvelopes);
    } else if (type == od::json_type::array) {
        od::array array;
        if (!good(document.get_array().get(array))) return OtlpStep::broken;
        for (auto item : array) {
            od::value element;
            od::object object;
            if (!good(item.get(element))) return OtlpStep::broken;
            if (!is_type(element, od::json_type::object)) continue;
            if (!good(element.get_object().get(object))) return OtlpStep::broken;
            step = read_request(object, kEnvelopes);
            if (step != OtlpStep::next) break;
        }
    }
    if (!telemetry && step == OtlpStep::next) tally.count(OtlpCase::not_telemetry, place, text.substr(0, 60));
    return step;
}

void OtlpJsonReader::State::give_back_memory() {
    span.leave();
    if (check.capacity() > kKeptCapacity) check = simdjson::dom::parser{};
    if (parser.capacity() > kKeptCapacity) parser = od::parser{};
}

OtlpJsonReader::OtlpJsonReader()
    : state_(std::make_unique<State>()) {
}
OtlpJsonReader::~OtlpJsonReader() = default;
OtlpJsonReader::OtlpJsonReader(OtlpJsonReader&&) noexcept = default;
OtlpJsonReader& OtlpJsonReader::operator=(OtlpJsonReader&&) noexcept = default;

bool OtlpJsonReader::read(const JsonDocument& document, const std::string& part, SpanSink& sink) {
    State& state = *state_;
    state.place = {document.offset, document.line};
    state.sink = &sink;
    const auto note = [&](std::string_view code, std::vector<std::string> args) {
        sink.note({Severity::error, code, std::move(args), part, document.offset, document.line});
    };
    OwnText input{document.owner, document.text};
    if (document.cut) {
        input = own(close_cut_json(document.text, {"spans", "logRecords", "log_records", "logs"}));
        note("otlp.cut", {});
        if (input.text.empty()) return true;
    }
    // Reading on demand takes slices without looking inside: what is kept must be known to be valid.
    const auto check = [&](std::string_view text) {
        simdjson::dom::element element;
        return state.check.parse(text.data(), text.size(), false).get(element);
    };
    auto error = check(input.text);
    if (error != simdjson::SUCCESS && error != simdjson::DEPTH_ERROR && error != simdjson::MEMALLOC &&
        error != simdjson::CAPACITY) {
        if (RepairedJson repaired = repair_json(input.text); repaired.changed()) {
            OwnText mended = own(std::move(repaired.text));
            error = check(mended.text);
            if (error == simdjson::SUCCESS) {
                if (repaired.characters) state.tally.count(OtlpCase::repaired_text, state.place);
                if (repaired.numbers) state.tally.count(OtlpCase::repaired_number, state.place);
                input = std::move(mended);
            }
        }
    }
    OtlpStep step = OtlpStep::next;
    if (error == simdjson::DEPTH_ERROR)
        note("otlp.too_deep", {"1,024"});
    else if (error != simdjson::SUCCESS)
        note("otlp.bad_json", {simdjson::error_message(error)});
    else
        step = state.read_text(input.text, input.owner);
    if (step == OtlpStep::broken) note("otlp.bad_json", {"its structure is not what it promised"});
    state.give_back_memory();
    return step != OtlpStep::stopped;
}

void OtlpJsonReader::tell(const std::string& part, SpanSink& sink) {
    state_->tally.tell(sink, part);
}

} // namespace clew

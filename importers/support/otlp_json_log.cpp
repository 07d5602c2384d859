// OtlpJsonSpan::read_log: a log record that names a span becomes an event of that span.
#include "importers/support/otlp_canonical.h"
#include "importers/support/otlp_ids.h"
#include "importers/support/otlp_json_span.h"
#include "importers/support/otlp_log_event.h"
#include "importers/support/otlp_members.h"
#include "importers/support/otlp_ondemand.h"
#include "importers/support/otlp_values.h"
#include "model/trace/json_text.h"

#include <utility>

namespace clew {

namespace {
namespace od = simdjson::ondemand;
using ondemand::token;
using ondemand::unquoted;
} // namespace

OtlpStep OtlpJsonSpan::read_log(od::object object, SpanSink& sink) {
    LogRecord log;
    OtlpLogEvent event;
    std::string_view trace;
    std::string_view span;
    TimeNs observed = kNoTime;
    event_name_ = {};
    for (auto member : object) {
        od::field field;
        if (std::move(member).get(field) != simdjson::SUCCESS) return OtlpStep::broken;
        od::value value = field.value();
        const OtlpMember known = otlp_member(ondemand::key_of(field)).member;
        switch (known) {
        case OtlpMember::time: log.time = time(token(value)); break;
        case OtlpMember::observed_time: observed = time(token(value)); break;
        case OtlpMember::trace_id: trace = unquoted(token(value)); break;
        case OtlpMember::span_id: span = unquoted(token(value)); break;
        case OtlpMember::event_name: event.name = text(token(value)); break;
        case OtlpMember::attributes: event.attributes = list(value, List::attributes, false); break;
        case OtlpMember::body:
        case OtlpMember::severity_number:
        case OtlpMember::severity_text: {
            std::string& kept = known == OtlpMember::body              ? event.body
                                : known == OtlpMember::severity_number ? event.severity_number
                                                                       : event.severity_text;
            kept.clear(); // of members that are repeated the last one counts
            if (!write_otlp_value(value, kept)) return OtlpStep::broken;
            break;
        }
        default: break;
        }
    }
    std::string decoded;
    std::string decoded_span;
    const auto trace_id = read_trace_id(unescape_json(trace, decoded));
    const auto span_id = read_span_id(unescape_json(span, decoded_span));
    if (!trace_id || !span_id || !trace_id->valid() || !span_id->valid()) {
        tally_->count(OtlpCase::logs_without_span, place_);
        return OtlpStep::next;
    }
    log.trace = *trace_id;
    log.span = *span_id;
    if (log.time == kNoTime) log.time = observed;
    std::string name;
    if (event.name.empty()) event.name = unescape_json(event_name_, name);
    log.name = batch_->arena.copy(event.resolved_name());
    log.event = batch_->arena.copy(event.json(log.time));
    log.owner = batch_;
    return sink.add_log(std::move(log)) ? OtlpStep::next : OtlpStep::stopped;
}

} // namespace clew

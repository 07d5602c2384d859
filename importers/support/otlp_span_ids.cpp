#include "importers/support/otlp_span_ids.h"

#include "importers/support/otlp_ids.h"

#include <string>

namespace clew {

void set_otlp_ids(Span& span, const OtlpIdTexts& texts, OtlpBatch& batch, OtlpTally& tally,
                  const OtlpPlace& place) {
    if (const auto id = read_trace_id(texts.trace); id && id->valid()) {
        span.trace = *id;
    } else {
        tally.count(texts.trace.empty() || id ? OtlpCase::missing_id : OtlpCase::derived_id, place,
                    texts.trace);
        span.trace = derived_trace_id(texts.trace);
        span.trace_own_id = batch.arena.copy(texts.trace);
        span.flags |= kDerivedId;
    }
    if (const auto id = read_span_id(texts.parent))
        span.parent = *id;
    else if (!texts.parent.empty())
        span.parent = derived_span_id(span.trace, texts.parent);

    const auto own = read_span_id(texts.span);
    if (own && own->valid()) {
        span.id = *own;
        return;
    }
    span.flags |= kDerivedId;
    if (!own && !texts.span.empty()) {
        tally.count(OtlpCase::derived_id, place, texts.span);
        span.id = derived_span_id(span.trace, texts.span);
        span.own_id = batch.arena.copy(texts.span);
        return;
    }
    tally.count(OtlpCase::missing_id, place, span.name);
    span.id = derive_span_id("otlp-content",
                             {to_hex(span.trace), texts.parent, span.name, std::to_string(span.start),
                              std::to_string(span.end), span.attributes});
}

} // namespace clew

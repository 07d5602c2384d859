// The ids of a span from what its source says, whatever that is. Any thread.
#pragma once

#include "importers/support/otlp_batch.h"
#include "importers/support/otlp_tally.h"
#include "model/trace/span.h"

#include <string_view>

namespace clew {

struct OtlpIdTexts {
    std::string_view trace, span, parent;
};

// Sets trace, id, parent, and for ids that are not the source's own kDerivedId and the original text. The
// span's name, times and attributes are set before: they stand in for an id that is missing altogether.
void set_otlp_ids(Span& span, const OtlpIdTexts& texts, OtlpBatch& batch, OtlpTally& tally,
                  const OtlpPlace& place);

} // namespace clew

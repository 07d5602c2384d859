// Writes what rules found (table `finding`, the findings' columns of `trace`).
#pragma once

#include "model/base/result.h"
#include "model/store/store.h"

#include <cstdint>
#include <vector>

namespace clew {

class StoreCore;

Result<void> keep_findings(StoreCore& core, std::int64_t version, const std::vector<TraceFindings>& found);

// Span ids as `finding.spans` holds them, and back; text of `finding.args`.
std::string packed_spans(const std::vector<SpanId>& spans);
std::vector<SpanId> unpacked_spans(std::string_view bytes);
std::string packed_args(const std::vector<std::string>& args);
std::vector<std::string> unpacked_args(std::string_view json);

} // namespace clew

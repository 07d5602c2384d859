// What the OTLP readers share of simdjson.
#pragma once

#include <simdjson.h>

namespace clew {

inline bool good(simdjson::error_code error) {
    return error == simdjson::SUCCESS;
}

} // namespace clew

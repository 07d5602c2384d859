// Secrets, and data about people, in text. Any thread.
#pragma once

#include "model/trace/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace clew {

struct Sensitive {
    std::string what;  // "an AWS access key"
    std::string shown; // its first characters
    Severity severity = Severity::warning;
};

std::vector<Sensitive> sensitive_in(std::string_view text);

} // namespace clew

// The parts of a multipart/form-data body. Pure; any thread.
#pragma once

#include "model/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace clew::live {

struct FormPart {
    std::string name, file_name;
    std::string content_type; // lower case, without parameters
    std::string encoding;     // Content-Encoding of the part; "" = none
    std::string_view bytes;   // of the body
};

// "live.multipart" with the reason where the body is none, or cut.
Result<std::vector<FormPart>> form_parts(std::string_view body, std::string_view boundary);

} // namespace clew::live

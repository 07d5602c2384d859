#include "model/trace/display_name.h"

namespace clew {

std::string_view display_name(std::string_view span_name) {
    static constexpr std::string_view kOperations[] = {
        "chat ",         "text_completion ", "generate_content ", "embeddings ",
        "execute_tool ", "invoke_agent ",    "retrieval ",        "rerank ",
        "create_agent ", "invoke_workflow ", "tools/call "};
    for (const std::string_view operation : kOperations)
        if (span_name.size() > operation.size() && span_name.starts_with(operation))
            return span_name.substr(operation.size());
    return span_name;
}

} // namespace clew

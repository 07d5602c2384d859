#include "views/trace/details/tool_pairs.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace clew::views {

ToolPairs toolPairs(const Conversation& conversation) {
    ToolPairs out;
    std::map<std::string, PartPlace> byId;
    std::set<std::string> known; // ids of calls
    std::vector<PartPlace> loose;
    const auto partAt = [&](const PartPlace& place) -> const MessagePart& {
        return conversation.messages[place.first].parts[place.second];
    };
    const auto join = [&](const PartPlace& call, const PartPlace& result) {
        out.resultOf[call] = result;
        out.callOf[result] = call;
    };
    for (std::size_t m = 0; m < conversation.messages.size(); ++m) {
        for (std::size_t p = 0; p < conversation.messages[m].parts.size(); ++p) {
            const MessagePart& part = conversation.messages[m].parts[p];
            if (part.type == PartType::tool_call) {
                if (part.tool_call_id.empty())
                    loose.emplace_back(m, p);
                else
                    byId[part.tool_call_id] = {m, p};
                known.insert(part.tool_call_id);
            } else if (part.type == PartType::tool_result) {
                const auto call = byId.find(part.tool_call_id);
                if (!part.tool_call_id.empty() && call != byId.end()) {
                    join(call->second, {m, p});
                    byId.erase(call);
                    continue;
                }
                const auto same = std::ranges::find_if(loose, [&](const PartPlace& place) {
                    const MessagePart& asked = partAt(place);
                    return part.tool_name.empty() || asked.tool_name.empty() ||
                           part.tool_name == asked.tool_name;
                });
                const bool named = !part.tool_call_id.empty() && known.contains(part.tool_call_id);
                if (named || same == loose.end()) continue;
                join(*same, {m, p});
                loose.erase(same);
            }
        }
    }
    return out;
}

} // namespace clew::views

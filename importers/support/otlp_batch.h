// What the spans of one input block share and keep alive: the block, short strings made beside it, resources
// and scopes. One writer at a time; readers of what was handed out may be on other threads (nothing handed
// out moves).
#pragma once

#include "model/base/arena.h"
#include "model/trace/span.h"

#include <cstring>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>

namespace clew {

struct OtlpBatch {
    explicit OtlpBatch(std::shared_ptr<const void> input)
        : block(std::move(input)) {}

    std::shared_ptr<const void> block; // the input that texts point into
    Arena arena{16 * 1024};
    std::deque<Resource> resources;
    std::deque<Scope> scopes;

    // The one before is used again where it is the same: files of one span a line repeat it on each.
    const Resource* keep(Resource&& resource) {
        if (resources.empty() || resources.back().json != resource.json ||
            resources.back().schema_url != resource.schema_url)
            resources.push_back(std::move(resource));
        return &resources.back();
    }
    const Scope* keep(Scope&& scope) {
        if (scopes.empty() || scopes.back().json != scope.json ||
            scopes.back().schema_url != scope.schema_url)
            scopes.push_back(std::move(scope));
        return &scopes.back();
    }

    // A copy with the readable bytes behind it that simdjson wants.
    std::string_view copy_padded(std::string_view text) {
        constexpr std::size_t kPadding = 64;
        char* to = arena.allocate(text.size() + kPadding);
        std::memcpy(to, text.data(), text.size());
        std::memset(to + text.size(), ' ', kPadding);
        return {to, text.size()};
    }
};

} // namespace clew

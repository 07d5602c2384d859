// SpanEncoder: spans and log records → a CommitUnit. The second of the three threads of an import.
//
// One thread at a time. Keeps nothing of a span's memory beyond a call.
#pragma once

#include "model/store/payload/payload_encoder.h"
#include "model/store/store_core.h"
#include "model/store/write/commit_unit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace clew {

// What every record of a batch belongs to.
struct SourcePass {
    std::int64_t source = 0;
    std::int64_t pass = 0;
    bool replace = false; // see EncodedSpan
};

class SpanEncoder {
public:
    // `session` as for PayloadEncoder; `store_empty` saves the question whether a span is stored already.
    SpanEncoder(StoreCore& core, std::int64_t session, bool store_empty);

    Result<void> add(const Span& span, SourcePass from);
    void add_log(const LogRecord& record, SourcePass from);

    void add_notes(EncodedNotes&& notes) { unit_.notes.push_back(std::move(notes)); }

    [[nodiscard]] const CommitUnit& unit() const { return unit_; }
    // The unit so far, whole; the next one begins.
    CommitUnit take();

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    std::uint32_t name_slot(std::string_view text);
    TextRef keep(std::string_view text);
    std::uint32_t resource_slot(const Span& span);
    std::uint32_t scope_slot(const Span& span);
    Result<bool> is_stored(const Span& span, std::int64_t payload_hash);

    StoreCore& core_;
    PayloadEncoder payloads_;
    bool store_empty_;
    CommitUnit unit_;
    std::int64_t session_;

    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> names_;
    std::size_t name_bytes_ = 0;
    std::uint32_t next_name_ = 0;
    std::unordered_map<std::int64_t, std::uint32_t> resources_, scopes_; // by hash
    const Resource* last_resource_ = nullptr; // of last_owner_: the same object needs no second hash
    const Scope* last_scope_ = nullptr;
    std::weak_ptr<const void> resource_owner_, scope_owner_;
    std::uint32_t last_resource_slot_ = kNoSlot;
    std::uint32_t last_scope_slot_ = kNoSlot;

    std::unordered_map<TraceId, bool> stored_traces_; // whether a trace was in the store when first met
    std::unordered_set<std::uint64_t> changed_;       // spans of those that this import writes, hashed
    std::optional<ReaderLease> reader_;
    Statement find_trace_, find_hash_;
};

} // namespace clew

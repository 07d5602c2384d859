#include "model/store/write/span_encoder.h"

#include "model/base/hash.h"

namespace clew {

namespace {

constexpr std::size_t kMaxNameBytes = 32 * 1024 * 1024;
constexpr std::size_t kMaxKnownTraces = 500'000;
constexpr std::size_t kPackLogsFrom = 256;

std::int64_t positive(std::uint64_t hash) {
    return static_cast<std::int64_t>(hash & 0x7fff'ffff'ffff'ffff);
}

bool same_owner(const std::weak_ptr<const void>& a, const std::shared_ptr<const void>& b) {
    return b && !a.owner_before(b) && !b.owner_before(a);
}

} // namespace

SpanEncoder::SpanEncoder(StoreCore& core, std::int64_t session, bool store_empty)
    : core_(core)
    , payloads_(session)
    , store_empty_(store_empty)
    , session_(session) {
}

std::uint32_t SpanEncoder::name_slot(std::string_view text) {
    if (text.empty()) return kNoSlot;
    if (const auto found = names_.find(text); found != names_.end()) return found->second;
    names_.emplace(text, next_name_);
    name_bytes_ += text.size() + 64;
    unit_.new_names.emplace_back(text);
    unit_.bytes += text.size() + sizeof(std::string);
    return next_name_++;
}

TextRef SpanEncoder::keep(std::string_view text) {
    if (text.empty()) return {};
    const TextRef ref{static_cast<std::uint32_t>(unit_.text.size()), static_cast<std::uint32_t>(text.size())};
    unit_.text += text;
    unit_.bytes += text.size();
    return ref;
}

std::uint32_t SpanEncoder::resource_slot(const Span& span) {
    const Resource* resource = span.resource;
    if (!resource) return kNoSlot;
    if (resource == last_resource_ && same_owner(resource_owner_, span.owner)) return last_resource_slot_;
    const std::int64_t hash =
        positive(hash64(resource->json, hash64(resource->schema_url, hash64(resource->service_name, 1))));
    const auto [found, added] = resources_.try_emplace(hash, static_cast<std::uint32_t>(resources_.size()));
    if (added) {
        unit_.new_resources.push_back(
            {found->second, hash, resource->json, resource->schema_url, resource->service_name});
        unit_.bytes += resource->json.size() + 256;
    }
    last_resource_ = resource;
    resource_owner_ = span.owner;
    return last_resource_slot_ = found->second;
}

std::uint32_t SpanEncoder::scope_slot(const Span& span) {
    const Scope* scope = span.scope;
    if (!scope) return kNoSlot;
    if (scope == last_scope_ && same_owner(scope_owner_, span.owner)) return last_scope_slot_;
    const std::int64_t hash =
        positive(hash64(scope->json, hash64(scope->schema_url, hash64(scope->name, 2))));
    const auto [found, added] = scopes_.try_emplace(hash, static_cast<std::uint32_t>(scopes_.size()));
    if (added) {
        unit_.new_scopes.push_back({found->second, hash, scope->json, scope->schema_url, scope->name});
        unit_.bytes += scope->json.size() + 256;
    }
    last_scope_ = scope;
    scope_owner_ = span.owner;
    return last_scope_slot_ = found->second;
}

// Only spans of traces that were there before this import can be: within it, a span that comes twice is rare
// and its second payload merely takes room until the insert drops it.
Result<bool> SpanEncoder::is_stored(const Span& span, std::int64_t hash) {
    if (store_empty_) return false;
    if (!reader_) {
        auto lease = core_.lease_reader();
        if (!lease) return lease.error();
        reader_.emplace(std::move(lease).value());
        auto trace =
            (*reader_)->prepare("SELECT 1 FROM trace WHERE high = ? AND low = ? AND hidden = 0", true);
        if (!trace) return trace.error();
        find_trace_ = std::move(trace).value();
        auto stored = (*reader_)->prepare("SELECT s.payload_hash FROM trace t JOIN span s ON s.trace = t.id "
                                          "WHERE t.high = ? AND t.low = ? AND t.hidden = 0 AND s.span_id = ?",
                                          true);
        if (!stored) return stored.error();
        find_hash_ = std::move(stored).value();
    }
    if (stored_traces_.size() > kMaxKnownTraces) stored_traces_.clear();
    auto known = stored_traces_.find(span.trace);
    if (known == stored_traces_.end()) {
        find_trace_.bind_all(span.trace.high, span.trace.low);
        const auto row = find_trace_.step();
        find_trace_.reset();
        if (!row) return row.error();
        known = stored_traces_.emplace(span.trace, row.value()).first;
    }
    if (!known->second) return false;
    // What this import changes is committed later: the store's answer would be out of date.
    const std::uint64_t both = std::hash<TraceId>{}(span.trace) ^ std::hash<SpanId>{}(span.id);
    if (changed_.contains(both)) return false;
    find_hash_.bind_all(span.trace.high, span.trace.low, span.id.value);
    const auto row = find_hash_.step();
    if (!row) return row.error();
    const bool same = row.value() && find_hash_.maybe_integer(0) == hash;
    find_hash_.reset();
    if (!same) changed_.insert(both);
    return same;
}

Result<void> SpanEncoder::add(const Span& span, SourcePass from) {
    if (unit_.spans.capacity() == 0) unit_.spans.reserve(4096);
    EncodedSpan& out = unit_.spans.emplace_back();
    out.trace = span.trace;
    out.id = span.id;
    out.parent = span.parent;
    out.start = span.start;
    out.end = span.end;
    out.first_token = span.first_token;
    out.flags = span.flags;
    out.calls = span.unexecuted_calls;
    out.kind = span.kind;
    out.status = span.status;
    out.quality = span.time_quality;
    out.names[kName] = name_slot(span.name);
    out.names[kModel] = name_slot(span.model);
    out.names[kRequestModel] = name_slot(span.request_model);
    out.names[kProvider] = name_slot(span.provider);
    out.names[kAgent] = name_slot(span.agent);
    out.names[kTool] = name_slot(span.tool);
    out.names[kSession] = name_slot(span.session);
    out.names[kUser] = name_slot(span.user);
    out.names[kPromptName] = name_slot(span.prompt_name);
    out.names[kPromptVersion] = name_slot(span.prompt_version);
    out.resource = resource_slot(span);
    out.scope = scope_slot(span);
    out.source = from.source;
    out.pass = from.pass;
    out.replace = from.replace;
    out.usage = span.usage;
    out.cost = span.reported_cost;
    out.detail = keep(span.detail);
    out.status_message = keep(span.status_message);
    out.own_id = keep(span.own_id);
    out.trace_name = keep(span.trace_name);
    out.trace_own_id = keep(span.trace_own_id);
    unit_.bytes += sizeof(EncodedSpan);
    const std::array<std::string_view, kPayloadFields> fields{span.attributes, span.events, span.links,
                                                              span.rest};
    for (std::size_t field = 0; field < kPayloadFields; ++field) {
        if (!fields[field].empty()) out.payload_fields |= static_cast<std::uint8_t>(1u << field);
    }
    out.payload_hash = payload_hash(fields);
    auto stored = out.payload_fields == 0 ? Result<bool>(false) : is_stored(span, out.payload_hash);
    if (!stored) return stored.error();
    if (stored.value()) {
        out.payload_stored = true;
    } else {
        payloads_.add(span, out, unit_);
    }
    return {};
}

void SpanEncoder::add_log(const LogRecord& record, SourcePass from) {
    EncodedLog& out = unit_.logs.emplace_back();
    out.trace = record.trace;
    out.span = record.span;
    out.time = record.time;
    out.hash = positive(hash64(record.event, hash64(record.name, static_cast<std::uint64_t>(record.time))));
    out.source = from.source;
    out.name = keep(record.name);
    out.packed = record.event.size() >= kPackLogsFrom;
    out.event = out.packed ? compress(record.event) : std::string(record.event);
    unit_.bytes += sizeof(EncodedLog) + out.event.size();
}

CommitUnit SpanEncoder::take() {
    payloads_.flush(unit_);
    unit_.session = session_;
    CommitUnit out = std::move(unit_);
    unit_ = {};
    if (name_bytes_ > kMaxNameBytes) {
        names_.clear();
        name_bytes_ = 0;
        next_name_ = 0;
        unit_.names_restart = true;
    }
    return out;
}

} // namespace clew

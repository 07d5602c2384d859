#include "importers/formats/agent_telemetry_runs.h"

#include "importers/support/span_draft.h"
#include "model/base/hash.h"
#include "model/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

namespace clew::agent_telemetry {

namespace {

constexpr std::size_t kMostSavedRuns = 10'000;
constexpr std::int64_t kLargestDisorder = 100; // writers may overtake each other by some records

constexpr std::string_view kPlaceKeys[] = {"seq", "ts_epoch", "event_type"};

std::string first_text(Object object, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
        Element value;
        if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) continue;
        if (std::string text = plain_text(value); !text.empty()) return text;
    }
    return {};
}

nlohmann::json to_json(const Header& header) {
    return {header.identity,       header.agent,         header.session,    header.user, header.prompt_name,
            header.prompt_version, header.parent_run_id, header.attributes, header.time};
}

std::optional<Header> header_from_json(const nlohmann::json& json) {
    if (!json.is_array() || json.size() != 9) return {};
    if (!json[0].is_number_unsigned() || !json[8].is_number_integer()) return {};
    if (!std::all_of(json.begin() + 1, json.end() - 1, [](const auto& value) { return value.is_string(); }))
        return {};
    return Header{json[0].get<std::uint64_t>(), json[1], json[2], json[3], json[4], json[5], json[6], json[7],
                  json[8].get<TimeNs>()};
}

nlohmann::json optional_number(std::optional<std::int64_t> value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

std::optional<std::int64_t> number_or_none(const nlohmann::json& json) {
    return json.is_number_integer() ? std::optional(json.get<std::int64_t>()) : std::nullopt;
}

// Of the header that a root span was made from.
std::optional<std::uint64_t> identity_in(std::string_view root_attributes) {
    const auto attributes = nlohmann::json::parse(root_attributes, nullptr, false);
    if (!attributes.is_array()) return {};
    for (const auto& attribute : attributes) {
        if (attribute.value("key", "") != "agent_telemetry.header") continue;
        const std::string raw = attribute["value"].value("stringValue", "");
        simdjson::dom::parser parser;
        Object header;
        if (parser.parse(raw).get(header) != simdjson::SUCCESS) return {};
        return header_of(read_record(raw, header)).identity;
    }
    return {};
}

} // namespace

Header header_of(const Record& record) {
    Header out;
    std::string identity;
    for (const auto member : record.object) {
        if (std::ranges::find(kPlaceKeys, member.key) != std::end(kPlaceKeys)) continue;
        append_json_string(identity, member.key);
        identity += json_of(member.value);
    }
    out.identity = hash64(identity);
    out.agent = first_text(record.object, {"agent", "agent_name"});
    out.session = first_text(record.object, {"session_id"});
    out.user = first_text(record.object, {"user_id", "user"});
    out.prompt_name = first_text(record.object, {"prompt_template", "prompt_name"});
    out.prompt_version = first_text(record.object, {"prompt_version", "prompt_hash"});
    out.parent_run_id = first_text(record.object, {"parent_run_id"});
    out.attributes = attributes_of_header(record);
    out.time = record.time;
    return out;
}

Run::Run(std::string_view id)
    : run_id(id)
    , trace(derive_trace_id(kFormatId, {id}))
    , root(derive_span_id(kFormatId, {id})) {
}

void Run::become_another(Header with) {
    const std::string identity = fmt::format("{:016x}", with.identity);
    Run other(run_id);
    other.trace = derive_trace_id(kFormatId, {run_id, identity});
    other.root = derive_span_id(kFormatId, {run_id, identity});
    other.header = std::move(with);
    *this = std::move(other);
}

void Run::become_another(const Record& first) {
    const std::string identity =
        header ? fmt::format("{:016x}", header->identity) : fmt::format("{} {}", first.seq, first.time);
    trace = derive_trace_id(kFormatId, {run_id, identity});
    root = derive_span_id(kFormatId, {run_id, identity});
}

bool Run::is_continued_from(const TraceElsewhere& other, const Record& first) const {
    const auto stem = [](std::string_view path) {
        const std::size_t name = path.rfind('/') + 1;
        return path.substr(0, std::min(path.find('.', name), path.size()));
    };
    if (std::ranges::any_of(other.paths,
                            [&](const auto& path) { return stem(path) == stem(other.own_path); }))
        return true;
    if (header && identity_in(other.root_attributes) == header->identity) return true;
    std::int64_t last = 0;
    const std::string& text = other.last_own_id;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), last);
    const bool numbered = error == std::errc{} && stop == text.data() + text.size();
    return numbered && first.seq_number && *first.seq_number > last && first.time >= other.last_time;
}

bool Run::follow(const Record& record) {
    bool again = false;
    if (record.seq_number && last_seq) {
        const std::int64_t seq = *record.seq_number;
        const bool later = record.time == kNoTime || last_time == kNoTime || record.time > last_time;
        again = later && seq <= *last_seq && (seq <= *first_seq || *last_seq - seq > kLargestDisorder);
    }
    if (again) {
        ++attempt;
        tool_parent = {};
        first_seq = last_seq = record.seq_number;
    } else if (record.seq_number) {
        first_seq = first_seq ? std::min(*first_seq, *record.seq_number) : *record.seq_number;
        last_seq = last_seq ? std::max(*last_seq, *record.seq_number) : *record.seq_number;
    }
    last_time = std::max(last_time, record.time);
    return again;
}

void Run::extend(TimeNs from, TimeNs to) {
    if (from == kNoTime || to == kNoTime) return;
    start = start == kNoTime ? from : std::min(start, from);
    end = std::max(end, to);
}

Run& Runs::of(std::string_view run_id) {
    if (last_ != nullptr && last_->run_id == run_id) return *last_;
    auto it = runs_.find(run_id);
    if (it == runs_.end()) it = runs_.emplace(std::string(run_id), Run(run_id)).first;
    last_ = &it->second;
    return *last_;
}

std::optional<std::string> Runs::save() const {
    if (runs_.size() > kMostSavedRuns) return {};
    auto out = nlohmann::json::array();
    for (const auto& [id, run] : runs_) {
        out.push_back({id, to_hex(run.trace), to_hex(run.root), run.start, run.end, to_hex(run.tool_parent),
                       optional_number(run.first_seq), optional_number(run.last_seq), run.last_time,
                       run.attempt, run.spans, run.header ? to_json(*run.header) : nlohmann::json(),
                       run.next_header ? to_json(*run.next_header) : nlohmann::json()});
    }
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool Runs::restore(std::string_view state) {
    const auto json = nlohmann::json::parse(state, nullptr, false);
    if (!json.is_array()) return false;
    std::map<std::string, Run, std::less<>> runs;
    for (const auto& one : json) {
        if (!one.is_array() || one.size() != 13 || !one[0].is_string()) return false;
        for (const std::size_t i : {1u, 2u, 5u}) {
            if (!one[i].is_string()) return false;
        }
        for (const std::size_t i : {3u, 4u, 8u, 9u, 10u}) {
            if (!one[i].is_number_integer()) return false;
        }
        Run run(one[0].get<std::string>());
        const auto trace = trace_id_from_hex(one[1].get<std::string>());
        const auto root = span_id_from_hex(one[2].get<std::string>());
        const auto parent = span_id_from_hex(one[5].get<std::string>());
        if (!trace || !root || !parent) return false;
        run.trace = *trace;
        run.root = *root;
        run.start = one[3].get<TimeNs>();
        run.end = one[4].get<TimeNs>();
        run.tool_parent = *parent;
        run.first_seq = number_or_none(one[6]);
        run.last_seq = number_or_none(one[7]);
        if (run.first_seq.has_value() != run.last_seq.has_value()) return false;
        run.last_time = one[8].get<TimeNs>();
        run.attempt = one[9].get<unsigned>();
        run.spans = one[10].get<std::uint64_t>();
        run.header = header_from_json(one[11]);
        run.next_header = header_from_json(one[12]);
        std::string id = run.run_id;
        runs.emplace(std::move(id), std::move(run));
    }
    runs_ = std::move(runs);
    last_ = nullptr;
    return true;
}

bool add_root(const Run& run, bool ended, SpanSink& sink) {
    const Header none;
    // Without a further step, a later header is the same run's.
    const auto& said = ended && run.next_header ? run.next_header : run.header;
    const Header& header = said ? *said : none;
    const auto draft = std::make_shared<SpanDraft>(
        SpanDraft{.name = header.agent.empty() ? run.run_id : header.agent,
                  .agent = header.agent,
                  .session = header.session,
                  .user = header.user,
                  .prompt_name = header.prompt_name,
                  .prompt_version = header.prompt_version,
                  .trace_own_id = run.run_id,
                  .own_id = run.run_id,
                  .attributes = said ? header.attributes : attributes_without_header(run.run_id)});
    if (!header.parent_run_id.empty()) {
        const Run parent(header.parent_run_id);
        draft->links =
            fmt::format(R"([{{"traceId":"{}","spanId":"{}"}}])", to_hex(parent.trace), to_hex(parent.root));
    }
    Span span = borrowed_span(*draft);
    span.trace = run.trace;
    span.id = run.root;
    span.start = run.start != kNoTime ? run.start : header.time;
    if (ended) span.end = run.end != kNoTime ? run.end : header.time;
    span.kind = Kind::agent;
    span.time_quality = TimeQuality::derived;
    span.flags = kSynthesized | kDerivedId;
    span.owner = draft;
    return sink.add(std::move(span));
}

} // namespace clew::agent_telemetry

#include "importers/live/counters.h"

#include <algorithm>

namespace clew::live {

namespace {

constexpr std::int64_t kRateSeconds = 10;
constexpr std::int64_t kActivitySeconds = 4; // a bucket of LiveClient::activity
constexpr std::size_t kShownClients = 50;

DurationNs percentile(std::vector<DurationNs>& values, double part) {
    const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, values.begin() + at);
    return values[static_cast<std::size_t>(at)];
}

} // namespace

Counters::Counters()
    : begun_(Clock::now())
    , since_(now()) {
}

std::int64_t Counters::second() const {
    return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun_).count();
}

void Counters::Seconds::add(std::int64_t second, std::uint64_t count) {
    for (std::int64_t gone = std::max(newest + 1, second - kSeconds + 1); gone <= second; ++gone)
        spans[static_cast<std::size_t>(gone % kSeconds)] = 0;
    newest = std::max(newest, second);
    std::uint32_t& here = spans[static_cast<std::size_t>(second % kSeconds)];
    here += static_cast<std::uint32_t>(std::min<std::uint64_t>(count, UINT32_MAX - here));
}

std::uint32_t Counters::Seconds::at(std::int64_t second) const {
    if (second < 0 || second > newest || second <= newest - kSeconds) return 0;
    return spans[static_cast<std::size_t>(second % kSeconds)];
}

// The running second is left out unless it is all there is: it would always seem too low.
double Counters::Seconds::rate(std::int64_t now) const {
    const std::int64_t last = std::max<std::int64_t>(now - 1, 0);
    const std::int64_t first = std::max<std::int64_t>(last - kRateSeconds + 1, 0);
    double sum = 0;
    for (std::int64_t i = first; i <= last; ++i)
        sum += at(i);
    return sum / static_cast<double>(last - first + 1);
}

Counters::Tally& Counters::client(std::string_view name) {
    if (const auto found = clients_.find(name); found != clients_.end()) return found->second;
    if (clients_.size() >= kClients) // whoever makes up names does not grow the list
        clients_.erase(
            std::ranges::min_element(clients_, {}, [](const auto& one) { return one.second.last; }));
    return clients_[std::string(name)];
}

void Counters::received(const Received& what) {
    const std::scoped_lock lock(mutex_);
    const std::int64_t second = this->second();
    const TimeNs time = now();
    bytes_ += what.bytes;
    Tally nobody;
    Tally& from = what.client.empty() ? nobody : client(what.client);
    for (Tally* tally : {&all_, &endpoints_[std::string(what.endpoint)], &from}) {
        tally->spans += what.spans;
        ++tally->requests;
        tally->seconds.add(second, what.spans);
        tally->last = time;
    }
    if (!what.service.empty()) from.service = what.service;
}

void Counters::refused(std::string_view name, std::string_view reason) {
    const std::scoped_lock lock(mutex_);
    ++all_.refused;
    Tally& from = client(name);
    ++from.refused;
    from.last_refusal = reason;
    from.last = now();
}

void Counters::answered(std::chrono::nanoseconds after) {
    const std::scoped_lock lock(mutex_);
    if (latencies_.size() < kLatencies)
        latencies_.push_back(after.count());
    else
        latencies_[next_latency_ % kLatencies] = after.count();
    ++next_latency_;
}

void Counters::clear() {
    const std::scoped_lock lock(mutex_);
    begun_ = Clock::now();
    since_ = now();
    bytes_ = 0;
    all_ = {};
    endpoints_.clear();
    clients_.clear();
    latencies_.clear();
    next_latency_ = 0;
}

void Counters::fill(LiveStatus& status) const {
    const std::scoped_lock lock(mutex_);
    const std::int64_t second = this->second();
    status.since = since_;
    status.spans = all_.spans;
    status.bytes = bytes_;
    status.requests = all_.requests;
    status.refused = all_.refused;
    status.spans_per_second = all_.seconds.rate(second);
    status.per_second.resize(kSeconds);
    for (int i = 0; i < kSeconds; ++i)
        status.per_second[static_cast<std::size_t>(i)] = all_.seconds.at(second - kSeconds + 1 + i);
    if (!latencies_.empty()) {
        std::vector<DurationNs> sorted = latencies_;
        status.ack_p50 = percentile(sorted, 0.5);
        status.ack_p99 = percentile(sorted, 0.99);
    }
    for (const auto& [name, tally] : clients_) {
        LiveClient client{.name = name,
                          .service = tally.service,
                          .spans = tally.spans,
                          .refused = tally.refused,
                          .last_refusal = tally.last_refusal,
                          .spans_per_second = tally.seconds.rate(second),
                          .activity = std::vector<std::uint32_t>(kSeconds / kActivitySeconds),
                          .last = tally.last};
        for (int i = 0; i < kSeconds; ++i)
            client.activity[static_cast<std::size_t>(i / kActivitySeconds)] +=
                tally.seconds.at(second - kSeconds + 1 + i);
        status.clients.push_back(std::move(client));
    }
    std::ranges::sort(status.clients, std::ranges::greater{}, &LiveClient::last);
    if (status.clients.size() > kShownClients) status.clients.resize(kShownClients);
}

void Counters::fill(LiveEndpoint& endpoint) const {
    const std::scoped_lock lock(mutex_);
    const auto found = endpoints_.find(endpoint.id);
    if (found == endpoints_.end()) return;
    endpoint.spans = found->second.spans;
    endpoint.requests = found->second.requests;
    endpoint.spans_per_second = found->second.seconds.rate(second());
    endpoint.last = found->second.last;
}

} // namespace clew::live

#include "app/live/live_service.h"

#include "importers/import_job.h"
#include "model/base/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace clew::app {

namespace {

constexpr std::string_view kStdinId = "stdin";

std::string url(const std::string& address, std::uint16_t port) {
    return address.find(':') == std::string::npos ? fmt::format("http://{}:{}", address, port)
                                                  : fmt::format("http://[{}]:{}", address, port);
}

} // namespace

std::string follow_id(const std::string& path) {
    return "follow:" + path;
}

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1" || address == "localhost";
}

LiveService::LiveService(Store& store, LiveOptions options)
    : store_(store)
    , options_(std::move(options))
    , receiver_(
          {.durability = options_.durability}, [&store] { return store.live_target(); }, options_.taught) {
}

LiveService::~LiveService() {
    finish();
}

void LiveService::finish() {
    stdin_thread_.request_stop();
    if (stdin_thread_.joinable()) stdin_thread_.join();
    std::vector<std::unique_ptr<live::Follower>> followers;
    {
        const std::scoped_lock lock(mutex_);
        followers.swap(followers_);
    }
    followers.clear();
    stop_listening();
    receiver_.close();
}

Result<void> LiveService::listen(std::optional<std::uint16_t> http, std::optional<std::uint16_t> grpc) {
    const live::GateRules gate{is_loopback(options_.address), options_.token};
    if (!gate.loopback && gate.token.empty()) return Error{"live.token_needed", {options_.address}, {}};
    stop_listening();
    std::unique_ptr<HttpServer> http_server;
    std::unique_ptr<GrpcServer> grpc_server;
    if (http) {
        HttpServerOptions how;
        how.address = options_.address;
        how.port = *http;
        how.gate = gate;
        auto started = HttpServer::start(how, receiver_);
        if (!started) return started.error();
        http_server = std::move(*started);
    }
    if (grpc) {
        GrpcServerOptions how;
        how.address = options_.address;
        how.port = *grpc;
        how.gate = gate;
        auto started = GrpcServer::start(how, receiver_);
        if (!started) return started.error();
        grpc_server = std::move(*started);
    }
    const std::scoped_lock lock(mutex_);
    http_ = std::move(http_server);
    grpc_ = std::move(grpc_server);
    return {};
}

void LiveService::stop_listening() {
    std::unique_ptr<HttpServer> http;
    std::unique_ptr<GrpcServer> grpc;
    {
        const std::scoped_lock lock(mutex_);
        http = std::move(http_);
        grpc = std::move(grpc_);
    }
}

std::optional<std::uint16_t> LiveService::http_port() const {
    const std::scoped_lock lock(mutex_);
    return http_ ? std::optional(http_->port()) : std::nullopt;
}

std::optional<std::uint16_t> LiveService::grpc_port() const {
    const std::scoped_lock lock(mutex_);
    return grpc_ ? std::optional(grpc_->port()) : std::nullopt;
}

ImportOptions LiveService::import_options(const std::string& path) const {
    ImportOptions out;
    out.path = path;
    out.formats = options_.formats;
    out.taught = options_.taught;
    return out;
}

void LiveService::follow(const std::string& path) {
    unfollow(path);
    auto follower = std::make_unique<live::Follower>(
        import_options(path), [this](std::stop_token stop) { return store_.import_target(std::move(stop)); },
        [this, id = follow_id(path)](std::uint64_t spans, std::uint64_t bytes) {
            receiver_.counters().received({.endpoint = id, .spans = spans, .bytes = bytes});
        });
    const std::scoped_lock lock(mutex_);
    followers_.push_back(std::move(follower));
}

void LiveService::unfollow(const std::string& path) {
    std::unique_ptr<live::Follower> gone;
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(followers_, path, [](const auto& one) { return one->path(); });
    if (found == followers_.end()) return;
    gone = std::move(*found);
    followers_.erase(found);
}

void LiveService::read_standard_input(std::function<void(Result<SourceReport>)> ended) {
    stdin_thread_ = std::jthread([this, ended = std::move(ended)](const std::stop_token& stop) {
        auto target = store_.import_target(stop);
        if (!target) {
            ended(target.error());
            return;
        }
        std::uint64_t spans = 0, bytes = 0;
        ImportOptions how = import_options("-");
        how.progress = [&](const ImportProgress& progress) {
            receiver_.counters().received({.endpoint = kStdinId,
                                           .spans = progress.spans - spans,
                                           .bytes = progress.bytes_read - bytes});
            spans = progress.spans;
            bytes = progress.bytes_read;
        };
        ended(import_source(how, **target, stop));
    });
}

void LiveService::add_listening(LiveStatus& status) const {
    // What most people look for first; the order of asking is another.
    std::ranges::stable_partition(status.endpoints,
                                  [](const LiveEndpoint& one) { return one.id == "otlp-http"; });
    for (LiveEndpoint& endpoint : status.endpoints) {
        const bool grpc = endpoint.id == "otlp-grpc";
        if (grpc && grpc_)
            endpoint.address = fmt::format("{}:{}", options_.address, grpc_->port());
        else if (!grpc && http_)
            endpoint.address = url(options_.address, http_->port()) + endpoint.address;
        else
            endpoint.trouble = sentence("live.off", {});
    }
    for (const auto& follower : followers_) {
        const live::Follower::Status now = follower->status();
        LiveEndpoint one{.id = follow_id(follower->path()),
                         .title = "Follow",
                         .address = follower->path(),
                         .hint = fmt::format("{} {}", now.files, now.files == 1 ? "file" : "files"),
                         .trouble = now.trouble};
        status.endpoints.push_back(std::move(one));
    }
    if (stdin_thread_.joinable())
        status.endpoints.push_back({.id = std::string(kStdinId), .title = "Standard input", .address = "-"});
}

LiveStatus LiveService::status() const {
    LiveStatus status = receiver_.status();
    const std::scoped_lock lock(mutex_);
    status.listening = http_ || grpc_ || !followers_.empty();
    status.loopback_only = is_loopback(options_.address);
    const std::size_t known = status.endpoints.size();
    add_listening(status);
    for (std::size_t i = known; i < status.endpoints.size(); ++i)
        receiver_.counters().fill(status.endpoints[i]);
    return status;
}

} // namespace clew::app

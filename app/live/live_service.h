// LiveService: the live sources of one store: HTTP, gRPC, followed files and folders, standard input. What
// `clew serve` runs headless and the window on its Live page.
//
// Public functions on one thread; status() on any. Destroyed before the store: stops listening, then stores
// everything that was received.
#pragma once

#include "importers/known_formats.h"
#include "importers/live/follower.h"
#include "importers/live/receiver.h"
#include "importers/sources/grpc_server.h"
#include "importers/sources/http_server.h"
#include "model/base/result.h"
#include "model/store/store.h"
#include "model/trace/live_status.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace clew::app {

struct LiveOptions {
    std::string address = "127.0.0.1";
    std::optional<std::uint16_t> http; // nullopt = off, 0 = a free port
    std::optional<std::uint16_t> grpc;
    std::string token; // required where the address is not the loopback's
    Durability durability = Durability::complete;
    Formats formats;
    std::shared_ptr<const TaughtKeys> taught; // may be null
};

class LiveService {
public:
    // Receives nothing yet. The store outlives the service.
    LiveService(Store& store, LiveOptions options);
    ~LiveService();

    // Opens the ports that the options name; where one fails, none is open.
    Result<void> listen(std::optional<std::uint16_t> http, std::optional<std::uint16_t> grpc);
    Result<void> listen() { return listen(options_.http, options_.grpc); }
    void stop_listening();
    [[nodiscard]] std::optional<std::uint16_t> http_port() const;
    [[nodiscard]] std::optional<std::uint16_t> grpc_port() const;

    void follow(const std::string& path);
    void unfollow(const std::string& path);
    // Reads standard input until it ends; then `ended` is called on the reading thread.
    void read_standard_input(std::function<void(Result<SourceReport>)> ended);

    // The end: receives no more and returns once all of it is stored; status() then says what was lost.
    void finish();

    void set_paused(bool paused) { receiver_.set_paused(paused); }
    void set_durability(Durability durability) { receiver_.set_durability(durability); }
    void clear() { receiver_.clear(); }

    [[nodiscard]] LiveStatus status() const;

private:
    [[nodiscard]] ImportOptions import_options(const std::string& path) const;
    void add_listening(LiveStatus& status) const;

    Store& store_;
    const LiveOptions options_;
    live::Receiver receiver_;
    mutable std::mutex mutex_; // guards what follows, up to the thread
    std::unique_ptr<HttpServer> http_;
    std::unique_ptr<GrpcServer> grpc_;
    std::vector<std::unique_ptr<live::Follower>> followers_;
    std::jthread stdin_thread_;
};

// "follow:/home/me/runs": LiveEndpoint::id of a followed path.
std::string follow_id(const std::string& path);

bool is_loopback(const std::string& address);

} // namespace clew::app

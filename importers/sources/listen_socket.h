// A listening TCP socket of this process alone: no other program shares its port (no SO_REUSEPORT), and it
// binds at once after a restart, though old connections linger (SO_REUSEADDR).
#pragma once

#include "model/base/result.h"

#include <cstdint>
#include <string>

namespace clew {

class ListenSocket {
public:
    // `address` is an IPv4 or IPv6 literal, port 0 a free one. "live.port_taken", "live.cannot_listen".
    static Result<ListenSocket> open(const std::string& address, std::uint16_t port);

    ListenSocket(ListenSocket&& other) noexcept;
    ListenSocket& operator=(ListenSocket&& other) noexcept;
    ListenSocket(const ListenSocket&) = delete;
    ListenSocket& operator=(const ListenSocket&) = delete;
    ~ListenSocket();

    [[nodiscard]] int descriptor() const { return fd_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    ListenSocket(int fd, std::uint16_t port)
        : fd_(fd)
        , port_(port) {}

    int fd_ = -1;
    std::uint16_t port_ = 0;
};

// The first port from `first` on, among a hundred, that can be listened on; 0 where there is none.
std::uint16_t free_port_from(const std::string& address, std::uint16_t first);

} // namespace clew

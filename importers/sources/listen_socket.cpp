#include "importers/sources/listen_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace clew {

namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0; // 0: not a literal
};

Address address_of(const std::string& literal, std::uint16_t port) {
    Address out;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET, literal.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&out.storage, &v4, out.size = sizeof v4);
    } else if (inet_pton(AF_INET6, literal.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&out.storage, &v6, out.size = sizeof v6);
    }
    return out;
}

std::uint16_t bound_port(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (storage.ss_family == AF_INET) {
        std::memcpy(&v4, &storage, sizeof v4);
        return ntohs(v4.sin_port);
    }
    std::memcpy(&v6, &storage, sizeof v6);
    return ntohs(v6.sin6_port);
}

Error trouble(const std::string& address, std::uint16_t port, int number) {
    if (number == EADDRINUSE) return Error{"live.port_taken", {address, std::to_string(port)}, {}};
    return Error{
        "live.cannot_listen", {address, std::to_string(port), std::generic_category().message(number)}, {}};
}

} // namespace

Result<ListenSocket> ListenSocket::open(const std::string& address, std::uint16_t port) {
    const Address to = address_of(address, port);
    if (to.size == 0) {
        return Error{
            "live.cannot_listen", {address, std::to_string(port), "that is no IPv4 or IPv6 address"}, {}};
    }
    const int fd = socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return trouble(address, port, errno);
    ListenSocket out(fd, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (to.storage.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.size) != 0 || listen(fd, SOMAXCONN) != 0)
        return trouble(address, port, errno);
    out.port_ = bound_port(fd);
    return out;
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1))
    , port_(std::exchange(other.port_, std::uint16_t{0})) {
}

ListenSocket& ListenSocket::operator=(ListenSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(port_, other.port_);
    return *this;
}

ListenSocket::~ListenSocket() {
    if (fd_ >= 0) close(fd_);
}

std::uint16_t free_port_from(const std::string& address, std::uint16_t first) {
    constexpr int kTried = 100;
    for (int port = first; port < std::min(first + kTried, 65536); ++port) {
        if (ListenSocket::open(address, static_cast<std::uint16_t>(port)))
            return static_cast<std::uint16_t>(port);
    }
    return 0;
}

} // namespace clew

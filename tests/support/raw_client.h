// A TCP client that sends whatever bytes a test wants and reads HTTP answers: plain POSIX sockets, so that
// nothing mends what is broken on purpose. One thread at a time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace clew::test {

struct RawReply {
    int status = 0;                             // 0: none came
    std::map<std::string, std::string> headers; // names in lower case
    std::string body;
};

class RawClient {
public:
    explicit RawClient(std::uint16_t port, bool v6 = false) {
        sockaddr_in v4_address{};
        v4_address.sin_family = AF_INET;
        v4_address.sin_port = htons(port);
        v4_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        sockaddr_in6 v6_address{};
        v6_address.sin6_family = AF_INET6;
        v6_address.sin6_port = htons(port);
        v6_address.sin6_addr = in6addr_loopback;
        fd_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connected_ = (v6 ? connect(fd_, reinterpret_cast<sockaddr*>(&v6_address), sizeof v6_address)
                         : connect(fd_, reinterpret_cast<sockaddr*>(&v4_address), sizeof v4_address)) == 0;
    }
    RawClient(RawClient&& other) noexcept
        : fd_(std::exchange(other.fd_, -1))
        , connected_(other.connected_)
        , in_(std::move(other.in_)) {}
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() { close(); }

    [[nodiscard]] bool connected() const { return connected_; }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    void end_sending() const { shutdown(fd_, SHUT_WR); }

    // False once the other side has gone, or takes nothing for five seconds.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            if (!ready(POLLOUT, 5000)) return false;
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0 && errno == EAGAIN) continue;
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // The next answer; informational ones (100 Continue) only when asked for. Status 0 after the time or at
    // the end of the connection.
    RawReply reply(int timeout_ms = 5000, bool head = false, bool informational = false) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        RawReply out;
        std::size_t end = 0;
        while ((end = in_.find("\r\n\r\n")) == std::string::npos)
            if (!more(until)) return {};
        parse_head(in_.substr(0, end + 2), out);
        in_.erase(0, end + 4);
        if (out.status / 100 == 1) return informational ? out : reply(timeout_ms, head);
        const auto length = out.headers.find("content-length");
        const std::size_t size = head || length == out.headers.end() ? 0 : std::stoul(length->second);
        while (in_.size() < size)
            if (!more(until)) return {};
        out.body = in_.substr(0, size);
        in_.erase(0, size);
        return out;
    }

    // Whether the other side closes within the time; what it sends until then is dropped.
    bool is_closed_within(int timeout_ms) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
        while (more(until)) {
        }
        return ended_;
    }

private:
    [[nodiscard]] bool ready(short what, int timeout_ms) const {
        pollfd entry{fd_, what, 0};
        return poll(&entry, 1, timeout_ms) == 1;
    }

    bool more(std::chrono::steady_clock::time_point until) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (ended_ || left.count() <= 0 || !ready(POLLIN, static_cast<int>(left.count()))) return false;
        char buffer[16384];
        const auto got = recv(fd_, buffer, sizeof buffer, 0);
        ended_ = got <= 0;
        if (!ended_) in_.append(buffer, static_cast<std::size_t>(got));
        return !ended_;
    }

    static void parse_head(std::string_view head, RawReply& out) {
        const std::size_t space = head.find(' ');
        if (space != std::string_view::npos)
            out.status = std::atoi(std::string(head.substr(space + 1, 3)).c_str());
        for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
            const std::size_t end = head.find("\r\n", at);
            const std::string_view line = head.substr(at, end - at);
            if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
                std::string name(line.substr(0, colon));
                std::transform(name.begin(), name.end(), name.begin(),
                               [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
                std::string_view value = line.substr(colon + 1);
                while (value.starts_with(' '))
                    value.remove_prefix(1);
                out.headers.emplace(std::move(name), value);
            }
            at = end + 2;
        }
    }

    int fd_ = -1;
    bool connected_ = false;
    bool ended_ = false;
    std::string in_;
};

} // namespace clew::test

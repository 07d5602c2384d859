// HttpExchange: one request of one connection, from its first line to the end of its answer. HttpContext:
// what the exchanges of a server share.
//
// An exchange belongs to the thread of its connection. Bodies of refused requests are read and dropped, up to
// a limit: a client in the middle of sending would see a broken connection instead of the answer.
#pragma once

#include "importers/live/body_reader.h"
#include "importers/live/exchange.h"
#include "importers/sources/http_answer.h"
#include "importers/sources/http_lines.h"
#include "importers/sources/http_server.h"

#include <microhttpd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace clew {

class HttpContext {
public:
    HttpContext(const HttpServerOptions& chosen, live::Handler& who);

    const HttpServerOptions options;
    live::Handler& handler;
    HttpLines lines;
    std::atomic<bool> closing{false};      // new requests are refused
    std::atomic<bool> nobody_waits{false}; // running ones, too

    void started(const std::shared_ptr<PendingAnswer>& pending);
    void ended(const std::shared_ptr<PendingAnswer>& pending);
    bool wait_for_all(std::chrono::milliseconds most);
    void wake_all(); // answers those that still wait with 503

private:
    std::mutex mutex_;
    std::condition_variable none_left_;
    std::set<std::shared_ptr<PendingAnswer>> running_;
};

class HttpExchange {
public:
    HttpExchange(HttpContext& context, HttpLines::Line* line, std::string_view uri);

    // The transport's calls: first with the headers, then with pieces of the body (`size` > 0), then without;
    // again without when the connection was woken.
    MHD_Result proceed(MHD_Connection* connection, const char* method, const char* data, std::size_t* size);
    void over(MHD_RequestTerminationCode how);

private:
    void begin(MHD_Connection* connection, const char* method);
    void collect(MHD_Connection* connection, const char* method);
    void check(MHD_Connection* connection);
    void check_framing();
    void check_body(std::optional<std::uint64_t> length);
    MHD_Result take_piece(MHD_Connection* connection, std::string_view piece);
    MHD_Result finish(MHD_Connection* connection);
    void refuse(int status, std::string reason);
    void refuse_at_once(int status, std::string reason);
    void report(int status, std::string reason);
    MHD_Result send(MHD_Connection* connection, live::Reply reply);
    [[nodiscard]] live::Reply refusal_reply() const;

    HttpContext& context_;
    HttpLines::Line* line_;
    live::Request request_;
    std::string repeated_; // the first header that must come once and did not
    std::string client_;
    std::string origin_; // of a page of this machine, else empty
    std::optional<live::BodyReader> body_;
    std::optional<live::BodyReader::Failure> refusal_;
    std::shared_ptr<PendingAnswer> pending_;
    bool begun_ = false;
    bool at_once_ = false; // the refusal goes out before the body
    bool preflight_ = false;
    std::uint64_t dropped_ = 0;
};

} // namespace clew

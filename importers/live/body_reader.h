// BodyReader: puts the body of a request together from the pieces that arrive, and unpacks it on the way.
//
// Memory is bounded by the limit whatever the data claims. Once a body has failed, further pieces are counted
// and dropped. One thread at a time.
#pragma once

#include "importers/containers/container.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace clew::live {

class BodyReader {
public:
    struct Failure {
        int status = 400; // 400 damaged, 413 too large
        std::string reason;
    };

    // `encoding` is a Content-Encoding; `expected` the bytes as sent, where known.
    BodyReader(std::string_view encoding, std::size_t limit, std::optional<std::uint64_t> expected);

    // "", identity, gzip, x-gzip, deflate, zstd; any case.
    static bool knows(std::string_view encoding);

    void push(std::string_view sent);
    // The whole body, with 64 bytes behind it that may be read. Empty and no failure if nothing was sent.
    std::string take();

    [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
    [[nodiscard]] std::uint64_t received() const { return received_; } // as sent

private:
    void too_large(std::string_view how);
    void damaged();

    std::size_t limit_;
    std::uint64_t received_ = 0;
    std::string body_;
    std::unique_ptr<Unpacker> unpacker_; // null for identity
    std::optional<Failure> failure_;
};

} // namespace clew::live

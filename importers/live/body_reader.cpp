#include "importers/live/body_reader.h"

#include "importers/containers/deflate.h"
#include "importers/containers/gzip.h"
#include "importers/containers/zstd.h"
#include "importers/live/printable.h"

#include <fmt/format.h>

#include <algorithm>

namespace clew::live {

namespace {

constexpr std::size_t kReadableBehind = 64;        // simdjson reads in whole blocks
constexpr std::uint64_t kReservedAtOnce = 4 << 20; // more is believed only as it comes

enum class Encoding : std::uint8_t { none, gzip, deflate, zstd, unknown };

Encoding encoding_of(std::string_view name) {
    const std::string coding = lower(trimmed(name));
    if (coding.empty() || coding == "identity" || coding == "none") return Encoding::none;
    if (coding == "gzip" || coding == "x-gzip") return Encoding::gzip;
    if (coding == "deflate") return Encoding::deflate;
    if (coding == "zstd") return Encoding::zstd;
    return Encoding::unknown;
}

std::unique_ptr<Unpacker> unpacker_of(Encoding encoding) {
    switch (encoding) {
    case Encoding::gzip: return make_gzip_unpacker("the body");
    case Encoding::deflate: return make_deflate_unpacker("the body");
    case Encoding::zstd: return make_zstd_unpacker("the body");
    default: return nullptr;
    }
}

} // namespace

bool BodyReader::knows(std::string_view encoding) {
    return encoding_of(encoding) != Encoding::unknown;
}

BodyReader::BodyReader(std::string_view encoding, std::size_t limit, std::optional<std::uint64_t> expected)
    : limit_(limit)
    , unpacker_(unpacker_of(encoding_of(encoding))) {
    if (expected && !unpacker_)
        body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>({*expected, limit, kReservedAtOnce})) +
                      kReadableBehind);
}

void BodyReader::too_large(std::string_view how) {
    failure_ = Failure{413, fmt::format("The body is larger than {} bytes {}.", limit_, how)};
    std::string().swap(body_);
    unpacker_.reset();
}

void BodyReader::damaged() {
    const auto& damage = unpacker_->damage(); // container.bad_…: name, byte, reason
    failure_ =
        Failure{400, fmt::format("The compressed body is damaged{}.",
                                 damage ? " at byte " + damage->args[1] + ": " + damage->args[2] : "")};
    std::string().swap(body_);
    unpacker_.reset();
}

void BodyReader::push(std::string_view sent) {
    received_ += sent.size();
    if (failure_) return;
    if (received_ > limit_) {
        too_large("as sent");
        return;
    }
    if (!unpacker_) {
        body_.append(sent);
        return;
    }
    bool over = false;
    const auto done = unpacker_->push(sent, [&](std::string_view plain) -> Result<void> {
        over = plain.size() > limit_ - body_.size();
        if (over) return Error{"live.body_too_large", {std::to_string(limit_)}, {}};
        body_.append(plain);
        return {};
    });
    if (over) {
        too_large("when unpacked");
    } else if (!done || unpacker_->damage()) {
        damaged();
    }
}

std::string BodyReader::take() {
    if (unpacker_ && received_ > 0) {
        unpacker_->end();
        if (unpacker_->damage()) {
            damaged();
            return {};
        }
    }
    body_.reserve(body_.size() + kReadableBehind);
    return std::move(body_);
}

} // namespace clew::live

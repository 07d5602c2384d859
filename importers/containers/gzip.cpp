#include "importers/containers/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace clew {

namespace {

constexpr std::size_t kGzipPiece = 256 * 1024;
constexpr int kGzipOnly = 15 + 16; // the largest window, gzip framing

class GzipUnpacker final : public Unpacker {
public:
    explicit GzipUnpacker(std::string name)
        : name_(std::move(name))
        , out_(kGzipPiece) {
        if (inflateInit2(&stream_, kGzipOnly) != Z_OK) damaged("out of memory");
    }
    ~GzipUnpacker() override { inflateEnd(&stream_); }
    GzipUnpacker(const GzipUnpacker&) = delete;
    GzipUnpacker& operator=(const GzipUnpacker&) = delete;

    Result<void> push(std::string_view stored, const Each& each) override {
        while (!stored.empty() && !damage_) {
            const std::size_t size = std::min<std::size_t>(stored.size(), std::numeric_limits<uInt>::max());
            if (auto done = inflate_piece(stored.substr(0, size), each); !done) return done;
            stored.remove_prefix(size);
        }
        return {};
    }

    void end() override {
        if (damage_) return;
        if (state_ == State::inside || state_ == State::padding_or_member) {
            damaged("it ends too early");
        }
    }

private:
    enum class State : std::uint8_t {
        inside,            // a member
        between,           // members; the file may end here
        padding_or_member, // one byte of a next member's magic was seen
        padding,           // zeros behind the last member
    };

    void damaged(std::string reason) {
        damage_ = Error{"container.bad_gzip", {name_, std::to_string(position_), std::move(reason)}, {}};
    }

    Result<void> inflate_piece(std::string_view in, const Each& each) {
        while (!in.empty() && !damage_) {
            if (state_ == State::inside) {
                if (auto done = inflate_member(in, each); !done) return done;
            } else {
                between_members(in);
            }
        }
        return {};
    }

    // Tapes pad with zeros; other bytes must start a member.
    void between_members(std::string_view& in) {
        const auto byte = static_cast<unsigned char>(in.front());
        if (byte == 0 && state_ != State::padding_or_member) {
            state_ = State::padding;
        } else if (byte == 0x1f && state_ == State::between) {
            state_ = State::padding_or_member;
        } else if (byte == 0x8b && state_ == State::padding_or_member) {
            start_member();
        } else {
            damaged("other data follows it");
            return;
        }
        in.remove_prefix(1);
        ++position_;
    }

    void start_member() {
        inflateReset(&stream_);
        unsigned char magic = 0x1f;
        unsigned char nothing = 0;
        stream_.next_in = &magic;
        stream_.avail_in = 1;
        stream_.next_out = &nothing;
        stream_.avail_out = 0;
        inflate(&stream_, Z_NO_FLUSH);
        magic = 0x8b;
        stream_.next_in = &magic;
        stream_.avail_in = 1;
        inflate(&stream_, Z_NO_FLUSH);
        state_ = State::inside;
    }

    Result<void> inflate_member(std::string_view& in, const Each& each) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        for (;;) {
            stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
            stream_.avail_out = static_cast<uInt>(out_.size());
            const auto before = stream_.avail_in;
            const int code = inflate(&stream_, Z_NO_FLUSH);
            position_ += before - stream_.avail_in;
            const std::size_t made = out_.size() - stream_.avail_out;
            if (made > 0) {
                if (auto done = each({out_.data(), made}); !done) return done;
            }
            if (code == Z_STREAM_END) {
                state_ = State::between;
                break;
            }
            if (code != Z_OK && code != Z_BUF_ERROR) {
                damaged(stream_.msg != nullptr ? stream_.msg : "invalid data");
                break;
            }
            if (stream_.avail_out > 0) break; // all input is used
        }
        in.remove_prefix(in.size() - stream_.avail_in);
        return {};
    }

    std::string name_;
    std::vector<char> out_;
    z_stream stream_{};
    State state_ = State::inside;
    std::uint64_t position_ = 0; // in the stored bytes
};

} // namespace

std::unique_ptr<Unpacker> make_gzip_unpacker(std::string name) {
    return std::make_unique<GzipUnpacker>(std::move(name));
}

} // namespace clew

#include "importers/containers/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace clew {

namespace {

constexpr std::size_t kDeflatePiece = 256 * 1024;

// The two bytes of a zlib header: method 8, and a multiple of 31 together. Bare data practically never is.
bool is_zlib_header(unsigned first, unsigned second) {
    return (first & 0x0fU) == 8 && (first * 256 + second) % 31 == 0;
}

class DeflateUnpacker final : public Unpacker {
public:
    explicit DeflateUnpacker(std::string name)
        : name_(std::move(name))
        , out_(kDeflatePiece) {}
    ~DeflateUnpacker() override {
        if (open_) inflateEnd(&stream_);
    }
    DeflateUnpacker(const DeflateUnpacker&) = delete;
    DeflateUnpacker& operator=(const DeflateUnpacker&) = delete;

    Result<void> push(std::string_view stored, const Each& each) override {
        if (!open_ && !damage_) {
            while (head_.size() < 2 && !stored.empty()) {
                head_ += stored.front();
                stored.remove_prefix(1);
            }
            if (head_.size() < 2) return {};
            open();
            if (auto done = push_all(head_, each); !done) return done;
        }
        return push_all(stored, each);
    }

    void end() override {
        if (!damage_ && !done_) damaged("it ends too early");
    }

private:
    void damaged(std::string reason) {
        damage_ = Error{"container.bad_deflate", {name_, std::to_string(position_), std::move(reason)}, {}};
    }

    void open() {
        const bool zlib =
            is_zlib_header(static_cast<unsigned char>(head_[0]), static_cast<unsigned char>(head_[1]));
        open_ = inflateInit2(&stream_, zlib ? MAX_WBITS : -MAX_WBITS) == Z_OK;
        if (!open_) damaged("out of memory");
    }

    Result<void> push_all(std::string_view stored, const Each& each) {
        while (!stored.empty() && !damage_) {
            if (done_) {
                damaged("other data follows it");
                break;
            }
            const std::size_t size = std::min<std::size_t>(stored.size(), std::numeric_limits<uInt>::max());
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
            stream_.avail_in = static_cast<uInt>(size);
            if (auto done = inflate_piece(each); !done) return done;
            stored.remove_prefix(size - stream_.avail_in);
        }
        return {};
    }

    Result<void> inflate_piece(const Each& each) {
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
            done_ = code == Z_STREAM_END;
            if (done_) return {};
            if (code != Z_OK && code != Z_BUF_ERROR) {
                damaged(stream_.msg != nullptr ? stream_.msg : "invalid data");
                return {};
            }
            if (stream_.avail_out > 0) return {}; // all input is used
        }
    }

    std::string name_;
    std::vector<char> out_;
    std::string head_; // until it is known which of the two it is
    z_stream stream_{};
    bool open_ = false;
    bool done_ = false;
    std::uint64_t position_ = 0; // in the stored bytes
};

} // namespace

std::unique_ptr<Unpacker> make_deflate_unpacker(std::string name) {
    return std::make_unique<DeflateUnpacker>(std::move(name));
}

} // namespace clew

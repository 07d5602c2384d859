#include "importers/containers/zstd.h"

#include <zstd.h>

#include <utility>
#include <vector>

namespace clew {

namespace {

constexpr std::size_t kZstdPiece = 256 * 1024;

struct FreeStream {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

// Frames that ask for a window above 128 MiB are refused (zstd's own limit), so memory stays bounded.
class ZstdUnpacker final : public Unpacker {
public:
    explicit ZstdUnpacker(std::string name)
        : name_(std::move(name))
        , out_(kZstdPiece)
        , stream_(ZSTD_createDStream()) {
        if (!stream_) damaged("out of memory");
    }

    Result<void> push(std::string_view stored, const Each& each) override {
        if (damage_ || stored.empty()) return {};
        ZSTD_inBuffer in{stored.data(), stored.size(), 0};
        for (;;) {
            ZSTD_outBuffer out{out_.data(), out_.size(), 0};
            const std::size_t before = in.pos;
            const std::size_t code = ZSTD_decompressStream(stream_.get(), &out, &in);
            position_ += in.pos - before;
            if (out.pos > 0) {
                if (auto done = each({out_.data(), out.pos}); !done) return done;
            }
            if (ZSTD_isError(code) != 0) {
                damaged(ZSTD_getErrorName(code));
                return {};
            }
            inside_frame_ = code != 0;
            // A full output buffer may hide more of it.
            if (in.pos == in.size && out.pos < out.size) return {};
            if (in.pos == in.size && code == 0) return {};
        }
    }

    void end() override {
        if (!damage_ && inside_frame_) damaged("it ends too early");
    }

private:
    void damaged(std::string reason) {
        damage_ = Error{"container.bad_zstd", {name_, std::to_string(position_), std::move(reason)}, {}};
    }

    std::string name_;
    std::vector<char> out_;
    std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
    bool inside_frame_ = true;
    std::uint64_t position_ = 0; // in the stored bytes
};

} // namespace

std::unique_ptr<Unpacker> make_zstd_unpacker(std::string name) {
    return std::make_unique<ZstdUnpacker>(std::move(name));
}

} // namespace clew

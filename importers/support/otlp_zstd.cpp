#include "importers/support/otlp_zstd.h"

#include <zstd.h>

#include <memory>

namespace clew {

bool is_zstd_frame(std::string_view bytes) {
    return bytes.starts_with("\x28\xb5\x2f\xfd");
}

UnpackedFrame unpack_zstd_frame(std::string_view frame, std::size_t limit) {
    UnpackedFrame out;
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(), ZSTD_freeDCtx};
    if (!context) {
        out.trouble = "no memory";
        return out;
    }
    ZSTD_inBuffer in{frame.data(), frame.size(), 0};
    std::string piece(ZSTD_DStreamOutSize(), '\0');
    for (;;) {
        ZSTD_outBuffer buffer{piece.data(), piece.size(), 0};
        const std::size_t left = ZSTD_decompressStream(context.get(), &buffer, &in);
        if (ZSTD_isError(left) != 0) {
            out.trouble = ZSTD_getErrorName(left);
            return out;
        }
        if (out.bytes.size() + buffer.pos > limit) {
            out.too_large = true;
            out.trouble = "too large";
            return out;
        }
        out.bytes.append(piece, 0, buffer.pos);
        if (left == 0 && in.pos == in.size) return out;
        if (in.pos == in.size && buffer.pos < piece.size()) {
            out.trouble = "it is cut";
            return out;
        }
    }
}

} // namespace clew

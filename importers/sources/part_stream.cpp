#include "importers/sources/part_stream.h"

#include <algorithm>
#include <utility>

namespace clew {

namespace {

constexpr std::size_t kStoredHead = 4 * 1024;
constexpr std::size_t kHead = 64 * 1024;
constexpr std::size_t kMagic = 265;
constexpr std::chrono::milliseconds kPipePatience{200};
constexpr std::uint64_t kAheadFrom = 8 * ReadAhead::kPieceBytes; // a thread pays from here

} // namespace

Result<PartStream::Peek> PartStream::peek() {
    if (!peeked_) peeked_ = look();
    return *peeked_;
}

Result<PartStream::Peek> PartStream::look() {
    Peek out;
    bool enough = false;
    bool at_end = false;
    std::unique_ptr<Unpacker> unpacker;
    const Each collect = [&](std::string_view bytes) -> Result<void> {
        out.unpacked += bytes.substr(0, kHead + 1 - out.unpacked.size());
        enough = out.unpacked.size() > kHead;
        return enough ? Result<void>(Error{"cancelled", {}, {}}) : Result<void>();
    };
    // Pipes may give a byte at a time: the container's mark first.
    std::size_t unpacked_to = 0;
    while (!enough && !at_end) {
        // Whoever writes line by line is not made to fill the head first.
        const bool lines_so_far = held_.ends_with('\n') && reader_->quiet_for(kPipePatience);
        auto bytes = lines_so_far ? Result<std::string_view>(std::string_view()) : reader_->read();
        if (!bytes) {
            // A damaged member of an archive may have given something before.
            if (held_.empty() || bytes.error().code == "cancelled") return bytes.error();
            out.damage = bytes.error();
        }
        at_end = !lines_so_far && (!bytes || bytes->empty());
        if (bytes) held_ += *bytes;
        if (!at_end && !lines_so_far && held_.size() < kMagic) continue;
        if (unpacked_to == 0) {
            container_ = container_of(held_);
            if (container_.container == Container::unsupported) {
                return Error{"container.unsupported", {name_, std::string(container_.name)}, {}};
            }
            if (container_.container == Container::zip) return Error{"container.nested", {name_}, {}};
            unpacker = make_unpacker(container_.container, name_);
        }
        if (auto done = unpack(std::string_view(held_).substr(unpacked_to), unpacker.get(), collect);
            !done && !enough) {
            return done.error();
        }
        unpacked_to = held_.size();
        if (lines_so_far || (unpacker && unpacker->damage())) break;
    }
    if (unpacker && at_end && !enough) unpacker->end();
    if (unpacker && !out.damage) out.damage = unpacker->damage();
    out.whole = at_end && !enough;
    out.unpacked.resize(std::min(out.unpacked.size(), kHead));
    out.stored = held_.substr(0, kStoredHead);
    out.container = container_;
    return out;
}

Result<std::string> PartStream::take_stored(std::uint64_t limit) {
    std::string out = std::move(held_);
    held_.clear();
    for (;;) {
        auto bytes = reader_->read();
        if (!bytes) return bytes.error();
        if (bytes->empty()) return out;
        if (out.size() + bytes->size() > limit)
            return Error{"container.zip_pipe", {name_, std::to_string(limit >> 20)}, {}};
        out += *bytes;
    }
}

Result<void> PartStream::unpack(std::string_view stored, Unpacker* unpacker, const Each& each) {
    if (stored.empty()) return {};
    return unpacker != nullptr ? unpacker->push(stored, each) : each(stored);
}

Result<void> PartStream::run(std::uint64_t skip, const Each& each) {
    if (auto seen = peek(); !seen) {
        broken_ = seen.error();
        return {};
    }
    const auto unpacker = make_unpacker(container_.container, name_);
    if (skip > 0 && !unpacker && reader_->seekable()) {
        held_.clear();
        if (auto there = reader_->seek(skip); !there) return there;
        skip = 0;
    }
    const Each behind = [&](std::string_view bytes) -> Result<void> {
        const auto passed = static_cast<std::size_t>(std::min<std::uint64_t>(skip, bytes.size()));
        skip -= passed;
        bytes.remove_prefix(passed);
        return bytes.empty() ? Result<void>() : each(bytes);
    };
    const std::string held = std::move(held_);
    held_.clear();
    position_ = reader_->position();
    if (auto done = unpack(held, unpacker.get(), behind); !done) return done;
    if (reader_->content_size().value_or(0) >= reader_->position() + kAheadFrom) {
        if (auto done = run_ahead(unpacker.get(), behind); !done) return done;
    } else {
        while (!unpacker || !unpacker->damage()) {
            auto bytes = reader_->read();
            if (!bytes) {
                broken_ = bytes.error();
                return {};
            }
            if (bytes->empty()) break;
            position_ = reader_->position();
            if (auto done = unpack(*bytes, unpacker.get(), behind); !done) return done;
        }
    }
    if (unpacker && !broken_) {
        unpacker->end();
        broken_ = unpacker->damage();
    }
    return {};
}

Result<void> PartStream::run_ahead(Unpacker* unpacker, const Each& each) {
    ReadAhead ahead([this, unpacker](ReadAhead& to) { read_ahead(to, unpacker); });
    while (auto piece = ahead.take()) {
        position_ = piece->position;
        if (auto done = each({piece->data.get(), piece->size}); !done) return done;
        ahead.give_back(std::move(*piece));
    }
    return {};
}

// On the thread of `ahead`; broken_ is looked at when that has ended.
void PartStream::read_ahead(ReadAhead& ahead, Unpacker* unpacker) {
    std::optional<ReadAhead::Piece> piece;
    const Each fill = [&](std::string_view bytes) -> Result<void> {
        while (!bytes.empty()) {
            if (!piece) piece = ahead.blank();
            if (!piece) return Error{"cancelled", {}, {}};
            const std::size_t taken =
                bytes.copy(piece->data.get() + piece->size, ReadAhead::kPieceBytes - piece->size);
            piece->size += taken;
            piece->position = reader_->position();
            bytes.remove_prefix(taken);
            if (piece->size < ReadAhead::kPieceBytes) continue;
            ahead.put(std::move(*piece));
            piece.reset();
        }
        return {};
    };
    while (!unpacker || !unpacker->damage()) {
        if (unpacker) {
            auto bytes = reader_->read();
            if (!bytes) broken_ = bytes.error();
            if (!bytes || bytes->empty() || !unpacker->push(*bytes, fill)) break;
            continue;
        }
        piece = ahead.blank();
        if (!piece) return;
        auto got = reader_->read({piece->data.get(), ReadAhead::kPieceBytes});
        if (!got) broken_ = got.error();
        piece->size = got ? *got : 0;
        piece->position = reader_->position();
        if (piece->size == 0) break;
        ahead.put(std::move(*piece));
    }
    if (piece && piece->size > 0) ahead.put(std::move(*piece));
}

} // namespace clew

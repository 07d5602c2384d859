#include "model/store/write/live_writer.h"

#include "model/store/sqlite/sync_file.h"

namespace clew {

Result<std::unique_ptr<LiveWriter>> LiveWriter::make(StoreCore& core) {
    auto writer = StoreWriter::make(core, {});
    if (!writer) return writer.error();
    return std::unique_ptr<LiveWriter>(new LiveWriter(core, std::move(writer).value()));
}

LiveWriter::LiveWriter(StoreCore& core, std::unique_ptr<StoreWriter> writer)
    : core_(core)
    , writer_(std::move(writer)) {
}

// Asked every time: listeners hear of a removal only after it, and what is written to a removed source until
// then would go with it.
Result<bool> LiveWriter::still_there(std::int64_t source) {
    auto reader = core_.lease_reader();
    if (!reader) return reader.error();
    auto find = (*reader)->prepare("SELECT 1 FROM source WHERE id = ? AND hidden = 0");
    if (!find) return find.error();
    find->bind_all(source);
    return find->step();
}

Result<void> LiveWriter::use_source(const SourceHead& head) {
    auto found = sources_.find(head.path);
    if (found != sources_.end()) {
        const auto there = still_there(found->second.id);
        if (!there) return there.error();
        if (!*there) {
            sources_.erase(found);
            found = sources_.end();
        }
    }
    if (found == sources_.end()) {
        BegunSource begun;
        auto written = core_.write([&](Database& db) -> Result<void> {
            auto made = begin_source_row(db, head);
            if (!made) return made.error();
            begun = std::move(made).value();
            return db.run("UPDATE source SET complete = 1 WHERE id = ?", begun.id);
        });
        if (!written) return written;
        found = sources_.emplace(head.path, std::move(begun)).first;
    }
    writer_->go_on_with(found->second, head);
    return {};
}

Result<void> LiveWriter::make_durable(const std::vector<Written>& spans) {
    if (auto synced = sync_file(core_.path() + "-wal"); !synced) return synced;
    return read_back(spans);
}

Result<void> LiveWriter::read_back(const std::vector<Written>& spans) {
    auto reader = core_.lease_reader();
    if (!reader) return reader.error();
    auto find = (*reader)->prepare("SELECT 1 FROM span s JOIN trace t ON t.id = s.trace WHERE t.high = ? AND "
                                   "t.low = ? AND s.span_id = ?");
    if (!find) return find.error();
    for (const Written& one : spans) {
        find->bind_all(static_cast<std::int64_t>(one.trace.high), static_cast<std::int64_t>(one.trace.low),
                       static_cast<std::int64_t>(one.span.value));
        const auto row = find->step();
        if (!row) return row.error();
        if (!*row) return Error{"store.not_read_back", {to_hex(one.span)}, {}};
        find->reset();
    }
    return {};
}

} // namespace clew

// LiveWriter: the store's LiveTarget: one StoreWriter for many sources that stay open.
//
// Threads as LiveTarget says. The sources count as complete all the time: there is no end that they could
// reach.
#pragma once

#include "model/store/store_core.h"
#include "model/store/write/source_book.h"
#include "model/store/write/store_writer.h"
#include "model/trace/sink.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace clew {

class LiveWriter final : public LiveTarget {
public:
    static Result<std::unique_ptr<LiveWriter>> make(StoreCore& core);
    bool add(Span&& span) override { return writer_->add(std::move(span)); }
    bool add_log(LogRecord&& record) override { return writer_->add_log(std::move(record)); }
    void note(Note&& note) override { writer_->note(std::move(note)); }
    std::optional<TraceElsewhere> elsewhere(TraceId trace) override { return writer_->elsewhere(trace); }

    Result<void> use_source(const SourceHead& head) override;
    Result<Ticket> ask_commit() override { return writer_->ask_commit(); }
    Result<void> wait_committed(Ticket ticket) override { return writer_->wait_committed(ticket); }
    Result<void> make_durable(const std::vector<Written>& spans) override;

private:
    LiveWriter(StoreCore& core, std::unique_ptr<StoreWriter> writer);
    Result<bool> still_there(std::int64_t source);
    Result<void> read_back(const std::vector<Written>& spans);

    StoreCore& core_;
    std::unique_ptr<StoreWriter> writer_;
    std::map<std::string, BegunSource, std::less<>> sources_; // by path
};

} // namespace clew

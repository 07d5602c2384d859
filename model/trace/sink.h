// Where importers write: SpanSink takes records, ImportTarget also keeps the book of sources.
//
// One thread at a time per sink. The store's writer implements both (model/store/store_writer.h).
#pragma once

#include "model/base/result.h"
#include "model/trace/span.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

enum class Severity : std::uint8_t { info = 0, warning = 1, error = 2 };

// What was dropped, repaired or guessed; stored with the source and shown. `code` is of the message table.
struct Note {
    Severity severity = Severity::info;
    std::string_view code;
    std::vector<std::string> args;
    std::string part;                    // name of the part (a file inside a zip or folder); may be empty
    std::optional<std::uint64_t> offset; // byte in the part, after decompression
    std::optional<std::uint64_t> line;   // 1-based
};

// What a store holds of a trace from other sources than the one that is read.
struct TraceElsewhere {
    std::vector<std::string> paths; // of those sources
    std::string own_path;           // of the source that is read
    std::string root_attributes;    // as Span::attributes
    std::string last_own_id;        // of its latest span
    TimeNs last_time = kNoTime;     // when that ended
};

class SpanSink {
public:
    virtual ~SpanSink() = default;
    // For formats whose ids another file may use for something else. nullopt where no other source brought
    // the trace, or the one that is read brought it before. Asks the store: once a trace.
    virtual std::optional<TraceElsewhere> elsewhere(TraceId) { return {}; }
    // May block while the queues are full. false = stop: the import was cancelled or the store failed.
    virtual bool add(Span&& span) = 0;
    virtual bool add_log(LogRecord&& record) = 0;
    virtual void note(Note&& note) = 0;
};

// A source is known by its canonical path and a hash of its first 4 KiB.
struct SourceHead {
    std::string path;            // canonical; "stdin" or an address for others
    std::string format;          // Format::id
    std::uint64_t head_hash = 0; // hash64(head)
    std::uint64_t size = 0;      // bytes as stored, before decompression
    TimeNs modified = kNoTime;
    std::string head; // the first 4 KiB as stored. A source that was shorter than that is known again when it
                      // has grown by comparing its old hash with hash64(head.substr(0, old size)).
};

enum class SourceState : std::uint8_t {
    fresh,     // never seen
    unchanged, // same head, size and time, read to its end: nothing to do
    grown,     // same head, longer: may go on at `offset`
    rewritten, // other head: its old spans are replaced at the end, judgements stay
};

struct KnownSource {
    SourceState state = SourceState::fresh;
    std::uint64_t offset = 0;   // bytes after decompression that were read whole
    std::string importer_state; // Importer::save(); empty = read again from the start
};

// What an import of one source did; `spans` and `traces` count what the store holds of it now.
struct SourceReport {
    std::string path;
    std::string format;
    std::uint64_t traces = 0;
    std::uint64_t spans = 0;
    std::uint64_t notes_info = 0;
    std::uint64_t notes_warning = 0;
    std::uint64_t notes_error = 0;
    std::vector<Note> notes; // the first 100
};

class ImportTarget : public SpanSink {
public:
    virtual Result<KnownSource> begin_source(const SourceHead& head) = 0;
    // Commits what was added. `complete` = read to its end (not cancelled, not cut).
    virtual Result<SourceReport> end_source(std::uint64_t offset, std::string importer_state,
                                            bool complete) = 0;
};

// Where live sources write: several stay open side by side, and what came is committed when whoever receives
// asks for it. add(), note() … and the first two functions: one thread at a time; the others on any.
class LiveTarget : public SpanSink {
public:
    // What is added from now on is of this source: known by head.path alone, it goes on where it was.
    virtual Result<void> use_source(const SourceHead& head) = 0;
    // Asks for a commit of all that was added so far and does not wait. An error is the store's: what was not
    // committed is lost, and this target takes no more.
    using Ticket = std::uint64_t;
    virtual Result<Ticket> ask_commit() = 0;

    // Returns once the store holds it; it survives a killed process from then on.
    virtual Result<void> wait_committed(Ticket ticket) = 0;
    // After that: returns once the disk has it, and these spans were read back. It survives a power failure.
    struct Written {
        TraceId trace;
        SpanId span;
    };
    virtual Result<void> make_durable(const std::vector<Written>& spans) = 0;
};

} // namespace clew

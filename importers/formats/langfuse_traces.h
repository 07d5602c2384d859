// Langfuse records in any order → spans: gives every trace its root and puts scores where they belong. One
// thread at a time.
#pragma once

#include "importers/formats/langfuse_record.h"
#include "importers/support/held_records.h"
#include "importers/support/span_draft.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace clew::langfuse {

class Traces {
public:
    using Say = std::function<void(Severity, std::string_view code, std::vector<std::string> args)>;

    Traces(SpanOutput& out, Say say)
        : out_(out)
        , say_(std::move(say)) {}

    // A trace with what it holds, an observation, a score, or an event of an ingestion batch; false where it
    // is none of them.
    bool read(json::Object record, const Envelope& envelope = {});
    // Records that came in pieces, roots whose times became known later, roots that no record states.
    void finish();
    // The same for what came since the last call, and keeps what later pieces may add to.
    void settle();

private:
    struct Seen {
        TimeNs start = kNoTime, end = kNoTime; // of its observations
        TimeNs root_start = kNoTime, root_end = kNoTime;
        bool stated = false;
        bool touched = false; // since the last settle()
        std::string own, name, session, user;
    };

    void read_trace(const Record& record, const Envelope& envelope);
    void read_nested(const Record& trace, json::Array observations);
    void read_observation(const Record& record, const Envelope& envelope);
    void read_score(const Record& record);
    void read_event(json::Object event);
    void add_held();
    void add_held(const HeldRecord& held);
    void finish_root(Seen& seen);

    SpanOutput& out_;
    Say say_;
    HeldRecords held_;
    std::map<TraceId, Seen> traces_;
};

} // namespace clew::langfuse

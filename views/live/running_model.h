// The traces that are running, newest first, as the store has them: asked off the GUI thread, merged by
// trace. GUI thread.
#pragma once

#include "model/store/trace_store.h"
#include "views/ask.h"
#include "views/live/row_model.h"

#include <QTimer>

#include <map>
#include <memory>

namespace clew::views {

// One span of a run in small: where it stands between the run's start and now.
struct RunningMark {
    TimeNs start = kNoTime, end = kNoTime; // kNoTime = still running
    Kind kind = Kind::generic;
    bool mcp = false;
    bool operator==(const RunningMark&) const = default;
};

struct RunningRow {
    TraceRow trace;
    std::vector<RunningMark> marks; // empty: too many to draw here; in order of time, not overlapping
    [[nodiscard]] TraceId key() const { return trace.id; }
    bool operator==(const RunningRow& other) const;
};

class RunningModel : public RowModel<RunningRow> {
    Q_OBJECT

public:
    enum Column { Name, Bar, Duration, Tokens, Cost, kColumns };
    static constexpr int kMost = 50;         // rows
    static constexpr int kLooked = 500;      // newest traces that are looked through
    static constexpr int kMostSpans = 400;   // of a trace whose spans are drawn
    static constexpr int kMostPictures = 12; // traces whose spans are drawn
    // A run without an end that was last heard of longer ago is not taken to be running.
    static constexpr DurationNs kAlive = 600 * kSecond;

    explicit RunningModel(TraceStore& traces, QObject* parent = nullptr);
    // Asks soon; answers that come closer than twice a second would not be read.
    void refresh();
    // "Now" as fixed time (pictures, tests); kNoTime = the clock.
    void setNow(TimeNs now);
    [[nodiscard]] TimeNs now() const;
    [[nodiscard]] bool answered() const { return m_answered; }

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

signals:
    void refreshed();

private:
    // What was drawn of a trace when it had so many spans.
    struct Drawn {
        std::int64_t spans = 0;
        std::vector<RunningMark> marks;
    };
    using DrawnMap = std::map<TraceId, Drawn>;
    struct Answer {
        std::vector<RunningRow> rows;
        DrawnMap drawn;
    };
    static Answer question(TraceStore& traces, TimeNs now, const DrawnMap& known,
                           const std::stop_token& stop);
    void ask();
    void tick();

    TraceStore& m_traces;
    Asker m_asker;
    QTimer m_soon;
    QTimer m_clock;
    DrawnMap m_drawn;
    TimeNs m_fixedNow = kNoTime;
    bool m_dirty = false;
    bool m_answered = false;
};

// Leaf spans of a run as marks that do not overlap: of several at a time the one that began last.
std::vector<RunningMark> runningMarks(const TraceSnapshot& trace);

} // namespace clew::views

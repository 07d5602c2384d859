#include "views/live/running_model.h"

#include "model/base/numbers.h"
#include "model/trace/span.h"
#include "views/items/trace_list_model.h"
#include "views/text.h"

#include <algorithm>

namespace clew::views {

namespace {
constexpr int kRunningPauseMs = 500;
constexpr int kRunningTickMs = 1000; // "now" moves once a second (look: motion)
} // namespace

bool RunningRow::operator==(const RunningRow& other) const {
    const TraceRow &a = trace, &b = other.trace;
    return a.id == b.id && a.name == b.name && a.detail == b.detail && a.session == b.session &&
           a.root_kind == b.root_kind && a.start == b.start && a.end == b.end && a.spans == b.spans &&
           a.llm_calls == b.llm_calls && a.input_tokens == b.input_tokens &&
           a.output_tokens == b.output_tokens && a.costs() == b.costs() && a.errors == b.errors &&
           marks == other.marks;
}

std::vector<RunningMark> runningMarks(const TraceSnapshot& trace) {
    std::vector<RunningMark> marks;
    for (const SnapshotSpan& span : trace.spans) {
        if (span.first_child != kNoSpan || span.start == kNoTime) continue;
        if (span.end != kNoTime && span.end <= span.start) continue;
        marks.push_back({span.start, span.end, span.kind, (span.flags & kMcp) != 0});
    }
    std::stable_sort(marks.begin(), marks.end(),
                     [](const RunningMark& a, const RunningMark& b) { return a.start < b.start; });
    // The one that began last covers what was drawn before it.
    for (std::size_t i = 0; i + 1 < marks.size(); ++i) {
        if (marks[i].end == kNoTime || marks[i].end > marks[i + 1].start) marks[i].end = marks[i + 1].start;
    }
    std::erase_if(marks,
                  [](const RunningMark& mark) { return mark.end != kNoTime && mark.end <= mark.start; });
    return marks;
}

RunningModel::RunningModel(TraceStore& traces, QObject* parent)
    : RowModel(parent)
    , m_traces(traces) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kRunningPauseMs);
    connect(&m_soon, &QTimer::timeout, this, [this] {
        if (m_dirty) ask();
    });
    m_clock.setInterval(kRunningTickMs);
    connect(&m_clock, &QTimer::timeout, this, &RunningModel::tick);
}

TimeNs RunningModel::now() const {
    return m_fixedNow != kNoTime ? m_fixedNow : clew::now();
}

void RunningModel::setNow(TimeNs now) {
    m_fixedNow = now;
    tick();
}

void RunningModel::refresh() {
    m_dirty = true;
    if (!m_asker.busy() && !m_soon.isActive()) ask();
}

void RunningModel::ask() {
    m_dirty = false;
    m_soon.start();
    m_asker.ask([&traces = m_traces, now = now(),
                 known = m_drawn](std::stop_token stop) { return question(traces, now, known, stop); },
                [this](Answer answer) {
                    m_drawn = std::move(answer.drawn);
                    m_answered = true;
                    setRows(std::move(answer.rows));
                    const bool ticks = rowCount() > 0 && m_fixedNow == kNoTime;
                    if (!ticks)
                        m_clock.stop();
                    else if (!m_clock.isActive()) // started anew with each answer it would never strike
                        m_clock.start();
                    emit refreshed();
                    if (m_dirty && !m_soon.isActive()) ask();
                });
}

RunningModel::Answer RunningModel::question(TraceStore& traces, TimeNs now, const DrawnMap& known,
                                            const std::stop_token& stop) {
    Answer answer;
    TraceQuery query;
    query.limit = kLooked;
    const auto page = traces.traces(query, stop);
    if (!page) return answer;
    for (const TraceRow& row : page->rows) {
        if (!row.running || static_cast<int>(answer.rows.size()) >= kMost) continue;
        const auto silence = between(row.end == kNoTime ? row.start : row.end, now);
        if (!silence || *silence > kAlive) continue;
        RunningRow running{row, {}};
        if (static_cast<int>(answer.rows.size()) < kMostPictures && row.spans <= kMostSpans) {
            const auto before = known.find(row.id);
            if (before != known.end() && before->second.spans == row.spans) {
                running.marks = before->second.marks;
            } else if (const auto trace = traces.open(row.id, stop)) {
                running.marks = runningMarks(**trace);
            }
            answer.drawn[row.id] = {row.spans, running.marks};
        }
        answer.rows.push_back(std::move(running));
    }
    return answer;
}

void RunningModel::tick() {
    if (rowCount() > 0) emit dataChanged(index(0, Bar), index(rowCount() - 1, Duration));
}

int RunningModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant RunningModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const TraceRow& trace = row(index.row()).trace;
    const auto duration = between(trace.start, now());
    const auto tokens = runTokens(trace);
    const QString cost = trace.costs().known() ? fromUtf8(format_costs(trace.costs()))
                         : trace.llm_calls > 0 ? tr("unpriced")
                                               : fromUtf8(kUnknown);
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Name: return runName(trace);
        case Duration: return fromUtf8(format_duration(duration));
        case Tokens: return fromUtf8(format_tokens(tokens));
        case Cost: return cost;
        default: return {};
        }
    }
    if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) {
        QStringList words{runName(trace)};
        if (!trace.detail.empty()) words << fromUtf8(trace.detail);
        words << tr("running for %1").arg(fromUtf8(format_duration(duration)));
        words << plural(trace.spans, tr("span"), tr("spans"));
        if (tokens) words << tr("%1 tokens").arg(fromUtf8(format_count(*tokens)));
        words << (trace.costs().known() ? fromUtf8(cost_words(trace.costs()))
                  : trace.llm_calls > 0 ? tr("unpriced: no cost is reported, no price known")
                                        : tr("no cost"));
        return words.join(role == Qt::ToolTipRole ? QStringLiteral("\n") : QStringLiteral(", "));
    }
    return {};
}

} // namespace clew::views

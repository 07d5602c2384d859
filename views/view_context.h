// What every view is built with. Owned by app/Application, which outlives all views. GUI thread.
#pragma once

#include "model/store/note_book.h"
#include "model/store/trace_store.h"
#include "views/theme/theme.h"

#include <QObject>

namespace clew::views {

class FindingRules;

// The one selection that all pages share: switching page keeps what one looks at.
class Selection : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] TraceId trace() const { return m_trace; }
    [[nodiscard]] SpanId span() const { return m_span; }

public slots:
    // Selecting a trace without a span leaves the choice of a span to the trace page (its root).
    void selectTrace(clew::TraceId trace, clew::SpanId span = {}) {
        if (trace == m_trace && (span == m_span || !span.valid())) return;
        const bool otherTrace = trace != m_trace;
        m_trace = trace;
        m_span = span;
        if (otherTrace) emit traceChanged(trace);
        emit spanChanged(trace, span);
    }
    void selectSpan(clew::SpanId span) { selectTrace(m_trace, span); }

signals:
    void traceChanged(clew::TraceId trace);
    void spanChanged(clew::TraceId trace, clew::SpanId span);

private:
    TraceId m_trace;
    SpanId m_span;
};

struct ViewContext {
    TraceStore& traces;
    NoteBook& noteBook;
    Theme& theme;
    Selection& selection;
    FindingRules* rules = nullptr; // without, findings are looked for by the usual rules
};

} // namespace clew::views

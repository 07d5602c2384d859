// The findings of the trace that is open: asked for off the GUI thread, the stored ones where they are
// current, else computed. Errors come first, then warnings, then what is for information. GUI thread.
#pragma once

#include "model/trace/finding.h"
#include "views/ask.h"
#include "views/view_context.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace clew::views {

using FindingsPtr = std::shared_ptr<const std::vector<Finding>>;

// What a row of the tree says of a span.
struct SpanMark {
    Severity severity = Severity::info;
    QString words; // titles of the rules
};
using SpanMarks = std::unordered_map<SpanId, SpanMark>;

class TraceFindings : public QObject {
    Q_OBJECT

public:
    explicit TraceFindings(ViewContext& context, QObject* parent = nullptr);

    void show(TraceId trace); // an invalid id: nothing
    void refresh();           // the store or the rules changed; what is known stays until then

    [[nodiscard]] TraceId trace() const { return m_trace; }
    [[nodiscard]] bool known() const { return m_findings != nullptr; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] FindingsPtr findings() const; // never null
    [[nodiscard]] FindingCounts counts() const;
    // Of errors and warnings: success is silent.
    [[nodiscard]] SpanMarks marks() const;
    [[nodiscard]] bool busy() const { return m_asker.busy(); }

signals:
    void changed();

private:
    void ask();

    ViewContext& m_context;
    Asker m_asker;
    TraceId m_trace;
    FindingsPtr m_findings; // null = not known yet
    std::optional<Error> m_error;
};

QString ruleTitle(const std::string& rule);
// "26k tokens · $0.24 · 12 s": what is known of it; may be empty.
QString wastedText(const Wasted& wasted);
QString severityText(Severity severity);

} // namespace clew::views

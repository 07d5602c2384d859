// The middle of the trace page: header, minimap, span tree with its waterfall, footer, for one trace.
//
// Asks the store off the GUI thread and swaps snapshots in; selection, expansion, scroll and zoom survive a
// newer one. Shares the selection of the ViewContext: it follows context.selection and sets its span. GUI
// thread.
#pragma once

#include "model/base/result.h"
#include "model/trace/judgement.h"
#include "model/trace/trace_snapshot.h"
#include "views/view_context.h"

#include <QImage>
#include <QWidget>

#include <memory>
#include <vector>

class QTimer;
class QVBoxLayout;

namespace clew::views {

class MessageCard;
class Minimap;
class SpanTreeView;
class FindingsPanel;
class TraceFindings;
class TraceFooter;
class TraceHeader;
class TraceLoader;
struct TracePicture;

class TracePane : public QWidget {
    Q_OBJECT

public:
    explicit TracePane(ViewContext& context, QWidget* parent = nullptr);
    ~TracePane() override;

    [[nodiscard]] TraceId trace() const { return m_trace; }
    // Null while nothing is loaded.
    [[nodiscard]] TraceSnapshotPtr snapshot() const;
    [[nodiscard]] SpanTreeView* tree() const { return m_tree; }
    [[nodiscard]] TraceHeader* header() const { return m_header; }
    [[nodiscard]] TraceFindings* findings() const { return m_findings; }
    [[nodiscard]] FindingsPanel* findingsPanel() const { return m_panel; }

    // A snapshot that is at hand (pictures, tests): shown at once, without the store.
    void showSnapshot(TraceSnapshotPtr snapshot);
    // "Now" of running spans as fixed time (pictures, tests); kNoTime = the clock.
    void setNow(TimeNs now);
    void setJudgements(const std::vector<Judgement>& judgements);

    // What `clew render` draws: the whole pane, or one part of it, at a size in logical pixels.
    enum class Part { Pane, Tree, Waterfall, Minimap };
    QImage render(Part part, QSize size, qreal scale = 1.0);

public slots:
    // Loads the trace and shows it; an invalid id empties the pane. The same trace again is a refresh.
    void showTrace(clew::TraceId trace);
    // The store changed: asks for the open trace and its judgements again. Cheap to call often.
    void refresh();
    void refreshJudgements();

    void focusTree();
    void fit();       // the selected span, or, if that fills the view, the whole trace
    void nextError(); // errors and silent failures, round and round
    void previousError();
    void toggleCriticalPath();
    void nextGap();                     // the longest time in which nothing ran, then the next longest
    void toggleFindings();
    void nextFinding(); // shows the list as well
    void previousFinding();
    void selectSpan(clew::SpanId span); // opens collapsed ancestors and scrolls there

signals:
    void loaded(clew::TraceId trace);        // rows are on the screen, first time or anew
    void loadFailed(clew::TraceId trace);    // the pane says why
    void statusMessage(const QString& text); // short, for the status bar: "Copied", "No error in this run"
    void keysRequested();                    // the footer's "Keys ?" was clicked
    void ruleOffWanted(const QString& rule);
    void rulesWanted();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void showFindings();
    void placePanel();
    void apply(const std::shared_ptr<const TracePicture>& picture);
    void showError(const Error& error);
    void showParts(const std::shared_ptr<const TracePicture>& picture);
    void setMessageShown(bool shown);
    void tick();
    void runCommand(const QString& command);

    ViewContext& m_context;
    TraceId m_trace;
    TraceHeader* m_header = nullptr;
    Minimap* m_minimap = nullptr;
    SpanTreeView* m_tree = nullptr;
    TraceFooter* m_footer = nullptr;
    MessageCard* m_message = nullptr;
    QVBoxLayout* m_cardMargins = nullptr;
    TraceFindings* m_findings = nullptr;
    FindingsPanel* m_panel = nullptr;
    TraceLoader* m_loader = nullptr;
    QTimer* m_clock = nullptr;
    TimeNs m_fixedNow = kNoTime;
    std::vector<Judgement> m_judgements;
};

} // namespace clew::views

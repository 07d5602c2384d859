#include "views/trace/trace_pane.h"

#include "model/base/numbers.h"
#include "views/findings/findings_panel.h"
#include "views/findings/trace_findings.h"
#include "views/runs/message_card.h"
#include "views/trace/minimap.h"
#include "views/trace/span_text.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_footer.h"
#include "views/trace/trace_header.h"
#include "views/trace/trace_loader.h"

#include <QEvent>
#include <QKeyEvent>
#include <QTimer>
#include <QVBoxLayout>

#include <utility>

namespace clew::views {

namespace {

// A run without an end that was heard of this recently is taken to be alive: its "now" is the clock.
constexpr DurationNs kAlive = 600 * kSecond;
constexpr int kNowEvery = 1000; // ms (look: motion)

} // namespace

TracePane::TracePane(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_header(new TraceHeader(context.theme, this))
    , m_minimap(new Minimap(context.theme, this))
    , m_tree(new SpanTreeView(context.theme, this))
    , m_footer(new TraceFooter(context.theme, this))
    , m_message(new MessageCard(context.theme, this))
    , m_findings(new TraceFindings(context, this))
    , m_panel(new FindingsPanel(context, *m_findings, this))
    , m_loader(new TraceLoader(context.traces, context.noteBook, this))
    , m_clock(new QTimer(this)) {
    setAccessibleName(tr("Trace"));
    setFocusProxy(m_tree);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_minimap);
    auto* card = new QVBoxLayout;
    card->setContentsMargins(8, 8, 8, 8);
    card->addWidget(m_message);
    layout->addLayout(card);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_footer);
    m_cardMargins = card;
    setMessageShown(false);
    showParts(nullptr);

    connect(m_loader, &TraceLoader::arrived, this, &TracePane::apply);
    connect(m_loader, &TraceLoader::judgementsArrived, this, &TracePane::setJudgements);
    connect(m_loader, &TraceLoader::failed, this, &TracePane::showError);
    connect(m_loader, &TraceLoader::waiting, this, [this](qint64 spans) {
        if (snapshot() && snapshot()->id == m_trace) return; // a refresh says nothing
        if (snapshot()) showParts(nullptr);
        m_header->setLoading(spans < 0 ? tr("Opening…") : fromUtf8(format_short_count(spans)) + tr(" spans"));
    });
    connect(m_tree, &SpanTreeView::timesChanged, this,
            [this] { m_minimap->setScale(m_tree->scale(), m_tree->now()); });
    connect(m_tree, &SpanTreeView::currentSpanChanged, this, [this](SpanId span) {
        // While another run is on its way, the old one is still to be seen; it no longer speaks for the page.
        if (snapshot() && snapshot()->id == m_trace) m_context.selection.selectTrace(m_trace, span);
    });
    connect(m_tree, &SpanTreeView::statusMessage, this, &TracePane::statusMessage);
    connect(m_tree, &SpanTreeView::pathShownChanged, m_footer, &TraceFooter::setPathShown);
    connect(m_minimap, &Minimap::rangeChosen, m_tree, &SpanTreeView::showTimes);
    connect(m_minimap, &Minimap::fitAsked, this,
            [this] { m_tree->showTimes(m_tree->scale().origin(), m_tree->scale().boundsEnd()); });
    connect(m_header, &TraceHeader::errorsClicked, this, &TracePane::nextError);
    connect(m_findings, &TraceFindings::changed, this, &TracePane::showFindings);
    connect(m_header, &TraceHeader::findingsClicked, this, &TracePane::toggleFindings);
    connect(m_panel, &FindingsPanel::spanWanted, this, &TracePane::selectSpan);
    connect(m_panel, &FindingsPanel::ruleOffWanted, this, &TracePane::ruleOffWanted);
    connect(m_panel, &FindingsPanel::rulesWanted, this, &TracePane::rulesWanted);
    connect(m_panel, &FindingsPanel::closed, this, &TracePane::focusTree);
    connect(m_footer, &TraceFooter::commandClicked, this, &TracePane::runCommand);
    connect(&context.selection, &Selection::spanChanged, this, [this](TraceId trace, SpanId span) {
        if (trace == m_trace) m_tree->setCurrentSpan(span);
    });
    m_clock->setInterval(kNowEvery);
    connect(m_clock, &QTimer::timeout, this, &TracePane::tick);
    connect(&context.theme, &Theme::changed, this, [this] { update(); });
}

TracePane::~TracePane() = default;

TraceSnapshotPtr TracePane::snapshot() const {
    return m_tree->picture() ? m_tree->picture()->snapshot : nullptr;
}

void TracePane::showTrace(TraceId trace) {
    if (trace == m_trace && trace.valid()) {
        refresh();
        return;
    }
    m_trace = trace;
    m_findings->show(trace);
    m_loader->open(trace);
    setMessageShown(false);
    m_header->setLoading({});
    setJudgements({});
    // The former run stays until the new one is there: no flash of nothing within the first moments.
    if (!trace.valid()) apply(nullptr);
}

void TracePane::refresh() {
    m_loader->refresh();
    m_loader->refreshJudgements();
    m_findings->refresh();
}

void TracePane::refreshJudgements() {
    m_loader->refreshJudgements();
}

void TracePane::showSnapshot(TraceSnapshotPtr snapshot) {
    m_trace = snapshot ? snapshot->id : TraceId{};
    m_findings->show(m_trace);
    apply(makeTracePicture(std::move(snapshot)));
}

void TracePane::apply(const TracePicturePtr& picture) {
    setMessageShown(false);
    m_header->setLoading({});
    const bool sameTrace =
        snapshot() && picture && picture->snapshot && snapshot()->id == picture->snapshot->id;
    showParts(picture);
    if (const SpanId chosen = m_context.selection.span();
        !sameTrace && m_context.selection.trace() == m_trace) {
        if (chosen.valid())
            m_tree->setCurrentSpan(chosen);
        else if (m_tree->currentSpan().valid())
            m_context.selection.selectTrace(m_trace, m_tree->currentSpan());
    }
    tick();
    m_minimap->setScale(m_tree->scale(), m_tree->now());
    if (m_trace.valid()) emit loaded(m_trace);
}

void TracePane::showParts(const TracePicturePtr& picture) {
    const bool some = picture && picture->snapshot && !picture->snapshot->spans.empty();
    m_header->setPicture(picture);
    m_minimap->setPicture(picture);
    m_footer->setPicture(picture);
    m_tree->setPicture(picture);
    m_minimap->setVisible(some);
    m_footer->setVisible(some);
}

void TracePane::showError(const Error& error) {
    m_header->setLoading({});
    if (snapshot() && snapshot()->id != m_trace) showParts(nullptr);
    m_message->showError(error, tr("Try again"), [this] { m_loader->open(m_trace); });
    setMessageShown(true);
    emit loadFailed(m_trace);
}

void TracePane::setMessageShown(bool shown) {
    const int margin = shown ? 8 : 0;
    m_cardMargins->setContentsMargins(margin, margin, margin, margin);
    m_message->setVisible(shown);
}

void TracePane::setNow(TimeNs now) {
    m_fixedNow = now;
    tick();
}

// Running spans end now, where the run is alive; else where it was last heard of.
void TracePane::tick() {
    const TraceSnapshotPtr trace = snapshot();
    if (!trace || !trace->running) {
        m_clock->stop();
        return;
    }
    const TimeNs wall = m_fixedNow != kNoTime ? m_fixedNow : clew::now();
    const auto silence = between(trace->end, wall);
    const bool alive = m_fixedNow != kNoTime || (silence && *silence >= 0 && *silence < kAlive);
    m_tree->setNow(alive ? std::max(wall, trace->end) : trace->end);
    if (alive && m_fixedNow == kNoTime)
        m_clock->start();
    else
        m_clock->stop();
}

void TracePane::setJudgements(const std::vector<Judgement>& judgements) {
    m_judgements = judgements;
    m_tree->setJudgements(judgements);
}

void TracePane::runCommand(const QString& command) {
    if (command == QLatin1String("time.zoomIn"))
        m_tree->zoomIn();
    else if (command == QLatin1String("time.zoomOut"))
        m_tree->zoomOut();
    else if (command == QLatin1String("time.panLeft"))
        m_tree->panLeft();
    else if (command == QLatin1String("time.panRight"))
        m_tree->panRight();
    else if (command == QLatin1String("time.fit"))
        m_tree->fit();
    else if (command == QLatin1String("time.gap"))
        m_tree->nextGap();
    else if (command == QLatin1String("tree.nextError"))
        m_tree->nextTrouble();
    else if (command == QLatin1String("help.keys"))
        emit keysRequested();
}

void TracePane::focusTree() {
    m_tree->setFocus(Qt::ShortcutFocusReason);
}
void TracePane::fit() {
    m_tree->fit();
}
void TracePane::nextError() {
    m_tree->nextTrouble(1);
}
void TracePane::previousError() {
    m_tree->nextTrouble(-1);
}
void TracePane::nextGap() {
    m_tree->nextGap();
}

void TracePane::showFindings() {
    m_header->setFindings(m_findings->known() ? std::optional(m_findings->counts()) : std::nullopt);
    m_tree->setMarks(m_findings->marks());
}
void TracePane::placePanel() {
    m_panel->place(m_header->geometry().bottom() + 1);
}
void TracePane::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placePanel();
}
void TracePane::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_panel->isVisible())
        m_panel->close();
    else
        QWidget::keyPressEvent(event);
}
void TracePane::toggleFindings() {
    if (m_panel->isVisible()) {
        m_panel->close();
        return;
    }
    placePanel();
    m_panel->open();
}
void TracePane::nextFinding() {
    placePanel();
    m_panel->step(1);
}
void TracePane::previousFinding() {
    placePanel();
    m_panel->step(-1);
}
void TracePane::toggleCriticalPath() {
    m_tree->setPathShown(!m_tree->pathShown());
}
void TracePane::selectSpan(SpanId span) {
    m_tree->setCurrentSpan(span);
    m_context.selection.selectTrace(m_trace, span);
}

QImage TracePane::render(Part part, QSize size, qreal scale) {
    QImage image(size * scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(m_context.theme.colours().base);
    const auto draw = [&](QWidget& widget) {
        widget.ensurePolished();
        widget.render(&image, QPoint(), QRegion(), QWidget::DrawWindowBackground | QWidget::DrawChildren);
    };
    if (part == Part::Pane) {
        const QSize before = this->size();
        resize(size);
        draw(*this);
        resize(before);
        return image;
    }
    // A part alone is drawn by a widget of its own, outside the pane's layout.
    SpanTreeView tree(m_context.theme);
    tree.setPicture(m_tree->picture());
    tree.setNow(m_tree->now());
    tree.setJudgements(m_judgements);
    tree.setMarks(m_findings->marks());
    tree.setCurrentSpan(m_tree->currentSpan());
    if (part == Part::Minimap) {
        Minimap map(m_context.theme);
        map.setPicture(m_tree->picture());
        map.resize(size);
        map.setScale(m_tree->scale(), m_tree->now());
        draw(map);
        return image;
    }
    tree.setWantedColumns(part == Part::Tree ? kSpanColumn | kTokensColumn | kCostColumn | kDurationColumn
                                             : kSpanColumn | kWaterfallColumn);
    tree.resize(size);
    draw(tree);
    return image;
}

} // namespace clew::views

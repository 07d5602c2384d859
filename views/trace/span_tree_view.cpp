#include "views/trace/span_tree_view.h"

#include "views/items/span_tree_model.h"
#include "views/trace/span_text.h"
#include "views/trace/span_tree_accessible.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace clew::views {

SpanTreeView::SpanTreeView(const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme) {
    installSpanTreeAccessible();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Span tree and waterfall"));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    verticalScrollBar()->setAccessibleName(tr("Scroll rows"));
    connect(&m_theme, &Theme::changed, this, [this] {
        m_waterfall.clear();
        layoutColumns();
        viewport()->update();
    });
    layoutColumns();
}

SpanTreeView::~SpanTreeView() = default;

void SpanTreeView::setPicture(TracePicturePtr picture) {
    const bool otherTrace = !m_picture || !picture || !m_picture->snapshot || !picture->snapshot ||
                            m_picture->snapshot->id != picture->snapshot->id;
    if (otherTrace) m_gapsSeen = 0;
    const TraceSnapshotPtr before = m_rows.snapshot();
    const TraceSnapshotPtr after = picture ? picture->snapshot : nullptr;
    const bool same = before && after && before->id == after->id;
    m_waterfall.clear();
    m_threadVersion = 0;
    if (!same) {
        m_rows = {};
        m_rows.setSnapshot(after);
        m_picture = std::move(picture);
        m_now = after ? after->end : 0;
        m_hovered = -1;
        m_scale = {};
        if (!after || after->find(m_current) == kNoSpan)
            m_current = after && !after->spans.empty() ? after->spans.front().id : SpanId{};
        if (m_model) m_model->setSnapshot(after);
        updateBounds();
        m_scale.fit();
        updateScrollBar();
        verticalScrollBar()->setValue(0);
        layoutColumns();
    } else {
        // The row under the eye stays where it is.
        const int top = rowAt(headerHeight());
        const SpanId anchor =
            top >= 0 ? before->spans[static_cast<std::size_t>(m_rows.span(top))].id : SpanId{};
        const int anchorY = top >= 0 ? rowRect(top).top() : 0;
        m_picture = std::move(picture);
        m_rows.setSnapshot(after);
        if (m_model) m_model->setSnapshot(after);
        m_hovered = -1;
        updateBounds();
        layoutColumns();
        if (const int row = m_rows.row(after->find(anchor)); row >= 0)
            verticalScrollBar()->setValue(verticalScrollBar()->value() + rowRect(row).top() - anchorY);
        if (!m_current.valid() && !after->spans.empty()) m_current = after->spans.front().id;
    }
    viewport()->update();
    emit rowsChanged();
    emit timesChanged();
}

void SpanTreeView::setJudgements(const std::vector<Judgement>& judgements) {
    m_thumbs.clear();
    for (const Judgement& judgement : judgements) { // oldest first: the newest stands
        if (judgement.target.span.valid()) {
            m_thumbs[judgement.target.span] = judgement.thumb;
        } else if (m_picture && m_picture->snapshot && !m_picture->snapshot->spans.empty()) {
            m_thumbs[m_picture->snapshot->spans.front().id] = judgement.thumb;
        }
    }
    viewport()->update();
}

void SpanTreeView::setMarks(SpanMarks marks) {
    m_marks = std::move(marks);
    viewport()->update();
}

void SpanTreeView::setNow(TimeNs now) {
    if (now == m_now) return;
    m_now = now;
    updateBounds();
    viewport()->update();
    emit timesChanged();
}

void SpanTreeView::updateBounds() {
    const TraceSnapshotPtr& trace = m_rows.snapshot();
    if (!trace) return;
    if (trace->start == kNoTime) { // no span says when it was
        m_scale.setBounds(0, 0);
        return;
    }
    m_scale.setBounds(trace->start, trace->running ? std::max(trace->end, m_now) : trace->end);
}

void SpanTreeView::setWantedColumns(std::uint8_t columns) {
    m_wanted = columns;
    layoutColumns();
    viewport()->update();
}

void SpanTreeView::setCompact(bool compact) {
    m_compact = compact;
    layoutColumns();
    viewport()->update();
}

void SpanTreeView::layoutColumns() {
    m_metrics = RowMetrics::of(m_theme, m_compact);
    m_columns = TreeColumns::layout(viewport()->width(), m_theme, usefulColumns(), m_edgeGain);
    m_scale.setWidth(std::max(1, m_columns.waterfall.width));
    updateScrollBar();
}

std::uint8_t SpanTreeView::usefulColumns() const {
    std::uint8_t columns = m_wanted;
    if (!m_picture || !m_picture->snapshot) return columns;
    const TraceTotals& totals = m_picture->totals;
    if (totals.input == kUnknownCount && totals.output == kUnknownCount) columns &= ~kTokensColumn;
    if (!totals.costs().known()) columns &= ~kCostColumn;
    return columns;
}

int SpanTreeView::headerHeight() const {
    return m_theme.px(24);
}

int SpanTreeView::rowsHeight() const {
    return std::max(0, viewport()->height() - headerHeight());
}

QRect SpanTreeView::rowRect(int row) const {
    // Qt's coordinates are int: enough for 80 million rows.
    const int top = headerHeight() + row * m_metrics.height - verticalScrollBar()->value();
    return {0, top, viewport()->width(), m_metrics.height};
}

int SpanTreeView::rowAt(int y) const {
    if (y < headerHeight()) return -1;
    const int row = (y - headerHeight() + verticalScrollBar()->value()) / m_metrics.height;
    return row < m_rows.count() ? row : -1;
}

void SpanTreeView::updateScrollBar() {
    QScrollBar* bar = verticalScrollBar();
    // Whole rows, so that the last position shows no cut row at the top.
    const int page = std::max(1, rowsHeight() / m_metrics.height);
    bar->setSingleStep(m_metrics.height);
    bar->setPageStep(std::max(1, rowsHeight()));
    const bool fits = m_rows.count() * m_metrics.height <= rowsHeight();
    bar->setRange(0, fits ? 0 : std::max(0, m_rows.count() - page) * m_metrics.height);
}

void SpanTreeView::keepRowsInPlace(const std::function<bool()>& change) {
    const int current = currentRow();
    const bool seen = current >= 0 && rowRect(current).bottom() > headerHeight() &&
                      rowRect(current).top() < viewport()->height();
    const int anchorRow = seen ? current : rowAt(headerHeight());
    const std::int32_t anchor = anchorRow >= 0 ? m_rows.span(anchorRow) : kNoSpan;
    const int y = anchorRow >= 0 ? rowRect(anchorRow).top() : 0;
    if (!change()) return;
    m_hovered = -1;
    updateScrollBar();
    if (anchor != kNoSpan)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + rowRect(m_rows.row(anchor)).top() - y);
    viewport()->update();
    emit rowsChanged();
}

std::int32_t SpanTreeView::currentIndex() const {
    return m_picture && m_picture->snapshot ? m_picture->snapshot->find(m_current) : kNoSpan;
}

int SpanTreeView::currentRow() const {
    return m_rows.row(currentIndex());
}

void SpanTreeView::setCurrentSpan(SpanId span) {
    if (span == m_current || !span.valid()) return;
    const int before = currentRow();
    m_current = span;
    const std::int32_t index = currentIndex();
    if (index == kNoSpan) return;
    keepRowsInPlace([&] { return m_rows.reveal(index); });
    updateRow(before);
    const QRect rect = rowRect(currentRow());
    if (rect.top() < headerHeight() || rect.bottom() > viewport()->height()) {
        // Far jumps land in the upper third, near ones at the edge that is crossed.
        const int away =
            rect.top() < headerHeight() ? headerHeight() - rect.top() : rect.bottom() - viewport()->height();
        QScrollBar* bar = verticalScrollBar();
        int value = bar->value();
        if (away > rowsHeight())
            value += rect.top() - headerHeight() - rowsHeight() / 3;
        else if (rect.top() < headerHeight())
            value -= away + m_metrics.height - 1;
        else
            value += away;
        const int rows = (value + m_metrics.height - 1) / m_metrics.height; // no cut row at the top
        bar->setValue(rows * m_metrics.height);
    }
    viewport()->update();
    announceCurrent();
}

void SpanTreeView::goToSpan(std::int32_t span) {
    if (span == kNoSpan) return;
    const SpanId id = m_picture->snapshot->spans[static_cast<std::size_t>(span)].id;
    if (id == m_current) return;
    setCurrentSpan(id);
    emit currentSpanChanged(id);
}

void SpanTreeView::goToRow(int row) {
    if (m_rows.count() == 0) return;
    goToSpan(m_rows.span(std::clamp(row, 0, m_rows.count() - 1)));
}

void SpanTreeView::setHovered(int row) {
    if (row == m_hovered) return;
    updateRow(m_hovered);
    m_hovered = row;
    updateRow(m_hovered);
}

void SpanTreeView::updateRow(int row) {
    if (row >= 0) viewport()->update(rowRect(row));
}

void SpanTreeView::timesMoved() {
    viewport()->update();
    emit timesChanged();
}

void SpanTreeView::showTimes(TimeNs begin, TimeNs end) {
    m_scale.show(begin, end);
    timesMoved();
}

void SpanTreeView::setPathShown(bool shown) {
    if (shown == m_pathShown) return;
    m_pathShown = shown;
    viewport()->update();
    emit pathShownChanged(shown);
}

void SpanTreeView::nextGap() {
    if (!m_picture || m_picture->gaps.list.empty()) {
        emit statusMessage(tr("Something ran all the time"));
        return;
    }
    const Gaps& gaps = m_picture->gaps;
    const std::vector<std::size_t>& marked = m_picture->longGaps;
    const std::size_t at = marked.empty() ? gaps.longest : marked[m_gapsSeen++ % marked.size()];
    const Gap& gap = gaps.list[at];
    showTimes(gap.from - gap.length() / 2, gap.to + gap.length() / 2);
    goToSpan(gap.after);
    emit statusMessage(tr("Nothing ran for %1").arg(fromUtf8(format_duration(gap.length()))));
}

void SpanTreeView::fit() {
    const std::int32_t index = currentIndex();
    if (index == kNoSpan) return;
    const SnapshotSpan& span = m_picture->snapshot->spans[static_cast<std::size_t>(index)];
    const TimeNs end = span.end == kNoTime ? std::max(m_now, span.start) : span.end;
    const DurationNs air = std::max<DurationNs>(std::abs(between(span.start, end).value_or(0)) / 20, 1);
    TimeScale wanted = m_scale;
    if (span.start != kNoTime) wanted.show(std::min(span.start, end) - air, std::max(span.start, end) + air);
    const auto near = [&](TimeNs a, TimeNs b) {
        return std::abs(a - b) <= (wanted.end() - wanted.begin()) / 100;
    };
    if (span.start == kNoTime || (near(wanted.begin(), m_scale.begin()) && near(wanted.end(), m_scale.end())))
        m_scale.fit();
    else
        m_scale = wanted;
    timesMoved();
}

void SpanTreeView::zoomAt(double x, double factor) {
    m_scale.zoom(x, factor);
    timesMoved();
}

// Keys zoom around the current span where it can be seen, else around the middle.
double SpanTreeView::zoomCentre() const {
    const std::int32_t index = currentIndex();
    if (index != kNoSpan) {
        const SnapshotSpan& span = m_picture->snapshot->spans[static_cast<std::size_t>(index)];
        const TimeNs end = span.end == kNoTime ? m_now : span.end;
        const double x = (m_scale.x(span.start) + m_scale.x(end)) / 2;
        if (span.start != kNoTime && x > 0 && x < m_scale.width()) return x;
    }
    return m_scale.width() / 2;
}

void SpanTreeView::zoomIn() {
    zoomAt(zoomCentre(), 1.5);
}
void SpanTreeView::zoomOut() {
    zoomAt(zoomCentre(), 1 / 1.5);
}
void SpanTreeView::panLeft() {
    m_scale.pan(-m_scale.width() / 5);
    timesMoved();
}
void SpanTreeView::panRight() {
    m_scale.pan(m_scale.width() / 5);
    timesMoved();
}

void SpanTreeView::nextTrouble(int direction) {
    if (!m_picture || m_picture->troubles.empty()) {
        emit statusMessage(tr("No error and no silent failure in this run"));
        return;
    }
    const std::vector<std::int32_t>& all = m_picture->troubles;
    const std::int32_t here = currentIndex();
    auto at = direction > 0 ? std::upper_bound(all.begin(), all.end(), here)
                            : std::lower_bound(all.begin(), all.end(), here);
    if (direction < 0)
        at = at == all.begin() ? std::prev(all.end()) : std::prev(at);
    else if (at == all.end())
        at = all.begin();
    goToSpan(*at);
    emit statusMessage(tr("Error %1 of %2").arg(at - all.begin() + 1).arg(all.size()));
}

void SpanTreeView::nextOfKind(int direction) {
    const std::int32_t here = currentIndex();
    if (here == kNoSpan) return;
    const auto& spans = m_picture->snapshot->spans;
    const auto count = static_cast<std::int32_t>(spans.size());
    const Kind kind = spans[static_cast<std::size_t>(here)].kind;
    for (std::int32_t at = here + direction; at >= 0 && at < count; at += direction) {
        if (spans[static_cast<std::size_t>(at)].kind != kind) continue;
        goToSpan(at);
        return;
    }
    emit statusMessage(direction > 0 ? tr("No further span of this kind")
                                     : tr("No earlier span of this kind"));
}

void SpanTreeView::expandAll() {
    keepRowsInPlace([this] { return m_rows.expandAll(); });
}

void SpanTreeView::setCurrentCollapsed(bool collapsed) {
    const std::int32_t index = currentIndex();
    keepRowsInPlace([&] { return m_rows.setCollapsed(index, collapsed); });
}

QAbstractItemModel* SpanTreeView::model() {
    if (!m_model) {
        m_model = std::make_unique<SpanTreeModel>();
        m_model->setSnapshot(m_rows.snapshot());
    }
    return m_model.get();
}

QString SpanTreeView::rowDescription(int row) const {
    if (!m_picture || row < 0 || row >= m_rows.count()) return {};
    const std::int32_t index = m_rows.span(row);
    const TraceSnapshot& trace = *m_picture->snapshot;
    const SnapshotSpan& span = trace.spans[static_cast<std::size_t>(index)];
    QStringList words{shownText(trace.text(span.name)), kindWords(span)};
    if (const QString state = statusWords(*m_picture, index); !state.isEmpty()) words << state;
    if (const QString detail = detailText(*m_picture, index, m_rows.isCollapsed(index)); !detail.isEmpty())
        words << detail;
    if (const auto mark = m_marks.find(span.id); mark != m_marks.end())
        words << tr("findings: %1").arg(mark->second.words);
    words << durationText(span, m_now);
    const TokenText tokens = tokenText(span, m_rows.isCollapsed(index));
    if (!tokens.input.isEmpty()) words << tr("%1 tokens in").arg(tokens.input);
    if (!tokens.output.isEmpty()) words << tr("%1 tokens out").arg(tokens.output);
    if (const CostText cost = costText(span, m_rows.isCollapsed(index)); !cost.text.isEmpty())
        words << cost.text;
    if (span.subtree > 1) words << (m_rows.isCollapsed(index) ? tr("collapsed") : tr("expanded"));
    return words.join(QStringLiteral(", "));
}

void SpanTreeView::announceCurrent() {
    if (!QAccessible::isActive()) return;
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(currentRow());
    QAccessible::updateAccessibility(&event);
}

void SpanTreeView::copyText(const QString& text) {
    QGuiApplication::clipboard()->setText(text);
    emit statusMessage(tr("Copied"));
}

} // namespace clew::views

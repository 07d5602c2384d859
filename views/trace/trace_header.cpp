#include "views/trace/trace_header.h"

#include "model/base/numbers.h"
#include "model/trace/display_name.h"
#include "model/trace/span.h"
#include "views/runs/widgets.h"
#include "views/text.h"
#include "views/theme/digits.h"
#include "views/theme/keys.h"
#include "views/trace/span_row_painter.h"
#include "views/trace/span_text.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

TraceHeader::TraceHeader(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_findings(new ThemedButton(theme, {}, tr("Findings"), this)) {
    setMouseTracking(true);
    m_findings->setKeyHint(keyHint("findings.next"));
    m_findings->setFocusPolicy(Qt::TabFocus);
    connect(m_findings, &QPushButton::clicked, this, &TraceHeader::findingsClicked);
    setFindings({});
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        placeButton();
        update();
    });
    updateWords();
}

void TraceHeader::setFindings(std::optional<FindingCounts> counts) {
    m_counts = counts;
    const std::int64_t troubles = counts ? counts->troubles() : 0;
    m_findings->setText(troubles > 0 ? tr("Findings %1").arg(fromUtf8(format_short_count(troubles)))
                                     : tr("Findings"));
    m_findings->setToolTip(!counts        ? tr("What the rules find in this run")
                           : troubles > 0 ? tr("%1 and %2 that the rules found")
                                                .arg(plural(counts->errors, "error", "errors"),
                                                     plural(counts->warnings, "warning", "warnings"))
                                          : tr("The rules find no trouble in this run"));
    m_findings->setAccessibleDescription(m_findings->toolTip());
    placeButton();
    update();
}

void TraceHeader::placeButton() {
    const bool shown = m_loading.isEmpty() && m_picture && m_picture->snapshot &&
                       !m_picture->snapshot->spans.empty() && width() >= m_theme.px(320);
    m_findings->setVisible(shown);
    const QSize size(m_findings->sizeHint().width(), m_theme.px(26));
    m_findings->setGeometry(width() - m_theme.px(8) - size.width(), (height() - size.height()) / 2,
                            size.width(), size.height());
}

void TraceHeader::resizeEvent(QResizeEvent*) {
    placeButton();
}

QSize TraceHeader::sizeHint() const {
    return {m_theme.px(240), m_theme.px(40)};
}

void TraceHeader::setPicture(TracePicturePtr picture) {
    m_picture = std::move(picture);
    m_badges = {};
    placeButton();
    updateWords();
    update();
}

void TraceHeader::setLoading(const QString& text) {
    if (text == m_loading) return;
    m_loading = text;
    placeButton();
    updateWords();
    update();
}

QString TraceHeader::summary() const {
    if (!m_loading.isEmpty()) return m_loading;
    if (!m_picture || !m_picture->snapshot) return {};
    const TraceSnapshot& trace = *m_picture->snapshot;
    QStringList words{shownText(trace.name)};
    if (!trace.detail.empty()) words << shownText(trace.detail);
    words << plural(static_cast<std::int64_t>(trace.spans.size()), "span", "spans");
    const TraceTotals& totals = m_picture->totals;
    if (totals.input != kUnknownCount) words << tr("%1 tokens in").arg(fromUtf8(format_count(totals.input)));
    if (totals.output != kUnknownCount)
        words << tr("%1 tokens out").arg(fromUtf8(format_count(totals.output)));
    if (const auto words_of_cost = cost_words(totals.costs()); !words_of_cost.empty())
        words << fromUtf8(words_of_cost);
    if (totals.errors > 0) words << plural(totals.errors, "error", "errors");
    if (totals.silent > 0) words << plural(totals.silent, "silent failure", "silent failures");
    return words.join(QStringLiteral(", "));
}

void TraceHeader::updateWords() {
    setAccessibleName(tr("Run"));
    setAccessibleDescription(summary());
}

std::vector<TraceHeader::Piece> TraceHeader::pieces(int detail) const {
    const Colours& c = m_theme.colours();
    const TraceTotals& totals = m_picture->totals;
    const qreal wide = m_theme.px(12), narrow = m_theme.px(4);
    std::vector<Piece> out;
    if (detail >= 1) {
        const auto count = static_cast<std::int64_t>(m_picture->snapshot->spans.size());
        out.push_back({plural(count, "span", "spans"), c.text2, wide});
    }
    if (detail >= 1) {
        qreal gap = wide;
        const auto tokens = [&](QChar arrow, std::int64_t value) {
            if (value == kUnknownCount) return;
            out.push_back({QString(arrow), c.text3, gap});
            out.push_back({fromUtf8(format_tokens(value)), c.text2, 0});
            gap = narrow;
        };
        tokens(QChar(0x2191), totals.input);
        tokens(QChar(0x2193), totals.output);
    }
    const CostKinds costs = totals.costs();
    if (costs.known()) {
        out.push_back({fromUtf8(format_costs(costs)), c.text, wide});
        // Of both kinds, neither word would be true of the sum.
        if (detail >= 2 && !(costs.reported && costs.computed))
            out.push_back({costs.reported ? tr("reported") : tr("computed"), c.text3, narrow});
    } else if (costs.unpriced > 0) {
        out.push_back({tr("unpriced"), c.warn, wide});
    }
    return out;
}

qreal TraceHeader::widthOf(const std::vector<Piece>& pieces) const {
    const QFont font = m_theme.font(Theme::Text::Small);
    qreal width = 0;
    for (const Piece& piece : pieces)
        width += piece.gap + digitsWidth(piece.text, font);
    return width;
}

int TraceHeader::paintBadges(QPainter& painter, int right) {
    const TraceTotals& totals = m_picture->totals;
    const int height = m_theme.px(18), top = (this->height() - height) / 2;
    m_badges = QRect(right, top, 0, height);
    const auto badge = [&](std::uint32_t count, const QString& text, bool silent) {
        if (count == 0) return;
        right -= paintTroubleBadge(painter, m_theme, {}, text, silent, devicePixelRatioF(), false);
        paintTroubleBadge(painter, m_theme, {right, top}, text, silent, devicePixelRatioF(), true, 18);
        m_badges.setLeft(right);
        right -= m_theme.px(8);
    };
    badge(totals.silent, fromUtf8(format_count(totals.silent)) + QStringLiteral(" silent"), true);
    badge(totals.errors, plural(totals.errors, "error", "errors"), false);
    return right;
}

void TraceHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.base);
    const int margin = m_theme.px(8);
    const QFont strong = m_theme.font(Theme::Text::Strong), small = m_theme.font(Theme::Text::Small);
    const qreal baseline = baselineIn(strong, 0, height());
    if (!m_loading.isEmpty()) {
        painter.setFont(small);
        painter.setPen(c.text2);
        drawDigits(painter, QRectF(margin, 0, width(), height()), m_loading, true);
        return;
    }
    if (!m_picture || !m_picture->snapshot || m_picture->snapshot->spans.empty()) return;
    const TraceSnapshot& trace = *m_picture->snapshot;
    const SnapshotSpan& root = trace.spans.front();
    const bool mcp = (root.flags & kMcp) != 0;
    const int icon = m_theme.px(16);
    painter.drawPixmap(QPoint(margin, (height() - icon) / 2),
                       m_theme.icon(Theme::kindIcon(root.kind, mcp), m_theme.kind(root.kind, mcp), icon,
                                    devicePixelRatioF()));

    const int end = m_findings->isHidden() ? width() - margin : m_findings->x() - margin;
    const int right = paintBadges(painter, end);
    // The figures give way before the name does.
    const double left = margin + icon + m_theme.px(8);
    const QString name =
        shownText(display_name(trace.name.empty() ? trace.text(root.name) : std::string_view(trace.name)));
    const qreal nameWidth = QFontMetricsF(strong).horizontalAdvance(name);
    int detail = 2;
    while (detail > 0 && left + std::min<qreal>(nameWidth, m_theme.px(160)) + widthOf(pieces(detail)) > right)
        --detail;
    const std::vector<Piece> figures = pieces(detail);
    const double start = right - m_theme.px(4) - widthOf(figures);
    double x = start;
    painter.setFont(small);
    for (const Piece& piece : figures) {
        x += piece.gap;
        const qreal width = digitsWidth(piece.text, small);
        painter.setPen(piece.colour);
        // On the title's baseline.
        const double shift = baseline - baselineIn(small, 0, height());
        drawDigits(painter, QRectF(x, shift, width + 1, height()), piece.text, true);
        x += width;
    }
    const qreal drawn = paintElided(painter, {left, baseline}, name, strong, c.text, start - left);
    const qreal gap = m_theme.px(9);
    const qreal room = start - left - drawn - gap;
    if (!trace.detail.empty() && room > m_theme.px(24))
        paintElided(painter, {left + drawn + gap, baseline}, shownText(trace.detail), small, c.text3, room);
}

void TraceHeader::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_badges.contains(event->position().toPoint()))
        emit errorsClicked();
}

void TraceHeader::mouseMoveEvent(QMouseEvent* event) {
    setCursor(m_badges.contains(event->position().toPoint()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

bool TraceHeader::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_picture && m_picture->snapshot) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const TraceSnapshot& trace = *m_picture->snapshot;
        QString text = summary();
        text += QStringLiteral("\n") + QString::fromStdString(to_hex(trace.id));
        if (!trace.own_id.empty()) text += QStringLiteral("\n") + fromUtf8(trace.own_id);
        if (trace.start != kNoTime) text += QStringLiteral("\n") + fromUtf8(iso8601(trace.start));
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace clew::views

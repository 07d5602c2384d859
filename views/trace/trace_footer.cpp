#include "views/trace/trace_footer.h"

#include "model/base/numbers.h"
#include "views/theme/digits.h"
#include "views/theme/keys.h"
#include "views/theme/style.h"
#include "views/trace/span_row_painter.h"
#include "views/trace/span_text.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <array>
#include <cmath>

namespace clew::views {

namespace {

struct Group {
    const char* words;
    const char* first;
    const char* second; // may be null
};
// From the right; the leftmost go first when it gets narrow.
constexpr std::array kGroups = {
    Group{QT_TRANSLATE_NOOP("clew::views::TraceFooter", "Keys"), "help.keys", nullptr},
    Group{QT_TRANSLATE_NOOP("clew::views::TraceFooter", "Next error"), "tree.nextError", nullptr},
    Group{QT_TRANSLATE_NOOP("clew::views::TraceFooter", "Fit"), "time.fit", nullptr},
    Group{QT_TRANSLATE_NOOP("clew::views::TraceFooter", "Pan"), "time.panLeft", "time.panRight"},
    Group{QT_TRANSLATE_NOOP("clew::views::TraceFooter", "Zoom"), "time.zoomIn", "time.zoomOut"},
};

// What is to be known of times that are not the source's own.
QString timeWords(TimeQuality quality) {
    switch (quality) {
    case TimeQuality::exact: break;
    case TimeQuality::derived: return TraceFooter::tr("Some times are derived");
    case TimeQuality::synthetic: return TraceFooter::tr("The source has no times: laid out in order");
    }
    return {};
}

} // namespace

TraceFooter::TraceFooter(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Critical path and keys"));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize TraceFooter::sizeHint() const {
    return {m_theme.px(240), m_theme.px(24)};
}

void TraceFooter::setPicture(TracePicturePtr picture) {
    m_picture = std::move(picture);
    if (m_picture && m_picture->snapshot)
        setAccessibleDescription((tr("Critical path %1, self time %2")
                                      .arg(fromUtf8(format_duration(m_picture->pathTime)),
                                           fromUtf8(format_duration(m_picture->selfTime))) +
                                  QLatin1Char(' ') + timeWords(m_picture->snapshot->time_quality) +
                                  QLatin1Char('\n') + gapWords() + QLatin1Char('\n') + rateWords())
                                     .trimmed());
    update();
}

QString TraceFooter::gapWords() const {
    if (!m_picture || m_picture->gaps.list.empty()) return {};
    const Gaps& gaps = m_picture->gaps;
    const Gap& longest = gaps.list[gaps.longest];
    const TraceSnapshot& trace = *m_picture->snapshot;
    const auto name = [&](std::int32_t span) {
        return shownText(trace.text(trace.spans[static_cast<std::size_t>(span)].name)).left(60);
    };
    return tr("Gaps: for %1 in all nothing ran, %2; the longest took %3, between %4 and %5.")
        .arg(fromUtf8(format_duration(gaps.sum)),
             plural(static_cast<std::int64_t>(gaps.list.size()), "gap", "gaps"),
             fromUtf8(format_duration(longest.length())), name(longest.before), name(longest.after));
}

QString TraceFooter::rateWords() const {
    if (!m_picture) return {};
    const CallRates& rates = m_picture->rates;
    QStringList lines;
    const auto calls = [&](const Percentiles& of) {
        return tr("%1 of %2 calls say")
            .arg(fromUtf8(format_count(of.calls)), fromUtf8(format_count(rates.calls)));
    };
    if (rates.first_token)
        lines << tr("First token: median %1, p95 %2 (%3).")
                     .arg(fromUtf8(format_duration(static_cast<DurationNs>(rates.first_token->median))),
                          fromUtf8(format_duration(static_cast<DurationNs>(rates.first_token->p95))),
                          calls(*rates.first_token));
    if (rates.per_second)
        lines << (rates.after_first
                      ? tr("Tokens per second behind it: median %1, 95 % reach %2 (%3).")
                      : tr("Tokens per second, over whole calls: median %1, 95 % reach %2 (%3)."))
                     .arg(shortNumber(rates.per_second->median, 3), shortNumber(rates.per_second->p95, 3),
                          calls(*rates.per_second));
    return lines.join(QLatin1Char('\n'));
}

void TraceFooter::setPathShown(bool shown) {
    m_pathShown = shown;
    update();
}

void TraceFooter::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.raised);
    painter.fillRect(QRect(0, 0, width(), 1), c.line);
    m_caps.clear();
    m_figuresEnd = 0;
    if (!m_picture || !m_picture->snapshot || m_picture->snapshot->spans.empty()) return;
    const QFont font = m_theme.font(Theme::Text::Small);
    const QFontMetricsF metrics(font);
    const qreal baseline = baselineIn(font, 1, height() - 1);
    painter.setFont(font);

    double x = m_theme.px(8);
    const int icon = m_theme.px(16);
    painter.drawPixmap(
        QPoint(static_cast<int>(x), (height() + 1 - icon) / 2),
        m_theme.icon(QStringLiteral("thread"), m_pathShown ? c.thread : c.dis, icon, devicePixelRatioF()));
    x += icon + m_theme.px(4);
    const auto figure = [&](const QString& words, DurationNs time, const QColor& colour) {
        painter.setPen(c.text2);
        painter.drawText(QPointF(x, baseline), words);
        x += metrics.horizontalAdvance(words) + metrics.horizontalAdvance(QLatin1Char(' '));
        const QString text = fromUtf8(format_duration(time));
        painter.setPen(colour);
        drawDigits(painter, QRectF(x, 1, width(), height() - 1), text, true);
        x += digitsWidth(text, font) + m_theme.px(12);
    };
    const TimeQuality quality = m_picture->snapshot->time_quality;
    if (quality != TimeQuality::synthetic) {
        figure(tr("Critical path"), m_picture->pathTime, c.text2);
        figure(tr("Self time"), m_picture->selfTime, c.text2);
    }
    m_gapRect = {};
    if (!m_picture->gaps.list.empty()) {
        const double from = x;
        figure(tr("Gaps"), m_picture->gaps.sum, c.acc);
        m_gapRect = QRectF(from, 0, x - m_theme.px(12) - from, height());
    }
    m_figuresEnd = x;
    if (const QString words = timeWords(quality); !words.isEmpty()) {
        painter.setPen(c.text3);
        painter.drawText(QPointF(x, baseline), words);
        x += metrics.horizontalAdvance(words) + m_theme.px(12);
    }

    const double top = std::round((height() + 1 - m_theme.px(18)) / 2.0);
    double right = width() - m_theme.px(8);
    for (const Group& group : kGroups) {
        const QString words = tr(group.words);
        double needed = metrics.horizontalAdvance(words);
        for (const char* command : {group.first, group.second})
            if (command) needed += m_theme.px(5) + keyCapWidth(keyHint(command), m_theme);
        if (right - needed < x + m_theme.px(8)) break;
        double at = right - needed;
        painter.setPen(c.text2);
        painter.drawText(QPointF(at, baseline), words);
        at += metrics.horizontalAdvance(words);
        for (const char* command : {group.first, group.second}) {
            if (!command) continue;
            at += m_theme.px(5);
            const double width = keyCapWidth(keyHint(command), m_theme);
            drawKeyCap(painter, {std::round(at), top}, keyHint(command), m_theme);
            m_caps.push_back({QRectF(std::round(at), top, width, m_theme.px(18)), command});
            at += width;
        }
        right -= needed + m_theme.px(12);
    }
}

const TraceFooter::Cap* TraceFooter::capAt(QPointF at) const {
    for (const Cap& cap : m_caps)
        if (cap.rect.contains(at)) return &cap;
    return nullptr;
}

void TraceFooter::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (const Cap* cap = capAt(event->position()))
        emit commandClicked(QLatin1String(cap->command));
    else if (m_gapRect.contains(event->position()))
        emit commandClicked(QStringLiteral("time.gap"));
}

void TraceFooter::mouseMoveEvent(QMouseEvent* event) {
    setCursor(capAt(event->position()) || m_gapRect.contains(event->position()) ? Qt::PointingHandCursor
                                                                                : Qt::ArrowCursor);
}

bool TraceFooter::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString text;
        if (const Cap* cap = capAt(help->pos()))
            text = QString::fromUtf8(keyEntry(cap->command).title);
        else if (help->pos().x() < m_figuresEnd)
            text =
                tr("Critical path: the chain of spans that decided how long the run took (P shows and hides "
                   "the line).\n"
                   "Self time: the part of that in which the run's own span had nothing running below it.");
        if (!text.isEmpty() && !capAt(help->pos()))
            for (const QString& words : {gapWords(), rateWords()})
                if (!words.isEmpty()) text += QLatin1Char('\n') + words;
        if (m_gapRect.contains(help->pos()))
            text = gapWords() + QLatin1Char('\n') +
                   tr("A click leads there (%1); long ones are grey columns in the waterfall.")
                       .arg(keyHint("time.gap"));
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace clew::views

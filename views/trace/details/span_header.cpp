#include "views/trace/details/span_header.h"

#include "model/analysis/gaps.h"
#include "model/analysis/rates.h"
#include "model/base/numbers.h"
#include "model/trace/display_name.h"
#include "views/text.h"
#include "views/trace/details/flow_document.h"
#include "views/trace/details/json_text.h"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolButton>
#include <QToolTip>

#include <array>
#include <cmath>
#include <utility>

namespace clew::views {

namespace {

constexpr int kHeaderInset = 12;
constexpr int kButton = 24;
constexpr DurationNs kGapShown = 100 * kMillisecond; // less is overhead, and noise in a narrow line

// Attributes that say how the model was asked, as the vocabularies name them, and what people call them.
constexpr std::array<std::pair<const char*, const char*>, 22> kSampling = {{
    {"gen_ai.request.temperature", "temperature"},
    {"gen_ai.request.top_p", "top_p"},
    {"gen_ai.request.top_k", "top_k"},
    {"gen_ai.request.max_tokens", "max"},
    {"gen_ai.request.seed", "seed"},
    {"gen_ai.request.frequency_penalty", "frequency penalty"},
    {"gen_ai.request.presence_penalty", "presence penalty"},
    {"gen_ai.request.reasoning_effort", "effort"},
    {"gen_ai.request.stop_sequences", "stop"},
    {"gen_ai.request.choice.count", "choices"},
    {"gen_ai.request.stream", "stream"},
    {"llm.temperature", "temperature"},
    {"llm.top_p", "top_p"},
    {"llm.top_k", "top_k"},
    {"llm.frequency_penalty", "frequency penalty"},
    {"llm.presence_penalty", "presence penalty"},
    {"ai.settings.temperature", "temperature"},
    {"ai.settings.maxTokens", "max"},
    {"ai.settings.maxOutputTokens", "max"},
    {"ai.settings.topP", "top_p"},
    {"ai.settings.topK", "top_k"},
    {"ai.settings.maxRetries", "retries"},
}};

QString samplingOf(const DetailsData& data) {
    QStringList out;
    const QString name = fromUtf8(data.span.name);
    if (!data.span.model.empty() && fromUtf8(data.span.model) != name) out << fromUtf8(data.span.model);
    if (!data.span.request_model.empty() && data.span.request_model != data.span.model)
        out << QStringLiteral("asked for ") + fromUtf8(data.span.request_model);
    if (!data.span.provider.empty()) out << fromUtf8(data.span.provider);
    QStringList seen;
    const auto add = [&](const QString& label, const QString& value) {
        if (seen.contains(label) || value.isEmpty()) return;
        seen << label;
        out << label + QLatin1Char(' ') + value;
    };
    for (const auto& [key, label] : kSampling)
        for (const PlainAttribute& attribute : data.attributes)
            if (attribute.key == key) add(QLatin1String(label), valueText(attribute.json, 80).text.left(60));
    // OpenInference keeps them in one JSON string.
    for (const PlainAttribute& attribute : data.attributes)
        if (attribute.key == "llm.invocation_parameters") {
            const FlowText text = valueText(attribute.json, 10'000);
            if (text.text.size() > 2 && text.text.size() < 400) out << text.text;
        }
    return out.join(QStringLiteral(" · "));
}

} // namespace

SpanHeader::SpanHeader(Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_copy(new QToolButton(this))
    , m_link(new QToolButton(this)) {
    const auto set = [this](QToolButton* button, const char* icon, const QString& name) {
        button->setProperty("flatIcon", true);
        button->setToolTip(name);
        button->setAccessibleName(name);
        const auto paint = [this, button, icon] {
            button->setIcon(m_theme.icon(QLatin1String(icon), m_theme.colours().text2, m_theme.px(16),
                                         devicePixelRatioF()));
            button->setIconSize({m_theme.px(16), m_theme.px(16)});
        };
        paint();
        connect(&m_theme, &Theme::changed, button, paint);
        button->hide();
    };
    set(m_copy, "copy", tr("Copy the span as JSON"));
    set(m_link, "link", tr("Copy the id: TRACE/SPAN, as the command line takes it"));
    connect(m_copy, &QToolButton::clicked, this, &SpanHeader::copyRequested);
    connect(m_link, &QToolButton::clicked, this, &SpanHeader::linkRequested);
    connect(&m_theme, &Theme::changed, this, [this] { layOut(); });
    layOut();
}

void SpanHeader::setData(DetailsPtr details, const QStringList& path) {
    m_data = std::move(details);
    m_path = path;
    m_copy->setVisible(m_data != nullptr);
    m_link->setVisible(m_data != nullptr);
    compute();
    layOut();
    setAccessibleName(m_data ? fromUtf8(m_data->span.name) + QStringLiteral(", ") + metricsText()
                             : QString());
}

void SpanHeader::compute() {
    m_metrics.clear();
    m_sampling.clear();
    m_kindName.clear();
    if (!m_data) return;
    const SpanDetail& span = m_data->span;
    const bool mcp = (span.flags & kMcp) != 0;
    m_kindName = mcp ? QStringLiteral("mcp tool") : fromUtf8(kind_name(span.kind));
    m_sampling = samplingOf(*m_data);
    const auto duration = between(span.start, span.end);
    if (span.end == kNoTime) {
        m_metrics.push_back({{{QStringLiteral("running")}}, QStringLiteral("No end has arrived yet")});
    } else {
        Metric one{{{fromUtf8(format_duration(duration))}},
                   fromUtf8(iso8601(span.start)) + QStringLiteral(" to\n") + fromUtf8(iso8601(span.end))};
        if (span.time_quality != TimeQuality::exact) {
            one.pieces.push_back({fromUtf8(time_quality_name(span.time_quality)), Look::Unit});
            one.tip += QStringLiteral("\nThe source does not state these times as such.");
        }
        m_metrics.push_back(std::move(one));
    }
    if (const auto first = time_to_first_token(span.start, span.first_token))
        m_metrics.push_back(
            {{{QStringLiteral("first token"), Look::Unit}, {fromUtf8(format_duration(first))}},
             QStringLiteral("From the start of the call to its first token")});
    const auto rate = span.kind == Kind::llm
                          ? token_rate(span.start, span.first_token, span.end, span.usage.output)
                          : std::nullopt;
    if (rate)
        m_metrics.push_back({{{rate->per_second >= 10 ? QString::number(qRound(rate->per_second))
                                                      : shortNumber(rate->per_second, 3)},
                              {QStringLiteral("tok/s"), Look::Unit}},
                             rate->after_first ? QStringLiteral("Output tokens after the first one came")
                                               : QStringLiteral("Output tokens over the whole duration")});
    if (m_data->gapBefore && *m_data->gapBefore >= kGapShown)
        m_metrics.push_back(
            {{{fromUtf8(format_duration(m_data->gapBefore))}, {QStringLiteral("gap before"), Look::Unit}},
             QStringLiteral("Between the end of what ran before it under the same parent and "
                            "its start")});
    if (span.usage.stated()) {
        Metric tokens;
        const auto count = [](std::optional<std::int64_t> value) {
            return value ? fromUtf8(format_count(*value)) : QString::fromUtf8(kUnknown);
        };
        tokens.pieces = {{QStringLiteral("↑"), Look::Arrow},
                         {count(span.usage.input), Look::Value, true},
                         {QStringLiteral("↓"), Look::Arrow},
                         {count(span.usage.output), Look::Value, true}};
        tokens.tip =
            QStringLiteral("%1 tokens in, %2 out").arg(count(span.usage.input), count(span.usage.output));
        if (span.usage.cache_read)
            tokens.tip +=
                QStringLiteral("\n%1 of the input read from the cache").arg(count(span.usage.cache_read));
        if (span.usage.cache_write)
            tokens.tip +=
                QStringLiteral("\n%1 of the input written to the cache").arg(count(span.usage.cache_write));
        if (span.usage.reasoning)
            tokens.tip += QStringLiteral("\n%1 of the output is reasoning").arg(count(span.usage.reasoning));
        if ((span.flags & kAggregateUsage) != 0) {
            tokens.pieces.push_back({QStringLiteral("sum"), Look::Unit});
            tokens.tip += QStringLiteral("\nThis sums other spans and is not counted beside them.");
        }
        if (span.usage.cache_read && span.usage.input && *span.usage.input > 0 &&
            *span.usage.cache_read > 0) {
            const auto share =
                100.0 * static_cast<double>(*span.usage.cache_read) / static_cast<double>(*span.usage.input);
            tokens.extra = QStringLiteral("%1").arg(qRound(share)) + QChar(0xA0) + QStringLiteral("% cached");
        }
        m_metrics.push_back(std::move(tokens));
    }
    if (span.reported_cost)
        m_metrics.push_back(
            {{{fromUtf8(format_cost(span.reported_cost))}, {QStringLiteral("reported"), Look::Unit}},
             QStringLiteral("$%1, as the source states it")
                     .arg(QString::number(to_usd(*span.reported_cost), 'g', 12)) +
                 (span.computed_cost ? QStringLiteral("\n$%1, as computed by Clew's prices")
                                           .arg(QString::number(to_usd(*span.computed_cost), 'g', 12))
                                     : QString())});
    else if (span.computed_cost)
        m_metrics.push_back(
            {{{fromUtf8(format_cost(span.computed_cost))}, {QStringLiteral("computed"), Look::Unit}},
             QStringLiteral("$%1, by Clew's prices; the source states no cost for this call")
                 .arg(QString::number(to_usd(*span.computed_cost), 'g', 12))});
    else if (span.kind == Kind::llm && span.usage.stated())
        m_metrics.push_back(
            {{{QStringLiteral("unpriced"), Look::Warn}},
             QStringLiteral("The source states no cost for this call, and no price is known for it")});
}

QString SpanHeader::metricsText() const {
    QStringList out;
    for (const Metric& metric : m_metrics) {
        QString one;
        for (const Piece& piece : metric.pieces) {
            if (!one.isEmpty() && !piece.joined) one += QLatin1Char(' ');
            one += piece.text;
        }
        out << one;
    }
    return out.join(QStringLiteral(", "));
}

QString SpanHeader::samplingText() const {
    return m_sampling;
}

qreal SpanHeader::widthOf(const Metric& metric) const {
    const QFontMetricsF metrics(m_theme.font(Theme::Text::Small));
    qreal width = 0;
    for (std::size_t i = 0; i < metric.pieces.size(); ++i) {
        if (i > 0 && !metric.pieces[i].joined) width += metrics.horizontalAdvance(QLatin1Char(' ')) + 1;
        width += metrics.horizontalAdvance(metric.pieces[i].text);
    }
    return std::ceil(width);
}

void SpanHeader::layOut() {
    const int size = m_theme.px(kButton);
    int right = width() - m_theme.px(8);
    const int top = m_theme.px(22) - size / 2;
    for (QToolButton* button : {m_link, m_copy}) {
        right -= size;
        button->setGeometry(right, top, size, size);
    }
    m_metricRects.clear();
    // The cached share is said where it costs no second line; it is in the tool tip and over the messages as
    // well.
    const qreal end = width() - m_theme.px(kHeaderInset);
    for (Metric& metric : m_metrics) {
        if (metric.extra.isEmpty()) continue;
        qreal all = m_theme.px(kHeaderInset);
        std::erase_if(metric.pieces, [&](const Piece& piece) { return piece.text == metric.extra; });
        for (const Metric& one : m_metrics)
            all += widthOf(one) + m_theme.px(12);
        const Metric share{{{metric.extra, Look::Unit}}, {}, {}};
        if (all + widthOf(share) <= end) metric.pieces.push_back({metric.extra, Look::Unit});
    }
    qreal x = m_theme.px(kHeaderInset);
    qreal y = m_theme.px(38);
    for (const Metric& metric : m_metrics) {
        const qreal need = widthOf(metric);
        if (x > m_theme.px(kHeaderInset) && x + need > end) {
            x = m_theme.px(kHeaderInset);
            y += m_theme.px(16);
        }
        m_metricRects.emplace_back(x, y, need, m_theme.px(16));
        x += need + m_theme.px(12);
    }
    int height = m_data ? static_cast<int>(y) + m_theme.px(16) + m_theme.px(4) : m_theme.px(4);
    if (!m_sampling.isEmpty()) height += m_theme.px(16);
    setFixedHeight(height);
    update();
}

void SpanHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

bool SpanHeader::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_data) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString tip;
        for (std::size_t i = 0; i < m_metricRects.size() && i < m_metrics.size(); ++i)
            if (m_metricRects[i].contains(help->pos())) tip = m_metrics[i].tip;
        if (help->pos().y() < m_theme.px(34))
            tip =
                fromUtf8(m_data->span.name) + QStringLiteral("\n") + m_kindName +
                (m_path.isEmpty() ? QString() : QStringLiteral(" in ") + m_path.join(QStringLiteral(" › ")));
        if (!m_sampling.isEmpty() && help->pos().y() > height() - m_theme.px(20)) tip = m_sampling;
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    return QWidget::event(event);
}

void SpanHeader::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.fillRect(rect(), c.base);
    if (!m_data) return;
    const SpanDetail& span = m_data->span;
    const bool mcp = (span.flags & kMcp) != 0;
    const int icon = m_theme.px(16);
    const int middle = m_theme.px(22);
    qreal x = m_theme.px(kHeaderInset);
    painter.drawPixmap(QPointF(x, middle - icon / 2.0),
                       m_theme.icon(Theme::kindIcon(span.kind, mcp), m_theme.kind(span.kind, mcp), icon,
                                    devicePixelRatioF()));
    x += icon + m_theme.px(8);
    const qreal end = m_copy->x() - m_theme.px(8);
    const QFont strong = m_theme.font(Theme::Text::Strong);
    const QFont small = m_theme.font(Theme::Text::Small);
    const QFontMetricsF strongMetrics(strong);
    const QFontMetricsF smallMetrics(small);
    QString name = fromUtf8(display_name(span.name)).left(400).simplified();
    if (name.isEmpty()) name = tr("unnamed");
    QString crumb = m_path.join(QStringLiteral(" › "));
    const qreal room = end - x;
    const qreal nameWidth = std::min(
        strongMetrics.horizontalAdvance(name) + 1,
        crumb.isEmpty() ? room
                        : std::max(room * 0.6, room - smallMetrics.horizontalAdvance(crumb) - m_theme.px(8)));
    const auto line = [&](qreal left, qreal width) {
        return QRectF(left, middle - m_theme.px(8), width, m_theme.px(16));
    };
    const bool failed = span.status == Status::error;
    painter.setFont(strong);
    painter.setPen(failed ? c.err : c.text);
    const QString shownName = strongMetrics.elidedText(name, Qt::ElideRight, nameWidth);
    painter.drawText(line(x, nameWidth), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, shownName);
    x += strongMetrics.horizontalAdvance(shownName) + m_theme.px(8);
    if (end - x > m_theme.px(24)) {
        painter.setFont(small);
        painter.setPen(c.text2);
        painter.drawText(line(x, end - x), Qt::AlignLeft | Qt::AlignVCenter,
                         smallMetrics.elidedText(crumb, Qt::ElideMiddle, end - x));
    }
    painter.setFont(small);
    for (std::size_t i = 0; i < m_metrics.size() && i < m_metricRects.size(); ++i) {
        qreal at = m_metricRects[i].left();
        const Metric& metric = m_metrics[i];
        for (std::size_t p = 0; p < metric.pieces.size(); ++p) {
            const Piece& piece = metric.pieces[p];
            if (p > 0 && !piece.joined) at += smallMetrics.horizontalAdvance(QLatin1Char(' ')) + 1;
            const QColor tone = piece.look == Look::Warn    ? c.warn
                                : piece.look == Look::Arrow ? c.text3
                                                            : c.text2;
            painter.setPen(tone);
            painter.drawText(QRectF(at, m_metricRects[i].top(), 1000, m_metricRects[i].height()),
                             Qt::AlignLeft | Qt::AlignVCenter, piece.text);
            at += smallMetrics.horizontalAdvance(piece.text);
        }
    }
    if (!m_sampling.isEmpty()) {
        painter.setPen(c.text3);
        const QRectF rect(m_theme.px(kHeaderInset), height() - m_theme.px(20),
                          width() - 2.0 * m_theme.px(kHeaderInset), m_theme.px(16));
        painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                         smallMetrics.elidedText(m_sampling, Qt::ElideRight, rect.width()));
    }
}

} // namespace clew::views

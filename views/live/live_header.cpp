#include "views/live/live_header.h"

#include "views/live/switch.h"
#include "views/theme/digits.h"
#include "views/theme/keys.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {
constexpr int kFigureGap = 16, kFigureIcon = 14;
}

FigureStrip::FigureStrip(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FigureStrip::setFigures(std::vector<LiveFigure> figures) {
    m_figures = std::move(figures);
    QStringList all;
    for (const LiveFigure& figure : m_figures)
        all << figure.text;
    setAccessibleName(all.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

qreal FigureStrip::widthOf(const LiveFigure& figure) const {
    return std::ceil(digitsWidth(figure.text, m_theme.font(Theme::Text::Small))) +
           (figure.warning ? m_theme.px(kFigureIcon + 4) : 0);
}

QSize FigureStrip::sizeHint() const {
    qreal width = 0;
    for (const LiveFigure& figure : m_figures)
        width += widthOf(figure) + m_theme.px(kFigureGap);
    return {static_cast<int>(width), m_theme.px(28)};
}

std::vector<FigureStrip::Place> FigureStrip::places() const {
    std::vector<const LiveFigure*> kept;
    qreal wanted = 0;
    for (const LiveFigure& figure : m_figures) {
        kept.push_back(&figure);
        wanted += widthOf(figure) + m_theme.px(kFigureGap);
    }
    while (!kept.empty() && wanted - m_theme.px(kFigureGap) > width()) {
        const auto least = std::max_element(kept.begin(), kept.end(),
                                            [](const auto* a, const auto* b) { return a->rank < b->rank; });
        wanted -= widthOf(**least) + m_theme.px(kFigureGap);
        kept.erase(least);
    }
    std::vector<Place> out;
    qreal x = 0;
    for (const LiveFigure* figure : kept) {
        out.push_back({figure, QRectF(x, 0, widthOf(*figure), height())});
        x += widthOf(*figure) + m_theme.px(kFigureGap);
    }
    return out;
}

QStringList FigureStrip::shown() const {
    QStringList out;
    for (const Place& place : places())
        out << place.figure->text;
    return out;
}

bool FigureStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (const Place& place : places()) {
        if (!place.rect.contains(help->pos())) continue;
        QToolTip::showText(help->globalPos(), place.figure->tip, this, place.rect.toRect());
        return true;
    }
    // What had no room is said here.
    QToolTip::showText(help->globalPos(), accessibleName(), this);
    return true;
}

void FigureStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    painter.setFont(m_theme.font(Theme::Text::Small));
    for (const Place& place : places()) {
        QRectF rect = place.rect;
        painter.setPen(place.figure->warning ? c.warn : c.text2);
        if (place.figure->warning) {
            const int side = m_theme.px(kFigureIcon);
            painter.drawPixmap(QPointF(rect.left(), std::floor((rect.height() - side) / 2)),
                               m_theme.icon(QStringLiteral("status-warning"), c.warn, side,
                                            painter.device()->devicePixelRatioF()));
            rect.setLeft(rect.left() + side + m_theme.px(4));
        }
        drawDigits(painter, rect, place.figure->text, true);
    }
}

LiveHeader::LiveHeader(const Theme& theme, QWidget* parent)
    : Surface(theme, &Colours::base, Surface::Bottom, parent)
    , m_theme(theme)
    , m_icon(new QLabel)
    , m_headline(new ElidedLabel(theme, Theme::Text::Strong, &Colours::text))
    , m_figures(new FigureStrip(theme))
    , m_follow(new Switch(theme, tr("Follow newest"), keyHint("live.follow")))
    , m_pause(new ThemedButton(theme, QStringLiteral("pause"), tr("Pause")))
    , m_clear(new ThemedButton(theme, {}, tr("Clear view"))) {
    m_pause->setKeyHint(keyHint("live.pause"));
    m_follow->setToolTip(tr("While the Traces page is shown, a new run is selected as it arrives"));
    m_clear->setToolTip(tr("Counts from now on; what was received stays in the store"));
    m_clear->setAccessibleName(tr("Clear view"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 0, 16, 1);
    row->setSpacing(16);
    row->addWidget(m_icon);
    row->addWidget(m_headline);
    row->addWidget(m_figures, 1);
    row->addWidget(m_follow);
    row->addWidget(m_pause);
    row->addWidget(m_clear);
    m_headline->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(m_follow, &Switch::toggled, this, &LiveHeader::followToggled);
    connect(m_pause, &QPushButton::clicked, this, [this] { emit pauseToggled(!m_paused); });
    connect(m_clear, &QPushButton::clicked, this, &LiveHeader::clearWanted);
    connect(&theme, &Theme::changed, this, &LiveHeader::restyle);
    restyle();
    setStatus({});
}

void LiveHeader::restyle() {
    setFixedHeight(m_theme.px(48));
    const Colours& c = m_theme.colours();
    const QColor colour = !m_listening ? c.text3 : m_paused ? c.text2 : m_loopback ? c.ok : c.warn;
    m_icon->setPixmap(m_theme.icon(m_paused && m_listening ? QStringLiteral("pause") : QStringLiteral("live"),
                                   colour, m_theme.px(16), devicePixelRatioF()));
}

void LiveHeader::setStatus(const LiveStatus& status) {
    m_headline->setFullText(liveHeadline(status));
    m_headline->setToolTip(liveHeadlineWhy(status));
    m_headline->setAccessibleDescription(liveHeadlineWhy(status));
    m_figures->setFigures(liveFigures(status));
    m_pause->setEnabled(status.listening);
    m_clear->setEnabled(status.listening || status.spans > 0);
    if (status.paused != m_paused || m_pause->toolTip().isEmpty()) {
        m_pause->setText(status.paused ? tr("Resume") : tr("Pause"));
        m_pause->setIconName(status.paused ? QStringLiteral("play") : QStringLiteral("pause"));
        m_pause->setAccessibleName(m_pause->text());
        m_pause->setToolTip(status.paused
                                ? tr("Take spans again")
                                : tr("Clients are told to try again later; nothing is lost that they "
                                     "keep"));
        m_pause->updateGeometry();
    }
    m_listening = status.listening;
    m_paused = status.paused;
    m_loopback = status.loopback_only;
    restyle();
}

void LiveHeader::setFollowing(bool on) {
    const QSignalBlocker quiet(m_follow);
    m_follow->setChecked(on);
}

} // namespace clew::views

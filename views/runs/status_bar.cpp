#include "views/runs/status_bar.h"

#include "model/base/numbers.h"
#include "views/runs/widgets.h"
#include "views/text.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>

namespace clew::views {

namespace {

constexpr int kSaidForMs = 6000;
constexpr int kBarSteps = 1000;

QString shortCount(std::uint64_t count) {
    return fromUtf8(format_short_count(static_cast<std::int64_t>(count)));
}

} // namespace

StatusBar::StatusBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_liveIcon(new QLabel)
    , m_live(new LinkButton(theme, {}, Theme::Text::Small))
    , m_said(new ElidedLabel(theme, Theme::Text::Small, &Colours::text2))
    , m_importing(new QWidget)
    , m_verb(new ThemedLabel(theme, Theme::Text::Small, &Colours::text2))
    , m_name(new ElidedLabel(theme, Theme::Text::Small, &Colours::text2, Qt::ElideMiddle))
    , m_bar(new QProgressBar)
    , m_figures(new ThemedLabel(theme, Theme::Text::Small, &Colours::text2))
    , m_cancel(new LinkButton(theme, tr("Cancel"), Theme::Text::Small))
    , m_notes(new LinkButton(theme, {}, Theme::Text::Small))
    , m_store(new ThemedLabel(theme, Theme::Text::Small, &Colours::text2))
    , m_saved(new ThemedLabel(theme, Theme::Text::Small, &Colours::text2)) {
    const auto size = [this] {
        setFixedHeight(m_theme.px(24));
        m_bar->setFixedSize(m_theme.px(96), 4);
        restyleLive();
        update();
    };
    connect(&theme, &Theme::changed, this, size);
    size();
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Import progress"));
    m_bar->setMaximum(kBarSteps);
    m_cancel->setAccessibleName(tr("Cancel the import"));
    m_cancel->setToolTip(tr("What was read so far is kept"));
    m_notes->setColour(&Colours::warn);
    m_notes->setIconName(QStringLiteral("status-warning"));
    m_notes->setToolTip(tr("What was dropped, repaired or guessed while reading"));
    m_notes->setAccessibleName(tr("Import notes"));
    m_notes->hide();

    auto* importing = new QHBoxLayout(m_importing);
    importing->setContentsMargins(0, 0, 0, 0);
    importing->setSpacing(8);
    importing->addWidget(m_verb);
    importing->addWidget(m_name, 0);
    importing->addWidget(m_bar);
    importing->addWidget(m_figures);
    importing->addWidget(m_cancel);
    m_importing->hide();
    m_name->setMaximumWidth(theme.px(280));
    m_importing->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);

    m_live->setColour(&Colours::text2);
    m_liveIcon->hide();
    m_live->hide();
    auto* live = new QHBoxLayout;
    live->setSpacing(4);
    live->addWidget(m_liveIcon);
    live->addWidget(m_live);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 1, 8, 0);
    row->setSpacing(16);
    row->addLayout(live);
    row->addWidget(m_importing);
    row->addWidget(m_said, 1);
    row->addWidget(m_notes);
    row->addWidget(m_store);
    row->addWidget(m_saved);

    m_forget.setSingleShot(true);
    connect(&m_forget, &QTimer::timeout, this, [this] { m_said->setFullText({}); });
    connect(m_cancel, &QPushButton::clicked, this, &StatusBar::cancelWanted);
    connect(m_notes, &QPushButton::clicked, this, &StatusBar::notesWanted);
    connect(m_live, &QPushButton::clicked, this, &StatusBar::liveWanted);
}

void StatusBar::showImport(const Import& import) {
    m_verb->setText(tr("Importing"));
    m_name->setFullText(QFileInfo(import.path).fileName());
    m_name->setToolTip(import.path);
    QStringList figures;
    if (import.total > 0) {
        const double share =
            std::min(1.0, static_cast<double>(import.read) / static_cast<double>(import.total));
        m_bar->setValue(static_cast<int>(share * kBarSteps));
        figures << tr("%1\u00a0%").arg(static_cast<int>(share * 100));
    }
    m_bar->setVisible(import.total > 0);
    figures << tr("%1 spans").arg(shortCount(import.spans));
    if (import.spansPerSecond >= 1)
        figures << tr("%1/s").arg(shortCount(static_cast<std::uint64_t>(import.spansPerSecond)));
    if (import.waiting > 0) figures << tr("%1 waiting").arg(import.waiting);
    m_figures->setText(figures.join(QStringLiteral(" · ")));
    m_cancel->show();
    m_importing->show();
}

void StatusBar::showIndexing() {
    m_verb->setText(tr("Indexing text for the filter"));
    m_name->setFullText({});
    m_bar->hide();
    m_figures->clear();
    m_cancel->hide();
    m_importing->show();
}

void StatusBar::showIdle() {
    m_importing->hide();
    m_said->show();
}

void StatusBar::say(const QString& sentence) {
    m_said->setFullText(sentence);
    m_said->show();
    m_forget.start(kSaidForMs);
}

void StatusBar::showNotes(qint64 warnings, qint64 errors) {
    const qint64 count = warnings + errors;
    m_notes->setVisible(count > 0);
    m_notes->setText(count == 1 ? tr("1 import note")
                                : tr("%1 import notes").arg(fromUtf8(format_count(count))));
    m_notes->setAccessibleName(m_notes->text());
    m_notes->updateGeometry();
}

void StatusBar::showStore(const QString& size, const QString& path) {
    m_store->setText(size);
    m_store->setToolTip(path);
}

void StatusBar::showSaved(const QString& sentence) {
    m_saved->setText(sentence);
    m_saved->setVisible(!sentence.isEmpty());
}

void StatusBar::showLive(const QString& text, const QString& toolTip, bool receiving) {
    if (text == m_live->text() && receiving == m_receiving && toolTip == m_live->toolTip()) return;
    m_receiving = receiving;
    m_live->setText(text);
    m_live->setAccessibleName(tr("Live: %1").arg(text));
    m_live->setToolTip(toolTip);
    m_live->updateGeometry();
    m_live->setVisible(!text.isEmpty());
    m_liveIcon->setVisible(!text.isEmpty());
    restyleLive();
}

void StatusBar::restyleLive() {
    const Colours& c = m_theme.colours();
    m_liveIcon->setPixmap(m_theme.icon(QStringLiteral("live"), m_receiving ? c.ok : c.text3, m_theme.px(16),
                                       devicePixelRatioF()));
}

QString StatusBar::liveText() const {
    return m_live->isHidden() ? QString() : m_live->text();
}

QString StatusBar::importText() const {
    return m_importing->isHidden() ? QString() : m_verb->text() + QLatin1Char(' ') + m_figures->text();
}

void StatusBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colours().window);
    painter.fillRect(0, 0, width(), m_theme.lineWidth(), m_theme.colours().line);
}

} // namespace clew::views

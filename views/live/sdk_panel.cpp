#include "views/live/sdk_panel.h"

#include "views/live/section.h"
#include "views/theme/keys.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace clew::views {

SdkLine::SdkLine(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void SdkLine::setPieces(std::vector<SdkPiece> pieces) {
    m_pieces = std::move(pieces);
    m_text.clear();
    for (const SdkPiece& piece : m_pieces)
        m_text += piece.text;
    setToolTip(m_text);
    setAccessibleName(m_text);
    update();
}

void SdkLine::setMarked(bool marked) {
    m_marked = marked;
    update();
}

void SdkLine::setSmall(bool small) {
    m_small = small;
    update();
}

QSize SdkLine::sizeHint() const {
    return {m_theme.px(200), m_theme.px(28)};
}

QSize SdkLine::minimumSizeHint() const {
    return {m_theme.px(80), m_theme.px(28)};
}

void SdkLine::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& c = m_theme.colours();
    painter.setPen(QPen(m_marked ? c.acc : c.line2, m_theme.lineWidth()));
    painter.setBrush(c.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    QFont font = m_theme.font(m_small ? Theme::Text::MonoSmall : Theme::Text::Mono);
    font.setStyleStrategy(QFont::PreferNoShaping); // no ligatures; the text is ASCII
    painter.setFont(font);
    const QFontMetrics metrics(font);
    // One line is seen; what has no room and further lines are in the tool tip.
    const QString seen = m_text.section(QLatin1Char('\n'), 0, 0);
    const bool whole = seen.size() == m_text.size();
    const int left = m_theme.px(9), baseline = (height() + metrics.capHeight()) / 2;
    const double cell = metrics.horizontalAdvance(QString(100, QLatin1Char('0'))) / 100.0;
    const auto room = static_cast<qsizetype>((width() - 2 * left) / cell);
    // What is shown ends behind a whole variable, as long as there is room for one.
    qsizetype shown = whole && seen.size() <= room ? seen.size() : std::min(seen.size(), room - 2);
    if (shown < seen.size()) {
        const qsizetype blank = m_text.lastIndexOf(QLatin1Char(' '), shown);
        if (blank > m_text.indexOf(QLatin1Char('='))) shown = blank;
    }
    qsizetype at = 0;
    for (const SdkPiece& piece : m_pieces) {
        const QString text = piece.text.left(std::max<qsizetype>(0, shown - at));
        painter.setPen(piece.role == SdkPiece::Variable ? c.acc
                       : piece.role == SdkPiece::Value  ? c.ok
                                                        : c.text2);
        painter.drawText(QPointF(left + static_cast<double>(at) * cell, baseline), text);
        at += text.size();
        if (text.size() < piece.text.size()) break;
    }
    if (shown == m_text.size()) return;
    painter.setPen(c.text2);
    painter.drawText(QPointF(left + static_cast<double>(at) * cell, baseline), QStringLiteral(" …"));
}

MenuButton::MenuButton(const Theme& theme, QWidget* parent)
    : QPushButton(parent)
    , m_theme(theme) {
    setAutoDefault(false);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize MenuButton::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(Theme::Text::Body));
    return {metrics.horizontalAdvance(text()) + m_theme.px(8 + 6 + 14 + 4), m_theme.px(28)};
}

void MenuButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& c = m_theme.colours();
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.hover);
        painter.drawRoundedRect(rect(), 4, 4);
    }
    painter.setFont(m_theme.font(Theme::Text::Body));
    painter.setPen(c.text);
    painter.drawText(rect().adjusted(m_theme.px(8), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
    const int side = m_theme.px(14);
    painter.drawPixmap(
        width() - side - m_theme.px(4), (height() - side) / 2 + 1,
        m_theme.icon(QStringLiteral("chevron-down"), c.text2, side, painter.device()->devicePixelRatioF()));
    if (hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange)) {
        painter.setPen(QPen(c.acc, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

SdkPanel::SdkPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_header(new SectionHeader(theme, tr("Point an SDK here"), Surface::Top | Surface::Bottom))
    , m_shellButton(new MenuButton(theme)) {
    m_header->setSubtitle(tr("paste one line, then run your agent as it is"));
    m_shellButton->setToolTip(tr("For which shell the lines are written"));
    auto* menu = new QMenu(this);
    auto* group = new QActionGroup(this);
    for (const Shell shell : kShells) {
        QAction* action = menu->addAction(shellName(shell), this, [this, shell] { setShell(shell); });
        action->setCheckable(true);
        action->setChecked(shell == m_shell);
        action->setObjectName(shellName(shell));
        group->addAction(action);
    }
    connect(m_shellButton, &QPushButton::clicked, menu,
            [this, menu] { menu->popup(m_shellButton->mapToGlobal(QPoint(0, m_shellButton->height()))); });
    m_header->addRight(m_shellButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    for (const Sdk& sdk : sdks()) {
        const int at = static_cast<int>(m_rows.size());
        const bool last = at + 1 == static_cast<int>(sdks().size());
        auto* surface = new Surface(theme, &Colours::base, last ? Surface::NoSide : Surface::Bottom);
        surface->setFixedHeight(theme.px(40));
        connect(&theme, &Theme::changed, surface,
                [surface, &theme] { surface->setFixedHeight(theme.px(40)); });
        Row row{new ThemedLabel(theme, Theme::Text::Body, &Colours::text, sdk.name), new SdkLine(theme),
                new ThemedButton(theme, QStringLiteral("copy"), tr("Copy"))};
        row.name->setToolTip(sdk.hint);
        row.button->setKeyHint(QString::number(at + 1));
        connect(row.button, &QPushButton::clicked, this, [this, at] { copy(at); });
        auto* line = new QHBoxLayout(surface);
        line->setContentsMargins(theme.px(16), 0, theme.px(16), 0);
        line->setSpacing(theme.px(8));
        line->addWidget(row.name);
        line->addWidget(row.line, 1);
        line->addWidget(row.button);
        layout->addWidget(surface);
        m_rows.push_back(row);
    }
    auto* others = new ElidedLabel(theme, Theme::Text::Small, &Colours::text3);
    others->setFullText(
        tr("Vercel AI SDK, OpenLLMetry, Logfire and others that send OTLP take the first line."));
    auto* below = new Surface(theme, &Colours::base, Surface::NoSide);
    auto* belowRow = new QHBoxLayout(below);
    belowRow->setContentsMargins(theme.px(16), 0, theme.px(16), theme.px(6));
    belowRow->addWidget(others);
    layout->addWidget(below);
    // Another program took the clipboard: what is copied is no longer ours.
    connect(QApplication::clipboard(), &QClipboard::dataChanged, this, [this] {
        if (m_copied >= 0 && QApplication::clipboard()->text() != line(m_copied)) setCopied(-1);
    });
    connect(&theme, &Theme::changed, this, &SdkPanel::sizeRows);
    setEndpoint(QStringLiteral("http://127.0.0.1:4318"));
    sizeRows();
}

// The lines stand below each other whatever the names and the buttons say.
void SdkPanel::sizeRows() {
    int name = 0, button = 0;
    for (const Row& row : m_rows) {
        // A label's hint grows with the width that it was given before.
        name = std::max(name, row.name->fontMetrics().horizontalAdvance(row.name->text()));
        button = std::max(button, row.button->sizeHint().width());
    }
    // Room for the widest: "Copied", or "Copy" with its key.
    const QFontMetrics metrics(m_theme.font(Theme::Text::Body));
    button = std::max(button, metrics.horizontalAdvance(tr("Copied")) + m_theme.px(16 + 6 + 20) + 2);
    for (const Row& row : m_rows) {
        row.name->setFixedWidth(name + m_theme.px(5));
        row.button->setFixedWidth(button);
        row.line->setSmall(width() < m_theme.px(680));
    }
}

void SdkPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    sizeRows();
}

void SdkPanel::setEndpoint(const QString& endpoint) {
    if (endpoint == m_endpoint) return;
    m_endpoint = endpoint;
    fill();
}

void SdkPanel::setHttpOff(bool off) {
    if (off == m_httpOff) return;
    m_httpOff = off;
    fill();
}

void SdkPanel::setShell(Shell shell) {
    if (shell == m_shell) return;
    m_shell = shell;
    for (QAction* action : findChildren<QAction*>())
        if (action->objectName() == shellName(shell)) action->setChecked(true);
    fill();
    emit shellChanged(static_cast<int>(shell));
}

void SdkPanel::fill() {
    m_shellButton->setText(shellName(m_shell));
    m_shellButton->setAccessibleName(tr("Shell: %1").arg(shellName(m_shell)));
    m_shellButton->updateGeometry();
    m_header->setSubtitle(m_httpOff ? tr("these need the HTTP port, which is off: see Ports…")
                          : m_shell == Shell::DotEnv
                              ? tr("put the lines into the file, then run your agent as it is")
                              : tr("paste one line, then run your agent as it is"));
    for (std::size_t at = 0; at < m_rows.size(); ++at)
        m_rows[at].line->setPieces(sdkPieces(sdks()[at], m_shell, m_endpoint));
    setCopied(-1);
}

void SdkPanel::copy(int sdk) {
    if (sdk < 0 || sdk >= static_cast<int>(m_rows.size())) return;
    m_copied = -1;
    QApplication::clipboard()->setText(line(sdk));
    setCopied(sdk);
    emit said(tr("Copied the line for %1").arg(sdks()[static_cast<std::size_t>(sdk)].name));
}

void SdkPanel::setCopied(int sdk) {
    m_copied = sdk;
    for (int at = 0; at < static_cast<int>(m_rows.size()); ++at) {
        const Row& row = m_rows[static_cast<std::size_t>(at)];
        const QString& name = sdks()[static_cast<std::size_t>(at)].name;
        const bool copied = at == sdk;
        row.line->setMarked(copied);
        row.button->setText(copied ? tr("Copied") : tr("Copy"));
        row.button->setIconName(copied ? QStringLiteral("status-ok") : QStringLiteral("copy"));
        row.button->setKeyHint(copied ? QString() : QString::number(at + 1));
        row.button->setAccessibleName(copied ? tr("Copied the line for %1").arg(name)
                                             : tr("Copy the line for %1").arg(name));
    }
}

} // namespace clew::views

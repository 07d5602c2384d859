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
    QFont font = m_theme.font(Theme::Text::Mono);
    font.setStyleStrategy(QFont::PreferNoShaping); // no ligatures; the text is ASCII
    painter.setFont(font);
    const QFontMetrics metrics(font);
    const QString dots = QStringLiteral("…");
    int x = m_theme.px(9);
    const int end = width() - m_theme.px(9);
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        const SdkPiece& piece = m_pieces[i];
        QString text = piece.text;
        const bool more = text.contains(QLatin1Char('\n')); // further lines are in the tool tip
        if (more) text = QStringLiteral("  …");
        painter.setPen(piece.role == SdkPiece::Variable ? c.acc : piece.role == SdkPiece::Value ? c.ok : c.text2);
        const bool last = i + 1 == m_pieces.size();
        const int room = end - x - (last ? 0 : metrics.horizontalAdvance(dots));
        const int width = metrics.horizontalAdvance(text);
        const int baseline = (height() + metrics.capHeight()) / 2;
        if (width > room) {
            painter.drawText(x, baseline, metrics.elidedText(text, Qt::ElideRight, end - x));
            if (room <= 0) return;
            return;
        }
        painter.drawText(x, baseline, text);
        if (more) return;
        x += width;
    }
}

SdkPanel::SdkPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_header(new SectionHeader(theme, tr("Point an SDK here"), Surface::Top | Surface::Bottom))
    , m_shellButton(new ThemedButton(theme, QStringLiteral("chevron-down"), {})) {
    m_header->setSubtitle(tr("paste one line, then run your agent as it is"));
    m_shellButton->setProperty("flatIcon", true);
    m_shellButton->setFlat(true);
    m_shellButton->setLayoutDirection(Qt::LeftToRight);
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
    connect(m_shellButton, &QPushButton::clicked, menu, [this, menu] {
        menu->popup(m_shellButton->mapToGlobal(QPoint(0, m_shellButton->height())));
    });
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
        connect(&theme, &Theme::changed, surface, [surface, &theme] { surface->setFixedHeight(theme.px(40)); });
        Row row{new ThemedLabel(theme, Theme::Text::Body, &Colours::text, sdk.name), new SdkLine(theme),
                new ThemedButton(theme, QStringLiteral("copy"), tr("Copy"))};
        row.name->setToolTip(sdk.hint);
        row.name->setFixedWidth(theme.px(112));
        row.button->setKeyHint(QString::number(at + 1));
        row.button->setMinimumWidth(theme.px(96));
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
    // Another program took the clipboard: what is copied is no longer ours.
    connect(QApplication::clipboard(), &QClipboard::dataChanged, this, [this] {
        if (m_copied >= 0 && QApplication::clipboard()->text() != line(m_copied)) setCopied(-1);
    });
    setCopied(-1);
    setEndpoint(QStringLiteral("http://127.0.0.1:4318"));
    fill();
}

void SdkPanel::setEndpoint(const QString& endpoint) {
    if (endpoint == m_endpoint) return;
    m_endpoint = endpoint;
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
    m_header->setSubtitle(m_shell == Shell::DotEnv ? tr("put the lines into the file, then run your agent as it is")
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

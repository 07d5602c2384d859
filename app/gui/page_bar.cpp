#include "app/gui/page_bar.h"

#include "views/runs/widgets.h"
#include "views/theme/keys.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>

namespace clew::app {

using views::Colours;
using views::Theme;

namespace {

constexpr int kDot = 8, kDotGap = 8;

views::IconButton* iconButton(const Theme& theme, const QString& icon, QAction* action) {
    auto* button = new views::IconButton(theme, icon, action->text());
    button->setEnabled(action->isEnabled());
    QObject::connect(action, &QAction::changed, button,
                     [button, action] { button->setEnabled(action->isEnabled()); });
    QObject::connect(button, &QToolButton::clicked, action, &QAction::trigger);
    return button;
}

} // namespace

PageTab::PageTab(const Theme& theme, const QString& icon, const QString& title, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_icon(icon) {
    setText(title);
    setAccessibleName(title);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize PageTab::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(Theme::Text::Strong));
    const int dot = m_dot ? kDotGap + kDot : 0;
    return {m_theme.px(4 + 16 + 6 + 4 + dot) + metrics.horizontalAdvance(text()), m_theme.px(40)};
}

void PageTab::setDot(bool dot, const QString& what) {
    setAccessibleDescription(what);
    setToolTip(what);
    if (dot == m_dot) return;
    m_dot = dot;
    updateGeometry();
    update();
}

void PageTab::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colours& c = m_theme.colours();
    const QColor colour = isChecked() ? c.text : c.text2;
    const int side = m_theme.px(16);
    painter.drawPixmap(QPoint(m_theme.px(4), (height() - side) / 2),
                       m_theme.icon(m_icon, colour, side, painter.device()->devicePixelRatioF()));
    painter.setFont(m_theme.font(isChecked() ? Theme::Text::Strong : Theme::Text::Body));
    painter.setPen(colour);
    painter.drawText(rect().adjusted(m_theme.px(26), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (m_dot) {
        const int after = m_theme.px(26) + painter.fontMetrics().horizontalAdvance(text());
        const qreal dot = m_theme.px(kDot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.ok);
        painter.drawEllipse(QRectF(after + m_theme.px(kDotGap), (height() - dot) / 2, dot, dot));
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (isChecked()) painter.fillRect(0, height() - 2, width(), 2, c.acc);
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(c.acc, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 5, -1, -5), 4, 4);
    }
}

PageBar::PageBar(const Theme& theme, QAction* back, QAction* forward, QAction* anything, QAction* open,
                 QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    const auto size = [this] {
        setFixedHeight(m_theme.px(40));
        update();
    };
    connect(&theme, &Theme::changed, this, size);
    size();
    auto* row = new QHBoxLayout(this);
    m_row = row;
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(iconButton(theme, QStringLiteral("arrow-left"), back));
    row->addWidget(iconButton(theme, QStringLiteral("arrow-right"), forward));
    row->addSpacing(12);
    addPage(Page::Traces, QStringLiteral("trace"), tr("Traces"));
    row->addStretch();
    auto* go = new views::ThemedButton(theme, QStringLiteral("search"), tr("Go to anything"));
    go->setProperty("flatIcon", true);
    go->setFlat(true);
    go->setKeyHint(views::keyHint("go.anything"));
    go->setToolTip(tr("Runs, commands and keys"));
    connect(go, &QPushButton::clicked, anything, &QAction::trigger);
    row->addWidget(go);
    auto* openButton = new views::ThemedButton(theme, QStringLiteral("open"), tr("Open…"));
    openButton->setToolTip(tr("Open run files (%1)").arg(views::keyHint("file.open")));
    connect(openButton, &QPushButton::clicked, open, &QAction::trigger);
    row->addWidget(openButton);
}

PageTab* PageBar::addPage(Page page, const QString& icon, const QString& title) {
    auto* tab = new PageTab(m_theme, icon, title);
    tab->setChecked(m_tabs.isEmpty());
    connect(tab, &QAbstractButton::clicked, this, [this, page] { emit pageWanted(page); });
    // Behind the tabs that are there: back, forward and a gap stand before them.
    constexpr int kBefore = 3;
    m_row->insertWidget(kBefore + 2 * static_cast<int>(m_tabs.size()), tab);
    m_row->insertSpacing(kBefore + 2 * static_cast<int>(m_tabs.size()) + 1, m_theme.px(8));
    m_tabs.insert(page, tab);
    return tab;
}

void PageBar::setPage(Page page) {
    if (PageTab* wanted = m_tabs.value(page)) wanted->setChecked(true);
}

void PageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colours().window);
    painter.fillRect(0, height() - m_theme.lineWidth(), width(), m_theme.lineWidth(), m_theme.colours().line);
}

} // namespace clew::app

#include "views/trace/details/flow_page.h"

#include "views/trace/details/flow_view.h"

#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace clew::views {

FlowPage::FlowPage(Theme& theme, const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_view(new FlowView(theme, this))
    , m_findBar(new QWidget(this))
    , m_findEdit(new QLineEdit(m_findBar))
    , m_findCount(new QLabel(m_findBar)) {
    m_view->setAccessibleName(accessibleName);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_findBar);
    column->addWidget(m_view, 1);

    auto* row = new QHBoxLayout(m_findBar);
    row->setContentsMargins(12, 4, 12, 4);
    row->setSpacing(4);
    m_findEdit->setPlaceholderText(tr("Find in this tab"));
    m_findEdit->setAccessibleName(tr("Find in this tab"));
    m_findEdit->installEventFilter(this);
    row->addWidget(m_findEdit, 1);
    m_findCount->setMinimumWidth(64);
    m_findCount->setAlignment(Qt::AlignCenter);
    row->addWidget(m_findCount);
    const auto button = [&](const QString& icon, const QString& name, auto slot) {
        auto* tool = new QToolButton(m_findBar);
        tool->setProperty("flatIcon", true);
        tool->setIcon(m_theme.icon(icon, m_theme.colours().text2, m_theme.px(16), devicePixelRatioF()));
        connect(&m_theme, &Theme::changed, tool, [this, tool, icon] {
            tool->setIcon(m_theme.icon(icon, m_theme.colours().text2, m_theme.px(16), devicePixelRatioF()));
        });
        tool->setToolTip(name);
        tool->setAccessibleName(name);
        connect(tool, &QToolButton::clicked, this, slot);
        row->addWidget(tool);
    };
    button(QStringLiteral("arrow-left"), tr("Previous hit (Shift+Enter)"), [this] { step(-1); });
    button(QStringLiteral("arrow-right"), tr("Next hit (Enter)"), [this] { step(1); });
    button(QStringLiteral("close"), tr("Close (Esc)"), [this] { endFind(); });
    m_findBar->hide();

    connect(m_findEdit, &QLineEdit::textChanged, this, [this] { findNow(); });
    connect(m_view, &FlowView::activated, this, &FlowPage::onActivated);
    m_resized.setSingleShot(true);
    m_resized.setInterval(120);
    connect(&m_resized, &QTimer::timeout, this, [this] {
        if (options().columns != m_builtColumns) build();
    });
    connect(&m_theme, &Theme::changed, &m_resized, [this] { m_resized.start(); });
}

BuildOptions FlowPage::options() const {
    BuildOptions out;
    out.fold = m_fold;
    out.fold.everything = isFinding();
    const qreal character =
        QFontMetricsF(m_theme.font(Theme::Text::MonoSmall)).horizontalAdvance(QLatin1Char('0'));
    const qreal width = std::max<qreal>(m_view->viewport()->width() - m_theme.px(24), 100);
    out.columns = std::max(20, static_cast<int>(width / character));
    out.cardColumns = std::max(12, static_cast<int>((width / 2 - m_theme.px(16)) / character));
    return out;
}

void FlowPage::setBuilder(Builder builder, bool sameSubject) {
    m_builder = std::move(builder);
    if (!sameSubject) m_fold = {};
    m_dirty = true;
    if (isVisible()) build();
}

void FlowPage::build() {
    if (!m_builder) return;
    if (!isVisible()) {
        m_dirty = true;
        return;
    }
    const BuildOptions how = options();
    m_builtColumns = how.columns;
    m_builtEverything = how.fold.everything;
    m_dirty = false;
    m_asker.ask([builder = m_builder, how](const std::stop_token&) { return builder(how); },
                [this](FlowDocument document) {
                    m_view->setDocument(std::move(document));
                    if (isFinding()) findNow();
                    if (!m_goTo.isEmpty() && m_view->scrollToKey(m_goTo)) m_goTo.clear();
                    emit built();
                });
}

void FlowPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_dirty || options().columns != m_builtColumns) build();
}

void FlowPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (isVisible() && options().columns != m_builtColumns) m_resized.start();
}

void FlowPage::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colours().base);
    if (m_findBar->isVisible())
        painter.fillRect(0, m_findBar->height() - 1, width(), m_theme.lineWidth(), m_theme.colours().line);
}

void FlowPage::onActivated(const QString& action) {
    if (action.startsWith(QLatin1String("goto:"))) {
        goTo(action.mid(5));
        return;
    }
    // "reveal:FOLD|KEY": what is folded opens first.
    if (action.startsWith(QLatin1String("reveal:"))) {
        const QString fold = action.section(QLatin1Char('|'), 0, 0).mid(7);
        if (fold == QLatin1String("history"))
            m_fold.history = std::numeric_limits<int>::max() / 1000;
        else
            m_fold.open.insert(fold);
        m_goTo = action.section(QLatin1Char('|'), 1);
        build();
        return;
    }
    if (action.contains(QLatin1Char(':')) || action == QLatin1String("root")) {
        emit activated(action);
        return;
    }
    if (action == QLatin1String("history"))
        ++m_fold.history;
    else if (!m_fold.open.remove(action))
        m_fold.open.insert(action);
    build();
}

void FlowPage::goTo(const QString& key) {
    m_goTo = key;
    if (settled() && m_view->scrollToKey(key)) m_goTo.clear();
}

bool FlowPage::isFinding() const {
    return !m_findBar->isHidden() && !m_findEdit->text().isEmpty();
}

void FlowPage::startFind() {
    m_findBar->show();
    m_findEdit->setFocus(Qt::ShortcutFocusReason);
    m_findEdit->selectAll();
    if (isFinding()) build();
}

void FlowPage::endFind() {
    const bool was = isFinding();
    m_findBar->hide();
    m_view->find({});
    m_view->setFocus(Qt::OtherFocusReason);
    if (was) build();
}

void FlowPage::findNow() {
    // The first letter unfolds everything, so that what is folded is found as well.
    if (m_builtEverything != isFinding()) {
        build();
        if (isFinding()) return;
    }
    m_hits = m_view->find(m_findEdit->text());
    showCount();
}

void FlowPage::step(int by) {
    m_view->showHit(m_view->currentHit() + by);
    showCount();
}

void FlowPage::showCount() {
    if (m_findEdit->text().isEmpty())
        m_findCount->clear();
    else if (m_hits == 0)
        m_findCount->setText(tr("no hits"));
    else
        m_findCount->setText(tr("%1 of %2%3")
                                 .arg(m_view->currentHit() + 1)
                                 .arg(m_hits)
                                 .arg(m_hits >= FlowView::kMaxHits ? QStringLiteral("+") : QString()));
}

bool FlowPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_findEdit && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape) {
            endFind();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            step(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace clew::views

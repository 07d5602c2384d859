#include "views/findings/findings_panel.h"

#include "model/base/messages.h"
#include "views/findings/finding_delegate.h"
#include "views/runs/widgets.h"
#include "views/text.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace clew::views {

namespace {

constexpr int kWidth = 460;
constexpr int kPanelMargin = 8;

QString countsText(const FindingCounts& counts) {
    QStringList parts;
    if (counts.errors > 0)
        parts << plural(counts.errors, FindingsPanel::tr("error"), FindingsPanel::tr("errors"));
    if (counts.warnings > 0)
        parts << plural(counts.warnings, FindingsPanel::tr("warning"), FindingsPanel::tr("warnings"));
    if (counts.infos > 0) parts << FindingsPanel::tr("%1 for information").arg(counts.infos);
    return parts.join(QStringLiteral(" · "));
}

} // namespace

FindingsPanel::FindingsPanel(ViewContext& context, TraceFindings& findings, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_findings(findings)
    , m_list(new QListView)
    , m_delegate(new FindingDelegate(context.theme, this))
    , m_title(new ThemedLabel(context.theme, Theme::Text::Strong, &Colours::text, tr("Findings")))
    , m_counts(new ThemedLabel(context.theme, Theme::Text::Small, &Colours::text2))
    , m_message(new ThemedLabel(context.theme, Theme::Text::Body, &Colours::text2))
    , m_off(new LinkButton(context.theme, tr("Turn this rule off…"), Theme::Text::Small))
    , m_rules(new LinkButton(context.theme, tr("Findings rules…"), Theme::Text::Small)) {
    setAccessibleName(tr("Findings"));
    auto* shut = new IconButton(context.theme, QStringLiteral("close"), tr("Close the findings (Esc)"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 6, 6, 6);
    head->setSpacing(8);
    head->addWidget(m_title);
    head->addWidget(m_counts);
    head->addStretch();
    head->addWidget(shut);
    m_message->setWordWrap(true);
    m_message->setContentsMargins(12, 4, 12, 10);
    m_list->setModel(&m_model);
    m_list->setItemDelegate(m_delegate);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(false);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Findings of this run"));
    m_list->installEventFilter(this);
    setFocusProxy(m_list);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 7, 12, 7);
    foot->addWidget(m_off);
    foot->addStretch();
    foot->addWidget(m_rules);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_message);
    layout->addWidget(m_list, 1);
    layout->addLayout(foot);
    connect(shut, &QAbstractButton::clicked, this, &FindingsPanel::close);
    connect(m_rules, &QPushButton::clicked, this, &FindingsPanel::rulesWanted);
    connect(m_off, &QPushButton::clicked, this, [this] {
        const QModelIndex chosen = m_list->currentIndex();
        if (chosen.isValid()) emit ruleOffWanted(fromUtf8(m_model.finding(chosen.row()).rule));
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) { go(index.row()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &FindingsPanel::showChosen);
    connect(&findings, &TraceFindings::changed, this, &FindingsPanel::showFindings);
    connect(&context.theme, &Theme::changed, this, [this] {
        if (isVisible()) place(m_top);
        update();
    });
    hide();
    showFindings();
}

QString FindingsPanel::message() const {
    return m_message->isHidden() ? QString() : m_message->text();
}

void FindingsPanel::showFindings() {
    const FindingsPtr all = m_findings.findings();
    if (m_row >= 0 && !all->empty() && m_row < m_model.rowCount() &&
        m_model.finding(m_row).trace != all->front().trace)
        m_row = -1;
    m_model.setFindings(*all);
    if (all->empty()) m_row = -1;
    m_counts->setText(countsText(m_findings.counts()));
    m_list->setVisible(!all->empty());
    m_message->setVisible(all->empty());
    if (m_findings.error())
        m_message->setText(fromUtf8(sentence(*m_findings.error())));
    else if (!m_findings.known())
        m_message->setText(m_findings.trace().valid() ? tr("Looking at this run…")
                                                      : tr("Choose a run to see what the rules find in it."));
    else
        m_message->setText(
            tr("The rules find nothing in this run. Findings rules… shows what they look for."));
    showChosen();
    if (!isVisible()) return;
    place(m_top);
    // They came after the list was opened: what has the focus is what one steps through.
    if (!all->empty() && (hasFocus() || isAncestorOf(QApplication::focusWidget())) &&
        !m_list->currentIndex().isValid())
        open();
}

void FindingsPanel::showChosen() {
    const QModelIndex chosen = m_list->currentIndex();
    m_off->setVisible(chosen.isValid());
    if (chosen.isValid())
        m_off->setToolTip(tr("“%1” finds nothing any more, in any run").arg(chosen.data().toString()));
    if (chosen.row() != m_row) m_step = 0;
    m_delegate->setStep(m_step);
    m_list->viewport()->update();
}

void FindingsPanel::open() {
    show();
    raise();
    if (!m_list->currentIndex().isValid() && m_model.rowCount() > 0) {
        // What concerns the span that is looked at.
        int row = 0;
        for (int i = m_model.rowCount() - 1; i >= 0; --i) {
            const auto& spans = m_model.finding(i).spans;
            if (std::ranges::find(spans, m_context.selection.span()) != spans.end()) row = i;
        }
        m_list->setCurrentIndex(m_model.index(row));
    }
    (m_list->isVisible() ? static_cast<QWidget*>(m_list) : m_rules)->setFocus(Qt::ShortcutFocusReason);
}

void FindingsPanel::close() {
    hide();
    emit closed();
}

void FindingsPanel::step(int direction) {
    const int count = m_model.rowCount();
    show();
    raise();
    if (count == 0) return;
    const int now = m_row;
    go(now < 0 ? (direction > 0 ? 0 : count - 1) : (now + direction + count) % count);
}

void FindingsPanel::go(int row) {
    if (row < 0 || row >= m_model.rowCount()) return;
    const Finding& finding = m_model.finding(row);
    if (finding.spans.empty()) return;
    const auto count = static_cast<int>(finding.spans.size());
    m_step = row == m_row ? m_step % count + 1 : 1;
    m_row = row;
    m_list->setCurrentIndex(m_model.index(row));
    m_list->scrollTo(m_model.index(row));
    showChosen();
    emit spanWanted(finding.spans[static_cast<std::size_t>(m_step - 1)]);
}

void FindingsPanel::place(int top) {
    m_top = top;
    const QWidget* around = parentWidget();
    if (!around) return;
    const Theme& theme = m_context.theme;
    const int width = std::min(theme.px(kWidth), around->width() - 2 * kPanelMargin);
    resize(width, height());
    int rows = 0;
    QStyleOptionViewItem option;
    option.widget = m_list;
    option.rect.setWidth(width - 2);
    for (int row = 0; row < m_model.rowCount() && rows < around->height(); ++row)
        rows += m_delegate->sizeHint(option, m_model.index(row)).height();
    const int chrome = theme.px(76);
    const int message = m_message->isHidden() ? 0 : m_message->heightForWidth(width - 2);
    const int room = std::max(theme.px(160), (around->height() - top) * 3 / 4);
    const int height = std::min(chrome + rows + message, room);
    setGeometry(around->width() - width - kPanelMargin, top, width, height);
    m_list->doItemsLayout();
}

bool FindingsPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            go(m_list->currentIndex().row());
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            close();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FindingsPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        close();
    else
        QWidget::keyPressEvent(event);
}

void FindingsPanel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& c = m_context.theme.colours();
    const qreal width = m_context.theme.lineWidth();
    painter.fillRect(rect(), c.base);
    painter.setPen(QPen(c.line2, width));
    painter.setBrush(c.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2), 4, 4);
}

} // namespace clew::views

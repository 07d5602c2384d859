#include "views/sessions/sessions_page.h"

#include "model/base/messages.h"
#include "model/store/filter/facets.h"
#include "views/runs/order_button.h"
#include "views/runs/widgets.h"
#include "views/sessions/thread_document.h"
#include "views/text.h"
#include "views/trace/details/flow_page.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <array>

namespace clew::views {

namespace {

struct OrderTitle {
    SessionOrder order;
    const char* title;
};
constexpr std::array kOrders = {
    OrderTitle{SessionOrder::newest, QT_TRANSLATE_NOOP("clew::views::SessionsPage", "Newest")},
    OrderTitle{SessionOrder::runs, QT_TRANSLATE_NOOP("clew::views::SessionsPage", "Most runs")},
    OrderTitle{SessionOrder::duration, QT_TRANSLATE_NOOP("clew::views::SessionsPage", "Longest at work")},
    OrderTitle{SessionOrder::cost, QT_TRANSLATE_NOOP("clew::views::SessionsPage", "Most expensive")},
    OrderTitle{SessionOrder::errors, QT_TRANSLATE_NOOP("clew::views::SessionsPage", "Most errors")},
};

} // namespace

SessionsPage::SessionsPage(ViewContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new SessionModel(context.traces, this))
    , m_list(new SessionList(context.theme, *m_model)) {
    auto* splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeList());
    splitter->addWidget(makeThread());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({context.theme.px(380), context.theme.px(900)});
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    setFocusProxy(m_list);
    connect(m_model, &SessionModel::refreshed, this, &SessionsPage::showList);
    connect(m_list, &SessionList::chosen, this, &SessionsPage::showSession);
}

QWidget* SessionsPage::makeList() {
    const Theme& theme = m_context.theme;
    auto* pane = new Surface(theme, &Colours::base, Surface::Right);
    auto* head = new Surface(theme, &Colours::base, Surface::Bottom);
    head->setFixedHeight(theme.px(40));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(theme.px(16), 0, theme.px(8), 0);
    row->setSpacing(theme.px(8));
    row->addWidget(new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("Sessions")));
    m_count = new ElidedLabel(theme, Theme::Text::Small, &Colours::text3);
    row->addWidget(m_count, 1);
    m_order = new OrderButton(theme);
    m_order->setToolTip(tr("The order of the sessions"));
    fillOrders();
    row->addWidget(m_order);
    auto* layout = new QVBoxLayout(pane);
    layout->setContentsMargins(0, 0, theme.lineWidth(), 0);
    layout->setSpacing(0);
    layout->addWidget(head);
    layout->addWidget(m_list, 1);
    pane->setMinimumWidth(theme.px(240));
    return pane;
}

QWidget* SessionsPage::makeThread() {
    Theme& theme = m_context.theme;
    m_stack = new QStackedWidget;
    auto* empty = new Surface(theme, &Colours::base, Surface::NoSide);
    auto* words = new QVBoxLayout(empty);
    words->setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(24));
    m_words = new ThemedLabel(theme, Theme::Text::Strong, &Colours::text);
    m_why = new ThemedLabel(theme, Theme::Text::Body, &Colours::text2);
    m_why->setWordWrap(true);
    words->addWidget(m_words);
    words->addWidget(m_why);
    words->addStretch();
    m_stack->addWidget(empty);

    auto* page = new Surface(theme, &Colours::base, Surface::NoSide);
    auto* head = new Surface(theme, &Colours::base, Surface::Bottom);
    head->setFixedHeight(theme.px(40));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(theme.px(12), 0, theme.px(12), 0);
    row->setSpacing(theme.px(8));
    m_title = new ElidedLabel(theme, Theme::Text::Strong, &Colours::text, Qt::ElideMiddle);
    m_figures = new ElidedLabel(theme, Theme::Text::Small, &Colours::text2);
    row->addWidget(m_title);
    row->addWidget(m_figures, 1);
    auto* runs = new LinkButton(theme, tr("Show its runs"), Theme::Text::Small);
    connect(runs, &QPushButton::clicked, this, [this] {
        emit runsWanted(QString::fromStdString(facet_term("session", m_session.toStdString())));
    });
    row->addWidget(runs);
    m_thread = new FlowPage(theme, tr("Turns of the session"));
    connect(m_thread, &FlowPage::activated, this, [this](const QString& action) {
        bool known = false;
        const int turn = action.section(QLatin1Char(':'), 1).toInt(&known);
        if (!known || !m_shown || turn < 0 || turn >= static_cast<int>(m_shown->turns.size())) return;
        const ThreadTurn& shown = m_shown->turns[static_cast<std::size_t>(turn)];
        emit traceWanted(shown.trace, shown.span);
    });
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(head);
    layout->addWidget(m_thread, 1);
    m_stack->addWidget(page);
    return m_stack;
}

void SessionsPage::fillOrders() {
    auto* menu = new QMenu(this);
    auto* group = new QActionGroup(menu);
    const auto show = [this](const QString& title) {
        m_order->setText(title);
        m_order->setAccessibleName(tr("Order of the sessions: %1").arg(title));
        m_order->updateGeometry();
    };
    for (const OrderTitle& order : kOrders) {
        QAction* action = menu->addAction(tr(order.title));
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, order, show] {
            show(tr(order.title));
            m_model->setOrder(order.order);
        });
    }
    menu->actions().first()->setChecked(true);
    m_order->setMenu(menu);
    show(tr(kOrders.front().title));
}

void SessionsPage::setFilter(const QString& filter) {
    m_filter = filter;
    if (isVisible()) m_model->setFilter(filter);
}

void SessionsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_model->setFilter(m_filter);
    if (!m_stale) return;
    m_stale = false;
    m_model->refresh();
    readSession();
}

void SessionsPage::applyCommitted() {
    if (!isVisible() || m_asker.busy()) {
        m_stale = true;
        if (isVisible()) m_model->refresh();
        return;
    }
    m_model->refresh();
    readSession();
}

void SessionsPage::showList() {
    const qint64 count = m_model->count();
    m_count->setFullText(
        count > m_model->rowCount()
            ? tr("%1 of %2").arg(QString::number(m_model->rowCount()), fromUtf8(format_count(count)))
            : fromUtf8(format_count(count)));
    if (m_model->error()) {
        m_words->setText(tr("The sessions could not be read"));
        m_why->setText(fromUtf8(sentence(*m_model->error())));
        m_stack->setCurrentIndex(0);
        return;
    }
    if (m_model->rowCount() == 0) {
        m_words->setText(m_filter.isEmpty() ? tr("No run here names its session")
                                            : tr("No run that matches names its session"));
        m_why->setText(
            m_filter.isEmpty()
                ? tr("Set session.id (or the SDK's session or thread) on your runs: those of one session "
                     "then stand here as one conversation.")
                : tr("Take a term out of the filter above to see more."));
        m_stack->setCurrentIndex(0);
        return;
    }
    const bool listed = std::ranges::any_of(m_model->rows(), [this](const ListedSession& row) {
        return fromUtf8(row.session.session) == m_session;
    });
    if (!listed || !m_list->currentIndex().isValid()) m_list->setCurrentIndex(m_model->index(0, 0));
}

void SessionsPage::showSession(const QString& session) {
    if (session == m_session && m_shown) return;
    m_session = session;
    readSession();
}

void SessionsPage::readSession() {
    if (m_session.isEmpty()) return;
    m_asker.ask([&traces = m_context.traces, session = m_session.toStdString()](
                    std::stop_token stop) { return readThread(traces, session, std::move(stop)); },
                [this](Result<SessionThread> thread) { showThread(std::move(thread)); });
}

QString SessionsPage::figures() const {
    return m_figures->fullText();
}

void SessionsPage::showThread(Result<SessionThread> thread) {
    if (!thread) {
        if (thread.error().code == "cancelled") return;
        m_words->setText(tr("The session could not be read"));
        m_why->setText(fromUtf8(sentence(thread.error())));
        m_stack->setCurrentIndex(0);
        return;
    }
    const bool same = m_shown && m_shown->session == thread->session;
    m_shown = std::make_shared<const SessionThread>(std::move(*thread));
    QStringList parts{plural(static_cast<qint64>(m_shown->turns.size()), tr("turn"), tr("turns")),
                      plural(m_shown->runs, tr("run"), tr("runs"))};
    for (const ListedSession& row : m_model->rows()) {
        if (row.session.session != m_shown->session) continue;
        parts << tr("%1 at work").arg(fromUtf8(format_duration(row.session.busy)));
        const QString cost = fromUtf8(format_costs(row.session.costs()));
        if (row.session.costs().known()) parts << cost;
    }
    m_title->setFullText(fromUtf8(m_shown->session));
    m_figures->setFullText(parts.join(QStringLiteral("  ·  ")));
    m_thread->setBuilder(
        [thread = m_shown](const BuildOptions& options) { return threadDocument(*thread, options); }, same);
    m_stack->setCurrentIndex(1);
    if (m_stale && isVisible()) applyCommitted();
}

} // namespace clew::views

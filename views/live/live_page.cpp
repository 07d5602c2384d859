#include "views/live/live_page.h"

#include "views/live/client_table.h"
#include "views/live/durability_panel.h"
#include "views/live/endpoint_table.h"
#include "views/live/live_feed.h"
#include "views/live/live_header.h"
#include "views/live/ports_dialog.h"
#include "views/live/rate_chart.h"
#include "views/live/running_list.h"
#include "views/live/sdk_panel.h"
#include "views/live/section.h"
#include "views/live/switch.h"
#include "views/runs/message_card.h"
#include "views/text.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QVBoxLayout>

namespace clew::views {

LivePage::LivePage(ViewContext& context, LiveFeed& feed, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_feed(feed)
    , m_header(new LiveHeader(context.theme))
    , m_message(new MessageCard(context.theme))
    , m_scroll(new QScrollArea)
    , m_running(new RunningModel(context.traces, this)) {
    setAccessibleName(tr("Live"));
    setFocusPolicy(Qt::ClickFocus);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_notice = makeNotice();
    auto* content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, content);
    m_columns->setContentsMargins(0, 0, 0, 0);
    m_columns->setSpacing(0);
    m_columns->addWidget(makeLeft(), 51);
    m_columns->addWidget(makeRight(), 49);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_header);
    layout->addWidget(m_message);
    layout->addWidget(m_notice);
    layout->addWidget(m_scroll, 1);

    connect(m_header, &LiveHeader::followToggled, this, &LivePage::followChanged);
    connect(m_header, &LiveHeader::pauseToggled, this, &LivePage::togglePaused);
    connect(m_header, &LiveHeader::clearWanted, this, &LivePage::clear);
    connect(m_endpoints, &EndpointTable::copied, this,
            [this](const QString& address) { emit said(tr("Copied %1").arg(address)); });
    connect(m_endpoints, &EndpointTable::unfollowWanted, this, [this](const QString& path) {
        m_feed.unfollow(path);
        emit said(tr("No longer following %1; what was read stays").arg(path));
    });
    connect(m_sdk, &SdkPanel::said, this, &LivePage::said);
    connect(m_durability, &DurabilityPanel::durabilityChosen, this,
            [this](Durability durability) { m_feed.setDurability(durability); });
    connect(m_runningList, &RunningList::traceWanted, this, &LivePage::traceWanted);
    connect(m_running, &RunningModel::refreshed, this, &LivePage::showRunning);
    connect(&feed, &LiveFeed::changed, this, &LivePage::showStatus);
    connect(&context.theme, &Theme::changed, this, &LivePage::arrange);
    showStatus();
    showRunning();
}

LivePage::~LivePage() = default;

QWidget* LivePage::makeNotice() {
    const Theme& theme = m_context.theme;
    auto* notice = new Surface(theme, &Colours::raised, Surface::Bottom);
    auto* row = new QHBoxLayout(notice);
    row->setContentsMargins(16, 12, 16, 12);
    row->setSpacing(16);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(new ThemedLabel(theme, Theme::Text::Strong, &Colours::text,
                                     tr("Clew is not listening, so nothing can arrive.")));
    auto* why =
        new ThemedLabel(theme, Theme::Text::Body, &Colours::text2,
                        tr("Start it, then point an SDK here: runs appear while they happen. Only this "
                           "machine can send, and nothing leaves it."));
    why->setWordWrap(true);
    texts->addWidget(why);
    row->addLayout(texts, 1);
    m_start = new ThemedButton(theme, QStringLiteral("live"), tr("Start listening"));
    m_start->setPrimary(true);
    m_start->setToolTip(tr("HTTP on port %1, gRPC on port %2").arg(m_http).arg(m_grpc));
    connect(m_start, &QPushButton::clicked, this, &LivePage::startListening);
    row->addWidget(m_start, 0, Qt::AlignVCenter);
    return notice;
}

QWidget* LivePage::makeLeft() {
    const Theme& theme = m_context.theme;
    m_left = new Surface(theme, &Colours::base, Surface::Right);
    m_left->setMinimumWidth(0);
    auto* layout = new QVBoxLayout(m_left);
    layout->setContentsMargins(0, 0, 1, 0);
    layout->setSpacing(0);
    m_endpointsHead = new SectionHeader(theme, tr("Endpoints"), Surface::Bottom);
    auto* folder = new ThemedButton(theme, QStringLiteral("plus"), tr("Follow a folder…"));
    folder->setToolTip(tr("Reads run files as they are written, such as a coding agent's sessions"));
    connect(folder, &QPushButton::clicked, this, &LivePage::chooseFolder);
    auto* ports = new ThemedButton(theme, QStringLiteral("settings"), tr("Ports…"));
    ports->setToolTip(tr("Which ports are open"));
    connect(ports, &QPushButton::clicked, this, &LivePage::choosePorts);
    m_endpointsHead->addRight(folder);
    m_endpointsHead->addRight(ports);
    m_endpoints = new EndpointTable(theme);
    m_sdk = new SdkPanel(theme);
    m_durability = new DurabilityPanel(theme);
    layout->addWidget(m_endpointsHead);
    layout->addWidget(m_endpoints);
    m_noEndpoints = emptyWords(theme, tr("Nothing is listened to."),
                               tr("Ports and followed folders stand here, each with what it brings."));
    layout->addWidget(m_noEndpoints);
    layout->addSpacing(theme.px(4));
    layout->addWidget(m_sdk);
    layout->addWidget(m_durability);
    layout->addStretch();
    return m_left;
}

QWidget* LivePage::makeRight() {
    const Theme& theme = m_context.theme;
    auto* right = new Surface(theme, &Colours::base, Surface::NoSide);
    auto* layout = new QVBoxLayout(right);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* chartHead = new SectionHeader(theme, tr("Spans per second"), Surface::Bottom);
    chartHead->setSubtitle(tr("last 2 minutes"));
    m_chart = new RateChart(theme);
    m_runningHead = new SectionHeader(theme, tr("Running now"), Surface::Top | Surface::Bottom);
    auto* all = new LinkButton(theme, tr("All received runs"), Theme::Text::Small);
    connect(all, &QPushButton::clicked, this, &LivePage::allRunsWanted);
    m_runningHead->addRight(all);
    m_runningList = new RunningList(theme, *m_running);
    m_noRuns = emptyWords(theme, tr("No run is going on."),
                          tr("A run stands here from its first span until its end has come."));
    m_clientsHead = new SectionHeader(theme, tr("Clients"), Surface::Top | Surface::Bottom);
    m_clients = new ClientTable(theme);
    m_noClients =
        emptyWords(theme, tr("No client has sent anything yet."),
                   tr("Each SDK or exporter that sends stands here, with what was refused and why."));
    layout->addWidget(chartHead);
    layout->addWidget(m_chart);
    layout->addWidget(m_runningHead);
    layout->addWidget(m_runningList);
    layout->addWidget(m_noRuns);
    layout->addSpacing(theme.px(8));
    layout->addWidget(m_clientsHead);
    layout->addWidget(m_clients, 1000);
    layout->addWidget(m_noClients);
    layout->addStretch(1);
    return right;
}

bool LivePage::beside() const {
    return m_columns->direction() == QBoxLayout::LeftToRight;
}

void LivePage::arrange() {
    const bool wide = width() >= m_context.theme.px(kBeside);
    m_columns->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_left->setSides(wide ? Surface::Right : Surface::Bottom);
    const int line = m_context.theme.lineWidth();
    m_left->layout()->setContentsMargins(0, 0, wide ? line : 0, wide ? 0 : line);
}

void LivePage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void LivePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    showStatus();
    m_running->refresh();
}

void LivePage::showStatus() {
    const LiveStatus& status = m_feed.status();
    if (m_feed.httpPort() != 0) m_http = m_feed.httpPort();
    if (m_feed.grpcPort() != 0) m_grpc = m_feed.grpcPort();
    // Hidden, it is brought up to date when it is shown.
    if (!isVisible() && m_header->property("filled").toBool()) return;
    m_header->setProperty("filled", true);
    m_header->setStatus(status);
    m_notice->setVisible(!status.listening);
    m_start->setToolTip(tr("HTTP on port %1, gRPC on port %2").arg(m_http).arg(m_grpc));
    const quint16 http = m_feed.httpPort(), grpc = m_feed.grpcPort();
    m_endpointsHead->setSubtitle(!status.listening ? tr("no port is open")
                                 : http && grpc    ? tr("one HTTP port, one gRPC port")
                                 : http            ? tr("one HTTP port, gRPC is off")
                                                   : tr("one gRPC port, HTTP is off"));
    m_endpoints->endpoints().setStatus(status);
    m_endpoints->setVisible(!status.endpoints.empty());
    m_noEndpoints->setVisible(status.endpoints.empty());
    m_sdk->setEndpoint(QStringLiteral("http://127.0.0.1:%1").arg(m_http));
    m_sdk->setHttpOff(status.listening && http == 0);
    m_durability->setDurability(status.durability);
    m_chart->setSeconds(status.per_second);
    if (status.spans > 0)
        m_chart->setEmptyText({}, {});
    else if (status.listening)
        m_chart->setEmptyText(
            tr("Nothing received yet"),
            tr("Copy the line of your SDK under “Point an SDK here” into the shell that starts "
               "your agent, and run it. Spans are counted here as they come."));
    else
        m_chart->setEmptyText(tr("Not listening"), tr("Spans are counted here once listening has started."));
    m_clients->clients().setStatus(status);
    const bool clients = m_clients->clients().rowCount() > 0;
    m_clients->setVisible(clients);
    m_noClients->setVisible(!clients);
    const QString since = sinceText(status.since);
    m_clientsHead->setSubtitle(!clients ? QString()
                               : since.isEmpty()
                                   ? QString::number(m_clients->clients().rowCount())
                                   : tr("%1 since %2").arg(m_clients->clients().rowCount()).arg(since));
    showTrouble(fromUtf8(status.trouble));
    if (isVisible()) m_running->refresh();
}

void LivePage::showTrouble(const QString& trouble) {
    if (trouble == m_trouble) return;
    if (!m_trouble.isEmpty() && m_message->text() == m_trouble) m_message->clear();
    m_trouble = trouble;
    if (!trouble.isEmpty())
        m_message->showTrouble(trouble, tr("Clients are told to try again until this is mended."));
}

void LivePage::showRunning() {
    const int count = m_running->rowCount();
    m_runningList->setVisible(count > 0);
    m_noRuns->setVisible(count == 0);
    m_runningHead->setSubtitle(count == 0 ? QString() : count == 1 ? tr("1 run") : tr("%1 runs").arg(count));
}

void LivePage::setFollowing(bool on) {
    m_header->setFollowing(on);
}

void LivePage::toggleFollowing() {
    m_header->followSwitch()->toggle();
}

void LivePage::togglePaused() {
    if (m_feed.status().listening) m_feed.setPaused(!m_feed.status().paused);
}

void LivePage::clear() {
    m_feed.clear();
    emit said(tr("Counting from now on; what was received stays in the store"));
}

void LivePage::startListening() {
    listen(m_http, m_grpc);
}

void LivePage::listen(quint16 http, quint16 grpc) {
    const auto listening = m_feed.listen(http, grpc);
    if (listening) {
        m_message->clear();
        showStatus();
        return;
    }
    Error error = listening.error();
    // A busy port names the next free one.
    const quint16 free = QString::fromStdString(error.where).toUShort();
    m_message->clear();
    if (free == 0) {
        m_message->showError(error, tr("Choose ports…"), [this] { choosePorts(); });
        return;
    }
    error.where.clear();
    // Which of the two is busy stands in the sentence; the one that it names gives way.
    const bool grpcBusy = !error.args.empty() && error.args.back() == std::to_string(grpc);
    m_message->showError(error, tr("Listen on %1 instead").arg(free), [this, http, grpc, free, grpcBusy] {
        listen(grpcBusy ? http : free, grpcBusy ? free : grpc);
    });
}

void LivePage::choosePorts() {
    const bool listening = m_feed.status().listening;
    auto* dialog = new PortsDialog(m_context.theme, m_feed, listening ? m_feed.httpPort() : m_http,
                                   listening ? m_feed.grpcPort() : m_grpc, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this] {
        m_message->clear();
        showStatus();
    });
    dialog->open();
}

void LivePage::chooseFolder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Follow a folder"), QDir::homePath());
    if (!path.isEmpty()) follow(path);
}

void LivePage::follow(const QString& path) {
    if (auto following = m_feed.follow(path); !following)
        m_message->showError(following.error());
    else
        emit said(tr("Following %1").arg(path));
}

void LivePage::refreshRunning() {
    if (isVisible()) m_running->refresh();
}

// Bare keys of the page: what has the focus takes its own keys first (a button Space, a field everything).
void LivePage::keyPressEvent(QKeyEvent* event) {
    const bool bare = event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier;
    const int key = event->key();
    if (!bare || event->isAutoRepeat()) {
        QWidget::keyPressEvent(event);
    } else if (key == Qt::Key_Space) {
        togglePaused();
    } else if (key == Qt::Key_End) {
        toggleFollowing();
    } else if (key >= Qt::Key_1 && key < Qt::Key_1 + static_cast<int>(sdks().size())) {
        m_sdk->copy(key - Qt::Key_1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace clew::views

#include "views/live/ports_dialog.h"

#include "model/base/messages.h"
#include "views/live/live_feed.h"
#include "views/runs/widgets.h"
#include "views/text.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QLineEdit>
#include <QVBoxLayout>

namespace clew::views {

PortsDialog::PortsDialog(const Theme& theme, LiveFeed& feed, quint16 http, quint16 grpc, QWidget* parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_feed(feed)
    , m_trouble(new ThemedLabel(theme, Theme::Text::Body, &Colours::err))
    , m_listen(new ThemedButton(theme, {}, tr("Listen")))
    , m_stop(new ThemedButton(theme, {}, tr("Stop listening"))) {
    setWindowTitle(tr("Ports"));
    setAccessibleName(tr("Ports"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(theme.px(12));
    layout->addWidget(
        new ThemedLabel(theme, Theme::Text::Strong, &Colours::text, tr("Listen on this machine")));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(theme.px(12));
    grid->setVerticalSpacing(theme.px(8));
    grid->setColumnStretch(2, 1);
    m_http = addPort(*grid, tr("HTTP"), tr("OTLP, LangSmith, Langfuse, OpenAI Agents, Zipkin; usually 4318"));
    m_grpc = addPort(*grid, tr("gRPC"), tr("OTLP; usually 4317"));
    layout->addLayout(grid);
    m_trouble->setWordWrap(true);
    m_trouble->hide();
    layout->addWidget(m_trouble);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto* cancel = new ThemedButton(theme, {}, tr("Cancel"));
    buttons->addWidget(m_stop);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_listen);
    layout->addLayout(buttons);
    m_listen->setPrimary(true);
    m_listen->setDefault(true);
    m_stop->setVisible(feed.status().listening);
    connect(m_listen, &QPushButton::clicked, this, &PortsDialog::apply);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_feed.stop();
        accept();
    });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    setPorts(http, grpc);
    setMinimumWidth(theme.px(420));
}

PortsDialog::Port PortsDialog::addPort(QGridLayout& grid, const QString& title, const QString& what) {
    Port port{new QCheckBox(title), new QLineEdit};
    port.on->setAccessibleName(tr("Listen for %1").arg(title));
    port.number->setAccessibleName(tr("%1 port").arg(title));
    port.number->setValidator(new QIntValidator(1, 65535, port.number));
    port.number->setFixedWidth(m_theme.px(80));
    const int row = grid.rowCount();
    grid.addWidget(port.on, row, 0);
    grid.addWidget(port.number, row, 1);
    grid.addWidget(new ThemedLabel(m_theme, Theme::Text::Small, &Colours::text3, what), row, 2);
    connect(port.on, &QCheckBox::toggled, port.number, &QWidget::setEnabled);
    connect(port.on, &QCheckBox::toggled, this, &PortsDialog::check);
    connect(port.number, &QLineEdit::textChanged, this, &PortsDialog::check);
    return port;
}

void PortsDialog::setPorts(quint16 http, quint16 grpc) {
    const auto set = [](const Port& port, quint16 number, quint16 usual) {
        port.on->setChecked(number != 0);
        port.number->setText(QString::number(number != 0 ? number : usual));
        port.number->setEnabled(number != 0);
    };
    set(m_http, http, 4318);
    set(m_grpc, grpc, 4317);
    check();
}

quint16 PortsDialog::portOf(const Port& port) {
    return port.on->isChecked() ? port.number->text().toUShort() : quint16{0};
}

QString PortsDialog::troubleText() const {
    return m_trouble->isHidden() ? QString() : m_trouble->text();
}

void PortsDialog::showTrouble(const QString& text) {
    m_trouble->setText(text);
    m_trouble->setVisible(!text.isEmpty());
    adjustSize();
}

void PortsDialog::check() {
    const bool numbers = (!m_http.on->isChecked() || m_http.number->hasAcceptableInput()) &&
                         (!m_grpc.on->isChecked() || m_grpc.number->hasAcceptableInput());
    const bool same = http() != 0 && http() == grpc();
    m_listen->setEnabled(numbers && !same && (http() != 0 || grpc() != 0));
    m_listen->setToolTip(same ? tr("The two need ports of their own.") : QString());
}

void PortsDialog::apply() {
    if (!m_listen->isEnabled()) return;
    if (auto listening = m_feed.listen(http(), grpc()); !listening) {
        Error error = listening.error();
        // A busy port names the next free one: it is what one most likely wants.
        const quint16 free = QString::fromStdString(error.where).toUShort();
        error.where.clear();
        QString text = fromUtf8(sentence(error));
        if (free != 0) text += QLatin1Char(' ') + tr("Port %1 is free.").arg(free);
        showTrouble(text);
        return;
    }
    accept();
}

} // namespace clew::views

#include "app/gui/live_source.h"

#include "app/dialects.h"
#include "importers/sources/listen_socket.h"
#include "model/base/messages.h"

#include <QFileInfo>

#include <optional>

namespace clew::app {

namespace {

constexpr int kLookMs = 250;
constexpr const char* kListening = "live/listening";
constexpr const char* kHttp = "live/http";
constexpr const char* kGrpc = "live/grpc";
constexpr const char* kDurability = "live/durability";
constexpr const char* kFollowed = "live/followed";
constexpr const char* kLoopback = "127.0.0.1";

std::optional<std::uint16_t> portOrOff(quint16 port) {
    return port == 0 ? std::nullopt : std::optional<std::uint16_t>(port);
}

// The page offers the next free port.
Error withFreePort(Error error) {
    if (error.code != "live.port_taken" || error.args.size() < 2) return error;
    const auto taken = static_cast<std::uint16_t>(std::stoi(error.args[1]));
    error.where = std::to_string(free_port_from(kLoopback, static_cast<std::uint16_t>(taken + 1)));
    return error;
}

} // namespace

LiveSource::LiveSource(Store& store, QSettings& settings, QObject* parent)
    : LiveFeed(parent)
    , m_store(store)
    , m_settings(settings) {
    m_status.durability = static_cast<Durability>(qBound(0, settings.value(kDurability, 1).toInt(), 2));
    m_timer.setInterval(kLookMs);
    connect(&m_timer, &QTimer::timeout, this, &LiveSource::look);
}

LiveSource::~LiveSource() = default;

void LiveSource::resume() {
    for (const QString& path : m_settings.value(kFollowed).toStringList())
        service().follow(path.toStdString());
    if (m_settings.value(kListening, false).toBool()) {
        const auto http = static_cast<quint16>(m_settings.value(kHttp, 4318).toUInt());
        const auto grpc = static_cast<quint16>(m_settings.value(kGrpc, 4317).toUInt());
        if (auto listening = service().listen(portOrOff(http), portOrOff(grpc)); !listening) {
            look();
            m_status.trouble = sentence(listening.error());
            emit changed();
            return;
        }
    }
    if (m_service) look();
}

LiveService& LiveSource::service() {
    if (!m_service) {
        LiveOptions options;
        options.durability = m_status.durability;
        options.formats = m_formats;
        options.taught = read_user_dialects().taught;
        m_service = std::make_unique<LiveService>(m_store, options);
        m_timer.start();
    }
    return *m_service;
}

quint16 LiveSource::httpPort() const {
    return m_service ? m_service->http_port().value_or(0) : 0;
}

quint16 LiveSource::grpcPort() const {
    return m_service ? m_service->grpc_port().value_or(0) : 0;
}

Result<void> LiveSource::listen(quint16 http, quint16 grpc) {
    auto listening = service().listen(portOrOff(http), portOrOff(grpc));
    if (listening) {
        m_settings.setValue(kListening, true);
        m_settings.setValue(kHttp, http);
        m_settings.setValue(kGrpc, grpc);
    }
    look();
    return listening ? listening : Result<void>(withFreePort(listening.error()));
}

void LiveSource::stop() {
    m_settings.setValue(kListening, false);
    if (!m_service) return;
    m_service->stop_listening();
    look();
}

void LiveSource::setPaused(bool paused) {
    service().set_paused(paused);
    look();
}

void LiveSource::setDurability(Durability durability) {
    m_settings.setValue(kDurability, static_cast<int>(durability));
    m_status.durability = durability;
    if (m_service) m_service->set_durability(durability);
    look();
}

Result<void> LiveSource::follow(const QString& path) {
    const QString whole = QFileInfo(path).absoluteFilePath();
    if (!QFileInfo::exists(whole)) return Error{"file.not_found", {path.toStdString()}, {}};
    service().follow(whole.toStdString());
    QStringList followed = m_settings.value(kFollowed).toStringList();
    followed.removeAll(whole);
    m_settings.setValue(kFollowed, followed << whole);
    look();
    return {};
}

void LiveSource::unfollow(const QString& path) {
    QStringList followed = m_settings.value(kFollowed).toStringList();
    followed.removeAll(path);
    m_settings.setValue(kFollowed, followed);
    if (m_service) m_service->unfollow(path.toStdString());
    look();
}

void LiveSource::clear() {
    if (m_service) m_service->clear();
    look();
}

void LiveSource::look() {
    if (m_service) m_status = m_service->status();
    emit changed();
}

} // namespace clew::app

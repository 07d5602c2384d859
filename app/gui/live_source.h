// LiveSource: the window's LiveFeed: the live service of its store, made when it is first needed, and what
// the person chose for it, kept in the settings. GUI thread.
#pragma once

#include "app/live/live_service.h"
#include "views/live/live_feed.h"

#include <QSettings>
#include <QTimer>

#include <memory>

namespace clew::app {

class LiveSource : public views::LiveFeed {
    Q_OBJECT

public:
    // Store and settings outlive it.
    LiveSource(Store& store, QSettings& settings, QObject* parent = nullptr);
    ~LiveSource() override; // what was received is stored then

    void setFormats(const Formats& formats) { m_formats = formats; }
    // Listens and follows again where the person did when the window was last closed; trouble is shown.
    void resume();

    [[nodiscard]] const LiveStatus& status() const override { return m_status; }
    [[nodiscard]] quint16 httpPort() const override;
    [[nodiscard]] quint16 grpcPort() const override;
    Result<void> listen(quint16 http, quint16 grpc) override;
    void stop() override;
    void setPaused(bool paused) override;
    void setDurability(Durability durability) override;
    Result<void> follow(const QString& path) override;
    void unfollow(const QString& path) override;
    void clear() override;

private:
    LiveService& service();
    void look();

    Store& m_store;
    QSettings& m_settings;
    Formats m_formats;
    std::unique_ptr<LiveService> m_service;
    QTimer m_timer;
    LiveStatus m_status;
};

} // namespace clew::app

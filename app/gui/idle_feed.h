// A live feed that does not listen and never will: what pictures of the Live page show. GUI thread.
#pragma once

#include "views/live/live_feed.h"

namespace clew::app {

class IdleFeed : public views::LiveFeed {
public:
    using LiveFeed::LiveFeed;
    [[nodiscard]] const LiveStatus& status() const override { return m_status; }
    [[nodiscard]] quint16 httpPort() const override { return 0; }
    [[nodiscard]] quint16 grpcPort() const override { return 0; }
    Result<void> listen(quint16, quint16) override { return {}; }
    void stop() override {}
    void setPaused(bool) override {}
    void setDurability(Durability durability) override { m_status.durability = durability; }
    Result<void> follow(const QString&) override { return {}; }
    void unfollow(const QString&) override {}
    void clear() override {}

private:
    LiveStatus m_status;
};

} // namespace clew::app

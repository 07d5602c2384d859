// LiveFeed: what the Live page shows and asks for, without knowing who receives. Implemented by app/.
//
// GUI thread.
#pragma once

#include "model/base/result.h"
#include "model/trace/live_status.h"

#include <QObject>
#include <QString>

namespace clew::views {

class LiveFeed : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual const LiveStatus& status() const = 0;
    [[nodiscard]] virtual quint16 httpPort() const = 0; // 0 = not listening
    [[nodiscard]] virtual quint16 grpcPort() const = 0;

    // Starts or stops listening; an error has its sentence (a busy port names the next free one in `where`).
    virtual Result<void> listen(quint16 http, quint16 grpc) = 0;
    virtual void stop() = 0;
    virtual void setPaused(bool paused) = 0;
    virtual void setDurability(Durability durability) = 0;
    virtual Result<void> follow(const QString& path) = 0; // a file or folder
    virtual void unfollow(const QString& path) = 0;
    // Counts from now on; what was received stays in the store.
    virtual void clear() = 0;

signals:
    void changed(); // at most four times a second
};

} // namespace clew::views

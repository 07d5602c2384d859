// The sessions of the store: what each began with, how many runs, how long, tokens, cost. GUI thread.
#pragma once

#include "model/store/trace_store.h"
#include "views/ask.h"
#include "views/live/live_table.h"
#include "views/live/row_model.h"

#include <QTimer>

#include <optional>

namespace clew::views {

struct ListedSession {
    SessionRow session;
    [[nodiscard]] const std::string& key() const { return session.session; }
    bool operator==(const ListedSession&) const = default;
};

class SessionModel : public RowModel<ListedSession> {
    Q_OBJECT

public:
    enum Column { Name, Cost, kColumns };
    static constexpr int kMost = 500;

    explicit SessionModel(TraceStore& traces, QObject* parent = nullptr);
    // Runs that the filter leaves; asks at once.
    void setFilter(const QString& filter);
    void setOrder(SessionOrder order);
    [[nodiscard]] SessionOrder order() const { return m_order; }
    void refresh(); // soon: commits come in crowds
    [[nodiscard]] bool answered() const { return m_answered; }
    [[nodiscard]] qint64 count() const { return m_count; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

signals:
    void refreshed();

private:
    void ask();

    TraceStore& m_traces;
    Asker m_asker;
    QTimer m_soon;
    QString m_filter;
    SessionOrder m_order = SessionOrder::newest;
    qint64 m_count = 0;
    bool m_answered = false;
    bool m_dirty = false;
    std::optional<Error> m_error;
};

class SessionList : public LiveTable {
    Q_OBJECT

public:
    SessionList(const Theme& theme, SessionModel& model, QWidget* parent = nullptr);

signals:
    void chosen(const QString& session);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    SessionModel& m_sessions;
};

} // namespace clew::views

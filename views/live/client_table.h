// Who sends: each client with what it sent, how busy it is, and why something of it was refused. GUI thread.
#pragma once

#include "model/trace/live_status.h"
#include "views/live/live_table.h"
#include "views/live/row_model.h"

#include <utility>

namespace clew::views {

struct ClientRow {
    LiveClient client;
    int nth = 0; // of those with the same name
    [[nodiscard]] std::pair<std::string_view, int> key() const { return {client.name, nth}; }
    bool operator==(const ClientRow& other) const;
};

class ClientModel : public RowModel<ClientRow> {
    Q_OBJECT

public:
    enum Column { Client, Service, Activity, Rate, Spans, Refused, kColumns };

    using RowModel::RowModel;
    void setStatus(const LiveStatus& status);
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
};

class ClientTable : public LiveTable {
    Q_OBJECT

public:
    explicit ClientTable(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] ClientModel& clients() { return m_clients; }

protected:
    [[nodiscard]] SecondLine secondLine(const QModelIndex& index) const override;

private:
    ClientModel m_clients;
};

} // namespace clew::views

// The ways in: where SDKs send to, which folders are followed, what each of them brought. GUI thread.
#pragma once

#include "model/trace/live_status.h"
#include "views/live/live_table.h"
#include "views/live/row_model.h"

namespace clew::views {

struct EndpointRow {
    LiveEndpoint endpoint;
    bool listening = false;
    [[nodiscard]] const std::string& key() const { return endpoint.id; }
    bool operator==(const EndpointRow& other) const;
};

class EndpointModel : public RowModel<EndpointRow> {
    Q_OBJECT

public:
    enum Column { Source, Address, Spans, Rate, kColumns };

    using RowModel::RowModel;
    void setStatus(const LiveStatus& status);
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
};

class EndpointTable : public LiveTable {
    Q_OBJECT

public:
    explicit EndpointTable(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] EndpointModel& endpoints() { return m_endpoints; }
    // Where the copy button of a row is, in the viewport.
    [[nodiscard]] QRect copyRect(int row) const;
    void copyAddress(int row);

signals:
    void copied(const QString& address);
    void unfollowWanted(const QString& path);

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    [[nodiscard]] SecondLine secondLine(const QModelIndex& index) const override;

private:
    EndpointModel m_endpoints;
};

// The folder of a followed endpoint; "" for others.
QString followedPath(const LiveEndpoint& endpoint);

} // namespace clew::views

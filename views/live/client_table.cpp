#include "views/live/client_table.h"

#include "model/base/numbers.h"
#include "views/live/live_words.h"
#include "views/live/rate_chart.h"
#include "views/text.h"
#include "views/theme/digits.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

QString clientName(const LiveClient& client) {
    return client.name.empty() ? ClientModel::tr("unknown client") : fromUtf8(client.name);
}

class ClientDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex& index) const override {
        return clientOf(index).last_refusal.empty() ? kOneLine : kWithSecond;
    }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        const LiveClient& client = clientOf(cell.index);
        const QRect rect = firstLine(cell.rect, !client.last_refusal.empty());
        const QString text = cell.index.data().toString();
        const bool unknown = text == fromUtf8(kUnknown);
        switch (cell.index.column()) {
        case ClientModel::Client:
            drawElided(cell.painter, rect, text, m_theme.font(Theme::Text::Body), c.text);
            return;
        case ClientModel::Service:
            drawElided(cell.painter, rect, text, m_theme.font(Theme::Text::Body), unknown ? c.text3 : c.text);
            return;
        case ClientModel::Activity: {
            const int height = m_theme.px(14);
            drawSparkline(
                cell.painter,
                QRectF(rect.left(), rect.top() + (rect.height() - height) / 2.0, rect.width(), height),
                client.activity, m_theme);
            return;
        }
        case ClientModel::Rate:
        case ClientModel::Spans:
            drawNumber(cell.painter, rect, text, client.spans == 0 ? c.text3 : c.text);
            return;
        case ClientModel::Refused: {
            const bool some = client.refused > 0;
            drawNumber(cell.painter, rect, text, some ? c.warn : c.text3);
            if (!some) return;
            const int side = m_theme.px(14);
            const int width = static_cast<int>(std::ceil(digitsWidth(text, m_theme.font(Theme::Text::Body))));
            drawIcon(cell.painter,
                     {rect.right() + 1 - width - m_theme.px(4) - side, rect.top(), side, rect.height()},
                     QStringLiteral("status-warning"), c.warn, 14);
            return;
        }
        default: return;
        }
    }

private:
    static const LiveClient& clientOf(const QModelIndex& index) {
        return static_cast<const ClientModel*>(index.model())->row(index.row()).client;
    }
};

} // namespace

bool ClientRow::operator==(const ClientRow& other) const {
    const LiveClient &a = client, &b = other.client;
    return a.name == b.name && a.service == b.service && a.spans == b.spans && a.refused == b.refused &&
           a.last_refusal == b.last_refusal && a.spans_per_second == b.spans_per_second &&
           a.activity == b.activity && a.last == b.last;
}

void ClientModel::setStatus(const LiveStatus& status) {
    std::vector<ClientRow> rows;
    rows.reserve(status.clients.size());
    for (const LiveClient& client : status.clients) {
        const auto same = std::count_if(rows.begin(), rows.end(),
                                        [&](const ClientRow& row) { return row.client.name == client.name; });
        rows.push_back({client, static_cast<int>(same)});
    }
    setRowsInPlace(std::move(rows));
}

int ClientModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant ClientModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const LiveClient& client = row(index.row()).client;
    const auto count = [](std::uint64_t value) {
        return fromUtf8(format_count(static_cast<std::int64_t>(value)));
    };
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Client: return clientName(client);
        case Service: return client.service.empty() ? fromUtf8(kUnknown) : fromUtf8(client.service);
        case Rate: return client.spans == 0 ? fromUtf8(kUnknown) : rateText(client.spans_per_second);
        case Spans: return spansText(client.spans);
        case Refused: return spansText(client.refused);
        default: return {};
        }
    }
    if (role == Qt::AccessibleTextRole) {
        QStringList words{clientName(client)};
        if (!client.service.empty()) words << fromUtf8(client.service);
        words << tr("%1 spans").arg(count(client.spans));
        if (client.spans > 0) words << rateText(client.spans_per_second);
        if (client.refused > 0) words << tr("%1 refused").arg(count(client.refused));
        if (!client.last_refusal.empty()) words << fromUtf8(client.last_refusal);
        return words.join(QStringLiteral(", "));
    }
    if (role == Qt::ToolTipRole) {
        QStringList lines{clientName(client)};
        if (!client.service.empty()) lines << tr("service %1").arg(fromUtf8(client.service));
        if (!client.last_refusal.empty()) lines << fromUtf8(client.last_refusal);
        lines << tr("%1 spans, %2 refused").arg(count(client.spans), count(client.refused));
        if (index.column() == Activity) lines << tr("Spans in each 4 s of the last 2 min");
        if (client.last != kNoTime) lines << tr("last %1").arg(fromUtf8(iso8601(client.last)));
        return lines.join(QLatin1Char('\n'));
    }
    return {};
}

QVariant ClientModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section >= Rate ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Client: return tr("Client");
    case Service: return tr("Service");
    case Activity: return tr("Activity");
    case Rate: return tr("Rate");
    case Spans: return tr("Spans");
    case Refused: return tr("Refused");
    default: return {};
    }
}

ClientTable::ClientTable(const Theme& theme, QWidget* parent)
    : LiveTable(theme, tr("Clients"),
                {{0, false}, {120, false}, {106, true}, {66, true}, {64, true}, {76, true}}, parent) {
    setItemDelegate(new ClientDelegate(theme, this));
    setModel(&m_clients);
}

LiveTable::SecondLine ClientTable::secondLine(const QModelIndex& index) const {
    return {fromUtf8(m_clients.row(index.row()).client.last_refusal), m_theme.colours().text3, 16};
}

} // namespace clew::views

#include "views/live/endpoint_table.h"

#include "model/base/numbers.h"
#include "views/live/live_words.h"
#include "views/text.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>

#include <cmath>

namespace clew::views {

namespace {

constexpr std::string_view kFollowPrefix = "follow:";

QFont addressFont(const Theme& theme) {
    QFont font = theme.font(Theme::Text::Mono);
    font.setStyleStrategy(QFont::PreferNoShaping); // "://" stays three letters
    return font;
}

// Where the address ends and its copy button stands, within the cell of the address.
struct AddressPlace {
    QRect text, button, hint;
};

AddressPlace addressPlace(const Theme& theme, const QRect& cell, const LiveEndpoint& endpoint) {
    const QFontMetrics mono(addressFont(theme));
    const int side = theme.px(16);
    AddressPlace place;
    QRect line = cell;
    if (!endpoint.trouble.empty()) line.setHeight(theme.px(26));
    const int wanted = mono.horizontalAdvance(fromUtf8(endpoint.address)) + 1;
    const int width = std::max(0, std::min(wanted, cell.width() - side - theme.px(8)));
    place.text = QRect(line.left(), line.top(), width, line.height());
    place.button =
        QRect(place.text.right() + 1 + theme.px(8), line.top() + (line.height() - side) / 2, side, side);
    const int left = place.button.right() + 1 + theme.px(10);
    place.hint = QRect(left, line.top(), std::max(0, cell.right() + 1 - left), line.height());
    return place;
}

class EndpointDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex& index) const override {
        return endpointOf(index).endpoint.trouble.empty() ? kOneLine : kWithSecond;
    }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        const EndpointRow& row = endpointOf(cell.index);
        const LiveEndpoint& endpoint = row.endpoint;
        const QRect first = firstLine(cell.rect, !endpoint.trouble.empty());
        switch (cell.index.column()) {
        case EndpointModel::Source:
            paintDot(cell, first, row);
            drawElided(cell.painter, first.adjusted(m_theme.px(16), 0, 0, 0), fromUtf8(endpoint.title),
                       m_theme.font(Theme::Text::Body), row.listening ? c.text : c.text2);
            return;
        case EndpointModel::Address: paintAddress(cell, row); return;
        case EndpointModel::Spans:
        case EndpointModel::Rate: {
            const bool quiet = endpoint.spans == 0;
            drawNumber(cell.painter, first, cell.index.data().toString(), quiet ? c.text3 : c.text);
            return;
        }
        default: return;
        }
    }

private:
    static const EndpointRow& endpointOf(const QModelIndex& index) {
        return static_cast<const EndpointModel*>(index.model())->row(index.row());
    }

    // Filled: something came; a ring: it waits; a sign where there is trouble.
    void paintDot(const Cell& cell, const QRect& line, const EndpointRow& row) const {
        const Colours& c = m_theme.colours();
        if (!row.endpoint.trouble.empty()) {
            drawIcon(cell.painter, line.adjusted(-m_theme.px(3), 0, 0, 0), QStringLiteral("status-error"),
                     c.err, 14);
            return;
        }
        cell.painter.setRenderHint(QPainter::Antialiasing);
        const qreal side = m_theme.px(8);
        const QRectF dot(line.left(), line.top() + (line.height() - side) / 2, side, side);
        const bool live = row.listening && row.endpoint.spans > 0;
        cell.painter.setPen(live ? QPen(Qt::NoPen) : QPen(row.listening ? c.ctl : c.dis, 1.5));
        cell.painter.setBrush(live ? QBrush(c.ok) : QBrush(Qt::NoBrush));
        cell.painter.drawEllipse(live ? dot : dot.adjusted(0.75, 0.75, -0.75, -0.75));
        cell.painter.setRenderHint(QPainter::Antialiasing, false);
    }

    void paintAddress(const Cell& cell, const EndpointRow& row) const {
        const Colours& c = m_theme.colours();
        const LiveEndpoint& endpoint = row.endpoint;
        const AddressPlace place = addressPlace(m_theme, cell.rect, endpoint);
        drawElided(cell.painter, place.text, fromUtf8(endpoint.address), addressFont(m_theme),
                   row.listening ? c.text : c.text2);
        drawIcon(cell.painter, place.button, QStringLiteral("copy"), cell.hovered ? c.text : c.text2);
        if (endpoint.trouble.empty() && !endpoint.hint.empty() && place.hint.width() > m_theme.px(40))
            drawElided(cell.painter, place.hint, fromUtf8(endpoint.hint), m_theme.font(Theme::Text::Small),
                       c.text3);
    }
};

} // namespace

QString followedPath(const LiveEndpoint& endpoint) {
    const std::string_view id = endpoint.id;
    return id.starts_with(kFollowPrefix) ? fromUtf8(id.substr(kFollowPrefix.size())) : QString();
}

bool EndpointRow::operator==(const EndpointRow& other) const {
    const LiveEndpoint &a = endpoint, &b = other.endpoint;
    return listening == other.listening && a.id == b.id && a.title == b.title && a.address == b.address &&
           a.hint == b.hint && a.trouble == b.trouble && a.spans == b.spans && a.requests == b.requests &&
           a.spans_per_second == b.spans_per_second && a.last == b.last;
}

void EndpointModel::setStatus(const LiveStatus& status) {
    std::vector<EndpointRow> rows;
    rows.reserve(status.endpoints.size());
    for (const LiveEndpoint& endpoint : status.endpoints) {
        // A folder is followed whether or not a port is open.
        const bool listening =
            endpoint.trouble.empty() && (status.listening || !followedPath(endpoint).isEmpty());
        rows.push_back({endpoint, listening});
    }
    setRows(std::move(rows));
}

int EndpointModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant EndpointModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const LiveEndpoint& endpoint = row(index.row()).endpoint;
    const bool waiting = row(index.row()).listening;
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Source: return fromUtf8(endpoint.title);
        case Address: return fromUtf8(endpoint.address);
        case Spans: return spansText(endpoint.spans);
        case Rate: return endpoint.spans == 0 ? fromUtf8(kUnknown) : rateText(endpoint.spans_per_second);
        default: return {};
        }
    }
    if (role == Qt::AccessibleTextRole) {
        QStringList words{fromUtf8(endpoint.title), fromUtf8(endpoint.address)};
        words << (!endpoint.trouble.empty() ? fromUtf8(endpoint.trouble)
                  : !waiting                ? tr("not listening")
                  : endpoint.spans == 0     ? tr("waiting")
                                            : tr("receiving"));
        words << tr("%1 spans").arg(fromUtf8(format_count(static_cast<std::int64_t>(endpoint.spans))));
        if (endpoint.spans > 0) words << rateText(endpoint.spans_per_second);
        return words.join(QStringLiteral(", "));
    }
    if (role == Qt::ToolTipRole) {
        QStringList lines{fromUtf8(endpoint.address)};
        if (!endpoint.hint.empty()) lines << fromUtf8(endpoint.hint);
        if (!endpoint.trouble.empty()) lines << fromUtf8(endpoint.trouble);
        lines << tr("%1 spans in %2 requests")
                     .arg(fromUtf8(format_count(static_cast<std::int64_t>(endpoint.spans))),
                          fromUtf8(format_count(static_cast<std::int64_t>(endpoint.requests))));
        if (endpoint.last != kNoTime) lines << tr("last %1").arg(fromUtf8(iso8601(endpoint.last)));
        return lines.join(QLatin1Char('\n'));
    }
    return {};
}

QVariant EndpointModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section >= Spans ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Source: return tr("Source");
    case Address: return tr("Address");
    case Spans: return tr("Spans");
    case Rate: return tr("Rate");
    default: return {};
    }
}

EndpointTable::EndpointTable(const Theme& theme, QWidget* parent)
    : LiveTable(theme, tr("Endpoints"), {{172, false}, {0, false}, {72, true}, {80, true}}, parent) {
    setItemDelegate(new EndpointDelegate(theme, this));
    setModel(&m_endpoints);
    setFitting(0);
    connect(this, &QAbstractItemView::activated, this,
            [this](const QModelIndex& index) { copyAddress(index.row()); });
}

QRect EndpointTable::copyRect(int row) const {
    const QRect cell = visualRect(m_endpoints.index(row, EndpointModel::Address));
    return addressPlace(m_theme, cell.adjusted(m_theme.px(8), 0, -m_theme.px(8), 0),
                        m_endpoints.row(row).endpoint)
        .button;
}

void EndpointTable::copyAddress(int row) {
    if (row < 0 || row >= m_endpoints.rowCount()) return;
    const QString address = fromUtf8(m_endpoints.row(row).endpoint.address);
    QApplication::clipboard()->setText(address);
    emit copied(address);
}

LiveTable::SecondLine EndpointTable::secondLine(const QModelIndex& index) const {
    return {fromUtf8(m_endpoints.row(index.row()).endpoint.trouble), m_theme.colours().err, 32};
}

void EndpointTable::mouseReleaseEvent(QMouseEvent* event) {
    LiveTable::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid() &&
        copyRect(index.row()).adjusted(-4, -4, 4, 4).contains(event->pos()))
        copyAddress(index.row());
}

void EndpointTable::mouseMoveEvent(QMouseEvent* event) {
    LiveTable::mouseMoveEvent(event);
    const QModelIndex index = indexAt(event->pos());
    const bool over = index.isValid() && copyRect(index.row()).adjusted(-4, -4, 4, 4).contains(event->pos());
    viewport()->setCursor(over ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void EndpointTable::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index =
        event->reason() == QContextMenuEvent::Mouse ? indexAt(event->pos()) : currentIndex();
    if (!index.isValid()) return;
    QMenu menu(this);
    const int row = index.row();
    menu.addAction(tr("Copy the address"), this, [this, row] { copyAddress(row); });
    const QString path = followedPath(m_endpoints.row(row).endpoint);
    if (!path.isEmpty())
        menu.addAction(tr("Stop following"), this, [this, path] { emit unfollowWanted(path); });
    menu.exec(event->reason() == QContextMenuEvent::Mouse
                  ? event->globalPos()
                  : viewport()->mapToGlobal(visualRect(index).bottomLeft()));
}

void EndpointTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        copyAddress(currentIndex().row());
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Delete && currentIndex().isValid()) {
        const QString path = followedPath(m_endpoints.row(currentIndex().row()).endpoint);
        if (!path.isEmpty()) emit unfollowWanted(path);
        event->accept();
        return;
    }
    LiveTable::keyPressEvent(event);
}

} // namespace clew::views

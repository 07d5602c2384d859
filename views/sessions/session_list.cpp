#include "views/sessions/session_list.h"

#include "views/text.h"

#include <QDateTime>
#include <QLocale>

namespace clew::views {

namespace {

constexpr int kSessionRow = 48, kAskPauseMs = 500;

QString nameOf(const SessionRow& session) {
    return fromUtf8(session.detail.empty() ? session.name : session.detail);
}

QString whenOf(TimeNs time) {
    if (time == kNoTime) return {};
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(time / 1'000'000);
    const QDate today = QDate::currentDate();
    return QLocale::c().toString(at, at.date() == today                 ? QStringLiteral("HH:mm")
                                     : at.date().year() == today.year() ? QStringLiteral("d MMM HH:mm")
                                                                        : QStringLiteral("d MMM yyyy"));
}

QString secondLineOf(const SessionRow& session) {
    QStringList parts{session.running ? SessionModel::tr("running") : whenOf(session.end)};
    parts << plural(session.runs, SessionModel::tr("run"), SessionModel::tr("runs"));
    if (!session.agent.empty()) parts << fromUtf8(session.agent);
    if (session.errors > 0)
        parts << plural(session.errors, SessionModel::tr("error"), SessionModel::tr("errors"));
    return parts.join(QStringLiteral("  ·  "));
}

class SessionDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex&) const override { return kSessionRow; }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        const SessionRow& session =
            static_cast<const SessionModel*>(cell.index.model())->row(cell.index.row()).session;
        switch (cell.index.column()) {
        case SessionModel::Name: {
            drawIcon(cell.painter, cell.rect,
                     session.running ? QStringLiteral("status-running") : QStringLiteral("thread"), c.text3);
            drawTwoLines(cell.painter, cell.rect.adjusted(m_theme.px(24), 0, 0, 0), nameOf(session),
                         secondLineOf(session), c.text, c.text3);
            return;
        }
        case SessionModel::Cost:
            drawNumber(cell.painter, cell.rect, cell.index.data().toString(),
                       session.costs().known() ? c.text : c.text3);
            return;
        default: return;
        }
    }
};

} // namespace

SessionModel::SessionModel(TraceStore& traces, QObject* parent)
    : RowModel(parent)
    , m_traces(traces) {
    m_soon.setSingleShot(true);
    m_soon.setInterval(kAskPauseMs);
    connect(&m_soon, &QTimer::timeout, this, [this] {
        if (m_dirty) ask();
    });
}

void SessionModel::setFilter(const QString& filter) {
    if (filter == m_filter && m_answered) return;
    m_filter = filter;
    ask();
}

void SessionModel::setOrder(SessionOrder order) {
    if (order == m_order) return;
    m_order = order;
    ask();
}

void SessionModel::refresh() {
    m_dirty = true;
    if (!m_asker.busy() && !m_soon.isActive()) ask();
}

void SessionModel::ask() {
    m_dirty = false;
    m_soon.start();
    SessionQuery query;
    query.filter = m_filter.toStdString();
    query.order = m_order;
    query.limit = kMost;
    m_asker.ask(
        [&traces = m_traces, query](std::stop_token stop) { return traces.sessions(query, std::move(stop)); },
        [this](const Result<SessionPage>& page) {
            if (page) {
                m_error.reset();
                m_answered = true;
                m_count = page->count;
                std::vector<ListedSession> rows;
                for (const SessionRow& row : page->rows)
                    rows.push_back({row});
                setRows(std::move(rows));
            } else if (page.error().code != "cancelled") {
                m_error = page.error();
            }
            emit refreshed();
            if (m_dirty && !m_soon.isActive()) ask();
        });
}

int SessionModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant SessionModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const SessionRow& session = row(index.row()).session;
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Name: return nameOf(session);
        case Cost: return fromUtf8(format_costs(session.costs()));
        default: return {};
        }
    }
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
        QStringList words{nameOf(session), tr("session %1").arg(fromUtf8(session.session))};
        words << plural(session.runs, tr("run"), tr("runs"));
        words << tr("%1 at work").arg(fromUtf8(format_duration(session.busy)));
        if (session.input_tokens || session.output_tokens)
            words << tr("%1 tokens")
                         .arg(fromUtf8(format_count(session.input_tokens.value_or(0) +
                                                    session.output_tokens.value_or(0))));
        const QString cost = fromUtf8(cost_words(session.costs()));
        words << (cost.isEmpty() ? tr("no cost") : cost);
        if (session.errors > 0) words << plural(session.errors, tr("error"), tr("errors"));
        if (session.start != kNoTime) words << fromUtf8(iso8601(session.start));
        return words.join(role == Qt::ToolTipRole ? QStringLiteral("\n") : QStringLiteral(", "));
    }
    return {};
}

SessionList::SessionList(const Theme& theme, SessionModel& model, QWidget* parent)
    : LiveTable(theme, tr("Sessions"), {{0, false}, {92, true}}, parent)
    , m_sessions(model) {
    setHeaderHidden(true);
    setItemDelegate(new SessionDelegate(theme, this));
    setModel(&model);
}

void SessionList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    LiveTable::currentChanged(current, previous);
    if (current.isValid()) emit chosen(fromUtf8(m_sessions.row(current.row()).session.session));
}

} // namespace clew::views

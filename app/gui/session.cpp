#include "app/gui/session.h"

#include "app/dialects.h"
#include "model/base/numbers.h"
#include "views/text.h"

#include <QFileInfo>
#include <QSet>
#include <QThreadPool>

#include <algorithm>

namespace clew::app {

namespace {
constexpr int kInfoEveryMs = 500;
}

namespace {
constexpr qint64 kStillOpening = 1'000; // ms
}

Session::Session(Store& store, views::Theme& theme, views::FindingRules& rules, bool temporary,
                 QObject* parent)
    : QObject(parent)
    , m_store(store)
    , m_context{m_store.traces(), m_store.note_book(), theme, m_selection, &rules}
    , m_runs(m_store.traces())
    , m_findings(m_store, rules.settings())
    , m_imports(m_store, read_user_dialects().taught)
    , m_history(m_store, m_background)
    , m_trail(m_selection)
    , m_temporary(temporary) {
    m_listener = m_store.subscribe([this](const Committed& committed) {
        QMetaObject::invokeMethod(
            this, [this, committed] { receive(committed); }, Qt::QueuedConnection);
    });
    m_infoTimer.setSingleShot(true);
    m_infoTimer.setInterval(kInfoEveryMs);
    connect(&m_infoTimer, &QTimer::timeout, this, &Session::refreshInfo);
    connect(&m_runs, &views::TraceListModel::merged, this, &Session::showOpened);
    connect(&m_selection, &views::Selection::traceChanged, this, [this] {
        if (!m_selecting) m_showOpened = false; // the person has chosen
    });
    connect(&rules, &views::FindingRules::changed, this,
            [this, &rules] { m_findings.set_settings(rules.settings()); });
    connect(&m_imports, &ImportJobs::started, this, [this] { m_findings.set_paused(true); });
    connect(&m_imports, &ImportJobs::idle, this, [this] { m_findings.set_paused(false); });
    connect(&m_imports, &ImportJobs::finished, this, [this](const QString& path, const SourceReport& report) {
        emit opened(path);
        emit said(
            tr("Read %1: %2 in %3.")
                .arg(QFileInfo(path).fileName(),
                     tr("%1 spans")
                         .arg(QString::fromStdString(format_count(static_cast<std::int64_t>(report.spans)))),
                     report.traces == 1 ? tr("1 run")
                                        : tr("%1 runs").arg(QString::fromStdString(
                                              format_count(static_cast<std::int64_t>(report.traces))))));
        if (m_showOpened &&
            (m_openedAt.elapsed() <= kStillOpening || !m_selection.trace().valid() || m_arrived.empty()))
            showFirstOf(path);
        m_infoTimer.start();
    });
    connect(&m_imports, &ImportJobs::cancelled, this, [this](const QString& path) {
        emit said(tr("Stopped reading %1; what was read is kept. Open it again to go on.")
                      .arg(QFileInfo(path).fileName()));
        m_infoTimer.start();
    });
    connect(&m_imports, &ImportJobs::failed, this, [this](const QString& path, const Error& error) {
        if (error.code == "format.unknown")
            emit unknownFormat(path, error);
        else
            emit failed(error);
        m_infoTimer.start();
    });
    connect(&m_history, &History::said, this, &Session::said);
    connect(&m_history, &History::failed, this, &Session::failed);
    m_runs.refresh();
    refreshInfo();
}

Session::~Session() {
    m_store.unsubscribe(m_listener);
    m_askInfo.cancel();
    m_askFirst.cancel();
    // Questions that were superseded may still run on pool threads; the store must outlive them.
    QThreadPool::globalInstance()->waitForDone();
}

void Session::receive(const Committed& change) {
    // The first thing that an opened file brings is shown while the rest is still being read.
    if (m_showOpened && m_imports.running() && !change.elsewhere && !change.judged && !change.removed &&
        m_arrived.empty())
        m_arrived = change.traces;
    m_runs.applyCommitted(change);
    emit committed(change);
    if (!m_infoTimer.isActive()) m_infoTimer.start();
}

// Of several traces the one that the list shows first; none where it has none of them.
TraceId Session::firstInList(const std::vector<TraceId>& traces) const {
    TraceId best;
    int bestRow = -1;
    for (const TraceId trace : traces) {
        const int row = m_runs.find(trace);
        if (row < 0 || (bestRow >= 0 && row > bestRow)) continue;
        best = trace;
        bestRow = row;
    }
    return best;
}

void Session::showOpened() {
    TraceId wanted = m_showOpened ? firstInList(m_arrived) : TraceId{};
    const bool opened = wanted.valid();
    if (!opened && !m_selection.trace().valid() && m_runs.rowCount() > 0 && m_arrived.empty())
        wanted = m_runs.traceRow(0).id; // nothing is shown yet: the newest is
    if (!wanted.valid()) return;
    m_selecting = true;
    m_selection.selectTrace(wanted);
    m_selecting = false;
    // Of a small file the rest is here before anybody has looked: then its newest is shown. Later nothing
    // moves below the person's eyes.
    if (opened && m_openedAt.elapsed() > kStillOpening) {
        m_showOpened = false;
        m_arrived = {};
    }
}

// A file that brought nothing new is shown as well: one opened it to look at it.
void Session::showFirstOf(const QString& path) {
    m_askFirst.ask(
        [&traces = m_store.traces(),
         file = QFileInfo(path).canonicalFilePath().toStdString()](std::stop_token stop) {
            std::vector<TraceId> found;
            const auto sources = traces.sources(stop);
            if (!sources) return found;
            for (const SourceRow& row : *sources) {
                if (row.report.path == file) found = traces.traces_of_source(row.id, stop).value_or(found);
            }
            return found;
        },
        [this](const std::vector<TraceId>& found) {
            if (!m_showOpened || found.empty()) return;
            const TraceId listed = firstInList(found);
            const TraceId best = listed.valid() ? listed : found.front();
            m_selecting = true;
            m_selection.selectTrace(best);
            m_selecting = false;
            m_showOpened = false;
            m_arrived = {};
        });
}

void Session::open(const QStringList& paths) {
    m_showOpened = true;
    m_openedAt.start();
    m_arrived = {};
    for (const QString& path : paths)
        m_imports.enqueue(path);
}

// What is removed must not stay on the screen: its neighbour in the list is shown instead.
void Session::leave(const QList<TraceId>& removed) {
    const int row = m_runs.find(m_selection.trace());
    if (!removed.contains(m_selection.trace())) return;
    const auto usable = [&](int at) {
        return at >= 0 && at < m_runs.rowCount() && !removed.contains(m_runs.traceRow(at).id);
    };
    for (int distance = 1; row >= 0 && distance <= m_runs.rowCount(); ++distance) {
        for (const int at : {row + distance, row - distance}) {
            if (!usable(at)) continue;
            m_selection.selectTrace(m_runs.traceRow(at).id);
            return;
        }
    }
    m_selection.selectTrace({});
}

void Session::finishRemoval(Removal removal, const Result<RemovedHandle>& handle) {
    if (!handle) {
        emit failed(handle.error());
        return;
    }
    removal.handle = *handle;
    leave(QList<TraceId>(removal.traces.begin(), removal.traces.end()));
    m_history.removed(std::move(removal));
}

void Session::remove(const QList<TraceId>& traces, bool withJudgements) {
    if (traces.isEmpty()) return;
    Removal removal;
    removal.traces.assign(traces.begin(), traces.end());
    removal.withJudgements = withJudgements;
    const int row = m_runs.find(traces.front());
    removal.what = traces.size() == 1 && row >= 0 ? views::runName(m_runs.traceRow(row))
                                                  : views::plural(traces.size(), tr("run"), tr("runs"));
    m_background.run(
        [&store = m_store, ids = removal.traces, withJudgements] {
            return store.remove_traces(ids, withJudgements);
        },
        [this, removal](const Result<RemovedHandle>& handle) { finishRemoval(removal, handle); });
}

void Session::removeSource(SourceId source, const QString& path, bool withJudgements) {
    struct Done {
        std::vector<TraceId> traces;
        Result<RemovedHandle> handle;
    };
    m_background.run(
        [&store = m_store, source, withJudgements] {
            auto traces = store.traces().traces_of_source(source).value_or(std::vector<TraceId>{});
            return Done{std::move(traces), store.remove_source(source, withJudgements)};
        },
        [this, source, path, withJudgements](Done done) {
            Removal removal;
            removal.traces = std::move(done.traces);
            removal.source = source;
            removal.withJudgements = withJudgements;
            removal.what = QFileInfo(path).fileName();
            finishRemoval(std::move(removal), done.handle);
        });
}

void Session::followPrices(const QString& model) {
    m_background.run([this] { return m_store.follow_prices(); },
                     [this, model](const Result<void>& done) {
                         if (done)
                             emit said(tr("Costs were computed again with the price of %1").arg(model));
                         else
                             emit failed(done.error());
                     });
}

void Session::refreshInfo() {
    if (m_askInfo.busy()) { // a slow store is not asked again before it has answered
        m_infoTimer.start();
        return;
    }
    struct Answer {
        StoreInfo info;
        qint64 warnings = 0, errors = 0;
    };
    m_askInfo.ask(
        [&traces = m_store.traces()](std::stop_token stop) {
            Answer answer;
            if (auto info = traces.info(stop)) answer.info = std::move(*info);
            if (const auto sources = traces.sources(stop)) {
                for (const SourceRow& row : *sources) {
                    answer.warnings += static_cast<qint64>(row.report.notes_warning);
                    answer.errors += static_cast<qint64>(row.report.notes_error);
                }
            }
            return answer;
        },
        [this](Answer answer) {
            m_info = std::move(answer.info);
            m_warnings = answer.warnings;
            m_errors = answer.errors;
            emit infoChanged();
        });
}

} // namespace clew::app

#include "views/trace/trace_loader.h"

#include <algorithm>
#include <optional>

namespace clew::views {

namespace {

constexpr int kPatience = 150;    // ms of silence (look: loading)
constexpr int kCountEvery = 250;  // ms between counts
constexpr qint64 kRestFactor = 3; // a refresh waits so many times as long as the last one took

struct Answer {
    std::optional<Error> error;
    TracePicturePtr picture;
};

} // namespace

TraceLoader::TraceLoader(TraceStore& traces, NoteBook& noteBook, QObject* parent)
    : QObject(parent)
    , m_traces(traces)
    , m_noteBook(noteBook) {
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &TraceLoader::countSpans);
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &TraceLoader::ask);
}

void TraceLoader::open(TraceId trace) {
    m_trace = trace;
    m_stale = false;
    m_again.stop();
    m_patience.stop();
    m_picture.cancel();
    m_count.cancel();
    m_judgements.cancel();
    if (!trace.valid()) return;
    m_patience.start(kPatience);
    ask();
    refreshJudgements();
}

void TraceLoader::refresh() {
    if (!m_trace.valid()) return;
    if (m_picture.busy()) {
        m_stale = true;
        return;
    }
    if (!m_again.isActive())
        m_again.start(static_cast<int>(std::min<qint64>(m_lastTook * kRestFactor, 5000)));
}

void TraceLoader::ask() {
    m_asked.start();
    m_picture.ask(
        [&store = m_traces, trace = m_trace](std::stop_token stop) -> Answer {
            auto opened = store.open(trace, stop);
            if (!opened) return {opened.error(), nullptr};
            return {std::nullopt, makeTracePicture(std::move(opened).value(), stop)};
        },
        [this](Answer answer) {
            m_lastTook = m_asked.elapsed();
            m_patience.stop();
            m_count.cancel();
            if (answer.error)
                emit failed(*answer.error);
            else
                emit arrived(answer.picture);
            if (!m_stale) return;
            m_stale = false;
            refresh();
        });
}

void TraceLoader::countSpans() {
    m_count.ask(
        [&store = m_traces, trace = m_trace](std::stop_token stop) -> qint64 {
            const auto row = store.trace(trace, stop);
            return row ? row->spans : -1;
        },
        [this](qint64 spans) {
            emit waiting(spans);
            m_patience.start(kCountEvery);
        });
}

void TraceLoader::refreshJudgements() {
    if (!m_trace.valid()) return;
    m_judgements.ask(
        [&book = m_noteBook, trace = m_trace](std::stop_token stop) { return book.judgements(trace, stop); },
        [this](const Result<std::vector<Judgement>>& answer) {
            if (answer) emit judgementsArrived(answer.value());
        });
}

} // namespace clew::views

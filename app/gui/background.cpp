#include "app/gui/background.h"

namespace clew::app {

Background::Background(QObject* parent)
    : QObject(parent)
    , m_thread([this](const std::stop_token& stop) { loop(stop); }) {
}

Background::~Background() {
    m_thread.request_stop();
    m_thread.join();
}

void Background::push(std::function<void()> work) {
    {
        const std::lock_guard lock(m_mutex);
        m_work.push(std::move(work));
    }
    m_changed.notify_one();
}

void Background::loop(const std::stop_token& stop) {
    for (;;) {
        std::function<void()> work;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, stop, [this] { return !m_work.empty(); });
            if (m_work.empty()) return;
            work = std::move(m_work.front());
            m_work.pop();
        }
        work();
    }
}

} // namespace clew::app

// ask(): runs a question of the store in a thread pool and delivers its answer on the GUI thread.
//
// One Asker per view slot: a newer question stops and supersedes the one before (its answer is never
// delivered), and nothing is delivered after the Asker is gone. GUI thread.
#pragma once

#include <QCoreApplication>
#include <QMetaObject>
#include <QObject>
#include <QThreadPool>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <utility>

namespace clew::views {

class Asker : public QObject {
public:
    explicit Asker(QObject* parent = nullptr)
        : QObject(parent) {}
    ~Asker() override { cancel(); }

    // question: (std::stop_token) -> Answer, on a pool thread; receive: (Answer), here.
    template <class Question, class Receive>
    void ask(Question question, Receive receive) {
        cancel();
        m_stop = std::stop_source();
        const auto ticket = std::make_shared<Ticket>(Ticket{this, ++m_newest});
        m_ticket = ticket;
        m_busy = true;
        QThreadPool::globalInstance()->start([weak = std::weak_ptr<Ticket>(ticket), stop = m_stop.get_token(),
                                              question = std::move(question),
                                              receive = std::move(receive)]() mutable {
            if (stop.stop_requested()) return;
            auto answer = std::make_shared<decltype(question(stop))>(question(stop));
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [weak, answer, receive = std::move(receive)]() mutable {
                    const auto held = weak.lock();
                    if (!held || !held->asker || held->asker->m_ticket != held) return;
                    held->asker->m_busy = false;
                    receive(std::move(*answer));
                },
                Qt::QueuedConnection);
        });
    }

    // The running question is stopped and its answer dropped.
    void cancel() {
        m_stop.request_stop();
        if (m_ticket) m_ticket->asker = nullptr;
        m_ticket.reset();
        m_busy = false;
    }
    [[nodiscard]] bool busy() const { return m_busy; }

private:
    struct Ticket { // touched on the GUI thread only, but for its life time
        Asker* asker;
        std::uint64_t number;
    };
    std::stop_source m_stop;
    std::shared_ptr<Ticket> m_ticket;
    std::uint64_t m_newest = 0;
    bool m_busy = false;
};

} // namespace clew::views

// One thread that does changes of the store in the order they were asked for, so that the window never waits
// for another process's write. Each change's answer is delivered on the GUI thread. Built and destroyed on
// the GUI thread.
#pragma once

#include <QObject>
#include <queue>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace clew::app {

class Background : public QObject {
public:
    explicit Background(QObject* parent = nullptr);
    ~Background() override; // does what is queued first: a change that was asked for is made

    // change: () -> Answer, on the thread; receive: (Answer), here.
    template <class Change, class Receive>
    void run(Change change, Receive receive) {
        push([this, change = std::move(change), receive = std::move(receive)]() mutable {
            auto answer = std::make_shared<decltype(change())>(change());
            QMetaObject::invokeMethod(
                this, [answer, receive = std::move(receive)]() mutable { receive(std::move(*answer)); },
                Qt::QueuedConnection);
        });
    }

private:
    void push(std::function<void()> work);
    void loop(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::queue<std::function<void()>> m_work;
    std::jthread m_thread;
};

} // namespace clew::app

#include "app/gui/render.h"

#include "app/gui/application.h"
#include "app/gui/idle_feed.h"
#include "app/gui/main_window.h"
#include "app/gui/page_bar.h"
#include "app/gui/session.h"
#include "app/gui/trace_page.h"
#include "views/costs/costs_page.h"
#include "views/findings/trace_findings.h"
#include "views/live/live_page.h"
#include "views/live/running_model.h"
#include "views/runs/filter_bar.h"
#include "views/runs/first_run.h"
#include "views/runs/runs_pane.h"
#include "views/runs/runs_view.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_pane.h"

#include <QApplication>
#include <QBuffer>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <functional>
#include <utility>

namespace clew::app {

namespace {

constexpr int kPatienceMs = 60'000;
constexpr int kBadgesMs = 3'000;
constexpr std::pair<std::string_view, RenderView> kViews[] = {
    {"trace", RenderView::Trace},        {"tree", RenderView::Tree},   {"waterfall", RenderView::Waterfall},
    {"details", RenderView::Details},    {"runs", RenderView::Runs},   {"minimap", RenderView::Minimap},
    {"first-run", RenderView::FirstRun}, {"costs", RenderView::Costs}, {"live", RenderView::Live},
};

bool waitFor(const std::function<bool()>& done, int patience = kPatienceMs) {
    QElapsedTimer timer;
    timer.start();
    while (!done()) {
        if (timer.elapsed() > patience) return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    // What arrived is laid out and its own events are done before it is drawn.
    for (int i = 0; i < 3; ++i)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    return true;
}

void present(QWidget& widget, QSize size) {
    // Where there is no screen, the window can be shown and become active: the row with the focus looks it.
    const bool screenless = QGuiApplication::platformName() == QLatin1String("offscreen");
    widget.setAttribute(Qt::WA_DontShowOnScreen, !screenless);
    widget.setMinimumSize(0, 0);
    widget.resize(size);
    widget.show();
}

// Everything that a picture is taken of: a window that is never on a screen, its pane, or a part of that.
class Stage {
public:
    Stage(Store& store, const RenderOptions& options)
        : m_options(options)
        , m_application(options_())
        , m_session(store, m_application.theme(), m_application.rules(), false)
        , m_window(m_application, m_session, options.live ? options.live : &m_idle) {
        m_application.theme().setName(options.theme);
        if (auto* application = qobject_cast<QApplication*>(QCoreApplication::instance()))
            m_application.theme().applyTo(*application);
    }

    Result<void> prepare() {
        if (!m_options.filter.empty()) m_session.runs().setFilter(QString::fromStdString(m_options.filter));
        const bool window = m_options.view == RenderView::Trace || m_options.view == RenderView::FirstRun ||
                            m_options.view == RenderView::Costs || m_options.view == RenderView::Live;
        present(m_window, window ? m_options.size : QSize(1600, 900));
        waitFor([this] { return m_session.runs().answered() || m_session.runs().error(); });
        if (m_session.runs().error()) return *m_session.runs().error();
        if (m_options.view == RenderView::FirstRun) return settle();
        if (m_options.view == RenderView::Costs) {
            m_window.filterBar()->field()->setText(m_session.runs().filter());
            m_window.showPage(Page::Costs);
            waitFor([this] { return m_window.costsPage()->settled() || m_session.runs().all() == 0; });
            lateLayouts();
            return {};
        }
        if (m_options.view == RenderView::Live) {
            m_window.showPage(Page::Live);
            const views::RunningModel* running = m_window.livePage()->running();
            waitFor([running] { return running->answered(); });
            m_window.livePage()->setFocus();
            lateLayouts(); // the details, which are not shown, are not waited for
            return {};
        }
        if (m_options.trace.valid()) m_session.selection().selectTrace(m_options.trace, m_options.span);
        const TraceId wanted = m_session.selection().trace();
        if (!wanted.valid()) return settle();
        const views::TracePane* pane = m_window.tracePage()->trace();
        waitFor([&] { return pane->snapshot() && pane->snapshot()->id == wanted; });
        waitFor([&] { return pane->findings()->known(); });
        // The badges of the list come from the background pass, which has the newest runs first.
        waitFor(
            [&] {
                const int row = m_session.runs().find(wanted);
                return row < 0 || m_session.runs().traceRow(row).findings_current;
            },
            kBadgesMs);
        if (m_options.span.valid()) m_window.tracePage()->trace()->selectSpan(m_options.span);
        m_window.tracePage()->trace()->focusTree();
        return settle();
    }

    // The widget that the picture shows; null where the trace pane draws the part itself.
    QWidget* widget() {
        TracePage* page = m_window.tracePage();
        QWidget* wanted = nullptr;
        switch (m_options.view) {
        case RenderView::Trace:
        case RenderView::FirstRun:
        case RenderView::Costs:
        case RenderView::Live: return &m_window;
        case RenderView::Details: wanted = page->details(); break;
        case RenderView::Runs: wanted = page->runs(); break;
        case RenderView::Tree:
        case RenderView::Waterfall:
        case RenderView::Minimap: return nullptr;
        }
        wanted->setParent(nullptr);
        m_owned.reset(wanted);
        present(*wanted, m_options.size);
        (void)settle();
        return wanted;
    }

    QImage part() {
        const auto which = m_options.view == RenderView::Waterfall ? views::TracePane::Part::Waterfall
                           : m_options.view == RenderView::Minimap ? views::TracePane::Part::Minimap
                                                                   : views::TracePane::Part::Tree;
        return m_window.tracePage()->trace()->render(which, m_options.size, m_options.scale);
    }

    [[nodiscard]] QColor background() { return m_application.theme().colours().window; }

private:
    static WindowOptions options_() {
        WindowOptions options;
        options.ownSettings = false;
        return options;
    }

    Result<void> settle() {
        waitFor([this] {
            return !m_session.selection().trace().valid() || m_window.tracePage()->details()->settled();
        });
        lateLayouts();
        return {};
    }
    static void lateLayouts() {
        waitFor([begun = startedTimer()] { return begun.elapsed() > 60; });
    }
    static QElapsedTimer startedTimer() {
        QElapsedTimer timer;
        timer.start();
        return timer;
    }

    const RenderOptions& m_options;
    Application m_application;
    Session m_session;
    IdleFeed m_idle;
    MainWindow m_window;
    std::unique_ptr<QWidget> m_owned; // a pane that was taken out of the window
};

QImage imageOf(QWidget& widget, QSize size, double scale, const QColor& background) {
    QImage image((QSizeF(size) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(background);
    widget.render(&image);
    return image;
}

Error notWritable(const std::string& path, const QString& why) {
    return {"file.not_writable", {path, why.toStdString()}, {}};
}

} // namespace

std::optional<RenderView> renderViewFromName(std::string_view name) {
    for (const auto& view : kViews) {
        if (view.first == name) return view.second;
    }
    return {};
}

Result<QImage> renderImage(Store& store, const RenderOptions& options) {
    Stage stage(store, options);
    if (auto prepared = stage.prepare(); !prepared) return prepared.error();
    QWidget* widget = stage.widget();
    return widget ? imageOf(*widget, options.size, options.scale, stage.background()) : stage.part();
}

Result<void> renderToFile(Store& store, const RenderOptions& options, const std::string& path) {
    const QString file = QString::fromStdString(path);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        Stage stage(store, options);
        if (auto prepared = stage.prepare(); !prepared) return prepared.error();
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize(options.size);
        generator.setViewBox(QRect(QPoint(0, 0), options.size));
        generator.setTitle(QStringLiteral("Clew"));
        QPainter painter(&generator);
        if (QWidget* widget = stage.widget())
            widget->render(&painter);
        else
            painter.drawImage(QRect(QPoint(0, 0), options.size), stage.part());
        painter.end();
    } else {
        auto image = renderImage(store, options);
        if (!image) return image.error();
        image->save(&buffer, "PNG");
    }
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly)) return notWritable(path, out.errorString());
    if (out.write(bytes) != bytes.size() || !out.commit()) return notWritable(path, out.errorString());
    return {};
}

} // namespace clew::app

// A window on a temporary store, for the tests of app/: settings are neither read nor kept.
#pragma once

#include "app/gui/application.h"
#include "app/gui/main_window.h"
#include "app/gui/trace_page.h"
#include "views/runs/filter_bar.h"
#include "views/runs/runs_pane.h"
#include "views/runs/runs_view.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/span_tree_view.h"
#include "views/trace/trace_pane.h"

#include <QApplication>
#include <QTest>

namespace clew::test {

struct WindowFixture {
    WindowFixture()
        : application(options()) {
        const auto started = application.start();
        if (!started) qFatal("the window could not be opened");
        window = application.firstWindow();
        window->resize(1280, 800);
    }
    static app::WindowOptions options() {
        app::WindowOptions out;
        out.temporary = true;
        out.ownSettings = false;
        return out;
    }
    static QString data(const char* name) { return QStringLiteral(CLEW_TEST_DATA "/") + QLatin1String(name); }
    // Opens a fixture and waits until its trace is on the screen.
    bool openAndWait(const char* name) {
        window->openPaths({data(name)});
        return QTest::qWaitFor([this] { return !session().imports().running() && runs().rowCount() > 0; },
                               20000) &&
               QTest::qWaitFor(
                   [this] {
                       const auto shown = window->tracePage()->trace()->snapshot();
                       return shown && shown->id == session().selection().trace();
                   },
                   20000);
    }
    app::Session& session() { return window->session(); }
    views::TraceListModel& runs() { return session().runs(); }
    std::vector<Judgement> judgements() {
        return session().store().note_book().all_judgements().value_or(std::vector<Judgement>{});
    }

    app::Application application;
    app::MainWindow* window = nullptr;
};

} // namespace clew::test

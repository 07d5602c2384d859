// Draws the Live page in each of its states: `live_pictures FOLDER` writes one PNG for every state, theme and
// size, to look at beside the pictures of the design.

#include "tests/support/fake_live_feed.h"
#include "tests/support/fake_running.h"
#include "views/live/live_page.h"
#include "views/live/running_model.h"
#include "views/live/sdk_panel.h"
#include "views/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QTest>

#include <cstdio>

using namespace clew;
using namespace clew::views;

namespace {

constexpr int kAround = 28 + 40 + 24; // menus, page bar, status bar: what the window has beside the page

void prepare(test::FakeLiveFeed& feed, test::FakeRunning& runs, const QString& state, TimeNs now) {
    if (state == QLatin1String("idle")) return;
    if (state == QLatin1String("waiting")) {
        feed.fill(now);
        for (LiveEndpoint& endpoint : feed.value.endpoints)
            endpoint.spans = 0;
        feed.value.clients.clear();
        feed.value.per_second.assign(120, 0);
        feed.value.spans = feed.value.bytes = feed.value.refused = 0;
        feed.value.spans_per_second = 0;
        feed.value.ack_p50 = feed.value.ack_p99 = std::nullopt;
        return;
    }
    feed.fill(now);
    runs.fillRunning(now);
    if (state == QLatin1String("trouble")) {
        feed.value.paused = true;
        feed.value.loopback_only = false;
        feed.value.lost = 12;
        feed.value.trouble = "The disk is full: nothing can be stored.";
        feed.value.endpoints[1].trouble =
            "Port 4317 is taken by another program; choose another one under Ports.";
        for (int i = 0; i < 45; ++i)
            feed.value.clients.push_back(test::FakeLiveFeed::client(
                "opentelemetry-collector-contrib with a very long user agent " + std::to_string(i),
                "a-service-with-a-long-name-too", 100 + static_cast<std::uint64_t>(i) * 12'345, 0.1 * i));
        for (int n = 10; n < 22; ++n)
            runs.putRunning(n, "background job number " + std::to_string(n), "", now - n * 61 * kSecond, now,
                            {}, 0, {});
    }
}

// Text of one and a half times the size, another shell, the ring of the focus.
void drawLarge(Theme& theme, const QDir& folder) {
    test::FakeLiveFeed feed;
    test::FakeRunning runs;
    test::EmptyNoteBook notes;
    Selection selection;
    ViewContext context{runs, notes, theme, selection};
    const TimeNs now = clew::now();
    prepare(feed, runs, QStringLiteral("busy"), now);
    theme.setTextScale(1.5);
    LivePage page(context, feed);
    page.running()->setNow(now);
    page.sdk()->setShell(Shell::PowerShell);
    page.resize(1920, 1080 - kAround);
    page.show();
    page.setFocus();
    QTest::qWait(300);
    for (int i = 0; i < 6; ++i)
        QTest::keyClick(page.focusWidget() ? page.focusWidget() : &page, Qt::Key_Tab);
    QTest::qWait(60);
    page.grab().save(folder.filePath(QStringLiteral("large.png")));
    theme.setTextScale(1.0);
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QDir folder(argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("."));
    folder.mkpath(QStringLiteral("."));
    const std::pair<const char*, ThemeName> themes[] = {
        {"light", ThemeName::Light}, {"dark", ThemeName::Dark}, {"hc", ThemeName::HighContrast}};
    const QSize sizes[] = {{1280, 800}, {1440, 900}, {1920, 1080}, {1000, 800}};
    for (const char* state : {"busy", "idle", "waiting", "trouble"}) {
        for (const auto& [themeName, name] : themes) {
            Theme theme(name);
            theme.applyTo(application);
            for (const QSize size : sizes) {
                test::FakeLiveFeed feed;
                test::FakeRunning runs;
                test::EmptyNoteBook notes;
                Selection selection;
                ViewContext context{runs, notes, theme, selection};
                const TimeNs now = clew::now();
                prepare(feed, runs, QLatin1String(state), now);
                LivePage page(context, feed);
                page.running()->setNow(now);
                page.setFollowing(true);
                page.resize(size.width(), size.height() - kAround);
                page.show();
                page.setFocus();
                if (!QTest::qWaitFor([&] { return page.running()->answered(); }, 10'000)) return 1;
                if (qstrcmp(state, "busy") == 0) page.sdk()->copy(0);
                QTest::qWait(60);
                page.grab().save(folder.filePath(QStringLiteral("%1-%2-%3.png")
                                                     .arg(QLatin1String(state), QLatin1String(themeName))
                                                     .arg(size.width())));
            }
            if (qstrcmp(state, "busy") == 0 && name == ThemeName::Light) drawLarge(theme, folder);
            // The style draws with the theme, which ends here.
            QApplication::setStyle(QStringLiteral("Fusion"));
        }
    }
    return 0;
}

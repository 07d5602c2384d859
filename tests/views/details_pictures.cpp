// Draws the details pane for spans made by hand: `details_pictures FOLDER` writes one PNG for every span,
// theme and width, to look at beside the pictures of the design.

#include "tests/views/details_samples.h"
#include "views/trace/details/details_pane.h"
#include "views/trace/details/judge_bar.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <cstdio>

using namespace clew;
using namespace clew::views;

namespace {

void settle(DetailsPane& pane) {
    QElapsedTimer timer;
    timer.start();
    do {
        QTest::qWait(30);
    } while (!pane.settled() && timer.elapsed() < 20'000);
    QTest::qWait(250);
}

struct Shot {
    const char* name;
    std::uint64_t span;
    DetailsPane::Tab tab;
    bool judged;
};

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QDir folder(argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("."));
    folder.mkpath(QStringLiteral("."));
    test::Sample sample;
    Theme theme;
    theme.applyTo(application);
    Selection selection;
    ViewContext context{sample.store, sample.notes, theme, selection};
    Judgement judgement;
    judgement.target = {sample.trace, test::span_id(test::kSecondCall)};
    judgement.thumb = Thumb::down;
    judgement.labels = {"trusts-bad-tool"};
    judgement.comment = "Should stop when the score is missing.";
    judgement.author = "ada";
    judgement.time = now();
    (void)sample.notes.judge(judgement);

    using Tab = DetailsPane::Tab;
    const Shot shots[] = {{"call", test::kSecondCall, Tab::Messages, true},
                          {"long", test::kLongCall, Tab::Messages, false},
                          {"failed", test::kFailedTool, Tab::InputOutput, false},
                          {"failed-events", test::kFailedTool, Tab::Events, false},
                          {"silent", test::kSilentTool, Tab::InputOutput, false},
                          {"no-content", test::kNoContent, Tab::Messages, false},
                          {"attributes", test::kSecondCall, Tab::Attributes, false},
                          {"events", test::kSecondCall, Tab::Events, false},
                          {"feedback", test::kSecondCall, Tab::Feedback, false},
                          {"raw", test::kSecondCall, Tab::Raw, false},
                          {"io", test::kSecondCall, Tab::InputOutput, false},
                          {"root", test::kAgentSpan, Tab::Messages, false},
                          {"nothing", 0, Tab::Messages, false}};
    const std::pair<ThemeName, const char*> themes[] = {
        {ThemeName::Light, "light"}, {ThemeName::Dark, "dark"}, {ThemeName::HighContrast, "hc"}};
    for (const auto& [name, word] : themes) {
        theme.setName(name);
        for (const int width : {456, 620}) {
            for (const Shot& shot : shots) {
                if (argc > 2 && !QString::fromLocal8Bit(argv[2])
                                     .split(QLatin1Char(','))
                                     .contains(QLatin1String(shot.name)))
                    continue;
                DetailsPane pane(context);
                pane.setAuthor(QStringLiteral("ada"));
                pane.resize(width, 742);
                pane.show();
                pane.setTab(shot.tab);
                pane.setSnapshot(sample.snapshot);
                pane.showSpan(sample.trace, test::span_id(shot.span));
                settle(pane);
                const QString file = folder.filePath(QStringLiteral("%1-%2-%3.png")
                                                         .arg(QLatin1String(shot.name), QLatin1String(word))
                                                         .arg(width));
                if (!pane.grab().save(file))
                    std::fprintf(stderr, "%s could not be written\n", qPrintable(file));
            }
        }
    }
    return 0;
}

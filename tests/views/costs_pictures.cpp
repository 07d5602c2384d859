// Draws the Costs page in each of its states: `costs_pictures FOLDER [STATE]` writes one PNG for every state,
// theme and size, to look at beside the pictures of the design.

#include "tests/support/fake_usage.h"
#include "views/costs/budget_dialog.h"
#include "views/costs/cost_chart.h"
#include "views/costs/costs_page.h"
#include "views/costs/what_if_dialog.h"
#include "views/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QTest>

#include <cstdio>

using namespace clew;
using namespace clew::views;
using clew::test::FakeUsage;

namespace {

constexpr int kAround = 28 + 40 + 40 + 24; // menus, page bar, filter bar, status bar

std::vector<FakeUsage::Model> many(int count) {
    std::vector<FakeUsage::Model> models;
    for (int n = 0; n < count; ++n)
        models.push_back(
            {"provider/region-eu-west/a-model-with-a-rather-long-name-" + std::to_string(n) + "-20260101",
             5.0 / (n + 1), 0.5, 20 + n % 7, n % 9 == 8});
    return models;
}

void prepare(FakeUsage& usage, const QString& state) {
    if (state == QLatin1String("many")) usage.set(FakeUsage::make(many(300), 60));
    if (state == QLatin1String("small"))
        usage.set(FakeUsage::make(FakeUsage::models(), 9, UsageStep::day, 1e-6));
    if (state == QLatin1String("large"))
        usage.set(FakeUsage::make(FakeUsage::models(), 40, UsageStep::week, 2e3));
    if (state == QLatin1String("one")) usage.set(FakeUsage::make(FakeUsage::models(), 1));
    if (state == QLatin1String("hours"))
        usage.set(FakeUsage::make(FakeUsage::models(), 8760, UsageStep::hour, 0.04));
    if (state == QLatin1String("day"))
        usage.set(FakeUsage::make(FakeUsage::models(), 60, UsageStep::hour, 0.04));
    if (state == QLatin1String("unpriced"))
        usage.set(FakeUsage::make({{"qwen3-coder-480b", 0, 0, 112, true}}, 12));
    if (state == QLatin1String("empty")) usage.set({});
    if (state == QLatin1String("error"))
        usage.failUsage(Error{"store.io", {"/home/me/clew.db", "disk I/O error"}, {}});
}

} // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    if (argc < 2) {
        std::fputs("usage: costs_pictures FOLDER [STATE]\n", stderr);
        return 2;
    }
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    for (const char* state :
         {"usual", "many", "small", "large", "one", "hours", "day", "unpriced", "empty", "error"}) {
        if (argc > 2 && qstrcmp(argv[2], state) != 0) continue;
        for (const auto& choice : {std::pair("light", ThemeName::Light), std::pair("dark", ThemeName::Dark),
                                   std::pair("hc", ThemeName::HighContrast)}) {
            const char* themeName = choice.first;
            const ThemeName name = choice.second;
            if (name != ThemeName::Light && qstrcmp(state, "usual") != 0) continue;
            Theme theme(name);
            theme.applyTo(application);
            for (const QSize size :
                 {QSize(1440, 900), QSize(1280, 800), QSize(1920, 1080), QSize(800, 900)}) {
                if (qstrcmp(state, "usual") != 0 && size.width() != 1280) continue;
                FakeUsage usage;
                test::EmptyNoteBook notes;
                Selection selection;
                ViewContext context{usage, notes, theme, selection};
                prepare(usage, QLatin1String(state));
                CostsPage page(context);
                page.setPriceTable(QStringLiteral("price table of 14 Nov 2025"));
                page.setBudget(25 * kUsd);
                page.resize(size.width(), size.height() - kAround);
                page.show();
                page.setFilter(qstrcmp(state, "usual") == 0
                                   ? QStringLiteral("start>=2025-10-21 and start<2025-11-21")
                                   : QString());
                if (!QTest::qWaitFor([&] { return page.settled(); }, 10'000)) return 1;
                QObject::connect(&page, &CostsPage::filterWanted, &page, &CostsPage::setFilter);
                if (qstrcmp(state, "usual") == 0)
                    emit page.chart()->rangeChosen(
                        {FakeUsage::kStart + 22 * FakeUsage::kDay, FakeUsage::kStart + 28 * FakeUsage::kDay});
                QTest::qWait(80);
                if (qstrcmp(state, "usual") == 0 && size.width() == 1280) {
                    WhatIfDialog* whatIf = page.openWhatIf();
                    whatIf->setModel(QStringLiteral("claude-haiku-4-5"));
                    page.askBudget();
                    QTest::qWait(100);
                    const auto save = [&](QWidget* dialog, const char* what) {
                        dialog->grab().save(folder.filePath(
                            QStringLiteral("%1-%2.png").arg(QLatin1String(what), QLatin1String(themeName))));
                        dialog->close();
                    };
                    save(whatIf, "what-if");
                    save(page.findChild<BudgetDialog*>(), "budget");
                }
                page.grab().save(folder.filePath(QStringLiteral("%1-%2-%3.png")
                                                     .arg(QLatin1String(state), QLatin1String(themeName))
                                                     .arg(size.width())));
            }
            // The style draws with the theme, which ends here.
            QApplication::setStyle(QStringLiteral("Fusion"));
        }
    }
    return 0;
}

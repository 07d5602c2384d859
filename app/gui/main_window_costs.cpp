// What the window has of costs: the page, its tab, where it leads, the budget that is kept, own prices.

#include "app/gui/application.h"
#include "app/gui/main_window.h"
#include "app/gui/page_bar.h"
#include "app/gui/price_dialog.h"
#include "app/gui/trace_page.h"
#include "views/costs/costs_page.h"
#include "views/runs/filter_bar.h"
#include "views/runs/message_card.h"
#include "views/runs/runs_pane.h"
#include "views/runs/status_bar.h"

#include <QDate>
#include <QLocale>
#include <QSettings>
#include <QStackedWidget>

namespace clew::app {

namespace {

const QString kBudgetKey = QStringLiteral("costs/budget"); // pico-USD a day

// How the page names the prices that it computes with.
QString priceWords(const PriceTable& table) {
    const QDate date = QDate::fromString(QString::fromStdString(table.date()).left(10), Qt::ISODate);
    const QString day = QLocale::c().toString(date, QStringLiteral("d MMM yyyy"));
    if (table.overrides() > 0)
        return date.isValid() ? MainWindow::tr("own prices, table of %1").arg(day)
                              : MainWindow::tr("own prices and the table");
    return date.isValid() ? MainWindow::tr("price table of %1").arg(day)
                          : MainWindow::tr("from the price table");
}

QStringList modelNames(const PriceTable& table) {
    QStringList names;
    for (const PriceEntry& entry : table.entries())
        names << QString::fromStdString(entry.id);
    names.sort(Qt::CaseInsensitive);
    names.removeDuplicates();
    return names;
}

} // namespace

void MainWindow::buildCosts() {
    m_costsPage = new views::CostsPage(m_session.context());
    m_stack->addWidget(m_costsPage);
    m_pageBar->addPage(Page::Costs, QStringLiteral("costs"), tr("Costs"));
    const QVariant budget = m_application.settings().value(kBudgetKey);
    m_costsPage->setBudget(budget.toLongLong() > 0 ? std::optional<PicoUsd>(budget.toLongLong())
                                                   : std::nullopt);
    m_costsPage->setFilter(m_session.runs().filter());
    connect(&m_session.runs(), &views::TraceListModel::filterChanged, m_costsPage,
            &views::CostsPage::setFilter);
    connect(&m_session, &Session::committed, m_costsPage, &views::CostsPage::refresh);
    connect(m_costsPage, &views::CostsPage::filterWanted, m_filter, &views::FilterBar::setFilter);
    connect(m_costsPage, &views::CostsPage::runsWanted, this, [this](const QString& filter) {
        m_filter->setFilter(filter);
        showPage(Page::Traces);
    });
    connect(m_costsPage, &views::CostsPage::traceWanted, this, &MainWindow::lookAt);
    connect(m_costsPage, &views::CostsPage::mostExpensiveWanted, this, [this] {
        m_session.runs().setOrder(TraceOrder::cost, true);
        showPage(Page::Traces);
    });
    connect(m_costsPage, &views::CostsPage::budgetChosen, this, [this](std::optional<PicoUsd> aDay) {
        if (aDay)
            m_application.settings().setValue(kBudgetKey, static_cast<qlonglong>(*aDay));
        else
            m_application.settings().remove(kBudgetKey);
    });
    connect(m_costsPage, &views::CostsPage::priceWanted, this, &MainWindow::addPrice);
    connect(m_costsPage, &views::CostsPage::said, m_status, &views::StatusBar::say);
    readPrices();
}

void MainWindow::readPrices() {
    m_askPrices.ask(
        [](std::stop_token) {
            const UserPrices prices = read_user_prices();
            return prices.table ? std::make_pair(priceWords(*prices.table), modelNames(*prices.table))
                                : std::pair<QString, QStringList>();
        },
        [this](const std::pair<QString, QStringList>& prices) {
            m_costsPage->setPriceTable(prices.first);
            m_costsPage->setKnownModels(prices.second);
        });
}

void MainWindow::addPrice(const QString& model) {
    auto* dialog = new PriceDialog(m_application.theme(), model, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PriceDialog::saveWanted, this, [this, dialog](const OwnPrice& price) {
        if (auto kept = add_own_price(price); !kept) {
            dialog->showError(kept.error());
            return;
        }
        dialog->accept();
        m_session.followPrices(QString::fromStdString(price.match));
        readPrices();
    });
    dialog->open();
}

} // namespace clew::app

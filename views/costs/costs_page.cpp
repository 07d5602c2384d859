#include "views/costs/costs_page.h"

#include "views/costs/budget_dialog.h"
#include "views/costs/cache_chart.h"
#include "views/costs/chart_legend.h"
#include "views/costs/cost_chart.h"
#include "views/costs/cost_export.h"
#include "views/costs/cost_figures.h"
#include "views/costs/expensive_runs.h"
#include "views/costs/run_cost_chart.h"
#include "views/costs/segments.h"
#include "views/costs/usage_table.h"
#include "views/costs/usage_words.h"
#include "views/costs/what_if_dialog.h"
#include "views/live/section.h"
#include "views/runs/message_card.h"
#include "views/runs/nothing_found.h"
#include "views/text.h"

#include <QDir>
#include <QFileDialog>
#include <QScrollArea>
#include <QStackedWidget>

#include <algorithm>

namespace clew::views {

namespace {

constexpr int kLoadingAt = 0, kEmptyAt = 1, kContentAt = 2, kNothingAt = 3; // in the stack
constexpr DurationNs kHourNs = 3600 * kSecond, kWholeDayNs = 24 * kHourNs;

// "the 30 days", "the 8 hours".
QString lengthText(DurationNs length) {
    const bool days = length >= 2 * kWholeDayNs;
    const std::int64_t count = std::max<std::int64_t>(1, (length + (days ? kWholeDayNs : kHourNs) / 2) /
                                                             (days ? kWholeDayNs : kHourNs));
    if (days) return CostsPage::tr("the %1 days").arg(count);
    return count == 24  ? CostsPage::tr("the day")
           : count == 1 ? CostsPage::tr("the hour")
                        : CostsPage::tr("the %1 hours").arg(count);
}

} // namespace

CostsPage::~CostsPage() = default;

QString CostsPage::wholeFilter() const {
    return m_range ? filterWithout(m_filter, startConditions(*m_range)) : m_filter;
}

void CostsPage::setFilter(const QString& filter) {
    if (filter == m_filter && m_asked.isValid()) return;
    m_filter = filter;
    if (m_range) {
        // Both of its conditions have to stand in the filter still.
        QString rest = filter;
        for (const QString& condition : startConditions(*m_range)) {
            const QString without = filterWithout(rest, QStringList{condition});
            if (without == rest) m_range.reset();
            if (!m_range) break;
            rest = without;
        }
    }
    m_chart->setSelected(m_range);
    ask();
}

void CostsPage::chooseRange(const TimeRange& range) {
    QString filter = wholeFilter();
    m_range = range;
    for (const QString& condition : startConditions(range))
        filter = filterWith(filter, condition);
    m_chart->setSelected(range);
    emit filterWanted(filter);
}

void CostsPage::dropRange() {
    if (!m_range) return;
    const QString filter = wholeFilter();
    m_range.reset();
    m_chart->setSelected({});
    emit filterWanted(filter);
}

// The filter stays as it is; the chart no longer shows what lies around.
void CostsPage::zoomToRange() {
    if (!m_range) return;
    m_range.reset();
    m_chart->setSelected({});
    ask();
}

void CostsPage::openBar(int bar, int layer) {
    const UsageSeries& series = m_chart->series();
    QString filter = wholeFilter();
    const TimeRange times{series.starts[static_cast<std::size_t>(bar)], series.endOf(bar)};
    for (const QString& condition : startConditions(times))
        filter = filterWith(filter, condition);
    if (layer >= 0) {
        const int group = series.layers[static_cast<std::size_t>(layer)].group;
        if (group >= 0) {
            const QString term = groupTerm(m_shownBy, m_whole.groups[static_cast<std::size_t>(group)].key);
            if (!term.isEmpty()) filter = filterWith(filter, term);
        }
    }
    emit runsWanted(filter);
}

void CostsPage::setStep(UsageStep step) {
    if (step == m_step) return;
    m_step = step;
    ask();
}

void CostsPage::setBudget(std::optional<PicoUsd> aDay) {
    m_budget = aDay;
    m_chart->setBudget(aDay);
    m_budgetLink->setText(aDay ? tr("Change budget…") : tr("Set a budget…"));
    m_budgetLink->updateGeometry();
}

void CostsPage::setPriceTable(const QString& words) {
    m_priceTable = words;
    if (m_answered) m_figures->setAnswer(shownAnswer(), m_before, m_days, m_priceTable);
}

bool CostsPage::settled() const {
    return m_asked.isValid() && !m_asker.busy() && !m_again.isActive() && (m_answered || m_failed);
}

void CostsPage::refresh() {
    m_stale = true;
    if (!isVisible()) return;
    if (m_asker.busy())
        m_dirty = true;
    else
        askSoon();
}

void CostsPage::askSoon() {
    if (m_again.isActive()) return;
    const qint64 since = m_asked.isValid() ? m_asked.elapsed() : kPauseMs;
    m_again.start(static_cast<int>(std::clamp<qint64>(kPauseMs - since, 0, kPauseMs)));
}

void CostsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale) ask();
}

void CostsPage::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    if (m_again.isActive()) m_stale = true;
    m_again.stop();
}

void CostsPage::ask() {
    if (!isVisible()) {
        m_stale = true;
        return;
    }
    m_again.stop();
    m_stale = m_dirty = false;
    m_asked.start();
    m_patience.start();
    m_loading->setText(tr("Adding up the usage…"));
    UsageQuery whole;
    whole.filter = wholeFilter().toStdString();
    whole.by = m_asksBy;
    whole.step = m_step;
    std::optional<UsageQuery> chosen;
    if (m_range) {
        chosen = whole;
        chosen->filter = m_filter.toStdString();
    }
    std::optional<UsageQuery> before;
    QString days;
    if (const auto range = startRange(m_filter, now())) {
        const DurationNs length = range->to - range->from;
        before = whole;
        before->filter = filterOver(m_filter, {range->from - length, range->from}).toStdString();
        before->most_expensive = 0;
        days = lengthText(length);
    }
    m_asker.ask(
        [&traces = m_context.traces, whole, chosen, before, days](std::stop_token stop) {
            Answer answer{traces.usage(whole, stop), {}, {}, days, whole.by};
            if (chosen && answer.whole) answer.chosen = traces.usage(*chosen, stop);
            if (before && answer.whole) {
                const auto earlier = traces.usage(*before, stop);
                if (earlier) answer.before = earlier->sums.costs().sum();
            }
            return answer;
        },
        [this](Answer answer) { receive(std::move(answer)); });
}

void CostsPage::receive(Answer answer) {
    m_patience.stop();
    m_loading->setVisible(false);
    const bool chosenFailed = answer.chosen && !*answer.chosen;
    if (!answer.whole || chosenFailed) {
        fail(answer.whole ? answer.chosen->error() : answer.whole.error());
    } else {
        m_failed = false;
        m_answered = true;
        m_message->clear();
        m_shownBy = answer.by;
        m_whole = std::move(*answer.whole);
        m_chosen.reset();
        if (answer.chosen) m_chosen = std::move(**answer.chosen);
        m_before = answer.before;
        m_days = answer.days;
        setDimmed(false);
        showAnswer();
    }
    if (m_dirty) askSoon();
}

// What was shown stays, dimmed: it is not what was asked for.
void CostsPage::fail(const Error& error) {
    m_failed = true;
    m_message->clear();
    m_message->showError(error, tr("Try again"), [this] { ask(); });
    setDimmed(m_answered);
    m_loading->setText(tr("What the runs cost could not be read."));
    m_loading->setVisible(!m_answered);
    showState();
}

void CostsPage::showAnswer() {
    m_figures->setAnswer(shownAnswer(), m_before, m_days, m_priceTable);
    showChart();
    const UsageAnswer& answer = shownAnswer();
    m_runCosts->setBins(answer.bins, answer.run_p50, answer.run_p95);
    m_runCostHead->setSubtitle(answer.bins.empty()
                                   ? tr("no run has a known cost")
                                   : plural(answer.runs, tr("run"), tr("runs")) + tr(", log scale"));
    m_expensive->runs().setRuns(answer.most_expensive);
    m_openAll->setVisible(!answer.most_expensive.empty());
    m_expensiveHead->setSubtitle(answer.most_expensive.empty() ? tr("no run has a known cost") : QString());
    showState();
}

void CostsPage::showChart() {
    if (!m_answered) return;
    const auto metric = static_cast<UsageMetric>(m_metric->current());
    UsageSeries series = usageSeries(m_whole, m_shownBy, metric, m_places);
    const DimensionWords words = dimensionWords(m_shownBy);
    QStringList names;
    std::vector<ChartLegend::Entry> legend;
    QHash<QString, int> places;
    for (const UsageLayer& layer : series.layers) {
        QString name = tr("other");
        if (layer.group >= 0) {
            const std::string& key = m_whole.groups[static_cast<std::size_t>(layer.group)].key;
            name = groupName(m_shownBy, key);
            places.insert(fromUtf8(key), layer.place);
            legend.push_back({name, layer.place, false});
        } else {
            legend.push_back(
                {tr("%1 other %2")
                     .arg(fromUtf8(format_count(layer.groups)), layer.groups == 1 ? words.one : words.many),
                 -1, false});
        }
        names << name;
    }
    const auto& unpriced = m_whole.unpriced_models;
    if (metric == UsageMetric::Cost && m_whole.sums.unpriced_calls > 0)
        legend.push_back({(unpriced.size() == 1 && !unpriced[0].first.empty() ? fromUtf8(unpriced[0].first)
                           : unpriced.size() > 1 ? tr("%1 models").arg(unpriced.size())
                                                 : tr("calls that name no model")) +
                              tr(": unpriced, shown as calls, not as money"),
                          -1, true});
    m_legend->setEntries(std::move(legend));
    m_cache->setSeries(series);
    m_cacheHead->setSubtitle(m_cache->summary());
    m_chart->setEmptyText(m_shownBy == UsageBy::tool
                              ? tr("These runs call no tools.")
                              : tr("Nothing to show: no call here names a %1.").arg(words.one));
    m_chart->setSeries(std::move(series), names);
    m_usage->setAnswer(shownAnswer(), m_shownBy, places);
    m_table->fitContents();
    m_total->refresh();
    showHead();
}

void CostsPage::showHead() {
    const UsageSeries& series = m_chart->series();
    const QString step = stepWord(m_answered ? series.step : UsageStep::day, m_answered ? series.merged : 1);
    m_title->setText(static_cast<UsageMetric>(m_metric->current()) == UsageMetric::Cost
                         ? tr("Cost per %1").arg(step)
                         : tr("Tokens per %1").arg(step));
    m_title->updateGeometry();
    m_title->setAccessibleName(m_title->text() + tr(", choose the step"));
    const DimensionWords words = dimensionWords(m_shownBy);
    m_tableHead->setTitle(tr("By %1").arg(words.one));
    const int groups = m_usage->groups();
    m_tableHead->setSubtitle(
        groups > UsageModel::kMostRows ? tr("%1 of %2 %3 · the export has all")
                                             .arg(fromUtf8(format_count(UsageModel::kMostRows)),
                                                  fromUtf8(format_count(groups)), words.many)
        : groups == 0 ? QString()
                      : tr("%1 %2 · click a row to open its runs")
                            .arg(fromUtf8(format_count(groups)), groups == 1 ? words.one : words.many));
    m_table->setAccessibleName(tr("By %1").arg(words.one));
    m_selectedLink->setVisible(m_range.has_value());
    m_zoomLink->setVisible(m_range.has_value());
    arrange();
    if (m_range) {
        m_selectedLink->setText(tr("%1 selected · %2  ×")
                                    .arg(rangeTitle(m_range->from, m_range->to),
                                         plural(shownAnswer().runs, tr("run"), tr("runs"))));
        m_selectedLink->setAccessibleName(tr("%1, take them out of the filter").arg(m_selectedLink->text()));
        m_selectedLink->updateGeometry();
    }
}

QString CostsPage::emptyText() const {
    return m_stack->currentIndex() == kEmptyAt ? m_emptyTitle->text() : QString();
}

void CostsPage::showState() {
    if (!m_answered) {
        m_stack->setCurrentIndex(kLoadingAt);
        m_figures->setVisible(false);
        return;
    }
    const bool nothing = m_whole.runs == 0;
    const bool noCalls =
        !nothing && m_whole.bars.empty() && m_shownBy == UsageBy::model && m_whole.sums.calls == 0;
    m_figures->setVisible(!nothing && !noCalls);
    if (!nothing && !noCalls) {
        m_stack->setCurrentIndex(kContentAt);
        return;
    }
    if (nothing && !m_filter.isEmpty()) {
        m_nothing->showFilter(m_filter);
        m_stack->setCurrentIndex(kNothingAt);
        return;
    }
    m_emptyButton->setVisible(!m_filter.isEmpty());
    if (nothing) {
        m_emptyTitle->setText(tr("There are no runs yet."));
        m_emptyWhy->setText(
            tr("Open a run file or point an SDK here: what its calls cost stands here then."));
    } else {
        m_emptyTitle->setText(
            tr("These %1 hold no model calls.").arg(plural(m_whole.runs, tr("run"), tr("runs"))));
        m_emptyWhy->setText(tr("Costs and tokens are those of LLM and embedding calls; a run without any has "
                               "nothing to add up."));
    }
    m_stack->setCurrentIndex(kEmptyAt);
}

WhatIfDialog* CostsPage::openWhatIf() {
    QStringList models;
    if (m_shownBy == UsageBy::model) {
        for (const UsageGroup& group : m_whole.groups) {
            if (!group.key.empty() && models.size() < 50) models << fromUtf8(group.key);
        }
    }
    models += m_knownModels;
    models.removeDuplicates();
    auto* dialog = new WhatIfDialog(m_context, m_filter, models, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
    return dialog;
}

void CostsPage::askBudget() {
    auto* dialog = new BudgetDialog(m_context.theme, m_budget, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        setBudget(dialog->budget());
        emit budgetChosen(m_budget);
    });
    dialog->open();
}

QByteArray CostsPage::exported(const QString& suffix, bool steps) {
    if (suffix == QLatin1String(".csv"))
        return steps ? usageStepsCsv(shownAnswer(), m_shownBy) : usageCsv(shownAnswer(), m_shownBy);
    return pictureOf(*this, suffix == QLatin1String(".svg"));
}

void CostsPage::exportTo(const QString& suffix, bool steps) {
    const QString name = QDir::home().filePath(QStringLiteral("costs") + suffix);
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Export"), name, tr("%1 files (*%2)").arg(suffix.mid(1).toUpper(), suffix));
    if (path.isEmpty()) return;
    if (auto written = writeWhole(path, exported(suffix, steps)); !written)
        m_message->showError(written.error(), tr("Choose another place…"),
                             [this, suffix, steps] { exportTo(suffix, steps); });
    else
        emit said(tr("Exported to %1").arg(path));
}

} // namespace clew::views

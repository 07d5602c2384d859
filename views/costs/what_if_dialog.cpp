#include "views/costs/what_if_dialog.h"

#include "model/base/messages.h"
#include "model/base/numbers.h"
#include "views/costs/segments.h"
#include "views/costs/usage_words.h"
#include "views/live/live_table.h"
#include "views/text.h"

#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace clew::views {

namespace {

constexpr GroupBy kWhatIfGroups[] = {GroupBy::day, GroupBy::trace, GroupBy::prompt};

QString differenceText(const Totals& totals) {
    if (!totals.cost || !totals.cost_what_if) return fromUtf8(kUnknown);
    const PicoUsd by = *totals.cost_what_if - *totals.cost;
    if (by == 0) return QStringLiteral("±0");
    return (by > 0 ? QStringLiteral("+") : QStringLiteral("−")) + fromUtf8(format_cost(std::abs(by)));
}

struct PricedGroups {
    Result<TotalsAnswer> totals;
    QHash<QString, QString> names; // of runs, by the key of their group
};

// As many groups as are shown: days in their order, else what would cost most first.
PricedGroups pricedGroups(TraceStore& traces, const TotalsQuery& query, std::stop_token stop) {
    PricedGroups out{traces.totals(query, stop), {}};
    if (!out.totals) return out;
    auto& groups = out.totals->groups;
    if (query.by != GroupBy::day)
        std::stable_sort(groups.begin(), groups.end(), [](const Totals& a, const Totals& b) {
            return a.cost_what_if.value_or(-1) > b.cost_what_if.value_or(-1);
        });
    if (groups.size() > WhatIfDialog::kMostRows) groups.resize(WhatIfDialog::kMostRows);
    if (query.by != GroupBy::trace) return out;
    for (const Totals& group : groups) {
        const auto id = trace_id_from_hex(group.key);
        if (!id || stop.stop_requested()) continue;
        if (const auto row = traces.trace(*id, stop); row && !row->name.empty())
            out.names.insert(fromUtf8(group.key), fromUtf8(row->name));
    }
    return out;
}

class WhatIfDelegate : public LiveDelegate {
public:
    using LiveDelegate::LiveDelegate;

protected:
    [[nodiscard]] int rowHeight(const QModelIndex&) const override { return 24; }
    void paintCell(const Cell& cell) const override {
        const Colours& c = m_theme.colours();
        const QString text = cell.index.data().toString();
        if (cell.index.column() == WhatIfModel::Name)
            drawElided(cell.painter, cell.rect, text, m_theme.font(Theme::Text::Body), c.text);
        else
            drawNumber(cell.painter, cell.rect, text, text == fromUtf8(kUnknown) ? c.text3 : c.text);
    }
};

} // namespace

bool WhatIfRow::operator==(const WhatIfRow& other) const {
    const Totals &a = totals, &b = other.totals;
    return name == other.name && a.key == b.key && a.cost_reported == b.cost_reported &&
           a.cost_computed == b.cost_computed && a.cost_what_if == b.cost_what_if &&
           a.unpriced_calls == b.unpriced_calls && a.what_if_unpriced == b.what_if_unpriced;
}

void WhatIfModel::setTitle(const QString& title) {
    m_title = title;
    emit headerDataChanged(Qt::Horizontal, Name, Name);
}

int WhatIfModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant WhatIfModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const WhatIfRow& at = row(index.row());
    const Totals& totals = at.totals;
    if (role == Qt::ToolTipRole) {
        QStringList lines{at.name,
                          exactCosts({totals.cost_reported, totals.cost_computed, totals.unpriced_calls})};
        if (totals.cost_what_if) lines << tr("%1 what if").arg(exactCost(*totals.cost_what_if));
        if (totals.what_if_unpriced > 0)
            lines << tr("%1 could not be priced").arg(callsText(totals.what_if_unpriced));
        return lines.join(QLatin1Char('\n'));
    }
    if (role == Qt::AccessibleTextRole && index.column() == Name)
        return data(index, Qt::ToolTipRole).toString().replace(QLatin1Char('\n'), QStringLiteral(", "));
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    switch (index.column()) {
    case Name: return at.name;
    case Reported: return fromUtf8(format_cost(totals.cost_reported));
    case Computed: return fromUtf8(format_cost(totals.cost_computed));
    case WhatIf: return fromUtf8(format_cost(totals.cost_what_if));
    case Difference: return differenceText(totals);
    default: return {};
    }
}

QVariant WhatIfModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(section == Name ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole) return {};
    switch (section) {
    case Name: return m_title;
    case Reported: return tr("Reported");
    case Computed: return tr("Computed");
    case WhatIf: return tr("What if");
    case Difference: return tr("Difference");
    default: return {};
    }
}

WhatIfDialog::WhatIfDialog(ViewContext& context, const QString& filter, const QStringList& models,
                           QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_filter(filter)
    , m_model(new QComboBox)
    , m_grouping(new Segments(context.theme, tr("Show it"),
                              {tr("Per day"), tr("Per run"), tr("Per prompt version")}))
    , m_sentence(new ThemedLabel(context.theme, Theme::Text::Strong, &Colours::text))
    , m_note(new ThemedLabel(context.theme, Theme::Text::Small, &Colours::text3))
    , m_table(new LiveTable(context.theme, tr("The same traffic at other prices"),
                            {{0, false}, {84, true}, {84, true}, {84, true}, {96, true}})) {
    const Theme& theme = context.theme;
    setWindowTitle(tr("What if"));
    setAccessibleName(tr("What if"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(theme.px(12));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.px(8));
    row->addWidget(new ThemedLabel(theme, Theme::Text::Body, &Colours::text2, tr("All model calls on")));
    m_model->setEditable(true);
    m_model->setInsertPolicy(QComboBox::NoInsert);
    m_model->addItems(models);
    m_model->setAccessibleName(tr("Model whose prices are taken"));
    m_model->lineEdit()->setAccessibleName(m_model->accessibleName());
    m_model->lineEdit()->setPlaceholderText(tr("a model's name"));
    m_model->setMinimumWidth(theme.px(240));
    if (QCompleter* completer = m_model->completer()) {
        completer->setFilterMode(Qt::MatchContains);
        completer->setCompletionMode(QCompleter::PopupCompletion);
    }
    m_model->setCurrentIndex(-1);
    row->addWidget(m_model, 1);
    row->addWidget(m_grouping);
    layout->addLayout(row);
    m_sentence->setWordWrap(true);
    m_note->setWordWrap(true);
    layout->addWidget(m_sentence);
    layout->addWidget(m_note);
    m_table->setItemDelegate(new WhatIfDelegate(theme, m_table));
    m_table->setModel(&m_rows);
    layout->addWidget(m_table, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    auto* close = new ThemedButton(theme, {}, tr("Close"));
    buttons->addWidget(close);
    layout->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_model, &QComboBox::activated, this, &WhatIfDialog::ask);
    connect(m_model->lineEdit(), &QLineEdit::returnPressed, this, &WhatIfDialog::ask);
    connect(m_grouping, &Segments::chosen, this, &WhatIfDialog::ask);
    m_sentence->setText(tr("Choose a model to see what the same calls would cost on it."));
    m_note->setText(
        tr("Each call keeps its tokens, cached ones included; whether the other model would need as "
           "many, nobody knows. Embeddings keep their own cost."));
    resize(theme.px(680), theme.px(480));
}

void WhatIfDialog::setModel(const QString& model) {
    m_model->setEditText(model);
    ask();
}

QString WhatIfDialog::sentence() const {
    return m_sentence->text();
}

void WhatIfDialog::ask() {
    const QString model = m_model->currentText().trimmed();
    if (model.isEmpty()) return;
    m_asked = model;
    TotalsQuery query;
    query.filter = m_filter.toStdString();
    query.what_if = model.toStdString();
    query.by = kWhatIfGroups[std::max(0, m_grouping->current())];
    m_sentence->setText(tr("Pricing the calls…"));
    m_asker.ask([&traces = m_context.traces,
                 query](std::stop_token stop) { return pricedGroups(traces, query, stop); },
                [this](PricedGroups priced) { receive(std::move(priced.totals), std::move(priced.names)); });
}

void WhatIfDialog::receive(Result<TotalsAnswer> answer, QHash<QString, QString> names) {
    if (!answer) {
        const Error& error = answer.error();
        m_sentence->setText(
            fromUtf8(clew::sentence(error.code, error.args) + " " + hint(error.code, error.args)).trimmed());
        m_rows.setRows({});
        return;
    }
    const Totals& all = answer->all;
    const CostKinds now{all.cost_reported, all.cost_computed, all.unpriced_calls};
    QString text = all.cost_what_if
                       ? tr("%1 on %2, instead of %3")
                             .arg(fromUtf8(format_cost(all.cost_what_if)), m_asked, exactCosts(now))
                       : tr("No call could be priced on %1; now: %2").arg(m_asked, exactCosts(now));
    if (all.cost_what_if && all.cost && *all.cost > 0 && all.unpriced_calls == 0)
        text += tr(" (%1)").arg(differenceText(all));
    if (all.what_if_unpriced > 0) text += tr(". %1 could not be priced").arg(callsText(all.what_if_unpriced));
    m_sentence->setText(text + QLatin1Char('.'));
    const int by = std::max(0, m_grouping->current());
    const QString titles[] = {tr("Day"), tr("Run"), tr("Prompt version")};
    m_rows.setTitle(titles[by]);
    std::vector<WhatIfRow> rows;
    rows.reserve(answer->groups.size());
    for (const Totals& group : answer->groups)
        rows.push_back(
            {group, group.key.empty() ? tr("none") : names.value(fromUtf8(group.key), fromUtf8(group.key))});
    m_rows.setRows(std::move(rows));
}

} // namespace clew::views

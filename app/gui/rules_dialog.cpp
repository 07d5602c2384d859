#include "app/gui/rules_dialog.h"

#include "views/findings/finding_rules.h"
#include "views/findings/trace_findings.h"
#include "views/live/switch.h"
#include "views/runs/widgets.h"
#include "views/text.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace clew::app {

using views::Colours;
using views::fromUtf8;
using views::Theme;
using views::ThemedLabel;

RulesDialog::RulesDialog(const Theme& theme, views::FindingRules& rules, QWidget* parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_rules(rules) {
    setWindowTitle(tr("Findings rules"));
    setAccessibleName(tr("Findings rules"));
    auto* why = new ThemedLabel(
        theme, Theme::Text::Body, &Colours::text2,
        tr("What Clew looks for in every run, without asking a model. What is turned off finds nothing, here "
           "and in clew findings; runs that are stored are looked at again."));
    why->setWordWrap(true);

    auto* list = new views::Surface(theme, &Colours::base, views::Surface::NoSide);
    auto* rows = new QVBoxLayout(list);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    for (const Rule& rule : finding_rules())
        addRule(*rows, rule);
    rows->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(list);
    auto* framed = new views::Surface(theme, &Colours::base, views::Surface::Card);
    auto* frame = new QVBoxLayout(framed);
    frame->setContentsMargins(1, 1, 1, 1);
    frame->addWidget(scroll);

    auto* usual = new views::ThemedButton(theme, {}, tr("Usual settings"));
    auto* cancel = new views::ThemedButton(theme, {}, tr("Cancel"));
    auto* save = new views::ThemedButton(theme, {}, tr("Save"));
    save->setPrimary(true);
    save->setDefault(true);
    connect(usual, &QPushButton::clicked, this, [this] { showSettings({}); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(save, &QPushButton::clicked, this, [this] {
        m_rules.set(settings());
        accept();
    });
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(usual);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(save);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(theme.px(12));
    layout->addWidget(why);
    layout->addWidget(framed, 1);
    layout->addLayout(buttons);
    resize(theme.px(640), theme.px(620));
    showSettings(rules.settings());
    if (!m_switches.empty()) m_switches.front().on->setFocus();
}

void RulesDialog::addRule(QVBoxLayout& to, const Rule& rule) {
    auto* row = new views::Surface(m_theme, &Colours::base,
                                   m_switches.empty() ? views::Surface::NoSide : views::Surface::Top);
    auto* grid = new QGridLayout(row);
    grid->setContentsMargins(12, 10, 12, 10);
    grid->setHorizontalSpacing(m_theme.px(10));
    grid->setVerticalSpacing(m_theme.px(3));
    grid->setColumnStretch(1, 1);
    auto* on = new views::Switch(m_theme, {});
    on->setCheckable(true);
    on->setAccessibleName(fromUtf8(rule.title));
    on->setAccessibleDescription(fromUtf8(rule.what));
    grid->addWidget(on, 0, 0, Qt::AlignVCenter);
    grid->addWidget(new ThemedLabel(m_theme, Theme::Text::Strong, &Colours::text, fromUtf8(rule.title)), 0,
                    1);
    const auto colour = rule.severity == Severity::error     ? &Colours::err
                        : rule.severity == Severity::warning ? &Colours::warn
                                                             : &Colours::text3;
    grid->addWidget(new ThemedLabel(m_theme, Theme::Text::Small, colour, views::severityText(rule.severity)),
                    0, 2, Qt::AlignRight | Qt::AlignVCenter);
    auto* what = new ThemedLabel(m_theme, Theme::Text::Small, &Colours::text2, fromUtf8(rule.what));
    what->setWordWrap(true);
    grid->addWidget(what, 1, 1, 1, 2);
    auto* thresholds = new QHBoxLayout;
    thresholds->setSpacing(m_theme.px(8));
    for (const ThresholdEntry& entry : threshold_table()) {
        if (entry.rule != rule.id) continue;
        auto* field = new QDoubleSpinBox;
        field->setRange(entry.least, entry.most);
        field->setDecimals(entry.decimals);
        field->setSingleStep(entry.decimals > 0 ? 0.1 : 1);
        field->setFixedWidth(m_theme.px(110));
        field->setAccessibleName(QStringLiteral("%1: %2").arg(fromUtf8(rule.title), fromUtf8(entry.words)));
        if (!m_fields.empty() && m_fields.back().entry->rule == rule.id)
            thresholds->addSpacing(m_theme.px(8));
        thresholds->addWidget(
            new ThemedLabel(m_theme, Theme::Text::Small, &Colours::text2, fromUtf8(entry.words)));
        thresholds->addWidget(field);
        thresholds->addWidget(
            new ThemedLabel(m_theme, Theme::Text::Small, &Colours::text3, fromUtf8(entry.unit)));
        connect(on, &QAbstractButton::toggled, field, &QWidget::setEnabled);
        m_fields.push_back({&entry, field});
    }
    if (thresholds->count() > 0) {
        thresholds->addStretch();
        grid->addLayout(thresholds, 2, 1, 1, 2);
    } else {
        delete thresholds;
    }
    m_switches.push_back({rule.id, on});
    to.addWidget(row);
}

views::Switch* RulesDialog::switchOf(std::string_view rule) const {
    const auto found = std::ranges::find(m_switches, rule, &RuleSwitch::rule);
    return found == m_switches.end() ? nullptr : found->on;
}

QDoubleSpinBox* RulesDialog::fieldOf(std::string_view threshold) const {
    const auto found =
        std::ranges::find_if(m_fields, [&](const ThresholdField& one) { return one.entry->id == threshold; });
    return found == m_fields.end() ? nullptr : found->field;
}

RuleSettings RulesDialog::settings() const {
    RuleSettings out;
    for (const RuleSwitch& one : m_switches)
        if (!one.on->isChecked()) out.off.emplace(one.rule);
    for (const ThresholdField& one : m_fields)
        one.entry->set(out.thresholds, one.field->value());
    return out;
}

void RulesDialog::showSettings(const RuleSettings& settings) {
    for (const RuleSwitch& one : m_switches)
        one.on->setChecked(!settings.is_off(one.rule));
    for (const ThresholdField& one : m_fields) {
        one.field->setValue(one.entry->get(settings.thresholds));
        one.field->setEnabled(!settings.is_off(one.entry->rule));
    }
}

} // namespace clew::app

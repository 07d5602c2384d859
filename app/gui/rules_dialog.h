// The rules that look for findings: each with what it finds, a switch, and its thresholds. Nothing changes
// before Save. GUI thread.
#pragma once

#include "model/analysis/findings/rule_settings.h"
#include "views/theme/theme.h"

#include <QDialog>

#include <vector>

class QDoubleSpinBox;
class QGridLayout;
class QVBoxLayout;

namespace clew::views {
class FindingRules;
class Switch;
} // namespace clew::views

namespace clew::app {

class RulesDialog : public QDialog {
    Q_OBJECT

public:
    // Both outlive the dialog.
    RulesDialog(const views::Theme& theme, views::FindingRules& rules, QWidget* parent = nullptr);

    [[nodiscard]] views::Switch* switchOf(std::string_view rule) const; // null where there is none
    [[nodiscard]] QDoubleSpinBox* fieldOf(std::string_view threshold) const;
    [[nodiscard]] RuleSettings settings() const; // as they are shown
    void showSettings(const RuleSettings& settings);

private:
    void addRule(QVBoxLayout& to, const Rule& rule);

    const views::Theme& m_theme;
    views::FindingRules& m_rules;
    struct RuleSwitch {
        std::string_view rule;
        views::Switch* on;
    };
    struct ThresholdField {
        const ThresholdEntry* entry;
        QDoubleSpinBox* field;
    };
    std::vector<RuleSwitch> m_switches;
    std::vector<ThresholdField> m_fields;
};

} // namespace clew::app

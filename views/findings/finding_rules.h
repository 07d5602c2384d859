// The rules' settings as the window knows them: one for all windows; whoever keeps them listens. GUI thread.
#pragma once

#include "model/analysis/findings/rule_settings.h"

#include <QObject>

#include <utility>

namespace clew::views {

class FindingRules : public QObject {
    Q_OBJECT

public:
    explicit FindingRules(RuleSettings settings = {}, QObject* parent = nullptr)
        : QObject(parent)
        , m_settings(std::move(settings)) {}

    [[nodiscard]] const RuleSettings& settings() const { return m_settings; }
    void set(RuleSettings settings) {
        if (settings == m_settings) return;
        m_settings = std::move(settings);
        emit changed();
    }
    void turnOff(const std::string& rule) {
        RuleSettings next = m_settings;
        next.off.insert(rule);
        set(std::move(next));
    }

signals:
    void changed();

private:
    RuleSettings m_settings;
};

} // namespace clew::views

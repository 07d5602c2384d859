// Which rules look for findings, as the person has set them: the file findings.json beside the user's store,
// so that the window and the command line agree. Any thread.
#pragma once

#include "model/analysis/findings/rule_settings.h"

#include <optional>
#include <string>

namespace clew::app {

struct UserRules {
    RuleSettings settings;
    std::optional<Error> problem; // the file could not be read: the settings are the usual ones
};

std::string user_rules_path();
UserRules read_user_rules();
Result<void> keep_user_rules(const RuleSettings& settings); // the usual ones take the file away

} // namespace clew::app

#include "app/user_rules.h"

#include "app/user_folder.h"

namespace clew::app {

std::string user_rules_path() {
    return (user_folder() / "findings.json").string();
}

UserRules read_user_rules() {
    UserRules out;
    auto read = read_rule_settings(read_user_file(user_rules_path()));
    if (read) {
        out.settings = std::move(*read);
    } else {
        out.problem = read.error();
        out.problem->where = user_rules_path();
    }
    return out;
}

Result<void> keep_user_rules(const RuleSettings& settings) {
    return keep_user_file(user_rules_path(),
                          settings == RuleSettings{} ? std::string() : rule_settings_json(settings));
}

} // namespace clew::app

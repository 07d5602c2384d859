// Which names a price entry stands for, and the forms under which a model's name is looked up. Any thread.
#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace clew {

// Of names in lower case. A glob ("claude-3*"), a regular expression, or several of which one or all must
// fit.
struct NameMatch {
    enum class Type : unsigned char { none, glob, regex, any_of, all_of };
    Type type = Type::none;
    std::string glob;
    std::regex regex;
    std::vector<NameMatch> parts;

    [[nodiscard]] bool fits(std::string_view name) const;
};

// "" and longer names than any model has fit nothing.
inline constexpr std::size_t kLongestModelName = 256;

// The forms of a model's name, in lower case, the whole first: without Bedrock's region and vendor
// ("us.anthropic."), without a path ("models/"), with a compact date written with dashes, without its date.
std::vector<std::string> forms_of_model(std::string_view name);

// Software that runs models on the user's own machine: nobody bills its calls.
bool runs_locally(std::string_view provider);

} // namespace clew

#include "model/analysis/pricing/price_match.h"

#include "model/base/text.h"

#include <algorithm>
#include <array>

namespace clew {

namespace {

// `*` stands for any text. Linear in practice: only the last star is ever tried again.
bool fits_glob(std::string_view pattern, std::string_view name) {
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && pattern[p] == name[n]) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "-20250929" or "@20250929", as the last word or before "-v1:0": where it begins, npos where there is none.
std::size_t compact_date(std::string_view name) {
    for (std::size_t at = 0; at + 9 <= name.size(); ++at) {
        if ((name[at] != '-' && name[at] != '@') || name.substr(at + 1, 2) != "20") continue;
        if (!digits(name.substr(at + 1, 8))) continue;
        if (at + 9 == name.size() || name[at + 9] == '-' || name[at + 9] == ':') return at;
    }
    return std::string_view::npos;
}

// "-2025-09-29" likewise.
std::size_t dashed_date(std::string_view name) {
    for (std::size_t at = 0; at + 11 <= name.size(); ++at) {
        if (name[at] != '-' || name.substr(at + 1, 2) != "20" || name[at + 5] != '-' || name[at + 8] != '-')
            continue;
        if (!digits(name.substr(at + 1, 4)) || !digits(name.substr(at + 6, 2)) ||
            !digits(name.substr(at + 9, 2)))
            continue;
        if (at + 11 == name.size() || name[at + 11] == '-' || name[at + 11] == ':') return at;
    }
    return std::string_view::npos;
}

std::string_view without_path(std::string_view name) {
    const auto slash = name.rfind('/');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

// "us.anthropic.claude-…" is "claude-…"; the point in "gpt-4.1" separates nothing.
std::string_view without_vendor(std::string_view name) {
    constexpr std::array<std::string_view, 7> kRegions = {"us.",     "eu.", "apac.", "global.",
                                                          "us-gov.", "jp.", "au."};
    for (const auto region : kRegions) {
        if (name.starts_with(region)) {
            name.remove_prefix(region.size());
            break;
        }
    }
    constexpr std::array<std::string_view, 9> kVendors = {
        "anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "deepseek.", "openai.", "qwen.", "ai21."};
    for (const auto vendor : kVendors) {
        if (name.starts_with(vendor)) return name.substr(vendor.size());
    }
    return name;
}

} // namespace

bool NameMatch::fits(std::string_view name) const {
    if (name.empty() || name.size() > kLongestModelName) return false;
    switch (type) {
    case Type::none: return false;
    case Type::glob: return fits_glob(glob, name);
    case Type::regex: try { return std::regex_search(name.begin(), name.end(), regex);
        } catch (const std::regex_error&) { // too complex for this name
            return false;
        }
    case Type::any_of:
        return std::ranges::any_of(parts, [name](const NameMatch& part) { return part.fits(name); });
    case Type::all_of:
        return std::ranges::all_of(parts, [name](const NameMatch& part) { return part.fits(name); });
    }
    return false;
}

std::vector<std::string> forms_of_model(std::string_view name) {
    std::vector<std::string> out;
    const auto add = [&out](std::string form) {
        if (!form.empty() && std::ranges::find(out, form) == out.end()) out.push_back(std::move(form));
    };
    const std::string whole = lower(trimmed(name));
    if (whole.empty() || whole.size() > kLongestModelName) return out;
    const std::string_view last = without_path(whole);
    const std::string bare(without_vendor(last));
    for (const std::string& form : {whole, std::string(last), bare}) {
        add(form);
        if (const auto at = compact_date(form); at != std::string::npos) {
            std::string dashed = form;
            dashed[at] = '-';
            dashed.insert(at + 7, "-").insert(at + 5, "-");
            add(dashed);
        }
    }
    for (const std::string& form : {whole, bare}) {
        if (const auto at = compact_date(form); at != std::string::npos) add(form.substr(0, at));
        if (const auto at = dashed_date(form); at != std::string::npos) add(form.substr(0, at));
    }
    return out;
}

bool runs_locally(std::string_view provider) {
    constexpr std::array<std::string_view, 9> kLocal = {"ollama",    "ollama_chat", "lmstudio",
                                                        "lm_studio", "lm-studio",   "llama.cpp",
                                                        "llamacpp",  "llamafile",   "local"};
    return std::ranges::find(kLocal, lower(trimmed(provider))) != kLocal.end();
}

} // namespace clew

#include "importers/support/json_keys.h"

#include <algorithm>

namespace clew {

bool JsonKeys::next() {
    keys_.clear();
    object_ = {};
    while (at_ < text_.size() && text_[at_] != '{') {
        if (text_[at_] == '"') {
            at_ = skip_string(at_);
        } else {
            ++at_;
        }
    }
    if (at_ >= text_.size()) return false;
    const std::size_t begin = at_;
    read_object();
    object_ = text_.substr(begin, at_ - begin);
    return true;
}

bool JsonKeys::has(std::string_view key) const {
    return std::ranges::find(keys_, key) != keys_.end();
}

std::size_t JsonKeys::skip_string(std::size_t at) const {
    for (++at; at < text_.size() && text_[at] != '"'; ++at) {
        // A line end cannot be part of a string: the line was cut.
        if (text_[at] == '\n') return at;
        if (text_[at] == '\\') ++at;
    }
    return std::min(at + 1, text_.size());
}

void JsonKeys::read_object() {
    std::size_t depth = 0;
    for (; at_ < text_.size();) {
        const char c = text_[at_];
        if (c == '"') {
            const std::size_t begin = at_ + 1;
            at_ = skip_string(at_);
            if (depth != 1) continue;
            std::size_t colon = at_;
            while (colon < text_.size() && (text_[colon] == ' ' || text_[colon] == '\t' ||
                                            text_[colon] == '\n' || text_[colon] == '\r')) {
                ++colon;
            }
            if (colon < text_.size() && text_[colon] == ':') {
                keys_.push_back(text_.substr(begin, at_ - 1 - begin));
                at_ = colon;
            }
            continue;
        }
        ++at_;
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) return;
        // The next line starts a document of its own: this one was cut.
        if (c == '\n' && at_ + 1 < text_.size() && text_[at_] == '{' && text_[at_ + 1] == '"' && depth == 1)
            return;
    }
}

} // namespace clew

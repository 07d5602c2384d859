// The keys of each of the first objects of a text that may be cut anywhere: what sniffers look at. Reads no
// values and forgives everything. One thread at a time.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace clew {

class JsonKeys {
public:
    explicit JsonKeys(std::string_view text)
        : text_(text) {}

    // Goes to the next object that starts at the top level or inside a top-level array; false where there is
    // none.
    bool next();

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] const std::vector<std::string_view>& keys() const { return keys_; } // as they are written
    // The object's text, as far as there is.
    [[nodiscard]] std::string_view text() const { return object_; }

private:
    void read_object();
    // Behind the string that starts at `at`.
    [[nodiscard]] std::size_t skip_string(std::size_t at) const;

    std::string_view text_;
    std::string_view object_;
    std::size_t at_ = 0;
    std::vector<std::string_view> keys_;
};

} // namespace clew

#include "model/analysis/compare/matching.h"

#include <algorithm>
#include <unordered_set>

namespace clew {

namespace {

constexpr std::ptrdiff_t kNever = -1;

// What both hold; the rest can match nothing.
struct Shared {
    std::vector<std::uint64_t> keys;
    std::vector<std::size_t> places;
};
Shared shared_with(std::span<const std::uint64_t> keys, std::size_t offset,
                   const std::unordered_set<std::uint64_t>& others) {
    Shared out;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!others.contains(keys[i])) continue;
        out.keys.push_back(keys[i]);
        out.places.push_back(offset + i);
    }
    return out;
}

// Myers' greedy search for the shortest edit script, by stretches: after `limit_` edits what was reached
// furthest is kept and the search begins anew from there.
class Search {
public:
    Search(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b)
        : a_(a)
        , b_(b) {
        // Stretches cost limit² each and are at least `limit` long.
        constexpr std::size_t kSteps = 40'000'000, kLeast = 64, kMost = 2'000;
        limit_ = static_cast<std::ptrdiff_t>(
            std::clamp(kSteps / std::max<std::size_t>(a.size() + b.size(), 1), kLeast, kMost));
    }

    std::vector<MatchedPair> run() {
        while (x_ < size(a_) && y_ < size(b_))
            stretch();
        return std::move(found_);
    }

private:
    static std::ptrdiff_t size(const std::vector<std::uint64_t>& keys) {
        return static_cast<std::ptrdiff_t>(keys.size());
    }

    // How far the diagonal k is reached with d edits; kNever = not at all.
    [[nodiscard]] std::ptrdiff_t reached(std::ptrdiff_t d, std::ptrdiff_t k) const {
        if (d < 0 || k < -d || k > d) return kNever;
        return rows_[static_cast<std::size_t>(d)][static_cast<std::size_t>((k + d) / 2)];
    }
    // By the last edit, before the members that are equal behind it.
    struct Edit {
        std::ptrdiff_t x = kNever;
        bool inserted = false;
    };
    [[nodiscard]] Edit edit(std::ptrdiff_t d, std::ptrdiff_t k) const {
        std::ptrdiff_t down = reached(d - 1, k + 1);
        if (down != kNever && down - k > height_) down = kNever;
        std::ptrdiff_t right = reached(d - 1, k - 1);
        if (right != kNever && ++right > width_) right = kNever;
        return down >= right ? Edit{down, true} : Edit{right, false};
    }
    [[nodiscard]] bool equal(std::ptrdiff_t x, std::ptrdiff_t y) const {
        return a_[static_cast<std::size_t>(x_ + x)] == b_[static_cast<std::size_t>(y_ + y)];
    }

    void stretch() {
        width_ = size(a_) - x_;
        height_ = size(b_) - y_;
        rows_.clear();
        std::ptrdiff_t best_k = 0, best = kNever;
        for (std::ptrdiff_t d = 0; d <= limit_; ++d) {
            rows_.emplace_back(static_cast<std::size_t>(d + 1), kNever);
            best = kNever;
            for (std::ptrdiff_t k = -d; k <= d; k += 2) {
                std::ptrdiff_t x = d == 0 ? 0 : edit(d, k).x;
                if (x == kNever) continue;
                while (x < width_ && x - k < height_ && equal(x, x - k))
                    ++x;
                rows_.back()[static_cast<std::size_t>((k + d) / 2)] = x;
                if (2 * x - k <= best) continue;
                best = 2 * x - k;
                best_k = k;
            }
            if (best == width_ + height_) break;
        }
        keep(static_cast<std::ptrdiff_t>(rows_.size()) - 1, best_k);
    }

    void keep(std::ptrdiff_t d, std::ptrdiff_t k) {
        const std::ptrdiff_t end_x = reached(d, k), end_y = end_x - k;
        const std::size_t known = found_.size();
        for (; d >= 0; --d) {
            const Edit last = d == 0 ? Edit{0, false} : edit(d, k);
            for (std::ptrdiff_t x = reached(d, k); x-- > last.x;)
                found_.push_back({static_cast<std::size_t>(x_ + x), static_cast<std::size_t>(y_ + x - k)});
            k += last.inserted ? 1 : -1;
        }
        std::reverse(found_.begin() + static_cast<std::ptrdiff_t>(known), found_.end());
        x_ += end_x;
        y_ += end_y;
    }

    const std::vector<std::uint64_t>& a_;
    const std::vector<std::uint64_t>& b_;
    std::ptrdiff_t limit_ = 0;
    std::ptrdiff_t x_ = 0, y_ = 0;          // where the stretch begins
    std::ptrdiff_t width_ = 0, height_ = 0; // what is left from there
    std::vector<std::vector<std::ptrdiff_t>> rows_;
    std::vector<MatchedPair> found_;
};

} // namespace

std::vector<MatchedPair> match_sequences(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
    std::vector<MatchedPair> out;
    std::size_t begin = 0, end = 0;
    const std::size_t shorter = std::min(a.size(), b.size());
    while (begin < shorter && a[begin] == b[begin]) {
        out.push_back({begin, begin});
        ++begin;
    }
    while (end < shorter - begin && a[a.size() - 1 - end] == b[b.size() - 1 - end])
        ++end;
    const auto inner_a = a.subspan(begin, a.size() - begin - end);
    const auto inner_b = b.subspan(begin, b.size() - begin - end);
    const Shared of_a = shared_with(inner_a, begin, {inner_b.begin(), inner_b.end()});
    const Shared of_b = shared_with(inner_b, begin, {inner_a.begin(), inner_a.end()});
    for (const MatchedPair& one : Search(of_a.keys, of_b.keys).run())
        out.push_back({of_a.places[one.a], of_b.places[one.b]});
    for (; end > 0; --end)
        out.push_back({a.size() - end, b.size() - end});
    return out;
}

} // namespace clew

#include "ingest/filter_path.h"

#include <span>

#include "base/text.h"

namespace vg::ingest {
namespace {

bool glob(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

// A pattern that ends above the path keeps all that is below it.
bool matches(std::span<const std::string> pattern, std::span<const std::string_view> path) {
    if (pattern.empty()) return true;
    if (path.empty()) return false;
    if (pattern[0] == "**") return matches(pattern.subspan(1), path) || matches(pattern, path.subspan(1));
    return glob(pattern[0], path[0]) && matches(pattern.subspan(1), path.subspan(1));
}

}  // namespace

FilterPath::FilterPath(std::string_view text) {
    for (const std::string_view part : split(text, ',')) {
        const std::string_view pattern = trim(part);
        if (pattern.empty() || pattern.front() == '-' || patterns_.size() >= 64) continue;
        std::vector<std::string> steps;
        for (const std::string_view step : split(pattern, '.'))
            if (steps.size() < 16) steps.emplace_back(step.substr(0, 128));
        patterns_.push_back(std::move(steps));
    }
    all_ = patterns_.empty();
}

bool FilterPath::keeps(std::initializer_list<std::string_view> path) const {
    if (all_) return true;
    for (const auto& pattern : patterns_)
        if (matches(pattern, {path.begin(), path.size()})) return true;
    return false;
}

}  // namespace vg::ingest

#include "detect/kinds/sigma/lines.h"

#include "base/text.h"

namespace vg::detect::sigma {

namespace {

bool is_marker(std::string_view line) { return line.substr(0, 3) == "---" && (line.size() == 3 || line[3] == ' ' || line[3] == '\r'); }

// Whether a line begins with the key, plain or quoted, behind any dashes of lists.
bool begins_with(std::string_view line, std::string_view key) {
    line = trim(line);
    while (line.substr(0, 2) == "- ") line = trim(line.substr(2));
    const bool quoted = !line.empty() && (line.front() == '\'' || line.front() == '"');
    if (quoted) line.remove_prefix(1);
    if (line.substr(0, key.size()) != key) return false;
    line.remove_prefix(key.size());
    if (quoted && !line.empty()) line.remove_prefix(1);
    line = trim(line);
    return !line.empty() && line.front() == ':';
}

}  // namespace

Lines::Lines(std::string_view text) : text_(text), lines_(split(text, '\n')) {}

Lines::Range Lines::range_at(int line) const {
    std::size_t at = line < 1 ? 0 : static_cast<std::size_t>(line - 1);
    if (at >= lines_.size()) at = lines_.size() - 1;
    Range range{at, at + 1};
    while (range.begin > 0 && !is_marker(lines_[range.begin])) --range.begin;
    if (is_marker(lines_[range.begin])) ++range.begin;
    if (range.end <= range.begin) range.end = range.begin;
    while (range.end < lines_.size() && !is_marker(lines_[range.end])) ++range.end;
    return range;
}

std::string_view Lines::document_at(int line) const {
    const Range range = range_at(line);
    if (range.begin >= range.end || range.begin >= lines_.size()) return {};
    const char* begin = lines_[range.begin].data();
    const std::string_view last = lines_[range.end - 1];
    return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

int Lines::line_of(int line, std::span<const std::string> path) const {
    const Range range = range_at(line);
    std::size_t at = range.begin;
    int found = line;
    for (const std::string& key : path) {
        std::size_t next = at;
        while (next < range.end && !begins_with(lines_[next], key)) ++next;
        if (next == range.end) break;
        found = static_cast<int>(next) + 1;
        at = next;
    }
    return found;
}

}  // namespace vg::detect::sigma

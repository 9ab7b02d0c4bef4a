// Where things stand in a YAML text, for messages. The parser keeps no positions of keys, so this looks for them again:
// only when something is refused.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vg::detect::sigma {

// The lines of a file with several documents.
class Lines {
public:
    explicit Lines(std::string_view text);

    // The document that contains the line (from 1), without its `---`.
    [[nodiscard]] std::string_view document_at(int line) const;
    // The line of a key below other keys, {"detection", "selection", "Image|endswith"}, in the document that contains
    // `line`; the last one on the way that could be found, or `line`.
    [[nodiscard]] int line_of(int line, std::span<const std::string> path) const;

private:
    struct Range {
        std::size_t begin = 0, end = 0;  // lines from 0, without the markers
    };
    [[nodiscard]] Range range_at(int line) const;

    std::string_view text_;
    std::vector<std::string_view> lines_;
};

}  // namespace vg::detect::sigma

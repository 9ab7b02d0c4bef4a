// Patterns with * (any characters) and ? (one character), as written and ready to match. For a given pattern the time is
// linear in the text: nothing goes back over a star, and parts with ? are bounded in length.
//
//   Glob glob{pattern, Glob::Where::whole};
//   if (glob.matches(scratch.fold(value))) ...
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vg::search {

struct PatternPart {
    enum class Kind : unsigned char { text, any, one };
    Kind kind = Kind::text;
    std::string text;
};
// A written value: neighbouring texts are joined. No part but texts: a plain value.
struct Pattern {
    std::vector<PatternPart> parts;

    void add(PatternPart::Kind kind, std::string_view text = {});
    [[nodiscard]] bool has_wildcard() const;
    [[nodiscard]] bool is_only_stars() const;
    // The text of a pattern without wildcards.
    [[nodiscard]] std::string plain() const;
    // With * and ? as they are and everything else as it is: for messages.
    [[nodiscard]] std::string shown() const;
};

inline constexpr std::size_t kMostBoundedPart = 256;  // bytes of a part between stars that holds ?, or stands in a bare word

class Glob {
public:
    enum class Where : unsigned char {
        whole,  // the whole text fits
        words,  // some part of it fits, and begins and ends at the edge of a word where the pattern has no star
    };
    // The pattern's texts are folded here. Nothing: a part is longer than kMostBoundedPart where that counts.
    static std::optional<Glob> make(const Pattern& pattern, Where where);

    // Wants the text folded by vg::fold. One ? is one code point of it.
    [[nodiscard]] bool matches(std::string_view folded) const;
    // The longest run of plain characters that a matching text must hold.
    [[nodiscard]] std::string_view longest() const;
    [[nodiscard]] const std::string& start() const { return start_; }  // what a whole match begins with

private:
    struct Atom {
        bool one = false;
        std::string text;
    };
    using Segment = std::vector<Atom>;  // what stands between two stars
    struct Range {
        std::size_t begin = 0, end = 0;
    };

    static std::optional<std::size_t> forward(const Segment& segment, std::size_t from_atom, std::string_view text, std::size_t begin);
    static std::optional<std::size_t> backward(const Segment& segment, std::string_view text, std::size_t end);
    static std::optional<Range> find(const Segment& segment, std::string_view text, std::size_t from);
    static std::optional<Range> find_at_edges(const Segment& segment, std::string_view text, std::size_t from, bool at_start, bool at_end);

    std::vector<Segment> segments_;
    std::string start_;
    bool open_start_ = false;  // a star stands before the first segment
    bool open_end_ = false;    // and behind the last
    Where where_ = Where::whole;
};

}  // namespace vg::search

// Values of Sigma rules with wildcards (rules specification 2.1.0, "String Wildcard" and "Escape Character"): as parsed
// parts, and as a Glob that matches in time linear in the text for a given pattern: no backtracking.
//
//   Pattern pattern = parse_pattern("*\\cmd?.exe");
//   Glob glob{pattern, Glob::Case::folded};
//   if (glob.matches(fold_case(value))) ...
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vg::detect::sigma {

struct Part {
    enum class Kind : std::uint8_t {
        text,         // these characters
        any,          // *: any number of characters
        one,          // ?: exactly one character
        dash,         // one of the five dashes of the windash modifier; `text` is the one that was written
        placeholder,  // %text%, only for the expand modifier
    };
    Kind kind = Kind::text;
    std::string text;

    friend bool operator==(const Part&, const Part&) = default;
};
// Neighbouring text parts are joined; an empty pattern is the empty value.
using Pattern = std::vector<Part>;

// A backslash escapes *, ? and itself, and % when placeholders are wanted; before anything else it is a plain character.
Pattern parse_pattern(std::string_view written, bool with_placeholders = false);
// The same in Sigma's notation, with what must be escaped escaped.
std::string to_text(const Pattern& pattern);
void append(Pattern& pattern, Part part);

// The five characters that windash makes interchangeable (modifiers appendix, "String Modifiers"), as UTF-8.
inline constexpr std::string_view kDashes[] = {"-", "/", "\u2013", "\u2014", "\u2015"};

// A pattern ready to match. Immutable, any thread.
class Glob {
public:
    enum class Case : std::uint8_t { folded, as_written };

    Glob() = default;
    Glob(const Pattern& pattern, Case letters);

    // Whether the whole text fits. Folded globs want the text folded by fold_case(), others the text in NFC. One `?` is
    // one code point of that text, an ill-formed byte counts as one.
    [[nodiscard]] bool matches(std::string_view text) const;
    // How many bytes matches() looks at, at most, for a text of that size.
    [[nodiscard]] std::uint64_t work(std::size_t size) const { return searches_ ? std::uint64_t{size} * weight_ : std::min(size, bytes_); }

private:
    struct Atom {
        Part::Kind kind = Part::Kind::text;  // text, one or dash
        std::string text;
    };
    // What stands between two stars.
    struct Segment {
        std::vector<Atom> atoms;
        std::size_t longest = 0;  // index of the longest text atom; atoms.size() when there is none
    };
    struct Range {
        std::size_t begin = 0, end = 0;
    };

    static std::optional<std::size_t> forward(const Segment& segment, std::size_t atom, std::string_view text, std::size_t begin);
    static std::optional<std::size_t> backward(const Segment& segment, std::size_t atoms, std::string_view text, std::size_t end);
    static std::optional<Range> find(const Segment& segment, std::string_view text, std::size_t from);

    std::vector<Segment> segments_;
    bool open_start_ = false;  // a star stands before the first segment
    bool open_end_ = false;    // and behind the last
    bool searches_ = false;    // whether a segment may stand anywhere
    std::size_t bytes_ = 0;    // of all segments
    std::size_t weight_ = 1;   // how much is looked at for a byte of the text
};

}  // namespace vg::detect::sigma

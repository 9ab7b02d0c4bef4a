// STIX patterns (STIX 2.1, part 9) as text and as a tree. Pure; any thread. The text comes from feeds and is hostile: length,
// depth and counts are bounded. Patterns of STIX 2.0 are read too (START and STOP with plain strings).
//
//   stix::Pattern pattern = TRY(stix::parse_pattern("[ipv4-addr:value = '203.0.113.7']"));
//   for (const std::string& problem : stix::check(pattern)) ...   // what the grammar allows and the standard does not
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace vg::detect::stix {

inline constexpr std::size_t kMostPatternBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMostPatternTests = 20'000;  // comparisons and literals of one pattern
inline constexpr int kDeepestPattern = 64;                // parentheses within parentheses

// A time with all digits that were written: seconds since 1970 and the fraction without the zeros at its end.
struct Moment {
    std::int64_t seconds = 0;
    std::string fraction;
    friend auto operator<=>(const Moment&, const Moment&) = default;
    [[nodiscard]] Time time() const;  // cut to microseconds
};
// "2016-06-01T01:30:00.123Z" and nothing else: capital T and Z, all fields, UTC.
std::optional<Moment> parse_moment(std::string_view text);

struct Literal {
    enum class Kind { integer, real, boolean, text, binary, moment };
    Kind kind = Kind::text;
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
    std::string text;  // text in NFC, or the bytes of h'...' and b'...'
    Moment moment;
    [[nodiscard]] bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
};

struct Step {
    enum class Kind { key, index, any };
    Kind kind = Kind::key;
    std::string key;
    std::int64_t index = 0;
};

struct Path {
    std::string object_type;
    std::vector<Step> steps;
    [[nodiscard]] std::string text() const;  // as in a pattern
};

enum class Operator { equal, not_equal, greater, less, greater_equal, less_equal, in, like, matches, is_subset, is_superset, exists };

class Expression;  // what MATCHES looks for; RE2 behind it

struct Test {
    Path path;
    Operator what = Operator::equal;
    bool negated = false;
    std::vector<Literal> literals;                 // one, or the set of IN; none for EXISTS
    std::shared_ptr<const Expression> expression;  // of MATCHES
};

struct Comparison {
    enum class Kind { test, all, any };
    Kind kind = Kind::test;
    Test test;
    std::vector<Comparison> parts;
};

struct Qualifier {
    enum class Kind { within, repeats, start_stop };
    Kind kind = Kind::within;
    Span within;
    std::int64_t times = 0;
    Moment start, stop;
};

struct Observation {
    enum class Kind { one, all, any, followed_by };
    Kind kind = Kind::one;
    Comparison comparison;              // of one
    std::vector<Observation> parts;     // of the others
    std::vector<Qualifier> qualifiers;  // the innermost first
    std::optional<std::size_t> inner;   // of one: how many of them stand within the parentheses around it, if there are any
};

struct Pattern {
    Observation top;
};

// Code::bad_input with the place ("at 17: ...") for what the grammar refuses, Code::too_large beyond the bounds.
Result<Pattern> parse_pattern(std::string_view text);

// What the grammar lets pass although it can never be right: a hash of the wrong length, a qualifier given twice to one
// observation, an address range that is none, an expression that cannot be run in linear time. Empty when all is well.
std::vector<std::string> check(const Pattern& pattern);

}  // namespace vg::detect::stix

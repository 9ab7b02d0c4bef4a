// Predicate: what is asked of one value, compiled. Alternatives: a value that fits one of them fits. Made by parse(), used
// by matches() and by the archive's functions inside DuckDB, which therefore mean the same. Immutable once made.
//
//   Scratch scratch;
//   if (predicate.text(value, scratch)) ...           // a text or an address, or a number as text
//   if (predicate.integer(443, scratch)) ...          // an integer field of the dictionary
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "search/fold.h"
#include "search/glob.h"

namespace vg::search {

// A decimal number as it may stand in a text: "-12", "3.50". Whole ones are compared exactly.
struct Decimal {
    bool whole = true;
    std::int64_t integer = 0;
    double real = 0;
};
std::optional<Decimal> parse_decimal(std::string_view text);
std::weak_ordering operator<=>(const Decimal& a, const Decimal& b);

// A time as people write it, and all that it means: 2024-04 is the whole month. From `from` on, before `to`. Forms:
// YYYY, YYYY-MM, YYYY-MM-DD, with Thh:mm, Thh:mm:ss, a fraction, Z or an offset; DD/MM/YYYY; without an offset in `zone`
// (UTC when empty).
struct TimeLiteral {
    Time from, to;
};
std::optional<TimeLiteral> parse_time_literal(std::string_view text, std::string_view zone);

struct IntegerRange {  // least <= n <= most
    std::int64_t least = INT64_MIN, most = INT64_MAX;
};
struct TimeRange {  // from <= t < to
    Time from{INT64_MIN}, to{INT64_MAX};
};
template <class T>
struct Bound {
    T value;
    bool with = true;  // the bound itself too
};
// Of values that are not integers or times by the dictionary: they take part when they have the form of the bounds.
template <class T>
struct Between {
    std::optional<Bound<T>> low, high;
};

// Words that stand next to one another, whatever is between them.
struct Words {
    std::string spaced;   // as Scratch::words gives them: " failed password "
    std::string longest;  // of the words
    bool folded = true;   // false: accents count
};

struct Predicate {
    bool exists = false;                      // every value fits
    // Of fields that are integers or times by the dictionary (and of id, received, @timestamp).
    std::vector<IntegerRange> integers;
    std::vector<TimeRange> times;
    // Of all others.
    std::set<std::string, std::less<>> equal_folded;  // the whole value, folded by vg::fold
    std::set<std::string, std::less<>> equal_exact;   // the whole value, folded by vg::fold_case
    std::vector<Glob> globs;                  // of the folded value; the only ones that an integer field knows too
    std::vector<Words> words;
    std::set<Address> addresses;              // values that are this address, in whichever form
    std::vector<Network> networks;            // values that are an address in it
    std::vector<Between<Decimal>> decimals;
    std::vector<Between<Time>> text_times;
    std::vector<Between<Address>> address_ranges;
    std::vector<Between<std::string>> texts;  // by the order of the folded bytes

    [[nodiscard]] bool text(std::string_view value, Scratch& scratch) const;
    [[nodiscard]] bool integer(std::int64_t value, Scratch& scratch) const;
    [[nodiscard]] bool time(Time value) const;
    // All alternatives of the other too.
    void add(const Predicate& other);
    // False: text() is so of no integer that is written down.
    [[nodiscard]] bool may_fit_number() const;
    // When no alternative will be added any more: finds the needles.
    void finish();

    // A value that contains none of them (see may_contain) fits no alternative. Empty: nothing is known.
    std::vector<std::string> needles;
};

}  // namespace vg::search

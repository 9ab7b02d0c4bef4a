// Sigma documents as parsed: the one tree that the plain evaluator, explanations and tests read. Sigma 2.1.0. A rule is
// plain data; it is built by read.cpp and never changed once its set is loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "detect/kinds/sigma/pattern.h"
#include "detect/match.h"

namespace re2 {
class RE2;
}

namespace vg::detect::sigma {

// A number as YAML gave it.
struct Number {
    bool whole = true;
    std::int64_t integer = 0;
    double real = 0;  // also set when whole
};

struct TextTest {  // the default, and contains, startswith, endswith, windash, base64..., utf16...
    Pattern pattern;
    bool cased = false;
    Glob glob;
};
struct RegexTest {  // re with i, m, s
    std::string expression;
    bool ignore_case = false, multi_line = false, dot_all = false;
    std::shared_ptr<const re2::RE2> compiled;
};
struct NetworkTest {  // cidr
    Network network;
};
enum class Compare : std::uint8_t { equal, less, less_or_equal, greater, greater_or_equal };
struct NumberTest {  // a number as value, and lt, lte, gt, gte
    Compare compare = Compare::equal;
    Number number;
};
struct BooleanTest {
    bool value = false;
};
struct NullTest {};
struct ExistsTest {
    bool wanted = true;
};
struct FieldTest {  // fieldref, alone or with startswith, endswith, contains
    std::string name;
    std::uint32_t field = 0;  // interned by the set
    bool open_start = false, open_end = false;
    bool cased = false;
};
using Test = std::variant<TextTest, RegexTest, NetworkTest, NumberTest, BooleanTest, NullTest, ExistsTest, FieldTest>;

// One value as it stands in the rule. Modifiers may make several tests of it (base64offset, expand): any of them will do.
struct Value {
    std::string written;
    std::vector<Test> any_of;
};

enum class TimePart : std::uint8_t { none, minute, hour, day, week, month, year };

// "Field|modifiers: values". Without a name the values are looked for in all fields of the event (keywords).
struct Item {
    std::string key;   // as written, with the modifiers
    std::string name;  // of the field
    std::uint32_t field = 0;  // interned by the set; no meaning without a name
    bool all = false;      // every value must be found, not just one
    bool differs = false;  // neq: the field is there and none of the values is found
    TimePart part = TimePart::none;
    std::vector<Value> values;
};

// A search identifier: any of the maps, and in a map every item.
struct Selection {
    std::string name;
    std::vector<std::vector<Item>> any_of;
};

struct Expression {
    enum class Kind : std::uint8_t { selection, all, any, negation };
    Kind kind = Kind::selection;
    std::uint32_t selection = 0;       // index, for Kind::selection
    std::vector<Expression> parts;     // for the others; a negation has one
    std::string text;                  // "1 of selection_*", when it was written so
};

struct Detection {
    std::vector<Selection> selections;
    Expression condition;  // a list of conditions is one `any`
};

struct Source {  // the log source
    std::string product, category, service;
    friend auto operator<=>(const Source&, const Source&) = default;
};

struct Rule {
    RuleInfo info;
    std::string name;  // that correlations use instead of the id
    int line = 1;
    Source source;
    Detection detection;
    std::vector<std::uint32_t> filters;  // indices in the set
};

// Filters specification 2.1.0. A rule that it names fires only where the filter's condition holds too.
struct Filter {
    std::string id, title, file, text;
    int line = 1;
    Source source;
    bool every_rule = false;          // rules: any
    std::vector<std::string> rules;   // ids or names
    Detection detection;
};

// Correlation rules specification 2.1.0. Read and checked here, followed by kinds/correlation.
struct Correlation {
    // regularity is not Sigma's: kinds of our own ask for it.
    enum class Type : std::uint8_t { event_count, value_count, temporal, temporal_ordered, value_sum, value_avg, value_percentile, regularity };
    enum class Bound : std::uint8_t { less, less_or_equal, greater, greater_or_equal, equal, not_equal };
    struct Alias {
        std::string name;
        std::vector<std::pair<std::string, std::string>> fields;  // rule name, field of its events
    };
    RuleInfo info;
    std::string name;
    int line = 1;
    Type type = Type::event_count;
    std::vector<std::string> rules;  // ids or names
    std::vector<std::string> group_by;
    std::vector<Alias> aliases;
    Span timespan{};
    std::vector<std::pair<Bound, Number>> bounds;
    std::vector<std::string> fields;  // of the condition
    std::optional<int> percentile;    // 0 to 100; of value_percentile, as pySigma writes it
    bool generate = false;            // whether the rules it names stand on their own too
};

}  // namespace vg::detect::sigma

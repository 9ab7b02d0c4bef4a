// Pipelines as parsed, and a rule while it is transformed. Used by the files pipeline*.cpp.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "detect/kinds/sigma/pipeline.h"
#include "detect/kinds/sigma/rule.h"

namespace vg::detect::sigma {

using Regex = std::shared_ptr<const re2::RE2>;

enum class Relation : std::uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal, in, not_in };

// processing_item_applied and processing_state are conditions of rules, items and fields alike.
struct Tracking {
    std::string item;   // id of a transformation; else the key of the state
    std::string key;
    json::Value value;
    Relation relation = Relation::equal;
};

struct RuleCondition {
    enum class Kind : std::uint8_t { logsource, contains_detection_item, contains_field, is_sigma_rule, is_sigma_correlation_rule, rule_attribute, tag, tracking };
    Kind kind = Kind::logsource;
    Source source;
    std::string name;   // field, attribute or tag
    json::Value value;
    Relation relation = Relation::equal;
    Tracking tracking;
};

struct ItemCondition {
    enum class Kind : std::uint8_t { match_string, match_value, contains_wildcard, is_null, tracking };
    Kind kind = Kind::match_string;
    bool any = true;      // value of the item; else all
    bool negated = false;
    Regex pattern;
    json::Value value;
    Tracking tracking;
};

struct FieldCondition {
    enum class Kind : std::uint8_t { include, exclude, tracking };
    Kind kind = Kind::include;
    std::set<std::string, std::less<>> names;
    std::vector<Regex> patterns;
    Tracking tracking;
};

template <class One>
struct Conditions {
    std::vector<One> all;
    Expression linked;  // its selections are indices of `all`
    bool negated = false;
};

struct Transformation {
    enum class Kind : std::uint8_t {
        field_name_mapping, field_name_prefix_mapping, field_name_prefix, field_name_suffix, drop_detection_item, add_condition, change_logsource,
        add_field, remove_field, set_field, replace_string, map_string, set_value, convert_type, set_state, set_custom_attribute, value_placeholders,
        wildcard_placeholders, rule_failure, detection_item_failure, nest
    };
    Kind kind = Kind::set_state;
    std::string id;
    std::string where;  // FILE:LINE, for messages
    Conditions<RuleCondition> of_rule;
    Conditions<ItemCondition> of_item;
    Conditions<FieldCondition> of_field;

    std::vector<std::pair<std::string, std::vector<std::string>>> mapping;  // as written; also of map_string
    std::map<std::string, std::size_t, std::less<>> index;                  // into it
    std::string text;                    // prefix, suffix, replacement, message, key, attribute, name of a condition
    std::vector<std::string> names;      // fields, or placeholders that are included
    std::vector<std::string> excluded;   // placeholders
    bool has_names = false;
    json::Value value;                   // of state, attribute, set_value; the map of add_condition
    Source source;
    Regex regex;
    bool skip_special = false, interpret_special = false, negated = false, is_template = false;
    enum class Type : std::uint8_t { as_it_is, text, number };
    Type type = Type::as_it_is;
    std::map<std::string, std::vector<std::string>, std::less<>> variables;  // of the pipeline
    std::vector<Transformation> nested;
};

// An item with the ids of the transformations that changed it.
struct Tracked {
    Item item;
    std::set<std::string, std::less<>> applied;
};

// A rule, a filter or a correlation while it is transformed.
struct Subject {
    RuleInfo* info = nullptr;              // none for a filter
    Correlation* correlation = nullptr;    // only for a correlation
    Source* source = nullptr;              // none for a correlation
    std::vector<Source> sources;           // of a correlation's rules
    struct Search {
        std::string name;
        std::vector<std::vector<Tracked>> any_of;
    };
    std::vector<Search> searches;
    Expression* condition = nullptr;       // none for a correlation
    std::set<std::string, std::less<>> applied;
    std::map<std::string, json::Value, std::less<>> state, attributes;
};

// "a*b" of the value as a text in Sigma's notation; none when it is no text. The stars around a keyword are not part of it.
std::optional<std::string> text_of(const Item& item, const Test& test);
// Whether a value of an item is the given scalar.
bool is_value(const Item& item, const Value& value, const json::Value& given);

// Whether the conditions hold: pipeline_conditions.cpp.
bool holds(const Conditions<RuleCondition>& conditions, const Subject& subject);
// Of the item and of its field.
bool holds(const Transformation& transformation, const Tracked& item, const Subject& subject);
// Of a name that stands elsewhere: in the list of fields, in a reference, in a correlation.
bool holds(const Conditions<FieldCondition>& conditions, std::string_view field, const Subject& subject);

}  // namespace vg::detect::sigma

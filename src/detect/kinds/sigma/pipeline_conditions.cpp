// Whether a transformation is for a rule, an item, a field.
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "base/yaml.h"
#include "detect/kinds/sigma/pipeline_model.h"

namespace vg::detect::sigma {

namespace {

template <class Holds>
bool linked(const Expression& expression, const Holds& holds) {
    auto part = [&](const Expression& one) { return linked(one, holds); };
    switch (expression.kind) {
        case Expression::Kind::selection: return holds(expression.selection);
        case Expression::Kind::all: return std::all_of(expression.parts.begin(), expression.parts.end(), part);
        case Expression::Kind::any: return std::any_of(expression.parts.begin(), expression.parts.end(), part);
        case Expression::Kind::negation: return !part(expression.parts.front());
    }
    return false;
}

template <class One, class Holds>
bool all_hold(const Conditions<One>& conditions, const Holds& holds) {
    if (conditions.all.empty()) return true;
    return linked(conditions.linked, [&](std::uint32_t index) { return holds(conditions.all[index]); }) != conditions.negated;
}

bool relates(int order, Relation relation) {
    switch (relation) {
        case Relation::equal:
        case Relation::in: return order == 0;
        case Relation::not_equal:
        case Relation::not_in: return order != 0;
        case Relation::less: return order < 0;
        case Relation::less_or_equal: return order <= 0;
        case Relation::greater: return order > 0;
        case Relation::greater_or_equal: return order >= 0;
    }
    return false;
}

// Numbers as numbers, the rest as texts.
std::optional<int> compare(const json::Value& a, const json::Value& b) {
    if (a.is_number() && b.is_number()) return a.as_real() < b.as_real() ? -1 : a.as_real() > b.as_real() ? 1 : 0;
    if (a.is_text() && b.is_text()) return a.as_text() < b.as_text() ? -1 : a.as_text() > b.as_text() ? 1 : 0;
    if (a.is_bool() && b.is_bool()) return static_cast<int>(a.as_bool()) - static_cast<int>(b.as_bool());
    return std::nullopt;
}

bool relates(const json::Value& found, const json::Value& wanted, Relation relation) {
    if (wanted.is_array()) {
        const bool among = std::any_of(wanted.as_array().begin(), wanted.as_array().end(), [&](const json::Value& one) { return compare(found, one) == 0; });
        return among == (relation == Relation::in || relation == Relation::equal);
    }
    const auto order = compare(found, wanted);
    return order ? relates(*order, relation) : relation == Relation::not_equal || relation == Relation::not_in;
}

bool holds(const Tracking& tracking, const std::set<std::string, std::less<>>& applied, const Subject& subject) {
    if (!tracking.item.empty()) return applied.contains(tracking.item);
    const auto found = subject.state.find(tracking.key);
    return found != subject.state.end() && relates(found->second, tracking.value, tracking.relation);
}

bool fits(const Source& wanted, const Source& source) {
    const auto facet = [](const std::string& a, const std::string& b) { return a.empty() || a == b; };
    return facet(wanted.product, source.product) && facet(wanted.category, source.category) && facet(wanted.service, source.service);
}

// Their order is that of pySigma: the more trusted, the greater.
std::optional<std::int64_t> rank_of_status(std::string_view text) {
    constexpr std::string_view kOrder[] = {"unsupported", "deprecated", "experimental", "test", "stable"};
    const auto* found = std::find(std::begin(kOrder), std::end(kOrder), text);
    return found == std::end(kOrder) ? std::nullopt : std::optional<std::int64_t>{found - kOrder};
}

json::Value ranked(std::string_view attribute, const json::Value& value) {
    if (!value.is_text()) return value;
    const std::string text = lower_ascii(value.as_text());
    if (attribute == "level") {
        if (const auto level = parse_level(text)) return json::Value{static_cast<std::int64_t>(*level)};
        return {};
    }
    if (attribute == "status") {
        const auto rank = rank_of_status(text);
        return rank ? json::Value{*rank} : json::Value{};
    }
    if (attribute == "id") return json::Value{text};
    if (attribute == "date" || attribute == "modified") {
        std::string day = value.as_text();
        std::replace(day.begin(), day.end(), '/', '-');
        return json::Value{std::move(day)};
    }
    return value;
}

// An attribute of the rule as it stands in its file, or as a transformation set it.
json::Value attribute_of(const Subject& subject, const std::string& name) {
    if (const auto own = subject.attributes.find(name); own != subject.attributes.end()) return own->second;
    if (subject.info == nullptr) return {};
    if (name == "id") return json::Value{subject.info->id};
    const auto documents = yaml::parse(subject.info->text);
    if (!documents || documents->empty() || !documents->front().value.is_object()) return {};
    const json::Value* found = documents->front().value.find(name);
    if (found == nullptr || found->is_object()) return {};
    return *found;
}

bool has_attribute(const RuleCondition& condition, const Subject& subject) {
    const json::Value found = ranked(condition.name, attribute_of(subject, condition.name));
    if (found.is_null()) return false;
    if (!condition.value.is_array()) return relates(found, ranked(condition.name, condition.value), condition.relation);
    json::Array wanted;
    for (const json::Value& one : condition.value.as_array()) wanted.push_back(ranked(condition.name, one));
    return relates(found, json::Value{std::move(wanted)}, condition.relation);
}

template <class Test>
bool any_item(const Subject& subject, Test test) {
    for (const Subject::Search& search : subject.searches)
        for (const auto& items : search.any_of)
            for (const Tracked& one : items)
                if (test(one.item)) return true;
    return false;
}

bool holds(const RuleCondition& condition, const Subject& subject) {
    switch (condition.kind) {
        case RuleCondition::Kind::logsource:
            if (subject.source != nullptr) return fits(condition.source, *subject.source);
            return std::any_of(subject.sources.begin(), subject.sources.end(), [&](const Source& source) { return fits(condition.source, source); });
        case RuleCondition::Kind::contains_detection_item:
            return any_item(subject, [&](const Item& item) {
                return item.name == condition.name &&
                       std::any_of(item.values.begin(), item.values.end(), [&](const Value& value) { return is_value(item, value, condition.value); });
            });
        case RuleCondition::Kind::contains_field: return any_item(subject, [&](const Item& item) { return item.name == condition.name; });
        case RuleCondition::Kind::is_sigma_rule: return subject.correlation == nullptr;
        case RuleCondition::Kind::is_sigma_correlation_rule: return subject.correlation != nullptr;
        case RuleCondition::Kind::rule_attribute: return has_attribute(condition, subject);
        case RuleCondition::Kind::tag:
            return subject.info != nullptr && std::find(subject.info->tags.begin(), subject.info->tags.end(), condition.name) != subject.info->tags.end();
        case RuleCondition::Kind::tracking: return holds(condition.tracking, subject.applied, subject);
    }
    return false;
}

bool matches(const ItemCondition& condition, const Item& item, const Value& value) {
    switch (condition.kind) {
        case ItemCondition::Kind::match_string: {
            const auto text = value.any_of.empty() ? std::nullopt : text_of(item, value.any_of.front());
            const bool found = text && RE2::PartialMatch(*text, *condition.pattern);  // the pattern is anchored
            return found != condition.negated;
        }
        case ItemCondition::Kind::match_value: return is_value(item, value, condition.value) != condition.negated;
        case ItemCondition::Kind::contains_wildcard:
            return std::any_of(value.any_of.begin(), value.any_of.end(), [&](const Test& test) {
                const auto* text = std::get_if<TextTest>(&test);
                return text != nullptr && std::any_of(text->pattern.begin(), text->pattern.end(),
                                                      [](const Part& part) { return part.kind == Part::Kind::any || part.kind == Part::Kind::one; });
            });
        case ItemCondition::Kind::is_null: return !value.any_of.empty() && std::holds_alternative<NullTest>(value.any_of.front());
        case ItemCondition::Kind::tracking: return false;  // asked of the item
    }
    return false;
}

bool holds(const ItemCondition& condition, const Tracked& one, const Subject& subject) {
    if (condition.kind == ItemCondition::Kind::tracking) return holds(condition.tracking, one.applied, subject);
    const auto fits = [&](const Value& value) { return matches(condition, one.item, value); };
    const std::vector<Value>& values = one.item.values;
    return condition.any ? std::any_of(values.begin(), values.end(), fits) : std::all_of(values.begin(), values.end(), fits);
}

bool holds(const FieldCondition& condition, std::string_view field, const std::set<std::string, std::less<>>& applied, const Subject& subject) {
    if (condition.kind == FieldCondition::Kind::tracking) return holds(condition.tracking, applied, subject);
    // Keywords have no field: they are in no list.
    const bool listed = !field.empty() && (condition.names.contains(field) ||
                                           std::any_of(condition.patterns.begin(), condition.patterns.end(), [&](const Regex& pattern) {
                                               return RE2::PartialMatch({field.data(), field.size()}, *pattern);
                                           }));
    return listed == (condition.kind == FieldCondition::Kind::include);
}

}  // namespace

std::optional<std::string> text_of(const Item& item, const Test& test) {
    const auto* text = std::get_if<TextTest>(&test);
    if (text == nullptr) return std::nullopt;
    Pattern pattern = text->pattern;
    if (item.name.empty()) {
        if (!pattern.empty() && pattern.front().kind == Part::Kind::any) pattern.erase(pattern.begin());
        if (!pattern.empty() && pattern.back().kind == Part::Kind::any) pattern.pop_back();
    }
    return to_text(pattern);
}

bool is_value(const Item& item, const Value& value, const json::Value& given) {
    return std::any_of(value.any_of.begin(), value.any_of.end(), [&](const Test& test) {
        if (given.is_null()) return std::holds_alternative<NullTest>(test);
        if (given.is_bool()) {
            const auto* boolean = std::get_if<BooleanTest>(&test);
            return boolean != nullptr && boolean->value == given.as_bool();
        }
        if (given.is_number()) {
            const auto* number = std::get_if<NumberTest>(&test);
            return number != nullptr && number->compare == Compare::equal && number->number.real == given.as_real();
        }
        const auto text = text_of(item, test);
        return given.is_text() && text && parse_pattern(*text) == parse_pattern(given.as_text());
    });
}

bool holds(const Conditions<RuleCondition>& conditions, const Subject& subject) {
    return all_hold(conditions, [&](const RuleCondition& one) { return holds(one, subject); });
}

bool holds(const Transformation& transformation, const Tracked& item, const Subject& subject) {
    return all_hold(transformation.of_item, [&](const ItemCondition& one) { return holds(one, item, subject); }) &&
           all_hold(transformation.of_field, [&](const FieldCondition& one) { return holds(one, item.item.name, item.applied, subject); });
}

bool holds(const Conditions<FieldCondition>& conditions, std::string_view field, const Subject& subject) {
    const std::set<std::string, std::less<>> none;
    return all_hold(conditions, [&](const FieldCondition& one) { return holds(one, field, none, subject); });
}

}  // namespace vg::detect::sigma

#include <algorithm>

#include "detect/kinds/sigma/reader.h"

namespace vg::detect::sigma {

namespace {

constexpr std::pair<std::string_view, Correlation::Type> kTypes[] = {
    {"event_count", Correlation::Type::event_count},   {"value_count", Correlation::Type::value_count},
    {"temporal", Correlation::Type::temporal},         {"temporal_ordered", Correlation::Type::temporal_ordered},
    {"value_sum", Correlation::Type::value_sum},       {"value_avg", Correlation::Type::value_avg},
    {"value_percentile", Correlation::Type::value_percentile}};
constexpr std::pair<std::string_view, Correlation::Bound> kBounds[] = {
    {"lt", Correlation::Bound::less},          {"lte", Correlation::Bound::less_or_equal}, {"gt", Correlation::Bound::greater},
    {"gte", Correlation::Bound::greater_or_equal}, {"eq", Correlation::Bound::equal},      {"neq", Correlation::Bound::not_equal}};

// "90m": a number and one of s, m, h, d (correlation specification: Time Selection).
std::optional<Span> parse_timespan(std::string_view text) {
    if (text.size() < 2 || text.size() > 10) return std::nullopt;
    const auto count = parse_int(text.substr(0, text.size() - 1));
    if (!count || *count < 1 || text.front() == '-') return std::nullopt;
    switch (text.back()) {
        case 's': return seconds(*count);
        case 'm': return minutes(*count);
        case 'h': return *count <= 1'000'000 ? std::optional{hours(*count)} : std::nullopt;
        case 'd': return *count <= 40'000 ? std::optional{days(*count)} : std::nullopt;
        default: return std::nullopt;
    }
}

}  // namespace

Status Reader::read_correlation(Documents& documents) {
    constexpr std::string_view part = "correlation specification";
    Correlation correlation;
    correlation.line = line_;
    TRY(read_info(correlation.info, correlation.name, part));
    correlation.info.kind = "correlation";
    correlation.info.many = true;
    if (!is_wanted(correlation.info.status)) {
        ++report_.left_out;
        return {};
    }
    TRY(read_taxonomy());
    const json::Value& given = *top_.find("correlation");
    if (!given.is_object()) return refuse({"correlation"}, "correlation must be a map [correlation specification: Correlation section]");
    const auto type = given.text("type").value_or("");
    const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& entry) { return entry.first == type; });
    if (known == std::end(kTypes))
        return refuse({"correlation", "type"},
                      format("'{}' is no type of correlation [correlation specification: Correlation type]", shorten(type, 40)));
    correlation.type = known->second;
    TRY(read_rule_names(given.find("rules"), {"correlation", "rules"}, "correlation specification: Related rules", correlation.rules));
    // The table calls group-by mandatory and its text optional; the schema demands it for each type. Without it all events
    // are one group, which is what writers mean who leave it out.
    if (const json::Value* group = given.find("group-by"); group != nullptr && !group->is_null()) {
        const json::Array single{*group};
        for (const json::Value& field : group->is_array() ? group->as_array() : single) {
            if (!field.is_text() || field.as_text().empty() || correlation.group_by.size() == kMostSelections)
                return refuse({"correlation", "group-by"}, "group-by must be a list of fields [correlation specification: Grouping]");
            correlation.group_by.push_back(field.as_text());
        }
    } else {
        warn({"correlation"}, "group-by is missing: all events are one group [correlation specification: Grouping]");
    }
    const json::Value* timespan = given.find("timespan");
    const auto span = timespan != nullptr && timespan->is_text() ? parse_timespan(timespan->as_text()) : std::nullopt;
    if (!span) return refuse({"correlation", "timespan"}, "timespan must be a number and s, m, h or d [correlation specification: Time Selection]");
    correlation.timespan = *span;
    if (const json::Value* aliases = given.find("aliases"); aliases != nullptr) TRY(read_aliases(*aliases, correlation));
    const bool temporal = correlation.type == Correlation::Type::temporal || correlation.type == Correlation::Type::temporal_ordered;
    const json::Value* condition = given.find("condition");
    if (condition != nullptr) {
        TRY(read_bounds(*condition, correlation));
    } else if (!temporal) {
        return refuse({"correlation"}, format("condition is missing for {} [correlation specification: Condition]", type));
    }
    if (!temporal && correlation.type != Correlation::Type::event_count && correlation.fields.empty())
        return refuse({"correlation", "condition"}, format("field is missing for {} [correlation specification: Correlation Types]", type));
    const json::Value* generate = given.find("generate") != nullptr ? given.find("generate") : top_.find("generate");
    if (generate != nullptr) {
        if (!generate->is_bool()) return refuse({"generate"}, "generate must be true or false [correlation specification: Generate]");
        correlation.generate = generate->as_bool();
    }
    documents.correlations.push_back(std::move(correlation));
    return {};
}

Status Reader::read_bounds(const json::Value& given, Correlation& correlation) {
    const Path path{"correlation", "condition"};
    if (!given.is_object()) return refuse(path, "condition must be a map [correlation specification: Condition]");
    for (const auto& [key, value] : given.as_object()) {
        if (key == "field") {
            const json::Array single{value};
            for (const json::Value& field : value.is_array() ? value.as_array() : single) {
                if (!field.is_text() || field.as_text().empty() || correlation.fields.size() == kMostSelections)
                    return refuse(path, "field must be a field or a list of fields [correlation specification: Condition]");
                correlation.fields.push_back(field.as_text());
            }
            continue;
        }
        if (key == "percentile" && correlation.type == Correlation::Type::value_percentile) {
            if (!value.is_int() || value.as_int() < 0 || value.as_int() > 100) return refuse(path, "percentile must be a number from 0 to 100");
            correlation.percentile = static_cast<int>(value.as_int());
            continue;
        }
        const auto* known = std::find_if(std::begin(kBounds), std::end(kBounds), [&name = key](const auto& entry) { return entry.first == name; });
        if (known == std::end(kBounds)) return refuse(path, format("'{}' is no comparison [correlation specification: Condition]", shorten(key, 40)));
        if (!value.is_number()) return refuse(path, format("{} wants a number [correlation specification: Condition]", key));
        correlation.bounds.emplace_back(known->second, Number{value.is_int(), value.is_int() ? value.as_int() : 0, value.as_real()});
    }
    if (correlation.bounds.empty()) return refuse(path, "condition compares with nothing [correlation specification: Condition]");
    return {};
}

Status Reader::read_aliases(const json::Value& given, Correlation& correlation) {
    const Path path{"correlation", "aliases"};
    if (!given.is_object()) return refuse(path, "aliases must be a map [correlation specification: Aliases]");
    for (const auto& [name, fields] : given.as_object()) {
        Correlation::Alias alias;
        alias.name = name;
        if (!fields.is_object())
            return refuse(path, "an alias must be a map of rule names and fields [correlation specification: Field Name Aliases]");
        for (const auto& [rule, field] : fields.as_object()) {
            if (!field.is_text()) return refuse(path, "an alias must name a field [correlation specification: Field Name Aliases]");
            alias.fields.emplace_back(rule, field.as_text());
        }
        correlation.aliases.push_back(std::move(alias));
    }
    return {};
}

}  // namespace vg::detect::sigma

#include "detect/kinds/sigma/read.h"

#include "detect/kinds/kind.h"
#include "detect/kinds/sigma/condition.h"
#include "detect/kinds/sigma/modifiers.h"
#include "detect/kinds/sigma/reader.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kMostRuleItems = 5'000;     // of a rule
constexpr std::size_t kMostRuleValues = 100'000;  // of a rule
constexpr std::size_t kMostTests = 200'000;   // that the values become
constexpr std::size_t kMostRegexes = 500;     // each may hold megabytes once it is compiled
constexpr std::size_t kMostRuleConditions = 100;

}  // namespace

Status Reader::read(Documents& documents) {
    if (!top_.is_object()) return refuse({}, "a document must be a map [rules specification: File Structure]");
    if (top_.find("action") != nullptr)
        return refuse({"action"}, "'action' belongs to Sigma 1; collections of version 2 are separate documents "
                                  "[rules specification: File Structure]");
    if (top_.find("correlation") != nullptr) return read_correlation(documents);
    if (top_.find("filter") != nullptr) return read_filter(documents);
    return read_rule(documents);
}

Status Reader::read_rule(Documents& documents) {
    constexpr std::string_view part = "rules specification";
    Rule rule;
    rule.line = line_;
    TRY(read_info(rule.info, rule.name, part));
    if (!is_wanted(rule.info.status)) {
        ++report_.left_out;
        return {};
    }
    TRY(read_taxonomy());
    TRY(read_source(rule.source, part));
    rule.info.product = rule.source.product;
    rule.info.category = rule.source.category;
    rule.info.service = rule.source.service;
    const json::Value* detection = top_.find("detection");
    if (detection == nullptr || detection->is_null()) return refuse({}, "detection is missing [rules specification: Detection]");
    TRY(read_detection(*detection, "detection", rule.detection));
    documents.rules.push_back(std::move(rule));
    return {};
}

Result<bool> Reader::read_head(RuleInfo& info) {
    constexpr std::string_view part = "rules specification";
    std::string name;
    TRY(read_info(info, name, part));
    Source source;
    TRY(read_source(source, part));
    info.product = source.product;
    info.category = source.category;
    info.service = source.service;
    return is_wanted(info.status);
}

Status Reader::read_filter(Documents& documents) {
    constexpr std::string_view part = "filters specification";
    Filter filter;
    filter.line = line_;
    filter.file = file_.name;
    filter.text = lines_.document_at(line_);
    filter.title = TRY(read_title(part));
    filter.id = TRY(read_id(filter.title, part));
    TRY(read_taxonomy());
    TRY(read_source(filter.source, part));
    const json::Value& given = *top_.find("filter");
    if (!given.is_object()) return refuse({"filter"}, "filter must be a map [filters specification: Global Filter]");
    TRY(read_rule_names(given.find("rules"), {"filter", "rules"}, "filters specification: Relative rules", filter.rules));
    filter.every_rule = filter.rules.size() == 1 && filter.rules.front() == "any";
    TRY(read_detection(given, "filter", filter.detection));
    documents.filters.push_back(std::move(filter));
    return {};
}

Status Reader::read_detection(const json::Value& given, const char* where, Detection& detection) {
    if (!given.is_object()) return refuse({where}, format("{} must be a map [rules specification: Detection]", where));
    const bool of_filter = std::string_view{where} == "filter";
    std::vector<std::string> names;
    for (const auto& [name, value] : given.as_object()) {
        if (name == "condition" || (of_filter && name == "rules")) continue;
        if (name == "timeframe") {
            warn({where, name}, "timeframe belongs to Sigma 1 and is not used; use a correlation rule");
            continue;
        }
        if (names.size() == kMostSelections) return refuse({where, name}, format("more than {} search identifiers", kMostSelections));
        names.push_back(name);
        Selection selection;
        selection.name = name;
        TRY(read_selection(value, {where, name}, selection));
        detection.selections.push_back(std::move(selection));
    }
    if (names.empty()) return refuse({where}, "there is no search identifier [rules specification: Detection]");
    const json::Value* condition = given.find("condition");
    if (condition == nullptr || condition->is_null()) return refuse({where}, "condition is missing [rules specification: Condition]");
    const json::Array single{*condition};
    const json::Array& all = condition->is_array() ? condition->as_array() : single;
    if (all.empty() || all.size() > kMostRuleConditions)
        return refuse({where, "condition"}, format("condition must be 1 to {} strings [rules specification: Condition]", kMostRuleConditions));
    std::vector<Expression> parsed;
    for (const json::Value& one : all) {
        if (!one.is_text()) return refuse({where, "condition"}, "condition must be a string or a list of strings [rules specification: Condition]");
        auto expression = parse_condition(one.as_text(), names);
        if (!expression) return refuse({where, "condition"}, expression.error().text);
        parsed.push_back(std::move(*expression));
    }
    if (parsed.size() == 1) {
        detection.condition = std::move(parsed.front());
    } else {
        detection.condition.kind = Expression::Kind::any;
        detection.condition.parts = std::move(parsed);
    }
    return {};
}

Status Reader::read_selection(const json::Value& value, const Path& path, Selection& selection) {
    if (value.is_object()) {
        std::vector<Item> items;
        TRY(read_map(value, path, items));
        selection.any_of.push_back(std::move(items));
        return {};
    }
    // A list of keywords, of maps, or of both: all linked by OR. A single keyword may stand without a list.
    const json::Array single{value};
    const json::Array& list = value.is_array() ? value.as_array() : single;
    if (list.empty()) return refuse(path, "an empty search identifier [rules specification: Search-Identifier]");
    json::Array keywords;
    for (const json::Value& one : list) {
        if (one.is_object()) {
            std::vector<Item> items;
            TRY(read_map(one, path, items));
            selection.any_of.push_back(std::move(items));
        } else if (one.is_text() || one.is_number()) {
            keywords.push_back(one);
        } else {
            return refuse(path, "a search identifier must be a map, or a list of maps or of strings [rules specification: Lists]");
        }
    }
    if (!keywords.empty()) {
        std::vector<Item> items;
        TRY(read_item("", json::Value{std::move(keywords)}, path, items));
        selection.any_of.push_back(std::move(items));
    }
    return {};
}

Status Reader::read_map(const json::Value& map, const Path& path, std::vector<Item>& items) {
    if (map.as_object().empty()) return refuse(path, "an empty map [rules specification: Maps]");
    for (const auto& [key, value] : map.as_object()) {
        Path inner = path;
        inner.push_back(key);
        TRY(read_item(key, value, inner, items));
    }
    return {};
}

Status Reader::read_item(std::string_view key, const json::Value& value, const Path& path, std::vector<Item>& items) {
    if (++items_ > kMostRuleItems) return refuse(path, format("more than {} fields in a rule", kMostRuleItems));
    values_ += value.is_array() ? value.as_array().size() : 1;
    if (values_ > kMostRuleValues) return refuse(path, format("more than {} values in a rule", kMostRuleValues));
    if (key.size() > 1'000) return refuse(path, "the name of a field is longer than 1000 bytes");
    std::vector<std::string> warnings;
    auto item = make_item(key, value, options_, warnings);
    if (!item) return refuse(path, key.empty() ? item.error().text : format("{}: {}", shorten(key, 80), item.error().text));
    for (const std::string& text : warnings) warn(path, text);
    for (const Value& one : item->values) {
        tests_ += one.any_of.size();
        for (const Test& test : one.any_of) regexes_ += std::holds_alternative<RegexTest>(test) ? 1 : 0;
    }
    if (tests_ > kMostTests) return refuse(path, format("the values of the rule stand for more than {}", kMostTests));
    if (regexes_ > kMostRegexes) return refuse(path, format("more than {} regular expressions in a rule", kMostRegexes));
    items.push_back(std::move(*item));
    return {};
}

void read_file(const RuleFile& file, const EngineOptions& options, Documents& documents, LoadReport& report) {
    yaml::Limits limits;
    limits.numbers_as_written = true;  // "All values are treated as case-insensitive strings": 00000429 is not 429
    auto parsed = yaml::parse(file.text, limits);
    if (!parsed) {
        // The parser names the line first: "line 7, column 3: ...".
        const std::string& text = parsed.error().text;
        const bool has_line = text.substr(0, 5) == "line ";
        const auto line = static_cast<int>(has_line ? parse_int(text.substr(5, text.find_first_not_of("0123456789", 5) - 5)).value_or(0) : 0);
        report.refused.push_back({file.name, line, {}, format("{} [rules specification: Yaml File]", parsed.error().text)});
        return;
    }
    if (parsed->empty()) {
        report.warnings.push_back(format("{}: holds no document", file.name));
        return;
    }
    const Lines lines{file.text};
    for (const yaml::Document& document : *parsed) {
        if (is_of_own_kind(document.value)) continue;
        Reader reader{file, options, lines, document, report};
        if (auto status = reader.read(documents); !status) {
            const int line = reader.refused_line() > 0 ? reader.refused_line() : document.line;
            report.refused.push_back({file.name, line, reader.title(), status.error().text});
        }
    }
}

}  // namespace vg::detect::sigma

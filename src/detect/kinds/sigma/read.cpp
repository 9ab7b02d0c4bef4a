#include "detect/kinds/sigma/read.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/text.h"
#include "base/yaml.h"
#include "detect/kinds/sigma/condition.h"
#include "detect/kinds/sigma/lines.h"
#include "detect/kinds/sigma/modifiers.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kMostSelections = 1'000;
constexpr std::size_t kMostItems = 5'000;       // of a rule
constexpr std::size_t kMostValues = 100'000;    // of a rule
constexpr std::size_t kMostConditions = 100;
constexpr std::size_t kMostListed = 10'000;     // tags, references, rules and so on
constexpr std::string_view kStatus[] = {"stable", "test", "experimental", "deprecated", "unsupported"};

bool holds(std::span<const std::string_view> known, std::string_view text) { return std::find(known.begin(), known.end(), text) != known.end(); }

bool is_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto month = parse_int(text.substr(5, 2));
    const auto day = parse_int(text.substr(8, 2));
    return parse_int(text.substr(0, 4)) && month && *month >= 1 && *month <= 12 && day && *day >= 1 && *day <= 31;
}

// "[a-z0-9_-]+\.[a-z0-9._-]+", the pattern of the JSON schema.
bool is_tag(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == 0 || dot == std::string_view::npos || dot + 1 == text.size()) return false;
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") == std::string_view::npos;
}

// One document of a file.
class Reader {
public:
    Reader(const RuleFile& file, const EngineOptions& options, const Lines& lines, const yaml::Document& document, LoadReport& report)
        : file_(file), options_(options), lines_(lines), top_(document.value), line_(document.line), report_(report) {}

    Status read(Documents& documents) {
        if (!top_.is_object()) return refuse({}, "a document must be a map [rules specification: File Structure]");
        if (top_.find("action") != nullptr)
            return refuse({"action"}, "'action' belongs to Sigma 1; collections of version 2 are separate documents [rules specification: File Structure]");
        if (top_.find("correlation") != nullptr) return read_correlation(documents);
        if (top_.find("filter") != nullptr) return read_filter(documents);
        return read_rule(documents);
    }

    [[nodiscard]] int refused_line() const { return refused_line_; }
    [[nodiscard]] std::string title() const { return shorten(top_.text("title").value_or(""), 256); }

private:
    using Path = std::vector<std::string>;

    tl::unexpected<Error> refuse(const Path& path, std::string reason) {
        refused_line_ = lines_.line_of(line_, path);
        return fail(Code::bad_input, std::move(reason));
    }
    void warn(const Path& path, std::string_view text) {
        report_.warnings.push_back(format("{}:{}: {}", file_.name, lines_.line_of(line_, path), text));
    }

    // What rules and correlation rules have in common. `part` names the specification for messages.
    Status read_info(RuleInfo& info, std::string& name, std::string_view part) {
        info.kind = "sigma";
        info.file = file_.name;
        info.text = lines_.document_at(line_);
        info.title = TRY(read_title(part));
        info.id = TRY(read_id(info.title, part));
        if (const json::Value* given = top_.find("name"); given != nullptr) {
            if (!given->is_text() || given->as_text().size() > 256) return refuse({"name"}, format("name must be a string of at most 256 bytes [{}: Name]", part));
            name = given->as_text();
        }
        if (const json::Value* status = top_.find("status"); status != nullptr) {
            if (!status->is_text() || !holds(kStatus, status->as_text()))
                return refuse({"status"}, format("status must be stable, test, experimental, deprecated or unsupported [{}: Status]", part));
            info.status = status->as_text();
        }
        if (const json::Value* level = top_.find("level"); level != nullptr) {
            auto parsed = level->is_text() ? parse_level(level->as_text()) : fail(Code::bad_input, "level must be a string");
            if (!parsed) return refuse({"level"}, format("{} [{}: Level]", parsed.error().text, part));
            info.level = *parsed;
        }
        info.description = read_words("description", 65'535, part);
        info.author = read_words("author", 65'535, part);
        info.license = read_words("license", 1'000, part);
        for (const char* key : {"date", "modified"})
            if (const json::Value* date = top_.find(key); date != nullptr && (!date->is_text() || !is_date(date->as_text())))
                warn({key}, format("{} is not written YYYY-MM-DD [{}: Date]", key, part));
        info.tags = read_list("tags", part);
        for (const std::string& tag : info.tags)
            if (!is_tag(tag)) warn({"tags"}, format("'{}' is not written like a tag [{}: Tags]", shorten(tag, 60), part));
        info.references = read_list("references", part);
        info.false_positives = read_list("falsepositives", part);
        info.fields = read_list("fields", part);
        return {};
    }

    Result<std::string> read_title(std::string_view part) {
        const json::Value* title = top_.find("title");
        if (title == nullptr || title->is_null()) return refuse({}, format("title is missing [{}: Title]", part));
        if (!title->is_text() || trim(title->as_text()).empty()) return refuse({"title"}, format("title must be a string [{}: Title]", part));
        std::size_t characters = 0;
        for (char c : title->as_text()) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
        if (characters > 256) return refuse({"title"}, format("title is longer than 256 characters [{}: Title]", part));
        return title->as_text();
    }

    Result<std::string> read_id(std::string_view title, std::string_view part) {
        const json::Value* id = top_.find("id");
        if (id == nullptr) return sha256_hex(title).substr(0, 32);
        if (!id->is_text() || !is_uuid(id->as_text())) return refuse({"id"}, format("id must be a UUID [{}: Identification]", part));
        return lower_ascii(id->as_text());
    }

    // A text that detection does not depend on: what is wrong with it is only a warning.
    std::string read_words(const char* key, std::size_t longest, std::string_view part) {
        const json::Value* given = top_.find(key);
        if (given == nullptr || given->is_null()) return {};
        if (!given->is_text()) {
            warn({key}, format("{} is not a string [{}]", key, part));
            return {};
        }
        if (given->as_text().size() > longest) warn({key}, format("{} is longer than {} bytes [{}]", key, longest, part));
        return shorten(given->as_text(), longest);
    }

    std::vector<std::string> read_list(const char* key, std::string_view part) {
        const json::Value* given = top_.find(key);
        if (given == nullptr || given->is_null()) return {};
        if (given->is_text()) return {given->as_text()};
        std::vector<std::string> items;
        if (given->is_array())
            for (const json::Value& item : given->as_array())
                if (item.is_text() && items.size() < kMostListed) items.push_back(item.as_text());
        if (!given->is_array() || items.size() != given->as_array().size()) warn({key}, format("{} is not a list of strings [{}]", key, part));
        return items;
    }

    Status read_source(Source& source, std::string_view part) {
        const json::Value* given = top_.find("logsource");
        if (given == nullptr || given->is_null()) return refuse({}, format("logsource is missing [{}: LogSource]", part));
        if (!given->is_object()) return refuse({"logsource"}, format("logsource must be a map [{}: LogSource]", part));
        const std::pair<const char*, std::string*> facets[] = {{"product", &source.product}, {"category", &source.category}, {"service", &source.service}};
        for (const auto& [key, facet] : facets) {
            const json::Value* value = given->find(key);
            if (value == nullptr || value->is_null()) continue;
            if (!value->is_text() || value->as_text().size() > 256) return refuse({"logsource", key}, format("logsource {} must be a string [{}: LogSource]", key, part));
            *facet = lower_ascii(value->as_text());
        }
        if (source.product.empty() && source.category.empty() && source.service.empty())
            return refuse({"logsource"}, format("logsource names no category, product or service [{}: LogSource]", part));
        return {};
    }

    Status read_taxonomy() {
        const json::Value* taxonomy = top_.find("taxonomy");
        if (taxonomy == nullptr) return {};
        // Events have their native names, which are those of the taxonomy sigma, and ECS names.
        if (!taxonomy->is_text() || (taxonomy->as_text() != "sigma" && taxonomy->as_text() != "ecs"))
            return refuse({"taxonomy"}, "only the taxonomies sigma and ecs are known; others must be handled or transformed [rules specification: Taxonomy]");
        return {};
    }

    // Whether the options want rules of that status; a rule that says nothing is wanted unless some are asked for.
    [[nodiscard]] bool is_wanted(const std::string& status) const {
        if (options_.only_status.empty()) return status != "deprecated" && status != "unsupported";
        return std::find(options_.only_status.begin(), options_.only_status.end(), status) != options_.only_status.end();
    }

    Status read_rule(Documents& documents) {
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

    // The search identifiers and the condition of a rule or a filter. In a filter `rules` is no search identifier.
    Status read_detection(const json::Value& given, const char* where, Detection& detection) {
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
        if (all.empty() || all.size() > kMostConditions) return refuse({where, "condition"}, format("condition must be 1 to {} strings [rules specification: Condition]", kMostConditions));
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

    Status read_selection(const json::Value& value, const Path& path, Selection& selection) {
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

    Status read_map(const json::Value& map, const Path& path, std::vector<Item>& items) {
        if (map.as_object().empty()) return refuse(path, "an empty map [rules specification: Maps]");
        for (const auto& [key, value] : map.as_object()) {
            Path inner = path;
            inner.push_back(key);
            TRY(read_item(key, value, inner, items));
        }
        return {};
    }

    Status read_item(std::string_view key, const json::Value& value, const Path& path, std::vector<Item>& items) {
        if (++items_ > kMostItems) return refuse(path, format("more than {} fields in a rule", kMostItems));
        values_ += value.is_array() ? value.as_array().size() : 1;
        if (values_ > kMostValues) return refuse(path, format("more than {} values in a rule", kMostValues));
        if (key.size() > 1'000) return refuse(path, "the name of a field is longer than 1000 bytes");
        std::vector<std::string> warnings;
        auto item = make_item(key, value, options_, warnings);
        if (!item) return refuse(path, key.empty() ? item.error().text : format("{}: {}", shorten(key, 80), item.error().text));
        for (const std::string& text : warnings) warn(path, text);
        items.push_back(std::move(*item));
        return {};
    }

    // Names of rules: ids or names, at least one.
    Status read_rule_names(const json::Value* given, const Path& path, std::string_view section, std::vector<std::string>& names) {
        if (given == nullptr || given->is_null()) return refuse(path, format("rules is missing [{}]", section));
        const json::Array single{*given};
        const json::Array& list = given->is_array() ? given->as_array() : single;
        if (list.empty() || list.size() > kMostListed) return refuse(path, format("rules must name 1 to {} rules [{}]", kMostListed, section));
        for (const json::Value& one : list) {
            if (!one.is_text() || one.as_text().empty()) return refuse(path, format("rules must be a list of ids and names [{}]", section));
            names.push_back(is_uuid(one.as_text()) ? lower_ascii(one.as_text()) : one.as_text());
        }
        return {};
    }

    Status read_filter(Documents& documents) {
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

    Status read_correlation(Documents& documents);
    Status read_bounds(const json::Value& given, Correlation& correlation);
    Status read_aliases(const json::Value& given, Correlation& correlation);

    const RuleFile& file_;
    const EngineOptions& options_;
    const Lines& lines_;
    const json::Value& top_;
    int line_;
    LoadReport& report_;
    int refused_line_ = 0;
    std::size_t items_ = 0;
    std::size_t values_ = 0;
};

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

Status Reader::read_correlation(Documents& documents) {
    constexpr std::string_view part = "correlation specification";
    Correlation correlation;
    correlation.line = line_;
    TRY(read_info(correlation.info, correlation.name, part));
    if (!is_wanted(correlation.info.status)) {
        ++report_.left_out;
        return {};
    }
    TRY(read_taxonomy());
    const json::Value& given = *top_.find("correlation");
    if (!given.is_object()) return refuse({"correlation"}, "correlation must be a map [correlation specification: Correlation section]");
    const auto type = given.text("type").value_or("");
    const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& entry) { return entry.first == type; });
    if (known == std::end(kTypes)) return refuse({"correlation", "type"}, format("'{}' is no type of correlation [correlation specification: Correlation type]", shorten(type, 40)));
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
        if (!fields.is_object()) return refuse(path, "an alias must be a map of rule names and fields [correlation specification: Field Name Aliases]");
        for (const auto& [rule, field] : fields.as_object()) {
            if (!field.is_text()) return refuse(path, "an alias must name a field [correlation specification: Field Name Aliases]");
            alias.fields.emplace_back(rule, field.as_text());
        }
        correlation.aliases.push_back(std::move(alias));
    }
    return {};
}

}  // namespace

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !digit) return false;
    }
    return true;
}

void read_file(const RuleFile& file, const EngineOptions& options, Documents& documents, LoadReport& report) {
    auto parsed = yaml::parse(file.text);
    if (!parsed) {
        int line = 0;
        if (const std::string& text = parsed.error().text; text.substr(0, 5) == "line ") line = static_cast<int>(parse_int(text.substr(5, text.find_first_not_of("0123456789", 5) - 5)).value_or(0));
        report.refused.push_back({file.name, line, {}, format("{} [rules specification: Yaml File]", parsed.error().text)});
        return;
    }
    if (parsed->empty()) {
        report.warnings.push_back(format("{}: holds no document", file.name));
        return;
    }
    const Lines lines{file.text};
    for (const yaml::Document& document : *parsed) {
        Reader reader{file, options, lines, document, report};
        if (auto status = reader.read(documents); !status) {
            const int line = reader.refused_line() > 0 ? reader.refused_line() : document.line;
            report.refused.push_back({file.name, line, reader.title(), status.error().text});
        }
    }
}

}  // namespace vg::detect::sigma

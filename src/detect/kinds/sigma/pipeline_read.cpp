// From the YAML of a pipeline to transformations. Whatever is not known is an error that names file and line.
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "base/yaml.h"
#include "detect/kinds/sigma/pipeline_text.h"

namespace vg::detect::sigma {

namespace {

using Kind = Transformation::Kind;

constexpr std::size_t kMostPipelines = 200;
constexpr std::size_t kMostTransformations = 5'000;  // of a pipeline, with nested ones
constexpr std::size_t kMostDepth = 5;

struct Known {
    std::string_view type;
    Kind kind;
    std::string_view parameters;  // separated by spaces; those that must be there first, before a bar
};
constexpr Known kKnown[] = {
    {"field_name_mapping", Kind::field_name_mapping, "mapping|"},
    {"field_name_prefix_mapping", Kind::field_name_prefix_mapping, "mapping|"},
    {"field_name_prefix", Kind::field_name_prefix, "prefix|"},
    {"field_name_suffix", Kind::field_name_suffix, "suffix|"},
    {"drop_detection_item", Kind::drop_detection_item, "|"},
    {"add_condition", Kind::add_condition, "conditions|name template negated"},
    {"change_logsource", Kind::change_logsource, "|category product service"},
    {"add_field", Kind::add_field, "field|"},
    {"remove_field", Kind::remove_field, "field|"},
    {"set_field", Kind::set_field, "fields|"},
    {"replace_string", Kind::replace_string, "regex replacement|skip_special interpret_special"},
    {"map_string", Kind::map_string, "mapping|"},
    {"set_value", Kind::set_value, "value|force_type"},
    {"convert_type", Kind::convert_type, "target_type|"},
    {"set_state", Kind::set_state, "key|val value"},
    {"set_custom_attribute", Kind::set_custom_attribute, "attribute value|"},
    {"value_placeholders", Kind::value_placeholders, "|include exclude"},
    {"wildcard_placeholders", Kind::wildcard_placeholders, "|include exclude"},
    {"rule_failure", Kind::rule_failure, "message|"},
    {"detection_item_failure", Kind::detection_item_failure, "message|"},
    {"nest", Kind::nest, "items|"},
};

// pySigma has these; here they make no sense, and why.
struct Refused {
    std::string_view type, reason;
};
constexpr Refused kRefused[] = {
    {"query_expression_placeholders", "rules are evaluated here and not turned into queries: there is no query language for the expression"},
    {"regex", "it changes how a query is written: strings are compared without regard to case here anyway"},
    {"case", "strings are compared without regard to case here anyway"},
    {"field_name_transform", "name the fields with field_name_mapping"},
    {"hashes_fields", "events have the hashes as fields of their own here: map the fields with field_name_mapping"},
    {"extract_fields", "map the fields with field_name_mapping"},
    {"strict_field_mapping_failure", "use rule_failure or detection_item_failure with field_name_conditions"},
    {"file_placeholders", "a pipeline reads no other file: name the values under vars, and use value_placeholders"},
    {"http_placeholders", "a pipeline asks nobody: name the values under vars, and use value_placeholders"},
    {"command_placeholders", "a pipeline runs nothing: name the values under vars, and use value_placeholders"},
};

// One document of a file.
class PipelineReader : PipelineText {
public:
    PipelineReader(const RuleFile& file, const yaml::Document& document, LoadReport& report)
        : PipelineText(file), top_(document.value), line_(document.line), report_(report) {}

    Result<Pipeline> read() {
        if (!top_.is_object()) return fail_at(line_, "a pipeline must be a map");
        constexpr std::string_view kTop[] = {"name", "priority", "vars", "transformations", "allowed_backends", "postprocessing", "finalizers"};
        for (const auto& [key, value] : top_.as_object())
            if (std::find(std::begin(kTop), std::end(kTop), key) == std::end(kTop))
                return fail_at(line_, format("'{}' is not known; a pipeline has {}", shorten(key, 60), names_of(kTop)));
        Pipeline pipeline;
        pipeline.name = shorten(top_.text("name").value_or(""), 256);
        if (const json::Value* priority = given(top_, "priority")) {
            if (!priority->is_int()) return fail_at(line_, "priority must be a whole number");
            pipeline.priority = priority->as_int();
        }
        TRY(read_variables());
        for (const char* unused : {"postprocessing", "finalizers"})
            if (const json::Value* part = given(top_, unused); part != nullptr && part->is_array() && !part->as_array().empty())
                report_.warnings.push_back(format("{}: {} is about queries and is not used: rules are evaluated here", place(line_), unused));
        if (const json::Value* items = given(top_, "transformations")) TRY(read_transformations(*items, 0, pipeline.transformations));
        return pipeline;
    }

private:
    // Where the transformation of that number stands, counted from 0: the parser keeps no places of list items.
    [[nodiscard]] int line_of(std::size_t number) const {
        const std::vector<std::string_view> lines = split(file_.text, '\n');
        auto at = static_cast<std::size_t>(line_ < 1 ? 0 : line_ - 1);
        while (at < lines.size() && lines[at].substr(0, 16) != "transformations:") ++at;
        std::size_t indent = std::string_view::npos;
        for (std::size_t i = at + 1; i < lines.size(); ++i) {
            const std::size_t dash = lines[i].find_first_not_of(' ');
            if (dash == std::string_view::npos || lines[i][dash] != '-' || lines[i].substr(dash, 2) == "--") continue;
            if (indent == std::string_view::npos) indent = dash;
            if (dash == indent && number-- == 0) return static_cast<int>(i) + 1;
        }
        return at < lines.size() ? static_cast<int>(at) + 1 : line_;
    }

    Status read_variables() {
        const json::Value* vars = given(top_, "vars");
        if (vars == nullptr) return {};
        if (!vars->is_object()) return fail_at(line_, "vars must be a map");
        current_ = line_;
        for (const auto& [name, value] : vars->as_object())
            if (!value.is_object()) variables_[name] = TRY(list(value, "a variable"));
        return {};
    }

    Status read_transformations(const json::Value& items, std::size_t depth, std::vector<Transformation>& out) {
        if (!items.is_array()) return fail_at(depth == 0 ? line_ : current_, "transformations must be a list");
        if (depth > kMostDepth) return fail_here(format("more than {} levels of nest", kMostDepth));
        for (std::size_t i = 0; i < items.as_array().size(); ++i) {
            if (++count_ > kMostTransformations) return fail_at(line_, format("more than {} transformations", kMostTransformations));
            if (depth == 0) current_ = line_of(i);
            out.push_back(TRY(read_transformation(items.as_array()[i], depth)));
        }
        return {};
    }

    Result<Transformation> read_transformation(const json::Value& item, std::size_t depth) {
        if (!item.is_object()) return fail_here("a transformation must be a map");
        const std::string type = item.text("type").value_or("");
        const auto* known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& one) { return one.type == type; });
        if (known == std::end(kKnown)) {
            for (const Refused& one : kRefused)
                if (one.type == type) return fail_here(format("the transformation {} is not supported: {}", type, one.reason));
            std::vector<std::string> names;
            std::vector<std::string_view> all;
            for (const Known& one : kKnown) {
                names.emplace_back(one.type);
                all.push_back(one.type);
            }
            const auto near = nearest(type, names);
            return fail_here(format("'{}' is no transformation{}; known are {}", shorten(type, 60), near ? format(" (did you mean {}?)", *near) : std::string{}, names_of(all)));
        }
        Transformation out;
        out.kind = known->kind;
        out.where = place(current_);
        out.id = item.text("id").value_or("");
        out.variables = variables_;
        TRY(check_parameters(item, *known));
        TRY(read_parameters(item, depth, out));
        TRY(read_conditions(*this, item, out));
        return out;
    }

    Status check_parameters(const json::Value& item, const Known& known) const {
        const std::size_t bar = known.parameters.find('|');
        std::vector<std::string_view> wanted, all{"id", "type"};
        for (const std::string_view one : split(known.parameters.substr(0, bar), ' '))
            if (!one.empty()) wanted.push_back(one);
        for (const std::string_view one : split(known.parameters.substr(bar + 1), ' '))
            if (!one.empty()) all.push_back(one);
        all.insert(all.end(), wanted.begin(), wanted.end());
        for (const std::string_view one : wanted)
            if (item.find(one) == nullptr) return fail_here(format("{} needs the parameter {}", known.type, one));
        for (const auto& [key, value] : item.as_object()) {
            const std::string_view name = key;
            const bool of_conditions = std::any_of(std::begin(kScopes), std::end(kScopes), [&](std::string_view scope) {
                return name.starts_with(scope) && std::find(std::begin(kEndings), std::end(kEndings), name.substr(scope.size())) != std::end(kEndings);
            });
            if (!of_conditions && std::find(all.begin(), all.end(), name) == all.end())
                return fail_here(format("{} has no parameter '{}'; known are {}, and conditions with what links them", known.type, shorten(name, 60), names_of(all)));
        }
        return {};
    }

    Status read_mapping(const json::Value& value, Transformation& out) const {
        if (!value.is_object() || value.as_object().size() > kMostPipelineList) return fail_here(format("mapping must be a map of at most {} names", kMostPipelineList));
        for (const auto& [from, to] : value.as_object()) {
            auto names = TRY(list(to, "mapping"));
            if (names.empty() || names.size() > 100) return fail_here(format("'{}' must be mapped to 1 to 100 names", shorten(from, 60)));
            out.index.emplace(from, out.mapping.size());
            out.mapping.emplace_back(from, std::move(names));
        }
        return {};
    }

    Status read_parameters(const json::Value& item, std::size_t depth, Transformation& out) {
        for (const auto& [key, value] : item.as_object()) {
            if (key == "mapping") TRY(read_mapping(value, out));
            if (key == "prefix" || key == "suffix" || key == "replacement" || key == "message" || key == "attribute" || key == "key") out.text = TRY(scalar(value, key));
            if (key == "name" && out.kind == Kind::add_condition) out.text = TRY(scalar(value, key));
            if (key == "field" || key == "fields") out.names = TRY(list(value, key));
            if (key == "include") {
                out.names = TRY(list(value, key));
                out.has_names = true;
            }
            if (key == "exclude") out.excluded = TRY(list(value, key));
            if (key == "conditions" || key == "value" || key == "val") out.value = value;
            if (key == "product") out.source.product = lower_ascii(TRY(scalar(value, key)));
            if (key == "category") out.source.category = lower_ascii(TRY(scalar(value, key)));
            if (key == "service") out.source.service = lower_ascii(TRY(scalar(value, key)));
            if (key == "regex") out.regex = TRY(regex(value, key, false));
            if (key == "skip_special") out.skip_special = TRY(truth(value, key));
            if (key == "interpret_special") out.interpret_special = TRY(truth(value, key));
            if (key == "negated") out.negated = TRY(truth(value, key));
            if (key == "template") out.is_template = TRY(truth(value, key));
            if (key == "force_type" || key == "target_type") {
                const std::string type = TRY(scalar(value, key));
                if (type != "str" && type != "num") return fail_here(format("{} must be str or num", key));
                out.type = type == "str" ? Transformation::Type::text : Transformation::Type::number;
            }
            if (key == "items") TRY(read_transformations(value, depth + 1, out.nested));
        }
        switch (out.kind) {
            case Kind::add_condition:
                if (!out.value.is_object() || out.value.as_object().empty()) return fail_here("conditions must be a map of fields and values");
                break;
            case Kind::change_logsource:
                if (out.source == Source{}) return fail_here("change_logsource needs a category, a product or a service");
                break;
            case Kind::set_state:
                if (out.value.is_null()) return fail_here("set_state needs the parameter val");
                [[fallthrough]];
            case Kind::set_value:
            case Kind::set_custom_attribute:
                if (out.value.is_array() || out.value.is_object()) return fail_here("the value must be a string, a number or a boolean");
                break;
            case Kind::replace_string: TRY(read_replacement(out)); break;
            case Kind::field_name_mapping:
            case Kind::field_name_prefix_mapping:
            case Kind::field_name_prefix:
            case Kind::field_name_suffix:
            case Kind::drop_detection_item:
            case Kind::add_field:
            case Kind::remove_field:
            case Kind::set_field:
            case Kind::map_string:
            case Kind::convert_type:
            case Kind::value_placeholders:
            case Kind::wildcard_placeholders:
            case Kind::rule_failure:
            case Kind::detection_item_failure:
            case Kind::nest: break;
        }
        return {};
    }

    // Python names groups \1, \g<1> and \g<0>; RE2 \1 and \0.
    Status read_replacement(Transformation& out) const {
        std::string rewritten;
        const std::string& text = out.text;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::size_t end = text.compare(i, 3, "\\g<") == 0 ? text.find('>', i) : std::string::npos;
            if (end == std::string::npos) {
                rewritten += text[i];
                if (text[i] == '\\' && i + 1 < text.size()) rewritten += text[++i];
                continue;
            }
            std::string group = text.substr(i + 3, end - i - 3);
            if (const auto named = out.regex->NamedCapturingGroups().find(group); named != out.regex->NamedCapturingGroups().end()) group = std::to_string(named->second);
            if (group.size() != 1 || group[0] < '0' || group[0] > '9') return fail_here(format("the replacement names the group '{}', which the expression has not", shorten(group, 40)));
            rewritten += "\\" + group;
            i = end;
        }
        std::string error;
        if (!out.regex->CheckRewriteString(rewritten, &error)) return fail_here("replacement: " + error);
        out.text = std::move(rewritten);
        return {};
    }

    static constexpr std::string_view kScopes[] = {"rule", "detection_item", "field_name"};
    static constexpr std::string_view kEndings[] = {"_conditions", "_cond_op", "_cond_expr", "_cond_not"};

    const json::Value& top_;
    int line_;
    LoadReport& report_;
    std::map<std::string, std::vector<std::string>, std::less<>> variables_;
    std::size_t count_ = 0;
};

}  // namespace

Pipeline::Pipeline() = default;
Pipeline::~Pipeline() = default;
Pipeline::Pipeline(Pipeline&&) noexcept = default;
Pipeline& Pipeline::operator=(Pipeline&&) noexcept = default;

Result<std::vector<Pipeline>> read_pipelines(std::span<const RuleFile> files, LoadReport& report) {
    std::vector<Pipeline> pipelines;
    for (const RuleFile& file : files) {
        yaml::Limits limits;
        limits.numbers_as_written = true;
        auto documents = yaml::parse(file.text, limits);
        if (!documents) return fail(Code::bad_input, format("pipeline {}: {}", file.name, documents.error().text));
        for (const yaml::Document& document : *documents) {
            if (pipelines.size() == kMostPipelines) return fail(Code::too_large, format("more than {} pipelines", kMostPipelines));
            pipelines.push_back(TRY((PipelineReader{file, document, report}.read())));
        }
    }
    std::stable_sort(pipelines.begin(), pipelines.end(), [](const Pipeline& a, const Pipeline& b) { return a.priority < b.priority; });
    return pipelines;
}

}  // namespace vg::detect::sigma

// Conditions of transformations, out of YAML.
#include <algorithm>

#include "base/text.h"
#include "detect/kinds/sigma/condition.h"
#include "detect/kinds/sigma/pipeline_text.h"

namespace vg::detect::sigma {

namespace {

constexpr std::size_t kMostConditions = 200;

class ConditionReader {
public:
    explicit ConditionReader(const PipelineText& text) : text_(text) {}

    Status read(const json::Value& item, Transformation& out) const {
        TRY(read_conditions(item, "rule", out.of_rule, [&](const json::Value& one) { return read_rule_condition(one); }));
        TRY(read_conditions(item, "detection_item", out.of_item, [&](const json::Value& one) { return read_item_condition(one); }));
        return read_conditions(item, "field_name", out.of_field, [&](const json::Value& one) { return read_field_condition(one); });
    }

private:
    static const json::Value* given(const json::Value& map, std::string_view key) { return PipelineText::given(map, key); }

    template <class One, class Read>
    Status read_conditions(const json::Value& item, std::string_view scope, Conditions<One>& out, const Read& read) const {
        const std::string prefix{scope};
        const json::Value* conditions = given(item, prefix + "_conditions");
        const json::Value* op = given(item, prefix + "_cond_op");
        const json::Value* expression = given(item, prefix + "_cond_expr");
        const json::Value* negation = given(item, prefix + "_cond_not");
        if (op != nullptr && expression != nullptr) return text_.fail_here(format("{}_cond_op and {}_cond_expr exclude each other", scope, scope));
        if (conditions == nullptr) {
            if (op != nullptr || expression != nullptr || negation != nullptr) return text_.fail_here(format("there are no {}_conditions to link", scope));
            return {};
        }
        if (negation != nullptr) out.negated = TRY(text_.truth(*negation, prefix + "_cond_not"));
        std::vector<std::string> names;
        if (conditions->is_array()) {
            if (expression != nullptr) return text_.fail_here(format("{}_cond_expr needs {}_conditions with names", scope, scope));
            for (const json::Value& one : conditions->as_array()) out.all.push_back(TRY(read(one)));
        } else if (conditions->is_object()) {
            for (const auto& [name, one] : conditions->as_object()) {
                names.push_back(name);
                out.all.push_back(TRY(read(one)));
            }
        } else {
            return text_.fail_here(format("{}_conditions must be a list or a map", scope));
        }
        if (out.all.size() > kMostConditions) return text_.fail_here(format("more than {} conditions", kMostConditions));
        if (expression != nullptr) {
            auto parsed = parse_condition(TRY(text_.scalar(*expression, "an expression")), names);
            if (!parsed) return text_.fail_here(format("{}_cond_expr: {}", scope, parsed.error().text));
            out.linked = std::move(*parsed);
            return {};
        }
        const std::string link = op == nullptr ? "and" : TRY(text_.scalar(*op, "an operator"));
        if (link != "and" && link != "or") return text_.fail_here(format("{}_cond_op must be and or or", scope));
        out.linked.kind = link == "and" ? Expression::Kind::all : Expression::Kind::any;
        for (std::uint32_t i = 0; i < out.all.size(); ++i) {
            Expression one;
            one.selection = i;
            out.linked.parts.push_back(std::move(one));
        }
        return {};
    }

    Result<Relation> relation(const json::Value& one) const {
        const json::Value* op = given(one, "op");
        if (op == nullptr) return Relation::equal;
        constexpr std::pair<std::string_view, Relation> kOps[] = {{"eq", Relation::equal}, {"ne", Relation::not_equal}, {"lt", Relation::less}, {"lte", Relation::less_or_equal},
                                                                  {"gt", Relation::greater}, {"gte", Relation::greater_or_equal}, {"in", Relation::in}, {"not_in", Relation::not_in}};
        const std::string text = TRY(text_.scalar(*op, "op"));
        for (const auto& [name, value] : kOps)
            if (name == text) return value;
        return text_.fail_here("op must be eq, ne, lt, lte, gt, gte, in or not_in");
    }

    // The parameters of a condition: those that must be there, and others.
    Status check_condition(const json::Value& one, std::initializer_list<std::string_view> needed, std::initializer_list<std::string_view> more = {}) const {
        for (const std::string_view name : needed)
            if (one.find(name) == nullptr) return text_.fail_here(format("the condition {} needs the parameter {}", one.text("type").value_or(""), name));
        for (const auto& [key, value] : one.as_object()) {
            const std::string_view name = key;
            if (name != "type" && std::find(needed.begin(), needed.end(), name) == needed.end() && std::find(more.begin(), more.end(), name) == more.end())
                return text_.fail_here(format("the condition {} has no parameter '{}'", one.text("type").value_or(""), shorten(name, 60)));
        }
        return {};
    }

    // True when the type is one of those that all kinds of conditions have.
    Result<bool> read_tracking(const json::Value& one, std::string_view type, Tracking& out) const {
        if (type == "processing_item_applied") {
            TRY(check_condition(one, {"processing_item_id"}));
            out.item = TRY(text_.scalar(*one.find("processing_item_id"), "processing_item_id"));
            if (out.item.empty()) return text_.fail_here("processing_item_id is empty");
            return true;
        }
        if (type == "processing_state") {
            TRY(check_condition(one, {"key", "val"}, {"op"}));
            out.key = TRY(text_.scalar(*one.find("key"), "key"));
            out.value = *one.find("val");
            out.relation = TRY(relation(one));
            return true;
        }
        return false;
    }

    Result<std::string> type_of(const json::Value& one) const {
        if (!one.is_object()) return text_.fail_here("a condition must be a map");
        return one.text("type").value_or("");
    }
    [[nodiscard]] tl::unexpected<Error> unknown(std::string_view type, std::string_view scope, std::span<const std::string_view> known) const {
        return text_.fail_here(format("'{}' is no condition of a {}; known are {}", shorten(type, 60), scope, names_of(known)));
    }

    Result<RuleCondition> read_rule_condition(const json::Value& one) const {
        constexpr std::string_view kTypes[] = {"logsource", "contains_detection_item", "contains_field", "processing_item_applied", "processing_state", "is_sigma_rule", "is_sigma_correlation_rule", "rule_attribute", "tag"};
        const std::string type = TRY(type_of(one));
        RuleCondition out;
        if (TRY(read_tracking(one, type, out.tracking))) {
            out.kind = RuleCondition::Kind::tracking;
        } else if (type == "logsource") {
            TRY(check_condition(one, {}, {"product", "category", "service"}));
            for (const auto& [key, facet] : {std::pair{"product", &out.source.product}, std::pair{"category", &out.source.category}, std::pair{"service", &out.source.service}})
                if (const json::Value* value = given(one, key)) *facet = lower_ascii(TRY(text_.scalar(*value, key)));
            if (out.source == Source{}) return text_.fail_here("the condition logsource needs a category, a product or a service");
        } else if (type == "contains_detection_item") {
            TRY(check_condition(one, {"field", "value"}));
            out.kind = RuleCondition::Kind::contains_detection_item;
            out.name = TRY(text_.scalar(*one.find("field"), "field"));
            out.value = *one.find("value");
        } else if (type == "contains_field") {
            TRY(check_condition(one, {"field"}));
            out.kind = RuleCondition::Kind::contains_field;
            out.name = TRY(text_.scalar(*one.find("field"), "field"));
        } else if (type == "is_sigma_rule" || type == "is_sigma_correlation_rule") {
            TRY(check_condition(one, {}));
            out.kind = type == "is_sigma_rule" ? RuleCondition::Kind::is_sigma_rule : RuleCondition::Kind::is_sigma_correlation_rule;
        } else if (type == "rule_attribute") {
            TRY(check_condition(one, {"attribute", "value"}, {"op"}));
            out.kind = RuleCondition::Kind::rule_attribute;
            out.name = TRY(text_.scalar(*one.find("attribute"), "attribute"));
            out.value = *one.find("value");
            out.relation = TRY(relation(one));
            const bool several = out.relation == Relation::in || out.relation == Relation::not_in;
            if (out.value.is_object() || out.value.is_array() != several) return text_.fail_here("rule_attribute: in and not_in want a list, the others a single value");
        } else if (type == "tag") {
            TRY(check_condition(one, {"tag"}));
            out.kind = RuleCondition::Kind::tag;
            out.name = TRY(text_.scalar(*one.find("tag"), "tag"));
        } else {
            return unknown(type, "rule", kTypes);
        }
        return out;
    }

    Result<ItemCondition> read_item_condition(const json::Value& one) const {
        constexpr std::string_view kTypes[] = {"match_string", "match_value", "contains_wildcard", "is_null", "processing_item_applied", "processing_state"};
        const std::string type = TRY(type_of(one));
        ItemCondition out;
        if (TRY(read_tracking(one, type, out.tracking))) {
            out.kind = ItemCondition::Kind::tracking;
            return out;
        }
        if (type == "match_string") {
            TRY(check_condition(one, {"cond", "pattern"}, {"negate"}));
            out.pattern = TRY(text_.regex(*one.find("pattern"), "pattern", true));
        } else if (type == "match_value") {
            TRY(check_condition(one, {"cond", "value"}, {"negate"}));
            out.kind = ItemCondition::Kind::match_value;
            out.value = *one.find("value");
        } else if (type == "contains_wildcard" || type == "is_null") {
            TRY(check_condition(one, {"cond"}));
            out.kind = type == "is_null" ? ItemCondition::Kind::is_null : ItemCondition::Kind::contains_wildcard;
        } else {
            return unknown(type, "detection item", kTypes);
        }
        const std::string cond = TRY(text_.scalar(*one.find("cond"), "cond"));
        if (cond != "any" && cond != "all") return text_.fail_here("cond must be any or all");
        out.any = cond == "any";
        if (const json::Value* negate = given(one, "negate")) out.negated = TRY(text_.truth(*negate, "negate"));
        return out;
    }

    Result<FieldCondition> read_field_condition(const json::Value& one) const {
        constexpr std::string_view kTypes[] = {"include_fields", "exclude_fields", "processing_item_applied", "processing_state"};
        const std::string type = TRY(type_of(one));
        FieldCondition out;
        if (TRY(read_tracking(one, type, out.tracking))) {
            out.kind = FieldCondition::Kind::tracking;
            return out;
        }
        if (type != "include_fields" && type != "exclude_fields") return unknown(type, "field", kTypes);
        if (type == "exclude_fields") out.kind = FieldCondition::Kind::exclude;
        // The key `type` names the condition, so that of the fields is called `mode` in YAML.
        TRY(check_condition(one, {"fields"}, {"mode"}));
        const std::string mode = one.text("mode").value_or("plain");
        if (mode != "plain" && mode != "re") return text_.fail_here("mode must be plain or re");
        const auto fields = TRY(text_.list(*one.find("fields"), "fields"));
        if (mode == "re" && fields.size() > 100) return text_.fail_here("more than 100 expressions");
        for (const std::string& field : fields) {
            if (mode == "re")
                out.patterns.push_back(TRY(text_.regex(json::Value{field}, "fields", true)));
            else
                out.names.insert(field);
        }
        return out;
    }

    const PipelineText& text_;
};

}  // namespace

Status read_conditions(const PipelineText& text, const json::Value& item, Transformation& out) { return ConditionReader{text}.read(item, out); }

}  // namespace vg::detect::sigma

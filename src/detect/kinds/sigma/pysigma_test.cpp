// The conversion cases of pySigma: our parse tree must say the same as the query that its test backend writes. Both are
// brought to one form, and(...), or(...), not(...) over single comparisons, and compared as text.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "detect/kinds/sigma/read.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::sigma {
namespace {

// A tree with operators flattened: and(and(a, b), c) is and(a, b, c), and(a) is a.
struct Node {
    std::string word;  // "and", "or", "not", or a comparison
    std::vector<Node> parts;

    [[nodiscard]] std::string text() const {
        if (parts.empty()) return word;
        std::string out = word + "(";
        for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? ", " : "") + parts[i].text();
        return out + ")";
    }
};

Node join(const char* word, std::vector<Node> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    Node node{word, {}};
    for (Node& part : parts) {
        if (part.word == word) node.parts.insert(node.parts.end(), part.parts.begin(), part.parts.end());
        else node.parts.push_back(std::move(part));
    }
    return node;
}

std::string without(std::string text, char unwanted) {
    text.erase(std::remove(text.begin(), text.end(), unwanted), text.end());
    return text;
}

// ours

std::string comparison(const Item& item, const Test& test) {
    const std::string field = item.name.empty() ? "_" : item.name;
    if (const auto* text = std::get_if<TextTest>(&test)) {
        Pattern pattern = text->pattern;
        if (item.name.empty()) pattern = Pattern(pattern.begin() + 1, pattern.end() - 1);  // keywords are open at both ends
        std::string written;
        for (const Part& part : pattern) written += part.kind == Part::Kind::any ? "*" : part.kind == Part::Kind::one ? "?" : part.text;
        return field + (text->cased ? " cased " : " is ") + written;
    }
    if (const auto* regex = std::get_if<RegexTest>(&test))
        return field + " re " + without(regex->expression, '\\') + " " + (regex->ignore_case ? "i" : "") + (regex->multi_line ? "m" : "") + (regex->dot_all ? "s" : "");
    if (const auto* network = std::get_if<NetworkTest>(&test)) return field + " in " + network->network.text();
    if (const auto* number = std::get_if<NumberTest>(&test)) {
        constexpr const char* signs[] = {" is ", " < ", " <= ", " > ", " >= "};
        return field + signs[static_cast<std::size_t>(number->compare)] + std::to_string(number->number.integer);
    }
    if (const auto* boolean = std::get_if<BooleanTest>(&test)) return field + (boolean->value ? " is 1" : " is 0");  // as the test backend writes it
    if (std::holds_alternative<NullTest>(test)) return field + " is null";
    if (std::holds_alternative<ExistsTest>(test)) return field + " exists";
    const auto& reference = std::get<FieldTest>(test);
    return field + " refers " + (reference.open_start ? "*" : "") + reference.name + (reference.open_end ? "*" : "");
}

Node ours(const Expression& expression, const Detection& detection) {
    std::vector<Node> parts;
    if (expression.kind == Expression::Kind::selection) {
        for (const auto& items : detection.selections[expression.selection].any_of) {
            std::vector<Node> all;
            for (const Item& item : items) {
                std::vector<Node> values;
                for (const Value& value : item.values) {
                    std::vector<Node> tests;
                    for (const Test& test : value.any_of) tests.push_back({comparison(item, test), {}});
                    values.push_back(join("or", std::move(tests)));
                }
                all.push_back(join(item.all ? "and" : "or", std::move(values)));
            }
            parts.push_back(join("and", std::move(all)));
        }
        return join("or", std::move(parts));
    }
    for (const Expression& part : expression.parts) parts.push_back(ours(part, detection));
    if (expression.kind == Expression::Kind::negation) return {"not", std::move(parts)};
    return join(expression.kind == Expression::Kind::all ? "and" : "or", std::move(parts));
}

// Theirs: reads a query of the test backend.
class Query {
public:
    explicit Query(std::string_view text) : text_(text) {}
    std::string whole() {
        Node node = either();
        blanks();
        return at_ == text_.size() ? node.text() : "not read from: " + std::string{text_.substr(at_)};
    }

private:
    void blanks() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }
    bool take(std::string_view word) {
        blanks();
        if (text_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }
    Node either() {
        std::vector<Node> parts{both()};
        while (take("or ")) parts.push_back(both());
        return join("or", std::move(parts));
    }
    Node both() {
        std::vector<Node> parts{one()};
        while (take("and ")) parts.push_back(one());
        return join("and", std::move(parts));
    }
    Node one() {
        if (take("not ")) return {"not", {one()}};
        if (take("(")) {
            Node inner = either();
            take(")");
            return inner;
        }
        if (take("exists(")) return closed(field() + " exists");
        for (const bool negated : {false, true})
            if (take(negated ? "cidrnotmatch(" : "cidrmatch(")) {
                const std::string name = field();
                take(",");
                std::string network = string();
                if (take(",")) network += "/" + std::to_string(bits(string()));
                const Node node = closed(name + " in " + parse_network(network).value_or(Network{}).text());
                return negated ? Node{"not", {node}} : node;
            }
        return compared(field());
    }
    Node closed(std::string word) {
        take(")");
        return {std::move(word), {}};
    }
    static int bits(const std::string& mask) {
        int count = 0;
        const Address address = *parse_address(mask);
        for (std::size_t i = address.is_v4() ? 12 : 0; i < 16; ++i) count += __builtin_popcount(address.bytes[i]);
        return count;
    }
    Node compared(const std::string& name) {
        if (take("in (")) return several(name, "or");
        if (take("contains-all (")) return several(name, "and");
        if (take("in list(")) return closed(name + " in list " + word());
        if (take("=fieldref_startswith(")) return closed(name + " refers " + field() + "*");
        if (take("=fieldref_endswith(")) return closed(name + " refers *" + field());
        if (take("=fieldref(")) return closed(name + " refers " + field());
        if (take("=~")) return {name + " is " + from_regex(string()), {}};
        if (take("!=/")) return {"not", {regex(name)}};
        if (take("!=")) return {"not", {{name + " is " + value(), {}}}};
        if (take("=/")) return regex(name);
        for (const char* sign : {"<=", ">=", "<", ">"})
            if (take(sign)) return {name + " " + sign + " " + word(), {}};
        if (take("=")) return {name + " is " + value(), {}};
        for (const bool cased : {false, true}) {
            const std::string is = cased ? " cased " : " is ";
            const std::string suffix = cased ? "_cased " : " ";
            if (take("startswith" + suffix)) return {name + is + string() + "*", {}};
            if (take("endswith" + suffix)) return {name + is + "*" + string(), {}};
            if (take("contains" + suffix)) return {name + is + "*" + string() + "*", {}};
            if (take(cased ? "casematch " : "match ")) return {name + is + from_regex(string()), {}};
        }
        if (take("not_contains ")) return {"not", {{name + " is *" + string() + "*", {}}}};
        return {"no comparison", {}};
    }
    Node several(const std::string& name, const char* how) {
        std::vector<Node> parts;
        do parts.push_back({name + " is " + value(), {}});
        while (take(","));
        take(")");
        return join(how, std::move(parts));
    }
    Node regex(const std::string& name) {
        std::string expression;
        while (at_ < text_.size() && (text_[at_] != '/' || text_[at_ - 1] == '\\')) expression += text_[at_++];
        ++at_;
        std::string flags;
        while (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') flags += text_[at_++];
        expression = without(expression, '\\');
        if (expression.substr(0, 2) == "(?") {
            flags = expression.substr(2, expression.find(')') - 2);
            expression = expression.substr(expression.find(')') + 1);
        }
        return {name + " re " + expression + " " + flags, {}};
    }
    static std::string from_regex(std::string text) {
        for (std::size_t at = text.find(".*"); at != std::string::npos; at = text.find(".*")) text.replace(at, 2, "*");
        std::replace(text.begin(), text.end(), '.', '?');
        return text;
    }
    std::string field() {
        blanks();
        std::string name = at_ < text_.size() && text_[at_] == '\'' ? string() : word();
        if (name == "mappedA" || name == "mappedB") name.replace(0, 6, "field");  // the pipeline of the tests
        if (name == "test.prefix") name = "prefix";
        return name;
    }
    std::string value() {
        blanks();
        return at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'') ? string() : word();
    }
    std::string string() {
        blanks();
        const char quote = text_[at_++];
        std::string out;
        while (at_ < text_.size() && text_[at_] != quote) out += text_[at_++];
        ++at_;
        return out;
    }
    std::string word() {
        std::string out;
        while (at_ < text_.size() && std::string_view{" =<>!,()"}.find(text_[at_]) == std::string_view::npos) out += text_[at_++];
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// Cases about things that are no part of a rule's meaning, or where we differ, each with the reason.
const std::map<std::string, std::string> kOther{
    {"test_backend_pipeline_with_postprocessing", "a pipeline writes brackets around the query"},
    {"test_backend_options_passing_to_pipeline", "a pipeline replaces the query by a template"},
    {"test_convert_query_expr", "a pipeline turns the placeholder into a look-up; without a value we refuse, as the specification asks"},
    {"test_convert_value_regex_multi_mapping", "a pipeline maps one field to two"},
    {"test_multi_field_mapping_conversion", "a pipeline maps one field to two"},
    {"test_convert_value_cidr_wildcard_expression_ipv6", "the backend has no networks and lists texts; the network is compared in CidrOfBothVersions"},
    {"test_convert_list_cidr_wildcard_asterisk", "the same for a list"},
    {"test_convert_state", "a pipeline adds an index"},
    {"test_convert_query_expression", "a pipeline wraps the query"},
    {"test_convert_query_expression_defaults", "a pipeline wraps the query"},
    {"test_convert_dropped_detection_item_and_partial", "a pipeline drops a field"},
    {"test_convert_dropped_detection_item_and_complete", "a pipeline drops a field"},
    {"test_convert_dropped_detection_item_and_complete_with_custom_expression", "a pipeline drops a field"},
    {"test_convert_dropped_detection_item_or_partial", "a pipeline drops a field"},
    {"test_convert_dropped_detection_item_group_partial", "a pipeline drops a field"},
    {"test_convert_dropped_detection_item_group_complete", "a pipeline drops a field"},
    {"test_finish_query_regular_rule", "the backend writes search(...) around the query"},
    {"test_finish_query_regular_rule_with_multiple_conditions", "the backend writes search(...) around the query"},
    {"test_backend_output_format_list_of_dict_with_testparam", "an output format of the backend"},
    {"test_deferred_conversion_or", "the backend moves expressions behind the query"},
    {"test_deferred_conversion_multiple_cond", "the backend moves expressions behind the query"},
    {"test_deferred_conversion_not", "the backend moves expressions behind the query"},
    {"test_convert_not_or_group", "this setting of the backend writes 'a differs or b differs' for not (a or b), which is not the same"},
    {"test_correlation_generate_chained_rule", "compared in CorrelationChain"},
};
// kind "error" where the error is that of the backend: the rule itself is right, and we load it.
const std::set<std::string> kBackendErrors{"test_convert_value_regex_flag_explicit_unsupported", "test_convert_compare_fields_startswith_unsupported",
                                           "test_convert_compare_fields_endswith_unsupported", "test_convert_compare_fields_contains_unsupported",
                                           "test_backend_unknown_output_format"};

json::Value cases() {
    const auto path = detect::testing::corpora() / "sigma-pysigma-conversion/cases.json";
    return json::parse(detect::testing::read(path)).value_or(json::Value{});
}

TEST(PySigma, ParseTreesSayWhatTheQueriesSay) {
    if (detect::testing::corpora().empty()) GTEST_SKIP() << "the corpora are not there";
    const json::Value all = cases();
    ASSERT_TRUE(all.is_array());
    std::size_t compared = 0, refused = 0, other = 0;
    for (const json::Value& one : all.as_array()) {
        std::string name = one.text("test").value_or("");
        name = name.substr(name.find("::") + 2);
        Documents documents;
        LoadReport report;
        read_file({name, one.text("rules").value_or("")}, {}, documents, report);
        if (one.text("kind") == "error") {
            EXPECT_EQ(report.refused.empty(), kBackendErrors.contains(name)) << name;
            ++refused;
            continue;
        }
        if (kOther.contains(name)) {
            EXPECT_EQ(report.refused.empty(), name != "test_convert_query_expr") << name;
            ++other;
            continue;
        }
        ASSERT_EQ(documents.rules.size(), 1U) << name << (report.refused.empty() ? "" : report.refused[0].reason);
        const auto& expected = one.find("expected")->as_array();
        ASSERT_EQ(expected.size(), 1U) << name;
        EXPECT_EQ(ours(documents.rules[0].detection.condition, documents.rules[0].detection).text(), Query{expected[0].as_text()}.whole()) << name;
        ++compared;
    }
    EXPECT_EQ(compared + refused + other, 93U);
    EXPECT_EQ(refused, 9U);
    EXPECT_EQ(other, kOther.size());
}

TEST(PySigma, CorrelationChain) {
    if (detect::testing::corpora().empty()) GTEST_SKIP() << "the corpora are not there";
    const json::Value all = cases();
    const auto& list = all.as_array();
    const auto found = std::find_if(list.begin(), list.end(), [](const json::Value& one) {
        return one.text("test") == "test_conversion_correlations::test_correlation_generate_chained_rule";
    });
    ASSERT_NE(found, list.end());
    Documents documents;
    LoadReport report;
    read_file({"chain", found->text("rules").value_or("")}, {}, documents, report);
    ASSERT_EQ(documents.rules.size(), 2U);
    ASSERT_EQ(documents.correlations.size(), 2U);
    const auto& expected = found->find("expected")->as_array();
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_EQ(ours(documents.rules[i].detection.condition, documents.rules[i].detection).text(), Query{expected[i].as_text()}.whole());
    // "aggregate window=10min count() as event_count by User | where event_count >= 10"
    const Correlation& count = documents.correlations[0];
    EXPECT_EQ(count.type, Correlation::Type::event_count);
    EXPECT_EQ(count.rules, std::vector<std::string>{"failed_login"});
    EXPECT_EQ(count.group_by, std::vector<std::string>{"User"});
    EXPECT_EQ(count.timespan, minutes(10));
    ASSERT_EQ(count.bounds.size(), 1U);
    EXPECT_EQ(count.bounds[0].first, Correlation::Bound::greater_or_equal);
    EXPECT_EQ(count.bounds[0].second.integer, 10);
    EXPECT_TRUE(count.generate);
    // "temporal ordered=true window=10min eventtypes=multiple_failed_login,successful_login by User"
    const Correlation& ordered = documents.correlations[1];
    EXPECT_EQ(ordered.type, Correlation::Type::temporal_ordered);
    EXPECT_EQ(ordered.rules, (std::vector<std::string>{"multiple_failed_login", "successful_login"}));
    EXPECT_EQ(ordered.timespan, minutes(10));
    const auto loaded = detect::testing::load(found->text("rules").value_or(""));
    EXPECT_EQ(loaded.report.correlations, 2U);
    EXPECT_TRUE(loaded.report.refused.empty());
}

}  // namespace
}  // namespace vg::detect::sigma

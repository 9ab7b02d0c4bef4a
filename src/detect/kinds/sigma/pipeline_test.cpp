// Processing pipelines. What is expected follows pySigma's documentation ("Processing Pipelines"), or is worked out by hand.
#include <gtest/gtest.h>

#include "detect/kinds/correlation/plan.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::sigma::pipeline_test {
namespace {

using detect::testing::JsonEvent;
using detect::testing::load;
using detect::testing::Loaded;

constexpr std::string_view kHead = "title: Test\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nstatus: test\nlevel: high\ndate: 2024-05-01\ntags: [attack.execution, attack.t1059]\n";

// A rule for process creation on Windows around a detection.
std::string rule(std::string_view detection, std::string_view source = "{category: process_creation, product: windows}") {
    return format("{}logsource: {}\ndetection:\n{}", kHead, source, detection);
}

Loaded with(std::vector<std::string> pipelines, std::string_view rules) {
    EngineOptions options;
    for (std::size_t i = 0; i < pipelines.size(); ++i) options.pipelines.push_back({format("p{}.yml", i), std::move(pipelines[i])});
    return load(rules, options);
}
std::string error_of(std::string pipeline) {
    LoadReport report;
    EngineOptions options;
    options.pipelines.push_back({"p.yml", std::move(pipeline)});
    const auto made = Engine::make({}, options, report);
    return made ? "none" : made.error().text;
}

bool fires(const Loaded& loaded, const char* event) {
    if (!loaded.engine) return false;
    const JsonEvent made{event};
    return !detect::testing::match(*loaded.engine, made.event).empty();
}
std::string refusal(const Loaded& loaded) { return loaded.report.refused.size() == 1 ? loaded.report.refused[0].reason : format("{} refused", loaded.report.refused.size()); }

constexpr const char* kBoth = "    selection:\n        EventID: 1\n        CommandLine|contains: whoami\n    condition: selection\n";

// The documentation's example: EventID becomes EventCode, CommandLine either of two.
constexpr const char* kMapping = R"(
name: mapping
priority: 100
transformations:
  - id: fields
    type: field_name_mapping
    mapping:
      EventID: EventCode
      CommandLine:
        - command_line
        - cmdline
)";

TEST(Pipeline, OneFieldBecomesAnotherOrAnyOfSeveral) {
    const auto loaded = with({kMapping}, rule(kBoth));
    EXPECT_TRUE(fires(loaded, R"({"EventCode":1,"command_line":"whoami /all"})"));
    EXPECT_TRUE(fires(loaded, R"({"EventCode":1,"cmdline":"whoami /all"})"));
    EXPECT_FALSE(fires(loaded, R"({"EventCode":2,"cmdline":"whoami /all"})"));
    EXPECT_FALSE(fires(loaded, R"({"EventID":1,"CommandLine":"whoami /all"})"));
    const JsonEvent event{R"({"EventCode":1,"cmdline":"whoami /all"})"};
    const auto matches = detect::testing::match(*loaded.engine, event.event);
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].matched.at(1).field, "cmdline");
    EXPECT_EQ(loaded.engine->explain("929a690e-bef0-4204-a928-ef5e620d6fcc", event.event)->held, true);
}

TEST(Pipeline, ReferencesAndTheListOfFieldsAreRenamedToo) {
    const auto loaded = with({kMapping}, "fields: [CommandLine, User]\n" + rule("    selection:\n        Parent|fieldref: CommandLine\n    condition: selection\n"));
    EXPECT_TRUE(fires(loaded, R"({"Parent":"a","command_line":"a"})"));
    EXPECT_TRUE(fires(loaded, R"({"Parent":"a","cmdline":"a"})"));
    EXPECT_FALSE(fires(loaded, R"({"Parent":"a","CommandLine":"a"})"));
    EXPECT_EQ(loaded.engine->rules()[0]->fields, (std::vector<std::string>{"command_line", "cmdline", "User"}));
}

TEST(Pipeline, LowerPrioritiesComeFirst) {
    const std::string first = "priority: 10\ntransformations:\n- {type: field_name_mapping, mapping: {A: B}}\n";
    const std::string second = "priority: 20\ntransformations:\n- {type: field_name_mapping, mapping: {B: C}}\n";
    const std::string detection = "    selection: {A: x}\n    condition: selection\n";
    EXPECT_TRUE(fires(with({second, first}, rule(detection)), R"({"C":"x"})"));
    // Without a priority it is 0; equal ones in the order they were given.
    EXPECT_TRUE(fires(with({second, "transformations:\n- {type: field_name_mapping, mapping: {A: B}}\n"}, rule(detection)), R"({"C":"x"})"));
    EXPECT_TRUE(fires(with({"priority: 20\ntransformations:\n- {type: field_name_mapping, mapping: {C: D}}\n", second, first}, rule(detection)), R"({"C":"x"})"));
}

TEST(Pipeline, PrefixesAndSuffixes) {
    const std::string detection = "    selection: {win.a: x, b: y}\n    condition: selection\n";
    EXPECT_TRUE(fires(with({"transformations:\n- {type: field_name_prefix_mapping, mapping: {win.: windows.}}\n"}, rule(detection)), R"({"windows.a":"x","b":"y"})"));
    EXPECT_TRUE(fires(with({"transformations:\n- {type: field_name_prefix_mapping, mapping: {win.: [u., v.]}}\n"}, rule(detection)), R"({"v.a":"x","b":"y"})"));
    EXPECT_TRUE(fires(with({"transformations:\n- {type: field_name_prefix, prefix: 'p.'}\n"}, rule(detection)), R"({"p.win.a":"x","p.b":"y"})"));
    EXPECT_TRUE(fires(with({"transformations:\n- {type: field_name_suffix, suffix: '.s'}\n"}, rule(detection)), R"({"win.a.s":"x","b.s":"y"})"));
    // Keywords have no field.
    EXPECT_TRUE(fires(with({"transformations:\n- {type: field_name_prefix, prefix: 'p.'}\n"}, rule("    k: [whoami]\n    condition: k\n")), R"({"any":"run whoami"})"));
}

TEST(Pipeline, ConditionsOfRules) {
    const auto renames = [](std::string_view conditions, std::string_view source = "{category: process_creation, product: windows}") {
        const auto loaded = with({format("transformations:\n- type: field_name_mapping\n  mapping: {{A: B}}\n{}", conditions)}, rule("    selection: {A: x}\n    condition: selection\n", source));
        EXPECT_TRUE(loaded.engine);
        const bool as_b = fires(loaded, R"({"B":"x"})"), as_a = fires(loaded, R"({"A":"x"})");
        EXPECT_NE(as_a, as_b);
        return as_b;
    };
    EXPECT_TRUE(renames("  rule_conditions:\n  - {type: logsource, category: process_creation, product: windows}\n"));
    EXPECT_TRUE(renames("  rule_conditions:\n  - {type: logsource, product: windows}\n"));
    EXPECT_FALSE(renames("  rule_conditions:\n  - {type: logsource, product: windows, service: sysmon}\n"));
    EXPECT_FALSE(renames("  rule_conditions:\n  - {type: logsource, product: windows}\n  - {type: logsource, product: linux}\n"));
    EXPECT_TRUE(renames("  rule_cond_op: or\n  rule_conditions:\n  - {type: logsource, product: windows}\n  - {type: logsource, product: linux}\n"));
    EXPECT_FALSE(renames("  rule_cond_not: true\n  rule_conditions:\n  - {type: logsource, product: windows}\n"));
    // The documentation's expression.
    const std::string expression = "  rule_conditions:\n    cond1: {type: logsource, category: process_creation}\n    cond2: {type: logsource, product: windows}\n  rule_cond_expr: cond1 and not cond2\n";
    EXPECT_FALSE(renames(expression));
    EXPECT_TRUE(renames(expression, "{category: process_creation, product: linux}"));
    const auto one = [&](std::string_view condition) { return renames(format("  rule_conditions:\n  - {}\n", condition)); };
    EXPECT_TRUE(one("{type: contains_detection_item, field: A, value: x}"));
    EXPECT_FALSE(one("{type: contains_detection_item, field: A, value: y}"));
    EXPECT_TRUE(one("{type: contains_field, field: A}"));
    EXPECT_FALSE(one("{type: contains_field, field: C}"));
    EXPECT_TRUE(one("{type: is_sigma_rule}"));
    EXPECT_FALSE(one("{type: is_sigma_correlation_rule}"));
    EXPECT_TRUE(one("{type: tag, tag: attack.t1059}"));
    EXPECT_FALSE(one("{type: tag, tag: attack.t1060}"));
    EXPECT_TRUE(one("{type: rule_attribute, attribute: title, value: Test}"));
    EXPECT_FALSE(one("{type: rule_attribute, attribute: title, value: Other}"));
    EXPECT_TRUE(one("{type: rule_attribute, attribute: level, op: gte, value: medium}"));
    EXPECT_FALSE(one("{type: rule_attribute, attribute: level, op: gt, value: high}"));
    EXPECT_TRUE(one("{type: rule_attribute, attribute: status, op: in, value: [stable, test]}"));
    EXPECT_TRUE(one("{type: rule_attribute, attribute: status, op: lt, value: stable}"));
    EXPECT_TRUE(one("{type: rule_attribute, attribute: date, op: lt, value: '2024-06-01'}"));
    EXPECT_FALSE(one("{type: rule_attribute, attribute: date, op: lt, value: '2024-05-01'}"));
    EXPECT_FALSE(one("{type: rule_attribute, attribute: not_there, value: a}"));
}

TEST(Pipeline, ConditionsOfItemsAndFields) {
    // What is left of the fields A, B and C, whose values are a star-free string, one with a star behind, and null.
    const auto dropped = [](std::string_view conditions) {
        const auto loaded = with({format("transformations:\n- type: drop_detection_item\n{}", conditions)},
                                 rule("    a: {A: [one, two]}\n    b: {B|startswith: three}\n    c: {C: null}\n    condition: a and b and c\n"));
        std::string out;
        if (!fires(loaded, R"({"A":"-","B":"three","C":null})")) out += "";
        else out += "A";
        if (fires(loaded, R"({"A":"one","B":"-","C":null})")) out += "B";
        if (fires(loaded, R"({"A":"one","B":"three","C":"-"})")) out += "C";
        return out;
    };
    const auto item = [&](std::string_view one) { return dropped(format("  detection_item_conditions:\n  - {}\n", one)); };
    const auto field = [&](std::string_view one) { return dropped(format("  field_name_conditions:\n  - {}\n", one)); };
    EXPECT_EQ(item("{type: match_string, cond: any, pattern: 'on'}"), "A");
    EXPECT_EQ(item("{type: match_string, cond: all, pattern: 'on'}"), "");
    EXPECT_EQ(item("{type: match_string, cond: all, pattern: '(one|two)$'}"), "A");
    EXPECT_EQ(item("{type: match_string, cond: any, pattern: 'ne'}"), "");  // it looks at the beginning
    EXPECT_EQ(item("{type: match_string, cond: any, pattern: 'three\\*$'}"), "B");  // as the modifier leaves it
    EXPECT_EQ(item("{type: match_string, cond: all, pattern: 'three', negate: true}"), "AC");  // what is no string does not match either
    EXPECT_EQ(item("{type: is_null, cond: all}"), "C");
    EXPECT_EQ(item("{type: contains_wildcard, cond: any}"), "B");
    EXPECT_EQ(item("{type: match_value, cond: any, value: two}"), "A");
    EXPECT_EQ(field("{type: include_fields, fields: [A, C]}"), "AC");
    EXPECT_EQ(field("{type: exclude_fields, fields: [A, C]}"), "B");
    EXPECT_EQ(field("{type: include_fields, mode: re, fields: ['[BC]$']}"), "BC");
    EXPECT_EQ(field("{type: include_fields, mode: re, fields: ['']}") , "");  // all: nothing is left, the rule is refused
    EXPECT_EQ(dropped("  field_name_cond_not: true\n  field_name_conditions:\n  - {type: include_fields, fields: [A]}\n"), "BC");
    EXPECT_EQ(dropped("  detection_item_conditions:\n  - {type: is_null, cond: any}\n  field_name_conditions:\n  - {type: include_fields, fields: [A]}\n"), "");
}

TEST(Pipeline, WhatLosesAllItsItemsGoesOutOfTheCondition) {
    const std::string pipeline = "transformations:\n- type: drop_detection_item\n  field_name_conditions:\n  - {type: include_fields, fields: [X]}\n";
    const auto loaded = with({pipeline}, rule("    a: {A: x}\n    b: {X: y}\n    condition: a and not b\n"));
    EXPECT_TRUE(fires(loaded, R"({"A":"x","X":"y"})"));
    const auto nothing = with({pipeline}, rule("    b: {X: y}\n    condition: b\n"));
    EXPECT_EQ(nothing.report.loaded, 0U);
    EXPECT_EQ(refusal(nothing), "the pipelines leave nothing of its detection");
}

TEST(Pipeline, ConditionsAreAdded) {
    const std::string detection = "    a: {A: x}\n    b: {B: y}\n    condition: a or b\n";
    const auto added = with({"transformations:\n- type: add_condition\n  conditions: {index: [main, other], kind|startswith: 'w'}\n"}, rule(detection));
    EXPECT_TRUE(fires(added, R"({"B":"y","index":"other","kind":"win"})"));
    EXPECT_FALSE(fires(added, R"({"B":"y","index":"third","kind":"win"})"));
    EXPECT_FALSE(fires(added, R"({"B":"y"})"));
    const auto negated = with({"transformations:\n- {type: add_condition, negated: true, conditions: {index: main}}\n"}, rule(detection));
    EXPECT_TRUE(fires(negated, R"({"A":"x"})"));
    EXPECT_FALSE(fires(negated, R"({"A":"x","index":"main"})"));
    const auto filled = with({"vars: {place: hanoi}\ntransformations:\n- {type: add_condition, template: true, conditions: {index: '$product-${category}-{vars.place}'}}\n"}, rule(detection));
    EXPECT_TRUE(fires(filled, R"({"A":"x","index":"windows-process_creation-hanoi"})"));
}

// The documentation's example: process creation on Windows is looked for in what Sysmon says.
TEST(Pipeline, TheLogSourceIsChanged) {
    const auto loaded = with({"transformations:\n- type: change_logsource\n  service: sysmon\n  rule_conditions:\n  - {type: logsource, category: process_creation, product: windows}\n"},
                             rule("    a: {A: x}\n    condition: a\n"));
    JsonEvent event{R"({"A":"x"})"};
    event.event.logsource.complete = true;
    event.event.logsource.product = "windows";
    event.event.logsource.service = "sysmon";
    EXPECT_EQ(detect::testing::match(*loaded.engine, event.event).size(), 1U);
    event.event.logsource.service = "security";
    event.event.logsource.categories[0] = "process_creation";
    EXPECT_TRUE(detect::testing::match(*loaded.engine, event.event).empty());
    EXPECT_EQ(loaded.engine->rules()[0]->service, "sysmon");
    EXPECT_EQ(loaded.engine->rules()[0]->category, "");
}

// A filter is for the rules that it names by the log source that stands in both, whatever becomes of that of the rule.
TEST(Pipeline, FiltersAreTransformedAndStayWithTheirRules) {
    const std::string filter = "---\ntitle: Ours\nlogsource: {product: windows}\nfilter:\n  rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]\n  ours: {User|startswith: adm}\n  condition: not ours\n";
    const auto loaded = with({"transformations:\n- {type: field_name_mapping, mapping: {A: B, User: user.name}}\n- type: change_logsource\n  service: sysmon\n  rule_conditions:\n  - {type: logsource, category: process_creation}\n"},
                             rule("    a: {A: x}\n    condition: a\n") + filter);
    EXPECT_EQ(loaded.report.filters, 1U);
    EXPECT_TRUE(fires(loaded, R"({"B":"x","user.name":"lan"})"));
    EXPECT_FALSE(fires(loaded, R"({"B":"x","user.name":"adm-lan"})"));
}

TEST(Pipeline, StringsAreReplaced) {
    // The documentation's example: backslashes of two fields become slashes.
    const auto slashes = with({"transformations:\n- type: replace_string\n  regex: '\\\\+'\n  replacement: '/'\n  field_name_conditions:\n  - {type: include_fields, fields: [Image, ParentImage]}\n"},
                              rule("    a: {Image|endswith: '\\bin\\a.exe', Path: 'c\\d'}\n    condition: a\n"));
    EXPECT_TRUE(fires(slashes, R"({"Image":"c:/bin/a.exe","Path":"c\\d"})"));
    EXPECT_FALSE(fires(slashes, R"({"Image":"c:\\bin\\a.exe","Path":"c\\d"})"));
    // Groups, and the stars that modifiers put there: the string is *\Temp\x*.
    const std::string detection = "    a: {F|contains: '\\Temp\\x'}\n    condition: a\n";
    EXPECT_TRUE(fires(with({"transformations:\n- {type: replace_string, regex: '(T)(emp)', replacement: '\\2-\\g<1>'}\n"}, rule(detection)), R"({"F":"a\\emp-T\\xy"})"));
    const std::string star = "regex: '\\*', replacement: '!'";
    EXPECT_TRUE(fires(with({format("transformations:\n- {{type: replace_string, {}}}\n", star)}, rule(detection)), R"({"F":"!\\Temp\\x!"})"));
    EXPECT_TRUE(fires(with({format("transformations:\n- {{type: replace_string, {}, skip_special: true}}\n", star)}, rule(detection)), R"({"F":"a\\Temp\\xy"})"));
    const std::string put_star = "transformations:\n- {type: replace_string, regex: 'Temp', replacement: 'T*p', skip_special: true, interpret_special: ";
    EXPECT_TRUE(fires(with({put_star + "true}\n"}, rule(detection)), R"({"F":"\\Tuup\\x"})"));
    EXPECT_FALSE(fires(with({put_star + "false}\n"}, rule(detection)), R"({"F":"\\Tuup\\x"})"));
    EXPECT_TRUE(fires(with({put_star + "false}\n"}, rule(detection)), R"({"F":"\\T*p\\x"})"));
    // Numbers and expressions are no strings; a keyword is one without the stars around it.
    EXPECT_TRUE(fires(with({"transformations:\n- {type: replace_string, regex: '^who.*', replacement: 'id'}\n"}, rule("    k: [whoami]\n    condition: k\n")), R"({"x":"run id now"})"));
}

TEST(Pipeline, StringsAreMapped) {
    const std::string pipeline = "transformations:\n  - type: map_string\n    mapping:\n      value1: mapped1\n      value2:\n        - mapped2A\n        - mapped2B\n";
    const auto loaded = with({pipeline}, rule("    a: {F: [value1, value2, value3]}\n    condition: a\n"));
    for (const char* event : {R"({"F":"mapped1"})", R"({"F":"mapped2A"})", R"({"F":"mapped2B"})", R"({"F":"value3"})"}) EXPECT_TRUE(fires(loaded, event)) << event;
    for (const char* event : {R"({"F":"value1"})", R"({"F":"value2"})", R"({"F":"mapped"})"}) EXPECT_FALSE(fires(loaded, event)) << event;
    EXPECT_FALSE(fires(with({pipeline}, rule("    a: {F|contains: value1}\n    condition: a\n")), R"({"F":"mapped1"})"));  // it is *value1* there
}

TEST(Pipeline, ValuesAreSetAndConverted) {
    const std::string detection = "    a: {F|contains: [a, b], G: x}\n    condition: a\n";
    const std::string only = "\n  field_name_conditions: [{type: include_fields, fields: [F]}]\n";
    EXPECT_TRUE(fires(with({"transformations:\n- type: set_value\n  value: whole" + only}, rule(detection)), R"({"F":"whole","G":"x"})"));
    EXPECT_FALSE(fires(with({"transformations:\n- type: set_value\n  value: whole" + only}, rule(detection)), R"({"F":"a whole","G":"x"})"));
    EXPECT_TRUE(fires(with({"transformations:\n- {type: convert_type, target_type: num}\n"}, rule("    a: {F: '7'}\n    condition: a\n")), R"({"F":7.0})"));
    EXPECT_FALSE(fires(with({}, rule("    a: {F: '7'}\n    condition: a\n")), R"({"F":"7.0"})"));
    EXPECT_FALSE(fires(with({"transformations:\n- {type: convert_type, target_type: str}\n"}, rule("    a: {F: 7}\n    condition: a\n")), R"({"F":"7.0"})"));
    EXPECT_EQ(refusal(with({"transformations:\n- {type: convert_type, target_type: num}\n"}, rule("    a: {F: x}\n    condition: a\n"))), "pipeline p0.yml:2: the value 'x' is no number");
}

TEST(Pipeline, StateAndWhatWasAppliedAreKnownLater) {
    const std::string pipeline = R"(
transformations:
  - id: first
    type: field_name_mapping
    mapping: {A: B}
    rule_conditions:
      - {type: logsource, product: windows}
  - type: set_state
    key: index
    val: main
    rule_conditions:
      - {type: processing_item_applied, processing_item_id: first}
  - type: field_name_suffix
    suffix: .s
    rule_conditions:
      - {type: processing_state, key: index, val: main}
    detection_item_conditions:
      - {type: processing_item_applied, processing_item_id: first}
)";
    const std::string detection = "    a: {A: x, C: y}\n    condition: a\n";
    EXPECT_TRUE(fires(with({pipeline}, rule(detection)), R"({"B.s":"x","C":"y"})"));
    EXPECT_TRUE(fires(with({pipeline}, rule(detection, "{product: linux}")), R"({"A":"x","C":"y"})"));
    // The state is that of one rule.
    const std::string two = rule(detection) + "---\n" + "title: Other\nlogsource: {product: linux}\ndetection:\n" + detection;
    const auto both = with({pipeline}, two);
    const JsonEvent linux{R"({"A":"x","C":"y"})"};
    const auto matches = detect::testing::match(*both.engine, linux.event);
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].rule->title, "Other");
}

TEST(Pipeline, NestedTransformationsShareTheConditionsOfTheNest) {
    const std::string pipeline = R"(
transformations:
  - type: nest
    rule_conditions: [{type: logsource, product: windows}]
    items:
      - type: field_name_mapping
        mapping: {A: B}
      - type: field_name_prefix
        prefix: p.
)";
    EXPECT_TRUE(fires(with({pipeline}, rule("    a: {A: x}\n    condition: a\n")), R"({"p.B":"x"})"));
    EXPECT_TRUE(fires(with({pipeline}, rule("    a: {A: x}\n    condition: a\n", "{product: linux}")), R"({"A":"x"})"));
}

TEST(Pipeline, PlaceholdersGetTheValuesOfVariablesOrAStar) {
    const std::string detection = "    a: {User|expand: '%admins%'}\n    condition: a\n";
    const std::string values = "vars: {admins: [root, 'adm*']}\ntransformations:\n- {type: value_placeholders}\n";
    EXPECT_TRUE(fires(with({values}, rule(detection)), R"({"User":"root"})"));
    EXPECT_TRUE(fires(with({values}, rule(detection)), R"({"User":"adm-lan"})"));
    EXPECT_FALSE(fires(with({values}, rule(detection)), R"({"User":"lan"})"));
    EXPECT_TRUE(fires(with({"transformations:\n- {type: wildcard_placeholders}\n"}, rule(detection)), R"({"User":"lan"})"));
    const auto contains = with({values}, rule("    a: {User|expand|contains: 'x%admins%y'}\n    condition: a\n"));
    EXPECT_TRUE(fires(contains, R"({"User":"-xrooty-"})"));
    EXPECT_FALSE(fires(contains, R"({"User":"-xy-"})"));
    // What no transformation handles is refused, as the specification asks.
    const auto other = with({"vars: {others: [a]}\ntransformations:\n- {type: value_placeholders, include: [others]}\n"}, rule(detection));
    EXPECT_EQ(refusal(other).substr(0, 43), "the placeholder %admins% has no value here;");
    EXPECT_EQ(refusal(with({"transformations:\n- {type: value_placeholders}\n"}, rule(detection))), "pipeline p0.yml:2: the placeholder %admins% has no value under vars");
}

TEST(Pipeline, FailuresRefuseTheRulesTheyAreFor) {
    const std::string detection = "    a: {A: x}\n    condition: a\n";
    const auto failed = with({"transformations:\n- type: rule_failure\n  message: not on Windows\n  rule_conditions:\n  - {type: logsource, product: windows}\n"},
                             rule(detection) + "---\ntitle: Other\nlogsource: {product: linux}\ndetection:\n" + detection);
    EXPECT_EQ(failed.report.loaded, 1U);
    EXPECT_EQ(refusal(failed), "pipeline p0.yml:2: not on Windows");
    EXPECT_EQ(failed.report.refused[0].title, "Test");
    const std::string item = "transformations:\n- type: detection_item_failure\n  message: unknown\n  field_name_conditions:\n  - {type: exclude_fields, fields: [A]}\n";
    EXPECT_EQ(with({item}, rule(detection)).report.loaded, 1U);
    EXPECT_EQ(refusal(with({item}, rule("    a: {A: x, B|contains: y}\n    condition: a\n"))), "pipeline p0.yml:2: B|contains: unknown");
}

TEST(Pipeline, FieldsOfCorrelationsAreRenamed) {
    const std::string correlation = R"(---
title: Many
id: 929a690e-bef0-4204-a928-ef5e620d6fcd
status: test
correlation:
  type: value_count
  rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]
  group-by: [Host]
  timespan: 5m
  condition: {gte: 3, field: User}
)";
    const std::string rules = rule("    a: {A: x}\n    condition: a\n") + correlation;
    const auto fields_of = [](const Loaded& loaded) {
        std::string out;
        for (const std::string& field : loaded.engine->plan().rules.at(0).group_by) out += field + " ";
        return out;
    };
    EXPECT_EQ(fields_of(with({"transformations:\n- {type: field_name_mapping, mapping: {Host: host.name, User: user.name}}\n"}, rules)), "host.name ");
    EXPECT_EQ(fields_of(with({"transformations:\n- {type: field_name_mapping, mapping: {Host: [a, b]}}\n"}, rules)), "a b ");
    // A correlation has the log sources of its rules.
    EXPECT_EQ(fields_of(with({"transformations:\n- type: field_name_prefix\n  prefix: p.\n  rule_cond_op: and\n  rule_conditions:\n  - {type: is_sigma_correlation_rule}\n  - {type: logsource, product: windows}\n"}, rules)), "p.Host ");
    const auto several = with({"transformations:\n- {type: field_name_mapping, mapping: {User: [a, b]}}\n"}, rules);
    EXPECT_EQ(refusal(several), "pipeline p0.yml:2: 'User' in a correlation cannot become several fields");
}

TEST(Pipeline, WhatIsNotKnownIsAnErrorWithItsPlace) {
    EXPECT_EQ(error_of("transformations:\n  - type: set_state\n    key: a\n    val: b\n  - id: x\n    type: field_name_maping\n    mapping: {}\n").substr(0, 96),
              "pipeline p.yml:5: 'field_name_maping' is no transformation (did you mean field_name_mapping?); k");
    EXPECT_EQ(error_of("name: a\ntransformations:\n- type: drop_detection_item\n  rule_conditions:\n  - type: log_source\n").substr(0, 59), "pipeline p.yml:3: 'log_source' is no condition of a rule; k");
    EXPECT_EQ(error_of("transformations:\n- type: query_expression_placeholders\n  expression: x\n"),
              "pipeline p.yml:2: the transformation query_expression_placeholders is not supported: rules are evaluated here and not turned into queries: there is no query language for the expression");
    EXPECT_EQ(error_of("transformations:\n- {type: field_name_prefix}\n"), "pipeline p.yml:2: field_name_prefix needs the parameter prefix");
    EXPECT_EQ(error_of("transformations:\n- {type: field_name_prefix, prefix: a, sufix: b}\n"),
              "pipeline p.yml:2: field_name_prefix has no parameter 'sufix'; known are id, type, prefix, and conditions with what links them");
    EXPECT_EQ(error_of("transformations:\n- {type: field_name_prefix, prefix: a, rule_cond_op: and}\n"), "pipeline p.yml:2: there are no rule_conditions to link");
    EXPECT_EQ(error_of("priorities: 3\n").substr(0, 44), "pipeline p.yml:1: 'priorities' is not known;");
    EXPECT_EQ(error_of("transformations:\n- {type: replace_string, regex: '(', replacement: a}\n").substr(0, 49), "pipeline p.yml:2: regex: '(' is not an expression");
    EXPECT_EQ(error_of("a: [").substr(0, 16), "pipeline p.yml: ");
    // What is about queries is told, and not used.
    const auto loaded = with({"postprocessing:\n- {type: embed, prefix: a}\ntransformations: []\n"}, rule("    a: {A: x}\n    condition: a\n"));
    ASSERT_EQ(loaded.report.warnings.size(), 1U);
    EXPECT_EQ(loaded.report.warnings[0], "p0.yml:1: postprocessing is about queries and is not used: rules are evaluated here");
    EXPECT_EQ(loaded.report.loaded, 1U);
}

TEST(Pipeline, WhatGrowsWithoutBoundIsRefused) {
    std::string names, detection = "    a:\n";
    for (int i = 0; i < 50; ++i) names += format("{}n{}", i == 0 ? "" : ", ", i);
    std::string mapping;
    for (int i = 0; i < 5; ++i) {
        mapping += format("    F{}: [{}]\n", i, names);
        detection += format("        F{}: x\n", i);
    }
    const auto loaded = with({"transformations:\n- type: field_name_mapping\n  mapping:\n" + mapping}, rule(detection + "    condition: a\n"));
    EXPECT_EQ(refusal(loaded), "pipeline p0.yml:2: a becomes more than 1000 alternatives");
    EXPECT_EQ(refusal(with({"transformations:\n- {type: replace_string, regex: '', replacement: '" + std::string(1000, 'x') + "'}\n"}, rule("    a: {A: " + std::string(200, 'a') + "}\n    condition: a\n"))),
              "pipeline p0.yml:2: a value becomes longer than 65536 bytes");
}

TEST(Pipeline, TheFingerprintChangesWithThePipelines) {
    const std::string rules = rule(kBoth);
    EXPECT_NE(with({}, rules).engine->fingerprint(), with({kMapping}, rules).engine->fingerprint());
    EXPECT_EQ(with({kMapping}, rules).engine->fingerprint(), with({kMapping}, rules).engine->fingerprint());
}

}  // namespace
}  // namespace vg::detect::sigma::pipeline_test

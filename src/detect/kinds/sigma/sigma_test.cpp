// The loader and the set: what is loaded, what is refused and why, what a match says.
#include <gtest/gtest.h>

#include "detect/kinds/sigma/testing.h"

namespace vg::detect {
namespace {

using namespace testing;

constexpr std::string_view kWhoami = R"(title: Whoami Execution
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
status: test
description: Detects a whoami.exe execution
license: DRL-1.1
references:
    - https://example.com/a
author: An Author
date: 2019-10-23
tags:
    - attack.discovery
    - attack.t1033
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        Image|endswith: '\whoami.exe'
        User:
            - admin
            - system
    filter:
        ParentImage: null
    condition: selection and not filter
fields:
    - CommandLine
falsepositives:
    - Administrators
level: high
)";

TEST(Sigma, RuleInfoHoldsWhatTheRuleSays) {
    const Loaded loaded = load(kWhoami);
    ASSERT_EQ(loaded.engine->rules().size(), 1U);
    const RuleInfo& info = *loaded.engine->rules().front();
    EXPECT_EQ(info.id, "929a690e-bef0-4204-a928-ef5e620d6fcc");
    EXPECT_EQ(info.title, "Whoami Execution");
    EXPECT_EQ(info.description, "Detects a whoami.exe execution");
    EXPECT_EQ(info.author, "An Author");
    EXPECT_EQ(info.status, "test");
    EXPECT_EQ(info.license, "DRL-1.1");
    EXPECT_EQ(info.kind, "sigma");
    EXPECT_EQ(info.file, "rule.yml");
    EXPECT_EQ(trim(info.text), trim(kWhoami));
    EXPECT_EQ(info.level, Level::high);
    EXPECT_EQ(info.tags, (std::vector<std::string>{"attack.discovery", "attack.t1033"}));
    EXPECT_EQ(info.references, std::vector<std::string>{"https://example.com/a"});
    EXPECT_EQ(info.false_positives, std::vector<std::string>{"Administrators"});
    EXPECT_EQ(info.fields, std::vector<std::string>{"CommandLine"});
    EXPECT_EQ(info.product, "windows");
    EXPECT_EQ(info.category, "process_creation");
    EXPECT_EQ(info.service, "");
    EXPECT_EQ(loaded.report.loaded, 1U);
    EXPECT_TRUE(loaded.report.refused.empty());
    EXPECT_TRUE(loaded.report.warnings.empty());
}

TEST(Sigma, MatchNamesThePositiveItemsThatHeld) {
    const Loaded loaded = load(kWhoami);
    const JsonEvent found{R"({"Image": "C:\\Windows\\System32\\WHOAMI.EXE", "User": "SYSTEM", "ParentImage": "C:\\x.exe"})"};
    const auto matches = match(*loaded.engine, found.event);
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].rule->title, "Whoami Execution");
    ASSERT_EQ(matches[0].matched.size(), 2U);
    EXPECT_EQ(matches[0].matched[0].field, "Image");
    EXPECT_EQ(matches[0].matched[0].value, "C:\\Windows\\System32\\WHOAMI.EXE");
    EXPECT_EQ(matches[0].matched[0].pattern, "\\whoami.exe");
    EXPECT_EQ(matches[0].matched[1].field, "User");
    EXPECT_EQ(matches[0].matched[1].pattern, "system");
}

TEST(Sigma, ExplainSaysWhichPartDidNotHold) {
    const Loaded loaded = load(kWhoami);
    const JsonEvent event{R"({"Image": "C:\\whoami.exe", "User": "SYSTEM"})"};
    const auto told = loaded.engine->explain("929a690e-bef0-4204-a928-ef5e620d6fcc", event.event);
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->held);
    ASSERT_EQ(told->parts.size(), 2U);
    EXPECT_TRUE(told->parts[0].held);  // nothing is known of the log source
    const Explanation& condition = told->parts[1];
    EXPECT_EQ(condition.text, "and");
    ASSERT_EQ(condition.parts.size(), 2U);
    EXPECT_EQ(condition.parts[0].text, "selection");
    EXPECT_TRUE(condition.parts[0].held);
    EXPECT_EQ(condition.parts[1].text, "not");
    EXPECT_FALSE(condition.parts[1].held);
    EXPECT_EQ(loaded.engine->explain("00000000-0000-0000-0000-000000000000", event.event).error().code, Code::not_found);
}

}  // namespace
}  // namespace vg::detect

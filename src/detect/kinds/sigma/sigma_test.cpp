// The loader and the set: what is loaded, what is refused and why, what a match says.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

TEST(Sigma, RuleMayHaveATitleInVietnamese) {
    EXPECT_EQ(load(kWhoami).engine->rules().at(0)->title_vi, "");
    const auto titled = [](std::string_view line) { return format("{}\n{}", line, kWhoami); };
    const Loaded loaded = load(titled("title_vi: Lệnh whoami được chạy"));
    EXPECT_EQ(loaded.engine->rules().at(0)->title_vi, "Lệnh whoami được chạy");
    EXPECT_EQ(loaded.engine->rules().at(0)->title, "Whoami Execution");
    EXPECT_TRUE(loaded.report.warnings.empty());
    const auto repeated = [](std::size_t times) {
        std::string text;
        while (times-- > 0) text += "ắ";
        return text;
    };
    EXPECT_EQ(load(titled("title_vi: " + repeated(256))).engine->rules().at(0)->title_vi, repeated(256)) << "characters are counted, not bytes";
    // The rule holds without it, for nothing is found by a title.
    const std::pair<std::string, std::string_view> wrong[] = {{"title_vi: " + repeated(257), "title_vi is longer than 256 characters"},
                                                               {"title_vi: [a]", "title_vi is not a string"},
                                                               {"title_vi: 5", "title_vi is not a string"},
                                                               {"title_vi: ' '", "title_vi is not a string"}};
    for (const auto& [line, reason] : wrong) {
        const Loaded bad = load(titled(line));
        ASSERT_EQ(bad.report.loaded, 1U) << line;
        EXPECT_EQ(bad.engine->rules().at(0)->title_vi, "") << line;
        ASSERT_EQ(bad.report.warnings.size(), 1U) << line;
        EXPECT_EQ(bad.report.warnings[0].find(format("rule.yml:1: {}", reason)), 0U) << bad.report.warnings[0];
    }
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

std::string with(std::string text, std::string_view old, std::string_view replacement) {
    const std::size_t at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return text.replace(at, old.size(), replacement);
}

RefusedRule refused(const std::string& yaml) {
    const Loaded loaded = load(yaml);
    EXPECT_EQ(loaded.report.loaded, 0U);
    if (loaded.report.refused.size() != 1) return {"", 0, "", "not refused"};
    EXPECT_EQ(loaded.report.refused[0].file, "rule.yml");
    return loaded.report.refused[0];
}

TEST(Sigma, RefusesWithLineReasonAndSection) {
    const std::string good{kWhoami};
    const struct {
        std::string yaml;
        int line;
        std::string_view reason;
    } cases[] = {
        {with(good, "title: Whoami Execution\n", ""), 1, "title is missing [rules specification: Title]"},
        {with(good, "Whoami Execution", std::string(257, 'x')), 1, "longer than 256 characters"},
        {with(good, "929a690e-bef0-4204-a928-ef5e620d6fcc", "929a690e"), 2, "id must be a UUID [rules specification: Identification]"},
        {with(good, "status: test", "status: fine"), 3, "[rules specification: Status]"},
        {with(good, "level: high", "level: severe"), 29, "'severe' is no level"},
        {with(good, "logsource:\n    category: process_creation\n    product: windows\n", ""), 1, "logsource is missing [rules specification: LogSource]"},
        {with(good, "category: process_creation\n    product: windows", "definition: x"), 13, "names no category, product or service"},
        {with(good, "category: process_creation", "category: [a]"), 14, "logsource category must be a string"},
        {with(good, "    condition: selection and not filter\n", ""), 16, "condition is missing [rules specification: Condition]"},
        {with(good, "selection and not filter", "selection and not filters"), 24, "'filters' is not defined; did you mean 'filter'?"},
        {with(good, "selection and not filter", "[]"), 24, "condition must be"},
        {with(good, "Image|endswith", "Image|endwith"), 18, "unknown modifier 'endwith'; did you mean 'endswith'?"},
        {with(good, "ParentImage: null", "{}"), 22, "an empty map"},
        {with(good, "date: 2019-10-23", "taxonomy: other"), 9, "[rules specification: Taxonomy]"},
        {with(good, "status: test", "status: test\naction: global"), 4, "'action' belongs to Sigma 1"},
        {"title: X\nlogsource: {product: p}\n", 1, "detection is missing"},
        {"title: X\nlogsource: {product: p}\ndetection: {condition: a}\n", 3, "there is no search identifier"},
        {"- a\n", 1, "a document must be a map"},
        {"title: [\n", 2, "[rules specification: Yaml File]"},
    };
    for (const auto& one : cases) {
        const RefusedRule found = refused(one.yaml);
        EXPECT_NE(found.reason.find(one.reason), std::string::npos) << one.reason << " / " << found.reason;
        EXPECT_EQ(found.line, one.line) << found.reason;
    }
}

TEST(Sigma, RulesAreBounded) {
    auto refusal = [](const std::string& values, std::string_view key) {
        return refused(rule("    s:\n        " + std::string{key} + ": [" + values + "]\n    condition: s\n")).reason;
    };
    auto many = [](std::size_t count, std::string_view value) {
        std::string list;
        for (std::size_t i = 0; i < count; ++i) list += std::string{value} + std::to_string(i) + ", ";
        return list;
    };
    EXPECT_NE(refusal(many(50'001, "v"), "F").find("more than 50000 values"), std::string::npos);
    EXPECT_NE(refusal(many(501, "v"), "F|re").find("more than 500 regular expressions"), std::string::npos);
    EXPECT_NE(refusal("------------", "F|windash|base64").find("stands for more than 5000 values"), std::string::npos);
    EXPECT_NE(refusal(many(200, "-----"), "F|windash|base64").find("stand for more than 100000"), std::string::npos);
    EXPECT_NE(refusal(std::string(70'000, 'x'), "F").find("longer than 65536 bytes"), std::string::npos);
}

TEST(Sigma, WarnsOfWhatDoesNotChangeDetection) {
    const Loaded loaded = load(with(with(std::string{kWhoami}, "2019-10-23", "2019/10/23"), "attack.t1033", "Bad Tag"));
    EXPECT_EQ(loaded.report.loaded, 1U);
    ASSERT_EQ(loaded.report.warnings.size(), 2U);
    EXPECT_EQ(loaded.report.warnings[0], "rule.yml:9: date is not written YYYY-MM-DD [rules specification: Date]");
    EXPECT_EQ(loaded.report.warnings[1], "rule.yml:10: 'Bad Tag' is not written like a tag [rules specification: Tags]");
}

TEST(Sigma, UnusedSelectionsAndCustomFieldsAreFine) {
    const Loaded loaded = load(with(std::string{kWhoami}, "selection and not filter", "selection") + "custom: {a: b}\n");
    EXPECT_EQ(loaded.report.loaded, 1U);
    EXPECT_TRUE(loaded.report.warnings.empty());
}

TEST(Sigma, DocumentsOfAFileStandOnTheirOwn) {
    const std::string two = std::string{kWhoami} + "---\n" + with(with(std::string{kWhoami}, "6fcc", "6fcd"), "Whoami Execution", "Second");
    const Loaded loaded = load(two + "---\ntitle: Third\n");
    ASSERT_EQ(loaded.engine->rules().size(), 2U);
    EXPECT_EQ(loaded.engine->rules()[1]->title, "Second");
    EXPECT_EQ(loaded.engine->rules()[1]->text.find("title: Second"), 0U);
    EXPECT_EQ(loaded.engine->rules()[1]->text.find("Whoami Execution"), std::string::npos);
    ASSERT_EQ(loaded.report.refused.size(), 1U);
    EXPECT_EQ(loaded.report.refused[0].title, "Third");
    EXPECT_EQ(loaded.report.refused[0].line, 61);
}

TEST(Sigma, TheSecondOfTwoEqualIdsReplacesTheFirst) {
    const Loaded loaded = load({{"a.yml", std::string{kWhoami}}, {"b.yml", with(std::string{kWhoami}, "Whoami Execution", "Second")}});
    ASSERT_EQ(loaded.engine->rules().size(), 1U);
    EXPECT_EQ(loaded.engine->rules()[0]->title, "Second");
    EXPECT_EQ(loaded.report.warnings, std::vector<std::string>{"b.yml: rule 929a690e-bef0-4204-a928-ef5e620d6fcc stands twice; it replaces the one of a.yml"});
}

TEST(Sigma, ARuleWithoutIdIsKnownByItsTitle) {
    const std::string bare = with(std::string{kWhoami}, "id: 929a690e-bef0-4204-a928-ef5e620d6fcc\n", "");
    const Loaded a = load(bare);
    const Loaded b = load(with(bare, "level: high", "level: low"));
    const Loaded c = load(with(bare, "Whoami Execution", "Another"));
    EXPECT_EQ(a.engine->rules()[0]->id, b.engine->rules()[0]->id);
    EXPECT_NE(a.engine->rules()[0]->id, c.engine->rules()[0]->id);
}

TEST(Sigma, LeavesOutWhatTheStatusSays) {
    const std::string old = with(std::string{kWhoami}, "status: test", "status: deprecated");
    const Loaded normal = load(old);
    EXPECT_EQ(normal.report.loaded, 0U);
    EXPECT_EQ(normal.report.left_out, 1U);
    EXPECT_TRUE(normal.report.refused.empty());
    EngineOptions options;
    options.only_status = {"deprecated"};
    EXPECT_EQ(load(old, options).report.loaded, 1U);
    EXPECT_EQ(load(kWhoami, options).report.left_out, 1U);
}

TEST(Sigma, FingerprintChangesWithTheRulesOnly) {
    const Loaded a = load(kWhoami);
    const Loaded same = load({{"other name.yml", std::string{kWhoami}}});
    const Loaded other = load(with(std::string{kWhoami}, "whoami.exe'", "who.exe'"));
    EXPECT_EQ(a.engine->fingerprint().size(), 64U);
    EXPECT_EQ(a.engine->fingerprint(), same.engine->fingerprint());
    EXPECT_NE(a.engine->fingerprint(), other.engine->fingerprint());
}

TEST(Sigma, MatchesStandInTheOrderOfTheIds) {
    std::string files;
    for (const char* last : {"c", "a", "b"}) files += with(rule("    s:\n        F: x\n    condition: s\n"), "6fcc", std::string{"6fc"} + last) + "---\n";
    const Loaded loaded = load(files);
    const auto matches = match(*loaded.engine, JsonEvent{R"({"F": "x"})"}.event);
    ASSERT_EQ(matches.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(matches[i].rule->id.back(), "abc"[i]);
}

TEST(Sigma, AScratchServesSeveralEngines) {
    const Loaded a = load(rule("    s:\n        F: x\n    condition: s\n"));
    const Loaded b = load(rule("    s:\n        G: y\n        H: z\n    condition: s\n"));
    const JsonEvent x{R"({"F": "x"})"};
    const JsonEvent y{R"({"G": "y", "H": "z"})"};
    Scratch scratch;
    std::vector<Match> matches;
    for (int i = 0; i < 3; ++i) {
        a.engine->match(x.event, scratch, matches);
        a.engine->match(y.event, scratch, matches);
        b.engine->match(y.event, scratch, matches);
        b.engine->match(x.event, scratch, matches);
    }
    EXPECT_EQ(matches.size(), 6U);
}

TEST(Sigma, AnyNumberOfThreadsMayAskTheSameEngine) {
    const Loaded loaded = load(rule("    s:\n        F|re: 'x[0-9]+'\n        G|contains: 'Đặng'\n    condition: s\n"));
    std::vector<std::thread> threads;
    std::atomic<std::size_t> fired = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const JsonEvent event{R"({"F": "ax77", "G": "ông ĐẶNG"})"};
            Scratch scratch;
            std::vector<Match> matches;
            for (int k = 0; k < 500; ++k) loaded.engine->match(event.event, scratch, matches);
            fired += matches.size();
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(fired, 2'000U);
}

TEST(Logsource, OnlyKnownContradictionsKeepARuleOut) {
    const Loaded loaded = load(with(rule("    s:\n        F: x\n    condition: s\n"), "category: test", "product: Windows\n    category: process_creation\n    service: sysmon"));
    JsonEvent x{R"({"F": "x"})"};
    event::Logsource& source = x.event.logsource;
    auto fires = [&] { return !match(*loaded.engine, x.event).empty(); };
    EXPECT_TRUE(fires());  // nothing is known
    source.product = "linux";
    EXPECT_FALSE(fires());
    source.product = "windows";
    EXPECT_TRUE(fires());
    source.categories = {"file_event", "file_access"};
    EXPECT_FALSE(fires());
    source.categories = {"file_event", "process_creation"};
    EXPECT_TRUE(fires());
    source.complete = true;  // the event has no service
    EXPECT_FALSE(fires());
    source.service = "security";
    EXPECT_FALSE(fires());
    source.service = "sysmon";
    EXPECT_TRUE(fires());
    source.categories = {};
    EXPECT_FALSE(fires());
    source.complete = false;
    EXPECT_TRUE(fires());
}

constexpr std::string_view kFilter = R"(title: Filter Administrator account
logsource:
    product: windows
filter:
    rules:
        - 929a690e-bef0-4204-a928-ef5e620d6fcc
    selection:
        User|startswith: 'sys'
    condition: not selection
)";

TEST(Filters, AreOneMoreConditionOfTheRulesTheyName) {
    const char* event = R"({"Image": "C:\\whoami.exe", "User": "SYSTEM", "ParentImage": "C:\\x.exe"})";
    auto fires = [&](const std::string& filter) {
        const Loaded loaded = load({{"rule.yml", std::string{kWhoami}}, {"filter.yml", filter}});
        EXPECT_EQ(loaded.report.filters, 1U);
        return !match(*loaded.engine, JsonEvent{event}.event).empty();
    };
    EXPECT_FALSE(fires(std::string{kFilter}));
    EXPECT_TRUE(fires(with(std::string{kFilter}, "'sys'", "'adm'")));
    EXPECT_TRUE(fires(with(std::string{kFilter}, "product: windows", "product: linux")));   // not the log source of the rule
    EXPECT_TRUE(fires(with(std::string{kFilter}, "product: windows", "product: windows\n    service: x")));  // a narrower one
    EXPECT_TRUE(fires(with(std::string{kFilter}, "929a690e", "00000000")));
    EXPECT_FALSE(fires(with(std::string{kFilter}, "\n        - 929a690e-bef0-4204-a928-ef5e620d6fcc", " any")));
}

TEST(Filters, AreCheckedAndDoubtsAreNamed) {
    const auto refusal = [](const std::string& yaml) { return refused(yaml).reason; };
    EXPECT_NE(refusal(with(std::string{kFilter}, "    rules:\n        - 929a690e-bef0-4204-a928-ef5e620d6fcc\n", "")).find("[filters specification: Relative rules]"), std::string::npos);
    EXPECT_NE(refusal(with(std::string{kFilter}, "    condition: not selection\n", "")).find("condition is missing"), std::string::npos);
    EXPECT_NE(refusal(with(std::string{kFilter}, "logsource:\n    product: windows\n", "")).find("logsource is missing"), std::string::npos);
    const Loaded loaded = load({{"rule.yml", std::string{kWhoami}}, {"filter.yml", with(std::string{kFilter}, "not selection", "selection")}});
    ASSERT_EQ(loaded.report.warnings.size(), 1U);
    EXPECT_NE(loaded.report.warnings[0].find("has no 'not'"), std::string::npos);
    EXPECT_NE(load(kFilter).report.warnings.at(0).find("applies to no rule"), std::string::npos);
}

constexpr std::string_view kCorrelation = R"(title: Many
correlation:
    type: event_count
    rules:
        - 929a690e-bef0-4204-a928-ef5e620d6fcc
    group-by:
        - ComputerName
    timespan: 1h
    condition:
        gte: 100
)";

TEST(Correlations, MayHaveATitleInVietnamese) {
    const Loaded loaded = load({{"rule.yml", std::string{kWhoami}}, {"correlation.yml", with(std::string{kCorrelation}, "correlation:\n", "title_vi: Nhiều lần\ncorrelation:\n")}});
    ASSERT_EQ(loaded.report.correlations, 1U);
    std::vector<std::string> titles;
    for (const RuleInfo* info : loaded.engine->rules())
        if (info->kind == "correlation") titles.push_back(info->title_vi);
    EXPECT_EQ(titles, std::vector<std::string>{"Nhiều lần"});
}

TEST(Correlations, AreCheckedAgainstTheSpecification) {
    auto read = [](const std::string& yaml) { return load({{"rule.yml", std::string{kWhoami}}, {"correlation.yml", yaml}}); };
    const Loaded good = read(std::string{kCorrelation});
    EXPECT_EQ(good.report.correlations, 1U);
    EXPECT_EQ(good.report.loaded, 1U);
    ASSERT_EQ(good.report.warnings.size(), 1U);  // a rule of that level makes no findings any more
    EXPECT_NE(good.report.warnings[0].find("only feeds correlations"), std::string::npos) << good.report.warnings[0];
    const struct {
        std::string_view old, replacement, reason;
        int line;
    } cases[] = {
        {"event_count", "count", "'count' is no type", 3},
        {"        - 929a690e", "        - 00000000", "is not loaded [correlation specification: Related rules]", 1},
        {"timespan: 1h", "timespan: 1w", "[correlation specification: Time Selection]", 8},
        {"timespan: 1h", "timespan: 1H", "[correlation specification: Time Selection]", 8},
        {"timespan: 1h\n", "x: 1\n", "[correlation specification: Time Selection]", 2},
        {"gte: 100", "min: 100", "'min' is no comparison", 9},
        {"gte: 100", "gte: many", "gte wants a number", 9},
        {"gte: 100", "field: User", "compares with nothing", 9},
        {"event_count", "value_count", "field is missing for value_count", 9},
        {"    condition:\n        gte: 100\n", "", "condition is missing for event_count", 2},
        {"    rules:\n        - 929a690e-bef0-4204-a928-ef5e620d6fcc\n", "", "rules is missing", 2},
    };
    for (const auto& one : cases) {
        const Loaded loaded = read(with(std::string{kCorrelation}, one.old, one.replacement));
        ASSERT_EQ(loaded.report.refused.size(), 1U) << one.reason;
        EXPECT_NE(loaded.report.refused[0].reason.find(one.reason), std::string::npos) << loaded.report.refused[0].reason;
        EXPECT_EQ(loaded.report.refused[0].line, one.line) << one.reason;
    }
    EXPECT_EQ(read(with(std::string{kCorrelation}, "event_count", "value_sum") + "        field: bytes\n").report.correlations, 1U);
    EXPECT_EQ(read(with(with(std::string{kCorrelation}, "event_count", "temporal"), "    condition:\n        gte: 100\n", "")).report.correlations, 1U);
}

}  // namespace
}  // namespace vg::detect

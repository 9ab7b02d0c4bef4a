// Lint: what can never match, parts that are of no use, fields, and rules that look for the same.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "detect/kinds/sigma/lint.h"
#include "detect/kinds/sigma/read.h"
#include "detect/kinds/sigma/satisfy.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::sigma {
namespace {

using detect::testing::rule;

std::vector<Remark> lint_of(const std::vector<RuleFile>& files, const LintOptions& options = {}) {
    auto report = detect::lint(files, options);
    EXPECT_TRUE(report.has_value());
    return report ? report->remarks : std::vector<Remark>{};
}
// "CHECK:LINE" of each remark.
std::vector<std::string> told(const std::vector<Remark>& remarks) {
    std::vector<std::string> out;
    for (const Remark& remark : remarks) {
        out.push_back(format("{}:{}", remark.check, remark.line));
        EXPECT_FALSE(remark.reason.vi.empty() || remark.reason.en.empty() || remark.remedy.vi.empty() || remark.remedy.en.empty()) << out.back();
    }
    return out;
}
using Told = std::vector<std::string>;
Told told(std::string_view detection) { return told(lint_of({{"rule.yml", rule(detection)}})); }

TEST(Lint, TellsWhatCanNeverMatch) {
    // Line 6 is the first of the detection.
    EXPECT_EQ(told("    a:\n        EventID: 1\n    b:\n        EventID: 2\n    condition: a and b\n"), Told{"never-matches:9"});
    EXPECT_EQ(told("    a:\n        EventID: 1\n    condition: a and not a\n"), Told{"never-matches:8"});
    EXPECT_EQ(told("    a:\n        Image|endswith: '\\cmd.exe'\n        Image|startswith: 'C:\\x'\n        Image: 'C:\\x\\ping.exe'\n    condition: a\n"), Told{"never-matches:9"});
    EXPECT_EQ(told("    a:\n        n|gt: 5\n        n|lt: 5\n    condition: a\n"), Told{"never-matches:8"});
    EXPECT_EQ(told("    a:\n        n|gte: 5\n        n|lt: 5\n    condition: a\n"), Told{"never-matches:8"});
    EXPECT_EQ(told("    a:\n        ip|cidr: 10.0.0.0/8\n    b:\n        ip|cidr: 192.168.0.0/16\n    condition: all of them\n"), Told{"never-matches:9"});
    EXPECT_EQ(told("    a:\n        f: null\n    b:\n        f: x\n    condition: a and b\n"), Told{"never-matches:9"});
    EXPECT_EQ(told("    a:\n        f|exists: false\n        f|contains: x\n    condition: a\n"), Told{"never-matches:8"});
    EXPECT_EQ(told("    a:\n        f: x\n        f|neq: X\n    condition: a\n"), Told{"never-matches:8"});
    EXPECT_EQ(told("    a:\n        f|all:\n            - x\n            - y\n    condition: a\n"), Told{"never-matches:7"});
    EXPECT_EQ(told("    a:\n        f: abc\n        f|re: '^b'\n    condition: a\n"), Told{"never-matches:8"});
    // What is excluded holds for all that is looked for.
    EXPECT_EQ(told("    a:\n        Image|endswith: '\\cmd.exe'\n        x: 1\n    f:\n        Image|endswith: '.exe'\n    condition: a and not f\n"), Told{"never-matches:9"});
    EXPECT_EQ(told("    a:\n        ip|cidr: 10.1.0.0/16\n    f:\n        ip|cidr: 10.0.0.0/8\n    condition: a and not f\n"), Told{"never-matches:8"});
    EXPECT_EQ(told("    a:\n        n|lt: 3\n    f:\n        n|lte: 3\n    condition: a and not 1 of f*\n"), Told{"never-matches:8"});
}

TEST(Lint, SaysNothingAboutWhatCanMatch) {
    EXPECT_EQ(told("    a:\n        EventID: [1, 2]\n    b:\n        EventID: 2\n    condition: a and b\n"), Told{});
    EXPECT_EQ(told("    a:\n        f|contains|all: [x, y]\n    condition: a\n"), Told{});
    EXPECT_EQ(told("    a:\n        f: ABC\n        f|re: 'bc$'\n    condition: a\n"), Told{}) << "a value is compared without regard to case";
    EXPECT_EQ(told("    a:\n        n|gte: 5\n        n|lte: 5\n    condition: a\n"), Told{});
    EXPECT_EQ(told("    a:\n        n: 4624\n        n|startswith: 46\n    condition: a\n"), Told{});
    EXPECT_EQ(told("    a:\n        Image|endswith: '.exe'\n    f:\n        Image|endswith: '\\cmd.exe'\n    condition: a and not f\n"), Told{});
    EXPECT_EQ(told("    a:\n        f: x\n    f:\n        f|cased: x\n    condition: a and not f\n"), Told{}) << "X is looked for and not excluded";
    EXPECT_EQ(told("    a:\n        Image: '*'\n    f:\n        Image: null\n    condition: a and not f\n"), Told{});
}

TEST(Lint, TellsPartsOfNoUse) {
    EXPECT_EQ(told("    a:\n        f: x\n    b:\n        f: y\n    condition: a\n"), Told{"unused-part:8"});
    EXPECT_EQ(told("    _a:\n        f: x\n    b:\n        f: y\n    condition: b\n"), Told{}) << "a name with _ is put aside by its writer";
    EXPECT_EQ(told("    a:\n        f: x\n    b:\n        f: y\n    c:\n        g: z\n    condition: (a or c) and b\n"), Told{"dead-part:9"});
    EXPECT_EQ(told("    f:\n        f: x\n    condition: not f\n"), Told{"only-absence:8"});
}

TEST(Lint, TellsCorrelationsThatNeverHold) {
    const auto correlation = [](std::string_view type, std::string_view condition) {
        return format("title: C\nid: 929a690e-bef0-4204-a928-ef5e620d6fc1\ncorrelation:\n    type: {}\n    rules: [one]\n    group-by: [x]\n    timespan: 1m\n    condition:\n{}"
                      "---\ntitle: R\nname: one\nid: 929a690e-bef0-4204-a928-ef5e620d6fc2\nlogsource:\n    category: test\ndetection:\n    a:\n        f: x\n    condition: a\n",
                      type, condition);
    };
    const auto of = [&](std::string_view type, std::string_view condition) {
        Told out;
        for (const std::string& one : told(lint_of({{"rule.yml", correlation(type, condition)}})))
            if (one.starts_with("never")) out.push_back(one);
        return out;
    };
    EXPECT_EQ(of("event_count", "        gte: 10\n        lt: 10\n"), Told{"never-matches:8"});
    EXPECT_EQ(of("event_count", "        lt: 1\n"), Told{"never-matches:8"});
    EXPECT_EQ(of("event_count", "        gt: 2\n        lt: 3\n"), Told{"never-matches:8"}) << "no whole number";
    EXPECT_EQ(of("temporal", "        gte: 2\n"), Told{"never-matches:8"}) << "one rule is named";
    EXPECT_EQ(of("event_count", "        gt: 2\n        lte: 3\n"), Told{});
    EXPECT_EQ(of("event_count", "        lte: 1\n"), Told{});
    EXPECT_EQ(of("value_sum", "        field: n\n        gt: 2\n        lt: 3\n"), Told{});
    EXPECT_EQ(of("temporal", "        eq: 1\n"), Told{});
}

TEST(Lint, TellsFieldsThatNobodySent) {
    const std::string text = rule("    a:\n        CommandLine|contains: x\n        Procees: y\n    condition: a\n");
    LintOptions options;
    options.fields = {{"CommandLine", "Process Name", "Process"}, true};
    auto remarks = lint_of({{"rule.yml", text}}, options);
    ASSERT_EQ(told(remarks), Told{"unknown-field:8"});
    EXPECT_NE(remarks[0].remedy.en.find("Process"), std::string::npos);
    EXPECT_EQ(told(lint_of({{"rule.yml", rule("    a:\n        ProcessName: x\n    condition: a\n")}}, options)), Told{}) << "names count without their spaces";

    // Of fields that senders may name as they like only slips are told.
    // Slips of ECS names, and of names that three rules of the product use.
    options.fields = {{"process.executable", "message"}, false};
    std::vector<RuleFile> others;
    for (int i = 0; i < 3; ++i)
        others.push_back({format("{}.yml", i), format("title: T{}\nid: 929a690e-bef0-4204-a928-ef5e620d6fd{}\nlogsource:\n    product: p\ndetection:\n    a:\n        CommandLine: {}\n    condition: a\n", i, i, i)});
    options.others = others;
    const auto of = [&](std::string_view field) {
        return told(lint_of({{"rule.yml", format("title: T\nlogsource:\n    product: p\ndetection:\n    a:\n        {}: x\n    condition: a\n", field)}}, options));
    };
    EXPECT_EQ(of("commandline"), Told{"unknown-field:6"});
    EXPECT_EQ(of("ComandLine"), Told{"unknown-field:6"});
    EXPECT_EQ(of("process.executible"), Told{"unknown-field:6"});
    EXPECT_EQ(of("Message"), Told{}) << "senders have names of their own";
    EXPECT_EQ(of("BatchNumber"), Told{});
}

TEST(Lint, SaysWhereAndWhyARuleIsRefused) {
    const auto remarks = lint_of({{"rule.yml", rule("    a:\n        f: x\n    condition: b\n")}});
    ASSERT_EQ(told(remarks), Told{"refused:8"});
    EXPECT_EQ(remarks[0].weight, Remark::Weight::error);
}

TEST(Lint, TellsATitleInVietnameseThatIsNone) {
    const auto titled = [](std::string_view title) { return lint_of({{"rule.yml", "title_vi: " + std::string{title} + "\n" + rule("    a:\n        f: x\n    condition: a\n")}}); };
    EXPECT_EQ(told(titled("Thử")), Told{});
    for (const std::string& title : {std::string(257, 'x'), std::string{"{a: b}"}}) {
        const auto remarks = titled(title);
        ASSERT_EQ(told(remarks), Told{"note:1"});
        EXPECT_EQ(remarks[0].weight, Remark::Weight::warning);
        EXPECT_NE(remarks[0].reason.en.find("title_vi"), std::string::npos);
    }
}

// Pairs of tests over values made of few letters: what is said to exclude has no value in common, and what is said to
// imply has no value that fits the one and not the other.
TEST(Lint, ComparesTestsAsTheEvaluatorDoes) {
    const std::vector<std::string> items = {
        "f: a", "f: A", "f: ab", "f: 'a*'", "f: '*a'", "f: '*b*'", "f: 'a*b'", "f: 'a?'", "f|cased: a", "f|cased: Ab", "f|cased|contains: A", "f|startswith: ab", "f|endswith: b",
        "f: 5", "f: '5'", "f|gt: 5", "f|gte: 5", "f|lt: 5", "f|lte: 7", "f|lt: 7", "f: 7", "f|cidr: 10.0.0.0/8", "f|cidr: 10.1.0.0/16", "f|cidr: 192.168.0.0/16", "f: '10.1.2.3'", "f: null",
        "f: ''", "f: '*'", "f|exists: true", "f|exists: false", "f|re: '^a'", "f|re: 'B'", "f|re|i: 'B'", "f: true", "f: false", "f|windash|contains: '-b'", "f|base64offset|contains: a"};
    std::vector<std::string> values = {R"({})", R"({"f":null})", R"({"f":5})", R"({"f":5.0})", R"({"f":7})", R"({"f":6.5})", R"({"f":true})", R"({"f":false})", R"({"f":-1})"};
    for (const char* text : {"", "a", "A", "ab", "Ab", "aB", "b", "B", "ba", "aab", "acb", "abb", "5", "5.0", "05", "7", "6", "10.1.2.3", "10.2.0.1", "192.168.4.4", "true", "False", "x-b", "/b", "YQ==", "xY"})
        values.push_back(format(R"({{"f":"{}"}})", text));
    std::size_t exclusions = 0, implications = 0;
    std::vector<Documents> documents(items.size());
    std::vector<std::set<std::size_t>> fitting(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        LoadReport report;
        const std::string text = rule("    a:\n        " + items[i] + "\n    condition: a\n");
        read_file({"rule.yml", text}, {}, documents[i], report);
        ASSERT_EQ(documents[i].rules.size(), 1U) << items[i] << ": " << (report.refused.empty() ? "" : report.refused[0].reason);
        const auto loaded = detect::testing::load(text);
        for (std::size_t v = 0; v < values.size(); ++v)
            if (!detect::testing::match(*loaded.engine, detect::testing::JsonEvent{values[v].c_str()}.event).empty()) fitting[i].insert(v);
    }
    for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = 0; j < items.size(); ++j) {
            const auto tests = [&](std::size_t at) { return documents[at].rules[0].detection.selections[0].any_of[0][0].values[0].any_of; };
            const auto ones = tests(i), others = tests(j);
            if (ones.size() != 1 || others.size() != 1) continue;
            if (exclude_each_other(ones[0], others[0])) {
                ++exclusions;
                for (const std::size_t v : fitting[i]) EXPECT_FALSE(fitting[j].contains(v)) << values[v] << " fits " << items[i] << " and " << items[j];
            }
            if (implies(ones[0], others[0])) {
                ++implications;
                for (const std::size_t v : fitting[i]) EXPECT_TRUE(fitting[j].contains(v)) << values[v] << " fits " << items[i] << " and not " << items[j];
            }
        }
    EXPECT_GT(exclusions, 100U);
    EXPECT_GT(implications, 50U);
}

std::vector<RuleFile> sigmahq() {
    std::vector<RuleFile> files;
    const auto corpus = detect::testing::unpacked("sigma-rules");
    if (corpus.empty()) return files;
    for (const char* folder : {"rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"})
        for (RuleFile& file : detect::testing::rule_files(corpus / folder)) files.push_back({folder + ("/" + file.name), std::move(file.text)});
    return files;
}

// Each of these rules fires on an event made for it (sigmahq_test.cpp), but for one that fires only where a field has two
// values: its CommandLine must be 'RunWizard' and must hold a GUID. In another one `Image` must end with /sh and with -c.
TEST(Lint, FindsTheBrokenRulesOfSigmaHqAndNoOthers) {
    const auto files = sigmahq();
    if (files.empty()) GTEST_SKIP() << "the corpus sigma-rules is not there";
    std::map<std::string, std::vector<std::string>> found;
    for (const Remark& remark : lint_of(files)) {
        found[remark.check].push_back(format("{}:{}", remark.file.substr(remark.file.rfind('/') + 1), remark.line));
        if (std::getenv("VG_SHOW") != nullptr) std::printf("%s:%d: %s: %s\n", remark.file.c_str(), remark.line, remark.check.c_str(), remark.reason.en.c_str());
    }
    EXPECT_EQ(found["never-matches"], Told{"proc_creation_win_xwizard_runwizard_com_object_exec.yml:23"});
    EXPECT_EQ(found["dead-part"], Told{"proc_creation_lnx_exploit_cve_2025_55182_susp_nodejs_server_child_process.yml:115"});
    EXPECT_EQ(found["unused-part"], Told{});
    EXPECT_EQ(found["refused"].size(), 2U) << "those with a placeholder";
    // Warnings among 3,757 rules that people reviewed; more would be noise.
    EXPECT_LE(found["unknown-field"].size(), 10U);
    EXPECT_LE(found["look-alike"].size(), 50U);
    EXPECT_GE(found["look-alike"].size(), 10U);
}

// A rule that was copied and changed a little, and one that only spells its values in another way.
TEST(Lint, TellsRulesThatLookForTheSame) {
    const auto one = [](char digit, std::string_view detection) {
        return RuleFile{format("{}.yml", digit), format("title: R{}\nid: 929a690e-bef0-4204-a928-ef5e620d6fd{}\nlogsource:\n    product: windows\ndetection:\n{}", digit, digit, detection)};
    };
    const RuleFile first = one('1', "    a:\n        Image|endswith: '\\A.exe'\n        CommandLine|contains: ['one ', two, three, four]\n    condition: a\n");
    const RuleFile spelled = one('2', "    x:\n        CommandLine: ['*FOUR*', '*two*', '*one *', '*three*']\n        Image: '*\\a.EXE'\n    condition: x\n");
    const RuleFile more = one('3', "    a:\n        Image|endswith: '\\a.exe'\n        CommandLine|contains: ['one ', two, three, four, five]\n    condition: a\n");
    const RuleFile excludes = one('4', "    a:\n        Image|endswith: '\\a.exe'\n    f:\n        CommandLine|contains: ['one ', two, three, four]\n    condition: a and not f\n");
    const auto alike = [](const RuleFile& a, const RuleFile& b) {
        LintOptions options;
        const std::vector<RuleFile> others{b};
        options.others = others;
        return told(lint_of({a}, options));
    };
    EXPECT_EQ(alike(first, spelled), Told{"look-alike:1"});
    EXPECT_EQ(alike(first, more), Told{"look-alike:1"}) << "5 of 6 items in common: 83 %";
    EXPECT_EQ(alike(first, excludes), Told{}) << "what one wants the other excludes";
    RuleFile related = first;
    related.text += "related:\n    - id: 929a690e-bef0-4204-a928-ef5e620d6fd2\n      type: similar\n";
    EXPECT_EQ(alike(related, spelled), Told{});
    RuleFile elsewhere = first;
    elsewhere.text.replace(elsewhere.text.find("windows"), 7, "linux");
    EXPECT_EQ(alike(elsewhere, spelled), Told{});
    EXPECT_EQ(alike(first, first), Told{}) << "a rule is not compared with itself";
}

}  // namespace
}  // namespace vg::detect::sigma

// Small fixtures of others: sigma-test, rsigma, hayabusa's correlations and the samples of the specification.
#include <gtest/gtest.h>

#include <map>

#include "base/yaml.h"
#include "detect/kinds/sigma/read.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect {
namespace {

namespace fs = std::filesystem;
using namespace testing;

// Rules of sigma-test have neither title nor log source: both are put before the text.
std::string completed(const std::string& text) {
    std::string whole = "title: Sample\n";
    if (text.find("logsource:") == std::string::npos) whole += "logsource: {category: test}\n";
    return whole + text;
}

TEST(SigmaTestSamples, FireAsTheirCasesSay) {
    const fs::path folder = unpacked("sigma-test-samples");
    if (folder.empty()) GTEST_SKIP() << "the corpus sigma-test-samples is not there";
    std::size_t events = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const std::string name = entry.path().filename().string();
        const std::size_t suffix = name.find("_test.y");
        if (suffix == std::string::npos) continue;
        const fs::path rule_path = entry.path().parent_path() / (name.substr(0, suffix) + name.substr(suffix + 5));
        ASSERT_TRUE(fs::exists(rule_path)) << rule_path;
        std::string text = completed(read(rule_path));
        // testdata's configuration maps the field Foo to $.foo.
        if (const std::size_t at = text.find("Foo: bar"); at != std::string::npos) text.replace(at, 3, "foo");
        const Loaded loaded = load(text);
        ASSERT_EQ(loaded.report.loaded, 1U) << rule_path << (loaded.report.refused.empty() ? "" : loaded.report.refused[0].reason);
        const auto documents = yaml::parse(read(entry.path()));
        ASSERT_TRUE(documents);
        for (const yaml::Document& document : *documents) {
            const auto wanted = document.value.boolean("match");
            const json::Value* event = document.value.find("event");
            if (event == nullptr) continue;
            ++events;
            // One event stands without "match": the rule asks for bar and baz, which it has.
            EXPECT_EQ(!match(*loaded.engine, JsonEvent{*event}.event).empty(), wanted.value_or(true)) << entry.path() << ":" << document.line;
        }
    }
    EXPECT_GE(events, 10U);
}

TEST(Rsigma, BacktestFiresAsOftenAsItsReport) {
    const fs::path folder = unpacked("rsigma-fixtures");
    if (folder.empty()) GTEST_SKIP() << "the corpus rsigma-fixtures is not there";
    const fs::path cli = folder / "crates/rsigma-cli/tests";
    const Loaded loaded = load(read(cli / "fixtures/backtest/rules.yml"));
    ASSERT_EQ(loaded.report.loaded, 3U);
    std::map<std::string, std::int64_t> fires;
    for (const char* file : {"a.ndjson", "b.ndjson"}) {
        const std::string text = read(cli / "fixtures/backtest/corpus" / file);
        for (std::string_view line : split(text, '\n'))
            if (!trim(line).empty())
                for (const Match& found : match(*loaded.engine, JsonEvent{std::string{line}.c_str()}.event)) ++fires[found.rule->id];
    }
    // expectations.yml: at least one whoami; "exactly: 0" netstat is a failure that its golden report shows with 1.
    const auto report = json::parse(read(cli / "golden/backtest_report.json"));
    ASSERT_TRUE(report);
    std::size_t compared = 0;
    for (const json::Value& rule : report->find("rules")->as_array()) {
        EXPECT_EQ(fires[*rule.text("rule_id")], *rule.integer("fires")) << *rule.text("rule_title");
        ++compared;
    }
    EXPECT_EQ(compared, 3U);
    const auto expectations = yaml::parse(read(cli / "fixtures/backtest/expectations.yml"));
    ASSERT_TRUE(expectations);
    const json::Value& first = expectations->front().value.find("expectations")->as_array().front();
    EXPECT_GE(fires[*first.text("rule")], *first.integer("at_least"));
}

TEST(Rsigma, RulesOfItsFixturesLoad) {
    const fs::path folder = unpacked("rsigma-fixtures");
    if (folder.empty()) GTEST_SKIP() << "the corpus rsigma-fixtures is not there";
    std::size_t files = 0;
    std::map<std::string, int> refused;
    for (const RuleFile& file : rule_files(folder)) {
        if (file.text.find("\ndetection:") == std::string::npos && file.text.find("detection:") != 0) continue;
        ++files;
        for (const RefusedRule& rule : load({file}).report.refused)
            ++refused[rule.file.find("/fibratus/") != std::string::npos ? "fibratus" : fs::path{rule.file}.filename().string()];
    }
    EXPECT_GT(files, 30U);
    const std::map<std::string, int> expected{
        {"fibratus", 15},        // the golden rules of that backend have no log source, which is mandatory
        {"draft_rule.yaml", 1},  // a draft whose id is still to be filled in
        {"multi_doc.yml", 3},    // "action: global" of Sigma 1 in three documents
    };
    EXPECT_EQ(refused, expected);
}

TEST(Hayabusa, CorrelationsAreReadWhole) {
    const fs::path folder = unpacked("sigma-correlation-hayabusa");
    if (folder.empty()) GTEST_SKIP() << "the corpus sigma-correlation-hayabusa is not there";
    std::size_t correlations = 0;
    const auto files = rule_files(folder);
    EXPECT_EQ(files.size(), 3U);
    for (const RuleFile& file : files) {
        const Loaded loaded = load({file});
        EXPECT_TRUE(loaded.report.refused.empty()) << file.name << ": " << loaded.report.refused[0].reason;
        EXPECT_GE(loaded.report.loaded, 1U) << file.name;
        correlations += loaded.report.correlations;
    }
    EXPECT_EQ(correlations, 3U);
}

TEST(Specification, ItsSamplesAreRead) {
    if (corpora().empty()) GTEST_SKIP() << "the corpora are not there";
    const fs::path folder = corpora() / "sigma-specification/tests/schema";
    sigma::Documents documents;
    LoadReport report;
    for (const RuleFile& file : rule_files(folder)) sigma::read_file(file, {}, documents, report);
    EXPECT_TRUE(report.refused.empty()) << report.refused[0].file << ": " << report.refused[0].reason;
    EXPECT_EQ(documents.rules.size(), 2U);
    EXPECT_EQ(documents.correlations.size(), 8U);
    EXPECT_EQ(documents.filters.size(), 2U);
}

}  // namespace
}  // namespace vg::detect

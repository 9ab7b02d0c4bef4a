// All rules of SigmaHQ: that they load, and that each fires on an event made from its own detection and not on one where
// something that it requires is broken.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "detect/kinds/sigma/evaluate.h"
#include "detect/kinds/sigma/generator.h"
#include "detect/kinds/sigma/read.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::sigma {
namespace {

using detect::testing::load;
using detect::testing::Loaded;
using detect::testing::rule_files;

const char* const kCurrent[] = {"rules", "rules-emerging-threats", "rules-threat-hunting", "rules-compliance"};

std::filesystem::path sigma_rules() { return detect::testing::unpacked("sigma-rules"); }

#define NEEDS_RULES() \
    if (sigma_rules().empty()) GTEST_SKIP() << "the corpus sigma-rules is not there"

TEST(SigmaHq, EveryCurrentRuleLoadsButThoseWithPlaceholders) {
    NEEDS_RULES();
    std::size_t files = 0;
    std::size_t loaded = 0;
    std::vector<RefusedRule> refused;
    for (const char* folder : kCurrent) {
        const auto found = rule_files(sigma_rules() / folder);
        const Loaded result = load(found);
        files += found.size();
        loaded += result.report.loaded;
        refused.insert(refused.end(), result.report.refused.begin(), result.report.refused.end());
        EXPECT_TRUE(result.report.warnings.empty()) << result.report.warnings.front();
    }
    EXPECT_EQ(files, 3757U);  // rules 3141, emerging threats 473, threat hunting 140, compliance 3: SOURCE of the corpus
    EXPECT_EQ(loaded, 3755U);
    // Two rules about known enrolment hosts have the placeholder %known_cdcs%: "If the tool isn't able to handle
    // placeholders, it must reject the rule."
    ASSERT_EQ(refused.size(), 2U);
    for (const RefusedRule& rule : refused) {
        EXPECT_NE(rule.reason.find("%known_cdcs%"), std::string::npos) << rule.reason;
        EXPECT_GT(rule.line, 1);
    }
}

TEST(SigmaHq, PlaceholderRulesAreRefusedForThatAndLoadWithValues) {
    NEEDS_RULES();
    const auto files = rule_files(sigma_rules() / "rules-placeholder");
    ASSERT_EQ(files.size(), 23U);
    const Loaded without = load(files);
    EXPECT_EQ(without.report.loaded, 0U);
    ASSERT_EQ(without.report.refused.size(), 23U);
    EngineOptions options;
    for (const RefusedRule& rule : without.report.refused) {
        ASSERT_NE(rule.reason.find("[rules specification: Placeholders]"), std::string::npos) << rule.reason;
    }
    for (const RuleFile& file : files)  // "%name%" within quotes
        for (std::size_t begin = file.text.find("'%"); begin != std::string::npos; begin = file.text.find("'%", begin + 1))
            options.placeholders[file.text.substr(begin + 2, file.text.find("%'", begin) - begin - 2)] = {"srv*"};
    const Loaded with = load(files, options);
    EXPECT_EQ(with.report.loaded + with.report.refused.size(), 23U);
    EXPECT_TRUE(with.report.refused.empty()) << with.report.refused.front().reason;
}

TEST(SigmaHq, OldRulesLoadWhenAskedForOrAreRefusedForWhatVersionTwoDropped) {
    NEEDS_RULES();
    EngineOptions options;
    options.only_status = {"deprecated", "unsupported"};
    std::map<std::string, int> reasons;
    std::size_t loaded = 0;
    for (const char* folder : {"deprecated", "unsupported"}) {
        const Loaded result = load(rule_files(sigma_rules() / folder), options);
        loaded += result.report.loaded;
        for (const RefusedRule& rule : result.report.refused) {
            const std::string& why = rule.reason;
            reasons[why.find("aggregations are obsolete") != std::string::npos || why.find("'count' is not defined") != std::string::npos ? "aggregation"
                    : why.find("'action' belongs to Sigma 1") != std::string::npos ? "collection of Sigma 1"
                    : why.find("title is missing") != std::string::npos            ? "collection of Sigma 1"
                    : why.find("placeholder") != std::string::npos                 ? "placeholder"
                    : why.find("'write' is not defined") != std::string::npos      ? "old correlation"
                                                                                   : rule.file + ": " + why]++;
        }
    }
    // 259 files, of which 8 have another status and 3 are collections of Sigma 1 (three, three and two documents).
    EXPECT_EQ(loaded, 187U);
    EXPECT_EQ(reasons, (std::map<std::string, int>{{"aggregation", 55}, {"collection of Sigma 1", 8}, {"old correlation", 3}, {"placeholder", 3}}));
}

TEST(SigmaHq, EachRuleFiresOnItsOwnEventAndNotOnANearMiss) {
    NEEDS_RULES();
    std::size_t rules = 0, fired = 0, conjunctions = 0, single_misses = 0, whole_misses = 0;
    std::vector<std::string> silent, too_loud;
    for (const char* folder : kCurrent) {
        Documents documents;
        LoadReport report;
        for (const RuleFile& file : rule_files(sigma_rules() / folder)) read_file(file, {}, documents, report);
        for (const Rule& rule : documents.rules) {
            ++rules;
            const Loaded loaded = load({{rule.info.file, rule.info.text}});
            ASSERT_EQ(loaded.report.loaded, 1U) << rule.info.file;
            auto fires = [&](std::span<const event::Field> fields) {
                event::Event event;
                event.fields = fields;
                event.logsource.product = rule.source.product;
                event.logsource.categories[0] = rule.source.category;
                event.logsource.service = rule.source.service;
                event.logsource.complete = true;
                return !detect::testing::match(*loaded.engine, event).empty();
            };
            bool found = false;
            for (std::uint64_t seed = 0; seed < 300 && !found; ++seed) {
                Arena arena;
                const testing::Draft draft = testing::choose(rule.detection, seed);
                if (!fires(testing::make_fields(draft, arena))) continue;
                found = true;
                if (draft.conjunction) {
                    ++conjunctions;
                    for (const Item* item : draft.positive) {
                        ++single_misses;
                        if (fires(testing::make_fields(draft, arena, item))) too_loud.push_back(rule.info.file + ": " + item->key);
                    }
                } else {
                    ++whole_misses;
                    if (fires(testing::make_fields(draft, arena, nullptr, true))) too_loud.push_back(rule.info.file);
                }
            }
            if (found)
                ++fired;
            else
                silent.push_back(rule.info.title);
        }
    }
    std::printf("%zu rules, %zu fired; %zu conjunctions with %zu single near misses, %zu others with one\n", rules, fired, conjunctions, single_misses, whole_misses);
    // The rule wants CommandLine to be exactly 'RunWizard' and to hold a GUID as well: no single value does.
    EXPECT_EQ(silent, std::vector<std::string>{"COM Object Execution via Xwizard.EXE"});
    EXPECT_EQ(too_loud, std::vector<std::string>{});
}

}  // namespace
}  // namespace vg::detect::sigma

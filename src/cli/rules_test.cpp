// The rules of content/rules: each loads, each of its attack records fires it and nothing else of ours, and its benign
// records fire nothing. The records of a correlation's attack file together are one match of it and of nothing else; those
// of its benign files, which come near, are none.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/content.h"
#include "cli/scan_correlation.h"
#include "cli/scan_reader.h"
#include "detect/engine.h"
#include "formats/format.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

const std::string kRules = VG_SOURCE_DIR "/content/rules";
const std::string kCases = kRules + "/cases";

struct Rules : testing::Test {
    void SetUp() override {
        auto texts = yaml_texts(kRules);
        ASSERT_TRUE(texts.has_value()) << texts.error().text;
        std::vector<detect::RuleFile> files;
        for (auto& [name, text] : *texts) files.push_back({name, text});
        auto made = detect::Engine::make(files, {}, report);
        ASSERT_TRUE(made.has_value());
        engine = *made;
        auto mappings = yaml_texts(VG_SOURCE_DIR "/content/mappings");
        ASSERT_TRUE(mappings.has_value()) << mappings.error().text;
        auto formats_made = formats::Library::make(*mappings);
        ASSERT_TRUE(formats_made.has_value()) << formats_made.error().text;
        library = *formats_made;
        for (const detect::RuleInfo* info : engine->rules()) {
            const std::string name = fs::path{info->file}.stem().string();
            if (!detect::correlation::is_told(engine->plan(), *info)) continue;
            EXPECT_TRUE(by_name.emplace(name, info).second) << name << " holds two rules that make findings";
        }
    }

    struct Fired {
        std::vector<std::set<std::string>> by_record;  // titles
        std::vector<std::string> together;             // titles of correlations, one for each match
    };
    // What fires on the records of a case file.
    Fired fired(const fs::path& file) {
        Fired all;
        ScanCorrelation correlation{engine, {}};
        Done done;
        done.file = file.string();
        Reader reader{file.string(), {}, file.string()};
        detect::Scratch scratch;
        while (!reader.ended())
            for (const Batch& batch : reader.step()) {
                EXPECT_TRUE(batch.trouble.empty()) << file;
                for (const Batch::Item& item : batch.items) {
                    Arena arena;
                    event::Record record;
                    record.raw = batch.raw(item);
                    const formats::Outcome outcome = formats::to_event(record, *library, arena);
                    EXPECT_EQ(outcome.unparsed, "") << file << " record " << item.number;
                    std::vector<detect::Match> matches;
                    engine->match(outcome.event, scratch, matches);
                    std::set<std::string>& titles = all.by_record.emplace_back();
                    for (const detect::Match& match : matches)
                        if (detect::correlation::is_told(engine->plan(), *match.rule)) titles.insert(match.rule->title);
                    ScanOccurrence one{item.number, outcome.event.occurred, {}, {}};
                    detect::correlation::occurrences(engine->plan(), outcome.event, matches, {}, {}, one.found);
                    if (!one.found.empty()) done.occurrences.push_back(std::move(one));
                }
            }
        correlation.add(done);
        for (const ScanCorrelation::Found& found : correlation.finish()) all.together.push_back(found.match.rule->title);
        return all;
    }

    std::shared_ptr<const detect::Engine> engine;
    std::shared_ptr<const formats::Library> library;
    detect::LoadReport report;
    std::map<std::string, const detect::RuleInfo*> by_name;
};

TEST_F(Rules, AllLoad) {
    for (const detect::RefusedRule& refused : report.refused) ADD_FAILURE() << refused.file << ":" << refused.line << ": " << refused.reason;
    EXPECT_GE(report.loaded, 20U);
}

TEST_F(Rules, SayWhoWroteThemAndUnderWhichLicence) {
    for (const auto& [name, info] : by_name) {
        EXPECT_EQ(info->author, "Vọng Gác") << name;
        EXPECT_EQ(info->license, "Apache-2.0") << name;
        EXPECT_FALSE(info->description.empty()) << name;
        EXPECT_FALSE(info->false_positives.empty()) << name;
        EXPECT_TRUE(std::any_of(info->tags.begin(), info->tags.end(), [](const std::string& tag) { return tag.starts_with("attack.t"); })) << name;
    }
}

TEST_F(Rules, FireOnTheirAttacksAndOnNothingElse) {
    for (const auto& [name, info] : by_name) {
        std::size_t attacks = 0, benign = 0;
        ASSERT_TRUE(fs::is_directory(kCases + "/" + name)) << "no cases for " << name;
        for (const auto& entry : fs::directory_iterator{kCases + "/" + name}) {
            const bool is_attack = entry.path().filename().string().starts_with("attack");
            const auto [records, together] = fired(entry.path());
            ASSERT_FALSE(records.empty()) << entry.path();
            const bool is_correlation = info->kind == "correlation";
            EXPECT_EQ(together, is_attack && is_correlation ? std::vector<std::string>{info->title} : std::vector<std::string>{}) << entry.path();
            for (std::size_t i = 0; i < records.size(); ++i)
                EXPECT_EQ(records[i], is_attack && !is_correlation ? std::set<std::string>{info->title} : std::set<std::string>{}) << entry.path() << " record " << i + 1;
            (is_attack ? attacks : benign) += records.size();
        }
        EXPECT_GT(attacks, 0U) << name;
        EXPECT_GT(benign, 0U) << name;
    }
}

TEST_F(Rules, HaveNoCasesWithoutARule) {
    for (const auto& entry : fs::directory_iterator{kCases}) EXPECT_TRUE(by_name.contains(entry.path().filename().string())) << entry.path();
}

}  // namespace
}  // namespace vg::cli

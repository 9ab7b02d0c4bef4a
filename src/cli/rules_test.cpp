// The rules of content/rules: each loads, each of its attack records fires it and nothing else of ours, and its benign
// records fire nothing. The records of a correlation's attack file together are one match of it and of nothing else; those
// of its benign files, which come near, are none. Beside the cases stands origin.txt: how they were made, and with
// "also: NAME" the rules that fire on single records of a correlation's cases because a step is an attack by itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/content.h"
#include "cli/rule_cases.h"
#include "detect/correlator.h"
#include "detect/engine.h"
#include "formats/format.h"

namespace vg::cli::rules_test {
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

// Those that correlations count as well: `rule explain` and the list of rules show them.
TEST_F(Rules, HaveATitleInVietnamese) {
    std::map<std::string, std::string> known;
    ASSERT_FALSE(engine->rules().empty());
    for (const detect::RuleInfo* info : engine->rules()) {
        const std::string& title = info->title_vi;
        EXPECT_FALSE(title.empty()) << info->file << ": " << info->title << ": write title_vi";
        EXPECT_NE(title, info->title) << info->file;
        EXPECT_TRUE(is_nfc(title)) << info->file << ": write it in NFC";
        EXPECT_TRUE(std::any_of(title.begin(), title.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) << info->file << ": '" << title << "' is no Vietnamese";
        if (!detect::correlation::is_told(engine->plan(), *info)) continue;
        const auto [other, is_new] = known.emplace(title, info->file);
        EXPECT_TRUE(is_new) << info->file << " and " << other->second << " make findings of one title: " << title;
    }
}

TEST_F(Rules, FireOnTheirAttacksAndOnNothingElse) {
    for (const auto& [name, info] : by_name) {
        std::size_t attacks = 0, benign = 0;
        ASSERT_TRUE(fs::is_directory(kCases + "/" + name)) << "no cases for " << name;
        std::set<std::string> also;
        for (const std::string& step : steps_named(kCases + "/" + name)) {
            ASSERT_TRUE(by_name.contains(step)) << name << " names " << step << ", which is no rule";
            also.insert(by_name.at(step)->title);
        }
        for (const auto& entry : fs::directory_iterator{kCases + "/" + name}) {
            if (is_origin(entry.path().string())) continue;
            const bool attack = is_attack(entry.path().string());
            const Fired fired = fire(engine, *library, entry.path().string());
            ASSERT_FALSE(fired.by_record.empty()) << entry.path();
            for (const detect::Said& wrong : judge(*info, fired, attack, also)) ADD_FAILURE() << entry.path() << ": " << wrong.en;
            (attack ? attacks : benign) += fired.by_record.size();
        }
        EXPECT_GT(attacks, 0U) << name;
        EXPECT_GT(benign, 0U) << name;
    }
}

TEST_F(Rules, HaveNoCasesWithoutARule) {
    for (const auto& entry : fs::directory_iterator{kCases}) EXPECT_TRUE(by_name.contains(entry.path().filename().string())) << entry.path();
}

}  // namespace
}  // namespace vg::cli::rules_test

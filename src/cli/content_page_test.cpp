// docs/content.md: our own rules, one a line, and how their attacks were made, which content/rules/cases/NAME/origin.txt
// says. Recordings of others that origin.txt names must fire the rule where they are at hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/content.h"
#include "cli/scan_correlation.h"
#include "cli/scan_reader.h"
#include "detect/engine.h"
#include "detect/kinds/sigma/testing.h"
#include "formats/format.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

const std::string kContent = VG_SOURCE_DIR "/content";

struct Origin {
    std::set<std::string> ways;        // recorded, composed
    std::vector<std::string> corpora;  // CORPUS/PATH
};

// "attack...: recorded; WHAT", "attack and benign: composed, WHAT", "corpus: CORPUS/PATH".
Origin read_origin(const fs::path& file) {
    Origin origin;
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) continue;
        const std::string value = line.substr(colon + 2);
        if (line.starts_with("corpus: ")) origin.corpora.push_back(value);
        else if (line.starts_with("attack")) origin.ways.insert(value.substr(0, value.find_first_of(",; ")));
    }
    return origin;
}

struct ContentPage : testing::Test {
    void SetUp() override {
        const auto texts = yaml_texts(kContent + "/rules");
        ASSERT_TRUE(texts.has_value()) << texts.error().text;
        std::vector<detect::RuleFile> files;
        for (const auto& [name, text] : *texts) files.push_back({name, text});
        detect::LoadReport report;
        const auto made = detect::Engine::make(files, {}, report);
        ASSERT_TRUE(made.has_value());
        engine = *made;
        const auto mappings = yaml_texts(kContent + "/mappings");
        ASSERT_TRUE(mappings.has_value()) << mappings.error().text;
        library = *formats::Library::make(*mappings);
        for (const detect::RuleInfo* info : engine->rules())
            if (detect::correlation::is_told(engine->plan(), *info)) rules.emplace(fs::path{info->file}.stem().string(), info);
        for (const auto& [name, info] : rules) origins[name] = read_origin(kContent + "/rules/cases/" + name + "/origin.txt");
    }

    // The titles of what fires in a file.
    std::set<std::string> fired(const fs::path& file) {
        std::set<std::string> titles;
        ScanCorrelation correlation{engine, {}};
        Done done;
        done.file = file.string();
        Reader reader{file.string(), {}, file.string()};
        detect::Scratch scratch;
        while (!reader.ended())
            for (const Batch& batch : reader.step())
                for (const Batch::Item& item : batch.items) {
                    Arena arena;
                    event::Record record;
                    record.raw = batch.raw(item);
                    const formats::Outcome outcome = formats::to_event(record, *library, arena);
                    std::vector<detect::Match> matches;
                    engine->match(outcome.event, scratch, matches);
                    for (const detect::Match& match : matches)
                        if (!match.rule->many) titles.insert(match.rule->title);
                    ScanOccurrence one{item.number, outcome.event.occurred, {}, {}};
                    detect::correlation::occurrences(engine->plan(), outcome.event, matches, {}, {}, one.found);
                    if (!one.found.empty()) done.occurrences.push_back(std::move(one));
                }
        correlation.add(done);
        for (const ScanCorrelation::Found& found : correlation.finish()) titles.insert(found.match.rule->title);
        return titles;
    }

    std::string page() const {
        std::size_t correlations = 0, recorded = 0, named = 0;
        std::string table;
        for (const auto& [name, info] : rules) {
            const Origin& origin = origins.at(name);
            const bool counts = info->many;
            correlations += counts ? 1 : 0;
            recorded += origin.ways.contains("recorded") ? 1 : 0;
            named += origin.corpora.empty() ? 0 : 1;
            std::string techniques, made;
            for (const std::string& tag : info->tags)
                if (tag.starts_with("attack.t") && tag.size() > 8 && tag[8] >= '0' && tag[8] <= '9') techniques += (techniques.empty() ? "T" : ", T") + tag.substr(8);
            for (const std::string& way : origin.ways) made += (made.empty() ? "" : ", ") + way;
            if (!origin.corpora.empty()) made += format("{}{}", made.empty() ? "" : ", ", origin.corpora.front().substr(0, origin.corpora.front().find('/')));
            table += format("| {} | {} | {} | {} | {} | {} |\n", name, info->title_vi, info->title, counts ? format("{}, counts", detect::name_of(info->level)) : std::string{detect::name_of(info->level)}, techniques, made);
        }
        return format(R"(# Our own rules

Made by `tools/update-content` from content/rules; a test fails when it is out of date. {} rules look at one event and {} count many (docs/detection.md).
Each has at least one attack that it must find and near misses that it must not, in content/rules/cases; origin.txt there says how the records were made:
*recorded*, written by a real server that was attacked or asked by a script (where answers behind it are stubs, it says so; {} rules), or *composed*, by the
documented form of the log. Recordings of others that fire the rule as well are named there ({} rules; the first stands in the table). A composed attack shows
that the rule reads what the product would write; it does not show that the tool behaves so.

| rule | tìm gì | what it finds | level | ATT&CK | its attack |
|---|---|---|---|---|---|
)",
                      rules.size() - correlations, correlations, recorded, named) +
               table;
    }

    std::shared_ptr<const detect::Engine> engine;
    std::shared_ptr<const formats::Library> library;
    std::map<std::string, const detect::RuleInfo*> rules;
    std::map<std::string, Origin> origins;
};

TEST_F(ContentPage, IsUpToDate) {
    const fs::path file = VG_SOURCE_DIR "/docs/content.md";
    const std::string text = page();
    if (std::getenv("VG_UPDATE_CONTENT") != nullptr) std::ofstream{file} << text;
    std::ifstream in{file};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{in}, {}}), text) << "run tools/update-content";
}

TEST_F(ContentPage, EachAttackHasAnOrigin) {
    for (const auto& [name, origin] : origins) {
        EXPECT_FALSE(origin.ways.empty()) << name << "/origin.txt does not say how its attack was made";
        for (const std::string& way : origin.ways) EXPECT_TRUE(way == "recorded" || way == "composed") << name << ": " << way;
    }
}

TEST_F(ContentPage, RulesFireOnTheRecordingsThatTheyName) {
    std::map<std::string, std::vector<std::string>> titles_by_path;
    for (const auto& [name, origin] : origins)
        for (const std::string& path : origin.corpora) titles_by_path[path].push_back(rules.at(name)->title);
    std::map<std::string, fs::path> folders;
    std::size_t asked = 0;
    for (const auto& [path, titles] : titles_by_path) {
        const std::string corpus = path.substr(0, path.find('/'));
        if (!folders.contains(corpus)) folders[corpus] = detect::testing::unpacked(corpus);
        if (folders[corpus].empty()) continue;
        const fs::path file = folders[corpus] / path.substr(corpus.size() + 1);
        ASSERT_TRUE(fs::exists(file)) << file;
        const std::set<std::string> found = fired(file);
        for (const std::string& title : titles) EXPECT_TRUE(found.contains(title)) << path << " does not fire " << title;
        ++asked;
    }
    if (asked == 0) GTEST_SKIP() << "no corpora beside the repository";
    std::printf("  %zu recordings of others\n", asked);
}

}  // namespace
}  // namespace vg::cli

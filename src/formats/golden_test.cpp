// Walks the golden cases of every format and mapping: NAME/WHAT.log holds one record a line, NAME/WHAT.json what must be
// true of each. With VG_UPDATE_CASES=NAME the .json files of NAME are written anew (tools/update-cases).
#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

namespace fs = std::filesystem;

// One folder of cases: of a format in C++ or of a mapping.
struct Member {
    std::string name;
    fs::path cases;
};

std::vector<std::pair<std::string, std::string>> mapping_files() {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& entry : fs::directory_iterator{fs::path{VG_SOURCE_DIR} / "content/mappings"})
        if (entry.path().extension() == ".yaml") files.emplace_back(entry.path().filename(), testing::read_file(entry.path()));
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Member> members() {
    std::vector<Member> found;
    for (const Format* format : all()) found.push_back({std::string{format->name}, fs::path{VG_SOURCE_DIR} / "src/formats/cases" / format->name});
    for (const auto& [file, text] : mapping_files()) {
        if (text.find("\naliases:") != std::string::npos) continue;  // names for the events of others
        const std::string name = fs::path{file}.stem();
        found.push_back({name, fs::path{VG_SOURCE_DIR} / "content/mappings/cases" / name});
    }
    return found;
}

// "windows/registry_event+registry_set/sysmon"; "-" for what is unknown.
std::string shown(const event::Logsource& source) {
    auto word = [](std::string_view text) { return text.empty() ? std::string{"-"} : std::string{text}; };
    std::string categories = word(source.categories[0]);
    for (const std::string_view more : {source.categories[1], source.categories[2]})
        if (!more.empty()) categories += "+" + std::string{more};
    return word(source.product) + "/" + categories + "/" + word(source.service);
}

json::Value facts(const Outcome& outcome) {
    json::Value made = json::object({{"format", outcome.event.format}, {"logsource", shown(outcome.event.logsource)}});
    if (outcome.event.occurred_known) made.set("occurred", to_rfc3339(outcome.event.occurred));
    if (!outcome.unparsed.empty()) made.set("unparsed", outcome.unparsed);
    made.set("sure", std::int64_t{outcome.sure});
    made.set("fields", event::to_json(outcome.event));
    return made;
}

// Everything that `wanted` names must stand so in `got`; a field given as {"absent": true} must not stand there.
void expect_contains(const json::Value& wanted, const json::Value& got, const std::string& where) {
    for (const auto& [key, value] : wanted.as_object()) {
        const json::Value* mine = got.find(key);
        if (value.is_object() && value.find("absent") != nullptr) {
            EXPECT_EQ(mine, nullptr) << where << key << " stands there";
        } else if (mine == nullptr) {
            ADD_FAILURE() << where << key << " is missing";
        } else if (value.is_object()) {
            expect_contains(value, *mine, where + key + ": ");
        } else {
            EXPECT_EQ(mine->dump(), value.dump()) << where << key;
        }
    }
}

// Only the names that the old case asserts; all, when there is none.
json::Value narrowed(const json::Value& got, const json::Value* old) {
    if (old == nullptr || !old->is_object()) return got;
    json::Value kept = json::object({});
    for (const auto& [key, value] : old->as_object()) {
        const json::Value* mine = got.find(key);
        if (mine == nullptr) kept.set(key, json::object({{"absent", true}}));
        else kept.set(key, value.is_object() && value.find("absent") == nullptr ? narrowed(*mine, &value) : *mine);
    }
    return kept;
}

void run_case(const fs::path& log, const Library& library, bool update) {
    fs::path file = log;
    file.replace_extension(".json");
    json::Value expected = json::object({});
    if (fs::exists(file)) {
        auto parsed = json::parse(testing::read_file(file));
        ASSERT_TRUE(parsed) << file << ": " << parsed.error().text;
        expected = *parsed;
    } else {
        ASSERT_TRUE(update) << file << " is missing";
    }
    const json::Value* records = expected.find("records");
    json::Value fresh = json::Array{};
    std::istringstream lines{testing::read_file(log)};
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        event::Record record = testing::record(line, expected.text("format").value_or(""), expected.text("zone").value_or(""));
        record.envelope.received = parse_time(expected.text("received").value_or("2024-05-01T00:00:00Z")).value();
        const testing::Read got{std::move(record), library};
        const json::Value* wanted = records != nullptr && count < records->as_array().size() ? &records->as_array()[count] : nullptr;
        const json::Value mine = facts(got.outcome);
        if (update) {
            fresh.add(narrowed(mine, wanted));
        } else {
            ASSERT_NE(wanted, nullptr) << file << " says nothing of line " << count + 1;
            expect_contains(*wanted, mine, log.filename().string() + ":" + std::to_string(count + 1) + ": ");
        }
        // The same bytes give the same event.
        const testing::Read again{got.record, library};
        EXPECT_TRUE(event::same(got.event(), again.event())) << log << ":" << count + 1;
    }
    ASSERT_GT(count, 0U) << log;
    if (!update) {
        EXPECT_EQ(records->as_array().size(), count) << file;
        return;
    }
    expected.set("records", fresh);
    std::ofstream{file} << expected.pretty() << "\n";
}

TEST(Golden, EveryFormatAndMappingGivesWhatItsCasesSay) {
    const char* const update = std::getenv("VG_UPDATE_CASES");
    const auto library = Library::make(mapping_files());
    ASSERT_TRUE(library) << library.error().text;
    for (const Member& member : members()) {
        const auto logs = testing::files_under(member.cases, ".log");
        EXPECT_FALSE(logs.empty()) << member.name << " has no cases in " << member.cases;
        for (const fs::path& log : logs) run_case(log, **library, update != nullptr && member.name == update);
    }
}

TEST(Golden, NoFolderOfCasesIsWithoutItsFormat) {
    std::set<std::string> names;
    for (const Member& member : members()) names.insert(member.name);
    for (const char* place : {"src/formats/cases", "content/mappings/cases"})
        for (const auto& entry : fs::directory_iterator{fs::path{VG_SOURCE_DIR} / place})
            EXPECT_TRUE(names.contains(entry.path().filename())) << entry.path();
}

TEST(Golden, EveryHostileFormatHasSeedsForItsFuzzer) {
    const fs::path corpus = fs::path{VG_SOURCE_DIR} / "fuzz/corpora/formats";
    for (const Format* format : all()) {
        if (format->trust != Trust::hostile) continue;
        bool seeded = false;
        for (const auto& entry : fs::directory_iterator{corpus}) seeded |= entry.path().filename().string().starts_with(std::string{format->name} + "-");
        EXPECT_TRUE(seeded) << format->name << " has no seed in " << corpus;
    }
}

TEST(Golden, SniffersAreSureOfTheirOwnAndNotOfOthers) {
    for (const Format* format : all())
        for (const fs::path& log : testing::files_under(fs::path{VG_SOURCE_DIR} / "src/formats/cases" / format->name, ".log")) {
            std::istringstream lines{testing::read_file(log)};
            for (std::string line; std::getline(lines, line);) {
                for (const Format* other : all()) {
                    if (other == format) continue;
                    EXPECT_LE(other->sniff(look_at(line)), 50) << other->name << " takes " << log << ": " << line;
                }
            }
        }
}

}  // namespace
}  // namespace vg::formats

#include "formats/evtx.h"

#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "base/text.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

using testing::corpus;
using testing::read_file;

// What is equal in an event of an .evtx file and the same event as the corpus has it from libevtx.
struct Difference {
    std::size_t events = 0;
    std::size_t fields = 0;
    std::size_t different = 0;
    std::vector<std::string> examples;
};

std::string shown(const event::Field* field) { return field == nullptr ? "(none)" : std::string{field->text}.substr(0, 100); }

// What the corpora's makers changed, taken back on both sides: an XML reader makes one line feed of CR LF (XML 1.0,
// section 2.11) and drops control characters; the corpus' own converter cuts zeros off hexadecimal numbers, also from
// those that Sysmon writes as text; evtx_dump leaves the braces of GUIDs out, cuts times to microseconds and texts of
// blanks at their end.
std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) out += '\n';
        if (static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\n' || text[i] == '\t') out += text[i];
    }
    while (out.ends_with(' ')) out.pop_back();
    if (out.starts_with("0x0")) out.erase(2, std::min(out.find_first_not_of('0', 2), out.size() - 1) - 2);
    if (out.size() == 38 && out.front() == '{') out = out.substr(1, 36);
    if (out.size() == 30 && out[19] == '.' && out.back() == 'Z') out = out.substr(0, 26) + "Z";
    return out;
}
// evtx_dump numbers the second and later elements of one name: Header, Header_1.
bool same_name(std::string_view ours, std::string_view theirs) {
    if (ours == theirs) return true;
    return std::regex_replace(std::string{theirs}, std::regex{"_[0-9]+(?=[.]|$)"}, "") == ours;
}
bool same_text(std::string_view ours, std::string_view theirs) { return ours == theirs || plain(ours) == plain(theirs); }

void compare(const event::Event& ours, const event::Event& theirs, const std::string& where, Difference& difference) {
    ++difference.events;
    std::size_t at = 0;
    for (const event::Field& field : theirs.fields) {
        ++difference.fields;
        // Fields stand in the same order; look from where the last one was.
        const event::Field* mine = nullptr;
        for (std::size_t i = 0; i < ours.fields.size() && mine == nullptr; ++i) {
            const event::Field& candidate = ours.fields[(at + i) % ours.fields.size()];
            if (same_text(candidate.text, field.text) && same_name(candidate.name, field.name)) {
                mine = &candidate;
                at = (at + i) % ours.fields.size();
            }
        }
        if (mine != nullptr) continue;
        ++difference.different;
        if (difference.examples.size() < 40)
            difference.examples.push_back(where + ": " + std::string{field.name} + ": '" + shown(&field) + "' is '" + shown(ours.find(field.name)) + "' with us");
    }
}

// One of our own chunks, behind a file's header.
testing::SplitFile own_chunk(const std::string& name) {
    std::string file(4096, '\0');
    file.replace(0, 8, "ElfFile\0", 8);
    return testing::split(file + read_file(std::filesystem::path{VG_SOURCE_DIR} / "fuzz/corpora/evtx" / name));
}

// The bytes of each type are laid out by hand after MS-EVEN6 section 2.2.12 and MS-DTYP.
TEST(Evtx, ShowsEachTypeAsTheEventViewerDoes) {
    const auto got = own_chunk("types");
    ASSERT_EQ(got.records.size(), 1U);
    EXPECT_EQ(got.records[0],
              R"({"Event":{"UserData":{"V":[null,"x","café€",-1,255,-1,65535,-1,4294967295,-1,18446744073709551615,1.5,-2.25,false,"DEAD",)"
              R"("{03020100-0504-0706-0809-0A0B0C0D0E0F}","0x10","1970-01-01T00:00:00.000000000Z","2024-04-26T01:02:03.004Z","S-1-5-21-1-2-3-1001",)"
              R"("0x3e7","0x3e7",[7,8],["S-1-5-21-1-2-3-1001","S-1-5-21-1-2-3-1001"],"0x1","0101010101010101"]}}})");
}

TEST(Evtx, ReadsRecordsThatShareATemplate) {
    const auto got = own_chunk("sysmon");
    ASSERT_EQ(got.records.size(), 2U);
    const testing::Read first{got.records[0]};
    EXPECT_EQ(first.text("Image"), "C:\\a.exe");
    EXPECT_EQ(first.text("CommandLine"), "a <b> & \"c\"");
    EXPECT_EQ(first.text("Channel"), "Microsoft-Windows-Sysmon/Operational");
    EXPECT_EQ(to_rfc3339(first.event().occurred), "2024-04-26T01:02:03.123456Z");
    EXPECT_EQ(first.event().logsource.categories[0], "process_creation");
    EXPECT_EQ(testing::Read{got.records[1]}.text("Image"), "C:\\b.exe");
}

TEST(Evtx, ReadsBinXmlWithinAValue) { EXPECT_EQ(own_chunk("nested").records, (std::vector<std::string>{R"({"Event":{"LogFileCleared":null,"UserData":{"LogFileCleared":"ok"}}})"})); }

TEST(Evtx, NamesDamageAndReadsWhatItCan) {
    const auto got = own_chunk("torn");
    EXPECT_EQ(got.records.size(), 1U);
    ASSERT_EQ(got.damage.size(), 3U);  // no checksum in our header, a short file, and 30 bytes overwritten
    EXPECT_EQ(got.damage[2], "chunk 1: the checksum of its records does not fit");
}

class EvtxCorpus : public ::testing::TestWithParam<const char*> {};

TEST_P(EvtxCorpus, GivesTheSameEventsAsLibevtx) {
    const auto folder = corpus(GetParam());
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    Difference difference;
    std::size_t files = 0;
    std::size_t records = 0;
    std::size_t not_theirs = 0;
    for (const auto& path : testing::files_under(*folder, ".evtx")) {
        const auto theirs = testing::split(read_file(std::filesystem::path{path}.replace_extension(".ndjson"))).records;
        const testing::SplitFile ours = testing::split(read_file(path));
        ++files;
        records += ours.records.size();
        if (ours.records.size() != theirs.size()) {
            ++not_theirs;
            std::printf("%s: %zu records, %zu in the corpus' JSON, %zu damages\n", path.filename().c_str(), ours.records.size(), theirs.size(), ours.damage.size());
        }
        std::size_t i = 0;
        for (const std::string& line : theirs) {
            const testing::Read their{line};
            ASSERT_EQ(their.outcome.unparsed, "") << path << ": " << line.substr(0, 300);
            // libevtx puts what it recovers behind the rest: find the same record by its number and time.
            bool found = false;
            for (std::size_t tried = 0; tried < ours.records.size() && !found; ++tried) {
                const std::size_t at = (i + tried) % ours.records.size();
                const testing::Read our{ours.records[at]};
                if (our.text("EventRecordID") != their.text("EventRecordID") || our.text("TimeCreated") != their.text("TimeCreated")) continue;
                found = true;
                i = at + 1;
                compare(our.event(), their.event(), path.filename().string() + " " + their.text("EventRecordID"), difference);
            }
            EXPECT_TRUE(found) << path << ": record " << their.text("EventRecordID");
        }
    }
    std::printf("%zu files, %zu records; %zu events compared, %zu fields, %zu different\n", files, records, difference.events, difference.fields, difference.different);
    for (const std::string& example : difference.examples) std::printf("  %s\n", example.c_str());
    EXPECT_EQ(difference.different, 0U);
    EXPECT_GT(difference.events, 0U);
}

TEST(Evtx, GivesTheEventsOfSigmaRegressionAsEvtxDumpDoes) {
    const auto folder = corpus("sigma-regression");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    Difference difference;
    std::size_t absent = 0;
    for (const auto& path : testing::files_under(*folder, ".evtx")) {
        const testing::SplitFile ours = testing::split(read_file(path));
        EXPECT_TRUE(ours.damage.empty()) << path << ": " << ours.damage.front();
        for (const std::string& document : testing::split(read_file(std::filesystem::path{path}.replace_extension(".json"))).records) {
            const testing::Read their{document};
            ASSERT_EQ(their.outcome.unparsed, "") << path;
            bool found = false;
            for (const std::string& line : ours.records) {
                const testing::Read our{line};
                if (our.text("EventRecordID") != their.text("EventRecordID")) continue;
                found = true;
                compare(our.event(), their.event(), path.filename().string(), difference);
                break;
            }
            if (!found) {
                ++absent;
                std::printf("%s: record %s is not in the .evtx\n", path.filename().c_str(), their.text("EventRecordID").c_str());
            }
        }
    }
    std::printf("%zu events compared, %zu fields, %zu different, %zu absent\n", difference.events, difference.fields, difference.different, absent);
    for (const std::string& example : difference.examples) std::printf("  %s\n", example.c_str());
    // One JSON file of the corpus was changed by hand: Explorer.exe where the log has Explorer.EXE, in two fields.
    EXPECT_EQ(difference.different, 2U);
    EXPECT_EQ(absent, 0U);
    EXPECT_GT(difference.events, 100U);
}

// The document of a snapshot, behind its two lines of dashes.
std::string snapshot_body(const std::filesystem::path& path) {
    const std::string text = read_file(path);
    const std::size_t second = text.find("\n---\n", 3);
    return second == std::string::npos ? text : text.substr(second + 5);
}

TEST(Evtx, GivesTheEventsOfEvtxDumpsOwnSnapshots) {
    const auto folder = corpus("evtx-parser-cases");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::vector<std::string> records;
    for (const auto& path : testing::files_under(*folder / "samples", ".evtx"))
        for (std::string& one : testing::split(read_file(path)).records) records.push_back(std::move(one));
    std::size_t snapshots = 0;
    std::size_t without_file = 0;
    for (const auto& path : testing::files_under(*folder / "tests/snapshots", ".snap")) {
        const std::string body = snapshot_body(path);
        if (!body.starts_with('{') || path.filename().string().find("test_record_samples") == std::string::npos) continue;
        const testing::Read their{testing::record(body, "windows")};
        ASSERT_EQ(their.outcome.unparsed, "") << path;
        Difference best;
        best.different = std::numeric_limits<std::size_t>::max();
        for (const std::string& line : records) {
            const testing::Read our{line};
            if (plain(our.text("TimeCreated")) != plain(their.text("TimeCreated")) || our.text("EventID") != their.text("EventID")) continue;
            Difference difference;
            compare(our.event(), their.event(), path.filename().string(), difference);
            if (difference.different < best.different) best = difference;
        }
        if (best.fields == 0) {
            ++without_file;
            continue;
        }
        ++snapshots;
        EXPECT_EQ(best.different, 0U) << path << " of " << best.fields << ": " << best.examples.front();
    }
    EXPECT_EQ(snapshots, 8U);
    EXPECT_EQ(without_file, 2U);  // their .evtx files are not in the corpus
}

std::string unescaped(std::string text) {
    constexpr std::pair<std::string_view, std::string_view> kEntities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
    for (const auto& [entity, character] : kEntities)
        for (std::size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) text.replace(at, entity.size(), character);
    return text;
}

TEST(Evtx, HoldsEveryTextOfEvtxDumpsXmlSnapshots) {
    const auto folder = corpus("evtx-parser-cases");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::vector<std::string> records;
    for (const auto& path : testing::files_under(*folder / "samples", ".evtx"))
        for (std::string& one : testing::split(read_file(path)).records) records.push_back(std::move(one));
    const std::regex leaf{R"(<([A-Za-z0-9:_]+)[^<>]*>([^<>]+)</\1>)"};
    std::size_t snapshots = 0;
    for (const auto& path : testing::files_under(*folder / "tests/snapshots", ".snap")) {
        const std::string body = snapshot_body(path);
        if (!body.starts_with("<?xml")) continue;
        const std::size_t at = body.find("SystemTime=\"");
        ASSERT_NE(at, std::string::npos) << path;
        const std::string time = body.substr(at + 12, 26);  // to the microsecond
        std::size_t missing = std::numeric_limits<std::size_t>::max();
        std::size_t texts = 0;
        std::string example;
        for (const std::string& line : records) {
            if (line.find(time) == std::string::npos) continue;
            const testing::Read our{line};
            std::size_t here = 0;
            texts = 0;
            for (std::sregex_iterator match{body.begin(), body.end(), leaf}; match != std::sregex_iterator{}; ++match) {
                if ((*match)[1] == "EventRecordID" || trim((*match)[2].str()).empty()) continue;  // laid out over two lines
                ++texts;
                const std::string wanted = plain(unescaped((*match)[2]));
                bool found = false;
                for (const event::Field& field : our.event().fields) found |= plain(field.text) == wanted;
                if (!found && here++ == 0) example = (*match)[0];
            }
            if (here < missing) missing = here;
            if (missing == 0) break;
        }
        if (texts == 0) continue;  // its .evtx file is not in the corpus
        ++snapshots;
        EXPECT_EQ(missing, 0U) << path << ": " << example << " of " << texts;
    }
    EXPECT_EQ(snapshots, 7U);
}

INSTANTIATE_TEST_SUITE_P(Corpora, EvtxCorpus, ::testing::Values("evtx-attack-samples", "evtx-to-mitre-attack"));

}  // namespace
}  // namespace vg::formats

// The lists of others, whole: every line is accounted for, every indicator has its family, and what is refused is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "base/text.h"
#include "detect/kinds/sigma/testing.h"
#include "intel/readers/reader.h"

namespace vg::intel {
namespace {

using detect::testing::unpacked;
namespace fs = std::filesystem;

std::string tell(const std::map<std::string, std::size_t>& counts) {
    std::string out;
    for (const auto& [what, count] : counts) out += format("; {} {}", count, what);
    return out;
}

TEST(Corpora, EveryIndicatorOfMaltrailIsReadWithItsFamily) {
    const std::filesystem::path folder = unpacked("ioc-maltrail");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    std::size_t files = 0, read = 0, accepted = 0, duplicates = 0, refused = 0, lines = 0;
    std::map<std::string, std::size_t> reasons;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator{folder}) {
        if (file.path().extension() != ".txt") continue;
        const std::string bytes = detect::testing::read(file.path()), name = fs::relative(file.path(), folder).string();
        const std::string family = file.path().stem().string();
        for_each_line(bytes, [&](std::size_t, std::string_view line) {
            line = trim(line);
            lines += line.empty() || line.starts_with('#') ? 0 : 1;
            return true;
        });
        const Reading reading = find_reader("maltrail")->read({.bytes = bytes, .name = name, .limits = {.refusals = 1'000'000}});
        ASSERT_TRUE(reading.adds_up()) << name;
        for (const Entry& entry : reading.entries) ASSERT_EQ(entry.family, family) << name;
        for (const Refused& one : reading.refusals) ++reasons[one.reason.starts_with('"') ? "look like no indicator" : one.reason];
        ++files;
        read += reading.read;
        accepted += reading.entries.size();
        duplicates += reading.duplicates;
        refused += reading.refused;
    }
    EXPECT_EQ(files, 2535U);
    EXPECT_EQ(read, lines);
    // Paths without a host, and some that are no indicators.
    EXPECT_LT(refused - reasons["a path without a host: it would accuse any site that has it"], 200U);
    EXPECT_GT(accepted, 1'150'000U);
    std::cout << "[figure] maltrail: " << files << " lists, " << read << " read, " << accepted << " accepted, " << duplicates << " repeated, " << refused << " refused" << tell(reasons) << "\n";
}

TEST(Corpora, SignatureBaseIsReadWithItsScores) {
    const std::filesystem::path folder = unpacked("ioc-signature-base");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    struct Expected {
        std::string_view file;
        Kind kind;
        std::size_t least;
    };
    for (const Expected& expected : {Expected{"hash-iocs.txt", Kind::hash, 2'500}, Expected{"filename-iocs.txt", Kind::file_name, 1'000}}) {
        const std::string bytes = detect::testing::read(folder / "iocs" / expected.file);
        const Reading reading = find_reader("signature_base")->read({.bytes = bytes, .name = expected.file});
        EXPECT_TRUE(reading.adds_up());
        std::map<std::string, std::size_t> reasons;
        for (const Refused& one : reading.refusals) ++reasons[one.reason.substr(0, 60)];
        for (const Entry& entry : reading.entries) ASSERT_EQ(entry.kind, expected.kind);
        EXPECT_GT(reading.entries.size(), expected.least);
        std::cout << "[figure] " << expected.file << ": " << reading.read << " read, " << reading.entries.size() << " accepted, " << reading.duplicates << " repeated, " << reading.refused << " refused" << tell(reasons) << "\n";
    }
    const std::string c2 = detect::testing::read(folder / "iocs" / "c2-iocs.txt");
    const Reading servers = find_reader("signature_base")->read({.bytes = c2, .name = "c2-iocs.txt"});
    EXPECT_TRUE(servers.adds_up());
    EXPECT_GT(servers.entries.size(), 1'000U);
    const bool has = std::any_of(servers.entries.begin(), servers.entries.end(), [](const Entry& entry) { return entry.text == "58.64.143.244" && entry.family.starts_with("FireEye Operation Snowman"); });
    EXPECT_TRUE(has);
    std::cout << "[figure] c2-iocs.txt: " << servers.read << " read, " << servers.entries.size() << " accepted, " << servers.refused << " refused\n";
}

std::set<std::string> values_of(const Reading& reading) {
    std::set<std::string> out;
    for (const Entry& entry : reading.entries) out.insert(std::string{detect::indicator::name_of(entry.kind)} + " " + entry.text);
    return out;
}

// The same events in the form of MISP and as STIX 2.0 and 2.1, which others made of them. A name with its address is two values there
// and one pattern here.
TEST(Corpora, MispEventsAndTheSameAsStixGiveTheSameIndicators) {
    const std::filesystem::path folder = unpacked("misp-events");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    const fs::path base = folder / "misp-stix" / "tests";
    for (const char* name : {"test_attributes_collection", "test_events_collection"}) {
        std::set<std::string> by_misp;
        for (const char* part : {"_1.json", "_2.json"}) {
            const std::string bytes = detect::testing::read(base / (std::string{name} + part));
            const Reading reading = find_reader("misp")->read({.bytes = bytes, .name = "x.json"});
            EXPECT_TRUE(reading.adds_up());
            by_misp.merge(values_of(reading));
        }
        EXPECT_FALSE(by_misp.empty());
        for (const char* version : {"_stix20.json", "_stix21.json"}) {
            const std::string bytes = detect::testing::read(base / (std::string{name} + version));
            const Reading reading = find_reader("stix")->read({.bytes = bytes, .name = "x.json"});
            EXPECT_TRUE(reading.adds_up());
            for (const std::string& value : values_of(reading)) EXPECT_TRUE(by_misp.contains(value) || value.starts_with("pattern ")) << name << version << " has " << value;
            EXPECT_FALSE(values_of(reading).empty()) << name << version;
        }
    }
}

// Each file of MISP's own tests is read without loss, whatever it is.
TEST(Corpora, EachMispAndStixFileAddsUp) {
    std::size_t files = 0, accepted = 0;
    for (const char* corpus : {"misp-events", "rstix-fixtures"}) {
        const std::filesystem::path folder = unpacked(corpus);
        if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
        for (const fs::directory_entry& file : fs::recursive_directory_iterator{folder}) {
            if (file.path().extension() != ".json") continue;
            const std::string bytes = detect::testing::read(file.path());
            const Reader& reader = reader_for(bytes, file.path().filename().string());
            if (reader.name != "misp" && reader.name != "stix") continue;
            const Reading reading = reader.read({.bytes = bytes, .name = file.path().filename().string()});
            EXPECT_TRUE(reading.adds_up()) << file.path();
            accepted += reading.entries.size();
            ++files;
        }
    }
    EXPECT_GT(files, 100U);
    EXPECT_GT(accepted, 500U);
    std::cout << "[figure] " << files << " files of MISP and STIX, " << accepted << " indicators\n";
}

// The interoperability tests of OASIS: an indicator of each common kind, with its mark.
TEST(Corpora, InteroperabilityCasesGiveTheirIndicators) {
    const std::filesystem::path folder = unpacked("rstix-fixtures");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    const fs::path base = folder / "interop" / "testcases";
    struct Expected {
        const char* file;
        Kind kind;
        std::optional<Tlp> tlp;
    };
    for (const Expected& expected : {Expected{"indicator/tc-3.7.3.1-indicator-ipv4-address.json", Kind::address, std::nullopt}, Expected{"indicator/tc-3.7.3.2-indicator-ipv4-address-cidr.json", Kind::network, std::nullopt},
                                     Expected{"indicator/tc-3.7.3.4-indicator-ipv6-address.json", Kind::address, std::nullopt}, Expected{"indicator/tc-3.7.3.7-indicator-fqdn.json", Kind::domain, std::nullopt},
                                     Expected{"indicator/tc-3.7.3.8-indicator-url.json", Kind::url, std::nullopt}, Expected{"data-markings/tc-3.5.3.1-tlp-white-indicator-ipv4.json", Kind::address, Tlp::clear},
                                     Expected{"data-markings/tc-3.5.3.2-tlp-green-indicator-ipv4.json", Kind::address, Tlp::green}, Expected{"data-markings/tc-3.5.3.3-tlp-amber-indicator-ipv4-cidr.json", Kind::network, Tlp::amber},
                                     Expected{"data-markings/tc-3.5.3.4-tlp-red-indicator-ipv6.json", Kind::address, Tlp::red}}) {
        const std::string bytes = detect::testing::read(base / expected.file);
        const Reading reading = find_reader("stix")->read({.bytes = bytes, .name = "x.json"});
        ASSERT_FALSE(reading.entries.empty()) << expected.file << (reading.refusals.empty() ? "" : reading.refusals[0].reason);
        EXPECT_EQ(reading.refused, 0U) << expected.file;
        for (const Entry& entry : reading.entries) {
            EXPECT_EQ(entry.kind, expected.kind) << expected.file << entry.text;
            EXPECT_EQ(entry.tlp, expected.tlp) << expected.file << entry.text;
        }
    }
}

}  // namespace
}  // namespace vg::intel

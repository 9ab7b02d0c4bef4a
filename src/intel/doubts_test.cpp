// What speaks against a value: warninglists, shared places, and what becomes of the things that are said about it.
#include "intel/doubts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/indicator/testing.h"

namespace vg::intel {
namespace {

namespace fs = std::filesystem;

const Time kNow = *parse_time("2026-06-01T00:00:00Z");

class DoubtsTest : public ::testing::Test {
protected:
    DoubtsTest() : folder_(fs::temp_directory_path() / format("vonggac-doubts-{}", ::getpid())) {
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "lists" / "resolvers");
        write("lists/resolvers/list.json", R"({"name":"Public resolvers","type":"string","matching_attributes":["ip-src","ip-dst"],"list":["8.8.8.8"]})");
    }
    ~DoubtsTest() override { fs::remove_all(folder_); }
    std::string write(const std::string& name, std::string_view text) {
        std::ofstream{folder_ / name, std::ios::binary} << text;
        return (folder_ / name).string();
    }
    Result<std::shared_ptr<const Doubts>> load(std::vector<std::string> shared, bool lists = true) { return Doubts::load({.warninglists = lists ? folder_.string() : "", .shared = std::move(shared), .now = kNow}); }
    fs::path folder_;
};

indicator::Entry entry_of(Kind kind, const std::string& text, std::uint8_t confidence = 80) {
    indicator::Attribution by = indicator::attribution("fox");
    by.confidence = confidence;
    return {{kind, text, 0}, {by}};
}

TEST_F(DoubtsTest, AWarninglistIsNamedAndMakesWhatIsSaidLikelyFalse) {
    const auto doubts = load({});
    ASSERT_TRUE(doubts) << doubts.error().text;
    const auto doubt = (*doubts)->about(Kind::address, "8.8.8.8");
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->reason, "on the warninglist \"Public resolvers\"");
    EXPECT_FALSE(doubt->caution);
    EXPECT_FALSE((*doubts)->about(Kind::address, "8.8.8.9"));
    indicator::Entry entry = entry_of(Kind::address, "8.8.8.8");
    indicator::Attribution allowed;
    allowed.allowed = true;
    entry.by.push_back(allowed);
    (*doubts)->apply(entry);
    EXPECT_EQ(entry.by[0].warning, doubt->reason);
    EXPECT_EQ(entry.by[0].confidence, 80);
    EXPECT_FALSE(entry.by[0].caution);
    EXPECT_EQ(entry.by[1], allowed);
}

TEST_F(DoubtsTest, WhatTheSenderSaysAgainstItStays) {
    const auto doubts = load({});
    ASSERT_TRUE(doubts);
    indicator::Entry entry = entry_of(Kind::address, "8.8.8.8");
    entry.by[0].warning = "seen in a sandbox's own traffic";
    (*doubts)->apply(entry);
    EXPECT_EQ(entry.by[0].warning, "seen in a sandbox's own traffic");
}

// RFC 6598, section 7: 100.64.0.0/10, which ends at 100.127.255.255.
TEST_F(DoubtsTest, TheShippedFileLowersTheConfidenceOfCarrierNat) {
    const auto doubts = load({std::string{VG_SOURCE_DIR} + "/content/indicators/shared.yaml"}, false);
    ASSERT_TRUE(doubts) << doubts.error().text;
    for (const char* inside : {"100.64.0.0", "100.127.255.255", "100.99.1.2"}) {
        indicator::Entry entry = entry_of(Kind::address, inside);
        (*doubts)->apply(entry);
        EXPECT_EQ(entry.by[0].confidence, 20) << inside;  // a quarter of 80
        EXPECT_TRUE(entry.by[0].caution);
        EXPECT_EQ(entry.by[0].warning, "many customers of a carrier share it: Shared address space between carriers and their customers (RFC 6598, section 7)");
    }
    for (const char* outside : {"100.63.255.255", "100.128.0.0"}) EXPECT_FALSE((*doubts)->about(Kind::address, outside)) << outside;
    EXPECT_TRUE((*doubts)->about(Kind::domain, "github.io"));
    EXPECT_FALSE((*doubts)->about(Kind::domain, "somebody.github.io")) << "one customer's own name";
}

TEST_F(DoubtsTest, EntriesHoldBetweenTheirDates) {
    const std::string entry = "- {name: A, why: shared-hosting, percent: 50, networks: [203.0.113.0/24], from: 2026-01-01, until: 2026-06-01}\n"
                              "- {name: B, why: shared-hosting, percent: 50, networks: [198.51.100.0/24], from: 2026-06-02}\n"
                              "- {name: C, why: shared-hosting, percent: 50, networks: [192.0.2.0/24], from: 2026-06-01, until: 2026-06-02}\n";
    const auto doubts = load({write("shared.yaml", entry)});
    ASSERT_TRUE(doubts) << doubts.error().text;
    EXPECT_FALSE((*doubts)->about(Kind::address, "203.0.113.1"));
    EXPECT_FALSE((*doubts)->about(Kind::address, "198.51.100.1"));
    EXPECT_TRUE((*doubts)->about(Kind::address, "192.0.2.1"));
}

TEST_F(DoubtsTest, AWrongFileIsNamed) {
    const std::pair<const char*, const char*> cases[] = {
        {"- {name: A, why: luck, networks: [203.0.113.0/24], from: 2026-01-01}\n", "why"},
        {"- {name: A, why: carrier-nat, networks: [203.0.113.0/24]}\n", "from"},
        {"- {name: A, why: carrier-nat, networks: [somewhere], from: 2026-01-01}\n", "networks"},
        {"- {name: A, why: carrier-nat, percent: 101, from: 2026-01-01}\n", "percent"},
        {"- {why: carrier-nat, from: 2026-01-01}\n", "no name"},
        {"name: A\n", "no list"},
    };
    for (const auto& [text, word] : cases) {
        const auto doubts = load({write("shared.yaml", text)});
        ASSERT_FALSE(doubts) << text;
        EXPECT_NE(doubts.error().text.find(word), std::string::npos) << doubts.error().text;
    }
    EXPECT_FALSE(Doubts::load({.warninglists = (folder_ / "nowhere").string(), .shared = {}, .now = kNow}));
}

TEST_F(DoubtsTest, AnotherListIsAnotherFingerprint) {
    const auto before = load({});
    ASSERT_TRUE(before);
    EXPECT_EQ((*load({}))->fingerprint(), (*before)->fingerprint());
    write("lists/resolvers/list.json", R"({"name":"Public resolvers","type":"string","matching_attributes":["ip-dst"],"list":["9.9.9.9"]})");
    EXPECT_NE((*load({}))->fingerprint(), (*before)->fingerprint());
    EXPECT_EQ((*load({}, false))->fingerprint(), "");
}

}  // namespace
}  // namespace vg::intel

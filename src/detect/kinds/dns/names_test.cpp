// Parts, entropy and the model of made-up names. The corpora say how well the model tells names apart: the part of
// corpora/dns-dga that it has not learned from (SHA-256 of the name, first byte a multiple of 5), lists of known sites, and
// Vietnamese names. docs/detection.md quotes the figures; the bounds here are these with a little room.
#include "detect/kinds/dns/names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/yaml.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect::dns {
namespace {

constexpr int kBound = 55;  // of content/rules/dns-generated-names.yaml

TEST(Names, AreTakenApartWhereSomebodyRegisteredThem) {
    const std::vector<std::string> hosts{"duckdns.org"};
    const auto told = [&](std::string_view name) {
        const Parts parts = parts_of(name, hosts);
        return std::string{parts.carried} + "|" + std::string{parts.label} + "|" + std::string{parts.registered};
    };
    EXPECT_EQ(told("example.com"), "|example|example.com");
    EXPECT_EQ(told("a.b.example.com"), "a.b|example|example.com");
    EXPECT_EQ(told("www.so.example.com.vn"), "www.so|example|example.com.vn");
    EXPECT_EQ(told("Thu-Dien-Tu.hanoi.GOV.vn"), "Thu-Dien-Tu|hanoi|hanoi.GOV.vn");
    EXPECT_EQ(told("x.bbc.co.uk"), "x|bbc|bbc.co.uk");
    EXPECT_EQ(told("vnexpress.vn"), "|vnexpress|vnexpress.vn");
    EXPECT_EQ(told("home.abc.duckdns.org"), "home|abc|abc.duckdns.org");
    for (const std::string_view nothing : {"", "localhost", "com.vn", "duckdns.org"}) EXPECT_EQ(told(nothing), nothing == "duckdns.org" ? "|duckdns|duckdns.org" : "||") << nothing;
    EXPECT_EQ(told(std::string(300, 'a') + ".com"), "||");
    EXPECT_EQ(told("..."), "||");
}

// Worked by hand: aab has 2/3 and 1/3, 0.918 bits; 16 different characters have 4 bits.
TEST(Names, HaveEntropyInHundredths) {
    EXPECT_EQ(entropy_of(""), 0);
    EXPECT_EQ(entropy_of("aaaa"), 0);
    EXPECT_EQ(entropy_of("ab"), 100);
    EXPECT_EQ(entropy_of("Aab"), 91);
    EXPECT_EQ(entropy_of("0123.4567.89ab.cdef"), 400);
}

TEST(Names, ScoresAreBoundedForAnyBytes) {
    for (const std::string& hostile : {std::string{}, std::string(1'000, '\xff'), std::string(63, 'q'), std::string{"\0\0", 2}}) {
        EXPECT_GE(made_up(hostile), 0);
        EXPECT_LE(made_up(hostile), 100);
    }
    EXPECT_EQ(made_up("KQPLZNIKRLHITGZZL"), made_up("kqplznikrlhitgzzl"));
    EXPECT_GE(made_up("kqplznikrlhitgzzl"), 90);
    EXPECT_LT(made_up("sothongtintruyenthong"), 40);
}

struct Share {
    int named = 0, of = 0;
    void add(std::string_view label) {
        ++of;
        named += made_up(label) >= kBound ? 1 : 0;
    }
    [[nodiscard]] double value() const { return of == 0 ? 0 : static_cast<double>(named) / of; }
};

TEST(Names, OfTheCorpusAreToldApart) {
    if (testing::corpora().empty()) GTEST_SKIP() << "no corpora";
    const std::filesystem::path folder = testing::unpacked("dns-dga");
    ASSERT_FALSE(folder.empty());
    std::map<std::string, Share> families;
    const std::string text = testing::read(folder / "dga-full.csv");  // views into it
    bool first = true;
    for (const std::string_view line : split(text, '\n')) {
        const auto columns = split(line, ',');
        if (std::exchange(first, false) || columns.size() < 2) continue;
        const auto bare = [](std::string_view quoted) { return std::string{quoted.substr(1, quoted.size() - 2)}; };
        const std::string name = lower_ascii(bare(columns[1]));
        if (sha256(name)[0] % 5 == 0) families[bare(columns[0])].add(name);
    }
    ASSERT_EQ(families.size(), 6U);
    int right = 0, wrong = 0;
    for (const auto& [family, share] : families) {
        std::printf("%-14s %5d of %5d: %.3f\n", family.c_str(), share.named, share.of, share.value());
        EXPECT_GT(share.of, 300) << family;
        if (family != "nivdort") (family == "alexa" ? wrong : right) += share.named;
    }
    const double precision = static_cast<double>(right) / (right + wrong);
    std::printf("precision %.4f\n", precision);
    EXPECT_GE(precision, 0.99);
    EXPECT_LE(families["alexa"].value(), 0.015);
    EXPECT_GE(families["bamital"].value(), 0.99);
    EXPECT_GE(families["gameoverdga"].value(), 0.99);
    EXPECT_GE(families["cryptolocker"].value(), 0.95);
    EXPECT_GE(families["necurs"].value(), 0.90);
    EXPECT_LE(families["nivdort"].value(), 0.02) << "joined words look like ordinary names: if this rises, so do false alarms";
}

TEST(Names, OfKnownSitesAreSeldomTakenForMadeUp) {
    if (testing::corpora().empty()) GTEST_SKIP() << "no corpora";
    const std::filesystem::path folder = testing::unpacked("misp-warninglists");
    ASSERT_FALSE(folder.empty());
    const std::pair<const char*, double> lists[] = {{"majestic_million", 0.01}, {"tranco10k", 0.03}, {"cloudflare-top100k", 0.04}, {"cisco_top20k", 0.06}};
    Share vietnamese;
    std::set<std::string> seen;
    for (const auto& [list, most] : lists) {
        const auto parsed = json::parse(testing::read(folder / "lists" / list / "list.json"));
        ASSERT_TRUE(parsed.has_value()) << list;
        std::set<std::string> labels;
        for (const json::Value& one : parsed->find("list")->as_array()) {
            const std::string name = lower_ascii(one.as_text());
            const Parts parts = parts_of(name, {});
            if (parts.label.size() < 7 || parts.label.starts_with("xn--")) continue;
            labels.emplace(parts.label);
            if (name.ends_with(".vn") && seen.emplace(parts.label).second) vietnamese.add(parts.label);
        }
        Share share;
        for (const std::string& label : labels) share.add(label);
        std::printf("%-20s %5d of %6d: %.4f\n", list, share.named, share.of, share.value());
        EXPECT_LE(share.value(), most) << list;
    }
    std::printf("%-20s %5d of %6d\n", ".vn of these", vietnamese.named, vietnamese.of);
    EXPECT_GT(vietnamese.of, 80);
    EXPECT_LE(vietnamese.value(), 0.02);
}

// Words of our own Vietnamese titles, two to four in a row, without accents: how firms and offices name themselves.
TEST(Names, OfVietnameseWordsAreSeldomTakenForMadeUp) {
    Share share;
    std::set<std::string> names;
    for (const RuleFile& file : testing::rule_files(VG_SOURCE_DIR "/content/rules")) {
        const auto parsed = yaml::parse(file.text);
        if (!parsed) continue;
        for (const yaml::Document& document : *parsed) {
            std::vector<std::string> words;
            const std::string title = fold(document.value.text("title_vi").value_or(""));
            for (const std::string_view word : split(title, ' '))
                if (!word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; })) words.emplace_back(word);
            for (std::size_t count = 2; count <= 4; ++count)
                for (std::size_t at = 0; at + count <= words.size(); ++at) {
                    std::string name;
                    for (std::size_t i = at; i < at + count; ++i) name += words[i];
                    if (name.size() >= 7 && names.insert(name).second) share.add(name);
                }
        }
    }
    std::printf("%d of %d: %.4f\n", share.named, share.of, share.value());
    EXPECT_GT(share.of, 1'000);
    EXPECT_LE(share.value(), 0.02);
}

}  // namespace
}  // namespace vg::detect::dns

#include "directory/name_claims.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/text.h"
#include "base/time.h"

namespace vg::directory::name_claims_test {

namespace {

OrganisationId organisation(std::uint8_t number) {
    OrganisationId id;
    id.bytes[15] = number;
    return id;
}

Fact fact(std::int64_t number, std::string_view kind, json::Value body, std::uint8_t whose, std::string_view from, std::string_view until = "") {
    Fact made;
    made.number = number, made.kind = kind, made.body = std::move(body), made.organisation = organisation(whose), made.from = *parse_time(std::string{from} + "T00:00:00Z"), made.state = FactState::approved;
    if (!until.empty()) made.until = *parse_time(std::string{until} + "T00:00:00Z");
    return made;
}
Fact domain(std::int64_t number, std::string_view name, std::uint8_t whose, std::string_view from = "2024-01-01", std::string_view until = "") { return fact(number, "domain", json::object({{"domain", name}, {"system", "WEB"}}), whose, from, until); }

const Time kJune = *parse_time("2025-06-01T00:00:00Z");

TEST(NameClaims, TakesTheMostSpecificDomainThatWasValidThen) {
    const std::vector<Fact> facts{domain(1, "tinh.example", 1), domain(2, "so.tinh.example", 2, "2025-01-01", "2025-12-31"), fact(3, "range", json::object({{"range", "203.0.113.0/24"}}), 3, "2024-01-01")};
    const NameClaims names = NameClaims::build(facts);
    EXPECT_EQ(names.size(), 2U);
    EXPECT_EQ(names.of("www.so.tinh.example", kJune), (NameAnswer{Answer::Kind::owner, 2, organisation(2), "WEB"}));
    EXPECT_EQ(names.of("so.tinh.example.", kJune).number, 2);
    EXPECT_EQ(names.of("www.so.tinh.example", *parse_time("2024-06-01T00:00:00Z")).number, 1) << "before that it was the province's";
    EXPECT_EQ(names.of("www.so.tinh.example", *parse_time("2025-12-31T00:00:00Z")).number, 1) << "and from its end on";
    EXPECT_EQ(names.of("xso.tinh.example", kJune).number, 1) << "a label is whole";
    EXPECT_EQ(names.of("tinh2.example", kJune).kind, Answer::Kind::gap);
    EXPECT_EQ(names.of("tinh.example", *parse_time("2023-01-01T00:00:00Z")).kind, Answer::Kind::gap);
    EXPECT_EQ(names.of("", kJune).kind, Answer::Kind::gap);
}

TEST(NameClaims, ChoosesNoneOfSeveral) {
    const std::vector<Fact> facts{domain(1, "chung.example", 1), domain(2, "chung.example", 2), domain(3, "rieng.chung.example", 1), domain(4, "rieng.chung.example", 1, "2025-01-01")};
    const NameClaims names = NameClaims::build(facts);
    EXPECT_EQ(names.of("a.chung.example", kJune).kind, Answer::Kind::conflict);
    EXPECT_EQ(names.of("rieng.chung.example", kJune).number, 4) << "one organisation agrees with itself; the later counts";
}

TEST(NameClaims, LetsTheOwnerOfARegistryOwnNothingThatIsRegisteredThere) {
    const std::vector<Fact> facts{domain(1, "example", 1)};
    const NameClaims names = NameClaims::build(facts);
    EXPECT_EQ(names.of("so.example", kJune).kind, Answer::Kind::gap);
    EXPECT_EQ(names.of("example", kJune).number, 1);
}

TEST(NameClaims, KnowsAutonomousSystemsByTheirDates) {
    const std::vector<Fact> facts{fact(1, "asn", json::object({{"number", 64500}}), 1, "2024-01-01", "2025-01-01"), fact(2, "asn", json::object({{"number", 64500}}), 2, "2025-01-01")};
    const NameClaims names = NameClaims::build(facts);
    EXPECT_EQ(names.of_system(64500, kJune).organisation, organisation(2));
    EXPECT_EQ(names.of_system(64500, *parse_time("2024-06-01T00:00:00Z")).organisation, organisation(1));
    EXPECT_EQ(names.of_system(64501, kJune).kind, Answer::Kind::gap);
}

TEST(NameClaims, AnswersAsASearchThroughAllClaims) {
    std::mt19937 random{20250601};
    const std::vector<std::string> labels{"a", "b", "c"};
    const auto name_of_depth = [&](std::size_t depth) {
        std::string name = "example";
        for (std::size_t i = 1; i < depth; ++i) name = labels[random() % labels.size()] + "." + name;
        return name;
    };
    for (int round = 0; round < 200; ++round) {
        std::vector<Fact> facts;
        for (std::int64_t i = 1; i <= 12; ++i) {
            const auto from = 1 + random() % 20, until = from + 1 + random() % 8;
            facts.push_back(domain(i, name_of_depth(1 + random() % 4), static_cast<std::uint8_t>(1 + random() % 3), format("2025-06-{:02}", from), format("2025-06-{:02}", until)));
        }
        const NameClaims names = NameClaims::build(facts);
        for (int asked = 0; asked < 40; ++asked) {
            const std::string name = name_of_depth(1 + random() % 5);
            const Time time = kJune + days(static_cast<std::int64_t>(random() % 30));
            std::size_t longest = 0;
            for (const Fact& one : facts) {
                const std::string claimed = *one.body.text("domain");
                const bool holds = name == claimed || (claimed.find('.') != std::string::npos && name.ends_with("." + claimed));
                if (holds && one.from <= time && time < *one.until) longest = std::max(longest, claimed.size());
            }
            std::vector<OrganisationId> owners;
            for (const Fact& one : facts) {
                const std::string claimed = *one.body.text("domain");
                if (claimed.size() == longest && (name == claimed || name.ends_with("." + claimed)) && one.from <= time && time < *one.until) owners.push_back(one.organisation);
            }
            std::sort(owners.begin(), owners.end());
            owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
            const NameAnswer answer = names.of(name, time);
            ASSERT_EQ(answer.kind, owners.empty() ? Answer::Kind::gap : owners.size() == 1 ? Answer::Kind::owner : Answer::Kind::conflict) << name;
            if (owners.size() == 1) {
                ASSERT_EQ(answer.organisation, owners.front());
            }
        }
    }
}

}  // namespace

}  // namespace vg::directory::name_claims_test

#include "directory/attribution.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/time.h"

namespace vg::directory {
namespace {

using Kind = Answer::Kind;

OrganisationId organisation(std::uint8_t n) {
    OrganisationId id;
    id.bytes[15] = n;
    return id;
}
const OrganisationId kProvince = organisation(1), kDistrict = organisation(2), kCommune = organisation(3), kProvider = organisation(4);

AddressRange network(std::string_view text) { return range_of(*parse_network(text)); }
AddressRange between(std::string_view first, std::string_view last) { return {*parse_address(first), *parse_address(last)}; }
// Midnight in Vietnam, UTC+7 without summer time.
Time day(std::int64_t days_since_1970) { return Time{} + days(days_since_1970) - hours(7); }
constexpr std::int64_t kJanuary2020 = 18'262, kJuly2025 = 20'270;  // 2020-01-01 and 2025-07-01: 50 years with 12 leap days; 2,008 days later

std::shared_ptr<const Attribution> built(const std::vector<Claim>& claims) {
    auto made = Attribution::build(claims);
    EXPECT_TRUE(made) << made.error().text;
    return *made;
}
Ask ask(std::string_view address, Time time, std::optional<std::uint16_t> port = {}) { return {*parse_address(address), port, time}; }
std::vector<std::int64_t> numbers(const std::vector<Claim>& claims) {
    std::vector<std::int64_t> found;
    for (const Claim& claim : claims) found.push_back(claim.number);
    return found;
}
using Numbers = std::vector<std::int64_t>;

// The district's unit held a network of the province until the districts were abolished; the commune's unit has it since.
std::vector<Claim> reform() {
    return {{.number = 1, .range = network("113.160.0.0/16"), .organisation = kProvince, .from = day(kJanuary2020), .document = "12/QĐ-STTTT", .claimed_by = "user:province", .approved_by = "user:registrar"},
            {.number = 2, .range = network("113.160.7.0/24"), .organisation = kDistrict, .system = "portal", .from = day(kJanuary2020), .until = day(kJuly2025), .document = "34/UBND-VX", .claimed_by = "user:district", .approved_by = "user:province"},
            {.number = 3, .range = network("113.160.7.0/24"), .organisation = kCommune, .system = "portal", .from = day(kJuly2025), .document = "05/QĐ-UBND", .claimed_by = "user:commune", .approved_by = "user:province"}};
}

TEST(Attribution, GivesARangeToItsOwnerOfThatDay) {
    const auto attribution = built(reform());
    const Time change = day(kJuly2025);
    EXPECT_EQ(change, *parse_time("2025-07-01T00:00:00+07:00"));
    const auto owner = [&](std::string_view address, Time time) {
        const Answer answer = attribution->of(ask(address, time));
        EXPECT_EQ(answer.kind, Kind::owner);
        return attribution->claim(answer.claim).organisation;
    };
    EXPECT_EQ(owner("113.160.7.20", change - days(1)), kDistrict);
    EXPECT_EQ(owner("113.160.7.20", change - microseconds(1)), kDistrict);
    EXPECT_EQ(owner("113.160.7.20", change), kCommune);
    EXPECT_EQ(owner("113.160.7.20", change + days(400)), kCommune);
    EXPECT_EQ(owner("113.160.6.255", change), kProvince);
    EXPECT_EQ(owner("113.160.8.0", change), kProvince);
    EXPECT_EQ(owner("::ffff:113.160.7.20", change), kCommune);
}

TEST(Attribution, ExplainsByWhatItWentAndWhatWasSaidBefore) {
    const auto attribution = built(reform());
    const Explanation told = attribution->explain(ask("113.160.7.20", day(kJuly2025) + days(30)));
    ASSERT_EQ(numbers(told.claims), Numbers{3});
    EXPECT_EQ(told.claims[0].range.text(), "113.160.7.0/24");
    EXPECT_EQ(told.claims[0].system, "portal");
    EXPECT_EQ(told.claims[0].document, "05/QĐ-UBND");
    EXPECT_EQ(told.claims[0].claimed_by, "user:commune");
    EXPECT_EQ(told.claims[0].approved_by, "user:province");
    EXPECT_EQ(told.claims[0].until, std::nullopt);
    EXPECT_EQ(numbers(told.history), (Numbers{2, 3}));
    EXPECT_EQ(told.history[0].until, day(kJuly2025));
    EXPECT_FALSE(told.before || told.after);
}

TEST(Attribution, AGapTellsWhatWasValidBeforeAndAfter) {
    const Time first_end = day(kJuly2025), second_begin = day(kJuly2025) + days(20);
    const auto attribution = built({{.number = 7, .range = network("113.161.0.0/24"), .organisation = kDistrict, .from = day(kJanuary2020), .until = first_end},
                                    {.number = 8, .range = network("113.161.0.0/24"), .organisation = kCommune, .from = second_begin},
                                    {.number = 9, .range = network("113.161.0.0/16"), .organisation = kProvince, .from = day(kJanuary2020), .until = first_end - days(50)}});
    const Explanation told = attribution->explain(ask("113.161.0.1", first_end));
    EXPECT_EQ(told.answer.kind, Kind::gap);
    ASSERT_TRUE(told.before && told.after);
    EXPECT_EQ(told.before->number, 7);
    EXPECT_EQ(told.after->number, 8);
    EXPECT_EQ(numbers(told.history), (Numbers{7, 8}));
    EXPECT_EQ(attribution->of(ask("113.161.0.1", first_end - microseconds(1))).kind, Kind::owner);
    EXPECT_EQ(attribution->of(ask("113.161.0.1", second_begin - microseconds(1))).kind, Kind::gap);
    EXPECT_EQ(attribution->of(ask("113.161.0.1", second_begin)).kind, Kind::owner);

    const Explanation never = attribution->explain(ask("8.8.8.8", first_end));
    EXPECT_EQ(never.answer.kind, Kind::gap);
    EXPECT_FALSE(never.before || never.after);
    EXPECT_TRUE(never.claims.empty() && never.history.empty());
}

TEST(Attribution, SeveralOrganisationsOverTheSameRangeAreAConflictThatNamesAll) {
    const Time time = day(kJuly2025);
    std::vector<Claim> claims = reform();
    claims.push_back({.number = 4, .range = network("113.160.7.0/24"), .organisation = kProvider, .from = day(kJanuary2020)});
    const auto attribution = built(claims);
    const Explanation told = attribution->explain(ask("113.160.7.20", time));
    EXPECT_EQ(told.answer.kind, Kind::conflict);
    EXPECT_EQ(numbers(told.claims), (Numbers{3, 4}));
    EXPECT_EQ(numbers(told.history), (Numbers{2, 4, 3}));
    EXPECT_EQ(attribution->claim(told.answer.claim).number, 3);

    // The same organisation twice agrees with itself; the later of its claims is named first.
    claims.back().organisation = kCommune;
    const auto agreed = built(claims)->explain(ask("113.160.7.20", time));
    EXPECT_EQ(agreed.answer.kind, Kind::owner);
    EXPECT_EQ(numbers(agreed.claims), (Numbers{3, 4}));
}

TEST(Attribution, OfRangesThatOverlapInPartTheSmallerIsTheMoreSpecific) {
    const Time time = day(kJuly2025);
    // 20 addresses, 11 addresses, 20 addresses.
    const auto attribution = built({{.number = 1, .range = between("14.160.0.0", "14.160.0.19"), .organisation = kProvince, .from = time},
                                    {.number = 2, .range = between("14.160.0.15", "14.160.0.25"), .organisation = kDistrict, .from = time},
                                    {.number = 3, .range = between("14.160.0.10", "14.160.0.29"), .organisation = kCommune, .from = time}});
    const auto said = [&](int last) {
        const Explanation told = attribution->explain(ask("14.160.0." + std::to_string(last), time));
        return std::pair{told.answer.kind, numbers(told.claims)};
    };
    using Said = std::pair<Kind, Numbers>;
    EXPECT_EQ(said(9), (Said{Kind::owner, {1}}));
    EXPECT_EQ(said(10), (Said{Kind::conflict, {3, 1}}));
    EXPECT_EQ(said(14), (Said{Kind::conflict, {3, 1}}));
    EXPECT_EQ(said(15), (Said{Kind::owner, {2}}));
    EXPECT_EQ(said(25), (Said{Kind::owner, {2}}));
    EXPECT_EQ(said(26), (Said{Kind::owner, {3}}));
    EXPECT_EQ(said(29), (Said{Kind::owner, {3}}));
    EXPECT_EQ(said(30), (Said{Kind::gap, {}}));
    EXPECT_EQ(attribution->claim(attribution->of(ask("14.160.0.15", time)).claim).range.text(), "14.160.0.15-14.160.0.25");
}

TEST(Attribution, APoolBehindOneAddressIsToldByThePort) {
    const Time time = day(kJuly2025);
    const auto attribution = built({{.number = 1, .range = network("14.161.0.0/16"), .organisation = kProvider, .from = time},
                                    {.number = 2, .range = network("14.161.1.1"), .ports = PortRange{1024, 2047}, .organisation = kDistrict, .system = "nat-1", .from = time},
                                    {.number = 3, .range = network("14.161.1.1"), .ports = PortRange{2048, 3071}, .organisation = kCommune, .system = "nat-2", .from = time}});
    const auto number_of_port = [&](std::optional<std::uint16_t> port) { return attribution->claim(attribution->of(ask("14.161.1.1", time, port)).claim).number; };
    EXPECT_EQ(number_of_port(1023), 1);
    EXPECT_EQ(number_of_port(1024), 2);
    EXPECT_EQ(number_of_port(2047), 2);
    EXPECT_EQ(number_of_port(2048), 3);
    EXPECT_EQ(number_of_port(3072), 1);
    EXPECT_EQ(number_of_port({}), 1);
    EXPECT_TRUE(attribution->of(ask("14.161.1.1", time)).port_would_tell);
    EXPECT_FALSE(attribution->of(ask("14.161.1.1", time, 1023)).port_would_tell);
    EXPECT_FALSE(attribution->of(ask("14.161.1.2", time)).port_would_tell);
}

TEST(Attribution, ASpecialAddressIsNobodysUnlessAClaimNamesIt) {
    const Time time = day(kJuly2025);
    const auto attribution = built({{.number = 1, .range = network("0.0.0.0/0"), .organisation = kProvider, .from = time},
                                    {.number = 2, .range = network("10.8.0.0/16"), .organisation = kProvince, .from = time, .until = time + days(9)},
                                    {.number = 3, .range = network("::/0"), .organisation = kCommune, .from = time}});
    const auto special = [&](std::string_view address) {
        const Answer answer = attribution->of(ask(address, time));
        EXPECT_EQ(answer.kind, Kind::nobody) << address;
        return name_of(answer.special);
    };
    EXPECT_EQ(special("10.7.255.255"), "private_use");
    EXPECT_EQ(special("10.9.0.0"), "private_use");
    EXPECT_EQ(special("172.31.255.255"), "private_use");
    EXPECT_EQ(special("192.168.1.1"), "private_use");
    EXPECT_EQ(special("100.64.0.0"), "carrier_nat");
    EXPECT_EQ(special("100.127.255.255"), "carrier_nat");
    EXPECT_EQ(special("127.0.0.1"), "loopback");
    EXPECT_EQ(special("169.254.3.4"), "link_local");
    EXPECT_EQ(special("203.0.113.9"), "documentation");
    EXPECT_EQ(special("224.0.0.251"), "multicast");
    EXPECT_EQ(special("255.255.255.255"), "reserved");
    EXPECT_EQ(special("::"), "this_network");
    EXPECT_EQ(special("::1"), "loopback");
    EXPECT_EQ(special("2001:db8::1"), "documentation");
    EXPECT_EQ(special("fd00::1"), "private_use");
    EXPECT_EQ(special("fe80::1"), "link_local");
    EXPECT_EQ(special("ff02::1"), "multicast");
    EXPECT_EQ(special("4000::"), "reserved");
    const auto number = [&](std::string_view address) {
        const Answer answer = attribution->of(ask(address, time));
        EXPECT_EQ(answer.kind, Kind::owner) << address;
        return attribution->claim(answer.claim).number;
    };
    EXPECT_EQ(number("10.8.0.0"), 2);
    EXPECT_EQ(number("10.8.255.255"), 2);
    EXPECT_EQ(number("9.255.255.255"), 1);
    EXPECT_EQ(number("11.0.0.0"), 1);
    EXPECT_EQ(number("100.63.255.255"), 1);
    EXPECT_EQ(number("100.128.0.0"), 1);
    EXPECT_EQ(number("2402:800::1"), 3);

    const Explanation ended = attribution->explain(ask("10.8.0.1", time + days(9)));
    EXPECT_EQ(ended.answer.kind, Kind::nobody);
    ASSERT_TRUE(ended.before);
    EXPECT_EQ(ended.before->number, 2);
}

TEST(Attribution, NothingIsKnownWithoutClaims) {
    const auto attribution = built({});
    EXPECT_EQ(attribution->of(ask("8.8.8.8", Time{})).kind, Kind::gap);
    EXPECT_EQ(attribution->of(ask("255.255.255.255", Time{})).special, Special::reserved);
    EXPECT_EQ(attribution->of(ask("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Time{})).special, Special::multicast);
    EXPECT_EQ(attribution->of(ask("2402:800::", Time{})).kind, Kind::gap);
}

TEST(Attribution, RefusesAClaimThatSaysNothing) {
    const auto refused = [](const Claim& claim) {
        const auto made = Attribution::build({&claim, 1});
        return made ? "" : made.error().text;
    };
    const Claim good{.number = 5, .range = network("14.160.0.0/24"), .organisation = kCommune, .from = Time{5}};
    EXPECT_EQ(refused(good), "");
    Claim claim = good;
    claim.range = between("14.160.0.2", "14.160.0.1");
    EXPECT_EQ(refused(claim), "claim 5: its first address is behind the last");
    claim.range = between("14.160.0.2", "2402:800::");
    EXPECT_EQ(refused(claim), "claim 5: its range holds IPv4 and IPv6 addresses");
    claim = good;
    claim.ports = PortRange{9, 8};
    EXPECT_EQ(refused(claim), "claim 5: its first port is behind the last");
    claim = good;
    claim.until = claim.from;
    EXPECT_EQ(refused(claim), "claim 5: it ends before it begins");
}

TEST(Attribution, RefusesWhatWouldMakeAnswersSlow) {
    std::vector<Claim> around(Attribution::kMostAround + 1, Claim{.range = network("14.160.0.0/24"), .organisation = kCommune, .from = Time{}});
    const auto too_many = Attribution::build(around);
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error().code, Code::too_large);
    around.pop_back();
    EXPECT_TRUE(Attribution::build(around));

    // Five thousand ranges, each a step further than the one before and all overlapping: every address has a list of its own.
    std::vector<Claim> stairs;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        Claim stair{.number = i, .range = network("14.160.0.0/20"), .organisation = kCommune, .from = Time{}};
        stair.range.first.bytes[14] = static_cast<std::uint8_t>(i >> 8);
        stair.range.first.bytes[15] = static_cast<std::uint8_t>(i);
        stair.range.last.bytes[13] = 161;
        stair.range.last.bytes[14] = stair.range.first.bytes[14];
        stair.range.last.bytes[15] = stair.range.first.bytes[15];
        stairs.push_back(stair);
    }
    const auto stairs_made = Attribution::build(stairs);
    ASSERT_FALSE(stairs_made);
    EXPECT_EQ(stairs_made.error().code, Code::too_large);
}

TEST(AddressRange, IsWrittenAsANetworkWhenItIsOne) {
    EXPECT_EQ(network("14.160.0.0/14").text(), "14.160.0.0/14");
    EXPECT_EQ(network("14.160.0.7").text(), "14.160.0.7");
    EXPECT_EQ(network("0.0.0.0/0").text(), "0.0.0.0/0");
    EXPECT_EQ(network("::/0").text(), "::/0");
    EXPECT_EQ(network("2402:800::/32").text(), "2402:800::/32");
    EXPECT_EQ(between("14.160.0.1", "14.160.0.2").text(), "14.160.0.1-14.160.0.2");
    EXPECT_EQ(between("14.160.0.0", "14.160.0.2").text(), "14.160.0.0-14.160.0.2");
    EXPECT_EQ(between("2402:800::1", "2402:800::4").text(), "2402:800::1-2402:800::4");
}

}  // namespace
}  // namespace vg::directory

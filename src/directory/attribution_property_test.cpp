// Attribution against a search through all claims, one by one, over random ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "directory/attribution.h"

namespace vg::directory {
namespace {

using Kind = Answer::Kind;

// What is special, as IANA's registries list it; the narrowest block counts.
struct ListedBlock {
    const char* network;
    Special special;
};
constexpr ListedBlock kListed[] = {
    {"0.0.0.0/8", Special::this_network}, {"10.0.0.0/8", Special::private_use}, {"100.64.0.0/10", Special::carrier_nat}, {"127.0.0.0/8", Special::loopback},
    {"169.254.0.0/16", Special::link_local}, {"172.16.0.0/12", Special::private_use}, {"192.0.0.0/24", Special::reserved}, {"192.0.2.0/24", Special::documentation},
    {"192.88.99.0/24", Special::reserved}, {"192.168.0.0/16", Special::private_use}, {"198.18.0.0/15", Special::benchmarking}, {"198.51.100.0/24", Special::documentation},
    {"203.0.113.0/24", Special::documentation}, {"224.0.0.0/4", Special::multicast}, {"240.0.0.0/4", Special::reserved},
    {"::/3", Special::reserved}, {"4000::/2", Special::reserved}, {"8000::/1", Special::reserved}, {"::/128", Special::this_network}, {"::1/128", Special::loopback},
    {"64:ff9b::/96", Special::translation}, {"64:ff9b:1::/48", Special::translation}, {"2001::/23", Special::reserved}, {"2001::/32", Special::translation},
    {"2001:2::/48", Special::benchmarking}, {"2001:db8::/32", Special::documentation}, {"2002::/16", Special::translation}, {"3fff::/20", Special::documentation},
    {"fc00::/7", Special::private_use}, {"fe80::/10", Special::link_local}, {"ff00::/8", Special::multicast},
};

// The address that many further, or none where the 128 bits end.
std::optional<Address> moved(Address address, int by) {
    int carry = by;
    for (std::size_t i = 16; i-- > 0 && carry != 0;) {
        const int sum = address.bytes[i] + carry;
        address.bytes[i] = static_cast<std::uint8_t>(sum & 0xff);
        carry = sum >> 8;
    }
    return carry == 0 ? std::optional{address} : std::nullopt;
}

// How many addresses, less one, the most significant byte first.
std::array<int, 16> size_of(const AddressRange& range) {
    std::array<int, 16> size{};
    int borrow = 0;
    for (std::size_t i = 16; i-- > 0;) {
        const int difference = range.last.bytes[i] - range.first.bytes[i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        size[i] = difference + 256 * borrow;
    }
    return size;
}
int ports_of(const Claim& claim) { return claim.ports ? claim.ports->last - claim.ports->first + 1 : 65536; }
bool holds(const AddressRange& range, const Address& address) { return range.first <= address && address <= range.last; }
bool is_valid(const Claim& claim, Time time) { return claim.from <= time && (!claim.until || time < *claim.until); }

struct Expected {
    Kind kind = Kind::gap;
    Special special = Special::none;
    bool port_would_tell = false;
    std::vector<std::int64_t> claims;  // newest first
    std::optional<std::int64_t> before, after;
    std::vector<std::int64_t> history;
};

Expected searched(const std::vector<Claim>& claims, const Ask& ask) {
    Expected expected;
    std::optional<AddressRange> block;
    for (const ListedBlock& listed : kListed) {
        const Network network = *parse_network(listed.network);
        if (!network.contains(ask.address) || network.base.is_v4() != ask.address.is_v4()) continue;
        if (block && size_of(*block) < size_of(range_of(network))) continue;
        block = range_of(network);
        expected.special = listed.special;
    }
    using Order = std::pair<std::array<int, 16>, int>;
    std::vector<const Claim*> held, answering;
    std::optional<Order> best, best_with_ports;
    for (const Claim& claim : claims) {
        if (!holds(claim.range, ask.address) || claim.range.first.is_v4() != ask.address.is_v4()) continue;
        if (block && !(holds(*block, claim.range.first) && holds(*block, claim.range.last))) continue;
        const bool all_ports = ports_of(claim) == 65536;
        const Order order{size_of(claim.range), ports_of(claim)};
        const bool answers = ask.port ? all_ports || (claim.ports->first <= *ask.port && *ask.port <= claim.ports->last) : all_ports;
        if (answers) held.push_back(&claim);
        if (!is_valid(claim, ask.time)) continue;
        if (answers && (!best || order < *best)) best = order;
        if (!answers && !ask.port && (!best_with_ports || order < *best_with_ports)) best_with_ports = order;
    }
    expected.port_would_tell = best_with_ports && (!best || best_with_ports->first <= best->first);
    std::set<AddressRange> ranges;
    if (best) {
        expected.special = Special::none;
        std::set<OrganisationId> organisations;
        for (const Claim* claim : held)
            if (is_valid(*claim, ask.time) && Order{size_of(claim->range), ports_of(*claim)} == *best) answering.push_back(claim);
        std::sort(answering.begin(), answering.end(), [](const Claim* a, const Claim* b) { return std::pair{a->from, a->number} > std::pair{b->from, b->number}; });
        for (const Claim* claim : answering) {
            organisations.insert(claim->organisation);
            ranges.insert(claim->range);
            expected.claims.push_back(claim->number);
        }
        expected.kind = organisations.size() == 1 ? Kind::owner : Kind::conflict;
    } else {
        expected.kind = block ? Kind::nobody : Kind::gap;
        const Claim *before = nullptr, *after = nullptr;
        for (const Claim* claim : held) {
            const auto nearer = [&](const Claim* other, Time mine, Time others) {
                if (mine != others) return false;
                const auto own = size_of(claim->range), theirs = size_of(other->range);
                return own != theirs ? own < theirs : claim->number > other->number;
            };
            if (claim->until && *claim->until <= ask.time && (before == nullptr || *claim->until > *before->until || nearer(before, *claim->until, *before->until))) before = claim;
            if (claim->from > ask.time && (after == nullptr || claim->from < after->from || nearer(after, claim->from, after->from))) after = claim;
        }
        for (const Claim* claim : {before, after})
            if (claim != nullptr) ranges.insert(claim->range);
        if (before != nullptr) expected.before = before->number;
        if (after != nullptr) expected.after = after->number;
    }
    std::vector<std::tuple<AddressRange, Time, std::int64_t>> history;
    for (const Claim& claim : claims)
        if (ranges.contains(claim.range)) history.emplace_back(claim.range, claim.from, claim.number);
    std::sort(history.begin(), history.end());
    for (const auto& [range, from, number] : history) expected.history.push_back(number);
    return expected;
}

class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    template <class T>
    const T& of(const std::vector<T>& values) { return values[below(values.size())]; }
    template <class T, std::size_t N>
    const T& of(const T (&values)[N]) { return values[below(N)]; }

private:
    std::mt19937_64 engine_;
};

// Where ranges crowd: ordinary places, edges of special blocks, the ends of the families, upper halves that differ by little.
constexpr const char* kPlaces[] = {"14.160.0.0", "14.160.0.0", "14.161.255.0", "10.0.0.0", "9.255.255.0", "100.127.255.0", "203.0.113.0", "0.0.0.0", "255.255.255.0", "223.255.255.0",
                                   "2402:800::", "2402:800::", "2402:800:0:1::", "2402:800:0:1::", "2402:800:0:0:ffff:ffff:ffff:ff00", "2001:db8::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ff00", "::", "::fffe:ffff:ff00", "::1:0:0:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00"};

AddressRange random_range(Chance& chance) {
    Address first = *parse_address(chance.of(kPlaces));
    first.bytes[15] = static_cast<std::uint8_t>(first.bytes[15] + chance.below(256));
    if (chance.one_in(4)) first.bytes[14] = static_cast<std::uint8_t>(first.bytes[14] + chance.below(3));
    const bool v4 = first.is_v4();
    if (chance.one_in(2)) {  // a network
        const int most = v4 ? 32 : 128;
        const int length = chance.one_in(8) ? static_cast<int>(chance.below(static_cast<std::uint64_t>(most) + 1)) : most - static_cast<int>(chance.below(10));
        const AddressRange range = range_of(*parse_network(first.text() + "/" + std::to_string(length)));
        return range.first.is_v4() == range.last.is_v4() ? range : AddressRange{first, first};
    }
    const auto last = moved(first, static_cast<int>(chance.one_in(6) ? chance.below(2'000'000) : chance.below(40)));
    return {first, last && last->is_v4() == v4 ? *last : first};
}

std::vector<Claim> random_claims(Chance& chance, std::size_t count) {
    std::vector<Claim> claims;
    while (claims.size() < count) {
        Claim claim{.number = static_cast<std::int64_t>(claims.size() * 7919 % 10'007), .range = claims.empty() || !chance.one_in(3) ? random_range(chance) : chance.of(claims).range};
        claim.organisation.bytes[0] = static_cast<std::uint8_t>(chance.below(4));
        claim.from = Time{static_cast<std::int64_t>(chance.below(30)) - 5};
        if (!chance.one_in(3)) claim.until = claim.from + microseconds(static_cast<std::int64_t>(1 + chance.below(15)));
        if (chance.one_in(3)) {
            const auto first = static_cast<std::uint16_t>(chance.one_in(5) ? 0 : chance.below(40));
            claim.ports = PortRange{first, static_cast<std::uint16_t>(chance.one_in(4) ? 65535 : first + chance.below(20))};
        }
        claim.document = chance.one_in(2) ? "a letter" : "another letter";
        claims.push_back(claim);
    }
    return claims;
}

Ask random_ask(Chance& chance, const std::vector<Claim>& claims) {
    const Claim& near = chance.of(claims);
    Ask ask{.address = chance.one_in(2) ? near.range.first : near.range.last, .time = near.from};
    if (chance.one_in(2)) ask.address = moved(ask.address, static_cast<int>(chance.below(5)) - 2).value_or(ask.address);
    if (chance.one_in(6)) ask.address = random_range(chance).first;
    const Claim& other = chance.one_in(2) ? near : chance.of(claims);
    if (chance.one_in(2)) ask.time = other.until.value_or(other.from);
    ask.time = ask.time + microseconds(static_cast<std::int64_t>(chance.below(3)) - 1);
    if (chance.one_in(2)) {
        const PortRange ports = other.ports.value_or(PortRange{5, 10});
        ask.port = static_cast<std::uint16_t>((chance.one_in(2) ? ports.first : ports.last) + static_cast<int>(chance.below(3)) - 1);
    }
    return ask;
}

std::optional<std::int64_t> number_of_claim(const std::optional<Claim>& claim) { return claim ? std::optional{claim->number} : std::nullopt; }
std::vector<std::int64_t> numbers_of(const std::vector<Claim>& claims) {
    std::vector<std::int64_t> found;
    for (const Claim& claim : claims) found.push_back(claim.number);
    return found;
}

std::string told(const Ask& ask) {
    return ask.address.text() + " port " + (ask.port ? std::to_string(*ask.port) : "-") + " at " + std::to_string(ask.time.micros);
}

// How often each kind came out, so that the test is known to meet all of them.
void compare(std::uint64_t seed, std::size_t most_claims, std::size_t questions, std::array<std::size_t, 4>& kinds, std::size_t& told_by_port) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chance chance{seed};
    const std::vector<Claim> claims = random_claims(chance, 1 + chance.below(most_claims));
    const auto made = Attribution::build(claims);
    ASSERT_TRUE(made) << made.error().text;
    const Attribution& attribution = **made;
    ASSERT_EQ(attribution.size(), claims.size());
    std::vector<Ask> asks;
    for (std::size_t i = 0; i < questions; ++i) asks.push_back(random_ask(chance, claims));
    std::vector<Answer> answers(asks.size());
    attribution.of(asks, answers);
    for (std::size_t i = 0; i < asks.size(); ++i) {
        const Ask& ask = asks[i];
        const Expected expected = searched(claims, ask);
        const Answer answer = attribution.of(ask);
        ASSERT_EQ(answer, answers[i]) << told(ask);
        ASSERT_EQ(answer.kind, expected.kind) << told(ask);
        ASSERT_EQ(answer.special, expected.special) << told(ask);
        ASSERT_EQ(answer.port_would_tell, expected.port_would_tell) << told(ask);
        if (!expected.claims.empty()) {
            ASSERT_EQ(attribution.claim(answer.claim).number, expected.claims[0]) << told(ask);
        }
        ++kinds[static_cast<std::size_t>(answer.kind)];
        told_by_port += answer.port_would_tell ? 1 : 0;
        const Explanation explained = attribution.explain(ask);
        ASSERT_EQ(explained.answer, answer) << told(ask);
        ASSERT_EQ(numbers_of(explained.claims), expected.claims) << told(ask);
        ASSERT_EQ(number_of_claim(explained.before), expected.before) << told(ask);
        ASSERT_EQ(number_of_claim(explained.after), expected.after) << told(ask);
        ASSERT_EQ(numbers_of(explained.history), expected.history) << told(ask);
    }
}

TEST(AttributionProperty, AgreesWithASearchThroughAllClaims) {
    std::array<std::size_t, 4> kinds{};
    std::size_t told_by_port = 0;
    for (std::uint64_t seed = 0; seed < 200 && !HasFatalFailure(); ++seed) compare(seed, 60, 200, kinds, told_by_port);
    for (std::uint64_t seed = 1000; seed < 1004 && !HasFatalFailure(); ++seed) compare(seed, 1500, 500, kinds, told_by_port);
    for (const std::size_t count : kinds) EXPECT_GT(count, 1000U);
    EXPECT_GT(told_by_port, 1000U);
}

TEST(AttributionProperty, EveryAddressOfANetworkHasItsAnswer) {
    // Without times and ports, the dense case: all 65,536 addresses of a /16 against 400 ranges within it.
    Chance chance{7};
    std::vector<Claim> claims;
    const Address base = *parse_address("14.160.0.0");
    for (std::int64_t number = 0; number < 400; ++number) {
        const int first = static_cast<int>(chance.below(65'000)), length = static_cast<int>(1 + chance.below(chance.one_in(3) ? 500 : 20));
        Claim claim{.number = number, .range = {*moved(base, first), *moved(base, first + length)}};
        claim.organisation.bytes[0] = static_cast<std::uint8_t>(number);
        claim.organisation.bytes[1] = static_cast<std::uint8_t>(number >> 8);
        claims.push_back(claim);
    }
    const auto made = Attribution::build(claims);
    ASSERT_TRUE(made) << made.error().text;
    for (int i = 0; i < 65'536; ++i) {
        const Address address = *moved(base, i);
        const Claim* best = nullptr;
        bool tied = false;
        for (const Claim& claim : claims) {
            if (!holds(claim.range, address)) continue;
            const bool smaller = best != nullptr && size_of(claim.range) < size_of(best->range);
            tied = best != nullptr && !smaller && (tied || size_of(claim.range) == size_of(best->range));
            if (best == nullptr || smaller || (tied && size_of(claim.range) == size_of(best->range))) best = &claim;
        }
        const Answer answer = (*made)->of({.address = address, .time = Time{}});
        ASSERT_EQ(answer.kind, best == nullptr ? Kind::gap : tied ? Kind::conflict : Kind::owner) << address.text();
        if (best != nullptr) {
            ASSERT_EQ((*made)->claim(answer.claim).number, best->number) << address.text();
        }
    }
}

}  // namespace
}  // namespace vg::directory

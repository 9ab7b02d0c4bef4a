// Whose an address was, against tables of others: every network of whole routing tables of the Internet, and the public suffix list's own
// test vectors.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include "base/text.h"
#include "detect/kinds/sigma/testing.h"
#include "directory/attribution.h"
#include "directory/public_suffix.h"

namespace vg {
namespace {

using directory::Answer;
using directory::Attribution;
using directory::Claim;

Address masked(Address address, int length) {
    for (int bit = length; bit < 128; ++bit) address.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    return address;
}

// Longest prefix match: the narrowest network that holds the address, asked length by length.
struct Longest {
    std::map<int, std::map<Address, std::int64_t>> by_length;
    void add(const Network& network, std::int64_t asn) { by_length[network.length][network.base] = asn; }
    [[nodiscard]] std::optional<std::int64_t> of(const Address& address) const {
        for (auto length = by_length.rbegin(); length != by_length.rend(); ++length) {
            const auto found = length->second.find(masked(address, length->first));
            if (found != length->second.end()) return found->second;
        }
        return std::nullopt;
    }
};

OrganisationId organisation_of(std::int64_t asn) {
    OrganisationId id;
    for (std::size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(asn) >> (8 * i));
    return id;
}

// `lines`: as the file's own head counts them.
void agrees(const std::string& file, std::size_t lines) {
    const auto folder = detect::testing::unpacked("ip-attribution");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    std::vector<Claim> claims;
    std::vector<Network> networks;
    Longest longest;
    std::ifstream in{folder / "pyasn" / file};
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.front() == ';') continue;
        const std::size_t tab = line.find('\t');
        const auto network = parse_network(line.substr(0, tab));
        const auto asn = parse_int(trim(std::string_view{line}.substr(tab + 1)));
        ASSERT_TRUE(network && asn) << line;
        claims.push_back({.number = static_cast<std::int64_t>(claims.size() + 1), .range = directory::range_of(*network), .organisation = organisation_of(*asn), .from = Time{1}});
        networks.push_back(*network);
        longest.add(*network, *asn);
    }
    ASSERT_EQ(claims.size(), lines);
    const auto attribution = Attribution::build(claims);
    ASSERT_TRUE(attribution) << attribution.error().text;
    std::mt19937_64 chance{7};
    std::size_t asked = 0, owned = 0, none = 0;
    const auto ask = [&](const Address& address) {
        const Answer answer = (*attribution)->of({.address = address, .time = Time{2}});
        const auto expected = longest.of(address);
        ++asked;
        ++(expected ? owned : none);
        if (!expected) {
            EXPECT_TRUE(answer.kind == Answer::Kind::gap || answer.kind == Answer::Kind::nobody) << address.text();
            return;
        }
        ASSERT_EQ(answer.kind, Answer::Kind::owner) << address.text();
        ASSERT_EQ((*attribution)->claim(answer.claim).organisation, organisation_of(*expected)) << address.text();
    };
    const auto somewhere_in = [&](const Network& network) {
        Address address = network.base;
        for (int bit = network.length; bit < 128; ++bit)
            if (chance() & 1) address.bytes[static_cast<std::size_t>(bit / 8)] |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
        return address;
    };
    for (std::size_t i = 0; i < networks.size(); i += 3) {
        ask(networks[i].base);
        ask(networks[i].last());
        ask(somewhere_in(networks[i]));
    }
    const Network all_of_ipv4 = *parse_network("0.0.0.0/0"), all_of_ipv6 = *parse_network("2000::/3");
    for (int i = 0; i < 100'000; ++i) ask(somewhere_in(i % 2 == 0 ? all_of_ipv4 : all_of_ipv6));
    EXPECT_GT(none, 0U);
    std::cout << "[figure] " << file << ": " << claims.size() << " networks, " << asked << " addresses asked, " << owned << " have an owner, " << none << " have none; no answer differs\n";
}

// These tables name one origin for each network, so that the narrowest is always one answer.
TEST(AttributionCorpora, AgreesWithARoutingTableOf2014) { agrees("ipasn_20140513_v12.dat", 512'490); }
TEST(AttributionCorpora, AgreesWithARoutingTableOf2015OfBothVersions) { agrees("ipasn6_20151101.dat", 606'138 + 27'693); }

// checkPublicSuffix(input, expected): null when the input is a public suffix itself (or no name at all), else what is registered. Of these
// the question here is whether a name is one that many have names below.
TEST(AttributionCorpora, PublicSuffixesAreThoseOfTheListsOwnVectors) {
    const auto folder = detect::testing::unpacked("ip-attribution");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    const auto list = directory::PublicSuffixes::load((folder / "publicsuffix/public_suffix_list.dat").string());
    ASSERT_TRUE(list) << list.error().text;
    std::ifstream in{folder / "publicsuffix/tests/test_psl.txt"};
    std::size_t asked = 0, other_letters = 0, no_name = 0;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("checkPublicSuffix(")) continue;
        const auto quoted = [&](std::size_t from) -> std::optional<std::string> {
            const std::size_t begin = line.find_first_not_of(' ', from);
            if (line[begin] != '\'') return std::nullopt;
            return line.substr(begin + 1, line.find('\'', begin + 1) - begin - 1);
        };
        const auto input = quoted(18), expected = quoted(line.find(',') + 1);
        if (!input || input->starts_with('.')) {
            ++no_name;  // facts hold names
            continue;
        }
        if (std::any_of(input->begin(), input->end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
            ++other_letters;  // facts hold the xn-- form, whose vectors follow
            continue;
        }
        ++asked;
        EXPECT_EQ(list->holds(lower_ascii(*input)), !expected.has_value()) << line;
    }
    EXPECT_GT(asked, 50U);
    std::cout << "[figure] public suffixes: " << asked << " vectors agree, " << other_letters << " in other letters and " << no_name << " that are no names were left out\n";
}

}  // namespace
}  // namespace vg

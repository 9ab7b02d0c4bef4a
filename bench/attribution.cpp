// Whose an address is: lookups among many dated claims, binary and from text, what building them takes and what they hold (P6).
// Beside libmaxminddb where its header was found, over a database of the same networks, and beside the limit: one read of a
// table of all /24 for each address. One core.
//
//   bench_attribution [NETWORKS] [ROUNDS] [FILE]     prints one JSON line; the peer's database is written to FILE
//
// The networks are made, not found: four of five IPv4, lengths about as in the Internet's routing table, spread over all
// ordinary addresses ("spread") or within 64 networks of 2^18 addresses ("crowded"), as those of one country are. One of twenty
// has had another owner before. Times are the thread's CPU time, in nanoseconds a lookup; the median and the best of the rounds.
#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "attribution_peer.h"
#include "directory/attribution.h"
#include "rounds.h"

namespace {

using namespace vg;
using directory::Answer;
using directory::Ask;
using directory::Attribution;
using directory::Claim;
using directory::range_of;

constexpr std::uint32_t kOrganisations = 50'000;
constexpr Time kChange{1'751'302'800'000'000};
constexpr std::size_t kAsks = 1'000'000;

struct Made {
    std::vector<Network> networks;
    std::vector<std::uint32_t> owners;  // today's
    std::vector<Claim> claims;
};

OrganisationId organisation(std::uint32_t n) {
    OrganisationId id;
    for (std::size_t i = 0; i < 4; ++i) id.bytes[12 + i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
    return id;
}
std::uint32_t number_of(const OrganisationId& id) { return std::uint32_t{id.bytes[12]} << 24 | std::uint32_t{id.bytes[13]} << 16 | std::uint32_t{id.bytes[14]} << 8 | id.bytes[15]; }

Address v4_address(std::uint32_t number) {
    Address address;
    address.bytes[10] = address.bytes[11] = 0xff;
    for (std::size_t i = 0; i < 4; ++i) address.bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return address;
}
Address v6_address(std::uint64_t high, std::uint64_t low) {
    Address address;
    for (std::size_t i = 0; i < 8; ++i) {
        address.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
        address.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    }
    return address;
}
Network cut(const Address& address, int length) { return *parse_network(address.text() + "/" + std::to_string(address.is_v4() ? length - 96 : length)); }

Made make(std::size_t count, bool crowded) {
    std::mt19937_64 random{crowded ? 2U : 1U};
    std::vector<std::uint32_t> places;
    while (places.size() < 64) places.push_back(static_cast<std::uint32_t>(random()) & 0xfffc'0000);
    constexpr int kLengthsV4[] = {24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 23, 23, 22, 22, 22, 21, 20, 32}, kLengthsV6[] = {32, 32, 32, 36, 40, 44, 48, 48, 48, 64};
    constexpr int kShortV4[] = {12, 14, 16, 16, 17, 18, 18, 19, 19, 20}, kCrowdedV4[] = {32, 32, 32, 30, 29, 29, 28, 28, 27, 26};
    constexpr std::uint64_t kHighV6[] = {0x2001'0200'0000'0000, 0x2400'0000'0000'0000, 0x2600'0000'0000'0000, 0x2800'0000'0000'0000, 0x2a00'0000'0000'0000, 0x2c00'0000'0000'0000};
    const std::vector<directory::Zone> zones = directory::zones();
    Made made;
    std::unordered_set<std::string> seen;
    while (made.networks.size() < count) {
        const bool v4 = random() % 5 != 0;
        Network network;
        if (v4) {
            auto number = static_cast<std::uint32_t>(random());
            int length = random() % 20 == 0 ? kShortV4[random() % std::size(kShortV4)] : kLengthsV4[random() % std::size(kLengthsV4)];
            if (crowded) {
                number = places[random() % places.size()] | (number & 0x0003'ffff);
                length = kCrowdedV4[random() % std::size(kCrowdedV4)];
            }
            network = cut(v4_address(number), 96 + length);
        } else {
            network = cut(v6_address(kHighV6[random() % std::size(kHighV6)] | (random() & 0x003f'ffff'ffff'ffff), 0), kLengthsV6[random() % std::size(kLengthsV6)]);
        }
        // Special blocks within a network are nobody's to us, and its owner's to the peer.
        const auto zone = std::find_if(zones.begin(), zones.end(), [&](const directory::Zone& each) { return network.base <= each.last; });
        if (zone->special != directory::Special::none || network.last() > zone->last) continue;
        if (!seen.insert(network.text()).second) continue;
        made.networks.push_back(network);
        made.owners.push_back(static_cast<std::uint32_t>(random() % kOrganisations));
        Claim claim{.number = static_cast<std::int64_t>(made.claims.size()), .range = range_of(network), .organisation = organisation(made.owners.back()), .from = kChange - days(2000), .document = "a letter", .claimed_by = "user:an", .approved_by = "user:binh"};
        if (random() % 20 == 0) {
            Claim former = claim;
            former.organisation = organisation((made.owners.back() + 1) % kOrganisations);
            former.until = kChange;
            made.claims.push_back(former);
            claim.number += 1;
            claim.from = kChange;
        }
        made.claims.push_back(claim);
    }
    return made;
}

// Addresses to ask for: any of IPv4, or such as some network of the family holds.
enum class Asked { any_v4, held_v4, held_v6 };
std::vector<Ask> asks(const Made& made, Asked asked) {
    std::mt19937_64 random{3};
    std::vector<Ask> questions;
    while (questions.size() < kAsks) {
        Ask ask{.address = v4_address(static_cast<std::uint32_t>(random())), .time = kChange + days(100)};
        if (asked != Asked::any_v4) {
            const Network& network = made.networks[random() % made.networks.size()];
            if (network.base.is_v4() != (asked == Asked::held_v4)) continue;
            ask.address = network.base;
            for (int bit = network.length; bit < 128; ++bit)
                if (random() % 2 == 0) ask.address.bytes[static_cast<std::size_t>(bit / 8)] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
        }
        questions.push_back(ask);
    }
    return questions;
}

struct Figure {
    double median = 0, best = 0;
};

// Nanoseconds for each of `count`, of rounds of `work`.
template <class Work>
Figure timed(int rounds, std::size_t count, Work work) {
    std::vector<double> each;
    for (int i = 0; i <= rounds; ++i) {
        const double begin = bench::seconds(CLOCK_THREAD_CPUTIME_ID);
        work();
        if (i > 0) each.push_back((bench::seconds(CLOCK_THREAD_CPUTIME_ID) - begin) * 1e9 / static_cast<double>(count));
    }
    std::sort(each.begin(), each.end());
    return {each[each.size() / 2], each.front()};
}

void print(const std::string& name, const Figure& figure) { std::printf(",\"%s_ns\":%.2f,\"%s_best_ns\":%.2f", name.c_str(), figure.median, name.c_str(), figure.best); }

struct Texts {
    std::string text;  // each with a zero behind it
    std::vector<std::string_view> each;
};
Texts texts(const std::vector<Ask>& questions) {
    Texts made;
    std::vector<std::size_t> ends;
    for (const Ask& ask : questions) {
        made.text += ask.address.text();
        ends.push_back(made.text.size());
        made.text += '\0';
    }
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
        made.each.push_back(std::string_view{made.text}.substr(begin, end - begin));
        begin = end + 1;
    }
    return made;
}

std::uint64_t sum = 0;  // of all answers, so that none is left out

void measure(const char* kind, const Made& made, int rounds, const std::string& file) {
    std::shared_ptr<const Attribution> attribution;
    const Figure build = timed(rounds, 1, [&] { attribution = bench::must(Attribution::build(made.claims)); });
    std::printf(",\"%s\":{\"networks\":%zu,\"claims\":%zu,\"build_s\":%.3f,\"build_best_s\":%.3f,\"bytes_per_network\":%.1f", kind, made.networks.size(), made.claims.size(), build.median / 1e9, build.best / 1e9,
                static_cast<double>(attribution->bytes()) / static_cast<double>(made.networks.size()));
#ifdef VG_MAXMINDDB
    std::vector<bench::PeerNetwork> networks;
    for (std::size_t i = 0; i < made.networks.size(); ++i) networks.push_back({made.networks[i], made.owners[i]});
    const bench::Peer peer{std::move(networks), file};
    std::printf(",\"peer_bytes_per_network\":%.1f", static_cast<double>(peer.bytes()) / static_cast<double>(made.networks.size()));
    std::size_t differ = 0;
#endif
    for (const auto& [asked, name] : {std::pair{Asked::any_v4, "any_v4"}, std::pair{Asked::held_v4, "held_v4"}, std::pair{Asked::held_v6, "held_v6"}}) {
        const std::vector<Ask> questions = asks(made, asked);
        const Texts written = texts(questions);
        std::vector<Answer> answers(questions.size());
        const std::string label = name;
        print(label + "_single", timed(rounds, kAsks, [&] {
                  for (const Ask& ask : questions) sum += attribution->of(ask).claim;
              }));
        print(label + "_batch", timed(rounds, kAsks, [&] { attribution->of(questions, answers); }));
        print(label + "_text", timed(rounds, kAsks, [&] {
                  std::array<Ask, 256> some;
                  std::array<Answer, 256> found;
                  for (std::size_t begin = 0; begin < written.each.size(); begin += some.size()) {
                      const std::size_t count = std::min(some.size(), written.each.size() - begin);
                      for (std::size_t i = 0; i < count; ++i) some[i] = {.address = *parse_address(written.each[begin + i]), .time = kChange + days(100)};
                      attribution->of(std::span{some}.first(count), found);
                      for (std::size_t i = 0; i < count; ++i) sum += found[i].claim;
                  }
              }));
        std::size_t owned = 0;
        for (const Answer& answer : answers) owned += answer.kind == Answer::Kind::owner ? 1 : 0;
        std::printf(",\"%s_owned\":%zu", name, owned);
#ifdef VG_MAXMINDDB
        std::vector<sockaddr_storage> addresses(questions.size());
        for (std::size_t i = 0; i < questions.size(); ++i) {
            const Address& address = questions[i].address;
            if (address.is_v4()) {
                auto& in = reinterpret_cast<sockaddr_in&>(addresses[i]);
                in.sin_family = AF_INET;
                std::memcpy(&in.sin_addr, &address.bytes[12], 4);
            } else {
                auto& in = reinterpret_cast<sockaddr_in6&>(addresses[i]);
                in.sin6_family = AF_INET6;
                std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
            }
        }
        print(label + "_peer", timed(rounds, kAsks, [&] {
                  for (const sockaddr_storage& address : addresses) sum += peer.of(reinterpret_cast<const sockaddr*>(&address));
              }));
        print(label + "_peer_text", timed(rounds, kAsks, [&] {
                  for (const std::string_view text : written.each) sum += peer.of_text(text.data());
              }));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const std::uint32_t ours = answers[i].kind == Answer::Kind::owner ? number_of(attribution->claim(answers[i].claim).organisation) : bench::Peer::kNone;
            differ += ours == peer.of(reinterpret_cast<const sockaddr*>(&addresses[i])) ? 0 : 1;
        }
#endif
    }
#ifdef VG_MAXMINDDB
    std::printf(",\"answers_that_differ\":%zu", differ);
    std::remove(file.c_str());
#else
    (void)file;
    (void)number_of;
#endif
    std::printf("}");
}

}  // namespace

int main(int argc, char** argv) {
    const auto count = static_cast<std::size_t>(argc > 1 ? std::atoll(argv[1]) : 1'000'000);
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const std::string file = argc > 3 ? argv[3] : "bench_attribution.mmdb";
    if (count == 0 || rounds < 1) return std::fputs("usage: bench_attribution [NETWORKS] [ROUNDS] [FILE]\n", stderr), 2;
    const Made spread = make(count, false);
    {
        const std::vector<std::uint32_t> table(std::size_t{1} << 24, 1);
        const std::vector<Ask> questions = asks(spread, Asked::any_v4);
        const Figure limit = timed(rounds, kAsks, [&] {
            for (const Ask& ask : questions) sum += table[std::size_t{ask.address.bytes[12]} << 16 | std::size_t{ask.address.bytes[13]} << 8 | ask.address.bytes[14]];
        });
        std::printf("{\"name\":\"attribution\",\"rounds\":%d", rounds);
        print("limit", limit);
    }
    measure("spread", spread, rounds, file);
    measure("crowded", make(count, true), rounds, file);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf(",\"rss_mb\":%.1f,\"sum\":%llu}\n", static_cast<double>(usage.ru_maxrss) / 1024, static_cast<unsigned long long>(sum));
    return 0;
}

// Each indicator of Maltrail's lists, whose file is the family: it must hit itself, and a name what is below it, with that family, and
// nothing that only looks like one. The whole way from the file: read, written as a set, asked about events.
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <map>
#include <set>

#include "base/arena.h"
#include "base/ip.h"
#include "base/text.h"
#include "detect/kinds/indicator/testing.h"
#include "detect/kinds/sigma/testing.h"
#include "intel/readers/reader.h"

namespace vg {
namespace {

namespace fs = std::filesystem;
using namespace detect::indicator;
using event::Ecs;

using Known = std::map<Value, std::set<std::string>>;  // its families

Known read_all(const fs::path& folder) {
    Known known;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator{folder}) {
        if (file.path().extension() != ".txt") continue;
        const std::string bytes = detect::testing::read(file.path()), name = fs::relative(file.path(), folder).string();
        const intel::Reading reading = intel::find_reader("maltrail")->read({.bytes = bytes, .name = name});
        for (const intel::Entry& entry : reading.entries) known[{entry.kind, entry.text, 0}].insert(file.path().stem().string());
    }
    return known;
}

std::vector<Hit> ask(const Set& set, Ecs field, std::string_view text) {
    Arena arena;
    event::Builder builder{arena};
    builder.ecs(field, arena.copy(text));
    event::Event event;
    event.fields = builder.finish();
    event.occurred = event.received = Time{1'780'000'000'000'000};
    std::vector<Hit> hits;
    const Status done = set.match(event, hits);
    EXPECT_TRUE(done) << done.error().text;
    return hits;
}

// The families that the hits of this value tell.
std::set<std::string> families(const std::vector<Hit>& hits, const Value& value) {
    std::set<std::string> out;
    for (const Hit& hit : hits)
        if (hit.entry.value == value) out.insert(hit.strongest.family);
    return out;
}

TEST(Maltrail, EachIndicatorHitsItselfAndWhatIsBelowItAndNothingBeside) {
    const fs::path folder = detect::testing::unpacked("ioc-maltrail");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    const Known known = read_all(folder);
    ASSERT_GT(known.size(), 1'000'000U);
    std::string bytes;
    Writer writer{11, [&](std::string_view more) {
                      bytes += more;
                      return Status{};
                  }};
    for (const auto& [value, names] : known) {
        Entry entry{value, {}};
        for (const std::string& family : names) entry.by.push_back(attribution(family));
        ASSERT_LE(entry.by.size(), kMostAttributions);
        ASSERT_TRUE(writer.add(entry));
    }
    ASSERT_TRUE(writer.finish());
    auto table = Table::open(in_memory(std::move(bytes)));
    ASSERT_TRUE(table) << table.error().text;
    const auto set = Set::make("maltrail", *table, nullptr);

    std::map<Kind, std::size_t> asked;
    const auto begin = std::chrono::steady_clock::now();
    std::size_t events = 0;
    for (const auto& [value, names] : known) {
        ++asked[value.kind];
        std::vector<Hit> hits;
        switch (value.kind) {
            case Kind::address: hits = ask(*set, Ecs::destination_ip, value.text); break;
            case Kind::network: hits = ask(*set, Ecs::destination_ip, value.text.substr(0, value.text.find('/'))); break;
            case Kind::domain:
                hits = ask(*set, Ecs::dns_question_name, value.text);
                ASSERT_EQ(families(ask(*set, Ecs::dns_question_name, "qx7." + value.text), value), names) << "below " << value.text;
                ++events;
                break;
            case Kind::url: hits = ask(*set, Ecs::url_full, value.text.starts_with("//") ? "http:" + value.text : value.text); break;
            case Kind::hash: hits = ask(*set, Ecs::file_hash_sha256, value.text); break;
            case Kind::user_agent: hits = ask(*set, Ecs::user_agent_original, value.text); break;
            case Kind::email:
            case Kind::ja3:
            case Kind::ja4:
            case Kind::file_name:
            case Kind::pattern: FAIL() << "Maltrail has none of " << name_of(value.kind);
        }
        ++events;
        ASSERT_EQ(families(hits, value), names) << name_of(value.kind) << " " << value.text;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

    // Beside: a name with letters in front of its first label, an address next to one. Those that are indicators themselves, or below one, are
    // none.
    const auto has = [&](Kind kind, std::string_view text) { return known.contains({kind, std::string{text}, 0}); };
    const auto below_one = [&](std::string_view name) {
        for (;; name.remove_prefix(name.find('.') + 1)) {
            if (has(Kind::domain, name)) return true;
            if (name.find('.') == std::string_view::npos) return false;
        }
    };
    std::size_t misses = 0, at = 0;
    for (const auto& [value, names] : known) {
        if (++at % 50 != 0) continue;
        if (value.kind == Kind::domain) {
            const std::string near = "qx7" + value.text;
            if (below_one(near)) continue;
            EXPECT_TRUE(ask(*set, Ecs::dns_question_name, near).empty()) << near;
            ++misses;
            const std::string longer = value.text + "qx7";
            if (below_one(longer)) continue;
            EXPECT_TRUE(ask(*set, Ecs::dns_question_name, longer).empty()) << longer;
            ++misses;
        } else if (value.kind == Kind::address) {
            auto address = *parse_address(value.text);
            address.bytes[15] ^= 1;
            if (has(Kind::address, address.text()) || (*table)->in_network(address)) continue;
            EXPECT_TRUE(ask(*set, Ecs::destination_ip, address.text()).empty()) << address.text();
            ++misses;
        }
    }
    EXPECT_GE(misses, 10'000U);
    std::cout << "[figure] maltrail: " << known.size() << " indicators (" << asked[Kind::domain] << " names, " << asked[Kind::address] << " addresses, " << asked[Kind::url] << " URLs) hit themselves with their families in " << events
              << " events, " << misses << " near misses hit nothing; " << static_cast<std::size_t>(static_cast<double>(events) / seconds) << " events a second, one thread, one field each\n";
}

}  // namespace
}  // namespace vg

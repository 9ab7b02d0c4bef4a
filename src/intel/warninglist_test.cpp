#include "intel/warninglist.h"

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "base/json.h"
#include "base/text.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::intel {
namespace {

using detect::testing::unpacked;

Warninglists lists_of(std::initializer_list<std::string_view> texts) {
    Warninglists out;
    for (std::string_view text : texts) {
        const Status added = out.add(text);
        EXPECT_TRUE(added) << added.error().text;
    }
    out.build();
    return out;
}

std::string names(const std::vector<Warning>& warnings) {
    std::string out;
    for (const Warning& warning : warnings) out += warning.list->name + ":" + warning.entry + " ";
    return out;
}

TEST(Warninglist, AsksEachTypeInItsWay) {
    const Warninglists lists = lists_of({R"({"name":"s","type":"string","matching_attributes":["domain","md5"],"list":["Google.com",".dotted.example","D41D8CD98F00B204E9800998ECF8427E"]})",
                                         R"({"name":"h","type":"hostname","matching_attributes":["hostname","url"],"list":["cdn.example",".azure.example"]})",
                                         R"({"name":"c","type":"cidr","matching_attributes":["ip-dst","domain|ip"],"list":["10.0.0.0/8","10.1.0.0/16","8.8.8.8","2001:db8::/32","nonsense"]})",
                                         R"({"name":"r","type":"regex","matching_attributes":["email-src"],"list":["/^(noc|abuse)@.*\\..*$/i"]})",
                                         R"({"name":"u","type":"substring","matching_attributes":["email-src","url"],"list":["mailinator.example","x1"]})"});
    EXPECT_EQ(names(lists.find(Kind::domain, "google.com")), "s:google.com ");
    EXPECT_EQ(names(lists.find(Kind::domain, "www.google.com")), "");
    EXPECT_EQ(names(lists.find(Kind::domain, "a.dotted.example")), "s:dotted.example ");
    EXPECT_EQ(names(lists.find(Kind::hash, "d41d8cd98f00b204e9800998ecf8427e")), "s:d41d8cd98f00b204e9800998ecf8427e ");
    EXPECT_EQ(names(lists.find(Kind::domain, "a.b.cdn.example")), "h:cdn.example ");
    EXPECT_EQ(names(lists.find(Kind::domain, "notcdn.example")), "");
    EXPECT_EQ(names(lists.find(Kind::url, "https://x.azure.example:8443/a")), "h:azure.example ");
    EXPECT_EQ(names(lists.find(Kind::address, "10.1.2.3")), "c: ");
    EXPECT_EQ(names(lists.find(Kind::address, "11.0.0.0")), "");
    EXPECT_EQ(names(lists.find(Kind::address, "9.255.255.255")), "");
    EXPECT_EQ(names(lists.find(Kind::address, "10.255.255.255")), "c: ");
    EXPECT_EQ(names(lists.find(Kind::address, "8.8.8.8")), "c: ");
    EXPECT_EQ(names(lists.find(Kind::address, "8.8.8.9")), "");
    EXPECT_EQ(names(lists.find(Kind::address, "2001:db8::1")), "c: ");
    EXPECT_EQ(names(lists.find(Kind::network, "8.8.8.0/24")), "c: ");
    EXPECT_EQ(names(lists.find(Kind::network, "10.1.2.0/24")), "c: ");
    EXPECT_EQ(names(lists.find(Kind::network, "192.0.2.0/24")), "");
    EXPECT_EQ(names(lists.find(Kind::email, "abuse@isp.example")), "r:(?i)^(noc|abuse)@.*\\..*$ ");
    EXPECT_EQ(names(lists.find(Kind::email, "joe@a.mailinator.example")), "u:mailinator.example ");
    EXPECT_EQ(names(lists.find(Kind::url, "http://evil.example/x1")), "u:x1 ");
    // Not of a kind that the list is about.
    EXPECT_EQ(names(lists.find(Kind::domain, "mailinator.example")), "");
    EXPECT_EQ(names(lists.find(Kind::file_name, "google.com")), "");
    EXPECT_EQ(lists.lists()[2]->entries, 4U);
    EXPECT_EQ(lists.lists()[2]->refused, 1U);
}

TEST(Warninglist, RefusesWhatIsNone) {
    Warninglists lists;
    EXPECT_FALSE(lists.add("{"));
    EXPECT_FALSE(lists.add(R"({"name":"x"})"));
    EXPECT_FALSE(lists.add(R"({"name":"x","type":"magic","list":[]})"));
    lists.build();
    EXPECT_FALSE(lists.has(Kind::domain, "a.example"));
    EXPECT_FALSE(lists.has(Kind::email, "@"));
    EXPECT_FALSE(lists.has(Kind::email, "x"));
    EXPECT_FALSE(lists.has(Kind::url, "//"));
}

TEST(Warninglist, AFolderThatIsNotThereIsNoLists) {
    const auto loaded = load_warninglists("/nonexistent/warninglists");
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->lists.lists().empty());
}

// All lists of the corpus: each flags all of its own entries that are of a kind we know, under its own name.
TEST(Warninglist, EachListFlagsItsOwnEntries) {
    const std::filesystem::path folder = unpacked("misp-warninglists");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    auto loaded = load_warninglists(folder / "lists");
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->refused.empty()) << loaded->refused.front();
    const Warninglists& lists = loaded->lists;
    EXPECT_EQ(lists.lists().size(), 136U);
    std::size_t asked = 0, without_kind = 0, shapeless = 0, refused = 0;
    std::vector<std::pair<Kind, std::string>> values;
    for (const auto& file : std::filesystem::recursive_directory_iterator{folder / "lists"}) {
        if (file.path().filename() != "list.json") continue;
        const auto document = json::parse(detect::testing::read(file.path()), {.bytes = std::size_t{64} << 20});
        ASSERT_TRUE(document);
        const std::string name = *document->text("name");
        const auto found = std::find_if(lists.lists().begin(), lists.lists().end(), [&](const auto& list) { return list->name == shorten(name, 200); });
        ASSERT_NE(found, lists.lists().end()) << name;
        const Warninglist& list = **found;
        refused += list.refused;
        if (list.kinds == 0) {
            ++without_kind;
            continue;
        }
        if (list.type == Warninglist::Type::regex) continue;
        for (const json::Value& entry : document->find("list")->as_array()) {
            std::string_view text = entry.as_text();
            while (text.starts_with('.')) text.remove_prefix(1);
            if (text.ends_with('.')) text.remove_suffix(1);
            std::optional<detect::indicator::Value> value;
            for (const Kind kind : {Kind::domain, Kind::hash, Kind::address, Kind::network, Kind::email}) {
                if ((list.kinds & (1U << static_cast<unsigned>(kind))) == 0) continue;
                // What is asked about an e-mail list of domains is an address below the domain.
                const std::string written = kind == Kind::email && text.find('@') == std::string_view::npos ? "x@" + std::string{text} : std::string{text};
                if (auto canonical = detect::indicator::canonical(kind, written)) value = std::move(*canonical);
                if (value) break;
            }
            // Lists of names have some addresses in them, and the other way round: the list is not about these.
            if (!value || (list.kinds & (1U << static_cast<unsigned>(value->kind))) == 0) {
                ++shapeless;
                continue;
            }
            const auto warnings = lists.find(value->kind, value->text);
            const bool own = std::any_of(warnings.begin(), warnings.end(), [&](const Warning& warning) { return warning.list == &list; });
            ASSERT_TRUE(own) << name << ": " << text << " as " << value->text;
            ASSERT_TRUE(lists.has(value->kind, value->text));
            ++asked;
            values.emplace_back(value->kind, value->text);
        }
    }
    EXPECT_GT(asked, 500'000U);
    EXPECT_LT(shapeless, 20'000U);
    // And nothing that is on none: names and addresses that are reserved for documentation.
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_EQ(names(lists.find(Kind::domain, format("near-miss-{}.vonggac-test-zone.com", i))), "");
        EXPECT_EQ(names(lists.find(Kind::hash, format("{:032x}", i * 7'919 + 12'345'678))), "");
    }
    const auto start = std::chrono::steady_clock::now();
    std::size_t flagged = 0;
    for (std::size_t i = 0; i < 1'000'000; ++i) {
        const auto& [kind, text] = values[(i * 7'919) % values.size()];
        flagged += lists.has(kind, text) ? 1 : 0;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_EQ(flagged, 1'000'000U);
    std::cout << "[figure] " << lists.lists().size() << " warninglists, " << asked << " entries flag themselves, " << shapeless << " are of no kind we match, " << refused << " refused, " << without_kind
              << " lists are about other things; a look-up takes " << seconds * 1e3 << " ns\n";
}

}  // namespace
}  // namespace vg::intel

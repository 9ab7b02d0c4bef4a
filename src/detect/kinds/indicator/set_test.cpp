#include "detect/kinds/indicator/set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/arena.h"
#include "base/text.h"
#include "detect/kinds/indicator/testing.h"

namespace vg::detect::indicator {
namespace {

using event::Ecs;

const Time kNow{1'780'000'000'000'000};

struct Made {
    Arena arena;
    event::Event event;
    explicit Made(const std::vector<std::pair<Ecs, std::string>>& fields, Time occurred = kNow) {
        event::Builder builder{arena};
        for (const auto& [field, text] : fields) builder.ecs(field, arena.copy(text));
        event.fields = builder.finish();
        event.occurred = event.received = occurred;
        event.occurred_known = true;
    }
};

std::vector<Hit> hits_of(const Set& set, const std::vector<std::pair<Ecs, std::string>>& fields, Time occurred = kNow, When when = When::live) {
    const Made made{fields, occurred};
    std::vector<Hit> hits;
    const Status done = set.match(made.event, hits, when);
    EXPECT_TRUE(done) << done.error().text;
    return hits;
}

std::set<std::string> told(const std::vector<Hit>& hits) {
    std::set<std::string> out;
    for (const Hit& hit : hits) out.insert(format("{} {} {} {}", hit.entry.value.text, hit.strongest.family, name_of(hit.direction), name_of(hit.outcome)));
    return out;
}
using Told = std::set<std::string>;

TEST(IndicatorSet, MatchesANameAndWhatIsBelowIt) {
    const auto set = set_of({{"evil.example", "fox"}, {"a.b.evil.example", "owl"}});
    EXPECT_EQ(told(hits_of(*set, {{Ecs::dns_question_name, "WWW.Evil.Example."}})), (Told{"evil.example fox contacts unknown"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::dns_question_name, "x.a.b.evil.example"}})), (Told{"evil.example fox contacts unknown", "a.b.evil.example owl contacts unknown"}));
    for (const char* near : {"notevil.example", "evil.example.net", "example", "evil-example", "evil.exampl"}) EXPECT_TRUE(hits_of(*set, {{Ecs::dns_question_name, near}}).empty()) << near;
}

TEST(IndicatorSet, TellsContactsFromBeingContacted) {
    const auto set = set_of({{"203.0.113.9", "fox"}});
    EXPECT_EQ(told(hits_of(*set, {{Ecs::source_ip, "10.0.0.5"}, {Ecs::destination_ip, "203.0.113.9"}, {Ecs::event_action, "allow"}})), (Told{"203.0.113.9 fox contacts allowed"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::source_ip, "203.0.113.9"}, {Ecs::destination_ip, "10.0.0.5"}, {Ecs::event_action, "Deny"}})), (Told{"203.0.113.9 fox contacted refused"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::source_ip, "203.0.113.9"}})), (Told{"203.0.113.9 fox contacted unknown"}));
    const auto contacts = hits_of(*set, {{Ecs::destination_ip, "203.0.113.9"}}), refused = hits_of(*set, {{Ecs::source_ip, "203.0.113.9"}, {Ecs::event_outcome, "failure"}});
    EXPECT_EQ(contacts[0].rule->id, "indicator/contacts/fox");
    EXPECT_EQ(refused[0].rule->id, "indicator/contacted/fox");
    EXPECT_EQ(contacts[0].rule->level, Level::high);
    EXPECT_EQ(refused[0].rule->level, Level::informational);
}

TEST(IndicatorSet, ExpiresByTheTimeOfTheEvent) {
    Attribution by = attribution("fox");
    by.from = kNow;
    by.until = kNow + days(7);
    const auto set = set_of(std::vector<Entry>{{*recognise("evil.example"), {by}}});
    const auto count = [&](Time time, When when) { return hits_of(*set, {{Ecs::dns_question_name, "evil.example"}}, time, when).size(); };
    EXPECT_EQ(count(kNow - milliseconds(1), When::live), 0U);
    EXPECT_EQ(count(kNow, When::live), 1U);
    EXPECT_EQ(count(kNow + days(7) - milliseconds(1), When::live), 1U);
    EXPECT_EQ(count(kNow + days(7), When::live), 0U);
    EXPECT_EQ(count(kNow - days(80), When::hunt), 1U) << "the past is asked for what is known today";
}

TEST(IndicatorSet, ConfidenceHalvesWithTime) {
    Attribution by = attribution("fox");
    by.confidence = 80;
    by.half_life_days = 30;
    by.from = kNow;
    for (const auto& [age, confidence] : std::map<int, int>{{-1, 80}, {0, 80}, {30, 40}, {60, 20}, {90, 10}, {120, 5}, {180, 1}}) EXPECT_EQ(confidence_at(by, kNow + days(age)), confidence) << age;
    const auto set = set_of(std::vector<Entry>{{*recognise("evil.example"), {by}}});
    EXPECT_EQ(hits_of(*set, {{Ecs::dns_question_name, "evil.example"}}, kNow)[0].rule->level, Level::high);
    EXPECT_EQ(hits_of(*set, {{Ecs::dns_question_name, "evil.example"}}, kNow + days(30))[0].rule->level, Level::medium);
    EXPECT_TRUE(hits_of(*set, {{Ecs::dns_question_name, "evil.example"}}, kNow + days(180)).empty());
}

TEST(IndicatorSet, WhatIsAllowedSpeaksForAllBelowIt) {
    Attribution allow;
    allow.list = "own";
    allow.allowed = true;
    allow.until = kNow + days(1);
    const auto set = set_of(std::vector<Entry>{{*recognise("cdn.example"), {allow}}, {*recognise("x.cdn.example"), {attribution("fox")}}, {*recognise("203.0.113.0/24"), {allow}}, {*recognise("203.0.113.9"), {attribution("fox")}}});
    EXPECT_TRUE(hits_of(*set, {{Ecs::dns_question_name, "x.cdn.example"}}).empty());
    EXPECT_TRUE(hits_of(*set, {{Ecs::destination_ip, "203.0.113.9"}}).empty());
    EXPECT_EQ(hits_of(*set, {{Ecs::destination_ip, "203.0.113.9"}}, kNow + days(1)).size(), 1U);
}

TEST(IndicatorSet, AWarningMakesItInformationalAndIsTold) {
    Attribution by = attribution("fox");
    by.warning = "in the list of public resolvers";
    const auto set = set_of(std::vector<Entry>{{*recognise("203.0.113.53"), {by}}});  // holds the rules of its hits
    const auto hits = hits_of(*set, {{Ecs::destination_ip, "203.0.113.53"}});
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].rule->level, Level::informational);
    EXPECT_EQ(hits[0].strongest.warning, by.warning);
}

TEST(IndicatorSet, AnOverlayReplacesAddsAndTakesAway) {
    const auto base = table_of({{*recognise("a.example"), {attribution("old")}}, {*recognise("b.example"), {attribution("old")}}, {*recognise("203.0.113.0/24"), {attribution("old")}}});
    const auto over = table_of({{*recognise("a.example"), {attribution("new")}}, {*recognise("b.example"), {}}, {*recognise("c.example"), {attribution("new")}}, {*recognise("203.0.113.0/24"), {}}});
    const auto set = Set::make("x", base, over);
    EXPECT_EQ(told(hits_of(*set, {{Ecs::dns_question_name, "a.example"}})), (Told{"a.example new contacts unknown"}));
    EXPECT_TRUE(hits_of(*set, {{Ecs::dns_question_name, "b.example"}}).empty());
    EXPECT_EQ(hits_of(*set, {{Ecs::dns_question_name, "c.example"}}).size(), 1U);
    EXPECT_TRUE(hits_of(*set, {{Ecs::destination_ip, "203.0.113.7"}}).empty());
}

TEST(IndicatorSet, FindsUrlsHashesAndFiles) {
    const auto set = set_of({{"hxxp://evil.example/gate.php", "fox"}, {"evil.example/any", "owl"}, {"d41d8cd98f00b204e9800998ecf8427e", "cat"}, {"dropper.exe", "dog"}, {"bob@mail.example", "hen"}});
    EXPECT_EQ(told(hits_of(*set, {{Ecs::url_full, "HTTP://EVIL.example:80/x/../gate.php?id=7#a"}})), (Told{"http://evil.example/gate.php fox contacts unknown"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::url_full, "https://evil.example/any"}})), (Told{"//evil.example/any owl contacts unknown"}));
    EXPECT_TRUE(hits_of(*set, {{Ecs::url_full, "https://evil.example/gate.php"}}).empty()) << "another scheme than the one named";
    EXPECT_EQ(told(hits_of(*set, {{Ecs::url_domain, "evil.example"}, {Ecs::url_original, "/any?x"}})), (Told{"//evil.example/any owl contacts unknown"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::file_hash_md5, "D41D8CD98F00B204E9800998ECF8427E"}})), (Told{"d41d8cd98f00b204e9800998ecf8427e cat present unknown"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::process_executable, "C:\\Temp\\DROPPER.exe"}})), (Told{"dropper.exe dog present unknown"}));
    EXPECT_EQ(told(hits_of(*set, {{Ecs::email_from_address, "Bob@Mail.Example"}})), (Told{"bob@mail.example hen contacted unknown"}));
}

TEST(IndicatorSet, LooksUpAValueWithWhatIsAroundIt) {
    const auto set = set_of({{"203.0.113.0/24", "fox"}, {"203.0.113.9", "owl"}, {"evil.example", "cat"}});
    EXPECT_EQ(set->look_up(*recognise("203.0.113[.]9"))->size(), 2U);
    EXPECT_EQ(set->look_up(*recognise("hxxps://203.0.113.9/x"))->size(), 2U);
    EXPECT_EQ(set->look_up(*recognise("x.evil.example"))->size(), 1U);
    EXPECT_TRUE(set->look_up(*recognise("other.example"))->empty());
    EXPECT_TRUE(Set::make("none", nullptr, nullptr)->look_up(*recognise("203.0.113.9"))->empty());
}

// The matcher against a plain map: the same words for "matches", written down without any index.
class Plain {
public:
    void add(const Value& value, const std::string& family) { families_[value].insert(family); }
    [[nodiscard]] std::set<std::string> of_name(std::string_view text) const {
        std::set<std::string> out;
        const auto value = canonical(Kind::domain, text);
        if (!value) return out;
        if (value->kind == Kind::address) return of_address(value->text);
        for (const auto& [known, families] : families_)
            if (known.kind == Kind::domain && (known.text == value->text || value->text.ends_with("." + known.text)))
                for (const std::string& family : families) out.insert(known.text + " " + family);
        return out;
    }
    [[nodiscard]] std::set<std::string> of_address(std::string_view text) const {
        std::set<std::string> out;
        const auto address = parse_address(text);
        if (!address) return out;
        for (const auto& [known, families] : families_) {
            if (known.kind != Kind::address && known.kind != Kind::network) continue;
            if (parse_network(known.text)->contains(*address))
                for (const std::string& family : families) out.insert(known.text + " " + family);
        }
        return out;
    }
    [[nodiscard]] std::map<Value, std::set<std::string>> all() const { return families_; }

private:
    std::map<Value, std::set<std::string>> families_;
};

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    bool coin() { return below(2) == 0; }
    std::string name() {
        static constexpr std::string_view labels[] = {"a", "b", "evil", "www", "bücher", "xn--bcher-kva", "việt", "c-d", "_x"};
        std::string out;
        for (std::size_t i = 1 + below(4); i > 0; --i) out += std::string{labels[below(std::size(labels))]} + ".";
        return out + (coin() ? "example" : "test");
    }
    std::string address() {
        if (below(3) == 0) return format("2001:db8:{:x}::{:x}", below(2), below(4));
        if (below(4) == 0) return format("::ffff:10.0.{}.{}", below(2), below(8));
        return format("10.0.{}.{}", below(2), below(8));
    }
    std::string network() {
        const std::string base = address();
        const bool v4 = base.find(':') == std::string::npos;
        return base + "/" + std::to_string(v4 ? 22 + below(11) : (base.starts_with("::") ? 118 : 46) + below(10));
    }
    // Another way to write it.
    std::string dressed(std::string text, bool name_like) {
        if (coin())
            for (char& c : text)
                if (coin() && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        if (name_like && below(3) == 0) text += ".";
        if (below(3) == 0) {
            static constexpr std::string_view dots[] = {"[.]", "(.)", "{.}", "[dot]", "(dot)"};
            std::string out;
            for (const char c : text) c == '.' && coin() && out.find('/') == std::string::npos ? out += dots[below(std::size(dots))] : out += c;
            text = out;
        }
        return text;
    }

private:
    std::mt19937 random_;
};

TEST(IndicatorSet, EqualsAPlainMap) {
    std::size_t found = 0;
    for (unsigned round = 0; round < 60; ++round) {
        Generator make{round};
        Plain plain;
        for (std::size_t i = make.below(60); i > 0; --i) {
            std::string written;
            switch (make.below(4)) {
                case 0: written = make.dressed(make.name(), true); break;
                case 1: written = make.dressed(make.address(), false); break;
                case 2: written = make.network(); break;
                default: written = make.name() + ":" + std::to_string(1 + make.below(65535)); break;
            }
            const auto value = recognise(written);
            ASSERT_TRUE(value) << written << ": " << value.error().text;
            plain.add(*value, make.coin() ? "fox" : "owl");
        }
        std::vector<Entry> base, over;
        for (const auto& [value, families] : plain.all()) {
            Entry entry{value, {}};
            for (const std::string& family : families) entry.by.push_back(attribution(family));
            (make.coin() ? base : over).push_back(entry);
            if (make.below(3) == 0) base.push_back({*recognise(make.name() + ".gone"), {attribution("gone")}}), over.push_back({base.back().value, {}});
        }
        const auto unique = [](std::vector<Entry>& entries) {
            std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.value < b.value; });
            entries.erase(std::unique(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.value == b.value; }), entries.end());
        };
        unique(base);
        unique(over);
        const auto set = Set::make("x", table_of(base, round), table_of(over, round + 1));
        const auto ask = [&](Ecs field, const std::string& text) {
            std::set<std::string> out;
            for (const Hit& hit : hits_of(*set, {{field, text}})) out.insert(hit.entry.value.text + " " + hit.strongest.family);
            found += out.size();
            return out;
        };
        for (int i = 0; i < 100; ++i) {
            std::string name = make.name();
            if (make.coin()) name += ".";
            EXPECT_EQ(ask(Ecs::dns_question_name, name), plain.of_name(name)) << name;
            const std::string upper = make.dressed(make.name(), false);
            if (upper.find_first_of("[({") == std::string::npos) {
                EXPECT_EQ(ask(Ecs::destination_domain, upper), plain.of_name(upper)) << upper;
            }
            const std::string address = make.address();
            EXPECT_EQ(ask(Ecs::destination_ip, address), plain.of_address(address)) << address;
            const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
            EXPECT_EQ(ask(Ecs::url_full, "http://" + host + ":" + std::to_string(1 + make.below(60000)) + "/x"), plain.of_address(address)) << address;
        }
    }
    EXPECT_GT(found, 1000U) << "a test that finds nothing proves nothing";
}

TEST(IndicatorTable, SaysWhatIsDamaged) {
    const std::string whole = bytes_of({{*recognise("evil.example"), {attribution("fox")}}, {*recognise("203.0.113.0/24"), {attribution("fox")}}});
    ASSERT_TRUE(Table::open(in_memory(whole)));
    for (std::size_t cut = 0; cut < whole.size(); ++cut) EXPECT_FALSE(Table::open(in_memory(whole.substr(0, cut)))) << cut;
    std::size_t told_so = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        const auto table = Table::open(in_memory(bytes));
        if (!table) {
            ++told_so;
            continue;
        }
        std::vector<Entry> around;
        const auto found = (*table)->find(Kind::domain, "evil.example");
        const Status networks = (*table)->networks(*parse_address("203.0.113.9"), around);
        const Status all = (*table)->each([](Entry&&) { return true; });
        if (!found || !networks || !all) ++told_so;
        if (found && *found) {
            EXPECT_EQ((*found)->by.front().family, "fox");
        }
    }
    EXPECT_EQ(told_so, whole.size());
}

// What may_match denies is no hit: asked of every field with values that are indicators, lie below or within them, or are not.
TEST(IndicatorSet, WhatAFieldCannotHoldIsNoHit) {
    const auto set = set_of({{"203.0.113.9", "a"}, {"198.51.100.0/24", "b"}, {"evil.example", "c"}, {"http://evil.example/x.php", "d"}, {"44d88612fea8a8f36de82e1278abb02f", "e"}, {"fox@evil.example", "f"}, {"C:\\Temp\\fox.exe", "g"}, {"invoice.exe", "h"}, {"curl/8.5", "i"}});
    const std::vector<std::string_view> texts{"203.0.113.9", "203.0.113.8", "198.51.100.77", "WWW.Evil.Example.", "evil.example", "example", "//evil.example/x.php?a", "http://www.other.example/", "https://203.0.113.9/", "/x.php", "44D88612FEA8A8F36DE82E1278ABB02F", "Fox@Evil.example", "c:\\temp\\FOX.exe", "D:\\invoice.exe", "invoice.exe", "curl/8.5", "-", ""};
    std::size_t found = 0, denied = 0;
    for (std::size_t i = 1; i <= event::all_fields().size(); ++i)
        for (const std::string_view text : texts) {
            const auto field = static_cast<Ecs>(i);
            const bool hit = !hits_of(*set, {{field, std::string{text}}}).empty();
            const bool may = set->may_match(field, text);
            EXPECT_TRUE(may || !hit) << event::info(field).name << " " << text;
            found += hit ? 1 : 0;
            denied += may ? 0 : 1;
        }
    EXPECT_GT(found, 50U);
    EXPECT_GT(denied, found);
}

TEST(IndicatorTable, IsEmptyAndStillWhole) {
    const auto table = table_of({});
    EXPECT_EQ(table->size(), 0U);
    EXPECT_FALSE(table->may_have(Kind::domain, "evil.example"));
    EXPECT_FALSE(table->find(Kind::domain, "evil.example")->has_value());
}

// What each stays in memory for, as asked: at most 16 bytes an indicator.
TEST(IndicatorTable, KeepsLittleInMemory) {
    std::vector<Entry> entries;
    for (int i = 0; i < 200'000; ++i) entries.push_back({*recognise(i % 10 == 0 ? format("10.{}.{}.0/24", i / 10 / 256 % 256, i / 10 % 256) : format("h{}.evil.example", i)), {attribution("fox")}});
    const auto table = table_of(entries);
    EXPECT_EQ(table->size(), entries.size());
    EXPECT_LE(table->resident_bytes(), 16 * entries.size());
    for (int i = 0; i < 200'000; i += 997)
        if (i % 10 != 0) {
            EXPECT_TRUE(table->find(Kind::domain, format("h{}.evil.example", i))->has_value());
        }
}

TEST(IndicatorSet, AsksJa4UnderTheNamesThatSendersUse) {
    const auto set = set_of({{"t13d1516h2_8daaf6152771_b186095e22b6", "fox"}});
    for (const char* name : {"tls.ja4", "ja4", "TLS.Client.JA4", "note"}) {
        Arena arena;
        event::Builder builder{arena};
        builder.text(name, "T13D1516H2_8daaf6152771_b186095e22b6");
        event::Event event;
        event.fields = builder.finish();
        event.occurred = kNow;
        std::vector<Hit> hits;
        ASSERT_TRUE(set->match(event, hits));
        EXPECT_EQ(hits.size(), std::string_view{name} == "note" ? 0U : 1U) << name;
    }
}

TEST(IndicatorSet, ACautionKeepsTheLevelOfTheConfidenceAndAWarningDoesNot) {
    Attribution by = attribution("fox");  // 80: high
    by.warning = "many sites share it";
    by.caution = true;
    by.confidence = 40;
    auto set = set_of(std::vector<Entry>{{*recognise("evil.example"), {by}}});
    auto hits = hits_of(*set, {{Ecs::dns_question_name, "evil.example"}});
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].rule->level, Level::medium);
    EXPECT_EQ(hits[0].strongest.warning, by.warning);
    EXPECT_FALSE(hits[0].warned);
    // Another list's warning weighs more than a caution.
    Attribution other = attribution("fox");
    other.list = "other";
    other.warning = "on a warninglist";
    set = set_of(std::vector<Entry>{{*recognise("evil.example"), {other, by}}});
    hits = hits_of(*set, {{Ecs::dns_question_name, "evil.example"}});
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_TRUE(hits[0].warned);
    EXPECT_EQ(hits[0].strongest.warning, other.warning);
    EXPECT_EQ(hits[0].rule->level, Level::informational);
}

}  // namespace
}  // namespace vg::detect::indicator

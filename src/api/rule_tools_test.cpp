// The analyst's tools for rules by their routes: lint, explain, packs, tunings, backtest, coverage, scorecards.
#include <gtest/gtest.h>


#include "api/rule_store.h"
#include "api/test_world.h"
#include "api/zip.h"
#include "base/text.h"

namespace vg::api::test::rule_tools_test {
namespace {

constexpr char kWhoami[] = "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11";

std::string rule(char digit, std::string_view value = "x", std::string_view more = "") {
    return format("title: Rule {}\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a0{}\nauthor: An\nlogsource:\n  product: p\ndetection:\n  a:\n    f: {}\n  condition: a\n{}", digit, digit, value, more);
}
std::string id(char digit) { return format("0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a0{}", digit); }

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
    ZipWriter zip{Time{}};
    std::string bytes;
    for (const auto& [name, text] : files) bytes += zip.add(name, text);
    return bytes + zip.finish();
}

struct RuleTools : testing::Test {
    Reply get(const std::string& path, std::vector<net::Header> query = {}, access::Role role = access::Role::analyst, const std::string& organisation = "A") {
        return world.send({.path = path, .query = std::move(query)}, &world.account(organisation, role).credential);
    }
    Reply post(const std::string& path, std::string body, std::vector<net::Header> query = {}, access::Role role = access::Role::administrator, const std::string& organisation = "node") {
        return world.send({.method = "POST", .path = path, .query = std::move(query), .body = std::move(body)}, &world.account(organisation, role).credential);
    }
    std::vector<std::string> rules_in_force(const std::vector<detect::RuleFile>& shipped = {}) {
        std::vector<std::string> out;
        const auto files = world.state->read([&](store::Transaction& tx) { return RuleStore::in_force(tx, shipped); }).value();
        detect::LoadReport report;
        const auto engine = detect::Engine::make(files, {}, report).value();
        EXPECT_TRUE(report.refused.empty());
        for (const detect::RuleInfo* one : engine->rules()) out.push_back(one->id);
        return out;
    }
    World world;
};

// ---- lint ----

TEST_F(RuleTools, LintKnowsTheFieldsThatTheAskersOrganisationsSent) {
    world.add_record("A", R"({"CommandLine":"x","Image":"C:\\a.exe"})");
    const std::string text = "title: T\nlogsource:\n  product: windows\ndetection:\n  a:\n    CommandLine: x\n    Rare: y\n  condition: a\n";
    const std::string body = json::object({{"files", json::array({json::object({{"name", "t.yml"}, {"text", text}})})}}).dump();
    const json::Value mine = post("/api/v1/rules/lint", body, {}, access::Role::analyst, "A").parsed();
    EXPECT_EQ(mine.text("fields"), "seen");
    const auto& items = mine.find("items")->as_array();
    ASSERT_EQ(items.size(), 1U) << mine.dump();
    EXPECT_EQ(items[0].text("check"), "unknown-field");
    EXPECT_EQ(items[0].find("line")->as_int(), 7);
    // B has never sent CommandLine, and learns nothing of who did.
    EXPECT_EQ(post("/api/v1/rules/lint", body, {}, access::Role::analyst, "B").parsed().find("items")->as_array().size(), 2U);
}

TEST_F(RuleTools, LintJudgesACorrelationWithTheRulesInForceThatItNames) {
    const std::string text = "title: Many\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a0f\ncorrelation:\n  type: event_count\n  rules:\n    - 6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11\n  group-by:\n    - f\n  timespan: 1h\n  condition:\n    gte: 10\nlevel: high\n";
    const auto lint = [&](const std::string& one) {
        return post("/api/v1/rules/lint", json::object({{"files", json::array({json::object({{"name", "t.yml"}, {"text", one}})})}}).dump(), {}, access::Role::analyst, "A").parsed();
    };
    const auto refused = [](const json::Value& told) {
        std::string out;
        for (const json::Value& item : told.find("items")->as_array())
            if (item.text("type") == "refused") out += item.text("reason").value_or("");
        return out;
    };
    const json::Value told = lint(text);
    EXPECT_EQ(refused(told), "");
    EXPECT_EQ(told.find("rules")->as_int(), 0) << "the rule that it names is not one of those that were sent";
    EXPECT_EQ(told.find("correlations")->as_int(), 1);
    for (const json::Value& item : told.find("items")->as_array()) EXPECT_EQ(item.text("file"), "t.yml");
    std::string wrong = text;
    wrong.replace(wrong.find("0a11"), 4, "0a99");
    EXPECT_NE(refused(lint(wrong)), "");
}

TEST_F(RuleTools, LintDoesNotSayThatARuleInForceLooksLikeItself) {
    const auto rules = get("/api/v1/rules", {{"text", "true"}}).parsed();
    std::string text;
    for (const json::Value& one : rules.find("items")->as_array())
        if (one.text("id") == kWhoami) text = one.text("text").value_or("");
    ASSERT_FALSE(text.empty());
    const json::Value told = post("/api/v1/rules/lint", json::object({{"files", json::array({json::object({{"name", "mine.yml"}, {"text", text}})})}}).dump(), {}, access::Role::analyst, "A").parsed();
    for (const json::Value& item : told.find("items")->as_array()) EXPECT_NE(item.text("check"), "look-alike") << item.dump();
}

// ---- explain ----

TEST_F(RuleTools, ExplainShowsWhatHeldAndHidesPersons) {
    const event::EventId hit = world.add_record("A", R"({"Image":"C:\\Windows\\whoami.exe","User":"CORP\\an"})");
    const event::EventId miss = world.add_record("A", R"({"Image":"C:\\Windows\\ping.exe"})");
    const Reply told = get("/api/v1/events/" + hit.text() + "/explain", {{"rule", kWhoami}});
    ASSERT_EQ(told.status, 200) << told.body;
    EXPECT_TRUE(told.parsed().boolean("held").value_or(false)) << told.body;
    EXPECT_EQ(told.parsed().text("author"), "Example") << "the author goes with what a rule finds";
    EXPECT_NE(told.body.find("whoami.exe"), std::string::npos);
    const Reply other = get("/api/v1/events/" + miss.text() + "/explain", {{"rule", kWhoami}});
    EXPECT_FALSE(other.parsed().boolean("held").value_or(true));
    EXPECT_NE(other.body.find("ping.exe"), std::string::npos) << "what the event has instead";
    EXPECT_EQ(get("/api/v1/events/" + hit.text() + "/explain", {{"rule", "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a99"}}).status, 404);
    // Of a correlation it is said for which of its rules the event counts; it fires on no event alone.
    for (const auto& [event, counts] : {std::pair{hit, true}, std::pair{miss, false}}) {
        const json::Value counted = get("/api/v1/events/" + event.text() + "/explain", {{"rule", "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a12"}}).parsed();
        EXPECT_FALSE(counted.boolean("held").value_or(true));
        EXPECT_EQ(counted.find("parts")->as_array().at(0).boolean("held"), counts) << counted.dump();
    }
}

// ---- try ----

TEST_F(RuleTools, TryAsksATextThatIsNotInForceAboutStoredEventsAndSamples) {
    const event::EventId hit = world.add_record("A", R"({"f":"x","User":"CORP\\an"})");
    const event::EventId strange = world.add_record("B", R"({"f":"x"})");
    const auto body = [](std::string_view text, const std::vector<std::string>& events, std::string_view sample) {
        json::Value ids{json::Array{}};
        for (const std::string& one : events) ids.add(one);
        return json::object({{"text", text}, {"events", std::move(ids)}, {"sample", sample}}).dump();
    };
    const std::string text = "title: T\nlogsource:\n  category: any\ndetection:\n  a:\n    f: x\n    User|contains: an\n  condition: a\n";
    const Reply told = post("/api/v1/rules/try", body(text, {hit.text()}, "{\"f\":\"x\",\"User\":\"CORP\\\\\\\\binh.an\"}\n{\"f\":\"y\"}\n"), {}, access::Role::analyst, "A");
    ASSERT_EQ(told.status, 200) << told.body;
    const json::Value parsed = told.parsed();
    ASSERT_EQ(parsed.find("items")->as_array().size(), 3U) << told.body;
    const auto held = [&](std::size_t at) { return parsed.find("items")->as_array()[at].find("rules")->as_array().at(0).boolean("held"); };
    EXPECT_EQ(parsed.find("items")->as_array()[0].text("event"), hit.text());
    EXPECT_EQ(held(0), true);
    EXPECT_EQ(parsed.find("items")->as_array()[0].boolean("masked"), true);
    EXPECT_EQ(parsed.find("items")->as_array()[0].dump().find("CORP"), std::string::npos) << "a person of a stored event is masked";
    EXPECT_EQ(held(1), true);
    EXPECT_NE(parsed.find("items")->as_array()[1].dump().find("binh.an"), std::string::npos) << "what somebody brings along is shown to him";
    EXPECT_EQ(held(2), false);
    EXPECT_EQ(post("/api/v1/rules/try", body(text, {strange.text()}, ""), {}, access::Role::analyst, "A").status, 404) << "an event of another organisation";
    // A text that cannot be used says why, and where.
    const json::Value refused = post("/api/v1/rules/try", body("title: T\nlogsource:\n  product: p\ndetection:\n  a:\n    f: x\n  condition: b\n", {}, ""), {}, access::Role::analyst, "A").parsed();
    ASSERT_EQ(refused.find("refused")->as_array().size(), 1U) << refused.dump();
    EXPECT_GT(refused.find("refused")->as_array()[0].find("line")->as_int(), 0);
}

TEST_F(RuleTools, TryTakesTwentyRecordsOfASampleAndCountsTheRest) {
    std::string sample;
    for (int i = 0; i < 23; ++i) sample += "{\"f\":\"x\"}\n";
    const json::Value told = post("/api/v1/rules/try", json::object({{"text", rule('1')}, {"sample", sample}}).dump(), {}, access::Role::analyst, "A").parsed();
    EXPECT_EQ(told.find("items")->as_array().size(), 20U);
    EXPECT_EQ(told.find("left_out")->as_int(), 3);
}

// ---- switched off ----

TEST_F(RuleTools, ARuleThatIsSwitchedOffIsStillShownAsItStood) {
    // The world's engine stays as it is: the rule that is off here is one that it does not hold.
    const detect::RuleFile file{"pack hq: a.yml", rule('5')};
    ASSERT_TRUE(world.state->write([&](store::Transaction& tx) { return RuleStore::disable(tx, world.node, id('5'), "noisy", world.clock.now(), file); }));
    const Reply one = get("/api/v1/rules/" + id('5'));
    ASSERT_EQ(one.status, 200) << one.body;
    EXPECT_EQ(one.parsed().boolean("off"), true);
    EXPECT_EQ(one.parsed().text("pack"), "hq");
    EXPECT_EQ(one.parsed().text("title"), "Rule 5");
    EXPECT_EQ(one.parsed().find("log_source")->text("product"), "p");
    const auto count = [&](const char* with_off) {
        std::pair<int, int> on_off;
        const json::Value told = get("/api/v1/rules", {{"with_off", with_off}}).parsed();
        for (const json::Value& item : told.find("items")->as_array()) ++(item.boolean("off").value_or(false) ? on_off.second : on_off.first);
        return on_off;
    };
    EXPECT_EQ(count("false").second, 0);
    EXPECT_EQ(count("true").second, 1);
    EXPECT_EQ(count("true").first, count("false").first);
    ASSERT_TRUE(world.state->write([&](store::Transaction& tx) { return RuleStore::enable(tx, world.node, id('5'), "mended", world.clock.now()); }));
    EXPECT_EQ(get("/api/v1/rules/" + id('5')).status, 404);
}

TEST_F(RuleTools, SwitchingOffKeepsTheTextOfTheRule) {
    ASSERT_EQ(post(std::string{"/api/v1/rules/"} + kWhoami + "/disable", R"({"reason":"our backup"})").status, 200);
    const auto kept = world.state->read([](store::Transaction& tx) { return RuleStore::switched_off(tx); }).value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].name, "whoami.yml");
    EXPECT_NE(kept[0].text.find(kWhoami), std::string::npos);
}

// ---- own rules ----

TEST_F(RuleTools, AnOwnRuleHoldsInPlaceOfAnotherOfItsIdUntilItIsTakenBack) {
    ASSERT_EQ(post("/api/v1/rule-packs", zip_of({{"z/a.yml", rule('1')}}), {{"name", "zz"}}).status, 200);
    const auto save = [&](const std::string& text, access::Role role = access::Role::analyst) {
        return post("/api/v1/own-rules", json::object({{"text", text}, {"reason", "we watch this"}}).dump(), {}, role);
    };
    const Reply first = save(rule('1', "mine"));
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(first.parsed().text("rule"), id('1'));
    EXPECT_EQ(first.parsed().boolean("replaced"), false);
    EXPECT_EQ(save(rule('1', "mine-2")).parsed().boolean("replaced"), true);
    ASSERT_EQ(save(rule('2')).status, 200);
    const auto text_of = [&](const std::string& wanted) {
        const auto files = world.state->read([&](store::Transaction& tx) { return RuleStore::in_force(tx, {}); }).value();
        detect::LoadReport report;
        const auto engine = detect::Engine::make(files, {}, report).value();
        for (const detect::RuleInfo* one : engine->rules())
            if (one->id == wanted) return one->text;
        return std::string{};
    };
    EXPECT_EQ(rules_in_force(), (std::vector<std::string>{id('1'), id('2')}));
    EXPECT_NE(text_of(id('1')).find("mine-2"), std::string::npos) << "the own rule holds, not that of the pack zz, whose name comes later";
    // Not one rule, one without an id, and an account that may not.
    EXPECT_EQ(save(rule('3') + "---\n" + rule('4')).status, 400);
    EXPECT_EQ(save("title: T\nlogsource:\n  product: p\ndetection:\n  a:\n    f: x\n  condition: a\n").status, 400);
    EXPECT_EQ(save(rule('3'), access::Role::reader).status, 403);
    const auto take_back = [&](char digit) {
        return world.send({.method = "DELETE", .path = "/api/v1/own-rules/" + id(digit)}, &world.account("node", access::Role::analyst).credential).status;
    };
    EXPECT_EQ(take_back('1'), 204);
    EXPECT_EQ(text_of(id('1')).find("mine"), std::string::npos) << "that of the pack holds again";
    EXPECT_EQ(take_back('2'), 204);
    EXPECT_EQ(rules_in_force(), std::vector<std::string>{id('1')});
    const json::Value packs = get("/api/v1/rule-packs").parsed();
    EXPECT_EQ(packs.find("items")->as_array().size(), 1U) << "without rules the pack is gone: " << packs.dump();
}

// ---- packs ----

TEST_F(RuleTools, ImportSaysWhatIsDifferentAndKeepsWhatWasSwitchedOff) {
    const std::string licence = "Detection Rule License (DRL) 1.1\n\nPermission is hereby granted...";
    const std::string first = zip_of({{"pack-1/LICENSE", licence}, {"pack-1/version.txt", "r2026-01-01\n"}, {"pack-1/rules/a.yml", rule('1') + "---\n" + rule('2')}, {"pack-1/rules/b.yml", rule('3')},
                                      {"pack-1/.github/workflows/test.yml", "on: push\n"}, {"pack-1/rules/cases/x/attack.json", "{}"}, {"pack-1/other.yml", "a: 1\n"}});
    const json::Value preview = post("/api/v1/rule-packs", first, {{"name", "hq"}, {"dry_run", "true"}}).parsed();
    EXPECT_EQ(preview.find("added")->find("count")->as_int(), 3);
    EXPECT_EQ(rules_in_force(), std::vector<std::string>{}) << "a dry run changes nothing";
    const Reply installed = post("/api/v1/rule-packs", first, {{"name", "hq"}, {"source", "hq.zip"}});
    ASSERT_EQ(installed.status, 200) << installed.body;
    EXPECT_EQ(installed.parsed().find("pack")->text("version"), "r2026-01-01");
    EXPECT_EQ(installed.parsed().find("pack")->text("licence"), "DRL-1.1");
    EXPECT_EQ(rules_in_force(), (std::vector<std::string>{id('1'), id('2'), id('3')}));

    ASSERT_EQ(world.state->write([&](store::Transaction& tx) { return RuleStore::disable(tx, world.node, id('2'), "noisy here", world.clock.now()); }).has_value(), true);
    EXPECT_EQ(rules_in_force(), (std::vector<std::string>{id('1'), id('3')}));

    const std::string second = zip_of({{"pack-2/LICENSE", licence}, {"pack-2/version.txt", "r2026-02-01\n"}, {"pack-2/rules/all.yml", rule('1') + "---\n" + rule('2', "y") + "---\n" + rule('4')}});
    const json::Value told = post("/api/v1/rule-packs", second, {{"name", "hq"}}).parsed();
    EXPECT_EQ(told.text("before"), "r2026-01-01");
    const auto only = [&](const char* member) { return told.find(member)->find("rules")->as_array().at(0).text("id").value_or(""); };
    EXPECT_EQ(told.find("same")->as_int(), 1);
    EXPECT_EQ(told.find("added")->find("count")->as_int(), 1);
    EXPECT_EQ(only("added"), id('4'));
    EXPECT_EQ(told.find("changed")->find("count")->as_int(), 1);
    EXPECT_EQ(only("changed"), id('2'));
    EXPECT_EQ(told.find("removed")->find("count")->as_int(), 1);
    EXPECT_EQ(only("removed"), id('3'));
    ASSERT_EQ(told.find("tuned")->as_array().size(), 1U);
    EXPECT_EQ(told.find("tuned")->as_array()[0].text("state"), "changed");
    EXPECT_EQ(rules_in_force(), (std::vector<std::string>{id('1'), id('4')})) << "what was switched off stays so";
    ASSERT_TRUE(world.state->write([&](store::Transaction& tx) { return RuleStore::enable(tx, world.node, id('2'), "mended", world.clock.now()); }));
    EXPECT_EQ(rules_in_force(), (std::vector<std::string>{id('1'), id('2'), id('4')}));
}

TEST_F(RuleTools, AShippedRuleCanBeSwitchedOff) {
    const std::vector<detect::RuleFile> shipped{{"a.yml", rule('1') + "---\n" + rule('2')}};
    ASSERT_TRUE(world.state->write([&](store::Transaction& tx) { return RuleStore::disable(tx, world.node, id('1'), "noisy", world.clock.now()); }));
    EXPECT_EQ(rules_in_force(shipped), std::vector<std::string>{id('2')});
    EXPECT_EQ(get("/api/v1/rule-tunings").parsed().find("items")->as_array().at(0).text("reason"), "noisy");
}

TEST_F(RuleTools, HostilePacksAreRefused) {
    EXPECT_EQ(post("/api/v1/rule-packs", "no zip", {{"name", "hq"}}).status, 400);
    EXPECT_EQ(post("/api/v1/rule-packs", zip_of({{"a.txt", "x"}}), {{"name", "hq"}}).status, 400) << "no rule in it";
    EXPECT_EQ(post("/api/v1/rule-packs", zip_of({{"../a.yml", rule('1')}}), {{"name", "hq"}}).status, 400);
    EXPECT_EQ(post("/api/v1/rule-packs", zip_of({{"a.yml", rule('1')}}), {{"name", "../x"}}).status, 400);
    // One that says it holds more than a pack may.
    std::string bomb = zip_of({{"a.yml", rule('1')}});
    const std::size_t central = bomb.rfind("PK\x01\x02");
    const std::uint32_t size = 0x7FFFFFFF;
    bomb.replace(central + 24, 4, reinterpret_cast<const char*>(&size), 4);
    EXPECT_EQ(post("/api/v1/rule-packs", bomb, {{"name", "hq"}}).status, 400);
    EXPECT_EQ(get("/api/v1/rule-packs").parsed().find("items")->as_array().size(), 0U);
    EXPECT_EQ(post("/api/v1/rule-packs", zip_of({{"a.yml", rule('1')}}), {{"name", "hq"}}, access::Role::analyst).status, 403);
    EXPECT_EQ(post("/api/v1/rule-packs", zip_of({{"a.yml", rule('1')}}), {{"name", "hq"}}, access::Role::administrator, "A").status, 403) << "rules are the node's";
}

// ---- backtest ----

TEST_F(RuleTools, BacktestCountsByDayWhatARuleWouldHaveFound) {
    const auto counted = [&] { return get("/api/v1/events/count", {{"from", "2020-01-01T00:00:00Z"}, {"to", "2030-01-01T00:00:00Z"}}).parsed().find("count")->as_int(); };
    const std::int64_t planted = counted();
    for (int i = 0; i < 3; ++i) world.add_record("A", R"({"Image":"C:\\whoami.exe","machine":"m1"})");
    world.add_record("A", R"({"Image":"C:\\ping.exe"})");
    world.add_record("B", R"({"Image":"C:\\whoami.exe"})");
    const Reply reply = post("/api/v1/rules/backtest", json::object({{"rule", kWhoami}, {"days", 2}}).dump(), {}, access::Role::analyst, "A");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json::Value told = reply.parsed();
    EXPECT_TRUE(told.boolean("whole").value_or(false));
    EXPECT_EQ(counted(), planted + 4);
    EXPECT_EQ(told.find("events")->as_int(), planted + 4) << "those of B are not asked about";
    const json::Value& found = told.find("rules")->as_array().at(0);
    EXPECT_EQ(found.find("matches")->as_int(), 3);
    EXPECT_EQ(found.find("unconfirmed")->as_int(), 0) << "the journal has the records";
    EXPECT_EQ(found.find("days")->as_array().size(), 1U);
    EXPECT_EQ(found.find("samples")->as_array().size(), 3U);
    EXPECT_EQ(found.text("author"), "Example");
    // A rule that is not in force, for another product than the events are of... which nobody knows of these: it may be asked.
    const std::string text = "title: Three\nid: " + id('7') + "\ncorrelation:\n  type: event_count\n  rules: [w]\n  group-by: [machine]\n  timespan: 1h\n  condition:\n    gte: 3\n---\n"
                             "title: W\nname: w\nid: " + id('8') + "\nlogsource:\n  product: windows\ndetection:\n  a:\n    Image|endswith: whoami.exe\n  condition: a\n";
    const json::Value together = post("/api/v1/rules/backtest", json::object({{"text", text}}).dump(), {}, access::Role::analyst, "A").parsed();
    ASSERT_EQ(together.find("rules")->as_array().size(), 1U) << together.dump();
    EXPECT_EQ(together.find("rules")->as_array()[0].find("matches")->as_int(), 1) << "three events are one match of the correlation";
    EXPECT_EQ(post("/api/v1/rules/backtest", json::object({{"text", "title: x\n"}}).dump()).status, 400);
}

// ---- cases ----

TEST_F(RuleTools, CasesAreListedAndRunForWhoMayReadRules) {
    world.rule_cases = {.origin = "attack: composed, by hand", .files = {{"attack.log", true, 12, "whoami.exe", true}, {"benign.log", false, 4, "calc", false}}, .left_out = 1};
    world.case_results = {{"attack.log", true, 3, {{"bản ghi 2: không khớp", "record 2: does not fire"}}}, {"benign.log", false, 1, {}}};
    const json::Value listed = get(std::string{"/api/v1/rules/"} + kWhoami + "/cases", {}, access::Role::reader).parsed();
    ASSERT_EQ(listed.find("items")->as_array().size(), 2U) << listed.dump();
    EXPECT_EQ(listed.find("items")->as_array()[0].dump(), R"({"name":"attack.log","attack":true,"bytes":12,"text":"whoami.exe","cut":true})");
    EXPECT_EQ(listed.text("origin"), "attack: composed, by hand");
    EXPECT_EQ(listed.integer("left_out"), 1);
    const json::Value run = post(std::string{"/api/v1/rules/"} + kWhoami + "/cases/run", "", {}, access::Role::reader, "A").parsed();
    ASSERT_EQ(run.find("items")->as_array().size(), 2U) << run.dump();
    EXPECT_EQ(run.find("items")->as_array()[0].boolean("passed"), false);
    EXPECT_EQ(run.find("items")->as_array()[0].find("wrong")->as_array().at(0).text("reason_vi"), "bản ghi 2: không khớp");
    EXPECT_EQ(run.find("items")->as_array()[1].boolean("passed"), true);
    EXPECT_EQ(get("/api/v1/rules/6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a99/cases").status, 404);
    EXPECT_EQ(post("/api/v1/rules/6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a99/cases/run", "").status, 404);
}

// ---- coverage and scorecards ----

TEST_F(RuleTools, CoverageNamesRulesWithoutASource) {
    world.add_record("A", R"({"note":"x"})");
    const json::Value told = get("/api/v1/rules/coverage").parsed();
    ASSERT_EQ(told.find("without_source")->as_array().size(), 1U) << told.dump();
    const json::Value& gap = told.find("without_source")->as_array()[0];
    EXPECT_EQ(gap.text("category"), "process_creation");
    EXPECT_EQ(gap.find("rules")->as_int(), 1);
    for (const json::Value& source : told.find("sources")->as_array()) EXPECT_EQ(source.find("rules")->as_int(), 0) << "feeds no rule";
    EXPECT_EQ(told.find("rules_without_technique")->as_int(), 2);
}

TEST_F(RuleTools, ScorecardsAreOfTheAskersOrganisations) {
    world.add_finding("A");
    world.add_finding("B");
    const json::Value told = get("/api/v1/rules/scorecards").parsed();
    std::int64_t findings = 0;
    for (const json::Value& card : told.find("items")->as_array()) findings += card.find("findings")->as_int();
    EXPECT_GT(findings, 0);
    EXPECT_EQ(get("/api/v1/rules/scorecards").body.find(World::marker("B")), std::string::npos);
}

TEST_F(RuleTools, ScorecardsTellWhatRulesCostToAccountsOfTheWholeNodeAlone) {
    world.rule_costs = {{kWhoami, {.events = 3, .nanoseconds = 4'000}}, {"0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a99", {.events = 1, .nanoseconds = 1}}};
    const json::Value told = get("/api/v1/rules/scorecards", {}, access::Role::analyst, "node").parsed();
    std::size_t measured = 0;
    for (const json::Value& card : told.find("items")->as_array()) {
        if (card.find("measured") == nullptr) continue;
        ++measured;
        EXPECT_EQ(card.text("rule"), kWhoami) << "a rule that is not in force has no card for its cost alone";
        EXPECT_EQ(card.text("title"), "Whoami is run");
        EXPECT_EQ(card.find("measured")->as_int(), 3);
        EXPECT_DOUBLE_EQ(card.find("microseconds_per_event")->as_real(), 1.333);
        EXPECT_EQ(card.find("findings")->as_int(), 0);
        EXPECT_TRUE(card.find("last_seen")->is_null());
    }
    EXPECT_EQ(measured, 1U) << told.dump();
    EXPECT_EQ(get("/api/v1/rules/scorecards").body.find("measured"), std::string::npos);
}

}  // namespace
}  // namespace vg::api::test::rule_tools_test

// The cases of content/regimes/cases: facts in, clocks out, each worked out by hand in its own words.
#include "regime/regime.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"

namespace vg::regime {
namespace {

constexpr std::string_view kZone = "Asia/Ho_Chi_Minh";

std::filesystem::path folder_of_regimes() { return std::filesystem::path{VG_SOURCE_DIR} / "content" / "regimes"; }

json::Array cases_of(const std::string& name) {
    std::ifstream stream{folder_of_regimes() / "cases" / name};
    std::ostringstream text;
    text << stream.rdbuf();
    auto documents = yaml::parse(text.str());
    EXPECT_TRUE(documents.has_value()) << (documents ? "" : documents.error().text);
    if (!documents || documents->empty()) return {};
    return documents->front().value.as_array();
}

const Regime& shipped() {
    static const Result<Regime> regime = load(folder_of_regimes());
    EXPECT_TRUE(regime.has_value()) << (regime ? "" : regime.error().text);
    return *regime;
}

// "2024-05-01 24:00" is the end of that day.
Time time_of(const std::string& text) {
    if (text.ends_with(" 24:00")) return *from_civil({.year = static_cast<int>(*parse_int(text.substr(0, 4))), .month = static_cast<int>(*parse_int(text.substr(5, 2))), .day = static_cast<int>(*parse_int(text.substr(8, 2)))}, kZone) + days(1);
    std::string full = text;
    if (full.size() == 16) full += ":00";
    const auto time = parse_time(full, kZone);
    EXPECT_TRUE(time.has_value()) << text;
    return time.value_or(Time{});
}

Facts facts_of(const json::Value& one) {
    Facts facts;
    const std::string matter = one.text("matter").value_or("incident");
    facts.matter = matter == "order" ? Matter::order : matter == "change" ? Matter::change : Matter::incident;
    for (const auto& [name, value] : one.find("events")->as_object()) facts.events.emplace(name, time_of(value.as_text()));
    if (const json::Value* circumstances = one.find("circumstances"))
        for (const json::Value& name : circumstances->as_array()) facts.circumstances.insert(name.as_text());
    if (const auto ordered = one.integer("ordered_minutes")) facts.ordered_within = minutes(*ordered);
    facts.regime = one.text("regime").value_or("");
    return facts;
}

std::string shown(const Deadline& one) {
    std::string out;
    if (!one.start) return "waiting";
    if (one.strict) out += "strict " + to_rfc3339(*one.strict);
    if (one.extended) out += " extended " + to_rfc3339(*one.extended);
    if (one.immediately) out += " immediately";
    if (one.shortened) out += " shortened";
    if (one.calendar_unknown) out += " calendar unknown";
    return std::string{trim(out)};
}

std::string wanted(const json::Value& value) {
    if (value.boolean("waiting").value_or(false)) return "waiting";
    std::string out;
    if (const auto strict = value.text("strict")) out += "strict " + to_rfc3339(time_of(*strict));
    if (const auto extended = value.text("extended")) out += " extended " + to_rfc3339(time_of(*extended));
    for (const auto& [name, words] : {std::pair{"immediately", " immediately"}, {"shortened", " shortened"}, {"calendar_unknown", " calendar unknown"}})
        if (value.boolean(name).value_or(false)) out += words;
    return std::string{trim(out)};
}

TEST(RegimeCases, EachGivesExactlyTheClocksWorkedOutByHand) {
    std::size_t asked = 0;
    for (const char* name : {"vn-2017.yaml", "vn-2026-and-overlays.yaml"}) {
        const json::Array cases = cases_of(name);
        for (const json::Value& one : cases) {
            SCOPED_TRACE(one.text("name").value_or("?") + ": " + one.text("arithmetic").value_or(""));
            ++asked;
            EXPECT_FALSE(one.text("article").value_or("").empty()) << "a case names its article";
            EXPECT_FALSE(one.text("arithmetic").value_or("").empty()) << "and its arithmetic";
            const auto found = shipped().deadlines(facts_of(one));
            ASSERT_TRUE(found.has_value()) << found.error().text;
            std::map<std::string, std::string> got, expected;
            for (const Deadline& deadline : *found) got.emplace(deadline.clock->id, shown(deadline));
            for (const auto& [id, value] : one.find("expect")->as_object()) expected.emplace(id, wanted(value));
            EXPECT_EQ(got, expected);
        }
    }
    EXPECT_GE(asked, 62U);
}

TEST(RegimeCases, ReportsOfEachYear) {
    const json::Array cases = cases_of("periods.yaml");
    ASSERT_FALSE(cases.empty());
    for (const json::Value& one : cases) {
        SCOPED_TRACE(one.text("name").value_or("?"));
        std::set<std::string, std::less<>> circumstances;
        for (const json::Value& name : one.find("circumstances")->as_array()) circumstances.insert(name.as_text());
        std::vector<std::pair<std::string, Time>> got, expected;
        for (const Deadline& deadline : shipped().periods(time_of(*one.text("from")), time_of(*one.text("until")), circumstances)) got.emplace_back(deadline.clock->id, *deadline.strict);
        for (const json::Value& pair : one.find("expect")->as_array()) expected.emplace_back(pair.as_array()[0].as_text(), time_of(pair.as_array()[1].as_text()));
        EXPECT_EQ(got, expected);
    }
}

TEST(Regime, LawAndAuthorityAreTwoAxes) {
    EXPECT_EQ(shipped().regime_of(time_of("2026-06-30 23:59")), "vn-2017");
    EXPECT_EQ(shipped().regime_of(time_of("2026-07-01 00:00")), "vn-2026");
    const Authority* before = shipped().authority("state-authority", time_of("2025-02-28 23:59"));
    const Authority* after = shipped().authority("state-authority", time_of("2025-03-01 00:00"));
    ASSERT_TRUE(before != nullptr && after != nullptr);
    EXPECT_NE(before->name_vi, after->name_vi) << "the authority changed under the same law";
    EXPECT_EQ(shipped().regime_of(time_of("2025-03-01 00:00")), "vn-2017");
    EXPECT_EQ(shipped().term("security", time_of("2026-06-30 12:00"))->vi, "an toàn thông tin mạng");
    EXPECT_EQ(shipped().term("security", time_of("2026-07-01 12:00"))->vi, "an ninh mạng");
    EXPECT_EQ(shipped().authority("defence-force", time_of("2026-06-30 12:00")), nullptr) << "unknown, not somebody else";
}

TEST(Regime, EveryAddresseeIsARoleThatIsKnown) {
    const std::set<std::string, std::less<>> of_the_case{"owner", "specialised-unit", "relevant-member", "requester", "ourselves", "data-subjects"};
    std::set<std::string, std::less<>> roles;
    for (const Authority& one : shipped().authorities()) roles.insert(one.role);
    for (const Clock& clock : shipped().clocks()) {
        EXPECT_FALSE(clock.to.empty()) << clock.id;
        for (const std::string& role : clock.to) EXPECT_TRUE(of_the_case.contains(role) || roles.contains(role)) << clock.id << " goes to " << role;
    }
}

TEST(Regime, WhatIsNotKnownIsRefused) {
    const auto refused = [](const Facts& facts) {
        const auto found = shipped().deadlines(facts);
        return found ? std::string{"not refused"} : found.error().text;
    };
    const Time now = time_of("2024-04-26 08:00");
    EXPECT_EQ(refused({.events = {{"ended", now}}}), "events: detected is missing, by whose day the law is chosen");
    EXPECT_EQ(refused({.matter = Matter::order, .events = {{"detected", now}}}), "events: received is missing, by whose day the law is chosen");
    EXPECT_EQ(refused({.events = {{"detected", now}}, .circumstances = {"seroius"}}), "circumstances: seroius is known to no clock");
    EXPECT_EQ(refused({.events = {{"detected", now}, {"finished", now}}}), "events: finished starts no clock");
    EXPECT_EQ(refused({.events = {{"detected", now}}, .regime = "vn-2030"}), "regime: there is no vn-2030");
}

TEST(RegimeFiles, AWrongOneIsNamed) {
    const std::string calendar = "zone: Asia/Ho_Chi_Minh\nyears: []\n";
    const auto error = [&](const std::string& clock) {
        const auto read = Regime::read({{"calendar.yaml", calendar}, {"clocks/x.yaml", "regime: x\nfrom: 2020-01-01\nclocks:\n  - " + clock}});
        return read ? std::string{"read"} : read.error().text;
    };
    EXPECT_EQ(error("{id: a, title: t, title_vi: t, basis: b, from: 2020-01-01, starts: detected, within: 5 day}"), "read");
    EXPECT_EQ(error("{id: a, title: t, title_vi: t, basis: b, from: 2020-01-01, starts: detected, within: 5 days}"), "clocks/x.yaml: a: within: '5 days' is none of: immediately, 24 hour, 5 day, 5 working-day");
    EXPECT_EQ(error("{id: a, title: t, title_vi: t, basis: b, from: 2020-02-30, starts: detected, within: 5 day}"), "clocks/x.yaml: a: from: is missing or no day such as 2024-05-01");
    EXPECT_EQ(error("{id: a, title: t, title_vi: t, from: 2020-01-01, starts: detected, within: 5 day}"), "clocks/x.yaml: a: basis: is missing");
    EXPECT_EQ(error("{id: a, title: t, title_vi: t, basis: b, from: 2020-01-01, start: detected, within: 5 day}"), "clocks/x.yaml: a: start: is unknown here");
    EXPECT_EQ(Regime::read({{"clocks/x.yaml", "regime: x\nfrom: 2020-01-01\nclocks: []\n"}}).error().text, "calendar.yaml: is missing");
}

TEST(Calendar, DaysOffWorkedAndUnknown) {
    const Calendar& calendar = shipped().calendar();
    EXPECT_EQ(calendar.works(*parse_day("2024-04-29")), false) << "swapped";
    EXPECT_EQ(calendar.works(*parse_day("2024-05-04")), true) << "a Saturday that is worked";
    EXPECT_EQ(calendar.works(*parse_day("2024-05-05")), false) << "a Sunday";
    EXPECT_EQ(calendar.works(*parse_day("2023-06-06")), std::nullopt) << "no data is no answer";
    EXPECT_EQ(calendar.works(*parse_day("2023-06-04")), false) << "but a Sunday is one";
    EXPECT_EQ(text_of(*parse_day("2024-02-29")), "2024-02-29");
    EXPECT_EQ(parse_day("2025-02-29"), std::nullopt);
    EXPECT_EQ(parse_day("2025-2-9"), std::nullopt);
}

}  // namespace
}  // namespace vg::regime

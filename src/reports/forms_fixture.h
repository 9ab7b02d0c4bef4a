// A small province for the tests of forms: the People's Committee, its department of information, and the department of health, at
// whose addresses the list of April 2024 saw three victims. Names are made up, addresses are those of RFC 5737.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"
#include "directory/directory.h"
#include "directory/facts.h"
#include "directory/special_addresses.h"
#include "lists/lists.h"
#include "lists/tell_cases.h"
#include "reports/forms.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::reports {

struct FormsFixture : testing::Test {
    explicit FormsFixture(const std::string& source) {
        const std::array schemas{store::audit_schema(), directory::schema(), lists::schema(), cases::schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics);
        EXPECT_TRUE(opened) << opened.error().text;
        state = std::move(*opened);
        officer.name = "user:an";
        officer.role = access::Role::administrator;
        officer.scope = access::Scope::node();
        coordinator = officer;
        coordinator.name = "user:binh";
        committee = make_id<OrganisationTag>(at("2024-01-01T00:00:00Z"), random);
        EXPECT_TRUE(state->write([&](store::Transaction& tx) { return directory::Directory::ensure_root(tx, "UBND tỉnh Khánh Hưng", committee, at("2024-01-01T00:00:00Z")); }));
        information = organisation("Sở Thông tin và Truyền thông tỉnh Khánh Hưng", committee);
        health = organisation("Sở Y tế tỉnh Khánh Hưng", information);
        school = organisation("Trường THPT Nguyễn Trãi", information);
        fact(health, "contact", R"({"purpose":"incident","channel":"phone","value":"0258.000.0001","person":"Lê Văn Cường"})");
        fact(health, "contact", R"({"purpose":"leadership","channel":"phone","value":"0258.000.0009","person":"Phạm Thị Dung"})");
        fact(health, "contact", R"({"purpose":"incident","channel":"email","value":"cntt@soyte.example"})");
        fact(health, "contact", R"({"purpose":"other","channel":"post","value":"12 Lê Lợi, Khánh Hưng"})");
        fact(information, "contact", R"({"purpose":"duty","channel":"phone","value":"0258.000.0100","person":"Trần Thị Bình"})");
        fact(health, "system", R"({"code":"HIS","name":"Hệ thống thông tin bệnh viện","level":3,"owner":")" + committee.text() + R"(","operator":")" + health.text() + R"(","specialised":")" + information.text() + R"("})");
        auto loaded = regime::load(source + "/content/regimes");
        EXPECT_TRUE(loaded) << loaded.error().text;
        law = std::move(*loaded);
        auto read = load_forms(source + "/content/reports");
        EXPECT_TRUE(read) << read.error().text;
        forms = std::move(*read);
    }

    static Time at(std::string_view text) {
        const auto time = parse_time(text);
        EXPECT_TRUE(time) << text;
        return time.value_or(Time{});
    }
    template <class T>
    static T must(Result<T> result) {
        EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text);
        return result ? std::move(*result) : T{};
    }
    static void must(const Status& status) { EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().text); }

    OrganisationId organisation(const std::string& name, const OrganisationId& parent) {
        const directory::Organisation made{.id = make_id<OrganisationTag>(at("2024-01-01T00:00:00Z"), random), .name = name, .parent = parent, .created = at("2024-01-01T00:00:00Z"), .ended = {}};
        must(state->write([&](store::Transaction& tx) { return directory::Directory::add(tx, officer, made); }));
        return made.id;
    }
    void fact(const OrganisationId& whose, const std::string& kind, const std::string& body, std::optional<Time> until = {}) {
        const directory::FactDraft given{.kind = kind, .organisation = whose, .body = must(json::parse(body)), .from = at("2024-01-01T00:00:00Z"), .until = until, .document = "1/QĐ", .replaces = {}};
        must(state->write([&](store::Transaction& tx) -> Status {
            const auto plan = TRY(directory::Facts::add(tx, officer, given, at("2024-01-01T00:00:00Z")));
            return directory::Facts::write(tx, officer, plan, at("2024-01-01T00:00:00Z"));
        }));
    }

    struct Victim {
        std::string address, family, seen;
    };
    // The letter of the authority, as it is kept and told to cases.
    std::string list(const std::string& number, const std::string& date, const std::vector<Victim>& victims) {
        lists::Reading reading;
        reading.form = "csv";
        reading.letter = {.issuer = "Cục An toàn thông tin", .number = number, .date = date, .subject = "danh sách địa chỉ IP mạng Botnet tháng 4/2024", .urgency = ""};
        for (const Victim& victim : victims) {
            lists::Record record;
            record.line = reading.records.size() + 2;
            record.address = parse_address(victim.address);
            record.port = 51'234;
            record.family = victim.family;
            record.seen = at(victim.seen);
            reading.records.push_back(record);
        }
        reading.read = reading.accepted = victims.size();
        if (!attributor.claims) {
            const std::vector<directory::Claim> claims{{.number = 1, .range = directory::range_of(*parse_network("203.0.113.0/24")), .organisation = health, .system = "HIS", .from = at("2020-01-01T00:00:00Z")}};
            attributor.claims = must(directory::Attribution::build(claims));
            attributor.level = [](const OrganisationId&, std::string_view) { return 3; };
        }
        const Time kept_at = at(date + "T03:00:00Z");
        const lists::List kept = must(lists::keep({*state, disk, "data/evidence/lists"}, make_id<lists::ListTag>(kept_at, random), "ds.csv", "file " + number, reading, attributor, {.series = "botnet", .own = false, .progress = {}}, officer, kept_at));
        must(lists::tell_cases(*state, kept, "system", random, kept_at));
        return kept.id.text();
    }
    cases::CaseId the_case() {
        const auto all = must(state->read([&](store::Transaction& tx) { return cases::list(tx, access::Scope::node(), {}, std::nullopt, 10); }));
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? cases::CaseId{} : all.front().id;
    }
    cases::Item item(const std::string& subject) {
        for (const cases::Item& one : must(state->read([&](store::Transaction& tx) { return cases::items(tx, access::Scope::node(), std::nullopt, std::nullopt, "", 1'000); })))
            if (one.subject == subject) return one;
        ADD_FAILURE() << subject;
        return {};
    }
    void answer(const std::string& subject, const cases::Answer& given, const std::string& when) {
        must(state->write([&](store::Transaction& tx) { return cases::answer(tx, officer, item(subject).id, given, std::nullopt, at(when)); }));
    }
    // Three victims of April 2024: one removed with evidence, one not ours and accepted, one that nobody has answered.
    void april() {
        april_list = list("45/CATTT-NCSC", "2024-04-10", {{"203.0.113.7", "Mirai", "2024-04-08T02:30:00Z"}, {"203.0.113.9", "Sality", "2024-04-08T02:30:00Z"}, {"203.0.113.20", "Mirai", "2024-04-08T02:30:00Z"}});
        answer("203.0.113.7", {.kind = cases::AnswerKind::removed, .text = {}, .evidence = cases::Evidence{at("2024-04-12T01:15:00Z"), "", "AV 12", std::string(64, 'a'), cases::Rescan::clean, ""}, .until = {}}, "2024-04-12T02:00:00Z");
        answer("203.0.113.9", {.kind = cases::AnswerKind::not_ours, .text = "đã trả lại dải địa chỉ", .evidence = {}, .until = at("2024-01-01T00:00:00Z")}, "2024-04-12T03:00:00Z");
        must(state->write([&](store::Transaction& tx) { return cases::judge(tx, coordinator, item("203.0.113.9").id, true, "", std::nullopt, at("2024-04-13T03:00:00Z")); }));
    }

    const FormKind& kind(std::string_view code) {
        const FormKind* found = forms.find(code);
        EXPECT_NE(found, nullptr) << code;
        return *found;
    }
    Draft drafted(std::string_view code, const FormAbout& about, const access::Scope& scope = access::Scope::node()) {
        return must(state->read([&](store::Transaction& tx) { return draft(tx, scope, kind(code), about, law, now); }));
    }
    std::string text_of(const Draft& from) { return to_text(must(lay_out(kind(from.form), from))); }
    static std::set<std::string> missing_of(const Draft& from) {
        std::set<std::string> out;
        for (const Missing& one : from.missing) out.insert(one.field);
        return out;
    }
    static void expect_lines(const std::string& text, const std::vector<std::string>& lines) {
        for (const std::string& line : lines) EXPECT_NE(("\n" + text).find("\n" + line + "\n"), std::string::npos) << "no line '" << line << "' in\n" << text;
    }

    metrics::Registry metrics;
    SeededRandom random{11};
    store::FaultDisk disk{1};
    std::unique_ptr<store::State> state;
    lists::Attributor attributor;
    access::Actor officer, coordinator;
    OrganisationId committee, information, health, school;
    regime::Regime law;
    Forms forms;
    std::string april_list;
    Time now = at("2024-04-14T02:05:00Z");  // 09:05 on the 14th in Hà Nội
};

}  // namespace vg::reports

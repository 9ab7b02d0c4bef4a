// From a row of a list to the machine, with lines as devices write them: through the formats into an archive on disk, and out of it by a
// job of lists.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "cases/cases.h"
#include "directory/directory.h"
#include "directory/fact_keeper.h"
#include "findings/book.h"
#include "formats/format.h"
#include "intel/indicators.h"
#include "lists/effect.h"
#include "lists/jobs.h"
#include "lists/tell_cases.h"
#include "lists/worklist.h"
#include "store/archive/archive_test_kit.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::server::list_inside_test {

namespace {

namespace kit = store::archive::kit;

const Time kNow = *parse_time("2025-11-20T02:00:00Z");
constexpr std::string_view kZone = "Asia/Ho_Chi_Minh";  // of the devices that write times without one

struct Line {
    std::string raw;
    std::string received;     // RFC 3339
    std::uint8_t organisation = 1;
    std::string peer = "10.0.0.1";
};

class ListInside : public kit::Base {
public:
    ListInside() {
        clock.set(kNow);
        const store::Schema schemas[] = {store::audit_schema(), directory::schema(), findings::schema(), intel::schema(), lists::schema(), cases::schema()};
        auto opened = store::State::open(store::test_state(), schemas, metrics);
        EXPECT_TRUE(opened) << opened.error().text;
        state = std::move(*opened);
        std::vector<std::pair<std::string, std::string>> mappings;
        for (const char* name : {"windows-dhcp", "kea-leases4"}) mappings.emplace_back(name, *store::read_whole(store::system_disk(), std::string{VG_SOURCE_DIR} + "/content/mappings/" + name + ".yaml"));
        library = *formats::Library::make(mappings);
        EXPECT_TRUE(state->write([&](store::Transaction& tx) -> Status {
            TRY(directory::Directory::ensure_root(tx, "Tỉnh Mẫu", kit::id_of<OrganisationTag>(9), kNow));
            for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) TRY(directory::Directory::add(tx, root_actor, {.id = kit::id_of<OrganisationTag>(number), .name = format("Sở Mẫu {}", number), .parent = kit::id_of<OrganisationTag>(9), .created = kNow}));
            return {};
        }));
        facts = *directory::FactKeeper::open(*state);
        facts->note_with([this](store::Transaction& tx, const access::Actor& actor, std::span<const directory::FactChange> plan, Time now) { return lists::ask_attribution(tx, plan, actor.name, random, now); });
        options.rows_in_group = 512;
        options.rows_in_block = 64;
        open();
    }
    ~ListInside() override { facts.reset(), state.reset(); }

    std::int64_t fact(std::string_view kind, std::string_view body, std::uint8_t organisation = 1, std::string_view from = "2024-01-01T00:00:00Z") {
        const directory::FactDraft draft{.kind = std::string{kind}, .organisation = kit::id_of<OrganisationTag>(organisation), .body = *json::parse(body), .from = *parse_time(from), .document = "5/QĐ-SM"};
        const auto done = facts->change(root_actor, kNow, [&](store::Transaction& tx) { return directory::Facts::add(tx, root_actor, draft, kNow); });
        EXPECT_TRUE(done) << done.error().text;
        return done ? done->back().now.number : 0;
    }

    // What the devices wrote, in an order of arrival.
    void log(const std::vector<Line>& lines) {
        Arena arena;
        std::deque<event::Record> records;
        std::deque<event::Event> events;
        std::vector<store::ArchivedEvent> all;
        for (const Line& line : lines) {
            event::Record& record = records.emplace_back();
            record.raw = line.raw;
            record.envelope.received = *parse_time(line.received);
            record.envelope.organisation = kit::id_of<OrganisationTag>(line.organisation);
            record.envelope.source = kit::id_of<SourceTag>(line.organisation);
            record.envelope.peer = line.peer;
            record.envelope.zone = kZone;
            const formats::Outcome outcome = formats::to_event(record, *library, arena);
            EXPECT_TRUE(outcome.unparsed.empty()) << line.raw << ": " << outcome.unparsed;
            events.push_back(outcome.event);
            all.push_back({.position = {next++}, .envelope = &record.envelope, .event = &events.back(), .unparsed = {}, .raw_bytes = line.raw.size()});
        }
        const Status appended = archive->append(all, {});
        ASSERT_TRUE(appended) << appended.error().text;
    }

    lists::List keep(std::string_view text, std::string_view series = "botnet", bool holds = false) {
        lists::ReadOptions read{.name = "ds.csv", .columns = {{"ip", lists::Role::victim}, {"cong", lists::Role::victim_port}, {"luc", lists::Role::seen}, {"ma doc", lists::Role::family}, {"dich", lists::Role::destination}},
                                .date_order = lists::DateOrder::day_first, .zone = std::string{kZone}, .now = kNow};
        const auto reading = lists::read_list(text, read);
        EXPECT_TRUE(reading) << reading.error().text;
        EXPECT_TRUE(reading->questions.empty()) << reading->questions.front().text;
        lists::Keep keep;
        keep.series = series;
        if (holds) keep.seen = [&](store::Transaction& tx, const lists::List& list) { return lists::hold_telling(tx, list.id, true, "user:an", random, clock.now()); };
        const auto kept = lists::keep(place(), make_id<lists::ListTag>(clock.now(), random), "ds.csv", text, *reading, attributor(), keep, root_actor, clock.now());
        EXPECT_TRUE(kept) << kept.error().text;
        clock.move(seconds(1));
        EXPECT_TRUE(state->write([&](store::Transaction& tx) { return lists::ask_inside(tx, kept->id, "user:an", random, clock.now()); }));
        return *kept;
    }

    lists::Place place() { return {*state, store::system_disk(), (root / "lists").string()}; }
    lists::Attributor attributor() { return {.claims = facts->attribution(), .names = facts->names(), .level = {}}; }

    lists::JobParts parts() {
        return {.place = place(), .archive = archive.get(), .journal = options.journal, .clock = clock, .random = random, .attributor = [this] { return attributor(); },
                .related = [](const OrganisationId& a, const OrganisationId& b) { return a == kit::id_of<OrganisationTag>(9) || b == kit::id_of<OrganisationTag>(9); },
                .keep_own = [this](std::vector<event::Record> records) {
                    for (event::Record& one : records) own_records.push_back(std::move(one));
                    return Status{};
                }};
    }
    // What is to be done, until nothing is.
    void work() {
        for (int i = 0; i < 100; ++i) {
            const auto job = state->read([](store::Transaction& tx) { return lists::next_job(tx); });
            ASSERT_TRUE(job) << job.error().text;
            if (!*job) return;
            const Status worked = lists::work_job(parts(), **job, {});
            ASSERT_TRUE(worked) << worked.error().text;
            const auto ended = state->read([&](store::Transaction& tx) { return lists::find_job(tx, (*job)->id); });
            ASSERT_TRUE(ended) << ended.error().text;
            EXPECT_EQ(ended->state, "done") << ended->reason;
            last = *ended;
        }
        FAIL() << "there is always another job";
    }

    // "machine: 10.0.0.7=pc1" of the row that names the address.
    std::string machine(const lists::List& list, std::string_view subject) {
        const auto found = state->read([&](store::Transaction& tx) { return tx.query<std::string, std::string>("select i.state, i.answer from list_inside i join list_row r on r.list = i.list and r.number = i.number where i.list = :l and r.subject = :s order by i.number", {list.id.text(), subject}); });
        EXPECT_TRUE(found) << found.error().text;
        std::string out;
        for (const auto& [how, answer] : *found) {
            out += (out.empty() ? "" : "; ") + how + ":";
            const json::Value said = *json::parse(answer);
            for (const json::Value& one : said.find("machines")->as_array()) {
                out += " " + one.text("address").value_or("");
                if (const std::string host = one.text("host").value_or(""); !host.empty()) out += "=" + host;
                if (const std::string mac = one.text("mac").value_or(""); !mac.empty()) out += "/" + mac.substr(15);
                if (const std::string known = one.text("known_as").value_or(""); !known.empty()) out += "(" + known + ")";
            }
            if (how != "machine")
                for (const json::Value& one : said.find("networks")->as_array()) out += " [" + one.as_text() + "]";
        }
        return out;
    }
    json::Value answer(const lists::List& list) {
        const auto found = state->read([&](store::Transaction& tx) { return tx.query<std::string>("select answer from list_inside where list = :l order by number", {list.id.text()}); });
        return *json::parse(std::get<0>(found->front()));
    }

    std::vector<event::Record> own_records;  // that jobs made
    SeededRandom random{7};
    access::Actor root_actor{.name = "user:an", .role = access::Role::administrator, .scope = access::Scope::node()};
    std::unique_ptr<store::State> state;
    std::unique_ptr<directory::FactKeeper> facts;
    std::shared_ptr<const formats::Library> library;
    std::uint64_t next = 0;
    lists::Job last;
};

// 19/11/2025 09:00:00 in Vietnam is 1763517600, 02:00:00Z.
constexpr std::string_view kHead = "IP,Cổng,Lúc,Mã độc,Đích\n";
constexpr std::string_view kRow = "203.0.113.5,40001,19/11/2025 09:00:00,Mirai,198.51.100.66\n";

TEST_F(ListInside, FollowsConntrackAndDnsmasqToTheMachine) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    const std::int64_t known = fact("machine", R"({"host":"PC1","addresses":["10.0.0.99"],"system":"QLVB"})");
    log({{"Nov 19 07:30:00 gw dnsmasq-dhcp[7]: DHCPACK(br0) 10.0.0.7 02:00:00:00:00:01 pc1", "2025-11-19T00:30:00Z"},
         {"[1763517590.000000]	    [NEW] tcp      6 120 SYN_SENT src=10.0.0.7 dst=198.51.100.66 sport=50000 dport=443 [UNREPLIED] src=198.51.100.66 dst=203.0.113.5 sport=443 dport=40001", "2025-11-19T02:00:00Z"},
         {"[1763517660.000000]	    [DESTROY] tcp      6 src=10.0.0.7 dst=198.51.100.66 sport=50000 dport=443 packets=3 bytes=180 src=198.51.100.66 dst=203.0.113.5 sport=443 dport=40001 packets=2 bytes=120", "2025-11-19T02:01:00Z"},
         {"[1763517590.000000]	    [NEW] tcp      6 120 SYN_SENT src=10.0.0.8 dst=198.51.100.66 sport=50000 dport=443 [UNREPLIED] src=198.51.100.66 dst=203.0.113.5 sport=443 dport=40002", "2025-11-19T02:00:00Z"}});
    const lists::List list = keep(std::string{kHead} + std::string{kRow});
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "machine: 10.0.0.7=pc1/01(PC1)");
    const json::Value said = answer(list);
    const json::Value& one = said.find("machines")->as_array().front();
    EXPECT_EQ(one.integer("fact"), known);
    EXPECT_EQ(one.text("system"), "QLVB");
    const json::Array& evidence = one.find("evidence")->as_array();
    ASSERT_EQ(evidence.size(), 2U);
    EXPECT_EQ(evidence[0].text("what"), "nat");
    EXPECT_EQ(evidence[0].text("event"), (event::EventId{options.journal, {1}}.text()));
    EXPECT_EQ(evidence[0].text("from"), "2025-11-19T01:59:50Z");
    EXPECT_EQ(evidence[0].text("until"), "2025-11-19T02:01:00Z");
    EXPECT_EQ(evidence[1].text("what"), "dhcp");
    EXPECT_EQ(evidence[1].text("event"), (event::EventId{options.journal, {0}}.text()));
    EXPECT_EQ(said.integer("skew_seconds"), 120);
    EXPECT_EQ(said.boolean("incomplete"), false);
    EXPECT_EQ(last.told.integer("machine"), 1);
}

TEST_F(ListInside, FindsTheSameInASegmentOnDisk) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    std::vector<Line> lines{{"[1763517590.000000]	    [NEW] tcp      6 120 SYN_SENT src=10.0.0.7 dst=198.51.100.66 sport=50000 dport=443 [UNREPLIED] src=198.51.100.66 dst=203.0.113.5 sport=443 dport=40001", "2025-11-19T02:00:00Z"}};
    for (int i = 0; i < 3'000; ++i)  // of others, so that there are blocks to pass over
        lines.push_back({format("[{}.000000]	    [NEW] tcp      6 120 SYN_SENT src=10.1.{}.{} dst=192.0.2.9 sport=50000 dport=443 [UNREPLIED] src=192.0.2.9 dst=192.0.2.{} sport=443 dport=40001", 1763517000 + i, i / 200, i % 200 + 1, i % 250 + 1), "2025-11-19T02:00:00Z"});
    lines.push_back({"2025-11-19 08:00:00.123 INFO  [kea-dhcp4.leases/7.140] DHCP4_LEASE_ALLOC [hwtype=1 02:00:00:00:00:01], cid=[01:02:00:00:00:00:01], tid=0x1a: lease 10.0.0.7 has been allocated for 7200 seconds", "2025-11-19T01:00:00Z"});
    log(lines);
    tend(true);
    const lists::List list = keep(std::string{kHead} + std::string{kRow});
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "machine: 10.0.0.7/01");
    EXPECT_LT(last.told.integer("events"), 2'000) << "blocks without the addresses are passed over";
}

TEST_F(ListInside, FollowsMikrotikAndTheWindowsDhcpServer) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    log({{"10,11/19/25,08:02:03,Assign,10.0.0.7,pc7.example.com,02000000000A,,1234,0,,,,0x4D,MSFT 5.0,,,,0", "2025-11-19T01:02:03Z"},
         {"Nov 19 08:58:30 gw firewall,info forward: in:bridge out:ether1, src-mac 02:00:00:00:00:0a, proto TCP (SYN), 10.0.0.7:50000->198.51.100.66:443, NAT (10.0.0.7:50000->203.0.113.5:40001)->198.51.100.66:443, len 52", "2025-11-19T01:58:30Z"}});
    const lists::List list = keep(std::string{kHead} + std::string{kRow});
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "machine: 10.0.0.7=pc7.example.com/0a");
}

TEST_F(ListInside, NamesBothHoldersOfALeaseThatWasHandedOver) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    log({{"10,11/19/25,07:00:00,Assign,10.0.0.7,cu,02000000000A,,1,0,,,,,,,,,0", "2025-11-19T00:00:00Z"},
         {"12,11/19/25,08:59:00,Release,10.0.0.7,cu,02000000000A", "2025-11-19T01:59:00Z"},
         {"10,11/19/25,09:01:30,Assign,10.0.0.7,moi,02000000000B,,1,0,,,,,,,,,0", "2025-11-19T02:01:30Z"},
         {"Nov 19 08:50:00 gw firewall,info forward: in:bridge out:ether1, proto TCP (SYN), 10.0.0.7:50000->198.51.100.66:443, NAT (10.0.0.7:50000->203.0.113.5:40001)->198.51.100.66:443, len 52", "2025-11-19T01:50:00Z"}});
    const lists::List list = keep(std::string{kHead} + std::string{kRow} + "203.0.113.5,40001,19/11/2025 08:55:00,Conficker,198.51.100.66\n203.0.113.5,40001,19/11/2025 09:10:00,Emotet,198.51.100.66\n");
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "several: 10.0.0.7=cu/0a 10.0.0.7=moi/0b [203.0.113.0/24]; machine: 10.0.0.7=cu/0a; machine: 10.0.0.7=moi/0b");
}

TEST_F(ListInside, PutsTheClientOfSquidInThePlaceOfTheProxy) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    log({{"[1763517590.000000]	    [NEW] tcp      6 120 SYN_SENT src=10.0.0.3 dst=198.51.100.66 sport=50000 dport=443 [UNREPLIED] src=198.51.100.66 dst=203.0.113.5 sport=443 dport=40001", "2025-11-19T02:00:00Z"},
         {"1763517605.250  15000 10.0.0.77 TCP_MISS/200 512 GET http://www.example.com/a an HIER_DIRECT/198.51.100.66 text/html", "2025-11-19T02:00:05Z", 1, "10.0.0.3"},
         {"1763517605.250  15000 10.0.0.78 TCP_MISS/200 512 GET http://www.example.com/a an HIER_DIRECT/198.51.100.67 text/html", "2025-11-19T02:00:05Z", 1, "10.0.0.3"},
         {"1763517605.250      0 10.0.0.79 TCP_DENIED/403 512 GET http://www.example.com/a an HIER_NONE/198.51.100.66 text/html", "2025-11-19T02:00:05Z", 1, "10.0.0.3"}});
    const lists::List list = keep(std::string{kHead} + std::string{kRow});
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "machine: 10.0.0.77");
}

TEST_F(ListInside, LeavesThePoolToBeVerifiedWithoutLogs) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    fact("pool", R"({"name":"mang-noi-bo","public":["203.0.113.4/30"],"inside":["10.0.0.0/24","10.0.1.0/24"]})");
    const lists::List list = keep(std::string{kHead} + std::string{kRow} + "203.0.113.99,,19/11/2025 09:00:00,Mirai,\n192.0.2.1,,19/11/2025 09:00:00,Mirai,\n");
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "verify: [10.0.0.0/24] [10.0.1.0/24]");
    EXPECT_EQ(machine(list, "203.0.113.99"), "verify: [203.0.113.0/24]");
    EXPECT_EQ(machine(list, "192.0.2.1"), "") << "it is nobody's of ours";
    EXPECT_EQ(last.told.integer("verify"), 2);
}

TEST_F(ListInside, TellsANewListOnceTheLogsAreThere) {
    fact("range", R"({"range":"203.0.113.0/24"})");
    const lists::List list = keep(std::string{kHead} + std::string{kRow});
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "verify: [203.0.113.0/24]");
    log({{"[1763517590.000000]	    [NEW] tcp      6 120 SYN_SENT src=10.0.0.7 dst=198.51.100.66 sport=50000 dport=443 [UNREPLIED] src=198.51.100.66 dst=203.0.113.5 sport=443 dport=40001", "2025-11-20T01:00:00Z"}});
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return lists::ask_inside(tx, list.id, "user:an", random, clock.now()); }));
    work();
    EXPECT_EQ(machine(list, "203.0.113.5"), "machine: 10.0.0.7");
    const auto hits = state->read([&](store::Transaction& tx) -> Result<std::vector<lists::RowInside>> {
        const auto all = TRY(lists::hits(tx, access::Scope::node(), {}, {}, 10));
        return lists::inside_of_hit(tx, all.front().id, all.front().last_list, 10);
    });
    ASSERT_TRUE(hits) << hits.error().text;
    ASSERT_EQ(hits->size(), 1U);
    EXPECT_EQ(hits->front().state, lists::InsideState::machine);
    const auto victim = state->read([&](store::Transaction& tx) { return lists::inside_of_victim(tx, "botnet", kit::id_of<OrganisationTag>(1), "203.0.113.5", "mirai", 10); });
    ASSERT_TRUE(victim) << victim.error().text;
    EXPECT_EQ(victim->size(), 1U);
}

// ---- names and pages ----

TEST_F(ListInside, KnowsWhoseNamesAndPagesAre) {
    fact("range", R"({"range":"203.0.113.0/24"})", 1);
    const std::int64_t wide = fact("domain", R"({"domain":"tinh.example"})", 1), own = fact("domain", R"({"domain":"so.tinh.example","system":"WEB"})", 2);
    const std::int64_t as = fact("asn", R"({"number":"AS64500"})", 2);
    lists::ReadOptions read{.name = "ds.csv", .columns = {{"link", lists::Role::victim}, {"luc", lists::Role::seen}, {"asn", lists::Role::asn}}, .date_order = lists::DateOrder::day_first, .zone = std::string{kZone}, .now = kNow};
    const auto reading = lists::read_list("Link,Lúc,ASN\nhxxp://www.so.tinh[.]example/a.php,19/11/2025 09:00:00,\nmail.tinh.example,19/11/2025 09:00:00,\nhttp://203.0.113.9:8080/x,19/11/2025 09:00:00,\nkhac.example,19/11/2025 09:00:00,\n198.18.0.1,19/11/2025 09:00:00,64500\n45.0.0.1,19/11/2025 09:00:00,64500\n", read);
    ASSERT_TRUE(reading) << reading.error().text;
    ASSERT_TRUE(reading->questions.empty()) << reading->questions.front().text;
    std::vector<lists::Row> rows;
    lists::attribute(reading->records, reading->letter, kNow, attributor(), rows);
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].organisation, kit::id_of<OrganisationTag>(2)) << "a page belongs to the owner of its host";
    EXPECT_EQ(rows[0].fact, own);
    EXPECT_EQ(rows[0].system, "WEB");
    EXPECT_EQ(rows[1].fact, wide);
    EXPECT_EQ(rows[2].organisation, kit::id_of<OrganisationTag>(1)) << "a page on an address, by the range";
    EXPECT_EQ(rows[3].kind, lists::Whose::gap);
    EXPECT_EQ(rows[3].fact, 0);
    EXPECT_EQ(rows[4].kind, lists::Whose::nobody) << "a special address is in nobody's autonomous system";
    EXPECT_EQ(rows[5].kind, lists::Whose::gap) << "lying in an autonomous system makes nobody the owner";
    EXPECT_EQ(rows[5].fact, as);
    EXPECT_FALSE(rows[5].organisation);
}

// ---- the directory is put right ----

TEST_F(ListInside, GivesVictimsToTheRightOrganisationWhenTheDirectoryIsPutRight) {
    fact("range", R"({"range":"203.0.113.0/24"})", 1);
    const lists::List list = keep(std::string{kHead} + std::string{kRow} + "203.0.113.99,,19/11/2025 09:00:00,Mirai,\n");
    ASSERT_TRUE(lists::tell_cases(*state, list, "user:an", random, clock.now()));
    work();
    const auto items = [&](std::uint8_t organisation) {
        std::vector<std::string> lines;
        const auto found = state->read([&](store::Transaction& tx) { return cases::items(tx, access::Scope::of({kit::id_of<OrganisationTag>(organisation)}), std::nullopt, std::nullopt, "", 100); });
        EXPECT_TRUE(found) << found.error().text;
        for (const cases::Item& one : *found) lines.push_back(one.subject + " " + std::string{name_of(one.state)} + (one.closed_why.empty() ? "" : " " + one.closed_why));
        std::sort(lines.begin(), lines.end());
        std::string all;
        for (const std::string& line : lines) all += (all.empty() ? "" : ", ") + line;
        return all;
    };
    EXPECT_EQ(items(1), "203.0.113.5 open, 203.0.113.99 open");
    // Detection accused both machines, and another rule one of them.
    const detect::RuleInfo listed{.id = "b2f7c3de-6a0b-4d3c-8f3e-1a5f2d9f7107", .title = "listed", .level = detect::Level::high}, other{.id = "b2f7c3de-6a0b-4d3c-8f3e-1a5f2d9f7108", .title = "other", .level = detect::Level::high};
    const auto sighting = [&](const char* entity, const detect::RuleInfo& rule, std::uint64_t position) {
        return findings::Sighting{.event = {{}, event::Position{position}}, .source = {}, .organisation = kit::id_of<OrganisationTag>(1), .occurred = kNow, .received = kNow, .entity = entity, .rule = &rule, .matched = {}};
    };
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return findings::Book::record(tx, std::vector{sighting("ip:203.0.113.5", listed, 1), sighting("ip:203.0.113.99", listed, 2), sighting("ip:203.0.113.5", other, 3)}); }));
    const auto accused = [&] {
        const auto page = state->read([&](store::Transaction& tx) { return findings::Book::list(tx, access::Scope::node(), {}, {}, 10); });
        EXPECT_TRUE(page) << page.error().text;
        std::vector<std::string> lines;
        for (const findings::Finding& one : page->items) lines.push_back(one.entity + " " + one.rule_title + " " + std::string{name_of(one.state)} + (one.verdict == findings::Verdict::false_alarm ? " false" : ""));
        std::sort(lines.begin(), lines.end());
        return lines;
    };
    EXPECT_EQ(accused(), (std::vector<std::string>{"ip:203.0.113.5 listed new", "ip:203.0.113.5 other new", "ip:203.0.113.99 listed new"}));
    const std::int64_t right = fact("range", R"({"range":"203.0.113.0/29"})", 2);
    work();
    EXPECT_EQ(items(1), "203.0.113.5 closed not-ours, 203.0.113.99 open");
    EXPECT_EQ(items(2), "203.0.113.5 open");
    EXPECT_EQ(accused(), (std::vector<std::string>{"ip:203.0.113.5 listed closed false", "ip:203.0.113.5 other new", "ip:203.0.113.99 listed new"})) << "what accused the wrong one is closed";
    ASSERT_EQ(own_records.size(), 1U) << "and the right one is told, of this alone";
    EXPECT_EQ(own_records.front().envelope.organisation, kit::id_of<OrganisationTag>(2));
    EXPECT_NE(own_records.front().raw.find("\"ip\":\"203.0.113.5\""), std::string::npos) << own_records.front().raw;
    const auto job = state->read([&](store::Transaction& tx) { return lists::jobs(tx, std::nullopt, std::nullopt, 10); });
    ASSERT_TRUE(job) << job.error().text;
    const auto corrected = std::find_if(job->begin(), job->end(), [&](const lists::Job& one) { return one.kind == lists::JobKind::attribute && one.fact == right; });
    ASSERT_NE(corrected, job->end());
    EXPECT_EQ(corrected->told.integer("changed"), 1);
    EXPECT_EQ(corrected->told.integer("left"), 1);
    EXPECT_EQ(std::count_if(job->begin(), job->end(), [](const lists::Job& one) { return one.kind == lists::JobKind::inside; }), 2) << "and the machine behind it is looked for again";
    const auto said = state->read([&](store::Transaction& tx) { return lists::said_before(tx, list.id, 1, 2); });
    ASSERT_TRUE(said) << said.error().text;
    ASSERT_EQ(said->size(), 1U) << "what was said before is kept";
    EXPECT_EQ(said->at(1).front().by_fact, right);
    // Wrong again: what has left comes back into its own case.
    const auto ended = facts->change(root_actor, kNow, [&](store::Transaction& tx) { return directory::Facts::end(tx, root_actor, right, *parse_time("2024-01-01T00:00:00Z"), "wrong decision", {}, kNow); });
    ASSERT_TRUE(ended) << ended.error().text;
    work();
    EXPECT_EQ(items(1), "203.0.113.5 open, 203.0.113.99 open");
    EXPECT_EQ(items(2), "203.0.113.5 closed not-ours");
    const auto relapses = state->read([&](store::Transaction& tx) { return tx.first<std::int64_t>("select sum(relapses) from case_item", {}); });
    EXPECT_EQ(std::get<0>(**relapses), 0) << "nobody was infected a second time";
}

TEST_F(ListInside, TellsWhatACorrectionWouldChangeAndChangesNothing) {
    fact("range", R"({"range":"203.0.113.0/24"})", 1);
    const lists::List list = keep(std::string{kHead} + std::string{kRow} + "203.0.113.99,,19/11/2025 09:00:00,Mirai,\n");
    const directory::FactDraft draft{.kind = "range", .organisation = kit::id_of<OrganisationTag>(2), .body = *json::parse(R"({"range":"203.0.113.0/29"})"), .from = *parse_time("2024-01-01T00:00:00Z"), .document = "6/QĐ-SM"};
    const auto plan = state->read([&](store::Transaction& tx) { return directory::Facts::add(tx, root_actor, draft, kNow); });
    ASSERT_TRUE(plan) << plan.error().text;
    lists::Attributor planned = attributor();
    planned.claims = *facts->with(*plan);
    const auto effect = lists::effect_of(*state, attributor(), planned, {});
    ASSERT_TRUE(effect) << effect.error().text;
    EXPECT_EQ(effect->rows, 2);
    EXPECT_EQ(effect->changed, 1);
    ASSERT_EQ(effect->lists.size(), 1U);
    EXPECT_EQ(effect->lists[0].list, list.id);
    ASSERT_EQ(effect->changes.size(), 1U);
    EXPECT_EQ(effect->changes[0].subject, "203.0.113.5");
    EXPECT_EQ(effect->changes[0].organisation_was, kit::id_of<OrganisationTag>(1));
    EXPECT_EQ(effect->changes[0].organisation_is, kit::id_of<OrganisationTag>(2));
    const auto rows = state->read([&](store::Transaction& tx) { return lists::rows(tx, access::Scope::node(), list.id, {}, 0, 10); });
    EXPECT_EQ(rows->front().organisation, kit::id_of<OrganisationTag>(1));
    EXPECT_EQ(lists::effect_of(*state, attributor(), planned, {.rows = 0})->cut, true);
}

// The node went down when a list was kept, before the cases and detection heard of it: at the next start they do.
TEST_F(ListInside, TellsOfAListWhoseRequestWasCutOff) {
    fact("range", R"({"range":"203.0.113.0/24"})", 1);
    const lists::List list = keep(std::string{kHead} + std::string{kRow} + "203.0.113.99,,19/11/2025 09:00:00,Mirai,\n", "botnet", true);
    const auto items = [&] { return state->read([&](store::Transaction& tx) { return cases::items(tx, access::Scope::node(), std::nullopt, std::nullopt, "", 100); }).value().size(); };
    work();
    EXPECT_EQ(items(), 0U) << "as long as the request may still do it, the worker does not";
    ASSERT_TRUE(lists::recover(place()));
    const auto elsewhere = state->read([](store::Transaction& tx) { return lists::next_job(tx, false); });
    ASSERT_TRUE(elsewhere) << elsewhere.error().text;
    EXPECT_FALSE(elsewhere->has_value()) << "where no server works on the node's own records it waits";
    work();
    EXPECT_EQ(items(), 2U);
    ASSERT_EQ(own_records.size(), 2U);
    EXPECT_EQ(own_records.front().envelope.organisation, kit::id_of<OrganisationTag>(1));
    EXPECT_EQ(last.kind, lists::JobKind::tell);
    EXPECT_EQ(last.told.integer("findings"), 2);
    EXPECT_EQ(last.told.integer("opened").value_or(0) + last.told.integer("joined").value_or(0), 2);
    // A request that ends well leaves nothing to the worker.
    const lists::List other = keep(std::string{kHead} + std::string{kRow}, "other", true);
    const lists::ListTold told = lists::tell({.state = *state, .clock = clock, .random = random}, other, false, "user:an");
    EXPECT_EQ(told.trouble, "");
    ASSERT_TRUE(state->write([&](store::Transaction& tx) { return lists::end_telling(tx, other.id, told, clock.now()); }));
    ASSERT_TRUE(lists::recover(place()));
    work();
    EXPECT_EQ(last.kind, lists::JobKind::inside);
    EXPECT_EQ(own_records.size(), 2U);
}

TEST_F(ListInside, EndsACorrectionThatWasCutOffInTheMiddle) {
    fact("range", R"({"range":"203.0.113.0/24"})", 1);
    const lists::List list = keep(std::string{kHead} + std::string{kRow});
    ASSERT_TRUE(lists::tell_cases(*state, list, "user:an", random, clock.now()));
    work();
    fact("range", R"({"range":"203.0.113.0/29"})", 2);
    // The node went down when the rows were changed, before the cases heard of it.
    ASSERT_TRUE(lists::attribute_again(place(), list.id, attributor(), true, root_actor, clock.now()));
    work();
    const auto found = state->read([&](store::Transaction& tx) { return cases::items(tx, access::Scope::node(), std::nullopt, std::nullopt, "", 100); });
    ASSERT_TRUE(found) << found.error().text;
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ((*found)[0].state, cases::ItemState::closed);
    EXPECT_EQ((*found)[1].organisation, kit::id_of<OrganisationTag>(2));
    EXPECT_EQ((*found)[1].state, cases::ItemState::open);
}

}  // namespace

}  // namespace vg::server::list_inside_test

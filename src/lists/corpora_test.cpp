// Lists of others with what others' parsers make of them: who is affected, when, with what. What is not a list of victims, or what
// nobody says the roles of, must be asked about and never be supposed.
#include <iostream>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/json.h"
#include "lists/reading_test_content.h"

namespace vg::lists::corpora_test {
namespace {

using namespace samples;
namespace fs = std::filesystem;

fs::path corpus(const std::string& name) { return fs::path{VG_SOURCE_DIR} / ".." / "shared" / "corpora" / name; }

// A corpus that comes packed, unpacked by tools/unpack-corpora; empty when the corpora are not there.
fs::path unpacked(const std::string& name) {
    const std::string command = "'" VG_SOURCE_DIR "/tools/unpack-corpora' " + name + " > /dev/null 2>&1";
    if (std::system(command.c_str()) != 0) return {};
    return fs::path{VG_SOURCE_DIR "/build/corpora"} / name;
}

ReadOptions any_time(std::string name) {
    ReadOptions how = options(std::move(name));
    how.now = {};
    return how;
}

json::Value parsed(const fs::path& path) { return json::parse(file_text(path), {.bytes = std::size_t{64} << 20}).value_or(json::Value{}); }

// One computer may be seen twice in a second: then the port tells.
const Record* find_record(const Reading& reading, std::string_view victim, std::optional<Time> seen, std::optional<std::int64_t> port) {
    const Record* found = nullptr;
    for (const Record& record : reading.records) {
        if (record.seen != seen || (victim_of(record) != victim && (!record.address || record.address->text() != victim))) continue;
        if (found == nullptr || (port && record.port == *port)) found = &record;
    }
    return found;
}

// A row with broken quotes is not read as if it were whole: it is rejected with its reason and can be seen.
bool is_rejected(const Reading& reading, std::string_view victim) {
    for (const RowView& row : reading.rejected_rows)
        if (row.reason.find("quote") != std::string::npos && row.cells.at(0).find(victim) != std::string::npos) return true;
    return false;
}

std::string tell(const std::map<std::string, std::size_t>& counts) {
    std::string out;
    for (const auto& [what, count] : counts) out += format("; {} {}", count, what);
    return out;
}

// Whom the report is sent for; the others' parser takes the source of all of them. In one report that is who attacks, and the target
// is who is told; in another the source is not set, and the address stands among the extra fields.
std::string expected_victim(const std::string& report, const json::Value& event) {
    if (report == "event4_honeypot_ddos_target") return event.text("destination.ip").value_or("");
    if (report == "event4_sinkhole_http_referer") return event.text("extra.http_referer_ip").value_or("");
    if (report == "phish_url") return event.text("source.url").value_or("");
    if (const auto network = event.text("source.network"); network && !event.text("source.ip")) return network->substr(0, network->find('/'));  // stands for its addresses
    return event.text("source.ip").value_or("");
}

TEST(Corpora, EveryReportOfShadowserverTellsWhoWhenAndWhat) {
    const fs::path folder = corpus("shadowserver-intelmq");
    if (!fs::exists(folder)) GTEST_SKIP() << "no corpora beside the clone";
    std::size_t events = 0, reports = 0, rows = 0, broken = 0, found = 0;
    std::map<std::string, std::size_t> profiles;
    const json::Value index = parsed(folder / "index.json");
    for (const json::Value& entry : index.as_array()) {
        const std::string csv = entry.text("csv").value_or(""), report = csv.substr(0, csv.rfind('.'));
        const Reading reading = read(file_text(folder / "csv" / csv), any_time(csv));
        EXPECT_EQ(questions_of(reading), "") << csv;
        EXPECT_TRUE(reading.profile.starts_with("shadowserver")) << csv << " " << reading.profile;
        for (const RowView& row : reading.rejected_rows) EXPECT_EQ(row.reason, "text stands behind a closing quote") << csv;
        broken += reading.rejected;
        EXPECT_EQ(reading.zone, "UTC");
        ++profiles[reading.profile];
        ++reports;
        rows += reading.read;
        const json::Value document = parsed(folder / "expected" / entry.text("expected").value_or(""));
        const json::Value* groups = document.find("events");
        ASSERT_NE(groups, nullptr);
        for (const auto& [group, list] : groups->as_object()) {
            for (const json::Value& event : list.as_array()) {
                const std::string victim = expected_victim(report, event);
                const Record* record = find_record(reading, victim, parse_time(event.text("time.source").value_or("")), event.integer("source.port"));
                ++events;
                if (record == nullptr) {
                    EXPECT_TRUE(is_rejected(reading, victim)) << csv << ": no record of " << victim;
                    continue;
                }
                ++found;
                const bool reversed = report == "event4_honeypot_ddos_target";
                if (const auto asn = event.integer("source.asn"); asn && !reversed) {
                    EXPECT_EQ(record->asn, *asn) << csv;
                }
                if (const auto port = event.integer("source.port"); port && !reversed) {
                    EXPECT_EQ(record->port, *port) << csv;
                }
                // "ddos" is what is done; the family is mirai.
                if (const auto family = event.text("malware.name"); family && *family != "ddos") {
                    EXPECT_EQ(fold(record->family), fold(*family)) << csv;
                }
                if (const auto protocol = event.text("protocol.transport"); protocol && !record->protocol.empty()) {
                    EXPECT_EQ(record->protocol, *protocol) << csv;
                }
                if (const auto destination = event.text("destination.ip"); destination && !reversed) {
                    EXPECT_EQ(record->destination, *destination) << csv;
                }
                if (const auto port = event.integer("destination.port"); port && !reversed) {
                    EXPECT_EQ(record->destination_port, *port) << csv;
                }
                EXPECT_EQ(record->c2, "") << csv << ": a sinkhole is no control server";
            }
        }
    }
    EXPECT_EQ(reports, 54U);
    EXPECT_EQ(events, 149U);
    EXPECT_EQ(found, 146U);
    EXPECT_EQ(broken, 3U);
    // Without the file's name the two reports of flooding cannot be told apart.
    EXPECT_EQ(questions_of(read(file_text(folder / "csv" / "event4_honeypot_ddos_target.csv"), any_time("a.csv"))), "victim");
    EXPECT_EQ(questions_of(read(file_text(folder / "csv" / "event4_honeypot_ddos.csv"), any_time("a.csv"))), "victim");
    std::cout << "[figure] shadowserver-intelmq: " << reports << " reports, " << rows << " rows, " << broken << " of them with broken quotes; " << found << " of " << events << " expected events" << tell(profiles) << "\n";
}

TEST(Corpora, ReportsThatN6ReadsGiveItsRecords) {
    const fs::path folder = corpus("n6-parsers");
    if (!fs::exists(folder)) GTEST_SKIP() << "no corpora beside the clone";
    std::size_t reports = 0, records = 0, inputs = 0, refused = 0, asked = 0, empty = 0, broken = 0;
    for (const auto& file : fs::directory_iterator{folder}) {
        const std::string name = file.path().filename().string();
        if (!name.ends_with(".expected.json")) continue;
        const std::string stem = name.substr(0, name.size() - std::string_view{".expected.json"}.size());
        ++inputs;
        const fs::path csv = folder / (stem + ".csv");
        if (!fs::exists(csv)) {
            // Feeds of other kinds have no roles that anybody told: they are refused or asked about.
            const auto reading = read_list(file_text(folder / (stem + ".txt")), any_time(stem));
            if (!reading) {
                ++refused;
                continue;
            }
            EXPECT_NE(questions_of(*reading), "") << stem;
            EXPECT_TRUE(reading->records.empty()) << stem;
            ++asked;
            continue;
        }
        const json::Value document = parsed(file.path());
        const json::Value* expected = document.find("expected");
        if (expected == nullptr || !expected->is_array() || expected->as_array().empty()) {
            ++empty;  // the parser must make nothing of it; what we make of it is tested by hand
            continue;
        }
        const Reading reading = read(file_text(csv), any_time(stem + ".csv"));
        EXPECT_EQ(questions_of(reading), "") << stem;
        ++reports;
        for (const json::Value& event : expected->as_array()) {
            const json::Value* addresses = event.find("address");
            if (addresses == nullptr) continue;
            const std::string victim = addresses->as_array().at(0).text("ip").value_or("");
            const Record* record = find_record(reading, victim, parse_time(event.text("time").value_or("")), event.integer("sport"));
            ++records;
            if (record == nullptr) {
                EXPECT_TRUE(is_rejected(reading, victim)) << stem << ": no record of " << victim;
                ++broken;
                continue;
            }
            // In reports of scans the port is that of the service, which n6 calls the destination's.
            if (const auto port = event.integer("dport")) {
                EXPECT_EQ(record->destination_port ? record->destination_port : record->port, *port) << stem;
            }
            if (const auto port = event.integer("sport")) {
                EXPECT_EQ(record->port, *port) << stem;
            }
            if (const auto address = event.text("dip")) {
                EXPECT_EQ(record->destination, *address) << stem;
            }
        }
    }
    EXPECT_EQ(inputs, 108U);
    EXPECT_GT(reports, 35U);
    std::cout << "[figure] n6-parsers: " << inputs << " inputs; " << reports << " Shadowserver reports with " << records << " records, of which " << broken << " stand in rows with broken quotes; " << empty << " of which n6 makes nothing; of other feeds " << asked
              << " are asked about and " << refused << " refused\n";
}

TEST(Corpora, EventsOfIntelMqAreReadAsItExportsThem) {
    const fs::path folder = corpus("intelmq-parsers");
    if (!fs::exists(folder)) GTEST_SKIP() << "no corpora beside the clone";
    std::size_t events = 0, found = 0, without = 0;
    std::string lines;
    std::vector<std::pair<std::string, std::string>> expected;  // victim and time
    const auto take = [&](const json::Value& event) {
        if (!event.is_object() || !event.text("classification.type")) return;
        ++events;
        std::string victim = event.text("source.url").value_or("");
        if (victim.empty()) victim = event.text("source.ip").value_or(event.text("source.fqdn").value_or(""));
        if (victim.empty()) {
            ++without;
            return;
        }
        lines += event.dump() + "\n";
        expected.emplace_back(victim, event.text("time.source").value_or(""));
    };
    for (const auto& file : fs::recursive_directory_iterator{folder}) {
        if (file.path().extension() != ".json") continue;
        const json::Value document = parsed(file.path());
        const json::Value* groups = document.find("events");
        if (groups == nullptr || !groups->is_object()) continue;
        for (const auto& [group, list] : groups->as_object()) {
            if (list.is_array())
                for (const json::Value& event : list.as_array()) take(event);
            else take(list);
        }
    }
    const Reading reading = read(lines, any_time("events.json"));
    EXPECT_EQ(questions_of(reading), "");
    EXPECT_EQ(reading.profile, "intelmq");
    std::set<std::string> rejected;
    for (const RowView& row : reading.rejected_rows) rejected.insert(row.reason);
    for (const auto& [victim, time] : expected) {
        const auto seen = parse_time(time);
        for (const Record& record : reading.records) {
            const bool same = victim_of(record) == victim || record.host == victim || (record.address && record.address->text() == victim) || record.url.find(victim) != std::string::npos;
            if (same && (!seen || record.seen == seen)) {
                ++found;
                break;
            }
        }
    }
    std::cout << "[figure] intelmq-parsers: " << events << " expected events, " << without << " name nobody; " << reading.read << " rows = " << reading.accepted << " accepted + " << reading.duplicate << " repeated + " << reading.rejected
              << " rejected; " << found << " of " << expected.size() << " found as written\n";
    for (const std::string& reason : rejected) std::cout << "  rejected: " << reason << "\n";
    EXPECT_GT(found * 100, expected.size() * 90);
}

TEST(Corpora, XArfReportsTellTheirSource) {
    const fs::path folder = unpacked("x-arf");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    std::size_t positive = 0, negative = 0, told = 0;
    std::map<std::string, std::size_t> others;
    for (const auto& file : fs::recursive_directory_iterator{folder}) {
        const std::string path = fs::relative(file.path(), folder).string();
        if (file.path().extension() != ".json" || path.find("/samples/") == std::string::npos) continue;
        const std::string bytes = file_text(file.path());
        const auto reading = read_list(bytes, any_time("report.json"));
        if (path.find("/negative/") != std::string::npos) {
            ++negative;
            if (reading) {
                EXPECT_EQ(reading->read, reading->accepted + reading->duplicate + reading->rejected);
            }
            continue;
        }
        ++positive;
        ASSERT_TRUE(reading) << path << ": " << reading.error().text;
        const json::Value document = json::parse(bytes).value_or(json::Value{});
        std::string source = document.text("source_identifier").value_or("");
        if (const json::Value* report = document.find("Report")) {
            source = report->text("SourceIp").value_or("");
            if (const json::Value* inner = report->find("Source")) source = inner->text("IP").value_or(source);
        }
        if (source.empty()) {
            ++others["name no address: " + questions_of(*reading)];
            continue;
        }
        EXPECT_EQ(questions_of(*reading), "") << path;
        EXPECT_EQ(reading->form, "x-arf") << path;
        if (reading->records.size() != 1) {
            ++others["rejected: " + (reading->rejected_rows.empty() ? std::string{} : reading->rejected_rows[0].reason)];
            continue;
        }
        const Record& record = reading->records[0];
        if (const auto address = parse_address(source)) {
            EXPECT_EQ(record.address, *address) << path;
        }
        ++told;
    }
    EXPECT_GT(positive, 80U);
    std::cout << "[figure] x-arf: " << positive << " samples that must be read, " << told << " tell their source" << tell(others) << "; " << negative << " that must not validate are read without harm\n";
}

TEST(Corpora, MispAndStixNameNobodyByThemselves) {
    const fs::path folder = unpacked("misp-events");
    if (folder.empty()) GTEST_SKIP() << "no corpora beside the clone";
    std::size_t misp = 0, stix = 0, refused = 0, others = 0, with_sources = 0;
    for (const auto& file : fs::recursive_directory_iterator{folder}) {
        const std::string path = fs::relative(file.path(), folder).string();
        if (!file.is_regular_file() || (file.path().extension() != ".json" && file.path().extension() != ".csv")) continue;
        const std::string bytes = file_text(file.path());
        const auto reading = read_list(bytes, any_time(path));
        if (!reading) {
            ++refused;
            continue;
        }
        EXPECT_TRUE(reading->records.empty()) << path;
        EXPECT_NE(questions_of(*reading), "") << path;
        if (reading->form != "misp") {
            ++(reading->form == "stix" ? stix : others);
            continue;
        }
        ++misp;
        ReadOptions told = any_time(path);
        told.columns["ip src"] = Role::victim;
        const auto again = read_list(bytes, told);
        ASSERT_TRUE(again) << path;
        if (again->records.empty()) continue;
        ++with_sources;
        for (const Record& record : again->records) EXPECT_NE(bytes.find(record.address ? record.address->text() : record.host), std::string::npos) << path;
    }
    EXPECT_GT(misp, 5U);
    EXPECT_GT(stix, 3U);
    std::cout << "[figure] misp-events: " << misp << " MISP files and " << stix << " STIX bundles ask who is affected, " << others << " other files too; " << with_sources << " give records once the sources are said to be; " << refused
              << " hold no place in a network\n";
}

}  // namespace
}  // namespace vg::lists::corpora_test

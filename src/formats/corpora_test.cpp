// What becomes of others' logs: which format takes each record, what is not understood and why (docs/formats.md is made of
// it), and whether the fields are those that the corpora's own expectations name.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "base/ip.h"
#include "base/json.h"
#include "base/text.h"
#include "formats/community_id.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

namespace fs = std::filesystem;

const Library& full_library() {
    static const auto* const kept = [] {
        std::vector<std::pair<std::string, std::string>> files;
        for (const auto& entry : fs::directory_iterator{fs::path{VG_SOURCE_DIR} / "content/mappings"})
            if (entry.path().extension() == ".yaml") files.emplace_back(entry.path().filename(), testing::read_file(entry.path()));
        std::sort(files.begin(), files.end());
        return new std::shared_ptr<const Library>{Library::make(files).value()};
    }();
    return **kept;
}

struct Tally {
    std::size_t records = 0, own = 0, general = 0;
    std::map<std::string, std::size_t> formats, reasons, places;
    std::size_t damage = 0;

    void add(const Outcome& outcome, const std::string& place) {
        ++records;
        if (!outcome.unparsed.empty()) {
            ++reasons[std::string{outcome.unparsed}];
            ++places[place];
            return;
        }
        ++formats[std::string{outcome.event.format}];
        const bool any = outcome.event.format == "json" || outcome.event.format == "syslog" || outcome.event.format == "keyvalue";
        ++(any ? general : own);
    }
};

// Everything of a file; `take` sees each event.
template <class Take>
void read_file(const fs::path& path, Tally& tally, Take take, std::size_t most = SIZE_MAX) {
    const std::string bytes = testing::read_file(path);
    auto splitter = split_file({}, [&](std::uint64_t number, std::string_view raw, std::string_view known) {
        const testing::Read got{testing::record(raw, known), full_library()};
        tally.add(got.outcome, path.parent_path().filename());
        take(got);
        return number < most;
    });
    (void)splitter->feed(bytes);
    tally.damage += splitter->finish().value().damage.size();
}
// For the page: files are alike within themselves.
constexpr std::size_t kMostOfEach = 2000;
void read_file(const fs::path& path, Tally& tally) {
    read_file(path, tally, [](const testing::Read&) {}, kMostOfEach);
}

std::vector<std::string> lines_of(const fs::path& path) {
    std::vector<std::string> lines;
    std::istringstream text{testing::read_file(path)};
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

// The corpora and how their records are found.
std::optional<std::map<std::string, Tally>> tally_all() {
    std::map<std::string, Tally> all;
    for (const char* name : {"suricata-eve", "zeek-baselines", "zeek-wrccdc", "log-parsing-crowdsec"}) {
        const auto folder = testing::corpus(name);
        if (!folder) return std::nullopt;
        for (const char* extension : {".json", ".ndjson", ".log"})
            for (const fs::path& path : testing::files_under(*folder, extension))
                if (path.filename() != "eve-schema.json") read_file(path, all[name]);
    }
    const auto wazuh = testing::corpus("log-parsing-wazuh");
    const auto cloud = testing::corpus("cloud-events-panther");
    const auto otrf = testing::corpus("otrf-security-datasets");
    if (!wazuh || !cloud || !otrf) return std::nullopt;
    for (const fs::path& path : testing::files_under(*wazuh, ".ini"))
        for (const std::string& line : lines_of(path))
            if (const std::size_t at = line.find(" pass = "); line.starts_with("log ") && at != std::string::npos)
                all["log-parsing-wazuh"].add(testing::Read{testing::record(line.substr(at + 8)), full_library()}.outcome, path.stem());
    for (const std::string& line : lines_of(*cloud / "events.ndjson")) {
        const auto tree = json::parse(line);
        if (!tree || tree->find("log") == nullptr) continue;
        all["cloud-events-panther"].add(testing::Read{testing::record(tree->find("log")->dump()), full_library()}.outcome, "events");
    }
    for (const fs::path& path : testing::files_under(*otrf, ".log")) read_file(path, all["otrf-security-datasets (not Windows)"]);
    for (const fs::path& path : testing::files_under(*otrf, ".json"))
        if (path.filename().string().starts_with("ec2_") || path.filename().string().starts_with("syslog_")) read_file(path, all["otrf-security-datasets (not Windows)"]);
    return all;
}

std::string page_of(const std::map<std::string, Tally>& all) {
    std::string page =
        "# Formats against others' logs\n\nMade by `tools/update-formats`; a test fails when it is out of date. A record is in its own format when a format or mapping of\n"
        "its product took it, in a general one when only its JSON, syslog header or name=value pairs were read, and not understood when it\n"
        "became an event with its text and the reason. Of a file at most the first 2,000 records are read.\n\n| corpus | records | own format | general | not understood |\n|---|---|---|---|---|\n";
    for (const auto& [name, tally] : all)
        page += format("| {} | {} | {} | {} | {} |\n", name, tally.records, tally.own, tally.general, tally.records - tally.own - tally.general);
    for (const auto& [name, tally] : all) {
        page += format("\n## {}\n\n", name);
        std::vector<std::pair<std::string, std::size_t>> formats{tally.formats.begin(), tally.formats.end()};
        std::stable_sort(formats.begin(), formats.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        std::string list;
        for (const auto& [which, count] : formats) list += format("{}{} {}", list.empty() ? "" : ", ", which, count);
        page += "Taken by: " + list + ".\n";
        std::vector<std::pair<std::string, std::size_t>> reasons{tally.reasons.begin(), tally.reasons.end()};
        std::stable_sort(reasons.begin(), reasons.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        if (!reasons.empty()) page += "\nNot understood:\n\n";
        for (std::size_t i = 0; i < reasons.size() && i < 12; ++i) page += format("- {} × {}\n", reasons[i].second, reasons[i].first);
        if (reasons.size() > 12) page += format("- and {} other reasons\n", reasons.size() - 12);
        std::vector<std::pair<std::string, std::size_t>> places{tally.places.begin(), tally.places.end()};
        std::stable_sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        list.clear();
        for (std::size_t i = 0; i < places.size() && i < 40; ++i) list += format("{}{} {}", list.empty() ? "" : ", ", places[i].first, places[i].second);
        if (places.size() > 40) list += format(" and {} others", places.size() - 40);
        if (!list.empty()) page += "\nBy where they stand: " + list + ".\n";
        if (tally.damage > 0) page += format("\nPlaces in files that are damaged: {}.\n", tally.damage);
    }
    return page;
}

TEST(Corpora, ThePageOfFormatsIsUpToDate) {
    const auto all = tally_all();
    if (!all) GTEST_SKIP() << "no corpora beside the repository";
    const fs::path file = fs::path{VG_SOURCE_DIR} / "docs/formats.md";
    const std::string page = page_of(*all);
    if (std::getenv("VG_UPDATE_FORMATS") != nullptr) std::ofstream{file} << page;
    EXPECT_EQ(testing::read_file(file), page) << "run tools/update-formats";
}

TEST(Corpora, CommunityIdsAreThoseOfTheBaselines) {
    const fs::path folder = fs::path{VG_SOURCE_DIR} / "../shared/corpora/community-id/baseline";
    if (!fs::exists(folder)) GTEST_SKIP() << "no corpora beside the repository";
    std::size_t count = 0;
    for (const auto& [file, seed, base64] : {std::tuple{"baseline_deflt.json", 0, true}, {"baseline_seed1.json", 1, true}, {"baseline_nob64.json", 0, false}}) {
        const auto table = json::parse(testing::read_file(folder / file));
        ASSERT_TRUE(table) << file;
        for (const json::Value& row : table->as_array()) {
            FiveTuple tuple{.protocol = static_cast<int>(row.find("proto")->as_int()), .source = *parse_address(row.find("saddr")->as_text()), .destination = *parse_address(row.find("daddr")->as_text())};
            const auto port = [&row](const char* name) { return row.find(name) == nullptr || !row.find(name)->is_int() ? std::uint16_t{0} : static_cast<std::uint16_t>(row.find(name)->as_int()); };
            tuple.source_port = port("sport");
            tuple.destination_port = port("dport");
            EXPECT_EQ(community_id(tuple, static_cast<std::uint16_t>(seed), base64), row.find("communityid")->as_text()) << file << ": " << row.dump();
            ++count;
        }
    }
    EXPECT_GT(count, 60U);
}

TEST(Corpora, SuricatasSignaturesAreAllThere) {
    const auto folder = testing::corpus("suricata-eve");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::size_t sets = 0, given = 0;
    for (const auto& entry : fs::directory_iterator{*folder / "suricata-sample-data"}) {
        std::multiset<std::string> names, ids;
        Tally tally;
        read_file(entry.path() / "alerts-only.ndjson", tally, [&](const testing::Read& got) {
            EXPECT_EQ(got.event().format, "suricata");
            names.insert(got.text("rule.name"));
            ids.insert(got.text("rule.id"));
            if (got.event().find("community_id") != nullptr) ++given;
        });
        // Lists of what jq gave, one value a line; the sets are of the events that are there.
        for (const auto& [file, values] : {std::pair{"signature-list.txt", &names}, {"ids-list.txt", &ids}}) {
            std::set<std::string> listed;
            for (const std::string& line : lines_of(entry.path() / file))
                if (!line.empty() && line.front() != '#') listed.insert(line.front() == '"' ? json::parse(line)->as_text() : std::string{trim(line)});
            for (const std::string& value : *values) EXPECT_TRUE(listed.contains(value)) << entry.path() << " " << value;
            EXPECT_EQ(std::set<std::string>(values->begin(), values->end()), listed) << entry.path() << " " << file;
        }
        ++sets;
    }
    EXPECT_EQ(sets, 3U);
}

TEST(Corpora, CommunityIdsOfSuricataAndOursAgree) {
    const auto folder = testing::corpus("suricata-eve");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::size_t agreed = 0;
    for (const fs::path& path : testing::files_under(*folder, ".json")) {
        if (path.filename() == "eve-schema.json") continue;
        Tally tally;
        read_file(path, tally, [&](const testing::Read& got) {
            const event::Event& event = got.event();
            const auto source = parse_address(event.text(event::Ecs::source_ip));
            const auto destination = parse_address(event.text(event::Ecs::destination_ip));
            const std::string_view transport = event.text(event::Ecs::network_transport);
            if (event.find("community_id") == nullptr || !source || !destination || (transport != "tcp" && transport != "udp")) return;
            const FiveTuple tuple{.protocol = transport == "tcp" ? 6 : 17, .source = *source, .destination = *destination,
                                  .source_port = static_cast<std::uint16_t>(event.find(event::Ecs::source_port)->integer), .destination_port = static_cast<std::uint16_t>(event.find(event::Ecs::destination_port)->integer)};
            EXPECT_EQ(community_id(tuple, 13), got.text("community_id"));  // the seed that SELKS sets
            ++agreed;
        });
    }
    EXPECT_GT(agreed, 0U);
}

TEST(Corpora, ZeeksTablesHaveARecordForEachLine) {
    const auto folder = testing::corpus("zeek-baselines");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::size_t files = 0;
    for (const fs::path& path : testing::files_under(*folder, ".log")) {
        Tally tally;
        std::size_t lines = 0;
        for (const std::string& line : lines_of(path)) lines += !line.empty() && line.front() != '#' ? 1 : 0;
        read_file(path, tally);
        EXPECT_EQ(tally.records, lines) << path;
        EXPECT_TRUE(tally.reasons.empty()) << path << ": " << tally.reasons.begin()->first;
        ++files;
    }
    EXPECT_EQ(files, 544U);
}

// Reals within a millionth, times within a microsecond; what Zeek adds to its JSON alone is left out.
std::string comparable(const event::Event& event) {
    std::string text = to_rfc3339(Time{event.occurred.micros / 10 * 10});
    std::vector<std::string> all;
    for (const event::Field& field : event.fields) {
        if (field.name == "_write_ts" || field.name == "ts" || field.ecs != event::Ecs::none || field.text.empty()) continue;
        const auto number = field.type == event::Type::text ? parse_real(field.text) : field.type == event::Type::real ? std::optional{field.real} : field.type == event::Type::integer ? std::optional{static_cast<double>(field.integer)} : std::nullopt;
        std::optional<Time> time;
        if (field.type == event::Type::text && field.text.size() > 19 && field.text[10] == 'T') time = parse_time(field.text);
        const auto shown = time ? std::optional{static_cast<double>(time->micros) / 1e6} : number;  // JSON has times as text
        if (shown) all.push_back(*shown > 1e8 ? format("{}={:.4f}", field.name, *shown) : format("{}={:.6f}", field.name, *shown));
        else all.push_back(format("{}={}", field.name, field.text));
    }
    std::sort(all.begin(), all.end());
    for (const std::string& one : all) text += "\n" + one;
    return text;
}

TEST(Corpora, ZeeksTablesAndJsonOfOneLogAreTheSameRecords) {
    const auto folder = testing::corpus("zeek-wrccdc");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::size_t records = 0, different = 0;
    for (const fs::path& table : testing::files_under(*folder / "zeek-default", ".log")) {
        std::multiset<std::string> one, other;
        Tally tally;
        read_file(table, tally, [&one](const testing::Read& got) { one.insert(comparable(got.event())); });
        read_file(*folder / "zeek-json" / table.stem().concat(".json"), tally, [&other](const testing::Read& got) { other.insert(comparable(got.event())); });
        records += one.size();
        EXPECT_EQ(one.size(), other.size()) << table;
        std::vector<std::string> only;
        std::set_difference(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(only));
        different += only.size();
        if (!only.empty()) {
            std::vector<std::string> only_json;
            std::set_difference(other.begin(), other.end(), one.begin(), one.end(), std::back_inserter(only_json));
            ADD_FAILURE() << table << ": " << only.size() << " differ; table: " << only.front() << "\njson: " << (only_json.empty() ? std::string{} : only_json.front());
        }
    }
    std::printf("%zu records, %zu differ\n", records, different);
    EXPECT_EQ(records, 95047U);
}

// "results["s01-parse"]["crowdsecurity/x"][3].Evt.Meta["source_ip"] == "1.2.3.4"", gathered by what stands before ".Evt".
std::map<std::string, std::map<std::string, std::string>> assertions_of(const fs::path& file) {
    std::map<std::string, std::map<std::string, std::string>> all;
    for (const std::string& line : lines_of(file)) {
        const std::size_t evt = line.find(".Evt.");
        const std::size_t equals = line.find(" == \"", evt == std::string::npos ? 0 : evt);
        if (evt == std::string::npos || equals == std::string::npos || line.back() != '"') continue;
        const auto value = json::parse(line.substr(equals + 4));
        if (value && value->is_text()) all[line.substr(0, evt)][line.substr(evt + 5, equals - evt - 5)] = value->as_text();
    }
    return all;
}

TEST(Corpora, CrowdsecsExpectedAddressesAreOurs) {
    const auto folder = testing::corpus("log-parsing-crowdsec");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::map<std::string, std::pair<std::size_t, std::size_t>> by_format;  // agree, asked
    for (const fs::path& file : testing::files_under(*folder, ".assert")) {
        if (file.filename() != "parser.assert") continue;
        std::vector<std::string> lines;
        for (const fs::path& log : testing::files_under(file.parent_path(), ".log"))
            for (std::string& line : lines_of(log)) lines.push_back(std::move(line));
        std::set<std::string> done;
        for (const auto& [place, facts] : assertions_of(file)) {
            const auto address = facts.find("Meta[\"source_ip\"]");
            const auto message = facts.find("Parsed[\"message\"]");
            if (address == facts.end() || message == facts.end() || message->second.size() < 12 || !parse_address(address->second)) continue;
            const auto line = std::find_if(lines.begin(), lines.end(), [&](const std::string& one) { return one.ends_with(message->second); });
            if (line == lines.end() || !done.insert(*line).second) continue;
            const testing::Read got{testing::record(*line), full_library()};
            const std::string name{got.event().format};
            if (!got.outcome.unparsed.empty() || name == "json" || name == "syslog" || name == "keyvalue") continue;
            auto& [agree, asked] = by_format[name];
            ++asked;
            if (got.text("source.ip") == parse_address(address->second)->text()) ++agree;
            else ADD_FAILURE() << file.parent_path().filename() << ": " << name << " gives " << got.text("source.ip") << " and not " << address->second << " of " << *line;
        }
    }
    std::size_t asked = 0;
    for (const auto& [name, counts] : by_format) {
        std::printf("  %s: %zu of %zu\n", name.c_str(), counts.first, counts.second);
        asked += counts.second;
    }
    EXPECT_GT(asked, 150U);
}

// The products of Wazuh's decoders that have a format here.
TEST(Corpora, WazuhsLinesAreTakenByTheFormatOfTheirProduct) {
    const auto folder = testing::corpus("log-parsing-wazuh");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    const std::map<std::string, std::set<std::string>> products{{"cisco-ftd", {"cisco-asa"}}, {"pix", {"cisco-asa"}}, {"web-accesslog", {"web-access"}}, {"apache-errorlog", {"apache-error"}},
                                                                {"nginx-errorlog", {"nginx-error"}}, {"sophos-fw", {"sophos-xg"}}, {"sudo", {"sudo"}}, {"sshd", {"sshd"}}, {"postgresql_log", {"postgresql"}},
                                                                {"squid-accesslog", {"squid"}}, {"iptables", {"netfilter"}}};
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (const fs::path& path : testing::files_under(*folder, ".ini")) {
        std::vector<std::string> held;
        for (const std::string& line : lines_of(path)) {
            if (line.starts_with("[")) held.clear();
            if (const std::size_t at = line.find(" pass = "); line.starts_with("log ") && at != std::string::npos) held.push_back(line.substr(at + 8));
            if (!line.starts_with("decoder")) continue;
            const auto product = products.find(std::string{trim(line.substr(line.find('=') + 1))});
            if (product == products.end()) continue;
            for (const std::string& raw : held) {
                const testing::Read got{testing::record(raw), full_library()};
                auto& [agree, asked] = counts[product->first];
                ++asked;
                if (product->second.contains(std::string{got.event().format})) ++agree;
                else ADD_FAILURE() << path.filename() << ": " << got.event().format << " takes " << raw;
            }
        }
    }
    for (const auto& [name, count] : counts) std::printf("  %s: %zu of %zu\n", name.c_str(), count.first, count.second);
    EXPECT_FALSE(counts.empty());
}

TEST(Corpora, CloudEventsAreTakenByTheMappingOfTheirLog) {
    const auto folder = testing::corpus("cloud-events-panther");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    const std::map<std::string, std::string> wanted{{"AWS.CloudTrail", "cloudtrail"}, {"Azure.MonitorActivity", "azure-activity"}, {"Azure.Audit", "azure-activity"}, {"GCP.AuditLog", "gcp-audit"},
                                                    {"GSuite.ActivityEvent", "google-workspace"}, {"Okta.SystemLog", "okta"}, {"GitHub.Audit", "github-audit"}, {"Microsoft365.Audit.Exchange", "m365-audit"}};
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (const std::string& line : lines_of(*folder / "events.ndjson")) {
        const auto tree = json::parse(line);
        const json::Value* const types = tree ? tree->find("log_types") : nullptr;
        if (types == nullptr || !types->is_array() || types->as_array().size() != 1) continue;
        const auto name = wanted.find(types->as_array().front().as_text());
        if (name == wanted.end()) continue;
        const testing::Read got{testing::record(tree->find("log")->dump()), full_library()};
        auto& [agree, asked] = counts[name->first];
        ++asked;
        agree += got.event().format == name->second ? 1 : 0;
    }
    // Samples that the rules' authors cut down to what their rule asks for are not whole events of the log.
    for (const auto& [name, count] : counts) {
        std::printf("  %s: %zu of %zu\n", name.c_str(), count.first, count.second);
        EXPECT_GE(count.first * 4, count.second * 3) << name;
    }
    EXPECT_EQ(counts.size(), wanted.size());
}

}  // namespace
}  // namespace vg::formats

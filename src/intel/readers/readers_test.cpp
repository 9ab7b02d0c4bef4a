// Each form by worked cases: odd ways of writing, what is refused and why, and accounts that always add up.
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "base/time.h"
#include "intel/readers/misp.h"
#include "intel/readers/reader.h"

namespace vg::intel {
namespace {

Reading read(std::string_view reader, std::string_view bytes, std::string_view name = "list.txt") { return find_reader(reader)->read({.bytes = bytes, .name = name}); }

std::string told(const Reading& reading) {
    std::string out;
    for (const Entry& entry : reading.entries) out += format("{} {}\n", detect::indicator::name_of(entry.kind), entry.text);
    return out;
}

TEST(Readers, AListOfThemIsOneListAndKnowsItsForms) {
    EXPECT_EQ(all_readers().size(), 6U);
    EXPECT_EQ(reader_for("# Copyright (c) 2014-2026 Maltrail developers\nx.example\n", "malware/x.txt").name, "maltrail");
    EXPECT_EQ(reader_for("#\n# LOKI C2 IOCs\nx.example\n", "c2-iocs.txt").name, "signature_base");
    EXPECT_EQ(reader_for(R"({"type":"bundle","objects":[]})", "x.json").name, "stix");
    EXPECT_EQ(reader_for(R"({"Event":{"Attribute":[]}})", "x.json").name, "misp");
    EXPECT_EQ(reader_for("md5,comment\n", "x.csv").name, "csv");
    EXPECT_EQ(reader_for("198.51.100.7\n", "x.csv").name, "plain");
}

TEST(PlainList, ReadsWhatPeopleWrite) {
    const Reading reading = read("plain",
                                 "\xEF\xBB\xBF# seen in March\n"
                                 "198.51.100[.]7   # beacon\n"
                                 "hxxp://evil[.]example/a#b\r\n"
                                 "\"Evil.Example.\"\n"
                                 "||ads.example^\n.below.example\n*.wild.example\n"
                                 "0.0.0.0 one.example two.example # hosts file\n"
                                 "user[at]evil[.]example,\n"
                                 "2001:DB8::1\n"
                                 "203.0.113.0/24\n"
                                 "; nothing\n// nothing\n\n"
                                 "D41D8CD98F00B204E9800998ECF8427E\n"
                                 "198.51.100.7:443\n"
                                 "what is this\n");
    EXPECT_EQ(told(reading),
              "address 198.51.100.7\nurl http://evil.example/a\ndomain evil.example\ndomain ads.example\ndomain below.example\ndomain wild.example\ndomain one.example\ndomain two.example\n"
              "email user@evil.example\naddress 2001:db8::1\nnetwork 203.0.113.0/24\nhash d41d8cd98f00b204e9800998ecf8427e\n");
    EXPECT_EQ(reading.entries[0].comment, "beacon");
    EXPECT_EQ(reading.duplicates, 1U);
    ASSERT_EQ(reading.refusals.size(), 1U);
    EXPECT_EQ(reading.refusals[0].line, 17U);
    EXPECT_TRUE(reading.adds_up());
}

// 192.0.2.1 to 192.0.2.9 is exactly 1/32, 2/31, 4/30, 8/31.
TEST(PlainList, ARangeIsTheNetworksThatCoverIt) {
    const Reading reading = read("plain", "192.0.2.1 - 192.0.2.9\n192.0.2.9-192.0.2.1\n192.0.2.1-x\n10.0.0.0-10.255.255.255\n");
    EXPECT_EQ(told(reading), "address 192.0.2.1\nnetwork 192.0.2.2/31\nnetwork 192.0.2.4/30\nnetwork 192.0.2.8/31\nnetwork 10.0.0.0/8\n");
    EXPECT_EQ(reading.refused, 2U);
    EXPECT_TRUE(reading.adds_up());
}

TEST(PlainList, UserAgentsAreTakenAsTheyStand) {
    const Reading reading = find_reader("plain")->read({.bytes = "Mozilla/4.0 (compatible; MSIE 6.0) # x\n", .kind = Kind::user_agent});
    EXPECT_EQ(told(reading), "user_agent Mozilla/4.0 (compatible; MSIE 6.0) # x\n");
}

TEST(CsvList, ReadsByItsHeader) {
    const Reading reading = read("csv",
                                 "indicator;type;malware;confidence_level;tlp;first_seen;comment\n"
                                 "evil.example;domain;Emotet;75;amber;2024-03-01 10:00:00;\"a;b\"\n"
                                 "198.51.100.0/24;ip-dst;Emotet;high;TLP:GREEN;2024-03-01;x\n"
                                 "x.example;domain;Emotet;120;;;\n"
                                 "x.example;domain;Emotet;;purple;;\n"
                                 "x.example;mutex;;;;;\n"
                                 ";domain;;;;;\n",
                                 "x.csv");
    EXPECT_EQ(told(reading), "domain evil.example\nnetwork 198.51.100.0/24\n");
    ASSERT_EQ(reading.entries.size(), 2U);
    EXPECT_EQ(reading.entries[0].family, "Emotet");
    EXPECT_EQ(reading.entries[0].confidence, 75);
    EXPECT_EQ(reading.entries[0].tlp, Tlp::amber);
    EXPECT_EQ(to_rfc3339(*reading.entries[0].from), "2024-03-01T10:00:00Z");
    EXPECT_EQ(reading.entries[0].comment, "a;b");
    EXPECT_EQ(reading.entries[1].role, Role::destination);
    EXPECT_EQ(reading.entries[1].confidence, 85);
    EXPECT_EQ(reading.refused, 4U);
    EXPECT_EQ(reading.refusals[0].line, 4U);
    EXPECT_TRUE(reading.adds_up());
}

TEST(CsvList, FindsAHeaderInTheComments) {
    const Reading reading = read("csv",
                                 "################\n# a list of servers\n#\n# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"malware_printable\",\"confidence_level\"\n"
                                 "\"2024-03-01 10:00:00\", \"17\", \"198.51.100.7:8080\", \"ip:port\", \"Cobalt Strike, 4\", \"75\"\n# Number of entries: 1\n",
                                 "x.csv");
    EXPECT_EQ(told(reading), "address 198.51.100.7\n");
    ASSERT_EQ(reading.entries.size(), 1U);
    EXPECT_EQ(reading.entries[0].port, 8080);
    EXPECT_EQ(reading.entries[0].family, "Cobalt Strike, 4");
    EXPECT_EQ(reading.entries[0].confidence, 75);
    EXPECT_TRUE(reading.adds_up());
}

TEST(CsvList, ReadsByAMappingOfNamesAndNumbers) {
    Input input{.bytes = "2024-01-01|'evil.example'|D41D8CD98F00B204E9800998ECF8427E|Qakbot\n", .name = "x.csv"};
    input.csv = {.columns = {.values = {"2", "3"}, .family = "4", .from = "1"}, .separator = '|', .quote = '\'', .header = false};
    const Reading reading = find_reader("csv")->read(input);
    EXPECT_EQ(told(reading), "domain evil.example\nhash d41d8cd98f00b204e9800998ecf8427e\n");
    EXPECT_EQ(reading.entries[1].family, "Qakbot");
    input.csv.columns.values = {"no such"};
    const Reading refused = find_reader("csv")->read(input);
    EXPECT_EQ(refused.refused, 1U);
    EXPECT_EQ(refused.refusals[0].reason, "there is no column \"no such\"");
    EXPECT_TRUE(refused.adds_up());
}

TEST(Maltrail, NamesTheFamilyByTheFile) {
    const Reading reading = read("maltrail",
                                 "# Copyright (c) 2014-2026 Maltrail developers\n\n# Reference: https://report.example/a\n\nevil.example\n198.51.100.7:8080\nevil.example/gate.php\n"
                                 "/tbl_add.php\nhelplog[0-9]{3,4}\\.(ml|ga)\nother.example # scanner 7\n161.35.41.9:53:53\n",
                                 "malware/apt_lazarus.txt");
    EXPECT_EQ(told(reading), "domain evil.example\naddress 198.51.100.7\nurl //evil.example/gate.php\ndomain other.example\n");
    for (const Entry& entry : reading.entries) {
        EXPECT_EQ(entry.family, "apt_lazarus");
        EXPECT_EQ(entry.role, Role::destination);
    }
    EXPECT_EQ(reading.entries[0].comment, "https://report.example/a");
    EXPECT_EQ(reading.entries[1].port, 8080);
    EXPECT_EQ(reading.entries[3].comment, "scanner 7");
    EXPECT_EQ(reading.refused, 3U);
    EXPECT_TRUE(reading.adds_up());
    EXPECT_EQ(read("maltrail", "198.51.100.7\n", "mass_scanner.txt").entries[0].role, Role::source);
    // .cab is a top-level domain as well as the ending of a file; an expression in brackets is no address in brackets.
    EXPECT_EQ(told(read("maltrail", "gnkltbsaeq35rejl.onion.cab\n[a-z0-9]{10}\\.temp\\.swtest\\.ru\n[2001:db8::1]:443\n", "x.txt")), "domain gnkltbsaeq35rejl.onion.cab\naddress 2001:db8::1\n");
}

TEST(SignatureBase, ReadsItsThreeForms) {
    const Reading hashes = read("signature_base",
                                "ce583821191345274cd954b2db7da9742c239fe413fc17dcb97ffdd7b51cb072;Dark Caracal - MS Windows HtmlHelp Data\n"
                                "f6f11ad2cd2b0cf95ed42324876bee1d83e01775;40;RTCore64.sys - vulnerable driver - https://x.example\nxyz;none\n",
                                "hash-iocs.txt");
    ASSERT_EQ(hashes.entries.size(), 2U);
    EXPECT_EQ(hashes.entries[0].family, "Dark Caracal");
    EXPECT_FALSE(hashes.entries[0].confidence);
    EXPECT_EQ(hashes.entries[1].confidence, 40);
    EXPECT_EQ(hashes.refused, 1U);
    EXPECT_TRUE(hashes.adds_up());

    const Reading names = read("signature_base",
                               "# Regin\n\\\\usbclass\\.sys;80\n(?i)\\\\Evil\\.EXE$;60\n\\\\config\\\\SystemAudit\\.Evt;80\n\\\\(a|b)\\.exe;50\n(?i)\\\\procdump\\.exe;50;(?i)(SysInternals)\n",
                               "filename-iocs.txt");
    EXPECT_EQ(told(names), "file_name usbclass.sys\nfile_name evil.exe\n");
    EXPECT_EQ(names.entries[0].family, "Regin");
    EXPECT_EQ(names.entries[0].confidence, 80);
    EXPECT_EQ(names.refused, 3U);
    EXPECT_TRUE(names.adds_up());

    const Reading servers = read("signature_base", "#\n# LOKI C2 IOCs\n\n# FireEye Operation Snowman https://goo.gl/x1v7mT\neffers.example\n118.99.60.142\n", "c2-iocs.txt");
    ASSERT_EQ(servers.entries.size(), 2U);
    EXPECT_EQ(servers.entries[1].family, "FireEye Operation Snowman");
    EXPECT_EQ(servers.entries[1].role, Role::destination);
}

constexpr std::string_view kMisp = R"({"Event":{"uuid":"u1","info":"Campaign","Tag":[{"name":"tlp:green"},{"name":"misp-galaxy:malpedia=\"Emotet\""},{"name":"misp-galaxy:sector=\"Bank\""}],
"Attribute":[
 {"type":"ip-dst","value":"198.51.100.7","to_ids":true,"comment":"c2"},
 {"type":"ip-src","value":"198.51.100.8","to_ids":"1","Tag":[{"name":"tlp:red"},{"name":"misp:confidence-level=\"usually-confident\""}]},
 {"type":"ip-dst|port","value":"198.51.100.9|8443","to_ids":true},
 {"type":"domain|ip","value":"evil.example|198.51.100.10","to_ids":true},
 {"type":"filename|sha256","value":"a.exe|aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f","to_ids":true},
 {"type":"domain","value":"benign.example","to_ids":false},
 {"type":"domain","value":"gone.example","to_ids":true,"deleted":true},
 {"type":"comment","value":"hello","to_ids":false},
 {"type":"md5","value":"xyz","to_ids":true},
 {"type":"hostname|port","value":"evil.example|99999","to_ids":true}],
"Object":[{"name":"file","Tag":[{"name":"misp-galaxy:ransomware=\"LockBit\""}],"Attribute":[{"type":"md5","value":"79054025255fb1a26e4bc422aef54eb4","to_ids":true,"first_seen":"2024-01-02T03:04:05.000000+00:00"}]}]}})";

TEST(Misp, KeepsDirectionMarksAndFamilies) {
    const Reading reading = read("misp", kMisp, "x.json");
    EXPECT_EQ(told(reading),
              "address 198.51.100.7\naddress 198.51.100.8\naddress 198.51.100.9\ndomain evil.example\naddress 198.51.100.10\n"
              "hash aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f\nhash 79054025255fb1a26e4bc422aef54eb4\n");
    ASSERT_EQ(reading.entries.size(), 7U);
    EXPECT_EQ(reading.entries[0].role, Role::destination);
    EXPECT_EQ(reading.entries[0].comment, "c2");
    EXPECT_EQ(reading.entries[0].tlp, Tlp::green);
    EXPECT_EQ(reading.entries[0].family, "Emotet");
    EXPECT_EQ(reading.entries[1].role, Role::source);
    EXPECT_EQ(reading.entries[1].tlp, Tlp::red);
    EXPECT_EQ(reading.entries[1].confidence, 75);
    EXPECT_EQ(reading.entries[2].port, 8443);
    EXPECT_EQ(reading.entries[5].comment, "a.exe (Campaign)");
    EXPECT_EQ(reading.entries[6].family, "LockBit");
    EXPECT_EQ(to_rfc3339(*reading.entries[6].from), "2024-01-02T03:04:05Z");
    EXPECT_EQ(reading.refused, 5U);
    EXPECT_EQ(reading.refusals[0].place, "event u1, attribute 6");
    EXPECT_TRUE(reading.adds_up());
}

TEST(Misp, ReadsTheManifestAndHashesOfAFeed) {
    const auto events = read_misp_manifest(R"({"54884656-2da8-4625-bf07-43ef950d210b":{"info":"a","timestamp":"1418217625"}})");
    ASSERT_TRUE(events);
    EXPECT_EQ(events->front().uuid, "54884656-2da8-4625-bf07-43ef950d210b");
    EXPECT_EQ(to_rfc3339(events->front().changed), "2014-12-10T13:20:25Z");
    EXPECT_FALSE(read_misp_manifest(R"({"../../etc/passwd":{}})"));
    const auto hashes = read_misp_hashes("79054025255fb1a26e4bc422aef54eb4,54884656-2da8-4625-bf07-43ef950d210b\nbad\n");
    EXPECT_EQ(hashes.rows.size(), 1U);
    EXPECT_EQ(hashes.refused, 1U);
}

constexpr std::string_view kStix = R"({"type":"bundle","id":"bundle--1","objects":[
{"type":"indicator","id":"indicator--1","name":"C2","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","valid_until":"2025-01-01T00:00:00Z","confidence":80,
 "object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],"pattern":"[ipv4-addr:value = '198.51.100.1/32' OR domain-name:value IN ('a.example','b.example')]"},
{"type":"indicator","id":"indicator--2","pattern":"[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f' AND file:name = 'x']"},
{"type":"indicator","id":"indicator--3","pattern_type":"stix","pattern":"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.33' AND network-traffic:dst_port = 443]"},
{"type":"indicator","id":"indicator--4","pattern_type":"stix","pattern":"[process:command_line MATCHES 'x'] FOLLOWEDBY [url:value = 'http://c.example/']"},
{"type":"indicator","id":"indicator--5","pattern_type":"stix","pattern":"[url:value = 'http://c.example/' OR process:name = 'x']"},
{"type":"indicator","id":"indicator--6","pattern_type":"yara","pattern":"rule x {condition: true}"},
{"type":"indicator","id":"indicator--7","pattern_type":"stix","revoked":true,"pattern":"[url:value = 'http://d.example/']"},
{"type":"indicator","id":"indicator--8","pattern_type":"stix","indicator_types":["benign"],"pattern":"[url:value = 'http://d.example/']"},
{"type":"indicator","id":"indicator--9","pattern_type":"stix","pattern":"[file:hashes.MD5 = 'f00']"},
{"type":"indicator","id":"indicator--10","pattern_type":"stix","pattern":"[oops"},
{"type":"malware","id":"malware--1","name":"Emotet"},{"type":"threat-actor","id":"threat-actor--1","name":"TA542"},
{"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"threat-actor--1"},
{"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"malware--1"}]})";

TEST(Stix, ReadsIndicatorsAndKeepsThePatternsItCannotLookUp) {
    const Reading reading = read("stix", kStix, "x.json");
    EXPECT_EQ(told(reading),
              "address 198.51.100.1\ndomain a.example\ndomain b.example\nhash aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f\naddress 203.0.113.33\n"
              "pattern [process:command_line MATCHES 'x'] FOLLOWEDBY [url:value = 'http://c.example/']\nurl http://c.example/\npattern [url:value = 'http://c.example/' OR process:name = 'x']\n");
    ASSERT_EQ(reading.entries.size(), 8U);
    const Entry& first = reading.entries[0];
    EXPECT_EQ(first.family, "Emotet");
    EXPECT_EQ(first.tlp, Tlp::amber);
    EXPECT_EQ(first.confidence, 80);
    EXPECT_EQ(to_rfc3339(*first.until), "2025-01-01T00:00:00Z");
    EXPECT_EQ(first.comment, "C2");
    EXPECT_EQ(reading.entries[4].role, Role::destination);
    EXPECT_EQ(reading.entries[4].port, 443);
    EXPECT_EQ(reading.refused, 5U);
    EXPECT_EQ(reading.refusals[0].place, "indicator--6");
    EXPECT_TRUE(reading.adds_up());
}

// Whatever happens to the bytes, nothing is lost without being counted.
TEST(Readers, AddUpUnderRandomDamage) {
    std::mt19937 random{20240426};
    const std::pair<std::string_view, std::string> seeds[] = {{"misp", std::string{kMisp}},
                                                              {"stix", std::string{kStix}},
                                                              {"csv", "indicator,type,tlp\nevil.example,domain,green\n198.51.100.7,ip-dst,\n\"x\",url,red\n"},
                                                              {"plain", "evil.example # x\n198.51.100.1-198.51.100.77\n0.0.0.0 a.example b.example\nhxxp://x[.]example\n"},
                                                              {"maltrail", "# Reference: x\nevil.example\n198.51.100.7:80\n/x.php\n"},
                                                              {"signature_base", "# Regin\n\\\\usbclass\\.sys;80\nd41d8cd98f00b204e9800998ecf8427e;x\n"}};
    for (const auto& [name, seed] : seeds) {
        for (int round = 0; round < 3'000; ++round) {
            std::string bytes = seed;
            for (std::size_t hits = random() % 6; hits > 0 && !bytes.empty(); --hits) {
                const std::size_t at = random() % bytes.size();
                switch (random() % 4) {
                    case 0: bytes[at] = static_cast<char>(random()); break;
                    case 1: bytes.erase(at, random() % 9); break;
                    case 2: bytes.insert(at, seed.substr(random() % seed.size(), random() % 20)); break;
                    default: bytes.insert(at, 1, "\"\\,;\n[]{}'#/"[random() % 12]); break;
                }
            }
            const Reading reading = find_reader(name)->read({.bytes = bytes, .name = round % 2 == 0 ? "hash-iocs.txt" : "filename-iocs.txt", .limits = {.entries = 5}});
            ASSERT_TRUE(reading.adds_up()) << name << ": " << reading.read << " read\n" << bytes;
            ASSERT_LE(reading.entries.size(), 6U) << name;
            for (const Entry& entry : reading.entries) {
                const auto again = detect::indicator::canonical(entry.kind, entry.text);
                ASSERT_TRUE(again && again->text == entry.text) << name << ": " << entry.text;
            }
        }
    }
}

}  // namespace
}  // namespace vg::intel

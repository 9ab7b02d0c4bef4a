// Patterns asked of events. What must come out is what STIX 2.1 parts 6 and 9 say of the objects that the event tells of.
#include "detect/kinds/stix/patterns.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "detect/kinds/indicator/layout.h"
#include "detect/kinds/indicator/testing.h"
#include "detect/kinds/stix/event_kit.h"

namespace vg::detect::stix {
namespace {

using event::Ecs;
using Fields = std::vector<std::pair<Ecs, std::string>>;

bool holds(const std::string& pattern, const Fields& fields, Time occurred = kTestNow) {
    const auto prepared = prepare(pattern);
    EXPECT_TRUE(prepared) << pattern << ": " << prepared.error().text;
    const auto set = Patterns::make({pattern});
    const TestEvent made{fields, occurred};
    std::vector<Told> told;
    EXPECT_TRUE(set->ask(made.event, told));
    return !told.empty() && told[0].holds;
}

const Fields kWeb{{Ecs::source_ip, "192.0.2.10"},          {Ecs::source_port, "50123"},       {Ecs::destination_ip, "203.0.113.9"}, {Ecs::destination_port, "8443"}, {Ecs::network_transport, "TCP"},
                  {Ecs::network_protocol, "http"},         {Ecs::url_full, "http://bad.example/gate.php?id=7"}, {Ecs::url_domain, "Bad.Example."}, {Ecs::http_request_method, "POST"}, {Ecs::user_agent_original, "curl/8.5"},
                  {Ecs::source_bytes, "1200"}};
const Fields kStart{{Ecs::host_name, "pc-7"},
                    {Ecs::process_executable, "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"},
                    {Ecs::process_command_line, "powershell.exe -nop -w hidden -enc SQBFAFgA"},
                    {Ecs::process_pid, "4242"},
                    {Ecs::process_hash_sha256, "AEC070645FE53EE3B3763059376134F058CC337247C978ADD178B6CCDFB0019F"},
                    {Ecs::process_parent_executable, "C:\\Program Files\\Office\\WINWORD.EXE"},
                    {Ecs::process_parent_command_line, "WINWORD.EXE /n invoice.docm"},
                    {Ecs::process_working_directory, "C:\\Users\\lan\\"},
                    {Ecs::user_name, "lan"},
                    {Ecs::user_id, "S-1-5-21-1-2-3-1001"}};

TEST(StixPatterns, NetworkTraffic) {
    EXPECT_TRUE(holds("[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port > 8000 AND network-traffic:protocols[*] = 'tcp']", kWeb));
    EXPECT_FALSE(holds("[network-traffic:src_ref.value = '203.0.113.9']", kWeb)) << "it is the other end";
    EXPECT_TRUE(holds("[network-traffic:src_ref.value ISSUBSET '192.0.2.0/24' AND network-traffic:src_byte_count >= 1200]", kWeb));
    EXPECT_FALSE(holds("[network-traffic:src_ref.value ISSUBSET '192.0.3.0/24']", kWeb));
    EXPECT_TRUE(holds("[network-traffic:protocols[0] = 'ipv4' AND network-traffic:protocols[1] = 'tcp' AND network-traffic:protocols[2] = 'http']", kWeb)) << "6.12: from the outermost to the innermost";
    EXPECT_TRUE(holds("[network-traffic:extensions.'http-request-ext'.request_method = 'post' AND network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' LIKE 'curl/%']", kWeb));
    EXPECT_FALSE(holds("[network-traffic:dst_port = 443]", kWeb));
    EXPECT_TRUE(holds("[network-traffic:src_port IN (1, 50123)]", kWeb));
    EXPECT_FALSE(holds("[network-traffic:dst_port = '8443']", kWeb)) << "a number is no text";
}

TEST(StixPatterns, AddressesNamesAndUrls) {
    EXPECT_TRUE(holds("[ipv4-addr:value ISSUBSET '203.0.113.0/28']", kWeb));
    EXPECT_FALSE(holds("[ipv6-addr:value LIKE '%']", kWeb));
    EXPECT_TRUE(holds("[domain-name:value LIKE '%.EXAMPLE']", kWeb)) << "names have no letter case";
    EXPECT_TRUE(holds("[domain-name:value MATCHES '^BAD\\\\.']", kWeb));
    EXPECT_TRUE(holds("[url:value MATCHES 'gate\\\\.php\\\\?id=[0-9]+$']", kWeb));
    EXPECT_FALSE(holds("[url:value MATCHES 'GATE']", kWeb)) << "paths have";
    EXPECT_TRUE(holds("[ipv6-addr:value = '2001:DB8:0::1' AND ipv6-addr:value != '2001:db8::2']", {{Ecs::destination_ip, "2001:db8::1"}}));
    EXPECT_TRUE(holds("[domain-name:value = 'c2.example' AND domain-name:resolves_to_refs[*].value = '198.51.100.7']", {{Ecs::dns_question_name, "c2.example"}, {Ecs::dns_answers_data, "198.51.100.7"}}));
    EXPECT_FALSE(holds("[domain-name:value = 'c2.example' AND domain-name:resolves_to_refs[*].value = '198.51.100.8']", {{Ecs::dns_question_name, "c2.example"}, {Ecs::dns_answers_data, "198.51.100.7"}}));
    EXPECT_TRUE(holds("[url:value = 'https://a.example/x?y']", {{Ecs::url_domain, "a.example"}, {Ecs::url_scheme, "https"}, {Ecs::url_path, "/x"}, {Ecs::url_query, "y"}}));
}

TEST(StixPatterns, ProcessesAndFiles) {
    EXPECT_TRUE(holds("[process:command_line MATCHES '(?i)-enc[a-z]* [A-Za-z0-9+/]{8}' AND process:parent_ref.name = 'WINWORD.EXE']", kStart));
    EXPECT_FALSE(holds("[process:command_line MATCHES '-enc' AND process:parent_ref.name = 'EXCEL.EXE']", kStart));
    EXPECT_TRUE(holds("[process:name = 'powershell.exe' AND process:pid = 4242 AND process:cwd LIKE '%lan%']", kStart)) << "process:name is of STIX 2.0";
    EXPECT_TRUE(holds("[process:image_ref.hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']", kStart));
    EXPECT_TRUE(holds("[file:name = 'powershell.exe' AND file:hashes.SHA256 = 'AEC070645FE53EE3B3763059376134F058CC337247C978ADD178B6CCDFB0019F' AND file:parent_directory_ref.path LIKE '%\\\\System32\\\\%']", kStart));
    EXPECT_FALSE(holds("[file:name = 'WINWORD.EXE' AND file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']", kStart)) << "these are two files";
    EXPECT_TRUE(holds("[process:creator_user_ref.user_id = 'S-1-5-21-1-2-3-1001']", kStart));
    EXPECT_TRUE(holds("[file:size > 100 AND file:name LIKE '%.docm']", {{Ecs::file_path, "/home/lan/invoice.docm"}, {Ecs::file_size, "101"}}));
    EXPECT_FALSE(holds("[file:size > 100 AND file:name LIKE '%.docm']", {{Ecs::file_path, "/home/lan/invoice.docm"}, {Ecs::file_size, "100"}}));
    EXPECT_TRUE(holds("[directory:path = '/home/lan']", {{Ecs::file_path, "/home/lan/invoice.docm"}}));
    EXPECT_TRUE(holds("[NOT EXISTS process:parent_ref AND EXISTS process:pid]", {{Ecs::process_pid, "1"}})) << "what is not there is asked too";
}

TEST(StixPatterns, MailAccountsRegistryCertificates) {
    const Fields mail{{Ecs::email_from_address, "Boss@Evil.Example"}, {Ecs::email_to_address, "lan@so.example"}, {Ecs::email_subject, "Hoá đơn 07"}};
    EXPECT_TRUE(holds("[email-message:from_ref.value = 'boss@evil.example' AND email-message:subject LIKE 'Hoá đơn%']", mail));
    EXPECT_TRUE(holds("[email-addr:value LIKE '%@evil.example']", mail));
    EXPECT_FALSE(holds("[email-message:to_refs[*].value = 'boss@evil.example']", mail));
    EXPECT_TRUE(holds("[user-account:account_login = 'lan' AND user-account:user_id = 'S-1-5-21-1-2-3-1001']", kStart));
    const Fields run{{Ecs::registry_path, "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater"}, {Ecs::registry_data_strings, "C:\\x.exe"}};
    EXPECT_TRUE(holds("[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run' AND windows-registry-key:values[*].name = 'updater' AND windows-registry-key:values[*].data = 'C:\\\\x.exe']", run));
    EXPECT_FALSE(holds("[windows-registry-key:key = 'HKEY_CURRENT_USER\\\\SOFTWARE\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run']", run));
    EXPECT_TRUE(holds("[x509-certificate:issuer LIKE 'CN=evil%']", {{Ecs::tls_server_issuer, "CN=evil ca"}}));
    EXPECT_TRUE(holds("[mac-addr:value = '00:11:22:AA:BB:CC']", {{Ecs::source_mac, "00-11-22-aa-bb-cc"}}));
}

TEST(StixPatterns, OneObservationOrAnotherAndTheTimeOfIt) {
    EXPECT_TRUE(holds("[url:value = 'http://c.example/'] OR [domain-name:value = 'bad.example'] WITHIN 5 SECONDS", kWeb));
    // kTestNow is 2026-05-28T20:26:40Z; START is in, STOP is not (9.5).
    EXPECT_TRUE(holds("[domain-name:value = 'bad.example'] START t'2026-05-28T20:26:40Z' STOP t'2026-05-28T20:26:41Z'", kWeb));
    EXPECT_FALSE(holds("[domain-name:value = 'bad.example'] START t'2026-05-28T20:26:39Z' STOP t'2026-05-28T20:26:40Z'", kWeb));
}

TEST(StixPatterns, SaysWhatOneEventIsToAPatternOfSeveral) {
    const auto set = Patterns::make({"([domain-name:value = 'x.example'] FOLLOWEDBY [network-traffic:dst_port = 8443]) WITHIN 60 SECONDS", "[domain-name:value = 'bad.example'] REPEATS 3 TIMES"});
    ASSERT_EQ(set->asked(), 2U);
    EXPECT_FALSE(set->at(0)->alone);
    EXPECT_EQ(set->at(0)->window.micros, 60'000'000);
    EXPECT_EQ(set->at(1)->window.micros, kLongestWindow.micros);
    const TestEvent made{kWeb};
    std::vector<Told> told;
    EXPECT_TRUE(set->ask(made.event, told));
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].bits, 2U) << "the second [ ]";
    EXPECT_EQ(told[1].bits, 1U);
    EXPECT_FALSE(told[0].holds || told[1].holds);
}

// A hundred thousand looks would be too many: the rest is not asked, and that is said.
TEST(StixPatterns, WorkOfOneEventIsBounded) {
    std::vector<std::string> texts;
    for (int i = 0; i < 3'000; ++i) texts.push_back(format("[url:value LIKE '%{}x%' AND url:value LIKE '%gate%']", i));
    texts.push_back("[domain-name:value = 'bad.example']");
    const auto set = Patterns::make(texts);
    EXPECT_EQ(set->asked(), texts.size());
    const TestEvent made{kWeb};
    std::vector<Told> told;
    EXPECT_TRUE(set->ask(made.event, told)) << "so many fit";
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].pattern, 3'000U);
    told.clear();
    EXPECT_FALSE(set->ask(made.event, told, 1'000));
    std::vector<std::string> equal;
    for (int i = 0; i < 5'000; ++i) equal.push_back(format("[domain-name:value = '{}.example']", i));
    equal.push_back("[domain-name:value = 'beyond.example']");
    const auto large = Patterns::make(equal);
    EXPECT_EQ(large->asked(), kMostPatterns);
    EXPECT_EQ(large->at(5'000), nullptr);
    told.clear();
    EXPECT_TRUE(large->ask(made.event, told, 200)) << "equality is looked up, not tried";
}

// Personal data stand under the names that are masked.
TEST(StixPatterns, ShowsPersonalDataUnderTheFieldsName) {
    const auto shown = [](const char* pattern, const Fields& fields) {
        const TestEvent made{fields};
        std::vector<Told> told;
        Patterns::make({pattern})->ask(made.event, told);
        return told.empty() ? "" : told[0].path + "=" + told[0].found;
    };
    EXPECT_EQ(shown("[user-account:account_login LIKE 'la%']", kStart), "user.name=lan");
    EXPECT_EQ(shown("[process:creator_user_ref.user_id LIKE 'S-%']", kStart), "user.id=S-1-5-21-1-2-3-1001");
    EXPECT_EQ(shown("[email-addr:value LIKE 'b%']", {{Ecs::email_from_address, "b@x.example"}}), "email.from.address=b@x.example");
    EXPECT_EQ(shown("[email-addr:value LIKE 'b%']", {{Ecs::email_to_address, "b@x.example"}}), "email.to.address=b@x.example");
    EXPECT_EQ(shown("[email-message:subject LIKE 'b%' AND email-message:from_ref.value = 'c@x.example']", {{Ecs::email_from_address, "c@x.example"}, {Ecs::email_subject, "bill"}}), "email.subject=bill");
    EXPECT_EQ(shown("[process:command_line LIKE '%-enc%']", kStart), "process:command_line=powershell.exe -nop -w hidden -enc SQBFAFgA");
}

TEST(StixPatterns, SaysWhichValuesAnEventMustHave) {
    const auto needed = [](const char* pattern) -> std::string {
        const auto asked = prepare(pattern);
        const auto values = needed_values(**asked);
        if (!values) return "all";
        std::string out;
        for (const NeededValue& one : *values) out += format("{}{} ", static_cast<int>(one.kind), one.text);
        return out;
    };
    EXPECT_EQ(needed("[network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port > 1]"), "0198.51.100.7 ");
    EXPECT_EQ(needed("[file:name IN ('A.exe', 'b.exe') AND file:size > 1] FOLLOWEDBY [domain-name:value = 'X.example']"), "3A.exe 3b.exe 0x.example ");
    EXPECT_EQ(needed("[file:name = 'a.exe'] AND [url:value LIKE '%x']"), "all");
    EXPECT_EQ(needed("[file:name = 'a.exe' OR file:size = 7]"), "all");
    EXPECT_EQ(needed("[file:name != 'a.exe']"), "all");
    EXPECT_EQ(needed("[NOT EXISTS file:name]"), "all");
}

TEST(StixPatterns, TellsWhyOneIsNotAsked) {
    EXPECT_EQ(prepare("[oops").error().code, Code::bad_input);
    const auto mutex = prepare("[mutex:name = 'x' OR file:name = 'y']");
    ASSERT_TRUE(mutex);
    EXPECT_EQ((*mutex)->untold, std::vector<std::string>{"mutex"});
    std::string many = "[file:size = 0]";
    for (int i = 1; i < 65; ++i) many += format(" OR [file:size = {}]", i);
    EXPECT_EQ(prepare(many).error().code, Code::too_large);
}

}  // namespace
}  // namespace vg::detect::stix

namespace vg::detect::indicator {
namespace {

using event::Ecs;

TEST(PatternIndicators, HitLikeOthersWithTheDirection) {
    const auto set = set_of({{"[domain-name:value LIKE '%.bad.example']", "fox"}, {"[process:command_line LIKE '%-enc%']", "owl"}, {"198.51.100.1", "fox"}});
    EXPECT_EQ(set->stats().patterns, 2U);
    const stix::TestEvent asked{{{Ecs::source_ip, "192.0.2.10"}, {Ecs::dns_question_name, "a.bad.example"}}};
    std::vector<Hit> hits;
    ASSERT_TRUE(set->match(asked.event, hits));
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].rule->id, "indicator/contacts/fox");
    EXPECT_EQ(hits[0].field, "domain-name:value");
    EXPECT_EQ(hits[0].found, "a.bad.example");
    EXPECT_EQ(name_of(hits[0].entry.value.kind), "pattern");
    const stix::TestEvent started{{{Ecs::process_command_line, "powershell -enc x"}}};
    hits.clear();
    ASSERT_TRUE(set->match(started.event, hits));
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].rule->id, "indicator/present/owl");
    const stix::TestEvent near{{{Ecs::dns_question_name, "bad.example"}, {Ecs::process_command_line, "powershell -e x"}}};
    hits.clear();
    ASSERT_TRUE(set->match(near.event, hits));
    EXPECT_TRUE(hits.empty());
}

// A file as it was written before there were patterns: ten kinds in the foot, and no place of the first pattern.
TEST(PatternIndicators, FilesOfBeforeAreRead) {
    std::string bytes = bytes_of({{*recognise("evil.example"), {attribution("fox")}}, {*recognise("198.51.100.0/24"), {attribution("owl")}}}, 7);
    std::string foot = bytes.substr(bytes.size() - kFootBytes);
    bytes.resize(bytes.size() - kFootBytes);
    bytes.replace(0, kMagicBefore.size(), kMagicBefore);
    foot.erase((foot_kinds + kKindsBefore) * 8, 8);
    foot.erase(foot_patterns * 8, 8);
    foot.resize(foot.size() - 16);
    put(foot, hash64(foot, 7));
    foot += kMagicBefore;
    const auto table = Table::open(in_memory(bytes + foot));
    ASSERT_TRUE(table) << table.error().text;
    EXPECT_EQ((*table)->size(), 2U);
    EXPECT_EQ((*table)->count(Kind::domain), 1U);
    EXPECT_EQ((*table)->count(Kind::pattern), 0U);
    EXPECT_TRUE((*table)->patterns()->empty());
    EXPECT_EQ((*table)->find(Kind::domain, "evil.example")->value().by[0].family, "fox");
}

TEST(PatternIndicators, AllowedValuesAndOverlaysHold) {
    Attribution allowed;
    allowed.list = "allowed";
    allowed.allowed = true;
    const Value pattern = *recognise("[domain-name:value LIKE '%.bad.example']");
    const stix::TestEvent event{{{Ecs::dns_question_name, "our.bad.example"}}};
    std::vector<Hit> hits;
    ASSERT_TRUE(set_of(std::vector<Entry>{{pattern, {attribution("fox")}}, {*recognise("our.bad.example"), {allowed}}})->match(event.event, hits));
    EXPECT_TRUE(hits.empty()) << "the name is allowed";
    ASSERT_TRUE(set_of(std::vector<Entry>{{pattern, {attribution("fox"), allowed}}})->match(event.event, hits));
    EXPECT_TRUE(hits.empty()) << "the pattern is allowed";
    const auto base = table_of({{pattern, {attribution("fox")}}});
    ASSERT_TRUE(Set::make("x", base, table_of({{pattern, {}}}))->match(event.event, hits));
    EXPECT_TRUE(hits.empty()) << "it was taken away";
    ASSERT_TRUE(Set::make("x", base, table_of({{pattern, {attribution("owl")}}}))->match(event.event, hits));
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].strongest.family, "owl");
}

}  // namespace
}  // namespace vg::detect::indicator

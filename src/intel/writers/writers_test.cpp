// The forms of the peers as their documentation gives them, what may not go out, and sets that come back as they went.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "intel/readers/reader.h"
#include "intel/writers/writer.h"

namespace vg::intel {
namespace {

Entry entry(Kind kind, std::string text, std::string family = "Emotet", std::optional<Tlp> tlp = Tlp::clear) {
    Entry out;
    out.kind = kind;
    out.text = std::move(text);
    out.family = std::move(family);
    out.tlp = tlp;
    return out;
}

std::vector<Entry> some() {
    std::vector<Entry> out{entry(Kind::address, "198.51.100.7"),
                           entry(Kind::address, "2001:db8::7"),
                           entry(Kind::network, "203.0.113.0/24"),
                           entry(Kind::domain, "evil.example"),
                           entry(Kind::url, "http://evil.example/a"),
                           entry(Kind::hash, "d41d8cd98f00b204e9800998ecf8427e"),
                           entry(Kind::hash, "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"),
                           entry(Kind::email, "a@evil.example"),
                           entry(Kind::ja3, "d41d8cd98f00b204e9800998ecf8427f"),
                           entry(Kind::user_agent, "Evil/1.0"),
                           entry(Kind::file_name, "it's.exe")};
    out[0].confidence = 80;
    return out;
}

WriteOptions options() { return {.most = Tlp::green, .made = *parse_time("2024-06-01T00:00:00Z"), .source = "vg"}; }

Written write(std::string_view name, const std::vector<Entry>& entries) { return find_writer(name)->write(entries, options()); }

TEST(Writers, WithholdWhatTheMarkForbidsAndWhatIsNotValid) {
    std::vector<Entry> entries{entry(Kind::domain, "clear.example"), entry(Kind::domain, "green.example", "", Tlp::green), entry(Kind::domain, "amber.example", "", Tlp::amber), entry(Kind::domain, "unmarked.example", "", std::nullopt),
                               entry(Kind::domain, "old.example"), entry(Kind::domain, "coming.example")};
    entries[4].until = parse_time("2024-06-01T00:00:00Z");
    entries[5].from = parse_time("2024-06-01T00:00:01Z");
    for (const Writer* writer : all_writers()) {
        const Written out = writer->write(entries, options());
        EXPECT_EQ(out.withheld, 2U) << writer->name;
        EXPECT_EQ(out.not_valid, 2U) << writer->name;
        EXPECT_EQ(out.written + out.unsuited, 2U) << writer->name;
        for (const char* secret : {"amber.example", "unmarked.example", "old.example", "coming.example"}) {
            EXPECT_EQ(out.text.find(secret), std::string::npos) << writer->name;
            EXPECT_EQ(out.text.find(to_base64(secret)), std::string::npos) << writer->name;
        }
    }
    EXPECT_EQ(write("text", entries).text, "clear.example\ngreen.example\n");
}

TEST(Writers, CsvIsReadBackAndHasNoFormulas) {
    std::vector<Entry> entries = some();
    entries[3].comment = "=cmd|' /C calc'!A0";
    entries[3].family = "@family";
    const Written out = write("csv", entries);
    EXPECT_NE(out.text.find("\"'=cmd|' /C calc'!A0\""), std::string::npos);
    EXPECT_NE(out.text.find("\"'@family\""), std::string::npos);
    const Reading back = find_reader("csv")->read({.bytes = out.text, .name = "x.csv"});
    EXPECT_EQ(back.entries.size(), entries.size());
    EXPECT_EQ(back.refused, 0U);
    EXPECT_EQ(back.entries[0].confidence, 80);
    EXPECT_EQ(back.entries[0].family, "Emotet");
    EXPECT_EQ(back.entries[0].tlp, Tlp::clear);
}

// Suricata's user guide: strings in base64 of a dataset, one a line; "1.2.3.4,1,101" of iprep, CIDR allowed, scores 1 to 127.
TEST(Writers, SuricataReadsThem) {
    EXPECT_EQ(write("suricata-dataset-domain", some()).text, "ZXZpbC5leGFtcGxl\n");
    EXPECT_EQ(write("suricata-dataset-ipv4", some()).text, "198.51.100.7\n");
    EXPECT_EQ(write("suricata-dataset-ip", some()).text, "198.51.100.7\n2001:db8::7\n");
    EXPECT_EQ(write("suricata-dataset-md5", some()).text, "d41d8cd98f00b204e9800998ecf8427e\n");
    EXPECT_EQ(write("suricata-dataset-sha256", some()).text, "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f\n");
    EXPECT_EQ(write("suricata-iprep", some()).text, "198.51.100.7,1,101\n2001:db8::7,1,63\n203.0.113.0/24,1,63\n");
    std::vector<Entry> none = {some()[0]};
    none[0].confidence = 0;
    EXPECT_EQ(write("suricata-iprep", none).text, "198.51.100.7,1,1\n");
}

// Zeek's manual, frameworks/intel: a header line #fields, tabs, Intel:: types, URLs without the scheme.
TEST(Writers, ZeekReadsThem) {
    std::vector<Entry> entries = some();
    entries[0].comment = "seen\tin\nMarch";
    const Written out = write("zeek-intel", entries);
    EXPECT_TRUE(out.text.starts_with("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n198.51.100.7\tIntel::ADDR\tvg\tEmotet: seen in March\n")) << out.text;
    EXPECT_NE(out.text.find("\nevil.example/a\tIntel::URL\tvg\tEmotet\n"), std::string::npos);
    EXPECT_NE(out.text.find("\n203.0.113.0/24\tIntel::SUBNET\t"), std::string::npos);
    EXPECT_EQ(out.unsuited, 1U);
    for (std::string_view line : split(std::string_view{out.text}.substr(0, out.text.size() - 1), '\n')) EXPECT_EQ(std::count(line.begin(), line.end(), '\t'), line.starts_with('#') ? 4 : 3);
}

TEST(Writers, StixIsReadBackWithFamiliesAndMarks) {
    std::vector<Entry> entries = some();
    entries[3].tlp = Tlp::green;
    entries[3].until = parse_time("2025-01-01T00:00:00Z");
    const Written out = write("stix", entries);
    EXPECT_EQ(out.unsuited, 1U);  // JA3 has no object in STIX
    const Reading back = find_reader("stix")->read({.bytes = out.text, .name = "x.json"});
    EXPECT_EQ(back.refused, 0U) << back.refusals.front().reason;
    ASSERT_EQ(back.entries.size(), entries.size() - 1);
    std::size_t i = 0;
    for (const Entry& expected : entries) {
        if (expected.kind == Kind::ja3) continue;
        const Entry& got = back.entries[i++];
        EXPECT_EQ(got.kind, expected.kind);
        EXPECT_EQ(got.text, expected.text);
        EXPECT_EQ(got.family, expected.family);
        EXPECT_EQ(got.tlp, expected.tlp);
        EXPECT_EQ(got.confidence, expected.confidence);
        EXPECT_EQ(got.until, expected.until);
    }
    EXPECT_EQ(write("stix", entries).text, out.text);
    // STIX 2.1, section 3.2: created and modified are to the millisecond.
    EXPECT_NE(out.text.find("\"created\":\"2024-06-01T00:00:00.000Z\",\"modified\":\"2024-06-01T00:00:00.000Z\""), std::string::npos);
    EXPECT_TRUE(json::parse(write("stix", {}).text));
}

TEST(Writers, AmberStrictBringsItsDefinition) {
    WriteOptions all = options();
    all.most = Tlp::red;
    const std::vector<Entry> entries{entry(Kind::domain, "a.example", "", Tlp::amber_strict)};
    const Written out = find_writer("stix")->write(entries, all);
    const Reading back = find_reader("stix")->read({.bytes = out.text, .name = "x.json"});
    ASSERT_EQ(back.entries.size(), 1U);
    EXPECT_EQ(back.entries[0].tlp, Tlp::amber_strict);
    EXPECT_NE(out.text.find("\"tlp_2_0\":\"amber+strict\""), std::string::npos);
}

}  // namespace
}  // namespace vg::intel

#include <gtest/gtest.h>

#include "base/text.h"
#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/mapping.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

using testing::Read;
using testing::record;

TEST(ToEvent, KeepsWhatNobodyUnderstandsAsMessageWithAReason) {
    const Read got{"what is this?"};
    EXPECT_EQ(got.outcome.unparsed, "no format knows these bytes");
    EXPECT_EQ(got.text("message"), "what is this?");
    EXPECT_FALSE(got.event().occurred_known);
    EXPECT_EQ(got.event().occurred, got.event().received);
    EXPECT_EQ(got.event().format, "");
}

TEST(ToEvent, SaysWhyAPinnedFormatDoesNotFit) {
    EXPECT_EQ(Read{record("hello", "json")}.outcome.unparsed, "json: not a JSON object");
    EXPECT_EQ(Read{record("{}", "nosuch")}.outcome.unparsed, "there is no format named nosuch");
    EXPECT_EQ(Read{record("{\"a\":1}", "windows")}.outcome.unparsed, "windows: no Windows event: it names no event id, channel or provider");
    EXPECT_EQ(Read{""}.outcome.unparsed, "the record is empty");
}

TEST(ToEvent, RepairsBytesThatAreNotUtf8) {
    EXPECT_EQ(Read{"{\"a\":\"x\xFFy\"}"}.text("a"), "x\xEF\xBF\xBDy");
    EXPECT_EQ(Read{"<13>Apr 26 01:02:03 h app: x\xFFy"}.text("message"), "x\xEF\xBF\xBDy");
    EXPECT_EQ(Read{"\xFF\xFE"}.text("message"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(ToEvent, GivesNamesAndValuesInNfc) {
    const Read got{"{\"caf\x65\xCC\x81\":\"e\xCC\x81\",\"escaped\":\"e\\u0301\"}"};
    EXPECT_EQ(got.text("caf\xC3\xA9"), "\xC3\xA9");
    EXPECT_EQ(got.text("escaped"), "\xC3\xA9");
}

TEST(ToEvent, TriesTheNextFormatWhenTheSurestFails) {
    // Sniffs as Windows by its EventID, and is plain JSON.
    const Read got{R"({"EventID":"x","deep":{"a":1}})"};
    EXPECT_EQ(got.outcome.unparsed, "");
    EXPECT_EQ(got.event().format, "json");
    EXPECT_EQ(got.text("deep.a"), "1");
}

TEST(ToEvent, BoundsTheFieldsOfOneEvent) {
    std::string raw = "{\"first\":1";
    for (int i = 0; i < 5000; ++i) raw += format(",\"f{}\":{}", i, i);
    const Read got{raw + "}"};
    EXPECT_EQ(got.outcome.unparsed, "");
    EXPECT_EQ(got.event().fields.size(), kMostFields + 1);
    EXPECT_EQ(got.text("omitted_fields"), "4001");
}

TEST(ToEvent, KeepsWhatIsNestedTooDeeplyAsText) {
    std::string raw;
    for (int i = 0; i < 100; ++i) raw += "{\"a\":";
    raw += "1" + std::string(100, '}');
    const Read got{raw};
    ASSERT_EQ(got.event().fields.size(), 1U);
    EXPECT_TRUE(got.event().fields[0].text.starts_with("{\"a\":{\"a\":"));
    EXPECT_TRUE(got.event().fields[0].name.starts_with("a.a.a"));
}

TEST(ToEvent, ShortensARootKeyOnlyWhereItsNameEnds) {
    auto target = [](std::string_view object) {
        return Read{R"({"EventID":4657,"Channel":"Security","Hostname":"h","ObjectName":")" + std::string{object} + R"("})"}.text("TargetObject");
    };
    EXPECT_EQ(target("\\\\REGISTRY\\\\MACHINE\\\\SOFTWARE"), "HKLM\\SOFTWARE");
    EXPECT_EQ(target("\\\\registry\\\\user"), "HKU");
    EXPECT_EQ(target("\\\\REGISTRY\\\\MACHINEđ"), "\\REGISTRY\\MACHINEđ");
}

TEST(ToEvent, TakesEmptyNames) {
    const Read got{R"({"a":{"":1},"":2})"};
    EXPECT_EQ(got.text("a."), "1");
    EXPECT_EQ(got.text(""), "2");
}

TEST(ToEvent, RefusesBrokenJson) {
    for (const char* raw : {"{\"a\":1", "{\"a\" 1}", "{\"a\":1}}", "{\"a\":tru}", "{\"a\":01}", "{\"a\":1,}", "{a:1}", "{\"a\":\"\\x\"}", "{\"a\":\"b\"\"c\"}", "{\"a\":1 2}", "{\"a\":-}", "{\"a\":1.}", "{\"a\":\"x}"})
        EXPECT_NE(Read{raw}.outcome.unparsed, "") << raw;
}

TEST(ToEvent, KeepsEqualNamesBesideOneAnother) {
    const Read got{R"({"a":1,"b":2,"a":3,"c":[4,5],"b":6})"};
    std::string names;
    for (const event::Field& field : got.event().fields) names += std::string{field.name} + std::string{field.text} + " ";
    EXPECT_EQ(names, "a1 a3 b2 b6 c4 c5 ");
}

TEST(ToEvent, TypesNumbersAsTheyAreWritten) {
    const Read got{R"({"i":-9223372036854775808,"big":9223372036854775808,"r":1e3,"t":true,"n":null})"};
    EXPECT_EQ(got.event().find("i")->type, event::Type::integer);
    EXPECT_EQ(got.event().find("i")->integer, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(got.event().find("big")->type, event::Type::real);
    EXPECT_EQ(got.event().find("big")->text, "9223372036854775808");
    EXPECT_EQ(got.event().find("r")->real, 1000.0);
    EXPECT_EQ(got.event().find("t")->type, event::Type::boolean);
    EXPECT_EQ(got.event().find("n")->type, event::Type::null);
}

TEST(Clock, ReadsIsoTimesFastAndTheRestToo) {
    bool with_offset = false;
    auto text = [&](std::string_view from, std::string_view zone = {}) {
        const auto time = read_time(from, zone, &with_offset);
        return time ? to_rfc3339(*time) : "(none)";
    };
    EXPECT_EQ(text("2024-02-29T23:59:59.9999999Z"), "2024-02-29T23:59:59.999999Z");
    EXPECT_TRUE(with_offset);
    EXPECT_EQ(text("2024-04-26 08:02:03"), "2024-04-26T08:02:03Z");
    EXPECT_FALSE(with_offset);
    EXPECT_EQ(text("2024-04-26 08:02:03", "Asia/Ho_Chi_Minh"), "2024-04-26T01:02:03Z");
    EXPECT_EQ(text("2024-04-26T08:02:03.5+07:00"), "2024-04-26T01:02:03.500Z");
    EXPECT_TRUE(with_offset);
    for (const char* bad : {"2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-04-26T24:00:00Z", "2024-04-26T08:02:03.Z", "2024-04-26", "x"}) EXPECT_EQ(text(bad), "(none)") << bad;
}

// The fast reader and base/time.h agree on every day from 1601 to 2400.
TEST(Clock, CountsDaysAsTheCalendarDoes) {
    for (int year = 1601; year <= 2400; ++year)
        for (int month = 1; month <= 12; ++month) {
            const auto expected = from_civil({.year = year, .month = month, .day = 28});
            ASSERT_EQ(days_of(year, month, 28) * 86'400'000'000, expected->micros) << year << "-" << month;
        }
}

TEST(Clock, TellsTheUnitOfAnEpochByItsSize) {
    for (const char* same : {"1714093323", "1714093323000", "1714093323000000", "1714093323000000000", "1714093323.000"}) EXPECT_EQ(to_rfc3339(read_epoch(same).value()), "2024-04-26T01:02:03Z") << same;
    EXPECT_EQ(to_rfc3339(read_epoch("1714093323.25").value()), "2024-04-26T01:02:03.250Z");
    for (const char* bad : {"12345", "", "x", "99999999999999999999", "1714093323x", "20240426010203"}) EXPECT_FALSE(read_epoch(bad)) << bad;
}

TEST(Mapping, ReadsTimesByAPattern) {
    auto text = [](std::string_view pattern, std::string_view from, std::string_view zone = {}) {
        const auto time = read_time_by(pattern, from, zone);
        return time ? to_rfc3339(*time) : "(none)";
    };
    EXPECT_EQ(text("%d/%b/%Y:%H:%M:%S %z", "26/Apr/2024:08:02:03 +0700"), "2024-04-26T01:02:03Z");
    EXPECT_EQ(text("%b %e %H:%M:%S.%f %Y", "Apr  6 08:02:03.25 2024", "Asia/Ho_Chi_Minh"), "2024-04-06T01:02:03.250Z");
    EXPECT_EQ(text("%Y%m%d", "20240426"), "2024-04-26T00:00:00Z");
    EXPECT_EQ(text("%Y-%m-%d %H:%M:%S %Z", "2024-04-26 08:02:03 GMT", "Asia/Ho_Chi_Minh"), "2024-04-26T08:02:03Z");
    for (const char* bad : {"20240431", "202404", "202404260", "2024-04-26"}) EXPECT_EQ(text("%Y%m%d", bad), "(none)") << bad;
}

TEST(Mapping, SaysWhatIsWrongAndWhere) {
    auto fault = [](std::string_view text) {
        const auto made = Mapping::make("x.yaml", text);
        return made ? std::string{"(none)"} : made.error().text;
    };
    EXPECT_EQ(fault("name: x\nfields: {a: source.pi}\n"), "in mapping x.yaml: fields: a: source.pi is no field of the dictionary; did you mean source.ip?");
    EXPECT_EQ(fault("name: y\nfields: {a: source.ip}\n"), "in mapping x.yaml: the file must be named y.yaml as its mapping is");
    EXPECT_EQ(fault("name: x\nfeilds: {}\n"), "in mapping x.yaml: feilds: no such key; did you mean fields?");
    EXPECT_EQ(fault("name: x\ntime: {field: t, format: '%d/%Q'}\nconstants: {event.module: x}\n"), "in mapping x.yaml: time: format: the letters behind % are Y y m d e H M S b f z Z");
    EXPECT_EQ(fault("name: x\ntime: {field: t, zone: Mars}\n"), "in mapping x.yaml: time: zone: Mars is no IANA zone");
    EXPECT_EQ(fault("name: x\n"), "in mapping x.yaml: neither fields nor constants: it would say nothing");
    EXPECT_EQ(fault("name: x\nconstants: {event.module: x}\n"), "(none)");
}

TEST(Library, RefusesANameThatIsTaken) {
    const std::vector<std::pair<std::string, std::string>> files{{"sshd.yaml", "name: sshd\nconstants: {event.module: x}\n"}};
    const auto made = Library::make(files);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text, "in mapping sshd.yaml: the name sshd is taken");
}

TEST(Library, TakesTheMappingWithMoreConditions) {
    const std::vector<std::pair<std::string, std::string>> files{{"a.yaml", "name: a\nmatch: [{has: x}]\nconstants: {event.module: a}\n"},
                                                                 {"b.yaml", "name: b\nmatch: [{has: x}, {field: y, equals: 1}]\nconstants: {event.module: b}\n"}};
    const auto made = Library::make(files).value();
    EXPECT_TRUE(made->has("b") && made->has("sshd") && !made->has("c"));
    EXPECT_EQ(Read(record(R"({"x":1,"y":1})"), *made).event().format, "b");
    EXPECT_EQ(Read(record(R"({"x":1,"y":2})"), *made).event().format, "a");
    EXPECT_EQ(Read(record(R"({"z":1})"), *made).event().format, "json");
    EXPECT_EQ(Read(record(R"({"z":1})", "b"), *made).event().format, "b");
}

}  // namespace
}  // namespace vg::formats

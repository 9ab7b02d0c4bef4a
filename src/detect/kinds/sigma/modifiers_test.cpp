// Every modifier of the appendix, with values worked out from its text. Each case is a field, a value, and events.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "detect/kinds/sigma/testing.h"

namespace vg::detect {
namespace {

using namespace testing;

// Whether a rule with these lines as its selection fires on the event.
bool fires(const std::string& lines, const char* event, const EngineOptions& options = {}) {
    const Loaded loaded = load(rule("    selection:\n        " + lines + "\n    condition: selection\n"), options);
    if (loaded.report.loaded != 1) {
        ADD_FAILURE() << lines << ": " << (loaded.report.refused.empty() ? "" : loaded.report.refused.front().reason);
        return false;
    }
    return !match(*loaded.engine, JsonEvent{event}.event).empty();
}

std::string refusal(const std::string& lines, const EngineOptions& options = {}) {
    const Loaded loaded = load(rule("    selection:\n        " + lines + "\n    condition: selection\n"), options);
    if (loaded.report.refused.size() != 1) return "accepted";
    EXPECT_EQ(loaded.report.refused[0].line, 7) << loaded.report.refused[0].reason;
    return loaded.report.refused[0].reason;
}

#define EXPECT_REFUSED(lines, words) EXPECT_NE(refusal(lines).find(words), std::string::npos) << refusal(lines)

TEST(Modifiers, NoneComparesTheWholeValueWithoutCase) {
    EXPECT_TRUE(fires("F: 'Evil'", R"({"F": "eVIL"})"));
    EXPECT_FALSE(fires("F: 'Evil'", R"({"F": "evils"})"));
    EXPECT_FALSE(fires("F: 'Evil'", R"({"f": "evil"})"));  // names of fields are exact
    EXPECT_TRUE(fires("F: ['a', 'b']", R"({"F": "b"})"));
    EXPECT_FALSE(fires("F: ['a', 'b']", R"({"F": "c"})"));
    EXPECT_TRUE(fires("F: 'b'", R"({"F": ["a", "b"]})"));  // any value of the event
}

TEST(Modifiers, NumbersAndStrings) {
    EXPECT_TRUE(fires("F: 4624", R"({"F": 4624})"));
    EXPECT_TRUE(fires("F: 4624", R"({"F": "4624"})"));
    EXPECT_TRUE(fires("F: '4624'", R"({"F": 4624})"));
    EXPECT_FALSE(fires("F: 4624", R"({"F": 46240})"));
    EXPECT_TRUE(fires("F: 4624", R"({"F": 4624.0})"));
    EXPECT_TRUE(fires("F: '46*'", R"({"F": 4624})"));
    EXPECT_TRUE(fires("F: '0x17'", R"({"F": "0X17"})"));
    EXPECT_TRUE(fires("F: -1", R"({"F": -1})"));
    EXPECT_TRUE(fires("F|startswith: 00429", R"({"F": "00429 x"})"));  // as it is written, not 429
    EXPECT_FALSE(fires("F|contains: 00429", R"({"F": "429"})"));
    EXPECT_TRUE(fires("F: 0x17", R"({"F": "0X17"})"));
    EXPECT_TRUE(fires("F: 12e4", R"({"F": "12E4"})"));
    EXPECT_TRUE(fires("F: 1.5", R"({"F": "1.5"})"));
    EXPECT_TRUE(fires("F: 9007199254740993", R"({"F": 9007199254740993})"));
    EXPECT_FALSE(fires("F: 9007199254740993", R"({"F": 9007199254740992})"));  // equal as doubles
}

TEST(Modifiers, Booleans) {
    EXPECT_TRUE(fires("F: true", R"({"F": true})"));
    EXPECT_TRUE(fires("F: true", R"({"F": "True"})"));
    EXPECT_TRUE(fires("F: 'true'", R"({"F": true})"));
    EXPECT_FALSE(fires("F: true", R"({"F": false})"));
    EXPECT_FALSE(fires("F: true", R"({"F": 1})"));
}

TEST(Modifiers, NullAndEmpty) {
    EXPECT_TRUE(fires("F: null", R"({"G": 1})"));
    EXPECT_TRUE(fires("F: null", R"({"F": null})"));
    EXPECT_FALSE(fires("F: null", R"({"F": ""})"));
    EXPECT_TRUE(fires("F: ''", R"({"F": ""})"));
    EXPECT_FALSE(fires("F: ''", R"({"G": ""})"));
    EXPECT_FALSE(fires("F: ''", R"({"F": null})"));
    EXPECT_FALSE(fires("F: '*'", R"({"F": null})"));
    EXPECT_TRUE(fires("F: '*'", R"({"F": ""})"));
    EXPECT_REFUSED("F: ['', null]", "null cannot be part of a list");  // the invalid example
    EXPECT_REFUSED("F: []", "empty list");
    EXPECT_REFUSED("F: {a: b}", "a value must be");
}

TEST(Modifiers, ContainsStartswithEndswith) {
    EXPECT_TRUE(fires("F|contains: 'B'", R"({"F": "abc"})"));
    EXPECT_FALSE(fires("F|contains: 'd'", R"({"F": "abc"})"));
    EXPECT_TRUE(fires("F|startswith: 'A'", R"({"F": "abc"})"));
    EXPECT_FALSE(fires("F|startswith: 'b'", R"({"F": "abc"})"));
    EXPECT_TRUE(fires("F|endswith: 'C'", R"({"F": "abc"})"));
    EXPECT_FALSE(fires("F|endswith: 'b'", R"({"F": "abc"})"));
    EXPECT_TRUE(fires("F|startswith: 'a*c'", R"({"F": "abcd"})"));
    EXPECT_TRUE(fires("F|startswith: 46", R"({"F": 4624})"));
    EXPECT_TRUE(fires("F|contains: '\\'", R"({"F": "a\\b"})"));
    EXPECT_TRUE(fires(R"(F|endswith: 'foobar\')", R"({"F": "xfoobar\\"})"));
    EXPECT_REFUSED("F|contains: null", "contains: wants a string");
    EXPECT_REFUSED("F|contains: true", "contains: wants a string");
}

TEST(Modifiers, AllWantsEveryValue) {
    EXPECT_TRUE(fires("F|contains|all: ['a', 'b']", R"({"F": "b a"})"));
    EXPECT_FALSE(fires("F|contains|all: ['a', 'b']", R"({"F": "a"})"));
    EXPECT_TRUE(fires("F|all: ['a', 'b']", R"({"F": ["b", "a"]})"));
    const Loaded single = load(rule("    selection:\n        F|all: 'a'\n    condition: selection\n"));
    EXPECT_EQ(single.report.loaded, 1U);
    ASSERT_EQ(single.report.warnings.size(), 1U);
    EXPECT_NE(single.report.warnings[0].find("rule.yml:7: 'F|all': all with a single value"), std::string::npos) << single.report.warnings[0];
}

TEST(Modifiers, ExistsLooksAtPresenceOnly) {
    EXPECT_TRUE(fires("F|exists: true", R"({"F": ""})"));
    EXPECT_TRUE(fires("F|exists: true", R"({"F": null})"));  // "be it empty or null"
    EXPECT_FALSE(fires("F|exists: true", R"({"G": 1})"));
    EXPECT_TRUE(fires("F|exists: false", R"({"G": 1})"));
    EXPECT_FALSE(fires("F|exists: no", R"({"F": 1})"));
    EXPECT_REFUSED("F|exists: 'maybe'", "exists: wants true or false");
    EXPECT_REFUSED("F|exists|contains: true", "exists: cannot be combined");
}

TEST(Modifiers, CasedComparesLettersAsTheyAre) {
    EXPECT_TRUE(fires("F|cased: 'Evil'", R"({"F": "Evil"})"));
    EXPECT_FALSE(fires("F|cased: 'Evil'", R"({"F": "evil"})"));
    EXPECT_TRUE(fires("F|contains|cased: 'Ev'", R"({"F": "xEvil"})"));
    EXPECT_FALSE(fires("F|cased|startswith: 'Ev'", R"({"F": "evil"})"));
    EXPECT_REFUSED("F|re|cased: 'a'", "cased: wants a string");
}

TEST(Modifiers, NeqWantsTheFieldAndNoneOfTheValues) {
    EXPECT_TRUE(fires("F|neq: 'a'", R"({"F": "b"})"));
    EXPECT_FALSE(fires("F|neq: 'a'", R"({"F": "A"})"));
    EXPECT_FALSE(fires("F|neq: 'a'", R"({"G": "b"})"));
    EXPECT_FALSE(fires("F|neq: ['a', 'b']", R"({"F": "b"})"));
    EXPECT_TRUE(fires("F|neq: ['a', 'b']", R"({"F": "c"})"));
    EXPECT_TRUE(fires("F|neq: 5", R"({"F": 6})"));
    EXPECT_FALSE(fires("F|neq: 5", R"({"F": "5"})"));
    EXPECT_TRUE(fires("F|contains|neq: 'a'", R"({"F": "xyz"})"));
    EXPECT_FALSE(fires("F|neq: 'a'", R"({"F": ["b", "a"]})"));
}

TEST(Modifiers, WindashMakesTheFiveDashesInterchangeable) {
    for (const char* dash : {"-", "/", "\u2013", "\u2014", "\u2015"}) {
        const std::string event = std::string{R"({"F": "x.exe )"} + dash + R"(decode y"})";
        EXPECT_TRUE(fires("F|contains|windash: ' -decode'", event.c_str())) << dash;
        EXPECT_TRUE(fires("F|windash|contains: ' /decode'", event.c_str())) << dash;
    }
    EXPECT_FALSE(fires("F|contains|windash: ' -decode'", R"({"F": "x.exe decode"})"));
    // All permutations: each dash on its own.
    EXPECT_TRUE(fires("F|contains|windash: ' -a -b'", R"({"F": "x /a -b"})"));
    EXPECT_FALSE(fires("F|contains|all|windash: [' -s ', ' -i ']", R"({"F": "findstr /s /q p"})"));
    EXPECT_TRUE(fires("F|contains|all|windash: [' -s ', ' -i ']", R"({"F": "findstr /s /i p"})"));
    EXPECT_TRUE(fires("F|windash|base64: '-a'", R"({"F": "L2E="})"));  // base64 of "/a"
    EXPECT_REFUSED("F|windash: 5", "windash: wants a string");
}

TEST(Modifiers, RegularExpressionsSearchAndMindCase) {
    EXPECT_TRUE(fires("F|re: 'b[0-9]{2}c'", R"({"F": "ab12cd"})"));
    EXPECT_FALSE(fires("F|re: 'b[0-9]{2}c'", R"({"F": "aB12cd"})"));
    EXPECT_FALSE(fires("F|re: '^b'", R"({"F": "ab"})"));
    EXPECT_TRUE(fires("F|re: 'b$'", R"({"F": "ab"})"));
    EXPECT_TRUE(fires("F|re|i: 'B'", R"({"F": "abc"})"));
    EXPECT_TRUE(fires("F|re|m: '^b$'", R"({"F": "a\nb\nc"})"));
    EXPECT_FALSE(fires("F|re: '^b$'", R"({"F": "a\nb\nc"})"));
    EXPECT_FALSE(fires("F|re: 'a.b'", R"({"F": "a\nb"})"));
    EXPECT_TRUE(fires("F|re|s: 'a.b'", R"({"F": "a\nb"})"));
    EXPECT_TRUE(fires("F|re|i|m|s: '^B.C$'", R"({"F": "a\nb\nc"})"));
    EXPECT_TRUE(fires(R"(F|re: '\\a\*')", R"({"F": "x\\a*"})"));  // Sigma's own escapes do not apply
    EXPECT_TRUE(fires("F|re: '^46'", R"({"F": 4624})"));
    EXPECT_FALSE(fires("F|re: '.*'", R"({"F": null})"));
    EXPECT_TRUE(fires("F|re|startswith: 'b'", R"({"F": "bc"})"));
    EXPECT_FALSE(fires("F|re|startswith: 'b'", R"({"F": "ab"})"));
    EXPECT_REFUSED("F|re: '('", "[modifiers appendix: Regular Expression]");
    EXPECT_REFUSED("F|re: '(?=a)b'", "[modifiers appendix: Regular Expression]");  // look-around is not among the metacharacters
    EXPECT_REFUSED("F|i: 'a'", "i: stands only behind re");
    EXPECT_REFUSED("F|contains|re: 'a'", "re: wants a string as it is written");
    EXPECT_REFUSED("F|re|fieldref: 'a'", "fieldref: wants the name of a field");
}

TEST(Modifiers, RegularExpressionsAreBounded) {
    EXPECT_REFUSED("F|re: '((a{1,100}){1,100}){1,100}'", "re: ");
    const std::string text = R"({"F": ")" + std::string(30'000, 'a') + R"("})";
    EXPECT_FALSE(fires("F|re: '(a+)+b'", text.c_str()));  // ruinous for an engine that backtracks
}

TEST(Modifiers, Base64) {
    EXPECT_TRUE(fires("F|base64: 'cmd'", R"({"F": "Y21k"})"));  // printf cmd | base64
    EXPECT_TRUE(fires("F|base64|contains: '/bin/bash'", R"({"F": "echo L2Jpbi9iYXNo | sh"})"));
    EXPECT_REFUSED("F|base64: 'a*'", "base64: a value with wildcards");
    EXPECT_REFUSED("F|contains|base64: 'a'", "base64: a value with wildcards");
    EXPECT_REFUSED("F|base64: 5", "base64: wants a string");
}

TEST(Modifiers, Base64OffsetFindsTheValueAtEveryShift) {
    for (const char* before : {"", "x", "xy", "xyz"})
        for (const char* after : {"", "1", "12", "123"}) {
            const std::string event = R"({"F": ")" + to_base64(std::string{before} + "http://" + after) + R"("})";
            EXPECT_TRUE(fires("F|base64offset|contains: 'http://'", event.c_str())) << before << after;
        }
    const std::string other = R"({"F": ")" + to_base64("ftp://") + R"("})";
    EXPECT_FALSE(fires("F|base64offset|contains: 'http://'", other.c_str()));
    // The three forms of the well-known example "foobar".
    for (const char* form : {"Zm9vYmFy", "Zvb2Jhc", "mb29iYX"}) EXPECT_TRUE(fires("F|base64offset|contains: 'foobar'", (std::string{R"({"F": "--)"} + form + R"(--"})").c_str())) << form;
    EXPECT_FALSE(fires("F|base64offset|contains: 'A'", R"({"F": "----"})"));  // shifts without a fixed part are left out
    EXPECT_REFUSED("F|base64offset|contains: ''", "base64offset: the value is empty");
}

TEST(Modifiers, Utf16Encodings) {
    // "cmd" > 63 00 6d 00 64 00; 00 63 00 6d 00 64; FF FE 63 00 6d 00 64 00, the examples of the appendix.
    using namespace std::string_literals;
    auto event = [](const std::string& bytes) { return R"({"F": "x )" + to_base64(bytes) + R"("})"; };
    EXPECT_TRUE(fires("F|utf16le|base64|contains: 'cmd'", event("c\0m\0d\0"s).c_str()));
    EXPECT_TRUE(fires("F|wide|base64|contains: 'cmd'", event("c\0m\0d\0"s).c_str()));
    EXPECT_TRUE(fires("F|utf16be|base64|contains: 'cmd'", event("\0c\0m\0d"s).c_str()));
    EXPECT_TRUE(fires("F|utf16|base64|contains: 'cmd'", event("\xFF\xFE" "c\0m\0d\0"s).c_str()));
    EXPECT_FALSE(fires("F|utf16le|base64|contains: 'cmd'", event("\0c\0m\0d"s).c_str()));
    EXPECT_TRUE(fires("F|wide|base64offset|contains: 'cmd'", event("x\0c\0m\0d\0y\0"s).c_str()));
    EXPECT_TRUE(fires("F|wide|base64: 'đ'", R"({"F": "EQE="})"));  // U+0111 is 11 01
    EXPECT_TRUE(fires("F|wide: 'C'", R"({"F": "c\u0000"})"));
}

TEST(Modifiers, NumericComparisons) {
    EXPECT_TRUE(fires("F|lt: 10", R"({"F": 9})"));
    EXPECT_FALSE(fires("F|lt: 10", R"({"F": 10})"));
    EXPECT_TRUE(fires("F|lte: 10", R"({"F": 10})"));
    EXPECT_FALSE(fires("F|lte: 10", R"({"F": 11})"));
    EXPECT_TRUE(fires("F|gt: 10", R"({"F": "11"})"));
    EXPECT_FALSE(fires("F|gt: 10", R"({"F": 10})"));
    EXPECT_TRUE(fires("F|gte: 10", R"({"F": 10.5})"));
    EXPECT_FALSE(fires("F|gte: 10", R"({"F": 9.99})"));
    EXPECT_FALSE(fires("F|gt: 1", R"({"F": "9x"})"));
    EXPECT_FALSE(fires("F|gt: 1", R"({"F": "inf"})"));
    EXPECT_FALSE(fires("F|lt: 1", R"({"G": 0})"));
    EXPECT_TRUE(fires("F|gt: -1.5", R"({"F": -1})"));
    EXPECT_TRUE(fires("F|gt: 1.50", R"({"F": 2})"));
    EXPECT_FALSE(fires("F|gt: '10'", R"({"F": 9})"));
    EXPECT_REFUSED("F|lt: 'test'", "lt: wants a number");
    EXPECT_REFUSED("F|lt|gt: 5", "gt: wants a number");
}

TEST(Modifiers, TimeParts) {
    const char* event = R"({"F": "2024-12-30T23:45:12Z"})";  // a Monday, in week 1 of 2025 by ISO 8601
    EXPECT_TRUE(fires("F|minute: 45", event));
    EXPECT_TRUE(fires("F|hour: 23", event));
    EXPECT_TRUE(fires("F|day: 30", event));
    EXPECT_TRUE(fires("F|week: 1", event));
    EXPECT_TRUE(fires("F|month: 12", event));
    EXPECT_TRUE(fires("F|year: 2024", event));
    EXPECT_FALSE(fires("F|hour: 22", event));
    EXPECT_TRUE(fires("F|hour|gte: 22", event));
    EXPECT_TRUE(fires("F|hour|gt: 09", event));
    EXPECT_FALSE(fires("F|hour|lt: 23", event));
    EXPECT_TRUE(fires("F|year|neq: 2023", event));
    EXPECT_TRUE(fires("F|week: 53", R"({"F": "2021-01-03T00:00:00Z"})"));  // the Sunday before week 1
    EXPECT_TRUE(fires("F|week: 1", R"({"F": "2024-01-01T00:00:00Z"})"));
    EXPECT_TRUE(fires("F|week: 9", R"({"F": "2024-03-03T00:00:00Z"})"));   // a Sunday after 29 February
    EXPECT_FALSE(fires("F|hour: 9", R"({"F": "nine"})"));
    EXPECT_REFUSED("F|hour: 'x'", "hour: wants a whole number");
    EXPECT_REFUSED("F|hour|day: 5", "day: only one part");
}

TEST(Modifiers, CidrOfBothVersions) {
    EXPECT_TRUE(fires("F|cidr: '192.0.2.0/24'", R"({"F": "192.0.2.255"})"));
    EXPECT_FALSE(fires("F|cidr: '192.0.2.0/24'", R"({"F": "192.0.3.0"})"));
    EXPECT_TRUE(fires("F|cidr: ['198.51.100.0/24', '192.0.2.0/25']", R"({"F": "192.0.2.1"})"));
    EXPECT_TRUE(fires("F|cidr: '2001:db8::/32'", R"({"F": "2001:0DB8:1::1"})"));
    EXPECT_FALSE(fires("F|cidr: '2001:db8::/32'", R"({"F": "2001:db9::1"})"));
    EXPECT_TRUE(fires("F|cidr: 'fe80::/10'", R"({"F": "fe80::1%eth0"})"));
    EXPECT_TRUE(fires("F|cidr: '192.0.2.0/24'", R"({"F": "::ffff:192.0.2.7"})"));
    EXPECT_FALSE(fires("F|cidr: '192.0.2.0/24'", R"({"F": "LOCAL"})"));
    EXPECT_REFUSED("F|cidr: '192.0.2.0/33'", "cidr: '192.0.2.0/33' is no network");
    EXPECT_REFUSED("F|cidr: 'x'", "is no network");
}

TEST(Modifiers, ExpandReplacesPlaceholders) {
    EngineOptions options;
    options.placeholders = {{"Servers", {"srv*", "dc1"}}, {"Empty", {}}};
    EXPECT_TRUE(fires("F|expand: '%Servers%'", R"({"F": "SRV007"})", options));
    EXPECT_TRUE(fires("F|expand: '%Servers%'", R"({"F": "dc1"})", options));
    EXPECT_FALSE(fires("F|expand: '%Servers%'", R"({"F": "dc2"})", options));
    EXPECT_TRUE(fires(R"(F|contains|expand: '\\%Servers%')", R"({"F": "\\\\DC1\\c$"})", options));
    EXPECT_TRUE(fires(R"(F|expand: '\%plain%Servers%')", R"({"F": "%plaindc1"})", options));
    EXPECT_TRUE(fires("F: '%Servers%'", R"({"F": "%servers%"})", options));  // without the modifier it is literal
    EXPECT_REFUSED("F|expand: '%Nothing%'", "the placeholder %Nothing% has no value here");
    EXPECT_NE(refusal("F|expand: '%Empty%'", options).find("has no value here"), std::string::npos);
}

TEST(Modifiers, FieldrefComparesFields) {
    EXPECT_TRUE(fires("F|fieldref: 'G'", R"({"F": "A", "G": "a"})"));
    EXPECT_FALSE(fires("F|fieldref: 'G'", R"({"F": "a", "G": "b"})"));
    EXPECT_FALSE(fires("F|fieldref: 'G'", R"({"F": "a"})"));
    EXPECT_FALSE(fires("F|fieldref: 'G'", R"({"X": "a"})"));
    EXPECT_TRUE(fires("F|fieldref|startswith: 'G'", R"({"F": "abc", "G": "AB"})"));
    EXPECT_FALSE(fires("F|fieldref|startswith: 'G'", R"({"F": "abc", "G": "bc"})"));
    EXPECT_TRUE(fires("F|fieldref|endswith: 'G'", R"({"F": "abc", "G": "bc"})"));
    EXPECT_TRUE(fires("F|fieldref|contains: 'G'", R"({"F": "abc", "G": "b"})"));
    EXPECT_TRUE(fires("F|fieldref|neq: 'G'", R"({"F": "a", "G": "b"})"));
    EXPECT_FALSE(fires("F|fieldref|neq: 'G'", R"({"F": "a", "G": "A"})"));
    EXPECT_FALSE(fires("F|fieldref|neq: 'G'", R"({"F": "a"})"));
    EXPECT_FALSE(fires("F|fieldref|cased: 'G'", R"({"F": "a", "G": "A"})"));
    EXPECT_TRUE(fires("F|fieldref: 'G'", R"({"F": 5, "G": "5"})"));
    EXPECT_REFUSED("F|fieldref: 'G*'", "fieldref: wants the name of a field");
    EXPECT_REFUSED("F|fieldref: 5", "fieldref: wants the name of a field");
}

TEST(Modifiers, UnknownOnesAreRefused) {
    EXPECT_REFUSED("F|contain: 'a'", "unknown modifier 'contain'; did you mean 'contains'?");
    EXPECT_REFUSED("F|Contains: 'a'", "unknown modifier 'Contains'");
    EXPECT_REFUSED("F|: 'a'", "unknown modifier ''");
    EXPECT_REFUSED("F|base64sub: 'a'", "[modifiers appendix]");
}

TEST(Keywords, AreFoundAnywhereInAnyField) {
    EXPECT_TRUE(fires("- 'EVILSERVICE'\n        - 'svchost.exe -n evil'", R"({"x": {"message": "started SvcHost.exe -n evil now"}})"));
    EXPECT_FALSE(fires("- 'EVILSERVICE'\n        - 'svchost.exe -n evil'", R"({"message": "svchost.exe -n good"})"));
    EXPECT_TRUE(fires("'|all':\n            - 'OabVirtualDirectory'\n            - ' -ExternalUrl '", R"({"a": "oabvirtualdirectory", "b": "x -externalurl y"})"));
    EXPECT_FALSE(fires("'|all':\n            - 'OabVirtualDirectory'\n            - ' -ExternalUrl '", R"({"a": "oabvirtualdirectory"})"));
    EXPECT_TRUE(fires("- 123", R"({"a": "x 1234"})"));
    EXPECT_TRUE(fires("- 'a*z'", R"({"m": "--a--z--"})"));
    EXPECT_TRUE(fires("'|re': 'a[0-9]'", R"({"m": "xa7"})"));
    EXPECT_FALSE(fires("- 'a'", R"({"m": null})"));
    EXPECT_TRUE(fires("- 'kw'\n        - F: 'x'", R"({"F": "x"})"));  // a list of both
    EXPECT_TRUE(fires("- 'kw'\n        - F: 'x'", R"({"m": "a kw"})"));
    EXPECT_REFUSED("'|exists': true", "exists: needs a field");
    EXPECT_REFUSED("'|all': [true, false]", "only strings and numbers can be keywords");
    EXPECT_REFUSED("'|contains': ''", "a keyword is empty");
}

TEST(Selections, MapsJoinWithAndListsOfMapsWithOr) {
    EXPECT_TRUE(fires("F: 'a'\n        G: 'b'", R"({"F": "a", "G": "b"})"));
    EXPECT_FALSE(fires("F: 'a'\n        G: 'b'", R"({"F": "a", "G": "c"})"));
    EXPECT_TRUE(fires("- F: 'a'\n        - G: 'b'", R"({"G": "b"})"));
    EXPECT_FALSE(fires("- F: 'a'\n        - G: 'b'", R"({"G": "a"})"));
    EXPECT_TRUE(fires("NewValue: 'a'", R"({"New Value": "a"})"));  // "strip all spaces": Field Usage
    EXPECT_TRUE(fires("New Value: 'a'\n        NewValue: 'a'", R"({"New Value": "a"})"));
    EXPECT_TRUE(fires("process.executable|endswith: 'x'", R"({"process": {"executable": "C:\\x"}})"));
}

}  // namespace
}  // namespace vg::detect

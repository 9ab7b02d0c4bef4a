// The language by hand: each line of docs/search.md's tables is here.
#include "search/query.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "base/time.h"
#include "search/tree.h"

namespace vg::search {
namespace {

using event::Ecs;

// One event that the tests ask about.
struct Sample {
    Sample() {
        event::Builder builder{arena};
        builder.text("Image", "C:\\Windows\\System32\\cmd.exe");
        builder.text("CommandLine", "cmd.exe /c \"whoami /all\" > C:\\Temp\\out.txt");
        builder.text("IpAddress", "::ffff:203.0.113.7");
        builder.text("LogonType", "10");
        builder.text("Ratio", "3.50");
        builder.text("UtcTime", "2024-04-26 01:02:03.004");
        builder.text("Đơn vị", "Sở Thông tin");
        builder.text("Ghi chú", "Hoà Bình gọi đường dây nóng");
        builder.null("Nothing");
        builder.boolean("Elevated", true);
        builder.text("ProcessGuid", "{A98268C1-9C2E-5ACD-0000-0010396CAB00}");
        builder.text("id.orig_h", "198.51.100.9");
        builder.text("Empty", "");
        builder.ecs(Ecs::event_code, "4688");
        builder.ecs(Ecs::user_name, "Nguyễn Văn An");
        builder.ecs(Ecs::user_name, "SYSTEM");
        builder.ecs(Ecs::source_ip, "203.0.113.7");
        builder.ecs(Ecs::destination_ip, "2001:db8::1");
        builder.ecs(Ecs::source_port, std::int64_t{443});
        builder.ecs_integer(Ecs::process_pid, 420, "0x1a4");
        builder.ecs(Ecs::message, "Failed password for root from 203.0.113.7 port 22 ssh2 (mimikatz)");
        builder.ecs(Ecs::event_created, *parse_time("2024-04-26T08:30:00Z"));
        event.fields = builder.finish();
        event.occurred = *parse_time("2024-04-26T01:02:03Z");
        event.received = *parse_time("2024-04-27T00:00:00Z");
        event.format = "windows";
    }
    bool fits(std::string_view text) const {
        const auto query = parse(text);
        EXPECT_TRUE(query) << text << ": " << say(query.error(), text);
        return query && matches(*query, event, {"0190163d-8694-739b-aea5-966c26f8ad90", "0190163d-0000-739b-aea5-966c26f8ad90", "192.0.2.7", "", {17}, "0190163d-8694-739b-aea5-966c26f8ad91"});
    }
    Arena arena;
    event::Event event;
};

void expect_fits(std::initializer_list<const char*> queries) {
    const Sample sample;
    for (const char* query : queries) EXPECT_TRUE(sample.fits(query)) << query;
}
void expect_misses(std::initializer_list<const char*> queries) {
    const Sample sample;
    for (const char* query : queries) EXPECT_FALSE(sample.fits(query)) << query;
}

TEST(Query, ExampleOfTheDocumentation) {
    expect_fits({"source.ip:203.0.113.0/24 event.code:4688 \"mimikatz\" AND NOT user.name:ADMIN"});
    expect_misses({"source.ip:203.0.113.0/24 event.code:4688 \"mimikatz\" AND NOT user.name:SYSTEM"});
}

TEST(Query, EmptyTextMatchesEverything) { expect_fits({"", "   ", "*"}); }

TEST(Query, AndOrNotAndBracketsBindAsWritten) {
    expect_fits({"event.code:4688 source.port:443", "event.code:1 OR source.port:443", "NOT event.code:1", "-event.code:1", "!event.code:1", "NOT NOT event.code:4688",
                 "event.code:1 source.port:1 OR event.code:4688", "event.code:1 || event.code:4688 && source.port:443", "(event.code:1 OR event.code:4688) source.port:443", "NOT (event.code:1 AND source.port:443)"});
    expect_misses({"event.code:4688 source.port:1", "event.code:1 OR source.port:1", "-event.code:4688", "event.code:1 (source.port:1 OR event.code:4688)", "NOT (event.code:4688 AND source.port:443)"});
}

TEST(Query, BareWordsAreWholeWordsInOrder) {
    expect_fits({"mimikatz", "MIMIKATZ", "password", "\"failed password for root\"", "\"password, for: root\"", "203.0.113.7", "out.txt", "whoami", "nguyen", "\"nguyễn văn\"", "443", "420", "4688"});
    expect_misses({"mimi", "katz", "\"password failed\"", "\"failed root\"", "pass", "0x1a4", "\"nguyen van\""});
}

TEST(Query, StarsMakeAWordAFreeText) {
    expect_fits({"*mikat*", "mimi*", "*katz", "*d for r*", "m?mikatz", "fail*root", "*.exe", "*System32\\\\cmd*"});
    expect_misses({"mikat*", "*mimi", "mi?katz", "root*fail", "ailed*"});
}

TEST(Query, FoldsAccentsAndCaseUnlessQuoted) {
    expect_fits({"user.name:nguyen\\ van\\ an", "user.name:\"NGUYỄN VĂN AN\"", "\"Ghi chú\":*hoa\\ binh*", "hòa", "hoa", "duong", "user.name:system", "user.name:\"System\"", "\"Đơn vị\":\"sở thông tin\""});
    expect_misses({"user.name:\"nguyen van an\"", "\"hòa\"", "\"duong\""});
    expect_fits({"\"hoà\"", "\"đường dây\""});
}

TEST(Query, ValuesAreWhole) {
    expect_fits({"event.code:4688", "Image:*cmd.exe", "image:*CMD.EXE", "Image:\"c:\\windows\\system32\\cmd.exe\"", "Image:C:\\Windows\\System32\\cmd.exe", "LogonType:10", "Empty:\"\"", "ProcessGuid:{A98268C1-9C2E-5ACD-0000-0010396CAB00}",
                 "id.orig_h:198.51.100.9", "Elevated:true", "event.code:46?8", "event.code: 4688", "Event.Code:4688"});
    expect_misses({"Image:cmd.exe", "message:mimikatz", "LogonType:1", "\"image\":*cmd.exe", "event.code:46?"});
}

TEST(Query, TildeLooksForWordsInOneField) {
    expect_fits({"message:~mimikatz", "message:~\"failed password\"", "CommandLine:~whoami", "message:~mimi*"});
    expect_misses({"message:~whoami", "CommandLine:~who", "message:~\"password failed\""});
}

TEST(Query, ListsAndGroups) {
    expect_fits({"event.code:[1, 4688, 3]", "event.code:(1 OR 4688)", "user.name:(system AND nguyen*)", "event.code:(NOT 1)", "source.port:[443]", "source.ip:[198.51.100.0/24, 203.0.113.7]", "Image:[\"a, b\", *cmd.exe]", "source.port:(>400 AND <500)",
                 "user.name:(a OR (b OR system))"});
    expect_misses({"event.code:[1, 3]", "event.code:(1 OR 2)", "user.name:(-system)", "source.port:(>443)"});
}

TEST(Query, NumbersOfTheDictionaryCompareAsNumbers) {
    expect_fits({"source.port:>100", "source.port:>=443", "source.port:<444", "source.port:<=443", "source.port:[1 TO 443]", "source.port:{442 TO 444}", "source.port:400..500", "source.port:400..", "source.port:..443", "source.port:[* TO 500]", "source.port:0443",
                 "source.port:> 100", "process.pid:420", "source.port:4*", "source.port:{442 TO 443]"});
    expect_misses({"source.port:>443", "source.port:{443 TO 500}", "source.port:[1 TO 443}", "source.port:<443", "source.port:44", "source.port:..442", "source.port:5*"});
}

TEST(Query, NumbersInTextCompareAsNumbersWhenBothAre) {
    expect_fits({"event.code:>=4000", "event.code:[600 TO 5000]", "LogonType:>9", "LogonType:<100", "Ratio:>3.4", "Ratio:[3.5 TO 4]"});
    expect_misses({"event.code:>5000", "LogonType:>10", "Image:>5", "user.name:>1", "Ratio:>3.5"});
}

TEST(Query, TimesMeanAllOfTheirUnit) {
    expect_fits({"@timestamp:2024-04-26", "@timestamp:2024-04", "@timestamp:2024", "@timestamp:26/4/2024", "@timestamp:2024-04-26T01:02", "@timestamp:2024-04-26T08:02+07:00", "@timestamp:>=2024-04-26", "@timestamp:<=2024-04-26", "@timestamp:<2024-04-27",
                 "@timestamp:[2024-04-25 TO 2024-04-26]", "received:2024-04-27", "event.created:2024-04-26T08:30:00Z", "UtcTime:>2024-04-25", "UtcTime:2024-04-26..2024-04-27", "@timestamp:2024-04-25..2024-04-26"});
    expect_misses({"@timestamp:>2024-04-26", "@timestamp:<2024-04-26", "@timestamp:2024-04-27", "@timestamp:{2024-04-26 TO 2024-04-27}", "received:<2024-04-27", "UtcTime:>2024-04-26", "Image:>2024-04-25"});
}

TEST(Query, TimesWithoutOffsetStandInTheZoneAskedFor) {
    const Sample sample;  // 01:02:03 UTC is 08:02:03 in Hà Nội
    EXPECT_TRUE(matches(*parse("@timestamp:2024-04-26T08:02", {.zone = "Asia/Ho_Chi_Minh"}), sample.event));
    EXPECT_FALSE(matches(*parse("@timestamp:2024-04-26T01:02", {.zone = "Asia/Ho_Chi_Minh"}), sample.event));
    EXPECT_TRUE(matches(*parse("@timestamp:2024-04-26T01:02Z", {.zone = "Asia/Ho_Chi_Minh"}), sample.event));
}

TEST(Query, AddressesAndNetworks) {
    expect_fits({"source.ip:203.0.113.7", "source.ip:203.0.113.0/24", "source.ip:\"203.0.113.7\"", "source.ip:203.0.*", "destination.ip:2001:db8::/32", "destination.ip:2001:0db8:0:0:0:0:0:1", "IpAddress:203.0.113.7", "IpAddress:203.0.113.0/24", "203.0.113.0/24",
                 "2001:db8::1", "2001:0db8::0001", "source.ip:[203.0.113.1 TO 203.0.113.9]", "source.ip:>203.0.113.6", "source.ip:203.0.113.1..203.0.113.9", "peer:192.0.2.0/24", "id.orig_h:198.51.100.0/24"});
    expect_misses({"source.ip:203.0.114.0/24", "destination.ip:2001:db9::/32", "source.ip:203.1.*", "198.51.101.0/24", "source.ip:[203.0.113.8 TO 203.0.113.9]", "IpAddress:\"203.0.113.7\""});
}

TEST(Query, ExistsAndMissing) {
    expect_fits({"Image:*", "exists:Image", "exists:user.name", "missing:url.full", "missing:Nothing", "exists:Empty", "exists:source", "missing:unparsed", "NOT exists:Nothing", "exists:\"Đơn vị\"", "@timestamp:*", "exists:id"});
    expect_misses({"missing:Image", "Nothing:*", "exists:url.full", "unparsed:*", "exists:\"image\""});
}

TEST(Query, OwnWords) {
    expect_fits({"source:0190163d-8694-739b-aea5-966c26f8ad90", "organisation:0190163d-0000-*", "format:windows", "peer:192.0.2.7", "id:17", "id:10..20", "id:0190163d-8694-739b-aea5-966c26f8ad91:17", "id:\"0190163d-8694-739b-aea5-966c26f8ad91:17\"", "id:>16",
                 "id:[3, 0190163d-8694-739b-aea5-966c26f8ad91:17]"});
    expect_misses({"format:sshd", "id:18", "id:0190163d-8694-739b-aea5-966c26f8ad92:17", "\"format\":windows"});
}

TEST(Query, WhatLooksLikeAFieldButIsNot) {
    Arena arena;
    event::Builder builder{arena};
    builder.text("Path", "C:\\Users\\an");
    builder.text("Url", "see http://example.com/a?b=c at 12:30:45");
    builder.text("Mac", "aa:bb:cc:dd:ee:ff");
    event::Event event;
    event.fields = builder.finish();
    for (const char* text : {"C:\\Users\\an", "http://example.com/a\\?b=c", "12:30:45", "aa:bb:cc:dd:ee:ff", "-2001:db8::77"}) {
        const auto query = parse(text);
        ASSERT_TRUE(query) << text << ": " << query.error().text;
        EXPECT_TRUE(matches(*query, event)) << text;
    }
}

TEST(Query, EscapesAndQuotes) {
    Arena arena;
    event::Builder builder{arena};
    builder.text("A", "100* \"sure\" (yes)");
    builder.text("B", "\\\\server\\share\\");
    builder.text("Cc", "-x");
    builder.text("D", "a\\b");
    event::Event event;
    event.fields = builder.finish();
    for (const char* text : {"A:\"100* \\\"sure\\\" (yes)\"", "A:100\\*\\ \\\"sure\\\"\\ \\(yes\\)", "A:100*", "B:\"\\\\\\\\server\\share\\\\\"", "Cc:-x", "Cc:\\-x", "D:a\\b", "D:a\\\\b", "D:\"a\\b\""}) {
        const auto query = parse(text);
        ASSERT_TRUE(query) << text << ": " << query.error().text;
        EXPECT_TRUE(matches(*query, event)) << text;
    }
    EXPECT_FALSE(matches(*parse("A:\"100*\""), event));
}

struct Wrong {
    const char* text;
    std::size_t offset, length;
    const char* says;
    const char* suggestion;
};

TEST(Query, ErrorsPointAtTheWordsAndSayWhy) {
    const Wrong all[] = {
        {"souce.ip:203.0.113.7", 0, 8, "no field souce.ip", "source.ip"},
        {"a AND exists:usr.name", 13, 8, "no field usr.name", "user.name"},
        {"(a OR b", 7, 0, "bracket opened at character 1 is not closed", ")"},
        {"a)", 1, 1, "closes nothing", ""},
        {"()", 0, 2, "nothing between", ""},
        {"a AND", 2, 3, "nothing behind this AND", ""},
        {"OR a", 0, 2, "nothing before this OR", ""},
        {"a OR AND b", 5, 3, "nothing before this AND", ""},
        {"a NOT", 2, 3, "nothing behind this NOT", ""},
        {"user.name:", 10, 0, "value is missing behind user.name", "*"},
        {"user.name:\"an", 13, 0, "quote opened at character 11 is not closed", "\""},
        {"Image:\"C:\\Temp\\\"", 16, 0, "written twice", "\""},
        {":x", 0, 1, "name is missing", ""},
        {"source.port:http", 12, 4, "whole number", ""},
        {"source.ip:localhost", 10, 9, "is an address", ""},
        {"source.ip:203.0.113.0/33", 10, 14, "is an address", ""},
        {"@timestamp:yesterday", 11, 9, "is a time", ""},
        {"@timestamp:2024-13-01", 11, 10, "is a time", ""},
        {"@timestamp:2024-04-*", 11, 9, "no wildcards", ""},
        {"source.port:[9 TO 1]", 18, 1, "holds nothing", ""},
        {"source.port:[* TO *]", 0, 20, "needs a bound", ""},
        {"event.code:[1, 2", 16, 0, "not closed", "]"},
        {"event.code:[1 2]", 14, 1, "comma is missing", ", "},
        {"event.code:[]", 12, 1, "value is missing", ""},
        {"event.code:[1 TO ]", 14, 2, "no second bound", ""},
        {"us*r:an", 0, 4, "no wildcards", ""},
        {"...", 0, 3, "no letter or digit", ""},
        {"đ AND (", 8, 0, "nothing behind this bracket", ")"},
        {"user.name:\"a\"b", 13, 1, "blank is missing", " "},
        {"a\"b\"", 1, 1, "inside a word", ""},
        {"id:abc", 3, 3, "whole number", ""},
        {"a\xff", 1, 1, "not UTF-8", ""},
        {"đa\xc4", 3, 1, "not UTF-8", ""},
    };
    for (const Wrong& wrong : all) {
        const auto query = parse(wrong.text);
        ASSERT_FALSE(query) << wrong.text;
        EXPECT_EQ(query.error().offset, wrong.offset) << wrong.text << ": " << query.error().text;
        EXPECT_EQ(query.error().length, wrong.length) << wrong.text << ": " << query.error().text;
        EXPECT_NE(query.error().text.find(wrong.says), std::string::npos) << wrong.text << ": " << query.error().text;
        EXPECT_EQ(query.error().suggestion, wrong.suggestion) << wrong.text;
    }
}

TEST(Query, ErrorAsASentenceCountsCharacters) {
    const auto query = parse_or_say("đường souce.ip:1");
    ASSERT_FALSE(query);
    EXPECT_EQ(query.error().code, Code::bad_input);
    EXPECT_EQ(query.error().text, "in the query, at character 7: there is no field souce.ip; if a log does have it, put the name in quotes (perhaps: source.ip)");
}

TEST(Query, WarnsOfNamesCloseToKnownOnesAndOfSmallOperators) {
    auto warning = [](std::string_view text) {
        const auto query = parse(text);
        EXPECT_TRUE(query) << text;
        return query && !query->warnings().empty() ? query->warnings()[0].suggestion : std::string{};
    };
    EXPECT_EQ(warning("source.prt:1"), "source.port");  // ECS has a field set source: a log may have a field that we do not know
    EXPECT_EQ(warning("mesage:x"), "message");
    EXPECT_EQ(warning("a and b"), "AND");
    EXPECT_EQ(warning("Image:x"), "");
    EXPECT_EQ(warning("id.orig_h:x"), "");
    EXPECT_EQ(warning("and"), "");
    EXPECT_TRUE(parse("\"souce.ip\":x"));
}

TEST(Query, KeepsItsBounds) {
    EXPECT_TRUE(parse(std::string(kMostQueryBytes, 'a')));
    EXPECT_FALSE(parse(std::string(kMostQueryBytes + 1, 'a')));
    auto nested = [](std::size_t levels) { return std::string(levels, '(') + "a" + std::string(levels, ')'); };
    EXPECT_TRUE(parse(nested(kMostLevels)));
    EXPECT_FALSE(parse(nested(kMostLevels + 1)));
    EXPECT_TRUE(parse(std::string(8000, '-') + "a"));
    std::string terms;
    for (std::size_t i = 0; i < kMostTerms; ++i) terms += "a ";
    EXPECT_TRUE(parse(terms));
    EXPECT_FALSE(parse(terms + "a"));
    std::string list = "event.code:[1";
    for (std::size_t i = 1; i < kMostTerms; ++i) list += ",1";
    EXPECT_TRUE(parse(list + "]"));
    EXPECT_FALSE(parse(list + ",1]"));
    EXPECT_FALSE(parse("Image:*" + std::string(kMostBoundedPart, 'a') + "?*"));
}

TEST(Query, AlternativesOfOneFieldAreOneTerm) {
    const auto query = parse("event.code:1 OR event.code:2 OR event.code:[3, 4]");
    ASSERT_TRUE(query);
    ASSERT_EQ(query->root().kind, Node::Kind::term);
    EXPECT_EQ(query->root().term->predicate.equal_folded.size(), 4U);
}

TEST(Query, WildcardsTakeLinearTime) {
    Arena arena;
    event::Builder builder{arena};
    const std::string hostile(std::size_t{1} << 17, 'a');
    builder.text("A", arena.copy(hostile));
    event::Event event;
    event.fields = builder.finish();
    std::string pattern = "A:";
    for (int i = 0; i < 1000; ++i) pattern += "*aaa";
    EXPECT_FALSE(matches(*parse(pattern + "b"), event));  // an evaluation that goes back over stars would not end
    EXPECT_FALSE(matches(*parse("A:*" + std::string(4000, 'a') + "b*"), event));
    EXPECT_FALSE(matches(*parse("*" + std::string(200, 'a') + "?b*"), event));
}

}  // namespace
}  // namespace vg::search

// Records of several lines, and lines that need an earlier one.
#include <gtest/gtest.h>

#include "base/json.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

using testing::Read;
using testing::split;

TEST(Joiner, PutsTheLinesOfOneAuditEventTogether) {
    const std::string file =
        "type=SYSCALL msg=audit(1714093323.250:1): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 uid=0 comm=\"ls\" exe=\"/bin/ls\" key=(null)\n"
        "type=SYSCALL msg=audit(1714093323.250:2): arch=c000003e syscall=42 success=yes exit=0 ppid=1 pid=3 uid=0 comm=\"nc\" exe=\"/bin/nc\"\n"
        "type=EXECVE msg=audit(1714093323.250:1): argc=2 a0=\"ls\" a1=\"-la\"\n"
        "type=SOCKADDR msg=audit(1714093323.250:2): saddr=020001BBCB0071090000000000000000\n"
        "type=EOE msg=audit(1714093323.250:1): \n"
        "type=USER_LOGIN msg=audit(1714093324.000:3): pid=4 uid=0 msg='op=login acct=\"an\" addr=203.0.113.7 res=success'\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, file.size()}) {
        const auto all = split(file, step);
        ASSERT_EQ(all.records.size(), 3U);
        const Read first{all.records[0]};
        EXPECT_EQ(first.text("process.command_line"), "ls -la");
        EXPECT_EQ(first.text("process.executable"), "/bin/ls");
        EXPECT_EQ(first.event().logsource.categories[0], "process_creation");
        const Read second{all.records[1]};
        EXPECT_EQ(second.text("destination.ip"), "203.0.113.9");
        EXPECT_EQ(second.text("process.name"), "nc");
        EXPECT_EQ(second.event().logsource.categories[0], "network_connection");
        EXPECT_EQ(Read{all.records[2]}.text("user.name"), "an");
    }
}

TEST(Joiner, GivesEachLineOfIisTheFieldsThatHoldForIt) {
    const std::string file =
        "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2024-04-26 01:00:00\r\n"
        "#Fields: date time c-ip cs-method cs-uri-stem sc-status X-Forwarded-For\r\n2024-04-26 01:02:03 192.0.2.7 GET /a 200 203.0.113.7\r\n"
        "#Fields: date time cs-uri-stem c-ip\r\n2024-04-26 01:02:04 /b 192.0.2.8\r\n2024-04-26 01:02:05 /c\r\n";
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, file.size()}) {
        const auto all = split(file, step);
        ASSERT_EQ(all.records.size(), 3U);
        const Read first{all.records[0]};
        EXPECT_EQ(first.event().format, "iis");
        EXPECT_EQ(first.text("source.ip"), "192.0.2.7");
        EXPECT_EQ(first.text("url.path"), "/a");
        EXPECT_EQ(first.text("X-Forwarded-For"), "203.0.113.7");
        const Read second{all.records[1]};
        EXPECT_EQ(second.text("source.ip"), "192.0.2.8");
        EXPECT_EQ(second.text("url.path"), "/b");
        EXPECT_EQ(Read{all.records[2]}.event().format, "") << "a column is missing: nothing is guessed";
    }
}

TEST(Joiner, MakesOfAZeekTableWhatZeekWouldWriteAsJson) {
    const std::string file =
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tx\n#fields\tts\tid.orig_h\tn\tok\tname\ttags\tnone\n"
        "#types\ttime\taddr\tcount\tbool\tstring\tset[string]\tvector[count]\n1714093323.250000\t192.0.2.7\t5\tT\ta\\x09\"b\\xff\tx,y\t(empty)\n1714093323.250000\t-\t-\tF\t(empty)\t-\t1,-\n#close\t2024\n";
    const auto all = split(file, 3);
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(json::parse(all.records[0])->dump(), json::parse(R"({"_path":"x","ts":1714093323.25,"id.orig_h":"192.0.2.7","n":5,"ok":true,"name":"a\t\"b\\xff","tags":["x","y"],"none":[]})")->dump());
    EXPECT_EQ(json::parse(all.records[1])->dump(), json::parse(R"({"_path":"x","ts":1714093323.25,"ok":false,"name":"","none":[1,null]})")->dump());
    EXPECT_TRUE(all.damage.empty());
    const auto broken = split("#separator \\x09\n#fields\ta\tb\n1\n1\t2\t3\n");
    EXPECT_EQ(broken.records.size(), 2U);
    EXPECT_EQ(broken.damage.size(), 2U);
    EXPECT_EQ(split("#separator \\x09\n1\t2\n").records.size(), 0U);
}

TEST(Joiner, CutsXmlAtItsEventsWhereverLinesEnd) {
    const auto all = split("<?xml version=\"1.0\"?>\n<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System><EventID>7</EventID>\n</System></Event><Event>\n</Event></Events>\n", 5);
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(all.records[0], "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System><EventID>7</EventID>\n</System></Event>");
    EXPECT_EQ(split("<Event>\n<System>\n").damage.size(), 1U);
}

TEST(Joiner, KeepsFurtherLinesOfPostgresWithTheirMessage) {
    const auto all = split("2024-04-26 01:02:03.5 UTC [7] LOG:  statement: select\n\t1\n2024-04-26 01:02:04 UTC [7] LOG:  x\n");
    ASSERT_EQ(all.records.size(), 2U);
    EXPECT_EQ(Read{all.records[0]}.text("statement"), "select\n\t1");
}

TEST(Joiner, CutsTheJournalsEntriesWithTheirBinaryFields) {
    using namespace std::string_literals;
    const std::string file = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1714093323250000\nMESSAGE\n\x05\0\0\0\0\0\0\0a\n\nb\n\n_PID=7\n\n__CURSOR=s=2\nMESSAGE=c\n\n"s;
    for (const std::size_t step : {std::size_t{1}, std::size_t{9}, file.size()}) {
        const auto all = split(file, step);
        ASSERT_EQ(all.records.size(), 2U);
        EXPECT_EQ(all.formats[0], "journald");
        const Read first{testing::record(all.records[0], "journald")};
        EXPECT_EQ(first.outcome.unparsed, "");
        EXPECT_EQ(first.text("message"), "a\n\nb\n");
        EXPECT_EQ(first.text("process.pid"), "7");
        EXPECT_EQ(first.event().occurred, Time{1'714'093'323'250'000});
        EXPECT_EQ(Read{testing::record(all.records[1], "journald")}.text("message"), "c");
    }
}

// Of one record the corpus has both, rendered by another program.
TEST(Joiner, RenderedXmlAndJsonOfOneRecordGiveTheSameEvent) {
    const auto folder = testing::corpus("evtx-parser-cases");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    const auto body = [&](const char* name) {
        const std::string text = testing::read_file(*folder / "tests/snapshots" / (std::string{"test_record_samples__event_"} + name + ".snap"));
        return text.substr(text.find("---", 3) + 4);
    };
    std::size_t compared = 0;
    for (const auto& [xml, json_name] : {std::pair{"xml_sample", "json_sample"}, {"xml_sample_with_event_data", "json_sample_with_event_data"}, {"xml_sample_with_event_data_with_attributes_and_text", "json_sample_with_event_data_with_attributes_and_text"}}) {
        std::string raw = body(xml);
        const std::size_t begin = raw.find("<Event");
        if (begin == std::string::npos || raw.find('\\') != std::string::npos) continue;
        const Read from_xml{testing::record(raw.substr(begin), "windows-xml")};
        const std::string text = body(json_name);
        const Read from_json{testing::record(text.substr(text.find('{')), "windows")};
        if (!from_json.outcome.unparsed.empty()) continue;
        EXPECT_EQ(from_xml.outcome.unparsed, "") << xml;
        for (const char* name : {"EventID", "Channel", "Computer", "EventRecordID", "Provider_Name", "event.code", "host.name", "winlog.record_id"}) EXPECT_EQ(from_xml.text(name), from_json.text(name)) << xml << " " << name;
        EXPECT_EQ(from_xml.event().occurred, from_json.event().occurred) << xml;
        ++compared;
    }
    std::printf("%zu records compared\n", compared);
}

}  // namespace
}  // namespace vg::formats

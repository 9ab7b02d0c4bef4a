#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "formats/syslog_header.h"
#include "formats/testing.h"

namespace vg::formats {
namespace {

using testing::corpus;
using testing::Read;

Context received(std::string_view time, std::string_view zone = {}) { return {parse_time(time).value(), zone}; }

std::string time_of(std::string_view line, const Context& context) {
    const auto header = read_syslog_header(line, context);
    return header && header->time_known ? to_rfc3339(header->time) : "(none)";
}

// RFC 5424, section 6.5, examples 1 to 4.
TEST(SyslogHeader, ReadsTheExamplesOfRfc5424) {
    const Context context = received("2003-10-12T00:00:00Z");
    const auto first = read_syslog_header("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xEF\xBB\xBF'su root' failed for lonvick on /dev/pts/8", context);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->priority, 34);
    EXPECT_EQ(to_rfc3339(first->time), "2003-10-11T22:14:15.003Z");
    EXPECT_EQ(first->host, "mymachine.example.com");
    EXPECT_EQ(first->app, "su");
    EXPECT_EQ(first->procid, "");
    EXPECT_EQ(first->msgid, "ID47");
    EXPECT_EQ(first->message, "'su root' failed for lonvick on /dev/pts/8");

    const auto second = read_syslog_header("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.", context);
    ASSERT_TRUE(second);
    EXPECT_EQ(to_rfc3339(second->time), "2003-08-24T12:14:15.000003Z");
    EXPECT_EQ(second->procid, "8710");
    EXPECT_EQ(second->message, "%% It's time to make the do-nuts.");

    const auto third = read_syslog_header(
        R"(<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"] An application event log entry...)", context);
    ASSERT_TRUE(third);
    EXPECT_EQ(third->structured, R"([exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"])");
    EXPECT_EQ(third->message, "An application event log entry...");

    const auto fourth = read_syslog_header(
        R"(<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3"][examplePriority@32473 class="high"])", context);
    ASSERT_TRUE(fourth);
    EXPECT_EQ(fourth->structured, R"([exampleSDID@32473 iut="3"][examplePriority@32473 class="high"])");
    EXPECT_EQ(fourth->message, "");
}

TEST(SyslogHeader, KeepsBracketsAndEscapedQuotesInStructuredValues) {
    const auto header = read_syslog_header(R"(<13>1 - - - - - [a@1 b="x]\"y"] text)", received("2024-05-01T00:00:00Z"));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->structured, R"([a@1 b="x]\"y"])");
    EXPECT_EQ(header->message, "text");
    EXPECT_FALSE(header->time_known);
}

// RFC 3164, section 5.4, example 1.
TEST(SyslogHeader, ReadsTheExampleOfRfc3164) {
    const auto header = read_syslog_header("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", received("2003-10-12T00:00:00Z"));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->priority, 34);
    EXPECT_EQ(to_rfc3339(header->time), "2003-10-11T22:14:15Z");
    EXPECT_EQ(header->host, "mymachine");
    EXPECT_EQ(header->app, "su");
    EXPECT_EQ(header->message, "'su root' failed for lonvick on /dev/pts/8");
}

TEST(SyslogHeader, TakesDecemberSeenInJanuaryForLastYear) {
    EXPECT_EQ(time_of("Dec 31 23:59:58 host a: b", received("2024-01-01T00:00:05Z")), "2023-12-31T23:59:58Z");
}

TEST(SyslogHeader, TakesJanuarySeenInDecemberForNextYearWhenItIsNear) {
    EXPECT_EQ(time_of("Jan  1 00:00:02 host a: b", received("2023-12-31T23:59:58Z")), "2024-01-01T00:00:02Z");
    EXPECT_EQ(time_of("Jan  3 00:00:02 host a: b", received("2023-12-31T23:59:58Z")), "2023-01-03T00:00:02Z");
}

TEST(SyslogHeader, FindsTheLeapYearOfA29February) {
    EXPECT_EQ(time_of("Feb 29 10:00:00 host a: b", received("2026-03-01T00:00:00Z")), "2024-02-29T10:00:00Z");
}

TEST(SyslogHeader, TakesTheSourcesZoneWhenTheTimeHasNone) {
    EXPECT_EQ(time_of("May  1 07:00:00 host a: b", received("2024-05-01T00:00:00Z", "Asia/Ho_Chi_Minh")), "2024-05-01T00:00:00Z");
    EXPECT_EQ(time_of("2024-05-01T07:00:00+07:00 host a: b", received("2024-05-01T00:00:00Z", "Europe/Paris")), "2024-05-01T00:00:00Z");
}

TEST(SyslogHeader, ReadsTimesWithAYearAndAFraction) {
    const Context context = received("2024-05-01T00:00:00Z");
    EXPECT_EQ(time_of("<189>Mar  2 2021 03:04:05: %ASA-6-302013: Built", context), "2021-03-02T03:04:05Z");
    EXPECT_EQ(time_of("2015 Nov 13 13:40:01 ether rsyslogd: x", context), "2015-11-13T13:40:01Z");
    EXPECT_EQ(time_of("Apr 30 03:04:05.25 host a: b", context), "2024-04-30T03:04:05.250Z");
}

TEST(SyslogHeader, RefusesWhatDoesNotBeginLikeSyslog) {
    const Context context = received("2024-05-01T00:00:00Z");
    for (const char* line : {"", "hello", "<192>1 - - - - - -", "<>x", "<1234>x", "{\"a\":1}", "Foo 12 10:00:00 host a: b", "2024-05-01"}) EXPECT_FALSE(read_syslog_header(line, context)) << line;
}

TEST(Syslog, GivesTheHeadersThatCrowdsecAsserts) {
    const auto folder = corpus("log-parsing-crowdsec");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    const std::regex line_of{R"re(^results\["s00-raw"\]\["crowdsecurity/syslog-logs"\]\[(\d+)\]\.(Success == true|Evt\.Parsed\["(program|message|pid)"\] == "(.*)")$)re"};
    std::size_t checked = 0;
    std::size_t read = 0;
    for (const auto& path : testing::files_under(*folder, ".assert")) {
        if (path.filename() != "parser.assert") continue;
        std::map<std::size_t, std::map<std::string, std::string>> wanted;
        std::istringstream asserts{testing::read_file(path)};
        for (std::string line; std::getline(asserts, line);) {
            std::smatch match;
            if (!std::regex_match(line, match, line_of)) continue;
            wanted[std::stoul(match[1])][match[3].matched ? match[3].str() : "ok"] = match[4];
        }
        std::vector<std::string> lines;
        for (const auto& log : testing::files_under(path.parent_path(), ".log")) {
            std::istringstream text{testing::read_file(log)};
            for (std::string line; std::getline(text, line);)
                if (!line.empty()) lines.push_back(line);
        }
        for (const auto& [index, facts] : wanted) {
            if (!facts.contains("ok") || !facts.contains("message") || index >= lines.size()) continue;
            const Read got{lines[index]};
            ++checked;
            if (!got.outcome.unparsed.empty() || got.event().format == "json") {
                std::printf("%s:%zu: not read as syslog: %s\n", path.parent_path().filename().c_str(), index, lines[index].substr(0, 150).c_str());
                continue;
            }
            ++read;
            std::string message = facts.at("message");
            for (std::size_t at = message.find('\\'); at != std::string::npos; at = message.find('\\', at + 1)) message.erase(at, 1);
            EXPECT_EQ(got.text("message"), message) << path << " " << index << ": " << lines[index];
            if (facts.contains("program")) {
                EXPECT_EQ(got.text("process.name"), facts.at("program")) << lines[index];
            }
            if (facts.contains("pid")) {
                EXPECT_EQ(got.text("log.syslog.procid"), facts.at("pid")) << lines[index];
            }
        }
    }
    std::printf("%zu of %zu lines read as syslog\n", read, checked);
    EXPECT_EQ(read, checked);
    EXPECT_GT(checked, 200U);
}

}  // namespace
}  // namespace vg::formats

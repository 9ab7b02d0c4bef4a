// sshd and sudo on the lines of others' corpora. What single messages must give stands in the golden cases.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "formats/testing.h"

namespace vg::formats {
namespace {

using testing::corpus;
using testing::Read;

TEST(Sshd, UnderstandsWhatCrowdsecsScenariosCount) {
    const auto folder = corpus("log-parsing-crowdsec");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::size_t lines = 0;
    std::size_t understood = 0;
    std::size_t with_address = 0;
    for (const char* name : {"ssh-bf", "ssh-generic-test", "ssh-slow-bf", "ssh-time-based-bf", "ssh-timeout", "syslog-logs", "whitelists"})
        for (const auto& path : testing::files_under(*folder / name, ".log")) {
            std::istringstream file{testing::read_file(path)};
            for (std::string line; std::getline(file, line);) {
                const Read got{line};
                if (got.event().format != "sshd") {
                    EXPECT_EQ(line.find(" sshd["), std::string::npos) << line;
                    continue;
                }
                ++lines;
                understood += got.event().find(event::Ecs::event_action) != nullptr ? 1 : 0;
                const bool address = got.event().find(event::Ecs::source_ip) != nullptr;
                with_address += address ? 1 : 0;
                EXPECT_TRUE(address) << line;
                EXPECT_TRUE(got.event().occurred_known) << line;
            }
        }
    std::printf("%zu lines of sshd, %zu with an action, %zu with an address\n", lines, understood, with_address);
    EXPECT_GT(lines, 50U);
    EXPECT_EQ(understood, lines);
}

// The sections of an ini file of Wazuh's rule tests: "log N pass = LINE" with the decoder that takes it.
TEST(Sudo, ReadsTheLinesOfWazuhsRuleTests) {
    const auto folder = corpus("log-parsing-wazuh");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::istringstream file{testing::read_file(*folder / "sudo.ini")};
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) {
        const std::size_t at = line.find(" pass = ");
        if (!line.starts_with("log ") || at == std::string::npos) continue;
        ++lines;
        const Read got{line.substr(at + 8)};
        EXPECT_EQ(got.event().format, "sudo") << line;
        EXPECT_NE(got.text("COMMAND"), "(none)") << line;
        EXPECT_NE(got.text("user.name"), "(none)") << line;
        const bool failed = line.find("incorrect password") != std::string::npos || line.find("NOT in sudoers") != std::string::npos;
        EXPECT_EQ(got.text("event.outcome"), failed ? "failure" : "success") << line;
    }
    EXPECT_EQ(lines, 8U);
}

TEST(Pam, ReadsTheLinesOfWazuhsRuleTests) {
    const auto folder = corpus("log-parsing-wazuh");
    if (!folder) GTEST_SKIP() << "no corpora beside the repository";
    std::istringstream file{testing::read_file(*folder / "pam.ini")};
    std::size_t sshd = 0;
    for (std::string line; std::getline(file, line);) {
        const std::size_t at = line.find(" pass = ");
        if (!line.starts_with("log ") || at == std::string::npos) continue;
        const Read got{line.substr(at + 8)};
        EXPECT_EQ(got.outcome.unparsed, "") << line;
        EXPECT_TRUE(got.event().occurred_known) << line;
        if (got.event().format != "sshd") continue;
        ++sshd;
        EXPECT_EQ(got.text("user.name"), "root");
        EXPECT_EQ(got.text("source.ip"), "10.0.3.1");
        EXPECT_EQ(got.text("event.action"), "authentication_failure");
    }
    EXPECT_EQ(sshd, 1U);
}

// Every line of every corpus gives an event, and the same one twice.
TEST(Formats, NeverLoseALineOfTheLogCorpora) {
    std::size_t lines = 0;
    std::size_t parsed = 0;
    for (const char* name : {"log-parsing-crowdsec", "log-parsing-wazuh"}) {
        const auto folder = corpus(name);
        if (!folder) GTEST_SKIP() << "no corpora beside the repository";
        for (const char* extension : {".log", ".ini"})
            for (const auto& path : testing::files_under(*folder, extension))
                for (const std::string& line : testing::split(testing::read_file(path)).records) {
                    const Read got{line};
                    ++lines;
                    parsed += got.outcome.unparsed.empty() ? 1 : 0;
                    EXPECT_FALSE(got.event().fields.empty()) << line;
                    const Read again{line};
                    EXPECT_TRUE(event::same(got.event(), again.event())) << line;
                }
    }
    std::printf("%zu lines, %zu understood by a format\n", lines, parsed);
    EXPECT_GT(lines, 5000U);
}

}  // namespace
}  // namespace vg::formats

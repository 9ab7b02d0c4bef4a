// Correlations that others wrote: those of hayabusa fire where their own conditions say, and those of the specification's
// samples can all be followed.
#include <gtest/gtest.h>

#include "detect/kinds/correlation/testing.h"

namespace vg::detect {
namespace {

namespace fs = std::filesystem;
using testing::Timeline;

TEST(Hayabusa, PasswordSprayIsFoundAtTheFifthAccount) {
    const fs::path folder = testing::unpacked("sigma-correlation-hayabusa");
    if (folder.empty()) GTEST_SKIP() << "the corpus sigma-correlation-hayabusa is not there";
    std::string text;
    for (const RuleFile& file : testing::rule_files(folder))
        if (file.name.find("Sec_4648") != std::string::npos) text = file.text;
    Timeline line{text};
    ASSERT_EQ(line.loaded.report.correlations, 1U);
    const auto logon = [](std::string_view address, std::string_view user) {
        return format(R"({{"Channel":"Security","EventID":4648,"IpAddress":"{}","Computer":"dc1","TargetUserName":"{}"}})", address, user);
    };
    // value_count of TargetUserName, gte 5 within 5 minutes, by IpAddress and Computer; without an address none.
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(line.at(i, logon("-", format("u{}", i)).c_str()).empty());
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(line.at(20 + i, logon("192.0.2.7", format("u{}", i)).c_str()).empty());
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(line.at(30 + i, logon("192.0.2.7", format("U{}", i)).c_str()).empty());
    EXPECT_TRUE(line.at(40, logon("192.0.2.8", "u4").c_str()).empty());
    // The window of 330 begins at 30: u0, u1, u2, u3 and u9.
    EXPECT_EQ(Timeline::told(line.at(330, logon("192.0.2.7", "u9").c_str())), std::vector<std::string>{"PW Spray 5 begins"});
}

TEST(Specification, EachOfItsSamplesCanBeFollowed) {
    const fs::path folder = testing::corpora() / "sigma-specification" / "tests" / "schema" / "correlation";
    if (testing::corpora().empty()) GTEST_SKIP() << "the corpora are not there";
    std::size_t followed = 0;
    for (const RuleFile& file : testing::rule_files(folder)) {
        std::string text = file.text + "\n";
        // The rules that it names, by their names or ids.
        testing::Loaded alone = testing::load(text);
        for (int missing = 0; missing < 10 && !alone.report.refused.empty(); ++missing) {
            const std::string& reason = alone.report.refused[0].reason;
            const std::size_t begin = reason.find("the rule '");
            ASSERT_NE(begin, std::string::npos) << file.name << ": " << reason;
            const std::string name = reason.substr(begin + 10, reason.find('\'', begin + 10) - begin - 10);
            text += format("---\ntitle: T{}\n{}: {}\nlogsource: {{category: test}}\ndetection:\n  s: {{kind: a}}\n  condition: s\n", missing, name.size() == 36 ? "id" : "name", name);
            alone = testing::load(text);
        }
        EXPECT_TRUE(alone.report.refused.empty()) << file.name;
        followed += alone.report.correlations;
    }
    EXPECT_EQ(followed, 8U);
}

}  // namespace
}  // namespace vg::detect

// The cases of one rule as the console shows and runs them.
#include "cli/rule_cases.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "cli/content.h"

namespace vg::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kRule[] = R"(title: Root by password
id: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a01
logsource: {product: linux, service: sshd}
detection:
  login: {event.action: ssh_login, user.name: root}
  condition: login
)";
constexpr char kOther[] = R"(title: Any sign-in
id: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a02
logsource: {product: linux, service: sshd}
detection:
  login: {event.action: ssh_login}
  condition: login
)";
std::string line(std::string_view who) { return format("<38>1 2026-05-13T02:00:00.000+07:00 web01 sshd 4471 - - Accepted password for {} from 203.0.113.45 port 50000 ssh2\n", who); }

struct RuleCases : testing::Test {
    void SetUp() override {
        folder = fs::temp_directory_path() / ("vonggac-cases-" + std::to_string(::getpid()));
        fs::remove_all(folder);
        fs::create_directories(folder / "cases" / "root");
        put("root.yaml", kRule);
        put("cases/root/attack.log", line("root") + line("root"));
        put("cases/root/benign.log", line("an"));
        put("cases/root/origin.txt", "attack and benign: composed, by hand.\n");
        library = formats::Library::make({}).value();
    }
    void TearDown() override { fs::remove_all(folder); }
    void put(const std::string& name, const std::string& text) const { std::ofstream{folder / name} << text; }
    std::string path(const std::string& name) const { return (folder / name).string(); }

    std::shared_ptr<const detect::Engine> engine_of(const std::vector<detect::RuleFile>& files) {
        detect::LoadReport report;
        auto engine = detect::Engine::make(files, {}, report).value();
        EXPECT_TRUE(report.refused.empty());
        return engine;
    }
    static const detect::RuleInfo& rule_of(const detect::Engine& engine, std::string_view title) {
        const auto& rules = engine.rules();
        return **std::find_if(rules.begin(), rules.end(), [&](const detect::RuleInfo* rule) { return rule->title == title; });
    }

    fs::path folder;
    std::shared_ptr<const formats::Library> library;
};

TEST_F(RuleCases, AreListedWithTheirTextAndOrigin) {
    const auto engine = engine_of({{path("root.yaml"), kRule}});
    const auto cases = cases_beside(*engine, *engine->rules()[0]).value();
    ASSERT_EQ(cases.files.size(), 2U);
    EXPECT_EQ(cases.files[0].name, "attack.log");
    EXPECT_TRUE(cases.files[0].attack);
    EXPECT_EQ(cases.files[0].text, line("root") + line("root"));
    EXPECT_FALSE(cases.files[0].cut);
    EXPECT_EQ(cases.files[1].name, "benign.log");
    EXPECT_FALSE(cases.files[1].attack);
    EXPECT_EQ(cases.files[1].bytes, line("an").size());
    EXPECT_EQ(cases.origin, "attack and benign: composed, by hand.\n");
}

TEST_F(RuleCases, AreRunByTheRuleAlone) {
    const auto engine = engine_of({{path("root.yaml"), kRule}, {"pack x: other.yml", kOther}});
    const auto results = run_cases(engine, *library, rule_of(*engine, "Root by password")).value();
    ASSERT_EQ(results.size(), 2U);
    for (const api::RuleCaseResult& one : results) EXPECT_TRUE(one.wrong.empty()) << one.name << ": " << one.wrong[0].en;
    EXPECT_EQ(results[0].records, 2U);
    EXPECT_EQ(results[1].records, 1U);
}

TEST_F(RuleCases, SayWhatIsNotAsItMustBe) {
    const auto results_of = [&](std::string_view old, std::string_view now) {
        std::string text = kRule;
        text.replace(text.find(old), old.size(), now);
        const auto engine = engine_of({{path("root.yaml"), text}});
        return run_cases(engine, *library, *engine->rules()[0]).value();
    };
    const auto deaf = results_of("user.name: root", "user.name: nobody");
    ASSERT_EQ(deaf[0].wrong.size(), 2U) << "neither record of the attack fires";
    EXPECT_NE(deaf[0].wrong[0].en.find("record 1"), std::string::npos);
    EXPECT_NE(deaf[0].wrong[1].vi.find("bản ghi 2"), std::string::npos);
    EXPECT_TRUE(deaf[1].wrong.empty());
    const auto eager = results_of(", user.name: root", "");
    EXPECT_TRUE(eager[0].wrong.empty());
    EXPECT_EQ(eager[1].wrong.size(), 1U);
}

TEST_F(RuleCases, AreThoseOfTheRuleThatMakesFindings) {
    const std::string text = format("title: Many\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a03\ncorrelation:\n  type: event_count\n  rules: [0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a01]\n  group-by: [source.ip]\n  timespan: 5m\n  condition: {{gte: 2}}\n---\n{}", kRule);
    const auto engine = engine_of({{path("root.yaml"), text}});
    EXPECT_TRUE(cases_beside(*engine, rule_of(*engine, "Root by password")).value().files.empty()) << "it only counts";
    const auto results = run_cases(engine, *library, rule_of(*engine, "Many")).value();
    ASSERT_EQ(results.size(), 2U);
    for (const api::RuleCaseResult& one : results) EXPECT_TRUE(one.wrong.empty()) << one.name << ": " << one.wrong[0].en;
}

TEST_F(RuleCases, AreNoneForWhatCameFromNoFile) {
    const auto engine = engine_of({{"pack x: root.yaml", kRule}, {path("gone.yaml"), kOther}});
    for (const detect::RuleInfo* rule : engine->rules()) {
        EXPECT_TRUE(cases_beside(*engine, *rule).value().files.empty());
        EXPECT_TRUE(run_cases(engine, *library, *rule).value().empty());
    }
}

TEST_F(RuleCases, AreCutWhenTheyAreLongAndRefusedWhenTheyAreHuge) {
    std::string text;
    for (int i = 0; i < 1'000; ++i) text += line("an");
    put("cases/root/benign.log", text);
    const auto engine = engine_of({{path("root.yaml"), kRule}});
    const auto cases = cases_beside(*engine, *engine->rules()[0]).value();
    EXPECT_TRUE(cases.files[1].cut);
    EXPECT_EQ(cases.files[1].bytes, text.size());
    EXPECT_LT(cases.files[1].text.size(), text.size());
    put("cases/root/benign.log", std::string(std::size_t{9} << 20, 'a'));
    EXPECT_EQ(cases_beside(*engine, *engine->rules()[0]).error().code, Code::too_large);
    EXPECT_EQ(run_cases(engine, *library, *engine->rules()[0]).error().code, Code::too_large);
}

}  // namespace
}  // namespace vg::cli

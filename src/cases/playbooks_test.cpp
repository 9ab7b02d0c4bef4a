// Playbooks in State and their runs; and the program's own, one for each kind of incident.
#include "cases/playbooks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/text.h"
#include "cases/tasks.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::cases::playbooks_test {
namespace {

constexpr Time kMay{1'714'500'000'000'000};  // 2024-04-30T18:00:00Z

class CountingRandom final : public Random {
public:
    void fill(std::uint8_t* bytes, std::size_t count) override {
        for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(generator_());
    }

private:
    std::mt19937_64 generator_{7};
};

std::map<std::string, std::string> shipped_files() {
    std::map<std::string, std::string> files;
    for (const auto& one : std::filesystem::directory_iterator{VG_SOURCE_DIR "/content/playbooks"}) {
        std::ifstream stream{one.path(), std::ios::binary};
        std::ostringstream text;
        text << stream.rdbuf();
        files.emplace(one.path().filename().string(), text.str());
    }
    return files;
}

TEST(ShippedPlaybooks, AreOneForEachKindOfIncident) {
    const auto files = shipped_files();
    const auto all = shipped_playbooks(files);
    ASSERT_TRUE(all) << all.error().text;
    ASSERT_EQ(all->size(), std::size(kIncidentKinds));
    for (const std::string_view kind : kIncidentKinds) {
        const auto found = std::find_if(all->begin(), all->end(), [&](const Kept& one) { return one.about.kind == kind; });
        ASSERT_NE(found, all->end()) << kind;
        EXPECT_TRUE(files.contains(std::string{kind} + ".json")) << kind;
        EXPECT_TRUE(found->remarks.empty()) << kind << ": " << told(found->remarks);
        EXPECT_NE(found->about.name.find(" / "), std::string::npos) << "in Vietnamese and in English";
        const auto lines = cacao::checklist(found->playbook);
        EXPECT_GE(lines.size(), 8U) << kind;
        std::size_t steps = 0;
        for (const cacao::Step& step : found->playbook.steps) steps += step.type == "start" || step.type == "end" ? 0 : 1;
        EXPECT_EQ(lines.size(), steps) << kind << ": every step stands in the checklist";
        for (const cacao::Line& line : lines) {
            const cacao::Step& step = found->playbook.steps[line.step];
            EXPECT_NE(step.name.find(" / "), std::string::npos) << kind << ": " << step.name;
            for (const cacao::Command& one : step.commands) EXPECT_EQ(one.type, "manual") << "people do them";
            EXPECT_EQ(step.type == "action", !step.description.empty() && step.commands.size() == 1) << step.name;
        }
    }
}

struct Playbooks : testing::Test {
    Playbooks() {
        const std::array schemas{store::audit_schema(), schema()};
        state = *store::State::open(store::test_state(), schemas, metrics);
        a = make_id<OrganisationTag>(kMay, random);
        officer = {.name = "user:an", .role = access::Role::operator_, .scope = access::Scope::node(), .organisation = {}, .user = {}, .source = {}, .session = {}};
        of = *state->write([&](store::Transaction& tx) { return open(tx, officer, {.organisation = a, .matter = "x", .title = "x", .kind = "encryption"}, random, now); });
        own = *shipped_playbooks(shipped_files());
        for (const Kept& one : own)
            if (one.about.kind == "encryption") ransom = one;
    }
    template <class Work>
    auto write(Work&& work) {
        return state->write([&](store::Transaction& tx) { return work(tx); });
    }
    Result<Kept> kept(std::string_view bytes) {
        return write([&](store::Transaction& tx) { return keep_playbook(tx, officer, bytes, "tệp", now); });
    }
    Result<cases::Run> started(const Kept& which) {
        return write([&](store::Transaction& tx) { return start(tx, officer, of.id, which.about, which.playbook, random, now); });
    }
    std::vector<Task> all_tasks() {
        return *state->read([&](store::Transaction& tx) { return tasks(tx, access::Scope::node(), {.of = of.id, .open = {}, .due_before = {}, .assigned = {}}, "", 1'000); });
    }

    metrics::Registry metrics;
    CountingRandom random;
    std::unique_ptr<store::State> state;
    OrganisationId a;
    access::Actor officer;
    Time now = kMay;
    Case of;
    std::vector<Kept> own;
    Kept ransom;
};

TEST_F(Playbooks, ARunIsAChecklistOfTasksInOrder) {
    const auto run = started(ransom);
    ASSERT_TRUE(run) << run.error().text;
    const auto tasks_now = all_tasks();
    const auto lines = cacao::checklist(ransom.playbook);
    ASSERT_EQ(tasks_now.size(), lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const cacao::Step& step = ransom.playbook.steps[lines[i].step];
        EXPECT_EQ(tasks_now[i].title, step.name);
        EXPECT_EQ(tasks_now[i].step_kind, step.type);
        EXPECT_EQ(tasks_now[i].branch, lines[i].branch);
        EXPECT_EQ(tasks_now[i].run, run->id.text());
    }
    EXPECT_EQ(started(ransom).error().code, Code::conflict) << "it runs already";
    for (const Task& one : tasks_now) {
        const bool skipped = one.branch == "false";
        EXPECT_FALSE(write([&](store::Transaction& tx) { return end_task(tx, officer, one.id, Outcome::not_needed, "", {}, now); })) << "why it is not needed";
        const auto ended = write([&](store::Transaction& tx) { return end_task(tx, officer, one.id, skipped ? Outcome::not_needed : Outcome::done, skipped ? "có bản sao lưu" : "", {}, now); });
        ASSERT_TRUE(ended) << ended.error().text;
        EXPECT_EQ(ended->done_by, "user:an");
        EXPECT_TRUE(ended->done.has_value());
    }
    const auto all = *state->read([&](store::Transaction& tx) { return runs(tx, access::Scope::node(), of.id); });
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].ended, static_cast<std::int64_t>(lines.size()));
    EXPECT_TRUE(started(ransom)) << "a second time, when the first is through";
}

TEST_F(Playbooks, AVersionIsKeptOnceWithItsSource) {
    const std::string text = shipped_files().at("malware.json");
    const auto first = kept(text);
    ASSERT_TRUE(first) << first.error().text;
    EXPECT_EQ(first->about.source, "tệp");
    EXPECT_TRUE(kept(text)) << "the same bytes change nothing";
    std::string other = text;
    other.replace(other.find("Ứng cứu"), std::string{"Ứng cứu"}.size(), "Xử lý");
    EXPECT_EQ(kept(other).error().code, Code::conflict) << "a change has another `modified`";
    const std::size_t at = other.find("\"modified\": \"2026-11-30");
    ASSERT_NE(at, std::string::npos);
    other.replace(at, std::string{"\"modified\": \"2026-11-30"}.size(), "\"modified\": \"2026-12-01");
    const auto next = kept(other);
    ASSERT_TRUE(next) << next.error().text;
    const auto newest = state->read([&](store::Transaction& tx) { return find_playbook(tx, first->about.id, ""); });
    EXPECT_EQ(newest->about.modified, "2026-12-01T00:00:00Z");
    EXPECT_EQ(state->read([&](store::Transaction& tx) { return find_playbook(tx, first->about.id, "2026-11-30T00:00:00Z"); })->about.name, first->about.name) << "the older one stays";
    EXPECT_EQ(state->read([](store::Transaction& tx) { return playbooks(tx); })->size(), 1U);
    const auto refused = kept(R"({"type":"playbook"})");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::bad_input);
    EXPECT_NE(refused.error().text.find("spec_version: is missing"), std::string::npos) << refused.error().text;
}

TEST_F(Playbooks, TasksAreGivenChangedAndEnded) {
    const auto added = write([&](store::Transaction& tx) { return add_task(tx, officer, of.id, {.title = " gọi đơn vị ", .assigned = "binh", .due = kMay + days(1)}, random, now); });
    ASSERT_TRUE(added) << added.error().text;
    EXPECT_EQ(added->title, "gọi đơn vị");
    EXPECT_FALSE(write([&](store::Transaction& tx) { return add_task(tx, officer, of.id, {.title = "  "}, random, now); })) << "a task says what is to be done";
    const auto due = [&](Time before) { return state->read([&](store::Transaction& tx) { return tasks(tx, access::Scope::node(), {.of = {}, .open = true, .due_before = before, .assigned = {}}, "", 10); })->size(); };
    EXPECT_EQ(due(kMay), 0U);
    EXPECT_EQ(due(kMay + days(2)), 1U) << "it is late then";
    const auto changed = write([&](store::Transaction& tx) { return change_task(tx, officer, added->id, {.title = {}, .text = "số 1900", .assigned = "", .due = std::optional<Time>{}}, added->version, now); });
    ASSERT_TRUE(changed) << changed.error().text;
    EXPECT_EQ(changed->title, "gọi đơn vị");
    EXPECT_EQ(changed->assigned, "");
    EXPECT_FALSE(changed->due.has_value());
    EXPECT_EQ(write([&](store::Transaction& tx) { return end_task(tx, officer, added->id, Outcome::done, "", added->version, now); }).error().code, Code::conflict) << "it was changed meanwhile";
    ASSERT_TRUE(write([&](store::Transaction& tx) { return end_task(tx, officer, added->id, Outcome::done, "đã gọi", {}, now); }));
    EXPECT_EQ(write([&](store::Transaction& tx) { return end_task(tx, officer, added->id, Outcome::done, "", {}, now); }).error().code, Code::conflict) << "it is done";
    const auto again = write([&](store::Transaction& tx) { return end_task(tx, officer, added->id, Outcome::open, "không ai nghe máy", {}, now); });
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_FALSE(again->done.has_value());
    EXPECT_TRUE(again->done_by.empty());
}

}  // namespace
}  // namespace vg::cases::playbooks_test

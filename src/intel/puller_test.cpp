// Feeds over a State, with the time moved by hand and a publisher that sends what it is told to.
#include "intel/puller.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::intel::puller_test {
namespace {

namespace fs = std::filesystem;

template <class T>
T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().text);
    return std::move(*result);
}
void must(const Status& status) { EXPECT_TRUE(status) << status.error().text; }

class Feeds : public ::testing::Test {
protected:
    Feeds() : folder_(fs::temp_directory_path() / format("vonggac-feeds-{}", ::getpid())) { fs::create_directories(folder_); }
    ~Feeds() override { fs::remove_all(folder_); }
    void SetUp() override {
        const store::Schema schemas[] = {store::audit_schema(), schema()};
        state_ = must(store::State::open(store::test_state(), schemas, metrics_));
        std::ofstream{folder_ / "big.json"} << R"({"name":"Big sites","type":"hostname","matching_attributes":["domain"],"list":["cdn.example"]})";
        doubts_ = must(Doubts::load({.warninglists = folder_.string(), .shared = {}, .now = clock_.now()}));
        fs::remove(folder_ / "big.json");
        puller_ = std::make_unique<Puller>(Puller::Parts{.state = *state_,
                                                         .disk = disk_,
                                                         .clock = clock_,
                                                         .metrics = metrics_,
                                                         .folder = "feeds",
                                                         .fetch = [this](const FetchAsk& ask) -> Result<Fetched> {
                                                             asked_.push_back(ask.etag);
                                                             if (!trouble_.empty()) return fail(Code::unavailable, trouble_);
                                                             const std::string etag = format("\"{}\"", text_.size());
                                                             if (ask.etag == etag) return Fetched{.unchanged = true};
                                                             return Fetched{.unchanged = false, .bytes = text_, .etag = etag, .last_modified = {}};
                                                         },
                                                         .doubts = [this] { return doubts_; },
                                                         .renew = [this]() -> Status {
                                                             ++renewed_;
                                                             return {};
                                                         },
                                                         .held = [this](const Feed& feed) { told_held_.push_back(feed.settings.name + ": " + feed.standing.reasons.front()); }},
                                           Puller::Options{.folders = {folder_.string()}, .most_bytes = 1 << 20});
    }
    void add(FeedSettings settings) {
        must(state_->write([&](store::Transaction& tx) { return put_feed(tx, settings, clock_.now()); }));
    }
    void add() { add({.name = "pub", .address = "https://feeds.example/list.txt", .family = "fox", .confidence = 70, .every_minutes = 30}); }
    FeedStanding pull(const std::string& name = "pub") { return must(puller_->pull(name, "user:lan")).standing; }
    FeedStanding standing(const std::string& name = "pub") {
        const auto feed = must(state_->read([&](store::Transaction& tx) { return find_feed(tx, name); }));
        return feed ? feed->standing : FeedStanding{};
    }
    std::vector<std::string> values(const std::string& name = "pub") {
        std::vector<std::string> out;
        for (const Listed& one : must(state_->read([&](store::Transaction& tx) { return listed(tx, {.list = name, .kind = {}, .value = {}, .matched = {}}, {}, 10'000); }))) out.push_back(one.value.text);
        return out;
    }
    std::vector<std::string> actions() {
        std::vector<std::string> out;
        for (const store::AuditLine& line : must(state_->read([](store::Transaction& tx) { return store::audit::list(tx, nullptr, std::nullopt, 100); }))) out.push_back(line.actor + " " + line.action);
        return out;
    }
    static std::string names(int from, int to) {
        std::string out;
        for (int i = from; i < to; ++i) out += format("d{:04}.example\n", i);
        return out;
    }

    fs::path folder_;
    metrics::Registry metrics_;
    ManualClock clock_{*parse_time("2026-06-01T00:00:00Z")};
    store::FaultDisk disk_{3};
    std::unique_ptr<store::State> state_;
    std::shared_ptr<const Doubts> doubts_;
    std::string text_ = names(0, 20), trouble_;
    std::vector<std::string> asked_;
    std::vector<std::string> told_held_;
    int renewed_ = 0;
    std::unique_ptr<Puller> puller_;
};

TEST_F(Feeds, WhatIsPulledIsInForceWithWhatTheFeedSays) {
    add();
    const FeedStanding now = pull();
    EXPECT_EQ(now.last_error, "");
    EXPECT_EQ(now.entries, 20);
    EXPECT_EQ(now.next, clock_.now() + minutes(30));
    EXPECT_EQ(values().size(), 20U);
    EXPECT_EQ(renewed_, 1);
    const auto one = must(state_->read([](store::Transaction& tx) { return listed(tx, {.list = "pub", .kind = {}, .value = "d0003.example", .matched = {}}, {}, 1); }));
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].family, "fox");
    EXPECT_EQ(one[0].confidence, 70);
    EXPECT_EQ(actions(), std::vector<std::string>{"user:lan feed:pull"});
}

TEST_F(Feeds, AreLookedAtWhenTheyAreDueAndNotFetchedTwice) {
    add();
    must(puller_->look());
    must(puller_->look());
    EXPECT_EQ(asked_.size(), 1U) << "not due";
    clock_.move(minutes(30));
    must(puller_->look());
    EXPECT_EQ(asked_, (std::vector<std::string>{"", "\"280\""})) << "20 lines of 14 bytes";
    EXPECT_EQ(renewed_, 1) << "nothing has changed";
    EXPECT_EQ(standing().last_success, clock_.now());
    EXPECT_EQ(standing().last_change, clock_.now() - minutes(30));
}

TEST_F(Feeds, AValueThatTheFeedNamesNoMoreEnds) {
    add();
    pull();
    text_ = names(5, 24);
    pull();
    EXPECT_EQ(values().size(), 19U);
    EXPECT_EQ(values().front(), "d0005.example");
}

TEST_F(Feeds, OneThatFailsKeepsWhatIsInForceAndIsTriedAgain) {
    add();
    pull();
    trouble_ = "its server answered 500";
    for (int i = 1; i <= 2; ++i) {
        const FeedStanding now = pull();
        EXPECT_EQ(now.last_error, trouble_);
        EXPECT_EQ(now.failures, i);
    }
    EXPECT_EQ(values().size(), 20U);
    trouble_.clear();
    text_ = "<html><body>we have moved</body></html>\n";
    EXPECT_NE(pull().last_error, "");
    EXPECT_EQ(values().size(), 20U) << "a page in place of the list is no empty list";
    text_ = names(0, 21);
    EXPECT_EQ(pull().failures, 0);
    EXPECT_EQ(asked_.back(), "") << "after trouble all of it is fetched";
    EXPECT_EQ(values().size(), 21U);
}

TEST_F(Feeds, OneThatDoublesIsHeldUntilAPersonHasLooked) {
    add();
    pull();
    text_ = names(0, 40);
    const FeedStanding held = pull();
    EXPECT_EQ(held.reasons, std::vector<std::string>{"the feed grew from 20 to 40 entries"});
    EXPECT_EQ(held.held_entries, 40);
    EXPECT_EQ(held.held_since, clock_.now());
    EXPECT_EQ(values().size(), 20U);
    pull();
    EXPECT_EQ(values().size(), 20U) << "the same once more is still held";
    EXPECT_EQ(standing().held, held.held);
    EXPECT_EQ(told_held_, std::vector<std::string>{"pub: the feed grew from 20 to 40 entries"}) << "told once";
    EXPECT_FALSE(puller_->release("pub", "another", "user:lan", "looked at it"));
    EXPECT_EQ(values().size(), 20U);
    const Feed feed = must(puller_->release("pub", held.held, "user:lan", "their new version"));
    EXPECT_EQ(feed.standing.held, "");
    EXPECT_EQ(values().size(), 40U);
    EXPECT_EQ(actions(), (std::vector<std::string>{"user:lan feed:release", "user:lan feed:hold", "user:lan feed:pull"}));
    // Released twice: done.
    EXPECT_EQ(must(puller_->release("pub", "", "user:lan", "again")).standing.entries, 40);
    EXPECT_EQ(actions().size(), 3U);
}

TEST_F(Feeds, OneThatEmptiesIsHeldAndNoLongerWhenItIsAsItWas) {
    add();
    pull();
    text_ = "# nothing today\n";
    EXPECT_EQ(pull().reasons, std::vector<std::string>{"the feed is empty; it had 20 entries"});
    EXPECT_EQ(values().size(), 20U);
    text_ = names(0, 19);
    EXPECT_EQ(pull().held, "");
    EXPECT_EQ(values().size(), 19U);
}

TEST_F(Feeds, ANewNameThatIsOnAWarninglistHoldsIt) {
    add();
    pull();
    text_ = names(0, 20) + "www.cdn.example\n";
    const FeedStanding held = pull();
    EXPECT_EQ(held.reasons, std::vector<std::string>{"1 new entry is on warninglists, such as www.cdn.example (Big sites)"});
    EXPECT_EQ(held.examples, std::vector<std::string>{"www.cdn.example: Big sites"});
    must(puller_->release("pub", held.held, "user:lan", "it is abused"));
    text_ += "one-more.example\n";
    EXPECT_EQ(pull().held, "") << "it was let through before";
    EXPECT_EQ(values().size(), 22U);
}

TEST_F(Feeds, WhatIsHeldIsCheckedBeforeItIsReleased) {
    add();
    pull();
    text_ = names(0, 40);
    pull();
    must(store::write_whole(disk_, "feeds/pub.held", "list.txt\n14\nd9999.example\n"));
    const auto released = puller_->release("pub", "", "user:lan", "looked at it");
    ASSERT_FALSE(released);
    EXPECT_EQ(released.error().code, Code::corrupt);
    EXPECT_EQ(values().size(), 20U);
    // As it says: it is fetched anew, and held again.
    const FeedStanding again = pull();
    EXPECT_EQ(asked_.back(), "");
    EXPECT_EQ(must(puller_->release("pub", again.held, "user:lan", "looked at it")).standing.entries, 40);
}

TEST_F(Feeds, AChangeOfWhatIsSaidHoldsForAllItsValues) {
    add();
    pull();
    add({.name = "pub", .address = "https://feeds.example/list.txt", .family = "owl", .confidence = 30, .every_minutes = 30});
    pull();
    for (const Listed& one : must(state_->read([](store::Transaction& tx) { return listed(tx, {}, {}, 100); }))) {
        EXPECT_EQ(one.family, "owl");
        EXPECT_EQ(one.confidence, 30);
    }
}

TEST_F(Feeds, RemovingOneEndsWhatItSays) {
    add();
    pull();
    EXPECT_TRUE(must(puller_->remove("pub", "user:lan")));
    EXPECT_TRUE(values().empty());
    EXPECT_FALSE(must(puller_->remove("pub", "user:lan")));
    EXPECT_EQ(puller_->pull("pub", "user:lan").error().code, Code::not_found);
}

TEST_F(Feeds, AFolderIsReadWithAllItsFilesAndNothingOutsideIt) {
    fs::create_directories(folder_ / "in" / "deeper");
    const fs::path outside = folder_.string() + "-outside";
    std::ofstream{outside} << "secret.example\n";
    std::ofstream{folder_ / "in" / "a.txt"} << "a.example\nb.example\n";
    std::ofstream{folder_ / "in" / "deeper" / "b.csv"} << "indicator,malware\n203.0.113.9,owl\nb.example,owl\n";
    fs::create_symlink(outside, folder_ / "in" / "link.txt");
    add({.name = "shelf", .address = (folder_ / "in").string()});
    const FeedStanding now = pull("shelf");
    EXPECT_EQ(now.last_error, "");
    EXPECT_EQ(values("shelf"), (std::vector<std::string>{"203.0.113.9", "a.example", "b.example"}));
    // One file, by its URL.
    add({.name = "file", .address = "file://" + (folder_ / "in" / "a.txt").string()});
    pull("file");
    EXPECT_EQ(values("file").size(), 2U);
    const std::string not_there = (folder_ / "nowhere").string();
    for (const std::string& path : {outside.string(), (folder_ / "in" / "link.txt").string(), (folder_ / ".." / outside.filename()).string(), not_there}) {
        add({.name = "wrong", .address = path});
        EXPECT_EQ(pull("wrong").last_error, path + " is not there, or in no folder of the setting feeds.folders");
    }
    std::ofstream{folder_ / "in" / "big.txt"} << std::string((1 << 20) + 1, '#');
    EXPECT_NE(pull("shelf").last_error, "");
    EXPECT_EQ(values("shelf").size(), 3U);
    fs::remove(outside);
}

TEST_F(Feeds, ACsvIsReadByItsMapping) {
    add({.name = "pub", .address = "https://feeds.example/x.csv", .form = "csv", .mapping = R"({"columns":{"values":["2"],"family":"3"},"separator":";","header":false})", .every_minutes = 30});
    text_ = "1;203.0.113.5;owl\n2;evil.example;fox\n";
    EXPECT_EQ(pull().last_error, "");
    const auto found = must(state_->read([](store::Transaction& tx) { return listed(tx, {}, {}, 100); }));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].value.text + found[0].family, "203.0.113.5owl");
    EXPECT_EQ(found[1].value.text + found[1].family, "evil.examplefox");
}

TEST_F(Feeds, WhatIsWrongIsRefusedWhenItIsRegistered) {
    const auto refused = [&](const FeedSettings& settings) {
        const auto done = state_->write([&](store::Transaction& tx) { return put_feed(tx, settings, clock_.now()); });
        return done ? std::string{"taken"} : done.error().text.substr(0, done.error().text.find(':'));
    };
    EXPECT_EQ(refused({.name = "a b", .address = "https://x.example/"}), "field list");
    EXPECT_EQ(refused({.name = "a", .address = "ftp://x.example/"}), "field url");
    EXPECT_EQ(refused({.name = "a", .address = "relative/path"}), "field url");
    EXPECT_EQ(refused({.name = "a", .address = "https://x.example/\r\nX"}), "field url");
    EXPECT_EQ(refused({.name = "a", .address = "https://x.example/", .form = "pdf"}), "field form");
    EXPECT_EQ(refused({.name = "a", .address = "https://x.example/", .mapping = R"({"columns":{}})"}), "field mapping");
    EXPECT_EQ(refused({.name = "a", .address = "https://x.example/", .mapping = R"({"separator":"ab"})"}), "field mapping");
    must(state_->write([&](store::Transaction& tx) { return put_list(tx, {.name = "hand"}, clock_.now()); }));
    EXPECT_EQ(refused({.name = "hand", .address = "https://x.example/"}), "field name");
}

}  // namespace
}  // namespace vg::intel::puller_test

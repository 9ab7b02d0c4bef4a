// Desk and Outbox over a real State, with the time moved by hand and a recipient that takes or refuses as it is told.
#include "notify/desk.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "notify/outbox.h"
#include "store/audit.h"
#include "store/state_fixture.h"

namespace vg::notify {
namespace {

const Uuid kJournal{0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00, 0x70, 0x01, 0x80, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

template <class T>
T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().text);
    return std::move(*result);
}
void must(const Status& status) { EXPECT_TRUE(status) << status.error().text; }

class Notification : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {store::audit_schema(), directory::schema(), findings::schema(), schema()};
        state_ = must(store::State::open(store::test_state(), schemas, metrics_));
        root_ = must(state_->write([&](store::Transaction& tx) { return directory::Directory::ensure_root(tx, "Bộ", make_id<OrganisationTag>(now_, random_), now_); })).id;
        below_ = organisation("Sở", root_);
        other_ = organisation("Trường", root_);
        outbox_.emplace(*state_, random_, OutboxOptions{});
    }

    OrganisationId organisation(const std::string& name, const OrganisationId& parent) {
        const directory::Organisation made{.id = make_id<OrganisationTag>(now_, random_), .name = name, .parent = parent, .created = now_};
        must(state_->write([&](store::Transaction& tx) { return directory::Directory::add(tx, node_, made); }));
        directory_ = must(state_->read([](store::Transaction& tx) { return directory::Snapshot::load(tx); }));
        return made.id;
    }
    Rule add(std::string_view settings, std::optional<OrganisationId> of = {}) {
        Rule rule{.id = make_id<RuleTag>(now_, random_), .organisation = of.value_or(root_), .name = "Ca trực", .secret = "s", .created = now_};
        must(apply(rule, json::parse(settings).value()));
        must(state_->write([&](store::Transaction& tx) { return add_rule(tx, node_, rule, now_); }));
        return rule;
    }
    // A match as the pipeline records it; the id of the finding.
    std::string found(const std::string& entity = "host:a", detect::Level level = detect::Level::high, std::optional<OrganisationId> of = {}) {
        const detect::RuleInfo rule{.id = "r1", .title = "Mã độc", .kind = "sigma", .level = level};
        const findings::Sighting sighting{.event = {kJournal, {++position_}}, .source = SourceId{{9}}, .organisation = of.value_or(below_), .occurred = now_, .received = now_, .entity = entity, .rule = &rule, .matched = {}};
        return must(state_->write([&](store::Transaction& tx) -> Result<std::string> {
            const auto touched = TRY(findings::Book::record_and_tell(tx, std::span{&sighting, 1}));
            TRY(note(tx, touched, now_));
            return touched.front().id.text();
        }));
    }
    template <class Work>
    void act(const std::string& finding, Work&& work) {
        must(state_->write([&](store::Transaction& tx) -> Status { return work(tx, findings::FindingId::parse(finding).value()); }));
    }
    void close(const std::string& finding) {
        act(finding, [&](auto& tx, const auto& id) { return findings::Book::close(tx, node_, id, "cleaned", std::nullopt, now_); });
    }
    Moved look() {
        Moved all;
        while (must(state_->read([&](store::Transaction& tx) { return has_work(tx, now_); }))) {
            const Moved moved = must(state_->write([&](store::Transaction& tx) { return step(tx, *directory_, random_, options_, now_); }));
            all.messages += moved.messages;
            all.suppressed += moved.suppressed;
            all.given_up += moved.given_up;
        }
        return all;
    }
    std::vector<Message> messages(std::optional<Delivery> state = {}) {
        auto all = must(state_->read([&](store::Transaction& tx) { return list_messages(tx, access::Scope::node(), state, "", 1000); }));
        std::reverse(all.begin(), all.end());
        return all;
    }
    Delivered deliver() {
        return must(outbox_->deliver([&](const Message& message) -> Status {
            tried_.push_back(message.id.text());
            const auto answer = answers_.find(message.recipient);
            return answer == answers_.end() ? Status{} : fail(answer->second, "no: " + message.recipient);
        }, now_, 20, [] { return false; }));
    }
    void move(Span by) { now_ = now_ + by; }

    Time now_ = parse_time("2026-04-30T10:00:00+07:00").value();  // a Thursday
    SeededRandom random_{7};
    metrics::Registry metrics_;
    access::Actor node_{.name = "user:an", .scope = access::Scope::node()};
    DeskOptions options_;
    std::unique_ptr<store::State> state_;
    std::shared_ptr<const directory::Snapshot> directory_;
    OrganisationId root_, below_, other_;
    std::optional<Outbox> outbox_;
    std::map<std::string, Code> answers_;  // of recipients that do not take
    std::vector<std::string> tried_;
    std::uint64_t position_ = 0;
};

// What State holds as it stands there, of rules and messages.
std::string stored_text(store::State& state) {
    return must(state.read([](store::Transaction& tx) -> Result<std::string> {
        std::string all;
        for (const auto& [settings] : TRY((tx.query<std::string>("select settings from notify_rule")))) all += settings + "\n";
        for (const auto& [recipient, content] : TRY((tx.query<std::string, std::string>("select recipient, content from notify_message")))) all += recipient + "\n" + content + "\n";
        return all;
    }));
}

TEST_F(Notification, UrlsOfWebhooksThatWereStoredPlainAreSealedAndStillReached) {
    constexpr char kUrl[] = "https://hooks.example/T0/secret-path?token=secret-query";
    add(R"({"mail":["a@x.vn"],"webhooks":["https://hooks.example/T0/secret-path?token=secret-query"],"escalation":{"after_minutes":5,"webhooks":["https://other.example/secret-too"]}})");
    add(R"({"webhooks":["https://hooks.example/T0/secret-path?token=secret-query"]})");
    found();
    look();
    EXPECT_NE(stored_text(*state_).find("secret-path"), std::string::npos) << "as it was stored before";
    const store::Secrets mine{std::string(32, 'k')}, strange{std::string(32, 's')};
    const auto seal = [&] { must(state_->write([&](store::Transaction& tx) { return seal_secrets(tx, mine, random_); })); };
    seal();
    const std::string sealed = stored_text(*state_);
    EXPECT_EQ(sealed.find("secret-"), std::string::npos) << sealed;
    EXPECT_NE(sealed.find("https://hooks.example/…"), std::string::npos) << "the host can be shown without a key";
    seal();
    EXPECT_EQ(stored_text(*state_), sealed) << "once is enough";

    const auto rules = must(state_->read([](store::Transaction& tx) { return list_rules(tx, access::Scope::node(), "", 10); }));
    ASSERT_EQ(rules.size(), 2U);
    const Rule& rule = rules[0].escalation ? rules[0] : rules[1];
    ASSERT_EQ(rule.to.webhooks.size(), 1U);
    ASSERT_TRUE(rule.escalation);
    EXPECT_EQ(rule.to.mail, std::vector<std::string>{"a@x.vn"});
    EXPECT_EQ(shown_url(rule.to.webhooks[0]), "https://hooks.example/…");
    EXPECT_EQ(must(opened_url(rule.to.webhooks[0], &mine)), kUrl);
    EXPECT_EQ(must(opened_url(rule.escalation->to.webhooks.at(0), &mine)), "https://other.example/secret-too");
    EXPECT_EQ(opened_url(rule.to.webhooks[0], &strange).error().code, Code::denied);
    EXPECT_EQ(opened_url(rule.to.webhooks[0], nullptr).error().code, Code::denied);
    EXPECT_EQ(must(opened_url(kUrl, &mine)), kUrl);

    // Messages of both rules go to one place: when it is away, it is asked once and all of them wait.
    found("host:b");
    look();
    std::vector<std::string> places;
    for (const Message& message : messages(Delivery::waiting))
        if (message.channel == Channel::webhook) places.push_back(message.recipient);
    ASSERT_EQ(places.size(), 4U);
    for (const std::string& place : places) {
        EXPECT_EQ(must(opened_url(place, &mine)), kUrl);
        EXPECT_EQ(place, places[0]);
        answers_[place] = Code::unavailable;
    }
    deliver();
    EXPECT_EQ(std::count_if(tried_.begin(), tried_.end(), [&](const std::string& id) {
        const auto all = messages();
        return std::any_of(all.begin(), all.end(), [&](const Message& one) { return one.id.text() == id && one.channel == Channel::webhook; });
    }), 1);
}

TEST_F(Notification, AChangeOfAnotherMemberLeavesASealedUrlAsItIs) {
    const store::Secrets mine{std::string(32, 'k')};
    Rule rule = add(R"({"webhooks":["https://hooks.example/secret"]})");
    seal_urls(rule, mine, random_);
    const std::string sealed = rule.to.webhooks[0];
    must(apply(rule, json::parse(R"({"level":"low"})").value()));
    seal_urls(rule, mine, random_);
    EXPECT_EQ(rule.to.webhooks[0], sealed);
    must(apply(rule, json::parse(R"({"webhooks":["https://hooks.example/other"]})").value()));
    seal_urls(rule, mine, random_);
    EXPECT_EQ(must(opened_url(rule.to.webhooks[0], &mine)), "https://hooks.example/other");
}

TEST_F(Notification, TellsEachRecipientOnceAndOnlyOfNewFindings) {
    add(R"({"mail":["a@x.vn","b@x.vn"]})");
    found();
    found();  // grows
    EXPECT_EQ(look().messages, 2);
    EXPECT_EQ(look().messages, 0);
    ASSERT_EQ(messages().size(), 2U);
    EXPECT_NE(messages()[0].recipient, messages()[1].recipient);
    EXPECT_NE(messages()[0].subject.find("Cao: Mã độc – Sở"), std::string::npos) << messages()[0].subject;
    EXPECT_EQ(messages()[0].content.find("host:a"), std::string::npos) << "whom it is about is not told by mail";
    EXPECT_EQ(deliver().sent, 2);
    EXPECT_EQ(deliver().sent, 0);
    EXPECT_EQ(messages(Delivery::sent).size(), 2U);
}

TEST_F(Notification, WithoutARuleNothingIsNoted) {
    found();
    add(R"({"mail":["a@x.vn"]})");
    EXPECT_EQ(look().messages, 0) << "what was found before the rule is not told";
}

TEST_F(Notification, OrganisationsLevelsAndEnabledCount) {
    add(R"({"mail":["below@x.vn"]})", below_);
    add(R"({"mail":["own@x.vn"],"below":false})");
    add(R"({"mail":["critical@x.vn"],"level":"critical"})");
    add(R"({"mail":["off@x.vn"],"enabled":false})");
    found("host:a", detect::Level::high, below_);
    found("host:a", detect::Level::critical, other_);
    found("host:b", detect::Level::medium, below_);
    look();
    std::map<std::string, std::int64_t> told;
    for (const Message& message : messages()) told[message.recipient] += message.findings;
    EXPECT_EQ(told, (std::map<std::string, std::int64_t>{{"below@x.vn", 1}, {"critical@x.vn", 1}}));
}

TEST_F(Notification, TheSameIsNotToldAgainWithinTheWindowButCounted) {
    add(R"({"mail":["a@x.vn"],"dedupe_minutes":60})");
    const std::string first = found();
    EXPECT_EQ(look().messages, 1);
    close(first);
    move(minutes(10));
    found();
    found("host:b");  // another entity is another matter
    const Moved moved = look();
    EXPECT_EQ(moved.suppressed, 1);
    EXPECT_EQ(moved.messages, 1);
    move(minutes(49));
    EXPECT_EQ(look().messages, 0);
    move(minutes(1));  // the window of the first is over
    EXPECT_EQ(look().messages, 1);
    const Message last = messages().back();
    EXPECT_NE(last.content.find("Phát hiện lặp lại"), std::string::npos) << last.content;
    EXPECT_NE(last.content.find("Số lần không báo lại vì trùng: 1"), std::string::npos) << last.content;
    move(hours(3));
    EXPECT_EQ(look().messages, 0) << "nothing was left untold";
}

TEST_F(Notification, WhatComesBackIsReopened) {
    add(R"({"mail":["a@x.vn"],"dedupe_minutes":0,"events":["reopened"]})");
    const std::string first = found();
    EXPECT_EQ(look().messages, 0);
    close(first);
    found();
    EXPECT_EQ(look().messages, 1);
    EXPECT_NE(messages()[0].content.find("Phát hiện trở lại"), std::string::npos);
}

TEST_F(Notification, QuietHoursHoldAndEndInOneMessage) {
    add(R"({"mail":["a@x.vn"],"dedupe_minutes":0,"quiet":{"from":"22:00","until":"06:00"}})");
    now_ = parse_time("2026-04-30T22:30:00+07:00").value();
    found("host:a");
    found("host:b");
    EXPECT_EQ(look().messages, 0);
    found("host:c", detect::Level::critical);
    EXPECT_EQ(look().messages, 1) << "critical breaks through";
    EXPECT_EQ(messages()[0].findings, 1);
    now_ = parse_time("2026-05-01T05:59:59+07:00").value();
    EXPECT_EQ(look().messages, 0);
    now_ = parse_time("2026-05-01T06:00:00+07:00").value();
    EXPECT_EQ(look().messages, 1);
    EXPECT_EQ(messages()[1].findings, 2);
}

TEST_F(Notification, CriticalIsHeldWhenTheRuleSaysSo) {
    add(R"({"mail":["a@x.vn"],"quiet":{"from":"22:00","until":"06:00","critical_breaks":false}})");
    now_ = parse_time("2026-04-30T22:30:00+07:00").value();
    found("host:c", detect::Level::critical);
    EXPECT_EQ(look().messages, 0);
    move(hours(8));
    EXPECT_EQ(look().messages, 1);
}

TEST_F(Notification, EscalatesUnlessSomebodyAcknowledges) {
    add(R"({"mail":["a@x.vn"],"escalation":{"after_minutes":30,"mail":["lanh-dao@x.vn"]}})");
    const std::string seen_to = found("host:a"), left = found("host:b");
    EXPECT_EQ(look().messages, 1) << "both in one";
    move(minutes(29));
    act(seen_to, [&](auto& tx, const auto& id) { return findings::Book::acknowledge(tx, node_, id, std::nullopt, now_); });
    EXPECT_EQ(look().messages, 0);
    move(minutes(1));
    EXPECT_EQ(look().messages, 1);
    const Message last = messages().back();
    EXPECT_EQ(last.recipient, "lanh-dao@x.vn");
    EXPECT_EQ(last.findings, 1);
    EXPECT_NE(last.content.find("Sau 30 phút vẫn chưa ai tiếp nhận."), std::string::npos) << last.content;
    EXPECT_NE(last.content.find("Phát hiện chưa ai tiếp nhận"), std::string::npos);
    move(hours(5));
    EXPECT_EQ(look().messages, 0) << "once";
}

TEST_F(Notification, WhatIsMutedWhenItsTimeComesIsNotTold) {
    add(R"({"mail":["a@x.vn"],"quiet":{"from":"09:00","until":"11:00"}})");
    const std::string finding = found();
    look();
    act(finding, [&](auto& tx, const auto& id) { return findings::Book::mute(tx, node_, id, "known", now_ + days(1), std::nullopt, now_); });
    move(hours(1));
    EXPECT_EQ(look().messages, 0);
}

TEST_F(Notification, FloodBecomesOneMessage) {
    add(R"({"mail":["a@x.vn"]})");
    for (int i = 0; i < 100; ++i) {
        found(format("host:{}", i));
        look();
        move(seconds(10));
    }
    EXPECT_EQ(messages().size(), static_cast<std::size_t>(kMostAnHour));
    move(hours(1));
    look();
    ASSERT_EQ(messages().size(), static_cast<std::size_t>(kMostAnHour) + 1);
    const Message last = messages().back();
    EXPECT_EQ(last.findings, 100 - kMostAnHour) << "nothing is lost";
    EXPECT_NE(last.content.find(format("và {} phát hiện nữa", 100 - kMostAnHour - 50)), std::string::npos);
}

TEST_F(Notification, NothingIsLostWhileTheServerIsAway) {
    add(R"({"mail":["a@x.vn"]})");
    answers_["a@x.vn"] = Code::unavailable;
    for (int i = 0; i < 5; ++i) {
        found(format("host:{}", i));
        look();
        move(seconds(1));
    }
    EXPECT_EQ(deliver().failed, 1) << "one is tried, the others wait with it";
    for (int i = 0; i < 200; ++i) {
        move(minutes(5));
        deliver();
    }
    EXPECT_LE(tried_.size(), 110U) << "no more than once in ten minutes, and the first ones";
    EXPECT_GE(tried_.size(), 50U);
    EXPECT_EQ(messages(Delivery::waiting).size(), 5U);
    EXPECT_NE(messages()[0].last_error.find("no: a@x.vn"), std::string::npos);
    const auto ids = messages();
    answers_.clear();
    tried_.clear();
    move(minutes(13));
    EXPECT_EQ(deliver().sent, 5);
    std::sort(tried_.begin(), tried_.end());
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(tried_[i], ids[i].id.text()) << "each once, with the id that it had";
}

TEST_F(Notification, OneThatIsNotTakenNowDoesNotHoldOthers) {
    add(R"({"mail":["a@x.vn","b@x.vn"]})");
    answers_["a@x.vn"] = Code::busy;
    found();
    look();
    const Delivered delivered = deliver();
    EXPECT_EQ(delivered.sent, 1);
    EXPECT_EQ(delivered.failed, 1);
}

TEST_F(Notification, WhatIsRefusedForGoodIsGivenUpAndCanBeTriedAgain) {
    add(R"({"mail":["a@x.vn"]})");
    answers_["a@x.vn"] = Code::denied;
    found();
    look();
    EXPECT_EQ(deliver().given_up, 1);
    move(hours(1));
    EXPECT_EQ(deliver().given_up, 0);
    answers_.clear();
    const MessageId id = messages(Delivery::given_up).at(0).id;
    must(state_->write([&](store::Transaction& tx) { return retry_message(tx, node_, id, now_); }));
    EXPECT_EQ(state_->write([&](store::Transaction& tx) { return retry_message(tx, node_, id, now_); }).error().code, Code::conflict);
    EXPECT_EQ(deliver().sent, 1);
    EXPECT_EQ(tried_.front(), tried_.back()) << "the same id";
}

TEST_F(Notification, AgeAndNumberOfWhatWaitsAreBounded) {
    options_.most_waiting = 3;
    add(R"({"mail":["a@x.vn"]})");
    std::int64_t given_up = 0;
    for (int i = 0; i < 5; ++i) {
        found(format("host:{}", i));
        given_up += look().given_up;
        move(seconds(1));
    }
    EXPECT_EQ(given_up, 2);
    ASSERT_EQ(messages(Delivery::given_up).size(), 2U);
    EXPECT_EQ(messages()[0].state, Delivery::given_up) << "the oldest";
    EXPECT_NE(messages()[0].last_error.find("outbox is full"), std::string::npos);
    move(days(7));
    EXPECT_EQ(must(outbox_->tidy(now_)), 3);
    EXPECT_TRUE(messages(Delivery::waiting).empty());
    move(days(31));
    must(outbox_->tidy(now_));
    EXPECT_TRUE(messages().empty());
}

TEST_F(Notification, RuleIsSeenOnlyWithinItsScopeAndLeavesNothingBehind) {
    const Rule rule = add(R"({"mail":["a@x.vn"],"escalation":{"after_minutes":5,"mail":["b@x.vn"]}})", below_);
    const auto find = [&](const access::Scope& scope) { return state_->read([&](store::Transaction& tx) { return find_rule(tx, scope, rule.id); }); };
    EXPECT_TRUE(find(access::Scope::of({below_})));
    EXPECT_EQ(find(access::Scope::of({other_})).error().code, Code::not_found);
    found();
    look();
    must(state_->write([&](store::Transaction& tx) { return remove_rule(tx, node_, rule.id, now_); }));
    move(hours(1));
    EXPECT_EQ(look().messages, 0);
    EXPECT_EQ(deliver().sent, 1) << "what was in the outbox is still sent";
}

// 10 s, 20 s, ... 10 min, and up to a fifth more.
TEST(Pause, GrowsAndIsBounded) {
    SeededRandom random{1};
    const std::int64_t expected[] = {10, 20, 40, 80, 160, 320, 600, 600};
    for (std::int64_t attempts = 1; attempts <= 8; ++attempts)
        for (int i = 0; i < 50; ++i) {
            const Span pause = pause_after(attempts, random);
            EXPECT_GE(pause, seconds(expected[attempts - 1]));
            EXPECT_LE(pause.micros, seconds(expected[attempts - 1]).micros * 6 / 5);
        }
    EXPECT_LE(pause_after(1'000'000, random), seconds(720));
}

}  // namespace
}  // namespace vg::notify

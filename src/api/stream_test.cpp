// Streams: who hears of what, what is told again, and who is sent away. Times and turns are made by hand.
#include "api/stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "api/test_world.h"
#include "base/text.h"

namespace vg::api::test::stream_test {
namespace {

class Ear final : public net::Outlet {
public:
    bool send(std::string bytes) override {
        if (!open_) return false;
        heard += bytes;
        unread += bytes.size();
        return true;
    }
    void end() override { open_ = false; }
    [[nodiscard]] bool is_open() const override { return open_; }
    [[nodiscard]] std::size_t waiting() const override { return reads ? 0 : unread; }
    [[nodiscard]] bool heard_of(std::string_view text) const { return heard.find(text) != std::string::npos; }
    // The last "id:" that was told.
    [[nodiscard]] std::string last_id() const {
        const std::size_t at = heard.rfind("id: ");
        return at == std::string::npos ? "" : heard.substr(at + 4, heard.find('\n', at) - at - 4);
    }
    std::string heard;
    std::size_t unread = 0;
    bool reads = true;

private:
    bool open_ = true;
};

std::shared_ptr<Ear> listen(World& world, const Account& account, const std::string& last_id = {}) {
    auto ear = std::make_shared<Ear>();
    world.outlet = ear;
    Send send{.path = "/api/v1/stream"};
    if (!last_id.empty()) send.headers.emplace_back("last-event-id", last_id);
    const Reply reply = world.send(send, &account.credential);
    EXPECT_EQ(reply.status, 200) << reply.bytes;
    EXPECT_EQ(reply.header("Content-Type"), "text/event-stream");
    world.outlet = nullptr;
    return ear;
}

findings::Touched a_finding(World& world, const std::string& organisation, bool is_new = true) {
    return {make_id<findings::FindingTag>(world.clock.now(), world.random), world.organisation(organisation), "high", is_new};
}

const Account& analyst(World& world, const std::string& organisation) { return world.account(organisation, access::Role::analyst); }

bool sees(const std::string& asker, const std::string& target) { return asker == "node" || asker == "root" || asker == target || (asker == "A" && target == "A1"); }

// The tenant matrix over streams: every account hears of what its organisations' findings and sources do, and not one
// byte moves for what is elsewhere.
TEST(Stream, TenantMatrix) {
    World world;
    std::size_t open = 0, closed = 0;
    for (const char* target : {"A", "A1", "B", "root"}) {
        for (const Account& account : world.accounts()) {
            SCOPED_TRACE(format("{} of {} about {}", access::name_of(account.role), account.organisation, target));
            if (!access::allows(account.role, "stream:read")) {
                EXPECT_EQ(world.send({.path = "/api/v1/stream"}, &account.credential).status, 403);
                continue;
            }
            const auto ear = listen(world, account);
            const std::string before = ear->heard;
            const findings::Touched touched = a_finding(world, target);
            const SourceId source = make_id<SourceTag>(world.clock.now(), world.random);
            world.stream->finding(touched);
            world.stream->source(source, touched.organisation);
            world.stream->turn(seconds(1));
            const bool may = sees(account.organisation, target);
            EXPECT_EQ(ear->heard_of(touched.id.text()), may && access::allows(account.role, "finding:read"));
            EXPECT_EQ(ear->heard_of(source.text()), may && access::allows(account.role, "source:read"));
            if (!may) {
                EXPECT_EQ(ear->heard, before);
            }
            ++(may ? open : closed);
            world.stream->end_all("again");
        }
    }
    EXPECT_GT(open, 10U);
    EXPECT_GT(closed, 10U);
}

TEST(Stream, WhatPeopleDoIsTold) {
    World world;
    const auto id = world.add_finding("A");
    const auto ear = listen(world, analyst(world, "A"));
    const auto stranger = listen(world, analyst(world, "B"));
    const std::string before = stranger->heard;
    EXPECT_EQ(world.send({.method = "POST", .path = "/api/v1/findings/" + id.text() + "/acknowledge"}, &analyst(world, "A").credential).status, 200);
    world.stream->turn(seconds(1));
    EXPECT_TRUE(ear->heard_of("event: finding\ndata: {\"id\":\"" + id.text())) << ear->heard;
    EXPECT_EQ(stranger->heard, before);
}

TEST(Stream, ThingsOfOneRoundAreToldOnce) {
    World world;
    const auto ear = listen(world, analyst(world, "A"));
    findings::Touched touched = a_finding(world, "A");
    world.stream->finding(touched);
    touched.is_new = false;
    for (int i = 0; i < 50; ++i) world.stream->finding(touched);
    world.stream->turn(seconds(1));
    const std::string text = ear->heard;
    EXPECT_NE(text.find("\"new\":true"), std::string::npos) << "what is new stays new when it grows at once";
    EXPECT_EQ(text.find(touched.id.text()), text.rfind(touched.id.text()));
}

TEST(Stream, AFloodIsOneNoticeOfThatOrganisationOnly) {
    World world;
    const auto ear = listen(world, analyst(world, "A"));
    const auto stranger = listen(world, analyst(world, "B"));
    const std::string before = stranger->heard;
    for (int i = 0; i < 500; ++i) world.stream->finding(a_finding(world, "A"));
    world.stream->turn(seconds(1));
    EXPECT_TRUE(ear->heard_of("\"many\":true"));
    EXPECT_FALSE(ear->heard_of("\"level\""));
    EXPECT_EQ(stranger->heard, before);
}

TEST(Stream, WhoComesAgainGetsWhatWasMissed) {
    World world;
    const auto first = listen(world, analyst(world, "A"));
    const findings::Touched seen = a_finding(world, "A"), missed = a_finding(world, "A"), foreign = a_finding(world, "B");
    world.stream->finding(seen);
    world.stream->turn(seconds(1));
    const std::string id = first->last_id();
    first->end();
    world.clock.move(seconds(1));
    world.stream->finding(missed);
    world.stream->finding(foreign);
    world.stream->turn(seconds(1));
    const auto again = listen(world, analyst(world, "A"), id);
    EXPECT_TRUE(again->heard_of(missed.id.text()));
    EXPECT_FALSE(again->heard_of(seen.id.text()));
    EXPECT_FALSE(again->heard_of(foreign.id.text()));
    EXPECT_FALSE(again->heard_of("event: refetch"));
}

TEST(Stream, WhatIsNoLongerKeptIsReadAgain) {
    World world;
    for (const char* id : {"12", "no number", "99999999999999999"}) EXPECT_TRUE(listen(world, analyst(world, "A"), id)->heard_of("event: refetch")) << id;
    const auto ear = listen(world, analyst(world, "A"));
    const std::string id = ear->last_id();
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 100; ++i) world.stream->finding(a_finding(world, "A"));
        world.stream->turn(seconds(1));
    }
    EXPECT_TRUE(listen(world, analyst(world, "A"), id)->heard_of("event: refetch"));
}

TEST(Stream, BeatsWhenNothingHappens) {
    World world;
    const auto ear = listen(world, analyst(world, "A"));
    world.stream->turn(seconds(14));
    EXPECT_FALSE(ear->heard_of("event: ping"));
    world.stream->turn(seconds(1));
    EXPECT_TRUE(ear->heard_of("event: ping"));
}

TEST(Stream, AClientThatDoesNotReadIsEndedWithTheReason) {
    World world;
    const auto slow = listen(world, analyst(world, "A"));
    const auto good = listen(world, analyst(world, "A"));
    slow->reads = false;
    for (int round = 0; round < 100 && slow->is_open(); ++round) {
        for (int i = 0; i < 90; ++i) world.stream->finding(a_finding(world, "A"));
        world.stream->turn(seconds(1));
    }
    EXPECT_FALSE(slow->is_open());
    EXPECT_TRUE(slow->heard_of("event: end\ndata: {\"reason\":\"slow\"}"));
    EXPECT_LE(slow->unread, std::size_t{80} << 10);
    EXPECT_TRUE(good->is_open());
}

TEST(Stream, AnAccountHasEightAndTheOldestGoes) {
    World world;
    std::vector<std::shared_ptr<Ear>> ears;
    for (int i = 0; i < 9; ++i) ears.push_back(listen(world, analyst(world, "A")));
    EXPECT_FALSE(ears[0]->is_open());
    EXPECT_TRUE(ears[0]->heard_of("\"replaced\""));
    EXPECT_TRUE(ears[1]->is_open());
    EXPECT_TRUE(listen(world, analyst(world, "B"))->is_open());
    EXPECT_EQ(world.stream->clients(), 9U);
}

TEST(Stream, EndsWhenTheAccountMayNoMore) {
    World world;
    const Account person = world.add_person("A", access::Role::analyst);
    const auto ear = listen(world, person), other = listen(world, analyst(world, "A"));
    EXPECT_EQ(world.send({.method = "POST", .path = "/api/v1/users/" + person.user.text() + "/disable"}, &world.account("A", access::Role::administrator).credential).status, 200);
    EXPECT_FALSE(ear->is_open());
    EXPECT_TRUE(other->is_open());
    EXPECT_EQ(world.send({.path = "/api/v1/stream"}, &person.credential).status, 401);
}

TEST(Stream, EndsAtSignOut) {
    World world;
    const Account person = world.add_person("A", access::Role::analyst);
    const auto ear = listen(world, person);
    EXPECT_EQ(world.send({.method = "DELETE", .path = "/api/v1/session"}, &person.credential).status, 204);
    EXPECT_FALSE(ear->is_open());
}

TEST(Stream, ComesAgainAfterAQuarterOfAnHour) {
    World world;
    const auto ear = listen(world, analyst(world, "A"));
    for (int i = 0; i < 14; ++i) world.stream->turn(minutes(1));
    EXPECT_TRUE(ear->is_open());
    world.stream->turn(minutes(1));
    EXPECT_FALSE(ear->is_open());
    EXPECT_TRUE(ear->heard_of("\"again\""));
}

TEST(Stream, HealthIsForTheNode) {
    World world;
    std::string mark = "good";
    world.stream = nullptr;
    Stream stream{world.clock, world.metrics, {}, [&] { return mark; }};
    const auto listen_as = [&](access::Scope scope, access::Role role) {
        auto ear = std::make_shared<Ear>();
        stream.open({.name = "user:x", .role = role, .scope = std::move(scope)}, {})->live(ear);
        return ear;
    };
    const auto node = listen_as(access::Scope::node(), access::Role::administrator);
    const auto one = listen_as(access::Scope::of({world.organisation("A")}), access::Role::administrator);
    const auto contact = listen_as(access::Scope::node(), access::Role::contact);
    mark = "the disk is full";
    stream.turn(seconds(5));
    EXPECT_TRUE(node->heard_of("event: health"));
    EXPECT_FALSE(node->heard_of("disk")) << "notices hold no contents";
    EXPECT_FALSE(one->heard_of("event: health"));
    EXPECT_FALSE(contact->heard_of("event: health"));
    stream.stop();
    EXPECT_TRUE(node->heard_of("\"stopping\""));
}

// The thread, publishers and clients that come and go, all at once: what is told arrives, and the end ends everything.
TEST(Stream, ManyThreadsAtOnce) {
    World world;
    Stream stream{world.clock, world.metrics, {.round = milliseconds(1)}, [] { return std::string{}; }};
    stream.start();
    class Counter final : public net::Outlet {
    public:
        bool send(std::string bytes) override {
            bytes_ += bytes.size();
            return open_;
        }
        void end() override { open_ = false; }
        [[nodiscard]] bool is_open() const override { return open_; }
        [[nodiscard]] std::size_t waiting() const override { return 0; }
        std::atomic<std::size_t> bytes_{0};
        std::atomic<bool> open_{true};
    };
    const OrganisationId organisation = world.organisation("A");
    std::vector<std::shared_ptr<Counter>> counters;
    for (int i = 0; i < 4; ++i) counters.push_back(std::make_shared<Counter>());
    const auto listen_as = [&](const std::string& name, const std::shared_ptr<Counter>& counter) {
        auto response = stream.open({.name = name, .role = access::Role::administrator, .scope = access::Scope::of({organisation})}, {});
        if (response) response->live(counter);
    };
    for (const auto& counter : counters) listen_as("user:stays", counter);
    const std::size_t greeting = counters[0]->bytes_;
    EXPECT_GT(greeting, 0U);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 300; ++i) {
                stream.finding({findings::FindingId{{static_cast<std::uint8_t>(thread), static_cast<std::uint8_t>(i)}}, organisation, "high", true});
                stream.source(SourceId{{static_cast<std::uint8_t>(i)}}, organisation);
            }
        });
    threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) {
            listen_as("user:goes", std::make_shared<Counter>());
            stream.end_account("user:goes");
        }
    });
    for (std::thread& thread : threads) thread.join();
    for (int wait = 0; wait < 5000 && counters[3]->bytes_ <= greeting; ++wait) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    for (const auto& counter : counters) EXPECT_GT(counter->bytes_, greeting);
    stream.stop();
    for (const auto& counter : counters) EXPECT_FALSE(counter->open_);
    EXPECT_EQ(stream.clients(), 0U);
    stream.stop();  // once more does nothing
}

}  // namespace
}  // namespace vg::api::test::stream_test

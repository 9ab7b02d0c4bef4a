// Feeds from a real HTTP server on loopback: what it answers, and what becomes of the feed.
#include "server/feed_pulls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "base/time.h"
#include "net/http.h"
#include "store/audit.h"
#include "store/fault_disk.h"
#include "store/state_fixture.h"

namespace vg::server {
namespace {

template <class T>
T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().text);
    return std::move(*result);
}

std::string names(int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += format("d{:04}.example\n", i);
    return out;
}

class FeedPulls : public ::testing::Test {
protected:
    void SetUp() override {
        const store::Schema schemas[] = {store::audit_schema(), intel::schema()};
        state_ = must(store::State::open(store::test_state(), schemas, metrics_));
        net::ServerOptions options;
        options.listen = {{"127.0.0.1", 0}};
        options.handler_threads = 2;
        server_ = must(net::Server::start(options, [this](net::Request& request) { return answer(request); }, metrics_));
        settings_.feed_networks = {"127.0.0.1"};
        settings_.feed_most_bytes = 4096;
        settings_.feed_seconds = 5;
        open();
    }
    void TearDown() override {
        {
            const std::lock_guard lock{mutex_};
            hang_ = false;
        }
        wake_.notify_all();
        server_->stop(seconds(1));
    }
    void open() {
        puller_ = std::make_unique<intel::Puller>(intel::Puller::Parts{.state = *state_, .disk = disk_, .clock = clock_, .metrics = metrics_, .folder = "feeds", .fetch = must(feed_fetch(settings_))}, feed_options(settings_));
        EXPECT_TRUE(state_->write([&](store::Transaction& tx) { return intel::put_feed(tx, {.name = "pub", .address = format("http://127.0.0.1:{}/list.txt", server_->port(0))}, clock_.now()); }));
    }
    net::Response answer(net::Request& request) {
        std::unique_lock lock{mutex_};
        last_ = request;
        wake_.wait(lock, [&] { return !hang_; });
        if (!etag_.empty() && request.header("if-none-match") == etag_) return net::Response::text(304, "").with("ETag", etag_);
        net::Response response = net::Response::text(status_, text_);
        if (!etag_.empty()) response.with("ETag", etag_);
        if (!modified_.empty()) response.with("Last-Modified", modified_);
        if (status_ / 100 == 3) response.with("Location", "https://elsewhere.example/list.txt");
        return response;
    }
    intel::FeedStanding pull() { return must(puller_->pull("pub", "user:lan")).standing; }
    std::optional<std::string> sent(std::string_view header) {
        const std::lock_guard lock{mutex_};
        return last_.header(header);
    }

    metrics::Registry metrics_;
    ManualClock clock_{*parse_time("2026-06-01T00:00:00Z")};
    store::FaultDisk disk_{5};
    std::unique_ptr<store::State> state_;
    Settings settings_;
    std::mutex mutex_;
    std::condition_variable wake_;
    // guarded by mutex_
    std::string text_ = names(20), etag_ = "\"v1\"", modified_ = "Sun, 31 May 2026 10:00:00 GMT";
    int status_ = 200;
    bool hang_ = false;
    net::Request last_;
    std::unique_ptr<net::Server> server_;
    std::unique_ptr<intel::Puller> puller_;
};

TEST_F(FeedPulls, AsksWithTheETagAndTakes304ForUnchanged) {
    EXPECT_EQ(pull().entries, 20);
    EXPECT_EQ(sent("if-none-match"), std::nullopt);
    const intel::FeedStanding again = pull();
    EXPECT_EQ(sent("if-none-match"), "\"v1\"");
    EXPECT_EQ(sent("if-modified-since"), "Sun, 31 May 2026 10:00:00 GMT");
    EXPECT_EQ(again.last_error, "");
    EXPECT_EQ(again.entries, 20);
}

TEST_F(FeedPulls, AnErrorOfTheServerIsTold) {
    status_ = 500;
    EXPECT_EQ(pull().last_error, "its server answered 500");
    status_ = 302;
    EXPECT_EQ(pull().last_error, "it has moved (302): redirects are not followed; register the new address https://elsewhere.example/list.txt");
    EXPECT_EQ(pull().failures, 3);
    status_ = 200;
    EXPECT_EQ(pull().failures, 0);
}

TEST_F(FeedPulls, WhatIsTooLargeIsNotTaken) {
    text_ = names(1000);
    EXPECT_EQ(pull().last_error, "127.0.0.1 sends more than 4096 bytes");
    EXPECT_EQ(pull().entries, 0);
}

TEST_F(FeedPulls, OneThatHangsIsGivenUp) {
    settings_.feed_seconds = 1;
    open();
    {
        const std::lock_guard lock{mutex_};
        hang_ = true;
    }
    const intel::FeedStanding now = pull();
    EXPECT_NE(now.last_error.find("127.0.0.1"), std::string::npos) << now.last_error;
    EXPECT_EQ(now.failures, 1);
}

TEST_F(FeedPulls, OneThatDoublesOrEmptiesIsHeldAndReleased) {
    pull();
    text_ = names(50), etag_ = "\"v2\"";
    const intel::FeedStanding doubled = pull();
    EXPECT_EQ(doubled.reasons, std::vector<std::string>{"the feed grew from 20 to 50 entries"});
    EXPECT_EQ(pull().held, doubled.held) << "304 of what is held: held it stays";
    EXPECT_EQ(must(puller_->release("pub", doubled.held, "user:lan", "looked at it")).standing.entries, 50);
    text_ = "", etag_ = "\"v3\"";
    EXPECT_EQ(pull().reasons, std::vector<std::string>{"the feed is empty; it had 50 entries"});
}

TEST_F(FeedPulls, AnInnerAddressIsNotConnectedToUnlessASettingSaysSo) {
    settings_.feed_networks = {};
    open();
    EXPECT_EQ(pull().last_error, "127.0.0.1: its address is not of the public Internet, and the operator's setting does not allow it");
    EXPECT_TRUE(last_.path.empty()) << "nothing was sent";
    settings_.feed_networks = {"somewhere"};
    EXPECT_EQ(feed_fetch(settings_).error().text, "setting feeds.networks: somewhere is neither a network nor an address");
}

}  // namespace
}  // namespace vg::server

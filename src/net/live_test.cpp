// Live answers: they stand without a thread, end with the client, the outlet or the server.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "net/http.h"

namespace vg::net {
namespace {

class Line {
public:
    explicit Line(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        timeval limit{20, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ~Line() { hang_up(); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    void say(std::string_view bytes) { EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size())); }
    std::string hear_until(std::string_view mark) {
        std::string all;
        char c = 0;
        while (all.find(mark) == std::string::npos && ::recv(socket_, &c, 1, 0) == 1) all.push_back(c);
        return all;
    }
    // What comes until the other side closes.
    std::string hear_all() {
        std::string all;
        char buffer[4096];
        for (ssize_t count = 0; (count = ::recv(socket_, buffer, sizeof buffer, 0)) > 0;) all.append(buffer, static_cast<std::size_t>(count));
        return all;
    }
    void hang_up() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }

private:
    int socket_;
};

constexpr std::string_view kGet = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";

struct Fixture {
    explicit Fixture(std::size_t threads = 2) {
        ServerOptions options;
        options.listen = {{"127.0.0.1", 0}};
        options.handler_threads = threads;
        auto started = Server::start(options, [this](Request& request) { return answer(request); }, metrics);
        EXPECT_TRUE(started);
        server = std::move(*started);
    }
    Response answer(Request& request) {
        if (request.path != "/live") return Response::text(200, "plain");
        Response response;
        response.with("Content-Type", "text/event-stream");
        response.live = [this](std::shared_ptr<Outlet> outlet) {
            const std::lock_guard lock{mutex};
            outlets.push_back(std::move(outlet));
            changed.notify_all();
        };
        return response;
    }
    std::shared_ptr<Outlet> outlet(std::size_t number) {
        std::unique_lock lock{mutex};
        EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds{20}, [&] { return outlets.size() > number; }));
        return outlets.at(number);
    }
    metrics::Registry metrics;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::shared_ptr<Outlet>> outlets;
    std::unique_ptr<Server> server;  // last: it ends before what its handlers use
};

TEST(Live, SendsWhatAnyThreadPutsIn) {
    Fixture fixture;
    Line line{fixture.server->port(0)};
    line.say(kGet);
    const auto outlet = fixture.outlet(0);
    const std::string head = line.hear_until("\r\n\r\n");
    EXPECT_NE(head.find("200"), std::string::npos);
    EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos);
    std::thread{[&] { EXPECT_TRUE(outlet->send("data: one\n\n")); }}.join();
    EXPECT_EQ(line.hear_until("\n\n\r\n"), "b\r\ndata: one\n\n\r\n");
    EXPECT_TRUE(outlet->is_open());
    outlet->end();
    EXPECT_FALSE(outlet->send("more"));
    EXPECT_EQ(line.hear_all(), "0\r\n\r\n");
}

TEST(Live, TakesNoThreadWhileItStands) {
    Fixture fixture{2};
    std::vector<std::unique_ptr<Line>> lines;
    for (std::size_t i = 0; i < 20; ++i) {
        lines.push_back(std::make_unique<Line>(fixture.server->port(0)));
        lines.back()->say(kGet);
        fixture.outlet(i);
    }
    Line other{fixture.server->port(0)};
    other.say("GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(other.hear_all().find("plain"), std::string::npos);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_TRUE(fixture.outlet(i)->is_open());
}

TEST(Live, AClientThatHangsUpIsNoticedWithoutSending) {
    Fixture fixture;
    Line line{fixture.server->port(0)};
    line.say(kGet);
    const auto outlet = fixture.outlet(0);
    line.hear_until("\r\n\r\n");
    line.hang_up();
    for (int turn = 0; turn < 2000 && outlet->is_open(); ++turn) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_FALSE(outlet->is_open());
    EXPECT_FALSE(outlet->send("data"));
}

TEST(Live, WhatIsNotReadIsCounted) {
    Fixture fixture;
    Line line{fixture.server->port(0)};
    line.say(kGet);
    const auto outlet = fixture.outlet(0);
    const std::string piece(1 << 20, 'x');
    // The sockets' buffers take some of it; what they do not take is waiting.
    for (int i = 0; i < 64; ++i) outlet->send(piece);
    EXPECT_GT(outlet->waiting(), std::size_t{1} << 20);
}

TEST(Live, StoppingDoesNotWaitForIt) {
    Fixture fixture;
    Line line{fixture.server->port(0)};
    line.say(kGet);
    const auto outlet = fixture.outlet(0);
    line.hear_until("\r\n\r\n");
    fixture.server->stop(seconds(600));  // the test would run into its limit
    EXPECT_FALSE(outlet->is_open());
}

TEST(Live, AnOutletThatIsGivenUpEndsTheAnswer) {
    Fixture fixture;
    Line line{fixture.server->port(0)};
    line.say(kGet);
    fixture.outlet(0);
    line.hear_until("\r\n\r\n");
    {
        const std::lock_guard lock{fixture.mutex};
        fixture.outlets.clear();
    }
    EXPECT_EQ(line.hear_all(), "0\r\n\r\n");
}

TEST(Live, AHeadHasNoBody) {
    Fixture fixture;
    Line line{fixture.server->port(0)};
    line.say("HEAD /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string all = line.hear_all();
    EXPECT_NE(all.find("200"), std::string::npos);
    EXPECT_TRUE(all.ends_with("\r\n\r\n"));
    EXPECT_TRUE(fixture.outlets.empty());
}

}  // namespace
}  // namespace vg::net

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <netinet/in.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <thread>

#include "base/clock.h"
#include "net/http.h"

namespace vg::net::server_test {
namespace {

// A raw client: sends exactly these bytes and gives all that comes back until the peer closes.
class Raw {
public:
    explicit Raw(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        timeval limit{20, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~Raw() { ::close(socket_); }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;
    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    void end() { ::shutdown(socket_, SHUT_WR); }
    std::string read_until_closed() {
        std::string all;
        char buffer[65536];
        for (;;) {
            const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
            if (count <= 0) return all;
            all.append(buffer, static_cast<std::size_t>(count));
        }
    }
    std::string read_until(std::string_view mark) {
        std::string all;
        char c = 0;
        while (all.find(mark) == std::string::npos && ::recv(socket_, &c, 1, 0) == 1) all.push_back(c);
        return all;
    }

private:
    int socket_ = -1;
    bool connected_ = false;
};

// Answers with "METHOD PATH LENGTH-OF-BODY", or what the path asks for.
Response echo(Request& request) {
    if (request.path == "/chunks") {
        auto left = std::make_shared<int>(5);
        Response response;
        response.stream = [left](std::string& out) {
            out.append("piece ").append(std::to_string(*left)).append("\n");
            return --*left > 0;
        };
        return response;
    }
    if (request.path == "/big") return Response::text(200, std::string(20 << 20, 'x'));
    if (request.path == "/throw") throw std::runtime_error("on purpose");
    if (request.path == "/refuse") return Response::text(403, "no");
    std::size_t size = 0;
    for (;;) {
        const auto piece = request.body->next();
        if (!piece) return Response::text(400, piece.error().text);
        if (piece->empty()) break;
        size += piece->size();
    }
    return Response::text(200, request.method + " " + request.path + " " + std::to_string(size));
}

struct Fixture {
    explicit Fixture(ServerOptions options = {}, Handler handler = echo) {
        if (options.listen.empty()) options.listen = {{"127.0.0.1", 0}};
        auto started = Server::start(std::move(options), std::move(handler), metrics);
        EXPECT_TRUE(started) << (started ? "" : started.error().text);
        server = std::move(*started);
    }
    std::uint16_t port() const { return server->port(0); }
    std::string url(const std::string& target) const { return "http://127.0.0.1:" + std::to_string(port()) + target; }
    std::uint64_t refused(const char* reason) { return metrics.counter("vonggac_http_refused_total", "", {{"reason", reason}}).value(); }
    std::string ask(std::string_view bytes) {
        Raw raw{port()};
        raw.send(bytes);
        raw.end();
        return raw.read_until_closed();
    }
    metrics::Registry metrics;
    std::unique_ptr<Server> server;
};

TEST(Server, AnswersAGetWithLengthAndKeepsTheConnection) {
    Fixture f;
    Raw raw{f.port()};
    raw.send("GET /a%20b?q=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string first = raw.read_until("GET /a b 0");
    EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\n")) << first;
    EXPECT_NE(first.find("Content-Length: 10\r\n"), std::string::npos) << first;
    raw.send("POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_NE(raw.read_until("POST /second 3").find("POST /second 3"), std::string::npos);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    Fixture f;
    const std::string all = f.ask("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxyGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::size_t first = all.find("GET /1 0"), second = all.find("POST /2 2"), third = all.find("GET /3 0");
    ASSERT_NE(third, std::string::npos) << all;
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
}

TEST(Server, SendsNoBodyToHead) {
    Fixture f;
    const std::string all = f.ask("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(all.starts_with("HTTP/1.1 200 OK\r\n")) << all;
    EXPECT_NE(all.find("Content-Length: 9\r\n"), std::string::npos) << all;
    EXPECT_TRUE(all.ends_with("\r\n\r\n")) << all;
}

TEST(Server, StreamsInChunksAndForHttp10UntilTheEnd) {
    Fixture f;
    const auto answer = fetch({.url = f.url("/chunks")});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->body, "piece 5\npiece 4\npiece 3\npiece 2\npiece 1\n");
    EXPECT_EQ(answer->header("transfer-encoding"), "chunked");
    const std::string old = f.ask("GET /chunks HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.find("chunked"), std::string::npos);
    EXPECT_TRUE(old.ends_with("\r\n\r\npiece 5\npiece 4\npiece 3\npiece 2\npiece 1\n")) << old;
}

TEST(Server, AsksForTheBodyOnlyWhenTheHandlerWantsIt) {
    Fixture f;
    Raw wanted{f.port()};
    wanted.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(wanted.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    wanted.send("abcd");
    EXPECT_NE(wanted.read_until("POST /up 4").find("POST /up 4"), std::string::npos);
    Raw unwanted{f.port()};
    unwanted.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    const std::string head = unwanted.read_until("\r\n\r\n");
    EXPECT_TRUE(head.starts_with("HTTP/1.1 403 ")) << head;
    EXPECT_NE(head.find("Connection: close"), std::string::npos) << head;
}

TEST(Server, GivesAnEarlyAnswerToASenderThatKeepsSending) {
    Fixture f;
    const std::string piece(1 << 20, 'z');
    int pieces = 0;
    const auto answer = fetch({.method = "POST", .url = f.url("/refuse"), .stream_body = [&](std::string& out) {
                                   out = piece;
                                   return ++pieces < 50;
                               }});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 403);
    EXPECT_EQ(answer->body, "no");
}

TEST(Server, TurnsAnExceptionOfTheHandlerInto500) {
    Fixture f;
    const auto answer = fetch({.url = f.url("/throw")});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(answer->body.find("on purpose"), std::string::npos);
}

TEST(Server, RefusesMalformedRequestsWithAProblemDocument) {
    Fixture f;
    const std::string answer = f.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("application/problem+json"), std::string::npos) << answer;
    EXPECT_NE(answer.find("\"status\":400"), std::string::npos) << answer;
    EXPECT_EQ(f.refused("malformed"), 1u);
}

TEST(Server, TakesNothingBehindARefusedRequest) {
    std::atomic<int> seen{0};
    Fixture f{{}, [&](Request&) {
                  ++seen;
                  return Response::text(200, "");
              }};
    const std::string answer = f.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos);
    EXPECT_EQ(seen, 0);
}

TEST(Server, GivesTheHandlerAnErrorForABadChunkInALongBody) {
    Fixture f;
    std::string request = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + std::string(1 << 20, 'a') + "\r\nzz\r\n";
    const std::string answer = f.ask(request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
}

TEST(Server, RefusesALongHeadAndManyHeaders) {
    Fixture f{{.header_bytes = 8192}};
    EXPECT_TRUE(f.ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 300; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
    EXPECT_TRUE(f.ask(many + "\r\n").starts_with("HTTP/1.1 431 "));
}

TEST(Server, RefusesABodyOverTheLimit) {
    Fixture f{{.body_bytes = 1000}};
    EXPECT_TRUE(f.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(f.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a')).starts_with("HTTP/1.1 413 "));
}

TEST(Server, ClosesAConnectionWhoseHeadDoesNotCome) {
    Fixture f{{.header_time = milliseconds(100)}};
    Raw raw{f.port()};
    raw.send("GET / HTTP/1.1\r\nHos");
    EXPECT_TRUE(raw.read_until_closed().starts_with("HTTP/1.1 408 "));
    Raw silent{f.port()};
    EXPECT_EQ(silent.read_until_closed(), "");
    EXPECT_GE(f.refused("too_slow"), 2u);
}

TEST(Server, HoldsNoThreadForSlowSmallSenders) {
    // One thread, and ten senders that never finish their small bodies: an eleventh is answered at once.
    Fixture f{{.handler_threads = 1, .waiting_requests = 16}};
    std::vector<std::unique_ptr<Raw>> slow;
    for (int i = 0; i < 10; ++i) {
        slow.push_back(std::make_unique<Raw>(f.port()));
        slow.back()->send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    }
    const auto answer = fetch({.url = f.url("/quick")});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 200);
    for (auto& raw : slow) raw->send("defghij");
    for (auto& raw : slow) EXPECT_NE(raw->read_until("POST /slow 10").find("POST /slow 10"), std::string::npos);
}

TEST(Server, EndsABodyThatStopsComing) {
    Fixture f{{.idle_time = milliseconds(150)}};
    Raw small{f.port()};
    small.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    EXPECT_TRUE(small.read_until_closed().starts_with("HTTP/1.1 408 "));
    Raw large{f.port()};
    large.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n" + std::string(600'000, 'a'));
    const std::string answer = large.read_until_closed();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("stopped coming"), std::string::npos) << answer;
}

// A gate that handlers wait at until the test opens it.
struct Gate {
    void wait() {
        std::unique_lock lock{mutex};
        ++waiting;
        changed.notify_all();
        changed.wait(lock, [&] { return open; });
    }
    void wait_for(int count) {
        std::unique_lock lock{mutex};
        changed.wait(lock, [&] { return waiting >= count; });
    }
    void let_go() {
        const std::lock_guard lock{mutex};
        open = true;
        changed.notify_all();
    }
    std::mutex mutex;
    std::condition_variable changed;
    int waiting = 0;
    bool open = false;
};

TEST(Server, Answers503WhenAllThreadsAreTaken) {
    Gate gate;
    Fixture f{{.handler_threads = 2, .waiting_requests = 0}, [&](Request&) {
                  gate.wait();
                  return Response::text(200, "done");
              }};
    std::vector<std::thread> callers;
    std::atomic<int> done{0};
    for (int i = 0; i < 2; ++i)
        callers.emplace_back([&] {
            const auto answer = fetch({.url = f.url("/")});
            if (answer && answer->body == "done") ++done;
        });
    gate.wait_for(2);
    const auto answer = fetch({.url = f.url("/")});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("retry-after"), "1");
    EXPECT_NE(answer->body.find("all threads are taken"), std::string::npos) << "at once, not after a wait: " << answer->body;
    EXPECT_EQ(f.refused("threads"), 1u);
    gate.let_go();
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(done, 2);
}

TEST(Server, Answers503BeyondTheMostConnections) {
    Fixture f{{.most_connections = 2}};
    Raw one{f.port()}, two{f.port()};
    one.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    one.read_until("GET /1 0");
    two.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    two.read_until("GET /2 0");
    Raw three{f.port()};
    const std::string answer = three.read_until_closed();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    EXPECT_NE(answer.find("Retry-After"), std::string::npos);
    EXPECT_EQ(f.refused("connections"), 1u);
}

TEST(Server, ServesManyConnectionsAtOnce) {
    Fixture f{{.io_threads = 2}};
    std::vector<std::unique_ptr<Raw>> all;
    for (int i = 0; i < 400; ++i) {
        all.push_back(std::make_unique<Raw>(f.port()));
        ASSERT_TRUE(all.back()->connected());
        all.back()->send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    for (int i = 0; i < 400; ++i) EXPECT_TRUE(all[static_cast<std::size_t>(i)]->read_until_closed().ends_with("GET /" + std::to_string(i) + " 0"));
}

TEST(Server, HoldsLittleOfALongUpload) {
    std::uint64_t most_held = 0;
    Fixture f{{}, [&](Request& request) {
                  const auto& received = f.metrics.counter("vonggac_http_received_bytes_total", "");
                  std::uint64_t size = 0;
                  for (;;) {
                      const auto piece = request.body->next();
                      if (!piece) return Response::text(400, piece.error().text);
                      if (piece->empty()) return Response::text(200, std::to_string(size));
                      size += piece->size();
                      most_held = std::max(most_held, received.value() - size + piece->size());
                  }
              }};
    const std::string piece(1 << 20, 'u');
    int pieces = 0;
    const auto answer = fetch({.method = "POST", .url = f.url("/"), .stream_body = [&](std::string& out) {
                                   out = piece;
                                   return ++pieces < 200;
                               }});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->body, std::to_string(std::size_t{200} << 20));
    EXPECT_LT(most_held, 1u << 20) << "of the 200 MB that went through";
}

TEST(Server, WaitsForAReaderThatIsSlow) {
    Fixture f;
    Raw raw{f.port()};
    raw.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    raw.read_until("\r\n\r\n");
    const auto quick = fetch({.url = f.url("/other")});
    ASSERT_TRUE(quick) << quick.error().text;
    EXPECT_EQ(raw.read_until_closed().size(), std::size_t{20} << 20);
}

TEST(Server, StopsAfterTheRequestsInHand) {
    Gate gate;
    Fixture f{{}, [&](Request&) {
                  gate.wait();
                  return Response::text(200, "finished");
              }};
    const std::string url = f.url("/");
    Raw idle{f.port()};
    std::string body;
    std::thread caller{[&] {
        const auto answer = fetch({.url = url});
        if (answer) body = answer->body;
    }};
    gate.wait_for(1);
    std::thread stopper{[&] { f.server->stop(seconds(20)); }};
    EXPECT_EQ(idle.read_until_closed(), "");  // closed at once, while the other is in hand
    gate.let_go();
    stopper.join();
    caller.join();
    EXPECT_EQ(body, "finished");
    EXPECT_FALSE(fetch({.url = url}));
}

TEST(Server, CutsWhatIsInHandAfterTheGrace) {
    Gate started;
    std::atomic<bool> got_error{false};
    Fixture f{{}, [&](Request& request) {
                  {
                      const std::lock_guard lock{started.mutex};
                      ++started.waiting;
                      started.changed.notify_all();
                  }
                  for (;;) {
                      const auto piece = request.body->next();
                      if (!piece) got_error = true;
                      if (!piece || piece->empty()) return Response::text(200, "");
                  }
              }};
    Raw raw{f.port()};
    raw.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + std::string(400'000, 'a'));
    started.wait_for(1);
    f.server->stop(milliseconds(20));
    EXPECT_TRUE(got_error);
    EXPECT_EQ(raw.read_until_closed(), "");
}

std::string temporary_folder(const char* name) {
    const auto path = std::filesystem::temp_directory_path() / ("vg-net-" + std::string{name} + "-" + std::to_string(::getpid()));
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
    return path;
}

TEST(Server, KnowsItsOwnUserOnTheControlSocket) {
    const std::string folder = temporary_folder("unix");
    const std::string path = folder + "/control.sock";
    Fixture f{{.listen = {{path, 0}}}, [](Request& request) { return Response::text(200, request.peer + (request.local_control ? " local" : "")); }};
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    const auto answer = fetch({.url = "unix:" + path + ":/api/v1/health"});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->body, "unix:" + std::to_string(geteuid()) + " local");
    metrics::Registry other;
    const auto second = Server::start({.listen = {{path, 0}}}, echo, other);
    EXPECT_FALSE(second) << "a socket that is served must not be taken over";
    f.server->stop(seconds(1));
    EXPECT_NE(::stat(path.c_str(), &info), 0) << "the socket file goes with the server";
    std::filesystem::remove_all(folder);
}

TEST(Server, ListensOnIpv6) {
    metrics::Registry metrics;
    auto server = Server::start({.listen = {{"::1", 0}}}, [](Request& request) { return Response::text(200, request.peer); }, metrics);
    if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().text;
    const auto answer = fetch({.url = "http://[::1]:" + std::to_string((*server)->port(0)) + "/"});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->body, "::1");
}

TEST(Server, RefusesAnAddressThatIsNone) {
    metrics::Registry metrics;
    const auto server = Server::start({.listen = {{"nowhere", 1}}}, echo, metrics);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, Code::bad_input);
}

TEST(Server, WritesTheDateOfItsClock) {
    ManualClock clock{Time{784'111'777'000'000}};  // the example of RFC 9110, section 5.6.7
    Fixture f{{.clock = &clock}};
    const auto answer = fetch({.url = f.url("/")});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->header("date"), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Server, LetsNoLineEndIntoAHeader) {
    Fixture f{{}, [](Request&) { return Response::text(200, "").with("X-Name", "a\r\nSet-Cookie: b"); }};
    const auto answer = fetch({.url = f.url("/")});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->header("x-name"), "a  Set-Cookie: b");
    EXPECT_FALSE(answer->header("set-cookie"));
}

}  // namespace
}  // namespace vg::net::server_test

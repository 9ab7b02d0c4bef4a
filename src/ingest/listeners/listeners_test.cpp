// Syslog, RELP and Lumberjack over real sockets, with a journal in memory.
#include <filesystem>
#include <fstream>

#include "ingest/loopback_test_kit.h"

namespace vg::ingest::listeners_test {
namespace {

using Found = std::vector<std::string>;

TEST(SyslogListener, KeepsMessagesOfBothFramingsUnderTheirSource) {
    ListenerHouse house;
    house.book.known["127.0.0.1"] = BookOfTests::facts("fw-01", 1);
    house.book.known["127.0.0.1"].format = "syslog";
    house.book.known["127.0.0.1"].zone = "Asia/Ho_Chi_Minh";
    ASSERT_TRUE(house.serve("syslog", "syslog_tcp"));
    LoopbackClient client{house.server->port(0)};
    client.send("<34>Oct 11 22:14:15 host su: một\n10 <1>counted");  // no line end behind it
    EXPECT_EQ(house.kept(2), (Found{"<34>Oct 11 22:14:15 host su: một", "<1>counted"}));
    const auto record = house.journal.kept()[0];
    EXPECT_EQ(record.envelope.source, house.book.known["127.0.0.1"].id);
    EXPECT_EQ(record.envelope.format, "syslog");
    EXPECT_EQ(record.envelope.zone, "Asia/Ho_Chi_Minh");
    EXPECT_EQ(record.envelope.peer, "127.0.0.1");
}

TEST(SyslogListener, AFullQueueStopsReadingAndLosesNothing) {
    ListenerHouse house{{.most_bytes = 1 << 20, .most_records = 1000, .group_records = 1000}};
    ASSERT_TRUE(house.serve("syslog", "syslog_tcp"));
    house.journal.hold();
    LoopbackClient client{house.server->port(0)};
    std::string bytes;
    const std::string line(1000, 'x');
    std::size_t lines = 0;
    while (bytes.size() < (24 << 20)) bytes += "<1>" + std::to_string(lines++) + " " + line + "\n";
    const std::size_t sent = client.send_until_full(bytes, 300);
    EXPECT_LT(sent, bytes.size()) << "the sender is slowed down";
    house.journal.let_go();
    client.send(std::string_view{bytes}.substr(sent));
    client.close();
    EXPECT_EQ(house.kept(lines).size(), lines);
    EXPECT_EQ(house.world->lost.value(), 0u);
}

TEST(SyslogListener, AStopStillTakesWhatStandsInTheSocket) {
    ListenerHouse house;
    ASSERT_TRUE(house.serve("syslog", "syslog_tcp"));
    LoopbackClient client{house.server->port(0)};
    client.send("<1>first\n");
    EXPECT_EQ(house.kept(1).size(), 1u);
    client.send("<1>second\n<1>third\n");
    house.server->stop(seconds(10));
    EXPECT_EQ(house.kept(3).size(), 3u);
}

TEST(SyslogListener, DatagramsAreMessagesAndTheKernelsDropsAreCounted) {
    ListenerHouse house{{.most_bytes = 1 << 16, .most_records = 10, .group_records = 10}};
    house.world = std::make_unique<ListenerWorld>(ListenerWorld::make("syslog_udp", *house.intake, house.counters, house.book, house.metrics));
    std::atomic<bool> stopping{false};
    auto socket = net::Datagrams::open({"127.0.0.1", 0}, {.buffer_bytes = 65'536}, find_listener("syslog")->on_datagrams(*house.world, [&] { return stopping.load(); }));
    ASSERT_TRUE(socket) << socket.error().text;
    LoopbackClient client{(*socket)->port(), SOCK_DGRAM};
    client.send("<34>1 - - - - - - một\n");
    EXPECT_EQ(house.kept(1), Found{"<34>1 - - - - - - một"});
    house.journal.hold();
    const std::string message = "<1>" + std::string(1000, 'x');
    constexpr std::size_t kMany = 2000;
    for (std::size_t i = 0; i < kMany; ++i) client.send(message);
    EXPECT_GT((*socket)->dropped(), 0u);
    house.journal.let_go();
    // Each datagram was received or counted as dropped: exactly.
    for (int i = 0; i < 6000 && (*socket)->received() + (*socket)->dropped() < kMany + 1; ++i) ::poll(nullptr, 0, 10);
    EXPECT_EQ((*socket)->received() + (*socket)->dropped(), kMany + 1);
    const std::size_t received = (*socket)->received();
    EXPECT_EQ(house.kept(received).size(), received);
    (*socket)->stop();
}

TEST(RelpListener, AnswersWhenTheRecordIsDurableAndNotBefore) {
    ListenerHouse house;
    ASSERT_TRUE(house.serve("relp", "relp"));
    LoopbackClient client{house.server->port(0)};
    client.send("1 open 14 relp_version=0\n");
    const std::string opened = "1 rsp 61 200 OK\nrelp_version=0\nrelp_software=vonggac,1\ncommands=syslog\n";
    EXPECT_EQ(client.receive(opened.size()), opened);
    house.journal.hold();
    client.send("2 syslog 9 <13>hello\n3 syslog 8 <13>hai\n\n");
    house.journal.wait_until_held();
    EXPECT_FALSE(client.hears(100));
    house.journal.let_go();
    EXPECT_EQ(client.receive(30), "2 rsp 6 200 OK\n3 rsp 6 200 OK\n");
    EXPECT_EQ(house.kept(2), (Found{"<13>hello", "<13>hai"}));
    client.send("4 close 0\n5 syslog 1 x\n");
    EXPECT_EQ(client.receive(1000), "4 rsp 6 200 OK\n0 serverclose 0\n");
}

TEST(RelpListener, AJournalThatFailsIsNotAnswered) {
    ListenerHouse house;
    ASSERT_TRUE(house.serve("relp", "relp"));
    LoopbackClient client{house.server->port(0)};
    client.send("1 open 14 relp_version=0\n");
    client.receive(71);
    house.journal.hold();
    client.send("2 syslog 9 <13>hello\n");
    house.journal.wait_until_held();
    house.journal.set_broken(true);
    house.journal.let_go();
    EXPECT_EQ(client.receive(1000), "") << "the connection is closed without an answer";
    house.journal.set_broken(false);
}

TEST(RelpListener, SaysNoToOtherCommandsAndEndsWhatIsNotRelp) {
    ListenerHouse house;
    ASSERT_TRUE(house.serve("relp", "relp"));
    LoopbackClient client{house.server->port(0)};
    client.send("1 syslog 1 x\n2 open 0\n3 starttls 0\nGET / HTTP/1.1\n");
    EXPECT_EQ(client.receive(10'000),
              "1 rsp 27 500 the session is not open\n2 rsp 61 200 OK\nrelp_version=0\nrelp_software=vonggac,1\ncommands=syslog\n3 rsp 25 500 command not supported\n");
    EXPECT_TRUE(house.journal.kept().empty());
}

std::string event(std::uint32_t sequence, const std::string& json) {
    const auto number = [](std::size_t value) {
        std::string out;
        for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xff));
        return out;
    };
    return "2J" + number(sequence) + number(json.size()) + json;
}

TEST(LumberjackListener, AcknowledgesWhatIsDurable) {
    ListenerHouse house;
    ASSERT_TRUE(house.serve("lumberjack", "lumberjack"));
    LoopbackClient client{house.server->port(0)};
    house.journal.hold();
    client.send(std::string{"2W\0\0\0\3", 6} + event(1, "{\"message\":\"một\"}") + event(2, "no JSON") + event(3, "{\"message\":\"ba\"}"));
    house.journal.wait_until_held();
    EXPECT_FALSE(client.hears(100));
    house.journal.let_go();
    EXPECT_EQ(client.receive(6), (std::string{"2A\0\0\0\3", 6}));
    EXPECT_EQ(house.kept(2), (Found{"{\"message\":\"một\"}", "{\"message\":\"ba\"}"}));
    EXPECT_EQ(house.counters.values(house.book.unknown.id).refused, 1u);
    EXPECT_EQ(house.counters.values(house.book.unknown.id).accepted, 2u);
}

// With the program of OpenSSL as the client.
struct Pki {
    Pki() : folder(std::filesystem::temp_directory_path() / ("vg-listener-tls-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        const std::string key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 ";
        good = run("openssl req -x509" + key + "-subj /CN=ca -keyout ca.key -out ca.pem") &&
               run("openssl req -x509" + key + "-subj /CN=localhost -CA ca.pem -CAkey ca.key -keyout server.key -out server.pem") &&
               run("openssl req -x509" + key + "-subj '/CN=Web 01' -addext subjectAltName=DNS:WEB-01.example -CA ca.pem -CAkey ca.key -keyout client.key -out client.pem") &&
               run("openssl req -x509" + key + "-subj /CN=stranger -keyout stranger.key -out stranger.pem");
    }
    ~Pki() { std::filesystem::remove_all(folder); }
    bool run(const std::string& command) const { return std::system(("cd " + folder.string() + " && " + command + " >log 2>&1").c_str()) == 0; }
    // Sends the bytes with s_client.
    void send(std::uint16_t port, const std::string& bytes, const std::string& options) const {
        std::ofstream{folder / "bytes"} << bytes;
        static_cast<void>(run("openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:" + std::to_string(port) + " -CAfile ca.pem " + options + " < bytes"));
    }
    net::StreamTls tls(net::ClientCertificates clients) const { return {.files = {folder / "server.pem", folder / "server.key"}, .clients = clients, .client_ca = folder / "ca.pem"}; }
    std::filesystem::path folder;
    bool good = false;
};

TEST(SyslogListener, ACertificatesNameMapsToASource) {
    const Pki pki;
    if (!pki.good) GTEST_SKIP() << "no openssl program here";
    ListenerHouse house;
    house.book.known["web-01.example"] = BookOfTests::facts("web-01", 1);
    ASSERT_TRUE(house.serve("syslog", "syslog_tls", pki.tls(net::ClientCertificates::optional)));
    pki.send(house.server->port(0), "8 <1>named", "-cert client.pem -key client.key");
    EXPECT_EQ(house.kept(1), Found{"<1>named"});
    EXPECT_EQ(house.journal.kept()[0].envelope.source, house.book.known["web-01.example"].id);
    pki.send(house.server->port(0), "<1>without\n", "");
    EXPECT_EQ(house.kept(2).back(), "<1>without");
    EXPECT_EQ(house.journal.kept()[1].envelope.source, house.book.unknown.id);
    pki.send(house.server->port(0), "<1>stranger\n", "-cert stranger.pem -key stranger.key");
    pki.send(house.server->port(0), "<1>last\n", "");
    EXPECT_EQ(house.kept(3).back(), "<1>last") << "a certificate of another CA is not let in";
}

TEST(SyslogListener, ARequiredCertificateIsRequired) {
    const Pki pki;
    if (!pki.good) GTEST_SKIP() << "no openssl program here";
    ListenerHouse house;
    ASSERT_TRUE(house.serve("syslog", "syslog_tls", pki.tls(net::ClientCertificates::required)));
    pki.send(house.server->port(0), "<1>without\n", "");
    pki.send(house.server->port(0), "<1>with\n", "-cert client.pem -key client.key");
    EXPECT_EQ(house.kept(1), Found{"<1>with"});
}

TEST(StreamServer, TurnsAwayTooManyOfOneAddressAndSlowHandshakes) {
    const Pki pki;
    if (!pki.good) GTEST_SKIP() << "no openssl program here";
    ListenerHouse house;
    house.world = std::make_unique<ListenerWorld>(ListenerWorld::make("syslog_tls", *house.intake, house.counters, house.book, house.metrics));
    net::StreamOptions options{.most_connections = 64, .handshake_time = milliseconds(200)};
    const auto open = [&](const net::StreamPeer& peer) { return find_listener("syslog")->open(*house.world, peer); };
    options.listeners.push_back({.name = "syslog_tls", .endpoint = {"127.0.0.1", 0}, .tls = pki.tls(net::ClientCertificates::none), .open = open});
    options.listeners.push_back({.name = "syslog_tcp", .endpoint = {"127.0.0.1", 0}, .tls = {}, .open = open});
    auto server = net::StreamServer::start(std::move(options), house.metrics);
    ASSERT_TRUE(server) << server.error().text;
    LoopbackClient slow{(*server)->port(0)};
    EXPECT_EQ(slow.receive(1), "") << "a handshake that never comes is cut";
    std::vector<std::unique_ptr<LoopbackClient>> clients;
    for (int i = 0; i < 17; ++i) clients.push_back(std::make_unique<LoopbackClient>((*server)->port(1)));  // a quarter of 64 are let in
    EXPECT_EQ(clients.back()->receive(1), "");
    clients.front()->send("<1>x\n");
    EXPECT_EQ(house.kept(1), Found{"<1>x"});
    (*server)->stop(seconds(1));
}

}  // namespace
}  // namespace vg::ingest::listeners_test

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "net/client_url.h"
#include "net/http.h"

namespace vg::net {
namespace {

constexpr Time kNow{1'790'000'000'000'000};  // 2026-09-21; the tests give the time of the system where OpenSSL checks it

struct Folder {
    explicit Folder(const char* name) : path(std::filesystem::temp_directory_path() / ("vg-tls-" + std::string{name} + "-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
};

std::string content(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

Time system_now() { return Time{static_cast<std::int64_t>(::time(nullptr)) * 1'000'000}; }

TEST(Certificate, IsMadeOnceAndKept) {
    const Folder folder{"once"};
    const std::vector<std::string> names = {"localhost", "127.0.0.1", "2001:db8::1"};
    const auto first = load_or_make_certificate(folder.path + "/keys", names, kNow);
    ASSERT_TRUE(first) << first.error().text;
    const auto second = load_or_make_certificate(folder.path + "/keys", names, kNow + days(300));
    ASSERT_TRUE(second);
    EXPECT_EQ(first->fingerprint, second->fingerprint);
    EXPECT_EQ(first->fingerprint.size(), 64u);
    for (const char* file : {"/keys/ca.key", "/keys/node.key"}) {
        struct stat info {};
        ASSERT_EQ(::stat((folder.path + file).c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777, 0600u) << file;
    }
    for (const auto& entry : std::filesystem::directory_iterator{folder.path + "/keys"}) EXPECT_NE(entry.path().extension(), ".new");
}

TEST(Certificate, IsRenewedByTheSameCaBeforeItsEndAndForNewNames) {
    const Folder folder{"renew"};
    const auto first = load_or_make_certificate(folder.path, {"a.example"}, kNow);
    ASSERT_TRUE(first) << first.error().text;
    const std::string ca = content(first->ca_certificate);
    const auto later = load_or_make_certificate(folder.path, {"a.example"}, kNow + days(397 - 29));
    ASSERT_TRUE(later);
    EXPECT_NE(later->fingerprint, first->fingerprint);
    const auto wider = load_or_make_certificate(folder.path, {"a.example", "192.0.2.1"}, kNow + days(397 - 29));
    ASSERT_TRUE(wider);
    EXPECT_NE(wider->fingerprint, later->fingerprint);
    EXPECT_EQ(content(first->ca_certificate), ca);
}

TEST(Certificate, NeverReplacesACaThatCannotBeRead) {
    const Folder folder{"broken"};
    ASSERT_TRUE(load_or_make_certificate(folder.path, {"a.example"}, kNow));
    std::ofstream{folder.path + "/ca.crt", std::ios::trunc} << "nonsense";
    const auto broken = load_or_make_certificate(folder.path, {"a.example"}, kNow);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, Code::corrupt);
    EXPECT_EQ(content(folder.path + "/ca.crt"), "nonsense");
}

TEST(Certificate, TakesNoNameThatCouldBeMoreThanAName) {
    const Folder folder{"names"};
    for (const char* bad : {"a,IP:192.0.2.1", "", "a b", "a\nb", "DNS:evil"}) EXPECT_FALSE(load_or_make_certificate(folder.path, {bad}, kNow)) << bad;
}

struct TlsServer {
    explicit TlsServer(const NodeCertificate& files) {
        auto started = Server::start({.listen = {{"127.0.0.1", 0}}, .tls = TlsFiles{files.certificate, files.key}},
                                     [](Request& request) {
                                         const auto body = request.read_all(100 << 20);
                                         return Response::text(200, std::string{request.tls ? "tls " : "plain "} + std::to_string(body ? body->size() : 0));
                                     },
                                     metrics);
        EXPECT_TRUE(started) << (started ? "" : started.error().text);
        server = std::move(*started);
    }
    std::string url(const std::string& host = "127.0.0.1") const { return "https://" + host + ":" + std::to_string(server->port(0)) + "/"; }
    metrics::Registry metrics;
    std::unique_ptr<Server> server;
};

TEST(Tls, IsTrustedThroughTheCaFileOrTheFingerprintOnly) {
    const Folder folder{"trust"};
    const auto files = load_or_make_certificate(folder.path, {"localhost", "127.0.0.1"}, system_now());
    ASSERT_TRUE(files) << files.error().text;
    TlsServer s{*files};
    const auto by_ca = fetch({.method = "POST", .url = s.url(), .body = std::string(3 << 20, 'b'), .ca_file = files->ca_certificate});
    ASSERT_TRUE(by_ca) << by_ca.error().text;
    EXPECT_EQ(by_ca->body, "tls " + std::to_string(3 << 20));
    const auto by_fingerprint = fetch({.url = s.url(), .fingerprint = files->fingerprint});
    ASSERT_TRUE(by_fingerprint) << by_fingerprint.error().text;
    EXPECT_EQ(fetch({.url = s.url()}).error().code, Code::denied);
    EXPECT_EQ(fetch({.url = s.url(), .fingerprint = std::string(64, '0')}).error().code, Code::denied);
    EXPECT_FALSE(fetch({.url = "http://127.0.0.1:" + std::to_string(s.server->port(0)) + "/"}));
}

TEST(Tls, IsNotTrustedForANameThatTheCertificateLacks) {
    const Folder folder{"name"};
    const auto files = load_or_make_certificate(folder.path, {"other.example"}, system_now());
    ASSERT_TRUE(files);
    TlsServer s{*files};
    const auto answer = fetch({.url = s.url(), .ca_file = files->ca_certificate});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::denied);
}

TEST(Tls, TakesANewCertificateWithoutARestart) {
    const Folder one{"one"}, two{"two"};
    const auto first = load_or_make_certificate(one.path, {"127.0.0.1"}, system_now());
    const auto second = load_or_make_certificate(two.path, {"127.0.0.1"}, system_now());
    ASSERT_TRUE(first && second);
    TlsServer s{*first};
    ASSERT_TRUE(fetch({.url = s.url(), .fingerprint = first->fingerprint}));
    ASSERT_TRUE(s.server->reload_tls({second->certificate, second->key}));
    EXPECT_TRUE(fetch({.url = s.url(), .fingerprint = second->fingerprint}));
    EXPECT_FALSE(fetch({.url = s.url(), .fingerprint = first->fingerprint}));
    const auto mixed = s.server->reload_tls({second->certificate, first->key});
    ASSERT_FALSE(mixed);
    EXPECT_TRUE(fetch({.url = s.url(), .fingerprint = second->fingerprint})) << "a bad pair leaves the old one in place";
}

TEST(Tls, RefusesOldVersions) {
    const Folder folder{"old"};
    const auto files = load_or_make_certificate(folder.path, {"127.0.0.1"}, system_now());
    ASSERT_TRUE(files);
    TlsServer s{*files};
    const auto attempt = [&](const std::string& version) {
        const std::string command = "echo | timeout 20 openssl s_client -connect 127.0.0.1:" + std::to_string(s.server->port(0)) + " " + version + " >/dev/null 2>&1";
        return std::system(command.c_str());
    };
    if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl program here";
    EXPECT_EQ(attempt("-tls1_2"), 0);
    EXPECT_EQ(attempt("-tls1_3"), 0);
    EXPECT_NE(attempt("-tls1_1 -cipher DEFAULT@SECLEVEL=0"), 0);
    EXPECT_EQ(attempt("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"), 0);
    EXPECT_NE(attempt("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"), 0) << "no authenticated encryption";
}

// What browsers and curl offer. The answer once pointed into a stack that was gone.
TEST(Tls, ChoosesHttp11FromTheProtocolsOffered) {
    const Folder folder{"alpn"};
    const auto files = load_or_make_certificate(folder.path, {"127.0.0.1"}, system_now());
    ASSERT_TRUE(files);
    TlsServer s{*files};
    if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl program here";
    const auto attempt = [&](const std::string& offered, const std::string& expected) {
        for (const char* version : {"-tls1_2", "-tls1_3"}) {
            const std::string command = "echo | timeout 20 openssl s_client -connect 127.0.0.1:" + std::to_string(s.server->port(0)) + " " + version + " -alpn " + offered +
                                        " 2>/dev/null | grep -q '" + expected + "'";
            EXPECT_EQ(std::system(command.c_str()), 0) << offered << " " << version;
        }
    };
    attempt("h2,http/1.1", "^ALPN protocol: http/1.1$");
    attempt("http/1.1", "^ALPN protocol: http/1.1$");
    attempt("h2", "^No ALPN negotiated$");
}

TEST(Url, HasThreeForms) {
    const auto plain = parse_url("http://example.com/a?b#c");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->host + "|" + plain->target + "|" + std::to_string(plain->port), "example.com|/a?b|80");
    const auto v6 = parse_url("https://[2001:db8::1]:7300");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host + "|" + v6->target + "|" + std::to_string(v6->port), "2001:db8::1|/|7300");
    const auto local = parse_url("unix:/data/control.sock:/api/v1/health");
    ASSERT_TRUE(local);
    EXPECT_EQ(local->socket_path + "|" + local->target, "/data/control.sock|/api/v1/health");
    for (const char* bad : {"", "example.com", "ftp://a", "http://", "http://a:0/", "http://a:99999/", "http://u:p@a/", "http://a/b c", "http://[::1/", "unix:relative:/x", "unix:/only"})
        EXPECT_FALSE(parse_url(bad)) << bad;
}

}  // namespace
}  // namespace vg::net

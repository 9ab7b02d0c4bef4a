// Mail and posting: what goes over the wire, heard by a peer on loopback that knows nothing but a script.
#include "net/mail.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/bytes.h"
#include "base/text.h"
#include "net/post.h"
#include "net/sockets.h"

namespace vg::net {
namespace {

Mail plain_mail() {
    return {.from = "vonggac@don-vi.example", .to = "truc@don-vi.example", .subject = "Hello", .text = "Hi\n", .message_id = "1@don-vi.example", .date = Time{1'714'093'323'000'000}};
}

TEST(MailAddress, TakesWhatCanStandInAHeaderAsItIs) {
    for (const char* good : {"an@don-vi.example", "a.b+c@x.vn", "root@localhost", "x_y@1.example"}) EXPECT_TRUE(is_mail_address(good)) << good;
    for (const char* bad : {"", "an", "@x.vn", "an@", "an@@x.vn", ".an@x.vn", "an.@x.vn", "a..n@x.vn", "a n@x.vn", "an@x.vn\r\nBcc: b@x.vn", "an@x.vn\n", "\"a\"@x.vn", "an@-x.vn", "an@x-.vn", "an@x..vn",
                            "<an@x.vn>", "an,b@x.vn", "ân@x.vn", "an@đơn-vị.vn", "an@[127.0.0.1]"})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
    EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@x.vn"));
    EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'a') + ".vn"));
}

// Date and weekday by `date -ud @1714093323`.
TEST(MailText, HasTheHeadersOfRfc5322) {
    const auto bytes = compose(plain_mail());
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes,
              "From: vonggac@don-vi.example\r\nTo: truc@don-vi.example\r\nSubject: Hello\r\nDate: Fri, 26 Apr 2024 01:02:03 +0000\r\nMessage-ID: <1@don-vi.example>\r\n"
              "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHi\r\n");
}

// The encoded words by Python: email.header; base64 of the UTF-8.
TEST(MailText, SubjectIsEncodedByRfc2047) {
    Mail mail = plain_mail();
    mail.subject = "Có phát hiện";
    EXPECT_NE(compose(mail)->find("Subject: =?UTF-8?B?Q8OzIHBow6F0IGhp4buHbg==?=\r\n"), std::string::npos) << *compose(mail);
    mail.subject.clear();
    for (int i = 0; i < 60; ++i) mail.subject += "ệ";
    const std::string bytes = *compose(mail);
    std::string decoded;
    for (std::string_view line : split(bytes, '\n')) {
        EXPECT_LE(line.size(), 79U) << line;
        const std::size_t word = line.find("=?UTF-8?B?");
        if (word == std::string_view::npos) continue;
        const std::string part = *from_base64(line.substr(word + 10, line.find("?=", word + 10) - word - 10));
        EXPECT_TRUE(is_utf8(part)) << "a character was cut";
        decoded += part;
    }
    EXPECT_EQ(decoded, mail.subject);
}

TEST(MailText, NothingInjectsAHeader) {
    Mail mail = plain_mail();
    mail.subject = "a\r\nBcc: evil@x.vn\r\n\r\nbody";
    const std::string bytes = *compose(mail);
    EXPECT_NE(bytes.find("Subject: a  Bcc: evil@x.vn    body\r\n"), std::string::npos) << bytes;
    EXPECT_EQ(bytes.find("\nBcc:"), std::string::npos);
    for (std::string Mail::*field : {&Mail::from, &Mail::to, &Mail::message_id}) {
        Mail bad = plain_mail();
        bad.*field += "\r\nBcc: evil@x.vn";
        EXPECT_EQ(compose(bad).error().code, Code::bad_input);
    }
}

TEST(MailText, CarriesAttachmentsBitForBit) {
    Mail mail = plain_mail();
    mail.by_person = true;
    std::string file;
    for (int i = 0; i < 1'000; ++i) file += static_cast<char>(i * 7);
    mail.attachments = {{.name = "mau-03-7.pdf", .media = "application/pdf", .bytes = file}};
    const std::string bytes = compose(mail).value();
    EXPECT_EQ(bytes.find("Auto-Submitted"), std::string::npos) << "a person had it sent";
    const std::size_t head = bytes.find("filename=\"mau-03-7.pdf\"\r\n\r\n");
    ASSERT_NE(head, std::string::npos) << bytes;
    const std::size_t from = bytes.find("\r\n\r\n", head) + 4;
    std::string encoded;
    for (std::string_view line : split(std::string_view{bytes}.substr(from, bytes.find("\r\n\r\n--", from) - from), '\n')) encoded += trim(line);
    EXPECT_EQ(from_base64(encoded).value(), file);
    mail.attachments.front().name = "a\"b";
    EXPECT_EQ(compose(mail).error().code, Code::bad_input);
}

// RFC 3464, appendix E.1 (a simple failure) and E.3 (a delay), with the original's headers behind it and other names.
constexpr char kFailed[] =
    "Date: Thu, 7 Jul 1994 17:16:05 -0400\r\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EXAMPLE>\r\nMessage-Id: <199407072116.RAA14128@CS.UTK.EXAMPLE>\r\nSubject: Returned mail: Cannot send message for 5 days\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n      boundary=\"RAA14128.773615765/CS.UTK.EXAMPLE\"\r\n\r\n--RAA14128.773615765/CS.UTK.EXAMPLE\r\n\r\n"
    "The original message was received at Sat, 2 Jul 1994 17:10:28 -0400\r\n\r\n--RAA14128.773615765/CS.UTK.EXAMPLE\r\ncontent-type: message/delivery-status\r\n\r\nReporting-MTA: dns; cs.utk.example\r\n\r\n"
    "Original-Recipient: rfc822;louisl@larry.slip.umd.example\r\nFinal-Recipient: rfc822;louisl@larry.slip.umd.example\r\nAction: failed\r\nStatus: 4.0.0\r\nDiagnostic-Code: smtp; 426 connection timed out\r\n"
    "Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n\r\n--RAA14128.773615765/CS.UTK.EXAMPLE\r\ncontent-type: message/rfc822\r\n\r\nFrom: vonggac@don-vi.example\r\nMessage-ID:\r\n <0190a@don-vi.example>\r\n\r\nHi\r\n--RAA14128.773615765/CS.UTK.EXAMPLE--\r\n";

TEST(DeliveryReport, IsReadAsRfc3464HasIt) {
    const auto report = read_delivery_report(kFailed);
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_EQ(report->message_id, "0190a@don-vi.example");
    EXPECT_EQ(report->recipient, "louisl@larry.slip.umd.example");
    EXPECT_EQ(report->action, "failed");
    EXPECT_EQ(report->status, "4.0.0");
    EXPECT_EQ(report->diagnostic, "426 connection timed out");
    // As a mail program pipes it: a line of the mailbox first, and lines that end with \n alone.
    std::string piped = "From MAILER-DAEMON Thu Jul  7 17:16:05 1994\n";
    for (const char c : std::string_view{kFailed})
        if (c != '\r') piped += c;
    EXPECT_EQ(read_delivery_report(piped).value().message_id, "0190a@don-vi.example");
    // Of several recipients the one that failed counts.
    std::string two = kFailed;
    const std::string delayed = "Final-Recipient: rfc822;other@x.vn\r\nAction: delayed\r\nStatus: 4.0.0\r\n\r\n";
    two.insert(two.find("Original-Recipient"), delayed);
    EXPECT_EQ(read_delivery_report(two).value().recipient, "louisl@larry.slip.umd.example");
}

TEST(DeliveryReport, AnythingElseIsRefusedWithTheReason) {
    const auto refusal = [](std::string text) { return read_delivery_report(text).error().text; };
    EXPECT_EQ(refusal(""), "this is no delivery report (RFC 3464): its Content-Type is not multipart/report");
    EXPECT_EQ(refusal("Subject: out of office\r\n\r\nI am away"), "this is no delivery report (RFC 3464): its Content-Type is not multipart/report");
    EXPECT_EQ(refusal("Content-Type: multipart/report\r\n\r\n"), "the delivery report has no boundary between its parts");
    EXPECT_EQ(refusal("Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"), "the delivery report tells of no recipient");
    std::string nameless = kFailed;
    nameless.erase(nameless.find("Message-ID:"), 11);
    EXPECT_EQ(refusal(nameless), "the delivery report does not name the mail that it is about");
    EXPECT_EQ(read_delivery_report(std::string(kMostReport + 1, 'a')).error().code, Code::too_large);
    for (std::size_t cut = 0; cut < sizeof kFailed; cut += 7) (void)read_delivery_report(std::string_view{kFailed, cut});  // nothing breaks wherever it ends
}

// RFC 2045, section 6.7: lines of at most 76, trailing white space and '=' escaped; the expected text by Python's quopri.
TEST(MailDraft, HoldsTheAttachmentBitForBitAndNoSender) {
    std::string bytes;
    for (int i = 0; i < 1'000; ++i) bytes += static_cast<char>(i * 7);
    const MailDraft draft{.to = "ir@vncert.example", .subject = "[TBSC] Báo cáo ban đầu\r\nBcc: b@x.vn", .text = "Kính gửi\n", .attachments = {{.name = "mau-03-7.pdf", .media = "application/pdf", .bytes = bytes}}};
    const std::string mail = compose_draft(draft).value();
    const std::string head = mail.substr(0, mail.find("\r\n\r\n"));
    EXPECT_NE(head.find("X-Unsent: 1"), std::string::npos);
    EXPECT_EQ(head.find("From:"), std::string::npos);
    EXPECT_EQ(head.find("\r\nBcc:"), std::string::npos);
    const std::string_view before = "filename=\"mau-03-7.pdf\"\r\n\r\n";
    const std::size_t from = mail.find(before) + before.size();
    std::string encoded;
    for (const std::string_view line : split(std::string_view{mail}.substr(from, mail.find("\r\n\r\n--", from) - from), '\n')) {
        EXPECT_LE(line.size(), 77U) << "RFC 2045, section 6.8: 76 characters, and here the CR";
        encoded += trim(line);
    }
    EXPECT_EQ(from_base64(encoded).value(), bytes);
    EXPECT_EQ(compose_draft(draft).value(), mail) << "equal drafts give equal bytes";
    EXPECT_EQ(compose_draft({.to = "no address", .subject = {}, .text = {}, .attachments = {}}).error().code, Code::bad_input);
    EXPECT_EQ(compose_draft({.to = {}, .subject = {}, .text = {}, .attachments = {{.name = "a\"b", .media = "x/y", .bytes = {}}}}).error().code, Code::bad_input);
}

TEST(MailText, TextIsQuotedPrintable) {
    Mail mail = plain_mail();
    mail.text = "Mức: cao = 60 \n.\n" + std::string(100, 'x') + "\nno end";
    const std::string bytes = *compose(mail);
    EXPECT_EQ(bytes.substr(bytes.find("\r\n\r\n") + 4),
              "M=E1=BB=A9c: cao =3D 60=20\r\n=2E\r\n" + std::string(75, 'x') + "=\r\n" + std::string(25, 'x') + "\r\nno end\r\n");
    mail.text = "a\xff\xfe";
    EXPECT_NE(compose(mail)->find("a=EF=BF=BD"), std::string::npos) << "ill-formed bytes are replaced";
}

// One connection on loopback: says the first answer, and each further one after what it waits for has come.
class Peer {
public:
    explicit Peer(std::vector<std::string> answers, std::string_view end = "\r\n") : socket_(std::move(*bind_socket({"127.0.0.1", 0}, SOCK_STREAM))), port(bound_port(socket_.get())) {
        ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) & ~O_NONBLOCK);
        thread_ = std::thread{[this, end, script = std::move(answers)] { serve(script, end); }};
    }
    ~Peer() {
        if (thread_.joinable()) thread_.join();
    }
    const std::string& heard() {
        if (thread_.joinable()) thread_.join();
        return heard_;
    }

private:
    void serve(const std::vector<std::string>& script, std::string_view end) {
        const Fd peer{::accept(socket_.get(), nullptr, nullptr)};
        for (const std::string& answer : script) {
            ::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
            if (&answer == &script.back()) return;
            const std::string_view mark = answer.starts_with("354") ? "\r\n.\r\n" : end;
            char byte = 0;
            for (const std::size_t before = heard_.size(); heard_.find(mark, before) == std::string::npos;) {
                if (::recv(peer.get(), &byte, 1, 0) != 1) return;
                heard_.push_back(byte);
            }
        }
    }

    Fd socket_;
    std::thread thread_;
    std::string heard_;

public:
    const std::uint16_t port;
};

MailServer server_at(const Peer& peer) { return {.host = "127.0.0.1", .port = peer.port, .security = MailSecurity::none, .time = seconds(20)}; }

TEST(SendMail, SpeaksSmtpAndStuffsDots) {
    Peer peer{{"220 hi\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n", "221 bye\r\n"}};
    const Status sent = send_mail(server_at(peer), "vonggac@don-vi.example", "truc@don-vi.example", "Subject: a\r\n\r\n.dot\r\n");
    EXPECT_TRUE(sent) << sent.error().text;
    EXPECT_EQ(peer.heard(), "EHLO don-vi.example\r\nMAIL FROM:<vonggac@don-vi.example>\r\nRCPT TO:<truc@don-vi.example>\r\nDATA\r\nSubject: a\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
}

TEST(SendMail, RefusalOfTheMailboxIsFinalAndOthersAreNot) {
    const auto code_after = [](std::string answer) {
        Peer peer{{"220 hi\r\n", "250 mx\r\n", "250 ok\r\n", std::move(answer), "221 bye\r\n"}};
        const Status sent = send_mail(server_at(peer), "a@x.vn", "b@x.vn", "\r\n");
        EXPECT_FALSE(sent);
        EXPECT_NE(sent.error().text.find("no box"), std::string::npos) << sent.error().text;
        return sent.error().code;
    };
    EXPECT_EQ(code_after("550 no box\r\n"), Code::denied);
    EXPECT_EQ(code_after("451 no box now\r\n"), Code::busy);
    EXPECT_EQ(code_after("421 no box today\r\n"), Code::unavailable);
}

TEST(SendMail, ServerWithoutStartTlsGetsNoMail) {
    Peer peer{{"220 hi\r\n", "250 mx\r\n", "221 bye\r\n"}};
    MailServer server = server_at(peer);
    server.security = MailSecurity::starttls;
    server.user = "u";
    server.password = "geheim";
    EXPECT_EQ(send_mail(server, "a@x.vn", "b@x.vn", "\r\n").error().code, Code::unavailable);
    EXPECT_EQ(peer.heard().find("MAIL"), std::string::npos) << peer.heard();
    EXPECT_EQ(peer.heard().find("AUTH"), std::string::npos) << peer.heard();
}

TEST(SendMail, ServerThatIsAwayIsUnavailable) {
    MailServer server{.host = "127.0.0.1", .security = MailSecurity::none, .time = seconds(20)};
    {
        const Fd socket = std::move(*bind_socket({"127.0.0.1", 0}, SOCK_STREAM));
        server.port = bound_port(socket.get());
    }
    EXPECT_EQ(send_mail(server, "a@x.vn", "b@x.vn", "\r\n").error().code, Code::unavailable);
    server.host = "a/../b";
    EXPECT_EQ(send_mail(server, "a@x.vn", "b@x.vn", "\r\n").error().code, Code::bad_input);
}

TEST(SendMail, EndsWhenItIsToStop) {
    const Fd silent = std::move(*bind_socket({"127.0.0.1", 0}, SOCK_STREAM));  // connects, and never greets
    MailServer server{.host = "127.0.0.1", .port = bound_port(silent.get()), .security = MailSecurity::none, .time = hours(1), .stopping = [] { return true; }};
    EXPECT_EQ(send_mail(server, "a@x.vn", "b@x.vn", "\r\n").error().code, Code::unavailable);
    EXPECT_EQ(post({.url = format("http://127.0.0.1:{}/", server.port), .body = "x", .time = hours(1), .stopping = [] { return true; }}).error().code, Code::unavailable);
}

// ---- post ----

TEST(Post, SendsBodyAndHeadersAndGivesTheStatus) {
    Peer peer{{"", "HTTP/1.1 204 No Content\r\n\r\n"}, "{\"a\":1}"};
    const auto status = post({.url = format("http://127.0.0.1:{}/hook?x=1", peer.port), .headers = {{"X-A", "b"}}, .body = "{\"a\":1}"});
    ASSERT_TRUE(status) << status.error().text;
    EXPECT_EQ(*status, 204);
    EXPECT_TRUE(peer.heard().starts_with("POST /hook?x=1 HTTP/1.1\r\n")) << peer.heard();
    EXPECT_NE(peer.heard().find("\r\nX-A: b\r\n"), std::string::npos) << peer.heard();
    EXPECT_NE(peer.heard().find("\r\nContent-Length: 7\r\n"), std::string::npos) << peer.heard();
}

TEST(Post, FollowsNoRedirect) {
    Peer peer{{"", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"}, "x"};
    EXPECT_EQ(post({.url = format("http://127.0.0.1:{}/", peer.port), .body = "x"}).value_or(0), 302);
}

TEST(Post, AnAnswerWithoutEndIsCut) {
    Peer peer{{"", "HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 20, 'a')}, "x"};
    EXPECT_EQ(post({.url = format("http://127.0.0.1:{}/", peer.port), .body = "x"}).value_or(0), 200);
}

// By name too: what counts is the address that the name gave.
TEST(Post, WhatMayNotBeConnectedToIsNotConnectedTo) {
    const auto outside = [](const Address& address) { return !is_inner(address); };
    for (const char* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"}) {
        const auto answer = post({.url = format("http://{}:9/", host), .may_connect = outside});
        EXPECT_EQ(answer.error().code, Code::denied) << host << ": " << answer.error().text;
    }
}

TEST(Post, OnlyHttp) {
    for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "unix:/a/b:/", "http://a b/", "http://u:p@127.0.0.1/"}) EXPECT_EQ(post({.url = url}).error().code, Code::bad_input) << url;
    EXPECT_EQ((post({.url = "http://127.0.0.1:9/", .headers = {{"X-A", "b\r\nX-B: c"}}}).error().code), Code::bad_input);
}

// IANA's IPv4 and IPv6 special-purpose address registries.
TEST(Post, InnerAddressesAreThoseOfTheRegistries) {
    for (const char* inner : {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
                              "fc00::1", "fd12::1", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::1", "::127.0.0.1"}) {
        const auto address = parse_address(inner);
        ASSERT_TRUE(address) << inner;
        EXPECT_TRUE(is_inner(*address)) << inner;
    }
    for (const char* outer : {"8.8.8.8", "172.15.255.255", "172.32.0.0", "100.128.0.1", "203.113.131.1", "2001:4860:4860::8888", "2400::1"}) EXPECT_FALSE(is_inner(*parse_address(outer))) << outer;
}

}  // namespace
}  // namespace vg::net

// Mail: the bytes of a plain text message, and their way to a mail server by SMTP (RFC 5321) with STARTTLS or TLS and AUTH.
// Knows no domain. Any thread; send_mail() blocks for at most about MailServer::time.
//
//   const std::string bytes = TRY(compose({.from = "vonggac@don-vi.example", .to = "truc@don-vi.example", .subject = "Có phát hiện", ...}));
//   TRY(send_mail(server, "vonggac@don-vi.example", "truc@don-vi.example", bytes));
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace vg::net {

enum class MailSecurity : std::uint8_t { none, starttls, tls };  // tls: from the first byte, as on port 465

struct MailServer {
    std::string host;
    std::uint16_t port = 587;
    MailSecurity security = MailSecurity::starttls;
    std::string user, password;  // empty: no AUTH
    std::string ca_file;         // PEM of the CA to trust; empty: the system's
    Span time = seconds(30);     // for all of it
    std::function<bool()> stopping = {};  // asked at least once a second; true ends it
};

struct Attachment {
    std::string name, media;  // "mau-03-7.pdf", "application/pdf"; ASCII
    std::string bytes;
};
struct Mail {
    std::string from, to;    // addresses
    std::string subject;     // UTF-8; control characters become spaces
    std::string text;        // UTF-8, lines end with \n
    std::string message_id;  // "ID@DOMAIN", without brackets
    Time date;
    std::vector<Attachment> attachments = {};
    bool by_person = false;  // somebody had it sent, and reads an answer
    std::string pgp_key = {};  // all but the headers is encrypted to it (RFC 3156); empty: nothing is
};
// A mail that a person looks through and sends from their own program: it says that it was not sent (X-Unsent), and has no sender yet.
struct MailDraft {
    std::string to;           // an address, or empty
    std::string subject, text;
    std::vector<Attachment> attachments;
};

// "an@don-vi.example": dot-atom, '@', names of letters, digits and hyphens; ASCII, at most 254 bytes. No comments, quotes,
// spaces or control characters, so that an address can stand in a header and in a command as it is.
bool is_mail_address(std::string_view text);

// RFC 5322 with CRLF; the subject by RFC 2047, the text as quoted-printable, no line longer than 78. Marked as sent by a
// program (RFC 3834), but where a person had it sent. Attachments (RFC 2046, section 5.1.3) as base64. Code::bad_input: an
// address, the id or the name of an attachment is none, or the key cannot encrypt.
Result<std::string> compose(const Mail& mail);

// The same of a draft. Equal drafts give equal bytes.
Result<std::string> compose_draft(const MailDraft& draft);

// What a mail server says of a mail that it had taken (RFC 3464).
struct DeliveryReport {
    std::string message_id;  // of the mail that it is about, without brackets
    std::string recipient;
    std::string action;      // "failed", "delayed", "delivered", "relayed", "expanded"
    std::string status;      // "5.1.1" (RFC 3463)
    std::string diagnostic;  // the server's own words; may be empty
};
// Of a whole message, as it came to the address that the mail was from. The first recipient whose delivery failed, else the
// first. Code::bad_input: it is no report, or does not name the mail. Bounded: kMostReport bytes, and no nesting is followed.
inline constexpr std::size_t kMostReport = std::size_t{1} << 20;
Result<DeliveryReport> read_delivery_report(std::string_view message);

// Returns when the server has taken the message. Code::denied: it said that it never will take this one (55x); Code::busy: not
// now (4xx), which says nothing about others; Code::unavailable: anything else, and others would fare alike. The text holds
// the server's own words.
Status send_mail(const MailServer& server, const std::string& from, const std::string& to, const std::string& bytes);

}  // namespace vg::net

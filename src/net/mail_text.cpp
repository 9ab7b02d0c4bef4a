// compose(): pure.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "net/mail.h"
#include "net/pgp.h"

namespace vg::net {
namespace {

constexpr std::size_t kWordBytes = 39;      // of UTF-8 in one encoded word: 52 of base64, 12 around it and "Subject: " stay below 76 (RFC 2047, section 2)
constexpr std::size_t kSubjectBytes = 400;
constexpr std::size_t kLine = 76;           // of quoted-printable (RFC 2045, section 6.7)

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_atom(char c) { return is_letter_or_digit(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos; }  // RFC 5322, section 3.2.3

bool is_dotted(std::string_view text, bool (*allowed)(char)) {
    if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [&](char c) { return c == '.' || allowed(c); });
}

bool is_domain(std::string_view text) {
    if (text.size() > 253 || !is_dotted(text, [](char c) { return is_letter_or_digit(c) || c == '-'; })) return false;
    const auto labels = split(text, '.');
    return std::all_of(labels.begin(), labels.end(), [](std::string_view label) { return label.size() <= 63 && label.front() != '-' && label.back() != '-'; });
}

std::string one_line(std::string_view text) {
    std::string line = nfc(to_valid_utf8(text));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return shorten(line, kSubjectBytes);
}

std::string encoded_subject(std::string_view subject) {
    const std::string line = one_line(subject);
    const bool plain = line.size() <= 60 && line.find("=?") == std::string::npos && std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (plain) return line;
    std::string out;
    for (std::size_t at = 0; at < line.size();) {
        std::size_t end = std::min(line.size(), at + kWordBytes);
        while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // a character stays whole
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + to_base64(std::string_view{line}.substr(at, end - at)) + "?=";
        at = end;
    }
    return out;
}

std::string quoted_printable(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out, line;
    const auto soft_break = [&](std::size_t more) {
        if (line.size() + more < kLine) return;
        out += line + "=\r\n";
        line.clear();
    };
    const auto escape = [&](char c) {
        soft_break(3);
        const auto byte = static_cast<unsigned char>(c);
        line += {'=', kHex[byte >> 4], kHex[byte & 15]};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            out += line + "\r\n";
            line.clear();
        } else if ((c == ' ' || c == '\t') && i + 1 < text.size() && text[i + 1] != '\n') {
            soft_break(1);
            line += c;
        } else if (c > ' ' && c < 0x7f && c != '=' && !(c == '.' && line.empty())) {  // no line is a lone dot, whoever sends it on
            soft_break(1);
            line += c;
        } else {
            escape(c);
        }
    }
    return line.empty() ? out : out + line + "\r\n";
}

// RFC 5322, section 3.3.
std::string date_text(Time time) {
    static constexpr std::array kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // 1970-01-01 was a Thursday
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Civil civil = to_civil(time);
    const auto day = static_cast<std::size_t>(std::max<std::int64_t>(time.micros, 0) / days(1).micros % 7);
    return format("{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[day], civil.day, kMonths[static_cast<std::size_t>(civil.month - 1)], civil.year, civil.hour, civil.minute, civil.second);
}

std::string text_part(std::string_view text) { return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(to_valid_utf8(text)); }

// From Content-Type on.
Result<std::string> body_of(std::string_view subject, std::string_view text, const std::vector<Attachment>& attachments) {
    if (attachments.empty()) return text_part(text);
    std::string out;
    std::string together = std::string{subject} + std::string{text};
    for (const Attachment& one : attachments) together += one.bytes;
    const std::string border = "vonggac-" + sha256_hex(together).substr(0, 32);  // stands in no part: lines of base64 have no hyphen, of text an escaped "="
    out += "Content-Type: multipart/mixed; boundary=\"" + border + "\"\r\n\r\n--" + border + "\r\n" + text_part(text);
    for (const Attachment& one : attachments) {
        const bool plain = !one.name.empty() && std::all_of(one.name.begin(), one.name.end(), [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
        if (!plain) return fail(Code::bad_input, "the name of an attachment has letters, digits, hyphens and dots");
        out += "\r\n--" + border + "\r\nContent-Type: " + one.media + "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + one.name + "\"\r\n\r\n";
        const std::string encoded = to_base64(one.bytes);
        for (std::size_t at = 0; at < encoded.size(); at += kLine) out += encoded.substr(at, kLine) + "\r\n";
    }
    return out + "\r\n--" + border + "--\r\n";
}

// RFC 3156, section 4.
Result<std::string> encrypted(const std::string& part, const std::string& key) {
    const std::string armoured = TRY(pgp_encrypted(part, key));
    const std::string border = "vonggac-" + sha256_hex(armoured).substr(0, 32);
    std::string lines;  // with CRLF, whatever the library ends them with
    for (const char c : armoured)
        if (c != '\r') lines += c == '\n' ? std::string{"\r\n"} : std::string{c};
    return "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\"" + border + "\"\r\n\r\n--" + border + "\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--" + border +
           "\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n" + lines + "\r\n--" + border + "--\r\n";
}

constexpr std::string_view kMime = "MIME-Version: 1.0\r\n";

}  // namespace

bool is_mail_address(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (text.size() > 254 || at == std::string_view::npos || at > 64) return false;
    return is_dotted(text.substr(0, at), is_atom) && is_domain(text.substr(at + 1));
}

Result<std::string> compose(const Mail& mail) {
    if (!is_mail_address(mail.from)) return fail(Code::bad_input, "the sender is no mail address");
    if (!is_mail_address(mail.to)) return fail(Code::bad_input, "the recipient is no mail address");
    if (!is_mail_address(mail.message_id)) return fail(Code::bad_input, "the message id is not ID@DOMAIN");
    std::string body = TRY(body_of(mail.subject, mail.text, mail.attachments));
    if (!mail.pgp_key.empty()) body = TRY(encrypted(body, mail.pgp_key));
    return "From: " + mail.from + "\r\nTo: " + mail.to + "\r\nSubject: " + encoded_subject(mail.subject) + "\r\nDate: " + date_text(mail.date) + "\r\nMessage-ID: <" + mail.message_id + ">\r\n" +
           (mail.by_person ? "" : "Auto-Submitted: auto-generated\r\n") + std::string{kMime} + body;
}

Result<std::string> compose_draft(const MailDraft& draft) {
    if (!draft.to.empty() && !is_mail_address(draft.to)) return fail(Code::bad_input, "the recipient is no mail address");
    return "X-Unsent: 1\r\n" + (draft.to.empty() ? std::string{} : "To: " + draft.to + "\r\n") + "Subject: " + encoded_subject(draft.subject) + "\r\n" + std::string{kMime} + TRY(body_of(draft.subject, draft.text, draft.attachments));
}

}  // namespace vg::net

// Dovecot in syslog text: who signed in to read mail, who was refused and how often, what went into a mailbox. The messages are
// those of its login processes, of auth and of mail processes (doc.dovecot.org, 2.3 and 2.4).
#include <algorithm>

#include "base/text.h"
#include "formats/flat.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_dovecot {

namespace {

using event::Ecs;

int sniff(const Look& look) { return look.app == "dovecot" ? 91 : 0; }

// "imap-login", "imap(lan)<123><session>", "auth-worker(77)" → the process; what stands in the brackets → `of`.
std::string_view process_of(std::string_view text, std::string_view& of) {
    const std::size_t open = text.find_first_of("(<");
    if (open == std::string_view::npos) return text;
    if (text[open] == '(') of = text.substr(open + 1, text.find(')', open) - open - 1);
    return text.substr(0, open);
}

std::string_view protocol_of(std::string_view process) {
    for (const std::string_view protocol : {"imap", "pop3", "submission", "managesieve", "lmtp"})
        if (process.starts_with(protocol)) return protocol;
    return {};
}

// "user=<lan>, method=PLAIN, rip=203.0.113.7, lip=192.0.2.10, mpid=12, TLS, session=<...>"; a name may hold commas.
void read_pairs(std::string_view text, Flat& flat) {
    event::Builder& builder = flat.builder();
    while (!text.empty()) {
        const std::size_t equals = text.find('=');
        const std::size_t comma = text.find(", ");
        if (equals == std::string_view::npos || comma < equals) {  // "TLS", "TLS handshaking", "secured"
            const std::string_view word = text.substr(0, comma);
            if (word.starts_with("TLS") || word == "secured") flat.pair("tls", word);
            text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 2);
            continue;
        }
        const std::string_view name = text.substr(0, equals);
        text.remove_prefix(equals + 1);
        const std::size_t end = std::min(text.starts_with('<') ? text.find(">, ") + (text.find(">, ") == std::string_view::npos ? 0 : 1) : text.find(", "), text.size());
        const std::string_view value = in_angles(text.substr(0, end));
        text.remove_prefix(std::min(end + 2, text.size()));
        if (name == "user") put(builder, Ecs::user_name, value);
        else if (name == "rip") put(builder, Ecs::source_ip, value);
        else if (name == "rport") put(builder, Ecs::source_port, value);
        else if (name == "lip") put(builder, Ecs::destination_ip, value);
        else if (name == "lport") put(builder, Ecs::destination_port, value);
        else if (!value.empty() && name.size() <= 64 && name.find(' ') == std::string_view::npos) flat.pair(name, value);
    }
}

// "Login: user=...", "Aborted login (auth failed, 3 attempts in 15 secs): user=...".
void read_login(std::string_view text, Flat& flat) {
    event::Builder& builder = flat.builder();
    const std::size_t users = std::min(text.find("user="), text.size());
    const std::string_view head = text.substr(0, users);
    read_pairs(text.substr(users), flat);
    if (head.starts_with("Login: ") || head.starts_with("Logged in: ") || head.starts_with("Login (proxied): ")) {
        builder.ecs(Ecs::event_action, "mail_login").ecs(Ecs::event_outcome, "success").ecs(Ecs::event_category, "authentication");
        return;
    }
    const std::string_view why = between(head, "(", ")");
    if (!why.empty()) builder.ecs(Ecs::event_reason, why);
    if (why.starts_with("auth failed") || why.find("auth failed,") != std::string_view::npos) {
        std::string_view rest = why.substr(why.find("auth failed,") == std::string_view::npos ? why.size() : why.find("auth failed,") + 12);
        rest = trim(rest);
        if (const std::string_view attempts = take_digits(rest); !attempts.empty()) builder.integer("attempts", parse_int(attempts).value_or(0), attempts);
        builder.ecs(Ecs::event_action, "mail_login").ecs(Ecs::event_outcome, "failure").ecs(Ecs::event_category, "authentication");
    } else {
        builder.ecs(Ecs::event_action, "mail_disconnect");
    }
}

// "pam(lan,203.0.113.7,<session>): unknown user", "sql(lan,203.0.113.7): Password mismatch".
void read_auth(std::string_view text, event::Builder& builder) {
    const std::size_t open = text.find('(');
    const std::size_t close = text.find("): ");
    if (open == std::string_view::npos || close == std::string_view::npos || open > 40 || close < open) return;
    std::string_view who = text.substr(open + 1, close - open - 1);
    const std::string_view reason = text.substr(close + 3);
    const std::size_t comma = who.find(',');
    put(builder, Ecs::user_name, who.substr(0, comma));
    if (comma != std::string_view::npos) {
        who.remove_prefix(comma + 1);
        put(builder, Ecs::source_ip, who.substr(0, who.find(',')));
    }
    builder.text("passdb", text.substr(0, open));
    put(builder, Ecs::event_reason, reason);
    for (const std::string_view failed : {"unknown user", "Password mismatch", "assword mismatch", "pam_authenticate() failed", "invalid credentials", "Authentication failure"})
        if (reason.find(failed) != std::string_view::npos) {
            builder.ecs(Ecs::event_action, "mail_password_refused").ecs(Ecs::event_outcome, "failure").ecs(Ecs::event_category, "authentication");
            return;
        }
}

void read_message(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const std::size_t colon = text.find(": ");
    if (colon == std::string_view::npos || colon > 400) return;
    std::string_view of;
    const std::string_view process = process_of(text.substr(0, colon), of);
    text.remove_prefix(colon + 2);
    for (const std::string_view level : {"Info: ", "Warning: ", "Error: ", "Fatal: ", "Panic: ", "Debug: "})
        if (take(text, level)) {
            builder.ecs(Ecs::log_level, level.substr(0, level.size() - 2));
            break;
        }
    builder.text("process", process);
    Flat flat{builder};
    if (const std::string_view protocol = protocol_of(process); !protocol.empty()) builder.ecs(Ecs::network_protocol, protocol);
    if (process.ends_with("-login")) {
        read_login(text, flat);
    } else if (process.starts_with("auth")) {
        read_auth(text, builder);
    } else {
        if (!of.empty() && of.find_first_not_of("0123456789") != std::string_view::npos) put(builder, Ecs::user_name, of.substr(0, of.find(',')));
        if (const std::size_t at = text.find("msgid="); at != std::string_view::npos) put(builder, Ecs::email_message_id, in_angles(text.substr(at + 6, text.find(": ", at) == std::string_view::npos ? text.size() : text.find(": ", at) - at - 6)));
        if (text.find("saved mail to ") != std::string_view::npos || text.find("stored mail into mailbox ") != std::string_view::npos) builder.ecs(Ecs::event_action, "mail_delivery").ecs(Ecs::event_outcome, "success");
        else if (text.starts_with("Logged out") || text.starts_with("Disconnected")) builder.ecs(Ecs::event_action, "mail_logout");
    }
    flat.finish();
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(raw, context);
    if (!header || header->app != "dovecot") return fail(Code::bad_input, "no syslog line of Dovecot");
    add_syslog_header(*header, parsed);
    read_message(trim(header->message), parsed);
    parsed.builder.ecs(Ecs::service_name, "dovecot");
    parsed.logsource = {.product = "linux", .service = "dovecot", .complete = true};
    return {};
}

}  // namespace

extern const Format dovecot{.name = "dovecot", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_dovecot

// Postfix in syslog text: who connected, who was refused and why, whose password was wrong, what went where. The messages are
// those of postfix's smtpd, postscreen, cleanup, qmgr, smtp, lmtp, local, pipe, virtual, bounce and anvil.
#include "base/text.h"
#include "formats/flat.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_postfix {

namespace {

using event::Ecs;

// "postfix/smtpd", "postfix-out/smtp"; rsyslog's RSYSLOG_SyslogProtocol23Format ends the name at the slash.
bool is_postfix(std::string_view app) { return app == "postfix" || (app.starts_with("postfix") && app.find('/') != std::string_view::npos); }

int sniff(const Look& look) { return is_postfix(look.app) ? 90 : 0; }

// "host.example[192.0.2.7]", "[192.0.2.7]:5555", "unknown[192.0.2.7]:5555"
void add_peer(std::string_view text, Ecs address, Ecs name, Ecs port, event::Builder& builder) {
    const std::size_t open = text.find('[');
    const std::size_t close = text.find(']', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos || open > 255) return;
    const std::string_view host = text.substr(0, open);
    if (host != "unknown") put(builder, name, host);
    std::string_view ip = text.substr(open + 1, close - open - 1);
    take(ip, "IPv6:");
    put(builder, address, ip);
    std::string_view rest = text.substr(close + 1);
    if (take(rest, ":")) put(builder, port, take_digits(rest));
}

// The word that a peer stands in, behind `begin`.
bool add_source(std::string_view text, std::string_view begin, event::Builder& builder) {
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) return false;
    std::string_view rest = text.substr(at + begin.size());
    add_peer(rest.substr(0, rest.find(' ')), Ecs::source_ip, Ecs::source_domain, Ecs::source_port, builder);
    return true;
}

// "to=<a@example.com>, relay=mx.example.com[203.0.113.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)"
void read_pairs(std::string_view text, Flat& flat) {
    event::Builder& builder = flat.builder();
    while (!text.empty()) {
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || equals > 64) return;
        std::string_view name = text.substr(0, equals);
        if (const std::size_t blank = name.rfind(' '); blank != std::string_view::npos) name.remove_prefix(blank + 1);
        text.remove_prefix(equals + 1);
        const std::size_t end = std::min(text.find(name == "status" ? ") " : ", "), text.size());
        std::string_view value = text.substr(0, end);
        text.remove_prefix(std::min(end + 2, text.size()));
        if (name.empty()) return;
        if (name == "status") {
            const std::string_view word = value.substr(0, value.find(' '));
            flat.pair("status", word);
            if (value.size() > word.size() + 2) flat.pair("status_text", value.substr(word.size() + 2, value.size() - word.size() - 2 - (value.ends_with(')') ? 1 : 0)));
            builder.ecs(Ecs::event_outcome, word == "sent" || word == "delivered" ? "success" : "failure");
        } else {
            flat.pair(name, in_angles(value));
        }
        if (name == "from") put(builder, Ecs::email_from_address, in_angles(value));
        else if (name == "to") put(builder, Ecs::email_to_address, in_angles(value));
        else if (name == "message-id") put(builder, Ecs::email_message_id, in_angles(value));
        else if (name == "client") add_peer(value, Ecs::source_ip, Ecs::source_domain, Ecs::source_port, builder);
        else if (name == "relay") add_peer(value, Ecs::destination_ip, Ecs::destination_domain, Ecs::destination_port, builder);
        else if (name == "sasl_username") put(builder, Ecs::user_name, value);
    }
}

void read_refusal(std::string_view text, Flat& flat) {
    event::Builder& builder = flat.builder();
    builder.ecs(Ecs::event_action, "mail_refused").ecs(Ecs::event_outcome, "failure");
    add_source(text, "from ", builder);
    if (const std::size_t at = text.find("]: "); at != std::string_view::npos) {
        std::string_view reply = text.substr(at + 3);
        const std::size_t end = std::min(reply.find("; from="), reply.size());
        put(builder, Ecs::event_reason, reply.substr(0, end));
        put(builder, Ecs::error_code, reply.substr(0, reply.find(' ')));
    } else if (const std::size_t reason = text.find(": ", text.find("]:")); reason != std::string_view::npos) {
        put(builder, Ecs::event_reason, text.substr(reason + 2));
    }
    // "from=<a> to=<b> proto=ESMTP helo=<c>"
    for (Pairs pairs{text, builder.arena(), " \t,;"}; pairs.next();) {
        if (pairs.name == "from") put(builder, Ecs::email_from_address, in_angles(pairs.value));
        else if (pairs.name == "to") put(builder, Ecs::email_to_address, in_angles(pairs.value));
        else if (pairs.name == "helo" || pairs.name == "proto") flat.pair(pairs.name, in_angles(pairs.value));
    }
}

void read_message(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    Flat flat{builder};
    for (const std::string_view level : {"warning: ", "error: ", "fatal: ", "panic: "})
        if (text.starts_with(level)) {
            builder.ecs(Ecs::log_level, level.substr(0, level.size() - 2));
            text.remove_prefix(level.size());
            break;
        }
    // "4BcDeF123: ..." is the queue's name for the mail; NOQUEUE has none.
    if (const std::size_t colon = text.find(": "); colon != std::string_view::npos && colon >= 5 && colon <= 20 && text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == colon) {
        const std::string_view id = text.substr(0, colon);
        if (id != "NOQUEUE" && id.find_first_of("0123456789") != std::string_view::npos) builder.ecs(Ecs::email_local_id, id);
        if (id == "NOQUEUE" || builder.has("email.local_id")) text.remove_prefix(colon + 2);
    }
    if (const std::size_t sasl = text.find(": SASL "); sasl != std::string_view::npos && text.find("authentication failed") != std::string_view::npos) {
        add_peer(text.substr(0, sasl), Ecs::source_ip, Ecs::source_domain, Ecs::source_port, builder);
        builder.text("sasl_method", between(text, ": SASL ", " "));
        put(builder, Ecs::user_name, between(text, "sasl_username=", ""));
        builder.ecs(Ecs::event_action, "smtp_login").ecs(Ecs::event_outcome, "failure").ecs(Ecs::event_category, "authentication");
    } else if (text.starts_with("reject") || text.starts_with("milter-reject")) {
        read_refusal(text, flat);
    } else if (text.starts_with("connect from ") || text.starts_with("disconnect from ") || text.starts_with("lost connection ") || text.starts_with("timeout after ") || text.starts_with("too many errors ") ||
               text.starts_with("SSL_accept error ") || text.starts_with("improper command pipelining")) {
        add_source(text, "from ", builder);
        const std::string_view first = text.substr(0, text.find(' '));
        builder.ecs(Ecs::event_action, first == "connect" ? "smtp_connect" : first == "disconnect" ? "smtp_disconnect" : "smtp_error");
        if (first == "lost") builder.ecs(Ecs::event_reason, text.substr(0, text.find(" from ")));
    } else if (text.starts_with("CONNECT ") || text.starts_with("PREGREET ") || text.starts_with("DISCONNECT ") || text.starts_with("HANGUP ") || text.starts_with("DNSBL ") || text.starts_with("PASS ") ||
               text.starts_with("WHITELISTED ") || text.starts_with("ALLOWLISTED ") || text.starts_with("COMMAND ")) {  // postscreen
        const std::size_t open = text.find('[');
        if (open != std::string_view::npos) add_peer(text.substr(open), Ecs::source_ip, Ecs::source_domain, Ecs::source_port, builder);
        builder.text("postscreen", text.substr(0, text.find(' ')));
        builder.ecs(Ecs::event_action, "smtp_screened");
        if (text.starts_with("PREGREET") || text.starts_with("DNSBL") || text.starts_with("COMMAND")) builder.ecs(Ecs::event_outcome, "failure");
    } else if (text.starts_with("hostname ") && text.find(" does not resolve to address ") != std::string_view::npos) {
        std::string_view rest = between(text, "does not resolve to address ", "");
        put(builder, Ecs::source_ip, rest.substr(0, rest.find(": ")));
        put(builder, Ecs::source_domain, between(text, "hostname ", " "));
        builder.ecs(Ecs::event_action, "smtp_name_mismatch");
    } else if (text.find('=') != std::string_view::npos) {
        read_pairs(text, flat);
        if (builder.has("status")) builder.ecs(Ecs::event_action, "mail_delivery");
    }
    flat.finish();
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(raw, context);
    if (!header || !is_postfix(header->app)) return fail(Code::bad_input, "no syslog line of Postfix");
    add_syslog_header(*header, parsed);
    read_message(trim(header->message), parsed);
    parsed.builder.ecs(Ecs::service_name, "postfix");
    parsed.logsource = {.product = "linux", .service = "postfix", .complete = true};
    return {};
}

}  // namespace

extern const Format postfix{.name = "postfix", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_postfix

// OpenSSH's server in syslog text: who logged in or failed to, from where and how. The messages are those of
// openssh-portable (auth.c auth_log, sshd.c, packet.c, session.c) from version 5 to 9.
#include "base/text.h"
#include "formats/format.h"
#include "formats/pam_text.h"
#include "formats/syslog_header.h"

namespace vg::formats::of_sshd {

namespace {

using event::Ecs;

// What stands behind the begin of a message.
enum class Tail : std::uint8_t {
    method_for_user,   // "password for [invalid user ]USER from IP port N ssh2[: KEY]"
    user_from,         // "USER from IP[ port N]..."
    user_peer,         // "[KIND user ]USER IP port N..." or "IP port N..."
    peer,              // "IP[ port N]..."
    from_peer,         // "... from IP[ port N]..."
    none,
};

struct Phrase {
    std::string_view begin;
    Tail tail;
    std::string_view action;
    std::string_view outcome;  // empty: none
};

constexpr Phrase kPhrases[] = {
    {"Accepted ", Tail::method_for_user, "ssh_login", "success"},
    {"Failed ", Tail::method_for_user, "ssh_login", "failure"},
    {"Postponed ", Tail::method_for_user, "ssh_login_postponed", ""},
    {"Partial ", Tail::method_for_user, "ssh_login_partial", ""},
    {"Invalid user ", Tail::user_from, "ssh_invalid_user", "failure"},
    {"Illegal user ", Tail::user_from, "ssh_invalid_user", "failure"},
    {"input_userauth_request: invalid user ", Tail::none, "ssh_invalid_user", "failure"},
    {"error: maximum authentication attempts exceeded for ", Tail::user_from, "ssh_login", "failure"},
    {"maximum authentication attempts exceeded for ", Tail::user_from, "ssh_login", "failure"},
    {"error: PAM: Authentication failure for ", Tail::user_from, "ssh_login", "failure"},
    {"error: PAM: User not known to the underlying authentication module for ", Tail::user_from, "ssh_invalid_user", "failure"},
    {"Disconnecting ", Tail::user_peer, "ssh_disconnect", ""},
    {"Disconnected from ", Tail::user_peer, "ssh_disconnect", ""},
    {"Connection closed by ", Tail::user_peer, "ssh_disconnect", ""},
    {"Connection reset by ", Tail::user_peer, "ssh_disconnect", ""},
    {"error: Received disconnect from ", Tail::peer, "ssh_disconnect", ""},
    {"Received disconnect from ", Tail::peer, "ssh_disconnect", ""},
    {"Connection from ", Tail::peer, "ssh_connect", ""},
    {"Did not receive identification string from ", Tail::peer, "ssh_no_identification", ""},
    {"Unable to negotiate with ", Tail::user_peer, "ssh_negotiation", "failure"},
    {"fatal: Unable to negotiate with ", Tail::user_peer, "ssh_negotiation", "failure"},
    {"fatal: Timeout before authentication for ", Tail::user_peer, "ssh_timeout", "failure"},
    {"Timeout before authentication for ", Tail::user_peer, "ssh_timeout", "failure"},
    {"ssh_dispatch_run_fatal: Connection from ", Tail::user_peer, "ssh_protocol_error", "failure"},
    {"banner exchange: Connection from ", Tail::peer, "ssh_protocol_error", "failure"},
    {"Bad protocol version identification ", Tail::from_peer, "ssh_protocol_error", "failure"},
    {"Protocol major versions differ for ", Tail::peer, "ssh_protocol_error", "failure"},
    {"User ", Tail::user_from, "ssh_not_allowed", "failure"},
    {"Close session: user ", Tail::user_from, "ssh_session_closed", ""},
    {"Starting session: ", Tail::from_peer, "ssh_session_opened", ""},
};

bool is_blank(char c) { return c == ' '; }

// "IP[ port N]" at the begin: adds both. The address may be a name (UseDNS yes).
bool add_peer(std::string_view text, event::Builder& builder) {
    std::size_t end = 0;
    while (end < text.size() && !is_blank(text[end])) ++end;
    std::string_view host = text.substr(0, end);
    while (host.ends_with(':') || host.ends_with(',')) host.remove_suffix(1);
    if (host.empty()) return false;
    const std::size_t before = builder.size();
    builder.ecs(Ecs::source_ip, host);
    if (builder.size() == before) {
        if (host.find('.') == std::string_view::npos && host != "UNKNOWN") return false;
        builder.ecs(Ecs::source_domain, host);
    }
    constexpr std::string_view kPort = " port ";
    if (const std::string_view rest = text.substr(end); rest.starts_with(kPort)) {
        std::size_t digits = kPort.size();
        while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
        builder.ecs(Ecs::source_port, rest.substr(kPort.size(), digits - kPort.size()));
    }
    return true;
}

// A user's name is the sender's: it may hold " from " and blanks, so what follows it is looked for from the end.
void add_user(std::string_view text, event::Builder& builder) {
    for (const std::string_view kind : {"invalid user ", "illegal user ", "authenticating user ", "user "}) {
        if (!text.starts_with(kind) && text != kind.substr(0, kind.size() - 1)) continue;
        if (kind == "invalid user " || kind == "illegal user ") builder.boolean("invalid_user", true);
        text = text.size() < kind.size() ? std::string_view{} : text.substr(kind.size());
        break;
    }
    if (!text.empty()) builder.ecs(Ecs::user_name, text);
}

// "USER from IP port N": the last " from " whose next word is an address or is followed by " port ".
bool read_user_from(std::string_view text, event::Builder& builder) {
    constexpr std::string_view kFrom = " from ";
    for (std::size_t at = text.rfind(kFrom); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : text.rfind(kFrom, at - 1)) {
        const std::size_t before = builder.size();
        if (add_peer(text.substr(at + kFrom.size()), builder)) {
            add_user(text.substr(0, at), builder);
            return true;
        }
        builder.shrink(before);
    }
    if (text.starts_with("from ")) return add_peer(text.substr(5), builder);  // the name is empty
    return false;
}

// "[KIND ]USER IP port N...": the last " port " with digits; the word before it is the address.
bool read_user_peer(std::string_view text, event::Builder& builder) {
    constexpr std::string_view kPort = " port ";
    const std::size_t port = text.rfind(kPort);
    if (port == std::string_view::npos) return add_peer(text, builder);
    const std::size_t begin = text.substr(0, port).rfind(' ') + 1;  // 0 when there is none
    if (!add_peer(text.substr(begin), builder)) return false;
    // "Disconnecting: Too many ... IP": the words of older versions are no user.
    if (begin > 0) {
        const std::string_view user = text.substr(0, begin - 1);
        if (user.starts_with("invalid user") || user.starts_with("authenticating user") || user.starts_with("user ") || user.find(' ') == std::string_view::npos) add_user(user, builder);
    }
    return true;
}

void read_method_for_user(std::string_view text, event::Builder& builder) {
    const std::size_t space = text.find(" for ");
    if (space == std::string_view::npos) return;
    builder.text("auth_method", text.substr(0, space));
    const std::string_view rest = text.substr(space + 5);
    read_user_from(rest, builder);
    if (const std::size_t key = rest.rfind(" ssh2: "); key != std::string_view::npos) builder.text("key", trim(rest.substr(key + 7)));
}

// What follows the begin, by its shape.
void read_tail(const Phrase& phrase, std::string_view text, event::Builder& builder) {
    switch (phrase.tail) {
        case Tail::method_for_user: read_method_for_user(text, builder); return;
        case Tail::user_from: read_user_from(text, builder); return;
        case Tail::user_peer: read_user_peer(text, builder); return;
        case Tail::peer: add_peer(text, builder); return;
        case Tail::from_peer: {
            const std::size_t at = text.rfind(" from ");
            if (at == std::string_view::npos) return;
            add_peer(text.substr(at + 6), builder);
            if (const std::size_t user = text.rfind(" for ", at); phrase.begin.starts_with("Starting") && user != std::string_view::npos)
                add_user(text.substr(user + 5, at - user - 5), builder);
            return;
        }
        case Tail::none: return;
    }
}

void read_message(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    if (read_pam(text, parsed)) return;
    if (text.ends_with(" [preauth]")) {
        builder.boolean("preauth", true);
        text.remove_suffix(10);
    }
    for (const Phrase& phrase : kPhrases) {
        if (!text.starts_with(phrase.begin)) continue;
        read_tail(phrase, text.substr(phrase.begin.size()), builder);
        builder.ecs(Ecs::event_action, phrase.action);
        if (!phrase.outcome.empty()) builder.ecs(Ecs::event_outcome, phrase.outcome);
        return;
    }
    // "reverse mapping checking getaddrinfo for NAME [IP] failed"
    if (text.starts_with("reverse mapping checking ") || text.starts_with("Nasty PTR record ") || text.starts_with("Address ")) {
        const std::size_t open = text.find('[');
        const std::size_t close = text.find(']', open);
        if (open != std::string_view::npos && close != std::string_view::npos) builder.ecs(Ecs::source_ip, text.substr(open + 1, close - open - 1));
        else if (text.starts_with("Address ")) add_peer(text.substr(8), builder);
    }
}

bool is_sshd(std::string_view app) { return app == "sshd" || app == "sshd(pam_unix)" || app == "sshd-session" || app == "sshd-auth" || app.ends_with("/sshd"); }

int sniff(const Look& look) { return is_sshd(look.app) ? 90 : 0; }

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(raw, context);
    if (!header) return fail(Code::bad_input, "no syslog line: it begins with neither a priority nor a time");
    if (!is_sshd(header->app)) return fail(Code::bad_input, "a syslog line, but not of sshd");
    add_syslog_header(*header, parsed);
    if (header->app == "sshd(pam_unix)") {
        read_pam_message(trim(header->message), parsed);  // PAM before version 0.79 named its module there
    } else {
        read_message(trim(header->message), parsed);
    }
    parsed.logsource = {.product = "linux", .service = "sshd", .other_service = "auth", .complete = true};
    return {};
}

}  // namespace

extern const Format sshd{.name = "sshd", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_sshd

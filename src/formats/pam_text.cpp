#include "formats/pam_text.h"

#include "base/text.h"

namespace vg::formats {

namespace {

using event::Ecs;

// The value of " NAME=" in "logname= uid=0 ... rhost=192.0.2.7  user=root"; user is the last and may hold blanks.
std::string_view value_of(std::string_view text, std::string_view name) {
    for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        if (at > 0 && text[at - 1] != ' ' && text[at - 1] != ';') continue;
        const std::string_view rest = text.substr(at + name.size());
        return name == "user=" ? trim(rest) : rest.substr(0, rest.find(' '));
    }
    return {};
}

void add_peer(std::string_view rhost, event::Builder& builder) {
    if (rhost.empty()) return;
    const std::size_t before = builder.size();
    builder.ecs(Ecs::source_ip, rhost);
    if (builder.size() == before) builder.ecs(Ecs::source_domain, rhost);
}

// "root(uid=0)" without what stands in brackets.
std::string_view account(std::string_view text) { return trim(text.substr(0, text.find('('))); }

}  // namespace

bool read_pam(std::string_view message, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const bool more = message.starts_with("PAM ") && message.find("more authentication failure") != std::string_view::npos;
    std::string_view text = message;
    if (!more) {
        if (!message.starts_with("pam_")) return false;
        const std::size_t open = message.find('(');
        const std::size_t close = message.find("): ");
        if (open == std::string_view::npos || close == std::string_view::npos || close < open) return false;
        builder.text("pam_module", message.substr(0, open));
        const std::string_view inside = message.substr(open + 1, close - open - 1);
        if (const std::size_t colon = inside.find(':'); colon != std::string_view::npos) builder.text("pam_type", inside.substr(colon + 1));
        text = message.substr(close + 3);
    }
    read_pam_message(text, parsed);
    return true;
}

void read_pam_message(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    constexpr std::string_view kOpened = "session opened for user ";
    constexpr std::string_view kClosed = "session closed for user ";
    if (text.starts_with(kOpened)) {
        const std::string_view rest = text.substr(kOpened.size());
        const std::size_t by = rest.rfind(" by ");
        const std::string_view target = account(rest.substr(0, by));
        const std::string_view by_whom = by == std::string_view::npos ? std::string_view{} : account(rest.substr(by + 4));
        if (by_whom.empty()) {
            if (!target.empty()) builder.ecs(Ecs::user_name, target);
        } else {
            builder.ecs(Ecs::user_name, by_whom);
            builder.ecs(Ecs::user_effective_name, target);
        }
        builder.ecs(Ecs::event_action, "session_opened");
        builder.ecs(Ecs::event_outcome, "success");
    } else if (text.starts_with(kClosed)) {
        builder.ecs(Ecs::user_name, account(text.substr(kClosed.size())));
        builder.ecs(Ecs::event_action, "session_closed");
    } else if (text.starts_with("authentication failure") || text.find("more authentication failure") != std::string_view::npos) {
        if (const std::string_view user = value_of(text, "user="); !user.empty()) builder.ecs(Ecs::user_name, user);
        add_peer(value_of(text, "rhost="), builder);
        if (const std::string_view tty = value_of(text, "tty="); !tty.empty()) builder.text("tty", tty);
        if (const std::string_view ruser = value_of(text, "ruser="); !ruser.empty()) builder.text("ruser", ruser);
        builder.ecs(Ecs::event_action, "authentication_failure");
        builder.ecs(Ecs::event_outcome, "failure");
    } else if (text.starts_with("check pass; user unknown")) {
        builder.ecs(Ecs::event_action, "authentication_failure");
        builder.ecs(Ecs::event_outcome, "failure");
    }
}

}  // namespace vg::formats

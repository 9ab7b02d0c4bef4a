// sudo in syslog text: the command log of sudoers(5) ("LOG FORMAT") and the PAM lines of its sessions.
#include "base/text.h"
#include "formats/format.h"
#include "formats/pam_text.h"
#include "formats/syslog_header.h"

namespace vg::formats::of_sudo {

namespace {

using event::Ecs;

int sniff(const Look& look) { return look.app == "sudo" ? 90 : 0; }

// "dcid : [reason ; ]TTY=pts/4 ; PWD=/home/dcid ; USER=root ; COMMAND=/bin/ls ; -l": COMMAND is the last and may hold
// anything.
bool read_command_log(std::string_view text, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const std::size_t colon = text.find(" : ");
    if (colon == std::string_view::npos) return false;
    const std::string_view user = trim(text.substr(0, colon));
    std::string_view rest = text.substr(colon + 3);
    if (user.empty() || user.find(' ') != std::string_view::npos) return false;
    builder.ecs(Ecs::user_name, user);
    bool denied = false;
    std::string_view reason;
    while (!rest.empty()) {
        constexpr std::string_view kCommand = "COMMAND=";
        if (rest.starts_with(kCommand)) {
            const std::string_view command = rest.substr(kCommand.size());
            builder.text("COMMAND", command);
            builder.ecs(Ecs::process_command_line, command);
            builder.ecs(Ecs::process_executable, command.substr(0, command.find(' ')));
            break;
        }
        const std::size_t end = std::min(rest.find(" ; "), rest.size());
        const std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 3, rest.size()));
        const std::size_t equals = part.find('=');
        const std::string_view name = part.substr(0, equals);
        if (equals == std::string_view::npos || name.find(' ') != std::string_view::npos) {
            reason = part;
            denied = true;
            continue;
        }
        builder.text(name, part.substr(equals + 1));
        if (name == "USER") builder.ecs(Ecs::user_effective_name, part.substr(equals + 1));
        if (name == "PWD") builder.ecs(Ecs::process_working_directory, part.substr(equals + 1));
    }
    if (denied) builder.text("reason", reason);
    builder.ecs(Ecs::event_action, denied ? "sudo_denied" : "sudo_command");
    builder.ecs(Ecs::event_outcome, denied ? "failure" : "success");
    return true;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(raw, context);
    if (!header) return fail(Code::bad_input, "no syslog line: it begins with neither a priority nor a time");
    if (header->app != "sudo") return fail(Code::bad_input, "a syslog line, but not of sudo");
    add_syslog_header(*header, parsed);
    const std::string_view text = trim(header->message);
    if (!read_pam(text, parsed)) read_command_log(text, parsed);
    parsed.logsource = {.product = "linux", .service = "sudo", .other_service = "auth", .complete = true};
    return {};
}

}  // namespace

extern const Format sudo{.name = "sudo", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_sudo

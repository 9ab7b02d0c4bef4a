// Syslog text of any program: the header's fields and the message as it is.
#include "formats/format.h"
#include "formats/syslog_header.h"

namespace vg::formats::of_syslog {

namespace {

int sniff(const Look& look) { return look.syslog ? 30 : 0; }

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    const auto header = read_syslog_header(raw, context);
    if (!header) return fail(Code::bad_input, "no syslog line: it begins with neither a priority nor a time");
    add_syslog_header(*header, parsed);
    constexpr std::string_view kCron[] = {"cron", "CRON", "crond", "CROND", "anacron"};
    for (const std::string_view name : kCron)
        if (header->app == name) parsed.logsource = {.product = "linux", .service = "cron", .other_service = "syslog", .complete = true};
    constexpr std::string_view kAuth[] = {"su", "login", "systemd-logind", "useradd", "usermod", "userdel", "groupadd", "passwd", "chpasswd", "polkitd"};
    for (const std::string_view name : kAuth)
        if (header->app == name) parsed.logsource = {.product = "linux", .service = "auth", .other_service = "syslog", .complete = true};
    return {};
}

}  // namespace

extern const Format syslog{.name = "syslog", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_syslog

// The head of a syslog line: RFC 5424, RFC 3164 as it is really written (with or without priority, with a year, or with
// an ISO time as rsyslog and systemd write it). Used by the formats of syslog text.
#pragma once

#include <optional>
#include <string_view>

#include "formats/format.h"

namespace vg::formats {

struct SyslogHeader {
    int priority = -1;  // 0 to 191; -1: there is none
    Time time;
    bool time_known = false;
    std::string_view host, app, procid, msgid;  // empty when absent or "-"
    std::string_view structured;                // RFC 5424 STRUCTURED-DATA as it stands
    std::string_view message;
};

// Nothing: the line does not begin like syslog. A 3164 time has no year: it takes the one that puts it nearest before
// `context.received`, up to a day behind it.
std::optional<SyslogHeader> read_syslog_header(std::string_view line, const Context& context);

// The message of a line that may have such a header, whose fields are added; the line itself when it has none.
std::string_view take_syslog_header(std::string_view line, const Context& context, Parsed& parsed);

// What stands behind a mark ("CEF:"), without the line's end; of a header before it the relay's name and the time are taken, for
// the event names its host itself. Nothing: the mark does not stand there.
std::optional<std::string_view> take_marked(std::string_view line, std::string_view mark, const Context& context, Parsed& parsed);

// Fields for the header: log.syslog.*, host.name, process.name and pid, message; and the event's time.
void add_syslog_header(const SyslogHeader& header, Parsed& parsed);

}  // namespace vg::formats

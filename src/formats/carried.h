// Records that carry another. Shippers and collectors put a line of a log, or the object of another product, into a member
// of an object of their own: Filebeat's `message`, Docker's `log`, `event` of HEC, `body` of OpenTelemetry, `MESSAGE` of the
// systemd journal. Mappings say which member it is (`carries`); only they do, so that a line which some program was made to
// log inside its own JSON is never taken for a line of another program.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "formats/format.h"

namespace vg::formats {

// What is carried in the member of that name: the text of the field, or the bytes of the object in the JSON record `raw`.
// Container runtimes' "TIME stdout F " is taken off. Where the record names the program ("SYSLOG_IDENTIFIER", "PROGRAM",
// "appname") and the text has no head of syslog, one with the time `when` is put before it, in the arena. Empty: there is
// nothing.
std::string_view carried_in(std::string_view raw, std::string_view member, Time when, event::Builder& builder);

}  // namespace vg::formats

// One entry of systemd's Journal Export Format. Fields keep their names (systemd.journal-fields(7)).
#include "base/text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/journal_export.h"
#include "formats/text_scan.h"

namespace vg::formats::of_journald {

namespace {

using event::Ecs;

constexpr KnownName kKnown[] = {
    {"MESSAGE", Ecs::message}, {"_HOSTNAME", Ecs::host_name}, {"SYSLOG_IDENTIFIER", Ecs::process_name}, {"_COMM", Ecs::process_name}, {"_PID", Ecs::process_pid},
    {"SYSLOG_PID", Ecs::process_pid}, {"_EXE", Ecs::process_executable}, {"_CMDLINE", Ecs::process_command_line}, {"_UID", Ecs::user_id}, {"_MACHINE_ID", Ecs::host_id},
    {"SYSLOG_IDENTIFIER", Ecs::log_syslog_appname}, {"PRIORITY", Ecs::log_syslog_severity_code}, {"SYSLOG_FACILITY", Ecs::log_syslog_facility_code},
    {"_SYSTEMD_UNIT", Ecs::service_name}, {"CONTAINER_ID_FULL", Ecs::container_id}};

int sniff(const Look& look) { return look.raw.starts_with("__CURSOR=") ? 95 : 0; }

bool is_name(std::string_view name) {
    if (name.empty() || name.size() > 64) return false;
    for (const char c : name)
        if (!(c >= 'A' && c <= 'Z') && !is_digit(c) && c != '_') return false;
    return true;
}

Status parse(std::string_view raw, const Context&, Parsed& parsed) {
    Flat flat{parsed.builder};
    Arena& arena = parsed.builder.arena();
    JournalField field;
    std::string_view rest = raw;
    bool any = false;
    while (!rest.empty()) {
        const JournalStep step = next_journal_field(rest, field);
        if (step == JournalStep::end) break;
        if (step == JournalStep::more && rest.find('\n') == std::string_view::npos && rest.find('=') != std::string_view::npos) {
            field = {rest.substr(0, rest.find('=')), rest.substr(rest.find('=') + 1)};  // the last line, without its end
            rest = {};
        } else if (step != JournalStep::field) {
            return fail(Code::bad_input, "no journal entry: a field is neither NAME=value nor NAME and a length");
        }
        if (!is_name(field.name)) return fail(Code::bad_input, "no journal entry: a field's name has other characters than A-Z, 0-9 and _");
        std::string_view value = field.value;
        if (!is_utf8(value)) value = arena.copy(to_valid_utf8(value));
        flat.pair(field.name, value);
        any = true;
    }
    if (!any) return fail(Code::bad_input, "the journal entry is empty");
    flat.finish();
    put_known(kKnown, parsed.builder);
    for (const std::string_view name : {"_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"}) {
        const event::Field* const time = parsed.builder.find(name);
        if (time == nullptr) continue;
        if (const auto micros = parse_int(time->text); micros && *micros > 0 && *micros < 253'402'300'800'000'000) {
            parsed.occurred = Time{*micros};
            parsed.occurred_known = true;
            break;
        }
    }
    parsed.logsource = {.product = "linux", .complete = false};
    return {};
}

}  // namespace

extern const Format journald{.name = "journald", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one entry of the export format"};

}  // namespace vg::formats::of_journald

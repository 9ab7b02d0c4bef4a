#include "formats/carried.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/time.h"
#include "formats/json_text.h"

namespace vg::formats {

namespace {

constexpr std::size_t kLeast = 8;                              // shorter texts say nothing that a format could know
constexpr std::size_t kMost = std::size_t{1} << 20;

using Names = std::span<const std::string_view>;
constexpr std::string_view kPrograms[] = {"SYSLOG_IDENTIFIER", "syslog.identifier", "log.syslog.appname", "appname", "app-name", "programname", "PROGRAM", "ident", "attributes.appname", "attributes.SYSLOG_IDENTIFIER"};
constexpr std::string_view kProcesses[] = {"_PID", "SYSLOG_PID", "log.syslog.procid", "procid", "PID", "pid", "attributes.proc_id"};
constexpr std::string_view kHosts[] = {"_HOSTNAME", "log.syslog.hostname", "hostname", "HOST", "host", "host.name", "attributes.hostname", "resource.attributes.host.name"};

// The first of the names that has a text without blanks.
std::string_view word_of(event::Builder& builder, Names names) {
    for (const std::string_view name : names) {
        const event::Field* const field = builder.find(name);
        if (field == nullptr || field->text.empty() || field->text.size() > 255) continue;
        if (field->text != "-" && std::all_of(field->text.begin(), field->text.end(), [](char c) { return c > ' ' && c < 0x7F; })) return field->text;
    }
    return {};
}

// "2024-04-26T01:02:03.123456789Z stdout F " and "... stderr P ", as containerd and CRI-O write them.
std::string_view without_runtime_head(std::string_view text) {
    if (text.size() < 30 || text[4] != '-' || text[10] != 'T') return text;
    for (const std::string_view stream : {" stdout ", " stderr "}) {
        const std::size_t at = text.substr(0, 48).find(stream);
        if (at == std::string_view::npos) continue;
        const std::string_view rest = text.substr(at + stream.size());
        if (rest.size() > 2 && (rest[0] == 'F' || rest[0] == 'P') && rest[1] == ' ') return rest.substr(2);
    }
    return text;
}

// The object that stands in a member of the outermost object.
std::string_view object_in(std::string_view raw, std::string_view member, Arena& arena) {
    const auto index = index_json(raw, arena);
    if (!index) return {};
    JsonCursor cursor{*index, arena};
    for (bool more = cursor.open('{'); more; more = cursor.next('}')) {
        const bool wanted = cursor.key().text == member;
        const bool object = cursor.kind() == JsonKind::object;
        const std::string_view value = cursor.skip();
        if (cursor.failed()) return {};
        if (wanted) return object ? value : std::string_view{};
    }
    return {};
}

}  // namespace

std::string_view carried_in(std::string_view raw, std::string_view member, Time when, event::Builder& builder) {
    const event::Field* const field = builder.find(member);
    if (field == nullptr) return object_in(raw, member, builder.arena());
    if (field->type != event::Type::text || field->text.size() > kMost) return {};
    std::string_view text = without_runtime_head(field->text);
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.size() < kLeast) return {};
    if (text.front() == '{') return text;
    const std::string_view program = word_of(builder, kPrograms);
    if (program.empty() || look_at(text).syslog) return text;
    const std::string_view host = word_of(builder, kHosts);
    const std::string_view process = word_of(builder, kProcesses);
    const std::string number = process.empty() ? std::string{} : format("[{}]", process);
    if (host.empty()) return builder.arena().copy(format("<13>1 - - {} {} - - {}", program, process.empty() ? "-" : process, text));
    // syslog-ng's date, "Nov 29 02:08:28", is the line's own.
    const event::Field* const date = builder.find("DATE");
    const std::string time = date != nullptr && date->text.size() == 15 ? std::string{date->text} : to_rfc3339(when);
    return builder.arena().copy(format("{} {} {}{}: {}", time, host, program, number, text));
}

}  // namespace vg::formats

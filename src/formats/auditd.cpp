// Linux audit records (audit-userspace, auparse; Linux uapi/linux/audit.h): one line each, or all lines of one event joined
// with newlines. Values that the kernel writes in hex are read, and what the event was is said in common fields.
#include <algorithm>

#include "base/text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_auditd {

namespace {

using event::Ecs;

constexpr std::size_t kMostLines = 256;

// Values of these names are hex when they stand without quotes.
constexpr std::string_view kEncoded[] = {"comm", "exe", "proctitle", "name", "cwd", "acct", "cmd", "data", "path", "key", "file", "dir", "ocomm"};

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {"1300", "SYSCALL"}, {"1302", "PATH"}, {"1305", "CONFIG_CHANGE"}, {"1306", "SOCKADDR"}, {"1307", "CWD"}, {"1309", "EXECVE"}, {"1320", "EOE"}, {"1327", "PROCTITLE"},
    {"1326", "SECCOMP"}, {"1325", "NETFILTER_CFG"}, {"1400", "AVC"}, {"1701", "ANOM_ABEND"}, {"1100", "USER_AUTH"}, {"1101", "USER_ACCT"}, {"1103", "CRED_ACQ"},
    {"1104", "CRED_DISP"}, {"1105", "USER_START"}, {"1106", "USER_END"}, {"1108", "USER_CHAUTHTOK"}, {"1112", "USER_LOGIN"}, {"1113", "USER_LOGOUT"}, {"1114", "ADD_USER"},
    {"1115", "DEL_USER"}, {"1116", "ADD_GROUP"}, {"1123", "USER_CMD"}, {"1130", "SERVICE_START"}, {"1131", "SERVICE_STOP"}, {"1006", "LOGIN"}};

// Of x86_64 (asm/unistd_64.h) and of aarch64 (asm-generic/unistd.h), those that rules ask for.
struct Call {
    int x86, arm;
    std::string_view name;
};
constexpr Call kCalls[] = {
    {59, 221, "execve"}, {322, 281, "execveat"}, {42, 203, "connect"}, {41, 198, "socket"}, {49, 200, "bind"}, {50, 201, "listen"}, {43, 202, "accept"}, {288, 242, "accept4"},
    {44, 206, "sendto"}, {2, -1, "open"}, {257, 56, "openat"}, {85, -1, "creat"}, {87, -1, "unlink"}, {263, 35, "unlinkat"}, {84, -1, "rmdir"}, {83, -1, "mkdir"}, {258, 34, "mkdirat"},
    {82, -1, "rename"}, {264, 38, "renameat"}, {316, 276, "renameat2"}, {76, 45, "truncate"}, {77, 46, "ftruncate"}, {90, -1, "chmod"}, {91, 52, "fchmod"}, {268, 53, "fchmodat"},
    {92, -1, "chown"}, {260, 54, "fchownat"}, {101, 117, "ptrace"}, {175, 105, "init_module"}, {313, 273, "finit_module"}, {176, 106, "delete_module"}, {105, 146, "setuid"},
    {113, 145, "setreuid"}, {117, 147, "setresuid"}, {165, 40, "mount"}, {166, 39, "umount2"}, {161, 51, "chroot"}, {62, 129, "kill"}, {310, 270, "process_vm_readv"},
    {311, 271, "process_vm_writev"}, {319, 279, "memfd_create"}, {188, 5, "setxattr"}, {164, 170, "settimeofday"}, {159, 171, "adjtimex"}, {227, 112, "clock_settime"}, {272, 97, "unshare"},
    {308, 268, "setns"}, {321, 280, "bpf"}, {170, 161, "sethostname"}, {171, 162, "setdomainname"}, {57, -1, "fork"}, {58, -1, "vfork"}, {56, 220, "clone"}};

std::string_view call_name(std::string_view number, std::string_view arch) {
    const auto value = parse_int(number);
    if (!value) return {};
    for (const Call& call : kCalls)
        if ((arch == "c000003e" && call.x86 == *value) || (arch == "c00000b7" && call.arm == *value)) return call.name;
    return {};
}

int hex_digit(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

bool is_hex(std::string_view text) { return text.size() >= 2 && text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), is_hex_digit); }

// The bytes as text; NULs become blanks, and what is no UTF-8 gets U+FFFD.
std::string_view from_hex_text(std::string_view hex, Arena& arena) {
    char* const memory = arena.take(hex.size() / 2);
    std::size_t size = 0;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        const char c = static_cast<char>(hex_digit(hex[i]) * 16 + hex_digit(hex[i + 1]));
        memory[size++] = c == '\0' ? ' ' : c;
    }
    std::string_view text{memory, size};
    while (text.ends_with(' ')) text.remove_suffix(1);
    return is_utf8(text) ? text : arena.copy(to_valid_utf8(text));
}

bool is_argument(std::string_view name) {
    return name.size() >= 2 && name[0] == 'a' && std::all_of(name.begin() + 1, name.end(), [](char c) { return is_digit(c) || c == '[' || c == ']'; });
}

struct Seen {
    bool execve = false, connect = false, created = false;
    std::string_view type;                       // of the first line
    std::string_view syscall, exe, comm, cwd, title, success, exit, first_path, acct, addr, hostname, result, operation, user_name, key, tty;
    std::string_view pid, ppid, uid, auid, euid, session;
    std::string_view address, port;
    std::vector<std::string_view> arguments;
};

// struct sockaddr in hex: family (2 bytes of the host's order, little), then port and address.
void read_sockaddr(std::string_view hex, Seen& seen, Arena& arena) {
    if (!is_hex(hex) || hex.size() < 16) return;
    const auto byte = [hex](std::size_t i) { return hex_digit(hex[i * 2]) * 16 + hex_digit(hex[i * 2 + 1]); };
    const int family = byte(0) | byte(1) << 8;
    const auto decimal = [&arena](int value) { return arena.copy(std::to_string(value)); };
    if (family == 2) {
        seen.port = decimal(byte(2) << 8 | byte(3));
        seen.address = arena.copy(format("{}.{}.{}.{}", byte(4), byte(5), byte(6), byte(7)));
    } else if (family == 10 && hex.size() >= 48) {
        seen.port = decimal(byte(2) << 8 | byte(3));
        std::string text;
        for (std::size_t i = 8; i < 24; i += 2) text += format("{}{:x}", text.empty() ? "" : ":", byte(i) << 8 | byte(i + 1));
        seen.address = arena.copy(text);
    }
}

void note(Seen& seen, std::string_view type, std::string_view name, std::string_view value, Arena& arena) {
    const auto first = [value](std::string_view& place) {
        if (place.empty()) place = value;
    };
    if (name == "exe") first(seen.exe);
    else if (name == "comm") first(seen.comm);
    else if (name == "cwd") first(seen.cwd);
    else if (name == "proctitle") first(seen.title);
    else if (name == "success" || (name == "res" && seen.result.empty())) name == "res" ? first(seen.result) : first(seen.success);
    else if (name == "exit") first(seen.exit);
    else if (name == "pid") first(seen.pid);
    else if (name == "ppid") first(seen.ppid);
    else if (name == "uid") first(seen.uid);
    else if (name == "auid") first(seen.auid);
    else if (name == "euid") first(seen.euid);
    else if (name == "ses") first(seen.session);
    else if (name == "acct") first(seen.acct);
    else if (name == "addr") first(seen.addr);
    else if (name == "hostname") first(seen.hostname);
    else if (name == "op") first(seen.operation);
    else if (name == "UID") first(seen.user_name);
    else if (name == "SYSCALL") first(seen.syscall);
    else if (name == "saddr") read_sockaddr(value, seen, arena);
    else if (name == "name" && type == "PATH") first(seen.first_path);
    else if (name == "nametype" && (value == "CREATE")) seen.created = true;
    else if (name == "cmd" && type == "USER_CMD") first(seen.title);
    if (type == "EXECVE" && is_argument(name) && seen.arguments.size() < 1000) seen.arguments.push_back(value);
}

bool read_line(std::string_view line, Flat& flat, Seen& seen, Parsed& parsed) {
    Arena& arena = flat.builder().arena();
    // "type=X msg=audit(TIME:SERIAL): ", perhaps behind "node=NAME "; the kernel's own line has "audit: type=1400 audit(".
    const std::size_t at = line.find("audit(");
    const std::size_t close = at == std::string_view::npos ? at : line.find("):", at);
    if (close == std::string_view::npos || close - at > 80) return false;
    std::string_view head = line.substr(0, at);
    std::string_view type = between(head, "type=", " ");
    if (const std::string_view known = meaning_of(kTypes, type); !known.empty()) type = known;
    if (seen.type.empty()) {
        std::string_view id = line.substr(at + 6, close - at - 6);
        const std::string_view stamp = id.substr(0, id.rfind(':'));
        const std::size_t dot = stamp.find('.');
        const auto seconds = parse_int(stamp.substr(0, dot));
        const auto millis = dot == std::string_view::npos ? std::optional<std::int64_t>{0} : parse_int(stamp.substr(dot + 1, 3));
        if (seconds && millis && *seconds >= 0 && *seconds < 253'402'300'800 && *millis >= 0) {
            parsed.occurred = Time{*seconds * 1'000'000 + *millis * 1'000};
            parsed.occurred_known = true;
        }
        flat.builder().ecs(Ecs::event_sequence, id.substr(id.rfind(':') + 1));
        if (const std::string_view node = between(head, "node=", " "); !node.empty()) flat.builder().ecs(Ecs::host_name, node);
        seen.type = type;
    }
    if (!type.empty()) flat.pair("type", type);
    std::string_view rest = line.substr(close + 2);
    std::string_view arch, number;
    // User-space messages are one quoted value, msg='...', with pairs of their own.
    if (const std::size_t quote = rest.find("msg='"); quote != std::string_view::npos) {
        const std::size_t end = rest.rfind('\'');
        char* const memory = arena.take(rest.size());
        std::copy(rest.begin(), rest.end(), memory);
        std::fill_n(memory + quote, 5, ' ');
        if (end > quote + 4) memory[end] = ' ';
        rest = {memory, rest.size()};
    }
    for (Pairs pairs{rest, arena, " \t\x1D,"}; pairs.next();) {
        std::string_view value = pairs.value;
        const bool encoded = (type == "EXECVE" && is_argument(pairs.name)) || std::find(std::begin(kEncoded), std::end(kEncoded), pairs.name) != std::end(kEncoded);
        if (!pairs.quoted && encoded && is_hex(value)) value = from_hex_text(value, arena);
        if (value == "?" || value == "(null)" || value == "(none)") value = {};
        if (pairs.name == "arch") arch = value;
        if (pairs.name == "syscall") number = value;
        flat.pair(pairs.name, value);
        if (!value.empty()) note(seen, type, pairs.name, value, arena);
    }
    if (seen.syscall.empty() && !number.empty())
        if (const std::string_view name = call_name(number, arch); !name.empty()) {
            seen.syscall = name;
            flat.pair("SYSCALL", name);
        }
    seen.execve |= type == "EXECVE" || ((type == "SYSCALL") && (seen.syscall == "execve" || seen.syscall == "execveat"));
    seen.connect |= type == "SYSCALL" && seen.syscall == "connect";
    return true;
}

std::string_view command_line(const Seen& seen, Arena& arena) {
    if (seen.arguments.empty()) return seen.title;
    std::size_t size = seen.arguments.size();
    for (const std::string_view argument : seen.arguments) size += argument.size();
    char* const memory = arena.take(size);
    char* at = memory;
    for (const std::string_view argument : seen.arguments) {
        if (at != memory) *at++ = ' ';
        at = std::copy(argument.begin(), argument.end(), at);
    }
    return {memory, static_cast<std::size_t>(at - memory)};
}

void add_common(const Seen& seen, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    Arena& arena = builder.arena();
    put(builder, Ecs::event_code, seen.type);
    put(builder, Ecs::event_action, !seen.syscall.empty() ? seen.syscall : lower_in(seen.type, arena));
    const std::string_view result = !seen.success.empty() ? seen.success : seen.result;
    if (result == "yes" || result == "success" || result == "1") builder.ecs(Ecs::event_outcome, "success");
    if (result == "no" || result == "failed" || result == "0") builder.ecs(Ecs::event_outcome, "failure");
    put(builder, Ecs::process_executable, seen.exe);
    put(builder, Ecs::process_name, !seen.comm.empty() ? seen.comm : seen.exe.substr(seen.exe.rfind('/') + 1));
    put(builder, Ecs::process_pid, seen.pid);
    put(builder, Ecs::process_parent_pid, seen.ppid);
    put(builder, Ecs::process_working_directory, seen.cwd);
    put(builder, Ecs::process_title, seen.title);
    for (const std::string_view argument : seen.arguments) builder.ecs(Ecs::process_args, argument);
    put(builder, Ecs::process_command_line, command_line(seen, arena));
    put(builder, Ecs::user_name, !seen.acct.empty() ? seen.acct : seen.user_name);
    put(builder, Ecs::user_id, !seen.auid.empty() && seen.auid != "4294967295" ? seen.auid : seen.uid);
    put(builder, Ecs::user_effective_id, seen.euid);
    put(builder, Ecs::source_ip, seen.addr);
    if (seen.addr.empty() || seen.hostname != seen.addr) put(builder, Ecs::source_domain, seen.hostname);
    put(builder, Ecs::destination_ip, seen.address);
    put(builder, Ecs::destination_port, seen.port);
    put(builder, Ecs::file_path, seen.first_path);
    parsed.logsource = {.product = "linux", .service = "auditd", .complete = true};
    std::size_t categories = 0;
    if (seen.execve) parsed.logsource.categories[categories++] = "process_creation";
    if (seen.connect && !seen.address.empty()) {
        parsed.logsource.categories[categories++] = "network_connection";
        builder.ecs(Ecs::network_direction, "egress");
        builder.text("Initiated", "true");
    }
    if (seen.created) parsed.logsource.categories[categories++] = "file_event";
}

int sniff(const Look& look) {
    const std::string_view head = look.raw.substr(0, 300);
    const std::size_t at = head.find("audit(");
    if (at == std::string_view::npos || at + 7 >= head.size() || !is_digit(head[at + 6])) return 0;
    return head.substr(0, at).find("type=") != std::string_view::npos ? 95 : 0;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    Flat flat{parsed.builder};
    Seen seen;
    std::size_t lines = 0;
    std::string_view rest = raw;
    if (!raw.starts_with("type=") && !raw.starts_with("node=")) rest = take_syslog_header(raw, context, parsed);
    while (!rest.empty() && lines < kMostLines) {
        const std::string_view line = trim(rest.substr(0, rest.find('\n')));
        rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
        if (line.empty()) continue;
        if (!read_line(line, flat, seen, parsed)) return fail(Code::bad_input, "no audit record: there is no audit(TIME:SERIAL): in it");
        ++lines;
    }
    if (lines == 0) return fail(Code::bad_input, "no audit record: there is no audit(TIME:SERIAL): in it");
    flat.finish();
    add_common(seen, parsed);
    return {};
}

}  // namespace

extern const Format auditd{.name = "auditd", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one event: a line, or all its lines"};

}  // namespace vg::formats::of_auditd

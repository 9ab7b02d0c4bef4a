// ArcSight's Common Event Format (Implementing ArcSight CEF, version 26): "CEF:0|Vendor|Product|Version|ID|Name|Severity|"
// and name=value pairs whose values may hold blanks. In syslog or by itself.
#include "formats/clock_text.h"
#include "formats/flat.h"
#include "formats/format.h"
#include "formats/syslog_header.h"
#include "formats/text_scan.h"

namespace vg::formats::of_cef {

namespace {

using event::Ecs;

constexpr KnownName kKnown[] = {
    {"src", Ecs::source_ip}, {"c6a2", Ecs::source_ip}, {"dst", Ecs::destination_ip}, {"c6a3", Ecs::destination_ip}, {"spt", Ecs::source_port}, {"dpt", Ecs::destination_port},
    {"smac", Ecs::source_mac}, {"dmac", Ecs::destination_mac}, {"shost", Ecs::source_domain}, {"dhost", Ecs::destination_domain},
    {"sourceTranslatedAddress", Ecs::source_nat_ip}, {"sourceTranslatedPort", Ecs::source_nat_port},
    {"destinationTranslatedAddress", Ecs::destination_nat_ip}, {"destinationTranslatedPort", Ecs::destination_nat_port},
    {"suser", Ecs::user_name}, {"duser", Ecs::user_target_name}, {"duser", Ecs::user_name}, {"suid", Ecs::user_id}, {"sntdom", Ecs::user_domain},
    {"proto", Ecs::network_transport, Turn::transport}, {"app", Ecs::network_protocol, Turn::lower}, {"in", Ecs::source_bytes}, {"out", Ecs::destination_bytes},
    {"act", Ecs::event_action}, {"outcome", Ecs::event_outcome, Turn::lower}, {"reason", Ecs::event_reason}, {"externalId", Ecs::event_id},
    {"request", Ecs::url_original}, {"requestMethod", Ecs::http_request_method}, {"requestClientApplication", Ecs::user_agent_original}, {"requestContext", Ecs::http_request_referrer},
    {"filePath", Ecs::file_path}, {"fname", Ecs::file_name}, {"fsize", Ecs::file_size}, {"sproc", Ecs::process_executable}, {"spid", Ecs::process_pid},
    {"dproc", Ecs::process_name}, {"dvchost", Ecs::host_name}, {"dvc", Ecs::observer_ip}, {"deviceExternalId", Ecs::observer_serial_number},
    {"deviceInboundInterface", Ecs::observer_ingress_interface_name}, {"deviceOutboundInterface", Ecs::observer_egress_interface_name},
    {"msg", Ecs::message}, {"cat", Ecs::event_category}, {"start", Ecs::event_start, Turn::when}, {"end", Ecs::event_end, Turn::when}, {"cnt", Ecs::event_sequence},
};

// The next of the header's parts: up to a bar that no backslash stands before.
std::optional<std::string_view> take_part(std::string_view& rest, Arena& arena) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (rest[i] == '\\') {
            ++i;
        } else if (rest[i] == '|') {
            const std::string_view part = rest.substr(0, i);
            rest.remove_prefix(i + 1);
            if (part.find('\\') == std::string_view::npos) return part;
            char* const memory = arena.take(part.size());
            std::size_t size = 0;
            for (std::size_t j = 0; j < part.size(); ++j) {
                if (part[j] == '\\' && j + 1 < part.size() && (part[j + 1] == '|' || part[j + 1] == '\\')) ++j;
                memory[size++] = part[j];
            }
            return std::string_view{memory, size};
        }
    }
    return std::nullopt;
}

std::string_view value_of(std::string_view text, Arena& arena) {
    if (text.find('\\') == std::string_view::npos) return text;
    char* const memory = arena.take(text.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 < text.size()) {
            const char next = text[i + 1];
            if (next == '=' || next == '\\' || next == '|') {
                c = next;
                ++i;
            } else if (next == 'n' || next == 'r') {
                c = next == 'n' ? '\n' : '\r';
                ++i;
            }
        }
        memory[size++] = c;
    }
    return {memory, size};
}

bool is_key(std::string_view text) {
    if (text.empty() || text.size() > 128) return false;
    for (const char c : text)
        if (!is_letter(c) && !is_digit(c) && c != '_' && c != '.' && c != '-' && c != ':' && c != '[' && c != ']') return false;
    return true;
}

// Where the next '=' stands that has a name before it and no backslash; npos: nowhere. `name_at`: where the name begins.
std::size_t next_equals(std::string_view text, std::size_t from, std::size_t& name_at) {
    for (std::size_t at = text.find('=', from); at != std::string_view::npos; at = text.find('=', at + 1)) {
        if (at > 0 && text[at - 1] == '\\') continue;
        const std::size_t blank = text.substr(0, at).rfind(' ');
        name_at = blank == std::string_view::npos ? 0 : blank + 1;
        if (name_at >= from && is_key(text.substr(name_at, at - name_at))) return at;
    }
    return std::string_view::npos;
}

void read_extension(std::string_view text, Flat& flat) {
    Arena& arena = flat.builder().arena();
    text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
    std::size_t name_at = 0;
    std::size_t equals = next_equals(text, 0, name_at);
    while (equals != std::string_view::npos) {
        const std::string_view name = text.substr(name_at, equals - name_at);
        std::size_t next_name = 0;
        const std::size_t next = next_equals(text, equals + 1, next_name);
        std::string_view value = text.substr(equals + 1, (next == std::string_view::npos ? text.size() : next_name) - equals - 1);
        while (value.ends_with(' ')) value.remove_suffix(1);
        flat.pair(name, value_of(value, arena));
        equals = next;
        name_at = next_name;
    }
}

// cs1=x cs1Label=Rule stand for Rule=x: that is added beside them.
void name_custom_fields(Flat& flat) {
    constexpr std::string_view kLabel = "Label";
    event::Builder& builder = flat.builder();
    const std::size_t count = builder.size();
    for (std::size_t i = 0; i < count; ++i) {
        const event::Field field = builder.fields()[i];
        if (!field.name.ends_with(kLabel) || field.text.empty() || field.text.size() > 64) continue;
        const event::Field* const value = builder.find(field.name.substr(0, field.name.size() - kLabel.size()));
        if (value == nullptr || builder.has(field.text) || event::ecs_field(field.text) != Ecs::none) continue;
        builder.text(field.text, std::string_view{value->text});
    }
}

int sniff(const Look& look) {
    const std::size_t at = look.raw.substr(0, 512).find("CEF:");
    if (at == std::string_view::npos) return 0;
    const std::string_view rest = look.raw.substr(at + 4, 4);
    return rest.size() > 2 && is_digit(rest[0]) && (rest[1] == '|' || rest[2] == '|') ? 95 : 0;
}

Status parse(std::string_view raw, const Context& context, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    const auto marked = take_marked(raw, "CEF:", context, parsed);
    if (!marked) return fail(Code::bad_input, "there is no CEF: in it");
    std::string_view rest = *marked;
    constexpr Ecs kParts[] = {Ecs::none, Ecs::observer_vendor, Ecs::observer_product, Ecs::none, Ecs::event_code, Ecs::rule_name, Ecs::event_severity};
    constexpr std::string_view kNames[] = {"cefVersion", "deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity"};
    Flat flat{builder};
    for (std::size_t i = 0; i < std::size(kParts); ++i) {
        auto part = take_part(rest, builder.arena());
        if (!part && i + 1 == std::size(kParts)) {
            part = rest;  // some senders leave the last bar out when nothing follows
            rest = {};
        }
        if (!part) return fail(Code::bad_input, "no CEF: its header has fewer than seven parts");
        flat.pair(kNames[i], *part);
        if (kParts[i] != Ecs::none) builder.ecs(kParts[i], *part);
    }
    read_extension(rest, flat);
    name_custom_fields(flat);
    flat.finish();
    put_known(kKnown, builder);
    for (const std::string_view name : {"rt", "start", "end", "deviceCustomDate1"}) {
        const event::Field* const field = builder.find(name);
        if (field == nullptr) continue;
        auto time = read_epoch(field->text);
        if (!time) time = read_time(field->text, context.zone, nullptr);
        if (!time) time = read_time_by("%b %d %Y %H:%M:%S", field->text, context.zone);
        if (!time) continue;
        parsed.occurred = *time;
        parsed.occurred_known = true;
        break;
    }
    return {};
}

}  // namespace

extern const Format cef{.name = "cef", .trust = Trust::hostile, .sniff = sniff, .parse = parse, .raw_unit = "one line"};

}  // namespace vg::formats::of_cef

#include "formats/complete.h"

#include "base/text.h"
#include "formats/community_id.h"
#include "formats/turn.h"

namespace vg::formats {

namespace {

using event::Ecs;
using event::Field;

int protocol_of(std::string_view transport) {
    for (const int number : {6, 17, 1, 58, 132, 47, 50, 51, 2, 89, 103})
        if (transport_name(number) == transport) return number;
    return -1;
}

// What the completion asks for, each the first of its kind. Indices plus one: fields move when others are added.
struct Found {
    std::size_t source = 0, destination = 0, source_port = 0, destination_port = 0, transport = 0, community = 0;
    std::size_t original = 0, full = 0, path = 0, query = 0, domain = 0;
};

Found look(std::span<const Field> fields) {
    Found found;
    const auto note = [](std::size_t& place, std::size_t i) {
        if (place == 0) place = i + 1;
    };
    for (std::size_t i = 0; i < fields.size(); ++i) {
        switch (fields[i].ecs) {
            case Ecs::source_ip: note(found.source, i); break;
            case Ecs::destination_ip: note(found.destination, i); break;
            case Ecs::source_port: note(found.source_port, i); break;
            case Ecs::destination_port: note(found.destination_port, i); break;
            case Ecs::network_transport: note(found.transport, i); break;
            case Ecs::network_community_id: note(found.community, i); break;
            case Ecs::url_original: note(found.original, i); break;
            case Ecs::url_full: note(found.full, i); break;
            case Ecs::url_path: note(found.path, i); break;
            case Ecs::url_query: note(found.query, i); break;
            case Ecs::url_domain: note(found.domain, i); break;
            default: break;
        }
    }
    return found;
}

Found found_by(const MappingSet::Seen& seen) {
    const auto first = [&seen](Ecs field) { return seen.first_of(field); };
    return {.source = first(Ecs::source_ip),
            .destination = first(Ecs::destination_ip),
            .source_port = first(Ecs::source_port),
            .destination_port = first(Ecs::destination_port),
            .transport = first(Ecs::network_transport),
            .community = first(Ecs::network_community_id),
            .original = first(Ecs::url_original),
            .full = first(Ecs::url_full),
            .path = first(Ecs::url_path),
            .query = first(Ecs::url_query),
            .domain = first(Ecs::url_domain)};
}

void add_community_id(const Found& found, event::Builder& builder) {
    if (found.source == 0 || found.destination == 0 || found.transport == 0 || found.community != 0) return;
    const std::span<const Field> fields = builder.fields();
    FiveTuple tuple;
    tuple.protocol = protocol_of(fields[found.transport - 1].text);
    if (tuple.protocol < 0) return;
    std::size_t source_port = found.source_port;
    std::size_t destination_port = found.destination_port;
    if (tuple.protocol == 1 || tuple.protocol == 58)
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].type != event::Type::integer) continue;
            if (fields[i].name == "icmp_type") source_port = i + 1;
            if (fields[i].name == "icmp_code") destination_port = i + 1;
        }
    if (tuple.protocol == 6 || tuple.protocol == 17 || tuple.protocol == 132 || tuple.protocol == 1 || tuple.protocol == 58) {
        if (source_port == 0 || destination_port == 0) return;
        const std::int64_t from = fields[source_port - 1].integer;
        const std::int64_t to = fields[destination_port - 1].integer;
        if (from < 0 || from > 0xFFFF || to < 0 || to > 0xFFFF) return;
        tuple.source_port = static_cast<std::uint16_t>(from);
        tuple.destination_port = static_cast<std::uint16_t>(to);
    }
    const auto source = parse_address(fields[found.source - 1].text);
    const auto destination = parse_address(fields[found.destination - 1].text);
    if (!source || !destination || source->is_v4() != destination->is_v4()) return;
    if (tuple.protocol == 1 && !source->is_v4()) tuple.protocol = 58;  // Zeek and others say icmp of both
    tuple.source = *source;
    tuple.destination = *destination;
    builder.ecs_nfc_text(Ecs::network_community_id, community_id(tuple, builder.arena()));
}

// RFC 3986, read leniently: what was asked for need not be well-formed.
void add_url_parts(const Found& found, event::Builder& builder) {
    if (found.original == 0 && found.full == 0) return;
    std::string_view text = builder.fields()[(found.original != 0 ? found.original : found.full) - 1].text;
    const std::size_t colon = text.substr(0, 16).find("://");
    std::string_view scheme, authority;
    if (colon != std::string_view::npos && colon > 0) {
        scheme = text.substr(0, colon);
        text.remove_prefix(colon + 3);
        authority = text.substr(0, std::min(text.find_first_of("/?#"), text.size()));
        text.remove_prefix(authority.size());
        authority = authority.substr(authority.find('@') + 1);
        builder.ecs_nfc_text(Ecs::url_scheme, lower_in(scheme, builder.arena()));
    } else if (found.full != 0 && found.original == 0) {
        return;
    }
    if (!authority.empty() && found.domain == 0) {
        const HostPort parts = split_host_port(authority);
        if (!parts.host.empty()) builder.ecs_nfc_text(Ecs::url_domain, parts.host);
        if (!parts.port.empty()) builder.ecs(Ecs::url_port, parts.port);
    }
    text = text.substr(0, text.find('#'));
    const std::size_t mark = text.find('?');
    const std::string_view path = text.substr(0, mark);
    if (found.path == 0 && !path.empty() && (path.front() == '/' || path == "*")) builder.ecs_nfc_text(Ecs::url_path, path);
    if (found.query == 0 && mark != std::string_view::npos && mark + 1 < text.size()) builder.ecs_nfc_text(Ecs::url_query, text.substr(mark + 1));
    const std::string_view last = path.substr(path.rfind('/') + 1);
    const std::size_t dot = last.rfind('.');
    if (path.starts_with('/') && dot != std::string_view::npos && dot + 1 < last.size() && last.size() - dot <= 11) builder.ecs_nfc_text(Ecs::url_extension, last.substr(dot + 1));
}

}  // namespace

void complete(Parsed& parsed, const MappingSet::Seen& seen) {
    const Found found = seen.covers(parsed.builder.size()) ? found_by(seen) : look(parsed.builder.fields());
    add_url_parts(found, parsed.builder);
    add_community_id(found, parsed.builder);
}

}  // namespace vg::formats

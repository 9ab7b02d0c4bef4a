// Native values as the field dictionary wants them: durations in nanoseconds, transports by name, parts of "host:port".
// Called by mappings and by formats.
#pragma once

#include <optional>
#include <string_view>

#include "event/event.h"
#include "formats/mapping.h"

namespace vg::formats {

// The name that the columns of a CSV record have until a mapping names them.
inline constexpr std::string_view kColumn = "column";

// Adds the field with the turned value; nothing when the value is not so.
void put_turned(Turn turn, event::Ecs field, std::string_view value, event::Builder& builder);

// "tcp" for "TCP", "6", "Tcp"; in lower case when unknown. IANA protocol numbers by name where flows use them.
std::string_view transport_name(std::string_view value, Arena& arena);
std::string_view transport_name(int number);  // empty: none that flows use

// "192.0.2.1:443", "[2001:db8::1]:443", "host": the parts. An IPv6 address without brackets is all host.
struct HostPort {
    std::string_view host, port;
};
HostPort split_host_port(std::string_view text);

std::string_view lower_in(std::string_view text, Arena& arena);

// "1.25" of the unit in nanoseconds. Nothing: no number, negative, or more than 292 years.
std::optional<std::int64_t> nanoseconds(std::string_view text, std::int64_t of_unit);

}  // namespace vg::formats

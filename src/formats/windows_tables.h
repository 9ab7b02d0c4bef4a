// The tables of Windows events, compiled from their .inc files: known names, the shapes of the shippers, channels,
// categories. Read by windows.cpp and windows_normal.cpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "event/event.h"

namespace vg::formats::windows_tables {

enum class Known : std::uint8_t {
    none,
#define KNOWN(identifier, name, kind) identifier,
#include "formats/windows_names.inc"
#undef KNOWN
    count
};

enum class Kind : std::uint8_t { data, guid, header, header_guid, number, rendered, keywords };

struct KnownInfo {
    std::string_view name;
    Kind kind = Kind::data;
};
std::uint64_t hash_of(Known known);  // name_hash of its name
const KnownInfo& info(Known known);
// A name of the System part: EventData that has a member of that name is kept under "EventData." + name.
constexpr bool is_header(Kind kind) { return kind != Kind::data && kind != Kind::guid; }

// An object of a shape.
enum class Place : std::uint8_t {
    top,
    event,
    system,
    provider,
    event_id,
    time_created,
    execution,
    correlation,
    security,
    rendering,
    data,
    user_data,
    beat_user,
    beat_user_data,
    winlog,
    winlog_process,
    winlog_thread,
    dropped,  // says nothing about the event: XML namespaces
    none,
};

struct Entry {
    std::string_view name;
    Place place = Place::none;   // where the member stands
    Place enter = Place::none;   // the object that it is, or
    Known known = Known::none;   // the name that it is
    std::uint64_t hash = 0;
};
// Nothing known of that member there: nullptr.
const Entry* find(Place place, std::string_view member, std::uint64_t hash);

// Empty when unknown.
std::string_view service_of_channel(std::string_view channel);
std::string_view service_of_provider(std::string_view provider);
std::array<std::string_view, 3> categories_of(std::string_view service, std::int64_t event_id);

}  // namespace vg::formats::windows_tables

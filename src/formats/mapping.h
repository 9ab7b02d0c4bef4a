// A mapping of content/mappings: what the native fields of a product's records mean, as data, for records that a format
// in C++ has read (JSON, key=value, CSV, CEF, ...). Compiled once from YAML, then immutable; docs/mappings.md shows one
// line by line. MappingSet (mapping_set.h) chooses among them and applies them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/format.h"
#include "formats/text_table.h"

namespace vg::formats {

// How a native value becomes the value of a field.
enum class Turn : std::uint8_t {
    none,
    lower,         // ASCII letters
    transport,     // "TCP", "6" → tcp
    seconds,       // with a fraction → nanoseconds, as event.duration is
    milliseconds,  // the same
    microseconds,
    name,          // what stands behind the last slash or backslash
    host,          // "host:port", "[::1]:443" → host
    port,          // the same → port
    user,          // "DOMAIN\user" → user
    domain,        // "DOMAIN\user" → DOMAIN
    whole,         // a number without its fraction
    when,          // a time: ISO, or seconds, milliseconds ... since 1970
};

// Where a native name stands in the set's table of names. Filled by MappingSet.
struct NativeName {
    std::string text;
    std::uint16_t id = 0;
};

struct Condition {
    enum class Test : std::uint8_t { has, lacks, equals, starts, contains };
    NativeName field;
    Test test = Test::has;
    std::vector<std::string> values;  // one of them, of one of the field's values
    TextTable table;                  // of equals: the values, filled by MappingSet
    std::vector<Condition> any;       // not empty: one of these instead
};

// What holds for all records of a mapping, or for those of one variant.
struct Section {
    struct Rename {
        NativeName from;
        event::Ecs to = event::Ecs::none;
        Turn turn = Turn::none;
    };
    struct Value {
        NativeName from;
        event::Ecs to = event::Ecs::none;
        std::vector<std::pair<std::string, std::string>> table;  // the native value, in lower case, and the field's
    };
    struct Constant {
        event::Ecs field = event::Ecs::none;
        std::string value;
    };
    std::vector<Condition> conditions;
    std::vector<Rename> renames;
    std::vector<Value> values;
    std::vector<Constant> constants;
    std::string product, service;
    NativeName service_field;  // its value is the service, when no variant names one
    std::vector<std::string> categories;
};

// Further names of ECS fields, for the rules of a category or service.
struct Aliases {
    struct Alias {
        NativeName name;
        std::vector<event::Ecs> from;  // the values of all of them
    };
    std::string category, service;
    std::vector<Alias> names;
};

struct Mapping {
    std::string name;
    std::string reads = "json";           // the format whose records it is for
    std::string carries;                  // the member that holds another record (carried.h)
    std::vector<NativeName> columns;      // of reads: csv, by place
    std::size_t least_columns = 0;        // a record may end before the last ones
    std::vector<NativeName> time_fields;  // the first that gives a time; with a pattern: all, joined by blanks
    std::string time_pattern;             // empty: ISO or seconds since 1970
    std::string time_zone;                // empty: the source's
    Section all;
    std::vector<Section> variants;        // each that matches applies, in order
    std::vector<Aliases> aliases;         // such a file has nothing else
    std::size_t number = 0;               // among those of its set, which gives it

    // `file`: it must be the mapping's name with ".yaml". An error names the place.
    static Result<std::unique_ptr<Mapping>> make(std::string_view file, std::string_view text);
};

// Time by a pattern of %Y %y %m %d %H %M %S %b %e %f %z %Z(UTC or GMT) and literal characters. Nothing: the text is not so.
std::optional<Time> read_time_by(std::string_view pattern, std::string_view text, std::string_view zone);
// Why the pattern is none; empty: it is one.
std::string_view fault_of_time_pattern(std::string_view pattern);

}  // namespace vg::formats

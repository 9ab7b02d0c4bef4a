// What a reader makes of a list of indicators: entries in canonical form, and what was refused, with place and reason. Nothing is
// dropped without being counted: read == entries.size() + duplicates + refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "detect/kinds/indicator/table.h"

namespace vg::intel {

using detect::indicator::Kind;
using detect::indicator::Tlp;

// The one of the two that allows less; one that says nothing allows what the other does.
std::optional<Tlp> stricter(std::optional<Tlp> a, std::optional<Tlp> b);

// On which end of a conversation the indicator stands: one that our machines contact, or one that comes to us.
enum class Role : std::uint8_t { unknown, destination, source };
std::string_view name_of(Role role);

struct Entry {
    Kind kind = Kind::address;
    std::string text;    // canonical
    std::string family;  // malware, group or theme; may be empty
    std::optional<std::uint8_t> confidence;  // 0 to 100, when the sender said
    std::optional<Tlp> tlp;                  // when the sender said
    std::optional<Time> from, until;
    Role role = Role::unknown;
    std::uint16_t port = 0;  // that was given beside an address or a name; 0: none
    std::string comment;
};

struct Refused {
    std::size_t line = 0;  // from 1; 0 when the form has no lines
    std::string place;     // otherwise, such as "event 5488..., attribute 3"
    std::string reason;
    std::string text;      // its beginning
};

struct Reading {
    std::vector<Entry> entries;
    std::vector<Refused> refusals;  // the first ones
    std::size_t read = 0, duplicates = 0, refused = 0;
    bool cut = false;  // a bound was reached: the rest of the list was not looked at

    [[nodiscard]] bool adds_up() const { return read == entries.size() + duplicates + refused; }
};

}  // namespace vg::intel

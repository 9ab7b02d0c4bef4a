// Columns that a text takes on a terminal, and text that is safe to put on one: event data is hostile, and escape
// sequences or bidirectional overrides in it must not reach the terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vg::cli {

// Control characters, escape sequences' first bytes, bidirectional controls and ill-formed UTF-8 as U+FFFD; line ends
// and tabs as spaces.
std::string printable(std::string_view text);
// Columns of printable text: combining marks take none, East Asian wide characters two (Unicode UAX #11).
std::size_t width(std::string_view text);
// Cut to at most `columns`, with "…" when something was cut.
std::string cut(std::string_view text, std::size_t columns);

}  // namespace vg::cli

// Lower case of ASCII, many characters at once: for what is done to each value of each event. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace vg {

constexpr char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Writes the text in lower case to `out`, which has room for all of it, up to the first byte that is not ASCII. How many
// bytes that were: the text's size when all of it is ASCII.
std::size_t lower_ascii_prefix(std::string_view text, char* out);

}  // namespace vg

// Characters of patterns, for what reads and what writes them. Room-internal.
#pragma once

namespace vg::detect::stix {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace vg::detect::stix

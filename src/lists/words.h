// How words of lists are compared and cells are tidied. Pure, any thread.
#pragma once

#include <string_view>

namespace vg::lists {

// Without what people cannot see at its ends: blanks, no-break and zero-width ones, byte-order marks.
std::string_view tidy(std::string_view text);

// What people write where there is nothing to write: "-", "N/A", "null", "không rõ".
bool says_nothing(std::string_view tidy_text);

}  // namespace vg::lists

// What the query logs of name servers have in common.
#pragma once

#include <string_view>

#include "formats/format.h"

namespace vg::formats {

// A question: its name without the dot at its end, type and class when they are not empty, and the log source of a server.
void add_question(std::string_view name, std::string_view type, std::string_view klass, Parsed& parsed);

}  // namespace vg::formats

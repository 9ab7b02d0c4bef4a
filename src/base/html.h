// Text within HTML. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace vg {

// The text with what means something in HTML written as entities: for content and for attributes in quotes.
std::string escape_html(std::string_view text);

}  // namespace vg

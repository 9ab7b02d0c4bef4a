// Literals that every text holds which a regular expression finds. For choosing whom to ask, never for deciding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vg::detect::sigma {

// The runs of plain characters that stand outside of groups, classes and alternatives and are not optional, in lower case
// and in order; none when the expression has what this does not read (\Q, characters beyond ASCII). For RE2's syntax; the
// expression is one that RE2 accepts. Whether case matters makes no difference: the lower-case text holds the runs either
// way, as long as the text is ASCII.
std::vector<std::string> regex_literals(std::string_view expression);

}  // namespace vg::detect::sigma

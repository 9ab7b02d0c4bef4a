// Cursors of keyset paging: the sort key of the last item of a page as opaque text. Nothing in a cursor is trusted: it
// names a place in a list and never what may be seen there.
//
//   page.next = to_cursor("finding", {"1700000000000000", finding.id.text()});
//   const auto key = TRY(from_cursor("finding", 2, *after));   // key[0], key[1]
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vg {

inline constexpr std::size_t kMostCursor = 4096;  // bytes of text that are looked at

// `kind` keeps the cursor of one list from being used for another. Each part has at most 1,000 bytes of UTF-8.
std::string to_cursor(std::string_view kind, const std::vector<std::string>& key);

// The key again: `parts` pieces of UTF-8 without NUL. Code::bad_input for anything that to_cursor(kind, ...) did not make.
Result<std::vector<std::string>> from_cursor(std::string_view kind, std::size_t parts, std::string_view text);

}  // namespace vg

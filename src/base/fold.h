// Folding for search into a string that is used again: what vg::fold (base/text.h) gives, without an allocation a value. Any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace vg {

// The text folded: a view into `out`, whose content is replaced.
std::string_view fold_into(std::string_view text, std::string& out);

// The same, character by character from Unicode's tables: what fold_into's own table is made of, many times slower.
std::string fold_by_icu(std::string_view text);

}  // namespace vg

// What modifiers do to the text of a value: dashes, UTF-16, Base64, and the replacement of parts (modifiers appendix,
// "String Modifiers", "Encoding"). Called by modifiers.cpp while rules are loaded.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/kinds/sigma/pattern.h"

namespace vg::detect::sigma {

// The texts of all parts, one after the other.
std::string plain_text(const Pattern& pattern);
bool has(const Pattern& pattern, Part::Kind kind);
bool has_wildcard(const Pattern& pattern);

// The pattern with each of the five dashes made a part of its own. "All possible permutations" of n dashes are 5 to the n
// strings; one part that stands for any of them says the same.
Pattern with_dashes(const Pattern& pattern);

// Every pattern that results when each part of `kind` is replaced by one of the alternatives that `options` gives it.
// Error too_large when they are more than `most`.
Result<std::vector<Pattern>> replace_each(const Pattern& pattern, Part::Kind kind, std::size_t most,
                                          const std::function<Result<std::vector<Pattern>>(const Part&)>& options);

// Bytes of the text in UTF-16, with a byte-order mark (FF FE) before them when asked.
std::string to_utf16(std::string_view text, bool big_endian, bool with_mark);

// The three shifts of base64offset: the value behind 0, 1 and 2 foreign bytes, without the characters at both ends that
// depend on its neighbours; a shift without a fixed part is left out.
std::vector<std::string> base64_offsets(std::string_view bytes);

}  // namespace vg::detect::sigma

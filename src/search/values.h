// From written values to predicates, by the type of the field that they are asked of.
#pragma once

#include <optional>
#include <string>

#include "search/query.h"
#include "search/scan.h"
#include "search/tree.h"

namespace vg::search {

// What the value means for the target, or what is wrong with it. The error's place is the value's.
tl::expected<Term, ParseError> equal_to(const Target& target, const Written& value, std::string_view zone);
// field:~value
tl::expected<Term, ParseError> with_words(const Target& target, const Written& value);

struct WrittenBound {
    Written value;
    bool with = true;
};
// At least one of both is there.
tl::expected<Term, ParseError> between(const Target& target, const std::optional<WrittenBound>& low, const std::optional<WrittenBound>& high, std::string_view zone);

// Whether A..B is a range for this target and not a text with two dots in it.
bool is_range_for(const Target& target, std::string_view low, std::string_view high, std::string_view zone);

}  // namespace vg::search

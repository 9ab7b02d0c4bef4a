// A query as the filters it is made of, and filters put in, taken out and turned round by a click. All functions give
// a new text; the rest of the text stays as it was written.
//
//   for (const Bubble& bubble : bubbles(query)) show(bubble.text, bubble.negated);
//   std::string narrower = with_filter(text, {.field = "user.name", .value = "SYSTEM"}, Sense::exclude).value();
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/query.h"

namespace vg::search {

// One of the conditions that must all hold.
struct Bubble {
    std::size_t offset = 0, length = 0;  // in the text, with its NOT
    std::string text;                    // without its NOT
    bool negated = false;
    std::string field;                   // where it is about one field; empty: words, or several fields
};
std::vector<Bubble> bubbles(const Query& query);

struct Filter {
    std::string field;                 // as it stands in an event: ECS or native name, or one of the own words
    std::optional<std::string> value;  // nothing: the field is missing
};
enum class Sense : unsigned char { include, exclude };

// The text with the filter as one more condition. The same condition is not put twice, the opposite one is replaced.
// The error is that of parse(): the text is no query.
tl::expected<std::string, ParseError> with_filter(std::string_view text, const Filter& filter, Sense sense);
// The text without its bubble number `index`, or with it turned round. An index that does not exist changes nothing.
tl::expected<std::string, ParseError> without_bubble(std::string_view text, std::size_t index);
tl::expected<std::string, ParseError> inverted_bubble(std::string_view text, std::size_t index);

}  // namespace vg::search

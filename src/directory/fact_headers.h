// What the columns of people's tables mean: headers in Vietnamese, with or without accents, and in English, to the fields of
// facts. The words are data and stand in fact_headers.cpp alone. Pure; any thread.
//
//   field_of_header("range", "Dải địa chỉ IP") == "range"
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vg::directory {

// Beside those of the kinds: "organisation", "kind", "from", "until", "document".
bool is_common_field(std::string_view field);

// Without accents, in lower case, one blank for each run of what is neither letter nor digit.
std::string plain_header(std::string_view header);

// The field that a header means in a table of facts of this kind; nothing: unknown.
std::optional<std::string> field_of_header(std::string_view kind, std::string_view header);
// The field whose header is nearest, for a question.
std::optional<std::string> field_near_header(std::string_view kind, std::string_view header);

}  // namespace vg::directory

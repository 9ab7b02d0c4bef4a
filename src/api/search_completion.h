// How the word under the cursor may go on. Names of fields that occur and of the dictionary, values of a field, operators.
// The values are those that the account is shown. Room-internal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/search_view.h"

namespace vg::api {

struct Completion {
    struct Item {
        std::string text, kind, note;
    };
    std::size_t start = 0, end = 0;  // bytes of the text that an item replaces
    std::vector<Item> items;
    std::size_t personal_values = 0;  // shown in clear
};
// At most 50 items. Runs a search when values are wanted.
Result<Completion> completion_of(View& view, std::string_view text, std::size_t at);

}  // namespace vg::api

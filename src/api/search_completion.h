// How the word under the cursor may go on: names of fields that occur, values of a field, operators. What the text is
// about says search::complete(); what there is says the view, so that nobody is offered what would be masked. Room-internal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/search_view.h"
#include "search/complete.h"

namespace vg::api {

struct Offer {
    std::string text, kind, note;  // kind: "field", "value" or "operator"
};
struct Offers {
    std::vector<Offer> items;          // at most 50
    std::size_t personal_values = 0;   // shown in clear
};
// What the view must be asked about: the events that have such a value; everything when names are wanted.
std::string query_for(const search::Expectation& here);
Result<Offers> offers_for(View& view, const search::Expectation& here);

}  // namespace vg::api

// Query parameters of a route: the short text in Route::parameters, parsed once, and the check of a request against it.
//
//   "limit:integer, state:new|acknowledged|closed only this state, since:time last seen at or after"
//
// Types: string, query (a longer string), integer, boolean, time (RFC 3339), uuid,
// uuids (several with commas between, at most 100), or the allowed words with '|' between them; with '!' behind it the
// parameter must be given. What follows the type is the description in openapi.json. Called by the router and by
// openapi(). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace vg::api {

struct Parameter {
    std::string name;
    std::string type;                // "string", "query", "integer", "boolean", "time", "uuid", "uuids", "enum"
    std::vector<std::string> words;  // of an enum
    std::string about;
    bool required = false;
};

// CHECKs that the text is well formed: it is ours.
std::vector<Parameter> parse_parameters(std::string_view text);

// bad_input naming the parameter when one is unknown (with the nearest known one), stands twice, has the wrong type or is
// required and missing.
Status check_parameters(const std::vector<Parameter>& known, const net::Request& request);

}  // namespace vg::api

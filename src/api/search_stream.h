// A whole search as a streamed answer: NDJSON or CSV, in order of occurrence, however many events. It runs at the desk; a
// reader who takes nothing for two seconds loses the turn and gets another when it reads again, so that slow readers keep
// nobody waiting. Memory is bounded; a reader who goes away ends the search.
#pragma once

#include <string_view>

#include "api/search_ask.h"

namespace vg::api {

enum class Lines : std::uint8_t { json, csv };

// Sets response.stream. Errors before the first event (no turn, a wrong archive) are returned; later ones are the last
// line: {"problem":{...}} of NDJSON, "#error,REASON" of CSV.
Status stream_events(Ask& ask, const Sought& sought, std::string_view kind, store::Order order, Lines lines, net::Response& response);

}  // namespace vg::api

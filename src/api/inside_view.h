// Which machine stood behind an address (lists/inside.h) as JSON, as far as a reader's scope sees. Room-internal.
#pragma once

#include <string_view>
#include <vector>

#include "access/access.h"
#include "api/api.h"
#include "lists/jobs.h"

namespace vg::api {

inline constexpr std::size_t kMostInsideRows = 20;  // of one victim that are shown together

// Rows of one victim together; null when nobody has asked yet. A machine of which only logs of others tell is left out and counted as
// withheld.
json::Value inside_view(const std::vector<lists::RowInside>& rows, const access::Scope& scope);
json::Value job_view(const lists::Job& job);
inline constexpr std::string_view kInsideReference = R"({"oneOf":[{"$ref":"#/components/schemas/InsideAnswer"},{"type":"null"}],"description":"which machine stood behind the address; null: nobody has asked the archive yet"})";

}  // namespace vg::api

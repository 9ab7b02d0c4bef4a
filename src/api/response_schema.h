// Route::response_schema in long form: "Name" and "Name[]" stand for components of openapi.json;
// "Name[]?" is a list that may lack something and says so. Pure.
#pragma once

#include <string>
#include <string_view>

namespace vg::api {

bool is_list(std::string_view schema);
// JSON Schema text of the items of a list.
std::string item_schema(std::string_view schema);
// JSON Schema text of the answer; empty when there is none.
std::string response_schema(std::string_view schema);

}  // namespace vg::api

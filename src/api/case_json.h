// How cases, their items and deadlines look in answers: shared by cases.cpp, case_items.cpp and deadlines.cpp.
#pragma once

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "cases/cases.h"

namespace vg::regime {
struct Deadline;
}

namespace vg::api {

json::Value item_json(const cases::Item& item);
json::Value deadline_json(const regime::Deadline& deadline);
Result<ListPage> page_of_items(Context& context, const access::Scope& scope, const std::optional<cases::CaseId>& of, std::optional<cases::ItemState> state, const std::optional<std::string>& after, std::size_t limit);

}  // namespace vg::api

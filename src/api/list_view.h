// Lists of victims as JSON, and what the resources about them share. Room-internal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "lists/lists.h"

namespace vg::api {

// Where lists stand on this node. Code::unavailable when they do not.
Result<lists::Place> lists_place(Context& context);
lists::Attributor attributor_of(const Context& context);
// The shipped profiles and people's own.
Result<std::vector<lists::Profile>> profiles_of(Context& context);
// "" when the directory does not know it any more.
std::string organisation_name(const Context& context, const OrganisationId& id);
// {"id", "name"}, or null.
json::Value organisation_value(const Context& context, const std::optional<OrganisationId>& id);

// Of a scoped reader without what concerns others: how much the file has, and what became of rows that are not his.
json::Value list_value(const lists::List& list, const access::Scope& scope);
json::Value counts_value(const lists::Counts& counts, const access::Scope& scope);
// A short reference to a list: {"id", "name", "number", "issuer", "date", "kept"}.
json::Value list_reference(const lists::List& list);
json::Value profile_value(const lists::Profile& profile);
Result<lists::Profile> profile_of(std::string_view name, const json::Value& body);
// {"HEADER": "role"}.
Result<std::map<std::string, lists::Role>> columns_of(const json::Value& body);

// "line,column,reason,..." and the cells as written, formulas neutralised; told piece by piece.
std::string rejected_head();
void rejected_row(std::string& out, const lists::RowView& row);

}  // namespace vg::api

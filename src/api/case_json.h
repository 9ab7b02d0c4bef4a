// How cases, their items and deadlines look in answers: shared by cases.cpp, case_items.cpp and deadlines.cpp.
#pragma once

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "cases/attachments.h"
#include "cases/cases.h"
#include "cases/watch.h"

namespace vg::regime {
struct Deadline;
}
namespace vg::cases {
struct ReminderPolicy;
}

namespace vg::api {

// For Route::parameters.
#define VG_INCIDENT_KINDS "denial-of-service|phishing|malware|unauthorised-access|defacement|encryption|destruction|espionage|combined|other"

json::Value case_json(const cases::Case& file);
json::Value item_json(const cases::Item& item);
// With what the watch made of it.
json::Value watched_item_json(const Context& context, const cases::Item& item, const std::map<std::string, cases::Watch>& watched);
// What runs for the case, with what people did about it.
Result<net::Response> deadlines_of_case(Ask& ask, const cases::CaseId& id);
// Of the node; without one nobody is reminded.
const cases::ReminderPolicy& reminders_of(const Context& context);
json::Value deadline_json(const regime::Deadline& deadline);
Result<ListPage> page_of_items(Context& context, const access::Scope& scope, const std::optional<cases::CaseId>& of, std::optional<cases::ItemState> state, const std::optional<std::string>& after, std::size_t limit);

// Where attached files stand; Code::unavailable where none do.
Result<cases::AttachmentPlace> attachment_place(Context& context);
// Content-Disposition (RFC 6266) of a file of that name, which no browser shows by itself.
std::string disposition_of(std::string_view name);

}  // namespace vg::api

// Personal data in answers. Fields that fields.inc marks personal are masked, and so is the same value wherever else it
// stands in the event: native fields, message, command line. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/json.h"
#include "event/event.h"

namespace vg::api {

inline constexpr std::string_view kMask = "[masked]";

// True for an ECS field that is personal and for native names that hold a person's account or address by their name
// (SubjectUserName, TargetUserSid, User, mail...).
bool is_personal(std::string_view field);

// Accounts of the system and placeholders ("root", "-"): no persons, and never masked.
bool is_nobody(std::string_view value);

// The event with personal values replaced. The result points into `event` and `arena`.
event::Event masked(const event::Event& event, Arena& arena);
// The same for the fields of a match: {"Image": "...", "User": "CORP\\an"}.
json::Value masked_fields(const json::Value& fields, std::string_view with = kMask);
// "user:..." loses its value; others stay.
std::string masked_entity(std::string_view entity);

}  // namespace vg::api

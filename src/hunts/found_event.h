// An event of the archive as rules and indicators ask about it. Pure.
#pragma once

#include "base/arena.h"
#include "base/json.h"
#include "event/event.h"
#include "store/archive.h"

namespace vg::hunts {

// Nothing is said of its log source. Texts are in the arena and in `found`.
event::Event event_of(const store::FoundEvent& found, Arena& arena);
// The same with these fields in place of its own.
event::Event event_with(const store::FoundEvent& found, const json::Value& fields, Arena& arena);
// A value of a field as it is asked: text without quotes, any other as JSON.
std::string text_of_field(const json::Value& value);

}  // namespace vg::hunts

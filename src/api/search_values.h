// Events of the archive, masked and matched one by one. Room-internal; pure.
#pragma once

#include <string>
#include <vector>

#include "base/arena.h"
#include "event/event.h"
#include "search/query.h"
#include "search/tree.h"
#include "store/archive.h"

namespace vg::api {

// Replaces personal values, as pages show the event.
void mask(store::FoundEvent& event);
// True when masking would change it.
bool holds_personal(const store::FoundEvent& event);
// Whether the query matches the event as it is, and
bool matches_event(const search::Query& query, const store::FoundEvent& event, std::string_view journal);
// the same without its personal values: each stands for one long word that no query can name.
bool matches_hidden(const search::Query& query, const store::FoundEvent& event, std::string_view journal);
// The distinct values of a field, as text.
std::vector<std::string> values_in(const store::FoundEvent& event, const search::Target& target);

}  // namespace vg::api

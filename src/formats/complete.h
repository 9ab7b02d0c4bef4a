// What follows from the fields that an event has, whatever its format: the parts of an address of the web, the Community
// ID of a flow. Called once per event by to_event.
#pragma once

#include "formats/format.h"
#include "formats/mapping_set.h"

namespace vg::formats {

// `seen`: what the mappings saw of it.
void complete(Parsed& parsed, const MappingSet::Seen& seen);

}  // namespace vg::formats

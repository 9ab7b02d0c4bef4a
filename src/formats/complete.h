// What follows from the fields that an event has, whatever its format: the parts of an address of the web, the Community
// ID of a flow. Called once per event by to_event.
#pragma once

#include "formats/format.h"

namespace vg::formats {

void complete(Parsed& parsed);

}  // namespace vg::formats

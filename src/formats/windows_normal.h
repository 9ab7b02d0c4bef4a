// The second half of reading a Windows event: what follows from its native fields. Time, log source, the names that
// Sigma rules for process creation and registry use, the parts of a Hashes field, ECS. Called by windows.cpp.
#pragma once

#include <array>

#include "formats/format.h"
#include "formats/windows_tables.h"

namespace vg::formats {

// Where each known name stands in the builder: index + 1, 0 for none.
using KnownFields = std::array<std::uint16_t, static_cast<std::size_t>(windows_tables::Known::count)>;

// `from_beat`: the record is Winlogbeat's, whose @timestamp is the event's time.
void normalise_windows(KnownFields& fields, bool from_beat, const Context& context, Parsed& parsed);

}  // namespace vg::formats

// Where a set of indicators or rules came into force, so that a hunt asks what came before it and detection what comes after. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "store/journal.h"

namespace vg::hunts {

enum class Controlled : std::uint8_t { indicators, content };

// The position of the control record that put what has that name into force (of indicators the set, of content the
// fingerprint), from `from` on; the journal's end when there is none.
event::Position in_force_from(const store::Journal& journal, event::Position from, Controlled what, std::string_view name);

}  // namespace vg::hunts

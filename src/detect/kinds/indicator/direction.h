// What an event says about who went to whom, and what became of it. Room-internal.
#pragma once

#include <string_view>

#include "detect/kinds/indicator/set.h"
#include "event/event.h"

namespace vg::detect::indicator {

enum class Role : std::uint8_t { remote, visitor, thing };

Direction direction_of(Role role);
Outcome outcome_of(const event::Event& event);

}  // namespace vg::detect::indicator

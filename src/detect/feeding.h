// Which rules a log source feeds. For coverage; pure.
#pragma once

#include "detect/match.h"
#include "event/event.h"

namespace vg::detect {

// Whether events of that log source are those that the rule is written for: each part that the rule names is known of the
// event and the same. Stricter than matching, which gives events of unknown origin the benefit of the doubt.
bool feeds(const event::Logsource& source, const RuleInfo& rule);

}  // namespace vg::detect

// The common forms of patterns as values that a matcher looks up: equality of an address, a name, a URL, a hash, an e-mail
// address or a file name, sets of them, and several joined by OR.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/kinds/stix/pattern.h"
#include "intel/entry.h"

namespace vg::intel::stix {

using detect::stix::Comparison;
using detect::stix::Literal;
using detect::stix::Observation;
using detect::stix::Operator;
using detect::stix::Path;
using detect::stix::Pattern;
using detect::stix::Qualifier;
using detect::stix::Step;
using detect::stix::Test;

struct CompiledValue {
    std::optional<Kind> kind;  // none: as the text looks
    std::string text;          // as the pattern wrote it
    Role role = Role::unknown;
    std::uint16_t port = 0;
    std::optional<Time> from, until;  // of START and STOP
};

struct Compiled {
    std::vector<CompiledValue> values;  // each of them alone makes the pattern hold
    std::string reason;                 // empty, or why these values are not all that makes it hold
};

Compiled compile(const Pattern& pattern);

}  // namespace vg::intel::stix

// Which addresses are not of the public Internet. Pure.
#pragma once

#include "base/ip.h"

namespace vg {

// Private, shared, local to a link or to the machine (IANA special-purpose registries).
bool is_inside(const Address& address);

}  // namespace vg

// From when on a case that nobody was notified of is late: for the filter `overdue` of the list of cases. Pure. Room-internal.
#pragma once

#include "cases/cases.h"

namespace vg::regime {
class Regime;
}

namespace vg::api {

// Late is a case that was detected before `detected`, whose first clock with an end is out now; of serious ones before the later `detected_serious`. Without a regime no case is late by its
// clock. Within one regime a later detection has a later end, which is what it is found by; in the days of a change of regime those that fall under the older one may be told as the newer one says.
cases::Late late_at(const regime::Regime* regime, Time now);

}  // namespace vg::api

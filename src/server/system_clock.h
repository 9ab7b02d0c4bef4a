// The real clock. Only the server reads it; every other room is handed a Clock.
#pragma once

#include "base/clock.h"

namespace vg::server {

class SystemClock final : public Clock {
public:
    Time now() override;
};

}  // namespace vg::server

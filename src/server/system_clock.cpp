#include "server/system_clock.h"

#include <chrono>

namespace vg::server {

Time SystemClock::now() {
    return {std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace vg::server

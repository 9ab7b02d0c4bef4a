#include "base/priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace vg {

void lower_priority(int nice) {
    const auto thread = static_cast<id_t>(::gettid());
    if (::getpriority(PRIO_PROCESS, thread) < nice) (void)::setpriority(PRIO_PROCESS, thread, nice);
}

}  // namespace vg

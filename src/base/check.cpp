#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace vg {

void check_failed(const char* condition, const char* why, const char* file, int line) {
    std::fprintf(stderr, "CHECK failed: %s (%s) at %s:%d\n", condition, why, file, line);
    std::fflush(stderr);
    std::abort();
}

}  // namespace vg

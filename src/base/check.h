// CHECK(condition, "why it must hold"): an invariant of ours. On in release; a broken one logs and aborts, and the
// journal replays after the restart. Never for input: bad input is an Error.
#pragma once

namespace vg {
[[noreturn]] void check_failed(const char* condition, const char* why, const char* file, int line);
}

#define CHECK(condition, why) \
    ((condition) ? static_cast<void>(0) : ::vg::check_failed(#condition, why, __builtin_FILE(), __builtin_LINE()))

// Hostile indicators: the canonical form of a canonical form is itself, and its kind stays.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "detect/kinds/indicator/value.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vg::detect::indicator;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (std::size_t i = 0; i <= kKinds; ++i) {
        const auto value = i == kKinds ? recognise(text) : canonical(static_cast<Kind>(i), text);
        if (!value) continue;
        const auto again = canonical(value->kind, value->text);
        CHECK(again && *again == *value, "a canonical form must be stable");
    }
    return 0;
}

#include "detect/match.h"

#include <array>

#include "base/text.h"

namespace vg::detect {

namespace {
constexpr std::array<std::string_view, 5> kNames{"informational", "low", "medium", "high", "critical"};
}

std::string_view name_of(Level level) { return kNames[static_cast<std::size_t>(level)]; }

Result<Level> parse_level(std::string_view text) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == text) return static_cast<Level>(i);
    return fail(Code::bad_input, format("'{}' is no level: informational, low, medium, high or critical", shorten(text, 40)));
}

}  // namespace vg::detect

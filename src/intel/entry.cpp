#include "intel/entry.h"

#include <algorithm>

namespace vg::intel {

std::optional<Tlp> stricter(std::optional<Tlp> a, std::optional<Tlp> b) { return std::max(a, b); }

std::string_view name_of(Role role) {
    switch (role) {
        case Role::unknown: return "unknown";
        case Role::destination: return "destination";
        case Role::source: return "source";
    }
    return "unknown";
}

}  // namespace vg::intel

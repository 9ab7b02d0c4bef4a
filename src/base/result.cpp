#include "base/result.h"

namespace vg {

std::string_view name_of(Code code) {
    switch (code) {
        case Code::bad_input: return "bad_input";
        case Code::not_found: return "not_found";
        case Code::denied: return "denied";
        case Code::conflict: return "conflict";
        case Code::too_large: return "too_large";
        case Code::busy: return "busy";
        case Code::unavailable: return "unavailable";
        case Code::corrupt: return "corrupt";
        case Code::internal: return "internal";
    }
    return "internal";
}

}  // namespace vg

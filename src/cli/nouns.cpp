#include <array>

#include "cli/noun.h"

namespace vg::cli {

#define MEMBER(name) namespace of_##name { extern const Noun name; }
#include "cli/list.inc"
#undef MEMBER

std::span<const Noun* const> nouns() {
    static constexpr auto all = std::to_array<const Noun*>({
#define MEMBER(name) &of_##name::name,
#include "cli/list.inc"
#undef MEMBER
    });
    return all;
}

}  // namespace vg::cli

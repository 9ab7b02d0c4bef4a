#include <array>

#include "api/api.h"

namespace vg::api {

#define MEMBER(name) namespace of_##name { extern const Resource name; }
#include "api/list.inc"
#undef MEMBER

std::span<const Resource* const> resources() {
    static constexpr auto all = std::to_array<const Resource*>({
#define MEMBER(name) &of_##name::name,
#include "api/list.inc"
#undef MEMBER
    });
    return all;
}

}  // namespace vg::api

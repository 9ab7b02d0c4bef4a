#include <array>

#include "lists/reading.h"

namespace vg::lists {

namespace {
constexpr std::array<std::string_view, kRoles> kRoleNames = {"ignore", "victim", "victim-port", "seen", "first-seen", "c2", "c2-port", "destination", "destination-port", "protocol", "family",
                                                             "unit", "province", "provider", "asn", "hostname", "sector", "report", "source", "level", "note", "ordinal"};
static_assert(kRoleNames.back() == "ordinal", "one name for each role");
}  // namespace

std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
    for (std::size_t i = 0; i < kRoles; ++i)
        if (kRoleNames[i] == name) return static_cast<Role>(i);
    return std::nullopt;
}

}  // namespace vg::lists

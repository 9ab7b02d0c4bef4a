#include "access/access.h"

#include <initializer_list>

#include "base/text.h"

namespace vg::access {

namespace {

struct RoleFacts {
    Role role;
    std::string_view name;
    bool token;
};
constexpr RoleFacts kRoles[] = {
#define ROLE(identifier, name, token) {Role::identifier, name, token},
    VG_ROLES(ROLE)
#undef ROLE
};

constexpr std::uint32_t bit(Role role) { return std::uint32_t{1} << static_cast<unsigned>(role); }
constexpr std::uint32_t bits(std::initializer_list<Role> roles) {
    std::uint32_t all = 0;
    for (const Role role : roles) all |= bit(role);
    return all;
}

struct PermissionFacts {
    std::string_view name;
    std::uint32_t roles;  // bits by Role
};
using enum Role;
constexpr PermissionFacts kPermissions[] = {
#define PERMISSION(name, ...) {name, bits({__VA_ARGS__})},
#include "access/permissions.inc"
#undef PERMISSION
};

constexpr bool is_sorted_by_name() {
    for (std::size_t i = 1; i < std::size(kPermissions); ++i)
        if (!(kPermissions[i - 1].name < kPermissions[i].name)) return false;
    return true;
}
static_assert(is_sorted_by_name(), "permissions.inc is sorted, each name once");

const PermissionFacts* permission_named(std::string_view name) {
    const auto* found = std::lower_bound(std::begin(kPermissions), std::end(kPermissions), name,
                                         [](const PermissionFacts& facts, std::string_view wanted) { return facts.name < wanted; });
    return found != std::end(kPermissions) && found->name == name ? found : nullptr;
}

}  // namespace

std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)].name; }

std::optional<Role> role_named(std::string_view name) {
    for (const RoleFacts& facts : kRoles)
        if (facts.name == name) return facts.role;
    return std::nullopt;
}

bool is_token_role(Role role) { return kRoles[static_cast<std::size_t>(role)].token; }

std::vector<Role> all_roles() {
    std::vector<Role> roles;
    for (const RoleFacts& facts : kRoles) roles.push_back(facts.role);
    return roles;
}

bool is_permission(std::string_view permission) { return permission_named(permission) != nullptr; }

bool allows(Role role, std::string_view permission) {
    const PermissionFacts* facts = permission_named(permission);
    return facts != nullptr && (facts->roles & bit(role)) != 0;
}

std::vector<std::string_view> all_permissions() {
    std::vector<std::string_view> names;
    for (const PermissionFacts& facts : kPermissions) names.push_back(facts.name);
    return names;
}

std::string Scope::condition(std::string_view column, store::Params& params) const {
    if (node_) return {};
    if (organisations_.empty()) return " and 1 = 0";
    // Names that no domain room uses for its own parameters; they are bound in the order of the text.
    std::string text = format(" and {} in (", column);
    for (std::size_t i = 0; i < organisations_.size(); ++i) {
        text += format("{}:scope{}", i == 0 ? "" : ", ", params.size());
        params.emplace_back(organisations_[i].text());
    }
    return text + ")";
}

}  // namespace vg::access

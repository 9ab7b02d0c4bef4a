// Who may do what. Everything here is decided on the server; the console only hides what would be refused.
//
// A Scope says whose data an account may see: it is a mandatory argument of every query over stored data, and there is
// no way to make one that sees everything but Scope::node(), which only the pipeline, the control socket and accounts of
// the node itself get.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "store/state.h"

namespace vg::access {

// Roles of people and of tokens (contract.md). One line each: ROLE(identifier, "name", is_token_role).
#define VG_ROLES(ROLE)                                   \
    ROLE(reader, "reader", false)                        \
    ROLE(analyst, "analyst", false)                      \
    ROLE(operator_, "operator", false)                   \
    ROLE(approver, "approver", false)                    \
    ROLE(duty_lead, "duty-lead", false)                  \
    ROLE(contact, "organisation-contact", false)         \
    ROLE(administrator, "administrator", false)          \
    ROLE(token_ingest, "ingest", true)                   \
    ROLE(token_reader, "token-reader", true)             \
    ROLE(token_enforcement, "enforcement-point", true)   \
    ROLE(token_node, "node", true)

enum class Role : std::uint8_t {
#define ROLE(identifier, name, token) identifier,
    VG_ROLES(ROLE)
#undef ROLE
};
std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);
bool is_token_role(Role role);
std::vector<Role> all_roles();

// Permissions are "resource:action". Every route names one; permissions.inc says which roles have it:
// PERMISSION("finding:read", reader, analyst, ...).
bool is_permission(std::string_view permission);
bool allows(Role role, std::string_view permission);
std::vector<std::string_view> all_permissions();

class Scope {
public:
    // Everything on this node.
    static Scope node() { return Scope{true, {}}; }
    // These organisations only; the caller has already put the children in.
    static Scope of(std::vector<OrganisationId> organisations) { return Scope{false, std::move(organisations)}; }
    static Scope nothing() { return Scope{false, {}}; }

    [[nodiscard]] bool sees(const OrganisationId& organisation) const {
        return node_ || std::binary_search(organisations_.begin(), organisations_.end(), organisation);
    }
    [[nodiscard]] bool sees_node() const { return node_; }
    [[nodiscard]] const std::vector<OrganisationId>& organisations() const { return organisations_; }

    // " and COLUMN in (:..)" with the parameters appended, "" for the node, " and 1 = 0" for nothing. The one way to
    // put a scope into SQL.
    [[nodiscard]] std::string condition(std::string_view column, store::Params& params) const;

private:
    Scope(bool node, std::vector<OrganisationId> organisations) : node_(node), organisations_(std::move(organisations)) {
        std::sort(organisations_.begin(), organisations_.end());
    }
    bool node_ = false;
    std::vector<OrganisationId> organisations_;
};

// Whoever stands behind a request, after authentication.
struct Actor {
    std::string name;                          // as the audit chain writes it: "user:an", "token:web-01", "local:0"
    Role role = Role::reader;
    Scope scope = Scope::nothing();
    OrganisationId organisation;               // home; nil: the node's own
    std::optional<UserId> user;                // a person
    std::optional<SourceId> source;            // an ingest token's source
    std::string session;                       // hash of the session, for sign-out; empty for tokens
    [[nodiscard]] bool may(std::string_view permission) const { return allows(role, permission); }
};

// An organisation with all organisations below it: handed in by the server, which has the directory.
using Descendants = std::function<std::vector<OrganisationId>(const OrganisationId&)>;

}  // namespace vg::access

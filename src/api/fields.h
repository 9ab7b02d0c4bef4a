// Small helpers that the resources share: texts of schemas, times and ids as JSON, writing with a reload of the
// directory. Room-internal.
#pragma once

#include <optional>
#include <string>

#include "api/api.h"
#include "base/time.h"

namespace vg::api {

inline json::Value time_value(Time time) { return to_rfc3339(time); }
inline json::Value time_value(const std::optional<Time>& time) { return time ? json::Value{to_rfc3339(*time)} : json::Value{}; }

template <class Tag>
json::Value id_value(const std::optional<Id<Tag>>& id) {
    return id ? json::Value{id->text()} : json::Value{};
}
// Nil stands for the node itself and is null outside.
template <class Tag>
json::Value id_value(const Id<Tag>& id) {
    return id.is_nil() ? json::Value{} : json::Value{id.text()};
}

// An id in the body; the schema has checked its form.
template <class Tag>
Result<std::optional<Id<Tag>>> id_member(const json::Value& body, std::string_view name) {
    const auto text = body.text(name);
    if (!text) return std::nullopt;
    return std::optional{TRY_IN("field " + std::string{name} + ": ", Id<Tag>::parse(*text))};
}

// The organisation that a new thing belongs to: the one asked for, else the actor's own, else the node's root. It must
// be within the actor's scope; one that is not is said not to exist.
Result<OrganisationId> organisation_for(Ask& ask, store::Transaction& tx, const std::optional<OrganisationId>& wanted);

}  // namespace vg::api

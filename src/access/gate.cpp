// Who stands behind a request that carries a session or a token. On the way of every request, so: one indexed read.
#include "access/gate.h"

#include "access/rows.h"
#include "base/bytes.h"
#include "base/log.h"

namespace vg::access {

namespace {

// How exactly "last used" is kept: more often would be a commit a request.
constexpr Span kTouch = minutes(1);
constexpr std::size_t kMostTouched = 10'000;  // remembered; forgotten all at once
constexpr std::size_t kTokenLength = 3 + 43;
constexpr std::size_t kSessionLength = 43;

auto unknown() { return fail(Code::denied, "not signed in: the session or token is unknown or has ended"); }

}  // namespace

void Gate::touch(std::string_view sql, const std::string& hash, Time now) {
    {
        const std::lock_guard lock{mutex_};
        if (touched_.size() >= kMostTouched) touched_.clear();
        const auto [known, fresh] = touched_.try_emplace(hash, now);
        if (!fresh && known->second <= now && now < known->second + kTouch) return;
        known->second = now;
    }
    // A state that cannot be written (a full disk) keeps nobody out.
    const Status noted = state_.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run(sql, {now.micros, hash}));
        return {};
    });
    if (!noted) log::warn("the last use of a session or token could not be noted", {{"reason", noted.error().text}});
}

Result<Actor> Gate::session(std::string_view secret, Time now) {
    if (secret.size() != kSessionLength) return unknown();
    const std::string hash = sha256_hex(secret);
    struct Found {
        std::string user, name, role, organisation;
        Time created, used;
    };
    const std::optional<Found> found = TRY(state_.read([&](store::Transaction& tx) -> Result<std::optional<Found>> {
        auto row = TRY((tx.first<std::string, std::string, std::string, std::string, std::int64_t, std::int64_t>(
            "select u.id, u.name, u.role, u.organisation, s.created, s.used from access_session s join access_user u on u.id = s.user_id "
            "where s.hash = :a and u.disabled = 0",
            {hash})));
        if (!row) return std::nullopt;
        auto& [user, name, role, organisation, created, used] = *row;
        return Found{std::move(user), std::move(name), std::move(role), std::move(organisation), {created}, {used}};
    }));
    if (!found || found->used + kSessionIdle <= now || found->created + kSessionLongest <= now) return unknown();
    const std::optional<Role> role = role_named(found->role);
    if (!role) return unknown();
    if (found->used + kTouch <= now) touch("update access_session set used = :a where hash = :b", hash, now);

    Actor actor{.name = "user:" + found->name, .role = *role, .organisation = TRY(OrganisationId::parse(found->organisation)),
                .user = TRY(UserId::parse(found->user)), .session = hash};
    actor.scope = actor.organisation.is_nil() ? Scope::node() : Scope::of(descendants_(actor.organisation));
    return actor;
}

Result<Actor> Gate::token(std::string_view text, Time now) {
    if (text.size() != kTokenLength || !text.starts_with("vg_")) return unknown();
    const std::string hash = sha256_hex(text);
    using Int = std::optional<std::int64_t>;
    auto row = TRY(state_.read([&](store::Transaction& tx) {
        return tx.first<std::string, std::string, std::string, std::optional<std::string>, Int, Int>(
            "select name, role, organisation, source, expires, used from access_token where hash = :a and revoked is null", {hash});
    }));
    if (!row) return unknown();
    auto& [name, role_text, organisation, source, expires, used] = *row;
    const std::optional<Role> role = role_named(role_text);
    if (!role || (expires && *expires <= now.micros)) return unknown();
    if (!used || Time{*used} + kTouch <= now) touch("update access_token set used = :a where hash = :b", hash, now);

    Actor actor{.name = "token:" + name, .role = *role, .organisation = TRY(OrganisationId::parse(organisation))};
    if (source) actor.source = TRY(SourceId::parse(*source));
    actor.scope = actor.organisation.is_nil() ? Scope::node() : Scope::of(descendants_(actor.organisation));
    return actor;
}

}  // namespace vg::access

// Profiles that people keep: how the lists of one issuer look, beside those that are shipped.
#include <algorithm>
#include <utility>

#include "base/json.h"
#include "lists/tables.h"

namespace vg::lists {

namespace {

std::string_view text_of(const std::optional<DateOrder>& order) { return !order ? "" : *order == DateOrder::day_first ? "day-first" : "month-first"; }

}  // namespace

Result<std::vector<Profile>> own_profiles(store::Transaction& tx) {
    std::vector<Profile> found;
    const auto rows = TRY((tx.query<std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t>(
        "select name, title, title_vi, columns_json, zone, date_order, requires_json, version from list_profile order by name")));
    for (const auto& [name, title, title_vi, columns, zone, order, needed, version] : rows) {
        Profile profile{.name = name, .title = title, .title_vi = title_vi, .columns = {}, .zone = zone, .date_order = {}, .requires_ = {}, .shipped = false, .version = version};
        if (!order.empty()) profile.date_order = order == "day-first" ? DateOrder::day_first : DateOrder::month_first;
        const json::Value roles = TRY(json::parse(columns));
        if (roles.is_object())
            for (const auto& [header, role] : roles.as_object())
                if (const auto known = role.is_text() ? role_named(role.as_text()) : std::nullopt) profile.columns[header] = *known;
        const json::Value headers = TRY(json::parse(needed));
        if (headers.is_array())
            for (const json::Value& header : headers.as_array())
                if (header.is_text()) profile.requires_.push_back(header.as_text());
        found.push_back(std::move(profile));
    }
    return found;
}

Status put_profile(store::Transaction& tx, const Profile& profile, std::string_view by, Time now) {
    json::Value columns{json::Object{}};
    for (const auto& [header, role] : profile.columns) columns.set(header, name_of(role));
    json::Array needed;
    for (const std::string& header : profile.requires_) needed.emplace_back(header);
    TRY(tx.run("insert into list_profile (name, title, title_vi, columns_json, zone, date_order, requires_json, version, changed, changed_by) values (:a, :b, :c, :d, :e, :f, :g, 1, :h, :i) "
               "on conflict (name) do update set title = excluded.title, title_vi = excluded.title_vi, columns_json = excluded.columns_json, zone = excluded.zone, date_order = excluded.date_order, "
               "requires_json = excluded.requires_json, version = list_profile.version + 1, changed = excluded.changed, changed_by = excluded.changed_by",
               {profile.name, profile.title, profile.title_vi, columns.dump(), profile.zone, text_of(profile.date_order), json::Value{std::move(needed)}.dump(), now.micros, by}));
    return {};
}

Result<bool> remove_profile(store::Transaction& tx, std::string_view name) { return TRY(tx.run("delete from list_profile where name = :n", {name})) > 0; }

std::vector<Profile> together(std::span<const Profile> shipped, std::vector<Profile> own) {
    for (const Profile& profile : shipped)
        if (std::none_of(own.begin(), own.end(), [&](const Profile& one) { return one.name == profile.name; })) own.push_back(profile);
    std::sort(own.begin(), own.end(), [](const Profile& a, const Profile& b) { return a.name < b.name; });
    return own;
}

}  // namespace vg::lists

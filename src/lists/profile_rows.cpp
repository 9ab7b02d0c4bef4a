// Profiles that people keep: how the lists of one issuer look, beside those that are shipped.
#include <algorithm>
#include <utility>

#include "base/json.h"
#include "lists/tables.h"

namespace vg::lists {

namespace {

std::string_view text_of(const std::optional<DateOrder>& order) { return !order ? "" : *order == DateOrder::day_first ? "day-first" : "month-first"; }

std::string json_of(const std::vector<std::string>& texts) {
    json::Array out;
    for (const std::string& text : texts) out.emplace_back(text);
    return json::Value{std::move(out)}.dump();
}

Result<std::vector<std::string>> texts_in(const std::string& text) {
    std::vector<std::string> out;
    const json::Value list = TRY(json::parse(text));
    if (list.is_array())
        for (const json::Value& one : list.as_array())
            if (one.is_text()) out.push_back(one.as_text());
    return out;
}

}  // namespace

Result<std::vector<Profile>> own_profiles(store::Transaction& tx) {
    std::vector<Profile> found;
    using Text = std::string;
    using Int = std::int64_t;
    const auto rows = TRY((tx.query<Text, Text, Text, Text, Text, Text, Text, Text, Int, Text, Int>(
        "select name, title, title_vi, columns_json, zone, date_order, requires_json, file_words_json, keeps_others, report, version from list_profile order by name")));
    for (const auto& [name, title, title_vi, columns, zone, order, needed, words, keeps_others, report, version] : rows) {
        Profile profile;
        profile.name = name, profile.title = title, profile.title_vi = title_vi, profile.zone = zone, profile.report = report;
        profile.keeps_others = keeps_others != 0;
        profile.version = version;
        if (!order.empty()) profile.date_order = order == "day-first" ? DateOrder::day_first : DateOrder::month_first;
        const json::Value roles = TRY(json::parse(columns));
        if (roles.is_object())
            for (const auto& [header, role] : roles.as_object())
                if (const auto known = role.is_text() ? role_named(role.as_text()) : std::nullopt) profile.columns[header] = *known;
        profile.requires_ = TRY(texts_in(needed));
        profile.file_words = TRY(texts_in(words));
        found.push_back(std::move(profile));
    }
    return found;
}

Status put_profile(store::Transaction& tx, const Profile& profile, std::string_view by, Time now) {
    json::Value columns{json::Object{}};
    for (const auto& [header, role] : profile.columns) columns.set(header, name_of(role));
    TRY(tx.run("insert into list_profile (name, title, title_vi, columns_json, zone, date_order, requires_json, file_words_json, keeps_others, report, version, changed, changed_by) "
               "values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, 1, :k, :l) "
               "on conflict (name) do update set title = excluded.title, title_vi = excluded.title_vi, columns_json = excluded.columns_json, zone = excluded.zone, date_order = excluded.date_order, "
               "requires_json = excluded.requires_json, file_words_json = excluded.file_words_json, keeps_others = excluded.keeps_others, report = excluded.report, version = list_profile.version + 1, "
               "changed = excluded.changed, changed_by = excluded.changed_by",
               {profile.name, profile.title, profile.title_vi, columns.dump(), profile.zone, text_of(profile.date_order), json_of(profile.requires_), json_of(profile.file_words), profile.keeps_others, profile.report, now.micros, by}));
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

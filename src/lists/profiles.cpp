#include "lists/profiles.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "base/yaml.h"

namespace vg::lists {

namespace {

std::string folded_alternatives(std::string_view text) {
    std::string out;
    for (const std::string_view one : split(text, '|')) {
        if (!out.empty()) out.push_back('|');
        out += fold_header(one);
    }
    return out;
}

Result<std::vector<std::string>> texts_of(const json::Value& document, std::string_view name) {
    std::vector<std::string> texts;
    const json::Value* found = document.find(name);
    if (found == nullptr) return texts;
    if (!found->is_array()) return fail(Code::bad_input, format("{}: a list of texts is needed", name));
    for (const json::Value& one : found->as_array()) {
        if (!one.is_text()) return fail(Code::bad_input, format("{}: a list of texts is needed", name));
        texts.push_back(one.as_text());
    }
    return texts;
}

Status add_columns(const json::Value& document, Profile& profile) {
    const json::Value* columns = document.find("columns");
    if (columns == nullptr || !columns->is_object()) return fail(Code::bad_input, "columns: roles with their headers are needed, such as victim: [ip]");
    for (const auto& [role_name, headers] : columns->as_object()) {
        const auto role = role_named(role_name);
        if (!role) {
            std::vector<std::string> names;
            for (std::size_t i = 0; i < kRoles; ++i) names.emplace_back(name_of(static_cast<Role>(i)));
            const auto near = nearest(role_name, names);
            return fail(Code::bad_input, format("columns: there is no role \"{}\"{}", shorten(role_name, 60), near ? format("; \"{}\" is one", *near) : std::string{}));
        }
        const std::vector<std::string> texts = TRY_IN("columns: ", texts_of(*columns, role_name));
        for (const std::string& header : texts) {
            const std::string key = fold_header(header);
            if (key.empty()) return fail(Code::bad_input, format("columns: {}: a header has no letter", role_name));
            const auto [at, is_new] = profile.columns.emplace(key, *role);
            if (is_new) profile.first.push_back(key);
            if (!is_new && at->second != *role) return fail(Code::bad_input, format("columns: \"{}\" is {} and {}", key, name_of(at->second), role_name));
        }
    }
    return {};
}

Result<Profile> profile_of(const json::Value& document) {
    static constexpr std::array<std::string_view, 10> kSettings{"name", "title", "title_vi", "columns", "zone", "date_order", "requires", "file_words", "keeps_others", "report"};
    if (!document.is_object()) return fail(Code::bad_input, "a profile has settings: name, columns and others");
    for (const auto& [name, value] : document.as_object())
        if (std::find(kSettings.begin(), kSettings.end(), name) == kSettings.end()) return fail(Code::bad_input, format("there is no setting \"{}\"", shorten(name, 60)));
    Profile profile{.name = document.text("name").value_or(""), .title = document.text("title").value_or(""), .title_vi = document.text("title_vi").value_or(""),
                    .zone = document.text("zone").value_or(""), .keeps_others = document.boolean("keeps_others").value_or(false), .report = document.text("report").value_or(""), .shipped = true};
    if (profile.name.empty() || profile.name == "none") return fail(Code::bad_input, "name: a name other than \"none\" is needed");
    if (!profile.zone.empty() && !is_zone(profile.zone)) return fail(Code::bad_input, format("zone: there is no time zone \"{}\"", shorten(profile.zone, 60)));
    if (const auto order = document.text("date_order")) {
        if (*order != "day-first" && *order != "month-first") return fail(Code::bad_input, "date_order: day-first or month-first");
        profile.date_order = *order == "day-first" ? DateOrder::day_first : DateOrder::month_first;
    }
    profile.requires_ = TRY(texts_of(document, "requires"));
    for (std::string& one : profile.requires_) one = folded_alternatives(one);
    profile.file_words = TRY(texts_of(document, "file_words"));
    for (std::string& one : profile.file_words) one = lower_ascii(one);
    TRY(add_columns(document, profile));
    return profile;
}

bool has(std::span<const std::string> keys, std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

bool fits(const Profile& profile, std::span<const std::string> keys, std::string_view file_name) {
    if (profile.requires_.empty()) return false;
    for (const std::string& needed : profile.requires_) {
        const auto alternatives = split(needed, '|');
        if (std::none_of(alternatives.begin(), alternatives.end(), [&](std::string_view one) { return has(keys, one); })) return false;
    }
    const auto named = [&](const std::string& word) { return file_name.find(word) != std::string_view::npos; };
    return profile.file_words.empty() || std::any_of(profile.file_words.begin(), profile.file_words.end(), named);
}

}  // namespace

Result<std::vector<Profile>> read_profiles(std::string_view file, std::string_view text) {
    std::vector<Profile> profiles;
    const auto documents = TRY_IN(format("{}: ", file), yaml::parse(text));
    for (const yaml::Document& document : documents) {
        Profile profile = TRY_IN(format("{}, line {}: ", file, document.line), profile_of(document.value));
        const auto same = [&](const Profile& one) { return one.name == profile.name; };
        if (std::any_of(profiles.begin(), profiles.end(), same)) return fail(Code::bad_input, format("{}: there are two profiles \"{}\"", file, profile.name));
        profiles.push_back(std::move(profile));
    }
    return profiles;
}

const Profile* fitting_profile(std::span<const Profile> profiles, std::span<const std::string> keys, std::string_view file_name) {
    const std::string name = lower_ascii(file_name);
    const Profile* best = nullptr;
    std::array<std::size_t, 4> best_score{};
    for (const Profile& profile : profiles) {
        if (!fits(profile, keys, name)) continue;
        std::size_t known = 0;
        for (const std::string& key : keys) known += profile.columns.contains(key) ? 1 : 0;
        const std::array<std::size_t, 4> score{profile.shipped ? 0U : 1U, profile.file_words.empty() ? 0U : 1U, profile.requires_.size(), known};
        if (best != nullptr && score <= best_score) continue;
        best = &profile;
        best_score = score;
    }
    return best;
}

}  // namespace vg::lists

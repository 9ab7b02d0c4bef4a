#include "api/list_view.h"

#include <algorithm>

#include "api/csv.h"
#include "api/fields.h"
#include "base/text.h"

namespace vg::api {

Result<lists::Place> lists_place(Context& context) {
    if (context.disk == nullptr || context.originals.empty()) return fail(Code::unavailable, "this node keeps no lists");
    return lists::Place{context.state, *context.disk, context.originals};
}

lists::Attributor attributor_of(const Context& context) {
    lists::Attributor attributor;
    if (context.attribution) attributor.claims = context.attribution();
    if (context.facts != nullptr) attributor.names = context.facts->names();
    attributor.level = context.system_level;
    return attributor;
}

Result<std::vector<lists::Profile>> profiles_of(Context& context) {
    auto own = TRY(context.state.read([](store::Transaction& tx) { return lists::own_profiles(tx); }));
    const auto shipped = context.list_profiles ? context.list_profiles() : nullptr;
    if (!shipped) return own;
    return lists::together(*shipped, std::move(own));
}

std::string organisation_name(const Context& context, const OrganisationId& id) {
    const auto directory = context.directory();
    const directory::Organisation* known = directory == nullptr ? nullptr : directory->organisation(id);
    return known == nullptr ? "" : known->name;
}

json::Value organisation_value(const Context& context, const std::optional<OrganisationId>& id) {
    if (!id) return {};
    return json::object({{"id", id->text()}, {"name", organisation_name(context, *id)}});
}

json::Value counts_value(const lists::Counts& counts, const access::Scope& scope) {
    if (!scope.sees_node()) return json::object({{"owner", counts.owner}});
    return json::object({{"owner", counts.owner}, {"conflict", counts.conflict}, {"gap", counts.gap}, {"nobody", counts.nobody}});
}

json::Value list_value(const lists::List& list, const access::Scope& scope) {
    json::Value out = json::object({{"id", list.id.text()},
                                    {"name", list.name},
                                    {"form", list.form},
                                    {"letter", json::object({{"issuer", list.letter.issuer}, {"number", list.letter.number}, {"date", list.letter.date}, {"subject", list.letter.subject}, {"urgency", list.letter.urgency}})},
                                    {"series", list.series},
                                    {"family", list.family},
                                    {"profile", list.profile},
                                    {"zone", list.zone},
                                    {"kept", time_value(list.kept)},
                                    {"place", time_value(list.place)}});
    if (!scope.sees_node()) return out;
    out.set("from", time_value(list.from)).set("until", time_value(list.until)).set("sha256", list.sha256).set("bytes", list.bytes).set("by", list.by).set("indicators", list.indicators);
    out.set("same_as", list.same_as ? json::Value{list.same_as->text()} : json::Value{});
    out.set("counts", json::object({{"read", list.read}, {"accepted", list.accepted}, {"duplicate", list.duplicate}, {"rejected", list.rejected}, {"records", list.records}, {"victims", list.victims}}));
    return out;
}

json::Value list_reference(const lists::List& list) {
    return json::object({{"id", list.id.text()}, {"name", list.name}, {"number", list.letter.number}, {"issuer", list.letter.issuer}, {"date", list.letter.date}, {"kept", time_value(list.kept)}});
}

json::Value profile_value(const lists::Profile& profile) {
    json::Value columns{json::Object{}};
    for (const auto& [header, role] : profile.columns) columns.set(header, name_of(role));
    json::Array needed;
    for (const std::string& header : profile.requires_) needed.emplace_back(header);
    json::Array words;
    for (const std::string& word : profile.file_words) words.emplace_back(word);
    return json::object({{"name", profile.name},
                         {"title", profile.title},
                         {"title_vi", profile.title_vi},
                         {"columns", std::move(columns)},
                         {"zone", profile.zone},
                         {"date_order", !profile.date_order ? json::Value{} : json::Value{*profile.date_order == lists::DateOrder::day_first ? "day-first" : "month-first"}},
                         {"requires", std::move(needed)},
                         {"file_words", std::move(words)},
                         {"keeps_others", profile.keeps_others},
                         {"report", profile.report},
                         {"shipped", profile.shipped},
                         {"version", profile.version}});
}

Result<std::map<std::string, lists::Role>> columns_of(const json::Value& body) {
    std::map<std::string, lists::Role> columns;
    if (const json::Value* given = body.find("columns"); given != nullptr && given->is_object())
        for (const auto& [header, role] : given->as_object()) {
            const auto known = role.is_text() ? lists::role_named(role.as_text()) : std::nullopt;
            if (!known) return fail(Code::bad_input, format("field columns: {} is no role of a column", role.is_text() ? shorten(role.as_text(), 64) : "that"));
            columns[lists::fold_header(header)] = *known;
        }
    return columns;
}

Result<lists::Profile> profile_of(std::string_view name, const json::Value& body) {
    lists::Profile profile;
    profile.name = name;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'; });
    if (name.empty() || name.size() > 64 || !plain || name == "none") return fail(Code::bad_input, "field name: has 1 to 64 of the letters a to z, digits, '-', '_' and '.'");
    profile.title = body.text("title").value_or(std::string{name});
    profile.title_vi = body.text("title_vi").value_or(profile.title);
    profile.columns = TRY(columns_of(body));
    profile.zone = body.text("zone").value_or("");
    if (!profile.zone.empty() && !is_zone(profile.zone)) return fail(Code::bad_input, "field zone: must be an IANA zone such as Asia/Ho_Chi_Minh");
    if (const auto order = body.text("date_order")) profile.date_order = *order == "day-first" ? lists::DateOrder::day_first : lists::DateOrder::month_first;
    if (const json::Value* needed = body.find("requires"); needed != nullptr && needed->is_array())
        for (const json::Value& header : needed->as_array())
            if (header.is_text()) profile.requires_.push_back(lists::fold_header(header.as_text()));
    if (const json::Value* words = body.find("file_words"); words != nullptr && words->is_array())
        for (const json::Value& word : words->as_array())
            if (word.is_text()) profile.file_words.push_back(word.as_text());
    profile.keeps_others = body.boolean("keeps_others").value_or(false);
    profile.report = body.text("report").value_or("");
    return profile;
}

std::string rejected_head() { return "line,column,reason,cells as written\r\n"; }

void rejected_row(std::string& out, const lists::RowView& row) {
    std::vector<std::string> cells{std::to_string(row.line), std::to_string(row.column + 1), row.reason};
    cells.insert(cells.end(), row.cells.begin(), row.cells.end());
    out += csv_line(cells);
}

}  // namespace vg::api

// Drafts as whoever keeps them wants them.
#include "base/text.h"
#include "base/time.h"
#include "reports/forms.h"

namespace vg::reports {

namespace {

json::Value texts(const std::map<std::string, std::string>& values) {
    json::Value out = json::object({});
    for (const auto& [name, text] : values) out.set(name, text);
    return out;
}

std::map<std::string, std::string> texts_of(const json::Value& value, std::string_view name) {
    std::map<std::string, std::string> out;
    if (const json::Value* found = value.find(name); found != nullptr && found->is_object())
        for (const auto& [key, text] : found->as_object())
            if (text.is_text()) out[key] = text.as_text();
    return out;
}

json::Value list(const std::vector<std::string>& values) {
    json::Value out{json::Array{}};
    for (const std::string& text : values) out.add(text);
    return out;
}

std::vector<std::string> list_of(const json::Value& value, std::string_view name) {
    std::vector<std::string> out;
    if (const json::Value* found = value.find(name); found != nullptr && found->is_array())
        for (const json::Value& one : found->as_array())
            if (one.is_text()) out.push_back(one.as_text());
    return out;
}

json::Value when(const std::optional<Time>& time) { return time ? json::Value{time->micros} : json::Value{}; }
std::optional<Time> when_of(const json::Value& value, std::string_view name) {
    const auto micros = value.integer(name);
    return micros ? std::optional{Time{*micros}} : std::nullopt;
}

const json::Array& rows_in(const json::Value& value, std::string_view name) {
    static const json::Array none;
    const json::Value* found = value.find(name);
    return found != nullptr && found->is_array() ? found->as_array() : none;
}

}  // namespace

json::Value to_json(const Draft& draft) {
    json::Value out = json::object({{"form", draft.form}, {"regime", draft.regime}, {"organisation", draft.organisation.text()}, {"from", when(draft.from)}, {"until", when(draft.until)}, {"list", draft.list}, {"made", draft.made.micros}, {"decided", draft.decided.micros},
                                    {"lapsed", draft.lapsed}, {"facts", texts(draft.facts)}, {"changed", texts(draft.changed)}, {"words", texts(draft.words)}, {"rows_left_out", draft.rows_left_out}, {"left_out", draft.left_out},
                                    {"addressees", list(draft.addressees)}, {"mail_subject", draft.mail_subject}});
    if (draft.of) out.set("case", draft.of->text());
    json::Value tables = json::object({}), figures{json::Array{}}, missing{json::Array{}};
    for (const auto& [name, rows] : draft.tables) {
        json::Value all{json::Array{}};
        for (const DraftRow& row : rows) all.add(json::object({{"key", row.key}, {"cells", list(row.cells)}}));
        tables.set(name, std::move(all));
    }
    for (const Figure& one : draft.figures) figures.add(json::object({{"name", one.name}, {"value", one.value}, {"query", one.query}, {"ids", list(one.ids)}, {"all_ids", one.all_ids}}));
    for (const Missing& one : draft.missing) missing.add(json::object({{"field", one.field}, {"label", one.label}, {"label_vi", one.label_vi}, {"remedy", one.remedy}, {"remedy_vi", one.remedy_vi}}));
    out.set("tables", std::move(tables));
    out.set("figures", std::move(figures));
    out.set("missing", std::move(missing));
    return out;
}

Result<Draft> draft_of(const json::Value& value) {
    Draft out;
    out.form = value.text("form").value_or("");
    if (out.form.empty()) return fail(Code::corrupt, "a draft names no form");
    out.regime = value.text("regime").value_or("");
    out.organisation = TRY(OrganisationId::parse(value.text("organisation").value_or("")));
    if (const auto id = value.text("case")) out.of = TRY(cases::CaseId::parse(*id));
    out.from = when_of(value, "from");
    out.until = when_of(value, "until");
    out.list = value.text("list").value_or("");
    out.made = when_of(value, "made").value_or(Time{});
    out.decided = when_of(value, "decided").value_or(Time{});
    out.lapsed = value.boolean("lapsed").value_or(false);
    out.facts = texts_of(value, "facts");
    out.changed = texts_of(value, "changed");
    out.words = texts_of(value, "words");
    out.rows_left_out = value.integer("rows_left_out").value_or(0);
    out.left_out = value.integer("left_out").value_or(0);
    out.addressees = list_of(value, "addressees");
    out.mail_subject = value.text("mail_subject").value_or("");
    if (const json::Value* tables = value.find("tables"); tables != nullptr && tables->is_object())
        for (const auto& [name, rows] : tables->as_object()) {
            std::vector<DraftRow>& all = out.tables[name];
            if (!rows.is_array()) continue;
            for (const json::Value& row : rows.as_array()) all.push_back({row.text("key").value_or(""), list_of(row, "cells")});
        }
    for (const json::Value& one : rows_in(value, "figures"))
        out.figures.push_back({.name = one.text("name").value_or(""), .value = one.integer("value").value_or(0), .query = one.text("query").value_or(""), .ids = list_of(one, "ids"), .all_ids = one.boolean("all_ids").value_or(true)});
    for (const json::Value& one : rows_in(value, "missing"))
        out.missing.push_back({.field = one.text("field").value_or(""), .label = one.text("label").value_or(""), .label_vi = one.text("label_vi").value_or(""), .remedy = one.text("remedy").value_or(""), .remedy_vi = one.text("remedy_vi").value_or("")});
    return out;
}

}  // namespace vg::reports

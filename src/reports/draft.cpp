// A draft: facts, a person's words over them, and what is still missing.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "reports/clean.h"
#include "reports/gather.h"
#include "reports/public_addresses.h"
#include "reports/template.h"

namespace vg::reports {

namespace {

constexpr std::size_t kMostChanges = 20'000;

// Where people put a fact right, by the beginning of its name.
struct Remedy {
    std::string_view prefix, en, vi;
};
constexpr Remedy kRemedies[] = {
    {"contact.", "Add such a contact of the organisation in the directory, or write it here", "Khai báo đầu mối của đơn vị trong danh bạ, hoặc ghi tại đây"},
    {"issuer.contact", "Add a contact of the agency in the directory, or write it here", "Khai báo đầu mối của cơ quan ban hành trong danh bạ, hoặc ghi tại đây"},
    {"system.", "Name the system at the organisation's address ranges and give its level, owner and operator in the directory, or write it here", "Khai báo hệ thống tại dải địa chỉ và cấp độ, chủ quản, đơn vị vận hành trong danh bạ, hoặc ghi tại đây"},
    {"list.", "Give number and day of the letter at the list, or write it here", "Bổ sung số, ngày văn bản tại danh sách, hoặc ghi tại đây"},
    {"case.", "Complete the case, or write it here", "Bổ sung hồ sơ sự cố, hoặc ghi tại đây"},
};

// The day whose words count: that of the case, or of the chosen regime's beginning.
Time day_of_words(const regime::Regime& regime, const std::string& chosen, Time decided) {
    if (chosen == regime.regime_of(decided)) return decided;
    std::optional<regime::Day> first;
    for (const regime::Clock& clock : regime.clocks())
        if (clock.regime == chosen && (!first || clock.valid.from < *first)) first = clock.valid.from;
    return first ? regime.begin_of(*first) : decided;
}

bool is_known_regime(const regime::Regime& regime, std::string_view name) {
    return std::any_of(regime.clocks().begin(), regime.clocks().end(), [&](const regime::Clock& clock) { return clock.regime == name; });
}

std::string addressees_of(const FormKind& kind, const Draft& draft, const regime::Regime& regime, Time now) {
    std::vector<std::string> names;
    const auto word = [&](const char* name) {
        const auto found = draft.words.find(name);
        return found == draft.words.end() ? std::string{} : found->second;
    };
    const auto others = kind.addressees_in.find(draft.regime);
    for (const std::string& role : others == kind.addressees_in.end() ? kind.addressees : others->second) {
        std::string name;
        if (role == "owner") name = word("system.owner");
        else if (role == "specialised-unit") name = word("system.specialised");
        else if (role == "list-issuer") name = word("list.issuer");
        else if (role == "organisation") name = word("organisation.name");
        else if (role == "parent") name = word("organisation.parent");
        // Whoever holds the office on the day of sending.
        else if (const regime::Authority* authority = regime.authority(role, now)) name = authority->name_vi;
        if (!name.empty() && name != word("issuer.name") && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : "\n") + name;
    return out;
}

Status check_choice(const FormField& field, std::string_view text) {
    const auto ticked = ticked_of(text);
    if (field.form == FieldForm::choice && ticked.size() > 1) return fail(Code::bad_input, format("field {}: takes one word", field.name));
    std::string words;
    for (const auto& [word, label] : field.choices) words += (words.empty() ? "" : ", ") + word;
    for (const Ticked& one : ticked)
        if (std::none_of(field.choices.begin(), field.choices.end(), [&](const auto& choice) { return choice.first == one.word; })) return fail(Code::bad_input, format("field {}: {} is none of {}", field.name, shorten(one.word, 64), words));
    return {};
}

// TABLE/ROW/COLUMN of the draft.
bool is_cell(const Draft& draft, const FormKind& kind, std::string_view name) {
    const auto parts = split(name, '/');
    if (parts.size() != 3) return false;
    const FormTable* table = kind.table(parts[0]);
    const auto rows = draft.tables.find(std::string{parts[0]});
    if (table == nullptr || rows == draft.tables.end()) return false;
    return std::any_of(table->columns.begin(), table->columns.end(), [&](const FormColumn& column) { return column.name == parts[2]; }) &&
           std::any_of(rows->second.begin(), rows->second.end(), [&](const DraftRow& row) { return row.key == parts[1]; });
}

}  // namespace

std::string Draft::value(std::string_view field) const {
    const std::string name{field};
    if (const auto found = changed.find(name); found != changed.end()) return found->second;
    const auto found = facts.find(name);
    return found == facts.end() ? std::string{} : found->second;
}

std::vector<Ticked> ticked_of(std::string_view value) {
    std::vector<Ticked> out;
    for (std::string_view part : split(value, ';')) {
        part = trim(part);
        if (part.empty()) continue;
        const std::size_t colon = part.find(':');
        out.push_back({std::string{trim(part.substr(0, colon))}, colon == std::string_view::npos ? "" : std::string{trim(part.substr(colon + 1))}});
    }
    return out;
}

std::string shown_value(const FormField& field, const std::string& value) {
    if (field.choices.empty()) return value;
    std::string out;
    for (const Ticked& one : ticked_of(value))
        for (const auto& [word, label] : field.choices)
            if (word == one.word) out += (out.empty() ? "" : "; ") + label + (one.text.empty() ? "" : " " + one.text);
    return out;
}

std::string expand(std::string_view text, const Draft& draft, std::string_view blank) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('{'), close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) return out += text;
        out += text.substr(0, open);
        const std::string name{text.substr(open + 1, close - open - 1)};
        std::string value = draft.value(name);
        if (value.empty())
            if (const auto word = draft.words.find(name); word != draft.words.end()) value = word->second;
        out += value.empty() ? std::string{blank} : value;
        text.remove_prefix(close + 1);
    }
    return out;
}

void renew(Draft& draft, const FormKind& kind) {
    draft.missing.clear();
    std::int64_t internal = 0;
    for (const FormField& field : kind.fields) {
        const std::string value = draft.value(field.name);
        public_only(clean(value), internal);
        if (!field.required || !trim(value).empty()) continue;
        Missing missing{.field = field.name, .label = field.label, .label_vi = field.label_vi, .remedy = field.remedy, .remedy_vi = field.remedy_vi};
        if (missing.remedy.empty()) {
            missing.remedy = "Write it here";
            missing.remedy_vi = "Ghi tại đây";
            for (const Remedy& remedy : kRemedies)
                if (field.fact.starts_with(remedy.prefix)) {
                    missing.remedy = remedy.en;
                    missing.remedy_vi = remedy.vi;
                    break;
                }
        }
        draft.missing.push_back(std::move(missing));
    }
    for (const auto& [name, text] : draft.changed)
        if (kind.field(name) == nullptr) public_only(text, internal);
    for (const auto& [name, rows] : draft.tables)
        for (const DraftRow& row : rows)
            for (const std::string& cell : row.cells) public_only(clean(cell), internal);
    draft.left_out = draft.rows_left_out + internal;
    draft.addressees.clear();
    const std::string to = draft.value("head.addressees");
    for (const std::string_view line : split(to, '\n'))
        if (!trim(line).empty()) draft.addressees.emplace_back(trim(line));
    std::int64_t ignored = 0;
    draft.mail_subject = std::string{kind.tbsc ? "[TBSC] " : ""} + public_only(clean(subject_of(kind, draft), false), ignored);
}

std::string subject_of(const FormKind& kind, const Draft& draft) {
    const auto seen = draft.tables.find("seen");
    if (kind.field("subject.none") != nullptr && seen != draft.tables.end() && seen->second.empty()) return draft.value("subject.none");
    return draft.value("subject");
}

Result<Draft> draft(store::Transaction& tx, const access::Scope& scope, const FormKind& kind, const FormAbout& about, const regime::Regime& regime, Time now) {
    const Ask ask{.tx = tx, .scope = scope, .regime = regime, .now = now};
    if (!about.regime.empty() && !is_known_regime(regime, about.regime)) return fail(Code::bad_input, format("field regime: {} is unknown", shorten(about.regime, 64)));
    FormAbout whose = about;
    Gathered found;
    switch (kind.source) {
        case FormSource::incident: TRY(kind.of_list && !about.of ? gather_answers(ask, whose, found) : gather_case(ask, whose, found)); break;
        case FormSource::organisation: {
            // The one above it writes, where that is in scope.
            if (!whose.issuer && whose.organisation) {
                const auto organisation = TRY_IN("field organisation: ", directory::Directory::find(tx, scope, *whose.organisation));
                if (organisation.parent && scope.sees(*organisation.parent)) whose.issuer = organisation.parent;
            }
            TRY(gather_seen(ask, whose, found));
            break;
        }
        case FormSource::period: TRY(gather_figures(ask, whose, found)); break;
    }
    Draft out;
    out.form = kind.code;
    out.of = about.of;
    out.organisation = found.organisation;
    out.from = about.from;
    out.until = about.until;
    out.list = found.list;
    out.made = now;
    out.decided = found.decided;
    out.regime = about.regime.empty() ? regime.regime_of(found.decided) : about.regime;
    const Time words_of = day_of_words(regime, out.regime, found.decided);
    // A form of a law that has ended: by the day of the incident, or by the regime that a person chose.
    out.lapsed = kind.valid.until && !(regime.day_of(words_of) < *kind.valid.until);
    out.words = std::move(found.words);
    out.words["now.date"] = day_text(now);
    out.words["now.time"] = moment_text(now);
    for (const char* key : {"security", "security-short"})
        if (const regime::Term* term = regime.term(key, words_of)) out.words[key] = term->vi;
    out.words["addressees"] = addressees_of(kind, out, regime, now);
    out.figures = std::move(found.figures);
    out.rows_left_out = found.left_out;
    for (const FormTable& table : kind.tables) {
        std::vector<DraftRow>& rows = out.tables[table.name];
        for (const GatheredRow& row : found.rows[table.name]) {
            DraftRow& cells = rows.emplace_back();
            cells.key = row.key;
            for (const FormColumn& column : table.columns) {
                const auto cell = row.cells.find(column.name);
                cells.cells.push_back(cell == row.cells.end() ? "" : cell->second);
            }
        }
    }
    for (const FormField& field : kind.fields) {
        const auto fact = out.words.find(field.fact);
        std::string value = field.fact.empty() || fact == out.words.end() ? "" : fact->second;
        if (value.empty() && !field.preset.empty()) value = expand(field.preset, out);
        if (!value.empty()) out.facts[field.name] = std::move(value);
    }
    renew(out, kind);
    return out;
}

Status set_field(Draft& draft, const FormKind& kind, std::string_view name, std::string_view text) {
    const FormField* field = kind.field(name);
    if (field == nullptr && !is_cell(draft, kind, name)) return fail(Code::bad_input, format("field {}: this form has no such field", shorten(to_valid_utf8(name), 100)));
    if (text.size() > kMostText) return fail(Code::too_large, format("field {}: is longer than {} bytes", name, kMostText));
    const std::string key{name}, value{trim(clean(text, field == nullptr || field->form == FieldForm::text))};
    if (field != nullptr && !field->choices.empty()) TRY(check_choice(*field, value));
    if (name == "head.date" && !value.empty() && !day_named(value)) return fail(Code::bad_input, format("field {}: is no day such as 17/04/2024", name));
    if (draft.changed.size() >= kMostChanges && !draft.changed.contains(key)) return fail(Code::too_large, "too many fields were changed by hand");
    if (value.empty()) draft.changed.erase(key);
    else draft.changed[key] = value;
    renew(draft, kind);
    return {};
}

std::optional<Time> day_named(std::string_view text) {
    const auto parts = split(trim(text), '/');
    if (parts.size() != 3) return std::nullopt;
    const auto day = parse_int(parts[0]), month = parse_int(parts[1]), year = parse_int(parts[2]);
    if (!day || !month || !year || *year < 1945 || *year > 9999 || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
    return from_civil({.year = static_cast<int>(*year), .month = static_cast<int>(*month), .day = static_cast<int>(*day)}, kZone);
}

}  // namespace vg::reports

// Forms: official papers as dated data (content/reports/*.yaml), filled from what stands in State, for a person to look through, change
// and sign. Nothing here sends anything. A form that lapsed stays available and is labelled 'mẫu cũ'; words change with the regime.
//
//   const Forms forms = TRY(reports::load_forms(folder));
//   Draft draft = TRY(reports::draft(tx, scope, *forms.find("mau-03"), {.of = case_id}, regime, now));
//   TRY(set_field(draft, *kind, "description", "..."));            // a person's word goes before the facts
//   if (draft.missing.empty()) const Document document = TRY(reports::lay_out(*kind, draft));
//
// PUBLIC ADDRESSES ONLY: internal ones (public_addresses.h) never come into a Document, whoever wrote them; `left_out` counts them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "cases/cases.h"
#include "regime/regime.h"
#include "reports/document.h"
#include "store/state.h"

namespace vg::reports {

enum class FieldForm : std::uint8_t {
    line,     // one line
    text,     // several
    choice,   // one of `choices`
    choices,  // any of them, with "; " between; "other: ..." gives the words of the last
};
struct FormField {
    std::string name;                // "reporter.name"
    std::string label, label_vi;
    FieldForm form = FieldForm::line;
    bool required = false;
    std::vector<std::pair<std::string, std::string>> choices;  // word and Vietnamese text
    std::string fact;                // where it comes from; empty: a person writes it
    std::string preset;              // what it says when there is no such fact; a template as the layout's texts are
    std::string remedy, remedy_vi;   // what to do while it is missing
    bool once = false;               // known when it is signed, such as number and date
};
struct FormColumn {
    std::string name, head_vi, head;
    double width = 1;
    Align align = Align::left;
};
struct FormTable {
    std::string name;                // which rows: "items", "kinds", "numbers"...
    std::vector<FormColumn> columns;
    bool total = false;
};
// What a form is filled from.
enum class FormSource : std::uint8_t {
    incident,      // a case
    organisation,  // an organisation, and a period or a list
    period,        // the organisation and all below it, and a period
};
std::string_view name_of(FormSource source);

struct FormKind {
    std::string code;                // "mau-03"
    std::string title, title_vi;
    std::string basis;               // the rule that it stands in
    std::string mark;                // "Mẫu số 03": printed in the corner
    std::string regime;              // "vn-2017"; empty: of all
    regime::Validity valid;          // of the rule
    std::string heading, heading_subject;  // above the body; a letter has none. Templates
    bool pending = false;            // the official form has not been published
    bool letter = false;             // công văn: no title, and "V/v"
    bool tbsc = false;               // the mail's subject begins with [TBSC]
    FormSource source = FormSource::incident;
    bool of_list = false;            // of an incident: also of an organisation, all below it, and a list that names them
    std::vector<std::string> satisfies;   // words of regime::Clock::satisfied_by
    std::vector<std::string> addressees;  // roles: "national-coordinator", "owner"...
    std::map<std::string, std::vector<std::string>> addressees_in;  // of a regime, where they are others
    std::vector<FormField> fields;
    std::vector<FormTable> tables;
    json::Value layout;              // blocks of the body, as the file has them
    bool checked = false;            // held against the official text
    [[nodiscard]] const FormField* field(std::string_view name) const;
    [[nodiscard]] const FormTable* table(std::string_view name) const;
};

class Forms {
public:
    // By file name. Errors name the file and the field.
    static Result<Forms> read(const std::map<std::string, std::string>& files);
    [[nodiscard]] const FormKind* find(std::string_view code) const;
    [[nodiscard]] const std::vector<FormKind>& all() const { return kinds_; }

private:
    std::vector<FormKind> kinds_;    // by code
};
// The folder content/reports. Errors: unavailable, bad_input.
Result<Forms> load_forms(const std::filesystem::path& folder);

// What a paper is about. Of an incident the case (or organisation and list, where the form is `of_list`); of the others the
// organisation and from/until, or the list.
struct FormAbout {
    std::optional<cases::CaseId> of;
    std::optional<OrganisationId> organisation;
    std::optional<OrganisationId> issuer;  // who writes, when it is another
    std::optional<Time> from, until; // until is the first moment behind the period
    std::string list;                // id of the list of victims that is answered or told about; empty: the newest that named an item of the case
    std::string regime;              // a person's choice instead of the day's
};

struct Missing {
    std::string field, label, label_vi, remedy, remedy_vi;
};
// A number, and the question whose rows it counts.
struct Figure {
    std::string name;                // as it is written in the tables: "kinds/malware/count"
    std::int64_t value = 0;
    std::string query;               // SQL with its parameters written out, for people
    std::vector<std::string> ids;    // of the rows; the first kMostIds
    bool all_ids = true;             // false: there are more
};
inline constexpr std::size_t kMostIds = 10'000;

struct DraftRow {
    std::string key;                 // stays the same when the draft is made anew: an item's id, a kind of incident
    std::vector<std::string> cells;  // as many as the table has columns
};
struct Draft {
    std::string form;
    std::string regime;
    std::optional<cases::CaseId> of;
    OrganisationId organisation;     // whose paper it is
    std::optional<Time> from, until;
    std::string list;
    Time made;
    Time decided;                    // the day that decides about regime and words
    bool lapsed = false;             // 'mẫu cũ'
    std::map<std::string, std::string> facts;    // by field, from State
    std::map<std::string, std::string> changed;  // by field, or TABLE/ROW/COLUMN, as a person says
    std::map<std::string, std::vector<DraftRow>> tables;
    std::map<std::string, std::string> words;    // for templates: "security", "case.title", "count.all"...
    std::vector<Figure> figures;
    std::vector<Missing> missing;    // mandatory and empty; made by draft() and set_field()
    std::int64_t rows_left_out = 0;  // rows that would have named an internal address
    std::int64_t left_out = 0;       // internal addresses, those rows among them
    std::vector<std::string> addressees;
    std::string mail_subject;

    [[nodiscard]] std::string value(std::string_view field) const;  // changed, else the fact, else ""
};

Result<Draft> draft(store::Transaction& tx, const access::Scope& scope, const FormKind& kind, const FormAbout& about, const regime::Regime& regime, Time now);
// A person's word for a field, or for a cell by TABLE/ROW/COLUMN. Empty text: the fact's again. Code::bad_input begins with "field NAME: ".
Status set_field(Draft& draft, const FormKind& kind, std::string_view name, std::string_view text);
// Also of a draft with missing fields: dots stand in their place.
Result<Document> lay_out(const FormKind& kind, const Draft& draft);

// For whoever keeps drafts.
json::Value to_json(const Draft& draft);
Result<Draft> draft_of(const json::Value& value);

}  // namespace vg::reports

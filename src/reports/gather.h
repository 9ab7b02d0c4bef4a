// What stands in State about what a paper is of: words for fields and templates, rows for tables, numbers with the question that they come
// from. Room-internal, for draft.cpp.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reports/forms.h"

namespace vg::reports {

inline constexpr std::string_view kZone = "Asia/Ho_Chi_Minh";

// A row by the names of columns; those that a table does not have are not looked at.
struct GatheredRow {
    std::string key;
    std::map<std::string, std::string> cells;
};
using GatheredRows = std::vector<GatheredRow>;

struct Gathered {
    OrganisationId organisation;                     // whom it is about
    Time decided;                                    // by which the regime is chosen
    std::map<std::string, std::string> words;        // "case.title", "contact.phone"...
    std::map<std::string, GatheredRows> rows;        // by table
    std::vector<Figure> figures;
    std::int64_t left_out = 0;                       // rows that would have named an internal address
    std::string list;
};

// Where facts are asked.
struct Ask {
    store::Transaction& tx;
    const access::Scope& scope;
    const regime::Regime& regime;
    Time now;
};

// Each adds its words and rows.
Status gather_case(const Ask& ask, const FormAbout& about, Gathered& out);
Status gather_answers(const Ask& ask, const FormAbout& about, Gathered& out);       // of an organisation and all below it, to a list
Status gather_organisation(const Ask& ask, const FormAbout& about, Gathered& out);  // name, parent, contacts
Status gather_seen(const Ask& ask, const FormAbout& about, Gathered& out);          // of one organisation, by list or period
Status gather_figures(const Ask& ask, const FormAbout& about, Gathered& out);       // counts of a period

// "17/04/2024", "09:30 ngày 17/04/2024", "1.234".
std::string day_text(Time time);
std::string moment_text(Time time);
std::string number_text(std::int64_t number);

// The words that Mẫu 03 to 05 and letters use.
std::string_view kind_text(std::string_view kind);     // of incident: "Tấn công sử dụng mã độc"
std::string answer_text(const cases::Item& item);
std::string state_text(const cases::Item& item);

}  // namespace vg::reports

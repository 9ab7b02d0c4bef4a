// The nouns of the directory (range, system, asset, contact) are one implementation over the kinds of facts. A noun's file says
// which kind it is, which columns its lists have and which options its fields are.
#pragma once

#include <span>
#include <string_view>

#include "cli/ask.h"

namespace vg::cli {

// The first argument of `add` is the organisation; those behind it are the fields that the kind must have, in their order. An option
// with a field's name, - for _, is that field.
Result<int> add_fact(Call& call, std::string_view kind);
// Read here, sent piece by piece. 3 when a row was refused.
Result<int> import_facts(Call& call, std::string_view kind);
Result<int> list_facts(Call& call, std::string_view kind, std::span<const Column> columns);
Result<int> show_fact(Call& call);
Result<int> approve_fact(Call& call);
Result<int> refuse_fact(Call& call);
Result<int> withdraw_fact(Call& call);
Result<int> end_fact(Call& call);

// The id of an organisation that is named by its id or name.
Result<std::string> organisation_of(Call& call, const std::string& named);
// A day or time of an option, as RFC 3339; of `until`, a day is the last one.
Result<std::optional<std::string>> time_option(Call& call, std::string_view option);

// What `add` has beside the fields.
#define VG_FACT_ADD_OPTIONS                                                                                                              \
    {"from", "DAY", "true from this day on, such as 2024-01-31 or 31/01/2024", Need::required},                                          \
    {"until", "DAY", "the last day on which it is true; without it until further notice"},                                               \
    {"document", "TEXT", "that says so, such as 12/QĐ-STTTT", Need::required},                                                           \
    {"replaces", "NUMBER", "the fact that ends, or is withdrawn, when this one is approved"},                                            \
    {"zone", "ZONE", "of the days; Asia/Ho_Chi_Minh without"}

inline constexpr Option kFactImport[] = {
    {"document", "TEXT", "of rows that name none"},
    {"from", "DAY", "of rows that do not tell since when"},
    {"org", "ORG", "of rows that do not tell whose, by id or name"},
    {"column", "HEADER=FIELD", "what a column means; without FIELD it is passed over", Need::many},
    {"zone", "ZONE", "of days and times without one; Asia/Ho_Chi_Minh without"},
    {"create-organisations", "", "makes organisations that are missing, below your own"},
    {"dry-run", "", "says what would become of the rows, and keeps nothing"},
};
inline constexpr Option kFactList[] = {
    {"org", "ORG", "only of this organisation, by id or name"},
    {"state", "STATE", "proposed, approved or refused"},
    {"at", "TIME", "true at that day or time"},
    {"text", "TEXT", "stands in subject or names; accents do not count"},
    {"limit", "N", "at most so many"},
    {"zone", "ZONE", "of the day; Asia/Ho_Chi_Minh without"},
};
inline constexpr Option kFactApprove[] = {{"dry-run", "", "only tells which rows of kept lists would be somebody else's"}};
inline constexpr Option kFactRefuse[] = {{"reason", "TEXT", "is kept with it", Need::required}};
inline constexpr Option kFactEnd[] = {
    {"dry-run", "", "only tells which rows of kept lists would be somebody else's"},
    {"until", "DAY", "the last day on which it was true; before it began: it is withdrawn", Need::required},
    {"reason", "TEXT", "is kept with it", Need::required},
    {"zone", "ZONE", "of the day; Asia/Ho_Chi_Minh without"},
};
inline constexpr char kAboutImport[] = "Takes the rows of CSV, XLSX or JSON files; - is standard input. Exit code 3 when a row was refused.";
inline constexpr char kAboutApprove[] = "Approves what somebody else proposed.";
inline constexpr char kAboutRefuse[] = "Refuses a proposal.";
inline constexpr char kAboutWithdraw[] = "Takes back what you proposed yourself.";
inline constexpr char kAboutEnd[] = "Ends it: it stays visible, with its dates.";
inline constexpr char kAboutShow[] = "Shows one with all that is kept about it.";

}  // namespace vg::cli

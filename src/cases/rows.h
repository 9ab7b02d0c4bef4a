// How the tables of cases are read and written: shared by cases.cpp, items.cpp and placing.cpp. Room-internal.
#pragma once

#include <string>
#include <string_view>

#include "cases/cases.h"
#include "store/many.h"

namespace vg::cases {

inline constexpr std::size_t kMostText = 4'000;      // characters of a reason, comment or note
inline constexpr std::size_t kMostSubject = 512;

Result<std::vector<Case>> read_cases(store::Transaction& tx, const std::string& rest, const store::Params& params);
// Without the numbers of its items.
Result<std::vector<Case>> read_heads(store::Transaction& tx, const store::Many& wanted);
Result<std::vector<Item>> read_items(store::Transaction& tx, const store::Many& wanted);
Result<std::vector<Item>> read_items(store::Transaction& tx, const std::string& rest, const store::Params& params);

// Case and item are saved whole, with the next version; Code::conflict when `version` is another than the stored one.
Status check_version(std::optional<std::int64_t> wanted, std::int64_t stored);
Status save(store::Transaction& tx, Case& file);
Status save(store::Transaction& tx, Item& item);

// An entry of the timeline and the audit line beside it.
struct Told {
    std::string_view actor, kind, text;
    std::string item = {};
    json::Value details = {};
    bool audited = true;  // false: what brought it is audited itself, as a list of half a million rows is
};
Status tell(store::Transaction& tx, const Case& file, const Told& told, Time now);

// Trimmed, NFC, at most kMostText characters; "field NAME: " where it is longer.
Result<std::string> text_of(std::string_view name, std::string_view text);

// The open case about a matter: one that is about it, or that took such a one in (merging.cpp).
Result<std::optional<Case>> open_about(store::Transaction& tx, const OrganisationId& organisation, const std::string& matter);
// The matters of a case and of all that were merged into it, however deep (merging.cpp).
Result<std::vector<std::string>> matters_of(store::Transaction& tx, const Case& file);

Status insert(store::Transaction& tx, Case& file, Random& random, Time now);

// closed_by of what has left by leave(); such an item comes back when it is placed again.
inline constexpr std::string_view kDirectory = "directory";
bool has_left(const Item& item);

}  // namespace vg::cases

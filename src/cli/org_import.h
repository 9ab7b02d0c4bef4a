// `vonggac org import`: a table of organisations becomes organisations, and facts about their names, kinds and identifiers.
#pragma once

#include "cli/noun.h"

namespace vg::cli {

Result<int> import_organisations(Call& call);

inline constexpr Option kOrganisationImport[] = {
    {"document", "TEXT", "that says so, such as 12/QĐ-UBND", Need::required},
    {"from", "DAY", "the facts are true from this day on, such as 2024-01-31 or 31/01/2024", Need::required},
    {"parent", "ORG", "the organisation above those that name none; without it, your own"},
    {"zone", "ZONE", "of the day; Asia/Ho_Chi_Minh without"},
    {"dry-run", "", "says what would become of the rows, and keeps nothing"},
};

}  // namespace vg::cli

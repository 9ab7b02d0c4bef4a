// News of cases: what stands in their timelines and was told to nobody yet. Written with each entry that people outside the case may want
// to know of, in the same transaction; read and emptied by the node, which tells it (server/case_teller.h).
//
//   case_untold  one row for each such entry
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cases/cases.h"
#include "store/state.h"

namespace vg::cases {

// Whether an entry of that kind is news; what is merely seen once more, or was a reminder, is not.
bool is_news(std::string_view kind);

struct News {
    CaseId of;
    std::int64_t number = 0;       // of the entry within the case
    std::string kind;              // "opened", "answer", "relapsed"...
    Time time;
    OrganisationId organisation;   // of the case
    std::int64_t case_number = 0;
    std::string title;             // of the case
};
// The oldest first.
Result<std::vector<News>> untold(store::Transaction& tx, std::size_t limit);
// They were told, or there is nobody to be told.
Status mark_told(store::Transaction& tx, const std::vector<News>& news);

}  // namespace vg::cases

#include "cases/news.h"

#include <algorithm>
#include <array>

namespace vg::cases {

bool is_news(std::string_view kind) {
    constexpr std::array<std::string_view, 7> kNone{"seen", "reminded", "clock-told", "clock-moved", "circumstances", "refused", "task-changed"};
    return std::find(kNone.begin(), kNone.end(), kind) == kNone.end();
}

Result<std::vector<News>> untold(store::Transaction& tx, std::size_t limit) {
    std::vector<News> out;
    for (const auto& [of, number, kind, time, organisation, case_number, title] :
         TRY((tx.query<std::string, std::int64_t, std::string, std::int64_t, std::string, std::int64_t, std::string>(
             "select u.case_id, u.number, e.kind, e.time, c.organisation, c.number, c.title from case_untold u join case_entry e on e.case_id = u.case_id and e.number = u.number join case_file c on c.id = u.case_id order by e.time, u.case_id, u.number limit :l",
             {static_cast<std::int64_t>(limit)}))))
        out.push_back({TRY(CaseId::parse(of)), number, kind, {time}, TRY(OrganisationId::parse(organisation)), case_number, title});
    return out;
}

Status mark_told(store::Transaction& tx, const std::vector<News>& news) {
    for (const News& one : news) TRY(tx.run("delete from case_untold where case_id = :c and number = :n", {one.of.text(), one.number}));
    return {};
}

}  // namespace vg::cases

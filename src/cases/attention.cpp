#include "cases/attention.h"

#include "base/text.h"
#include "cases/clocks.h"

namespace vg::cases {

namespace {

struct Need {
    std::string_view name, items;  // condition on case_item
};
constexpr Need kNeeds[] = {
    {"relapses", "case_item.relapses > 0 and case_item.state <> 'closed'"},
    {"answers", "case_item.state = 'answered'"},
    {"proposals", "case_item.state = 'removed' and exists (select 1 from case_watch where case_watch.item = case_item.id and case_watch.proposed is not null and case_watch.removed = case_item.removed)"},
    {"returned", "case_item.state = 'open' and case_item.returned <> ''"},
};

}  // namespace

Result<Attention> attention(store::Transaction& tx, const access::Scope& scope, Time now) {
    Attention out;
    const auto count = [&](std::string_view name) -> Result<std::int64_t> {
        for (const Need& need : kNeeds) {
            if (need.name != name) continue;
            store::Params params;
            const std::string sql = format("select count(*) from case_item where {}{}", need.items, scope.condition("organisation", params));
            const auto row = TRY((tx.first<std::int64_t>(sql, params)));
            return row ? std::get<0>(*row) : 0;
        }
        return 0;
    };
    out.relapses = TRY(count("relapses"));
    out.answers = TRY(count("answers"));
    out.proposals = TRY(count("proposals"));
    out.returned = TRY(count("returned"));
    const auto clocks = TRY(count_clocks(tx, scope, now, now + kNearClock));
    out.overdue = clocks.first;
    out.near = clocks.second;
    return out;
}

std::optional<std::string> condition_of_need(std::string_view need, Time now, store::Params& params) {
    if (need == "clocks") {
        params.emplace_back((now + kNearClock).micros);
        return "exists (select 1 from case_clock where case_clock.case_id = case_file.id and case_clock.done is null and case_clock.due < :need_until)";
    }
    for (const Need& one : kNeeds)
        if (one.name == need) return format("exists (select 1 from case_item where case_item.case_id = case_file.id and {})", one.items);
    return std::nullopt;
}

}  // namespace vg::cases

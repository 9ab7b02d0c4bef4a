// What leaves its case because the directory was put right.
#include "base/text.h"
#include "cases/rows.h"

namespace vg::cases {

bool has_left(const Item& item) { return item.closed_by == kDirectory && item.closed_why == name_of(Closed::not_ours); }

Result<bool> leave(store::Transaction& tx, std::string_view actor, const Leaving& leaving, Time now) {
    auto known = TRY(read_items(tx, "where organisation = :o and subject = :s and family_key = :f", {leaving.organisation.text(), leaving.subject, fold(leaving.family)}));
    if (known.empty() || known.front().state == ItemState::closed) return false;
    Item item = std::move(known.front());
    if (TRY((tx.first<std::string>("select ref from case_sighting where item = :i and ref not like 'list/%' limit 1", {item.id.text()}))).has_value()) return false;
    const auto files = TRY(read_cases(tx, "where id = :i", {item.of.text()}));
    if (files.empty()) return fail(Code::internal, "an item has no case");
    item.state = ItemState::closed;
    item.closed = now;
    item.closed_why = name_of(Closed::not_ours);
    item.closed_by = kDirectory;
    item.closed_reason = leaving.reason;
    TRY(save(tx, item));
    // So that the same lists count once more, should it come back.
    TRY(tx.run("delete from case_sighting where item = :i and ref like 'left-%'", {item.id.text()}));
    TRY(tx.run("update case_sighting set ref = 'left-' || ref where item = :i and ref like 'list/%'", {item.id.text()}));
    TRY(tell(tx, files.front(), {.actor = actor, .kind = "closed", .text = format("{} {}: {}", item.subject, item.family, leaving.reason), .item = item.id.text(), .details = json::object({{"why", item.closed_why}})}, now));
    return true;
}

}  // namespace vg::cases

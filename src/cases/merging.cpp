#include "cases/merging.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;

constexpr std::size_t kLongestChain = 1'000;

Result<Case> open_case(store::Transaction& tx, const access::Scope& scope, const CaseId& id, std::optional<Int> version) {
    Case file = TRY(find(tx, scope, id));
    TRY(check_version(version, file.version));
    if (file.merged_into) return fail(Code::conflict, format("case {} was merged into case {}", file.number, file.merged_into_number));
    if (file.closed) return fail(Code::conflict, format("case {} is closed", file.number));
    return file;
}

std::string cited(const Case& file, std::string_view reason) { return format("{}: {}{}{}", file.number, file.title, reason.empty() ? "" : ": ", reason); }

// Items that are open do not stand in a case that is being wrapped up.
void keep_stage(Case& file, Int open_items) {
    if (open_items > 0 && file.stage > Stage::removing) file.stage = Stage::removing;
}

Status check_matter(store::Transaction& tx, const OrganisationId& organisation, const std::string& matter) {
    const auto same = TRY(open_about(tx, organisation, matter));
    if (same) return fail(Code::conflict, format("case {} is open about this matter already", same->number));
    return {};
}

// Of what it was itself and of all that it took in.
Result<Time> earliest(store::Transaction& tx, const CaseId& survivor, Int own_detected) {
    const auto row = TRY((tx.first<std::optional<Int>>("select min(detected) from case_file where id in (select merged from case_merge where survivor = :s)", {survivor.text()})));
    return Time{std::min(own_detected, row && std::get<0>(*row) ? *std::get<0>(*row) : own_detected)};
}

Status take_in(store::Transaction& tx, const access::Actor& actor, Case& into, Case& other, Int own_detected, std::string_view reason, Time now) {
    TRY(tx.run("insert into case_merge (merged, survivor, time, actor, detected) values (:a, :b, :c, :d, :e)", {other.id.text(), into.id.text(), now.micros, actor.name, own_detected}));
    TRY(tx.run("insert into case_merge_part (merged, kind, part) select case_id, 'item', id from case_item where case_id = :a", {other.id.text()}));
    TRY(tx.run("insert into case_merge_part (merged, kind, part) select case_id, 'task', id from case_task where case_id = :a", {other.id.text()}));
    TRY(tx.run("update case_item set case_id = :a, version = version + 1 where case_id = :b", {into.id.text(), other.id.text()}));
    TRY(tx.run("update case_task set case_id = :a, version = version + 1 where case_id = :b", {into.id.text(), other.id.text()}));
    keep_stage(into, other.items_open);
    into.detected = std::min(into.detected, other.detected);
    into.serious = into.serious || other.serious;
    other.closed = now;
    TRY(save(tx, other));
    TRY(tell(tx, other, {.actor = actor.name, .kind = "merged-into", .text = cited(into, reason), .details = json::object({{"into", into.id.text()}, {"items", other.items}})}, now));
    return tell(tx, into, {.actor = actor.name, .kind = "merged", .text = cited(other, reason), .details = json::object({{"case", other.id.text()}, {"items", other.items}})}, now);
}

}  // namespace

Result<std::vector<std::string>> matters_of(store::Transaction& tx, const Case& file) {
    std::vector<std::string> matters{file.matter}, waiting{file.id.text()};
    for (std::size_t at = 0; at < waiting.size() && at < kLongestChain; ++at)
        for (auto& [id, matter] : TRY((tx.query<std::string, std::string>("select f.id, f.matter from case_merge m join case_file f on f.id = m.merged where m.survivor = :s order by f.id", {waiting[at]})))) {
            waiting.push_back(id);
            matters.push_back(matter);
        }
    return matters;
}

Result<std::optional<Case>> open_about(store::Transaction& tx, const OrganisationId& organisation, const std::string& matter) {
    auto direct = TRY(read_cases(tx, "where organisation = :o and matter = :m and closed is null order by number desc limit 1", {organisation.text(), matter}));
    if (!direct.empty()) return std::optional{std::move(direct.front())};
    auto next = TRY((tx.first<std::string>("select m.survivor from case_file f join case_merge m on m.merged = f.id where f.organisation = :o and f.matter = :m order by m.time desc, f.number desc limit 1", {organisation.text(), matter})));
    for (std::size_t step = 0; next && step < kLongestChain; ++step) {
        auto found = TRY(read_cases(tx, "where id = :i", {std::get<0>(*next)}));
        if (found.empty()) break;
        if (!found.front().closed) return std::optional{std::move(found.front())};
        next = TRY((tx.first<std::string>("select survivor from case_merge where merged = :m", {found.front().id.text()})));
    }
    return std::optional<Case>{};
}

Result<Case> merge(store::Transaction& tx, const access::Actor& actor, const CaseId& into, const std::vector<Chosen>& from, std::string_view reason, std::optional<Int> version, Time now) {
    if (from.empty() || from.size() > kMostMerged) return fail(Code::bad_input, format("field cases: 1 to {} are merged at once", kMostMerged));
    const std::string why = TRY(text_of("reason", reason));
    Case survivor = TRY(open_case(tx, actor.scope, into, version));
    const auto before = TRY((tx.first<Int>("select detected from case_merge where survivor = :s limit 1", {into.text()})));
    const Int own_detected = before ? std::get<0>(*before) : survivor.detected.micros;
    std::set<std::string> seen{into.text()};
    for (const Chosen& one : from) {
        if (!seen.insert(one.id.text()).second) return fail(Code::bad_input, one.id == into ? "field cases: a case is not merged into itself" : "field cases: one stands there twice");
        Case other = TRY_IN("field cases: ", open_case(tx, actor.scope, one.id, one.version));
        if (!(other.organisation == survivor.organisation)) return fail(Code::conflict, format("case {} is another organisation's; only cases of one are merged", other.number));
        TRY(take_in(tx, actor, survivor, other, own_detected, why, now));
    }
    TRY(save(tx, survivor));
    return find(tx, actor.scope, into);
}

Result<Case> split(store::Transaction& tx, const access::Actor& actor, const CaseId& of, const Parting& parting, std::optional<Int> version, Random& random, Time now) {
    if (parting.items.empty() || parting.items.size() > kMostSplit) return fail(Code::bad_input, format("field items: 1 to {} are split off at once", kMostSplit));
    Case file = TRY(open_case(tx, actor.scope, of, version));
    const std::string why = TRY(text_of("reason", parting.reason));
    Case made{.organisation = file.organisation, .kind = file.kind, .stage = file.stage, .detected = file.detected, .opened_by = actor.name, .assigned = file.assigned, .serious = file.serious};
    made.title = TRY(text_of("title", parting.title));
    made.matter = TRY(text_of("matter", parting.matter));
    if (made.title.empty()) return fail(Code::bad_input, "field title: is missing");
    if (made.matter.empty()) made.matter = made.title;
    TRY(check_matter(tx, made.organisation, made.matter));
    std::set<std::string> chosen;
    Int open_items = 0;
    for (const ItemId& id : parting.items) {
        if (!chosen.insert(id.text()).second) return fail(Code::bad_input, "field items: one stands there twice");
        const Item item = TRY_IN("field items: ", find_item(tx, actor.scope, id));
        if (!(item.of == of)) return fail(Code::conflict, format("{} is an item of another case", shorten(item.subject, 64)));
        if (item.state != ItemState::closed) ++open_items;
    }
    if (static_cast<Int>(chosen.size()) == file.items) return fail(Code::conflict, "one item stays with the case at least");
    keep_stage(made, open_items);
    TRY(insert(tx, made, random, now));
    for (const std::string& id : chosen) TRY(tx.run("update case_item set case_id = :a, version = version + 1 where id = :b", {made.id.text(), id}));
    TRY(save(tx, file));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "split", .text = cited(made, why), .details = json::object({{"case", made.id.text()}, {"items", static_cast<Int>(chosen.size())}})}, now));
    TRY(tell(tx, made, {.actor = actor.name, .kind = "split-from", .text = cited(file, why), .details = json::object({{"from", file.id.text()}, {"items", static_cast<Int>(chosen.size())}})}, now));
    return find(tx, actor.scope, made.id);
}

Result<Case> split_back(store::Transaction& tx, const access::Actor& actor, const CaseId& of, const CaseId& merged, std::string_view reason, std::optional<Int> version, Time now) {
    Case survivor = TRY(open_case(tx, actor.scope, of, version));
    const std::string why = TRY(text_of("reason", reason));
    Case back = TRY_IN("field case: ", find(tx, actor.scope, merged));
    if (!back.merged_into || !(*back.merged_into == of)) return fail(Code::conflict, format("case {} was not merged into case {}", back.number, survivor.number));
    const auto row = TRY((tx.first<Int, Int>("select time, detected from case_merge where merged = :m", {merged.text()})));
    if (!row) return fail(Code::internal, "a merged case has no merge");
    const auto [since, own_detected] = *row;
    TRY(tx.run("delete from case_merge where merged = :m", {merged.text()}));
    const auto other = TRY(open_about(tx, back.organisation, back.matter));
    if (other && !(other->id == of)) return fail(Code::conflict, format("case {} is open about this matter already", other->number));
    TRY(tx.run("update case_item set case_id = :a, version = version + 1 where case_id = :b and id in (select part from case_merge_part where merged = :c and kind = 'item')", {merged.text(), of.text(), merged.text()}));
    TRY(tx.run("update case_task set case_id = :a, version = version + 1 where case_id = :b and id in (select part from case_merge_part where merged = :c and kind = 'task')", {merged.text(), of.text(), merged.text()}));
    for (const std::string& matter : TRY(matters_of(tx, back)))
        if (matter != survivor.matter) TRY(tx.run("update case_item set case_id = :a, version = version + 1 where case_id = :b and matter = :c and opened >= :d", {merged.text(), of.text(), matter, since}));
    TRY(tx.run("delete from case_merge_part where merged = :m", {merged.text()}));
    survivor.detected = TRY(earliest(tx, of, own_detected));
    TRY(save(tx, survivor));
    back.closed.reset();
    back.merged_into.reset();
    TRY(save(tx, back));
    Case whole = TRY(find(tx, actor.scope, merged));
    if (whole.items_open > 0 && whole.stage > Stage::removing) {
        keep_stage(whole, whole.items_open);
        TRY(save(tx, whole));
    }
    TRY(tell(tx, survivor, {.actor = actor.name, .kind = "split", .text = cited(whole, why), .details = json::object({{"case", merged.text()}, {"items", whole.items}})}, now));
    TRY(tell(tx, whole, {.actor = actor.name, .kind = "split-from", .text = cited(survivor, why), .details = json::object({{"from", of.text()}, {"items", whole.items}})}, now));
    return find(tx, actor.scope, merged);
}

Result<CaseId> last_merged(store::Transaction& tx, const access::Scope& scope, const CaseId& id) {
    TRY(find(tx, scope, id));
    const auto row = TRY((tx.first<std::string>("select merged from case_merge where survivor = :s order by time desc, merged desc limit 1", {id.text()})));
    if (!row) return fail(Code::conflict, "no case was merged into this one; name the items that part");
    return CaseId::parse(std::get<0>(*row));
}

Result<std::vector<Case>> merged_into(store::Transaction& tx, const access::Scope& scope, const CaseId& id) {
    TRY(find(tx, scope, id));
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    return read_cases(tx, "where id in (select merged from case_merge where survivor = :s)" + condition + " order by number", params);
}

Result<std::vector<ItemEntry>> history(store::Transaction& tx, const access::Scope& scope, const ItemId& id, std::size_t limit) {
    const Item one = TRY(find_item(tx, scope, id));
    std::vector<ItemEntry> out;
    for (auto& [of, number, time, actor, kind, item, text] : TRY((tx.query<Int, Int, Int, std::string, std::string, std::string, std::string>(
             "select f.number, e.number, e.time, e.actor, e.kind, e.item, e.text from case_file f join case_entry e on e.case_id = f.id where f.organisation = :o and e.item = :i order by e.time, f.number, e.number limit :l",
             {one.organisation.text(), id.text(), std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'000)}}))))
        out.push_back({of, {number, {time}, actor, kind, item, text}});
    return out;
}

}  // namespace vg::cases

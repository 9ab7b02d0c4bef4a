#include "cases/cases.h"

#include <algorithm>

#include "base/text.h"
#include "cases/attention.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

Result<Case> own_case(store::Transaction& tx, const access::Scope& scope, const CaseId& id, std::optional<std::int64_t> version) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(read_cases(tx, "where id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such case");
    TRY(check_version(version, found.front().version));
    return std::move(found.front());
}

Result<std::string> reason_of(std::string_view name, std::string_view text) {
    std::string out = TRY(text_of(name, text));
    if (out.empty()) return fail(Code::bad_input, format("field {}: is missing", name));
    return out;
}

}  // namespace

Result<Case> open(store::Transaction& tx, const access::Actor& actor, Case file, Random& random, Time now) {
    if (!actor.scope.sees(file.organisation)) return fail(Code::not_found, "field organisation: there is no such organisation");
    file.title = TRY(reason_of("title", file.title));
    file.matter = TRY(text_of("matter", file.matter));
    if (file.matter.empty()) file.matter = file.title;
    if (std::find(std::begin(kIncidentKinds), std::end(kIncidentKinds), file.kind) == std::end(kIncidentKinds)) return fail(Code::bad_input, format("field kind: {} is none of the ten kinds of incident", shorten(file.kind, 64)));
    if (const auto same = TRY(open_about(tx, file.organisation, file.matter))) return fail(Code::conflict, format("case {} is open about this matter already", same->number));
    file.stage = Stage::received;
    file.opened_by = actor.name;
    file.assigned.clear();
    file.serious = false;
    file.receipt.clear();
    TRY(insert(tx, file, random, now));
    return find(tx, actor.scope, file.id);
}

Result<Case> find(store::Transaction& tx, const access::Scope& scope, const CaseId& id) { return own_case(tx, scope, id, std::nullopt); }

Result<std::vector<Case>> list(store::Transaction& tx, const access::Scope& scope, const Filter& filter, std::optional<std::int64_t> below, std::size_t limit) {
    std::string where = "where 1 = 1";
    store::Params params;
    if (filter.stage) where += " and stage = :s", params.emplace_back(name_of(*filter.stage));
    if (filter.open) where += *filter.open ? " and closed is null" : " and closed is not null";
    if (!filter.assigned.empty()) where += " and assigned = :a", params.emplace_back(filter.assigned);
    if (!filter.kind.empty()) where += " and kind = :k", params.emplace_back(filter.kind);
    if (filter.overdue) {
        where += " and closed is null and (exists (select 1 from case_task where case_task.case_id = case_file.id and case_task.outcome = 'open' and case_task.due < :x) or exists (select 1 from case_clock where case_clock.case_id = case_file.id and case_clock.done is null and case_clock.due < :y))";
        params.emplace_back(filter.now.micros), params.emplace_back(filter.now.micros);
    }
    if (filter.organisation) where += " and organisation = :o", params.emplace_back(filter.organisation->text());
    if (!filter.text.empty()) {
        std::string like;
        for (const char c : fold(filter.text)) like += c == '%' || c == '_' || c == '!' ? std::string{'!', c} : std::string{c};
        where += " and title_key like :t escape '!'";
        params.emplace_back("%" + like + "%");
    }
    if (!filter.need.empty()) {
        const auto condition = condition_of_need(filter.need, filter.now, params);
        if (!condition) return fail(Code::bad_input, "field needs: is none of clocks, relapses, answers, proposals, returned");
        where += " and " + *condition;
    }
    if (below) where += " and number < :n", params.emplace_back(*below);
    where += scope.condition("organisation", params);
    where += " order by number desc limit :l";
    params.emplace_back(std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)});
    return read_cases(tx, where, params);
}

Result<Case> advance(store::Transaction& tx, const access::Actor& actor, const CaseId& id, Stage stage, std::string_view reason, std::string_view receipt, std::optional<std::int64_t> version, Time now) {
    Case file = TRY(own_case(tx, actor.scope, id, version));
    if (file.merged_into) return fail(Code::conflict, format("case {} was merged into case {}", file.number, file.merged_into_number));
    if (!may_follow(stage, file.stage)) return fail(Code::conflict, format("a case that is {} does not become {}", name_of(file.stage), name_of(stage)));
    const std::string why = TRY(text_of("reason", reason));
    if (stage < file.stage && why.empty()) return fail(Code::bad_input, "field reason: going back asks for one");
    if (stage >= Stage::report_sent) {
        const auto left = TRY((tx.first<std::int64_t>("select count(*) from case_item where case_id = :c and state not in ('closed', 'excepted')", {id.text()})));
        if (left && std::get<0>(*left) > 0) return fail(Code::conflict, format("{} items of the case are not closed", std::get<0>(*left)));
    }
    if (stage == Stage::acknowledged) {
        if (file.stage != Stage::report_sent) return fail(Code::conflict, "a receipt follows the report that was sent");
        file.receipt = TRY(reason_of("receipt", receipt));
        file.closed = now;
    }
    const Stage before = file.stage;
    file.stage = stage;
    TRY(save(tx, file));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "stage", .text = why.empty() ? std::string{name_of(stage)} : format("{}: {}", name_of(stage), why), .details = json::object({{"before", name_of(before)}, {"after", name_of(stage)}})}, now));
    return find(tx, actor.scope, id);
}

Result<Case> assign(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view to, std::optional<std::int64_t> version, Time now) {
    Case file = TRY(own_case(tx, actor.scope, id, version));
    if (file.closed) return fail(Code::conflict, "the case is closed");
    file.assigned = TRY(text_of("assigned", to));
    if (file.assigned.size() > 200) return fail(Code::bad_input, "field assigned: is longer than 200 bytes");
    TRY(save(tx, file));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "assigned", .text = file.assigned}, now));
    return find(tx, actor.scope, id);
}

Result<Case> confirm_serious(store::Transaction& tx, const access::Actor& actor, const CaseId& id, bool serious, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    Case file = TRY(own_case(tx, actor.scope, id, version));
    if (file.closed) return fail(Code::conflict, "the case is closed");
    const std::string why = TRY(reason_of("reason", reason));
    file.serious = serious;
    TRY(save(tx, file));
    TRY(tell(tx, file, {.actor = actor.name, .kind = "serious", .text = why, .details = json::object({{"serious", serious}})}, now));
    return find(tx, actor.scope, id);
}

Status comment(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view text, Time now) {
    const Case file = TRY(own_case(tx, actor.scope, id, std::nullopt));
    const std::string said = TRY(reason_of("text", text));
    return tell(tx, file, {.actor = actor.name, .kind = "comment", .text = said}, now);
}

Status note(store::Transaction& tx, const access::Actor& actor, const CaseId& id, std::string_view kind, std::string_view text, Time now) {
    const Case file = TRY(own_case(tx, actor.scope, id, std::nullopt));
    return tell(tx, file, {.actor = actor.name, .kind = kind, .text = text, .audited = false}, now);
}

Result<std::vector<Entry>> timeline(store::Transaction& tx, const access::Scope& scope, const CaseId& id, std::int64_t after, std::size_t limit) {
    TRY(own_case(tx, scope, id, std::nullopt));
    std::vector<Entry> out;
    for (auto& [number, time, actor, kind, item, text] : TRY((tx.query<std::int64_t, std::int64_t, std::string, std::string, std::string, std::string>(
             "select number, time, actor, kind, item, text from case_entry where case_id = :c and number > :n order by number limit :l", {id.text(), after, std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)}}))))
        out.push_back({number, {time}, actor, kind, item, text});
    return out;
}

}  // namespace vg::cases

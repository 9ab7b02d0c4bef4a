// What people say of an item, and when it may be closed.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "cases/rows.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;

std::string_view name_of_rescan(Rescan rescan) { return rescan == Rescan::clean ? "clean" : rescan == Rescan::infected ? "infected" : "none"; }

Result<Item> own_item(store::Transaction& tx, const access::Scope& scope, const ItemId& id, std::optional<std::int64_t> version) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(read_items(tx, "where id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such item");
    TRY(check_version(version, found.front().version));
    return std::move(found.front());
}

Status tell_of(store::Transaction& tx, const access::Actor& actor, const Item& item, std::string_view kind, std::string text, json::Value details, Time now) {
    const auto files = TRY(read_cases(tx, "where id = :i", {item.of.text()}));
    if (files.empty()) return fail(Code::internal, "an item has no case");
    return tell(tx, files.front(), {.actor = actor.name, .kind = kind, .text = text, .item = item.id.text(), .details = std::move(details)}, now);
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<Evidence> checked(const std::optional<Evidence>& given, const Item& item, Time now) {
    if (!given) return fail(Code::bad_input, "field evidence: is missing; a removal is told with when, with what, the hash of what was removed and the second scan");
    Evidence evidence = *given;
    evidence.tool = TRY(text_of("evidence.tool", evidence.tool));
    evidence.note = TRY(text_of("evidence.note", evidence.note));
    evidence.hash = lower_ascii(trim(evidence.hash));
    if (!evidence.hash.empty() && evidence.hash != "-" && !is_sha256(evidence.hash)) return fail(Code::bad_input, "field evidence.hash: is no SHA-256; - where there was no file, and the note says why");
    if (evidence.hash == "-" && evidence.note.empty()) return fail(Code::bad_input, "field evidence.note: says why there is no file");
    if (evidence.removed > now + minutes(5)) return fail(Code::bad_input, "field evidence.removed: lies in the future");
    if (evidence.removed < item.first_seen - days(366)) return fail(Code::bad_input, "field evidence.removed: lies more than a year before it was first seen");
    return evidence;
}

Status close_as(Item& item, Closed why, std::string_view by, std::string reason, Time now) {
    item.state = ItemState::closed;
    item.closed = now;
    item.closed_why = name_of(why);
    item.closed_by = by;
    item.closed_reason = std::move(reason);
    return {};
}

}  // namespace

Result<Item> find_item(store::Transaction& tx, const access::Scope& scope, const ItemId& id) { return own_item(tx, scope, id, std::nullopt); }

Result<std::vector<Item>> items(store::Transaction& tx, const access::Scope& scope, const std::optional<CaseId>& of, std::optional<ItemState> state, const std::string& after, std::size_t limit) {
    std::string where = "where id > :a";
    store::Params params{after};
    if (of) where += " and case_id = :c", params.emplace_back(of->text());
    if (state) where += " and state = :s", params.emplace_back(name_of(*state));
    where += scope.condition("organisation", params);
    where += " order by id limit :l";
    params.emplace_back(std::uint64_t{std::clamp<std::size_t>(limit, 1, 1'001)});
    return read_items(tx, where, params);
}

Result<Answered> try_answer(const Item& before, const Answer& given, std::string_view by, Time now) {
    if (!takes_answers(before.state)) return fail(Code::conflict, "the item is closed; it opens again when it is seen");
    Answered out{before, given};
    Item& item = out.item;
    out.answer.text = TRY(text_of("text", given.text));
    if (given.kind != AnswerKind::removed && out.answer.text.empty()) return fail(Code::bad_input, "field text: says why");
    item.answer_until.reset();
    item.returned.clear();
    switch (given.kind) {
        case AnswerKind::removed:
            out.answer.evidence = TRY(checked(given.evidence, item, now));
            item.removed = out.answer.evidence->removed;
            item.state = ItemState::removed;
            break;
        case AnswerKind::exception:
            if (!given.until || *given.until <= now || *given.until > now + days(366)) return fail(Code::bad_input, "field until: is a day within a year from now");
            item.excepted_until = item.answer_until = given.until;
            item.state = ItemState::answered;
            break;
        case AnswerKind::not_ours:
            if (!given.until) return fail(Code::bad_input, "field until: since when it is not ours");
            item.answer_until = given.until;
            item.state = ItemState::answered;
            break;
        case AnswerKind::false_report:
        case AnswerKind::cannot_find:
            item.state = ItemState::answered;
            break;
        case AnswerKind::needs_help:
            item.state = ItemState::working;
            break;
    }
    item.answer = name_of(given.kind);
    item.answer_text = out.answer.text;
    item.answer_by = by;
    item.answered = now;
    return out;
}

Result<Item> answer(store::Transaction& tx, const access::Actor& actor, const ItemId& id, const Answer& given, std::optional<std::int64_t> version, Time now) {
    const Item before = TRY(own_item(tx, actor.scope, id, version));
    Answered made = TRY(try_answer(before, given, actor.name, now));
    Item& item = made.item;
    if (given.kind == AnswerKind::removed) {
        const Evidence& evidence = *made.answer.evidence;
        const auto last = TRY((tx.first<std::optional<Int>>("select max(number) from case_evidence where item = :i", {id.text()})));
        const Int number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
        TRY(tx.run("insert into case_evidence (item, number, removed, given, given_by, tool, hash, rescan, note) values (:a, :b, :c, :d, :e, :f, :g, :h, :i)",
                   {id.text(), number, evidence.removed.micros, now.micros, actor.name, evidence.tool, evidence.hash, name_of_rescan(evidence.rescan), evidence.note}));
    }
    TRY(save(tx, item));
    json::Value details = json::object({{"answer", item.answer}});
    if (given.until) details.set("until", to_rfc3339(*given.until));
    TRY(tell_of(tx, actor, item, "answer", item.answer_text.empty() ? item.answer : format("{}: {}", item.answer, item.answer_text), std::move(details), now));
    return own_item(tx, actor.scope, id, std::nullopt);
}

Result<std::optional<Evidence>> last_evidence(store::Transaction& tx, const ItemId& id) {
    const auto row = TRY((tx.first<Int, std::string, std::string, std::string, std::string, std::string>("select removed, given_by, tool, hash, rescan, note from case_evidence where item = :i order by number desc limit 1", {id.text()})));
    if (!row) return std::optional<Evidence>{};
    const auto& [removed, by, tool, hash, rescan, note] = *row;
    return std::optional{Evidence{{removed}, by, tool, hash, rescan == "clean" ? Rescan::clean : rescan == "infected" ? Rescan::infected : Rescan::none, note}};
}

Result<Item> judge(store::Transaction& tx, const access::Actor& actor, const ItemId& id, bool accept, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    Item item = TRY(own_item(tx, actor.scope, id, version));
    if (item.state != ItemState::answered) return fail(Code::conflict, format("the item is {}; there is no answer to judge", name_of(item.state)));
    if (item.answer_by == actor.name && accept) return fail(Code::denied, "whoever answered does not accept the answer");
    std::string why = TRY(text_of("reason", reason));
    if (!accept && why.empty()) return fail(Code::bad_input, "field reason: is missing; the organisation has to know what to do");
    const auto kind = answer_named(item.answer);
    item.returned.clear();
    if (!accept) {
        item.returned = why;
        item.state = ItemState::open;
        item.excepted_until.reset();
    } else if (kind == AnswerKind::false_report) {
        TRY(close_as(item, Closed::false_report, actor.name, why, now));
    } else if (kind == AnswerKind::not_ours) {
        TRY(close_as(item, Closed::not_ours, actor.name, why, now));
    } else if (kind == AnswerKind::exception) {
        item.state = ItemState::excepted;
    } else {
        return fail(Code::conflict, "a machine that nobody finds is not clean: the whole network behind the address is to be verified; return the answer, or close the item with a reason");
    }
    TRY(save(tx, item));
    TRY(tell_of(tx, actor, item, "judged", format("{}{}{}", accept ? "accepted" : "returned", why.empty() ? "" : ": ", why), json::object({{"accepted", accept}}), now));
    return own_item(tx, actor.scope, id, std::nullopt);
}

Result<Verdict> verdict(store::Transaction& tx, const Item& item, const Policy& policy, const std::optional<Observed>& observed, Time now) {
    ItemFacts facts{.evidence = {}, .lists = {}, .observed = observed};
    if (item.state == ItemState::removed) {
        facts.evidence = TRY(last_evidence(tx, item.id));
        for (const auto& [list, from] : TRY((tx.query<std::string, Int>("select list, period_from from case_absence where item = :i order by period_from, list", {item.id.text()})))) facts.lists.push_back({list, {from}, false});
        for (const auto& [ref, seen] : TRY((tx.query<std::string, Int>("select ref, seen from case_sighting where item = :i order by seen, ref", {item.id.text()}))))
            if (facts.evidence && Time{seen} > facts.evidence->removed) facts.lists.push_back({ref, {seen}, true});
    }
    return verify(policy, facts, now);
}

Result<Item> close(store::Transaction& tx, const access::Actor& actor, const ItemId& id, const Policy& policy, const std::optional<Observed>& observed, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    Item item = TRY(own_item(tx, actor.scope, id, version));
    if (item.state == ItemState::closed) return fail(Code::conflict, "the item is closed already");
    std::string why = TRY(text_of("reason", reason));
    Closed as = Closed::by_person;
    if (why.empty()) {
        const Verdict found = TRY(verdict(tx, item, policy, observed, now));
        if (found.kind != Verdict::Kind::may_close) {
            std::string all;
            for (const Reason& one : found.reasons) all += (all.empty() ? "" : "; ") + one.text;
            return fail(Code::conflict, format("the item cannot be closed yet ({}): {}; a person may close it with a reason", name_of(found.kind), all));
        }
        as = Closed::verified;
        for (const Reason& one : found.reasons) why += (why.empty() ? "" : "; ") + one.text;
    }
    TRY(close_as(item, as, actor.name, why, now));
    TRY(save(tx, item));
    TRY(tell_of(tx, actor, item, "closed", format("{}: {}", name_of(as), item.closed_reason), json::object({{"why", name_of(as)}}), now));
    return own_item(tx, actor.scope, id, std::nullopt);
}

}  // namespace vg::cases

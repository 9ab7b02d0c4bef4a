#include "cases/rows.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/fold.h"
#include "base/text.h"
#include "cases/news.h"
#include "store/audit.h"

namespace vg::cases {

namespace {

using Int = std::int64_t;
using Text = std::string;

std::optional<Time> moment(const std::optional<Int>& micros) { return micros ? std::optional{Time{*micros}} : std::nullopt; }
store::Param param(const std::optional<Time>& time) { return time ? store::Param{time->micros} : store::Param{nullptr}; }

}  // namespace

store::Schema schema() {
    return {"cases",
            {{
                "create table case_file (id text primary key, number bigint not null, organisation text not null, matter text not null, title text not null, title_key text not null, kind text not null, stage text not null, detected bigint not null, "
                "opened bigint not null, opened_by text not null, assigned text not null, serious bigint not null, receipt text not null, closed bigint, version bigint not null)",
                "create unique index case_number on case_file (number)",
                "create index case_matter on case_file (organisation, matter)",
                "create table case_item (id text primary key, case_id text not null, organisation text not null, subject text not null, port bigint not null, family text not null, family_key text not null, matter text not null, system text not null, "
                "level bigint not null, state text not null, first_seen bigint not null, last_seen bigint not null, opened bigint not null, seen bigint not null, reminders bigint not null, relapses bigint not null, answer text not null, answer_text text not null, answer_by text not null, "
                "answered bigint, removed bigint, excepted_until bigint, closed bigint, closed_why text not null, closed_by text not null, closed_reason text not null, version bigint not null)",
                "create unique index case_item_subject on case_item (organisation, subject, family_key)",
                "create index case_item_of on case_item (case_id, id)",
                "create index case_item_matter on case_item (matter, state)",
                "create table case_sighting (item text not null, ref text not null, seen bigint not null, noted bigint not null, primary key (item, ref))",
                "create table case_absence (item text not null, list text not null, period_from bigint not null, noted bigint not null, primary key (item, list))",
                "create table case_evidence (item text not null, number bigint not null, removed bigint not null, given bigint not null, given_by text not null, tool text not null, hash text not null, rescan text not null, note text not null, primary key (item, number))",
                "create table case_entry (case_id text not null, number bigint not null, time bigint not null, actor text not null, kind text not null, item text not null, text text not null, primary key (case_id, number))",
             },
             {
                 "alter table case_item add column answer_until bigint",
                 "alter table case_item add column returned text not null default ''",
             },
            {
                // Merges (merging.h), tasks (tasks.h), what people state of the seriousness (serious.h), playbooks and their runs (playbooks.h).
                "create table case_merge (merged text primary key, survivor text not null, time bigint not null, actor text not null, detected bigint not null)",
                "create index case_merge_survivor on case_merge (survivor)",
                "create table case_merge_part (merged text not null, kind text not null, part text not null, primary key (merged, kind, part))",
                "create table case_task (id text primary key, case_id text not null, organisation text not null, position bigint not null, title text not null, text text not null, assigned text not null, due bigint, outcome text not null, done bigint, done_by text not null, note text not null, "
                "run text not null, step text not null, step_kind text not null, branch text not null, depth bigint not null, opened bigint not null, opened_by text not null, version bigint not null)",
                "create index case_task_of on case_task (case_id, position)",
                "create index case_task_assigned on case_task (assigned, outcome)",
                "create index case_task_run on case_task (run)",
                "create table case_statement (case_id text not null, what text not null, holds bigint not null, kind text not null, reason text not null, actor text not null, time bigint not null, primary key (case_id, what))",
                "create table case_playbook (id text not null, modified text not null, name text not null, source text not null, hash text not null, body text not null, imported bigint not null, imported_by text not null, primary key (id, modified))",
                "create table case_run (id text primary key, case_id text not null, playbook text not null, modified text not null, name text not null, source text not null, hash text not null, started bigint not null, started_by text not null)",
                "create index case_run_of on case_run (case_id)",
             },
             {
                 // Statistics of a period count these where they stand.
                 "create index case_item_closed on case_item (closed_why, closed)",
                 "create index case_entry_relapsed on case_entry (time, item) where kind = 'relapsed'",
                 "create table case_untold (case_id text not null, number bigint not null, primary key (case_id, number))",  // news.h
            }}};
}

namespace {

Result<std::vector<Case>> heads_where(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Case> out;
    for (auto& [id, number, organisation, matter, title, kind, stage, detected, opened, opened_by, assigned, serious, receipt, closed, version] :
         TRY((tx.query<Text, Int, Text, Text, Text, Text, Text, Int, Int, Text, Text, Int, Text, std::optional<Int>, Int>(
             "select id, number, organisation, matter, title, kind, stage, detected, opened, opened_by, assigned, serious, receipt, closed, version from case_file " + rest, params)))) {
        Case file;
        file.id = TRY(CaseId::parse(id));
        file.number = number;
        file.organisation = TRY(OrganisationId::parse(organisation));
        file.matter = matter, file.title = title, file.kind = kind, file.opened_by = opened_by, file.assigned = assigned, file.receipt = receipt;
        file.stage = stage_named(stage).value_or(Stage::received);
        file.detected = {detected}, file.opened = {opened};
        file.serious = serious != 0;
        file.closed = moment(closed);
        file.version = version;
        out.push_back(std::move(file));
    }
    return out;
}

}  // namespace

Result<std::vector<Case>> read_cases(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Case> out = TRY(heads_where(tx, rest, params));
    store::Many of{"select case_id, state, count(*), sum(relapses) from case_item where case_id in (select column1 from (values ", 1, ") v) group by case_id, state"};
    std::map<Text, Case*> files;
    for (Case& file : out) {
        of.add({file.id.text()});
        files[file.id.text()] = &file;
    }
    const auto counts = TRY((of.query<Text, Text, Int, Int>(tx)));
    for (const auto& [id, state, count, relapses] : counts) {
        Case& file = *files.at(id);
        file.items += count;
        file.relapses += relapses;
        const auto known = item_state_named(state).value_or(ItemState::open);
        (known == ItemState::closed ? file.items_closed : file.items_open) += count;
    }
    // Closed without the coordinator's receipt: merged.
    store::Many gone{"select m.merged, f.id, f.number from (values ", 1, ") v join case_merge m on m.merged = v.column1 join case_file f on f.id = m.survivor"};
    for (const Case& file : out)
        if (file.closed && file.stage != Stage::acknowledged) gone.add({file.id.text()});
    const auto merges = TRY((gone.query<Text, Text, Int>(tx)));
    for (const auto& [id, survivor, number] : merges) {
        Case& file = *files.at(id);
        file.merged_into = TRY(CaseId::parse(survivor));
        file.merged_into_number = number;
    }
    return out;
}

Result<std::vector<Case>> read_heads(store::Transaction& tx, const store::Many& wanted) {
    std::vector<Case> out;
    for (const auto& [rest, params] : wanted.pieces()) {
        auto found = TRY(heads_where(tx, rest, params));
        std::move(found.begin(), found.end(), std::back_inserter(out));
    }
    return out;
}

Result<std::vector<Item>> read_items(store::Transaction& tx, const store::Many& wanted) {
    std::vector<Item> out;
    for (const auto& [rest, params] : wanted.pieces()) {
        auto found = TRY(read_items(tx, rest, params));
        std::move(found.begin(), found.end(), std::back_inserter(out));
    }
    return out;
}

Result<std::vector<Item>> read_items(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Item> out;
    for (auto& [id, of, organisation, subject, port, family, system, level, state, first, last, opened, seen, reminders, relapses] :
         TRY((tx.query<Text, Text, Text, Text, Int, Text, Text, Int, Text, Int, Int, Int, Int, Int, Int>(
             "select id, case_id, organisation, subject, port, family, system, level, state, first_seen, last_seen, opened, seen, reminders, relapses from case_item " + rest, params)))) {
        Item item;
        item.id = TRY(ItemId::parse(id));
        item.of = TRY(CaseId::parse(of));
        item.organisation = TRY(OrganisationId::parse(organisation));
        item.subject = subject, item.port = port, item.family = family, item.system = system, item.level = static_cast<int>(level);
        item.state = item_state_named(state).value_or(ItemState::open);
        item.first_seen = {first}, item.last_seen = {last}, item.opened = {opened};
        item.seen = seen, item.reminders = reminders, item.relapses = relapses;
        out.push_back(std::move(item));
    }
    // In two pieces: a row has more columns than one query names.
    std::size_t at = 0;
    for (auto& [id, answer, text, by, answered, removed, excepted, closed, until, returned, why, closed_by, reason, version] :
         TRY((tx.query<Text, Text, Text, Text, std::optional<Int>, std::optional<Int>, std::optional<Int>, std::optional<Int>, std::optional<Int>, Text, Text, Text, Text, Int>(
             "select id, answer, answer_text, answer_by, answered, removed, excepted_until, closed, answer_until, returned, closed_why, closed_by, closed_reason, version from case_item " + rest, params)))) {
        if (at == out.size() || out[at].id.text() != id) return fail(Code::internal, "items of cases changed within their transaction");
        Item& item = out[at++];
        item.answer = answer, item.answer_text = text, item.answer_by = by;
        item.answered = moment(answered), item.removed = moment(removed), item.excepted_until = moment(excepted), item.closed = moment(closed), item.answer_until = moment(until), item.returned = returned;
        item.closed_why = why, item.closed_by = closed_by, item.closed_reason = reason;
        item.version = version;
    }
    return out;
}

Status check_version(std::optional<std::int64_t> wanted, std::int64_t stored) {
    if (wanted && *wanted != stored) return fail(Code::conflict, format("it was changed meanwhile: its version is {}, not {}; read it again", stored, *wanted));
    return {};
}

Status save(store::Transaction& tx, Case& file) {
    ++file.version;
    TRY(tx.run("update case_file set title = :a, title_key = :b, kind = :c, stage = :d, detected = :e, assigned = :f, serious = :g, receipt = :h, closed = :i, version = :j where id = :k",
               {file.title, fold(file.title), file.kind, name_of(file.stage), file.detected.micros, file.assigned, file.serious, file.receipt, param(file.closed), file.version, file.id.text()}));
    return {};
}

Status save(store::Transaction& tx, Item& item) {
    ++item.version;
    TRY(tx.run("update case_item set case_id = :a, port = :b, system = :c, level = :d, state = :e, first_seen = :f, last_seen = :g, seen = :h, reminders = :i, relapses = :j where id = :k",
               {item.of.text(), item.port, item.system, item.level, name_of(item.state), item.first_seen.micros, item.last_seen.micros, item.seen, item.reminders, item.relapses, item.id.text()}));
    TRY(tx.run("update case_item set answer = :a, answer_text = :b, answer_by = :c, answered = :d, removed = :e, excepted_until = :f, closed = :g, closed_why = :h, closed_by = :i, closed_reason = :j, version = :k, answer_until = :l, returned = :m where id = :n",
               {item.answer, item.answer_text, item.answer_by, param(item.answered), param(item.removed), param(item.excepted_until), param(item.closed), item.closed_why, item.closed_by, item.closed_reason, item.version, param(item.answer_until), item.returned, item.id.text()}));
    return {};
}

Status tell(store::Transaction& tx, const Case& file, const Told& told, Time now) {
    const auto last = TRY((tx.first<std::optional<Int>>("select max(number) from case_entry where case_id = :c", {file.id.text()})));
    const Int number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
    TRY(tx.run("insert into case_entry (case_id, number, time, actor, kind, item, text) values (:a, :b, :c, :d, :e, :f, :g)", {file.id.text(), number, now.micros, told.actor, told.kind, told.item, told.text}));
    if (is_news(told.kind)) TRY(tx.run("insert into case_untold (case_id, number) values (:a, :b)", {file.id.text(), number}));
    if (!told.audited) return {};
    json::Value details = told.details.is_object() ? told.details : json::object({});
    if (!told.item.empty()) details.set("item", told.item);
    if (!told.text.empty()) details.set("text", shorten(told.text, 500));
    return store::audit::append(tx, {.time = now, .actor = Text{told.actor}, .action = "case:" + Text{told.kind}, .object = "case/" + file.id.text(), .organisation = file.organisation, .details = std::move(details)});
}

Result<std::string> text_of(std::string_view name, std::string_view text) {
    std::string out = nfc(trim(text));
    if (out.size() > kMostText * 4) return fail(Code::bad_input, format("field {}: is longer than {} characters", name, kMostText));
    return out;
}

Status insert(store::Transaction& tx, Case& file, Random& random, Time now) {
    file.id = make_id<CaseTag>(now, random);
    const auto last = TRY((tx.first<std::optional<Int>>("select max(number) from case_file", {})));
    file.number = (last && std::get<0>(*last) ? *std::get<0>(*last) : 0) + 1;
    file.opened = now;
    TRY(tx.run("insert into case_file (id, number, organisation, matter, title, title_key, kind, stage, detected, opened, opened_by, assigned, serious, receipt, closed, version) values (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n, null, 1)",
               {file.id.text(), file.number, file.organisation.text(), file.matter, file.title, fold(file.title), file.kind, name_of(file.stage), file.detected.micros, file.opened.micros, file.opened_by, file.assigned, file.serious, file.receipt}));
    return tell(tx, file, {.actor = file.opened_by, .kind = "opened", .text = file.title, .details = json::object({{"matter", file.matter}})}, now);
}

}  // namespace vg::cases

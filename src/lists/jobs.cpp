#include "lists/jobs.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/indicator/value.h"
#include "lists/inside_archive.h"
#include "lists/tables.h"
#include "lists/tell_cases.h"
#include "lists/worklist.h"
#include "store/many.h"

namespace vg::lists {

namespace {

constexpr std::array<std::string_view, 3> kJobKinds = {"inside", "attribute", "tell"};
constexpr std::size_t kMostQuestions = 200'000;  // rows of one list that are asked of the archive
constexpr std::size_t kAnswersAtOnce = 500, kHitsAtOnce = 100;
constexpr std::string_view kColumnsOfJob = "id, kind, list, fact, asked, asked_by, state, done, total, told, reason, ended";

Result<std::vector<Job>> read_jobs(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    using Int = std::int64_t;
    using Text = std::string;
    std::vector<Job> found;
    auto rows = TRY((tx.query<Text, Text, Text, Int, Int, Text, Text, Int, Int, Text, Text, Int>(format("select {} from list_job {}", kColumnsOfJob, rest), params)));
    for (auto& [id, kind, list, fact, asked, by, state, done, total, told, reason, ended] : rows) {
        Job job;
        job.id = TRY(JobId::parse(id));
        job.kind = static_cast<JobKind>(std::find(kJobKinds.begin(), kJobKinds.end() - 1, kind) - kJobKinds.begin());
        if (!list.empty()) job.list = TRY(ListId::parse(list));
        job.fact = fact, job.asked = {asked}, job.by = std::move(by), job.state = state == "held" ? "running" : std::move(state), job.done = done, job.total = total, job.reason = std::move(reason);
        job.told = TRY(json::parse(told));
        if (ended != 0) job.ended = Time{ended};
        found.push_back(std::move(job));
    }
    return found;
}

Status insert_job(store::Transaction& tx, JobKind kind, const std::string& list, std::int64_t fact, std::string_view by, Random& random, Time now, std::string_view state = "waiting") {
    if (TRY((tx.first<std::string>("select id from list_job where state = 'waiting' and kind = :k and list = :l limit 1", {name_of(kind), list}))).has_value()) return {};
    TRY(tx.run(format("insert into list_job ({}) values (:a, :b, :c, :d, :e, :f, :g, 0, 0, '{{}}', '', 0)", kColumnsOfJob), {make_id<JobTag>(now, random).text(), name_of(kind), list, fact, now.micros, by, state}));
    return {};
}

Status note_progress(const JobParts& parts, const Job& job, std::int64_t done, std::int64_t total) {
    return parts.place.state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update list_job set done = :d, total = :t where id = :i", {done, total, job.id.text()}));
        return {};
    });
}

Status end_job(const JobParts& parts, const Job& job, std::string_view state, const json::Value& told, std::string_view reason) {
    return parts.place.state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update list_job set state = :s, told = :t, reason = :r, ended = :e where id = :i", {state, told.dump(), shorten(reason, 500), parts.clock.now().micros, job.id.text()}));
        return {};
    });
}

// ---- which machine ----

InsideQuestion question_of(const Row& row, const List& list) {
    const Record& record = row.record;
    InsideQuestion question{.row = row.number, .organisation = *row.organisation, .address = *record.address, .port = record.port, .time = asked_at(record, list.letter, list.kept)};
    const bool has_destination = !record.destination.empty();
    const std::string& spoke_to = has_destination ? record.destination : record.c2;
    question.destination_port = has_destination ? record.destination_port : record.c2_port;
    question.destination = parse_address(spoke_to);
    if (!question.destination) {
        const std::string_view host = spoke_to.find("://") == std::string::npos ? std::string_view{spoke_to} : detect::indicator::host_of_url(spoke_to);
        question.destination = parse_address(host);
        if (!question.destination) question.destination_name = lower_ascii(host);
    }
    return question;
}

json::Value machine_value(const InsideMachine& machine, const Uuid& journal) {
    json::Array evidence;
    for (const InsideEvidence& one : machine.evidence)
        evidence.push_back(json::object({{"what", name_of(one.what)}, {"event", event::EventId{journal, one.position}.text()}, {"organisation", one.organisation.text()}, {"from", to_rfc3339(one.from)}, {"until", to_rfc3339(one.until)},
                                         {"off_seconds", one.off.micros / 1'000'000}}));
    json::Value out = json::object({{"address", machine.address.text()}, {"mac", machine.mac}, {"host", machine.host}, {"fact", machine.fact}, {"known_as", machine.known_as}, {"system", machine.system}});
    if (machine.other_destination) out.set("other_destination", true);
    if (machine.proxy_unknown) out.set("proxy_unknown", true);
    out.set("evidence", std::move(evidence));
    return out;
}

json::Value inside_value(const Inside& inside, const InsideQuestion& question, const Uuid& journal, Span skew, bool incomplete) {
    json::Array machines, networks;
    for (const InsideMachine& machine : inside.machines) machines.push_back(machine_value(machine, journal));
    for (const std::string& network : inside.networks) networks.emplace_back(network);
    return json::object({{"address", question.address.text()}, {"port", question.port ? json::Value{std::int64_t{*question.port}} : json::Value{}}, {"time", to_rfc3339(question.time)}, {"machines", std::move(machines)},
                         {"more", inside.more}, {"pool", inside.pool}, {"networks", std::move(networks)}, {"skew_seconds", skew.micros / 1'000'000}, {"incomplete", incomplete}});
}

struct InsideCounted {
    std::int64_t asked = 0, machine = 0, several = 0, verify = 0, not_asked = 0;
};

Result<json::Value> look_inside(const JobParts& parts, const Job& job, const std::stop_token& stop) {
    store::State& state = parts.place.state;
    const List list = TRY(state.read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), *job.list); }));
    std::vector<InsideQuestion> questions;
    std::map<std::int64_t, std::string> hits;
    InsideCounted counted;
    for (std::int64_t after = 0; !list.same_as;) {
        const auto page = TRY(state.read([&](store::Transaction& tx) { return rows(tx, access::Scope::node(), list.id, {.kind = Whose::owner, .organisations = {}}, after, kBatch); }));
        if (page.empty()) break;
        after = page.back().number;
        for (const Row& row : page) {
            if (!row.record.address || !row.organisation) continue;
            if (questions.size() >= kMostQuestions) {
                ++counted.not_asked;
                continue;
            }
            hits[row.number] = hit_of(list.series, row.organisation->text(), victim_key(row.record));
            questions.push_back(question_of(row, list));
        }
    }
    counted.asked = static_cast<std::int64_t>(questions.size());
    InsideAsked asked{.incomplete = !questions.empty()};
    InsideJoin join{questions, parts.inside};
    store::Segments* const segments = parts.archive == nullptr ? nullptr : store::segments_of(*parts.archive);
    if (segments != nullptr && !questions.empty()) {
        std::int64_t told = -1;
        asked = TRY(ask_archive(join, *segments, {.stop = stop, .busy = parts.busy, .progress = [&](double done) {
                                                      const auto thousandths = static_cast<std::int64_t>(done * 1'000);
                                                      if (thousandths < told + 20) return;
                                                      told = thousandths;
                                                      if (const Status noted = note_progress(parts, job, thousandths, 1'000); !noted) log::warn("lists: progress cannot be noted", {{"reason", noted.error().text}});
                                                  }}));
    } else {
        join.ask_leases();
    }
    InsideKnown known = TRY(known_inside(state, parts.attributor()));
    known.related = parts.related;
    const std::vector<Inside> answers = join.finish(known);
    TRY(remove_numbered(state, "list_inside", list.id));
    const Time now = parts.clock.now();
    for (std::size_t at = 0; at < answers.size(); at += kAnswersAtOnce)
        TRY(state.write([&](store::Transaction& tx) -> Status {
            store::Many many{"insert into list_inside (list, number, hit, state, answer, made) values ", 6};
            for (std::size_t i = at; i < std::min(answers.size(), at + kAnswersAtOnce); ++i)
                many.add({list.id.text(), answers[i].row, hits[answers[i].row], name_of(answers[i].state), inside_value(answers[i], questions[i], parts.journal, parts.inside.skew, asked.incomplete).dump(), now.micros});
            TRY(many.run(tx));
            return {};
        }));
    for (const Inside& one : answers) ++(one.state == InsideState::machine ? counted.machine : one.state == InsideState::several ? counted.several : counted.verify);
    return json::object({{"asked", counted.asked}, {"machine", counted.machine}, {"several", counted.several}, {"verify", counted.verify}, {"not_asked", counted.not_asked}, {"events", asked.events}, {"parts", asked.parts},
                         {"incomplete", asked.incomplete}, {"skew_seconds", parts.inside.skew.micros / 1'000'000}});
}

// ---- what a list means for cases and findings ----

json::Value value_of(const ListTold& told) {
    const CasesTold& cases = told.cases;
    return json::object({{"findings", told.findings}, {"opened", cases.opened}, {"joined", cases.joined}, {"reminded", cases.reminded}, {"refuted", cases.refuted}, {"relapsed", cases.relapsed}, {"absent", cases.absent}});
}

Result<json::Value> tell_list(const JobParts& parts, const Job& job) {
    const List list = TRY(parts.place.state.read([&](store::Transaction& tx) { return find(tx, access::Scope::node(), *job.list); }));
    const ListTold told = tell({.state = parts.place.state, .clock = parts.clock, .random = parts.random, .keep_own = parts.keep_own}, list, job.fact != 0, job.by);
    if (!told.trouble.empty()) return fail(Code::unavailable, told.trouble);
    return value_of(told);
}

// ---- whose it was, anew ----

Result<json::Value> attribute_all(const JobParts& parts, const Job& job, const std::stop_token& stop) {
    store::State& state = parts.place.state;
    const access::Actor actor{.name = job.by, .scope = access::Scope::node()};
    const auto lists = TRY(state.read([&](store::Transaction& tx) { return heads(tx, "where v.staged = 0 and v.same_as = '' order by v.id", {}); }));
    std::int64_t done = 0, changed_lists = 0, rows_asked = 0, changed = 0, left = 0, found = 0;
    CasesTold told;
    for (const List& list : lists) {
        if (stop.stop_requested()) return fail(Code::unavailable, "it was stopped");
        const Reattributed again = TRY(attribute_again(parts.place, list.id, parts.attributor(), true, actor, parts.clock.now()));
        rows_asked += again.rows, changed += again.changed;
        // Also what an earlier run changed before it was stopped: both of these change nothing the second time.
        const std::int64_t gone = TRY(leave_cases(state, list, job.fact, job.by, parts.clock.now()));
        left += gone;
        if (again.changed > 0 || gone > 0) {
            ++changed_lists;
            const CasesTold now_told = TRY(tell_cases(state, list, job.by, parts.random, parts.clock.now()));
            found += TRY(tell_hits({.state = state, .clock = parts.clock, .random = parts.random, .keep_own = parts.keep_own}, list, &again.given));
            for (const auto member : {&CasesTold::opened, &CasesTold::joined, &CasesTold::reminded, &CasesTold::relapsed}) told.*member += now_told.*member;
            TRY(state.write([&](store::Transaction& tx) { return ask_inside(tx, list.id, job.by, parts.random, parts.clock.now()); }));
        }
        TRY(note_progress(parts, job, ++done, static_cast<std::int64_t>(lists.size())));
    }
    return json::object({{"lists", done}, {"changed_lists", changed_lists}, {"rows", rows_asked}, {"changed", changed}, {"left", left}, {"findings", found}, {"opened", told.opened}, {"joined", told.opened + told.joined}, {"relapsed", told.relapsed}});
}

}  // namespace

std::string_view name_of(JobKind kind) { return kJobKinds[static_cast<std::size_t>(kind)]; }

Status ask_inside(store::Transaction& tx, const ListId& list, std::string_view by, Random& random, Time now) { return insert_job(tx, JobKind::inside, list.text(), 0, by, random, now); }

Status ask_attribution(store::Transaction& tx, std::span<const directory::FactChange> plan, std::string_view by, Random& random, Time now) {
    const auto counts = [](const directory::Fact& fact) { return fact.state == directory::FactState::approved && (fact.kind == "range" || fact.kind == "domain" || fact.kind == "asn"); };
    for (const directory::FactChange& change : plan)
        if (counts(change.now) || (change.before && counts(*change.before))) return insert_job(tx, JobKind::attribute, "", change.now.number, by, random, now);
    return {};
}

Status ask_to_tell(store::Transaction& tx, const ListId& list, std::string_view by, Random& random, Time now) { return insert_job(tx, JobKind::tell, list.text(), 1, by, random, now); }

Status hold_telling(store::Transaction& tx, const ListId& list, bool findings, std::string_view by, Random& random, Time now) {
    return insert_job(tx, JobKind::tell, list.text(), findings ? 1 : 0, by, random, now, "held");
}

Status end_telling(store::Transaction& tx, const ListId& list, const ListTold& told, Time now) {
    const bool done = told.trouble.empty();
    TRY(tx.run("update list_job set state = :s, told = :t, ended = :e where list = :l and kind = 'tell' and state = 'held'", {done ? "done" : "waiting", value_of(told).dump(), done ? now.micros : 0, list.text()}));
    return {};
}

Result<std::optional<Job>> next_job(store::Transaction& tx, bool tell) {
    auto found = TRY(read_jobs(tx, format("where (state = 'waiting' or state = 'running'){} order by id limit 1", tell ? "" : " and kind <> 'tell'"), {}));
    if (found.empty()) return std::nullopt;
    return std::optional{std::move(found.front())};
}

Result<Job> find_job(store::Transaction& tx, const JobId& id) {
    auto found = TRY(read_jobs(tx, "where id = :i", {id.text()}));
    if (found.empty()) return fail(Code::not_found, "there is no such job");
    return std::move(found.front());
}

Result<std::vector<Job>> jobs(store::Transaction& tx, const std::optional<ListId>& list, const std::optional<JobId>& before, std::size_t limit) {
    store::Params params{before ? before->text() : std::string{"~"}};
    std::string where = "where id < :b";
    if (list) where += " and list = :l", params.emplace_back(list->text());
    params.emplace_back(limit);
    return read_jobs(tx, where + " order by id desc limit :n", params);
}

Result<std::optional<Job>> newest_job(store::Transaction& tx, JobKind kind, const ListId& list) {
    auto found = TRY(read_jobs(tx, "where list = :l and kind = :k order by id desc limit 1", {list.text(), name_of(kind)}));
    if (found.empty()) return std::nullopt;
    return std::optional{std::move(found.front())};
}

Status work_job(const JobParts& parts, const Job& job, const std::stop_token& stop) {
    // What is asked from now on is another job: this one may have passed by what it is about.
    TRY(parts.place.state.write([&](store::Transaction& tx) -> Status {
        TRY(tx.run("update list_job set state = 'running', done = 0 where id = :i", {job.id.text()}));
        return {};
    }));
    const auto told = job.kind == JobKind::inside ? look_inside(parts, job, stop) : job.kind == JobKind::tell ? tell_list(parts, job) : attribute_all(parts, job, stop);
    if (told) return end_job(parts, job, "done", *told, "");
    if (stop.stop_requested()) return fail(Code::unavailable, told.error().text);
    return end_job(parts, job, "failed", json::object({}), told.error().text);
}

Result<std::vector<std::vector<RowInside>>> inside_of_hits(store::Transaction& tx, std::span<const std::pair<std::string, ListId>> hits, std::size_t limit) {
    std::vector<std::vector<RowInside>> found(hits.size());
    for (std::size_t at = 0; at < hits.size(); at += kHitsAtOnce) {
        store::Params params;
        std::string marks;
        std::map<std::pair<std::string, std::string>, std::size_t> places;
        for (std::size_t i = at; i < std::min(hits.size(), at + kHitsAtOnce); ++i) {
            marks += format("{}:h{}", marks.empty() ? "" : ", ", i - at);
            params.emplace_back(hits[i].first);
            places.emplace(std::pair{hits[i].first, hits[i].second.text()}, i);
        }
        const auto rows = TRY((tx.query<std::string, std::string, std::int64_t, std::string, std::string>(format("select hit, list, number, state, answer from list_inside where hit in ({}) order by hit, list, number", marks), params)));
        for (const auto& [hit, list, number, state, answer] : rows) {
            const auto place = places.find({hit, list});
            if (place == places.end() || found[place->second].size() >= limit) continue;
            RowInside& one = found[place->second].emplace_back(RowInside{.list = hits[place->second].second, .number = number, .state = inside_state_named(state).value_or(InsideState::verify), .answer = {}});
            one.answer = TRY(json::parse(answer));
        }
    }
    return found;
}

Result<std::vector<RowInside>> inside_of_hit(store::Transaction& tx, std::string_view hit, const ListId& list, std::size_t limit) {
    const std::pair<std::string, ListId> one{hit, list};
    return std::move(TRY(inside_of_hits(tx, std::span{&one, 1}, limit)).front());
}

Result<std::vector<RowInside>> inside_of_victim(store::Transaction& tx, std::string_view series, const OrganisationId& organisation, std::string_view subject, std::string_view family, std::size_t limit) {
    Record record;
    record.address = parse_address(subject);
    if (!record.address) return std::vector<RowInside>{};
    record.family = family;
    const std::string hit = hit_of(series, organisation.text(), victim_key(record));
    const auto newest = TRY((tx.first<std::string>("select list from list_inside where hit = :h order by list desc limit 1", {hit})));
    if (!newest) return std::vector<RowInside>{};
    return inside_of_hit(tx, hit, TRY(ListId::parse(std::get<0>(*newest))), limit);
}

}  // namespace vg::lists

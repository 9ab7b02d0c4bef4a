// The asking side of the Book, and what people do to findings.
#include "findings/book.h"

#include <algorithm>
#include <utility>

#include "base/cursor.h"
#include "base/text.h"
#include "findings/rows.h"
#include "findings/tally.h"
#include "store/audit.h"

namespace vg::findings {

namespace {

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Status check_reason(std::string_view reason) {
    if (!is_utf8(reason)) return fail(Code::bad_input, "field reason: is not UTF-8");
    if (const std::size_t length = characters(trim(reason)); length < 3 || length > 500 || reason.size() > 4000)
        return fail(Code::bad_input, "field reason: must have 3 to 500 characters");
    return {};
}

json::Value described(const Finding& finding) {
    return json::object({{"state", name_of(finding.state)},
                         {"muted_until", finding.muted_until ? json::Value{finding.muted_until->micros} : json::Value{}},
                         {"mute_reason", finding.mute_reason},
                         {"close_reason", finding.close_reason},
                         {"verdict", name_of(finding.verdict)},
                         {"assignee", finding.assignee}});
}

// The one way to change a finding: found in scope, checked, changed by `work`, written, noted.
template <class Work>
Status change(store::Transaction& tx, const access::Actor& actor, std::string_view action, const FindingId& id, std::optional<std::int64_t> version,
              std::string_view reason, Time now, Work&& work) {
    Finding finding = TRY(Book::find(tx, actor.scope, id));
    if (version && *version != finding.version)
        return fail(Code::conflict, format("the finding was changed meanwhile: its version is {}, not {}; read it again", finding.version, *version));
    json::Value before = described(finding);
    const Counted counted_before = counted(finding);
    TRY(work(finding));
    const std::int64_t changed = TRY(tx.run("update finding set state = :a, muted_until = :b, mute_reason = :c, close_reason = :d, assignee = :e, verdict = :v, version = version + 1 "
                                            "where id = :f and version = :g",
                                            {name_of(finding.state), finding.muted_until ? store::Param{finding.muted_until->micros} : store::Param{nullptr},
                                             finding.mute_reason, finding.close_reason, finding.assignee, name_of(finding.verdict), id.text(), finding.version}));
    if (changed != 1) return fail(Code::conflict, "the finding was changed meanwhile; read it again");
    Tally tally;
    tally.replace(counted_before, counted(finding));
    TRY(tally.flush(tx));
    json::Value details = json::object({{"before", std::move(before)}, {"after", described(finding)}});
    if (!reason.empty()) details.set("reason", reason);
    return store::audit::append(tx, {.time = now,
                                     .actor = actor.name,
                                     .action = std::string{action},
                                     .object = "finding/" + id.text(),
                                     .organisation = finding.organisation,
                                     .details = std::move(details)});
}

Status refuse(const Finding& finding, std::string_view wanted) {
    return fail(Code::conflict, format("the finding is {} and cannot be {}", name_of(finding.state), wanted));
}

}  // namespace

Where where_of(const access::Scope& scope, const Filter& filter) {
    Where where{"where 1 = 1", {}};
    const auto also = [&](std::string_view condition, store::Param param) {
        where.text += condition;
        where.params.push_back(std::move(param));
    };
    if (filter.state) also(" and state = :state", name_of(*filter.state));
    if (filter.level) also(" and level = :level", *filter.level);
    if (filter.rule) also(" and rule_id = :rule", *filter.rule);
    if (filter.entity) also(" and entity = :entity", filter.entity->starts_with("host:") ? fold_case(*filter.entity) : *filter.entity);
    if (filter.organisation) also(" and organisation = :organisation", filter.organisation->text());
    if (filter.since) also(" and last_seen >= :since", filter.since->micros);
    if (filter.assignee) also(" and assignee = :assignee", *filter.assignee);
    if (filter.retrospective) where.text += *filter.retrospective ? " and retrospective > 0" : " and retrospective = 0";
    if (filter.muted) also(*filter.muted ? " and coalesce(muted_until, 0) > :now" : " and coalesce(muted_until, 0) <= :now", filter.now.micros);
    where.text += scope.condition("organisation", where.params);
    return where;
}

// The cursor is (last_seen, id), the order of the list. A finding that grows while somebody turns pages moves to the front
// and is seen when the list is read again.
Result<Page> Book::list(store::Transaction& tx, const access::Scope& scope, const Filter& filter, const std::optional<std::string>& after, std::size_t limit) {
    Where where = where_of(scope, filter);
    if (after) {
        const auto key = TRY(from_cursor("finding", 2, *after));
        const auto last_seen = parse_int(key[0]);
        if (!last_seen) return fail(Code::bad_input, "field after: is no cursor of this list");
        where.text += " and (last_seen < :seen or (last_seen = :also and id > :id))";
        where.params.insert(where.params.end(), {*last_seen, *last_seen, key[1]});
    }
    const std::size_t size = std::clamp<std::size_t>(limit, 1, 1000);
    where.text += " order by last_seen desc, id limit :n";
    where.params.emplace_back(std::uint64_t{size + 1});
    Page page{.items = TRY(read(tx, where.text, where.params)), .next = {}};
    if (page.items.size() > size) {
        page.items.resize(size);
        page.next = to_cursor("finding", {std::to_string(page.items.back().last_seen.micros), page.items.back().id.text()});
    }
    return page;
}

Result<Finding> Book::find(store::Transaction& tx, const access::Scope& scope, const FindingId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(read(tx, "where id = :id" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such finding");
    return std::move(found.front());
}

Result<std::vector<EventRef>> Book::events(store::Transaction& tx, const access::Scope& scope, const FindingId& id) {
    const Finding finding = TRY(find(tx, scope, id));
    std::vector<EventRef> references;
    for (const auto& [block, lines] : TRY((tx.query<std::int64_t, std::string>("select block, events from finding_event where finding = :id order by block", {id.text()})))) {
        std::int64_t number = block * kBlock;
        for (const std::string_view line : split(lines, '\n')) {
            const std::int64_t at = number++;
            if (line.empty() || (at >= kKept && at < finding.count - kKept)) continue;  // the ring holds a few more than are shown
            const std::size_t space = line.find(' ');
            const auto occurred = space == std::string_view::npos ? std::nullopt : parse_int(line.substr(space + 1));
            if (!occurred) return fail(Code::corrupt, "findings: a reference to an event cannot be read");
            references.push_back({TRY(event::EventId::parse(line.substr(0, space))), {*occurred}});
        }
    }
    return references;
}

Result<std::int64_t> Book::count(store::Transaction& tx, const access::Scope& scope, const Filter& filter) {
    const Where where = where_of(scope, filter);
    const auto row = TRY((tx.first<std::int64_t>("select count(*) from finding " + where.text, where.params)));
    return row ? std::get<0>(*row) : 0;
}

Status Book::acknowledge(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::optional<std::int64_t> version, Time now) {
    return change(tx, actor, "finding:acknowledge", id, version, {}, now, [](Finding& finding) -> Status {
        if (finding.state != State::new_) return refuse(finding, "acknowledged");
        finding.state = State::acknowledged;
        return {};
    });
}

Status Book::unacknowledge(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::optional<std::int64_t> version, Time now) {
    return change(tx, actor, "finding:unacknowledge", id, version, {}, now, [](Finding& finding) -> Status {
        if (finding.state != State::acknowledged) return refuse(finding, "given back");
        finding.state = State::new_;
        return {};
    });
}

Status Book::close(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view reason, std::optional<std::int64_t> version, Time now, Verdict verdict) {
    return change(tx, actor, "finding:close", id, version, reason, now, [&](Finding& finding) -> Status {
        TRY(check_reason(reason));
        if (finding.state == State::closed) return refuse(finding, "closed");
        finding.state = State::closed;
        finding.close_reason = reason;
        finding.verdict = verdict;
        return {};
    });
}

Status Book::reopen(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view reason, std::optional<std::int64_t> version, Time now) {
    return change(tx, actor, "finding:reopen", id, version, reason, now, [&](Finding& finding) -> Status {
        TRY(check_reason(reason));
        if (finding.state != State::closed) return refuse(finding, "opened again");
        const auto newer = TRY((tx.first<std::string>("select id from finding where organisation = :o and rule_id = :r and entity = :e and state <> 'closed'",
                                                      {finding.organisation.text(), finding.rule_id, finding.entity})));
        if (newer) return fail(Code::conflict, format("finding {} of the same rule and entity is open already", std::get<0>(*newer)));
        finding.state = State::new_;
        finding.close_reason.clear();
        finding.verdict = Verdict::unsaid;
        return {};
    });
}

Status Book::mute(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view reason, Time until, std::optional<std::int64_t> version, Time now) {
    return change(tx, actor, "finding:mute", id, version, reason, now, [&](Finding& finding) -> Status {
        TRY(check_reason(reason));
        if (until <= now || until > now + days(365)) return fail(Code::bad_input, "field until: must lie in the future, at most 365 days ahead");
        if (finding.state == State::closed) return refuse(finding, "muted");
        finding.muted_until = until;
        finding.mute_reason = reason;
        return {};
    });
}

Status Book::unmute(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::optional<std::int64_t> version, Time now) {
    return change(tx, actor, "finding:unmute", id, version, {}, now, [](Finding& finding) -> Status {
        if (!finding.muted_until) return fail(Code::conflict, "the finding is not muted");
        finding.muted_until.reset();
        finding.mute_reason.clear();
        return {};
    });
}

Status Book::assign(store::Transaction& tx, const access::Actor& actor, const FindingId& id, std::string_view assignee, std::optional<std::int64_t> version, Time now) {
    return change(tx, actor, "finding:assign", id, version, {}, now, [&](Finding& finding) -> Status {
        if (finding.state == State::closed) return refuse(finding, "given to somebody");
        if (finding.assignee == assignee) return fail(Code::conflict, "the finding is with that account already");
        finding.assignee = assignee;
        return {};
    });
}

}  // namespace vg::findings

#include "api/search_ask.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "api/fields.h"
#include "api/list.h"
#include "api/masking.h"
#include "api/narrowed.h"
#include "api/problem.h"
#include "api/search_values.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/directory.h"
#include "store/audit.h"

namespace vg::api {

namespace {

tl::unexpected<net::Response> refuse(Code code, std::string text) { return tl::unexpected{problem({code, std::move(text)})}; }

// Whose events the scope sees; nothing: the whole node.
std::optional<std::vector<OrganisationId>> visible(const access::Scope& scope) {
    if (scope.sees_node()) return std::nullopt;
    return scope.organisations();
}

}  // namespace

Wanted wanted_of(const Ask& ask) {
    Wanted wanted;
    if (ask.route.method == "POST") {
        wanted.text = ask.body.text("q").value_or("");
        wanted.from = parse_time(ask.body.text("from").value_or("")).value_or(Time{});
        wanted.to = parse_time(ask.body.text("to").value_or("")).value_or(Time{});
        wanted.organisation = ask.body.text("organisation");
        wanted.search = ask.body.text("search");
        wanted.masked = ask.body.boolean("masked").value_or(false);
    } else {
        wanted.text = ask.text("q").value_or("");
        wanted.from = ask.time("from").value_or(Time{});
        wanted.to = ask.time("to").value_or(Time{});
        wanted.organisation = ask.text("organisation");
        wanted.search = ask.text("search");
        wanted.masked = ask.boolean("masked").value_or(false);
    }
    if (!wanted.search) wanted.search = ask.request.header("search");
    return wanted;
}

net::Response query_problem(int status, Code code, const search::ParseError& error) {
    net::Response response = problem(status, {code, "field q: " + error.text});
    json::Value body = problem_body(status, {code, "field q: " + error.text});
    body.set("offset", error.offset);
    body.set("length", error.length);
    if (!error.suggestion.empty()) body.set("suggestion", error.suggestion);
    response.body = body.dump();
    return response;
}

tl::expected<Sought, net::Response> sought_of(const Ask& ask, const Wanted& wanted) {
    if (!(wanted.from < wanted.to)) return refuse(Code::bad_input, "field from: must be before the parameter to");
    auto query = search::parse(wanted.text);
    if (!query) return tl::unexpected{query_problem(400, Code::bad_input, query.error())};
    Sought sought{.query = std::move(*query), .text = wanted.text, .from = wanted.from, .to = wanted.to};
    sought.organisations = visible(ask.actor.scope);
    if (wanted.organisation) {
        const auto named = organisations_named(*wanted.organisation);
        if (!named) return tl::unexpected{problem(named.error())};
        sought.organisations = visible(narrowed(ask.actor.scope, *ask.context.directory(), *named));
    }
    if (wanted.search) {
        const auto parsed = parse_uuid(*wanted.search);
        if (!parsed) return refuse(Code::bad_input, "field search: must be a UUID");
        sought.search = *parsed;
    }
    sought.reveal = ask.actor.may("personal:reveal") && !wanted.masked;
    if (!sought.reveal)
        if (const auto personal = asks_for_personal(sought.query)) return tl::unexpected{query_problem(403, Code::denied, *personal)};
    return sought;
}

Result<store::Archive*> archive_of(const Ask& ask) {
    if (ask.context.archive == nullptr || ask.context.desk == nullptr) return fail(Code::unavailable, "this node has no archive open at the moment");
    return ask.context.archive;
}

std::string account_of(const access::Actor& actor) { return actor.user ? actor.user->text() : actor.organisation.text() + "/" + actor.name; }

View view_of(Context& context, const Sought& sought, const SearchTurn& turn, Span most_time, std::shared_ptr<Incomplete> incomplete) {
    if (!incomplete) incomplete = std::make_shared<Incomplete>(context.journal, context.clock);
    return View{*context.archive, context.journal.id(), context.clock,
                {.query = sought.query.text().empty() ? nullptr : &sought.query,
                 .organisations = sought.organisations,
                 .from = sought.from,
                 .to = sought.to,
                 .most_time = most_time,
                 .stop = turn.stop,
                 .progress = turn.progress},
                sought.reveal, std::move(incomplete)};
}

net::Response view_answer(const View& view, json::Value body) {
    view.incomplete().tell(body);
    return json_answer(200, body);
}

Result<net::Response> at_the_desk(Ask& ask, const Sought& sought, std::string_view kind, const std::function<Result<net::Response>(View&)>& work) {
    TRY(archive_of(ask));
    SearchDesk& desk = *ask.context.desk;
    const auto search = TRY(desk.open({account_of(ask.actor), sought.text, std::string{kind}, sought.search, kind == "events" || kind == "context"}));
    net::Response response;
    const auto gone = [&request = ask.request] { return request.gone && request.gone(); };
    TRY(search->run(
        [&](SearchTurn& turn) -> Status {
            View view = view_of(ask.context, sought, turn, desk.limits().most_time);
            response = TRY(work(view));
            return {};
        },
        gone));
    return response;
}

Result<net::Response> searched(Ask& ask, std::string_view kind, const std::function<Result<net::Response>(View&, const Sought&)>& work) {
    auto sought = sought_of(ask, wanted_of(ask));
    if (!sought) return std::move(sought).error();
    return at_the_desk(ask, *sought, kind, [&](View& view) { return work(view, *sought); });
}

json::Value found_json(const Context& context, const directory::Snapshot& directory, const store::FoundEvent& event, bool masked) {
    const directory::Source* source = directory.source(event.source);
    json::Value out = json::object({{"id", event::EventId{context.journal.id(), event.position}.text()},
                                    {"occurred", time_value(event.occurred)},
                                    {"received", time_value(event.received)},
                                    {"source", json::object({{"id", id_value(event.source)}, {"name", source == nullptr ? std::string{} : source->name}})},
                                    {"organisation", event.organisation.text()},
                                    {"format", event.format},
                                    {"peer", event.peer}});
    if (!event.unparsed.empty()) out.set("unparsed", event.unparsed);
    out.set("fields", event.fields.is_object() ? event.fields : json::object({}));
    out.set("masked", masked);
    return out;
}

// ---- reveals ----

Status Reveals::note(const std::vector<store::FoundEvent>& events) {
    std::map<OrganisationId, std::size_t> shown;
    std::size_t all = 0;
    for (const store::FoundEvent& event : events) {
        if (!holds_personal(event)) continue;
        ++shown[event.organisation];
        ++all;
    }
    if (all == 0) return {};
    shown.emplace(actor_.organisation, 0);  // the line with the query, for who asks
    shown[actor_.organisation] = all;
    return context_.state.write([&](store::Transaction& tx) -> Status {
        for (const auto& [organisation, count] : shown)
            if (!written_.contains(organisation)) TRY(line(tx, organisation, count));
        for (const auto& [organisation, count] : shown) written_[organisation] = true;
        return {};
    });
}

Status Reveals::note_values(std::size_t count) {
    if (count == 0) return {};
    return context_.state.write([&](store::Transaction& tx) { return line(tx, actor_.organisation, count); });
}

Status Reveals::line(store::Transaction& tx, const OrganisationId& organisation, std::size_t count) const {
    json::Value details = json::object({{"kind", kind_}, {"from", to_rfc3339(sought_.from)}, {"to", to_rfc3339(sought_.to)}, {"shown", count}});
    // The query may name what belongs to others: only those of the asker's own organisation read it.
    if (organisation == actor_.organisation) details.set("q", shorten(sought_.text, 1000));
    return store::audit::append(tx, {.time = context_.clock.now(),
                                     .actor = actor_.name,
                                     .action = "personal:reveal",
                                     .object = "search",
                                     .organisation = organisation,
                                     .details = std::move(details)});
}

}  // namespace vg::api

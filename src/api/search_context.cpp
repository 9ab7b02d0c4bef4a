// What stands around one event: on the same host, or at the same source.
#include <algorithm>

#include "api/list.h"
#include "api/search_ask.h"
#include "api/search_routes.h"
#include "api/search_values.h"
#include "base/text.h"
#include "search/complete.h"

namespace vg::api {

namespace {

constexpr std::int64_t kMostAround = 500;
constexpr Span kReach = days(7);  // so far back and forth

// The query for the surroundings. An event without a host has only its source.
Result<search::Query> surroundings(const store::FoundEvent& event, bool by_host) {
    if (by_host)
        for (const char* name : {"host.name", "winlog.computer_name", "log.syslog.hostname"})
            if (const auto host = event.fields.text(name); host && !host->empty() && host->size() < 1000)
                return search::parse_or_say(format("{}:{} organisation:{}", name, search::quoted_value(*host), event.organisation.text()));
    return search::parse_or_say("source:" + event.source.text());
}

}  // namespace

Result<net::Response> around_event(Ask& ask) {
    TRY(archive_of(ask));
    const auto missing = [] { return fail(Code::not_found, "there is no such event in the archive"); };
    const auto id = event::EventId::parse(ask.captures[0]);
    if (!id || id->journal != ask.context.journal.id()) return missing();
    const std::int64_t before = ask.integer("before").value_or(50), after = ask.integer("after").value_or(50);
    if (before < 0 || before > kMostAround) return fail(Code::bad_input, format("field before: must be from 0 to {}", kMostAround));
    if (after < 0 || after > kMostAround) return fail(Code::bad_input, format("field after: must be from 0 to {}", kMostAround));
    const auto found = ask.context.archive->at(id->position);
    if (!found && found.error().code != Code::not_found && ask.actor.scope.sees_node()) return fail(found.error());
    if (!found || !ask.actor.scope.sees(found->organisation)) return missing();
    const store::FoundEvent event = *found;

    const search::Query query = TRY(surroundings(event, ask.text("by") != "source"));
    Wanted wanted{.from = event.occurred - kReach, .to = event.occurred + kReach, .search = ask.text("search"), .masked = ask.boolean("masked").value_or(false)};
    auto sought = sought_of(ask, wanted);
    if (!sought) return std::move(sought).error();
    sought->query = query;
    sought->text = query.text();
    // The host is of the event, not of the asker: what may be shown of the result is decided event by event.
    const bool reveal = std::exchange(sought->reveal, true);
    return at_the_desk(ask, *sought, "context", [&](View& view) -> Result<net::Response> {
        const store::PageCursor here{event.occurred, event.position};
        std::vector<store::FoundEvent> earlier, later, all;
        if (before > 0) earlier = TRY(view.page({.limit = static_cast<std::size_t>(before), .order = store::Order::newest_first, .after = here})).events;
        if (after > 0) later = TRY(view.page({.limit = static_cast<std::size_t>(after), .order = store::Order::oldest_first, .after = here})).events;
        std::reverse(earlier.begin(), earlier.end());
        all = std::move(earlier);
        const std::size_t at = all.size();
        all.push_back(event);
        for (store::FoundEvent& one : later) all.push_back(std::move(one));
        if (reveal)
            TRY(Reveals(ask.context, ask.actor, "context", *sought).note(all));
        else
            for (store::FoundEvent& one : all) mask(one);
        const auto directory = ask.context.directory();
        json::Array before_it, after_it;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (i != at) (i < at ? before_it : after_it).push_back(found_json(ask.context, *directory, all[i], !reveal));
        return view_answer(view, json::object({{"before", std::move(before_it)}, {"event", found_json(ask.context, *directory, all[at], !reveal)}, {"after", std::move(after_it)}}));
    });
}

}  // namespace vg::api

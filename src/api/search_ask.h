// What all search routes share: the question of a request (query, time, whose events, may personal fields be shown), the
// answer when the query is wrong, running it at the desk, and an event as JSON. Room-internal.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/search_desk.h"
#include "api/search_view.h"
#include "search/query.h"
#include "store/archive.h"

namespace vg::api {

inline constexpr std::string_view kSearchParameters =
    "q:query a line of the search language and everything without, from:time! occurred at or after, to:time! occurred before, "
    "organisation:uuids only of these organisations and those below them, masked:boolean hide personal fields from an account that may see them, "
    "search:uuid names the search so that it can be watched and cancelled";

// A request understood. Copied into streams: nothing in it belongs to the request.
struct Sought {
    search::Query query;
    std::string text;   // of the query
    Time from, to;
    std::optional<std::vector<OrganisationId>> organisations;  // nothing: the whole node
    bool reveal = false;  // the actor may see personal fields and did not ask for masked ones
    std::optional<Uuid> search;
};

// What of a request counts, wherever it stands: parameters of a GET, members of a POST.
struct Wanted {
    std::string text;
    Time from, to;
    std::optional<std::string> organisation, search;
    bool masked = false;
};
Wanted wanted_of(const Ask& ask);

// The question, or the answer that says what is wrong: 400 with offset, length and suggestion for the query.
tl::expected<Sought, net::Response> sought_of(const Ask& ask, const Wanted& wanted);
// The problem document of a wrong query.
net::Response query_problem(int status, Code code, const search::ParseError& error);

Result<store::Archive*> archive_of(const Ask& ask);
// Whose queue of the desk: the user or token, by id where there is one.
std::string account_of(const access::Actor& actor);

// The view of the archive that the actor has, for one turn at the desk.
// `incomplete`: where it is told what the answers lack; a new one without.
View view_of(Context& context, const Sought& sought, const SearchTurn& turn, Span most_time, std::shared_ptr<Incomplete> incomplete = nullptr);

// Runs `work` at the desk and gives its answer. `kind` is what the owner sees in /searches.
Result<net::Response> at_the_desk(Ask& ask, const Sought& sought, std::string_view kind, const std::function<Result<net::Response>(View&)>& work);
// Both steps for a GET: understands the request, then runs.
Result<net::Response> searched(Ask& ask, std::string_view kind, const std::function<Result<net::Response>(View&, const Sought&)>& work);

// 200 with the object, and in it what the view's answers lack.
net::Response view_answer(const View& view, json::Value body);

// An event of the archive for this view: masked already when the view masks.
json::Value found_json(const Context& context, const directory::Snapshot& directory, const store::FoundEvent& event, bool masked);

// Personal values that an answer shows, for the audit chain: one line for the organisation of who asks, with the query,
// and one for each organisation whose persons were shown, without it.
class Reveals {
public:
    Reveals(Context& context, access::Actor actor, std::string kind, Sought sought)
        : context_(context), actor_(std::move(actor)), kind_(std::move(kind)), sought_(std::move(sought)) {}
    // Before the bytes go out: writes the lines for organisations that were not in one yet.
    Status note(const std::vector<store::FoundEvent>& events);
    // For values without their events: top values, statistics.
    Status note_values(std::size_t count);

private:
    Status line(store::Transaction& tx, const OrganisationId& organisation, std::size_t count) const;

    Context& context_;
    const access::Actor actor_;
    const std::string kind_;
    const Sought sought_;
    std::map<OrganisationId, bool> written_;
};

}  // namespace vg::api

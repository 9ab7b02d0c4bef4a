// What is done about lists in the background: the machine behind each address is looked for, rows are attributed anew after a correction
// of the directory. For accounts of the node; what was found stands with the hits (list_hits.cpp) and the items of cases.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/inside_view.h"
#include "api/list.h"
#include "base/text.h"
#include "store/audit.h"

namespace vg::api::of_list_jobs {

namespace {

using lists::JobTag;
using lists::ListTag;

constexpr NamedSchema kSchemas[] = {
    {"InsideAnswer", R"({"type":"object","required":["state","text","list","machines","withheld","more","pool","networks","skew_seconds","incomplete"],"properties":{
    "state":{"enum":["machine","several","verify"],"description":"machine: each of the machines is it. several: any of them. verify: no log tells, so that all of the networks is to be verified"},
    "text":{"type":"string","description":"in short: 10.0.0.7 (pc1); | between those of which it may be any; ? before what is to be verified"},
    "list":{"type":"string","format":"uuid","description":"the list whose rows were asked"},
    "machines":{"type":"array","items":{"type":"object","required":["address","mac","host","fact","known_as","system","port","time","evidence"],"properties":{"address":{"type":"string","description":"inside"},"mac":{"type":"string"},
        "host":{"type":"string","description":"as the lease calls it"},"fact":{"type":"integer","description":"the directory's machine; 0: none"},"known_as":{"type":"string","description":"as the directory calls it"},"system":{"type":"string"},
        "port":{"type":["integer","null"],"description":"seen from outside"},"time":{"type":"string","format":"date-time","description":"for which was asked"},
        "other_destination":{"type":"boolean","description":"the event names another destination than the list"},"proxy_unknown":{"type":"boolean","description":"the log does not tell which proxy it was"},
        "evidence":{"type":"array","items":{"type":"object","required":["what","event","from","until","off_seconds"],"properties":{"what":{"enum":["nat","proxy","dhcp"]},"event":{"type":"string","description":"its id"},
            "from":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time","description":"as long as the log tells, or as nobody logged otherwise"},
            "off_seconds":{"type":"integer","description":"how far the list's time lies outside of it"}},"additionalProperties":false}}},"additionalProperties":false}},
    "withheld":{"type":"integer","description":"machines of which only logs tell that you may not see"},"more":{"type":"integer","description":"machines that are not shown"},"pool":{"type":"string","description":"NAT pool of the directory"},
    "networks":{"type":"array","items":{"type":"string"},"description":"to be verified where it is not one machine"},"skew_seconds":{"type":"integer","description":"that clocks were allowed to differ"},
    "incomplete":{"type":"boolean","description":"a part of the archive could not be asked"}},"additionalProperties":false})"},
    {"ListJob", R"({"type":"object","required":["id","kind","list","fact","asked","by","state","done","total","told","reason","ended"],"properties":{"id":{"type":"string","format":"uuid"},"kind":{"enum":["inside","attribute","tell"]},
    "list":{"type":["string","null"],"description":"null: all lists"},"fact":{"type":"integer","description":"of attribute: the fact of the directory that was changed; of tell: 1 when hits become findings"},"asked":{"type":"string","format":"date-time"},"by":{"type":"string"},
    "state":{"enum":["waiting","running","done","failed"]},"done":{"type":"integer"},"total":{"type":"integer"},"told":{"type":"object","description":"what came of it, in numbers","additionalProperties":{}},"reason":{"type":"string"},
    "ended":{"type":["string","null"],"format":"date-time"}},"additionalProperties":false})"}};

Result<lists::List> list_with_rows(Ask& ask) {
    const auto id = TRY(ask.id<ListTag>());
    const lists::List list = TRY(ask.context.state.read([&](store::Transaction& tx) { return lists::find(tx, ask.actor.scope, id); }));
    if (list.same_as) return fail(Code::conflict, format("the list is a copy of {}, which has the rows", list.same_as->text()));
    return list;
}

Result<net::Response> look(Ask& ask) {
    const lists::ListId id = TRY(list_with_rows(ask)).id;
    const Time now = ask.context.clock.now();
    const auto job = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<std::optional<lists::Job>> {
        TRY(lists::ask_inside(tx, id, ask.actor.name, ask.context.random, now));
        TRY(store::audit::append(tx, {.time = now, .actor = ask.actor.name, .action = "list:inside", .object = "list/" + id.text(), .organisation = {}, .details = {}}));
        return lists::newest_job(tx, lists::JobKind::inside, id);
    }));
    if (!job) return fail(Code::internal, "a job that was asked for is missing");
    if (ask.context.list_jobs_changed) ask.context.list_jobs_changed();
    return json_answer(202, job_view(*job));
}

Result<net::Response> show(Ask& ask) {
    const lists::ListId id = TRY(list_with_rows(ask)).id;
    const auto job = TRY(ask.context.state.read([&](store::Transaction& tx) { return lists::newest_job(tx, lists::JobKind::inside, id); }));
    if (!job) return fail(Code::not_found, "nobody has asked yet which machines stood behind the addresses of this list");
    return json_answer(200, job_view(*job));
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<lists::JobId> before;
        if (after) {
            const auto id = lists::JobId::parse(*after);
            if (!id) return fail(Code::bad_input, "field after: is no cursor of this list");
            before = *id;
        }
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return lists::jobs(tx, std::nullopt, before, limit + 1); }));
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(job_view(found[i]));
        if (found.size() > limit) page.next = found[limit - 1].id.text();
        return page;
    });
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/list-jobs", .permission = "list:import", .holds = Holds::node, .summary = "Lists what is and was done about lists in the background, the newest first.", .response_schema = "ListJob[]", .parameters = kListParameters,
     .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/lists/{id}/inside", .permission = "list:import", .holds = Holds::node, .summary = "Tells how far looking for the machines behind the addresses of a list is, or what came of it.", .response_schema = "ListJob", .answer = show},
    {.method = "POST", .pattern = "/api/v1/lists/{id}/inside", .permission = "list:import", .holds = Holds::node,
     .summary = "Looks (once more, when logs came late) for the machines behind the addresses of a list, in the logs of NAT devices, proxies and DHCP servers.", .response_schema = "ListJob", .status = 202, .answer = look},
};

}  // namespace

extern const Resource list_jobs{.name = "list-jobs", .about = "What is done about lists of victims in the background.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_list_jobs

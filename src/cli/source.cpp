#include "base/time.h"
#include "cli/ask.h"

namespace vg::cli::of_source {

namespace {

constexpr Column kColumns[] = {{"ID", "id"},
                               {"NAME", "name"},
                               {"FORMAT", "format"},
                               {"RECEIVED", "counters.received", true},
                               {"ACCEPTED", "counters.accepted", true},
                               {"REFUSED", "counters.refused", true},
                               {"UNPARSED", "counters.unparsed", true},
                               {"LATE", "counters.late", true},
                               {"LAST", "last_received"},
                               {"ENDED", "ended"}};
constexpr char kPath[] = "/api/v1/sources";

Result<std::string> path_of(Call& call) {
    std::string list = kPath;
    add_parameter(list, "name", call.arguments[0]);
    return kPath + ("/" + TRY(id_of(call, list, "source", call.arguments[0])));
}

// Adds what --listener, --peer and --cadence say.
Status add_sender(Call& call, json::Value& body) {
    if (const auto listener = call.option("listener")) body.set("listener", *listener);
    if (call.has("peer")) {
        json::Array peers;
        for (const std::string& peer : call.options.find("peer")->second)
            if (!peer.empty()) peers.emplace_back(peer);
        body.set("peers", std::move(peers));
    }
    if (const auto cadence = call.option("cadence")) {
        const auto span = *cadence == "0" ? std::optional{seconds(0)} : parse_span(*cadence);
        if (!span) return fail(Code::bad_input, "--cadence is a time such as 15m, 24h or 0");
        body.set("cadence_seconds", span->micros / 1'000'000);
    }
    return {};
}

Result<int> add(Call& call) {
    json::Value body = json::object({{"name", call.arguments[0]}});
    TRY(add_sender(call, body));
    if (const auto org = call.option("org")) body.set("organisation", TRY(id_of(call, "/api/v1/organisations", "org", *org)));
    if (const auto pinned = call.option("log-format")) body.set("format", *pinned);
    if (const auto zone = call.option("zone")) body.set("zone", *zone);
    Printer printer = TRY(Printer::make(call, kColumns));
    const json::Value source = TRY(ask(call, "POST", kPath, body));
    printer.one(source);
    if (!call.has("peer")) say(call, "Next, a token for it: " + source.text("hint").value_or(""));
    return 0;
}
Result<int> list(Call& call) { return print_list(call, kPath, kColumns); }
Result<int> show(Call& call) { return print_one(call, "GET", TRY(path_of(call)), kColumns); }
Result<int> set(Call& call) {
    json::Value body = json::object({});
    TRY(add_sender(call, body));
    if (const auto pinned = call.option("log-format")) body.set("format", *pinned);
    if (const auto zone = call.option("zone")) body.set("zone", *zone);
    return print_one(call, "PATCH", TRY(path_of(call)), kColumns, body);
}
Result<int> end(Call& call) { return print_one(call, "POST", TRY(path_of(call)) + "/end", kColumns); }

constexpr Option kAdd[] = {
    {"org", "ORG", "whose records they are, by id or name; without it, your own organisation"},
    {"log-format", "NAME", "all records are of this format; without it, found out for each record"},
    {"zone", "ZONE", "IANA zone of times without an offset, such as Asia/Ho_Chi_Minh; without it, UTC"},
    {"listener", "NAME", "where --peer counts: syslog_udp, syslog_tcp, syslog_tls, relp, lumberjack; empty: everywhere"},
    {"peer", "PEER", "a sender without a token: an address, a network or certificate:NAME", Need::many},
    {"cadence", "TIME", "expected to send at least so often, such as 15m; a longer silence is reported"},
};
constexpr Option kSet[] = {
    {"log-format", "NAME", "all records from now on are of this format; empty: found out for each"},
    {"zone", "ZONE", "IANA zone of times without an offset"},
    {"listener", "NAME", "where --peer counts: syslog_udp, syslog_tcp, syslog_tls, relp, lumberjack; empty: everywhere"},
    {"peer", "PEER", "a sender without a token: an address, a network or certificate:NAME", Need::many},
    {"cadence", "TIME", "expected to send at least so often, such as 15m; a longer silence is reported"},
};
constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "NAME", .about = "Adds a source; `vonggac token add --role ingest --source NAME` makes its token.", .options = kAdd, .run = add},
    {.name = "list", .about = "Lists sources, with what became of what they sent.", .options = kList, .run = list},
    {.name = "show", .arguments = "SOURCE", .about = "Shows one, by id or name.", .run = show},
    {.name = "set", .arguments = "SOURCE", .about = "Changes it, for records that come from now on.", .options = kSet, .run = set},
    {.name = "end", .arguments = "SOURCE", .about = "Ends it: its tokens stop working, its records stay.", .run = end},
};

}  // namespace

extern const Noun source{.name = "source", .about = "Sources: who sends records.", .verbs = kVerbs};

}  // namespace vg::cli::of_source

// vonggac range: whose addresses are, with dates; and whose one was.
#include "cli/facts.h"

namespace vg::cli::of_range {

namespace {

constexpr std::string_view kKind = "range";
constexpr Column kColumns[] = {{"NUMBER", "number", true}, {"RANGE", "body.range"}, {"PORTS", "body.ports"}, {"ORGANISATION", "organisation_name"}, {"SYSTEM", "body.system"}, {"POOL", "body.pool"},
                               {"FROM", "from"}, {"UNTIL", "until"}, {"STATE", "state"}, {"DOCUMENT", "document"}};
constexpr Column kClaims[] = {{"KIND", "kind"}, {"NUMBER", "number", true}, {"RANGE", "range"}, {"PORTS", "ports"}, {"ORGANISATION", "organisation_name"}, {"SYSTEM", "system"},
                              {"FROM", "from"}, {"UNTIL", "until"}, {"DOCUMENT", "document"}, {"CLAIMED BY", "claimed_by"}, {"APPROVED BY", "approved_by"}};

// A table shows the claims that count, or what was valid before and after; programs get the whole answer. 1: nobody's, or more than one's.
Result<int> whose(Call& call) {
    std::string target = "/api/v1/attribution";
    add_parameter(target, "address", call.arguments[0]);
    add_parameter(target, "port", call.option("port"));
    add_parameter(target, "time", TRY(time_option(call, "time")));
    const json::Value answer = TRY(ask(call, "GET", target));
    const std::string kind = answer.text("kind").value_or("");
    Printer printer = TRY(Printer::make(call, kClaims));
    if (TRY(format_of(call)) != Format::table) {
        printer.one(answer);
        return kind == "owner" ? 0 : 1;
    }
    const auto add = [&](const json::Value* claim, const std::string& what) {
        if (claim == nullptr || !claim->is_object()) return;
        json::Value row = *claim;
        row.set("kind", what);
        printer.add(row);
    };
    if (const json::Value* claims = answer.find("claims"); claims != nullptr && claims->is_array())
        for (const json::Value& claim : claims->as_array()) add(&claim, kind);
    add(answer.find("before"), "before");
    add(answer.find("after"), "after");
    printer.finish();
    if (kind == "gap") say(call, "nobody is known to have had this address then");
    if (kind == "nobody") say(call, "a special address (" + answer.text("special").value_or("") + "): nobody's unless somebody claims it");
    if (answer.boolean("port_would_tell").value_or(false)) say(call, "the address is shared: --port would tell more");
    return kind == "owner" ? 0 : 1;
}

constexpr Option kAdd[] = {{"ports", "PORTS", "the ports that the claim is about, such as 1024-2047; all without"}, {"system", "CODE", "the system behind it"}, {"pool", "NAME", "the NAT pool that it belongs to"},
                           {"note", "TEXT", "a remark"}, VG_FACT_ADD_OPTIONS};
constexpr Option kWhose[] = {{"port", "N", "the port seen from outside"}, {"time", "TIME", "then; now without"}, {"zone", "ZONE", "of the time; Asia/Ho_Chi_Minh without"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "ORG RANGE", .about = "Says that an organisation has addresses: a network, an address or FIRST-LAST.", .options = kAdd, .run = [](Call& call) { return add_fact(call, kKind); }},
    {.name = "import", .arguments = "FILE...", .about = kAboutImport, .options = kFactImport, .run = [](Call& call) { return import_facts(call, kKind); }},
    {.name = "list", .about = "Lists ranges, in the order of their addresses.", .options = kFactList, .run = [](Call& call) { return list_facts(call, kKind, kColumns); }},
    {.name = "show", .arguments = "NUMBER", .about = kAboutShow, .run = show_fact},
    {.name = "approve", .arguments = "NUMBER", .about = kAboutApprove, .options = kFactApprove, .run = approve_fact},
    {.name = "refuse", .arguments = "NUMBER", .about = kAboutRefuse, .options = kFactRefuse, .run = refuse_fact},
    {.name = "withdraw", .arguments = "NUMBER", .about = kAboutWithdraw, .options = kFactRefuse, .run = withdraw_fact},
    {.name = "end", .arguments = "NUMBER", .about = kAboutEnd, .options = kFactEnd, .run = end_fact},
    {.name = "whose", .arguments = "ADDRESS", .about = "Tells whose an address was, by which range and document. Exit code 1 when it is not one organisation's.", .options = kWhose, .run = whose},
};

}  // namespace

extern const Noun range{.name = "range", .about = "Ranges: whose addresses are, with the dates between which it is true.", .verbs = kVerbs};

}  // namespace vg::cli::of_range

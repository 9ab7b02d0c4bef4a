// vonggac asset: machines with their addresses and systems.
#include "cli/facts.h"

namespace vg::cli::of_asset {

namespace {

constexpr std::string_view kKind = "machine";
constexpr Column kColumns[] = {{"NUMBER", "number", true}, {"HOST", "body.host"}, {"ADDRESSES", "body.addresses"}, {"SYSTEM", "body.system"}, {"ORGANISATION", "organisation_name"}, {"FROM", "from"}, {"UNTIL", "until"}, {"STATE", "state"}, {"DOCUMENT", "document"}};

constexpr Option kAdd[] = {{"addresses", "LIST", "with ; between them"}, {"system", "CODE", "that it belongs to"}, {"note", "TEXT", "a remark"},
                           VG_FACT_ADD_OPTIONS};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "ORG HOST", .about = "Says that an organisation has a machine.", .options = kAdd, .run = [](Call& call) { return add_fact(call, kKind); }},
    {.name = "import", .arguments = "FILE...", .about = kAboutImport, .options = kFactImport, .run = [](Call& call) { return import_facts(call, kKind); }},
    {.name = "list", .about = "Lists machines.", .options = kFactList, .run = [](Call& call) { return list_facts(call, kKind, kColumns); }},
    {.name = "show", .arguments = "NUMBER", .about = kAboutShow, .run = show_fact},
    {.name = "approve", .arguments = "NUMBER", .about = kAboutApprove, .options = kFactApprove, .run = approve_fact},
    {.name = "refuse", .arguments = "NUMBER", .about = kAboutRefuse, .options = kFactRefuse, .run = refuse_fact},
    {.name = "withdraw", .arguments = "NUMBER", .about = kAboutWithdraw, .options = kFactRefuse, .run = withdraw_fact},
    {.name = "end", .arguments = "NUMBER", .about = kAboutEnd, .options = kFactEnd, .run = end_fact},
};

}  // namespace

extern const Noun asset{.name = "asset", .about = "Assets: machines, their addresses and the system that they belong to, with dates.", .verbs = kVerbs};

}  // namespace vg::cli::of_asset

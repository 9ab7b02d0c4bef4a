// vonggac system: information systems with their level and who answers for them.
#include "cli/facts.h"

namespace vg::cli::of_system {

namespace {

constexpr std::string_view kKind = "system";
constexpr Column kColumns[] = {{"NUMBER", "number", true}, {"CODE", "body.code"}, {"NAME", "body.name"}, {"LEVEL", "body.level", true}, {"DECISION", "body.decision"}, {"ORGANISATION", "organisation_name"}, {"FROM", "from"}, {"UNTIL", "until"}, {"STATE", "state"}, {"DOCUMENT", "document"}};

constexpr Option kAdd[] = {{"name-en", "TEXT", "its name in English"}, {"level", "N", "1 to 5"}, {"decision", "TEXT", "number of the decision that approved the level"}, {"decision-date", "DAY", "of that decision, as 2024-01-31"}, {"regime", "TEXT", "the law under which the level was approved"},
                           {"owner", "ORG", "who decides about it, by id or name"}, {"operator", "ORG", "who runs it"}, {"specialised", "ORG", "the specialised unit that answers for its security"},
                           VG_FACT_ADD_OPTIONS};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "ORG CODE NAME", .about = "Says that an organisation has an information system.", .options = kAdd, .run = [](Call& call) { return add_fact(call, kKind); }},
    {.name = "import", .arguments = "FILE...", .about = kAboutImport, .options = kFactImport, .run = [](Call& call) { return import_facts(call, kKind); }},
    {.name = "list", .about = "Lists information systems.", .options = kFactList, .run = [](Call& call) { return list_facts(call, kKind, kColumns); }},
    {.name = "show", .arguments = "NUMBER", .about = kAboutShow, .run = show_fact},
    {.name = "approve", .arguments = "NUMBER", .about = kAboutApprove, .options = kFactApprove, .run = approve_fact},
    {.name = "refuse", .arguments = "NUMBER", .about = kAboutRefuse, .options = kFactRefuse, .run = refuse_fact},
    {.name = "withdraw", .arguments = "NUMBER", .about = kAboutWithdraw, .options = kFactRefuse, .run = withdraw_fact},
    {.name = "end", .arguments = "NUMBER", .about = kAboutEnd, .options = kFactEnd, .run = end_fact},
};

}  // namespace

extern const Noun system{.name = "system", .about = "Information systems: their level and who answers for them, with dates.", .verbs = kVerbs};

}  // namespace vg::cli::of_system

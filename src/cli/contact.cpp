// vonggac contact: how organisations are reached.
#include "cli/facts.h"

namespace vg::cli::of_contact {

namespace {

constexpr std::string_view kKind = "contact";
constexpr Column kColumns[] = {{"NUMBER", "number", true}, {"PURPOSE", "body.purpose"}, {"CHANNEL", "body.channel"}, {"VALUE", "body.value"}, {"PERSON", "body.person"}, {"HOURS", "body.hours"}, {"LAST TRIED", "body.last_tried"}, {"ORGANISATION", "organisation_name"}, {"FROM", "from"}, {"UNTIL", "until"}, {"STATE", "state"}, {"DOCUMENT", "document"}};

constexpr Option kAdd[] = {{"person", "NAME", "who answers"}, {"hours", "TEXT", "when, such as 24/7"}, {"key", "TEXT", "fingerprint of the key to encrypt with"}, {"last-tried", "DAY", "the day on which somebody last answered, as 2024-01-31"},
                           VG_FACT_ADD_OPTIONS};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "ORG PURPOSE CHANNEL VALUE", .about = "Says how an organisation is reached: PURPOSE is incident, technical, duty, leadership, legal or other; CHANNEL is phone, email, fax, post, chat or portal.", .options = kAdd, .run = [](Call& call) { return add_fact(call, kKind); }},
    {.name = "import", .arguments = "FILE...", .about = kAboutImport, .options = kFactImport, .run = [](Call& call) { return import_facts(call, kKind); }},
    {.name = "list", .about = "Lists contacts.", .options = kFactList, .run = [](Call& call) { return list_facts(call, kKind, kColumns); }},
    {.name = "show", .arguments = "NUMBER", .about = kAboutShow, .run = show_fact},
    {.name = "approve", .arguments = "NUMBER", .about = kAboutApprove, .options = kFactApprove, .run = approve_fact},
    {.name = "refuse", .arguments = "NUMBER", .about = kAboutRefuse, .options = kFactRefuse, .run = refuse_fact},
    {.name = "withdraw", .arguments = "NUMBER", .about = kAboutWithdraw, .options = kFactRefuse, .run = withdraw_fact},
    {.name = "end", .arguments = "NUMBER", .about = kAboutEnd, .options = kFactEnd, .run = end_fact},
};

}  // namespace

extern const Noun contact{.name = "contact", .about = "Contacts: how organisations are reached, with dates.", .verbs = kVerbs};

}  // namespace vg::cli::of_contact

#include "cli/ask.h"

namespace vg::cli::of_audit {

namespace {

constexpr Column kColumns[] = {{"NUMBER", "number", true}, {"TIME", "time"}, {"ACTOR", "actor"}, {"ACTION", "action"}, {"OBJECT", "object"}, {"DETAILS", "details"}};
constexpr Column kVerified[] = {{"GOOD", "good"}, {"LINES", "lines", true}, {"FIRST WRONG", "first_wrong"}, {"REASON", "reason"}, {"HEAD", "head"}};

Result<int> list(Call& call) { return print_list(call, "/api/v1/audit", kColumns); }

Result<int> verify(Call& call) {
    Printer printer = TRY(Printer::make(call, kVerified));
    const json::Value answer = TRY(ask(call, "GET", "/api/v1/audit/verification"));
    printer.one(answer);
    return answer.boolean("good").value_or(false) ? 0 : 1;
}

constexpr Option kList[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "list", .about = "Lists who did what, the newest first.", .options = kList, .run = list},
    {.name = "verify", .about = "Checks the hash of every line; exit code 1 when one does not fit.", .run = verify},
};

}  // namespace

extern const Noun audit{.name = "audit", .about = "The audit chain: who did what.", .verbs = kVerbs};

}  // namespace vg::cli::of_audit

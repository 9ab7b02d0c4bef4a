#include "base/text.h"
#include "cli/ask.h"
#include "cli/rule_verbs.h"

namespace vg::cli::of_rule {

namespace {

constexpr Column kColumns[] = {{"ID", "id"}, {"LEVEL", "level"}, {"TITLE", "title", false, "title_vi"}, {"STATUS", "status"}, {"AUTHOR", "author"}};
constexpr char kPath[] = "/api/v1/rules";

Result<int> list(Call& call) {
    std::string target = kPath;
    add_parameter(target, "level", call.option("level"));
    add_parameter(target, "tag", call.option("tag"));
    add_parameter(target, "q", call.option("title"));
    return print_list(call, target, kColumns);
}
Result<int> show(Call& call) { return print_one(call, "GET", kPath + ("/" + net::percent_encode(call.arguments[0])), kColumns); }
Result<int> reload(Call& call) {
    Printer printer = TRY(Printer::make(call, {}));
    const json::Value report = TRY(ask(call, "POST", std::string{kPath} + "/reload"));
    printer.one(report);
    const json::Value* refused = report.find("refused");
    return refused != nullptr && refused->is_array() && !refused->as_array().empty() ? 3 : 0;
}

constexpr Option kFilter[] = {
    {"level", "LEVEL", "informational, low, medium, high or critical"},
    {"tag", "TAG", "such as attack.t1059.001"},
    {"title", "WORDS", "words of the title in either language, without regard to case and accents"},
    {"limit", "N", "at most so many"},
};
constexpr Option kLint[] = {
    {"against", "PATH", "rules to compare with, besides one another; without it those that come with the program, or those of the server", Need::many},
    {"pipeline", "PATH", "processing pipeline that adapts the rules, or a folder of them", Need::many},
    {"strict", "", "exit code 1 for warnings too"},
    {"data", "DIR", "compare with the rules of the server that has this folder open, and with the fields that its sources have sent"},
    {"server", "URL", "the same of a server far away, with its token in VONGGAC_TOKEN"},
    {"ca", "FILE", "PEM file of the CA that signed the server's certificate"},
    {"fingerprint", "HEX", "SHA-256 of the server's certificate, instead of a CA"},
};
constexpr Option kTest[] = {
    {"pipeline", "PATH", "processing pipeline that adapts the rules, or a folder of them", Need::many},
};
constexpr Option kImport[] = {
    {"name", "NAME", "of the pack: a-z, 0-9, - and _; without it from the name of the file. A pack of that name is replaced"},
    {"version", "TEXT", "as it is; without it what the pack says"},
    {"licence", "TEXT", "as it is; without it what the pack's licence file says"},
    {"dry-run", "", "only say what would be different"},
};
constexpr Option kBacktest[] = {{"days", "N", "back from now, at most 366; 7 without"}};
constexpr Option kCoverage[] = {{"days", "N", "by whose events sources are judged; 30 without"}};
constexpr Option kReason[] = {{"reason", "TEXT", "why; stands in the audit chain", Need::required}};
constexpr Verb kVerbs[] = {
    {.name = "list", .about = "Lists the rules in force.", .options = kFilter, .run = list},
    {.name = "show", .arguments = "ID", .about = "Shows one rule with its text and author.", .run = show},
    {.name = "lint", .arguments = "PATH...", .about = "Says what is wrong with rule files: schema, what can never match, fields that nobody sends, look-alikes; exit code 1 for errors. With --data or --server the server's rules and fields are asked.", .options = kLint, .local = true, .run = rule_lint},
    {.name = "test", .arguments = "[PATH...]", .about = "Runs the cases beside rules (cases/NAME/attack* must fire, others must not); exit code 1 when one fails, 3 when cases are missing.", .options = kTest, .local = true, .run = rule_test},
    {.name = "explain", .arguments = "EVENT RULE", .about = "Shows which part of a rule holds for an event and which does not, with what the event has; exit code 1 when the rule does not fire.", .run = rule_explain},
    {.name = "backtest", .arguments = "RULE|FILE", .about = "What a rule would have found in the last days: matches, rate, days, examples. Exit code 3 when the time was not enough for all of them.", .options = kBacktest, .run = rule_backtest},
    {.name = "coverage", .about = "ATT&CK techniques of the rules in force, log sources that rules want and nobody sends, and sources that feed no rule.", .options = kCoverage, .run = rule_coverage},
    {.name = "score", .about = "What became of each rule's findings: how many, closed as false, muted.", .run = rule_score},
    {.name = "import", .arguments = "PATH|ZIP|URL", .about = "Installs a pack of rules, or replaces it, and lists what is added, changed and removed; rules that were switched off stay so. Exit code 3 when rules of it are refused.", .options = kImport, .run = rule_import},
    {.name = "packs", .about = "Lists the packs of rules with their versions and licences.", .run = rule_packs},
    {.name = "remove", .arguments = "PACK", .about = "Removes a pack of rules.", .run = rule_remove},
    {.name = "disable", .arguments = "ID", .about = "Switches a rule off for the whole node, also in later versions of its pack.", .options = kReason, .run = rule_disable},
    {.name = "enable", .arguments = "ID", .about = "Switches it on again.", .options = kReason, .run = rule_enable},
    {.name = "disabled", .about = "Lists the rules that were switched off, with the reasons.", .run = rule_disabled},
    {.name = "reload", .about = "Makes the server read its rules again.", .run = reload},
};

}  // namespace

extern const Noun rule{.name = "rule", .about = "Rules: what is looked for.", .verbs = kVerbs};

}  // namespace vg::cli::of_rule

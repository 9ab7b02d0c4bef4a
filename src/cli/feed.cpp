// vonggac feed: lists of indicators that the node pulls from time to time.
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "cli/ask.h"
#include "store/disk.h"

namespace vg::cli::of_feed {

namespace {

constexpr Column kColumns[] = {{"NAME", "name"}, {"STATE", "state"}, {"ENTRIES", "entries", true}, {"REFUSED", "refused", true}, {"EVERY", "every_minutes", true}, {"LAST SUCCESS", "last_success"}, {"LAST ERROR", "last_error"}, {"URL", "url"}};
constexpr Column kOne[] = {{"NAME", "name"}, {"STATE", "state"}, {"URL", "url"}, {"FORM", "form"}, {"ORGANISATION", "organisation"}, {"FAMILY", "family"}, {"CONFIDENCE", "confidence", true}, {"TLP", "tlp"}, {"EVERY", "every_minutes", true},
                           {"ENTRIES", "entries", true}, {"REFUSED", "refused", true}, {"PATTERNS", "patterns", true}, {"LAST TRY", "last_try"}, {"LAST SUCCESS", "last_success"}, {"LAST CHANGE", "last_change"}, {"NEXT", "next"},
                           {"FAILURES", "failures", true}, {"LAST ERROR", "last_error"}, {"HELD", "held"}, {"HELD ENTRIES", "held_entries", true}, {"REASONS", "reasons"}, {"EXAMPLES", "examples"}};
constexpr char kPath[] = "/api/v1/feeds";

Result<int> add(Call& call) {
    json::Value body = json::object({{"name", call.arguments[0]}, {"url", call.arguments[1]}});
    for (const auto& [option, member] : {std::pair{"form", "form"}, {"org", "organisation"}, {"family", "family"}, {"tlp", "tlp"}})
        if (const auto given = call.option(option)) body.set(member, *given);
    for (const auto& [option, member] : {std::pair{"confidence", "confidence"}, {"half-life-days", "half_life_days"}, {"every", "every_minutes"}})
        if (const auto given = call.option(option)) {
            const auto number = parse_int(*given);
            if (!number) return fail(Code::bad_input, format("--{} is a number", option));
            body.set(member, *number);
        }
    if (const auto file = call.option("mapping")) {
        const std::string text = TRY(store::read_whole(store::system_disk(), *file, 16 << 10));
        body.set("mapping", TRY_IN(*file + ": ", json::parse(text)));
    }
    return print_one(call, "POST", kPath, kOne, body);
}

Result<int> list(Call& call) { return print_list(call, kPath, kColumns); }
Result<int> show(Call& call) { return print_one(call, "GET", format("{}/{}", kPath, net::percent_encode(call.arguments[0])), kOne); }

// 1 when it failed or is held.
Result<int> pull(Call& call) {
    Printer printer = TRY(Printer::make(call, kOne));
    const json::Value feed = TRY(ask(call, "POST", format("{}/pull", kPath), json::object({{"name", call.arguments[0]}})));
    printer.one(feed);
    return feed.text("state") == "fine" ? 0 : 1;
}

Result<int> release(Call& call) {
    json::Value body = json::object({{"name", call.arguments[0]}, {"reason", call.option("reason").value_or("")}});
    if (const auto held = call.option("held")) body.set("held", *held);
    return print_one(call, "POST", format("{}/release", kPath), kOne, body);
}

Result<int> remove(Call& call) {
    std::string target = kPath;
    add_parameter(target, "name", call.arguments[0]);
    TRY(ask(call, "DELETE", target));
    return 0;
}

constexpr Option kAdd[] = {{"form", "FORM", "plain, csv, misp, stix, maltrail or signature_base; by the look of it without"},
                           {"mapping", "FILE", "of CSV: JSON that says which column is what"},
                           {"every", "MINUTES", "how often it is pulled; 60 without"},
                           {"org", "NAME", "who publishes it"},
                           {"family", "NAME", "of values that name none"},
                           {"confidence", "N", "0 to 100; 50 without"},
                           {"tlp", "MARK", "clear, green, amber, amber+strict or red; amber without"},
                           {"half-life-days", "N", "confidence halves in so many days; 0: it stays"}};
constexpr Option kRelease[] = {{"reason", "TEXT", "stands in the audit chain", Need::required}, {"held", "MARK", "of what you have looked at (show): when it is something else by now, it stays held"}};
constexpr Option kLimit[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "add", .arguments = "NAME URL", .about = "Registers a feed, or changes what is said of one. URL is http://, https://, or a path within the setting feeds.folders.", .options = kAdd, .run = add},
    {.name = "list", .about = "Lists the feeds and how each is doing.", .options = kLimit, .run = list},
    {.name = "show", .arguments = "NAME", .about = "Shows one, and why it is held.", .run = show},
    {.name = "pull", .arguments = "NAME", .about = "Pulls one now. Exit code 1 when that fails or it is held.", .run = pull},
    {.name = "release", .arguments = "NAME", .about = "Puts what is held in force.", .options = kRelease, .run = release},
    {.name = "remove", .arguments = "NAME", .about = "Removes one, and ends all that it says.", .run = remove},
};

}  // namespace

extern const Noun feed{.name = "feed", .about = "Feeds: lists of indicators that the node pulls from time to time.", .verbs = kVerbs};

}  // namespace vg::cli::of_feed

// vonggac indicator: lists of indicators, what is said about a value, and what people here allow.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"
#include "intel/files.h"
#include "store/disk.h"

namespace vg::cli::of_indicator {

namespace {

constexpr Column kLists[] = {{"NAME", "name"}, {"VALUES", "values", true}, {"FAMILY", "family"}, {"CONFIDENCE", "confidence", true}, {"TLP", "tlp"}, {"CHANGED", "changed"}, {"ORIGIN", "origin"}};
constexpr Column kValues[] = {{"VALUE", "value"}, {"KIND", "kind"}, {"LIST", "list"}, {"FAMILY", "family"}, {"CONFIDENCE", "confidence", true}, {"TLP", "tlp"}, {"MATCHES", "matches", true}, {"LAST MATCH", "last_match"}, {"WARNING", "warning"}};
constexpr Column kFound[] = {{"VALUE", "value"}, {"KIND", "kind"}, {"LIST", "list"}, {"FAMILY", "family"}, {"CONFIDENCE", "confidence", true}, {"TLP", "tlp"}, {"ALLOWED", "allowed"}, {"IN FORCE", "in_force"}, {"WARNING", "warning"}};
constexpr Column kImported[] = {{"LIST", "list"}, {"READ", "read", true}, {"ADDED", "added", true}, {"RENEWED", "renewed", true}, {"SAME", "same", true}, {"REFUSED", "refused", true}, {"WARNED", "warned", true}, {"ALLOWED", "allowed", true}};
constexpr Column kAllowed[] = {{"VALUE", "value"}, {"KIND", "kind"}, {"OWNER", "owner"}, {"UNTIL", "until"}, {"REASON", "reason"}};
constexpr std::size_t kPiece = 5'000, kMostFile = std::size_t{1} << 30;

Result<std::string> contents(Call& call, const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{call.streams.in}, {}};
    return store::read_whole(store::system_disk(), path, kMostFile);
}

// One number of both.
void add_up(json::Value& sum, const json::Value& part) {
    for (const char* member : {"read", "added", "renewed", "same", "refused", "warned", "allowed"}) sum.set(member, sum.integer(member).value_or(0) + part.integer(member).value_or(0));
}

// Read here, sent piece by piece: a list of millions needs no memory of the server's. 3 when something was refused.
Result<int> import(Call& call) {
    json::Value sum = json::object({});
    std::vector<std::string> refused, warned;
    for (const std::string& path : call.arguments) {
        const std::string text = TRY(contents(call, path));
        const std::string stem = path == "-" ? "" : std::filesystem::path{path}.stem().string();
        std::string list = call.option("list").value_or(stem);
        if (list.empty()) return fail(Code::bad_input, "--list NAME: standard input has no name of its own");
        std::replace_if(list.begin(), list.end(), [](char c) { return c == ' '; }, '-');
        json::Value head = json::object({{"list", list}, {"origin", path == "-" ? "standard input" : std::filesystem::path{path}.filename().string()}});
        if (const auto family = call.option("family"))
            head.set("family", *family);
        else if (!stem.empty())
            head.set("family", stem);
        if (const auto tlp = call.option("tlp")) head.set("tlp", *tlp);
        for (const auto& [option, member] : {std::pair{"confidence", "confidence"}, {"half-life-days", "half_life_days"}, {"valid-days", "valid_days"}})
            if (const auto given = call.option(option)) {
                const auto number = parse_int(*given);
                if (!number) return fail(Code::bad_input, format("--{} is a number", option));
                head.set(member, *number);
            }
        if (call.has("dry-run")) head.set("preview", true);
        json::Array items;
        std::vector<json::Value> pieces;
        const intel::Reading reading = intel::read_any(text, path);
        const std::vector<intel::Item> values = intel::items_of(reading);
        for (const intel::Item& item : values) {
            json::Value one = json::object({{"value", item.value.text}, {"kind", name_of(item.value.kind)}});
            if (!item.family.empty()) one.set("family", item.family);
            if (item.confidence) one.set("confidence", *item.confidence);
            if (item.tlp) one.set("tlp", name_of(*item.tlp));
            if (item.from) one.set("from", to_rfc3339(*item.from));
            if (item.until) one.set("until", to_rfc3339(*item.until));
            items.push_back(std::move(one));
            if (items.size() == kPiece) pieces.emplace_back(std::exchange(items, {}));
        }
        for (const intel::Refused& one : reading.refusals) refused.push_back(format("{}: {}", path, told(one)));
        if (!items.empty() || pieces.empty()) pieces.emplace_back(std::move(items));
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            json::Value body = head;
            body.set("items", std::move(pieces[i]));
            if (i + 1 < pieces.size()) body.set("more", true);
            const json::Value told = TRY(ask(call, "POST", "/api/v1/indicators/import", body));
            add_up(sum, told);
            sum.set("list", list);
            if (const json::Value* warnings = told.find("warnings"); warnings != nullptr && warnings->is_array())
                for (const json::Value& warning : warnings->as_array()) warned.push_back(path + ": " + (warning.is_text() ? warning.as_text() : ""));
            if (const json::Value* reasons = told.find("reasons"); reasons != nullptr && reasons->is_array())
                for (const json::Value& reason : reasons->as_array()) refused.push_back(path + ": " + (reason.is_text() ? reason.as_text() : ""));
        }
    }
    const auto here = static_cast<std::int64_t>(refused.size());
    const std::int64_t there = sum.integer("refused").value_or(0);
    sum.set("read", sum.integer("read").value_or(0) + here - there);
    sum.set("refused", here);
    Printer printer = TRY(Printer::make(call, kImported));
    printer.one(sum);
    for (std::size_t i = 0; i < std::min<std::size_t>(warned.size(), 20); ++i) call.streams.err << "warning: " << warned[i] << '\n';
    if (const auto all = static_cast<std::size_t>(sum.integer("warned").value_or(0)); all > 20) call.streams.err << format("warning: {} more\n", all - 20);
    for (std::size_t i = 0; i < std::min<std::size_t>(refused.size(), 20); ++i) call.streams.err << "refused: " << refused[i] << '\n';
    if (refused.size() > 20) call.streams.err << format("refused: {} more\n", refused.size() - 20);
    return refused.empty() ? 0 : 3;
}

Result<int> list(Call& call) {
    if (!call.has("values") && !call.has("list") && !call.has("kind") && !call.has("matched")) return print_list(call, "/api/v1/indicator-lists", kLists);
    std::string target = "/api/v1/indicators";
    add_parameter(target, "list", call.option("list"));
    add_parameter(target, "kind", call.option("kind"));
    if (call.has("matched")) add_parameter(target, "matched", "true");
    return print_list(call, target, kValues);
}

// 1 when nothing is said about it.
Result<int> show(Call& call) {
    std::string target = "/api/v1/indicators/lookup";
    add_parameter(target, "value", call.arguments[0]);
    add_parameter(target, "kind", call.option("kind"));
    const json::Value answer = TRY(ask(call, "GET", target));
    Printer printer = TRY(Printer::make(call, kFound));
    std::size_t found = 0;
    if (const json::Value* entries = answer.find("found"); entries != nullptr && entries->is_array())
        for (const json::Value& entry : entries->as_array()) printer.add(entry), ++found;
    printer.finish();
    return found > 0 ? 0 : 1;
}

// As it comes: the answer is no JSON, unless the form is.
Result<int> export_live(Call& call) {
    std::string target = "/api/v1/indicators/live";
    add_parameter(target, "format", call.option("as"));
    for (const char* option : {"tlp", "kind", "confidence"}) add_parameter(target, option, call.option(option));
    const net::Answer answer = TRY(call.channel->send({.method = "GET", .target = target, .body = {}}));
    if (answer.status != 200) return fail(error_of(answer));
    const auto path = call.option("out");
    if (!path) {
        call.streams.out << answer.body;
        return 0;
    }
    TRY(store::write_whole(store::system_disk(), *path, answer.body));
    return 0;
}

Result<int> end(Call& call) {
    json::Value body = json::object({{"list", call.arguments[0]}, {"reason", call.option("reason").value_or("")}});
    if (const auto value = call.option("value")) body.set("value", *value);
    constexpr Column kEnded[] = {{"LIST", "list"}, {"ENDED", "ended", true}};
    return print_one(call, "POST", "/api/v1/indicators/end", kEnded, body);
}

Result<int> allow(Call& call) {
    json::Value body = json::object({{"value", call.arguments[0]}, {"reason", call.option("reason").value_or("")}});
    if (const auto given = call.option("days")) {
        const auto number = parse_int(*given);
        if (!number) return fail(Code::bad_input, "--days is a number");
        body.set("days", *number);
    }
    return print_one(call, "POST", "/api/v1/indicator-allowed", kAllowed, body);
}

Result<int> disallow(Call& call) {
    std::string target = "/api/v1/indicator-allowed";
    add_parameter(target, "value", call.arguments[0]);
    TRY(ask(call, "DELETE", target));
    return 0;
}

Result<int> allowed(Call& call) { return print_list(call, "/api/v1/indicator-allowed", kAllowed); }

constexpr Option kImport[] = {{"list", "NAME", "into this list; without it the file's name"},
                              {"family", "NAME", "of the values; without it the file's name"},
                              {"confidence", "N", "0 to 100; 50 without"},
                              {"tlp", "MARK", "clear, green, amber, amber+strict or red; amber without"},
                              {"half-life-days", "N", "confidence halves in so many days; 0: it stays"},
                              {"valid-days", "N", "the values end after so many days"},
                              {"dry-run", "", "says what would become of the values, and keeps nothing"}};
constexpr Option kList[] = {{"values", "", "the values instead of the lists"}, {"list", "NAME", "the values of this list"}, {"kind", "KIND", "values of this kind"}, {"matched", "", "values that were seen here"}, {"limit", "N", "at most so many"}};
constexpr Option kShow[] = {{"kind", "KIND", "recognised without"}};
constexpr Option kExport[] = {{"as", "FORM", "plain (one a line), csv, stix, zeek-intel, suricata-iprep, or suricata-dataset- and domain, url, ipv4, ip, md5 or sha256; plain without"},
                              {"tlp", "MARK", "the strictest mark that goes out: clear, green or amber; green without"},
                              {"kind", "KIND", "only of this kind"},
                              {"confidence", "N", "at least so much; 40 without"},
                              {"out", "FILE", "into this file, which is there whole or as it was"}};
constexpr Option kEnd[] = {{"value", "VALUE", "only this value"}, {"reason", "TEXT", "stands in the audit chain", Need::required}};
constexpr Option kAllow[] = {{"reason", "TEXT", "stands in the audit chain", Need::required}, {"days", "N", "for so long; 90 without"}};
constexpr Option kLimit[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "import", .arguments = "FILE...", .about = "Takes the values of plain lists, one a line, into a list; - is standard input. Exit code 3 when a line was refused.", .options = kImport, .run = import},
    {.name = "list", .about = "Lists the lists, or the values.", .options = kList, .run = list},
    {.name = "show", .arguments = "VALUE", .about = "Tells all that is said about a value, in whatever form it is written. Exit code 1 when it is nothing.", .options = kShow, .run = show},
    {.name = "export", .about = "Gives what is in force, for those who enforce elsewhere: without what is allowed here or likely a false positive.", .options = kExport, .run = export_live},
    {.name = "end", .arguments = "LIST", .about = "Ends a list, or what it says about one value.", .options = kEnd, .run = end},
    {.name = "allow", .arguments = "VALUE", .about = "Has a value, and what is below it, never match for some time.", .options = kAllow, .run = allow},
    {.name = "disallow", .arguments = "VALUE", .about = "Takes that back.", .run = disallow},
    {.name = "allowed", .about = "Lists what is allowed.", .options = kLimit, .run = allowed},
};

}  // namespace

extern const Noun indicator{.name = "indicator", .about = "Indicators: addresses, names, hashes and others that are known to be bad.", .verbs = kVerbs};

}  // namespace vg::cli::of_indicator

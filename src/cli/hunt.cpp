// vonggac hunt: what is known today, asked of the past.
#include <chrono>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <thread>

#include "base/text.h"
#include "base/time.h"
#include "cli/ask.h"
#include "cli/width.h"
#include "intel/files.h"
#include "store/disk.h"

namespace vg::cli::of_hunt {

namespace {

constexpr Column kColumns[] = {{"ID", "id"},           {"NAME", "name"},         {"STATE", "state"},     {"WHAT", "what"},          {"VALUES", "values", true}, {"DONE", "parts_done", true}, {"OF", "parts_total", true},
                               {"EVENTS", "events", true}, {"HITS", "hits", true}, {"KNOWN", "known", true}, {"FINDINGS", "findings", true}, {"SECONDS", "seconds", true}};
constexpr char kPath[] = "/api/v1/hunts";
constexpr std::size_t kPiece = 5'000, kMostFile = std::size_t{1} << 30;
constexpr std::chrono::milliseconds kLook{200};

std::string path_of(const Call& call, std::string_view action = {}) { return format("{}/{}{}{}", kPath, net::percent_encode(call.arguments[0]), action.empty() ? "" : "/", action); }

// "90d" back from now, or a time.
Status add_since(const Call& call, json::Value& body) {
    const auto text = call.option("since");
    if (!text) return {};
    if (text->ends_with('d'))
        if (const auto number = parse_int(std::string_view{*text}.substr(0, text->size() - 1)); number && *number >= 1) {
            body.set("days", *number);
            return {};
        }
    const auto time = parse_time(*text);
    if (!time) return fail(Code::bad_input, format("--since must be days such as 90d or a time such as 2026-01-31T08:00:00Z, not {}", shorten(*text, 64)));
    body.set("from", to_rfc3339(*time));
    return {};
}

Result<std::string> contents(Call& call, const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{call.streams.in}, {}};
    return store::read_whole(store::system_disk(), path, kMostFile);
}

json::Value to_json(const intel::Item& item) {
    json::Value one = json::object({{"value", item.value.text}, {"kind", name_of(item.value.kind)}});
    if (!item.family.empty()) one.set("family", item.family);
    if (!item.warning.empty()) one.set("warning", item.warning);
    if (item.confidence) one.set("confidence", *item.confidence);
    if (item.tlp) one.set("tlp", name_of(*item.tlp));
    if (item.until) one.set("until", to_rfc3339(*item.until));
    return one;
}

// The hunt as it is when it has ended, or rests; its progress on a terminal.
Result<json::Value> wait_for_end(Call& call, const std::string& id) {
    for (;;) {
        json::Value hunt = TRY(ask(call, "GET", format("{}/{}", kPath, id)));
        const std::string state = hunt.text("state").value_or("");
        const bool over = state != "queued" && state != "running" && state != "collecting";
        if (call.streams.err_is_terminal)
            call.streams.err << (over ? "\r\033[K" : format("\r\033[K{}: {} of {} segments, {} events, {} hits ", state, hunt.integer("parts_done").value_or(0), hunt.integer("parts_total").value_or(0),
                                                            hunt.integer("events").value_or(0), hunt.integer("hits").value_or(0)))
                             << std::flush;
        if (over) return hunt;
        std::this_thread::sleep_for(kLook);
    }
}

std::int64_t size_of(const json::Value& value, std::string_view member) {
    const json::Value* list = value.find(member);
    return list != nullptr && list->is_array() ? static_cast<std::int64_t>(list->as_array().size()) : 0;
}

// In words, for a person: what was covered and what not.
void tell_coverage(Call& call, const json::Value& hunt) {
    const json::Value* coverage = hunt.find("coverage");
    if (coverage == nullptr || !call.streams.err_is_terminal) return;
    std::ostream& err = call.streams.err;
    err << format("covered: {} events in {} segments, {} to {}\n", coverage->integer("events").value_or(0), coverage->integer("parts").value_or(0), coverage->text("first").value_or("-"), coverage->text("last").value_or("-"));
    if (const json::Value* days = coverage->find("days_without"); days != nullptr && days->is_array())
        for (const json::Value& one : days->as_array()) err << format("no events: {} to {}\n", one.text("from").value_or(""), one.text("to").value_or(""));
    if (const auto missing = size_of(*coverage, "missing"); missing > 0) err << format("missing from the archive: {} stretches\n", missing);
    if (const json::Value* sources = coverage->find("sources"); sources != nullptr && sources->is_array())
        for (const json::Value& one : sources->as_array())
            if (const auto without = one.integer("without").value_or(0); without > 0)
                err << format("{} of {} sources never sent a field for {}\n", without, one.integer("sources").value_or(0), one.text("kind").value_or(""));
    if (const auto skipped = coverage->integer("skipped_values").value_or(0); skipped > 0) err << format("{} values were not asked\n", skipped);
}

Result<int> finish(Call& call, const std::string& id, bool refused) {
    Printer printer = TRY(Printer::make(call, kColumns));
    if (call.has("no-wait")) {
        printer.one(TRY(ask(call, "GET", format("{}/{}", kPath, id))));
        return refused ? 3 : 0;
    }
    say(call, format("It goes on without this command too; `vonggac hunt stop {}` ends it.", id));
    const json::Value hunt = TRY(wait_for_end(call, id));
    printer.one(hunt);
    tell_coverage(call, hunt);
    if (const auto reason = hunt.text("reason")) call.streams.err << "vonggac: " << printable(*reason) << "\n";
    return refused || hunt.text("state") != "done" ? 3 : 0;
}

Result<int> run(Call& call) {
    json::Value body{json::Object{}};
    TRY(add_since(call, body));
    for (const auto& [option, member] : {std::pair{"org", "organisation"}, {"name", "name"}, {"rule", "rule"}, {"until", "until"}, {"family", "family"}})
        if (const auto given = call.option(option)) body.set(member, *given);
    if (call.has("count-only")) body.set("count_only", true);
    const bool indicators = call.has("indicators"), rules = call.has("rules") || call.has("rule");
    if (indicators == rules) return fail(Code::bad_input, "say either --indicators FILE, or --rules FILE or --rule ID");
    if (rules) {
        if (const auto path = call.option("rules")) {
            body.set("rules", TRY(contents(call, *path)));
            if (!body.find("name")) body.set("name", std::filesystem::path{*path}.filename().string());
        } else if (!body.find("name")) {
            body.set("name", *call.option("rule"));
        }
        const json::Value made = TRY(ask(call, "POST", kPath, body));
        const json::Value* hunt = made.find("hunt");
        return finish(call, hunt == nullptr ? "" : hunt->text("id").value_or(""), false);
    }
    const std::string path = *call.option("indicators");
    const std::string text = TRY(contents(call, path));
    const std::string stem = path == "-" ? "hunt" : std::filesystem::path{path}.stem().string();
    if (!body.find("name")) body.set("name", stem);
    if (!body.find("family") && path != "-") body.set("family", stem);
    const intel::Reading reading = intel::read_any(text, path);
    const std::vector<intel::Item> items = intel::items_of(reading);
    for (std::size_t i = 0; i < std::min<std::size_t>(reading.refusals.size(), 20); ++i) call.streams.err << "refused: " << told(reading.refusals[i]) << '\n';
    if (reading.refused > 20) call.streams.err << format("refused: {} in all\n", reading.refused);
    if (items.empty()) return fail(Code::bad_input, format("{}: there is no indicator in it", path));
    std::string id;
    // Piece by piece: a list of millions needs no memory of the server's.
    for (std::size_t at = 0; at < items.size(); at += kPiece) {
        json::Value piece = id.empty() ? body : json::object({});
        json::Array some;
        for (std::size_t i = at; i < std::min(at + kPiece, items.size()); ++i) some.push_back(to_json(items[i]));
        piece.set("items", std::move(some));
        if (!id.empty())
            if (const auto family = body.text("family")) piece.set("family", *family);
        if (at + kPiece < items.size()) piece.set("more", true);
        const json::Value taken = TRY(ask(call, "POST", id.empty() ? std::string{kPath} : format("{}/{}/values", kPath, id), piece));
        if (const json::Value* hunt = taken.find("hunt"); hunt != nullptr && id.empty()) id = hunt->text("id").value_or("");
    }
    return finish(call, id, reading.refused > 0);
}

Result<int> list(Call& call) {
    std::string target = kPath;
    add_parameter(target, "state", call.option("state"));
    return print_list(call, target, kColumns);
}

Result<int> show(Call& call) {
    const json::Value hunt = TRY(ask(call, "GET", path_of(call)));
    Printer printer = TRY(Printer::make(call, kColumns));
    printer.one(hunt);
    tell_coverage(call, hunt);
    return 0;
}

Result<int> pause(Call& call) { return print_one(call, "POST", path_of(call, "pause"), kColumns); }
Result<int> stop(Call& call) { return print_one(call, "POST", path_of(call, "stop"), kColumns); }
Result<int> resume(Call& call) {
    const json::Value hunt = TRY(ask(call, "POST", path_of(call, "resume")));
    return finish(call, hunt.text("id").value_or(""), false);
}

constexpr Option kRun[] = {{"indicators", "FILE", "a list of indicators in any form that is read; - is standard input"},
                           {"rules", "FILE", "or rules as YAML"},
                           {"rule", "ID", "or a rule in force: its hits are only counted"},
                           {"since", "DAYS", "such as 90d, or a time; 90d without"},
                           {"until", "TIME", "such as 2026-01-31T08:00:00Z; now without"},
                           {"org", "ID", "only events of this organisation and those below it"},
                           {"name", "NAME", "without it the file's name"},
                           {"family", "NAME", "of indicators that name none; without it the file's name"},
                           {"count-only", "", "hits make no findings"},
                           {"no-wait", "", "begin and return; `vonggac hunt show ID` tells how far it is"}};
constexpr Option kList[] = {{"state", "STATE", "collecting, queued, running, paused, done, failed or stopped"}, {"limit", "N", "at most so many"}};
constexpr Option kResume[] = {{"no-wait", "", "return at once"}};
constexpr Verb kVerbs[] = {
    {.name = "run", .about = "Asks indicators or rules of the archive, the newest segment first, and waits for the answer. Exit code 3: something was refused, or it did not come to its end.", .options = kRun, .run = run},
    {.name = "list", .about = "Lists the hunts, the newest first.", .options = kList, .run = list},
    {.name = "show", .arguments = "ID", .about = "Shows one hunt: how far it is, or what it found and covered.", .run = show},
    {.name = "pause", .arguments = "ID", .about = "Pauses a hunt; what it found stands.", .run = pause},
    {.name = "resume", .arguments = "ID", .about = "Lets a paused or failed hunt go on where it was.", .options = kResume, .run = resume},
    {.name = "stop", .arguments = "ID", .about = "Ends a hunt for good; what it found stands.", .run = stop},
};

}  // namespace

extern const Noun hunt{.name = "hunt", .about = "Retro-hunts: what is known today, asked of the archive.", .verbs = kVerbs};

}  // namespace vg::cli::of_hunt

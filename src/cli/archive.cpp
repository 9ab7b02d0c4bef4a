// `vonggac archive`: what the archive has, and building it anew from the journal.
#include <chrono>
#include <ostream>
#include <thread>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/width.h"

namespace vg::cli::of_archive {

namespace {

constexpr Column kShown[] = {{"SEGMENTS", "segments", true}, {"EVENTS", "events", true}, {"BYTES", "bytes", true}, {"OLDEST", "oldest_received"}, {"SEARCHABLE", "searchable", true},
                             {"JOURNAL TO", "journal_end", true}, {"MISSING", "missing_ranges", true}, {"DAMAGE", "damage_named", true}, {"REBUILT", "rebuilt"}, {"TROUBLE", "trouble"}};
constexpr Column kRebuilt[] = {{"SEGMENTS", "segments", true}, {"EVENTS", "events", true}, {"RANGES", "ranges", true}, {"KEPT", "kept_segments", true}};
constexpr std::chrono::milliseconds kLook{300};
constexpr int kMostTroubled = 100;  // looks with one and the same trouble

std::size_t size_of(const json::Value& value, std::string_view member) {
    const json::Value* list = value.find(member);
    return list != nullptr && list->is_array() ? list->as_array().size() : 0;
}

struct Left {
    std::int64_t segments = 0, events = 0, marked = 0;
    std::size_t missing = 0;
    [[nodiscard]] bool over() const { return segments == 0 && missing == 0; }
    [[nodiscard]] std::int64_t percent() const { return marked <= 0 ? 100 : std::clamp<std::int64_t>((marked - events) * 100 / marked, 0, 100); }
};
Left left_of(const json::Value& archive) {
    Left left{.missing = size_of(archive, "missing")};
    if (const json::Value* rebuild = archive.find("rebuild")) {
        left.segments = rebuild->integer("segments").value_or(0);
        left.events = rebuild->integer("events").value_or(0);
        left.marked = rebuild->integer("events_marked").value_or(0);
    }
    return left;
}

Result<int> show(Call& call) {
    json::Value archive = TRY(ask(call, "GET", "/api/v1/archive"));
    Printer printer = TRY(Printer::make(call, kShown));
    const Left left = left_of(archive);
    if (TRY(format_of(call)) == Format::table || TRY(format_of(call)) == Format::csv) {
        archive.set("missing_ranges", left.missing);
        archive.set("damage_named", size_of(archive, "damage"));
        archive.set("rebuilt", left.segments == 0 ? std::string{} : format("{}%", left.percent()));
    }
    printer.one(archive);
    return 0;
}

// Until nothing is left to be built, showing how far it is. The archive as it is then; nothing when it does not get on.
Result<std::optional<json::Value>> wait_for_end(Call& call) {
    std::string trouble;
    bool shown = false;
    for (int troubled = 0; troubled < kMostTroubled;) {
        json::Value archive = TRY(ask(call, "GET", "/api/v1/archive"));
        const Left left = left_of(archive);
        if (call.streams.err_is_terminal) {
            call.streams.err << (left.over() ? "\r\033[K" : format("\r\033[Krebuilding: {}%, {} segments left, {} ranges to put back ", left.percent(), left.segments, left.missing)) << std::flush;
            shown = true;
        }
        if (left.over()) return std::optional{std::move(archive)};
        std::string now = archive.text("trouble").value_or("");
        troubled = now.empty() || now != trouble ? 0 : troubled + 1;
        trouble = std::move(now);
        std::this_thread::sleep_for(kLook);
    }
    call.streams.err << (shown ? "\n" : "") << "vonggac: it does not get on: " << trouble << "\n";
    return std::nullopt;
}

Result<int> rebuild(Call& call) {
    if (call.has("stop")) {
        TRY(ask(call, "DELETE", "/api/v1/archive/rebuild"));
        say(call, "Stopped. What was replaced stays replaced.");
        return 0;
    }
    json::Value body{json::Object{}};
    if (const auto text = call.option("from")) {
        const auto position = parse_int(*text);
        if (!position || *position < 0) return fail(Code::bad_input, format("--from must be a position, a number from 0, not {}", shorten(*text, 64)));
        body.set("from", *position);
    }
    if (const auto name = call.option("segment")) body.set("segment", *name);
    Printer printer = TRY(Printer::make(call, kRebuilt));
    json::Value result = TRY(ask(call, "POST", "/api/v1/archive/rebuild", body));
    if (call.has("no-wait")) {
        printer.one(result);
        return 0;
    }
    say(call, "It goes on without this command too; `vonggac archive rebuild --stop` ends it.");
    const auto archive = TRY(wait_for_end(call));
    const json::Value* rebuilt = archive ? archive->find("rebuild") : nullptr;
    json::Value kept{json::Array{}};
    if (rebuilt != nullptr && rebuilt->find("kept") != nullptr) kept = *rebuilt->find("kept");
    for (const json::Value& one : kept.as_array()) call.streams.err << "vonggac: " << (one.is_text() ? printable(one.as_text()) : one.dump()) << "\n";
    const bool whole = archive && kept.as_array().empty();
    result.set("kept_segments", kept.as_array().size());
    result.set("kept", std::move(kept));
    printer.one(result);
    return whole ? 0 : 3;
}

constexpr Option kOptions[] = {{"from", "POSITION", "only segments that reach beyond this position"},
                               {"segment", "NAME", "only this one; files in data/archive/segments are named for their segments"},
                               {"no-wait", "", "mark them and return; `vonggac archive show` tells how far it is"},
                               {"stop", "", "end a rebuild that is under way"}};
constexpr Verb kVerbs[] = {
    {.name = "show", .about = "What it has, what is missing or damaged, and how far a rebuild is.", .run = show},
    {.name = "rebuild", .about = "Builds the archive anew from the journal while it is searched. Exit code 3: segments whose records the journal holds no longer were kept as they are; each is named.", .options = kOptions, .run = rebuild},
};

}  // namespace

extern const Noun archive{.name = "archive", .about = "What keeps every event searchable.", .verbs = kVerbs};

}  // namespace vg::cli::of_archive

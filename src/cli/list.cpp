// vonggac list: lists of victims that come with letters, from the file to the worklist.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <thread>

#include "base/text.h"
#include "cli/ask.h"
#include "cli/width.h"
#include "lists/reading.h"
#include "store/disk.h"

namespace vg::cli::of_list {

namespace {

constexpr char kPath[] = "/api/v1/lists";
constexpr std::size_t kMostFile = std::size_t{64} << 20;

constexpr Column kLists[] = {{"ID", "id"}, {"KEPT", "kept"}, {"ISSUER", "letter.issuer"}, {"NUMBER", "letter.number"}, {"DATE", "letter.date"}, {"SERIES", "series"}, {"READ", "counts.read", true}, {"RECORDS", "counts.records", true},
                             {"OURS", "attribution.owner", true}, {"CONFLICT", "attribution.conflict", true}, {"UNKNOWN", "attribution.gap", true}, {"NOBODY", "attribution.nobody", true}, {"SAME AS", "same_as"}};
constexpr Column kRead[] = {{"READ", "counts.read", true}, {"ACCEPTED", "counts.accepted", true}, {"DUPLICATE", "counts.duplicate", true}, {"REJECTED", "counts.rejected", true}, {"RECORDS", "counts.records", true},
                            {"OURS", "attribution.owner", true}, {"CONFLICT", "attribution.conflict", true}, {"UNKNOWN", "attribution.gap", true}, {"NOBODY", "attribution.nobody", true}, {"LIST", "list"}, {"SAME AS", "same_as.id"}};
constexpr Column kRows[] = {{"LINE", "line", true}, {"VICTIM", "subject"}, {"PORT", "port", true}, {"SEEN", "seen"}, {"FAMILY", "family"}, {"WHOSE", "kind"}, {"ORGANISATION", "organisation.name"}, {"FACT", "fact", true}, {"SYSTEM", "system"},
                            {"C2", "c2"}, {"TOLD UNIT", "unit"}};
constexpr Column kHits[] = {{"VICTIM", "subject"}, {"MACHINE", "inside.text"}, {"FAMILY", "family"}, {"STATE", "state"}, {"ORGANISATION", "organisation.name"}, {"SYSTEM", "system"}, {"LEVEL", "level", true}, {"RELAPSES", "relapses", true}, {"SINCE", "first_seen"},
                            {"LAST", "last_seen"}, {"LISTS", "times", true}, {"SERIES", "series"}};
constexpr Column kInside[] = {{"STATE", "state"}, {"ASKED", "told.asked", true}, {"MACHINE", "told.machine", true}, {"SEVERAL", "told.several", true}, {"TO VERIFY", "told.verify", true}, {"EVENTS", "told.events", true},
                              {"CLOCKS DIFFER BY", "told.skew_seconds", true}, {"REASON", "reason"}};
constexpr Column kDiff[] = {{"BY", "by"}, {"VALUE", "value"}, {"NEW", "new", true}, {"PERSISTENT", "persistent", true}, {"GONE", "gone", true}, {"RELAPSED", "relapsed", true}};
constexpr Column kChanges[] = {{"LINE", "number", true}, {"VICTIM", "subject"}, {"WAS", "before.kind"}, {"OF", "before.organisation.name"}, {"IS", "after.kind"}, {"OF", "after.organisation.name"}, {"BY FACT", "after.fact", true}};

Result<std::string> contents(Call& call, const std::string& path) {
    if (path != "-") return store::read_whole(store::system_disk(), path, kMostFile);
    std::string text{std::istreambuf_iterator<char>{call.streams.in}, {}};
    if (text.size() > kMostFile) return fail(Code::too_large, format("a list has at most {} MiB", kMostFile >> 20));
    return text;
}

// What a person says about the file, as /read and /keep take it.
Result<json::Value> body_of(const Call& call) {
    json::Value body = json::object({});
    for (const auto& [option, member] : {std::pair{"profile", "profile"}, {"zone", "zone"}, {"sheet", "sheet"}, {"encoding", "encoding"}, {"date-order", "date_order"}, {"series", "series"}})
        if (const auto given = call.option(option)) body.set(member, *given);
    if (const auto given = call.option("header-line")) {
        const auto number = parse_int(*given);
        if (!number || *number < 0) return fail(Code::bad_input, "--header-line is the number of a line; 0: there is none");
        body.set("header_line", *number);
    }
    json::Value letter = json::object({}), columns = json::object({});
    for (const char* option : {"issuer", "number", "date", "subject", "urgency"})
        if (const auto given = call.option(option)) letter.set(option, *given);
    if (!letter.as_object().empty()) body.set("letter", std::move(letter));
    if (const auto maps = call.options.find("map"); maps != call.options.end())
        for (const std::string& map : maps->second) {
            const std::size_t equals = map.rfind('=');
            if (equals == std::string::npos || equals == 0) return fail(Code::bad_input, format("--map is \"HEADER=ROLE\", not {}", shorten(map, 100)));
            const std::string role = lower_ascii(trim(std::string_view{map}.substr(equals + 1)));
            if (!lists::role_named(role)) {
                std::vector<std::string> roles;
                for (std::size_t i = 0; i < lists::kRoles; ++i) roles.emplace_back(name_of(static_cast<lists::Role>(i)));
                const auto near = nearest(role, roles);
                return fail(Code::bad_input, format("--map: {} is no role of a column{}", shorten(role, 64), near ? "; did you mean " + *near + "?" : std::string{}));
            }
            columns.set(map.substr(0, equals), role);
        }
    if (!columns.as_object().empty()) body.set("columns", std::move(columns));
    return body;
}

// The words on the command line that answer a question.
std::string answer_to(const std::string& about, const std::vector<std::string>& choices) {
    const std::string first = choices.empty() ? "..." : choices.front();
    if (about == "encoding") return format("--encoding {}", first);
    if (about == "sheet") return format("--sheet \"{}\"", first);
    if (about == "header") return "--header-line N";
    if (about == "zone") return format("--zone {}", first);
    if (about == "date-order") return format("--date-order {}", first);
    if (about == "victim") return format("--map \"{}=victim\"", choices.empty() ? "HEADER" : choices.front());
    if (about.starts_with("column:")) return format("--map \"{}={}\"", about.substr(7), first);
    return "--profile NAME";
}

std::vector<std::string> texts_in(const json::Value& value, std::string_view member) {
    std::vector<std::string> out;
    if (const json::Value* list = value.find(member); list != nullptr && list->is_array())
        for (const json::Value& one : list->as_array())
            if (one.is_text()) out.push_back(one.as_text());
    return out;
}

std::size_t tell_questions(Call& call, const json::Value& reading) {
    const json::Value* questions = reading.find("questions");
    if (questions == nullptr || !questions->is_array()) return 0;
    for (const json::Value& question : questions->as_array()) {
        const auto choices = texts_in(question, "choices");
        call.streams.err << "question: " << printable(question.text("text").value_or("")) << '\n';
        if (choices.size() > 1) {
            std::string all;
            for (const std::string& choice : choices) all += (all.empty() ? "" : ", ") + choice;
            call.streams.err << "  one of: " << printable(all) << '\n';
        }
        call.streams.err << "  answer: " << printable(answer_to(question.text("about").value_or(""), choices)) << '\n';
    }
    return questions->as_array().size();
}

Result<net::Answer> plain(Call& call, const std::string& target) {
    net::Answer answer = TRY(call.channel->send({.method = "GET", .target = target, .body = {}}));
    if (answer.status != 200) return fail(error_of(answer));
    return answer;
}

// Dropped from the server's memory when the command ends, whatever becomes of it.
struct Upload {
    Call& call;
    std::string id;
    ~Upload() {
        if (!id.empty()) (void)ask(call, "DELETE", "/api/v1/list-uploads/" + id);
    }
};

// How far it is, on a terminal, while the server keeps the list.
class Watch {
public:
    Watch(Call& call, std::string target)
        : worker_([&call, target = std::move(target)](const std::stop_token& stop) {
              bool told = false;
              for (int waited = 0; !stop.stop_requested(); ++waited) {
                  std::this_thread::sleep_for(kLook);
                  if (waited % 10 != 9) continue;
                  const auto upload = ask(call, "GET", target);
                  const json::Value* keeping = upload ? upload->find("keeping") : nullptr;
                  if (keeping == nullptr || !keeping->is_object()) continue;
                  call.streams.err << format("\r\033[K{} of {} steps ", keeping->integer("done").value_or(0), keeping->integer("all").value_or(0)) << std::flush;
                  told = true;
              }
              if (told) call.streams.err << "\r\033[K" << std::flush;
          }) {}

private:
    static constexpr std::chrono::milliseconds kLook{50};
    std::jthread worker_;
};

Result<json::Value> keep_watched(Call& call, const std::string& uploads, const json::Value& body) {
    std::optional<Watch> watch;
    if (call.streams.err_is_terminal) watch.emplace(call, uploads);
    return ask(call, "POST", uploads + "/keep", body);
}

// 2 while questions are open, 3 when rows were rejected.
Result<int> import(Call& call) {
    const json::Value body = TRY(body_of(call));
    const std::string& path = call.arguments[0];
    std::string target = "/api/v1/list-uploads";
    add_parameter(target, "name", call.option("name").value_or(path == "-" ? "stdin" : std::filesystem::path{path}.filename().string()));
    const std::string bytes = TRY(contents(call, path));
    const net::Answer sent = TRY(call.channel->send({.method = "POST", .target = target, .body = bytes, .headers = {{"content-type", "application/octet-stream"}}}));
    if (sent.status != 201) return fail(error_of(sent));
    const json::Value opened = TRY(json::parse(sent.body));
    const Upload upload{call, opened.text("id").value_or("")};
    const std::string uploads = "/api/v1/list-uploads/" + upload.id;
    const json::Value answer = TRY(ask(call, "POST", uploads + "/read", body));
    const json::Value* found = answer.find("reading");
    if (found == nullptr) return fail(Code::internal, "the server's answer has no reading");
    json::Value reading = *found;
    for (const std::string& remark : texts_in(reading, "remarks")) call.streams.err << "remark: " << printable(remark) << '\n';
    if (const auto file = call.option("rejected")) TRY(store::write_whole(store::system_disk(), *file, TRY(plain(call, uploads + "/rejected")).body));
    if (tell_questions(call, reading) > 0) return 2;
    if (!call.has("dry-run")) {
        json::Value keep = body;
        if (call.has("no-indicators")) keep.set("indicators", false);
        if (call.has("no-findings")) keep.set("findings", false);
        if (call.has("own")) keep.set("own", true);
        if (const auto name = call.option("save-profile")) keep.set("save_profile", *name);
        const json::Value kept = TRY(keep_watched(call, uploads, keep));
        if (const json::Value* list = kept.find("list"); list != nullptr) reading.set("list", list->text("id").value_or(""));
        for (const char* member : {"indicators", "findings", "cases"})
            if (const json::Value* told = kept.find(member); told != nullptr) reading.set(member, *told);
        if (const json::Value* cases = kept.find("cases"); cases != nullptr && cases->is_object()) {
            const auto count = [&](const char* name) { return cases->integer(name).value_or(0); };
            say(call, format("Cases: {} opened, {} victims added, {} reminded of, {} relapsed, {} no longer named. See `vonggac case list`.", count("opened"), count("opened") + count("joined"), count("reminded") + count("refuted"), count("relapsed"), count("absent")));
        }
        for (const std::string& remark : texts_in(kept, "remarks")) call.streams.err << "remark: " << printable(remark) << '\n';
        if (const json::Value* indicators = kept.find("indicators"); indicators != nullptr && indicators->is_object()) {
            say(call, format("{} control servers became indicators: list {}.", indicators->integer("added").value_or(0), indicators->text("list").value_or("")));
            for (const char* what : {"warnings", "reasons"})
                for (const std::string& text : texts_in(*indicators, what)) call.streams.err << (what[0] == 'w' ? "warning: " : "refused: ") << printable(text) << '\n';
        }
    }
    Printer printer = TRY(Printer::make(call, kRead));
    if (TRY(format_of(call)) == Format::table) {
        printer.add(reading);
        printer.finish();
    } else {
        printer.one(reading);
    }
    if (const auto same = text_at(reading, "same_as.id"); !same.empty()) say(call, format("It says the same as list {}, and is kept as a receipt of it.", same));
    const json::Value* counts = reading.find("counts");
    const bool rejected = counts != nullptr && counts->integer("rejected").value_or(0) > 0;
    if (rejected)
        if (const json::Value* rows = reading.find("rows"); rows != nullptr && rows->is_array()) {
            std::size_t told = 0;
            for (const json::Value& row : rows->as_array())
                if (row.text("outcome") == "rejected" && ++told <= 20) call.streams.err << format("rejected: line {}: {}\n", row.integer("line").value_or(0), printable(row.text("reason").value_or("")));
            if (const auto all = static_cast<std::size_t>(counts->integer("rejected").value_or(0)); all > std::min<std::size_t>(told, 20)) call.streams.err << format("rejected: {} in all\n", all);
        }
    return rejected ? 3 : 0;
}

Result<int> show(Call& call) {
    if (call.arguments.empty()) return print_list(call, kPath, kLists);
    const std::string path = format("{}/{}", kPath, net::percent_encode(call.arguments[0]));
    if (call.has("rejected")) {
        call.streams.out << TRY(plain(call, path + "/rejected")).body;
        return 0;
    }
    if (!call.has("rows")) return print_one(call, "GET", path, kLists);
    std::string target = path + "/rows";
    add_parameter(target, "kind", call.option("whose"));
    return print_list(call, target, kRows);
}

Result<int> hits(Call& call) {
    std::string target = "/api/v1/list-hits";
    for (const auto& [option, parameter] : {std::pair{"org", "organisation"}, {"state", "state"}, {"list", "list"}, {"series", "series"}}) add_parameter(target, parameter, call.option(option));
    return print_list(call, target, kHits);
}

Result<int> diff(Call& call) {
    std::string target = format("{}/{}/diff", kPath, net::percent_encode(call.arguments[0]));
    if (call.arguments.size() > 1) add_parameter(target, "with", call.arguments[1]);
    const json::Value answer = TRY(ask(call, "GET", target));
    Printer printer = TRY(Printer::make(call, kDiff));
    if (TRY(format_of(call)) == Format::json) {
        printer.one(answer);
        return 0;
    }
    const auto line = [&](std::string_view by, const std::string& value, const json::Value* changes) {
        json::Value out = json::object({{"by", by}, {"value", value}});
        if (changes != nullptr && changes->is_object())
            for (const auto& [name, count] : changes->as_object()) out.set(name, count);
        printer.add(out);
    };
    line("all", answer.text("series").value_or(""), answer.find("all"));
    if (const json::Value* all = answer.find("organisations"); all != nullptr && all->is_array())
        for (const json::Value& one : all->as_array()) {
            const std::string name = text_at(one, "organisation.name");
            line("organisation", name.empty() ? "(not in managed ranges)" : name, one.find("changes"));
        }
    for (const auto& [member, by] : {std::pair{"families", "family"}, {"provinces", "province"}})
        if (const json::Value* all = answer.find(member); all != nullptr && all->is_array())
            for (const json::Value& one : all->as_array()) line(by, one.text("value").value_or(""), one.find("changes"));
    printer.finish();
    return 0;
}

Result<int> attribute(Call& call) {
    const json::Value answer = TRY(ask(call, "POST", format("{}/{}/attribute", kPath, net::percent_encode(call.arguments[0])), json::object({{"preview", call.has("dry-run")}})));
    Printer printer = TRY(Printer::make(call, kChanges));
    if (TRY(format_of(call)) == Format::json) {
        printer.one(answer);
        return 0;
    }
    if (const json::Value* changes = answer.find("changes"); changes != nullptr && changes->is_array())
        for (const json::Value& one : changes->as_array()) printer.add(one);
    printer.finish();
    say(call, format("{} of {} rows {} different.", answer.integer("changed").value_or(0), answer.integer("rows").value_or(0), call.has("dry-run") ? "would be" : "are"));
    return 0;
}

// Looks for the machines and waits for what comes of it: 1 when nothing was found.
Result<int> inside(Call& call) {
    const std::string path = format("{}/{}/inside", kPath, net::percent_encode(call.arguments[0]));
    json::Value job = call.has("again") ? TRY(ask(call, "POST", path)) : TRY(ask(call, "GET", path));
    const std::string id = job.text("id").value_or("");
    for (int waited = 0; job.text("state") == "waiting" || job.text("state") == "running"; ++waited) {
        if (waited == 0 && !call.has("again")) job = TRY(ask(call, "POST", path));  // in a folder that nobody serves somebody has to begin
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        job = TRY(ask(call, "GET", path));
        if (call.streams.err_is_terminal) call.streams.err << format("\r\033[K{} of 1000 ", job.integer("done").value_or(0)) << std::flush;
    }
    if (call.streams.err_is_terminal) call.streams.err << "\r\033[K" << std::flush;
    Printer printer = TRY(Printer::make(call, kInside));
    if (TRY(format_of(call)) == Format::table) {
        printer.add(job);
        printer.finish();
    } else {
        printer.one(job);
    }
    if (job.text("state") == "failed") return 3;
    const json::Value* told = job.find("told");
    return told != nullptr && told->integer("machine").value_or(0) + told->integer("several").value_or(0) > 0 ? 0 : 1;
}

Result<int> profiles(Call& call) {
    constexpr Column kProfiles[] = {{"NAME", "name"}, {"TITLE", "title", false, "title_vi"}, {"ZONE", "zone"}, {"DATES", "date_order"}, {"SHIPPED", "shipped"}, {"VERSION", "version", true}};
    return print_list(call, "/api/v1/list-profiles", kProfiles);
}

constexpr Option kImport[] = {{"dry-run", "", "says what would be kept, and keeps nothing"},
                              {"profile", "NAME", "how the lists of this issuer look; without it the one that fits; none: none"},
                              {"zone", "ZONE", "of times without one, such as Asia/Ho_Chi_Minh or UTC"},
                              {"date-order", "ORDER", "day-first or month-first, of dates that can be read both ways"},
                              {"sheet", "NAME", "of a workbook"},
                              {"header-line", "N", "the line with the names of the columns; 0: there is none"},
                              {"encoding", "NAME", "utf-8, utf-16le, utf-16be, windows-1258, tcvn3 or vni"},
                              {"map", "HEADER=ROLE", "what a column means: victim, seen, c2, family, ignore...", Need::many},
                              {"issuer", "NAME", "of the letter"},
                              {"number", "NUMBER", "of the letter"},
                              {"date", "DATE", "of the letter, such as 2026-11-28"},
                              {"subject", "TEXT", "of the letter"},
                              {"urgency", "TEXT", "of the letter"},
                              {"series", "NAME", "lists of one series are compared; without it issuer and profile"},
                              {"name", "NAME", "of the file, for standard input"},
                              {"own", "", "keep it as a list of its own, although another says the same"},
                              {"no-indicators", "", "control servers do not become indicators"},
                              {"no-findings", "", "hits do not become findings"},
                              {"save-profile", "NAME", "keep what was said of the columns under this name"},
                              {"rejected", "FILE", "the rows that could not be read, with line and reason, as CSV"}};
constexpr Option kShow[] = {{"rows", "", "its records, each with whose it was"}, {"whose", "KIND", "only these records: owner, conflict, gap or nobody"}, {"rejected", "", "the rows that could not be read, as CSV"}, {"limit", "N", "at most so many"}};
constexpr Option kHitsOptions[] = {{"org", "ID", "only of this organisation and those below it"}, {"state", "STATE", "new, persistent, gone or relapsed"}, {"list", "ID", "only those on this list"}, {"series", "NAME", "only those of this series"},
                                   {"limit", "N", "at most so many"}};
constexpr Option kAttributeOptions[] = {{"dry-run", "", "only tells what would change"}};
constexpr Option kInsideOptions[] = {{"again", "", "look once more, because logs came late"}};
constexpr Option kLimit[] = {{"limit", "N", "at most so many"}};
constexpr Verb kVerbs[] = {
    {.name = "import", .arguments = "FILE", .about = "Reads a list of victims, accounts for every row, and keeps it; - is standard input. Exit code 2 while a question is open, 3 when rows were rejected.", .options = kImport, .run = import},
    {.name = "show", .arguments = "[ID]", .about = "Shows a list, its rows or those that could not be read; without ID all lists.", .options = kShow, .run = show},
    {.name = "hits", .about = "The worklist: who stands on lists, the most pressing first.", .options = kHitsOptions, .run = hits},
    {.name = "diff", .arguments = "ID [OTHER]", .about = "What is new, persistent, gone and relapsed against the list before it, or another.", .run = diff},
    {.name = "attribute", .arguments = "ID", .about = "Asks the directory as it is now whose each record was; what was said before stays readable.", .options = kAttributeOptions, .run = attribute},
    {.name = "inside", .arguments = "ID", .about = "Looks for the machines behind the addresses in the logs of NAT devices, proxies and DHCP servers. Exit code 1: none was found.", .options = kInsideOptions, .run = inside},
    {.name = "profiles", .about = "Lists the profiles: how the lists of each issuer look.", .options = kLimit, .run = profiles},
};

}  // namespace

extern const Noun list{.name = "list", .about = "Lists of victims, such as those of botnets that come with a letter.", .verbs = kVerbs};

}  // namespace vg::cli::of_list

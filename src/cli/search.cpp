// `vonggac search`: the archive from the command line.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/search_request.h"

namespace vg::cli::of_search {

namespace {

constexpr std::size_t kPage = 1000;
constexpr std::size_t kOnTerminal = 100;
constexpr std::size_t kBar = 40;  // columns of the longest bar of a histogram

constexpr Column kEventColumns[] = {{"", "mark"}, {"OCCURRED", "occurred"}, {"SOURCE", "source"}, {"HOST", "host"}, {"WHAT", "what"}, {"ID", "id"}};
constexpr Column kCsvColumns[] = {{"", "id"}, {"", "occurred"}, {"", "received"}, {"", "source"}, {"", "organisation"}, {"", "format"}, {"", "host"}, {"", "what"}};
constexpr Column kValueColumns[] = {{"COUNT", "count", true}, {"VALUE", "value"}};
constexpr Column kFieldColumns[] = {{"COUNT", "count", true}, {"FIELD", "name"}, {"TYPE", "type"}, {"PERSONAL", "personal"}};
constexpr Column kBucketColumns[] = {{"FROM", "from"}, {"COUNT", "count", true}, {"", "bar"}};

// What `vonggac search` was asked for.
struct Wish {
    std::string query;
    Time from, to;
    std::string id;  // of the search
};

Result<Wish> wish_of(const Call& call) {
    Wish wish;
    for (const std::string& word : call.arguments) wish.query += (wish.query.empty() ? "" : " ") + word;
    if (!call.surroundings.now) return fail(Code::internal, "this program was not told the time");
    const Time now = call.surroundings.now();
    wish.to = TRY_IN("--to: ", parse_moment(call.option("to").value_or("now"), now));
    wish.from = TRY_IN("--from: ", parse_moment(call.option("from").value_or("-24h"), now));
    if (!(wish.from < wish.to)) return fail(Code::bad_input, format("--from {} is not before --to {}", to_rfc3339(wish.from), to_rfc3339(wish.to)));
    SystemRandom random;
    wish.id = to_text(make_uuid_v7(now, random));
    return wish;
}

std::string target_of(const Call& call, const Wish& wish, std::string_view path) {
    std::string target{path};
    add_parameter(target, "q", wish.query);
    add_parameter(target, "from", to_rfc3339(wish.from));
    add_parameter(target, "to", to_rfc3339(wish.to));
    add_parameter(target, "organisation", call.option("org"));
    if (call.has("masked")) add_parameter(target, "masked", "true");
    add_parameter(target, "search", wish.id);
    return target;
}

Result<json::Value> answer_of(Call& call, const Wish& wish, const std::string& target) {
    const net::Answer answer = TRY(send_search(call, {.target = target}, wish.id, wish.query));
    json::Value value = TRY_IN("the server's answer is no JSON: ", json::parse(answer.body));
    if (!value.is_object()) return fail(Code::internal, "the server's answer is no JSON object; is it a vonggac server?");
    return value;
}

// ---- events ----

std::string field_text(const json::Value& event, std::initializer_list<std::string_view> names) {
    const json::Value* fields = event.find("fields");
    if (fields == nullptr || !fields->is_object()) return {};
    for (std::string_view name : names)
        if (const json::Value* value = fields->find(name); value != nullptr && !value->is_null()) return value->is_text() ? value->as_text() : value->dump();
    return {};
}

// One line about an event: its message, else what happened to whom.
std::string what_of(const json::Value& event) {
    std::string out = field_text(event, {"message"});
    if (!out.empty()) return out;
    const auto add = [&](std::string_view name) {
        const std::string text = field_text(event, {name});
        if (!text.empty()) out += format("{}{}={}", out.empty() ? "" : " ", name, text);
    };
    for (std::string_view name : {"event.code", "event.action", "user.name", "process.executable", "process.command_line", "source.ip", "destination.ip", "dns.question.name", "url.full"}) add(name);
    if (!out.empty()) return out;
    const json::Value* fields = event.find("fields");
    return fields == nullptr ? std::string{} : fields->dump();
}

json::Value row_of(const json::Value& event, std::string_view mark) {
    return json::object({{"mark", mark},
                         {"id", event.text("id")},
                         {"occurred", event.text("occurred")},
                         {"received", event.text("received")},
                         {"source", text_at(event, "source.name")},
                         {"organisation", event.text("organisation")},
                         {"format", event.text("format")},
                         {"host", field_text(event, {"host.name", "winlog.computer_name", "log.syslog.hostname"})},
                         {"what", what_of(event)}});
}

// Prints events: whole ones as JSON, rows as a table or CSV.
class EventPrinter {
public:
    static Result<EventPrinter> make(Call& call) {
        const Format wanted = TRY(format_of(call));
        const bool whole = wanted == Format::json || wanted == Format::ndjson;
        return EventPrinter{TRY(Printer::make(call, wanted == Format::csv ? std::span<const Column>{kCsvColumns} : std::span<const Column>{kEventColumns})), whole};
    }
    void add(const json::Value& event, std::string_view mark = "") { printer_.add(whole_ ? event : row_of(event, mark)); }
    void finish() { printer_.finish(); }

private:
    EventPrinter(Printer printer, bool whole) : printer_(printer), whole_(whole) {}
    Printer printer_;
    bool whole_;
};

Result<std::optional<std::size_t>> limit_of(const Call& call) {
    const auto text = call.option("limit");
    if (!text) return std::nullopt;
    const auto number = parse_int(*text);
    if (!number || *number < 1) return fail(Code::bad_input, format("--limit must be a number from 1, not {}", *text));
    return std::optional{static_cast<std::size_t>(*number)};
}

// One page.
Result<int> print_page(Call& call, const Wish& wish, std::string target, std::size_t limit, bool told) {
    add_parameter(target, "limit", format("{}", limit));
    const json::Value answer = TRY(answer_of(call, wish, target));
    EventPrinter printer = TRY(EventPrinter::make(call));
    const json::Value* items = answer.find("items");
    if (items != nullptr && items->is_array())
        for (const json::Value& event : items->as_array()) printer.add(event);
    printer.finish();
    if (!told && answer.text("next")) say(call, format("There are more; these are the first {}. --limit N shows more.", limit));
    return tell_incomplete(call, answer.find("incomplete"));
}

// All of it, as it comes.
Result<int> print_stream(Call& call, const Wish& wish, const std::string& target, std::size_t limit) {
    EventPrinter printer = TRY(EventPrinter::make(call));
    std::string rest;
    std::optional<std::string> trouble;
    std::size_t count = 0;
    json::Value incomplete;
    Message message{.target = target, .headers = {{"Accept", "application/x-ndjson"}}};
    message.on_data = [&](std::string_view bytes) {
        rest += bytes;
        std::size_t begin = 0;
        for (std::size_t end; (end = rest.find('\n', begin)) != std::string::npos; begin = end + 1) {
            const auto event = json::parse(std::string_view{rest}.substr(begin, end - begin));
            if (!event || !event->is_object()) {
                trouble = "the server's answer is no NDJSON";
                return false;
            }
            if (const json::Value* problem = event->find("problem")) {
                trouble = problem->text("detail").value_or("the server gave no reason");
                return false;
            }
            if (const json::Value* lacking = event->find("incomplete"); lacking != nullptr && event->find("id") == nullptr) {
                incomplete = *lacking;
                continue;
            }
            printer.add(*event);
            if (++count == limit) return false;
        }
        rest.erase(0, begin);
        return true;
    };
    const auto sent = send_search(call, message, wish.id, wish.query);
    if (!sent && count == 0) return fail(sent.error());
    printer.finish();
    if (!sent && !trouble && count < limit) trouble = sent.error().text;
    const int code = tell_incomplete(call, &incomplete);
    if (!trouble) return code;
    call.streams.err << "vonggac: the answer breaks off here: " << *trouble << "\n";
    return 3;
}

Result<int> print_events(Call& call, const Wish& wish) {
    const auto limit = TRY(limit_of(call));
    const auto order = call.option("order");
    if (order && *order != "newest" && *order != "oldest") return fail(Code::bad_input, format("--order is newest or oldest, not {}", *order));
    std::string target = target_of(call, wish, "/api/v1/events");
    add_parameter(target, "order", order);
    const bool table = TRY(format_of(call)) == Format::table;
    if (limit.value_or(table ? kOnTerminal : SIZE_MAX) <= kPage) return print_page(call, wish, std::move(target), limit.value_or(kOnTerminal), limit.has_value());
    return print_stream(call, wish, target, limit.value_or(SIZE_MAX));
}

Result<int> print_context(Call& call, const Wish& wish, const std::string& id) {
    if (!wish.query.empty()) return fail(Code::bad_input, "--context shows what happened around one event; it takes no query");
    std::string target = format("/api/v1/events/{}/context", net::percent_encode(id));
    add_parameter(target, "before", call.option("around"));
    add_parameter(target, "after", call.option("around"));
    add_parameter(target, "by", call.option("by"));
    if (call.has("masked")) add_parameter(target, "masked", "true");
    add_parameter(target, "search", wish.id);
    const json::Value answer = TRY(answer_of(call, wish, target));
    EventPrinter printer = TRY(EventPrinter::make(call));
    const auto add_all = [&](std::string_view member) {
        const json::Value* items = answer.find(member);
        if (items != nullptr && items->is_array())
            for (const json::Value& event : items->as_array()) printer.add(event);
    };
    add_all("before");
    if (const json::Value* event = answer.find("event")) printer.add(*event, ">");
    add_all("after");
    printer.finish();
    return tell_incomplete(call, answer.find("incomplete"));
}

// ---- numbers ----

Result<int> print_items(Call& call, const Wish& wish, const std::string& target, std::string_view member, std::span<const Column> columns) {
    const json::Value answer = TRY(answer_of(call, wish, target));
    Printer printer = TRY(Printer::make(call, columns));
    const json::Value* items = answer.find(member);
    if (items != nullptr && items->is_array())
        for (const json::Value& item : items->as_array()) printer.add(item);
    printer.finish();
    return tell_incomplete(call, answer.find("incomplete"));
}

Result<int> print_top(Call& call, const Wish& wish, const std::string& field) {
    std::string target = target_of(call, wish, "/api/v1/events/top");
    add_parameter(target, "field", field);
    add_parameter(target, "most", call.option("limit"));
    return print_items(call, wish, target, "values", kValueColumns);
}

Result<int> print_histogram(Call& call, const Wish& wish, const std::string& step) {
    std::string target = target_of(call, wish, "/api/v1/events/histogram");
    if (step != "auto") {
        const auto span = parse_span(step);
        if (!span || span->micros < 1'000'000 || span->micros % 1'000'000 != 0) return fail(Code::bad_input, format("--histogram is a step in whole seconds such as 60s, 1h or 1d, or auto, not {}", shorten(step, 64)));
        add_parameter(target, "step", format("{}", span->micros / 1'000'000));
    }
    json::Value answer = TRY(answer_of(call, wish, target));
    const json::Value* buckets = answer.find("buckets");
    if (buckets == nullptr || !buckets->is_array()) return fail(Code::internal, "the server's answer has no buckets");
    const Format format_wanted = TRY(format_of(call));
    Printer printer = TRY(Printer::make(call, format_wanted == Format::table ? std::span<const Column>{kBucketColumns} : std::span<const Column>{kBucketColumns}.first(2)));
    std::int64_t highest = 1;
    for (const json::Value& bucket : buckets->as_array()) highest = std::max(highest, bucket.integer("count").value_or(0));
    for (json::Value bucket : buckets->as_array()) {
        if (format_wanted == Format::table) {
            const auto columns = static_cast<std::size_t>(static_cast<double>(bucket.integer("count").value_or(0)) / static_cast<double>(highest) * static_cast<double>(kBar) + 0.5);
            bucket.set("bar", std::string(std::min(columns, kBar), '#'));
        }
        printer.add(bucket);
    }
    printer.finish();
    return tell_incomplete(call, answer.find("incomplete"));
}

Result<int> print_number(Call& call, const Wish& wish, const std::string& target) {
    const json::Value answer = TRY(answer_of(call, wish, target));
    Printer printer = TRY(Printer::make(call, {}));
    printer.one(answer);
    return tell_incomplete(call, answer.find("incomplete"));
}

// ---- export ----

constexpr std::size_t kMostLast = std::size_t{64} << 10;

// What an export lacks: of Parquet in a header, else in its last line. `last` is the end of what came.
json::Value incomplete_of(const net::Answer& answer, std::string_view last) {
    for (const auto& [name, value] : answer.headers)
        if (name == "vonggac-incomplete") return json::parse(value).value_or(json::Value{});
    while (last.ends_with('\n') || last.ends_with('\r')) last.remove_suffix(1);
    last.remove_prefix(last.rfind('\n') == std::string_view::npos ? 0 : last.rfind('\n') + 1);
    if (last.starts_with("{\"incomplete\":")) {
        const auto line = json::parse(last);
        const json::Value* lacking = line ? line->find("incomplete") : nullptr;
        return lacking == nullptr ? json::Value{} : *lacking;
    }
    if (!last.starts_with("#incomplete,\"") || !last.ends_with('"')) return {};
    std::string text;  // RFC 4180: a quote stands twice
    const std::string_view quoted = last.substr(13, last.size() - 14);
    for (std::size_t i = 0; i < quoted.size(); ++i) {
        text += quoted[i];
        if (quoted[i] == '"') ++i;
    }
    return json::parse(text).value_or(json::Value{});
}

Result<int> write_export(Call& call, const Wish& wish, const std::string& path) {
    const std::string extension = std::filesystem::path{path}.extension().string();
    const std::string format_name = extension == ".jsonl" ? "ndjson" : extension.empty() ? "" : extension.substr(1);
    if (format_name != "parquet" && format_name != "ndjson" && format_name != "csv") return fail(Code::bad_input, format("--export {}: the name must end in .parquet, .ndjson or .csv", path));
    if (std::filesystem::exists(path)) return fail(Code::conflict, format("--export {}: the file exists already", path));
    const std::string part = path + ".part";
    std::ofstream file{part, std::ios::binary | std::ios::trunc};
    if (!file) return fail(Code::unavailable, format("--export {}: the file cannot be written: {}", path, std::strerror(errno)));
    json::Value body = json::object({{"q", wish.query}, {"from", to_rfc3339(wish.from)}, {"to", to_rfc3339(wish.to)}, {"format", format_name}, {"search", wish.id}});
    if (const auto organisation = call.option("org")) body.set("organisation", *organisation);
    if (const auto order = call.option("order")) body.set("order", *order);
    if (call.has("masked")) body.set("masked", true);
    std::uint64_t bytes = 0;
    std::string last;
    Message message{.method = "POST", .target = "/api/v1/events/export", .body = body.dump()};
    message.on_data = [&](std::string_view piece) {
        file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        bytes += piece.size();
        last.append(piece.substr(piece.size() - std::min(piece.size(), kMostLast)));
        last.erase(0, last.size() - std::min(last.size(), kMostLast));
        return file.good();
    };
    const auto sent = send_search(call, message, wish.id, wish.query);
    file.close();
    std::error_code error;
    if (!sent || !file) {
        std::filesystem::remove(part, error);
        return sent ? fail(Code::unavailable, format("--export {}: the file cannot be written", path)) : fail(sent.error());
    }
    std::filesystem::rename(part, path, error);
    if (error) return fail(Code::unavailable, format("--export {}: {}", path, error.message()));
    Printer printer = TRY(Printer::make(call, {}));
    printer.one(json::object({{"file", path}, {"bytes", bytes}}));
    const json::Value incomplete = incomplete_of(*sent, last);
    return tell_incomplete(call, &incomplete);
}

Result<int> run_search(Call& call) {
    static constexpr std::string_view kModes[] = {"count", "histogram", "top", "fields", "statistics", "context", "export"};
    std::optional<std::string_view> mode;
    for (std::string_view one : kModes) {
        if (!call.has(one)) continue;
        if (mode) return fail(Code::bad_input, format("--{} and --{} exclude one another", *mode, one));
        mode = one;
    }
    const Wish wish = TRY(wish_of(call));
    if (!mode) return print_events(call, wish);
    const std::string value = call.option(*mode).value_or("");
    if (*mode == "count") return print_number(call, wish, target_of(call, wish, "/api/v1/events/count"));
    if (*mode == "histogram") return print_histogram(call, wish, value);
    if (*mode == "top") return print_top(call, wish, value);
    if (*mode == "fields") return print_items(call, wish, target_of(call, wish, "/api/v1/events/fields"), "items", kFieldColumns);
    if (*mode == "context") return print_context(call, wish, value);
    if (*mode == "export") return write_export(call, wish, value);
    std::string target = target_of(call, wish, "/api/v1/events/statistics");
    add_parameter(target, "field", value);
    return print_number(call, wish, target);
}

constexpr Option kOptions[] = {
    {"from", "TIME", "occurred at or after: 2026-01-31T08:00:00Z, 2026-01-31, or back from now such as -24h (without: -24h)"},
    {"to", "TIME", "occurred before (without: now)"},
    {"limit", "N", "at most so many; without 100 on a terminal and all otherwise"},
    {"order", "ORDER", "newest (without) or oldest first"},
    {"count", "", "only how many"},
    {"histogram", "STEP", "how many in each step such as 1h, or auto"},
    {"top", "FIELD", "the most frequent values of a field"},
    {"statistics", "FIELD", "how many values a field has, the least and the most"},
    {"fields", "", "which fields occur"},
    {"context", "ID", "what happened around this event, instead of a query"},
    {"around", "N", "of --context: so many events before and after"},
    {"by", "WHAT", "of --context: events of the same host (without) or source"},
    {"export", "FILE", "into a file: .parquet, .ndjson or .csv"},
    {"org", "ID", "only of this organisation and those below it"},
    {"masked", "", "hide personal fields"},
};
constexpr Verb kVerbs[] = {
    {.name = "", .arguments = "[QUERY]...", .about = "Searches all events that are kept. docs/search.md has the language; a query that begins with - stands behind --.", .options = kOptions, .run = run_search}};

}  // namespace

extern const Noun search{.name = "search", .about = "Search over all events.", .verbs = kVerbs};

}  // namespace vg::cli::of_search

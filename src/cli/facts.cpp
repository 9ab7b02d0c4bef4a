#include "cli/facts.h"

#include <algorithm>
#include <istream>
#include <iterator>
#include <ostream>

#include "base/text.h"
#include "base/time.h"
#include "cli/width.h"
#include "directory/fact_import.h"
#include "directory/fact_kinds.h"
#include "store/disk.h"

namespace vg::cli {

namespace {

constexpr char kFacts[] = "/api/v1/facts";
constexpr std::size_t kMostRowsOfPiece = 50'000, kMostFactFile = std::size_t{1} << 30, kMostTold = 20;
constexpr Column kFactColumns[] = {{"NUMBER", "number", true}, {"KIND", "kind"}, {"SUBJECT", "subject"}, {"ORGANISATION", "organisation_name"}, {"FROM", "from"}, {"UNTIL", "until"}, {"STATE", "state"}, {"DOCUMENT", "document"}};
constexpr Column kImportColumns[] = {{"KIND", "kind"}, {"READ", "read", true}, {"ADDED", "added", true}, {"SAME", "same", true}, {"CHANGED", "changed", true}, {"REFUSED", "refused", true}, {"STATE", "state"}, {"KEPT", "kept"}};

std::string zone_of(const Call& call) { return call.option("zone").value_or("Asia/Ho_Chi_Minh"); }

Result<std::string> file_of(Call& call, const std::string& path) {
    if (path == "-") return std::string{std::istreambuf_iterator<char>{call.streams.in}, {}};
    return store::read_whole(store::system_disk(), path, kMostFactFile);
}

Result<std::string> number_path(Call& call) {
    const auto number = parse_int(call.arguments[0]);
    if (!number || *number < 1) return fail(Code::bad_input, format("{} is no number of a fact; a list shows it", call.arguments[0]));
    return format("{}/{}", kFacts, *number);
}

json::Value row_json(const directory::FactRow& row) {
    json::Value out = json::object({{"kind", row.draft.kind}, {"body", row.draft.body}, {"from", to_rfc3339(row.draft.from)}});
    if (!row.organisation.empty()) out.set("organisation", row.organisation);
    if (row.draft.until) out.set("until", to_rfc3339(*row.draft.until));
    if (!row.draft.document.empty()) out.set("document", row.draft.document);
    return out;
}

struct Told {
    std::vector<std::string> refused, changed, made;
    json::Value sum = json::object({});
};

std::string text_member(const json::Value& of, std::string_view name) { return of.text(name).value_or(""); }

// One piece: asked, and added up.
Status send_piece(Call& call, const std::string& path, std::span<const directory::FactRow> rows, json::Value head, Told& told) {
    json::Array array;
    for (const directory::FactRow& row : rows) array.push_back(row_json(row));
    head.set("text", json::Value{std::move(array)}.dump());
    const json::Value answer = TRY(ask(call, "POST", std::string{kFacts} + "/import", head));
    for (const char* member : {"read", "added", "same", "changed", "refused"}) told.sum.set(member, told.sum.integer(member).value_or(0) + answer.integer(member).value_or(0));
    for (const char* member : {"state", "kept"})
        if (const json::Value* value = answer.find(member)) told.sum.set(member, *value);
    const auto line_of = [&](const json::Value& one) {
        const auto place = static_cast<std::size_t>(one.integer("line").value_or(1));
        return place >= 1 && place <= rows.size() ? rows[place - 1].line : place;
    };
    const auto each = [&](const char* member, const auto& work) {
        if (const json::Value* list = answer.find(member); list != nullptr && list->is_array())
            for (const json::Value& one : list->as_array()) work(one);
    };
    each("reasons", [&](const json::Value& one) { 
        const std::string field = text_member(one, "field");
        told.refused.push_back(format("{}: line {}: {}{}", path, line_of(one), field.empty() ? "" : "field " + field + ": ", text_member(one, "reason")));
    });
    each("changes", [&](const json::Value& one) {
        const json::Value *before = one.find("before"), *after = one.find("after");
        if (before == nullptr || after == nullptr) return;
        const json::Value *was = before->find("body"), *is = after->find("body");
        told.changed.push_back(format("{}: line {}: {} was {} from {}, is {} from {}", path, line_of(one), text_member(*after, "subject"), was == nullptr ? "" : was->dump(), text_member(*before, "from"),
                                      is == nullptr ? "" : is->dump(), text_member(*after, "from")));
    });
    each("organisations", [&](const json::Value& one) { told.made.push_back(one.is_text() ? one.as_text() : ""); });
    return {};
}

void tell_some(Call& call, std::string_view what, const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < std::min(lines.size(), kMostTold); ++i) call.streams.err << what << ": " << printable(lines[i]) << '\n';
    if (lines.size() > kMostTold) call.streams.err << what << ": " << lines.size() - kMostTold << " more\n";
}

}  // namespace

Result<std::string> organisation_of(Call& call, const std::string& named) { return id_of(call, "/api/v1/organisations", "org", named); }

Result<std::optional<std::string>> time_option(Call& call, std::string_view option) {
    const auto given = call.option(option);
    if (!given) return std::nullopt;
    const auto time = directory::parse_written_time(*given, zone_of(call));
    if (!time) return fail(Code::bad_input, format("--{} {} is no day or time, or --zone is none; a day is written as 2024-01-31 or 31/01/2024", option, *given));
    return to_rfc3339(option == "until" && time->day_only ? time->time + days(1) : time->time);
}

Result<int> add_fact(Call& call, std::string_view kind) {
    const directory::FactKind& of = *directory::fact_kind(kind);
    json::Value body = json::object({});
    std::size_t next = 1;
    for (const directory::FactField& field : of.fields) {
        std::string option{field.name};
        std::replace(option.begin(), option.end(), '_', '-');
        std::optional<std::string> given = call.option(option);
        if (field.required && next < call.arguments.size()) given = call.arguments[next++];
        if (!given) continue;
        body.set(field.name, field.form == directory::FieldForm::organisation ? TRY(organisation_of(call, *given)) : *given);
    }
    json::Value fact = json::object({{"kind", kind}, {"body", std::move(body)}, {"document", call.option("document").value_or("")}});
    fact.set("organisation", TRY(organisation_of(call, call.arguments[0])));
    for (const char* option : {"from", "until"})
        if (const auto time = TRY(time_option(call, option))) fact.set(option, *time);
    if (const auto replaces = call.option("replaces")) {
        const auto number = parse_int(*replaces);
        if (!number) return fail(Code::bad_input, "--replaces is the number of a fact");
        fact.set("replaces", *number);
    }
    return print_one(call, "POST", kFacts, kFactColumns, fact);
}

Result<int> import_facts(Call& call, std::string_view kind) {
    directory::FactImportOptions options;
    options.kind = kind;
    options.zone = zone_of(call);
    options.document = call.option("document").value_or("");
    if (const auto from = TRY(time_option(call, "from"))) options.from = parse_time(*from);
    if (const auto columns = call.options.find("column"); columns != call.options.end())
        for (const std::string& one : columns->second) {
            const std::size_t sign = one.rfind('=');
            if (sign == std::string::npos) return fail(Code::bad_input, "--column is HEADER=FIELD");
            options.columns[one.substr(0, sign)] = one.substr(sign + 1);
        }
    json::Value head = json::object({{"kind", kind}, {"preview", call.has("dry-run")}, {"create_organisations", call.has("create-organisations")}});
    if (const auto organisation = call.option("org")) head.set("organisation", TRY(organisation_of(call, *organisation)));
    Told told;
    told.sum.set("kind", kind);
    for (const std::string& path : call.arguments) {
        const std::string bytes = TRY(file_of(call, path));
        const std::string fact = path + ": ";
        const directory::FactReading reading = TRY_IN(fact, directory::read_facts(bytes, options));
        for (const directory::ImportColumn& column : reading.columns)
            if (column.field.empty() && !column.header.empty())
                call.streams.err << format("{}: the column {} is passed over{}\n", path, printable(column.header), column.suggestion.empty() ? "" : format("; if it is {}, give --column '{}={}'", column.suggestion, printable(column.header), column.suggestion));
        for (const directory::RefusedRow& row : reading.refused) told.refused.push_back(format("{}: line {}: {}", path, row.line, row.reason));
        told.sum.set("read", told.sum.integer("read").value_or(0) + static_cast<std::int64_t>(reading.refused.size()));
        told.sum.set("refused", told.sum.integer("refused").value_or(0) + static_cast<std::int64_t>(reading.refused.size()));
        const std::span<const directory::FactRow> rows{reading.rows};
        for (std::size_t at = 0; at == 0 || at < rows.size(); at += kMostRowsOfPiece) TRY(send_piece(call, path, rows.subspan(at, std::min(kMostRowsOfPiece, rows.size() - at)), head, told));
    }
    Printer printer = TRY(Printer::make(call, kImportColumns));
    printer.one(told.sum);
    tell_some(call, "changed", told.changed);
    tell_some(call, "new organisation", told.made);
    tell_some(call, "refused", told.refused);
    return told.sum.integer("refused").value_or(0) == 0 ? 0 : 3;
}

Result<int> list_facts(Call& call, std::string_view kind, std::span<const Column> columns) {
    std::string target = kFacts;
    add_parameter(target, "kind", std::string{kind});
    if (const auto organisation = call.option("org")) add_parameter(target, "organisation", TRY(organisation_of(call, *organisation)));
    add_parameter(target, "state", call.option("state"));
    add_parameter(target, "at", TRY(time_option(call, "at")));
    add_parameter(target, "text", call.option("text"));
    return print_list(call, target, columns);
}

Result<int> show_fact(Call& call) { return print_one(call, "GET", TRY(number_path(call)), kFactColumns); }
namespace {

// What would become of lists that are kept, with nothing changed.
Result<int> show_effect(Call& call, std::string target) {
    constexpr Column kEffect[] = {{"ROW", "number", true}, {"VICTIM", "subject"}, {"WAS", "before.kind"}, {"OF", "before.organisation.name"}, {"IS", "after.kind"}, {"OF", "after.organisation.name"}, {"BY FACT", "after.fact", true}};
    const json::Value effect = TRY(ask(call, "GET", target));
    Printer printer = TRY(Printer::make(call, kEffect));
    if (TRY(format_of(call)) == Format::json) {
        printer.one(effect);
        return 0;
    }
    if (const json::Value* changes = effect.find("changes"); changes != nullptr && changes->is_array())
        for (const json::Value& one : changes->as_array()) printer.add(one);
    printer.finish();
    say(call, format("{} of {} rows of lists would be somebody else's{}.", effect.integer("changed").value_or(0), effect.integer("rows").value_or(0), effect.boolean("cut").value_or(false) ? "; there are more, which were not looked at" : ""));
    return 0;
}

}  // namespace

Result<int> approve_fact(Call& call) {
    if (call.has("dry-run")) return show_effect(call, TRY(number_path(call)) + "/effect");
    return print_one(call, "POST", TRY(number_path(call)) + "/approve", kFactColumns);
}
Result<int> refuse_fact(Call& call) { return print_one(call, "POST", TRY(number_path(call)) + "/refuse", kFactColumns, json::object({{"reason", call.option("reason").value_or("")}})); }

Result<int> withdraw_fact(Call& call) { return print_one(call, "POST", TRY(number_path(call)) + "/withdraw", kFactColumns, json::object({{"reason", call.option("reason").value_or("")}})); }

Result<int> end_fact(Call& call) {
    const auto until = TRY(time_option(call, "until"));
    if (call.has("dry-run")) {
        std::string target = TRY(number_path(call)) + "/effect";
        add_parameter(target, "until", until);
        return show_effect(call, target);
    }
    return print_one(call, "POST", TRY(number_path(call)) + "/end", kFactColumns, json::object({{"until", until.value_or("")}, {"reason", call.option("reason").value_or("")}}));
}

}  // namespace vg::cli

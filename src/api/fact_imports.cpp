// Facts by the table: import with a preview and accounts that add up, and export.
#include <algorithm>
#include <memory>

#include "api/api.h"
#include "api/fact_json.h"
#include "api/list.h"
#include "api/reason.h"
#include "api/stream.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "directory/fact_headers.h"
#include "directory/fact_import.h"
#include "directory/fact_kinds.h"
#include "tables/csv.h"

namespace vg::api::of_fact_imports {

namespace {

using directory::Fact;
using directory::FactImport;
using directory::Facts;

constexpr NamedSchema kSchemas[] = {
    {"FactImport", R"({"type":"object","required":["kind","read","added","same","changed","refused","state","kept","columns","reasons","changes","organisations"],"properties":{"kind":{"type":"string"},
    "read":{"type":"integer","description":"added + same + changed + refused"},"added":{"type":"integer"},"same":{"type":"integer","description":"that stand so already"},"changed":{"type":"integer","description":"that take the place of another fact"},
    "refused":{"type":"integer"},"state":{"type":"string","enum":["approved","proposed"],"description":"of what was added or changed"},"kept":{"type":"boolean","description":"false: it was a preview"},
    "columns":{"type":"array","items":{"type":"object","required":["header","field","suggestion"],"properties":{"header":{"type":"string"},"field":{"type":"string","description":"empty: it is passed over"},"suggestion":{"type":"string"}},"additionalProperties":false}},
    "reasons":{"type":"array","description":"the first 10,000","items":{"type":"object","required":["line","field","reason"],"properties":{"line":{"type":"integer"},
    "field":{"type":"string","description":"empty: the row as a whole"},"reason":{"type":"string"},)" VG_REASON R"(},"additionalProperties":false}},
    "changes":{"type":"array","description":"the first 200","items":{"type":"object","required":["line","number","before","after"],"properties":{"line":{"type":"integer"},"number":{"type":"integer","description":"the fact that ends or is withdrawn"},
    "before":{"$ref":"#/components/schemas/Fact"},"after":{"$ref":"#/components/schemas/Fact"}},"additionalProperties":false}},
    "organisations":{"type":"array","description":"that were made, or would be","items":{"type":"string"}},"sheet":{"type":"string","description":"of a workbook, that was read"}},"additionalProperties":false})"}};

constexpr std::size_t kMostBody = std::size_t{64} << 20;

Result<directory::FactImportOptions> options_of(Ask& ask) {
    directory::FactImportOptions options;
    options.kind = ask.body.text("kind").value_or("");
    options.document = ask.body.text("document").value_or("");
    if (const auto zone = ask.body.text("zone")) options.zone = *zone;
    if (const auto from = ask.body.text("from")) options.from = parse_time(*from);
    options.organisation = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    if (const json::Value* columns = ask.body.find("columns"); columns != nullptr && columns->is_object())
        for (const auto& [header, field] : columns->as_object())
            if (field.is_text()) options.columns[header] = field.as_text();
    options.create_organisations = ask.body.boolean("create_organisations").value_or(false);
    if (options.create_organisations && !ask.actor.may("organisation:write")) return fail(Code::denied, "field create_organisations: this needs the permission organisation:write");
    TRY(ask.context.state.read([&](store::Transaction& tx) -> Status {
        if (options.organisation) TRY_IN("field organisation: ", directory::Directory::find(tx, ask.actor.scope, *options.organisation));
        if (options.create_organisations) options.below = TRY(organisation_for(ask, tx, std::nullopt));
        return {};
    }));
    return options;
}

Result<std::string> bytes_of(Ask& ask) {
    const auto text = ask.body.text("text"), data = ask.body.text("data");
    if (text.has_value() == data.has_value()) return fail(Code::bad_input, "field text: give text, or data in base64");
    return text ? *text : TRY_IN("field data: ", from_base64(*data));
}

// "field NAME: REASON" in its parts.
json::Value refusal_json(const directory::RefusedRow& row) {
    std::string_view reason = row.reason, field;
    constexpr std::string_view kField = "field ";
    if (const std::size_t colon = reason.find(": "); reason.starts_with(kField) && colon != std::string_view::npos) {
        field = reason.substr(kField.size(), colon - kField.size());
        reason.remove_prefix(colon + 2);
    }
    json::Value out = json::object({{"line", row.line}, {"field", field}, {"reason", reason}});
    add_reason(out, reason);
    return out;
}

json::Value to_json(Ask& ask, const directory::FactImportOptions& options, const directory::FactReading& reading, const FactImport& found, bool kept) {
    const auto names = ask.context.directory();
    json::Array columns, reasons, changes, organisations;
    for (const auto& one : reading.columns) columns.push_back(json::object({{"header", one.header}, {"field", one.field}, {"suggestion", one.suggestion}}));
    for (const auto& one : found.reasons) reasons.push_back(refusal_json(one));
    for (const auto& one : found.changes) changes.push_back(json::object({{"line", one.line}, {"number", one.number}, {"before", fact_json(one.before, *names)}, {"after", fact_json(one.after, *names)}}));
    for (const auto& one : found.organisations) organisations.emplace_back(one.name);
    json::Value out = json::object({{"kind", options.kind}, {"read", found.read}, {"added", found.added}, {"same", found.same}, {"changed", found.changed}, {"refused", found.refused},
                                    {"state", found.proposed > 0 || !ask.actor.may("directory:approve") ? "proposed" : "approved"}, {"kept", kept}, {"columns", std::move(columns)}, {"reasons", std::move(reasons)}, {"changes", std::move(changes)},
                                    {"organisations", std::move(organisations)}});
    if (!reading.sheet.empty()) out.set("sheet", reading.sheet);
    return out;
}

// The organisations that are missing, in small transactions.
Status make_organisations(Ask& ask, const std::vector<directory::Organisation>& missing) {
    for (std::size_t at = 0; at < missing.size(); at += 1'000)
        TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
            for (std::size_t i = at; i < std::min(missing.size(), at + 1'000); ++i) TRY(directory::Directory::add(tx, ask.actor, missing[i]));
            return {};
        }));
    TRY(ask.context.reload_directory());
    if (ask.context.stream != nullptr) ask.context.stream->end_all("again");  // what accounts may see has changed
    return {};
}

Result<net::Response> import(Ask& ask) {
    if (ask.context.facts == nullptr) return fail(Code::unavailable, "no server works on this folder; start one");
    const Time now = ask.context.clock.now();
    const directory::FactImportOptions options = TRY(options_of(ask));
    const std::string bytes = TRY(bytes_of(ask));
    const directory::FactReading reading = TRY(directory::read_facts(bytes, options));
    const auto planned = [&](store::Transaction& tx, const access::Actor& actor) { return directory::plan_import(tx, actor, reading, options, now, ask.context.random); };
    FactImport found;
    const bool preview = ask.body.boolean("preview").value_or(false);
    if (preview || options.create_organisations) {
        found = TRY(ask.context.state.read([&](store::Transaction& tx) { return planned(tx, ask.actor); }));
        TRY(ask.context.facts->with(found.plan));
        if (preview) return json_answer(200, to_json(ask, options, reading, found, false));
    }
    access::Actor actor = ask.actor;
    const std::vector<directory::Organisation> made = std::move(found.organisations);
    if (!made.empty()) {
        TRY(make_organisations(ask, made));
        std::vector<OrganisationId> seen = actor.scope.organisations();
        for (const directory::Organisation& one : made) seen.push_back(one.id);
        if (!actor.scope.sees_node()) actor.scope = access::Scope::of(std::move(seen));
    }
    TRY(ask.context.facts->change(actor, now, [&](store::Transaction& tx) -> Result<directory::FactPlan> {
        found = TRY(planned(tx, actor));
        return found.plan;
    }));
    found.organisations = made;
    return json_answer(200, to_json(ask, options, reading, found, true));
}

constexpr std::string_view kColumnsBefore[] = {"fact", "organisation"}, kColumnsBehind[] = {"from", "until", "document", "state", "claimed_by", "approved_by"};

std::string joined(const json::Value& value) {
    if (value.is_text()) return value.as_text();
    if (value.is_int()) return format("{}", value.as_int());
    std::string out;
    if (value.is_array())
        for (const json::Value& item : value.as_array()) out += (out.empty() ? "" : "; ") + joined(item);
    return out;
}

std::string header_line(const directory::FactKind& kind) {
    std::string line;
    const auto add = [&](std::string_view cell) { line += (line.empty() ? "" : ",") + tables::csv_cell(cell); };
    for (const std::string_view cell : kColumnsBefore) add(cell);
    // The columns that a body's field would share with the fact's own are named by the kind.
    for (const directory::FactField& field : kind.fields) add(directory::is_common_field(field.name) ? (kind.name == "organisation_kind" ? "organisation kind" : kind.name) : field.name);
    for (const std::string_view cell : kColumnsBehind) add(cell);
    return line + "\r\n";
}

std::string csv_row(const directory::FactKind& kind, const Fact& fact) {
    std::string line = format("{},{}", fact.number, fact.organisation.text());
    const auto add = [&](std::string_view cell) { line += "," + tables::csv_cell(cell); };
    for (const directory::FactField& field : kind.fields) {
        const json::Value* value = fact.body.find(field.name);
        add(value == nullptr ? "" : joined(*value));
    }
    add(to_rfc3339(fact.from));
    add(fact.until ? to_rfc3339(*fact.until) : "");
    add(fact.document);
    add(directory::name_of(fact.state));
    add(fact.claimed_by);
    add(fact.approved_by);
    return line + "\r\n";
}

// Page after page, while it is sent.
Result<net::Response> export_all(Ask& ask) {
    const directory::FactKind* kind = directory::fact_kind(ask.text("kind").value_or(""));
    if (kind == nullptr) return fail(Code::bad_input, "field kind: is no kind of fact");
    const bool csv = ask.text("format").value_or("csv") == "csv";
    directory::FactFilter filter;
    filter.kind = kind->name;
    filter.state = directory::fact_state_named(ask.text("state").value_or("approved"));
    struct Sending {
        Context& context;
        access::Actor actor;
        const directory::FactKind& kind;
        directory::FactFilter filter;
        bool csv;
        std::optional<std::string> after = {};
        bool begun = false;
    };
    const auto sending = std::make_shared<Sending>(Sending{ask.context, ask.actor, *kind, filter, csv});
    net::Response response;
    response.with("Content-Type", csv ? "text/csv; charset=utf-8; header=present" : "application/json");
    response.with("Content-Disposition", format("attachment; filename=\"{}.{}\"", kind->name, csv ? "csv" : "json"));
    response.stream = [sending](std::string& out) {
        if (!sending->begun) out += sending->csv ? header_line(sending->kind) : "[";
        const auto page = sending->context.state.read([&](store::Transaction& tx) { return Facts::list(tx, sending->actor.scope, sending->filter, sending->after, 500); });
        if (!page) {  // the file says that it breaks off
            out += sending->csv ? "broken off: " + tables::csv_cell(page.error().text) + "\r\n" : "\nbroken off: " + page.error().text;
            return false;
        }
        const auto names = sending->context.directory();
        for (const Fact& fact : page->items) {
            if (sending->csv) {
                out += csv_row(sending->kind, fact);
                continue;
            }
            out += sending->begun ? ",\n" : "\n";
            sending->begun = true;
            fact_json(fact, *names).dump_to(out);
        }
        sending->begun = true;
        sending->after = page->next;
        if (!page->next && !sending->csv) out += "\n]\n";
        return page->next.has_value();
    };
    return response;
}

constexpr std::string_view kImport = R"({"type":"object","additionalProperties":false,"properties":{
    "kind":{"type":"string","enum":["range","asn","domain","pool","system","machine","contact","identifier","name","organisation_kind","parent","successor"],"description":"of all rows; a JSON array may tell it in each"},
    "text":{"type":"string","description":"CSV with a header, or a JSON array of facts"},"data":{"type":"string","description":"the bytes of a CSV file or a workbook (XLSX) in base64"},
    "preview":{"type":"boolean","description":"says what would become of the rows, and keeps nothing"},"document":{"type":"string","maxLength":300,"description":"of rows that name none"},
    "from":{"type":"string","format":"date-time","description":"of rows that do not tell since when"},"organisation":{"type":"string","format":"uuid","description":"of rows that do not tell whose"},
    "columns":{"type":"object","description":"header to field; an empty field: the column is passed over","additionalProperties":{"type":"string"}},
    "zone":{"type":"string","description":"IANA zone of days and times without one; Asia/Ho_Chi_Minh without"},
    "create_organisations":{"type":"boolean","description":"missing ones are made below your own"}},
    "examples":[{"kind":"domain","organisation":"{organisation}","document":"{marker}","from":"2024-01-01T00:00:00Z","text":"domain\nimport.example.vn\n"}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/facts/import", .permission = "directory:propose", .summary = "Takes facts out of a table, or says what would become of them.", .request_schema = kImport, .response_schema = "FactImport",
     .most_body = kMostBody, .answer = import},
    {.method = "GET", .pattern = "/api/v1/facts/export", .permission = "directory:read", .summary = "Gives all facts of one kind as a file that can be imported.",
     .parameters = "kind:range|asn|domain|pool|system|machine|contact|identifier|name|organisation_kind|parent|successor! which facts, format:csv|json csv without, state:proposed|approved|refused approved without", .answer = export_all},
};

}  // namespace

extern const Resource fact_imports{.name = "fact-imports", .about = "The directory by the table.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_fact_imports

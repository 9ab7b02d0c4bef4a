// Reports of incidents in the words of n6 (CERT Polska), for programs that fetch what was seen of their own organisations: the newest
// first, JSON or CSV, with time.min. A token of the role reader for one organisation sees that organisation's alone.
#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/narrowed.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/sightings.h"
#include "tables/csv.h"

namespace vg::api::of_incident_reports {

namespace {

constexpr std::int64_t kMostIncidents = 10'000, kUsualIncidents = 1'000;
constexpr std::size_t kMostValues = 100;

constexpr NamedSchema kSchemas[] = {
    {"IncidentReport", R"({"type":"array","items":{"type":"object","required":["id","source","restriction","confidence","category","time","modified","item","case","organisation","status"],"properties":{
    "id":{"type":"string","description":"of this sighting, for good"},"source":{"type":"string","description":"provider.channel: vonggac.list, vonggac.finding or vonggac.hand"},"restriction":{"type":"string"},"confidence":{"type":"string"},
    "category":{"type":"string","enum":["bots","phish","dos-victim","deface","other"]},"time":{"type":"string","format":"date-time","description":"when it was seen"},"modified":{"type":"string","format":"date-time","description":"when it was noted here"},
    "name":{"type":"string","description":"of the malware"},"address":{"type":"array","items":{"type":"object","required":["ip"],"properties":{"ip":{"type":"string"}},"additionalProperties":false}},"fqdn":{"type":"string"},"sport":{"type":"integer"},
    "item":{"type":"string","format":"uuid"},"case":{"type":"string","format":"uuid"},"organisation":{"type":"string","format":"uuid"},"status":{"type":"string","enum":["open","working","answered","removed","excepted","closed"]}},"additionalProperties":false}})"}};

struct Category {
    std::string_view kind, name;
};
constexpr Category kCategories[] = {{"malware", "bots"}, {"phishing", "phish"}, {"denial-of-service", "dos-victim"}, {"defacement", "deface"}};
std::string_view category_of(std::string_view kind) {
    for (const Category& one : kCategories)
        if (one.kind == kind) return one.name;
    return "other";
}

std::string source_of(std::string_view ref) { return "vonggac." + std::string{ref.substr(0, ref.find('/'))}; }
std::string id_of(const cases::Seen& seen) { return sha256_hex(seen.item.text() + "/" + seen.ref).substr(0, 32); }
bool is_name(std::string_view subject) { return subject.find('.') != std::string_view::npos && subject.find(' ') == std::string_view::npos; }

json::Value to_json(const cases::Seen& seen) {
    json::Value out = json::object({{"id", id_of(seen)}, {"source", source_of(seen.ref)}, {"restriction", "need-to-know"}, {"confidence", "medium"}, {"category", category_of(seen.kind)}, {"time", time_value(seen.seen)},
                                    {"modified", time_value(seen.noted)}, {"item", seen.item.text()}, {"case", seen.of.text()}, {"organisation", seen.organisation.text()}, {"status", name_of(seen.state)}});
    if (!seen.family.empty()) out.set("name", seen.family);
    if (parse_address(seen.subject))
        out.set("address", json::Array{json::object({{"ip", seen.subject}})});
    else if (is_name(seen.subject))
        out.set("fqdn", seen.subject);
    if (seen.port >= 0) out.set("sport", seen.port);
    return out;
}

// The values of a parameter, of which n6 takes several with commas between.
Result<std::vector<std::string>> values_of(const Ask& ask, std::string_view name) {
    std::vector<std::string> out;
    const std::string text = ask.text(name).value_or("");
    for (const std::string_view one : split(text, ','))
        if (!trim(one).empty()) out.emplace_back(trim(one));
    if (out.size() > kMostValues) return fail(Code::bad_input, format("field {}: has more than {} values", name, kMostValues));
    return out;
}

std::optional<Time> time_of(const Ask& ask, std::string_view name) {
    const auto text = ask.text(name);
    return text ? parse_time(*text) : std::nullopt;
}

Result<std::vector<cases::Seen>> found(Ask& ask) {
    cases::SightingFilter filter;
    filter.min = time_of(ask, "time.min").value_or(Time{});
    filter.max = time_of(ask, "time.max");
    filter.until = time_of(ask, "time.until");
    filter.modified_min = time_of(ask, "modified.min");
    for (const std::string& one : TRY(values_of(ask, "ip"))) {
        const auto address = parse_address(one);
        if (!address) return fail(Code::bad_input, "field ip: is no address");
        filter.subjects.push_back(one);
    }
    for (const std::string& one : TRY(values_of(ask, "fqdn"))) filter.subjects.push_back(lower_ascii(one));
    for (const std::string& one : TRY(values_of(ask, "fqdn.sub"))) filter.below.push_back(lower_ascii(one));
    for (const std::string& one : TRY(values_of(ask, "ip.net"))) {
        const auto network = parse_network(one);
        if (!network) return fail(Code::bad_input, "field ip.net: is no network such as 203.0.113.0/24");
        filter.networks.push_back(*network);
    }
    for (const std::string& one : TRY(values_of(ask, "name"))) filter.families.push_back(fold(one));
    for (const std::string& one : TRY(values_of(ask, "sport"))) {
        const auto port = parse_int(one);
        if (!port || *port < 0 || *port > 65'535) return fail(Code::bad_input, "field sport: is a port from 0 to 65535");
        filter.ports.push_back(*port);
    }
    bool others = false;
    for (const std::string& one : TRY(values_of(ask, "category"))) {
        const auto* known = std::find_if(std::begin(kCategories), std::end(kCategories), [&](const Category& category) { return category.name == one; });
        if (known != std::end(kCategories))
            filter.kinds.emplace_back(known->kind);
        else if (one == "other")
            others = true;
        else
            return fail(Code::bad_input, "field category: is bots, phish, dos-victim, deface or other");
    }
    if (others)
        for (const std::string_view kind : cases::kIncidentKinds)
            if (category_of(kind) == "other") filter.kinds.emplace_back(kind);
    const std::int64_t limit = parse_int(ask.text("opt.limit").value_or("")).value_or(kUsualIncidents);
    if (limit < 1 || limit > kMostIncidents) return fail(Code::bad_input, format("field opt.limit: is from 1 to {}", kMostIncidents));
    const access::Scope scope = TRY(scope_of(ask));
    return ask.context.state.read([&](store::Transaction& tx) { return cases::sightings(tx, scope, filter, static_cast<std::size_t>(limit)); });
}

Result<net::Response> as_json(Ask& ask) {
    json::Array all;
    for (const std::vector<cases::Seen> seen = TRY(found(ask)); const cases::Seen& one : seen) all.push_back(to_json(one));
    return json_answer(200, json::Value{std::move(all)});
}

Result<net::Response> as_csv(Ask& ask) {
    const std::vector<cases::Seen> seen = TRY(found(ask));
    net::Response response;
    response.with("Content-Type", "text/csv; charset=utf-8; header=present").with("Content-Disposition", "attachment; filename=\"inside.csv\"");
    response.body = "time,id,source,restriction,confidence,category,name,ip,sport,fqdn,modified,item,case,organisation,status\r\n";
    for (const cases::Seen& one : seen) {
        const bool address = parse_address(one.subject).has_value();
        const std::string cells[] = {to_rfc3339(one.seen), id_of(one), source_of(one.ref), "need-to-know", "medium", std::string{category_of(one.kind)}, one.family, address ? one.subject : "", one.port >= 0 ? std::to_string(one.port) : "",
                                     !address && is_name(one.subject) ? one.subject : "", to_rfc3339(one.noted), one.item.text(), one.of.text(), one.organisation.text(), std::string{name_of(one.state)}};
        for (std::size_t i = 0; i < std::size(cells); ++i) response.body += (i == 0 ? "" : ",") + tables::csv_cell(cells[i]);
        response.body += "\r\n";
    }
    return response;
}

#define VG_INCIDENTS                                                                                                                                                                       \
    "time.min:time! seen at or after, time.max:time seen at or before, time.until:time seen before, modified.min:time noted here at or after, ip:string one or several with commas, "       \
    "ip.net:string networks that hold the address, fqdn:string names, fqdn.sub:string names and those below them, name:string families of malware, category:string bots or phish or dos-victim or deface or other, " \
    "sport:string source ports, opt.limit:integer at most so many and 1000 without," VG_NARROWED

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/report/inside.json", .permission = "case:read", .summary = "Reports what was seen of one's own organisations, the newest first, in the words of n6.", .response_schema = "IncidentReport", .parameters = VG_INCIDENTS,
     .answer = as_json},
    {.method = "GET", .pattern = "/api/v1/report/inside.csv", .permission = "case:read", .summary = "Gives the same as CSV.", .parameters = VG_INCIDENTS, .answer = as_csv},
};

}  // namespace

extern const Resource incident_reports{.name = "incident-reports", .about = "Incidents of one's own organisations for programs, in the words of n6.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_incident_reports

// Elasticsearch as its senders know it (Filebeat, Winlogbeat, Auditbeat, Logstash, Fluent Bit, Vector, the clients): the
// handshake answers here, _bulk in elastic_bulk.cpp. What a sender wants to set up (policies, templates, data streams,
// pipelines) is told to be there already. The version answered is the sender's own, for Beats refuse an older server.
// Every answer carries X-Elastic-Product (http_source.cpp adds it), or the clients refuse to go on.
#include "base/json.h"
#include "base/text.h"
#include "ingest/answers.h"
#include "ingest/sources/elastic_bulk.h"

namespace vg::ingest::of_elastic {
namespace {

constexpr std::string_view kVersion = "8.15.3";
constexpr std::int64_t kNeverExpires = 4'102'444'800'000;  // 2100-01-01 in milliseconds

// "Elastic-filebeat/7.17.1 (linux; ...)" -> "7.17.1". Only of Elastic's own senders: others' versions mean nothing here.
std::string version_for(const net::Request& request) {
    const std::string agent = request.header("user-agent").value_or("");
    const std::size_t slash = agent.find('/');
    if (slash == std::string::npos) return std::string{kVersion};
    const std::string name = lower_ascii(std::string_view{agent}.substr(0, slash));
    if (!name.starts_with("elastic") && !name.ends_with("beat")) return std::string{kVersion};
    std::string version;
    int dots = 0;
    for (std::size_t i = slash + 1; i < agent.size() && version.size() < 12; ++i) {
        if (agent[i] == '.' && ++dots > 2) break;
        if (agent[i] != '.' && (agent[i] < '0' || agent[i] > '9')) break;
        version.push_back(agent[i]);
    }
    const bool known = dots >= 2 && !version.ends_with('.') && version.find("..") == std::string::npos && (version.starts_with("7.") || version.starts_with("8.") || version.starts_with("9."));
    return known ? version : std::string{kVersion};
}

net::Response json_answer(const json::Value& value) { return net::Response::json(200, value.dump()); }

Result<net::Response> banner(HttpAsk& ask) {
    const std::string version = version_for(ask.request);
    const bool seven = version.starts_with("7.");
    const json::Value number = json::object({{"number", version},
                                             {"build_flavor", "default"},
                                             {"build_type", "deb"},
                                             {"build_hash", "0000000000000000000000000000000000000000"},
                                             {"build_date", "2024-01-01T00:00:00.000Z"},
                                             {"build_snapshot", false},
                                             {"lucene_version", seven ? "8.11.1" : "9.11.1"},
                                             {"minimum_wire_compatibility_version", seven ? "6.8.0" : "7.17.0"},
                                             {"minimum_index_compatibility_version", seven ? "6.0.0-beta1" : "7.0.0"}});
    return json_answer(json::object(
        {{"name", ask.node.name}, {"cluster_name", "vonggac"}, {"cluster_uuid", ask.node.id}, {"version", number}, {"tagline", "You Know, for Search"}}));
}

json::Value license_facts(const HttpAsk& ask) {
    return json::object({{"uid", ask.node.id}, {"type", "basic"}, {"mode", "basic"}, {"status", "active"}, {"expiry_date_in_millis", kNeverExpires}});
}

Result<net::Response> license(HttpAsk& ask) { return json_answer(json::object({{"license", license_facts(ask)}})); }

Result<net::Response> xpack(HttpAsk& ask) {
    const json::Value on = json::object({{"available", true}, {"enabled", true}});
    return json_answer(json::object({{"build", json::object({{"hash", "0"}, {"date", "2024-01-01T00:00:00.000Z"}})},
                                     {"license", license_facts(ask)},
                                     {"features", json::object({{"ilm", on}, {"data_streams", on}, {"monitoring", on}, {"security", on}})},
                                     {"tagline", "You know, for X"}}));
}

Result<net::Response> cluster_health(HttpAsk&) {
    return json_answer(json::object({{"cluster_name", "vonggac"}, {"status", "green"}, {"timed_out", false}, {"number_of_nodes", 1}, {"number_of_data_nodes", 1}}));
}

// Filebeat 7 looks for its template's name in this plain list.
Result<net::Response> cat_templates(HttpAsk& ask) {
    const std::string_view path = ask.request.path;
    return net::Response::text(200, std::string{path.substr(path.rfind('/') + 1)} + " [] 0\n");
}

// Whatever it is, it is there already.
Result<net::Response> there(HttpAsk& ask) {
    return json_answer(ask.request.method == "GET" || ask.request.method == "HEAD" ? json::Value{json::Object{}} : json::object({{"acknowledged", true}}));
}

Result<net::Response> unknown(HttpAsk& ask) {
    return elastic_error(404, "resource_not_found_exception", "no handler for " + ask.request.method + " " + shorten(ask.request.path, 200));
}

// The first that fits answers: the narrow ones stand before the wide ones.
constexpr HttpRoute kRoutes[] = {
    {.method = "POST", .pattern = "/_bulk", .answer = elastic_bulk, .speech = Speech::elastic},
    {.method = "PUT", .pattern = "/_bulk", .answer = elastic_bulk, .speech = Speech::elastic},
    {.method = "POST", .pattern = "/{}/_bulk", .answer = elastic_bulk, .speech = Speech::elastic},
    {.method = "PUT", .pattern = "/{}/_bulk", .answer = elastic_bulk, .speech = Speech::elastic},
    {.method = "POST", .pattern = "/{}/{}/_bulk", .answer = elastic_bulk, .speech = Speech::elastic},
    {.method = "POST", .pattern = "/{}/_doc", .answer = elastic_document, .speech = Speech::elastic},
    {.method = "POST", .pattern = "/{}/_doc/{}", .answer = elastic_document, .speech = Speech::elastic},
    {.method = "PUT", .pattern = "/{}/_doc/{}", .answer = elastic_document, .speech = Speech::elastic},
    {.method = "POST", .pattern = "/{}/_create/{}", .answer = elastic_document, .speech = Speech::elastic},
    {.method = "PUT", .pattern = "/{}/_create/{}", .answer = elastic_document, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/", .answer = banner, .speech = Speech::elastic},
    {.method = "HEAD", .pattern = "/", .answer = banner, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/_license", .answer = license, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/_xpack", .answer = xpack, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/_xpack/license", .answer = license, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/_cluster/health", .answer = cluster_health, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/_cluster/health/**", .answer = cluster_health, .speech = Speech::elastic},
    {.method = "GET", .pattern = "/_cat/templates/**", .answer = cat_templates, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_ilm/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_index_template/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_component_template/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_template/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_data_stream/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_ingest/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_nodes/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_nodes", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_logstash/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_alias/**", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_refresh", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/{}/_refresh", .answer = there, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_bulk/**", .answer = unknown, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_cluster/**", .answer = unknown, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_cat/**", .answer = unknown, .speech = Speech::elastic},
    {.method = "*", .pattern = "/_search", .answer = unknown, .speech = Speech::elastic},
};

}  // namespace

extern const HttpSource elastic{.name = "elastic", .routes = kRoutes};

}  // namespace vg::ingest::of_elastic

// The API: routes with the permission each needs, and the function that answers. One file a resource, one line in
// list.inc. The same routes serve HTTP, the control socket and the command line that has the data folder open itself.
// openapi.json, the tenant matrix and the permission tests walk these lists.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "detect/engine.h"
#include "directory/directory.h"
#include "formats/format.h"
#include "net/http.h"
#include "store/journal.h"
#include "store/state.h"

namespace vg::api {

// What the server tells about itself on /api/v1/health, /readyz and `vonggac verify`.
struct SourceCounters {
    std::uint64_t received = 0, accepted = 0, refused = 0, unparsed = 0, late = 0;
};
class Health {
public:
    virtual ~Health() = default;
    virtual json::Value report() const = 0;                    // whole node: for accounts that see the node
    virtual Status ready() const = 0;                          // an error says why not
    virtual SourceCounters counters(const SourceId& source) const = 0;
    virtual std::optional<Time> last_received(const SourceId& source) const = 0;
};

// Everything a route may use. Owned by the server; members outlive every request.
struct Context {
    store::State& state;
    const store::Journal& journal;
    Clock& clock;
    Random& random;
    metrics::Registry& metrics;
    Health& health;
    std::function<std::shared_ptr<const detect::Engine>()> engine;
    std::function<std::shared_ptr<const formats::Library>()> library;
    std::function<std::shared_ptr<const directory::Snapshot>()> directory;
    std::function<Status()> reload_directory;   // after a change of organisations or sources
    std::function<Result<detect::LoadReport>()> reload_rules;
};

struct Ask {
    net::Request& request;
    const access::Actor& actor;
    Context& context;
    std::vector<std::string> captures;  // of the "{...}" parts of the pattern, in order

    // The body as JSON object, at most 1 MB; an error names the field or place.
    Result<json::Value> body();
};

enum class Auth : std::uint8_t {
    none,        // anyone: health probes, sign-in
    permission,  // the actor must hold `permission`
};

struct Route {
    std::string_view method;
    std::string_view pattern;      // "/api/v1/findings/{id}/mute"
    Auth auth = Auth::permission;
    std::string_view permission;   // "finding:mute"
    std::string_view summary;      // one English sentence for openapi.json
    std::string_view request_schema;   // JSON Schema text of the body, empty: none
    std::string_view response_schema;  // JSON Schema text of the 2xx answer
    std::string_view parameters;       // query parameters: "limit:integer, after:string"
    Result<net::Response> (*answer)(Ask&) = nullptr;
};

struct Resource {
    std::string_view name;
    std::span<const Route> routes;
};
std::span<const Resource* const> resources();

class Router {
public:
    static std::unique_ptr<Router> make(Context context);
    virtual ~Router() = default;
    // Authenticates, checks the permission, answers. Errors become RFC 9457 problem documents. Paths outside /api, and
    // /healthz, /readyz, /metrics, give 404.
    virtual net::Response handle(net::Request& request) = 0;
    // The same for an actor who is known already: control socket and in-process command line.
    virtual net::Response handle_as(const access::Actor& actor, net::Request& request) = 0;
    // Who sent this request: a session cookie or a bearer token. Used by ingest routes as well.
    virtual Result<access::Actor> authenticate(const net::Request& request) = 0;
};

// OpenAPI 3.1 document over all routes.
std::string openapi();

// An RFC 9457 problem document: status from the code, "detail" from the text, "field" when it begins with "field NAME: ".
net::Response problem(const Error& error);

}  // namespace vg::api

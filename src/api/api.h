// The API: routes with the permission each needs, and the function that answers. One file a resource, one line in
// list.inc. The same routes serve HTTP, the control socket and the command line that has the data folder open itself.
// openapi.json, the tenant matrix and the permission tests walk these lists.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "access/gate.h"
#include "access/passwords.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cases/verification.h"
#include "detect/correlator.h"
#include "detect/engine.h"
#include "detect/meter.h"
#include "detect/kinds/indicator/set.h"
#include "directory/attribution.h"
#include "directory/directory.h"
#include "directory/fact_keeper.h"
#include "formats/format.h"
#include "net/http.h"
#include "notify/rows.h"
#include "reports/signature.h"
#include "store/journal.h"
#include "store/state.h"

namespace vg::cases {
struct Item;
struct ReminderPolicy;
struct Kept;
}
namespace vg::lists {
struct Profile;
}
namespace vg::store {
class Archive;
class Disk;
}
namespace vg::regime {
class Regime;
}
namespace vg::reports {
class Forms;
}
namespace vg::intel {
class Doubts;
class Puller;
}

namespace vg::api {

class ListDesk;
class SearchDesk;
struct RuleCases;
struct RuleCaseResult;

// What the server tells about itself on /api/v1/health, /readyz and `vonggac verify`.
struct SourceCounters {
    std::uint64_t received = 0, accepted = 0, refused = 0, unparsed = 0, late = 0;
};
struct UnparsedSample {
    std::string event, reason;  // the id of the last record that was not understood, and why
};
class Health {
public:
    virtual ~Health() = default;
    virtual json::Value report() const = 0;                    // whole node: for accounts that see the node
    virtual Status ready() const = 0;                          // an error says why not
    virtual SourceCounters counters(const SourceId& source) const = 0;
    virtual std::optional<Time> last_received(const SourceId& source) const = 0;
    virtual std::optional<Time> newest(const SourceId&) const { return std::nullopt; }  // the newest occurred time
    virtual std::optional<UnparsedSample> unparsed_sample(const SourceId&) const { return std::nullopt; }
    // Records processed in each quarter of an hour of the last day, oldest first, the last one under way; empty: not counted.
    virtual std::vector<std::int64_t> quarters(const SourceId&) const { return {}; }
    virtual Time counting_since() const { return {}; }  // before it, zero says nothing
};

class Stream;

// A backup that is asked for. `folder` and `passphrase` none: those of the settings.
struct BackupAsk {
    std::string actor;
    std::optional<std::string> folder, passphrase;
    bool without_keys = false;
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
    std::function<std::shared_ptr<const detect::indicator::Set>()> indicators = {};  // in force; none: there are none
    std::function<std::shared_ptr<const intel::Doubts>()> doubts = {};  // what speaks against values; none: nothing does
    cases::Policy closure = {};                 // when items of cases may be closed
    std::function<Result<std::optional<cases::Observed>>(const cases::Item&)> observe = {};  // what our own logs show of one since its removal; none: nobody looks
    std::shared_ptr<const cases::ReminderPolicy> reminders = {};  // of their deadlines; none: nobody is reminded
    std::shared_ptr<const std::vector<cases::Kept>> playbooks = {};  // that are shipped (cases/playbooks.h); none: there are none
    std::shared_ptr<const regime::Regime> regime = {};  // laws and calendars; none: Code::unavailable
    intel::Puller* puller = nullptr;  // of feeds; none: Code::unavailable
    std::function<Status()> renew_indicators = {};  // after a change of indicators; none: they come into force at the next start
    std::function<void()> hunts_changed = {};       // there is a hunt to be worked on, or one was paused or stopped; none: nobody works on them
    int hunt_days = 0;                              // back, for which new indicators are asked of the archive; 0: they are not
    std::function<Status(event::Position)> retry_set_aside = {};  // Code::not_found when the record is not set aside
    std::function<json::Value()> settings = {};  // every setting with its value, text and bounds; empty: not told
    std::function<Result<detect::GroupPage>(const detect::GroupAsk&)> correlation_groups = {};  // none: Code::unavailable
    std::function<std::map<std::string, detect::RuleCost, std::less<>>()> rule_costs = {};  // by the rule's id; none: nothing is measured
    // The cases beside a rule, and what becomes of them (rule_case.h); none: there are no cases.
    std::function<Result<RuleCases>(const detect::Engine&, const detect::RuleInfo&)> rule_cases = {};
    std::function<Result<std::vector<RuleCaseResult>>(const std::shared_ptr<const detect::Engine>&, const detect::RuleInfo&)> run_rule_cases = {};
    Stream* stream = nullptr;                   // tells open consoles what changed; null where nobody serves
    // Makes a backup; gives `tell` lines of type "progress", which stops it by returning false, and returns the line of type
    // "result". Code::busy while another one is being made. None: Code::unavailable.
    std::function<Result<json::Value>(const BackupAsk&, const std::function<bool(json::Value)>& tell)> back_up = {};
    access::PasswordOptions passwords = {};     // tests take cheap ones
    store::Archive* archive = nullptr;          // none: searches are answered with "unavailable"
    SearchDesk* desk = nullptr;                 // who may search when
    std::function<Status()> feed_archive = {};  // sees to it that what reads the journal into the archive runs; none: it never does
    std::string exports = {};                   // folder where exports stand while they are sent; the archive may write there
    std::function<std::vector<notify::Outcome>(const notify::Rule&)> test_notification = {};  // none: Code::unavailable
    const store::Secrets* secrets = nullptr;    // seals what State holds; none: it is stored as it is
    std::function<std::shared_ptr<const directory::Attribution>()> attribution = {};  // whose addresses were; none: nobody knows
    directory::FactKeeper* facts = nullptr;     // changes what the directory says; none: Code::unavailable
    std::function<int(const OrganisationId&, std::string_view system)> system_level = {};  // 1 to 5, 0 when it is not known; none: of none is it
    std::function<std::shared_ptr<const std::vector<lists::Profile>>()> list_profiles = {};  // that are shipped; none: there are none
    ListDesk* list_desk = nullptr;              // lists that are not kept yet; none: Code::unavailable
    std::function<void()> list_jobs_changed = {};  // there is something to be done about lists; none: nobody works on it
    std::function<bool()> is_behind = {};       // events wait for detection; none: they never do
    store::Disk* disk = nullptr;                // and the folder for the originals of lists
    std::string originals = {};
    std::string case_files = {};                // and for what is attached to cases; empty: Code::unavailable
    std::shared_ptr<const reports::Forms> forms = {};  // of papers; none: Code::unavailable
    std::string papers = {};                    // folder for the files of papers, on `disk`
    bool sends_mail = false;                    // a mail server is set
    reports::SignatureTrust paper_trust = {};   // whose signatures of papers count
    std::function<Status(std::vector<event::Record>)> keep_own = {};  // records of the node's own source; none: nobody works on them
};

enum class Auth : std::uint8_t {
    none,        // anyone: health probes, sign-in
    permission,  // the actor must hold `permission`
};

// Whose data an answer holds. The tenant matrix tests what is said here.
enum class Holds : std::uint8_t {
    tenant,  // of the organisations that the actor may see
    own,     // of the account that asks: its session, its second factor
    shared,  // the same for everyone who may ask: rules, the specification
    node,    // of the node as a whole: accounts of single organisations are refused
};

struct Ask;

struct Route {
    std::string_view method;
    std::string_view pattern;      // "/api/v1/findings/{id}/mute"; "{id}" takes one segment, "id" must stand for a UUID
    Auth auth = Auth::permission;
    std::string_view permission;   // "finding:mute"
    Holds holds = Holds::tenant;
    std::string_view summary;      // one English sentence for openapi.json
    // JSON Schema of the body, empty: none. The router checks the body against it, so its first member of "examples" is
    // a body that works; the tenant matrix sends it, with "{organisation}", "{source}"... replaced.
    std::string_view request_schema;
    // Of the 2xx answer: JSON Schema text, the name of one of the resource's schemas, "Name[]" for a list
    // ("Name[]?": one that says what it lacks), empty: none.
    std::string_view response_schema;
    std::string_view parameters;   // of the query: "limit:integer, state:new|closed which state, since:time" (parameters.h)
    int status = 200;              // of success
    std::size_t most_body = std::size_t{1} << 20;  // bytes
    bool secret_answer = false;    // the answer shows a secret once: it is never stored for Idempotency-Key
    Result<net::Response> (*answer)(Ask&) = nullptr;
};

// A named JSON Schema: "#/components/schemas/NAME" of openapi.json.
struct NamedSchema {
    std::string_view name;
    std::string_view text;
};

struct Resource {
    std::string_view name;
    std::string_view about;        // one sentence: the tag's description
    std::span<const Route> routes;
    std::span<const NamedSchema> schemas = {};
};
// In the order of list.inc.
std::span<const Resource* const> resources();

// One request, after authentication and all checks that the route declares.
struct Ask {
    net::Request& request;
    const access::Actor& actor;
    Context& context;
    access::Gate& gate;
    access::Passwords& passwords;
    const Route& route;
    std::vector<std::string> captures = {};  // of the "{...}" parts of the pattern, in order
    json::Value body = {};                   // checked against request_schema; null when the route has none

    // A capture as an id; not_found when it is none.
    template <class Tag>
    [[nodiscard]] Result<Id<Tag>> id(std::size_t capture = 0) const {
        if (auto parsed = Id<Tag>::parse(captures[capture])) return *parsed;
        return fail(Code::not_found, "there is no such thing: an id is a UUID");
    }
    // Query parameters; the router has checked their types.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const { return request.parameter(name); }
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
    [[nodiscard]] std::optional<Time> time(std::string_view name) const;
    // The version that If-Match asks for; nothing when there is no If-Match or it is "*".
    [[nodiscard]] Result<std::optional<std::int64_t>> if_match() const;
};

// The api room's own table: answers kept for Idempotency-Key. For State::open.
store::Schema schema();

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

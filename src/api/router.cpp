// The router: which route, who asks, may they, is the request well formed, was it answered before; then the answer.
#include <algorithm>
#include <array>
#include <utility>

#include "api/api.h"
#include "api/idempotency.h"
#include "api/parameters.h"
#include "api/problem.h"
#include "api/schema.h"
#include "api/security.h"
#include "base/check.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

namespace {

constexpr std::size_t kSegments = 16;

struct Compiled {
    const Route* route;
    std::vector<std::string_view> segments;
    std::vector<Parameter> parameters;
    json::Value request_schema;  // null: no body
    metrics::Histogram* seconds;
    std::array<metrics::Counter*, 6> answers;  // by first digit of the status
};

std::vector<std::string_view> segments_of(std::string_view path) { return split(path.substr(std::min<std::size_t>(1, path.size())), '/'); }

bool is_capture(std::string_view segment) { return !segment.empty() && segment.front() == '{'; }

// The captures when the path fits; the more literal segments, the better.
std::optional<std::vector<std::string>> match(const Compiled& compiled, const std::vector<std::string_view>& path, std::size_t& literals) {
    if (compiled.segments.size() != path.size()) return std::nullopt;
    std::vector<std::string> captures;
    literals = 0;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (is_capture(compiled.segments[i])) {
            if (path[i].empty()) return std::nullopt;
            captures.emplace_back(path[i]);
        } else if (compiled.segments[i] != path[i]) {
            return std::nullopt;
        } else {
            ++literals;
        }
    }
    return captures;
}

struct Found {
    const Compiled* compiled = nullptr;
    std::vector<std::string> captures;
    std::string allowed;  // methods of the path, when none fits
};

class PlainRouter final : public Router {
public:
    explicit PlainRouter(Context context)
        : context_(std::move(context)),
          passwords_(context_.random, context_.passwords),
          gate_(context_.state, passwords_, context_.random, [this](const OrganisationId& id) { return context_.directory()->descendants(id); }, context_.secrets) {
        for (const Resource* resource : resources())
            for (const Route& route : resource->routes) add(route);
    }

    net::Response handle(net::Request& request) override { return handle(request, nullptr); }
    net::Response handle_as(const access::Actor& actor, net::Request& request) override { return handle(request, &actor); }

    Result<access::Actor> authenticate(const net::Request& request) override {
        return TRY(caller_of(gate_, request, context_.clock.now())).actor;
    }

private:
    void add(const Route& route) {
        Compiled compiled{.route = &route, .segments = segments_of(route.pattern), .parameters = parse_parameters(route.parameters)};
        if (!route.request_schema.empty()) {
            auto parsed = json::parse(route.request_schema);
            CHECK(parsed.has_value(), "a route's request_schema is JSON");
            compiled.request_schema = std::move(*parsed);
        }
        CHECK(route.auth != Auth::permission || access::is_permission(route.permission), "a route's permission stands in permissions.inc");
        const std::string name = format("{} {}", route.method, route.pattern);
        compiled.seconds = &context_.metrics.histogram("vonggac_api_seconds", "Time to answer a request, without sending a streamed body", {{"route", name}});
        for (std::size_t i = 0; i < compiled.answers.size(); ++i)
            compiled.answers[i] = i < 2 ? nullptr : &context_.metrics.counter("vonggac_api_answers_total", "Answers by route and status", {{"route", name}, {"status", format("{}xx", i)}});
        routes_.push_back(std::move(compiled));
    }

    Found find(const net::Request& request) const {
        const std::vector<std::string_view> path = segments_of(request.path);
        Found found;
        if (path.size() > kSegments) return found;
        const std::string_view method = request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
        std::size_t best = 0;
        std::vector<std::string_view> methods;
        for (const Compiled& compiled : routes_) {
            std::size_t literals = 0;
            auto captures = match(compiled, path, literals);
            if (!captures || literals < best) continue;
            if (literals > best) {
                found = {};
                methods.clear();
                best = literals;
            }
            methods.push_back(compiled.route->method);
            if (compiled.route->method == "GET") methods.push_back("HEAD");
            if (compiled.route->method == method) found.compiled = &compiled, found.captures = std::move(*captures);
        }
        std::sort(methods.begin(), methods.end());
        for (std::string_view one : methods) found.allowed += (found.allowed.empty() ? "" : ", ") + std::string{one};
        return found;
    }

    net::Response handle(net::Request& request, const access::Actor* known) {
        const Time began = context_.clock.now();
        const Found found = find(request);
        net::Response response = answer(request, known, found);
        if (request.method == "HEAD") response.stream = nullptr;
        add_security_headers(response, request.tls);
        if (found.compiled != nullptr) {
            found.compiled->seconds->observe(static_cast<double>((context_.clock.now() - began).micros) / 1e6);
            const auto digit = static_cast<std::size_t>(response.status / 100);
            if (digit >= 2 && digit < found.compiled->answers.size()) found.compiled->answers[digit]->add();
        }
        return response;
    }

    net::Response answer(net::Request& request, const access::Actor* known, const Found& found) {
        if (const Status origin = check_origin(request); !origin) return problem(origin.error());
        if (found.compiled == nullptr) {
            if (found.allowed.empty()) return problem({Code::not_found, "there is nothing at this path; /api/openapi.json lists what there is"});
            net::Response response = problem(405, {Code::bad_input, format("this path does not take {}; it takes {}", shorten(request.method, 16), found.allowed)});
            response.with("Allow", found.allowed);
            return response;
        }
        access::Actor actor{.name = "anonymous"};
        if (known != nullptr) {
            actor = *known;
        } else if (found.compiled->route->auth != Auth::none) {
            auto caller = caller_of(gate_, request, context_.clock.now());
            if (!caller) {
                if (caller.error().code != Code::denied) return problem(caller.error());
                net::Response response = problem(401, caller.error());
                response.with("WWW-Authenticate", "Bearer realm=\"vonggac\"");
                return response;
            }
            if (!caller->session_token.empty() && !is_safe(request.method))
                if (const Status csrf = check_csrf(request, caller->session_token); !csrf) return problem(csrf.error());
            actor = std::move(caller->actor);
        }
        if (const Status permitted = permit(*found.compiled->route, actor); !permitted) return problem(permitted.error());
        auto answered = checked(request, actor, *found.compiled, found.captures);
        if (answered) return std::move(*answered);
        // A change that was asked for one version and met another (RFC 9110, section 13.1.1).
        if (answered.error().code == Code::conflict && request.header("if-match")) return problem(412, answered.error());
        return problem(answered.error());
    }

    static Status permit(const Route& route, const access::Actor& actor) {
        if (route.auth == Auth::permission && !actor.may(route.permission))
            return fail(Code::denied, format("this needs the permission {}, which the role {} does not have", route.permission, access::name_of(actor.role)));
        if (route.holds == Holds::node && route.auth != Auth::none && !actor.scope.sees_node())
            return fail(Code::denied, "this concerns the node as a whole; only accounts of the node itself may ask");
        return {};
    }

    // The request itself: query, body, Idempotency-Key.
    Result<net::Response> checked(net::Request& request, const access::Actor& actor, const Compiled& compiled, const std::vector<std::string>& captures) {
        const Route& route = *compiled.route;
        TRY(check_parameters(compiled.parameters, request));
        Ask ask{.request = request, .actor = actor, .context = context_, .gate = gate_, .passwords = passwords_, .route = route, .captures = captures};
        if (!compiled.request_schema.is_null()) {
            const std::string bytes = TRY(request.read_all(route.most_body));
            const std::string type = request.header("content-type").value_or("");
            if (!bytes.empty() && !starts_with_ignoring_ascii_case(type, "application/json"))
                return problem(415, {Code::bad_input, "field Content-Type: a body must be application/json"});
            ask.body = bytes.empty() ? json::object({}) : TRY_IN("the body is no JSON: ", json::parse(bytes, {.depth = 32, .bytes = route.most_body}));
            TRY(conforms(compiled.request_schema, ask.body));
        }
        const auto key = request.header("idempotency-key");
        if (route.method != "POST" || !key || route.auth == Auth::none) return route.answer(ask);
        return once(ask, {actor.organisation.text() + "/" + actor.name, *key, format("{} {}", route.method, request.path), body_hash(compiled.request_schema, ask.body, request.raw_target)});
    }

    Result<net::Response> once(Ask& ask, const Claim& key) {
        if (auto before = TRY(claim(context_.state, key, context_.clock.now()))) return std::move(*before);
        auto answered = ask.route.answer(ask);
        if (!answered || answered->status >= 300 || answered->stream) {
            TRY(release(context_.state, key));
        } else {
            TRY(keep_answer(context_.state, key, *answered, ask.route.secret_answer));
        }
        return answered;
    }

    // constant after construction, or synchronise themselves
    Context context_;
    access::Passwords passwords_;
    access::Gate gate_;
    std::vector<Compiled> routes_;
};

}  // namespace

std::unique_ptr<Router> Router::make(Context context) { return std::make_unique<PlainRouter>(std::move(context)); }

std::optional<std::int64_t> Ask::integer(std::string_view name) const {
    const auto value = text(name);
    return value ? parse_int(*value) : std::nullopt;
}

std::optional<bool> Ask::boolean(std::string_view name) const {
    const auto value = text(name);
    return value ? std::optional{*value == "true"} : std::nullopt;
}

std::optional<Time> Ask::time(std::string_view name) const {
    const auto value = text(name);
    return value ? parse_time(*value) : std::nullopt;
}

Result<std::optional<std::int64_t>> Ask::if_match() const {
    const auto value = request.header("if-match");
    if (!value || trim(*value) == "*") return std::nullopt;
    std::string_view tag = trim(*value);
    if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"')
        if (const auto version = parse_int(tag.substr(1, tag.size() - 2))) return version;
    return fail(Code::bad_input, "field If-Match: must be the ETag of an answer, such as \"3\"");
}

}  // namespace vg::api

// Rules of notification: who is told of which findings, and how to try it out.
#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/reason.h"
#include "base/bytes.h"
#include "base/text.h"
#include "notify/rows.h"
#include "store/audit.h"

namespace vg::api::of_notification_rules {

namespace {

using notify::Rule;
using notify::RuleTag;

constexpr NamedSchema kSchemas[] = {
    {"NotificationRule", R"({"type":"object","required":["id","organisation","name","enabled","mail","webhooks","level","rules","tags","events","below","zone","quiet","dedupe_minutes","escalation","created","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"organisation":{"type":"string","format":"uuid"},"name":{"type":"string"},"enabled":{"type":"boolean"},"mail":{"type":"array","items":{"type":"string"}},
    "webhooks":{"type":"array","items":{"type":"string"},"description":"without their paths, which often are secrets"},"level":{"enum":["informational","low","medium","high","critical"],"description":"at least"},
    "rules":{"type":"array","items":{"type":"string"},"description":"ids of detection rules; empty: all"},"tags":{"type":"array","items":{"type":"string"},"description":"any of them; empty: all"},
    "events":{"type":"array","description":"new and reopened: of findings; case: what happens to cases","items":{"enum":["new","reopened","case"]}},"below":{"type":"boolean","description":"findings of organisations below it too"},"zone":{"type":"string"},
    "quiet":{"type":["object","null"],"description":"days on which they begin, from, until, and whether critical findings are told all the same"},
    "dedupe_minutes":{"type":"integer"},"escalation":{"type":["object","null"]},"created":{"type":"string","format":"date-time"},"version":{"type":"integer"},
    "secret":{"type":"string","description":"signs webhooks; shown once, when the rule is made"}},"additionalProperties":false})"},
    {"NotificationTest", R"({"type":"object","required":["rule","outcomes"],"properties":{"rule":{"type":"string"},"outcomes":{"type":"array","items":{"type":"object","required":["channel","recipient","sent","error"],
    "properties":{"channel":{"enum":["mail","webhook"]},"recipient":{"type":"string"},"sent":{"type":"boolean"},"error":{"type":"string"},)" VG_REASON R"(},"additionalProperties":false}}},"additionalProperties":false})"}};

void show_urls(json::Value& recipients) {
    if (!recipients.is_object()) return;
    json::Array shown;
    if (const json::Value* urls = recipients.find("webhooks"); urls != nullptr && urls->is_array())
        for (const json::Value& url : urls->as_array()) shown.emplace_back(notify::shown_url(url.as_text()));
    recipients.set("webhooks", std::move(shown));
}

json::Value to_json(const Rule& rule) {
    json::Value settings = notify::settings_of(rule);
    show_urls(settings);
    if (const json::Value* escalation = settings.find("escalation"); escalation != nullptr && escalation->is_object()) {
        json::Value shown = *escalation;
        show_urls(shown);
        settings.set("escalation", std::move(shown));
    }
    json::Value out = json::object({{"id", rule.id.text()}, {"organisation", rule.organisation.text()}, {"name", rule.name}, {"enabled", rule.enabled}});
    for (auto& [name, value] : settings.as_object()) out.set(name, std::move(value));
    return out.set("created", time_value(rule.created)).set("version", rule.version);
}

Result<net::Response> list_all(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto rules = TRY(context.state.read([&](store::Transaction& tx) { return notify::list_rules(tx, actor.scope, after.value_or(""), limit + 1); }));
        return page_of(rules, {}, limit, [](const Rule& rule) { return rule.id.text(); }, [](const Rule& rule) { return to_json(rule); });
    });
}

Result<net::Response> add(Ask& ask) {
    const Time now = ask.context.clock.now();
    Rule rule{.id = make_id<RuleTag>(now, ask.context.random), .created = now};
    TRY(notify::apply(rule, ask.body));
    std::string bytes(32, '\0');
    ask.context.random.fill(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size());
    const std::string secret = to_hex(bytes);  // what is stored is sealed
    rule.secret = ask.context.secrets == nullptr ? secret : ask.context.secrets->seal(secret, notify::kSecretLabel, ask.context.random);
    if (ask.context.secrets != nullptr) notify::seal_urls(rule, *ask.context.secrets, ask.context.random);
    const auto wanted = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        rule.organisation = TRY_IN("field organisation: ", organisation_for(ask, tx, wanted));
        return notify::add_rule(tx, ask.actor, rule, now);
    }));
    return versioned_answer(201, to_json(rule).set("secret", secret), rule.version);
}

Result<Rule> found(Ask& ask) {
    const auto id = TRY(ask.id<RuleTag>());
    return ask.context.state.read([&](store::Transaction& tx) { return notify::find_rule(tx, ask.actor.scope, id); });
}

Result<net::Response> show(Ask& ask) {
    const Rule rule = TRY(found(ask));
    return versioned_answer(200, to_json(rule), rule.version);
}

Result<net::Response> change(Ask& ask) {
    const auto id = TRY(ask.id<RuleTag>());
    const auto version = TRY(ask.if_match());
    Rule rule;
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        rule = TRY(notify::find_rule(tx, ask.actor.scope, id));
        TRY(notify::apply(rule, ask.body));
        if (ask.context.secrets != nullptr) notify::seal_urls(rule, *ask.context.secrets, ask.context.random);
        return notify::change_rule(tx, ask.actor, rule, version, ask.context.clock.now());
    }));
    ++rule.version;
    return versioned_answer(200, to_json(rule), rule.version);
}

Result<net::Response> remove(Ask& ask) {
    const auto id = TRY(ask.id<RuleTag>());
    TRY(ask.context.state.write([&](store::Transaction& tx) { return notify::remove_rule(tx, ask.actor, id, ask.context.clock.now()); }));
    return no_content();
}

Result<net::Response> test(Ask& ask) {
    const Rule rule = TRY(found(ask));
    if (!ask.context.test_notification) return fail(Code::unavailable, "nothing is sent from here; ask the server that works on this folder");
    json::Array outcomes;
    std::int64_t sent = 0;
    for (const notify::Outcome& outcome : ask.context.test_notification(rule)) {
        const bool is_mail = outcome.channel == notify::Channel::mail;
        sent += outcome.error.empty() ? 1 : 0;
        json::Value shown = json::object({{"channel", notify::name_of(outcome.channel)}, {"recipient", is_mail ? outcome.recipient : notify::shown_url(outcome.recipient)}, {"sent", outcome.error.empty()}, {"error", outcome.error}});
        add_reason(shown, outcome.error);
        outcomes.push_back(std::move(shown));
    }
    const auto all = static_cast<std::int64_t>(outcomes.size());
    TRY(ask.context.state.write([&](store::Transaction& tx) {
        return store::audit::append(tx, {.time = ask.context.clock.now(), .actor = ask.actor.name, .action = "notification-rule:test", .object = "notification-rule/" + rule.id.text(), .organisation = rule.organisation,
                                         .details = json::object({{"name", rule.name}, {"recipients", all}, {"sent", sent}})});
    }));
    return json_answer(200, json::object({{"rule", rule.name}, {"outcomes", std::move(outcomes)}}));
}

#define VG_RULE_MEMBERS \
    R"("enabled":{"type":"boolean"},"mail":{"type":"array","maxItems":20,"items":{"type":"string","maxLength":254}},"webhooks":{"type":"array","maxItems":5,"items":{"type":"string","maxLength":2000}},)" \
    R"("level":{"enum":["informational","low","medium","high","critical"]},"rules":{"type":"array","maxItems":100,"items":{"type":"string","minLength":1,"maxLength":200}},)" \
    R"("tags":{"type":"array","maxItems":50,"items":{"type":"string","minLength":1,"maxLength":200}},"events":{"type":"array","minItems":1,"maxItems":3,"items":{"enum":["new","reopened","case"]}},)" \
    R"("below":{"type":"boolean"},"zone":{"type":"string","maxLength":64},"quiet":{"type":["object","null"],"required":["from","until"],"additionalProperties":false,"properties":{)" \
    R"("days":{"type":"array","maxItems":7,"items":{"enum":["mon","tue","wed","thu","fri","sat","sun"]},"description":"on which they begin; without, all"},"from":{"type":"string","maxLength":5,"description":"such as 22:00"},)" \
    R"("until":{"type":"string","maxLength":5},"critical_breaks":{"type":"boolean"}}},"dedupe_minutes":{"type":"integer","minimum":0,"maximum":10080},)" \
    R"("escalation":{"type":["object","null"],"required":["after_minutes"],"additionalProperties":false,"properties":{"after_minutes":{"type":"integer","minimum":1,"maximum":10080},)" \
    R"("mail":{"type":"array","maxItems":20,"items":{"type":"string","maxLength":254}},"webhooks":{"type":"array","maxItems":5,"items":{"type":"string","maxLength":2000}}}})"

constexpr std::string_view kNew = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":100},
    "organisation":{"type":"string","format":"uuid","description":"whose findings, and those below it; one's own without"},)" VG_RULE_MEMBERS
                                  R"(},"examples":[{"name":"{marker}","mail":["truc@don-vi.example"],"organisation":"{organisation}"}]})";
constexpr std::string_view kChange = R"({"type":"object","additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":100},)" VG_RULE_MEMBERS R"(},"examples":[{"name":"{marker}"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/notification-rules", .permission = "notification:read",
     .summary = "Lists the rules of notification.", .response_schema = "NotificationRule[]", .parameters = kListParameters, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/notification-rules", .permission = "notification:write",
     .summary = "Adds a rule: who is told of which findings, by mail or webhook.", .request_schema = kNew, .response_schema = "NotificationRule", .status = 201, .secret_answer = true, .answer = add},
    {.method = "GET", .pattern = "/api/v1/notification-rules/{id}", .permission = "notification:read",
     .summary = "Shows one rule of notification.", .response_schema = "NotificationRule", .answer = show},
    {.method = "PATCH", .pattern = "/api/v1/notification-rules/{id}", .permission = "notification:write",
     .summary = "Changes what is given of a rule.", .request_schema = kChange, .response_schema = "NotificationRule", .answer = change},
    {.method = "DELETE", .pattern = "/api/v1/notification-rules/{id}", .permission = "notification:write",
     .summary = "Removes a rule; what waits in the outbox is still sent.", .status = 204, .answer = remove},
    {.method = "POST", .pattern = "/api/v1/notification-rules/{id}/test", .permission = "notification:write",
     .summary = "Sends a test message to every recipient of a rule now, and tells what became of each.", .response_schema = "NotificationTest", .answer = test},
};

}  // namespace

extern const Resource notification_rules{.name = "notification-rules", .about = "Who is told of findings by mail and webhook.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_notification_rules

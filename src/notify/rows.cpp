#include "notify/rows.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "store/audit.h"

namespace vg::notify {
namespace {

Status audit(store::Transaction& tx, const access::Actor& actor, std::string_view action, const std::string& object, const OrganisationId& organisation, json::Value details, Time now) {
    return store::audit::append(tx, {.time = now, .actor = actor.name, .action = std::string{action}, .object = object, .organisation = organisation, .details = std::move(details)});
}

std::string object_of(const RuleId& id) { return "notification-rule/" + id.text(); }

Result<std::vector<Rule>> rules_where(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    std::vector<Rule> rules;
    for (const auto& [id, organisation, name, enabled, settings, secret, created, version] :
         TRY((tx.query<std::string, std::string, std::string, std::int64_t, std::string, std::string, std::int64_t, std::int64_t>(
             "select id, organisation, name, enabled, settings, secret, created, version from notify_rule where " + rest, params)))) {
        Rule rule;
        TRY_IN("notification rule " + id + ": ", restore(rule, TRY(json::parse(settings))));
        rule.id = TRY(RuleId::parse(id));
        rule.organisation = TRY(OrganisationId::parse(organisation));
        rule.name = name;
        rule.enabled = enabled != 0;
        rule.secret = secret;
        rule.created = {created};
        rule.version = version;
        rules.push_back(std::move(rule));
    }
    return rules;
}

constexpr std::string_view kMessage = "select id, rule, tier, rule_name, organisation, channel, recipient, subject, content, secret, findings, state, attempts, created, next_attempt, waiting_since, finished, last_error, matter, enclosed, bounced, pgp_key from notify_message where ";

std::string text_of(const std::vector<Enclosed>& enclosed) {
    json::Array files;
    for (const Enclosed& one : enclosed) files.push_back(json::object({{"name", one.name}, {"media", one.media}, {"sha256", one.sha256}}));
    return json::Value{std::move(files)}.dump();
}

Result<std::vector<Enclosed>> enclosed_of(const std::string& text) {
    std::vector<Enclosed> enclosed;
    if (text.empty()) return enclosed;
    const json::Value files = TRY(json::parse(text));
    if (!files.is_array()) return fail(Code::corrupt, "the files of a message are no list");
    for (const json::Value& one : files.as_array()) enclosed.push_back({one.text("name").value_or(""), one.text("media").value_or(""), one.text("sha256").value_or("")});
    return enclosed;
}

Result<std::vector<Message>> messages_where(store::Transaction& tx, const std::string& rest, const store::Params& params) {
    using Text = std::string;
    using Int = std::int64_t;
    std::vector<Message> messages;
    for (auto& [id, rule, tier, rule_name, organisation, channel, recipient, subject, content, secret, count, state, attempts, created, next, since, finished, error, matter, enclosed, bounced, pgp_key] :
         TRY((tx.query<Text, Text, Int, Text, Text, Text, Text, Text, Text, Text, Int, Text, Int, Int, Int, Int, std::optional<Int>, Text, Text, Text, std::optional<Int>, Text>(std::string{kMessage} + rest, params))))
        messages.push_back({.id = TRY(MessageId::parse(id)), .rule = rule, .tier = tier, .rule_name = rule_name, .organisation = TRY(OrganisationId::parse(organisation)),
                            .channel = channel == "mail" ? Channel::mail : Channel::webhook, .recipient = recipient, .subject = subject, .content = content, .secret = secret, .findings = count,
                            .state = delivery_named(state).value_or(Delivery::given_up), .attempts = attempts, .created = {created}, .next_attempt = {next}, .waiting_since = {since},
                            .finished = finished ? std::optional{Time{*finished}} : std::nullopt, .last_error = error,
                            .matter = matter, .enclosed = TRY(enclosed_of(enclosed)), .pgp_key = pgp_key, .bounced = bounced ? std::optional{Time{*bounced}} : std::nullopt});
    return messages;
}

Status insert_news(store::Transaction& tx, const findings::FindingId& finding, bool reopened, Time now) {
    TRY(tx.run("insert into notify_news (finding, reopened, at) values (:f, :r, :a) on conflict (finding, reopened, at) do nothing", {finding.text(), reopened, now.micros}));
    return {};
}

// By the URL: one that several rules have stays one to the outbox, which asks a place that is away once for all.
using Sealed = std::map<std::string, std::string>;

std::string sealed_url(const std::string& url, const store::Secrets& secrets, Random& random, Sealed& known) {
    const auto [found, is_new] = known.try_emplace(url);
    if (is_new) found->second = shown_url(url) + " " + secrets.seal(url, kUrlLabel, random);
    return found->second;
}

// Whether anything was not sealed yet.
bool seal(Rule& rule, const store::Secrets& secrets, Random& random, Sealed& known) {
    bool any = false;
    for (Recipients* to : {&rule.to, rule.escalation ? &rule.escalation->to : nullptr}) {
        if (to == nullptr) continue;
        for (std::string& url : to->webhooks) {
            if (is_sealed_url(url)) continue;
            url = sealed_url(url, secrets, random, known);
            any = true;
        }
    }
    return any;
}

Result<bool> has_rules(store::Transaction& tx) { return TRY((tx.first<std::int64_t>("select 1 from notify_rule where enabled = 1 limit 1"))).has_value(); }

}  // namespace

store::Schema schema() {
    return {"notify",
            {{
                // Times are microseconds; `settings` is JSON.
                "create table notify_rule (id text primary key, organisation text not null, name text not null, enabled bigint not null, settings text not null, secret text not null, "
                "created bigint not null, version bigint not null)",
                "create table notify_news (finding text not null, reopened bigint not null, at bigint not null, primary key (finding, reopened, at))",
                "create table notify_item (rule text not null, tier bigint not null, finding text not null, kind text not null, at bigint not null, due bigint not null, worst bigint not null, suppressed bigint not null, "
                "primary key (rule, tier, finding, kind, at))",
                "create index notify_item_due on notify_item (due)",
                "create table notify_told (rule text not null, subject text not null, until bigint not null, suppressed bigint not null, finding text not null, primary key (rule, subject))",
                "create index notify_told_until on notify_told (until)",
                "create table notify_watch (rule text not null, finding text not null, due bigint not null, primary key (rule, finding))",
                "create index notify_watch_due on notify_watch (due)",
                "create table notify_message (id text primary key, rule text not null, tier bigint not null, rule_name text not null, organisation text not null, channel text not null, recipient text not null, "
                "subject text not null, content text not null, secret text not null, findings bigint not null, state text not null check (state in ('waiting', 'sent', 'given-up')), "
                "attempts bigint not null, created bigint not null, next_attempt bigint not null, waiting_since bigint not null, finished bigint, last_error text not null)",
                "create index notify_message_due on notify_message (state, next_attempt, id)",
                "create index notify_message_rule on notify_message (rule, tier, created)",
             },
             {
                 "alter table notify_message add column matter text not null default ''",
                 "alter table notify_message add column enclosed text not null default ''",
                 "alter table notify_message add column bounced bigint",
                 "alter table notify_message add column pgp_key text not null default ''",
            }}};
}

std::string_view name_of(Channel channel) { return channel == Channel::mail ? "mail" : "webhook"; }

std::string_view name_of(Delivery delivery) {
    switch (delivery) {
        case Delivery::waiting: return "waiting";
        case Delivery::sent: return "sent";
        case Delivery::given_up: return "given-up";
    }
    return "";
}

std::optional<Delivery> delivery_named(std::string_view name) {
    for (const Delivery delivery : {Delivery::waiting, Delivery::sent, Delivery::given_up})
        if (name_of(delivery) == name) return delivery;
    return std::nullopt;
}

Status add_rule(store::Transaction& tx, const access::Actor& actor, const Rule& rule, Time now) {
    const auto count = TRY((tx.first<std::int64_t>("select count(*) from notify_rule")));
    if (count && std::get<0>(*count) >= kMostRules) return fail(Code::too_large, format("there are {} notification rules; remove some first", kMostRules));
    TRY(tx.run("insert into notify_rule (id, organisation, name, enabled, settings, secret, created, version) values (:i, :o, :n, :e, :s, :k, :c, 1)",
               {rule.id.text(), rule.organisation.text(), rule.name, rule.enabled, settings_of(rule).dump(), rule.secret, rule.created.micros}));
    return audit(tx, actor, "notification-rule:add", object_of(rule.id), rule.organisation, json::object({{"name", rule.name}, {"mail", static_cast<std::int64_t>(rule.to.mail.size())}, {"webhooks", static_cast<std::int64_t>(rule.to.webhooks.size())}}), now);
}

Status change_rule(store::Transaction& tx, const access::Actor& actor, const Rule& rule, std::optional<std::int64_t> version, Time now) {
    if (version && *version != rule.version) return fail(Code::conflict, format("the notification rule has version {}, not {}", rule.version, *version));
    TRY(tx.run("update notify_rule set name = :n, enabled = :e, settings = :s, secret = :k, version = version + 1 where id = :i",
               {rule.name, rule.enabled, settings_of(rule).dump(), rule.secret, rule.id.text()}));
    return audit(tx, actor, "notification-rule:change", object_of(rule.id), rule.organisation, json::object({{"name", rule.name}, {"enabled", rule.enabled}}), now);
}

Status remove_rule(store::Transaction& tx, const access::Actor& actor, const RuleId& id, Time now) {
    const Rule rule = TRY(find_rule(tx, actor.scope, id));
    for (const char* table : {"notify_item", "notify_told", "notify_watch"}) TRY(tx.run(format("delete from {} where rule = :r", table), {id.text()}));
    TRY(tx.run("delete from notify_rule where id = :r", {id.text()}));
    return audit(tx, actor, "notification-rule:remove", object_of(id), rule.organisation, json::object({{"name", rule.name}}), now);
}

Result<Rule> find_rule(store::Transaction& tx, const access::Scope& scope, const RuleId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(rules_where(tx, "id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such notification rule");
    return std::move(found.front());
}

Result<std::vector<Rule>> list_rules(store::Transaction& tx, const access::Scope& scope, const std::string& after, std::size_t limit) {
    store::Params params{after};
    const std::string condition = scope.condition("organisation", params);
    params.emplace_back(static_cast<std::int64_t>(limit));
    return rules_where(tx, "id > :a" + condition + " order by id limit :n", params);
}

Status note(store::Transaction& tx, const std::vector<findings::Touched>& touched, Time now) {
    const bool any = std::any_of(touched.begin(), touched.end(), [](const findings::Touched& one) { return one.is_new; });
    if (!any || !TRY(has_rules(tx))) return {};
    for (const findings::Touched& one : touched)
        if (one.is_new) TRY(insert_news(tx, one.id, false, now));
    return {};
}

Status note_reopened(store::Transaction& tx, const findings::FindingId& finding, Time now) {
    if (!TRY(has_rules(tx))) return {};
    return insert_news(tx, finding, true, now);
}

void seal_urls(Rule& rule, const store::Secrets& secrets, Random& random) {
    Sealed known;
    seal(rule, secrets, random, known);
}

Result<std::string> opened_url(std::string_view stored, const store::Secrets* secrets) {
    if (!is_sealed_url(stored)) return std::string{stored};
    if (secrets == nullptr) return fail(Code::denied, "the URL of the webhook is sealed, and there is no key to open it");
    return secrets->open(stored.substr(stored.find(' ') + 1), kUrlLabel);
}

Status seal_secrets(store::Transaction& tx, const store::Secrets& secrets, Random& random) {
    Sealed known;
    for (const auto& [id, stored] : TRY((tx.query<std::string, std::string>("select id, settings from notify_rule")))) {
        Rule rule;
        const auto settings = json::parse(stored);
        if (!settings || !restore(rule, *settings)) continue;  // said when it is read
        if (seal(rule, secrets, random, known)) TRY(tx.run("update notify_rule set settings = :a where id = :b", {settings_of(rule).dump(), id}));
    }
    for (const auto& [id, url] : TRY((tx.query<std::string, std::string>("select id, recipient from notify_message where channel = 'webhook'"))))
        if (!is_sealed_url(url)) TRY(tx.run("update notify_message set recipient = :a where id = :b", {sealed_url(url, secrets, random, known), id}));
    for (const std::string table : {"notify_rule", "notify_message"})
        for (const auto& [id, stored] : TRY((tx.query<std::string, std::string>("select id, secret from " + table))))
            if (!stored.empty() && !store::Secrets::is_sealed(stored)) TRY(tx.run("update " + table + " set secret = :a where id = :b", {secrets.seal(stored, kSecretLabel, random), id}));
    return {};
}

Status add_message(store::Transaction& tx, const Message& m) {
    TRY(tx.run("insert into notify_message (id, rule, tier, rule_name, organisation, channel, recipient, subject, content, secret, findings, state, attempts, created, next_attempt, waiting_since, finished, last_error, matter, enclosed, pgp_key) "
               "values (:a, :b, :t, :c, :d, :e, :f, :g, :h, :i, :j, 'waiting', 0, :k, :l, :m, null, '', :n, :o, :p)",
               {m.id.text(), m.rule, m.tier, m.rule_name, m.organisation.text(), name_of(m.channel), m.recipient, m.subject, m.content, m.secret, m.findings, m.created.micros, m.next_attempt.micros, m.waiting_since.micros, m.matter,
                m.enclosed.empty() ? std::string{} : text_of(m.enclosed), m.pgp_key}));
    return {};
}

Result<std::vector<Message>> list_messages(store::Transaction& tx, const access::Scope& scope, std::optional<Delivery> state, const std::string& before, std::size_t limit) {
    store::Params params;
    std::string where = "1 = 1";
    if (!before.empty()) {
        where += " and id < :b";
        params.emplace_back(before);
    }
    if (state) {
        where += " and state = :s";
        params.emplace_back(name_of(*state));
    }
    where += scope.condition("organisation", params);
    params.emplace_back(static_cast<std::int64_t>(limit));
    return messages_where(tx, where + " order by id desc limit :n", params);
}

Result<Message> find_message(store::Transaction& tx, const access::Scope& scope, const MessageId& id) {
    store::Params params{id.text()};
    const std::string condition = scope.condition("organisation", params);
    auto found = TRY(messages_where(tx, "id = :i" + condition, params));
    if (found.empty()) return fail(Code::not_found, "there is no such notification");
    return std::move(found.front());
}

Status retry_message(store::Transaction& tx, const access::Actor& actor, const MessageId& id, Time now) {
    const Message message = TRY(find_message(tx, actor.scope, id));
    if (message.state != Delivery::given_up) return fail(Code::conflict, format("the notification is {}; only one that was given up can be tried again", name_of(message.state)));
    TRY(tx.run("update notify_message set state = 'waiting', attempts = 0, next_attempt = :n, waiting_since = :w, finished = null, bounced = null where id = :i", {now.micros, now.micros, id.text()}));
    return audit(tx, actor, "notification:retry", "notification/" + id.text(), message.organisation, json::object({{"rule", message.rule_name}}), now);
}

Status withdraw_message(store::Transaction& tx, const MessageId& id, const std::string& reason, Time now) {
    const auto done = TRY(tx.run("update notify_message set state = 'given-up', finished = :f, last_error = :e where id = :i and state = 'waiting'", {now.micros, shorten(reason, 500), id.text()}));
    if (done == 0) return fail(Code::conflict, "the message does not wait any more");
    return {};
}

Result<bool> note_bounce(store::Transaction& tx, const MessageId& id, const std::string& reason, Time now) {
    const auto found = TRY((tx.first<std::optional<std::int64_t>>("select bounced from notify_message where id = :i and channel = 'mail'", {id.text()})));
    if (!found) return fail(Code::not_found, "this node sent no such mail, or it is long ago");
    if (std::get<0>(*found)) return false;
    TRY(tx.run("update notify_message set state = 'given-up', finished = :f, bounced = :b, last_error = :e where id = :i", {now.micros, now.micros, shorten(to_valid_utf8(reason), 500), id.text()}));
    return true;
}

Result<std::vector<Message>> due_messages(store::Transaction& tx, Time now, std::size_t limit) {
    return messages_where(tx, "state = 'waiting' and next_attempt <= :n order by next_attempt, id limit :l", {now.micros, static_cast<std::int64_t>(limit)});
}

}  // namespace vg::notify

#include "api/matrix_probe.h"

#include <gtest/gtest.h>

#include "access/totp.h"
#include "api/parameters.h"
#include "api/zip.h"
#include "base/text.h"
#include "base/time.h"
#include "net/pgp_testing.h"

namespace vg::api::test {

namespace {

// What has to be done before a route can succeed.
struct Before {
    std::string_view route, first;
};
constexpr Before kBefore[] = {
    {"POST /api/v1/facts/{number}/end", "POST /api/v1/facts/{number}/approve"},
    {"POST /api/v1/findings/{id}/reopen", "POST /api/v1/findings/{id}/close"},
    {"POST /api/v1/findings/{id}/unacknowledge", "POST /api/v1/findings/{id}/acknowledge"},
    {"POST /api/v1/findings/{id}/unmute", "POST /api/v1/findings/{id}/mute"},
    {"GET /api/v1/findings/{id}/history", "POST /api/v1/findings/{id}/assign"},
    {"POST /api/v1/case-items/{id}/judge", "POST /api/v1/case-items/{id}/answer"},
    {"GET /api/v1/papers/{id}/mail", "POST /api/v1/papers/{id}/sign"},
    {"POST /api/v1/papers/{id}/send", "POST /api/v1/papers/{id}/sign"},
    {"POST /api/v1/papers/{id}/mails", "POST /api/v1/papers/{id}/sign"},
    {"GET /api/v1/papers/{id}/mails", "POST /api/v1/papers/{id}/sign"},
    {"GET /api/v1/papers/{id}/mails", "POST /api/v1/papers/{id}/mails"},
    {"POST /api/v1/papers/{id}/acknowledge", "POST /api/v1/papers/{id}/sign"},
    {"POST /api/v1/papers/{id}/acknowledge", "POST /api/v1/papers/{id}/send"},
    {"POST /api/v1/cases/{id}/split", "POST /api/v1/cases/{id}/merge"},
    {"POST /api/v1/hunts/{id}/resume", "POST /api/v1/hunts/{id}/pause"},
    {"POST /api/v1/session/totp/confirm", "POST /api/v1/session/totp"},
};

constexpr char kSignedFile[] = "%PDF-1.4\nsigned by hand\n";

std::string name_of(const Route& route) { return format("{} {}", route.method, route.pattern); }

const Route* route_named(std::string_view name) {
    for (const Resource* resource : resources())
        for (const Route& route : resource->routes)
            if (name_of(route) == name) return &route;
    return nullptr;
}

// A body that is no JSON: a ZIP with one rule.
std::string small_pack() {
    ZipWriter zip{Time{}};
    std::string bytes = zip.add("rule.yml", "title: A rule of a pack\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a01\nlogsource:\n  product: none\ndetection:\n  a:\n    f: x\n  condition: a\n");
    return bytes + zip.finish();
}

struct Planted {
    std::string real, missing;
    std::vector<std::string> traces;
    bool shared = false;  // what is named belongs to nobody, but the answer does
};

// What stands for "{id}" behind this segment of the path.
std::optional<Planted> plant(World& world, std::string_view segment, const std::string& organisation, const std::optional<Account>& who) {
    const std::string nothing = make_id<SourceTag>(world.clock.now(), world.random).text();
    const auto one = [&](const std::string& id) { return Planted{id, nothing, {id}}; };
    if (segment == "organisations") return one(world.add_organisation(organisation).text());
    if (segment == "sources") return one(world.add_source(organisation).text());
    if (segment == "users") return one(world.add_person(organisation, access::Role::analyst).user.text());
    if (segment == "tokens") return one(world.add_token(organisation, access::Role::token_ingest).token.id.text());
    if (segment == "findings") return one(world.add_finding(organisation).text());
    if (segment == "rules") return Planted{world.engine->rules().front()->id, nothing, {}};
    if (segment == "own-rules") return Planted{"0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a03", nothing, {}};
    if (segment == "rule-packs") return Planted{"testpack", "nothing", {}};
    if (segment == "facts") return Planted{std::to_string(world.add_fact(organisation == "node" ? "root" : organisation, access::Role::contact, who ? who->name : "")), "999999999", {}};
    if (segment == "feeds") return Planted{"tried", "nothing", {}};
    if (segment == "correlations") return Planted{world.add_group(organisation), nothing, {}, true};
    if (segment == "events") {
        const event::EventId id = world.add_event(organisation);
        return Planted{id.text(), event::EventId{id.journal, {999'999'999}}.text(), {id.text()}};
    }
    if (segment == "notification-rules") return one(world.add_notification_rule(organisation));
    if (segment == "cases") {
        const std::string id = world.add_case(organisation);
        world.add_case_task(organisation, id);
        return one(id);
    }
    if (segment == "playbooks") return Planted{world.add_playbook(), "nothing", {}};
    if (segment == "case-tasks") return one(world.add_case_task(organisation));
    if (segment == "case-items") return one(world.add_case_item(organisation));
    if (segment == "attachments") return one(world.add_attachment(organisation));
    if (segment == "papers") return one(world.add_paper(organisation));
    if (segment == "paper-mails") return one(world.add_paper_mail(organisation));
    if (segment == "escalations") return one(world.add_escalation(organisation));
    if (segment == "hunts") return one(world.add_hunt(organisation));
    if (segment == "lists") return one(world.add_list(organisation));
    if (segment == "list-uploads") return Planted{world.add_list_upload(), nothing, {}};
    if (segment == "list-profiles") return Planted{"tried", "nothing", {}};
    if (segment == "notifications") return one(world.add_notification(organisation));
    if (segment == "saved-searches") return one(world.add_saved_search(organisation));
    if (segment == "searches" && who) return one(world.open_search(*who));
    if (segment == "sessions" && who) {
        const json::Value sessions = world.send({.path = "/api/v1/sessions"}, &who->credential).parsed();
        if (const json::Value* items = sessions.find("items"); items != nullptr && !items->as_array().empty())
            return one(items->as_array().front().text("id").value_or(""));
    }
    ADD_FAILURE() << "the tenant matrix does not know how to plant something for " << segment << "/{id}: teach plant() in matrix_probe_test.cpp";
    return std::nullopt;
}

class Filler {
public:
    Filler(World& world, Probe& probe, const std::string& organisation, const std::optional<Account>& who, std::string code)
        : world_(world), probe_(probe), organisation_(organisation), who_(who), code_(std::move(code)) {}

    json::Value fill(const json::Value& value) {
        if (value.is_text()) return text(value.as_text());
        json::Value out = value;
        if (value.is_object())
            for (auto& [name, member] : out.as_object()) member = fill(member);
        if (value.is_array())
            for (json::Value& item : out.as_array()) item = fill(item);
        return out;
    }

private:
    std::string text(const std::string& text) {
        if (text.size() < 2 || text.front() != '{' || text.back() != '}') return text;
        const std::string word = text.substr(1, text.size() - 2);
        const auto trace = [&](std::string value) {
            probe_.traces.push_back(value);
            return value;
        };
        if (word == "marker") return trace(world_.fresh_name(organisation_));
        if (word == "tomorrow") return to_rfc3339(world_.clock.now() + days(1));
        if (word == "yesterday") return to_rfc3339(world_.clock.now() - days(1));
        if (word == "password") return std::string{kPassword};
        if (word == "code") return code_;
        if (word == "playbook") return world_.add_playbook();
        if (word == "link") return world_.add_link(organisation_);
        if (word == "user" && who_) return who_->name;
        if (word == "person") return trace(world_.add_person(organisation_, access::Role::analyst).name);
        if (word == "organisation" || word == "source" || word == "event" || word == "case") probe_.refers = true;
        if (word == "case") return trace(world_.add_case(organisation_));
        if (word == "event") return trace(world_.add_event(organisation_).text());
        if (word == "organisation") return trace(world_.organisation(organisation_).text());
        if (word == "source") return trace(world_.add_source(organisation_).text());
        ADD_FAILURE() << "the tenant matrix does not know what to put for " << text << ": teach Filler in matrix_probe_test.cpp";
        return text;
    }

    World& world_;
    Probe& probe_;
    const std::string& organisation_;
    const std::optional<Account>& who_;
    std::string code_;
};

// The present code of an offered second factor: the base32 secret as a person would type it.
std::string code_of(const std::string& base32, Time now) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string secret;
    std::uint32_t bits = 0;
    int held = 0;
    for (char c : base32) {
        bits = bits << 5 | static_cast<std::uint32_t>(kAlphabet.find(c));
        held += 5;
        if (held < 8) continue;
        held -= 8;
        secret += static_cast<char>(bits >> held & 0xFF);
    }
    return access::totp::code_at(secret, now.micros / 1'000'000 / access::totp::kStep);
}

}  // namespace

std::vector<net::Header> required_query(const World& world, const Route& route) {
    std::vector<net::Header> query;
    for (const Parameter& parameter : parse_parameters(route.parameters)) {
        if (!parameter.required) continue;
        if (parameter.name == "time.min") {
            query.emplace_back("time.min", "2019-01-01T00:00:00Z");
        } else if (parameter.name == "from") {
            query.emplace_back("from", "2019-01-01T00:00:00Z");
        } else if (parameter.name == "to") {
            query.emplace_back("to", to_rfc3339(world.started + days(1)));
        } else if (parameter.name == "address") {
            query.emplace_back("address", World::kAddress);
        } else if (parameter.name == "kind") {
            query.emplace_back("kind", "contact");
        } else if (parameter.name == "name") {
            query.emplace_back("name", "testpack");
        } else if (parameter.name == "rule") {
            query.emplace_back("rule", world.engine->rules().front()->id);
        } else if (parameter.name == "value") {
            query.emplace_back("value", "evil.example");
        } else if (parameter.name == "field") {
            query.emplace_back("field", "note");
        } else if (parameter.name == "q") {
            query.emplace_back("q", "note:");
        } else {
            ADD_FAILURE() << "the tenant matrix does not know a value for the required parameter " << parameter.name << " of " << name_of(route) << ": teach required_query() in matrix_probe_test.cpp";
        }
    }
    return query;
}

std::optional<Probe> probe_of(World& world, const Route& route, const std::string& organisation, const std::optional<Account>& who) {
    Probe probe;
    probe.own = who;
    if (route.holds == Holds::own && !who) probe.own = world.add_person(organisation, access::Role::administrator);
    probe.send.method = std::string{route.method};
    probe.traces.push_back(World::marker(organisation));
    std::string_view before;
    std::string path, missing;
    for (std::string_view segment : split(route.pattern.substr(1), '/')) {
        if (!segment.starts_with('{')) {
            path += "/" + std::string{segment};
            missing += "/" + std::string{segment};
            before = segment;
            continue;
        }
        const auto planted = plant(world, before, organisation, probe.own);
        if (!planted) return std::nullopt;
        path += "/" + planted->real;
        missing += "/" + planted->missing;
        probe.traces.insert(probe.traces.end(), planted->traces.begin(), planted->traces.end());
        probe.has_captures = !planted->shared;
    }
    std::string code;
    for (const Before& before_this : kBefore) {
        if (before_this.route != name_of(route)) continue;
        const Route* first = route_named(before_this.first);
        if (first == nullptr) {
            ADD_FAILURE() << "there is no route " << before_this.first;
            return std::nullopt;
        }
        // On the same thing: the path of this route with the other's last segment.
        Send send{.method = std::string{first->method}, .path = path.substr(0, path.rfind('/'))};
        if (first->pattern.size() > route.pattern.substr(0, route.pattern.rfind('/')).size()) send.path += first->pattern.substr(first->pattern.rfind('/'));
        if (!first->request_schema.empty()) {
            Probe ignored;
            send.body = Filler{world, ignored, organisation, probe.own, ""}.fill(json::parse(first->request_schema)->find("examples")->as_array().at(0)).dump();
        }
        if (name_of(*first) == "POST /api/v1/papers/{id}/sign") send.body = kSignedFile;
        const Credential& asker = probe.own ? probe.own->credential : world.account(organisation, access::Role::administrator).credential;
        const Reply reply = world.send(send, &asker);
        EXPECT_LT(reply.status, 300) << name_of(*first) << reply.body;
        if (const auto secret = reply.parsed().text("secret")) code = code_of(*secret, world.clock.now());
    }
    if (!route.request_schema.empty()) {
        const json::Value schema = json::parse(route.request_schema).value_or(json::Value{});
        const json::Value* examples = schema.find("examples");
        if (examples == nullptr || !examples->is_array() || examples->as_array().empty()) {
            ADD_FAILURE() << "the request_schema of " << name_of(route) << " has no examples, so the tenant matrix cannot ask as an owner";
            return std::nullopt;
        }
        probe.send.body = Filler{world, probe, organisation, probe.own, code}.fill(examples->as_array().front()).dump();
    }
    if (name_of(route) == "POST /api/v1/playbooks") probe.send.body = World::playbook();
    if (name_of(route) == "POST /api/v1/rule-packs") probe.send.body = small_pack();
    if (route.method == "GET" && route.pattern.ends_with("/attachments")) {  // so that the list has something
        const Send attach{.method = "POST", .path = path, .query = {{"name", World::marker(organisation) + ".txt"}}, .body = "bytes of a file"};
        EXPECT_EQ(world.send(attach, &world.account(organisation, access::Role::administrator).credential).status, 201);
    }
    if (route.method == "POST" && route.pattern.ends_with("/attachments")) {
        probe.send.body = "bytes of a file";
        probe.send.query.emplace_back("name", World::marker(organisation) + ".txt");
    }
    if (name_of(route) == "POST /api/v1/papers/{id}/sign") probe.send.body = kSignedFile;
    if (name_of(route) == "POST /api/v1/mail-keys") probe.send.body = net::testing_pgp::kPublicKey;
    if (name_of(route) == "POST /api/v1/list-uploads") probe.send.body = "ip,timestamp,family\n198.18.0.9,2026-05-01T00:00:00Z,Mirai\n";
    for (const net::Header& one : required_query(world, route)) probe.send.query.push_back(one);
    if (route.pattern == "/api/v1/attribution") world.add_range(organisation);
    if (name_of(route) == "GET /api/v1/papers") world.add_paper(organisation);
    if (name_of(route) == "GET /api/v1/escalations") world.add_escalation(organisation);
    // The first values of a field: those of this organisation, so that others do not push them out.
    for (const net::Header& one : std::vector{probe.send.query})
        if (one.first == "field" || (one.first == "q" && route.holds == Holds::tenant)) probe.send.query.emplace_back("organisation", world.organisation(organisation).text());
    probe.missing = probe.send;
    if (name_of(route) == "POST /api/v1/delivery-reports") {
        const std::string mail = world.add_paper_mail(organisation);
        probe.traces.push_back(mail);
        probe.has_captures = true;  // the mail is named in the body
        probe.send.body = World::delivery_report(mail);
        probe.missing.body = World::delivery_report(make_id<SourceTag>(world.clock.now(), world.random).text());
    }
    probe.send.path = path;
    probe.missing.path = missing;
    return probe;
}

std::optional<ParameterValue> parameter_value(World& world, const Route& route, const std::string& name, const std::string& type, const std::vector<std::string>& words,
                                              const std::string& organisation) {
    if (name == "address") return ParameterValue{std::string{World::kAddress}, std::string{World::kAddress}};
    if (name == "field") return ParameterValue{"note", "note"};
    if (name == "step") return ParameterValue{"2592000", "2592000"};
    if (name == "q") return ParameterValue{World::marker(organisation), "qxnobdy"};  // as long: offsets are in the answer
    if (type == "enum") return ParameterValue{words.front(), words.front()};
    if (type == "integer") return ParameterValue{"1", "1"};
    if (type == "boolean") return ParameterValue{"false", "false"};
    if (type == "time") return ParameterValue{"2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"};
    const std::string nothing = make_id<SourceTag>(world.clock.now(), world.random).text();
    if (type == "uuid" && name == "search") return ParameterValue{nothing, nothing};
    if (name == "text") return ParameterValue{World::marker(organisation), "qxnobdy", true};
    if (name == "like") return ParameterValue{world.add_finding(organisation).text(), nothing, true};
    if (name == "form") return ParameterValue{"mau-03", "mau-03"};
    if (name == "list" && route.pattern == "/api/v1/list-hits") return ParameterValue{world.add_list(organisation), nothing, true};
    if (name == "case") return ParameterValue{world.add_case(organisation), nothing, true};
    if (name == "fqdn" || name == "fqdn.sub") return ParameterValue{World::marker(organisation) + ".example", "qxnobdy.example"};
    if (name == "ip" || name == "ip.net") return ParameterValue{std::string{World::kAddress}, std::string{World::kAddress}};
    if (name == "category") return ParameterValue{"bots", "bots"};
    if (name == "sport") return ParameterValue{"40112", "40112"};
    if (name == "name" && route.pattern.starts_with("/api/v1/report/")) return ParameterValue{"Mirai", "Mirai"};
    if (name == "organisation") return ParameterValue{world.organisation(organisation).text(), nothing, true};
    // What the owner's own list says of its items.
    Send list{.path = std::string{route.pattern}, .query = required_query(world, route)};
    list.query.emplace_back("limit", "1");
    // Its own, not those of the organisations below it, which others than strangers see too.
    if (name != "after" && route.parameters.find("organisation:") != std::string_view::npos) list.query.emplace_back("organisation", world.organisation(organisation).text());
    if (route.parameters.find("below:") != std::string_view::npos) list.query.emplace_back("below", "false");
    if (name == "text") return ParameterValue{World::marker(organisation), "qxnobdy", true};
    if (name == "assignee" || name == "assigned") return ParameterValue{"nobody-has-it", "nobody-either", true};
    if (route.pattern.ends_with("/count") || route.pattern.ends_with("/groups")) list.path = std::string{route.pattern.substr(0, route.pattern.rfind('/'))};
    const json::Value page = world.send(list, &world.account(organisation, access::Role::administrator).credential).parsed();
    const json::Value* items = page.find("items");
    if (items != nullptr && items->is_array() && !items->as_array().empty()) {
        const json::Value& item = items->as_array().front();
        if (name == "after") return ParameterValue{page.text("next").value_or(""), page.text("next").value_or(""), true};
        if (const auto text = item.text(name)) return ParameterValue{*text, "nothing-of-this-name", true};
        if (const json::Value* member = item.find(name); member != nullptr && member->is_object()) return ParameterValue{member->text("id").value_or(""), "nothing", true};
    }
    ADD_FAILURE() << "the tenant matrix does not know a value for the parameter " << name << " of " << name_of(route) << ": teach parameter_value() in matrix_probe_test.cpp";
    return std::nullopt;
}

}  // namespace vg::api::test

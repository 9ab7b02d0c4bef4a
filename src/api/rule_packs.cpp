// Packs of rules: SigmaHQ's or another's, installed whole, with what is different from the one before; and rules that were
// switched off, which stay off when a pack is replaced. Rules are the same for every organisation of the node.
#include <algorithm>
#include <map>
#include <optional>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/rule_store.h"
#include "base/text.h"
#include "detect/tuning.h"

namespace vg::api::of_rule_packs {

namespace {

constexpr std::size_t kMostListed = 2'000;  // rules named in a difference, and refused ones

constexpr NamedSchema kSchemas[] = {
    {"RulePack", R"({"type":"object","required":["name","version","licence","source","sha256","files","rules","installed"],"properties":{"name":{"type":"string"},
    "version":{"type":"string"},"licence":{"type":"string","description":"of the pack as a whole; each rule may say its own"},"source":{"type":"string"},"sha256":{"type":"string"},
    "files":{"type":"integer"},"rules":{"type":"integer"},"installed":{"type":["string","null"],"format":"date-time"}},"additionalProperties":false})"},
    {"RulePackImport", R"({"type":"object","required":["pack","before","dry_run","added","changed","removed","same","passed_over","refused","refused_count","tuned","in_force"],"properties":{
    "pack":{"$ref":"#/components/schemas/RulePack"},"before":{"type":["string","null"],"description":"the version that it replaces"},"dry_run":{"type":"boolean"},
    "added":{"$ref":"#/components/schemas/RuleChanges"},"changed":{"$ref":"#/components/schemas/RuleChanges"},"removed":{"$ref":"#/components/schemas/RuleChanges"},"same":{"type":"integer"},
    "passed_over":{"type":"integer","description":"files that are no rules"},"refused_count":{"type":"integer"},
    "refused":{"type":"array","items":{"type":"object","required":["file","line","title","reason"],"properties":{"file":{"type":"string"},"line":{"type":"integer"},"title":{"type":"string"},
        "reason":{"type":"string"}},"additionalProperties":false}},
    "tuned":{"type":"array","description":"rules that are switched off and stay so","items":{"type":"object","required":["id","reason","state"],"properties":{"id":{"type":"string"},"reason":{"type":"string"},
        "state":{"enum":["same","changed","removed"],"description":"what became of the rule itself"}},"additionalProperties":false}},
    "in_force":{"type":["integer","null"],"description":"rules in force now"}},"additionalProperties":false})"},
    {"RuleChanges", R"({"type":"object","required":["count","rules"],"properties":{"count":{"type":"integer"},"rules":{"type":"array","description":"at most 2000 of them","items":{"type":"object",
    "required":["id","title"],"properties":{"id":{"type":"string"},"title":{"type":"string"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"RuleTuning", R"({"type":"object","required":["rule","reason","made"],"properties":{"rule":{"type":"string"},"reason":{"type":"string"},"made":{"type":"string","format":"date-time"}},"additionalProperties":false})"},
    {"RuleInForce", R"({"type":"object","required":["rule","in_force"],"properties":{"rule":{"type":"string"},"in_force":{"type":"integer","description":"rules in force now"}},"additionalProperties":false})"}};

json::Value to_json(const Pack& pack) {
    return json::object({{"name", pack.name},
                         {"version", pack.version},
                         {"licence", pack.licence},
                         {"source", pack.source},
                         {"sha256", pack.sha256},
                         {"files", pack.files},
                         {"rules", pack.rules},
                         {"installed", pack.installed == Time{} ? json::Value{} : time_value(pack.installed)}});
}

json::Value to_json(const std::vector<detect::NamedRule>& rules) {
    json::Value named{json::Array{}};
    for (std::size_t i = 0; i < rules.size() && i < kMostListed; ++i) named.add(json::object({{"id", rules[i].id}, {"title", rules[i].title}}));
    return json::object({{"count", rules.size()}, {"rules", std::move(named)}});
}

Result<net::Response> list_packs(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto packs = TRY(context.state.read([](store::Transaction& tx) { return RuleStore::packs(tx); }));
        return page_of(packs, after, limit, [](const Pack& pack) { return pack.name; }, [](const Pack& pack) { return to_json(pack); });
    });
}

// The rules are read again; when they cannot be, the change is undone by the caller's `undo`.
Result<std::int64_t> reloaded(Ask& ask) {
    const detect::LoadReport report = TRY(ask.context.reload_rules());
    return static_cast<std::int64_t>(report.loaded + report.correlations);
}

json::Value tuned_of(const std::vector<Tuning>& tunings, const std::vector<detect::RuleFile>& before, const std::vector<detect::RuleFile>& after, const detect::Difference& difference) {
    std::map<std::string, std::string> states;
    for (const detect::NamedRule& rule : detect::rules_of(after)) states[rule.id] = "same";
    for (const detect::NamedRule& rule : difference.changed) states[rule.id] = "changed";
    if (!before.empty())
        for (const detect::NamedRule& rule : difference.removed) states[rule.id] = "removed";
    json::Value out{json::Array{}};
    for (const Tuning& tuning : tunings)
        if (const auto state = states.find(tuning.rule); state != states.end()) out.add(json::object({{"id", tuning.rule}, {"reason", tuning.reason}, {"state", state->second}}));
    return out;
}

Result<net::Response> import_pack(Ask& ask) {
    const std::string bytes = TRY(ask.request.read_all(kMostPackBytes));
    PackContent content = TRY(unpack(bytes, ask.text("name").value_or("")));
    if (const auto version = ask.text("version"); version && !version->empty()) content.pack.version = shorten(*version, 100);
    if (const auto licence = ask.text("licence"); licence && !licence->empty()) content.pack.licence = shorten(*licence, 100);
    content.pack.source = shorten(ask.text("source").value_or(""), 1000);
    const bool dry_run = ask.boolean("dry_run").value_or(false);

    detect::LoadReport report;
    detect::EngineOptions options;
    options.pipelines = ask.context.engine()->options().pipelines;
    TRY(detect::Engine::make(content.files, options, report));
    if (report.loaded + report.correlations + report.filters == 0) return fail(Code::bad_input, "no rule of the pack can be used; nothing was changed");
    const auto before = TRY(ask.context.state.read([&](store::Transaction& tx) { return RuleStore::find(tx, content.pack.name); }));
    const auto tunings = TRY(ask.context.state.read([](store::Transaction& tx) { return RuleStore::tunings(tx); }));
    const std::vector<detect::RuleFile> none;
    const detect::Difference difference = detect::compare(before ? before->files : none, content.files);

    std::optional<std::int64_t> in_force;
    if (!dry_run) {
        const Time now = ask.context.clock.now();
        TRY(ask.context.state.write([&](store::Transaction& tx) { return RuleStore::keep(tx, ask.actor, content, now); }));
        content.pack.installed = now;
        auto loaded = reloaded(ask);
        if (!loaded) {
            // The rules in force stay in force, and so does the pack that they came from.
            TRY(ask.context.state.write([&](store::Transaction& tx) { return before ? RuleStore::keep(tx, ask.actor, *before, before->pack.installed) : RuleStore::remove(tx, ask.actor, content.pack.name, now); }));
            return fail(loaded.error());
        }
        in_force = *loaded;
    }
    json::Value refused{json::Array{}};
    for (std::size_t i = 0; i < report.refused.size() && i < kMostListed; ++i)
        refused.add(json::object({{"file", report.refused[i].file}, {"line", report.refused[i].line}, {"title", report.refused[i].title}, {"reason", report.refused[i].reason}}));
    return json_answer(200, json::object({{"pack", to_json(content.pack)},
                                          {"before", before ? json::Value{before->pack.version} : json::Value{}},
                                          {"dry_run", dry_run},
                                          {"added", to_json(difference.added)},
                                          {"changed", to_json(difference.changed)},
                                          {"removed", to_json(difference.removed)},
                                          {"same", difference.same},
                                          {"passed_over", content.passed_over},
                                          {"refused", std::move(refused)},
                                          {"refused_count", report.refused.size()},
                                          {"tuned", tuned_of(tunings, before ? before->files : none, content.files, difference)},
                                          {"in_force", in_force ? json::Value{*in_force} : json::Value{}}}));
}

Result<net::Response> remove_pack(Ask& ask) {
    TRY(ask.context.state.write([&](store::Transaction& tx) { return RuleStore::remove(tx, ask.actor, ask.captures[0], ask.context.clock.now()); }));
    TRY(reloaded(ask));
    return no_content();
}

Result<net::Response> list_tunings(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto tunings = TRY(context.state.read([](store::Transaction& tx) { return RuleStore::tunings(tx); }));
        return page_of(tunings, after, limit, [](const Tuning& tuning) { return tuning.rule; },
                       [](const Tuning& tuning) { return json::object({{"rule", tuning.rule}, {"reason", tuning.reason}, {"made", time_value(tuning.made)}}); });
    });
}

Result<net::Response> disable(Ask& ask) {
    const std::string rule = ask.captures[0];
    const auto engine = ask.context.engine();
    const auto& rules = engine->rules();
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const detect::RuleInfo* one) { return one->id == rule; });
    if (found == rules.end()) return fail(Code::not_found, "there is no such rule");
    const detect::RuleFile file{(*found)->file, (*found)->text};
    TRY(ask.context.state.write([&](store::Transaction& tx) { return RuleStore::disable(tx, ask.actor, rule, ask.body.text("reason").value_or(""), ask.context.clock.now(), file); }));
    return json_answer(200, json::object({{"rule", rule}, {"in_force", TRY(reloaded(ask))}}));
}

Result<net::Response> enable(Ask& ask) {
    const std::string rule = ask.captures[0];
    TRY(ask.context.state.write([&](store::Transaction& tx) { return RuleStore::enable(tx, ask.actor, rule, ask.body.text("reason").value_or(""), ask.context.clock.now()); }));
    return json_answer(200, json::object({{"rule", rule}, {"in_force", TRY(reloaded(ask))}}));
}

constexpr std::string_view kReason = R"({"type":"object","required":["reason"],"additionalProperties":false,"properties":{
    "reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain"}},"examples":[{"reason":"our backup does this every night"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/rule-packs", .permission = "rule:read", .holds = Holds::shared, .summary = "Lists the packs of rules that are installed.", .response_schema = "RulePack[]",
     .parameters = kListParameters, .answer = list_packs},
    {.method = "POST", .pattern = "/api/v1/rule-packs", .permission = "rule:import", .holds = Holds::node,
     .summary = "Installs a pack of rules, or replaces the one of that name, and says what is different. The body is a ZIP, at most 64 MiB and 256 MiB unpacked. Rules that were switched off stay so.",
     .response_schema = "RulePackImport",
     .parameters = "name:string! such as sigmahq, version:string as it is without what the pack says, licence:string as it is without what the pack says, source:string where it came from, dry_run:boolean only says what would be different",
     .answer = import_pack},
    {.method = "DELETE", .pattern = "/api/v1/rule-packs/{name}", .permission = "rule:import", .holds = Holds::node, .summary = "Removes a pack of rules; done as well when there is none of that name.", .status = 204, .answer = remove_pack},
    {.method = "GET", .pattern = "/api/v1/rule-tunings", .permission = "rule:read", .holds = Holds::shared, .summary = "Lists the rules that were switched off.", .response_schema = "RuleTuning[]",
     .parameters = kListParameters, .answer = list_tunings},
    {.method = "POST", .pattern = "/api/v1/rules/{id}/disable", .permission = "rule:tune", .holds = Holds::node,
     .summary = "Switches a rule off for the whole node; it stays off when its pack is replaced.", .request_schema = kReason, .response_schema = "RuleInForce", .answer = disable},
    {.method = "POST", .pattern = "/api/v1/rules/{id}/enable", .permission = "rule:tune", .holds = Holds::node, .summary = "Switches it on again; done as well when it is on.", .request_schema = kReason,
     .response_schema = "RuleInForce", .answer = enable},
};

}  // namespace

extern const Resource rule_packs{.name = "rule-packs", .about = "Packs of rules, and rules that were switched off.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_rule_packs

// Rules: what is looked for. The same for every organisation of the node.
#include <algorithm>
#include <set>

#include "api/api.h"
#include "api/list.h"
#include "api/rule_found.h"
#include "api/rule_title.h"
#include "base/text.h"
#include "detect/engine.h"

namespace vg::api::of_rules {

namespace {

using detect::RuleInfo;

constexpr NamedSchema kSchemas[] = {
    {"Rule", R"({"type":"object","required":["id","title","level","kind","status","author","tags","log_source","pack","off"],"properties":{
    "id":{"type":"string"},"title":{"type":"string"},)" VG_TITLE_VI R"(,"level":{"enum":["informational","low","medium","high","critical"]},"kind":{"type":"string"},
    "status":{"type":"string"},"author":{"type":"string"},"license":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},
    "log_source":{"type":"object","required":["product","category","service"],"properties":{"product":{"type":"string"},"category":{"type":"string"},"service":{"type":"string"}},"additionalProperties":false},
    "pack":{"type":"string","description":"that it came with; empty: with the program or from a folder"},"off":{"type":"boolean","description":"switched off: it is not in force"},
    "description":{"type":"string"},"references":{"type":"array","items":{"type":"string"}},"false_positives":{"type":"array","items":{"type":"string"}},
    "file":{"type":"string","description":"where it was read"},"text":{"type":"string","description":"the rule as it was written"}},"additionalProperties":false})"},
    {"RuleReload", R"({"type":"object","required":["loaded","refused"],"properties":{"loaded":{"type":"integer"},"left_out":{"type":"integer"},"correlations":{"type":"integer"},"filters":{"type":"integer"},
    "refused":{"type":"array","items":{"type":"object","required":["file","line","title","reason"],"properties":{"file":{"type":"string"},"line":{"type":"integer"},"title":{"type":"string"},
        "reason":{"type":"string"}},"additionalProperties":false}},"warnings":{"type":"array","items":{"type":"string"}}},"additionalProperties":false})"}};

json::Value texts(const std::vector<std::string>& items) {
    json::Value out{json::Array{}};
    for (const std::string& item : items) out.add(item);
    return out;
}

// "pack NAME: PATH" → "NAME".
std::string_view pack_of(std::string_view file) {
    constexpr std::string_view kPack = "pack ";
    const std::size_t colon = file.find(": ");
    return file.starts_with(kPack) && colon != std::string_view::npos ? file.substr(kPack.size(), colon - kPack.size()) : std::string_view{};
}

json::Value brief(const RuleInfo& rule, bool off) {
    // The licence of rules asks that the author's name goes with them, and with what they find.
    json::Value out = json::object({{"id", rule.id},
                                    {"title", rule.title},
                                    {"level", detect::name_of(rule.level)},
                                    {"kind", rule.kind},
                                    {"status", rule.status},
                                    {"author", rule.author},
                                    {"license", rule.license},
                                    {"tags", texts(rule.tags)},
                                    {"log_source", json::object({{"product", rule.product}, {"category", rule.category}, {"service", rule.service}})},
                                    {"pack", pack_of(rule.file)},
                                    {"off", off}});
    add_title_vi(out, rule.title_vi);
    return out;
}

Result<net::Response> list_all(Ask& ask) {
    const auto level = ask.text("level");
    const auto tag = ask.text("tag");
    const std::string words = fold(ask.text("q").value_or(""));
    const bool with_text = ask.boolean("text").value_or(false);
    const bool with_off = ask.boolean("with_off").value_or(false);
    return list(ask, [level, tag, words, with_text, with_off](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto engine = context.engine();
        std::shared_ptr<const detect::Engine> off;
        if (with_off) off = TRY(switched_off(context));
        std::vector<const RuleInfo*> rules = only_off(off.get(), *engine);
        const std::set<const RuleInfo*> are_off{rules.begin(), rules.end()};
        rules.insert(rules.end(), engine->rules().begin(), engine->rules().end());
        std::sort(rules.begin(), rules.end(), [](const RuleInfo* a, const RuleInfo* b) { return a->id < b->id; });
        auto rule = !after ? rules.begin() : std::upper_bound(rules.begin(), rules.end(), *after, [](const std::string& id, const RuleInfo* one) { return id < one->id; });
        ListPage page;
        for (; rule != rules.end(); ++rule) {
            if (level && detect::name_of((*rule)->level) != *level) continue;
            if (tag && std::find((*rule)->tags.begin(), (*rule)->tags.end(), *tag) == (*rule)->tags.end()) continue;
            if (!words.empty() && fold((*rule)->title).find(words) == std::string::npos && fold((*rule)->title_vi).find(words) == std::string::npos) continue;
            if (page.items.size() == limit) {
                page.next = page.items.back().text("id");
                break;
            }
            page.items.push_back(brief(**rule, are_off.contains(*rule)));
            if (!with_text) continue;
            page.items.back().set("file", (*rule)->file);
            page.items.back().set("text", (*rule)->text);
        }
        return page;
    });
}

Result<net::Response> show(Ask& ask) {
    const FoundRule found = TRY(find_rule(ask.context, ask.captures[0]));
    const RuleInfo& rule = *found.rule;
    json::Value out = brief(rule, !found.in_force);
    out.set("description", rule.description);
    out.set("references", texts(rule.references));
    out.set("false_positives", texts(rule.false_positives));
    out.set("file", rule.file);
    out.set("text", rule.text);
    return json_answer(200, out);
}

Result<net::Response> reload(Ask& ask) {
    const detect::LoadReport report = TRY(ask.context.reload_rules());
    json::Value refused{json::Array{}};
    for (const detect::RefusedRule& rule : report.refused)
        refused.add(json::object({{"file", rule.file}, {"line", rule.line}, {"title", rule.title}, {"reason", rule.reason}}));
    return json_answer(200, json::object({{"loaded", report.loaded},
                                          {"left_out", report.left_out},
                                          {"correlations", report.correlations},
                                          {"filters", report.filters},
                                          {"refused", std::move(refused)},
                                          {"warnings", texts(report.warnings)}}));
}

constexpr std::string_view kListFilter =
    "level:informational|low|medium|high|critical, tag:string such as attack.t1059.001, q:string words of the title in either language without regard to case and accents, "
    "text:boolean with file and text of each, with_off:boolean those that are switched off as well, limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/rules", .permission = "rule:read", .holds = Holds::shared,
     .summary = "Lists the rules in force, and those that are switched off when they are asked for.", .response_schema = "Rule[]", .parameters = kListFilter, .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/rules/{id}", .permission = "rule:read", .holds = Holds::shared,
     .summary = "Shows one rule with its text and author, in force or switched off.", .response_schema = "Rule", .answer = show},
    {.method = "POST", .pattern = "/api/v1/rules/reload", .permission = "rule:reload", .holds = Holds::node,
     .summary = "Reads the rules again from their folders.", .response_schema = "RuleReload", .answer = reload},
};

}  // namespace

extern const Resource rules{.name = "rules", .about = "What is looked for.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_rules

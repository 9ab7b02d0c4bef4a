// The analyst's tools for rules: lint of texts, and why a rule holds or not for an event.
#include <algorithm>
#include <optional>

#include "api/api.h"
#include "api/list.h"
#include "api/masking.h"
#include "api/rule_title.h"
#include "api/search_ask.h"
#include "api/search_routes.h"
#include "base/arena.h"
#include "base/text.h"
#include "detect/lint.h"

namespace vg::api {

namespace {

constexpr NamedSchema kSchemas[] = {
    {"RuleRemark", R"({"type":"object","required":["type","check","file","line","rule","title","reason","reason_vi","remedy","remedy_vi"],"properties":{
    "type":{"enum":["refused","error","warning"]},"check":{"type":"string","description":"refused, never-matches, dead-part, unused-part, only-absence, unknown-field, look-alike or note"},
    "file":{"type":"string"},"line":{"type":"integer"},"rule":{"type":"string","description":"its id"},"title":{"type":"string"},
    "reason":{"type":"string"},"reason_vi":{"type":"string"},"remedy":{"type":"string"},"remedy_vi":{"type":"string"}},"additionalProperties":false})"},
    {"RuleLint", R"({"type":"object","required":["items","rules","correlations","filters","left_out","fields"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/RuleRemark"}},
    "rules":{"type":"integer"},"correlations":{"type":"integer"},"filters":{"type":"integer"},"left_out":{"type":"integer","description":"remarks beyond the most"},
    "fields":{"enum":["seen","known"],"description":"what fields were compared with: those that sources have sent, or those of the dictionary"}},"additionalProperties":false})"},
    {"RuleExplanation", R"({"type":"object","required":["event","rule","title","author","held","parts","masked"],"properties":{"event":{"type":"string"},"rule":{"type":"string"},"title":{"type":"string"},
    )" VG_TITLE_VI R"(,"author":{"type":"string"},"license":{"type":"string"},"held":{"type":"boolean","description":"whether the rule fires on the event"},"masked":{"type":"boolean","description":"personal values are hidden"},
    "parts":{"type":"array","items":{"$ref":"#/components/schemas/RulePart"}}},"additionalProperties":false})"},
    {"RulePart", R"({"type":"object","required":["text","held"],"properties":{"text":{"type":"string","description":"of the rule"},"held":{"type":"boolean"},
    "found":{"type":"string","description":"what the event has there"},"parts":{"type":"array","items":{"$ref":"#/components/schemas/RulePart"}}},"additionalProperties":false})"}};

// The names of all fields that the organisations of the actor have sent; nothing when the archive cannot say.
std::optional<std::vector<std::string>> fields_seen(Ask& ask) {
    auto sought = sought_of(ask, {.text = {}, .from = Time{}, .to = ask.context.clock.now() + days(1), .organisation = {}, .search = {}, .masked = false});
    if (!sought) return std::nullopt;
    std::vector<std::string> names;
    bool whole = false;
    const auto asked = at_the_desk(ask, *sought, "fields", [&](View& view) -> Result<net::Response> {
        const auto found = TRY(view.fields());
        for (const store::TopValue& name : found) names.push_back(name.value);
        whole = true;
        return no_content();
    });
    if (!asked || !whole || names.empty()) return std::nullopt;
    return names;
}

Result<net::Response> lint_texts(Ask& ask) {
    std::vector<detect::RuleFile> files;
    for (const json::Value& file : ask.body.find("files")->as_array()) files.push_back({file.text("name").value_or(""), file.text("text").value_or("")});
    const auto engine = ask.context.engine();
    std::vector<detect::RuleFile> others;
    for (const detect::RuleInfo* rule : engine->rules()) others.push_back({rule->file, rule->text});
    detect::LintOptions options;
    options.others = others;
    if (auto seen = fields_seen(ask)) {
        options.fields = {std::move(*seen), true};
    } else {
        for (const event::FieldInfo& field : event::all_fields()) options.fields.names.emplace_back(field.name);
    }
    const detect::LintReport report = TRY(detect::lint(files, options));
    json::Value items{json::Array{}};
    for (const detect::Remark& remark : report.remarks) items.add(detect::to_json(remark));
    return json_answer(200, json::object({{"items", std::move(items)},
                                          {"rules", report.loaded.loaded},
                                          {"correlations", report.loaded.correlations},
                                          {"filters", report.loaded.filters},
                                          {"left_out", report.left_out},
                                          {"fields", options.fields.complete ? "seen" : "known"}}));
}

// Values of the event as the asker may see them: (as it is, as it is shown).
using Shown = std::vector<std::pair<std::string, std::string>>;

std::string shown_text(std::string text, const Shown& hidden) {
    for (const auto& [value, shown] : hidden)
        for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + shown.size())) text.replace(at, value.size(), shown);
    return shorten(text, 4096);
}

json::Value part_json(const detect::Explanation& part, const Shown& hidden) {
    json::Value out = json::object({{"text", part.text}, {"held", part.held}});
    if (!part.found.empty()) out.set("found", shown_text(part.found, hidden));
    if (!part.parts.empty()) {
        json::Value parts{json::Array{}};
        for (const detect::Explanation& one : part.parts) parts.add(part_json(one, hidden));
        out.set("parts", std::move(parts));
    }
    return out;
}

// The rule is asked about the event as it is, as it was when it fired; what is shown of the event is masked.
Result<net::Response> explain(Ask& ask) {
    const auto stored = TRY(visible_event(ask));
    const std::string id = lower_ascii(ask.text("rule").value_or(""));
    const auto engine = ask.context.engine();
    const auto& rules = engine->rules();
    const auto rule = std::lower_bound(rules.begin(), rules.end(), id, [](const detect::RuleInfo* one, const std::string& wanted) { return one->id < wanted; });
    if (rule == rules.end() || (*rule)->id != id) return fail(Code::not_found, "there is no such rule");
    Arena arena;
    const formats::Outcome outcome = formats::to_event(stored.record, *ask.context.library(), arena);
    const detect::Explanation told = TRY(engine->explain(id, outcome.event));
    Shown hidden;  // as GET /events/{id} hides it: whoever needs the persons asks for them with a reason
    const event::Event masked_event = masked(outcome.event, arena);
    for (std::size_t i = 0; i < outcome.event.fields.size(); ++i) {
        const event::Field& field = outcome.event.fields[i];
        if (field.text != masked_event.fields[i].text && !field.text.empty()) hidden.emplace_back(field.text, masked_event.fields[i].text);
        // What no format understood cannot be masked by field.
        else if (!outcome.unparsed.empty() && !field.text.empty()) hidden.emplace_back(field.text, kMask);
    }
    std::sort(hidden.begin(), hidden.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    json::Value parts{json::Array{}};
    for (const detect::Explanation& part : told.parts) parts.add(part_json(part, hidden));
    json::Value out = json::object({{"event", event::EventId{ask.context.journal.id(), stored.position}.text()},
                                    {"rule", (*rule)->id},
                                    {"title", (*rule)->title},
                                    {"author", (*rule)->author},
                                    {"license", (*rule)->license},
                                    {"held", told.held},
                                    {"masked", true},
                                    {"parts", std::move(parts)}});
    add_title_vi(out, (*rule)->title_vi);
    return json_answer(200, out);
}

constexpr std::string_view kLintSchema = R"({"type":"object","required":["files"],"additionalProperties":false,"properties":{
    "files":{"type":"array","minItems":1,"maxItems":2000,"items":{"type":"object","required":["name","text"],"additionalProperties":false,"properties":{
        "name":{"type":"string","maxLength":1000,"description":"as remarks shall call it"},"text":{"type":"string","description":"YAML, one document or several"}}}}},
    "examples":[{"files":[{"name":"rule.yml","text":"title: A rule\nlogsource:\n  product: windows\ndetection:\n  a:\n    EventID: 1\n  condition: a and not a\n"}]}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/rules/lint", .permission = "rule:read",
     .summary = "Says what is wrong with rules: what is refused, can never match, names fields that nobody sent, or looks like another rule in force.", .request_schema = kLintSchema,
     .response_schema = "RuleLint", .answer = lint_texts},
    {.method = "GET", .pattern = "/api/v1/events/{id}/explain", .permission = "event:read",
     .summary = "Why a rule holds or not for an event: every part of its condition with what the event has there.", .response_schema = "RuleExplanation",
     .parameters = "rule:string! id of a rule in force", .answer = explain},
};

}  // namespace

extern const Resource rule_tools{.name = "rule-tools", .about = "Tools for those who write rules.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api

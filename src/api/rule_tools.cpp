// The analyst's tools for rules: lint of texts, and why a rule holds or not for an event.
#include <algorithm>
#include <optional>
#include <set>

#include "api/api.h"
#include "api/list.h"
#include "api/masking.h"
#include "api/rule_title.h"
#include "api/search_ask.h"
#include "api/search_routes.h"
#include "base/arena.h"
#include "base/text.h"
#include "detect/lint.h"
#include "detect/tuning.h"

namespace vg::api::of_rule_tools {

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
    {"RuleTry", R"({"type":"object","required":["items","left_out","refused"],"properties":{
    "items":{"type":"array","items":{"type":"object","required":["format","masked","rules"],"properties":{"event":{"type":"string","description":"its id, when it is a stored one"},
        "number":{"type":"integer","description":"of the record in the sample, from 1"},"format":{"type":"string","description":"that understood the record"},
        "unparsed":{"type":"string","description":"why no format did"},"masked":{"type":"boolean","description":"personal values are hidden"},
        "rules":{"type":"array","items":{"type":"object","required":["rule","title","held","parts"],"properties":{"rule":{"type":"string"},"title":{"type":"string"},
            "held":{"type":"boolean","description":"whether the rule fires on the event"},"parts":{"type":"array","items":{"$ref":"#/components/schemas/RulePart"}}},"additionalProperties":false}}},
        "additionalProperties":false}},
    "left_out":{"type":"integer","description":"records of the sample beyond the most"},
    "refused":{"type":"array","items":{"type":"object","required":["line","title","reason"],"properties":{"line":{"type":"integer"},"title":{"type":"string"},"reason":{"type":"string"}},
        "additionalProperties":false}}},"additionalProperties":false})"},
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

// The value of a document's top line "name:", by which correlations may name a rule; empty: there is none.
std::string_view name_in(std::string_view text) {
    constexpr std::string_view kName = "\nname:";
    const std::size_t at = text.find(kName);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + kName.size());
    return trim(rest.substr(0, rest.find('\n')));
}

// The rules in force that the texts name by id or name, and those that these name: a correlation is judged with the rules
// that it counts. Rules that stand in the texts themselves are left out.
std::vector<const detect::RuleInfo*> named_by(const std::vector<detect::RuleFile>& files, const detect::Engine& engine, const std::set<std::string>& own) {
    std::vector<const detect::RuleInfo*> found;
    std::set<std::string_view> known;
    std::vector<std::string> texts;
    for (const detect::RuleFile& file : files)
        if (file.text.find("correlation:") != std::string::npos) texts.push_back(lower_ascii(file.text));
    while (!texts.empty()) {
        const std::string text = std::move(texts.back());
        texts.pop_back();
        for (const detect::RuleInfo* rule : engine.rules()) {
            if (own.contains(rule->id) || known.contains(rule->id)) continue;
            const std::string name = lower_ascii(name_in(rule->text));
            if (text.find(rule->id) == std::string::npos && (name.empty() || text.find(name) == std::string::npos)) continue;
            known.insert(rule->id);
            found.push_back(rule);
            if (rule->kind == "correlation") texts.push_back(lower_ascii(rule->text));
        }
    }
    return found;
}

Result<net::Response> lint_texts(Ask& ask) {
    std::vector<detect::RuleFile> files;
    for (const json::Value& file : ask.body.find("files")->as_array()) files.push_back({file.text("name").value_or(""), file.text("text").value_or("")});
    const auto engine = ask.context.engine();
    // A rule in force that is linted anew is not told to look like itself.
    std::set<std::string> own, asked;
    for (const detect::NamedRule& rule : detect::rules_of(files)) own.insert(rule.id);
    for (const detect::RuleFile& file : files) asked.insert(file.name);
    std::vector<detect::RuleFile> others;
    for (const detect::RuleInfo* rule : engine->rules())
        if (!own.contains(rule->id)) others.push_back({rule->file, rule->text});
    std::int64_t helping = 0, helping_correlations = 0;
    for (const detect::RuleInfo* rule : named_by(files, *engine, own)) {
        if (asked.contains(rule->file)) continue;
        ++(rule->kind == "correlation" ? helping_correlations : helping);
        files.push_back({rule->file, rule->text});
    }
    detect::LintOptions options;
    options.others = others;
    if (auto seen = fields_seen(ask)) {
        options.fields = {std::move(*seen), true};
    } else {
        for (const event::FieldInfo& field : event::all_fields()) options.fields.names.emplace_back(field.name);
    }
    const detect::LintReport report = TRY(detect::lint(files, options));
    json::Value items{json::Array{}};
    for (const detect::Remark& remark : report.remarks)
        if (asked.contains(remark.file)) items.add(detect::to_json(remark));
    return json_answer(200, json::object({{"items", std::move(items)},
                                          {"rules", static_cast<std::int64_t>(report.loaded.loaded) - helping},
                                          {"correlations", static_cast<std::int64_t>(report.loaded.correlations) - helping_correlations},
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

// What of the event the asker may not see, as GET /events/{id} hides it: whoever needs the persons asks for them with a
// reason. What no format understood cannot be masked by field. The longest first: one may stand within another.
Shown hidden_of(const formats::Outcome& outcome, Arena& arena) {
    Shown hidden;
    const event::Event masked_event = masked(outcome.event, arena);
    for (std::size_t i = 0; i < outcome.event.fields.size(); ++i) {
        const event::Field& field = outcome.event.fields[i];
        if (field.text.empty()) continue;
        if (field.text != masked_event.fields[i].text)
            hidden.emplace_back(field.text, masked_event.fields[i].text);
        else if (!outcome.unparsed.empty())
            hidden.emplace_back(field.text, kMask);
    }
    std::sort(hidden.begin(), hidden.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
    return hidden;
}

json::Value parts_json(const detect::Explanation& told, const Shown& hidden) {
    json::Value parts{json::Array{}};
    for (const detect::Explanation& part : told.parts) parts.add(part_json(part, hidden));
    return parts;
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
    json::Value out = json::object({{"event", event::EventId{ask.context.journal.id(), stored.position}.text()},
                                    {"rule", (*rule)->id},
                                    {"title", (*rule)->title},
                                    {"author", (*rule)->author},
                                    {"license", (*rule)->license},
                                    {"held", told.held},
                                    {"masked", true},
                                    {"parts", parts_json(told, hidden_of(outcome, arena))}});
    add_title_vi(out, (*rule)->title_vi);
    return json_answer(200, out);
}

// ---- try: rules that are not in force yet, on events that are ----

constexpr std::size_t kMostTried = 20;       // records of a sample
constexpr std::size_t kMostTriedRules = 50;  // of a text

// The rules of a text. A correlation stands on rules in force: then these are loaded with it.
class Tried {
public:
    static Result<Tried> make(Context& context, const std::string& text) {
        std::vector<detect::RuleFile> files;
        if (text.find("correlation:") != std::string::npos || text.find("filter:") != std::string::npos)
            for (const detect::RuleInfo* rule : context.engine()->rules()) files.push_back({rule->file, rule->text});
        files.push_back({std::string{kName}, text});
        Tried tried;
        detect::LoadReport report;
        tried.engine = TRY(detect::Engine::make(files, {}, report));
        for (const detect::RuleInfo* rule : tried.engine->rules())
            if (rule->file == kName && tried.rules.size() < kMostTriedRules) tried.rules.push_back(rule);
        for (const detect::RefusedRule& one : report.refused)
            if (one.file == kName) tried.refused.add(json::object({{"line", one.line}, {"title", one.title}, {"reason", one.reason}}));
        return tried;
    }

    json::Value told(const formats::Outcome& outcome, Arena& arena, bool hide) const {
        const Shown hidden = hide ? hidden_of(outcome, arena) : Shown{};
        json::Value each{json::Array{}};
        for (const detect::RuleInfo* rule : rules) {
            const auto explained = engine->explain(rule->id, outcome.event);
            if (!explained) continue;
            each.add(json::object({{"rule", rule->id}, {"title", rule->title}, {"held", explained->held}, {"parts", parts_json(*explained, hidden)}}));
        }
        json::Value out = json::object({{"format", outcome.event.format}, {"masked", hide}, {"rules", std::move(each)}});
        if (!outcome.unparsed.empty()) out.set("unparsed", outcome.unparsed);
        return out;
    }

    std::shared_ptr<const detect::Engine> engine;
    std::vector<const detect::RuleInfo*> rules;
    json::Value refused{json::Array{}};

private:
    static constexpr std::string_view kName = "the text that is tried";
};

Result<net::Response> try_text(Ask& ask) {
    const Tried tried = TRY(Tried::make(ask.context, ask.body.text("text").value_or("")));
    const auto library = ask.context.library();
    json::Value items{json::Array{}};
    std::size_t left_out = 0;
    if (const json::Value* events = ask.body.find("events"); events != nullptr)
        for (const json::Value& id : events->as_array()) {
            const store::StoredRecord stored = TRY(visible_event(ask, id.as_text()));
            Arena arena;
            json::Value item = tried.told(formats::to_event(stored.record, *library, arena), arena, true);
            item.set("event", event::EventId{ask.context.journal.id(), stored.position}.text());
            items.add(std::move(item));
        }
    // What the asker brings along is not hidden from him.
    if (const auto sample = ask.body.text("sample"); sample && !trim(*sample).empty()) {
        const auto splitter = formats::split_file({}, [&](std::uint64_t number, std::string_view raw, std::string_view format) {
            if (number > kMostTried) {
                ++left_out;
                return true;
            }
            event::Record record;
            record.envelope.received = ask.context.clock.now();
            record.envelope.format = format;
            record.raw = raw;
            Arena arena;
            json::Value item = tried.told(formats::to_event(record, *library, arena), arena, false);
            item.set("number", static_cast<std::int64_t>(number));
            items.add(std::move(item));
            return true;
        });
        TRY(splitter->feed(*sample));
        TRY(splitter->finish());
    }
    return json_answer(200, json::object({{"items", std::move(items)}, {"left_out", left_out}, {"refused", tried.refused}}));
}

constexpr std::string_view kTrySchema = R"({"type":"object","required":["text"],"additionalProperties":false,"properties":{
    "text":{"type":"string","maxLength":500000,"description":"YAML, one rule or several; at most 50 are told of"},
    "events":{"type":"array","maxItems":20,"items":{"type":"string","maxLength":100,"description":"id of a stored event"}},
    "sample":{"type":"string","maxLength":1000000,"description":"records as a source sends them: lines, or JSON; the first 20 are asked about"}},
    "examples":[{"text":"title: A try\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a02\nlogsource:\n  product: windows\ndetection:\n  a:\n    f: x\n  condition: a\n","events":["{event}"]}]})";

constexpr std::string_view kLintSchema = R"({"type":"object","required":["files"],"additionalProperties":false,"properties":{
    "files":{"type":"array","minItems":1,"maxItems":2000,"items":{"type":"object","required":["name","text"],"additionalProperties":false,"properties":{
        "name":{"type":"string","maxLength":1000,"description":"as remarks shall call it"},"text":{"type":"string","description":"YAML, one document or several"}}}}},
    "examples":[{"files":[{"name":"rule.yml","text":"title: A rule\nlogsource:\n  product: windows\ndetection:\n  a:\n    EventID: 1\n  condition: a and not a\n"}]}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/rules/lint", .permission = "rule:read",
     .summary = "Says what is wrong with rules: what is refused, can never match, names fields that nobody sent, or looks like another rule in force.", .request_schema = kLintSchema,
     .response_schema = "RuleLint", .answer = lint_texts},
    {.method = "POST", .pattern = "/api/v1/rules/try", .permission = "event:read",
     .summary = "Why rules that need not be in force hold or not, for stored events or for records that are sent along.", .request_schema = kTrySchema, .response_schema = "RuleTry", .answer = try_text},
    {.method = "GET", .pattern = "/api/v1/events/{id}/explain", .permission = "event:read",
     .summary = "Why a rule holds or not for an event: every part of its condition with what the event has there.", .response_schema = "RuleExplanation",
     .parameters = "rule:string! id of a rule in force", .answer = explain},
};

}  // namespace

extern const Resource rule_tools{.name = "rule-tools", .about = "Tools for those who write rules.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_rule_tools

// How good rules are: what one would have found, which techniques are covered and fed by sources, what became of findings.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "api/api.h"
#include "api/backtest.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/rule_title.h"
#include "api/search_ask.h"
#include "base/arena.h"
#include "base/text.h"
#include "detect/feeding.h"
#include "findings/scorecard.h"

namespace vg::api::of_rule_measures {

namespace {

constexpr std::int64_t kMostDays = 366;
constexpr std::size_t kEventsOfSource = 200;   // looked at for a source's log sources
constexpr std::size_t kEventsTogether = 100'000;  // looked through before sources are asked one by one
constexpr std::size_t kMostSources = 20'000;      // asked for coverage; the rest is said to be left out
constexpr std::size_t kMostListed = 5'000;

constexpr NamedSchema kSchemas[] = {
    {"RuleBacktest", R"({"type":"object","required":["from","to","whole","events","seconds","masked","rules"],"properties":{"from":{"type":"string","format":"date-time"},"to":{"type":"string","format":"date-time"},
    "whole":{"type":"boolean","description":"the time asked for was looked through; else from and to say how far it came"},"events":{"type":"integer"},"seconds":{"type":"number"},
    "microseconds_per_event":{"type":"number","description":"with reading the archive"},"masked":{"type":"boolean","description":"personal values were hidden from the rules"},
    "refused":{"type":"array","items":{"type":"string"}},
    "rules":{"type":"array","items":{"type":"object","required":["id","title","author","level","matches","per_day","unconfirmed","days","samples"],"properties":{"id":{"type":"string"},"title":{"type":"string"},
        )" VG_TITLE_VI R"(,"author":{"type":"string"},"level":{"type":"string"},"matches":{"type":"integer"},"per_day":{"type":"number"},
        "unconfirmed":{"type":"integer","description":"of these, whose log source is not known because the journal has the record no more"},
        "days":{"type":"array","items":{"type":"object","required":["day","matches"],"properties":{"day":{"type":"string","format":"date"},"matches":{"type":"integer"}},"additionalProperties":false}},
        "samples":{"type":"array","items":{"type":"object","required":["event","occurred"],"properties":{"event":{"type":"string"},"occurred":{"type":"string","format":"date-time"}},"additionalProperties":false}}},
        "additionalProperties":false}}},"additionalProperties":false})"},
    {"RuleCoverage", R"({"type":"object","required":["days","whole","techniques","rules","rules_without_technique","without_source","sources"],"properties":{"days":{"type":"integer"},
    "whole":{"type":"boolean","description":"every source was looked at"},"rules":{"type":"integer","description":"in force"},"rules_without_technique":{"type":"integer"},
    "techniques":{"type":"array","items":{"type":"object","required":["technique","tactics","rules","fed","levels"],"properties":{"technique":{"type":"string"},"tactics":{"type":"array","items":{"type":"string"}},
        "rules":{"type":"integer"},"fed":{"type":"integer","description":"of these, for whose log source some source sends"},
        "levels":{"type":"object","additionalProperties":{"type":"integer"}}},"additionalProperties":false}},
    "without_source":{"type":"array","description":"log sources of rules in force that no source sends, the most rules first","items":{"type":"object","required":["product","category","service","rules"],"properties":{
        "product":{"type":"string"},"category":{"type":"string"},"service":{"type":"string"},"rules":{"type":"integer"},"examples":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}},
    "sources":{"type":"array","items":{"type":"object","required":["id","name","events","log_sources","rules"],"properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string"},
        "events":{"type":"integer","description":"that were looked at: the newest, at most 200"},"log_sources":{"type":"array","items":{"type":"string"}},
        "rules":{"type":"integer","description":"in force that it feeds; 0: it feeds none"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"RuleScorecard", R"({"type":"object","required":["rule","title","author","level","in_force","findings","events","open","muted","closed","closed_false","last_seen"],"properties":{"rule":{"type":"string"},"title":{"type":"string"},
    )" VG_TITLE_VI R"(,"author":{"type":"string"},"level":{"type":"string"},"in_force":{"type":"boolean"},"findings":{"type":"integer"},"events":{"type":"integer"},"open":{"type":"integer"},"muted":{"type":"integer"},
    "closed":{"type":"integer"},"closed_false":{"type":"integer","description":"closed as a false alarm, or without a verdict and with a reason that says so"},"closed_true":{"type":"integer","description":"closed as an attack"},
    "last_seen":{"type":["string","null"],"format":"date-time"},
    "measured":{"type":"integer","description":"events about which the rule was asked with a clock at hand since the server started; there for accounts that see the node, once there is one"},
    "microseconds_per_event":{"type":"number","description":"that the rule took for one of these"}},"additionalProperties":false})"}};

Result<Sought> everything(Ask& ask, Time from, Time to, std::optional<std::string> search = {}) {
    auto sought = sought_of(ask, {.text = {}, .from = from, .to = to, .organisation = {}, .search = std::move(search), .masked = false});
    if (!sought) return fail(Code::internal, "the question could not be put");
    return std::move(*sought);
}

std::string day_text(std::int64_t day) { return to_rfc3339(Time{day * 86'400'000'000}).substr(0, 10); }

// ---- backtest ----

// A rule in force by its id, or the text of rules that are not.
Result<std::vector<detect::RuleFile>> asked_rules(Ask& ask) {
    if (const auto text = ask.body.text("text")) return std::vector<detect::RuleFile>{{"rule", *text}};
    const auto id = ask.body.text("rule");
    if (!id) return fail(Code::bad_input, "field rule: give the id of a rule in force, or its text");
    const auto engine = ask.context.engine();
    for (const detect::RuleInfo* rule : engine->rules()) {
        if (rule->id != lower_ascii(*id)) continue;
        if (rule->kind != "correlation") return std::vector<detect::RuleFile>{{rule->file, rule->text}};
        // It stands on others: all are loaded, and only what it finds is told.
        std::vector<detect::RuleFile> all;
        for (const detect::RuleInfo* one : engine->rules()) all.push_back({one->file, one->text});
        return all;
    }
    return fail(Code::not_found, "there is no such rule");
}

json::Value found_json(const detect::RuleInfo& rule, const Backtest::Found& found, double days) {
    json::Value by_day{json::Array{}}, samples{json::Array{}};
    for (const auto& [day, matches] : found.by_day) by_day.add(json::object({{"day", day_text(day)}, {"matches", matches}}));
    for (const auto& [event, occurred] : found.samples) samples.add(json::object({{"event", event}, {"occurred", time_value(occurred)}}));
    json::Value out = json::object({{"id", rule.id},
                                    {"title", rule.title},
                                    {"author", rule.author},
                                    {"level", detect::name_of(rule.level)},
                                    {"matches", found.matches},
                                    {"per_day", days > 0 ? static_cast<double>(found.matches) / days : 0.0},
                                    {"unconfirmed", found.unconfirmed},
                                    {"days", std::move(by_day)},
                                    {"samples", std::move(samples)}});
    add_title_vi(out, rule.title_vi);
    return out;
}

Result<net::Response> backtest(Ask& ask) {
    const json::Value* given = ask.body.find("days");
    const std::int64_t days_asked = given != nullptr && given->is_int() ? given->as_int() : 7;
    const Time to = ask.context.clock.now() + minutes(5);
    const Time from = to - days(days_asked);
    const auto files = TRY(asked_rules(ask));
    detect::LoadReport report;
    detect::EngineOptions options;
    options.pipelines = ask.context.engine()->options().pipelines;  // as they would be in force
    const auto engine = TRY(detect::Engine::make(files, options, report));
    if (engine->rules().empty()) return fail(Code::bad_input, format("field text: no rule can be used{}", report.refused.empty() ? std::string{} : ": " + report.refused.front().reason));
    const std::string only = ask.body.text("text") ? std::string{} : lower_ascii(ask.body.text("rule").value_or(""));
    const Sought sought = TRY(everything(ask, from, to, ask.body.text("search")));
    return at_the_desk(ask, sought, "backtest", [&](View& view) -> Result<net::Response> {
        // Stops a little before the archive would: what was found so far is an answer.
        const Span most = Span{ask.context.desk->limits().most_time.micros * 8 / 10};
        const Time began = ask.context.clock.now();
        Backtest test{ask.context, engine};
        bool whole = true;
        Time reached = test.order() == store::Order::newest_first ? from : to;
        TRY(view.stream(test.order(), [&](store::FoundEvent&& event) {
            test.ask(event);
            if (test.events() % 256 != 0 || ask.context.clock.now() - began < most) return true;
            whole = false;
            reached = event.occurred;
            return false;
        }));
        const double seconds = static_cast<double>((ask.context.clock.now() - began).micros) / 1e6;
        const bool backwards = test.order() == store::Order::newest_first;
        const Time begin = backwards ? reached : from, end = backwards ? to : reached;
        const double days = static_cast<double>((end - begin).micros) / 86'400e6;
        json::Value rules{json::Array{}}, refused{json::Array{}};
        for (const detect::RuleInfo* rule : engine->rules()) {
            const auto found = test.found().find(rule->id);
            if (found != test.found().end() && (only.empty() || rule->id == only)) rules.add(found_json(*rule, found->second, days));
        }
        for (const detect::RefusedRule& one : report.refused) refused.add(format("line {}: {}", one.line, one.reason));
        json::Value out = json::object({{"from", time_value(begin)},
                                        {"to", time_value(end)},
                                        {"whole", whole},
                                        {"events", test.events()},
                                        {"seconds", seconds},
                                        {"masked", view.masks()},
                                        {"refused", std::move(refused)},
                                        {"rules", std::move(rules)}});
        if (test.events() > 0) out.set("microseconds_per_event", seconds * 1e6 / static_cast<double>(test.events()));
        return json_answer(200, out);
    });
}

// ---- coverage ----

struct SourceSeen {
    const directory::Source* source = nullptr;
    std::size_t events = 0;
    std::map<std::string, event::Logsource> log_sources;  // by how they are shown
    std::set<std::string> texts;                          // that these point into
};

std::string shown(const event::Logsource& source) {
    std::string categories;
    for (const std::string_view category : source.categories)
        if (!category.empty()) categories += (categories.empty() ? "" : "+") + std::string{category};
    std::string services{source.service};
    if (!source.other_service.empty()) services += "+" + std::string{source.other_service};
    return format("{}/{}/{}", source.product.empty() ? "-" : source.product, categories.empty() ? "-" : categories, services.empty() ? "-" : services);
}

void look_at(const Context& context, const formats::Library& library, const store::FoundEvent& event, SourceSeen& seen) {
    ++seen.events;
    if (event.position < context.journal.begin() || event.position >= context.journal.end()) return;
    const auto stored = context.journal.at(event.position);
    if (!stored) return;
    Arena arena;
    const formats::Outcome outcome = formats::to_event(stored->record, library, arena);
    event::Logsource source = outcome.event.logsource;
    const std::string name = shown(source);
    if (name == "-/-/-" || seen.log_sources.contains(name)) return;
    const auto keep = [&](std::string_view text) { return std::string_view{*seen.texts.insert(std::string{text}).first}; };
    source.product = keep(source.product);
    source.service = keep(source.service);
    source.other_service = keep(source.other_service);
    for (std::string_view& category : source.categories) category = keep(category);
    seen.log_sources.emplace(name, source);
}

bool is_technique(std::string_view tag) { return tag.starts_with("attack.t") && tag.size() > 9 && tag[8] >= '0' && tag[8] <= '9'; }

// "attack.t1059.001" → "T1059.001".
std::string technique_of(std::string_view tag) { return "T" + std::string{tag.substr(8)}; }

struct Technique {
    std::int64_t rules = 0, fed = 0;
    std::set<std::string> tactics;
    std::map<std::string, std::int64_t> levels;
};

json::Value coverage_json(const std::vector<const detect::RuleInfo*>& rules, const std::vector<SourceSeen>& sources, std::int64_t days_asked, bool whole) {
    std::map<std::string, Technique> techniques;
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<const detect::RuleInfo*>> without;
    std::vector<std::int64_t> feeds(sources.size());
    std::int64_t without_technique = 0;
    for (const detect::RuleInfo* rule : rules) {
        bool fed = rule->kind == "correlation";  // its own rules are asked one by one
        for (std::size_t i = 0; i < sources.size() && rule->kind != "correlation"; ++i) {
            const auto& known = sources[i].log_sources;
            if (std::none_of(known.begin(), known.end(), [&](const auto& one) { return detect::feeds(one.second, *rule); })) continue;
            fed = true;
            ++feeds[i];
        }
        if (!fed) without[{rule->product, rule->category, rule->service}].push_back(rule);
        std::set<std::string> tactics;
        bool has_technique = false;
        for (const std::string& tag : rule->tags)
            if (tag.starts_with("attack.") && !is_technique(tag) && !(tag.size() > 8 && (tag[7] == 's' || tag[7] == 'g') && tag[8] >= '0' && tag[8] <= '9')) tactics.insert(tag.substr(7));
        for (const std::string& tag : rule->tags) {
            if (!is_technique(tag)) continue;
            has_technique = true;
            Technique& technique = techniques[technique_of(tag)];
            ++technique.rules;
            technique.fed += fed ? 1 : 0;
            technique.tactics.insert(tactics.begin(), tactics.end());
            ++technique.levels[std::string{detect::name_of(rule->level)}];
        }
        if (!has_technique) ++without_technique;
    }
    json::Value matrix{json::Array{}}, gaps{json::Array{}}, told{json::Array{}};
    for (const auto& [name, technique] : techniques) {
        json::Value tactics{json::Array{}}, levels{json::Object{}};
        for (const std::string& tactic : technique.tactics) tactics.add(tactic);
        for (const auto& [level, count] : technique.levels) levels.set(level, count);
        matrix.add(json::object({{"technique", name}, {"tactics", std::move(tactics)}, {"rules", technique.rules}, {"fed", technique.fed}, {"levels", std::move(levels)}}));
    }
    std::vector<const decltype(without)::value_type*> sorted;
    for (const auto& one : without) sorted.push_back(&one);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->second.size() > b->second.size(); });
    for (std::size_t i = 0; i < sorted.size() && i < kMostListed; ++i) {
        json::Value examples{json::Array{}};
        for (std::size_t k = 0; k < sorted[i]->second.size() && k < 5; ++k) examples.add(sorted[i]->second[k]->title);
        const auto& [product, category, service] = sorted[i]->first;
        gaps.add(json::object({{"product", product}, {"category", category}, {"service", service}, {"rules", sorted[i]->second.size()}, {"examples", std::move(examples)}}));
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        json::Value names{json::Array{}};
        for (const auto& [name, source] : sources[i].log_sources) names.add(name);
        told.add(json::object({{"id", sources[i].source->id.text()}, {"name", sources[i].source->name}, {"events", sources[i].events}, {"log_sources", std::move(names)}, {"rules", feeds[i]}}));
    }
    return json::object({{"days", days_asked},
                         {"whole", whole},
                         {"rules", rules.size()},
                         {"rules_without_technique", without_technique},
                         {"techniques", std::move(matrix)},
                         {"without_source", std::move(gaps)},
                         {"sources", std::move(told)}});
}

Result<net::Response> coverage(Ask& ask) {
    const std::int64_t days_asked = std::clamp<std::int64_t>(ask.integer("days").value_or(30), 1, kMostDays);
    const Time to = ask.context.clock.now() + minutes(5);
    const Sought sought = TRY(everything(ask, to - days(days_asked), to));
    const auto directory = ask.context.directory();
    std::vector<SourceSeen> sources;
    bool whole = true;
    for (const directory::Source* source : directory->live_sources()) {
        if (!ask.actor.scope.sees(source->organisation)) continue;
        if (sources.size() == kMostSources) {
            whole = false;
            break;
        }
        sources.push_back({source, 0, {}, {}});
    }
    std::sort(sources.begin(), sources.end(), [](const SourceSeen& a, const SourceSeen& b) { return a.source->name < b.source->name; });
    const auto library = ask.context.library();
    const auto engine = ask.context.engine();
    return at_the_desk(ask, sought, "coverage", [&](View& view) -> Result<net::Response> {
        const Span most = Span{ask.context.desk->limits().most_time.micros * 8 / 10};
        const Time began = ask.context.clock.now();
        std::map<SourceId, SourceSeen*> by_id;
        for (SourceSeen& seen : sources) by_id[seen.source->id] = &seen;
        // The newest events of all, which is enough for most sources; then those that were not among them, one by one.
        std::size_t events = 0, waiting = sources.size();
        bool all = true;
        TRY(view.stream(store::Order::newest_first, [&](store::FoundEvent&& event) {
            if (++events > kEventsTogether || waiting == 0 || (events % 256 == 0 && (ask.context.clock.now() - began).micros > most.micros / 2)) return all = false;
            const auto seen = by_id.find(event.source);
            if (seen == by_id.end() || seen->second->events == kEventsOfSource) return true;
            look_at(ask.context, *library, event, *seen->second);
            if (seen->second->events == kEventsOfSource) --waiting;
            return true;
        }));
        for (SourceSeen& seen : sources) {
            if (all || seen.events > 0) continue;
            if (ask.context.clock.now() - began >= most) {
                whole = false;
                break;
            }
            const auto query = search::parse(format("source:{}", seen.source->id.text()));
            if (!query) return fail(Code::internal, "a source cannot be asked for");
            store::Question question = view.question();
            question.query = &*query;
            const auto page = TRY(view.archive().page(question, {.limit = kEventsOfSource}));
            for (const store::FoundEvent& event : page.events) look_at(ask.context, *library, event, seen);
        }
        return json_answer(200, coverage_json(engine->rules(), sources, days_asked, whole));
    });
}

// ---- scorecards ----

// A rule that found nothing has a card as well, once it is known what it costs.
void add_measured(std::vector<findings::Scorecard>& cards, const std::map<std::string, detect::RuleCost, std::less<>>& costs, const std::map<std::string_view, const detect::RuleInfo*>& rules) {
    std::set<std::string> known;
    for (const findings::Scorecard& card : cards) known.insert(card.rule);
    for (const auto& [id, cost] : costs) {
        const auto rule = rules.find(id);
        if (rule == rules.end() || known.contains(id)) continue;
        findings::Scorecard& card = cards.emplace_back();
        card.rule = id;
        card.title = rule->second->title;
    }
}

Result<net::Response> scorecards(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        auto cards = TRY(context.state.read([&](store::Transaction& tx) { return findings::scorecards(tx, actor.scope); }));
        const auto engine = context.engine();
        std::map<std::string_view, const detect::RuleInfo*> rules;
        for (const detect::RuleInfo* rule : engine->rules()) rules.emplace(rule->id, rule);
        // They are of all organisations together, so that those of one are not told.
        std::map<std::string, detect::RuleCost, std::less<>> costs;
        if (context.rule_costs && actor.scope.sees_node()) costs = context.rule_costs();
        add_measured(cards, costs, rules);
        std::sort(cards.begin(), cards.end(), [](const auto& a, const auto& b) { return a.rule < b.rule; });
        const auto show = [&](const findings::Scorecard& card) {
            const auto rule = rules.find(card.rule);
            const bool in_force = rule != rules.end();
            json::Value out = json::object({{"rule", card.rule},
                                            {"title", card.title},
                                            {"author", in_force ? rule->second->author : std::string{}},
                                            {"level", in_force ? detect::name_of(rule->second->level) : std::string_view{}},
                                            {"in_force", in_force},
                                            {"findings", card.findings},
                                            {"events", card.events},
                                            {"open", card.open},
                                            {"muted", card.muted},
                                            {"closed", card.closed},
                                            {"closed_false", card.closed_false},
                                            {"closed_true", card.closed_true},
                                            {"last_seen", card.last_seen == Time{} ? json::Value{} : time_value(card.last_seen)}});
            if (in_force) add_title_vi(out, rule->second->title_vi);
            if (const auto cost = costs.find(card.rule); cost != costs.end() && cost->second.events > 0) {
                out.set("measured", cost->second.events);
                out.set("microseconds_per_event", std::round(static_cast<double>(cost->second.nanoseconds) / static_cast<double>(cost->second.events)) / 1e3);
            }
            return out;
        };
        return page_of(cards, after, limit, [](const findings::Scorecard& card) { return card.rule; }, show);
    });
}

constexpr std::string_view kBacktestSchema = R"({"type":"object","additionalProperties":false,"properties":{
    "rule":{"type":"string","maxLength":100,"description":"id of a rule in force"},"text":{"type":"string","maxLength":500000,"description":"or rules as YAML, which need not be in force"},
    "days":{"type":"integer","minimum":1,"maximum":366,"description":"back from now; 7 without"},
    "search":{"type":"string","format":"uuid","description":"names it, so that it can be watched and cancelled among the searches"}},
    "examples":[{"text":"title: A try\nid: 0d9f6b0c-35a3-4f0e-8d3c-5a1d6f3f8a02\nlogsource:\n  product: windows\ndetection:\n  a:\n    f: x\n  condition: a\n","days":1}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/rules/backtest", .permission = "event:read",
     .summary = "What a rule would have found in the last days, over the archive's events that the account sees, by day.", .request_schema = kBacktestSchema, .response_schema = "RuleBacktest", .answer = backtest},
    {.method = "GET", .pattern = "/api/v1/rules/coverage", .permission = "rule:read",
     .summary = "ATT&CK techniques of the rules in force, rules that no source feeds, and sources that feed no rule.", .response_schema = "RuleCoverage",
     .parameters = "days:integer of which events sources are judged by and 30 without", .answer = coverage},
    {.method = "GET", .pattern = "/api/v1/rules/scorecards", .permission = "finding:read", .summary = "What became of each rule's findings, and what asking it costs.", .response_schema = "RuleScorecard[]",
     .parameters = kListParameters, .answer = scorecards},
};

}  // namespace

extern const Resource rule_measures{.name = "rule-measures", .about = "How good rules are.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_rule_measures

// Playbooks (CACAO 2.0): those of the program and imported ones, and what is run of them in cases. They are the same for every organisation of the node; who imported one stands in the audit chain,
// not here, where everybody reads.
#include <algorithm>

#include "api/case_json.h"
#include "api/list.h"
#include "base/text.h"
#include "cases/playbooks.h"

namespace vg::api::of_playbooks {

namespace {

using cases::CaseTag;
using cases::Kept;
using cases::PlaybookInfo;

#define VG_PLAYBOOK R"("id":{"type":"string"},"modified":{"type":"string","description":"its version"},"name":{"type":"string"},"kind":{"type":"string","description":"of incident; empty: of none"},"source":{"type":"string"},"sha256":{"type":"string"},"imported":{"type":["string","null"],"format":"date-time","description":"null: it came with the program"})"
#define VG_PLAYBOOK_NEEDS R"("id","modified","name","kind","source","sha256","imported")"
constexpr NamedSchema kSchemas[] = {
    {"Playbook", R"({"type":"object","required":[)" VG_PLAYBOOK_NEEDS R"(],"properties":{)" VG_PLAYBOOK R"(},"additionalProperties":false})"},
    {"PlaybookShown", R"({"type":"object","required":[)" VG_PLAYBOOK_NEEDS R"(,"description","revoked","steps","remarks"],"properties":{)" VG_PLAYBOOK R"(,"description":{"type":"string"},"revoked":{"type":"boolean"},
    "steps":{"type":"array","description":"in the order in which they become tasks","items":{"type":"object","required":["step","kind","name","description","condition","depth","branch","commands"],"properties":{"step":{"type":"string"},"kind":{"type":"string"},"name":{"type":"string"},
        "description":{"type":"string"},"condition":{"type":"string"},"depth":{"type":"integer","description":"steps above it that branch"},"branch":{"type":"string","description":"which way leads here"},
        "commands":{"type":"array","description":"shown, never executed","items":{"type":"object","required":["type","text","description"],"properties":{"type":{"type":"string"},"text":{"type":"string"},"description":{"type":"string"}},"additionalProperties":false}}},"additionalProperties":false}},
    "remarks":{"type":"array","items":{"type":"object","required":["where","what"],"properties":{"where":{"type":"string"},"what":{"type":"string"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"PlaybookRun", R"({"type":"object","required":["id","case","playbook","modified","name","source","sha256","started","started_by","tasks","ended"],"properties":{"id":{"type":"string","format":"uuid"},"case":{"type":"string","format":"uuid"},"playbook":{"type":"string"},
    "modified":{"type":"string"},"name":{"type":"string"},"source":{"type":"string"},"sha256":{"type":"string"},"started":{"type":"string","format":"date-time"},"started_by":{"type":"string"},"tasks":{"type":"integer"},"ended":{"type":"integer"}},"additionalProperties":false})"}};

json::Value info_json(const PlaybookInfo& one) {
    return json::object({{"id", one.id}, {"modified", one.modified}, {"name", one.name}, {"kind", one.kind}, {"source", one.source}, {"sha256", one.hash}, {"imported", time_value(one.imported)}});
}

json::Value shown_json(const Kept& kept) {
    json::Value out = info_json(kept.about);
    json::Array steps, remarks;
    for (const cases::cacao::Line& line : cases::cacao::checklist(kept.playbook)) {
        const cases::cacao::Step& step = kept.playbook.steps[line.step];
        json::Array commands;
        for (const cases::cacao::Command& one : step.commands) commands.push_back(json::object({{"type", one.type}, {"text", one.text}, {"description", one.description}}));
        steps.push_back(json::object({{"step", step.id}, {"kind", step.type}, {"name", step.name}, {"description", step.description}, {"condition", step.condition}, {"depth", line.depth}, {"branch", line.branch}, {"commands", std::move(commands)}}));
    }
    for (const cases::cacao::Problem& one : kept.remarks) remarks.push_back(json::object({{"where", one.where}, {"what", one.what}}));
    out.set("description", kept.playbook.description);
    out.set("revoked", kept.playbook.revoked);
    out.set("steps", std::move(steps));
    out.set("remarks", std::move(remarks));
    return out;
}

json::Value run_json(const cases::Run& run) {
    return json::object({{"id", run.id.text()}, {"case", run.of.text()}, {"playbook", run.playbook.id}, {"modified", run.playbook.modified}, {"name", run.playbook.name}, {"source", run.playbook.source}, {"sha256", run.playbook.hash},
                         {"started", time_value(run.started)}, {"started_by", run.started_by}, {"tasks", run.tasks}, {"ended", run.ended}});
}

// One that is imported before one of the program.
Result<Kept> found_playbook(Context& context, store::Transaction& tx, const std::string& id, const std::string& modified) {
    auto kept = cases::find_playbook(tx, id, modified);
    if (kept || kept.error().code != Code::not_found || context.playbooks == nullptr) return kept;
    for (const Kept& one : *context.playbooks)
        if (one.about.id == id && (modified.empty() || modified == one.about.modified)) return one;
    return kept;
}

Result<net::Response> list_all(Ask& ask) {
    auto all = TRY(ask.context.state.read([](store::Transaction& tx) { return cases::playbooks(tx); }));
    if (ask.context.playbooks != nullptr)
        for (const Kept& one : *ask.context.playbooks)
            if (std::none_of(all.begin(), all.end(), [&](const PlaybookInfo& other) { return other.id == one.about.id; })) all.push_back(one.about);
    const std::string kind = ask.text("kind").value_or("");
    json::Array items;
    for (const PlaybookInfo& one : all)
        if (kind.empty() || one.kind == kind || one.kind.empty()) items.push_back(info_json(one));
    return json_answer(200, json::object({{"items", std::move(items)}}));
}

Result<net::Response> show(Ask& ask) {
    const Kept kept = TRY(ask.context.state.read([&](store::Transaction& tx) { return found_playbook(ask.context, tx, ask.captures[0], ask.text("modified").value_or("")); }));
    return json_answer(200, shown_json(kept));
}

Result<net::Response> import(Ask& ask) {
    const std::string bytes = TRY(ask.request.read_all(cases::cacao::kMostBytes));
    const Kept kept = TRY(ask.context.state.write([&](store::Transaction& tx) { return cases::keep_playbook(tx, ask.actor, bytes, ask.text("source").value_or(""), ask.context.clock.now()); }));
    return json_answer(201, shown_json(kept));
}

Result<net::Response> start(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const cases::Run run = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<cases::Run> {
        TRY(cases::find(tx, ask.actor.scope, id));
        const Kept kept = TRY_IN("field playbook: ", found_playbook(ask.context, tx, ask.body.text("playbook").value_or(""), ask.body.text("modified").value_or("")));
        return cases::start(tx, ask.actor, id, kept.about, kept.playbook, ask.context.random, ask.context.clock.now());
    }));
    return json_answer(201, run_json(run));
}

Result<net::Response> runs(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const auto found = TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::runs(tx, ask.actor.scope, id); }));
    json::Array items;
    for (const cases::Run& one : found) items.push_back(run_json(one));
    return json_answer(200, json::object({{"case", id.text()}, {"items", std::move(items)}}));
}

constexpr std::string_view kStart = R"({"type":"object","additionalProperties":false,"required":["playbook"],"properties":{"playbook":{"type":"string","maxLength":100,"description":"its id"},"modified":{"type":"string","maxLength":40,"description":"its version; the newest without"}},
    "examples":[{"playbook":"{playbook}"}]})";
constexpr std::string_view kItems = R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Playbook"}}},"additionalProperties":false})";
constexpr std::string_view kRuns = R"({"type":"object","required":["case","items"],"properties":{"case":{"type":"string","format":"uuid"},"items":{"type":"array","items":{"$ref":"#/components/schemas/PlaybookRun"}}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/playbooks", .permission = "case:read", .holds = Holds::shared, .summary = "Lists the playbooks: those of the program and the newest version of each imported one.", .response_schema = kItems,
     .parameters = "kind:" VG_INCIDENT_KINDS " only of this kind of incident or of none", .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/playbooks", .permission = "playbook:write", .holds = Holds::node, .summary = "Imports a playbook in CACAO 2.0; the body is its JSON, at most 1 MiB. What is refused is told with its places.", .response_schema = "PlaybookShown",
     .parameters = "source:string where it came from", .status = 201, .answer = import},
    {.method = "GET", .pattern = "/api/v1/playbooks/{playbook}", .permission = "case:read", .holds = Holds::shared, .summary = "Shows a playbook as the checklist that it becomes.", .response_schema = "PlaybookShown", .parameters = "modified:string a version; the newest without", .answer = show},
    {.method = "GET", .pattern = "/api/v1/cases/{id}/playbooks", .permission = "case:read", .summary = "Lists the playbooks that were started in a case.", .response_schema = kRuns, .answer = runs},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/playbooks", .permission = "case:write", .summary = "Starts a playbook in a case: its steps become tasks in their order. Nothing is executed.", .request_schema = kStart, .response_schema = "PlaybookRun", .status = 201, .answer = start},
};

}  // namespace

extern const Resource playbooks{.name = "playbooks", .about = "Playbooks in CACAO 2.0, worked through by people.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_playbooks

// Merging and splitting of cases, and what is told of an item in whichever case it was.
#include "api/case_json.h"
#include "api/list.h"
#include "base/text.h"
#include "cases/merging.h"

namespace vg::api::of_case_merging {

namespace {

using cases::Case;
using cases::CaseId;
using cases::CaseTag;

constexpr NamedSchema kSchemas[] = {
    {"CaseItemEntry", R"({"type":"object","required":["case_number","number","time","actor","kind","text"],"properties":{"case_number":{"type":"integer","description":"of the case in which it is told"},"number":{"type":"integer","description":"in the timeline of that case"},
    "time":{"type":"string","format":"date-time"},"actor":{"type":"string"},"kind":{"type":"string"},"text":{"type":"string"}},"additionalProperties":false})"}};

Result<net::Response> merge(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const auto version = TRY(ask.if_match());
    std::vector<cases::Chosen> from;
    if (const json::Value* given = ask.body.find("cases"); given != nullptr && given->is_array())
        for (const json::Value& one : given->as_array()) {
            const auto which = TRY(id_member<CaseTag>(one, "id"));
            if (which) from.push_back({*which, one.integer("version")});
        }
    const Case whole = TRY(ask.context.state.write([&](store::Transaction& tx) { return cases::merge(tx, ask.actor, id, from, ask.body.text("reason").value_or(""), version, ask.context.clock.now()); }));
    return versioned_answer(200, case_json(whole), whole.version);
}

Result<net::Response> split(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const auto version = TRY(ask.if_match());
    const Time now = ask.context.clock.now();
    const std::string reason = ask.body.text("reason").value_or("");
    cases::Parting parting{.items = {}, .title = ask.body.text("title").value_or(""), .matter = ask.body.text("matter").value_or(""), .reason = reason};
    const json::Value* items = ask.body.find("items");
    if (items != nullptr && items->is_array())
        for (const json::Value& one : items->as_array()) parting.items.push_back(TRY_IN("field items: ", cases::ItemId::parse(one.is_text() ? one.as_text() : "")));
    const auto merged = TRY(id_member<CaseTag>(ask.body, "case"));
    if (items != nullptr && merged) return fail(Code::bad_input, "field case: takes a merge back; it has no items beside it");
    const Case part = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Case> {
        if (items != nullptr) return cases::split(tx, ask.actor, id, parting, version, ask.context.random, now);
        const CaseId which = merged ? *merged : TRY(cases::last_merged(tx, ask.actor.scope, id));
        return cases::split_back(tx, ask.actor, id, which, reason, version, now);
    }));
    return versioned_answer(200, case_json(part), part.version);
}

Result<net::Response> merged(Ask& ask) {
    const auto id = TRY(ask.id<CaseTag>());
    const auto found = TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::merged_into(tx, ask.actor.scope, id); }));
    json::Array items;
    for (const Case& one : found) items.push_back(case_json(one));
    return json_answer(200, json::object({{"case", id.text()}, {"items", std::move(items)}}));
}

Result<net::Response> history(Ask& ask) {
    const auto id = TRY(ask.id<cases::ItemTag>());
    const auto found = TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::history(tx, ask.actor.scope, id, 1'000); }));
    json::Array items;
    for (const auto& [of, one] : found) items.push_back(json::object({{"case_number", of}, {"number", one.number}, {"time", time_value(one.time)}, {"actor", one.actor}, {"kind", one.kind}, {"text", one.text}}));
    return json_answer(200, json::object({{"items", std::move(items)}}));
}

constexpr std::string_view kMerge = R"({"type":"object","additionalProperties":false,"required":["cases"],"properties":{"cases":{"type":"array","minItems":1,"maxItems":100,"description":"of the same organisation; they go into this one","items":{"type":"object","additionalProperties":false,
    "required":["id"],"properties":{"id":{"type":"string","format":"uuid"},"version":{"type":"integer","description":"as it was read; any without"}}}},"reason":{"type":"string","maxLength":4000}},"examples":[{"cases":[{"id":"{case}"}]}]})";
constexpr std::string_view kSplit = R"({"type":"object","additionalProperties":false,"properties":{"items":{"type":"array","minItems":1,"maxItems":1000,"items":{"type":"string","format":"uuid"},"description":"these become a case of their own"},
    "title":{"type":"string","maxLength":500,"description":"of the new case"},"matter":{"type":"string","maxLength":500,"description":"the title without"},"case":{"type":"string","format":"uuid","description":"takes its merge back; the last merge without items and case"},
    "reason":{"type":"string","maxLength":4000}},"examples":[{"reason":"two matters after all"}]})";
constexpr std::string_view kMerged = R"({"type":"object","required":["case","items"],"properties":{"case":{"type":"string","format":"uuid"},"items":{"type":"array","items":{"$ref":"#/components/schemas/Case"}}},"additionalProperties":false})";
constexpr std::string_view kHistory = R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/CaseItemEntry"}}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/cases/{id}/merge", .permission = "case:write", .summary = "Takes other cases of the organisation in, with all their items; all of them or none.", .request_schema = kMerge, .response_schema = "Case", .answer = merge},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/split", .permission = "case:write", .summary = "Makes a case of its own of some items, or takes a merge back; shows the case that parts.", .request_schema = kSplit, .response_schema = "Case", .answer = split},
    {.method = "GET", .pattern = "/api/v1/cases/{id}/merged", .permission = "case:read", .summary = "Lists the cases that it took in.", .response_schema = kMerged, .answer = merged},
    {.method = "GET", .pattern = "/api/v1/case-items/{id}/history", .permission = "case:read", .summary = "Tells everything of a victim, whichever case it was in then; the first thousand entries.", .response_schema = kHistory, .answer = history},
};

}  // namespace

extern const Resource case_merging{.name = "case-merging", .about = "Cases that become one, and one that becomes two.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_merging

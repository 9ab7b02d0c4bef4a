// One deed for many cases, with an account of what became of each: done, or refused and why.
#include "api/case_json.h"
#include "api/list.h"
#include "api/problem.h"
#include "api/reason.h"
#include "cases/merging.h"

namespace vg::api::of_case_bulk {

namespace {

using cases::Case;
using cases::CaseTag;

constexpr NamedSchema kSchemas[] = {
    {"CaseDeeds", R"({"type":"object","required":["done","refused","items"],"properties":{"done":{"type":"integer"},"refused":{"type":"integer"},"items":{"type":"array","items":{"type":"object","required":["case","number","title","done","reason"],"properties":{
    "case":{"type":"string","format":"uuid"},"number":{"type":"integer","description":"0: there is no such case"},"title":{"type":"string"},"done":{"type":"boolean"},"reason":{"type":"string","description":"why it was refused"},)" VG_REASON R"(},"additionalProperties":false}}},"additionalProperties":false})"}};

struct Deed {
    std::optional<json::Value> assign, stage, comment, merge;
};

std::optional<json::Value> member(const json::Value& body, std::string_view name) {
    const json::Value* found = body.find(name);
    return found != nullptr && found->is_object() ? std::optional{*found} : std::nullopt;
}

Status do_one(Ask& ask, store::Transaction& tx, const Deed& deed, const std::optional<cases::CaseId>& into, const cases::Chosen& one) {
    const Time now = ask.context.clock.now();
    if (deed.assign) TRY(cases::assign(tx, ask.actor, one.id, deed.assign->text("to").value_or(""), one.version, now));
    if (deed.comment) TRY(cases::comment(tx, ask.actor, one.id, deed.comment->text("text").value_or(""), now));
    if (deed.stage) {
        const auto stage = cases::stage_named(deed.stage->text("stage").value_or(""));
        if (!stage) return fail(Code::bad_input, "field stage: is none of the stages of a case");
        TRY(cases::advance(tx, ask.actor, one.id, *stage, deed.stage->text("reason").value_or(""), deed.stage->text("receipt").value_or(""), one.version, now));
    }
    if (into) TRY(cases::merge(tx, ask.actor, *into, {one}, deed.merge->text("reason").value_or(""), std::nullopt, now));
    return {};
}

Result<net::Response> bulk(Ask& ask) {
    const Deed deed{member(ask.body, "assign"), member(ask.body, "stage"), member(ask.body, "comment"), member(ask.body, "merge")};
    if (int{deed.assign.has_value()} + int{deed.stage.has_value()} + int{deed.comment.has_value()} + int{deed.merge.has_value()} != 1) return fail(Code::bad_input, "say one of assign, stage, comment and merge");
    std::optional<cases::CaseId> into;
    if (deed.merge) into = TRY_IN("field merge: ", id_member<CaseTag>(*deed.merge, "into"));
    std::int64_t done = 0, refused = 0, unknown = 0;
    json::Array items;
    const json::Value* chosen = ask.body.find("cases");
    for (const json::Value& given : chosen->as_array()) {
        const auto id = TRY_IN("field cases: ", id_member<CaseTag>(given, "id"));
        if (!id) return fail(Code::bad_input, "field cases: an id is missing");
        if (into && *into == *id) continue;
        const cases::Chosen one{*id, given.integer("version")};
        // Each in a transaction of its own: what one is refused for says nothing of the others.
        const Status did = ask.context.state.write([&](store::Transaction& tx) { return do_one(ask, tx, deed, into, one); });
        const auto file = ask.context.state.read([&](store::Transaction& tx) { return cases::find(tx, ask.actor.scope, one.id); });
        json::Value line = json::object({{"case", id->text()}, {"number", file ? file->number : 0}, {"title", file ? file->title : ""}, {"done", did.has_value()}, {"reason", did ? "" : did.error().text}});
        if (did) {
            ++done;
        } else {
            if (did.error().code == Code::internal || did.error().code == Code::unavailable) return tl::make_unexpected(did.error());
            add_reason(line, did.error().text);
            ++refused;
            if (!file) ++unknown;
        }
        items.push_back(std::move(line));
    }
    if (unknown > 0 && done == 0 && unknown == refused) return fail(Code::not_found, "there is no such case");
    return json_answer(200, json::object({{"done", done}, {"refused", refused}, {"items", std::move(items)}}));
}

constexpr std::string_view kBulk = R"({"type":"object","additionalProperties":false,"required":["cases"],"description":"one of assign, stage, comment and merge","properties":{"cases":{"type":"array","minItems":1,"maxItems":200,"items":{"type":"object","additionalProperties":false,"required":["id"],
    "properties":{"id":{"type":"string","format":"uuid"},"version":{"type":"integer","description":"as it was read; any without"}}}},"assign":{"type":"object","additionalProperties":false,"required":["to"],"properties":{"to":{"type":"string","maxLength":200}}},
    "stage":{"type":"object","additionalProperties":false,"required":["stage"],"properties":{"stage":{"type":"string","enum":["received","verifying","first-response","notified","containing","removing","wrapping-up","report-sent","acknowledged"]},
    "reason":{"type":"string","maxLength":4000},"receipt":{"type":"string","maxLength":500}}},"comment":{"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"type":"string","minLength":1,"maxLength":4000}}},
    "merge":{"type":"object","additionalProperties":false,"required":["into"],"properties":{"into":{"type":"string","format":"uuid"},"reason":{"type":"string","maxLength":4000}}}},"examples":[{"cases":[{"id":"{case}"}],"assign":{"to":"an"}}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/case-deeds", .permission = "case:write", .summary = "Assigns, moves on, comments or merges many cases, and says of each what became of it.", .request_schema = kBulk, .response_schema = "CaseDeeds", .answer = bulk},
};

}  // namespace

extern const Resource case_bulk{.name = "case-bulk", .about = "One deed for many cases.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_bulk

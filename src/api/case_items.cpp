// Items of cases: what an organisation answers for each of its victims, what the coordinator says of it, and what speaks for closing it.
#include "api/case_json.h"

#include <map>
#include <span>

#include "api/case_observed.h"
#include "api/inside_view.h"
#include "api/narrowed.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

json::Value item_json(const cases::Item& item) {
    json::Value out = json::object({{"id", item.id.text()}, {"case", item.of.text()}, {"organisation", item.organisation.text()}, {"subject", item.subject}, {"family", item.family}, {"system", item.system}, {"level", item.level},
                                    {"state", name_of(item.state)}, {"first_seen", time_value(item.first_seen)}, {"last_seen", time_value(item.last_seen)}, {"opened", time_value(item.opened)}, {"seen", item.seen}, {"reminders", item.reminders},
                                    {"relapses", item.relapses}, {"answer", item.answer}, {"answer_text", item.answer_text}, {"answer_by", item.answer_by}, {"answered", time_value(item.answered)}, {"removed", time_value(item.removed)},
                                    {"excepted_until", time_value(item.excepted_until)}, {"answer_until", time_value(item.answer_until)}, {"returned", item.returned}, {"closed", time_value(item.closed)}, {"closed_why", item.closed_why}, {"closed_by", item.closed_by}, {"closed_reason", item.closed_reason}, {"version", item.version}});
    if (item.port >= 0) out.set("port", item.port);
    return out;
}

json::Value watched_item_json(const Context& context, const cases::Item& item, const std::map<std::string, cases::Watch>& watched) {
    json::Value out = item_json(item);
    const auto found = watched.find(item.id.text());
    if (found == watched.end()) return out;
    const cases::Watch& watch = found->second;
    return out.set("watch", json::object({{"looked", time_value(watch.looked)}, {"verdict", watch.verdict}, {"reason", watch.reason}, {"quiet_days", watch.quiet_days}, {"asked_days", context.closure.quiet_days}, {"proposed", time_value(watch.proposed)},
                                          {"coverage", watch.coverage ? json::Value{*watch.coverage} : json::Value{}}, {"until", time_value(watch.until)}, {"last_contact", time_value(watch.last_contact)}, {"why_not", watch.why_not}}));
}

// Which machine stood behind the address of each, as the list of its case tells.
Result<std::vector<json::Value>> inside_of_items(store::Transaction& tx, const access::Scope& scope, std::span<const cases::Item> items) {
    std::vector<json::Value> found;
    std::map<std::string, std::string> matters;  // by case
    for (const cases::Item& item : items) {
        auto matter = matters.find(item.of.text());
        if (matter == matters.end()) matter = matters.emplace(item.of.text(), TRY(cases::find(tx, scope, item.of)).matter).first;
        const auto rows = TRY(lists::inside_of_victim(tx, matter->second, item.organisation, item.subject, item.family, kMostInsideRows));
        found.push_back(inside_view(rows, scope));
    }
    return found;
}

Result<ListPage> page_of_items(Context& context, const access::Scope& scope, const std::optional<cases::CaseId>& of, std::optional<cases::ItemState> state, const std::optional<std::string>& after, std::size_t limit) {
    std::map<std::string, cases::Watch> watched;
    std::vector<json::Value> inside;
    const auto found = TRY(context.state.read([&](store::Transaction& tx) -> Result<std::vector<cases::Item>> {
        auto items = TRY(cases::items(tx, scope, of, state, after.value_or(""), limit + 1));
        watched = TRY(cases::watched_of(tx, items));
        inside = TRY(inside_of_items(tx, scope, items));
        return items;
    }));
    ListPage page;
    for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(watched_item_json(context, found[i], watched).set("inside", std::move(inside[i])));
    if (found.size() > limit) page.next = found[limit - 1].id.text();
    return page;
}

}  // namespace vg::api

namespace vg::api::of_case_items {

namespace {

using cases::Item;
using cases::ItemTag;

constexpr NamedSchema kSchemas[] = {
    {"CaseItem", R"({"type":"object","required":["id","case","organisation","subject","family","system","level","state","first_seen","last_seen","opened","seen","reminders","relapses","answer","answer_text","answer_by","answered","removed","excepted_until","answer_until","returned","closed","closed_why","closed_by","closed_reason","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"case":{"type":"string","format":"uuid"},"organisation":{"type":"string","format":"uuid"},"subject":{"type":"string","description":"address, name or machine"},"port":{"type":"integer"},"family":{"type":"string"},
    "system":{"type":"string"},"level":{"type":"integer","description":"of the system; 0: not known"},"state":{"type":"string","enum":["open","working","answered","removed","excepted","closed"]},"first_seen":{"type":"string","format":"date-time"},
    "last_seen":{"type":"string","format":"date-time"},"opened":{"type":"string","format":"date-time"},"seen":{"type":"integer","description":"times"},"reminders":{"type":"integer"},"relapses":{"type":"integer"},"answer":{"type":"string"},
    "answer_text":{"type":"string"},"answer_by":{"type":"string"},"answered":{"type":["string","null"],"format":"date-time"},"removed":{"type":["string","null"],"format":"date-time"},"excepted_until":{"type":["string","null"],"format":"date-time"},
    "answer_until":{"type":["string","null"],"format":"date-time","description":"of the last answer: until when it is an exception, since when it is not ours"},"returned":{"type":"string","description":"why the coordinator returned the last answer; empty: it did not"},
    "closed":{"type":["string","null"],"format":"date-time"},"closed_why":{"type":"string","enum":["","verified","false-report","not-ours","by-person"]},"closed_by":{"type":"string"},"closed_reason":{"type":"string"},"version":{"type":"integer"},"watch":{"$ref":"#/components/schemas/CaseWatch"},
    "inside":{"oneOf":[{"$ref":"#/components/schemas/InsideAnswer"},{"type":"null"}],"description":"which machine stood behind the address, by the newest list of the case; null: nobody asked, and after a change it is not told"}},"additionalProperties":false})"},
    {"CaseWatch", R"({"type":"object","description":"of one whose removal was told: what the system made of it by itself last","required":["looked","verdict","reason","quiet_days","asked_days","proposed","coverage","until","last_contact","why_not"],"properties":{"looked":{"type":"string","format":"date-time"},
    "verdict":{"type":"string","enum":["waits","may-close","refused","lacks-evidence","not-observable"]},"reason":{"type":"string"},"quiet_days":{"type":"integer"},"asked_days":{"type":"integer"},"proposed":{"type":["string","null"],"format":"date-time","description":"since when closing is proposed"},
    "coverage":{"type":["number","null"],"description":"of the logs, 0 to 1; null: they were not looked at, or nobody could see a contact"},"until":{"type":["string","null"],"format":"date-time"},"last_contact":{"type":["string","null"],"format":"date-time"},"why_not":{"type":"string","enum":["","no-control-servers","no-sources","no-archive"]}},"additionalProperties":false})"},
    {"Verdict", R"({"type":"object","required":["item","kind","reasons","quiet_days","asked_days"],"properties":{"item":{"type":"string","format":"uuid"},"kind":{"type":"string","enum":["waits","may-close","refused","lacks-evidence","not-observable"]},
    "quiet_days":{"type":"integer","description":"full days without contact that logs cover"},"reasons":{"type":"array","items":{"type":"object","required":["code","text"],"properties":{"code":{"type":"string","enum":["removal-missing","tool-missing","hash-missing","rescan-missing","rescan-infected","named-again","contact-seen","absent-from-list","no-later-list","quiet","quiet-so-far","not-observable","no-control-servers","no-sources"]},"text":{"type":"string"}},"additionalProperties":false}},
    "asked_days":{"type":"integer","description":"that the policy asks for; 0: logs do not count"},"observed":{"$ref":"#/components/schemas/CaseObserved"}},"additionalProperties":false})"},
    {"CaseObserved", R"({"type":"object","description":"what the organisation's own logs show since the removal","required":["from","until","coverage","covered_from","contacts","of_unknown","last_contact","servers","sources","why_not"],"properties":{"from":{"type":"string","format":"date-time"},
    "until":{"type":"string","format":"date-time"},"coverage":{"type":"number","description":"share of the hours that the logs cover, 0 to 1"},"covered_from":{"type":["string","null"],"format":"date-time","description":"since when they cover enough without a gap"},
    "contacts":{"type":"integer"},"of_unknown":{"type":"integer","description":"of these, by a machine that may be another"},"last_contact":{"type":["string","null"],"format":"date-time"},"servers":{"type":"integer","description":"control servers of the family that were asked for"},
    "sources":{"type":"array","items":{"type":"string"},"description":"whose logs count"},"why_not":{"type":"string","enum":["","no-control-servers","no-sources","no-archive"],"description":"nobody could have seen a contact"}},"additionalProperties":false})"}};

Result<net::Response> list_all(Ask& ask) {
    std::optional<cases::ItemState> state;
    if (const auto text = ask.text("state")) state = cases::item_state_named(*text);
    const access::Scope scope = TRY(scope_of(ask));
    return list(ask, [scope, state](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) { return page_of_items(context, scope, std::nullopt, state, after, limit); });
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<ItemTag>());
    std::map<std::string, cases::Watch> watched;
    json::Value inside;
    const Item item = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<Item> {
        Item one = TRY(cases::find_item(tx, ask.actor.scope, id));
        watched = TRY(cases::watched_of(tx, {one}));
        inside = std::move(TRY(inside_of_items(tx, ask.actor.scope, std::span{&one, 1})).front());
        return one;
    }));
    return versioned_answer(200, watched_item_json(ask.context, item, watched).set("inside", std::move(inside)), item.version);
}

Result<net::Response> verdict(Ask& ask) {
    const auto id = TRY(ask.id<ItemTag>());
    const Item item = TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find_item(tx, ask.actor.scope, id); }));
    const std::optional<cases::Observed> observed = observed_of(ask.context, item);
    const cases::Verdict found = TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::verdict(tx, item, ask.context.closure, observed, ask.context.clock.now()); }));
    json::Array reasons;
    for (const cases::Reason& one : found.reasons) reasons.push_back(json::object({{"code", one.code}, {"text", one.text}}));
    json::Value out = json::object({{"item", id.text()}, {"kind", name_of(found.kind)}, {"quiet_days", found.quiet_days}, {"asked_days", ask.context.closure.quiet_days}, {"reasons", std::move(reasons)}});
    if (observed) out.set("observed", observed_json(*observed));
    return json_answer(200, std::move(out));
}

template <class Work>
Result<net::Response> change(Ask& ask, Work&& work) {
    const auto id = TRY(ask.id<ItemTag>());
    const auto version = TRY(ask.if_match());
    const Item item = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<Item> { return work(tx, id, version); }));
    return versioned_answer(200, item_json(item), item.version);
}

Result<std::optional<Time>> time_member(const json::Value& body, std::string_view name) {
    const auto text = body.text(name);
    if (!text) return std::optional<Time>{};
    const auto time = parse_time(*text);
    if (!time) return fail(Code::bad_input, format("field {}: is no time such as 2026-01-31T08:00:00Z", name));
    return time;
}

Result<net::Response> answer(Ask& ask) {
    const auto kind = cases::answer_named(ask.body.text("answer").value_or(""));
    if (!kind) return fail(Code::bad_input, "field answer: is none of the answers");
    cases::Answer given{.kind = *kind, .text = ask.body.text("text").value_or(""), .evidence = {}, .until = TRY(time_member(ask.body, "until"))};
    if (const json::Value* evidence = ask.body.find("evidence"); evidence != nullptr && evidence->is_object()) {
        const auto removed = TRY_IN("field evidence.", time_member(*evidence, "removed"));
        if (!removed) return fail(Code::bad_input, "field evidence.removed: is missing");
        const std::string rescan = evidence->text("rescan").value_or("none");
        given.evidence = cases::Evidence{.removed = *removed, .by = ask.actor.name, .tool = evidence->text("tool").value_or(""), .hash = evidence->text("hash").value_or(""),
                                         .rescan = rescan == "clean" ? cases::Rescan::clean : rescan == "infected" ? cases::Rescan::infected : cases::Rescan::none, .note = evidence->text("note").value_or("")};
    }
    const json::Value* evidence = ask.body.find("evidence");
    const auto attachment = evidence == nullptr ? std::optional<cases::AttachmentId>{} : TRY_IN("field evidence.", id_member<cases::AttachmentTag>(*evidence, "attachment"));
    return change(ask, [&](store::Transaction& tx, const cases::ItemId& id, std::optional<std::int64_t> version) -> Result<Item> {
        Item item = TRY(cases::answer(tx, ask.actor, id, given, version, ask.context.clock.now()));
        if (attachment) TRY_IN("field evidence.attachment: ", cases::name_evidence(tx, ask.actor.scope, item, *attachment));
        return item;
    });
}

Result<net::Response> judge(Ask& ask) {
    return change(ask, [&](store::Transaction& tx, const cases::ItemId& id, std::optional<std::int64_t> version) {
        return cases::judge(tx, ask.actor, id, ask.body.boolean("accept").value_or(false), ask.body.text("reason").value_or(""), version, ask.context.clock.now());
    });
}

Result<net::Response> close(Ask& ask) {
    std::optional<cases::Observed> observed;
    if (trim(ask.body.text("reason").value_or("")).empty()) {
        const auto id = TRY(ask.id<ItemTag>());
        observed = observed_of(ask.context, TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::find_item(tx, ask.actor.scope, id); })));
    }
    return change(ask, [&](store::Transaction& tx, const cases::ItemId& id, std::optional<std::int64_t> version) {
        return cases::close(tx, ask.actor, id, ask.context.closure, observed, ask.body.text("reason").value_or(""), version, ask.context.clock.now());
    });
}

constexpr std::string_view kAnswer = R"({"type":"object","additionalProperties":false,"required":["answer"],"properties":{"answer":{"type":"string","enum":["removed","false-report","not-ours","cannot-find","needs-help","exception"]},
    "text":{"type":"string","maxLength":4000,"description":"why; needed for all but removed"},"until":{"type":"string","format":"date-time","description":"of an exception: until when; of not-ours: since when"},
    "evidence":{"type":"object","additionalProperties":false,"required":["removed"],"description":"of removed","properties":{"removed":{"type":"string","format":"date-time"},"tool":{"type":"string","maxLength":500},
    "hash":{"type":"string","maxLength":64,"description":"SHA-256 of what was removed; - where there was no file"},"rescan":{"type":"string","enum":["none","clean","infected"]},"note":{"type":"string","maxLength":4000},"attachment":{"type":"string","format":"uuid","description":"a file of the victim or of its case"}}}},
    "examples":[{"answer":"false-report","text":"a scanner of ours"}]})";
constexpr std::string_view kJudge = R"({"type":"object","additionalProperties":false,"required":["accept"],"properties":{"accept":{"type":"boolean"},"reason":{"type":"string","maxLength":4000,"description":"needed to return it"}},"examples":[{"accept":false,"reason":"the log is missing"}]})";
constexpr std::string_view kClose = R"({"type":"object","additionalProperties":false,"properties":{"reason":{"type":"string","maxLength":4000,"description":"a person's, instead of the policy's evidence"}},"examples":[{"reason":"the machine was scrapped"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/case-items", .permission = "case:read", .summary = "Lists the victims of all cases.", .response_schema = "CaseItem[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, state:open|working|answered|removed|excepted|closed only these," VG_NARROWED, .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/case-items/{id}", .permission = "case:read", .summary = "Shows one victim of a case.", .response_schema = "CaseItem", .answer = show},
    {.method = "GET", .pattern = "/api/v1/case-items/{id}/verdict", .permission = "case:read", .summary = "Tells what the closure policy says of it now.", .response_schema = "Verdict", .answer = verdict},
    {.method = "POST", .pattern = "/api/v1/case-items/{id}/answer", .permission = "case:answer", .summary = "Answers for a victim: removed with evidence, false, not ours, cannot be found, help is needed, or an exception.", .request_schema = kAnswer, .response_schema = "CaseItem", .answer = answer},
    {.method = "POST", .pattern = "/api/v1/case-items/{id}/judge", .permission = "case:judge", .summary = "Accepts an answer of somebody else, or returns it with a reason.", .request_schema = kJudge, .response_schema = "CaseItem", .answer = judge},
    {.method = "POST", .pattern = "/api/v1/case-items/{id}/close", .permission = "case:judge", .summary = "Closes it: by the policy's evidence, or by the reason of whoever asks.", .request_schema = kClose, .response_schema = "CaseItem", .answer = close},
};

}  // namespace

extern const Resource case_items{.name = "case-items", .about = "Victims of cases: answers, evidence and verification.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_items

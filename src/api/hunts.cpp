// Hunts: a question asked of the whole archive, and what became of it.
#include "hunts/hunt.h"

#include <algorithm>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time.h"
#include "intel/files.h"

namespace vg::api::of_hunts {

namespace {

using hunts::Hunt;
using hunts::HuntTag;

constexpr std::int64_t kMostDays = 3'660;
constexpr std::size_t kMostItems = 10'000;

constexpr NamedSchema kSchemas[] = {
    {"Hunt", R"({"type":"object","required":["id","organisation","name","what","origin","by","state","from","until","values","parts_done","parts_total","parts_read","events","events_read","hits","known","findings","records","seconds","created"],"properties":{
    "id":{"type":"string","format":"uuid"},"organisation":{"type":["string","null"],"format":"uuid","description":"whose events are asked; null: the whole node"},"name":{"type":"string"},
    "what":{"enum":["indicators","rules"]},"origin":{"enum":["person","list","rules"],"description":"list and rules: the node asked by itself, because they are new"},"by":{"type":"string"},
    "state":{"enum":["collecting","queued","running","paused","done","failed","stopped"]},"reason":{"type":"string","description":"why it failed; it can be resumed"},
    "from":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time"},"values":{"type":"integer","description":"indicators or rules that are asked"},
    "parts_done":{"type":"integer","description":"segments of the archive, the newest first"},"parts_total":{"type":"integer"},"parts_read":{"type":"integer","description":"of those done, where events had to be looked at"},
    "events":{"type":"integer","description":"of the segments that are done"},"events_read":{"type":"integer","description":"that were looked at one by one"},"hits":{"type":"integer"},
    "known":{"type":"integer","description":"hits that a finding had already: live, or by another hunt"},"findings":{"type":"integer","description":"new ones"},
    "records":{"type":"boolean","description":"hits become findings; else they are only counted"},"seconds":{"type":"number","description":"taken so far, without pauses"},
    "events_a_second":{"type":"number"},"created":{"type":"string","format":"date-time"},"started":{"type":"string","format":"date-time"},"ended":{"type":"string","format":"date-time"},
    "coverage":{"type":"object","description":"when it is done","required":["from","until","parts","events","days_without","missing","skipped_values"],"properties":{"from":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time"},
        "parts":{"type":"integer"},"events":{"type":"integer"},"first":{"type":"string","format":"date-time","description":"the oldest event of what was asked"},"last":{"type":"string","format":"date-time"},
        "days_without":{"type":"array","description":"days (UTC) without any event, at most 200 stretches","items":{"type":"object","required":["from","to"],"properties":{"from":{"type":"string","format":"date"},"to":{"type":"string","format":"date"}},"additionalProperties":false}},
        "missing":{"type":"array","description":"what the archive had and has no more","items":{"type":"object","required":["lost"],"properties":{"from":{"type":"string","format":"date-time"},"to":{"type":"string","format":"date-time"},
            "events":{"type":"integer","description":"at most so many"},"lost":{"type":"boolean","description":"for good; else it is being put back"}},"additionalProperties":false}},
        "not_yet_searchable":{"type":"integer","description":"records that had come and could not be asked yet"},"skipped_values":{"type":"integer","description":"of which nothing is said any more, or which no field of events is asked for"},
        "sources":{"type":"array","description":"for each kind that was asked, the sources with events of which none has a field for it","items":{"type":"object","required":["kind","fields","sources","without","names"],"properties":{"kind":{"type":"string"},
            "fields":{"type":"array","items":{"type":"string"}},"sources":{"type":"integer","description":"that have events"},"without":{"type":"integer"},"names":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}},
        "sources_parts":{"type":"integer","description":"of so many of the newest segments"}},"additionalProperties":false}},"additionalProperties":false})"}};

json::Value to_json(const Hunt& hunt) {
    const double seconds = static_cast<double>(hunt.worked.micros) / 1e6;
    json::Value out = json::object({{"id", hunt.id.text()},
                                    {"organisation", id_value(hunt.organisation)},
                                    {"name", hunt.name},
                                    {"what", name_of(hunt.what)},
                                    {"origin", name_of(hunt.origin)},
                                    {"by", hunt.by},
                                    {"state", name_of(hunt.state)},
                                    {"from", time_value(hunt.from)},
                                    {"until", time_value(hunt.until)},
                                    {"values", hunt.values},
                                    {"parts_done", hunt.parts_done},
                                    {"parts_total", hunt.parts_total},
                                    {"parts_read", hunt.parts_read},
                                    {"events", hunt.events},
                                    {"events_read", hunt.events_read},
                                    {"hits", hunt.hits},
                                    {"known", hunt.known},
                                    {"findings", hunt.findings},
                                    {"records", hunt.records},
                                    {"seconds", seconds},
                                    {"created", time_value(hunt.created)}});
    if (!hunt.reason.empty()) out.set("reason", hunt.reason);
    if (seconds > 0) out.set("events_a_second", static_cast<double>(hunt.events) / seconds);
    if (hunt.started) out.set("started", time_value(*hunt.started));
    if (hunt.ended) out.set("ended", time_value(*hunt.ended));
    if (hunt.answer.is_object()) out.set("coverage", hunt.answer);
    return out;
}

Result<net::Response> list_all(Ask& ask) {
    std::optional<hunts::State> state;
    if (const auto text = ask.text("state")) state = hunts::state_named(*text);
    return list(ask, [state](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        if (after && !hunts::HuntId::parse(*after)) return fail(Code::bad_input, "field after: is no cursor of this list");
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return hunts::list(tx, actor.scope, state, after, limit + 1); }));
        return page_of(found, std::nullopt, limit, [](const Hunt& one) { return one.id.text(); }, [](const Hunt& one) { return to_json(one); });
    });
}

Result<net::Response> show(Ask& ask) {
    const auto id = TRY(ask.id<HuntTag>());
    const Hunt hunt = TRY(ask.context.state.read([&](store::Transaction& tx) { return hunts::find(tx, ask.actor.scope, id); }));
    return json_answer(200, to_json(hunt));
}

// One value of the body: {"value", "kind", "family", "confidence", "tlp", "until", "warning"}.
Result<intel::Item> item_of(const json::Value& given) {
    intel::Item item;
    const std::string text = given.text("value").value_or("");
    if (const auto kind = given.text("kind"))
        item.value = TRY_IN("field items: ", intel::indicator::canonical(TRY(intel::indicator::parse_kind(*kind)), text));
    else
        item.value = TRY_IN("field items: ", intel::indicator::recognise(text));
    item.family = given.text("family").value_or("");
    item.warning = given.text("warning").value_or("");
    if (const auto confidence = given.integer("confidence")) item.confidence = static_cast<int>(*confidence);
    if (const auto tlp = given.text("tlp")) item.tlp = TRY_IN("field items: ", intel::indicator::parse_tlp(*tlp));
    if (const auto until = given.text("until")) {
        item.until = parse_time(*until);
        if (!item.until) return fail(Code::bad_input, "field items: until is no time");
    }
    return item;
}

hunts::AskedValue asked(const intel::Item& item, const std::string& list, const std::string& family) {
    hunts::indicator::Attribution by;
    by.list = list;
    by.family = shorten(item.family.empty() ? family : item.family, 120);
    by.warning = shorten(item.warning, 300);
    by.confidence = static_cast<std::uint8_t>(std::clamp(item.confidence.value_or(50), 0, 100));
    by.tlp = item.tlp.value_or(intel::Tlp::amber);
    if (item.until) by.until = *item.until;
    return {item.value, by};
}

struct Given {
    std::vector<hunts::AskedValue> values;
    json::Array refused;  // reasons, at most 100
    std::int64_t refused_count = 0;
};

Given given_values(const Ask& ask, const std::string& name) {
    Given given;
    const std::string family = ask.body.text("family").value_or("");
    const auto refuse = [&](std::string reason) {
        ++given.refused_count;
        if (given.refused.size() < 100) given.refused.emplace_back(std::move(reason));
    };
    // How often an address of a person occurs is told to those alone who may see it in the events.
    const bool reveal = ask.actor.may("personal:reveal");
    const auto take = [&](const intel::Item& item) {
        if (item.value.kind == hunts::indicator::Kind::email && !reveal) return refuse(format("{}: names a person; this account may not reveal personal fields", shorten(item.value.text, 100)));
        given.values.push_back(asked(item, name, family));
    };
    if (const auto text = ask.body.text("text")) {
        const intel::Reading reading = intel::read_any(*text, name);
        for (const intel::Item& item : intel::items_of(reading)) take(item);
        for (const intel::Refused& one : reading.refusals) refuse(told(one));
        given.refused_count += static_cast<std::int64_t>(reading.refused - std::min(reading.refused, reading.refusals.size()));
    }
    if (const json::Value* items = ask.body.find("items"); items != nullptr && items->is_array())
        for (const json::Value& one : items->as_array()) {
            if (const auto item = item_of(one))
                take(*item);
            else
                refuse(item.error().text);
        }
    return given;
}

Status put_values(Ask& ask, const hunts::HuntId& id, const std::vector<hunts::AskedValue>& values) {
    // Small transactions: nobody waits long behind a list.
    for (std::size_t at = 0; at < values.size(); at += 1'000) {
        const auto piece = std::span{values}.subspan(at, std::min<std::size_t>(1'000, values.size() - at));
        TRY(ask.context.state.write([&](store::Transaction& tx) { return hunts::add_values(tx, id, piece); }));
    }
    return {};
}

// The hunt, and what of its values was refused.
Result<net::Response> answer(Ask& ask, int status, const hunts::HuntId& id, Given given) {
    const Hunt hunt = TRY(ask.context.state.read([&](store::Transaction& tx) { return hunts::find(tx, ask.actor.scope, id); }));
    if (hunt.state == hunts::State::queued && ask.context.hunts_changed) ask.context.hunts_changed();
    return json_answer(status, json::object({{"hunt", to_json(hunt)}, {"refused", given.refused_count}, {"reasons", std::move(given.refused)}}));
}

Status finish(Ask& ask, const hunts::HuntId& id) {
    return ask.context.state.write([&](store::Transaction& tx) { return hunts::close_values(tx, id, ask.context.journal.end()); });
}

Result<net::Response> run(Ask& ask) {
    const Time now = ask.context.clock.now();
    Hunt hunt{.id = make_id<HuntTag>(now, ask.context.random), .name = ask.body.text("name").value_or("hunt"), .by = ask.actor.name, .before = ask.context.journal.end(), .created = now};
    hunt.until = now + days(1);
    hunt.from = now - days(std::clamp<std::int64_t>(ask.body.integer("days").value_or(90), 1, kMostDays));
    for (const auto& [member, time] : {std::pair{"from", &hunt.from}, {"until", &hunt.until}})
        if (const auto text = ask.body.text(member)) {
            const auto parsed = parse_time(*text);
            if (!parsed) return fail(Code::bad_input, format("field {}: is no time", member));
            *time = *parsed;
        }
    if (hunt.until <= hunt.from) return fail(Code::bad_input, "field until: must lie behind from");
    hunt.records = !ask.body.boolean("count_only").value_or(false);
    // Accounts of the node ask the node; others their own organisation, or one below it.
    const auto wanted = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    if (wanted || !ask.actor.scope.sees_node()) {
        hunt.organisation = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<OrganisationId> { return TRY_IN("field organisation: ", organisation_for(ask, tx, wanted)); }));
    }
    const std::string rules = ask.body.text("rules").value_or("");
    const auto rule = ask.body.text("rule");
    if (!rules.empty() && !ask.actor.may("personal:reveal")) return fail(Code::denied, "field rules: can ask for persons, whom this account may not reveal; name a rule in force instead");
    Given given;
    if (!rules.empty() || rule) {
        hunt.what = hunts::What::rules;
        json::Value texts{json::Array{}};
        if (!rules.empty()) texts.add(json::object({{"file", "rule"}, {"text", rules}}));
        if (rule) {
            const auto engine = ask.context.engine();
            const auto known = engine->rules();
            const auto found = std::find_if(known.begin(), known.end(), [&](const detect::RuleInfo* one) { return one->id == lower_ascii(*rule); });
            if (found == known.end()) return fail(Code::bad_input, "field rule: no rule in force has that id");
            texts.add(json::object({{"file", (*found)->file}, {"text", (*found)->text}}));
            hunt.records = false;  // it has told what it found while it was in force
        }
        detect::LoadReport report;
        std::vector<detect::RuleFile> files;
        for (const json::Value& one : texts.as_array()) files.push_back({one.text("file").value_or(""), one.text("text").value_or("")});
        const auto engine = TRY(detect::Engine::make(files, {.pipelines = ask.context.engine()->options().pipelines}, report));
        if (engine->rules().empty()) return fail(Code::bad_input, format("field rules: no rule can be used{}", report.refused.empty() ? std::string{} : ": " + report.refused.front().reason));
        const auto present = ask.context.engine();
        for (const detect::RuleInfo* one : engine->rules())
            for (const detect::RuleInfo* known : present->rules())
                if (known->id == one->id) hunt.records = false;
        hunt.values = static_cast<std::int64_t>(engine->rules().size());
        hunt.asked = json::object({{"rules", std::move(texts)}});
    } else {
        hunt.state = hunts::State::collecting;
        given = given_values(ask, hunt.name);
        if (given.values.empty() && !ask.body.boolean("more").value_or(false))
            return fail(Code::bad_input, format("field items: there is no indicator in it{}", given.refused.empty() ? std::string{} : ": " + given.refused.front().as_text()));
    }
    TRY(ask.context.state.write([&](store::Transaction& tx) { return hunts::add(tx, hunt); }));
    TRY(put_values(ask, hunt.id, given.values));
    if (hunt.what == hunts::What::indicators && !ask.body.boolean("more").value_or(false)) TRY(finish(ask, hunt.id));
    return answer(ask, 201, hunt.id, std::move(given));
}

Result<net::Response> more_values(Ask& ask) {
    const auto id = TRY(ask.id<HuntTag>());
    const Hunt hunt = TRY(ask.context.state.read([&](store::Transaction& tx) { return hunts::find(tx, ask.actor.scope, id); }));
    if (hunt.state != hunts::State::collecting || hunt.origin != hunts::Origin::person) return fail(Code::conflict, format("the hunt is {}; it takes no more values", name_of(hunt.state)));
    Given given = given_values(ask, hunt.name);
    TRY(put_values(ask, id, given.values));
    if (!ask.body.boolean("more").value_or(false)) TRY(finish(ask, id));
    return answer(ask, 200, id, std::move(given));
}

Result<net::Response> change(Ask& ask, hunts::Deed deed) {
    const auto id = TRY(ask.id<HuntTag>());
    const Hunt hunt = TRY(ask.context.state.write([&](store::Transaction& tx) { return hunts::change(tx, ask.actor, id, deed, ask.context.clock.now()); }));
    if (ask.context.hunts_changed) ask.context.hunts_changed();
    return json_answer(200, to_json(hunt));
}
Result<net::Response> pause(Ask& ask) { return change(ask, hunts::Deed::pause); }
Result<net::Response> resume(Ask& ask) { return change(ask, hunts::Deed::resume); }
Result<net::Response> stop(Ask& ask) { return change(ask, hunts::Deed::stop); }

#define VG_HUNT_VALUES \
    R"("text":{"type":"string","maxLength":4194304,"description":"a list of indicators in any form that is read"},"items":{"type":"array","maxItems":10000,"description":"or its values","items":{"type":"object","required":["value"],"additionalProperties":false,"properties":{)" \
    R"("value":{"type":"string","minLength":1,"maxLength":4096},"kind":{"type":"string"},"family":{"type":"string","maxLength":200},"confidence":{"type":"integer","minimum":0,"maximum":100},"tlp":{"type":"string"},)" \
    R"("until":{"type":"string","format":"date-time"},"warning":{"type":"string","maxLength":500}}}},"family":{"type":"string","maxLength":200,"description":"of values that name none"},)" \
    R"("more":{"type":"boolean","description":"further values follow: it begins with the last"})"

constexpr std::string_view kRun = R"({"type":"object","additionalProperties":false,"properties":{"name":{"type":"string","minLength":1,"maxLength":200},
    "organisation":{"type":"string","format":"uuid","description":"only its events and those of the ones below it; an account of the node asks the whole node without it"},
    "days":{"type":"integer","minimum":1,"maximum":3660,"description":"back from now; 90 without"},"from":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time"},
    "rule":{"type":"string","maxLength":100,"description":"id of a rule in force, whose hits are only counted"},"rules":{"type":"string","maxLength":500000,"description":"or rules as YAML"},
    "count_only":{"type":"boolean","description":"hits make no findings"},)" VG_HUNT_VALUES R"(},"examples":[{"name":"{marker}","organisation":"{organisation}","items":[{"value":"evil.example"}],"days":7}]})";
constexpr std::string_view kMore = R"({"type":"object","additionalProperties":false,"properties":{)" VG_HUNT_VALUES R"(},"examples":[{"items":[{"value":"evil.example"}],"more":true}]})";
constexpr std::string_view kTaken = R"({"type":"object","required":["hunt","refused","reasons"],"properties":{"hunt":{"$ref":"#/components/schemas/Hunt"},"refused":{"type":"integer","description":"values that cannot be asked"},
    "reasons":{"type":"array","items":{"type":"string"},"description":"at most 100"}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/hunts", .permission = "hunt:read", .summary = "Lists the hunts, the newest first.", .response_schema = "Hunt[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, state:collecting|queued|running|paused|done|failed|stopped only these", .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/hunts", .permission = "hunt:run", .summary = "Asks indicators or rules of the archive, in the background, the newest segment first.", .request_schema = kRun, .response_schema = kTaken, .status = 201, .answer = run},
    {.method = "GET", .pattern = "/api/v1/hunts/{id}", .permission = "hunt:read", .summary = "Shows one hunt: how far it is, or what it found and covered.", .response_schema = "Hunt", .answer = show},
    {.method = "POST", .pattern = "/api/v1/hunts/{id}/values", .permission = "hunt:run", .summary = "Adds further values to a hunt that was begun with more.", .request_schema = kMore, .response_schema = kTaken, .answer = more_values},
    {.method = "POST", .pattern = "/api/v1/hunts/{id}/pause", .permission = "hunt:run", .summary = "Pauses a hunt; what it found stands.", .response_schema = "Hunt", .answer = pause},
    {.method = "POST", .pattern = "/api/v1/hunts/{id}/resume", .permission = "hunt:run", .summary = "Lets a paused or failed hunt go on where it was.", .response_schema = "Hunt", .answer = resume},
    {.method = "POST", .pattern = "/api/v1/hunts/{id}/stop", .permission = "hunt:run", .summary = "Ends a hunt for good; what it found stands.", .response_schema = "Hunt", .answer = stop},
};

}  // namespace

extern const Resource hunts{.name = "hunts", .about = "Questions asked of the whole archive: what is known today, asked of the past.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_hunts

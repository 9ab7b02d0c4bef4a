// Indicators: the lists that the node knows, what they say about a value, imports, what people here allow, and the live set for those
// who enforce elsewhere. They hold for the whole node.
#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/bytes.h"
#include "base/cursor.h"
#include "base/text.h"
#include "base/time.h"
#include "findings/book.h"
#include "hunts/hunt.h"
#include "hunts/in_force.h"
#include "intel/indicators.h"
#include "intel/files.h"
#include "intel/writers/writer.h"
#include "store/audit.h"

namespace vg::api::of_indicators {

namespace {

using intel::indicator::Kind;
using intel::Value;

constexpr NamedSchema kSchemas[] = {
    {"IndicatorList", R"({"type":"object","required":["name","origin","family","confidence","tlp","half_life_days","created","changed","values"],"properties":{"name":{"type":"string"},"origin":{"type":"string"},
    "family":{"type":"string"},"confidence":{"type":"integer"},"tlp":{"type":"string"},"half_life_days":{"type":"integer","description":"confidence halves in so many days; 0: it stays"},
    "created":{"type":"string","format":"date-time"},"changed":{"type":"string","format":"date-time"},"values":{"type":"integer"}},"additionalProperties":false})"},
    {"Indicator", R"({"type":"object","required":["value","kind","list","family","confidence","tlp","from","matches"],"properties":{"value":{"type":"string"},"kind":{"type":"string"},"list":{"type":"string"},
    "family":{"type":"string"},"confidence":{"type":"integer"},"tlp":{"type":"string"},"from":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time"},
    "warning":{"type":"string","description":"why it is likely a false positive"},"first_match":{"type":"string","format":"date-time"},"last_match":{"type":"string","format":"date-time"},
    "matches":{"type":"integer"},"asks":{"$ref":"#/components/schemas/PatternAsks"}},"additionalProperties":false})"},
    {"PatternAsks", R"({"type":"object","description":"of a STIX pattern, how events are asked about it","required":["observations","objects","untold","rules"],"properties":{"observations":{"type":"string","enum":["one","several"],"description":"several: of one machine together"},
    "window_seconds":{"type":"integer","description":"with several: so far apart they may be"},"objects":{"type":"array","items":{"type":"string"},"description":"the types of objects that events tell of"},
    "untold":{"type":"array","items":{"type":"string"},"description":"types that no event tells of"},"rules":{"type":"array","items":{"type":"string"},"description":"under which there are findings of its families"}},"additionalProperties":false})"},
    {"IndicatorLookup", R"({"type":"object","required":["value","kind","found"],"properties":{"value":{"type":"string","description":"in its canonical form"},"kind":{"type":"string"},
    "found":{"type":"array","items":{"type":"object","required":["value","kind","list","family","confidence","tlp","allowed"],"properties":{"value":{"type":"string"},"kind":{"type":"string"},"list":{"type":"string"},
    "family":{"type":"string"},"confidence":{"type":"integer","description":"now"},"tlp":{"type":"string"},"allowed":{"type":"boolean"},"in_force":{"type":"boolean"},"warning":{"type":"string","description":"what speaks against it"},
    "caution":{"type":"boolean","description":"the warning only lowers the confidence"},"until":{"type":"string","format":"date-time"}}}},"asks":{"$ref":"#/components/schemas/PatternAsks"}},"additionalProperties":false})"},
    {"IndicatorImport", R"({"type":"object","required":["list","read","added","renewed","same","refused","warned","allowed","kept"],"properties":{"list":{"type":"string"},"read":{"type":"integer"},
    "added":{"type":"integer"},"renewed":{"type":"integer"},"same":{"type":"integer"},"refused":{"type":"integer"},"warned":{"type":"integer"},"allowed":{"type":"integer","description":"that people here allow: they never match"},
    "kept":{"type":"boolean","description":"false: it was a preview"},"reasons":{"type":"array","items":{"type":"string"}},
    "warnings":{"type":"array","items":{"type":"string"},"description":"what speaks against which value; the first 100"}},"additionalProperties":false})"},
    {"IndicatorAllowed", R"({"type":"object","required":["value","kind","owner","reason","created","until"],"properties":{"value":{"type":"string"},"kind":{"type":"string"},"owner":{"type":"string"},
    "reason":{"type":"string"},"created":{"type":"string","format":"date-time"},"until":{"type":"string","format":"date-time"}},"additionalProperties":false})"}};

constexpr std::size_t kMostReasons = 100;

json::Value to_json(const intel::List& list) {
    return json::object({{"name", list.name}, {"origin", list.origin}, {"family", list.family}, {"confidence", list.confidence}, {"tlp", name_of(list.tlp)}, {"half_life_days", list.half_life_days},
                         {"created", time_value(list.created)}, {"changed", time_value(list.changed)}, {"values", list.values}});
}

bool has_findings(store::Transaction& tx, const access::Actor& actor, const std::string& rule) {
    findings::Filter filter;
    filter.rule = rule;
    const auto page = findings::Book::list(tx, actor.scope, filter, std::nullopt, 1);
    return page && !page->items.empty();
}

// Of a pattern: how events are asked about it, and under which rules there are findings of its families. Null for what is none.
json::Value asks_of(store::Transaction& tx, const access::Actor& actor, const Value& value, std::span<const std::string> families) {
    namespace stix = detect::stix;
    if (value.kind != Kind::pattern) return {};
    const auto asked = stix::prepare(value.text);
    if (!asked) return {};
    json::Value objects{json::Array{}}, untold{json::Array{}}, rules{json::Array{}};
    for (std::size_t i = 0; i < stix::kObjectTypes; ++i)
        if (const auto type = static_cast<stix::ObjectType>(i); ((*asked)->types & bit(type)) != 0) objects.add(name_of(type));
    for (const std::string& type : (*asked)->untold) untold.add(type);
    for (const std::string& family : families)
        for (const auto direction : {intel::indicator::Direction::contacts, intel::indicator::Direction::contacted, intel::indicator::Direction::present})
            if (std::string rule = intel::indicator::rule_for(family, direction, detect::Level::medium).id; has_findings(tx, actor, rule)) rules.add(std::move(rule));
    json::Value out = json::object({{"observations", (*asked)->alone ? "one" : "several"}, {"objects", std::move(objects)}, {"untold", std::move(untold)}, {"rules", std::move(rules)}});
    if (!(*asked)->alone) out.set("window_seconds", ((*asked)->window.micros + 999'999) / 1'000'000);
    return out;
}

json::Value to_json(const intel::Listed& one, const intel::Doubts* doubts, json::Value asks) {
    json::Value out = json::object({{"value", one.value.text}, {"kind", name_of(one.value.kind)}, {"list", one.list}, {"family", one.family}, {"confidence", one.confidence}, {"tlp", name_of(one.tlp)},
                                    {"from", time_value(one.from)}, {"matches", one.matches}});
    if (one.until) out.set("until", time_value(*one.until));
    if (!one.warning.empty())
        out.set("warning", one.warning);
    else if (const auto doubt = doubts == nullptr ? std::nullopt : doubts->about(one.value.kind, one.value.text))
        out.set("warning", doubt->reason);
    if (one.first_match) out.set("first_match", time_value(*one.first_match));
    if (one.last_match) out.set("last_match", time_value(*one.last_match));
    if (!asks.is_null()) out.set("asks", std::move(asks));
    return out;
}

json::Value to_json(const intel::Allowed& one) {
    return json::object({{"value", one.value.text}, {"kind", name_of(one.value.kind)}, {"owner", one.owner}, {"reason", one.reason}, {"created", time_value(one.created)}, {"until", time_value(one.until)}});
}

// Given in a form, so the kind is told or recognised.
Result<Value> value_of(std::string_view text, const std::optional<std::string>& kind) {
    if (!kind || kind->empty()) return TRY_IN("field value: ", intel::indicator::recognise(text));
    return TRY_IN("field value: ", intel::indicator::canonical(TRY_IN("field kind: ", intel::indicator::parse_kind(*kind)), text));
}

Result<net::Response> list_lists(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto found = TRY(context.state.read([](store::Transaction& tx) { return intel::lists(tx); }));
        return page_of(found, after, limit, [](const intel::List& one) { return one.name; }, [](const intel::List& one) { return to_json(one); });
    });
}

Result<net::Response> list_all(Ask& ask) {
    intel::Filter filter;
    filter.list = ask.text("list").value_or("");
    if (const auto kind = ask.text("kind")) filter.kind = TRY_IN("field kind: ", intel::indicator::parse_kind(*kind));
    if (const auto value = ask.text("value")) {
        const Value wanted = TRY(value_of(*value, ask.text("kind")));
        filter.kind = wanted.kind;
        filter.value = wanted.text;
    }
    filter.matched = ask.boolean("matched");
    return list(ask, [filter](Context& context, const access::Actor& actor, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        intel::Place place;
        if (after) {
            const auto key = TRY(from_cursor("indicator", 3, *after));
            const auto kind = parse_int(key[0]);
            if (!kind) return fail(Code::bad_input, "field after: is no cursor of this list");
            place = {*kind, key[1], key[2]};
        }
        std::vector<json::Value> asks;
        const auto found = TRY(context.state.read([&](store::Transaction& tx) -> Result<std::vector<intel::Listed>> {
            auto some = TRY(intel::listed(tx, filter, place, limit + 1));
            asks.clear();
            for (const intel::Listed& one : some) asks.push_back(asks_of(tx, actor, one.value, std::span{&one.family, one.matches > 0 ? 1U : 0U}));
            return some;
        }));
        ListPage page;
        const auto doubts = context.doubts ? context.doubts() : nullptr;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(to_json(found[i], doubts.get(), std::move(asks[i])));
        if (found.size() > limit) {
            const intel::Listed& last = found[limit - 1];
            page.next = to_cursor("indicator", {std::to_string(static_cast<int>(last.value.kind)), last.value.text, last.list});
        }
        return page;
    });
}

Result<net::Response> look_up(Ask& ask) {
    const Value value = TRY(value_of(ask.text("value").value_or(""), ask.text("kind")));
    const Time now = ask.context.clock.now();
    json::Array found;
    std::set<std::string> families;
    if (ask.context.indicators) {
        const auto entries = TRY(ask.context.indicators()->look_up(value));
        for (const auto& entry : entries)
            for (const auto& by : entry.by) {
                json::Value one = json::object({{"value", entry.value.text}, {"kind", name_of(entry.value.kind)}, {"list", by.list}, {"family", by.family}, {"confidence", confidence_at(by, now)}, {"tlp", name_of(by.tlp)},
                                                {"allowed", by.allowed}, {"in_force", by.from <= now && now < by.until}});
                if (!by.warning.empty()) one.set("warning", by.warning).set("caution", by.caution);
                if (by.until != intel::indicator::kAlways) one.set("until", time_value(by.until));
                if (!by.allowed) families.insert(by.family);
                found.push_back(std::move(one));
            }
    }
    json::Value answer = json::object({{"value", value.text}, {"kind", name_of(value.kind)}, {"found", std::move(found)}});
    if (value.kind == Kind::pattern) {
        const std::vector<std::string> named(families.begin(), families.end());
        json::Value asks = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<json::Value> { return asks_of(tx, ask.actor, value, named); }));
        if (!asks.is_null()) answer.set("asks", std::move(asks));
    }
    return json_answer(200, std::move(answer));
}

Status note(Ask& ask, store::Transaction& tx, std::string_view action, const std::string& object, json::Value details) {
    return store::audit::append(tx, {.time = ask.context.clock.now(), .actor = ask.actor.name, .action = std::string{action}, .object = object, .organisation = {}, .details = std::move(details)});
}

Status renew(Ask& ask) { return ask.context.renew_indicators ? ask.context.renew_indicators() : Status{}; }

// What is new is asked of the archive too.
Status hunt_for(Ask& ask, const std::string& list, std::span<const Value> fresh, bool last, event::Position before) {
    if (ask.context.hunt_days <= 0) return {};
    const hunts::NewValues about{.list = list, .by = ask.actor.name, .days = ask.context.hunt_days, .last = last, .before = before};
    std::optional<hunts::HuntId> id;
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        id = TRY(hunts::note_new(tx, about, fresh, ask.context.random, ask.context.clock.now()));
        return {};
    }));
    if (id && last && ask.context.hunts_changed) ask.context.hunts_changed();
    return {};
}

Result<intel::Item> item_of(const json::Value& given) {
    intel::Item item;
    item.value = TRY(value_of(given.text("value").value_or(""), given.text("kind")));
    item.family = given.text("family").value_or("");
    item.warning = given.text("warning").value_or("");
    if (const auto confidence = given.integer("confidence")) item.confidence = static_cast<int>(*confidence);
    if (const auto tlp = given.text("tlp")) item.tlp = TRY(intel::indicator::parse_tlp(*tlp));
    for (const auto& [member, time] : {std::pair{"from", &item.from}, {"until", &item.until}})
        if (const auto text = given.text(member)) {
            const auto parsed = parse_time(*text);
            if (!parsed) return fail(Code::bad_input, format("{}: {} is no time", item.value.text, member));
            *time = *parsed;
        }
    return item;
}

Result<net::Response> import(Ask& ask) {
    const Time now = ask.context.clock.now();
    const std::string name = ask.body.text("list").value_or("");
    const bool preview = ask.body.boolean("preview").value_or(false), more = ask.body.boolean("more").value_or(false);
    std::vector<intel::Item> items;
    intel::Accounting refused;
    const auto refuse = [&](std::string reason) {
        ++refused.read;
        ++refused.refused;
        if (refused.reasons.size() < kMostReasons) refused.reasons.push_back(std::move(reason));
    };
    if (const auto text = ask.body.text("text")) {
        const intel::Reading reading = intel::read_any(*text, ask.body.text("origin").value_or(""));
        items = intel::items_of(reading);
        for (const intel::Refused& one : reading.refusals)
            if (refused.reasons.size() < kMostReasons) refused.reasons.push_back(told(one));
        refused.read += static_cast<std::int64_t>(reading.refused);
        refused.refused += static_cast<std::int64_t>(reading.refused);
    }
    if (const json::Value* given = ask.body.find("items"); given != nullptr && given->is_array())
        for (const json::Value& one : given->as_array()) {
            auto item = item_of(one);
            if (item)
                items.push_back(std::move(*item));
            else
                refuse(item.error().text);
        }
    std::optional<Time> until;
    if (const auto for_days = ask.body.integer("valid_days")) until = now + days(*for_days);
    for (intel::Item& item : items)
        if (!item.until) item.until = until;
    TRY(intel::check_list_name(name));
    intel::Accounting told;
    intel::List list;
    const auto doubts = ask.context.doubts ? ask.context.doubts() : nullptr;
    // Small transactions: nobody waits long behind an import.
    for (std::size_t at = 0; at == 0 || at < items.size(); at += 1'000) {
        const std::span<const intel::Item> piece = std::span{items}.subspan(at, std::min<std::size_t>(1'000, items.size() - at));
        intel::Accounting part;
        std::vector<Value> fresh;
        TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
            if (at == 0) {
                list = TRY(intel::find_list(tx, name)).value_or(intel::List{});
                list.name = name;
                if (const auto origin = ask.body.text("origin")) list.origin = *origin;
                if (const auto family = ask.body.text("family")) list.family = *family;
                if (const auto confidence = ask.body.integer("confidence")) list.confidence = static_cast<int>(*confidence);
                if (const auto tlp = ask.body.text("tlp")) list.tlp = TRY_IN("field tlp: ", intel::indicator::parse_tlp(*tlp));
                if (const auto half_life = ask.body.integer("half_life_days")) list.half_life_days = static_cast<int>(*half_life);
                if (!preview) TRY(intel::put_list(tx, list, now));
            }
            fresh.clear();
            part = TRY(intel::import(tx, list, piece, !preview, now, &fresh, doubts.get()));
            if (at + 1'000 < items.size() || preview) return {};
            return note(ask, tx, "indicator:import", "indicator-list/" + name, json::object({{"values", items.size()}, {"refused", refused.refused}}));
        }));
        if (!preview && !fresh.empty()) TRY(hunt_for(ask, name, fresh, false, ask.context.journal.end()));
        told.read += part.read, told.added += part.added, told.renewed += part.renewed, told.same += part.same, told.refused += part.refused, told.warned += part.warned, told.allowed += part.allowed;
        for (std::string& warning : part.warnings)
            if (told.warnings.size() < kMostReasons) told.warnings.push_back(std::move(warning));
        for (std::string& reason : part.reasons)
            if (refused.reasons.size() < kMostReasons) refused.reasons.push_back(std::move(reason));
    }
    if (!preview && !more) {
        const event::Position before = ask.context.journal.end();
        TRY(renew(ask));
        TRY(hunt_for(ask, name, {}, true, hunts::in_force_from(ask.context.journal, before, hunts::Controlled::indicators, ask.context.indicators ? ask.context.indicators()->name() : "")));
    }
    json::Array reasons, warnings;
    for (std::string& reason : refused.reasons) reasons.emplace_back(std::move(reason));
    for (std::string& warning : told.warnings) warnings.emplace_back(std::move(warning));
    return json_answer(200, json::object({{"list", name}, {"read", told.read + refused.read}, {"added", told.added}, {"renewed", told.renewed}, {"same", told.same}, {"refused", told.refused + refused.refused},
                                          {"warned", told.warned}, {"allowed", told.allowed}, {"kept", !preview}, {"reasons", std::move(reasons)}, {"warnings", std::move(warnings)}}));
}

Result<net::Response> end(Ask& ask) {
    const std::string name = ask.body.text("list").value_or("");
    std::optional<Value> value;
    if (const auto text = ask.body.text("value")) value = TRY(value_of(*text, ask.body.text("kind")));
    std::int64_t ended = 0;
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        if (!value && !TRY(intel::find_list(tx, name))) return {};
        ended = TRY(intel::end(tx, name, value, ask.context.clock.now()));
        if (value && ended == 0) return fail(Code::not_found, format("the list {} does not name {}", name, value->text));
        return note(ask, tx, "indicator:end", "indicator-list/" + name, json::object({{"value", value ? value->text : ""}, {"values", ended}, {"reason", ask.body.text("reason").value_or("")}}));
    }));
    TRY(renew(ask));
    return json_answer(200, json::object({{"list", name}, {"ended", ended}}));
}

Result<net::Response> list_allowed(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const auto found = TRY(context.state.read([](store::Transaction& tx) { return intel::allowed(tx); }));
        return page_of(found, after, limit, [](const intel::Allowed& one) { return format("{}/{}", static_cast<int>(one.value.kind), one.value.text); }, [](const intel::Allowed& one) { return to_json(one); });
    });
}

Result<net::Response> allow(Ask& ask) {
    const Time now = ask.context.clock.now();
    intel::Allowed allowed{.value = TRY(value_of(ask.body.text("value").value_or(""), ask.body.text("kind"))), .owner = ask.actor.name, .reason = ask.body.text("reason").value_or(""), .created = now, .until = {}};
    allowed.until = now + days(ask.body.integer("days").value_or(90));
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        TRY(intel::allow(tx, allowed));
        return note(ask, tx, "indicator:allow", "indicator/" + allowed.value.text, json::object({{"reason", allowed.reason}, {"until", to_rfc3339(allowed.until)}}));
    }));
    TRY(renew(ask));
    return json_answer(201, to_json(allowed));
}

Result<net::Response> disallow(Ask& ask) {
    const Value value = TRY(value_of(ask.text("value").value_or(""), ask.text("kind")));
    bool was = false;
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        was = TRY(intel::disallow(tx, value));
        return was ? note(ask, tx, "indicator:disallow", "indicator/" + value.text, json::object({})) : Status{};
    }));
    if (was) TRY(renew(ask));
    return no_content();
}

// What goes out of an entry: what its surest list says. Nothing: it is allowed here, likely a false positive, not in force, not sure
// enough, or not to be shared with this reader.
std::optional<intel::Entry> outgoing(const intel::indicator::Entry& entry, intel::Tlp most, std::int64_t least, Time now) {
    const intel::indicator::Attribution* best = nullptr;
    for (const auto& by : entry.by) {
        if (by.allowed && now < by.until) return std::nullopt;
        const bool doubtful = !by.warning.empty() && !by.caution;
        if (by.allowed || by.from > now || by.until <= now || by.tlp > most || doubtful || confidence_at(by, now) < least) continue;
        if (best == nullptr || confidence_at(by, now) > confidence_at(*best, now)) best = &by;
    }
    if (best == nullptr) return std::nullopt;
    intel::Entry out{.kind = entry.value.kind, .text = entry.value.text, .family = best->family, .confidence = static_cast<std::uint8_t>(confidence_at(*best, now)), .tlp = best->tlp};
    if (best->from.micros != std::numeric_limits<std::int64_t>::min()) out.from = best->from;
    if (best->until != intel::indicator::kAlways) out.until = best->until;
    out.comment = best->list;
    return out;
}

constexpr std::size_t kMostOfOnePiece = 250'000, kPiece = 10'000;

// What a mark lets through: a reader who may have green gets clear and green.
Result<net::Response> live(Ask& ask) {
    const auto most = TRY(intel::indicator::parse_tlp(ask.text("tlp").value_or("green")));
    if (most > intel::Tlp::amber) return fail(Code::denied, "field tlp: what is marked amber+strict or red leaves this node in no list");
    const std::int64_t least = ask.integer("confidence").value_or(40);
    std::optional<Kind> kind;
    if (const auto name = ask.text("kind")) kind = TRY_IN("field kind: ", intel::indicator::parse_kind(*name));
    const std::string form = ask.text("format").value_or("plain");
    const intel::Writer* writer = intel::find_writer(form == "plain" ? "text" : form);
    if (writer == nullptr) return fail(Code::bad_input, "field format: is none of the forms");
    intel::WriteOptions options{.most = most, .made = ask.context.clock.now(), .source = "vonggac"};
    const auto doubts = ask.context.doubts ? ask.context.doubts() : nullptr;
    std::string text, tag;  // the tag is of what goes out, not of when it was written
    std::vector<intel::Entry> piece;
    std::size_t written = 0;
    const auto put = [&] {
        intel::Written out = writer->write(piece, options);
        text += out.text;
        written += out.written;
        options.head = false;
        std::string sum = tag;
        for (const intel::Entry& entry : piece) sum += format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", static_cast<int>(entry.kind), entry.text, entry.family, *entry.confidence, static_cast<int>(*entry.tlp), entry.until ? entry.until->micros : 0, entry.comment);
        tag = sha256_hex(sum);
        piece.clear();
    };
    TRY(ask.context.state.read([&](store::Transaction& tx) {
        return intel::each_entry(tx, [&](intel::indicator::Entry& entry) -> Status {
            if (kind && entry.value.kind != *kind) return {};
            if (doubts != nullptr) doubts->apply(entry);
            auto one = outgoing(entry, most, least, options.made);
            if (!one) return {};
            piece.push_back(std::move(*one));
            if (writer->in_pieces && piece.size() == kPiece) put();
            if (piece.size() > kMostOfOnePiece) return fail(Code::too_large, format("{} gives at most {} values at once: narrow it by kind, tlp or confidence", writer->name, kMostOfOnePiece));
            return {};
        });
    }));
    put();
    tag = "\"" + sha256_hex(std::string{writer->name} + tag).substr(0, 32) + "\"";
    if (const auto known = ask.request.header("if-none-match"); known && known->find(tag) != std::string::npos) return net::Response::text(304, "").with("ETag", tag);
    net::Response response{.status = 200, .body = std::move(text)};
    response.with("Content-Type", std::string{writer->content_type}).with("ETag", tag).with("X-Vonggac-Values", std::to_string(written));
    return response;
}

constexpr std::string_view kImport = R"({"type":"object","required":["list"],"additionalProperties":false,"properties":{
    "list":{"type":"string","minLength":1,"maxLength":64,"description":"its name; made when it is new"},
    "text":{"type":"string","maxLength":8000000,"description":"one value a line, of any kind"},
    "items":{"type":"array","maxItems":10000,"items":{"type":"object","required":["value"],"additionalProperties":false,"properties":{"value":{"type":"string","maxLength":4096},"kind":{"type":"string"},"family":{"type":"string","maxLength":120},
    "confidence":{"type":"integer","minimum":0,"maximum":100},"tlp":{"type":"string"},"from":{"type":"string"},"until":{"type":"string"},"warning":{"type":"string","maxLength":300}}}},
    "origin":{"type":"string","maxLength":500},"family":{"type":"string","maxLength":120},"confidence":{"type":"integer","minimum":0,"maximum":100},"tlp":{"type":"string","description":"clear, green, amber, amber+strict or red"},
    "half_life_days":{"type":"integer","minimum":0,"maximum":3650},"valid_days":{"type":"integer","minimum":1,"maximum":3650,"description":"for values that say no end"},
    "preview":{"type":"boolean","description":"says what would become of the values, and keeps nothing"},"more":{"type":"boolean","description":"another piece of the same list follows: they come into force with the last"}},
    "examples":[{"list":"tried","text":"evil[.]example\n203.0.113.9\n","family":"tried","tlp":"green"}]})";
constexpr std::string_view kEnd = R"({"type":"object","required":["list","reason"],"additionalProperties":false,"properties":{"list":{"type":"string","maxLength":64},"value":{"type":"string","maxLength":4096,"description":"without it the whole list"},
    "kind":{"type":"string"},"reason":{"type":"string","minLength":3,"maxLength":500,"description":"stands in the audit chain"}},"examples":[{"list":"tried","reason":"no longer needed"}]})";
constexpr std::string_view kAllow = R"({"type":"object","required":["value","reason"],"additionalProperties":false,"properties":{"value":{"type":"string","minLength":1,"maxLength":4096},"kind":{"type":"string"},
    "reason":{"type":"string","minLength":3,"maxLength":500},"days":{"type":"integer","minimum":1,"maximum":730,"description":"90 without"}},"examples":[{"value":"cdn.example","reason":"our own delivery network"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/indicator-lists", .permission = "indicator:read", .holds = Holds::shared, .summary = "Lists the lists of indicators.", .response_schema = "IndicatorList[]", .parameters = kListParameters, .answer = list_lists},
    {.method = "GET", .pattern = "/api/v1/indicators", .permission = "indicator:read", .holds = Holds::shared, .summary = "Lists what each list says about each value.", .response_schema = "Indicator[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, list:string of this list, kind:string of this kind, value:query exactly this value in any form, matched:boolean seen here or not", .answer = list_all},
    {.method = "GET", .pattern = "/api/v1/indicators/lookup", .permission = "indicator:read", .holds = Holds::shared, .summary = "Tells all that is said about one value: itself and the names above it and the networks around it.",
     .response_schema = "IndicatorLookup", .parameters = "value:query! in any form, kind:string recognised without", .answer = look_up},
    {.method = "GET", .pattern = "/api/v1/indicators/live", .permission = "indicator:export", .holds = Holds::shared, .summary = "Gives the values that are in force, for those who enforce elsewhere; with ETag.",
     .parameters = "format:plain|text|csv|stix|suricata-dataset-domain|suricata-dataset-url|suricata-dataset-ipv4|suricata-dataset-ip|suricata-dataset-md5|suricata-dataset-sha256|suricata-iprep|zeek-intel plain without, tlp:string the strictest mark that is included and green without, kind:string only this kind, confidence:integer at least so much and 40 without", .answer = live},
    {.method = "POST", .pattern = "/api/v1/indicators/import", .permission = "indicator:write", .holds = Holds::node, .summary = "Takes values into a list, or says what would become of them.", .request_schema = kImport, .response_schema = "IndicatorImport", .answer = import},
    {.method = "POST", .pattern = "/api/v1/indicators/end", .permission = "indicator:write", .holds = Holds::node, .summary = "Ends what a list says about a value, or the whole list. Done as well when there is no such list.", .request_schema = kEnd,
     .response_schema = R"({"type":"object","required":["list","ended"],"properties":{"list":{"type":"string"},"ended":{"type":"integer"}},"additionalProperties":false})", .answer = end},
    {.method = "GET", .pattern = "/api/v1/indicator-allowed", .permission = "indicator:read", .holds = Holds::shared, .summary = "Lists the values that never match.", .response_schema = "IndicatorAllowed[]", .parameters = kListParameters, .answer = list_allowed},
    {.method = "POST", .pattern = "/api/v1/indicator-allowed", .permission = "indicator:write", .holds = Holds::node, .summary = "Has a value, and what is below it, never match until a day.", .request_schema = kAllow, .response_schema = "IndicatorAllowed", .status = 201, .answer = allow},
    {.method = "DELETE", .pattern = "/api/v1/indicator-allowed", .permission = "indicator:write", .holds = Holds::node, .summary = "Takes that back. Done as well when it was not so.", .parameters = "value:query! in any form, kind:string recognised without", .status = 204, .answer = disallow},
};

}  // namespace

extern const Resource indicators{.name = "indicators", .about = "Addresses, names, hashes and others that are known to be bad.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_indicators

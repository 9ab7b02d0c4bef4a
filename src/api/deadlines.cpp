// Deadlines: which clocks the law starts for an incident, an order or a change, and the data behind them. Nothing is stored: the facts
// come in, the clocks go out.
#include <algorithm>
#include <array>
#include <set>

#include "api/case_json.h"
#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time.h"
#include "regime/regime.h"

namespace vg::api {

namespace {

constexpr std::string_view kMattersOfClocks[] = {"incident", "order", "period", "change"};

json::Value words_of_clock(const std::vector<std::string>& all) {
    json::Array out;
    for (const std::string& one : all) out.emplace_back(one);
    return json::Value{std::move(out)};
}

json::Value about_clock(const regime::Clock& clock) {
    json::Value out = json::object({{"id", clock.id}, {"regime", clock.regime}, {"title", clock.title}, {"title_vi", clock.title_vi}, {"basis", clock.basis}, {"matter", kMattersOfClocks[static_cast<std::size_t>(clock.matter)]},
                                    {"to", words_of_clock(clock.to)}, {"satisfied_by", words_of_clock(clock.satisfied_by)}, {"checked", clock.checked}, {"practice", clock.practice}});
    if (!clock.note.empty()) out.set("note", clock.note);
    if (!clock.note_vi.empty()) out.set("note_vi", clock.note_vi);
    return out;
}

}  // namespace

json::Value deadline_json(const regime::Deadline& deadline) {
    json::Value out = about_clock(*deadline.clock);
    if (deadline.start) out.set("start", time_value(*deadline.start));
    if (deadline.strict) out.set("strict", time_value(*deadline.strict));
    if (deadline.extended) out.set("extended", time_value(*deadline.extended));
    json::Array passed;
    for (const regime::Day day : deadline.passed_over) passed.emplace_back(text_of(day));
    out.set("immediately", deadline.immediately).set("shortened", deadline.shortened).set("calendar_unknown", deadline.calendar_unknown).set("passed_over", std::move(passed));
    return out;
}

}  // namespace vg::api

namespace vg::api::of_deadlines {

namespace {

using regime::Deadline;

constexpr std::string_view kUnits[] = {"immediately", "hour", "day", "working-day", "date"};

#define VG_CLOCK_MEMBERS \
    R"("id":{"type":"string"},"regime":{"type":"string"},"title":{"type":"string"},"title_vi":{"type":"string"},"basis":{"type":"string","description":"the article"},"matter":{"type":"string"},)" \
    R"("to":{"type":"array","items":{"type":"string"},"description":"roles of the addressees"},"satisfied_by":{"type":"array","items":{"type":"string"}},"note":{"type":"string"},"note_vi":{"type":"string"},)" \
    R"("checked":{"type":"boolean","description":"held against the official text"},"practice":{"type":"boolean","description":"no rule says so, people do"})"

constexpr NamedSchema kSchemas[] = {
    {"Deadline", R"({"type":"object","required":["id","regime","title","title_vi","basis","matter","to","satisfied_by","checked","practice","immediately","shortened","calendar_unknown","passed_over"],"properties":{)" VG_CLOCK_MEMBERS R"(,
    "start":{"type":"string","format":"date-time","description":"missing: what starts it has not happened"},"strict":{"type":"string","format":"date-time","description":"the first moment that is too late"},
    "extended":{"type":"string","format":"date-time","description":"where weekends and holidays may move the end: a note, not the target"},"immediately":{"type":"boolean"},
    "shortened":{"type":"boolean","description":"by the order itself"},"calendar_unknown":{"type":"boolean","description":"there is no calendar for a year that was met"},
    "passed_over":{"type":"array","items":{"type":"string","format":"date"},"description":"weekends and holidays"}},"additionalProperties":false})"},
    {"LegalClock", R"({"type":"object","required":["id","regime","title","title_vi","basis","matter","to","satisfied_by","checked","practice","from","until","starts","when","unless","unit","count"],"properties":{)" VG_CLOCK_MEMBERS R"(,
    "from":{"type":"string","format":"date"},"until":{"type":["string","null"],"format":"date","description":"before that day"},"starts":{"type":"string"},"when":{"type":"array","items":{"type":"string"}},
    "unless":{"type":"array","items":{"type":"string"}},"unit":{"type":"string"},"count":{"type":"integer"},"before":{"type":"string","description":"done before that day of each year"}},"additionalProperties":false})"}};

json::Value to_json(const regime::Clock& clock) {
    json::Value out = about_clock(clock);
    out.set("from", text_of(clock.valid.from)).set("until", clock.valid.until ? json::Value{text_of(*clock.valid.until)} : json::Value{});
    out.set("starts", clock.starts).set("when", words_of_clock(clock.when)).set("unless", words_of_clock(clock.unless)).set("unit", kUnits[static_cast<std::size_t>(clock.unit)]).set("count", clock.count);
    if (clock.unit == regime::Unit::date) out.set("before", format("{:02}-{:02}", clock.month, clock.day));
    return out;
}

Result<const regime::Regime*> law(Ask& ask) {
    if (ask.context.regime == nullptr) return fail(Code::unavailable, "the data of laws and calendars could not be read; the log says why");
    return ask.context.regime.get();
}

Result<net::Response> list_clocks(Ask& ask) {
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        if (context.regime == nullptr) return fail(Code::unavailable, "the data of laws and calendars could not be read; the log says why");
        std::vector<regime::Clock> clocks = context.regime->clocks();
        std::sort(clocks.begin(), clocks.end(), [](const regime::Clock& a, const regime::Clock& b) { return a.id < b.id; });
        return page_of(clocks, after, limit, [](const regime::Clock& one) { return one.id; }, [](const regime::Clock& one) { return to_json(one); });
    });
}

Result<net::Response> work_out(Ask& ask) {
    const regime::Regime* regime = TRY(law(ask));
    regime::Facts facts;
    const std::string matter = ask.body.text("matter").value_or("incident");
    facts.matter = matter == "order" ? regime::Matter::order : matter == "change" ? regime::Matter::change : regime::Matter::incident;
    if (const json::Value* events = ask.body.find("events"); events != nullptr && events->is_object())
        for (const auto& [name, value] : events->as_object()) {
            const auto time = value.is_text() ? parse_time(value.as_text()) : std::nullopt;
            if (!time) return fail(Code::bad_input, format("field events: {} is no time such as 2024-04-26T01:00:00Z", shorten(name, 64)));
            facts.events.emplace(name, *time);
        }
    if (const json::Value* circumstances = ask.body.find("circumstances"); circumstances != nullptr && circumstances->is_array())
        for (const json::Value& one : circumstances->as_array()) facts.circumstances.insert(one.as_text());
    if (const auto ordered = ask.body.integer("ordered_minutes")) facts.ordered_within = minutes(*ordered);
    facts.regime = ask.body.text("regime").value_or("");
    const auto found = TRY_IN("field ", regime->deadlines(facts));
    json::Array items;
    for (const Deadline& one : found) items.push_back(deadline_json(one));
    const auto decided = facts.events.find(regime::deciding_event(facts.matter));
    return json_answer(200, json::object({{"regime", facts.regime.empty() ? regime->regime_of(decided->second) : facts.regime}, {"items", std::move(items)}}));
}

Result<net::Response> year(Ask& ask) {
    const regime::Regime* regime = TRY(law(ask));
    const Time from = ask.time("from").value_or(ask.context.clock.now());
    const Time until = ask.time("until").value_or(from + days(366));
    if (until <= from || (until - from).micros > days(3'660).micros) return fail(Code::bad_input, "field until: must lie behind from, by ten years at most");
    std::set<std::string, std::less<>> circumstances;
    const std::string given = ask.text("circumstances").value_or("");
    for (const std::string_view one : split(given, ','))
        if (!trim(one).empty()) circumstances.emplace(trim(one));
    json::Array items;
    for (const Deadline& one : regime->periods(from, until, circumstances)) items.push_back(deadline_json(one));
    return json_answer(200, json::object({{"items", std::move(items)}}));
}

constexpr std::string_view kFacts = R"({"type":"object","additionalProperties":false,"required":["events"],"properties":{"matter":{"type":"string","enum":["incident","order","change"]},
    "events":{"type":"object","maxProperties":20,"additionalProperties":{"type":"string","format":"date-time"},"description":"what happened when: detected, occurred, ended, fixed; received; changed"},
    "circumstances":{"type":"array","maxItems":50,"items":{"type":"string","minLength":1,"maxLength":64},"description":"serious, bank, personal-data, urgent..."},
    "ordered_minutes":{"type":"integer","minimum":1,"maximum":525600,"description":"the time that the order itself gives"},"regime":{"type":"string","maxLength":64,"description":"chosen by a person instead of the day's"}},
    "examples":[{"events":{"detected":"2024-04-26T01:00:00Z"},"circumstances":[]}]})";
constexpr std::string_view kWorkedOut = R"({"type":"object","required":["regime","items"],"properties":{"regime":{"type":"string","description":"of the day that decides"},"items":{"type":"array","items":{"$ref":"#/components/schemas/Deadline"}}},"additionalProperties":false})";
constexpr std::string_view kDue = R"({"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Deadline"}}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/legal-clocks", .permission = "deadline:read", .holds = Holds::shared, .summary = "Lists the clocks of all laws that are known, with their dates and articles.", .response_schema = "LegalClock[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before", .answer = list_clocks},
    {.method = "POST", .pattern = "/api/v1/deadlines", .permission = "deadline:read", .holds = Holds::shared, .summary = "Works out which clocks run from what happened; stores nothing.", .request_schema = kFacts, .response_schema = kWorkedOut, .answer = work_out},
    {.method = "GET", .pattern = "/api/v1/deadlines/periodic", .permission = "deadline:read", .holds = Holds::shared, .summary = "Tells the reports of each year that are due.", .response_schema = kDue,
     .parameters = "from:time the first moment and now without, until:time the last and a year later without, circumstances:string such as network-member and several with commas", .answer = year},
};

}  // namespace

extern const Resource deadlines{.name = "deadlines", .about = "Which clocks the law starts, by dated data: what is due, to whom, by which article.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_deadlines

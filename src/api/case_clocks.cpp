// Clocks of cases: which deadlines run, who moved or met them, who was reminded; and what of the cases waits for somebody.
#include "api/case_json.h"
#include "api/narrowed.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/attention.h"
#include "cases/clocks.h"

namespace vg::api {

const cases::ReminderPolicy& reminders_of(const Context& context) {
    static const cases::ReminderPolicy kNone;
    return context.reminders ? *context.reminders : kNone;
}

namespace {

json::Value kept_clock_json(const cases::CaseClock& one, const std::vector<cases::Reminded>& told, Time now) {
    json::Array people;
    for (const cases::Reminded& reminded : told)
        if (reminded.clock == one.clock) people.push_back(json::object({{"stage", reminded.stage}, {"time", time_value(reminded.told)}, {"to", reminded.to}}));
    const std::int64_t over = ((one.done ? *one.done : now) - one.due).micros / 1'000'000;
    return json::object({{"id", one.clock}, {"due", time_value(one.due)}, {"moved", time_value(one.moved)}, {"moved_by", one.moved_by}, {"moved_reason", one.moved_reason}, {"done", time_value(one.done)}, {"done_by", one.done_by},
                         {"document", one.document}, {"overdue_seconds", over >= 0 ? json::Value{over} : json::Value{std::int64_t{0}}}, {"overdue", over >= 0}, {"told", std::move(people)}});
}

}  // namespace

Result<net::Response> deadlines_of_case(Ask& ask, const cases::CaseId& id) {
    if (ask.context.regime == nullptr) return fail(Code::unavailable, "the data of laws and calendars could not be read; the log says why");
    const std::string given = ask.text("circumstances").value_or("");
    const Time now = ask.context.clock.now();
    struct Read {
        cases::Case file;
        regime::Facts facts;
        std::vector<cases::CaseClock> clocks;
        std::vector<cases::Reminded> told;
    };
    Read read = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<Read> {
        Read one;
        one.file = TRY(cases::find(tx, ask.actor.scope, id));
        one.facts = TRY(cases::facts_of(tx, one.file));
        one.clocks = TRY(cases::clocks_of(tx, id));
        one.told = TRY(cases::reminded_of(tx, id));
        return one;
    }));
    json::Array circumstances;
    for (const std::string& one : read.facts.circumstances) circumstances.emplace_back(one);
    for (const std::string_view one : split(given, ','))
        if (!trim(one).empty()) read.facts.circumstances.emplace(trim(one));
    const auto found = TRY_IN("field ", ask.context.regime->deadlines(read.facts));
    json::Array items, kept;
    if (!read.file.merged_into)  // else its clocks are the survivor's, which has the earlier detection
        for (const regime::Deadline& one : found) items.push_back(deadline_json(one));
    for (const cases::CaseClock& one : read.clocks) kept.push_back(kept_clock_json(one, read.told, now));
    return json_answer(200, json::object({{"case", id.text()}, {"regime", ask.context.regime->regime_of(read.file.detected)}, {"circumstances", std::move(circumstances)}, {"items", std::move(items)}, {"kept", std::move(kept)}}));
}

}  // namespace vg::api

namespace vg::api::of_case_clocks {

namespace {

using cases::CaseTag;

constexpr NamedSchema kSchemas[] = {
    {"KeptClock", R"({"type":"object","description":"of a deadline with an end: what people did about it","required":["id","due","moved","moved_by","moved_reason","done","done_by","document","overdue","overdue_seconds","told"],"properties":{"id":{"type":"string"},"due":{"type":"string","format":"date-time","description":"the first moment that is too late; where a person moved it, that one"},
    "moved":{"type":["string","null"],"format":"date-time","description":"when a person moved it"},"moved_by":{"type":"string"},"moved_reason":{"type":"string"},"done":{"type":["string","null"],"format":"date-time","description":"when the document was sent"},"done_by":{"type":"string"},"document":{"type":"string"},
    "overdue":{"type":"boolean","description":"also of one that was done too late"},"overdue_seconds":{"type":"integer"},"told":{"type":"array","items":{"type":"object","required":["stage","time","to"],"properties":{"stage":{"type":"string","description":"50%, 24h; overdue-0 when it ended"},"time":{"type":"string","format":"date-time"},
    "to":{"type":"string","description":"addresses; empty: nobody was there to be told"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"CaseClocks", R"({"type":"object","required":["case","regime","circumstances","items","kept"],"properties":{"case":{"type":"string","format":"uuid"},"regime":{"type":"string"},"circumstances":{"type":"array","items":{"type":"string"},"description":"that are said of the case"},"items":{"type":"array","items":{"$ref":"#/components/schemas/Deadline"}},
    "kept":{"type":"array","items":{"$ref":"#/components/schemas/KeptClock"}}},"additionalProperties":false})"},
    {"CaseAttention", R"({"type":"object","required":["overdue","near","relapses","answers","proposals","returned","clocks"],"properties":{"overdue":{"type":"integer","description":"deadlines that are over"},"near":{"type":"integer","description":"that end within three days"},"relapses":{"type":"integer"},"answers":{"type":"integer","description":"that the coordinator has to judge"},
    "proposals":{"type":"integer","description":"victims that may be closed"},"returned":{"type":"integer","description":"answers that were returned"},"clocks":{"type":"array","description":"the next ones, at most 10","items":{"type":"object","required":["case","number","title","organisation","clock","clock_title","clock_title_vi","due","overdue"],"properties":{"case":{"type":"string","format":"uuid"},
    "number":{"type":"integer"},"title":{"type":"string"},"organisation":{"type":"string","format":"uuid"},"clock":{"type":"string"},"clock_title":{"type":"string"},"clock_title_vi":{"type":"string"},"due":{"type":"string","format":"date-time"},"overdue":{"type":"boolean"}},"additionalProperties":false}}},"additionalProperties":false})"}};

// The clocks are brought up to date first, so that what the law started just now can be moved and met.
template <class Work>
Result<net::Response> change(Ask& ask, Work&& work) {
    const auto id = TRY(ask.id<CaseTag>());
    if (ask.context.regime == nullptr) return fail(Code::unavailable, "the data of laws and calendars could not be read; the log says why");
    TRY(ask.context.state.write([&](store::Transaction& tx) -> Status {
        const cases::Case file = TRY(cases::find(tx, ask.actor.scope, id));
        TRY(cases::renew_clocks(tx, file, *ask.context.regime, reminders_of(ask.context), ask.context.clock.now()));
        return work(tx, id);
    }));
    return deadlines_of_case(ask, id);
}

Result<net::Response> move(Ask& ask) {
    std::optional<Time> due;
    if (const auto text = ask.body.text("due")) {
        due = parse_time(*text);
        if (!due) return fail(Code::bad_input, "field due: is no time such as 2026-01-31T08:00:00Z");
    }
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id) {
        return cases::move_clock(tx, ask.actor, id, ask.body.text("clock").value_or(""), due, ask.body.text("reason").value_or(""), reminders_of(ask.context), ask.context.clock.now());
    });
}

Result<net::Response> finish(Ask& ask) {
    const Time now = ask.context.clock.now();
    Time sent = now;
    if (const auto text = ask.body.text("sent")) {
        const auto time = parse_time(*text);
        if (!time) return fail(Code::bad_input, "field sent: is no time such as 2026-01-31T08:00:00Z");
        sent = *time;
    }
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id) { return cases::finish_clock(tx, ask.actor, id, ask.body.text("clock").value_or(""), ask.body.text("document").value_or(""), sent, now); });
}

Result<net::Response> circumstances(Ask& ask) {
    std::set<std::string, std::less<>> names;
    if (const json::Value* all = ask.body.find("circumstances"); all != nullptr && all->is_array())
        for (const json::Value& one : all->as_array()) names.insert(one.as_text());
    return change(ask, [&](store::Transaction& tx, const cases::CaseId& id) { return cases::say_circumstances(tx, ask.actor, id, names, *ask.context.regime, reminders_of(ask.context), ask.context.clock.now()); });
}

Result<net::Response> attention(Ask& ask) {
    const access::Scope scope = TRY(scope_of(ask));
    const Time now = ask.context.clock.now();
    json::Array clocks;
    const cases::Attention found = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<cases::Attention> {
        for (const cases::CaseClock& one : TRY(cases::clocks_until(tx, scope, now + cases::kNearClock, 10))) {
            const cases::Case file = TRY(cases::find(tx, scope, one.of));
            std::string title = one.clock, title_vi = one.clock;
            if (ask.context.regime != nullptr)
                for (const regime::Clock& clock : ask.context.regime->clocks())
                    if (clock.id == one.clock) title = clock.title, title_vi = clock.title_vi.empty() ? clock.title : clock.title_vi;
            clocks.push_back(json::object({{"case", one.of.text()}, {"number", file.number}, {"title", file.title}, {"organisation", one.organisation.text()}, {"clock", one.clock}, {"clock_title", title}, {"clock_title_vi", title_vi}, {"due", time_value(one.due)}, {"overdue", one.due <= now}}));
        }
        return cases::attention(tx, scope, now);
    }));
    return json_answer(200, json::object({{"overdue", found.overdue}, {"near", found.near}, {"relapses", found.relapses}, {"answers", found.answers}, {"proposals", found.proposals}, {"returned", found.returned}, {"clocks", std::move(clocks)}}));
}

constexpr std::string_view kMove = R"({"type":"object","additionalProperties":false,"required":["clock","reason"],"properties":{"clock":{"type":"string","minLength":1,"maxLength":100},"due":{"type":"string","format":"date-time","description":"the law's again without"},"reason":{"type":"string","minLength":1,"maxLength":4000}},
    "examples":[{"clock":"vn-2017-notice","due":"2026-06-20T17:00:00Z","reason":"agreed with the coordinator by phone"}]})";
constexpr std::string_view kDone = R"({"type":"object","additionalProperties":false,"required":["clock","document"],"properties":{"clock":{"type":"string","minLength":1,"maxLength":100},"document":{"type":"string","minLength":1,"maxLength":500,"description":"its number and date, or what was sent how"},"sent":{"type":"string","format":"date-time","description":"now without"}},
    "examples":[{"clock":"vn-2017-notice","document":"12/BC-CNTT, 2026-05-28"}]})";
constexpr std::string_view kCircumstances = R"({"type":"object","additionalProperties":false,"required":["circumstances"],"properties":{"circumstances":{"type":"array","maxItems":50,"items":{"type":"string","minLength":1,"maxLength":64},"description":"bank, personal-data, beyond-own-capacity...; all that hold"}},
    "examples":[{"circumstances":["bank"]}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/cases/{id}/deadlines/move", .permission = "case:write", .summary = "Moves the end of a deadline of a case, by a person's reason.", .request_schema = kMove, .response_schema = "CaseClocks", .answer = move},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/deadlines/done", .permission = "case:write", .summary = "Says which document met a deadline of a case, and when it was sent.", .request_schema = kDone, .response_schema = "CaseClocks", .answer = finish},
    {.method = "POST", .pattern = "/api/v1/cases/{id}/circumstances", .permission = "case:write", .summary = "Says what holds of a case that decides which clocks run; replaces what was said before.", .request_schema = kCircumstances, .response_schema = "CaseClocks", .answer = circumstances},
    {.method = "GET", .pattern = "/api/v1/case-attention", .permission = "case:read", .summary = "Counts what of the cases waits for somebody: deadlines, relapses, answers, proposals to close.", .response_schema = "CaseAttention", .parameters = VG_NARROWED, .answer = attention},
};

}  // namespace

extern const Resource case_clocks{.name = "case-clocks", .about = "Deadlines of cases, and what of the cases waits for somebody.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_clocks

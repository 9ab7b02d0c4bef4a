// Uploads of lists of victims: a file in memory, read as often as people answer its questions, and then kept or dropped. Whoever
// imports sees whose every row is, so this is for accounts of the node.
#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "api/api.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/list_desk.h"
#include "api/list_intake.h"
#include "api/list_reading.h"
#include "api/list_view.h"
#include "base/text.h"
#include "lists/jobs.h"
#include "lists/lists.h"
#include "lists/tell_cases.h"

namespace vg::api::of_list_uploads {

namespace {

constexpr std::size_t kMostName = 300;
constexpr std::chrono::milliseconds kMostWait{100};  // of each piece of a list, while events wait

constexpr NamedSchema kSchemas[] = {
    {"ListReading", kListReadingSchema},
    {"ListUpload", R"({"type":"object","required":["id","name","bytes","sha256","opened"],"properties":{"id":{"type":"string","format":"uuid"},"name":{"type":"string"},"bytes":{"type":"integer"},"sha256":{"type":"string"},
    "opened":{"type":"string","format":"date-time","description":"it is dropped half an hour later"},
    "keeping":{"type":["object","null"],"description":"while it is being kept","required":["done","all"],"properties":{"done":{"type":"integer"},"all":{"type":"integer"}},"additionalProperties":false},
    "list":{"type":["string","null"],"description":"the list that it became"},"reading":{"$ref":"#/components/schemas/ListReading"}},"additionalProperties":false})"},
    {"ListKept", R"({"type":"object","required":["list","indicators","findings","cases"],"properties":{"cases":{"type":"object","required":["opened","joined","reminded","refuted","relapsed","known","absent"],"description":"what became of our victims among the cases","properties":{"opened":{"type":"integer","description":"new cases"},"joined":{"type":"integer","description":"new items of open cases"},"reminded":{"type":"integer","description":"items that were open already"},"refuted":{"type":"integer","description":"seen after a removal that was told"},"relapsed":{"type":"integer","description":"closed items that are open again"},"known":{"type":"integer"},"absent":{"type":"integer","description":"items that the list does not name, although it names their family"}},"additionalProperties":false},"list":{"$ref":"#/components/schemas/VictimList"},
    "indicators":{"type":["object","null"],"description":"what became of the control servers; null: the list names none, or they were not asked for","required":["list","added","renewed","same","warned","refused","reasons","warnings"],
        "properties":{"list":{"type":"string"},"added":{"type":"integer"},"renewed":{"type":"integer"},"same":{"type":"integer"},"warned":{"type":"integer"},"refused":{"type":"integer"},
        "reasons":{"type":"array","items":{"type":"string"}},"warnings":{"type":"array","items":{"type":"string"},"description":"what speaks against which value; the first 100"}},"additionalProperties":false},
    "findings":{"type":"integer","description":"hits that were handed over to detection, which makes findings of them"},
    "remarks":{"type":"array","items":{"type":"string"},"description":"what could not be done; the list is kept all the same"}},"additionalProperties":false})"}};

Result<ListDesk*> desk_of(Ask& ask) {
    if (ask.context.list_desk == nullptr) return fail(Code::unavailable, "this node takes no lists");
    return ask.context.list_desk;
}

Result<std::shared_ptr<ListUpload>> upload_of(Ask& ask) { return TRY(desk_of(ask))->find(ask.captures[0], ask.context.clock.now()); }

// What must not be here is gone before the answer is.
Result<lists::Reading> reading_of(Ask& ask, ListUpload& upload, const json::Value& body, const std::vector<lists::Profile>& profiles) {
    const lists::ReadOptions options = TRY(read_options(body, upload.name, profiles, ask.context.clock.now()));
    auto reading = lists::read_list(upload.bytes, options);
    if (!reading && reading.error().code == Code::denied) TRY(desk_of(ask))->remove(upload.id);
    if (!reading) return fail(reading.error());
    const std::lock_guard lock{upload.mutex};
    upload.rejected = reading->rejected_rows;
    return reading;
}

json::Value upload_value(ListUpload& upload) {
    json::Value out = json::object({{"id", upload.id}, {"name", upload.name}, {"bytes", upload.bytes.size()}, {"sha256", upload.sha256}, {"opened", time_value(upload.opened)}});
    const std::lock_guard lock{upload.mutex};
    const std::int64_t all = upload.all;
    out.set("keeping", all > 0 && !upload.kept ? json::object({{"done", upload.done.load()}, {"all", all}}) : json::Value{});
    out.set("list", upload.kept ? json::Value{upload.kept->text()} : json::Value{});
    return out;
}

Result<net::Response> open(Ask& ask) {
    ListDesk* desk = TRY(desk_of(ask));
    std::string bytes = TRY(ask.request.read_all(lists::kMostFile));
    if (bytes.empty()) return fail(Code::bad_input, "the body is empty; it is the file's bytes");
    const auto profiles = TRY(profiles_of(ask.context));
    const auto upload = TRY(desk->open(ask.actor.name, shorten(to_valid_utf8(ask.text("name").value_or("")), kMostName), std::move(bytes), ask.context.clock.now()));
    auto reading = reading_of(ask, *upload, json::object({}), profiles);
    if (!reading) {
        desk->remove(upload->id);
        return fail(reading.error());
    }
    json::Value out = upload_value(*upload);
    out.set("reading", TRY(reading_value(ask, *reading, "")));
    return json_answer(201, out);
}

Result<net::Response> show(Ask& ask) { return json_answer(200, upload_value(*TRY(upload_of(ask)))); }

Result<net::Response> read(Ask& ask) {
    const auto upload = TRY(upload_of(ask));
    const auto profiles = TRY(profiles_of(ask.context));
    const lists::Reading reading = TRY(reading_of(ask, *upload, ask.body, profiles));
    json::Value shown = TRY(reading_value(ask, reading, ask.body.text("series").value_or("")));
    return json_answer(200, json::object({{"reading", std::move(shown)}}));
}

// What people decided about the columns, for the next file of the same kind.
lists::Profile profile_from(std::string_view name, const lists::Reading& reading) {
    lists::Profile profile;
    profile.name = name;
    profile.title = profile.title_vi = reading.letter.issuer.empty() ? std::string{name} : reading.letter.issuer;
    for (const lists::Column& column : reading.columns) {
        if (column.header.empty()) continue;
        profile.columns[column.key] = column.role;
        if (column.role != lists::Role::ignore) profile.requires_.push_back(column.key);
    }
    profile.zone = reading.zone;
    profile.date_order = reading.date_order;
    return profile;
}

json::Value cases_value(const lists::CasesTold& told) {
    return json::object({{"opened", told.opened}, {"joined", told.joined}, {"reminded", told.reminded}, {"refuted", told.refuted}, {"relapsed", told.relapsed}, {"known", told.known}, {"absent", told.absent}});
}

Result<json::Value> kept_value(Ask& ask, const lists::ListId& id) {
    const lists::List list = TRY(ask.context.state.read([&](store::Transaction& tx) { return lists::find(tx, ask.actor.scope, id); }));
    json::Value shown = list_value(list, ask.actor.scope);
    shown.set("attribution", counts_value(list.attributed, ask.actor.scope));
    return shown;
}

// Which machines stood behind the addresses is looked for meanwhile.
void look_inside(Ask& ask, const lists::ListId& id, json::Array& remarks) {
    const Status asked = ask.context.state.write([&](store::Transaction& tx) { return lists::ask_inside(tx, id, ask.actor.name, ask.context.random, ask.context.clock.now()); });
    if (!asked) remarks.emplace_back("the machines behind the addresses: " + asked.error().text);
    if (asked && ask.context.list_jobs_changed) ask.context.list_jobs_changed();
}

Result<net::Response> keep(Ask& ask) {
    const auto upload = TRY(upload_of(ask));
    const lists::Place place = TRY(lists_place(ask.context));
    const auto turn = TRY(TRY(desk_of(ask))->begin_keeping());
    const Time now = ask.context.clock.now();
    std::optional<lists::ListId> kept;
    {
        const std::lock_guard lock{upload->mutex};
        kept = upload->kept;
    }
    if (kept) {  // asked twice
        json::Value again = TRY(kept_value(ask, *kept));
        return json_answer(201, json::object({{"list", std::move(again)}, {"indicators", json::Value{}}, {"findings", 0}, {"cases", cases_value({})}}));
    }
    const auto profiles = TRY(profiles_of(ask.context));
    lists::Reading reading = TRY(reading_of(ask, *upload, ask.body, profiles));
    const bool findings = ask.body.boolean("findings").value_or(true);
    // A long list does not hold up events: each piece waits a moment while they do.
    const auto let_through = [&] {
        const auto until = std::chrono::steady_clock::now() + kMostWait;
        while (ask.context.is_behind && ask.context.is_behind() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(kMostWait / 10);
    };
    lists::Keep options{.series = ask.body.text("series").value_or(""), .own = ask.body.boolean("own").value_or(false), .progress = [&](std::int64_t done, std::int64_t all) -> Status {
                            upload->all = all;
                            upload->done = done;
                            let_through();
                            return {};
                        },
                        .seen = [&](store::Transaction& tx, const lists::List& list) { return lists::hold_telling(tx, list.id, findings, ask.actor.name, ask.context.random, now); }};
    std::optional<lists::Profile> profile;
    if (const auto name = ask.body.text("save_profile")) {
        profile = profile_from(*name, reading);
        TRY_IN("field save_profile: ", profile_of(*name, json::object({})));
        reading.profile = *name;  // the next list is read by it, and belongs to the same series
    }
    const lists::List list = TRY(lists::keep(place, make_id<lists::ListTag>(now, ask.context.random), upload->name, upload->bytes, reading, attributor_of(ask.context), options, ask.actor, now));
    {
        const std::lock_guard lock{upload->mutex};
        upload->kept = list.id;
    }
    json::Array remarks;
    if (profile)
        if (const Status put = ask.context.state.write([&](store::Transaction& tx) { return lists::put_profile(tx, *profile, ask.actor.name, now); }); !put) remarks.emplace_back("the profile: " + put.error().text);
    json::Value indicators;
    if (!list.same_as && ask.body.boolean("indicators").value_or(true)) {
        auto taken = take_indicators(ask, list, reading);
        if (taken)
            indicators = std::move(*taken);
        else
            remarks.emplace_back("the indicators: " + taken.error().text);
    }
    const lists::ListTold told = lists::tell({.state = ask.context.state, .clock = ask.context.clock, .random = ask.context.random, .keep_own = ask.context.keep_own, .placed = let_through}, list, findings, ask.actor.name);
    if (!told.trouble.empty()) remarks.emplace_back(told.trouble);
    TRY(ask.context.state.write([&](store::Transaction& tx) { return lists::end_telling(tx, list.id, told, ask.context.clock.now()); }));
    if (!list.same_as) look_inside(ask, list.id, remarks);
    json::Value shown = TRY(kept_value(ask, list.id));
    json::Value out = json::object({{"list", std::move(shown)}, {"indicators", std::move(indicators)}, {"findings", told.findings}, {"cases", cases_value(told.cases)}});
    if (!remarks.empty()) out.set("remarks", std::move(remarks));
    return json_answer(201, out);
}

Result<net::Response> drop(Ask& ask) {
    TRY(desk_of(ask))->remove(ask.captures[0]);
    return no_content();
}

Result<net::Response> rejected(Ask& ask) {
    const auto upload = TRY(upload_of(ask));
    std::string text = rejected_head();
    {
        const std::lock_guard lock{upload->mutex};
        for (const lists::RowView& row : upload->rejected) rejected_row(text, row);
    }
    net::Response response;
    response.with("Content-Type", "text/csv; charset=utf-8").with("Content-Disposition", "attachment; filename=\"rejected.csv\"");
    response.body = std::move(text);
    return response;
}

#define VG_READ_OPTIONS                                                                                                                                                  \
    R"("encoding":{"type":"string","maxLength":32},"sheet":{"type":"string","maxLength":300},"header_line":{"type":"integer","minimum":0,"maximum":10000,"description":"0: there is none"},)" \
    R"("columns":{"type":"object","description":"folded header to role","additionalProperties":{"type":"string","maxLength":32}},"date_order":{"enum":["day-first","month-first"]},)"  \
    R"("zone":{"type":"string","maxLength":64},"profile":{"type":"string","maxLength":64,"description":"none: none"},"series":{"type":"string","maxLength":200},)"                    \
    R"("letter":{"type":"object","additionalProperties":false,"properties":{"issuer":{"type":"string","maxLength":300},"number":{"type":"string","maxLength":100},"date":{"type":"string","maxLength":10},)" \
    R"("subject":{"type":"string","maxLength":1000},"urgency":{"type":"string","maxLength":100}}})"

constexpr std::string_view kRead = R"({"type":"object","additionalProperties":false,"properties":{)" VG_READ_OPTIONS R"(},"examples":[{"columns":{"ip":"victim","timestamp":"seen","family":"family"},"zone":"UTC"}]})";
constexpr std::string_view kKeep = R"({"type":"object","additionalProperties":false,"properties":{)" VG_READ_OPTIONS
    R"(,"own":{"type":"boolean","description":"a list of its own, although another says the same"},"indicators":{"type":"boolean","description":"control servers become indicators and are asked of the archive; true without"},
    "findings":{"type":"boolean","description":"hits become findings; true without"},"save_profile":{"type":"string","maxLength":64,"description":"what was said of the columns, under this name"}},
    "examples":[{"columns":{"ip":"victim","timestamp":"seen","family":"family"},"zone":"UTC","series":"tried"}]})";

constexpr Route kRoutes[] = {
    {.method = "POST", .pattern = "/api/v1/list-uploads", .permission = "list:import", .holds = Holds::node,
     .summary = "Takes the bytes of a file with a list of victims, at most 64 MiB, into memory, and says what was read. A file with a secrecy mark is refused, and nothing of it stays.", .response_schema = "ListUpload",
     .parameters = "name:string! of the file", .status = 201, .answer = open},
    {.method = "GET", .pattern = "/api/v1/list-uploads/{id}", .permission = "list:import", .holds = Holds::node, .summary = "Shows an upload, and how far it is when it is being kept.", .response_schema = "ListUpload", .answer = show},
    {.method = "POST", .pattern = "/api/v1/list-uploads/{id}/read", .permission = "list:import", .holds = Holds::node, .summary = "Reads it again with what a person says. Nothing is kept.", .request_schema = kRead,
     .response_schema = R"({"type":"object","required":["reading"],"properties":{"reading":{"$ref":"#/components/schemas/ListReading"}},"additionalProperties":false})", .answer = read},
    {.method = "POST", .pattern = "/api/v1/list-uploads/{id}/keep", .permission = "list:import", .holds = Holds::node, .summary = "Keeps it: the original, every row, whose it is, and what changed against the list before. Refused while questions are open.",
     .request_schema = kKeep, .response_schema = "ListKept", .status = 201, .answer = keep},
    {.method = "DELETE", .pattern = "/api/v1/list-uploads/{id}", .permission = "list:import", .holds = Holds::node, .summary = "Drops an upload. Done as well when there is none.", .status = 204, .answer = drop},
    {.method = "GET", .pattern = "/api/v1/list-uploads/{id}/rejected", .permission = "list:import", .holds = Holds::node, .summary = "Gives the rows that the last reading refused, as CSV.", .answer = rejected},
};

}  // namespace

extern const Resource list_uploads{.name = "list-uploads", .about = "Lists of victims that are being read and are not kept yet.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_list_uploads

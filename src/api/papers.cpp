// Papers: reports, notices and letters made of a case's or an organisation's facts; filled in, looked at, signed, sent and acknowledged.
#include "api/case_json.h"
#include "api/narrowed.h"
#include "api/paper_json.h"
#include "base/text.h"
#include "base/time.h"
#include "cases/clocks.h"

namespace vg::api::of_papers {

namespace {

using reports::Draft;
using reports::FormField;
using reports::FormKind;
using reports::KeptPaper;
using reports::PaperTag;

constexpr NamedSchema kSchemas[] = {
    {"Paper", R"({"type":"object","required":["id","number","organisation","case","form","title","regime","lapsed","from","until","state","missing","left_out","made","made_by","version"],"properties":{
    "id":{"type":"string","format":"uuid"},"number":{"type":"integer","description":"people cite it"},"organisation":{"type":"string","format":"uuid","description":"whose paper it is"},"case":{"type":["string","null"],"format":"uuid"},
    "form":{"type":"string"},"title":{"type":"string","description":"what it is about"},"regime":{"type":"string"},"lapsed":{"type":"boolean","description":"the rule of the form had lapsed on the day that decides"},
    "from":{"type":["string","null"],"format":"date-time"},"until":{"type":["string","null"],"format":"date-time"},"state":{"type":"string","enum":["draft","signed","sent","acknowledged"]},
    "missing":{"type":"integer","description":"mandatory fields that are empty"},"left_out":{"type":"integer","description":"internal addresses, which stand on no paper"},"made":{"type":"string","format":"date-time"},"made_by":{"type":"string"},"version":{"type":"integer"}},"additionalProperties":false})"},
    {"PaperForm", R"({"type":"object","required":["code","title","title_vi","basis","mark","regime","from","until","pending","letter","source","satisfies","needs_signature","checked"],"properties":{"code":{"type":"string"},"title":{"type":"string"},"title_vi":{"type":"string"},
    "basis":{"type":"string"},"mark":{"type":"string"},"regime":{"type":"string","description":"empty: of all"},"from":{"type":"string","format":"date"},"until":{"type":["string","null"],"format":"date","description":"before that day"},"pending":{"type":"boolean","description":"the official form has not been published"},
    "letter":{"type":"boolean"},"source":{"type":"string","enum":["incident","organisation","period"],"description":"what it is filled from"},"satisfies":{"type":"array","items":{"type":"string"}},"needs_signature":{"type":"boolean"},
    "checked":{"type":"boolean","description":"held against the official text"}},"additionalProperties":false})"},
    {"PaperField", R"({"type":"object","required":["name","label","label_vi","form","required","once","value","fact","changed","missing","remedy","remedy_vi","choices"],"properties":{"name":{"type":"string"},"label":{"type":"string"},"label_vi":{"type":"string"},
    "form":{"type":"string","enum":["line","text","choice","choices"]},"required":{"type":"boolean"},"once":{"type":"boolean","description":"asked of each paper anew"},"value":{"type":"string"},"fact":{"type":"string","description":"as it follows from the facts"},
    "changed":{"type":"boolean","description":"a person wrote the value"},"missing":{"type":"boolean"},"remedy":{"type":"string","description":"what to do while it is missing"},"remedy_vi":{"type":"string"},
    "choices":{"type":"array","items":{"type":"object","required":["word","title_vi"],"properties":{"word":{"type":"string"},"title_vi":{"type":"string"}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"PaperTable", R"({"type":"object","required":["name","columns","rows"],"properties":{"name":{"type":"string"},"columns":{"type":"array","items":{"type":"object","required":["name","head","head_vi"],"properties":{"name":{"type":"string"},"head":{"type":"string"},"head_vi":{"type":"string"}},"additionalProperties":false}},
    "rows":{"type":"array","items":{"type":"object","required":["key","cells"],"properties":{"key":{"type":"string","description":"a cell is changed by TABLE/KEY/COLUMN"},"cells":{"type":"array","items":{"type":"string"}}},"additionalProperties":false}}},"additionalProperties":false})"},
    {"PaperClock", R"({"type":"object","required":["clock","sent","lacking","state"],"properties":{"clock":{"$ref":"#/components/schemas/Deadline"},"sent":{"type":"array","items":{"type":"object","required":["role","time","late"],"properties":{"role":{"type":"string"},"time":{"type":"string","format":"date-time"},"late":{"type":"boolean","description":"at or after the strict end"}},"additionalProperties":false}},
    "lacking":{"type":"array","items":{"type":"string"},"description":"roles that it must go to and that it was not sent to"},"state":{"type":"string","enum":["waits","met","late","not-running"]}},"additionalProperties":false})"}};

json::Value field_json(const FormField& field, const Draft& draft) {
    json::Array choices;
    for (const auto& [word, title] : field.choices) choices.push_back(json::object({{"word", word}, {"title_vi", title}}));
    const auto fact = draft.facts.find(field.name);
    const bool missing = std::any_of(draft.missing.begin(), draft.missing.end(), [&](const reports::Missing& one) { return one.field == field.name; });
    constexpr std::string_view kForms[] = {"line", "text", "choice", "choices"};
        return json::object({{"name", field.name}, {"label", field.label}, {"label_vi", field.label_vi}, {"form", kForms[static_cast<std::size_t>(field.form)]}, {"required", field.required}, {"once", field.once}, {"value", draft.value(field.name)},
                         {"fact", fact == draft.facts.end() ? "" : fact->second}, {"changed", draft.changed.find(field.name) != draft.changed.end()}, {"missing", missing}, {"remedy", field.remedy}, {"remedy_vi", field.remedy_vi}, {"choices", std::move(choices)}});
}

json::Value table_json(const reports::FormTable& table, const Draft& draft) {
    json::Array columns, rows;
    for (const reports::FormColumn& one : table.columns) columns.push_back(json::object({{"name", one.name}, {"head", one.head}, {"head_vi", one.head_vi}}));
    const auto found = draft.tables.find(table.name);
    if (found != draft.tables.end())
        for (const reports::DraftRow& row : found->second) {
            json::Array cells;
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                const auto changed = i < table.columns.size() ? draft.changed.find(format("{}/{}/{}", table.name, row.key, table.columns[i].name)) : draft.changed.end();
                cells.emplace_back(changed == draft.changed.end() ? row.cells[i] : changed->second);
            }
            rows.push_back(json::object({{"key", row.key}, {"cells", std::move(cells)}}));
        }
    return json::object({{"name", table.name}, {"columns", std::move(columns)}, {"rows", std::move(rows)}});
}

json::Value form_json(const FormKind& one) {
    json::Array satisfies;
    for (const std::string& word : one.satisfies) satisfies.emplace_back(word);
    return json::object({{"code", one.code}, {"title", one.title}, {"title_vi", one.title_vi}, {"basis", one.basis}, {"mark", one.mark}, {"regime", one.regime}, {"from", regime::text_of(one.valid.from)},
                         {"until", one.valid.until ? json::Value{regime::text_of(*one.valid.until)} : json::Value{}}, {"pending", one.pending}, {"letter", one.letter}, {"source", reports::name_of(one.source)},
                         {"satisfies", std::move(satisfies)}, {"needs_signature", !reports::may_go_unsigned(one)}, {"checked", one.checked}});
}

Result<net::Response> list_forms(Ask& ask) {
    TRY(paper_forms(ask.context));
    return list(ask, [](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        const reports::Forms* forms = TRY(paper_forms(context));
        return page_of(forms->all(), after, limit, [](const FormKind& one) { return one.code; }, form_json);
    });
}

Result<net::Response> list_all(Ask& ask) {
    reports::PaperFilter filter;
    if (const auto state = ask.text("state")) filter.state = reports::paper_state_named(*state);
    filter.form = ask.text("form").value_or("");
    if (const auto of = ask.text("case")) filter.of = TRY_IN("field case: ", cases::CaseId::parse(*of));
    const access::Scope scope = TRY(scope_of(ask));
    return list(ask, [filter, scope](Context& context, const access::Actor&, const std::optional<std::string>& after, std::size_t limit) -> Result<ListPage> {
        std::optional<std::int64_t> below;
        if (after) {
            below = parse_int(*after);
            if (!below) return fail(Code::bad_input, "field after: is no cursor of this list");
        }
        const auto found = TRY(context.state.read([&](store::Transaction& tx) { return reports::list(tx, scope, filter, below, limit + 1); }));
        ListPage page;
        for (std::size_t i = 0; i < std::min(found.size(), limit); ++i) page.items.push_back(paper_json(found[i]));
        if (found.size() > limit) page.next = std::to_string(found[limit - 1].number);
        return page;
    });
}

Result<std::optional<Time>> moment_member(const json::Value& body, std::string_view name) {
    const auto text = body.text(name);
    if (!text) return std::optional<Time>{};
    const auto time = parse_time(*text);
    if (!time) return fail(Code::bad_input, format("field {}: is no time such as 2026-01-31T08:00:00Z", name));
    return time;
}

// What it is about, in a line for lists.
Result<std::string> title_for(store::Transaction& tx, const access::Scope& scope, const FormKind& kind, const Draft& draft) {
    if (draft.of) return TRY(cases::find(tx, scope, *draft.of)).title;
    return kind.title_vi;
}

Result<net::Response> create(Ask& ask) {
    const FormKind* kind = TRY(form_of(ask.context, ask.body.text("form").value_or("")));
    const regime::Regime* law = TRY(paper_law(ask.context));
    reports::FormAbout about;
    about.of = TRY(id_member<cases::CaseTag>(ask.body, "case"));
    about.from = TRY(moment_member(ask.body, "from"));
    about.until = TRY(moment_member(ask.body, "until"));
    about.list = ask.body.text("list").value_or("");
    about.regime = ask.body.text("regime").value_or("");
    const auto wanted = TRY(id_member<OrganisationTag>(ask.body, "organisation"));
    const bool of_list = kind->of_list && !about.of && !about.list.empty();
    if (kind->source == reports::FormSource::incident && !about.of && !of_list) return fail(Code::bad_input, "field case: is missing; this form tells of one");
    const Time now = ask.context.clock.now();
    const KeptPaper made = TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<KeptPaper> {
        if (kind->source != reports::FormSource::incident || of_list) about.organisation = TRY_IN("field organisation: ", organisation_for(ask, tx, wanted));
        Draft draft = TRY(reports::draft(tx, ask.actor.scope, *kind, about, *law, now));
        std::string title = TRY(title_for(tx, ask.actor.scope, *kind, draft));
        return reports::create(tx, ask.actor, std::move(title), std::move(draft), ask.context.random, now);
    }));
    auto response = answer_with_paper(made, 201);
    response.with("Location", "/api/v1/papers/" + made.id.text());
    return response;
}

Result<net::Response> show(Ask& ask) { return answer_with_paper(TRY(paper_of(ask))); }

Result<net::Response> fields(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const FormKind* kind = TRY(form_of(ask.context, paper.draft.form));
    json::Array all, tables, figures, addressees;
    for (const reports::Figure& one : paper.draft.figures) {
        json::Array ids;
        for (const std::string& id : one.ids) ids.emplace_back(id);
        figures.push_back(json::object({{"name", one.name}, {"value", one.value}, {"query", one.query}, {"ids", std::move(ids)}, {"all_ids", one.all_ids}}));
    }
    for (const FormField& one : kind->fields) all.push_back(field_json(one, paper.draft));
    for (const reports::FormTable& one : kind->tables) tables.push_back(table_json(one, paper.draft));
    for (const std::string& one : paper.draft.addressees) addressees.emplace_back(one);
    return versioned_answer(200, json::object({{"paper", paper.id.text()}, {"fields", std::move(all)}, {"tables", std::move(tables)}, {"figures", std::move(figures)}, {"addressees", std::move(addressees)}, {"mail_subject", paper.draft.mail_subject}, {"version", paper.version}}), paper.version);
}

Result<net::Response> change(Ask& ask) {
    const auto id = TRY(ask.id<PaperTag>());
    const auto version = TRY(ask.if_match());
    const bool again = ask.body.boolean("anew").value_or(false);
    reports::Words words;
    if (const json::Value* given = ask.body.find("fields"); given != nullptr && given->is_object())
        for (const auto& [name, text] : given->as_object()) words.emplace_back(name, text.is_text() ? text.as_text() : std::string{});
    const regime::Regime* law = TRY(paper_law(ask.context));
    const Time now = ask.context.clock.now();
    return answer_with_paper(TRY(ask.context.state.write([&](store::Transaction& tx) -> Result<KeptPaper> {
        const KeptPaper before = TRY(reports::find(tx, ask.actor.scope, id));
        const FormKind* kind = TRY(form_of(ask.context, before.draft.form));
        std::optional<Draft> anew;
        if (again) {
            reports::FormAbout about{.of = before.draft.of, .organisation = before.draft.organisation, .from = before.draft.from, .until = before.draft.until, .list = before.draft.list, .regime = before.draft.regime};
            if (about.of) about.organisation.reset();
            anew = TRY(reports::draft(tx, ask.actor.scope, *kind, about, *law, now));
        }
        return reports::change(tx, ask.actor, id, *kind, words, std::move(anew), version, now);
    })));
}

Result<net::Response> pages(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const FormKind* kind = TRY(form_of(ask.context, paper.draft.form));
    return json_answer(200, json::object({{"paper", paper.id.text()}, {"pages", TRY(reports::page_count(TRY(reports::lay_out(*kind, paper.draft))))}}));
}

Result<net::Response> page(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const FormKind* kind = TRY(form_of(ask.context, paper.draft.form));
    const std::int64_t number = ask.integer("number").value_or(1), dpi = ask.integer("dpi").value_or(100);
    if (number < 1 || number > static_cast<std::int64_t>(reports::kMostPages)) return fail(Code::bad_input, "field number: is no page");
    if (dpi < 30 || dpi > 300) return fail(Code::bad_input, "field dpi: is from 30 to 300");
    auto pictures = TRY(reports::to_pngs(TRY(reports::lay_out(*kind, paper.draft)), {.first = static_cast<std::size_t>(number), .most = 1, .dpi = static_cast<double>(dpi)}));
    if (pictures.empty()) return fail(Code::not_found, "the paper has no such page");
    net::Response response;
    response.body = std::move(pictures.front());
    response.with("Content-Type", "image/png").with("Cache-Control", "private, no-store");
    return response;
}

Result<net::Response> document(Ask& ask) {
    const KeptPaper paper = TRY(paper_of(ask));
    const std::string wanted = ask.text("format").value_or("pdf");
    net::Response response;
    response.body = TRY(rendered(ask.context, paper, wanted));
    response.with("Content-Type", std::string{media_of_format(wanted)}).with("Content-Disposition", format("attachment; filename=\"paper-{}.{}\"", paper.number, wanted));
    return response;
}

// Which clocks of the law a paper stops, and what it lacks for it.
Result<net::Response> clocks(Ask& ask) {
    const auto id = TRY(ask.id<PaperTag>());
    const regime::Regime* law = TRY(paper_law(ask.context));
    std::optional<cases::Case> file;
    std::vector<reports::PaperFact> facts;
    const KeptPaper paper = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<KeptPaper> {
        KeptPaper one = TRY(reports::find(tx, ask.actor.scope, id));
        if (one.draft.of) file = TRY(cases::find(tx, ask.actor.scope, *one.draft.of));
        facts = TRY(reports::facts_of(tx, id));
        return one;
    }));
    const FormKind* kind = TRY(form_of(ask.context, paper.draft.form));
    std::vector<regime::Deadline> found;
    if (file) {
        regime::Facts happened = TRY(ask.context.state.read([&](store::Transaction& tx) { return cases::facts_of(tx, *file); }));
        // Initial and final reports are of incidents that may exceed what the operator can do; who drafts one says so.
        if (law->circumstances().count("beyond-own-capacity") != 0) happened.circumstances.insert("beyond-own-capacity");
        found = TRY(law->deadlines(happened));
    } else if (paper.draft.from) {
        const Time until = paper.draft.until.value_or(*paper.draft.from) + days(366);
        found = law->periods(*paper.draft.from, until, {"network-member", "operator", "system-owner"});
    }
    json::Array items;
    for (const regime::Deadline& one : found) {
        const auto& words = one.clock->satisfied_by;
        if (std::none_of(kind->satisfies.begin(), kind->satisfies.end(), [&](const std::string& word) { return std::find(words.begin(), words.end(), word) != words.end(); })) continue;
        json::Array sent, lacking;
        bool late = false;
        for (const std::string& role : one.clock->to) {
            const auto first = std::find_if(facts.begin(), facts.end(), [&](const reports::PaperFact& fact) { return fact.kind == "sent" && fact.role == role; });
            if (first == facts.end()) {
                lacking.emplace_back(role);
                continue;
            }
            const bool is_late = one.strict && !one.immediately && first->time >= *one.strict;
            late = late || is_late;
            sent.push_back(json::object({{"role", role}, {"time", time_value(first->time)}, {"late", is_late}}));
        }
        const std::string_view state = !one.start ? "not-running" : !lacking.empty() ? "waits" : late ? "late" : "met";
        items.push_back(json::object({{"clock", deadline_json(one)}, {"sent", std::move(sent)}, {"lacking", std::move(lacking)}, {"state", state}}));
    }
    return json_answer(200, json::object({{"paper", id.text()}, {"items", std::move(items)}}));
}

constexpr std::string_view kCreate = R"({"type":"object","additionalProperties":false,"required":["form"],"properties":{"form":{"type":"string","minLength":1,"maxLength":64},"case":{"type":"string","format":"uuid","description":"of a form about an incident"},
    "organisation":{"type":"string","format":"uuid"},"from":{"type":"string","format":"date-time","description":"of a period"},"until":{"type":"string","format":"date-time"},"list":{"type":"string","maxLength":64,"description":"of victims, that is answered or told about"},
    "regime":{"type":"string","maxLength":64,"description":"chosen by a person instead of the day's"}},"examples":[{"form":"mau-03","case":"{case}"}]})";
constexpr std::string_view kChange = R"({"type":"object","additionalProperties":false,"properties":{"fields":{"type":"object","maxProperties":1000,"additionalProperties":{"type":"string","maxLength":20000},"description":"by name, a cell by TABLE/ROW/COLUMN; an empty text: the fact's again"},
    "anew":{"type":"boolean","description":"from today's facts; what people wrote stays"}},"examples":[{"anew":true}]})";
constexpr std::string_view kFields = R"({"type":"object","required":["paper","fields","tables","figures","addressees","mail_subject","version"],"properties":{"paper":{"type":"string","format":"uuid"},"fields":{"type":"array","items":{"$ref":"#/components/schemas/PaperField"}},
    "tables":{"type":"array","items":{"$ref":"#/components/schemas/PaperTable"}},
    "figures":{"type":"array","description":"numbers, each with the question whose rows it counts","items":{"type":"object","required":["name","value","query","ids","all_ids"],"properties":{"name":{"type":"string","description":"TABLE/ROW/COLUMN"},"value":{"type":"integer"},
    "query":{"type":"string"},"ids":{"type":"array","items":{"type":"string"},"description":"of the rows"},"all_ids":{"type":"boolean","description":"false: there are more than are named"}},"additionalProperties":false}},"addressees":{"type":"array","items":{"type":"string"}},"mail_subject":{"type":"string"},"version":{"type":"integer"}},"additionalProperties":false})";
constexpr std::string_view kPages = R"({"type":"object","required":["paper","pages"],"properties":{"paper":{"type":"string","format":"uuid"},"pages":{"type":"integer"}},"additionalProperties":false})";
constexpr std::string_view kClocks = R"({"type":"object","required":["paper","items"],"properties":{"paper":{"type":"string","format":"uuid"},"items":{"type":"array","items":{"$ref":"#/components/schemas/PaperClock"}}},"additionalProperties":false})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/paper-forms", .permission = "paper:read", .holds = Holds::shared, .summary = "Lists the forms of papers, those that lapsed too.", .response_schema = "PaperForm[]", .parameters = kListParameters, .answer = list_forms},
    {.method = "GET", .pattern = "/api/v1/papers", .permission = "paper:read", .summary = "Lists the papers, the newest first.", .response_schema = "Paper[]",
     .parameters = "limit:integer most items of a page from 1 to 1000 and 100 without, after:string the cursor from next of the page before, state:draft|signed|sent|acknowledged only these, form:string only of this form, case:uuid only of this case," VG_NARROWED, .answer = list_all},
    {.method = "POST", .pattern = "/api/v1/papers", .permission = "paper:draft", .summary = "Drafts a paper from the facts of a case or of an organisation.", .request_schema = kCreate, .response_schema = "Paper", .status = 201, .answer = create},
    {.method = "GET", .pattern = "/api/v1/papers/{id}", .permission = "paper:read", .summary = "Shows one paper.", .response_schema = "Paper", .answer = show},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/fields", .permission = "paper:read", .summary = "Shows what a paper says, field by field, and what it lacks.", .response_schema = kFields, .answer = fields},
    {.method = "PATCH", .pattern = "/api/v1/papers/{id}", .permission = "paper:draft", .summary = "Changes fields of a draft, or makes it anew from today's facts.", .request_schema = kChange, .response_schema = "Paper", .answer = change},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/pages", .permission = "paper:read", .summary = "Tells how many pages a paper has.", .response_schema = kPages, .answer = pages},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/page", .permission = "paper:read", .summary = "Gives a page of a paper as a picture.", .parameters = "number:integer from 1 and 1 without, dpi:integer from 30 to 300 and 100 without, version:integer of the paper for caches alone", .answer = page},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/document", .permission = "paper:read", .summary = "Gives the draft as a file; nothing is kept by it.", .parameters = "format:pdf|docx pdf without", .answer = document},
    {.method = "GET", .pattern = "/api/v1/papers/{id}/clocks", .permission = "paper:read", .summary = "Tells which clocks of the law a paper stops, and to whom it must still go.", .response_schema = kClocks, .answer = clocks},
};

}  // namespace

extern const Resource papers{.name = "papers", .about = "Papers: forms filled from facts, for people to look through, sign and send.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_papers

// Answers in bulk: the sheet of an organisation's items, and the filled sheet with an account for every row.
#include "api/api.h"
#include "api/case_json.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/narrowed.h"
#include "api/reason.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "lists/answer_sheet.h"

namespace vg::api::of_case_answers {

namespace {

constexpr std::size_t kMostBody = std::size_t{24} << 20;  // of kMostAnswerFile in base64

constexpr NamedSchema kSchemas[] = {
    {"AnswerImport", R"({"type":"object","required":["read","taken","unchanged","refused","kept","reasons"],"properties":{"read":{"type":"integer","description":"taken + unchanged + refused"},"taken":{"type":"integer"},
    "unchanged":{"type":"integer","description":"without an answer, or with the one that stands"},"refused":{"type":"integer"},"kept":{"type":"boolean","description":"false: it was a preview"},
    "reasons":{"type":"array","description":"the first 10,000, in the order of their lines","items":{"type":"object","required":["line","item","field","reason"],"properties":{"line":{"type":"integer","description":"of the text, or row of the sheet"},"item":{"type":"string","description":"as written"},
    "field":{"type":"string","description":"empty: the row as a whole"},"reason":{"type":"string"},)" VG_REASON R"(},"additionalProperties":false}}},"additionalProperties":false})"}};

Result<net::Response> sheet(Ask& ask) {
    const bool xlsx = ask.text("format").value_or("csv") == "xlsx";
    const access::Scope scope = TRY(scope_of(ask));
    std::optional<cases::CaseId> of;
    if (const auto text = ask.text("case")) of = TRY_IN("field case: ", cases::CaseId::parse(*text));
    std::int64_t number = 0;
    net::Response response;
    response.body = TRY(ask.context.state.read([&](store::Transaction& tx) -> Result<std::string> {
        if (of) number = TRY(cases::find(tx, scope, *of)).number;
        return lists::answer_sheet(tx, scope, of, xlsx ? lists::SheetForm::xlsx : lists::SheetForm::csv);
    }));
    response.with("Content-Type", xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8; header=present");
    response.with("Content-Disposition", disposition_of(format("tra-loi{}.{}", of ? format("-vu-{}", number) : "", xlsx ? "xlsx" : "csv")));
    return response;
}

// "field NAME: REASON" in its parts.
json::Value refusal_json(const lists::RefusedAnswer& row) {
    std::string_view reason = row.reason, field;
    constexpr std::string_view kField = "field ";
    if (const std::size_t colon = reason.find(": "); reason.starts_with(kField) && colon != std::string_view::npos) {
        field = reason.substr(kField.size(), colon - kField.size());
        reason.remove_prefix(colon + 2);
    }
    json::Value out = json::object({{"line", row.line}, {"item", shorten(row.item, 100)}, {"field", field}, {"reason", reason}});
    add_reason(out, reason);
    return out;
}

Result<net::Response> take(Ask& ask) {
    const auto text = ask.body.text("text"), data = ask.body.text("data");
    if (text.has_value() == data.has_value()) return fail(Code::bad_input, "field text: give text, or data in base64");
    const std::string bytes = text ? *text : TRY_IN("field data: ", from_base64(*data));
    const bool preview = ask.body.boolean("preview").value_or(false);
    const lists::AnswerReading reading = TRY(lists::read_answers(bytes));
    const lists::AnswersTaken taken = TRY(lists::take_answers(ask.context.state, ask.actor, reading, preview, ask.context.clock.now()));
    json::Array reasons;
    for (const lists::RefusedAnswer& one : taken.reasons) reasons.push_back(refusal_json(one));
    return json_answer(200, json::object({{"read", taken.read}, {"taken", taken.taken}, {"unchanged", taken.unchanged}, {"refused", taken.refused}, {"kept", !preview}, {"reasons", std::move(reasons)}}));
}

constexpr std::string_view kTake = R"({"type":"object","additionalProperties":false,"properties":{"text":{"type":"string","description":"CSV with the headings of the sheet"},"data":{"type":"string","description":"the bytes of a CSV file or a workbook (XLSX) in base64, at most 16 MiB before"},
    "preview":{"type":"boolean","description":"says what would become of the rows, and keeps nothing"}},"examples":[{"text":"item,answer,reason\n00000000-0000-7000-8000-000000000001,false-report,a scanner of ours\n"}]})";

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/case-answers/sheet", .permission = "case:read", .summary = "Gives the items that are not closed as a sheet to be filled in, at most 20,000.",
     .parameters = "format:csv|xlsx csv without, case:uuid only of this case," VG_NARROWED, .answer = sheet},
    {.method = "POST", .pattern = "/api/v1/case-answers", .permission = "case:answer", .summary = "Takes the answers of a filled sheet, or says what would become of them. The same sheet once more changes nothing.", .request_schema = kTake,
     .response_schema = "AnswerImport", .most_body = kMostBody, .answer = take},
};

}  // namespace

extern const Resource case_answers{.name = "case-answers", .about = "Answers for the victims of cases by the sheet.", .routes = kRoutes, .schemas = kSchemas};

}  // namespace vg::api::of_case_answers

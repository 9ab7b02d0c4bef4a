#include "api/paper_json.h"

#include "api/fields.h"
#include "api/list.h"
#include "base/text.h"

namespace vg::api {

Result<reports::PaperPlace> paper_place(Context& context) {
    if (context.disk == nullptr || context.papers.empty()) return fail(Code::unavailable, "this node keeps no papers");
    return reports::PaperPlace{*context.disk, context.papers};
}

Result<const reports::Forms*> paper_forms(const Context& context) {
    if (context.forms == nullptr) return fail(Code::unavailable, "the data of forms could not be read; the log says why");
    return context.forms.get();
}

Result<const regime::Regime*> paper_law(const Context& context) {
    if (context.regime == nullptr) return fail(Code::unavailable, "the data of laws and calendars could not be read; the log says why");
    return context.regime.get();
}

Result<const reports::FormKind*> form_of(const Context& context, std::string_view code) {
    const reports::FormKind* kind = TRY(paper_forms(context))->find(code);
    if (kind == nullptr) return fail(Code::bad_input, format("field form: there is no form {}", shorten(code, 64)));
    return kind;
}

Result<reports::KeptPaper> paper_of(Ask& ask) {
    const auto id = TRY(ask.id<reports::PaperTag>());
    return ask.context.state.read([&](store::Transaction& tx) { return reports::find(tx, ask.actor.scope, id); });
}

json::Value paper_json(const reports::KeptPaper& paper) {
    const reports::Draft& draft = paper.draft;
    return json::object({{"id", paper.id.text()}, {"number", paper.number}, {"organisation", draft.organisation.text()}, {"case", draft.of ? json::Value{draft.of->text()} : json::Value{}}, {"form", draft.form}, {"title", paper.title},
                         {"regime", draft.regime}, {"lapsed", draft.lapsed}, {"from", time_value(draft.from)}, {"until", time_value(draft.until)}, {"state", reports::name_of(paper.state)}, {"missing", draft.missing.size()},
                         {"left_out", draft.left_out}, {"made", time_value(paper.made)}, {"made_by", paper.made_by}, {"version", paper.version}});
}

net::Response answer_with_paper(const reports::KeptPaper& paper, int status) { return versioned_answer(status, paper_json(paper), paper.version); }

Result<std::string> rendered(Context& context, const reports::KeptPaper& paper, std::string_view wanted) {
    const reports::FormKind* kind = TRY(form_of(context, paper.draft.form));
    const reports::Document document = TRY(reports::lay_out(*kind, paper.draft));
    return wanted == "docx" ? reports::to_docx(document) : reports::to_pdf(document);
}

Result<reports::Bytes> kept_paper(Context& context, std::string_view bytes, std::string_view media) {
    return reports::Bytes{.sha256 = TRY(reports::keep_bytes(TRY(paper_place(context)), bytes)), .media = std::string{media}, .size = static_cast<std::int64_t>(bytes.size())};
}

Result<reports::Bytes> bytes_of_notice(Context& context, const reports::KeptPaper& paper) {
    if (!paper.draft.missing.empty()) return fail(Code::conflict, format("{} mandatory fields of the notice are empty", paper.draft.missing.size()));
    return kept_paper(context, TRY(rendered(context, paper, "pdf")), media_of_format("pdf"));
}

std::string_view media_of_format(std::string_view wanted) { return wanted == "docx" ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document" : "application/pdf"; }

std::string_view ending_of(std::string_view media) {
    if (media == "application/pdf") return "pdf";
    if (media == "application/pkcs7-mime") return "p7m";
    if (media == "image/png") return "png";
    if (media == "image/jpeg") return "jpg";
    return "docx";
}

}  // namespace vg::api

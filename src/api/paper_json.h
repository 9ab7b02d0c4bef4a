// What the routes of papers share: where they stand, their forms, and how they look in answers. Room-internal.
#pragma once

#include <string>

#include "api/api.h"
#include "reports/forms.h"
#include "reports/paper_files.h"
#include "reports/papers.h"

namespace vg::api {

// Code::unavailable where the node has none.
Result<reports::PaperPlace> paper_place(Context& context);
Result<const reports::Forms*> paper_forms(const Context& context);
Result<const regime::Regime*> paper_law(const Context& context);
Result<const reports::FormKind*> form_of(const Context& context, std::string_view code);
Result<reports::KeptPaper> paper_of(Ask& ask);

json::Value paper_json(const reports::KeptPaper& paper);
net::Response answer_with_paper(const reports::KeptPaper& paper, int status = 200);

// The draft as "pdf" or "docx".
Result<std::string> rendered(Context& context, const reports::KeptPaper& paper, std::string_view format);
// Bytes of a paper, kept under their hash.
Result<reports::Bytes> kept_paper(Context& context, std::string_view bytes, std::string_view media);
// A notice that nobody signed goes as it is now. Code::conflict: something mandatory is missing in it.
Result<reports::Bytes> bytes_of_notice(Context& context, const reports::KeptPaper& paper);
std::string_view media_of_format(std::string_view format);
std::string_view ending_of(std::string_view media);

// The member "role" of a body: whom an addressee is, to the law.
#define VG_PAPER_ROLE R"("role":{"type":"string","enum":["owner","national-coordinator","specialised-unit","relevant-member","state-authority","specialised-force","defence-force","bank-regulator","data-protection","data-subjects","requester","organisation","other"]})"

}  // namespace vg::api

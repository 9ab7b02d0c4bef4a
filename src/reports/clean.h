// Texts of a Document as every writer of it takes them: bounded, and without what hides or turns around. Room-internal.
#pragma once

#include <string>
#include <string_view>

#include "reports/document.h"

namespace vg::reports {

// NFC, without control characters (a tab becomes a blank; line feeds stay when `lines`), without characters that change the direction of
// text or that are invisible, at most kMostText bytes.
std::string clean(std::string_view text, bool lines = true);

// The whole document so, and within the bounds. Errors as to_pdf() tells them.
Result<Document> cleaned(const Document& document);

// How the parts of a document read, for all writers alike.
std::string number_line(const Document& document);                          // "Số: 123/STTTT-CNTT"
std::vector<std::string> address_lines(const Document& document);           // with "- " and ";" where there are several
std::vector<std::string> recipient_lines(const Document& document);         // "- Như trên;" ... "- Lưu: VT."
inline constexpr std::string_view kNation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", kMotto = "Độc lập - Tự do - Hạnh phúc";
std::string upper(std::string_view text);                                   // by Unicode

}  // namespace vg::reports

// Document: an official paper as a plain value, and what it looks like as PDF, DOCX, pictures of its pages and plain text: A4, head, body
// and signatures as Nghị định 30/2020/NĐ-CP, Phụ lục I, has them. What it says comes from forms.h.
//
//   const std::string pdf = TRY(reports::to_pdf(document));
//
// Texts may come from anybody: control and direction characters are left out, ill-formed UTF-8 becomes U+FFFD, all is NFC, and one that
// is longer than kMostText is cut and says so. The same Document gives the same bytes. Any thread; pages are made by one at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace vg::reports {

struct Run {
    std::string text;  // a line feed in it begins a new line
    bool bold = false, italic = false;
};

enum class Align { justified, left, centred, right };

struct Paragraph {
    std::vector<Run> runs;
    Align align = Align::justified;
    bool indented = true;  // its first line, by 1 cm
    bool keep = false;     // on one page with what follows
};
// "1. ...", "a) ...", "- ...": the label stands before the text.
struct Item {
    std::string label;
    std::vector<Run> runs;
};
// Boxes of which some are ticked.
struct Boxes {
    struct Box {
        std::string text;
        bool ticked = false;
    };
    std::vector<Box> boxes;
    bool in_one_line = false;
};
struct Table {
    struct Column {
        std::string head;
        double width = 1;  // shares of the whole
        Align align = Align::left;
    };
    std::vector<Column> columns;                 // 1 to kMostColumns; without any head there is no header row
    std::vector<std::vector<std::string>> rows;  // of as many cells
    bool last_is_total = false;                  // the last row is bold
};
using Block = std::variant<Paragraph, Item, Boxes, Table>;

struct Signature {
    std::string authority;  // "KT. GIÁM ĐỐC"; empty: none
    std::string title;      // "PHÓ GIÁM ĐỐC"
    std::string name;
};

struct Document {
    std::string mark;             // in the upper corner: "Mẫu số 03 (mẫu cũ)"; empty: none
    std::string parent_agency;    // above the agency; empty: none
    std::string agency;
    std::string number;           // "123/STTTT-CNTT"; a blank is left where there is none
    std::string urgency;          // "HỎA TỐC", "THƯỢNG KHẨN", "KHẨN"; empty: none
    std::string place_and_date;   // place_and_date()
    std::string title;            // "BÁO CÁO"; empty: an official letter (công văn)
    std::string subject;          // below the title, or behind "V/v" of a letter
    std::vector<std::string> addressees;  // "Kính gửi"
    std::vector<Block> blocks;
    Signature signature;
    std::vector<std::string> recipients;  // "Nơi nhận", without dashes and semicolons
    Time made;                    // stands in the files' properties
};

inline constexpr std::size_t kMostText = 20'000;        // bytes of one text
inline constexpr std::size_t kMostOfDocument = std::size_t{8} << 20;
inline constexpr std::size_t kMostRows = 10'000;        // of all tables
inline constexpr std::size_t kMostColumns = 12;
inline constexpr std::size_t kMostPages = 3'000;

// "Hà Nội, ngày 05 tháng 02 năm 2024"; blanks for the day when there is none yet, and dots for an empty place.
std::string place_and_date(std::string_view place, const std::optional<Time>& day, std::string_view zone = "Asia/Ho_Chi_Minh");

// Errors: too_large beyond the bounds above; bad_input for a table whose rows do not fit its columns; unavailable without a font.
Result<std::string> to_pdf(const Document& document);
Result<std::string> to_docx(const Document& document);
std::string to_text(const Document& document);

struct Pictures {
    std::size_t first = 1;  // page
    std::size_t most = 10;  // at most 50
    double dpi = 100;       // 30 to 300
};
// Pages as PNG, the same that the PDF has.
Result<std::vector<std::string>> to_pngs(const Document& document, const Pictures& pictures = {});
Result<std::size_t> page_count(const Document& document);

}  // namespace vg::reports

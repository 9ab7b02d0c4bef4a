// A document as plain text: for mails, for search, and for whoever compares two.
#include <algorithm>

#include "base/text.h"
#include "reports/clean.h"

namespace vg::reports {

namespace {

void line(std::string& out, std::string_view text) {
    out += text;
    out += '\n';
}

std::string joined(const std::vector<Run>& runs) {
    std::string out;
    for (const Run& run : runs) out += run.text;
    return out;
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

void tell(std::string& out, const Paragraph& block) { line(out, joined(block.runs)); }
void tell(std::string& out, const Item& block) { line(out, block.label + " " + joined(block.runs)); }
void tell(std::string& out, const Boxes& block) {
    for (const Boxes::Box& box : block.boxes) line(out, (box.ticked ? "[x] " : "[ ] ") + box.text);
}
void tell(std::string& out, const Table& block) {
    const auto row = [&](const auto& cells, auto text_of_cell) {
        std::string text;
        for (const auto& cell : cells) text += (text.empty() ? "" : " | ") + one_line(text_of_cell(cell));
        line(out, text);
    };
    if (std::any_of(block.columns.begin(), block.columns.end(), [](const Table::Column& column) { return !column.head.empty(); })) row(block.columns, [](const Table::Column& column) { return column.head; });
    for (const auto& cells : block.rows) row(cells, [](const std::string& cell) { return cell; });
}

}  // namespace

std::string to_text(const Document& document) {
    const auto checked = cleaned(document);
    if (!checked) return checked.error().text + "\n";
    const Document& clean = *checked;
    std::string out;
    for (const std::string* text : {&clean.mark, &clean.parent_agency, &clean.agency})
        if (!text->empty()) line(out, text == &clean.mark ? *text : upper(*text));
    line(out, kNation);
    line(out, kMotto);
    line(out, number_line(clean));
    if (clean.title.empty() && !clean.subject.empty()) line(out, "V/v " + clean.subject);
    if (!clean.urgency.empty()) line(out, upper(clean.urgency));
    line(out, clean.place_and_date);
    if (!clean.title.empty()) {
        line(out, "");
        line(out, upper(clean.title));
        if (!clean.subject.empty()) line(out, clean.subject);
    }
    line(out, "");
    const std::vector<std::string> to = address_lines(clean);
    if (to.size() == 1) line(out, "Kính gửi: " + to.front());
    else if (!to.empty()) {
        line(out, "Kính gửi:");
        for (const std::string& one : to) line(out, one);
    }
    if (!to.empty()) line(out, "");
    for (const Block& block : clean.blocks) std::visit([&](const auto& one) { tell(out, one); }, block);
    line(out, "");
    for (const std::string* text : {&clean.signature.authority, &clean.signature.title})
        if (!text->empty()) line(out, upper(*text));
    if (!clean.signature.name.empty()) line(out, clean.signature.name);
    if (!clean.recipients.empty()) {
        line(out, "");
        line(out, "Nơi nhận:");
        for (const std::string& one : recipient_lines(clean)) line(out, one);
    }
    return out;
}

}  // namespace vg::reports

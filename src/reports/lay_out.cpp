// A draft as a document, by the layout of its form.
#include <algorithm>

#include "base/text.h"
#include "reports/clean.h"
#include "reports/gather.h"
#include "reports/public_addresses.h"
#include "reports/template.h"

namespace vg::reports {

namespace {

// Every text goes through here: an internal address has no other way into a document. Cleaned first, so that none is hidden by what is left
// out afterwards.
std::string public_text(std::string_view text) {
    std::int64_t ignored = 0;
    return public_only(clean(text), ignored);
}

std::vector<std::string> lines_of_text(std::string_view text) {
    std::vector<std::string> out;
    for (const std::string_view line : split(text, '\n'))
        if (!trim(line).empty()) out.emplace_back(trim(line));
    return out;
}

std::string label_of(const FormField& field) { return field.label_vi + (field.required ? " (*)" : ""); }

class Layouter {
public:
    Layouter(const FormKind& kind, const Draft& draft) : kind_(kind), draft_(draft) {}

    Document lay_out() {
        Document out;
        if (!kind_.mark.empty() || draft_.lapsed) out.mark = kind_.mark + (draft_.lapsed ? (kind_.mark.empty() ? "(mẫu cũ)" : " (mẫu cũ)") : "");
        out.parent_agency = text("head.parent");
        out.agency = text("head.agency");
        out.number = text("head.number");
        if (const FormField* urgency = kind_.field("head.urgency")) out.urgency = public_text(shown_value(*urgency, draft_.value(urgency->name)));
        out.place_and_date = place_and_date(text("head.place"), day_named(draft_.value("head.date")), kZone);
        if (kind_.letter) {
            out.subject = public_text(subject_of(kind_, draft_));
        } else {
            out.title = public_text(expand(kind_.heading, draft_));
            out.subject = public_text(expand(kind_.heading_subject, draft_));
        }
        for (const std::string& one : draft_.addressees) out.addressees.push_back(public_text(one));
        for (const json::Value& block : kind_.layout.as_array())
            if (stands(block)) add(block);
        out.blocks = std::move(blocks_);
        out.signature = {text("sign.authority"), text("sign.title"), text("sign.name")};
        for (const std::string& line : lines_of_text(draft_.value("recipients"))) out.recipients.push_back(public_text(line));
        out.made = draft_.made;
        return out;
    }

private:
    [[nodiscard]] std::string text(std::string_view field) const { return public_text(draft_.value(field)); }
    [[nodiscard]] std::string filled(std::string_view text) const { return public_text(expand(text, draft_)); }

    // `when` and `unless` name a field that is filled, or a table that has rows.
    [[nodiscard]] bool is_there(const std::string& name) const {
        const auto rows = draft_.tables.find(name);
        return rows != draft_.tables.end() ? !rows->second.empty() : !draft_.value(name).empty();
    }
    [[nodiscard]] bool stands(const json::Value& block) const {
        const auto when = block.text("when"), unless = block.text("unless");
        return (!when || is_there(*when)) && (!unless || !is_there(*unless));
    }

    void paragraph(std::vector<Run> runs, bool indented = true, Align align = Align::justified, bool keep = false) { blocks_.push_back(Paragraph{.runs = std::move(runs), .align = align, .indented = indented, .keep = keep}); }

    void field_line(const std::string& name) {
        const FormField& field = *kind_.field(name);
        const std::string value = public_text(shown_value(field, draft_.value(name)));
        paragraph({{"- " + label_of(field) + ": "}, {value.empty() ? std::string{kDots} : value}}, true, Align::left);
    }

    void grid(const json::Array& names) {
        Table table{.columns = {{"", 4, Align::left}, {"", 7, Align::left}}, .rows = {}};
        for (const json::Value& name : names) {
            const FormField& field = *kind_.field(name.as_text());
            table.rows.push_back({label_of(field), public_text(shown_value(field, draft_.value(field.name)))});
        }
        blocks_.push_back(std::move(table));
    }

    void boxes(const FormField& field, bool in_one_line) {
        Boxes out{.boxes = {}, .in_one_line = in_one_line};
        const auto ticked = ticked_of(draft_.value(field.name));
        for (const auto& [word, label] : field.choices) {
            const auto found = std::find_if(ticked.begin(), ticked.end(), [&, wanted = std::string_view{word}](const Ticked& one) { return one.word == wanted; });
            std::string shown = label;
            if (found != ticked.end() && !found->text.empty()) shown += " " + public_text(found->text);
            out.boxes.push_back({std::move(shown), found != ticked.end()});
        }
        blocks_.push_back(std::move(out));
    }

    void table(const FormTable& form, const json::Value& block) {
        const std::vector<DraftRow>& rows = draft_.tables.at(form.name);
        if (rows.empty() && block.text("empty")) return paragraph({{filled(*block.text("empty"))}});
        Table out;
        for (const FormColumn& column : form.columns) out.columns.push_back({column.head_vi, column.width, column.align});
        for (const DraftRow& row : rows) {
            std::vector<std::string>& cells = out.rows.emplace_back();
            for (std::size_t i = 0; i < form.columns.size(); ++i) {
                const auto changed = draft_.changed.find(form.name + "/" + row.key + "/" + form.columns[i].name);
                cells.push_back(public_text(changed != draft_.changed.end() ? changed->second : i < row.cells.size() ? row.cells[i] : ""));
            }
        }
        if (form.total && !out.rows.empty()) {
            out.rows.push_back(total_of(out.rows, form.columns.size()));
            out.last_is_total = true;
        }
        blocks_.push_back(std::move(out));
    }

    // Sums of columns in which every filled cell is a number; of the others nothing is said.
    static std::vector<std::string> total_of(const std::vector<std::vector<std::string>>& rows, std::size_t columns) {
        std::vector<std::string> out{"Tổng cộng"};
        for (std::size_t i = 1; i < columns; ++i) {
            std::int64_t sum = 0;
            bool known = false, all = true;
            for (const auto& row : rows) {
                if (row[i].empty()) continue;
                std::string digits = row[i];
                std::erase(digits, '.');
                const auto number = digits.size() < 16 ? parse_int(digits) : std::nullopt;
                all = all && number.has_value();
                sum += number.value_or(0);
                known = true;
            }
            out.push_back(known && all ? number_text(sum) : "");
        }
        return out;
    }

    void add(const json::Value& block) {
        const std::string note = block.text("note").value_or("");
        if (const auto heading = block.text("heading")) {
            std::vector<Run> runs{{filled(*heading), true, false}};
            if (!note.empty()) runs.push_back({" " + note, false, true});
            paragraph(std::move(runs), false, Align::left, true);
        } else if (const auto label = block.text("label")) {
            std::vector<Run> runs{{"- " + label_of(*kind_.field(*label))}};
            if (!note.empty()) runs.push_back({" " + note, false, true});
            runs.push_back({":"});
            paragraph(std::move(runs), true, Align::left, true);
        } else if (const auto value = block.text("value")) {
            const std::string shown = text(*value);
            paragraph({{shown.empty() ? std::string{kDots} : shown}}, true, Align::left);
        } else if (const auto framed = block.text("framed")) {
            const FormField& field = *kind_.field(*framed);
            blocks_.push_back(Table{.columns = {{"", 1, Align::left}}, .rows = {{label_of(field)}, {text(*framed).empty() ? "\n\n" : text(*framed)}}});
        } else if (const auto ticks = block.text("boxes")) {
            boxes(*kind_.field(*ticks), block.boolean("in_one_line").value_or(false));
        } else if (const auto rows = block.text("table")) {
            table(*kind_.table(*rows), block);
        } else if (const auto item = block.text("item")) {
            const auto title = block.text("title");
            blocks_.push_back(Item{.label = *item, .runs = {{filled(title.value_or(block.text("text").value_or(""))), title.has_value(), false}}});
            field_lines(block.find("fields"));
        } else if (const json::Value* names = block.find("grid")) {
            grid(names->as_array());
        } else if (block.find("fields") != nullptr) {
            field_lines(block.find("fields"));
        } else if (const auto words = block.text("text")) {
            paragraph({{filled(*words)}});
        }
    }
    void field_lines(const json::Value* names) {
        if (names == nullptr) return;
        for (const json::Value& name : names->as_array()) field_line(name.as_text());
    }

    const FormKind& kind_;
    const Draft& draft_;
    std::vector<Block> blocks_;
};

}  // namespace

Result<Document> lay_out(const FormKind& kind, const Draft& draft) {
    if (draft.form != kind.code) return fail(Code::bad_input, format("the draft is of the form {}, not {}", draft.form, kind.code));
    for (const FormTable& table : kind.tables)
        if (!draft.tables.contains(table.name)) return fail(Code::bad_input, format("the draft has no table {}", table.name));
    return Layouter{kind, draft}.lay_out();
}

}  // namespace vg::reports

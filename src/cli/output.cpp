#include "cli/output.h"

#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "cli/width.h"

namespace vg::cli {

namespace {

constexpr std::size_t kBlock = 1000;
constexpr std::size_t kWidest = 60;

std::string text_of(const json::Value& value) {
    if (value.is_null()) return {};
    if (value.is_text()) return value.as_text();
    if (!value.is_array()) return value.dump();
    std::string out;
    for (const json::Value& item : value.as_array()) out += (out.empty() ? "" : ", ") + (item.is_text() ? item.as_text() : item.dump());
    return out;
}

// RFC 4180; a leading '=', '+', '-' or '@' is taken for a formula by spreadsheets and gets an apostrophe before it.
std::string csv_cell(const std::string& text) {
    std::string cell = text;
    const bool number = parse_real(text).has_value();
    if (!number && !cell.empty() && std::string_view{"=+-@\t\r"}.find(cell.front()) != std::string_view::npos) cell.insert(0, "'");
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string out = "\"";
    for (char c : cell) out += c == '"' ? std::string{"\"\""} : std::string(1, c);
    return out + "\"";
}

void write_members(std::ostream& out, const json::Value& item, const std::string& prefix, std::size_t widest) {
    for (const auto& [name, value] : item.as_object()) {
        const std::string full = prefix.empty() ? name : prefix + "." + name;
        if (value.is_object() && !value.as_object().empty()) {
            write_members(out, value, full, widest);
            continue;
        }
        const std::string shown = printable(full);
        const std::string text = text_of(value);
        out << shown << std::string(widest > width(shown) ? widest - width(shown) : 0, ' ') << "  ";
        if (text.find('\n') == std::string::npos) {
            out << printable(text) << "\n";
        } else {  // a rule's text: lines stay lines
            out << "\n";
            for (std::string_view line : split(text, '\n')) out << "    " << printable(line) << "\n";
        }
    }
}

std::size_t widest_member(const json::Value& item, std::size_t before) {
    std::size_t widest = 0;
    for (const auto& [name, value] : item.as_object()) {
        const std::size_t here = before + width(printable(name));
        widest = std::max(widest, value.is_object() && !value.as_object().empty() ? widest_member(value, here + 1) : here);
    }
    return widest;
}

}  // namespace

Result<Format> format_of(const Call& call) {
    const auto wanted = call.option("format");
    if (!wanted) return call.streams.out_is_terminal ? Format::table : Format::ndjson;
    if (*wanted == "table") return Format::table;
    if (*wanted == "json") return Format::json;
    if (*wanted == "ndjson") return Format::ndjson;
    if (*wanted == "csv") return Format::csv;
    return fail(Code::bad_input, format("--format is table, json, ndjson or csv, not {}", *wanted));
}

// The first of these that is set tells the language of messages (POSIX, section 8.2).
bool is_vietnamese(const Call& call) {
    if (!call.surroundings.variable) return false;
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const auto value = call.surroundings.variable(name); value && !value->empty()) return value->starts_with("vi");
    return false;
}

std::string title_of(const Call& call, const json::Value& rule) {
    const auto title = is_vietnamese(call) ? rule.text("title_vi") : std::nullopt;
    return title ? *title : rule.text("title").value_or("");
}

std::string text_at(const json::Value& item, std::string_view path) {
    const json::Value* value = &item;
    for (std::string_view part : split(path, '.')) {
        value = value->find(part);
        if (value == nullptr) return {};
    }
    return text_of(*value);
}

Result<Printer> Printer::make(Call& call, std::span<const Column> columns) { return Printer{call, columns, TRY(format_of(call))}; }

std::vector<std::string> Printer::cells_of(const json::Value& item) const {
    std::vector<std::string> cells;
    for (const Column& column : columns_) {
        cells.push_back(vietnamese_ && !column.path_vi.empty() ? text_at(item, column.path_vi) : std::string{});
        if (cells.back().empty()) cells.back() = text_at(item, column.path);
    }
    return cells;
}

void Printer::csv_row(const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) call_->streams.out << (i == 0 ? "" : ",") << csv_cell(cells[i]);
    call_->streams.out << "\r\n";
}

void Printer::csv_head() {
    std::vector<std::string> names;
    for (const Column& column : columns_) names.emplace_back(column.path);
    csv_row(names);
}

void Printer::add(const json::Value& item) {
    std::ostream& out = call_->streams.out;
    switch (format_) {
        case Format::ndjson: out << item.dump() << "\n"; break;
        case Format::json: out << (begun_ ? ",\n" : "[\n") << item.pretty(); break;
        case Format::csv:
            if (!begun_) csv_head();
            csv_row(cells_of(item));
            break;
        case Format::table:
            rows_.push_back(cells_of(item));
            for (std::string& cell : rows_.back()) cell = cut(printable(cell), kWidest);
            if (rows_.size() == kBlock) flush_table();
            break;
    }
    begun_ = true;
}

void Printer::flush_table() {
    std::ostream& out = call_->streams.out;
    const bool first = widths_.empty();
    widths_.resize(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths_[i] = std::max(widths_[i], width(columns_[i].title));
        for (const auto& row : rows_) widths_[i] = std::max(widths_[i], width(row[i]));
    }
    const auto write = [&](const auto& cell) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string_view text = cell(i);
            const std::string space(widths_[i] - width(text), ' ');
            line += i == 0 ? "" : "  ";
            line += columns_[i].number ? space + std::string{text} : std::string{text} + space;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << "\n";
    };
    if (first) write([&](std::size_t i) -> std::string_view { return columns_[i].title; });
    for (const auto& row : rows_) write([&](std::size_t i) -> std::string_view { return row[i]; });
    rows_.clear();
}

void Printer::finish() {
    if (format_ == Format::json) call_->streams.out << (begun_ ? "\n]\n" : "[]\n");
    if (format_ == Format::csv && !begun_) csv_head();
    if (format_ == Format::table) {
        if (!rows_.empty()) flush_table();
        if (!begun_) call_->streams.out << "(nothing)\n";
    }
    call_->streams.out.flush();
}

void Printer::one(const json::Value& item) {
    std::ostream& out = call_->streams.out;
    switch (format_) {
        case Format::ndjson: out << item.dump() << "\n"; break;
        case Format::json: out << item.pretty() << "\n"; break;
        case Format::csv:
            add(item);
            break;
        case Format::table:
            if (item.is_object()) write_members(out, item, "", widest_member(item, 0));
            break;
    }
    out.flush();
}

}  // namespace vg::cli

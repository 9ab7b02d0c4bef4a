#include "lists/forms.h"

#include <algorithm>

#include "base/text.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

constexpr std::size_t kMostJson = std::size_t{64} << 20;
constexpr std::size_t kMostNames = 1'000;
constexpr std::size_t kMostCellOfForm = 4'096;
constexpr int kMostDepth = 10;

std::string text_of_scalar(const json::Value& value) {
    if (value.is_text()) return value.as_text();
    if (value.is_null()) return {};
    if (value.is_bool()) return value.as_bool() ? "true" : "false";
    return value.dump();
}

bool has(const json::Value& object, std::string_view name) { return object.find(name) != nullptr; }

std::string form_of(const json::Value& row) {
    if (has(row, "xarf_version") || (has(row, "ReporterInfo") && has(row, "Report"))) return "x-arf";
    if (has(row, "category") && has(row, "time") && (has(row, "address") || has(row, "fqdn") || has(row, "url"))) return "n6";
    return "json";
}

// The objects that are the rows: of a list, or of the one list that an object holds.
const json::Array* list_in(const json::Value& document) {
    if (document.is_array()) return &document.as_array();
    if (!document.is_object() || document.as_object().size() > 4) return nullptr;
    const json::Array* found = nullptr;
    for (const auto& [name, value] : document.as_object()) {
        if (!value.is_array() || value.as_array().empty() || !value.as_array()[0].is_object()) continue;
        if (found != nullptr) return nullptr;
        found = &value.as_array();
    }
    return found;
}

void add_objects(const json::Array& items, FormTable& into, std::string& form) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].is_object()) {
            into.refuse(i + 1, "it is no object", items[i].dump());
            continue;
        }
        if (form.empty()) form = form_of(items[i]);
        flatten(items[i], "", into);
        into.end_row(i + 1);
    }
}

Opened read_document(const json::Value& document) {
    FormTable table;
    if (looks_like_stix(document)) {
        read_stix_bundle(document, table);
        return table.finish("stix");
    }
    if (looks_like_misp(document)) {
        read_misp_events(document, table);
        return table.finish("misp");
    }
    std::string form;
    const bool is_one = document.is_object() && form_of(document) != "json";
    if (const json::Array* items = is_one ? nullptr : list_in(document)) {
        add_objects(*items, table, form);
    } else if (document.is_object()) {
        form = form_of(document);
        flatten(document, "", table);
        table.end_row(1);
    }
    return table.finish(form.empty() ? "json" : form);
}

// One object a line.
std::optional<Opened> read_lines(std::string_view text) {
    FormTable table;
    std::string form;
    std::size_t number = 0, good = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = tidy(text.substr(begin, end - begin));
        begin = end + 1;
        ++number;
        if (line.empty()) continue;
        const auto object = json::parse(line, {.depth = 32, .bytes = std::size_t{1} << 20});
        if (!object || !object->is_object()) {
            if (good == 0) return {};  // its first line is none: it is no such form
            table.refuse(number, object ? "it is no object" : "it is no JSON: " + object.error().text, line);
            continue;
        }
        ++good;
        if (form.empty()) form = form_of(*object);
        flatten(*object, "", table);
        table.end_row(number);
    }
    if (good == 0) return {};
    return table.finish(form);
}

}  // namespace

void FormTable::set(std::string_view name, std::string_view text) {
    text = tidy(text);
    if (text.empty()) return;
    auto at = columns_.find(name);
    if (at == columns_.end()) {
        if (names_.size() >= kMostNames) {
            ++too_many_;
            return;
        }
        at = columns_.emplace(std::string{name}, names_.size()).first;
        names_.emplace_back(name);
    }
    if (row_.size() <= at->second) row_.resize(at->second + 1);
    std::string& cell = row_[at->second];
    if (cell.size() + text.size() > kMostCellOfForm) {
        if (cell.empty()) cell = shorten(to_valid_utf8(text), kMostCellOfForm);
        return;
    }
    if (!cell.empty()) cell += ", ";
    cell += text;
}

void FormTable::end_row(std::size_t line) {
    if (row_.empty()) return refuse(line, "it holds nothing", "");
    table_.rows.push_back({.line = line, .cells = std::move(row_)});
    row_.clear();
}

void FormTable::refuse(std::size_t line, std::string reason, std::string_view text) {
    row_.clear();
    table_.refused.push_back({.line = line, .reason = std::move(reason), .text = shorten(to_valid_utf8(text), 200)});
}

Opened FormTable::finish(std::string form) {
    if (too_many_ > 0) remarks.push_back(format("{} members beyond the first {} names are left out", too_many_, kMostNames));
    Opened opened{.form = std::move(form), .remarks = std::move(remarks)};
    const auto kept = std::make_shared<const tables::Table>(std::move(table_));
    SourceTable table{.header = names_};
    table.each = [kept](const UseRow& use) { each_row(*kept, use); };
    opened.tables.push_back(std::move(table));
    return opened;
}

void flatten(const json::Value& value, const std::string& name, FormTable& into, int depth) {
    if (depth > kMostDepth) return;
    if (value.is_object()) {
        for (const auto& [key, inner] : value.as_object()) flatten(inner, name.empty() ? key : name + "." + key, into, depth + 1);
    } else if (value.is_array()) {
        for (const json::Value& inner : value.as_array()) flatten(inner, name, into, depth + 1);
    } else if (!value.is_null()) {
        into.set(name.empty() ? "value" : shorten(name, 200), text_of_scalar(value));
    }
}

Result<std::optional<Opened>> open_form(std::string_view text, const ReadOptions&) {
    const std::string_view start = tidy(text.substr(0, 4'096));
    if (start.starts_with('{') || start.starts_with("[{") || (start.starts_with('[') && tidy(start.substr(1)).starts_with('{'))) {
        if (text.size() > kMostJson) return fail(Code::too_large, format("the JSON has {} bytes, and {} are read", text.size(), kMostJson));
        const auto document = json::parse(text, {.depth = 64, .bytes = kMostJson});
        if (document) return std::optional{read_document(*document)};
        if (auto lines = read_lines(text)) return lines;
        return fail(Code::bad_input, format("it begins as JSON does, but is none: {}", document.error().text));
    }
    FormTable mail;
    if (read_xarf_mail(text, mail)) return std::optional{mail.finish("x-arf")};
    return std::optional<Opened>{};
}

}  // namespace vg::lists

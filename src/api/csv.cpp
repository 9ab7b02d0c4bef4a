#include "api/csv.h"

#include "base/text.h"
#include "base/time.h"

namespace vg::api {

namespace {

// =, +, - and @ begin a formula in common spreadsheets, and so do a tab and a carriage return before one (OWASP, CSV
// injection); a plain number stays one.
bool looks_like_formula(std::string_view text) {
    return !text.empty() && std::string_view{"=+-@\t\r\n"}.find(text.front()) != std::string_view::npos && !parse_real(text);
}

std::string text_of(const json::Value& value) {
    if (value.is_null()) return {};
    if (value.is_text()) return value.as_text();
    if (!value.is_array()) return value.dump();
    std::string out;
    for (const json::Value& item : value.as_array()) out += (out.empty() ? "" : "\n") + text_of(item);
    return out;
}

void add_cell(std::string& out, std::string_view text) {
    const bool guarded = looks_like_formula(text);
    if (!guarded && text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += guarded ? "\"'" : "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += ',';
        add_cell(out, to_valid_utf8(cells[i]));
    }
    return out + "\r\n";
}

std::string csv_head() {
    std::string out = "id,occurred,received,source,organisation,format,peer,unparsed";
    for (const event::FieldInfo& field : event::all_fields()) out += "," + std::string{field.name};
    return out + ",native\r\n";
}

void csv_row(std::string& out, const Uuid& journal, const directory::Snapshot& directory, const store::FoundEvent& event) {
    const directory::Source* source = directory.source(event.source);
    std::vector<std::string> cells{event::EventId{journal, event.position}.text(), to_rfc3339(event.occurred), to_rfc3339(event.received), source == nullptr ? event.source.text() : source->name,
                                   event.organisation.text(), event.format, event.peer, event.unparsed};
    const std::size_t before = cells.size();
    cells.resize(before + event::all_fields().size());
    json::Object native;
    if (event.fields.is_object())
        for (const auto& [name, value] : event.fields.as_object()) {
            const event::Ecs ecs = event::ecs_field(name);
            if (ecs == event::Ecs::none)
                native.emplace_back(name, value);
            else
                cells[before + static_cast<std::size_t>(ecs) - 1] = text_of(value);
        }
    cells.push_back(native.empty() ? std::string{} : json::Value{std::move(native)}.dump());
    out += csv_line(cells);
}

}  // namespace vg::api

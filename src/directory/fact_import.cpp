#include "directory/fact_import.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "directory/fact_headers.h"
#include "directory/fact_kinds.h"
#include "tables/csv.h"
#include "tables/encoding.h"
#include "tables/xlsx.h"

namespace vg::directory {

namespace {

constexpr std::size_t kHeaderWithin = 20;  // rows: titles stand above it
constexpr std::string_view kBody = "body:";

// Which field each column is, and what is missing for it to be a header.
struct Header {
    std::size_t row = 0;
    std::vector<ImportColumn> columns;
    std::size_t known = 0;
};

Header header_of(const tables::Row& row, const FactImportOptions& options) {
    Header header;
    for (const std::string& cell : row.cells) {
        ImportColumn column{.header = std::string{trim(cell)}, .field = {}, .suggestion = {}};
        const std::string plain = plain_header(column.header);
        const auto told = std::find_if(options.columns.begin(), options.columns.end(), [&](const auto& one) { return plain_header(one.first) == plain; });
        if (plain.empty()) {
        } else if (told != options.columns.end()) {
            column.field = told->second;
        } else if (const auto field = field_of_header(options.kind, column.header)) {
            column.field = *field;
        }
        if (!column.field.empty()) ++header.known;
        header.columns.push_back(std::move(column));
    }
    return header;
}

Result<Header> find_header(const std::vector<tables::Row>& rows, const FactImportOptions& options) {
    Header best;
    for (std::size_t i = 0; i < std::min(rows.size(), kHeaderWithin); ++i) {
        Header header = header_of(rows[i], options);
        header.row = i;
        if (header.known > best.known) best = std::move(header);
    }
    if (best.known == 0) return fail(Code::bad_input, "no header is understood: the first row names what the columns are");
    std::set<std::string> fields;
    for (ImportColumn& column : best.columns) {
        if (column.field.empty()) {
            const std::string plain = plain_header(column.header);
            const bool passed_over = std::any_of(options.columns.begin(), options.columns.end(), [&](const auto& one) { return plain_header(one.first) == plain; });
            if (!plain.empty() && !passed_over) column.suggestion = field_near_header(options.kind, column.header).value_or("");
        } else if (!fields.insert(column.field).second) {
            return fail(Code::bad_input, format("field columns: two columns are the field {}; say of one that it is passed over", column.field));
        }
    }
    return best;
}

// The value of one field put where it belongs; the reason when it cannot be.
Status put_value(FactRow& row, std::string_view field, const json::Value& value, const FactImportOptions& options) {
    const std::string text{value.is_text() ? trim(value.as_text()) : std::string_view{}};
    if (value.is_null() || (value.is_text() && text.empty())) return {};
    if (field == "organisation") {
        row.organisation = text;
    } else if (field == "kind") {
        row.draft.kind = plain_header(text) == text ? text : lower_ascii(text);
    } else if (field == "document") {
        row.draft.document = text;
    } else if (field == "from" || field == "until") {
        const auto time = parse_written_time(text, options.zone);
        if (!time) return fail(Code::bad_input, format("field {}: {} is no day; days are written as 31/01/2024 or 2024-01-31", field, shorten(text, 40)));
        if (field == "from")
            row.draft.from = time->time;
        else  // the day that a table names is the last one
            row.draft.until = time->day_only ? time->time + days(1) : time->time;
    } else {
        const std::string_view name = field.substr(0, kBody.size()) == kBody ? field.substr(kBody.size()) : field;
        row.draft.body.set(name, value.is_text() ? json::Value{text} : value);
    }
    return {};
}

void keep_row(FactReading& reading, FactRow&& row, const Status& read) {
    if (read)
        reading.rows.push_back(std::move(row));
    else
        reading.refused.push_back({row.line, read.error().text});
}

FactRow row_at(std::size_t line, const FactImportOptions& options) {
    FactRow row{.line = line, .organisation = {}, .draft = {.kind = options.kind, .organisation = {}, .body = json::object({}), .from = {INT64_MIN}, .until = {}, .document = options.document, .replaces = {}}};
    if (options.from) row.draft.from = *options.from;
    return row;
}

Status told_since(const FactRow& row) { return row.draft.from.micros == INT64_MIN ? fail(Code::bad_input, "field from: the row does not tell since when it is true") : Status{}; }

// Dates of decisions are written as people write days; a level as "3" or "Cấp 3".
json::Value cell_value(std::string_view kind, std::string_view field, std::string_view text, std::string_view zone) {
    const FactKind* of = fact_kind(kind);
    if (of == nullptr) return text;
    const std::string_view name = field.substr(0, kBody.size()) == kBody ? field.substr(kBody.size()) : field;
    for (const FactField& one : of->fields) {
        if (one.name != name) continue;
        if (one.form == FieldForm::date)
            if (const auto time = parse_written_time(text, zone); time && time->day_only) {
                const Civil day = to_civil(time->time, zone);
                return format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
            }
        if (one.form == FieldForm::integer && !parse_int(trim(text))) {
            const std::string plain = plain_header(text);
            return plain.starts_with("cap ") || plain.starts_with("level ") ? plain.substr(plain.find_last_of(' ') + 1) : std::string{text};
        }
        if (one.form == FieldForm::ranges || one.form == FieldForm::texts) {  // several in a cell stand in lines, or with , or ; between them
            std::string items{text};
            std::replace_if(items.begin(), items.end(), [&](char c) { return c == '\n' || c == '\r' || (c == ',' && one.form == FieldForm::ranges); }, ';');
            return items;
        }
    }
    return text;
}

Result<FactReading> read_rows(const tables::Table& table, const FactImportOptions& options) {
    const Header header = TRY(find_header(table.rows, options));
    FactReading reading{.columns = header.columns, .rows = {}, .refused = {}, .sheet = {}};
    for (const tables::BadRow& bad : table.refused) reading.refused.push_back({bad.line, bad.reason});
    for (std::size_t i = header.row + 1; i < table.rows.size(); ++i) {
        const tables::Row& from = table.rows[i];
        if (std::all_of(from.cells.begin(), from.cells.end(), [](const std::string& cell) { return trim(cell).empty(); })) continue;
        FactRow row = row_at(from.line, options);
        Status read;
        for (std::size_t column = 0; read && column < std::min(from.cells.size(), header.columns.size()); ++column)
            if (const std::string& field = header.columns[column].field; !field.empty()) read = put_value(row, field, cell_value(options.kind, field, from.cells[column], options.zone), options);
        if (read) read = told_since(row);
        keep_row(reading, std::move(row), read);
    }
    return reading;
}

Result<FactReading> read_array(std::string_view text, const FactImportOptions& options) {
    const json::Value array = TRY_IN("the JSON cannot be read: ", json::parse(text, {.depth = 16, .bytes = text.size()}));
    if (!array.is_array()) return fail(Code::bad_input, "the JSON is no array of facts");
    FactReading reading;
    for (const json::Value& given : array.as_array()) {
        FactRow row = row_at(reading.read() + 1, options);
        Status read;
        if (!given.is_object()) read = fail(Code::bad_input, "is no object");
        if (read)
            for (const auto& [name, value] : given.as_object()) {
                if (name == "body" && value.is_object()) {
                    for (const auto& [inner, part] : value.as_object()) row.draft.body.set(inner, part);
                    continue;
                }
                read = put_value(row, name, value, options);
                if (!read) break;
            }
        if (read) read = told_since(row);
        keep_row(reading, std::move(row), read);
    }
    return reading;
}

Result<FactReading> read_workbook(std::string_view bytes, const FactImportOptions& options) {
    const tables::Workbook book = TRY(tables::read_xlsx(bytes));
    std::optional<Error> first;
    for (const tables::Sheet& sheet : book.sheets) {
        if (sheet.visibility != tables::Visibility::visible || sheet.table.rows.empty()) continue;
        auto reading = read_rows(sheet.table, options);
        if (reading) {
            reading->sheet = sheet.name;
            return reading;
        }
        if (!first) first = reading.error().in(format("sheet {}: ", sheet.name));
    }
    return fail(first.value_or(Error{Code::bad_input, "the workbook has no visible sheet with rows"}));
}

int number_in(std::string_view text, std::size_t& at, std::size_t most) {
    int number = 0;
    const std::size_t begin = at;
    for (; at < text.size() && at - begin < most && text[at] >= '0' && text[at] <= '9'; ++at) number = number * 10 + (text[at] - '0');
    return at == begin ? -1 : number;
}

}  // namespace

std::optional<WrittenTime> parse_written_time(std::string_view given, std::string_view zone) {
    const std::string_view text = trim(given);
    if (text.size() > 40) return std::nullopt;
    if (const auto time = parse_time(text, zone)) return WrittenTime{*time, false};
    std::size_t at = 0;
    Civil civil;
    const auto mark = [&](std::string_view allowed) { return at < text.size() && allowed.find(text[at]) != std::string_view::npos ? text[at++] : '\0'; };
    const int first = number_in(text, at, 4);
    const std::size_t digits = at;
    const char separator = mark("-/.");
    const int second = number_in(text, at, 2);
    if (first < 0 || second < 0 || separator == '\0' || mark(std::string_view{&separator, 1}) == '\0') return std::nullopt;
    const std::size_t before_third = at;
    const int third = number_in(text, at, 4);
    if (third < 0) return std::nullopt;
    if (digits == 4 && at - before_third <= 2) {
        civil.year = first, civil.month = second, civil.day = third;
    } else if (digits <= 2 && at - before_third == 4) {
        civil.year = third, civil.month = second, civil.day = first;
    } else {
        return std::nullopt;
    }
    bool day_only = true;
    if (at < text.size()) {
        if (mark(" T") == '\0') return std::nullopt;
        while (mark(" ") != '\0') {}
        day_only = false;
        civil.hour = number_in(text, at, 2);
        if (civil.hour < 0 || mark(":h") == '\0') return std::nullopt;
        civil.minute = number_in(text, at, 2);
        if (civil.minute < 0) return std::nullopt;
        if (mark(":") != '\0' && (civil.second = number_in(text, at, 2)) < 0) return std::nullopt;
        if (at != text.size()) return std::nullopt;
    }
    const auto time = from_civil(civil, zone);
    return time ? std::optional{WrittenTime{*time, day_only}} : std::nullopt;
}

Result<FactReading> read_facts(std::string_view bytes, const FactImportOptions& options) {
    if (!options.kind.empty() && fact_kind(options.kind) == nullptr) return fail(Code::bad_input, "field kind: is no kind of fact");
    if (!is_zone(options.zone)) return fail(Code::bad_input, "field zone: must be an IANA zone such as Asia/Ho_Chi_Minh");
    const bool workbook = tables::may_be_xlsx(bytes);
    const tables::Decoded decoded = workbook ? tables::Decoded{} : TRY(tables::to_text(bytes));
    if (trim(decoded.text).starts_with('[')) return read_array(decoded.text, options);
    if (options.kind.empty()) return fail(Code::bad_input, "field kind: is needed, because a table has the columns of one kind");
    if (workbook) return read_workbook(bytes, options);
    return read_rows(tables::read_csv(decoded.text, {.separator = '\0'}), options);
}

}  // namespace vg::directory

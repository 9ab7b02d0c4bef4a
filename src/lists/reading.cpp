#include "lists/reading.h"

#include <algorithm>
#include <deque>

#include "base/text.h"
#include "base/time.h"
#include "lists/columns.h"
#include "lists/letter.h"
#include "lists/rows.h"
#include "lists/shape.h"
#include "lists/source.h"
#include "lists/when.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

constexpr std::size_t kFooterRows = 40;  // at the end, in which a footer is looked for

std::string_view word_for(DateOrder order) { return order == DateOrder::day_first ? "day-first" : "month-first"; }

// The table that is read: its place among those of the file, or a question which.
Result<std::optional<std::size_t>> choose_table(const Opened& opened, const std::vector<Shape>& shapes, const ReadOptions& options, Reading& reading) {
    if (!options.sheet.empty()) {
        for (std::size_t i = 0; i < opened.tables.size(); ++i)
            if (opened.tables[i].name == options.sheet) return std::optional{i};
        return fail(Code::not_found, format("there is no sheet \"{}\"", shorten(options.sheet, 80)));
    }
    std::vector<std::size_t> with_words, with_values;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        if (shapes[i].words >= 2) with_words.push_back(i);
        else if (shapes[i].has_values) with_values.push_back(i);
    }
    const std::vector<std::size_t>& candidates = with_words.empty() ? with_values : with_words;
    if (candidates.empty() && opened.tables.size() == 1) return std::optional<std::size_t>{0};
    if (candidates.empty()) return fail(Code::bad_input, "no sheet of the workbook has a table: paste the table, or ask the sender for the spreadsheet");
    if (candidates.size() == 1 && !opened.tables[candidates[0]].hidden) return std::optional{candidates[0]};
    Question question{.about = "sheet", .text = candidates.size() == 1 ? "the only sheet with a table is hidden: say whether it is the list" : "several sheets have a table: say which is the list"};
    for (const bool hidden : {false, true})
        for (const std::size_t i : candidates)
            if (opened.tables[i].hidden == hidden) question.choices.push_back(opened.tables[i].name);
    reading.questions.push_back(std::move(question));
    return std::optional<std::size_t>{};
}

struct Counted {
    std::size_t rows = 0;
    DateEvidence dates;
};

// All rows once, before they are read: how many there are, and in which order their dates are written.
Counted count_rows(const SourceTable& table, const Shape& shape, const std::vector<Column>& columns, bool ask_dates) {
    Counted counted;
    std::vector<std::size_t> times;
    for (const Column& column : columns)
        if (column.role == Role::seen || column.role == Role::first_seen) times.push_back(column.index);
    table.each([&](const RawRow& row) {
        if (row.line < shape.first_line && row.refused.empty()) return true;
        ++counted.rows;
        if (ask_dates)
            for (const std::size_t column : times)
                if (column < row.cells.size()) counted.dates.count(row.cells[column]);
        return true;
    });
    return counted;
}

void choose_order(const DateEvidence& dates, const ReadOptions& options, const Profile* profile, Reading& reading) {
    const std::string counts = format("{} dates have a first number above 12, {} a second one", dates.first_above_12, dates.second_above_12);
    const auto ask = [&](std::string text) {
        const DateOrder likely = dates.second_above_12 > dates.first_above_12 ? DateOrder::month_first : DateOrder::day_first;
        const DateOrder other = likely == DateOrder::day_first ? DateOrder::month_first : DateOrder::day_first;
        reading.date_grounds = counts;
        reading.questions.push_back({.about = "date-order", .text = std::move(text), .choices = {std::string{word_for(likely)}, std::string{word_for(other)}}});
    };
    if (options.date_order) {
        reading.date_order = options.date_order;
        reading.date_grounds = "a person said so";
        return;
    }
    const std::optional<DateOrder> by_profile = profile != nullptr ? profile->date_order : std::nullopt;
    if (dates.first_above_12 != dates.second_above_12) {
        const DateOrder by_file = dates.first_above_12 > dates.second_above_12 ? DateOrder::day_first : DateOrder::month_first;
        if (by_profile && *by_profile != by_file)
            return ask(format("the profile says {}, and the file speaks against it ({}): which comes first, the day or the month?", word_for(*by_profile), counts));
        reading.date_order = by_file;
        reading.date_grounds = counts;
        return;
    }
    if (by_profile) {
        reading.date_order = by_profile;
        reading.date_grounds = format("the profile \"{}\" says so", profile->name);
        return;
    }
    if (dates.first_above_12 > 0 || dates.both_ways > 0) ask(format("which comes first in dates, the day or the month? {}", counts));
}

void choose_zone(const ReadOptions& options, const std::string& by_header, const Profile* profile, Reading& reading) {
    if (!options.zone.empty()) {
        reading.zone = options.zone;
        reading.zone_grounds = "a person said so";
    } else if (!by_header.empty()) {
        reading.zone = by_header;
        reading.zone_grounds = "the header says so";
    } else if (profile != nullptr && !profile->zone.empty()) {
        reading.zone = profile->zone;
        reading.zone_grounds = format("the profile \"{}\" says so", profile->name);
    }
}

// Rows that repeat the header where pages were put together, and comments.
bool is_no_data(const RawRow& row, const Shape& shape, std::size_t& repeated) {
    if (!row.refused.empty() || row.cells.empty() || shape.header_line == 0) return false;
    if (row.cells.size() < shape.headers.size() || shape.headers.size() < 2) return false;
    for (std::size_t i = 0; i < shape.headers.size(); ++i)
        if (tidy(row.cells[i]) != shape.headers[i]) return false;
    ++repeated;
    return true;
}

struct Kept {
    KeptRow row;
    std::vector<tables::CellKind> kinds;
    std::string refused, beginning;
    bool hidden = false;
};

// The rows of the table go to `rows` but for those at the end that are a footer.
Status read_rows(const SourceTable& table, const Shape& shape, std::size_t count, RowReader& rows, Reading& reading) {
    std::vector<std::size_t> victims;
    for (const Column& column : reading.columns)
        if (column.role == Role::victim) victims.push_back(column.index);
    std::deque<Kept> last;
    std::size_t number = 0, repeated = 0, hidden = 0;
    const std::size_t footer_from = count > kFooterRows ? count - kFooterRows : 0;
    table.each([&](const RawRow& row) {
        if (row.line < shape.first_line && row.refused.empty()) return true;
        hidden += row.hidden ? 1 : 0;
        if (++number > footer_from) {
            Kept kept{.row = {.line = row.line, .cells = {row.cells.begin(), row.cells.end()}}, .kinds = {row.kinds.begin(), row.kinds.end()},
                      .refused = std::string{row.refused}, .beginning = std::string{row.beginning}, .hidden = row.hidden};
            last.push_back(std::move(kept));
            return true;
        }
        return is_no_data(row, shape, repeated) || rows.take(row);
    });
    if (!rows.failure()) return rows.failure();
    std::size_t data = last.size();
    while (data > 0 && last[data - 1].refused.empty() && may_be_footer(last[data - 1].row, shape.headers.size(), victims)) --data;
    for (std::size_t i = data; i < last.size(); ++i) {
        for (const std::string& cell : last[i].row.cells)
            if (const auto mark = secrecy_mark(cell)) return fail(secret(*mark));
        std::string text = joined(last[i].row.cells);
        if (!text.empty()) reading.footer.emplace_back(last[i].row.line, std::move(text));
    }
    std::vector<std::string_view> cells;
    for (std::size_t i = 0; i < data; ++i) {
        cells.assign(last[i].row.cells.begin(), last[i].row.cells.end());
        const RawRow row{.line = last[i].row.line, .cells = cells, .kinds = last[i].kinds, .refused = last[i].refused, .beginning = last[i].beginning, .hidden = last[i].hidden};
        if (!is_no_data(row, shape, repeated) && !rows.take(row)) return rows.failure();
    }
    if (repeated > 0) reading.remarks.push_back(format("the header stands {} more times among the rows, which are no data", repeated));
    return {};
}

void ask_columns(const RowReader& rows, Reading& reading) {
    bool has_victim = false;
    for (const Column& column : reading.columns) has_victim |= column.decided && column.role == Role::victim;
    for (const Column& column : reading.columns)
        if (!column.decided) reading.questions.push_back(ask_about(column, rows.evidence()[column.index].has_addresses()));
    if (has_victim) return;
    Question question{.about = "victim", .text = "which column says who is affected?"};
    for (const bool addresses : {true, false})
        for (const Column& column : reading.columns)
            if (rows.evidence()[column.index].has_addresses() == addresses && column.filled > 0 && (column.role == Role::ignore || !column.decided)) question.choices.push_back(column.key);
    const auto behind_header = std::find_if(reading.questions.begin(), reading.questions.end(), [](const Question& one) { return one.about != "header"; });
    reading.questions.insert(behind_header, std::move(question));
}

void read_letter(const Shape& shape, const Reading& reading, Letter& letter) {
    for (const auto& [line, text] : shape.title) read_letter_line(text, letter);
    for (const auto& [line, text] : reading.footer) read_letter_line(text, letter);
}

void take_letter(const Letter& told, const Shape& shape, Reading& reading) {
    Letter found;
    read_letter(shape, reading, found);
    reading.letter = told;
    const auto fill_in = [](std::string& own, std::string& other) {
        if (own.empty()) own = std::move(other);
    };
    fill_in(reading.letter.issuer, found.issuer);
    fill_in(reading.letter.number, found.number);
    fill_in(reading.letter.date, found.date);
    fill_in(reading.letter.subject, found.subject);
    fill_in(reading.letter.urgency, found.urgency);
}

}  // namespace

Result<Reading> read_list(std::string_view bytes, const ReadOptions& options) {
    if (!options.zone.empty() && !is_zone(options.zone)) return fail(Code::bad_input, format("there is no time zone \"{}\"", shorten(options.zone, 60)));
    for (const std::string* text : {&options.letter.issuer, &options.letter.number, &options.letter.subject, &options.letter.urgency, &options.sheet})
        if (const auto mark = secrecy_mark(*text)) return fail(secret(*mark));
    Opened opened = TRY(open_source(bytes, options));
    Reading reading{.form = opened.form, .encoding = opened.encoding, .encoding_grounds = opened.encoding_grounds, .separator = opened.separator, .letter = options.letter, .remarks = opened.remarks};
    if (opened.question) {
        reading.questions.push_back(std::move(*opened.question));
        return reading;
    }
    std::vector<Shape> shapes;
    for (const SourceTable& table : opened.tables) {
        if (const auto mark = secrecy_mark(table.name)) return fail(secret(*mark));
        shapes.push_back(TRY(find_shape(table, options)));
        if (opened.form == "xlsx") reading.sheets.push_back(table.name);
        if (table.hidden) reading.remarks.push_back(format("the sheet \"{}\" is hidden", table.name));
    }
    for (const std::string& name : opened.names)
        if (const auto mark = secrecy_mark(name)) return fail(secret(*mark));
    const auto chosen_table = TRY(choose_table(opened, shapes, options, reading));
    if (!chosen_table) return reading;
    const SourceTable& table = opened.tables[*chosen_table];
    const Shape& shape = shapes[*chosen_table];
    reading.sheet = table.name;
    reading.remarks.insert(reading.remarks.end(), table.remarks.begin(), table.remarks.end());
    reading.header_line = shape.header_line;
    reading.title = shape.title;
    if (reading.form == "csv" && shape.headers.size() <= 1 && shape.header_line == 0) reading.form = "plain";
    if (shape.headers.empty()) return fail(Code::bad_input, "there are no rows in it: paste the table, or ask the sender for the spreadsheet");
    if (shape.question) reading.questions.push_back(*shape.question);

    ChosenColumns chosen = TRY(choose_columns(shape, options));
    const Profile* profile = chosen.profile;
    reading.columns = std::move(chosen.columns);
    if (profile != nullptr) reading.profile = profile->name;
    const Counted counted = count_rows(table, shape, reading.columns, !options.date_order);
    choose_order(counted.dates, options, profile, reading);
    choose_zone(options, chosen.zone, profile, reading);
    RowReader rows{options, profile, reading, counted.rows, reading.form != "csv" && reading.form != "plain"};
    TRY(read_rows(table, shape, counted.rows, rows, reading));
    rows.finish();
    if (rows.lacked_zone()) reading.questions.push_back({.about = "zone", .text = "times do not say their zone: in which are they?", .choices = {"Asia/Ho_Chi_Minh", "UTC"}});
    ask_columns(rows, reading);
    take_letter(options.letter, shape, reading);
    return reading;
}

}  // namespace vg::lists

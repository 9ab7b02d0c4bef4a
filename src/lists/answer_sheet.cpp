#include "lists/answer_sheet.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "base/time.h"
#include "lists/source.h"
#include "lists/when.h"
#include "tables/csv.h"
#include "tables/encoding.h"
#include "tables/xlsx.h"
#include "tables/xlsx_write.h"

namespace vg::lists {

namespace {

using cases::AnswerKind;
using cases::Rescan;

constexpr std::string_view kSheetZone = "Asia/Ho_Chi_Minh";
constexpr std::string_view kFormulaStarts = "=+-@\t\r";
constexpr std::size_t kMostTitleRows = 30;
constexpr std::size_t kRowsOfWrite = 200;

// Words of people, the one that is written first; then what is understood as well. Compared folded.
struct AnswerWords {
    AnswerKind kind;
    std::array<std::string_view, 4> words;
};
constexpr AnswerWords kAnswerWords[] = {
    {AnswerKind::removed, {"Đã gỡ", "removed", "Đã xử lý", "Đã gỡ bỏ"}},
    {AnswerKind::false_report, {"Báo sai", "false-report", "Báo nhầm", "Báo động giả"}},
    {AnswerKind::not_ours, {"Không phải của ta", "not-ours", "Không phải của đơn vị", "Không phải của chúng tôi"}},
    {AnswerKind::cannot_find, {"Không tìm ra máy", "cannot-find", "Không tìm thấy máy", "Không tìm thấy"}},
    {AnswerKind::needs_help, {"Cần hỗ trợ", "needs-help", "Cần giúp", "Cần trợ giúp"}},
    {AnswerKind::exception, {"Xin ngoại lệ", "exception", "Ngoại lệ", "Ngoại lệ có hạn"}},
};
struct RescanWords {
    Rescan rescan;
    std::array<std::string_view, 4> words;
};
constexpr RescanWords kRescanWords[] = {
    {Rescan::none, {"Chưa quét", "none", "", ""}},
    {Rescan::clean, {"Sạch", "clean", "", ""}},
    {Rescan::infected, {"Vẫn còn", "infected", "Còn nhiễm", "Còn"}},
};
constexpr std::string_view kStateWords[] = {"Chưa trả lời", "Cần hỗ trợ, đang xử lý", "Chờ điều phối xét", "Đang kiểm chứng", "Ngoại lệ", "Đã đóng"};

// The columns that are read, with their headings; the first is written.
struct SheetField {
    std::string AnswerRow::*member;
    std::array<std::string_view, 3> headings;
};
constexpr SheetField kFields[] = {
    {&AnswerRow::item, {"Mã mục", "item", "id"}},
    {&AnswerRow::answer, {"Trả lời", "answer", "Câu trả lời"}},
    {&AnswerRow::removed, {"Gỡ lúc", "removed", "removed at"}},
    {&AnswerRow::tool, {"Công cụ", "tool", ""}},
    {&AnswerRow::hash, {"SHA-256 của tệp đã gỡ", "hash", "sha256"}},
    {&AnswerRow::rescan, {"Quét lại", "rescan", ""}},
    {&AnswerRow::reason, {"Lý do, ghi chú", "reason", "text"}},
    {&AnswerRow::until, {"Đến ngày / từ ngày", "until", "since"}},
};

// As a cell can hold it and give it back: trimmed, NFC, lines end with LF, no controls.
std::string cell_text(std::string_view given) {
    const std::string text = nfc(to_valid_utf8(given));
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
        } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
            out += "\xEF\xBF\xBD";
        } else {
            out += c;
        }
    }
    return std::string{trim(out)};
}

// What a spreadsheet would take for a formula is text behind an apostrophe, and comes back without it.
std::string guarded(std::string_view text) {
    const std::size_t first = text.find_first_not_of('\'');
    const bool formula = first != std::string_view::npos && kFormulaStarts.find(text[first]) != std::string_view::npos;
    return tables::csv_cell((formula ? "'" : "") + std::string{text}, ',', false);
}
std::string unguarded(std::string_view text) {
    const std::size_t first = text.find_first_not_of('\'');
    if (first == 0 || first == std::string_view::npos || kFormulaStarts.find(text[first]) == std::string_view::npos) return std::string{text};
    return std::string{text.substr(1)};
}

Time whole_second(Time time) { return {time.micros - ((time.micros % 1'000'000) + 1'000'000) % 1'000'000}; }

std::string time_cell(Time time) {
    const Civil civil = to_civil(time, kSheetZone);
    return format("{:02}/{:02}/{:04} {:02}:{:02}:{:02}", civil.day, civil.month, civil.year, civil.hour, civil.minute, civil.second);
}

// What one row says, or what the sheet would say of an item: two that are equal say the same.
struct SheetSays {
    AnswerKind kind = AnswerKind::removed;
    std::string reason;
    std::optional<Time> removed, until;
    std::string tool, hash;
    Rescan rescan = Rescan::none;
    bool operator==(const SheetSays&) const = default;
};

Result<std::optional<SheetSays>> said_of(store::Transaction& tx, const cases::Item& item) {
    const auto kind = cases::answer_named(item.answer);
    if (!kind) return std::optional<SheetSays>{};
    SheetSays said{.kind = *kind, .reason = cell_text(item.answer_text), .removed = {}, .until = {}, .tool = {}, .hash = {}, .rescan = {}};
    if (*kind == AnswerKind::removed) {
        const auto evidence = TRY(cases::last_evidence(tx, item.id));
        if (!evidence) return fail(Code::internal, "an item of which removal was told has no evidence");
        said.removed = whole_second(evidence->removed);
        said.tool = cell_text(evidence->tool);
        said.hash = evidence->hash;
        said.rescan = evidence->rescan;
        if (!evidence->note.empty()) said.reason = cell_text(evidence->note);
    } else if (*kind == AnswerKind::exception || *kind == AnswerKind::not_ours) {
        if (item.answer_until) said.until = whole_second(*item.answer_until);
    }
    return std::optional{std::move(said)};
}

template <class Table, class Value>
std::string word_of(const Table& table, Value value) {
    for (const auto& one : table) {
        if constexpr (std::is_same_v<Value, AnswerKind>) {
            if (one.kind == value) return std::string{one.words[0]};
        } else {
            if (one.rescan == value) return std::string{one.words[0]};
        }
    }
    return {};
}

std::vector<tables::ColumnToWrite> columns_to_write() {
    std::vector<tables::ColumnToWrite> columns{{.title = "Mã mục", .width = 38}, {.title = "Địa chỉ", .width = 20}, {.title = "Cổng", .width = 8}, {.title = "Họ mã độc", .width = 16}, {.title = "Thấy lần đầu", .width = 20},
                                               {.title = "Thấy lần cuối", .width = 20}, {.title = "Hệ thống", .width = 20}, {.title = "Trạng thái", .width = 20}, {.title = "Điều phối trả lại vì", .width = 30}};
    constexpr double kWidths[] = {0, 22, 20, 18, 68, 12, 40, 20};
    for (std::size_t i = 1; i < std::size(kFields); ++i) columns.push_back({.title = std::string{kFields[i].headings[0]}, .width = kWidths[i], .to_fill = true});
    for (const AnswerWords& one : kAnswerWords) columns[9].choices.emplace_back(one.words[0]);
    for (const RescanWords& one : kRescanWords) columns[13].choices.emplace_back(one.words[0]);
    return columns;
}

Result<std::vector<std::string>> row_of(store::Transaction& tx, const cases::Item& item) {
    std::vector<std::string> row{item.id.text(), cell_text(item.subject), item.port >= 0 ? std::to_string(item.port) : "", cell_text(item.family), time_cell(item.first_seen), time_cell(item.last_seen), cell_text(item.system),
                                 std::string{kStateWords[static_cast<std::size_t>(item.state)]}, cell_text(item.returned)};
    const auto said = item.state == cases::ItemState::open ? std::optional<SheetSays>{} : TRY(said_of(tx, item));
    if (!said) {
        row.resize(row.size() + std::size(kFields) - 1);
        return row;
    }
    row.push_back(word_of(kAnswerWords, said->kind));
    row.push_back(said->removed ? time_cell(*said->removed) : "");
    row.push_back(said->tool);
    row.push_back(said->hash);
    row.push_back(said->kind == AnswerKind::removed ? word_of(kRescanWords, said->rescan) : "");
    row.push_back(said->reason);
    row.push_back(said->until ? time_cell(*said->until) : "");
    return row;
}

tables::SheetToWrite guide() {
    return {.name = "Hướng dẫn",
            .columns = {},
            .rows = {{"1. Mỗi dòng là một máy. Không sửa cột «Mã mục»; dòng nào chưa trả lời thì để trống."},
                     {"2. Cột «Trả lời»: Đã gỡ; Báo sai; Không phải của ta; Không tìm ra máy; Cần hỗ trợ; Xin ngoại lệ."},
                     {"3. «Đã gỡ» cần: gỡ lúc (ngày/tháng/năm giờ:phút), công cụ, SHA-256 của tệp đã gỡ (dấu - nếu không có tệp, và ghi chú vì sao), quét lại (Sạch hoặc Vẫn còn)."},
                     {"4. Câu trả lời khác cần lý do; «Xin ngoại lệ» cần đến ngày nào; «Không phải của ta» cần từ ngày nào."},
                     {"5. Gửi lại tệp này. Gửi hai lần cũng không sao: dòng không đổi thì giữ nguyên."}}};
}

// ---- reading ----

std::string heading_key(std::string_view text) { return fold_header(text); }

bool is_heading(std::string_view key) {
    for (const SheetField& field : kFields)
        for (const std::string_view heading : field.headings)
            if (!heading.empty() && heading_key(heading) == key) return true;
    return false;
}

// The place of each of kFields in a row of headings; nothing when the row is none.
struct Headings {
    std::array<std::optional<std::size_t>, std::size(kFields)> at;
};
Result<std::optional<Headings>> headings_of(const std::vector<std::string>& cells) {
    Headings found;
    std::string twice;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string key = heading_key(cells[column]);
        if (key.empty()) continue;
        for (std::size_t field = 0; field < std::size(kFields); ++field)
            for (const std::string_view heading : kFields[field].headings)
                if (!heading.empty() && heading_key(heading) == key) {
                    if (found.at[field] && *found.at[field] != column && twice.empty()) twice = std::string{kFields[field].headings[0]};
                    found.at[field] = column;
                }
    }
    if (!found.at[0] || !found.at[1]) return std::optional<Headings>{};
    if (!twice.empty()) return fail(Code::bad_input, format("the heading {} stands twice", twice));
    return std::optional{found};
}

Result<AnswerReading> read_table(const tables::Table& table, std::size_t head, const Headings& headings, bool is_csv) {
    AnswerReading reading;
    if (table.rows.size() - head - 1 > kMostAnswerRows || table.cut) return fail(Code::too_large, format("the sheet has more than {} rows", kMostAnswerRows));
    const std::size_t head_line = table.rows[head].line;
    for (const tables::BadRow& bad : table.refused)
        if (bad.line > head_line) reading.refused.push_back({bad.line, "", bad.reason});
    for (std::size_t i = head + 1; i < table.rows.size(); ++i) {
        const tables::Row& row = table.rows[i];
        AnswerRow out;
        out.line = row.line;
        for (std::size_t field = 0; field < std::size(kFields); ++field) {
            if (!headings.at[field] || *headings.at[field] >= row.cells.size()) continue;
            const std::string text = cell_text(row.cells[*headings.at[field]]);
            out.*kFields[field].member = is_csv ? unguarded(text) : text;
        }
        reading.rows.push_back(std::move(out));
    }
    return reading;
}

Result<std::optional<AnswerReading>> read_if_answers(const tables::Table& table, bool is_csv) {
    for (std::size_t i = 0; i < std::min(table.rows.size(), kMostTitleRows); ++i)
        if (const auto headings = TRY(headings_of(table.rows[i].cells))) return std::optional{TRY(read_table(table, i, *headings, is_csv))};
    return std::optional<AnswerReading>{};
}

// A day alone is its beginning; `until` takes that day in.
Result<std::optional<Time>> sheet_time(Times& times, std::string_view field, const std::string& cell, bool takes_day_in) {
    if (cell.empty()) return std::optional<Time>{};
    const When when = TRY_IN(format("field {}: ", field), times.read(cell));
    if (!when.time) return fail(Code::bad_input, format("field {}: is no time such as 31/12/2026 14:30", field));
    return std::optional{takes_day_in && when.day_only ? *when.time + days(1) : *when.time};
}

// What the row says; nothing: it has no answer. Cells that its answer does not ask for are passed over.
Result<std::optional<SheetSays>> said_by(const AnswerRow& row, Times& times) {
    if (row.answer.empty()) return std::optional<SheetSays>{};
    SheetSays said;
    const std::string answer = heading_key(row.answer);
    const auto* kind = std::find_if(std::begin(kAnswerWords), std::end(kAnswerWords), [&](const AnswerWords& one) { return std::any_of(one.words.begin(), one.words.end(), [&](std::string_view word) { return heading_key(word) == answer; }); });
    if (kind == std::end(kAnswerWords)) return fail(Code::bad_input, "field answer: is none of the answers");
    said.kind = kind->kind;
    said.reason = row.reason;
    if (said.kind == AnswerKind::removed) {
        said.removed = TRY(sheet_time(times, "evidence.removed", row.removed, false));
        if (!said.removed) return fail(Code::bad_input, "field evidence.removed: is missing");
        said.removed = whole_second(*said.removed);
        said.tool = row.tool;
        said.hash = lower_ascii(trim(std::string_view{row.hash}.substr(std::min(row.hash.find_first_not_of('\''), row.hash.size()))));
        const std::string again = heading_key(row.rescan);
        const auto* rescan = std::find_if(std::begin(kRescanWords), std::end(kRescanWords), [&](const RescanWords& one) { return std::any_of(one.words.begin(), one.words.end(), [&](std::string_view word) { return word.empty() ? row.rescan.empty() : heading_key(word) == again; }); });
        if (rescan == std::end(kRescanWords)) return fail(Code::bad_input, "field evidence.rescan: is neither clean nor infected");
        said.rescan = rescan->rescan;
    } else if (said.kind == AnswerKind::exception || said.kind == AnswerKind::not_ours) {
        said.until = TRY(sheet_time(times, "until", row.until, said.kind == AnswerKind::exception));
        if (said.until) said.until = whole_second(*said.until);
    }
    return std::optional{std::move(said)};
}

cases::Answer answer_of(const SheetSays& said) {
    cases::Answer answer{.kind = said.kind, .text = said.reason, .evidence = {}, .until = said.until};
    if (said.kind == AnswerKind::removed) answer.evidence = cases::Evidence{*said.removed, "", said.tool, said.hash, said.rescan, said.reason};
    return answer;
}

enum class Became : std::uint8_t { taken, unchanged };

bool is_refusal(Code code) { return code == Code::bad_input || code == Code::not_found || code == Code::denied || code == Code::conflict || code == Code::too_large; }

// One row. `answered`: the items that a row before gave an answer for.
struct Taking {
    const access::Actor& actor;
    bool preview;
    Time now;
    Times times{DateOrder::day_first, std::string{kSheetZone}};
    std::map<std::string, std::pair<std::size_t, SheetSays>> answered = {};

    Result<Became> take(store::Transaction& tx, const AnswerRow& row) {
        if (row.item.empty()) return fail(Code::bad_input, "field item: is missing");
        const auto id = cases::ItemId::parse(lower_ascii(row.item));
        if (!id) return fail(Code::not_found, "there is no such item");
        const cases::Item item = TRY(cases::find_item(tx, actor.scope, *id));
        const auto said = TRY(said_by(row, times));
        if (!said) return Became::unchanged;
        if (const auto before = answered.find(item.id.text()); before != answered.end()) {
            if (before->second.second == *said) return Became::unchanged;
            return fail(Code::conflict, format("line {} answers for it already", before->second.first));
        }
        const auto stands = TRY(said_of(tx, item));
        if (stands != said) {
            const cases::Answer answer = answer_of(*said);
            if (preview)
                TRY(cases::try_answer(item, answer, actor.name, now));
            else
                TRY(cases::answer(tx, actor, item.id, answer, std::nullopt, now));
        }
        answered.emplace(item.id.text(), std::pair{row.line, *said});
        return stands == said ? Became::unchanged : Became::taken;
    }
};

}  // namespace

Result<std::string> answer_sheet(store::Transaction& tx, const access::Scope& scope, const std::optional<cases::CaseId>& of, SheetForm form) {
    std::vector<std::vector<std::string>> rows;
    std::string after;
    for (;;) {
        const auto some = TRY(cases::items(tx, scope, of, std::nullopt, after, 1'000));
        if (some.empty()) break;
        for (const cases::Item& item : some) {
            if (item.state == cases::ItemState::closed) continue;
            if (rows.size() == kMostAnswerRows) return fail(Code::too_large, format("more than {} items are not closed; ask for one case or one organisation", kMostAnswerRows));
            rows.push_back(TRY(row_of(tx, item)));
        }
        after = some.back().id.text();
    }
    auto columns = columns_to_write();
    if (form == SheetForm::xlsx) return tables::write_xlsx({{.name = "Trả lời", .columns = std::move(columns), .rows = std::move(rows)}, guide()});
    std::string out = "\xEF\xBB\xBF";  // without it Excel takes UTF-8 for something else
    const auto line = [&](const auto& cells, const auto& text) {
        bool first = true;
        for (const auto& cell : cells) {
            if (!std::exchange(first, false)) out += ',';
            out += guarded(text(cell));
        }
        out += "\r\n";
    };
    line(columns, [](const tables::ColumnToWrite& column) { return column.title; });
    for (const auto& row : rows) line(row, [](const std::string& cell) { return cell; });
    return out;
}

Result<AnswerReading> read_answers(std::string_view bytes) {
    if (bytes.size() > kMostAnswerFile) return fail(Code::too_large, format("the file has more than {} MiB", kMostAnswerFile >> 20));
    if (tables::may_be_xlsx(bytes)) {
        const tables::Workbook book = TRY(tables::read_xlsx(bytes, {.file_bytes = kMostAnswerFile}));
        for (const tables::Sheet& sheet : book.sheets)
            if (auto reading = TRY(read_if_answers(sheet.table, false))) return std::move(*reading);
    } else {
        const tables::Decoded decoded = TRY(tables::to_text(bytes));
        const char separator = separator_of(decoded.text, [](std::string_view folded) { return is_heading(folded); });
        if (auto reading = TRY(read_if_answers(tables::read_csv(decoded.text, {.separator = separator, .comment = {}, .most_rows = kMostAnswerRows + kMostTitleRows + 1}), true))) return std::move(*reading);
    }
    return fail(Code::bad_input, "no row has the headings Mã mục and Trả lời (or item and answer); use the sheet that was given out");
}

Result<AnswersTaken> take_answers(store::State& state, const access::Actor& actor, const AnswerReading& reading, bool preview, Time now) {
    AnswersTaken out;
    out.read = static_cast<std::int64_t>(reading.rows.size() + reading.refused.size());
    out.refused = static_cast<std::int64_t>(reading.refused.size());
    out.reasons = reading.refused;
    Taking taking{.actor = actor, .preview = preview, .now = now};
    for (std::size_t at = 0; at < reading.rows.size(); at += kRowsOfWrite) {
        const std::size_t end = std::min(reading.rows.size(), at + kRowsOfWrite);
        AnswersTaken piece;
        const auto before = taking.answered;
        const auto work = [&](store::Transaction& tx) -> Status {
            piece = {};  // a transaction that is tried again begins anew
            taking.answered = before;
            for (std::size_t i = at; i < end; ++i) {
                const auto became = taking.take(tx, reading.rows[i]);
                if (!became && !is_refusal(became.error().code)) return fail(became.error());
                if (!became) {
                    ++piece.refused;
                    piece.reasons.push_back({reading.rows[i].line, reading.rows[i].item, became.error().text});
                } else {
                    ++(*became == Became::taken ? piece.taken : piece.unchanged);
                }
            }
            return {};
        };
        TRY(preview ? state.read(work) : state.write(work));
        out.taken += piece.taken, out.unchanged += piece.unchanged, out.refused += piece.refused;
        out.reasons.insert(out.reasons.end(), piece.reasons.begin(), piece.reasons.end());
    }
    std::stable_sort(out.reasons.begin(), out.reasons.end(), [](const RefusedAnswer& a, const RefusedAnswer& b) { return a.line < b.line; });
    if (out.reasons.size() > kMostAnswerReasons) out.reasons.resize(kMostAnswerReasons);
    return out;
}

}  // namespace vg::lists

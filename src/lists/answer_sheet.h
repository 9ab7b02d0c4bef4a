// The spreadsheet in which an organisation sees its victims and answers for them: made from the items of cases, filled in by people, and
// read again with an account for every row. Reading is pure and the bytes are hostile; what is taken goes through cases::answer, item by
// item, so that a sheet can do nothing that one answer could not. The same sheet once more changes nothing. Called by api.
//
//   const AnswerReading reading = TRY(read_answers(bytes));
//   const AnswersTaken taken = TRY(take_answers(state, actor, reading, false, now));
//   // taken.read == taken.taken + taken.unchanged + taken.refused
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/result.h"
#include "cases/cases.h"
#include "store/state.h"

namespace vg::lists {

inline constexpr std::size_t kMostAnswerRows = 20'000;                   // of a sheet, made or read
inline constexpr std::size_t kMostAnswerFile = std::size_t{16} << 20;    // bytes
inline constexpr std::size_t kMostAnswerReasons = 10'000;

enum class SheetForm : std::uint8_t { xlsx, csv };

// Every item that is not closed, as far as `scope` sees: of one case, or of all. An answer that stands is in its cells; one that was
// returned or refuted is to be given anew. Code::too_large for more than kMostAnswerRows.
Result<std::string> answer_sheet(store::Transaction& tx, const access::Scope& scope, const std::optional<cases::CaseId>& of, SheetForm form);

struct AnswerRow {
    std::size_t line = 0;   // of the text, or the row's number in its sheet
    std::string item, answer, removed, tool, hash, rescan, reason, until;
};
struct RefusedAnswer {
    std::size_t line = 0;
    std::string item;       // as written; empty: the row could not be read
    std::string reason;     // "field NAME: " and why, or why
};
struct AnswerReading {
    std::vector<AnswerRow> rows;
    std::vector<RefusedAnswer> refused;  // that could not be read
};

// CSV in any encoding that tables knows, or XLSX: the first sheet with a heading for the item and one for the answer; columns may stand in
// any order, and others are passed over. Code::bad_input: there is no such heading, or one stands twice.
Result<AnswerReading> read_answers(std::string_view bytes);

struct AnswersTaken {
    std::int64_t read = 0, taken = 0, unchanged = 0, refused = 0;
    std::vector<RefusedAnswer> reasons;  // the first kMostAnswerReasons, in the order of their lines
};
// A row without an answer changes nothing. A preview keeps nothing.
Result<AnswersTaken> take_answers(store::State& state, const access::Actor& actor, const AnswerReading& reading, bool preview, Time now);

}  // namespace vg::lists

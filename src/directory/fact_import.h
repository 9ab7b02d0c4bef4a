// Import of facts: a table or a JSON array of people's, read row by row, and the plan of what it changes. Nothing is kept here:
// the plan is written by FactKeeper, or only shown. Called by api from any thread; the bytes are hostile.
//
//   const FactReading reading = TRY(read_facts(bytes, {.kind = "range", .document = "12/QĐ-STTTT"}));
//   const FactImport found = TRY(state.read([&](store::Transaction& tx) { return plan_import(tx, actor, reading, options, now, random); }));
//   // found.read == found.added + found.same + found.changed + found.refused
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/id.h"
#include "directory/directory.h"
#include "directory/facts.h"

namespace vg::directory {

struct FactImportOptions {
    std::string kind;                               // of all rows; empty: each row tells it
    std::map<std::string, std::string> columns;     // header to field, before what the words of the headers say; "": passed over
    std::string zone = "Asia/Ho_Chi_Minh";          // IANA, of days and times without one
    std::string document;                           // of rows that name none
    std::optional<Time> from;                       // of rows that do not tell since when
    std::optional<OrganisationId> organisation;     // of rows that do not tell whose
    bool create_organisations = false;              // those that are missing
    OrganisationId below;                           // they are made below this one
};

struct ImportColumn {
    std::string header;      // as written
    std::string field;       // empty: passed over
    std::string suggestion;  // of one that nothing is known about
};
struct RefusedRow {
    std::size_t line = 0;
    std::string reason;
};

struct FactRow {
    std::size_t line = 0;      // of the text, row of the sheet, place in the array; from 1
    std::string organisation;  // as written; empty: options.organisation
    FactDraft draft;           // without its organisation; other organisations in the body are as written
};
struct FactReading {
    std::vector<ImportColumn> columns;
    std::vector<FactRow> rows;
    std::vector<RefusedRow> refused;
    std::string sheet;         // of a workbook
    [[nodiscard]] std::size_t read() const { return rows.size() + refused.size(); }
};

// CSV with any separator in any encoding that tables knows, XLSX (its first sheet with a header that is understood), or a JSON array of
// objects. Title rows before the header are passed over. Code::bad_input: no header is understood, or two columns mean the same.
Result<FactReading> read_facts(std::string_view bytes, const FactImportOptions& options);

struct ChangedRow {
    std::size_t line = 0;
    std::int64_t number = 0;   // of the fact that ends or is withdrawn
    Fact before, after;
};
struct FactImport {
    FactPlan plan;
    std::size_t read = 0, added = 0, same = 0, changed = 0, refused = 0;
    std::size_t proposed = 0;                    // of what was added or changed: waits for approval
    std::vector<RefusedRow> reasons;             // the first kMostReasons
    std::vector<ChangedRow> changes;             // the first kMostChanges
    std::vector<Organisation> organisations;     // that are missing and were asked for: to be added first
};
inline constexpr std::size_t kMostReasons = 10'000, kMostChanges = 200;

// Organisations are found by id, by identifier or by name; within the actor's scope.
Result<FactImport> plan_import(store::Transaction& tx, const access::Actor& actor, const FactReading& reading, const FactImportOptions& options, Time now, Random& random);

// A day or a time as people write it: "2024-01-31", "31/01/2024", "31/1/2018 12:21", RFC 3339. The day comes before the month.
struct WrittenTime {
    Time time;
    bool day_only = false;     // the beginning of that day
};
std::optional<WrittenTime> parse_written_time(std::string_view text, std::string_view zone);

}  // namespace vg::directory

// Reading: what a list of victims says, out of the bytes of a file that came with a letter: who was seen, when, with what, and what
// became of each row. Nothing is stored here and nobody is accused: whose an address is, others say (directory/attribution.h).
// Pure, any thread; the bytes are hostile. Called by api for the preview and once more when the list is kept.
//
//   const Reading reading = TRY(lists::read_list(bytes, {.name = "ds_thang_11.xlsx", .profiles = profiles}));
//   if (!reading.questions.empty()) ask(reading.questions);      // nothing may be kept before they are answered
//   for (const Record& record : reading.records) use(record);
//
// read = accepted + duplicate + rejected, always: counts are of the table's data rows. A row with several addresses is one accepted
// row and several records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "tables/encoding.h"

namespace vg::lists {

// What a column means. Victim, C2 and destination are told by a profile or a person, never by a column's place.
enum class Role : std::uint8_t {
    ignore,        // kept in `others` and not used
    victim,        // address, addresses, range, host or URL of who is affected
    victim_port,   // the source port seen from outside
    seen,          // when, last
    first_seen,
    c2,            // control server: address, name or URL
    c2_port,
    destination,   // what was connected to, where nobody says that it is a control server (a sinkhole)
    destination_port,
    protocol,
    family,        // of the malware, or type of the attack
    unit,          // whose the list says it is: shown beside, never trusted
    province,
    provider,      // ISP
    asn,
    hostname,
    sector,
    report,        // kind of report
    source,        // who saw it
    level,         // how serious the list says it is
    note,
    ordinal,       // STT, No.
};
inline constexpr std::size_t kRoles = 22;
std::string_view name_of(Role role);  // "victim-port"
std::optional<Role> role_named(std::string_view name);

enum class DateOrder : std::uint8_t { day_first, month_first };

// How the lists of one issuer look. Dated data: shipped ones stand in content/lists/*.yaml, people's own in State.
struct Profile {
    std::string name;                      // "shadowserver", "ttdp2-hang-thang"
    std::string title, title_vi;
    std::map<std::string, Role> columns;   // by header as fold_header() makes it
    std::string zone;                      // IANA, of times without one; empty: asked
    std::optional<DateOrder> date_order;   // of dates that can be read both ways; none: by the file's evidence, else asked
    std::vector<std::string> requires_;    // folded headers that must all be there for the profile to be taken by itself; "ip|dia chi ip": one of them
    std::vector<std::string> file_words;   // parts of the file's name, one of which must be there too; none: any name
    std::vector<std::string> first;        // of several columns with one role, those that say something before the others; folded
    bool keeps_others = false;             // columns that it does not name are kept in `others` without a question
    std::string report;                    // kind of report, of lists that do not say it themselves
    bool shipped = false;
    std::int64_t version = 1;
};

// Without marks, lower case, one space for each run of what is neither letter nor digit: "Địa chỉ IP (nạn nhân)" → "dia chi ip nan nhan".
std::string fold_header(std::string_view header);

// The letter's head, from the file's title rows or told by a person; a person's word goes first. All may be empty.
struct Letter {
    std::string issuer;   // "CATTT-NCSC"
    std::string number;   // "123/CATTT-NCSC"; empty: "chưa có số"
    std::string date;     // "2026-11-28"; empty: not told
    std::string subject, urgency;
};

struct Record {
    std::size_t line = 0;                        // of the file, or row of the sheet, from 1
    std::optional<Address> address;              // of the victim; or
    std::string host, url;                       // the victim's name (ASCII, lower case), or address of a page
    std::optional<std::uint16_t> port;           // the victim's source port
    std::optional<Time> seen, first_seen;        // none: the list does not tell
    std::string family;                          // as written, NFC
    std::string c2;                              // canonical address, name or URL; refanged
    std::optional<std::uint16_t> c2_port;
    std::string destination;
    std::optional<std::uint16_t> destination_port;
    std::string protocol;                        // lower case
    std::string unit, province, provider, hostname, sector, report, source, level, note;
    std::optional<std::uint32_t> asn;
    std::vector<std::pair<std::string, std::string>> others;  // header and value of all that has no role, where there is one
};

struct Column {
    std::size_t index = 0;             // from 0
    std::string header;                // as written
    std::string key;                   // folded, as ReadOptions and profiles name it; "ip 2" for a second "ip", "column 3" without a header
    Role role = Role::ignore;
    bool decided = false;              // by profile or person; else it is asked, with `suggestion`
    std::optional<Role> suggestion;
    std::string grounds;               // why this role, in a sentence
    std::size_t filled = 0, addresses = 0, times = 0, numbers = 0;  // of the values
    std::vector<std::string> samples;  // different ones, at most 5
};

// What a person must say before the list can be kept.
struct Question {
    std::string about;                 // "encoding", "sheet", "header", "zone", "date-order", "victim", "column:HEADER"
    std::string text;
    std::vector<std::string> choices;  // names as ReadOptions understands them; what seems right goes first
};

enum class Outcome : std::uint8_t { accepted, duplicate, rejected };

// One data row as it is shown: the cells as written, what they were read as, and what became of it.
struct RowView {
    std::size_t line = 0;
    Outcome outcome = Outcome::accepted;
    std::size_t duplicate_of = 0;      // line
    std::size_t column = 0;            // of a rejected row: which cell, from 0
    std::string reason;
    std::vector<std::string> cells;    // as written
    std::vector<std::string> read_as;  // where it differs from what was written, else empty
};

struct ReadOptions {
    std::string name;                               // of the file
    std::optional<tables::Encoding> encoding;
    std::string sheet;                              // empty: the only one with a table, else asked
    std::optional<std::size_t> header_line;         // 0: there is none
    std::map<std::string, Role> columns;            // by folded header; goes before the profile's
    std::optional<DateOrder> date_order;
    std::string zone;
    std::string profile;                            // name; empty: the one that fits; "none": none
    std::span<const Profile> profiles;
    Letter letter;
    Time now;                                       // a time more than a day later is rejected
    std::size_t most_rows = 5'000'000;
    std::size_t most_records = 2'000'000;           // a few bytes of ranges stand for many
    std::size_t most_bytes = std::size_t{128} << 20;
    std::size_t most_views = 500;                   // rows shown
    std::size_t most_of_range = 1'024;              // addresses that a range in a cell may stand for
};

struct Reading {
    std::string form;                               // "csv", "xlsx", "n6", "misp", "stix", "x-arf", "plain"
    std::optional<tables::Encoding> encoding;
    std::string encoding_grounds;
    char separator = 0;
    std::string sheet;
    std::vector<std::string> sheets;
    std::size_t header_line = 0;
    std::vector<std::pair<std::size_t, std::string>> title, footer;  // rows before and behind the table, by line
    Letter letter;
    std::string profile;                            // that was taken; empty: none
    std::string zone, zone_grounds;
    std::optional<DateOrder> date_order;
    std::string date_grounds;
    std::vector<Column> columns;
    std::vector<Question> questions;
    std::vector<std::string> remarks;               // hidden rows, macros, merged cells...
    std::size_t read = 0, accepted = 0, duplicate = 0, rejected = 0;
    std::vector<Record> records;
    std::vector<RowView> views;                     // the first rows, and rejected ones beyond them
    std::vector<RowView> rejected_rows;             // all of them
};

// Errors: denied for a secrecy mark (nothing of the file may be kept); bad_input for what is no list (a PDF or a scan: paste the
// table); too_large. What is in doubt is a question in the Reading, not an error.
Result<Reading> read_list(std::string_view bytes, const ReadOptions& options);

// The mark that stands alone in a line of the head ("Mật", "TỐI MẬT", "Tuyệt mật", also without accents in capitals): as written.
// 'bảo mật' within a sentence is none.
std::optional<std::string> secrecy_mark(std::string_view text);

}  // namespace vg::lists

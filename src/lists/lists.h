// Lists of victims as they stand in State: what came with a letter, whose each row is, what changed against the list before, and who
// is to be worked on. Called by api; the caller has asked whether the actor may, and hands in the scope.
//
//   victim_list      one row for each file that was kept, copies of a list that is known already among them
//   list_row         its rows, each with the answer to whose it was
//   list_organisation  how many of its rows are whose
//   list_victim      who is named, once for each organisation and family: what lists are compared by
//   list_row_said    what was said of a row before, when the directory was corrected
//   list_rejected    rows that could not be read, as written
//   list_hit         the worklist: one for each series, organisation, victim and family (worklist.h)
//   list_series      which list of a series is the newest
//   list_profile     how the lists of an issuer look, where people said it
//
//   const List kept = TRY(lists::keep(place, head, bytes, reading, attributor, actor, now, {}));
//
// A list is staged until its last row stands: nobody sees it before, and recover() removes what a crash left.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "directory/attribution.h"
#include "directory/name_claims.h"
#include "lists/reading.h"
#include "store/disk.h"
#include "store/state.h"

namespace vg::lists {

struct ListTag;
using ListId = Id<ListTag>;

using Whose = directory::Answer::Kind;
std::string_view name_of(Whose kind);  // "owner", "conflict", "gap", "nobody"
std::optional<Whose> whose_named(std::string_view name);

struct Counts {
    std::int64_t owner = 0, conflict = 0, gap = 0, nobody = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};
std::int64_t& count_of(Counts& counts, Whose kind);

struct List {
    ListId id;
    std::string name;                // of the file
    std::string sha256;              // of its bytes
    std::string content;             // of what it says, in whatever form it came; hash_of()
    std::int64_t bytes = 0;
    std::string form;
    Letter letter;
    std::string series;              // lists of one series are compared
    std::string family;              // of all rows, where they have but one
    std::optional<Time> from, until; // when its victims were seen
    std::string profile, zone;
    std::int64_t read = 0, accepted = 0, duplicate = 0, rejected = 0, records = 0;
    std::int64_t victims = 0;        // different ones, each with its family
    Counts attributed;               // records
    std::string by;
    Time kept;
    Time place;                      // in its series: the letter's date, else when the last victim was seen, else when it was kept
    std::optional<ListId> same_as;   // the list that it is a copy of; its rows are not stored twice
    std::string indicators;          // the list of indicators that its control servers went into; empty: none
    bool staged = true;
    std::int64_t done = 0;           // records that stand, while it is staged
};

struct Row {
    std::int64_t number = 0;         // within the list, from 1
    Record record;
    Whose kind = Whose::gap;
    std::optional<OrganisationId> organisation;
    std::int64_t fact = 0;           // the claim's number; 0: none. Of a gap: who says that the list's autonomous system is theirs, which makes the address not theirs
    std::string system;
    int level = 0;                   // of the system, 1 to 5; 0: not known
};

// What was said of a row before.
struct Said {
    Time changed;
    std::string by;
    Whose kind = Whose::gap;
    std::optional<OrganisationId> organisation;
    std::int64_t fact = 0;
    std::string system;
    std::int64_t by_fact = 0;        // that says something else now; 0: none does
};

// Where things stand.
struct Place {
    store::State& state;
    store::Disk& disk;
    std::string folder;              // of original files: ORIGINALS/SHA256
};
inline constexpr std::string_view kOriginals = "evidence/lists";  // below the data folder, where a backup finds them

// Whose an address or a name was. Without claims everything is a gap.
struct Attributor {
    std::shared_ptr<const directory::Attribution> claims = {};
    std::shared_ptr<const directory::NameClaims> names = {};
    std::function<int(const OrganisationId&, std::string_view system)> level = {};  // of the system; none: not known
};

store::Schema schema();

inline constexpr std::size_t kBatch = 1'000;             // rows of one transaction
inline constexpr std::size_t kMostFile = std::size_t{64} << 20;

// Address, name or URL: what stands for the victim.
std::string subject_of(const Record& record);
// The time for which it is asked whose the address was: when it was seen, else the letter's date, else `now`.
Time asked_at(const Record& record, const Letter& letter, Time now);
// Hash of what the records say, in any order: who, when, with what. Whose a list says that they are counts not, nor notes.
std::string hash_of(std::span<const Record> records);

// What each record's address is said to be now.
void attribute(std::span<const Record> records, const Letter& letter, Time now, const Attributor& attributor, std::vector<Row>& rows);

struct Keep {
    std::string series;              // empty: issuer and profile
    bool own = false;                // a list of its own, even though its content is known
    // Told after each batch of rows, of victims and of the worklist, `all` being the steps of all three; an error stops the import, and what stands of it is removed.
    std::function<Status(std::int64_t done, std::int64_t all)> progress = {};
    // In the transaction that makes the list seen. Of a copy there is nothing to be done.
    std::function<Status(store::Transaction& tx, const List& list)> seen = {};
};
// The list that says the same already. Lists that tell no times are the same when their letters' numbers are, or when they are no more
// than 14 days apart: the next month's list may well name the same machines.
Result<std::optional<List>> known_as(store::Transaction& tx, const Reading& reading, std::string_view content, Time now);
// How a series is called when nobody says it.
std::string series_of(const Reading& reading);
// List::place of what would be kept now.
Time place_in_series(const Reading& reading, Time now);
// The newest list of the series that stands before `place`.
Result<std::optional<List>> previous_of(store::Transaction& tx, std::string_view series, Time place, const std::optional<ListId>& id);

// Keeps the original, the list, its rows and its hits. No reading with open questions (Code::conflict).
Result<List> keep(const Place& place, const ListId& id, std::string_view name, std::string_view bytes, const Reading& reading, const Attributor& attributor, const Keep& options, const access::Actor& actor, Time now);
// Removes what crashes left of imports. At start, before anybody asks.
Status recover(const Place& place);
Status note_indicators(store::Transaction& tx, const ListId& id, std::string_view indicators);

// The original file, checked against its hash. Code::corrupt: it was changed; not_found: it is gone.
Result<std::string> original(const Place& place, const List& list);
// All of them: what is wrong, in sentences. `checked` gets how many were looked at.
Result<std::vector<std::string>> check_originals(const Place& place, std::int64_t& checked);

// ---- reading ----

// A scoped reader sees the lists with rows of organisations that he sees, and of these the copies. Newest first.
Result<std::vector<List>> all(store::Transaction& tx, const access::Scope& scope, const std::optional<ListId>& after, std::size_t limit);
Result<List> find(store::Transaction& tx, const access::Scope& scope, const ListId& id);
Result<std::vector<List>> copies_of(store::Transaction& tx, const ListId& id);
// Records of the list by what was said of them, as far as `scope` sees; of a scoped reader only `owner`.
Result<Counts> counts_of(store::Transaction& tx, const access::Scope& scope, const List& list);
// The organisations with the most records.
Result<std::vector<std::pair<OrganisationId, std::int64_t>>> organisations_of(store::Transaction& tx, const access::Scope& scope, const ListId& id, std::size_t limit);

struct RowFilter {
    std::optional<Whose> kind;
    std::optional<std::vector<OrganisationId>> organisations;
};
Result<std::vector<Row>> rows(store::Transaction& tx, const access::Scope& scope, const ListId& id, const RowFilter& filter, std::int64_t after, std::size_t limit);
// Of the rows from `first` to `last`, by their numbers, the oldest first.
Result<std::map<std::int64_t, std::vector<Said>>> said_before(store::Transaction& tx, const ListId& id, std::int64_t first, std::int64_t last);
// Rejected rows behind the `after`-th.
Result<std::vector<RowView>> rejected(store::Transaction& tx, const ListId& id, std::int64_t after, std::size_t limit);

// ---- once more, with the directory as it is now ----

struct Change {
    std::int64_t number = 0;
    std::string subject;
    Whose was = Whose::gap, is = Whose::gap;
    std::optional<OrganisationId> organisation_was, organisation_is;
    std::int64_t fact_was = 0, fact_is = 0;
    std::string system_was, system_is;
};
struct Reattributed {
    std::int64_t rows = 0, changed = 0;
    Counts before, after;
    std::vector<Change> changes;     // the first 100
    std::set<std::pair<OrganisationId, std::string>> given;  // of those that were kept: to whom, and which address or name
};
// `keep_it` false: only tells what would change.
Result<Reattributed> attribute_again(const Place& place, const ListId& id, const Attributor& attributor, bool keep_it, const access::Actor& actor, Time now);

// ---- profiles ----

Result<std::vector<Profile>> own_profiles(store::Transaction& tx);
Status put_profile(store::Transaction& tx, const Profile& profile, std::string_view by, Time now);
Result<bool> remove_profile(store::Transaction& tx, std::string_view name);
// The shipped ones with people's own, which go before one of the same name.
std::vector<Profile> together(std::span<const Profile> shipped, std::vector<Profile> own);

}  // namespace vg::lists

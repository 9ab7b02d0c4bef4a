// How the tables of lists are read and written, and what the files of this room share. Room-internal.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lists/lists.h"

namespace vg::lists {

// The heads that `rest` ("where v... order by v... limit ...") leaves.
Result<std::vector<List>> heads(store::Transaction& tx, std::string_view rest, const store::Params& params);
Status insert_head(store::Transaction& tx, const List& list);

// list_series.coming while the rows of a list are attributed anew, before its id: what follows from them is made anew after a crash.
inline constexpr std::string_view kAttributing = "attribute ";

// Empty: none.
std::string organisation_text(const std::optional<OrganisationId>& id);
Result<std::optional<OrganisationId>> organisation_of(const std::string& text);

// Without accents, in one case: families and provinces that are written differently are the same.
std::string key_of(std::string_view text);
// 24 hex digits: who, and with which family.
std::string victim_key(const Record& record);
// The same with 8 more for the series and the organisation, so that hits stand in the order of victims; empty when it is nobody's.
std::string hit_of(std::string_view series, std::string_view organisation, std::string_view victim);

// What list_victim needs of a row.
struct Sighted {
    std::string victim;
    std::int64_t number = 0;  // of the row
    std::int64_t fact = 0;    // of an owner; 0: it is nobody's
};
struct Owner {
    std::string organisation, system;
    int level = 0;
};
using Owners = std::map<std::int64_t, Owner>;  // by fact
// Writes list_victim anew, from the rows' facts and, by their numbers, the records.
using RecordsOf = std::function<Result<std::vector<Record>>(const std::vector<std::int64_t>& numbers)>;
// `placed` is told how many stand.
Status put_victims(store::State& state, const List& list, std::vector<Sighted> sighted, const Owners& owners, const RecordsOf& records, const std::function<Status(std::int64_t placed)>& placed = {});
// The same from the rows as they stand.
Status rebuild_victims(store::State& state, const List& list);
// list_organisation anew, from the rows as they stand.
Status count_organisations(store::State& state, const ListId& id);
// Deletes what a table keyed by list and number has of the list, some at a time.
Status remove_numbered(store::State& state, std::string_view table, const ListId& id);

Status insert_rows(store::Transaction& tx, const List& list, std::span<const Row> rows);
Status insert_rejected(store::Transaction& tx, const ListId& id, std::int64_t first_number, std::span<const RowView> rows);
// Rows as heads(): "where list = :l ... order by number limit ...".
Result<std::vector<Row>> read_rows(store::Transaction& tx, std::string_view rest, const store::Params& params);

}  // namespace vg::lists

// State as lines of text, the same for every engine: for backup, restore and the move from SQLite to PostgreSQL. Called by
// server/ and cli/ inside one transaction each, so that a dump is one consistent state and a load is all or nothing.
//
//   auto rows = TRY(state.read([&](Transaction& tx) { return dump_tables(tx, [&](std::string_view line) { return out.add(line); }); }));
//   auto same = TRY(state.write([&](Transaction& tx) { return load_tables(tx, [&] { return in.next(); }); }));
//
// Lines (NDJSON, version 1): a head, then per table, in order of its name, a header, its rows in order of the primary key
// as arrays of values, and its end; then the end of all.
//   {"vonggac_state":1,"schemas":{"access":1,"audit":1}}
//   {"table":"audit","columns":[["number","integer"],["actor","text"]]}
//   [1,"system"]
//   {"end":"audit","rows":1}
//   {"end_of_state":true,"tables":1,"rows":1}
// A text that is not UTF-8 is {"hex":"..."}; a real that is no number is {"real":"inf"|"-inf"|"nan"}. Equal states give
// equal lines, whatever the engine, so that two dumps can be compared by their hashes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/state.h"

namespace vg::store {

struct TableRows {
    std::string table;
    std::int64_t rows = 0;
    friend bool operator==(const TableRows&, const TableRows&) = default;
};

// Takes one line, without its newline.
using DumpSink = std::function<Status(std::string_view line)>;
// Gives the next line, without its newline; nothing at the end.
using DumpSource = std::function<Result<std::optional<std::string>>()>;

// Writes all tables of all rooms, and says how many rows each has; in order of their names. At most 200 rows are in
// memory. An error of the sink ends it.
Result<std::vector<TableRows>> dump_tables(Transaction& tx, const DumpSink& sink);

// Fills the tables of a State that was just opened and holds no row yet. Code::conflict: a table has rows, or the dump was
// made by another version (see schemas_at); bad_input: not a dump, or cut off. Inside State::write; the caller's error
// or this one's undoes everything.
Result<std::vector<TableRows>> load_tables(Transaction& tx, const DumpSource& source);

// How many rows each table has, in order of their names.
Result<std::vector<TableRows>> count_tables(Transaction& tx);

// The versions of the rooms' tables, from the first line of a dump.
struct DumpHead {
    std::vector<std::pair<std::string, std::int64_t>> schemas;
};
Result<DumpHead> read_dump_head(std::string_view first_line);
// The schemas as they were when the dump was made, for State::open before load_tables; opening once more with `schemas`
// then upgrades. Code::denied: the dump was made by a newer program.
Result<std::vector<Schema>> schemas_at(const DumpHead& head, std::span<const Schema> schemas);

}  // namespace vg::store

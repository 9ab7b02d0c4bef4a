// Functions of our own inside DuckDB: they ask search::Predicate about the values of a chunk, so that SQL means what
// search::matches() means. Their first argument is the address of a Call, which whoever runs the statement keeps until it
// is done. Text of a query never becomes text of SQL.
//
//   vg_text(call, VARCHAR)                      a value; NULL does not fit
//   vg_number(call, BIGINT)
//   vg_native(call, MAP)                        a native field of the call's name
//   vg_rest(call, STRUCT[])                     further values of the call's field
//   vg_any(call, MAP, STRUCT[], VARCHAR...)     any value
//   vg_wanted(call, BIGINT)                     a position of the call's set
//   vg_native_value(call, MAP) VARCHAR          first value of the native field of the call's name
//   vg_rest_values(call, STRUCT[]) VARCHAR[]    its further ones; times as microseconds
//   vg_ready(BIGINT)                            true
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "base/result.h"
#include "search/tree.h"
#include "store/archive/duck.h"

namespace vg::store::archive {

// What a function is asked about.
struct Call {
    const search::Term* term = nullptr;                       // vg_text, vg_number, vg_native, vg_rest, vg_any
    search::Target field;                                     // vg_native_value, vg_rest_values
    const std::unordered_set<std::int64_t>* wanted = nullptr;  // vg_wanted

    // As an argument in a statement.
    [[nodiscard]] std::string argument() const { return std::to_string(reinterpret_cast<std::intptr_t>(this)); }
};

// Once a database; without effect when it has them. Any thread.
Status add_functions(duck::Connection& connection);

// Whether a name in `rest` means the field.
bool is_rest_of(std::string_view name, const search::Target& field);
// Whether a value in `rest` fits, asked by the type of its field.
bool fits_rest(const search::Term& term, event::Type type, std::string_view value, search::Scratch& scratch);
// True for a name in `rest` of a time of the dictionary: words are not looked for there.
bool is_time_of_rest(std::string_view name);
// A name in `rest` as the event has it.
std::string_view unmarked(std::string_view name);

}  // namespace vg::store::archive

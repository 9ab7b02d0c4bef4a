// A query as a condition in SQL over the archive's columns. Only names of our own columns, numbers and addresses of Calls
// stand in it; never a text of the query.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "search/query.h"
#include "store/archive.h"
#include "store/archive/ask_functions.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

// The condition with what its functions are asked about. Must live until the statements that use it are done, and the query too.
class Condition {
public:
    // Null: everything. `journal`: id as text; terms that name another journal hold for nothing.
    Condition(const search::Query* query, std::string_view journal);
    [[nodiscard]] const std::string& sql() const { return sql_; }

private:
    std::string of(const search::Node& node);
    std::string of(const search::Term& term);
    const Call& call(const search::Term& term);

    std::deque<Call> calls_;
    std::string journal_;
    std::string sql_;
};

// The column of one of our own fields.
Own column_of(search::Own own);

// Who may see it and when it occurred: what a Question asks besides its query.
std::string scope_of(const Question& question);

// "make_timestamp(123)"
std::string sql_time(Time time);

// A field's first value in a row as text (times: microseconds), and whether it may have further ones in `rest`.
struct FieldSql {
    std::string value;
    bool further = false;
    Call call;  // its target; the functions in `value` are asked about it: must not move
};
std::unique_ptr<FieldSql> field_sql(std::string_view field);

}  // namespace vg::store::archive

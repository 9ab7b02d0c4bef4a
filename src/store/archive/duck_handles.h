// What duck.cpp and duck_rows.cpp share: DuckDB's own handles behind ours. Included by those two alone.
#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <vector>

#include "store/archive/duck.h"

namespace vg::store::duck {

// The text of an error of DuckDB as one line, with our code for it.
Error error_of(const char* text);
Error error_of(duckdb_result& result);

struct Database::Handle {
    duckdb_database database = nullptr;
    ~Handle() { duckdb_close(&database); }
};

struct Connection::State {
    std::shared_ptr<Database> database;
    duckdb_connection connection = nullptr;
    ~State() { duckdb_disconnect(&connection); }
};

struct Statement::State {
    std::shared_ptr<Database> database;
    duckdb_connection connection = nullptr;  // of the Connection, which outlives this
    duckdb_prepared_statement statement = nullptr;
    ~State() { duckdb_destroy_prepare(&statement); }
};

struct Rows::State {
    std::shared_ptr<Database> database;
    duckdb_connection connection = nullptr;
    duckdb_result result{};
    std::function<Status()> check;
    bool stream = false;
    ~State() { duckdb_destroy_result(&result); }
};

// One column of the chunk that an Appender fills. Everything is NULL until it is set.
struct AppenderColumn {
    duckdb_vector vector = nullptr;
    void* data = nullptr;
    std::uint64_t* valid = nullptr;
    duckdb_type type = DUCKDB_TYPE_INVALID;
    std::size_t elements = 0;  // LIST and MAP: used in this chunk
    std::size_t room = 0;
};

struct Appender::State {
    std::shared_ptr<Database> database;
    duckdb_appender appender = nullptr;
    duckdb_data_chunk chunk = nullptr;
    std::vector<AppenderColumn> columns;
    ~State() {
        duckdb_destroy_data_chunk(&chunk);
        duckdb_appender_destroy(&appender);
    }
};

}  // namespace vg::store::duck

// What the benchmarks of the archive share: DuckDB by its C API, and the fifteen columns that its own ingest is given.
#pragma once

#include <duckdb.h>

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rounds.h"

namespace vg::bench {

// Of a Windows event as OTRF's NDJSON has it. All text but EventID.
inline constexpr std::array<std::string_view, 15> kColumns{"@timestamp", "Hostname", "EventID", "Channel", "Message", "Image", "CommandLine", "ParentImage", "User", "TargetFilename", "SourceIp", "DestinationIp", "DestinationHostname", "QueryName", "Hashes"};
inline constexpr std::size_t kEventId = 2;

inline std::string columns_of_read_json() {
    std::string sql = "{";
    for (std::size_t i = 0; i < kColumns.size(); ++i) sql += (i == 0 ? "'" : ", '") + std::string{kColumns[i]} + (i == kEventId ? "': 'BIGINT'" : "': 'VARCHAR'");
    return sql + "}";
}
inline std::string create_columns(const std::string& table) {
    std::string sql = "CREATE TABLE " + table + " (";
    for (std::size_t i = 0; i < kColumns.size(); ++i) sql += (i == 0 ? "\"" : ", \"") + std::string{kColumns[i]} + (i == kEventId ? "\" BIGINT" : "\" VARCHAR");
    return sql + ")";
}

// A database with one thread; it ends the program when something fails, as a benchmark may.
class Duck {
public:
    explicit Duck(const char* path = nullptr) {
        duckdb_config config = nullptr;
        check(duckdb_create_config(&config) == DuckDBSuccess, "config");
        for (const auto& [name, value] : {std::pair{"threads", "1"}, {"autoinstall_known_extensions", "false"}, {"autoload_known_extensions", "false"}, {"memory_limit", "6GB"}})
            check(duckdb_set_config(config, name, value) == DuckDBSuccess, name);
        char* reason = nullptr;
        check(duckdb_open_ext(path, &database_, config, &reason) == DuckDBSuccess, reason);
        duckdb_destroy_config(&config);
        check(duckdb_connect(database_, &connection_) == DuckDBSuccess, "connect");
    }
    ~Duck() {
        duckdb_disconnect(&connection_);
        duckdb_close(&database_);
    }
    Duck(const Duck&) = delete;
    Duck& operator=(const Duck&) = delete;

    void run(const std::string& sql) {
        duckdb_result result;
        const bool done = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
        check(done, done ? "" : duckdb_result_error(&result), sql.c_str());
        duckdb_destroy_result(&result);
    }
    std::int64_t number(const std::string& sql) {
        duckdb_result result;
        const bool done = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
        check(done, done ? "" : duckdb_result_error(&result), sql.c_str());
        const std::int64_t value = duckdb_value_int64(&result, 0, 0);
        duckdb_destroy_result(&result);
        return value;
    }
    std::string text(const std::string& sql) {
        duckdb_result result;
        const bool done = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
        check(done, done ? "" : duckdb_result_error(&result), sql.c_str());
        char* value = duckdb_value_varchar(&result, 0, 0);
        std::string copy = value == nullptr ? "" : value;
        duckdb_free(value);
        duckdb_destroy_result(&result);
        return copy;
    }
    duckdb_connection connection() { return connection_; }

    static void check(bool good, const char* what, const char* sql = "") {
        if (good) return;
        std::fprintf(stderr, "duckdb: %s %s\n", what == nullptr ? "?" : what, sql);
        std::exit(2);
    }

private:
    duckdb_database database_ = nullptr;
    duckdb_connection connection_ = nullptr;
};

inline std::uint64_t file_bytes(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

// CPU of all threads of this program.
inline double cpu_now() { return seconds(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace vg::bench

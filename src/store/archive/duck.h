// DuckDB, by its C API, as the archive needs it: one database in memory that may touch files of the archive's folder and
// nothing else, connections, statements with parameters, results in chunks of typed columns, and rows appended in chunks.
// Nothing else in the program includes duckdb.h. Every return code is looked at.
//
// A Database is shared by all threads. A Connection and what comes from it belong to one thread at a time, but interrupt()
// and progress() may come from another. Work is done by the calling thread alone (threads=1): its priority is the work's.
//
//   auto database = TRY(duck::Database::open({.folder = "data/archive", .memory_bytes = 1 << 30}));
//   duck::Connection connection = TRY(database->connect());
//   duck::Statement statement = TRY(connection.prepare("SELECT position FROM tail WHERE \"source.ip\" = ?"));
//   TRY(statement.bind(1, "192.0.2.7"));
//   duck::Rows rows = TRY(statement.run({.check = [&] { return still_wanted(); }}));
//   while (auto chunk = TRY(rows.next()))
//       for (std::size_t row = 0; row < chunk->rows(); ++row) use(chunk->column(0).integer(row));
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct _duckdb_connection;
struct _duckdb_vector;
struct _duckdb_logical_type;

namespace vg::store::duck {

class Connection;
class Statement;
class Rows;
class Appender;

struct DatabaseOptions {
    std::string folder;       // files below it may be read and written; FOLDER/scratch is for what does not fit in memory
    std::size_t memory_bytes = std::size_t{1} << 30;  // of tables and all questions together
    std::size_t scratch_bytes = std::size_t{8} << 30;  // of FOLDER/scratch
    std::vector<std::string> also;  // further folders that may be written, for exports
};

// Database: extensions, other files, the network and changes of settings are refused from the first statement on.
class Database : public std::enable_shared_from_this<Database> {
public:
    static Result<std::shared_ptr<Database>> open(const DatabaseOptions& options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Each connection keeps the database.
    Result<Connection> connect();

private:
    Database() = default;
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

class Connection {
public:
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    // Runs one statement without parameters and forgets its result. For statements of ours only.
    Status run(const std::string& sql);
    Result<Statement> prepare(const std::string& sql);
    // Adds rows to a table, in chunks.
    Result<Appender> appender(const std::string& table);

    // Ends the statement that runs at the moment with Code::unavailable. Any thread.
    void interrupt() const;
    // 0..1 of the statement that runs at the moment; nothing when it is not known. Any thread.
    [[nodiscard]] std::optional<double> progress() const;
    // For what has no wrapper here (functions of our own).
    [[nodiscard]] _duckdb_connection* handle() const;

private:
    friend class Database;
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

struct RunOptions {
    // Asked between two pieces of work (each some milliseconds); its error ends the statement and is what run() or next()
    // returns.
    std::function<Status()> check = {};
    // Rows come while the work goes on, and only as many as are taken are made. Without it the whole result is in memory.
    bool stream = false;
};

// Parameters are counted from 1 and stand as ? or $1 in the text.
class Statement {
public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
    ~Statement();

    Status bind(std::size_t index, std::int64_t value);
    Status bind(std::size_t index, int value) { return bind(index, std::int64_t{value}); }
    Status bind(std::size_t index, double value);
    Status bind(std::size_t index, bool value);
    Status bind(std::size_t index, std::string_view value);  // text, may hold NUL; must be UTF-8
    Status bind(std::size_t index, const char* value) { return bind(index, std::string_view{value}); }
    Status bind(std::size_t index, Time value);
    Status bind(std::size_t index, std::span<const std::string> values);   // VARCHAR[]
    Status bind(std::size_t index, std::span<const std::int64_t> values);  // BIGINT[]
    Status bind_blob(std::size_t index, std::string_view bytes);
    Status bind_null(std::size_t index);
    [[nodiscard]] std::size_t parameters() const;

    // The statement must live until the rows are read.
    Result<Rows> run(const RunOptions& options = {});

private:
    friend class Connection;
    struct State;
    explicit Statement(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// One column of a chunk, of any type. The caller knows the type: asking another one for it is a broken invariant.
class Column {
public:
    explicit Column(_duckdb_vector* vector);

    [[nodiscard]] bool is_null(std::size_t row) const { return valid_ != nullptr && (valid_[row / 64] >> (row % 64) & 1) == 0; }
    // Whether each row from <= row < to is null.
    [[nodiscard]] bool all_null(std::size_t from, std::size_t to) const {
        if (valid_ == nullptr) return from == to;
        for (; from < to && (from % 64 != 0 || to - from < 64); ++from)
            if (!is_null(from)) return false;
        for (; to - from >= 64; from += 64)
            if (valid_[from / 64] != 0) return false;
        for (; from < to; ++from)
            if (!is_null(from)) return false;
        return true;
    }
    [[nodiscard]] std::int64_t integer(std::size_t row) const;   // any integer type that fits, count(*) and sum() too
    [[nodiscard]] double real(std::size_t row) const;            // any number
    [[nodiscard]] bool boolean(std::size_t row) const;
    [[nodiscard]] Time time(std::size_t row) const;              // TIMESTAMP
    [[nodiscard]] std::string_view text(std::size_t row) const;  // VARCHAR, BLOB; valid while the chunk is

    struct Elements {
        std::size_t from = 0, count = 0;
    };
    // LIST and MAP: where the row's elements stand in elements(). A MAP is a list of structs of key and value.
    [[nodiscard]] Elements list(std::size_t row) const;
    [[nodiscard]] Column elements() const;
    [[nodiscard]] Column member(std::size_t index) const;  // STRUCT

private:
    _duckdb_vector* vector_;
    int type_;
    const void* data_;
    const std::uint64_t* valid_;
};

class Chunk {
public:
    explicit Chunk(void* handle) : handle_(handle) {}
    Chunk(Chunk&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Chunk& operator=(Chunk&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Chunk();
    [[nodiscard]] std::size_t rows() const;
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] Column column(std::size_t index) const;

private:
    void* handle_;  // duckdb_data_chunk
};

class Rows {
public:
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;
    ~Rows();
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] std::string name(std::size_t column) const;
    [[nodiscard]] std::int64_t changed() const;  // rows that an INSERT, DELETE or COPY was about
    // Nothing at the end.
    Result<std::optional<Chunk>> next();

private:
    friend class Statement;
    struct State;
    explicit Rows(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Collects up to kRows rows column by column, then adds them to the table.
//
//   Appender appender = TRY(connection.appender("tail"));
//   appender.integer(0, row, 7); appender.text(1, row, "x");     // what is not set is NULL
//   TRY(appender.add(rows));                                     // the next rows begin at 0 again
//   TRY(appender.flush());                                       // now they are in the table
class Appender {
public:
    static constexpr std::size_t kRows = 2048;

    Appender(Appender&&) noexcept;
    Appender& operator=(Appender&&) noexcept;
    ~Appender();

    void integer(std::size_t column, std::size_t row, std::int64_t value);
    void boolean(std::size_t column, std::size_t row, bool value);
    void time(std::size_t column, std::size_t row, Time value) { integer(column, row, value.micros); }
    void text(std::size_t column, std::size_t row, std::string_view value);  // must be UTF-8
    // The same without a copy: the text must stand where it stands until the row was added.
    void view(std::size_t column, std::size_t row, std::string_view value);
    [[nodiscard]] bool is_set(std::size_t column, std::size_t row) const;

    // A LIST or MAP whose elements are structs of two texts (MAP(VARCHAR, VARCHAR), STRUCT(a VARCHAR, b VARCHAR)[]).
    // Rows in order, each row of the column at most once. Their texts must stand where they stand until the row was added.
    struct Pair {
        std::string_view first;
        std::optional<std::string_view> second;
    };
    Status pairs(std::size_t column, std::size_t row, std::span<const Pair> pairs);

    Status add(std::size_t rows);
    // All that was added is in the table. After an error the rows since the last flush are not.
    Status flush();

private:
    friend class Connection;
    struct State;
    explicit Appender(std::unique_ptr<State> state);
    void begin();  // all NULL again
    std::unique_ptr<State> state_;
};

// 'text' with quotes doubled, and "name": for our own paths and column names. Values go as parameters.
std::string literal(std::string_view text);
std::string quoted(std::string_view name);

}  // namespace vg::store::duck

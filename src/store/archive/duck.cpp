#include "store/archive/duck.h"

#include <filesystem>

#include "base/text.h"
#include "store/archive/duck_handles.h"

namespace vg::store::duck {

namespace {

struct Config {
    duckdb_config config = nullptr;
    ~Config() { duckdb_destroy_config(&config); }
};

Status run_on(duckdb_connection connection, const std::string& sql) {
    duckdb_result result{};
    const bool good = duckdb_query(connection, sql.c_str(), &result) == DuckDBSuccess;
    Status status;
    if (!good) status = fail(error_of(result));
    duckdb_destroy_result(&result);
    return status;
}

Status bound(duckdb_state state, std::size_t index, duckdb_prepared_statement statement) {
    if (state == DuckDBSuccess) return {};
    const char* reason = duckdb_prepare_error(statement);
    return fail(Code::internal, format("parameter {} cannot be set: {}", index, reason == nullptr ? "no such parameter" : reason));
}

struct Value {
    duckdb_value value = nullptr;
    ~Value() { duckdb_destroy_value(&value); }
};
struct LogicalType {
    duckdb_logical_type type = nullptr;
    ~LogicalType() { duckdb_destroy_logical_type(&type); }
};

// Binds a list made of the values, which are destroyed here.
Status bind_list(duckdb_prepared_statement statement, std::size_t index, duckdb_type of, std::vector<duckdb_value>& values) {
    const LogicalType type{duckdb_create_logical_type(of)};
    const Value list{duckdb_create_list_value(type.type, values.data(), values.size())};
    for (duckdb_value& value : values) duckdb_destroy_value(&value);
    if (list.value == nullptr) return fail(Code::internal, format("parameter {} cannot be made a list", index));
    return bound(duckdb_bind_value(statement, index, list.value), index, statement);
}

}  // namespace

Error error_of(const char* text) {
    std::string reason = text == nullptr ? "no reason given" : text;
    for (char& c : reason)
        if (c == '\n' || c == '\r') c = ' ';
    // Each error of DuckDB begins with its kind; of a statement that failed half-way nothing else is handed out.
    static constexpr std::pair<std::string_view, Code> kinds[] = {
        {"Out of Memory Error", Code::too_large}, {"INTERRUPT Error", Code::unavailable},    {"IO Error", Code::unavailable},
        {"Permission Error", Code::denied},       {"Invalid Input Error", Code::bad_input}, {"Conversion Error", Code::bad_input},
        {"Out of Range Error", Code::bad_input},
    };
    Code code = Code::internal;
    for (const auto& [kind, ours] : kinds)
        if (reason.starts_with(kind)) code = ours;
    return Error{code, shorten(reason, 500)};
}

Error error_of(duckdb_result& result) { return error_of(duckdb_result_error(&result)); }

Result<std::shared_ptr<Database>> Database::open(const DatabaseOptions& options) {
    Config config;
    if (duckdb_create_config(&config.config) != DuckDBSuccess) return fail(Code::internal, "DuckDB makes no configuration");
    const std::string scratch = options.folder + "/scratch";
    const std::pair<const char*, std::string> at_start[] = {
        {"threads", "1"},  // the calling thread does the work
        {"external_threads", "1"},
        {"memory_limit", format("{}B", options.memory_bytes)},
        {"temp_directory", scratch},
        {"max_temp_directory_size", format("{}B", options.scratch_bytes)},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"preserve_insertion_order", "true"},
        {"allocator_background_threads", "true"},  // what a tail's tables leave goes back to the system
        {"checkpoint_threshold", "1000TB"},  // a table in memory would be compressed again and again while it grows
    };
    for (const auto& [name, value] : at_start)
        if (duckdb_set_config(config.config, name, value.c_str()) != DuckDBSuccess)
            return fail(Code::internal, format("DuckDB does not take the setting {} = {}", name, value));

    std::shared_ptr<Database> database{new Database};
    database->handle_ = std::make_unique<Handle>();
    char* reason = nullptr;
    if (duckdb_open_ext(nullptr, &database->handle_->database, config.config, &reason) != DuckDBSuccess) {
        Error error = error_of(reason);
        duckdb_free(reason);
        return fail(error.in("DuckDB does not start: "));
    }
    Connection connection = TRY(database->connect());
    std::string folders = literal(options.folder + "/");
    for (const std::string& folder : options.also) folders += ", " + literal(folder + "/");
    TRY(connection.run(format("SET GLOBAL allowed_directories = [{}]", folders)));
    TRY(connection.run("SET GLOBAL parquet_metadata_cache = true"));
    TRY(connection.run("SET GLOBAL enable_external_file_cache = false"));  // the system keeps segments' pages; twice is too often
    TRY(connection.run("SET GLOBAL TimeZone = 'UTC'"));
    TRY(connection.run("SET GLOBAL enable_external_access = false"));
    TRY(connection.run("SET GLOBAL lock_configuration = true"));
    return database;
}

Database::~Database() = default;

Result<Connection> Database::connect() {
    auto state = std::make_unique<Connection::State>();
    state->database = shared_from_this();
    if (duckdb_connect(handle_->database, &state->connection) != DuckDBSuccess) return fail(Code::internal, "DuckDB gives no connection");
    TRY(run_on(state->connection, "PRAGMA enable_progress_bar"));  // so that progress() knows
    TRY(run_on(state->connection, "PRAGMA disable_print_progress_bar"));
    return Connection{std::move(state)};
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Status Connection::run(const std::string& sql) { return run_on(state_->connection, sql); }

Result<Statement> Connection::prepare(const std::string& sql) {
    auto state = std::make_unique<Statement::State>();
    state->database = state_->database;
    state->connection = state_->connection;
    if (duckdb_prepare(state_->connection, sql.c_str(), &state->statement) != DuckDBSuccess)
        return fail(error_of(duckdb_prepare_error(state->statement)));
    return Statement{std::move(state)};
}

void Connection::interrupt() const { duckdb_interrupt(state_->connection); }

std::optional<double> Connection::progress() const {
    const double percentage = duckdb_query_progress(state_->connection).percentage;
    if (percentage < 0) return std::nullopt;
    return percentage > 100 ? 1.0 : percentage / 100;
}

_duckdb_connection* Connection::handle() const { return state_->connection; }

Statement::Statement(std::unique_ptr<State> state) : state_(std::move(state)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

Status Statement::bind(std::size_t index, std::int64_t value) {
    return bound(duckdb_bind_int64(state_->statement, index, value), index, state_->statement);
}
Status Statement::bind(std::size_t index, double value) {
    return bound(duckdb_bind_double(state_->statement, index, value), index, state_->statement);
}
Status Statement::bind(std::size_t index, bool value) {
    return bound(duckdb_bind_boolean(state_->statement, index, value), index, state_->statement);
}
Status Statement::bind(std::size_t index, std::string_view value) {
    return bound(duckdb_bind_varchar_length(state_->statement, index, value.data() == nullptr ? "" : value.data(), value.size()), index, state_->statement);
}
Status Statement::bind(std::size_t index, Time value) {
    return bound(duckdb_bind_timestamp(state_->statement, index, {value.micros}), index, state_->statement);
}
Status Statement::bind(std::size_t index, std::span<const std::string> values) {
    std::vector<duckdb_value> made;
    made.reserve(values.size());
    for (const std::string& value : values) made.push_back(duckdb_create_varchar_length(value.data(), value.size()));
    return bind_list(state_->statement, index, DUCKDB_TYPE_VARCHAR, made);
}
Status Statement::bind(std::size_t index, std::span<const std::int64_t> values) {
    std::vector<duckdb_value> made;
    made.reserve(values.size());
    for (const std::int64_t value : values) made.push_back(duckdb_create_int64(value));
    return bind_list(state_->statement, index, DUCKDB_TYPE_BIGINT, made);
}
Status Statement::bind_blob(std::size_t index, std::string_view bytes) {
    return bound(duckdb_bind_blob(state_->statement, index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size()), index, state_->statement);
}
Status Statement::bind_null(std::size_t index) { return bound(duckdb_bind_null(state_->statement, index), index, state_->statement); }

std::size_t Statement::parameters() const { return duckdb_nparams(state_->statement); }

Result<Rows> Statement::run(const RunOptions& options) {
    struct Pending {
        duckdb_pending_result result = nullptr;
        ~Pending() { duckdb_destroy_pending(&result); }
    } pending;
    const duckdb_state begun = options.stream ? duckdb_pending_prepared_streaming(state_->statement, &pending.result)
                                              : duckdb_pending_prepared(state_->statement, &pending.result);
    if (begun != DuckDBSuccess) return fail(error_of(duckdb_pending_error(pending.result)));
    while (true) {
        if (options.check)
            if (Status wanted = options.check(); !wanted) return fail(std::move(wanted).error());
        const duckdb_pending_state state = duckdb_pending_execute_task(pending.result);
        if (state == DUCKDB_PENDING_ERROR) return fail(error_of(duckdb_pending_error(pending.result)));
        if (state != DUCKDB_PENDING_RESULT_NOT_READY) break;
    }
    auto rows = std::make_unique<Rows::State>();
    rows->database = state_->database;
    rows->connection = state_->connection;
    rows->check = options.check;
    rows->stream = options.stream;
    if (duckdb_execute_pending(pending.result, &rows->result) != DuckDBSuccess) {
        const char* reason = duckdb_result_error(&rows->result);
        if (reason == nullptr) return fail(error_of(duckdb_pending_error(pending.result)));
        return fail(error_of(rows->result));
    }
    return Rows{std::move(rows)};
}

std::string literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
    return out + "'";
}

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) out.append(c == '"' ? 2 : 1, c);
    return out + "\"";
}

}  // namespace vg::store::duck

// State in one SQLite file: WAL, so that readers never wait for the writer; synchronous=FULL, so that a commit that was
// reported survives a power cut.
#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "store/engines/soci_connection.h"

namespace vg::store::engines {

namespace {

// The primary result codes of SQLite, https://www.sqlite.org/rescode.html. The macros of sqlite3.h are used through
// soci-sqlite3.h, which includes it inside its own namespace.
Code code_of(const soci::soci_error& error) {
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    if (sqlite == nullptr) return Code::internal;
    switch (sqlite->result() & 0xff) {
        case SQLITE_CONSTRAINT: return Code::conflict;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL: return Code::unavailable;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Code::corrupt;
        case SQLITE_TOOBIG: return Code::too_large;
        default: return Code::internal;
    }
}

Failure sqlite_failure(const soci::soci_error& error) {
    std::string text = error.get_error_message();
    // "sqlite3_statement_backend::loadOne: UNIQUE constraint failed": the name of a function of SOCI helps nobody.
    if (const std::size_t end = text.find(": "); text.find("_backend::") < end && end != std::string::npos) text.erase(0, end + 2);
    return {code_of(error), std::move(text)};
}

bool sqlite_placeholder(soci::details::statement_backend& statement, std::size_t number) {
    return !statement.get_parameter_name(static_cast<int>(number)).empty();
}

constexpr Dialect dialect(std::string_view begin) {
    return {EngineKind::sqlite, begin, sqlite_failure, sqlite_placeholder, true, nullptr, nullptr, nullptr};
}
constexpr Dialect kWriter = dialect("begin immediate");
constexpr Dialect kReader = dialect("begin");

// Makes a file and its name in the folder durable.
Status sync_path(const std::filesystem::path& path) {
    for (const auto& [name, flags] : {std::pair{path, O_RDONLY}, std::pair{path.parent_path(), O_RDONLY | O_DIRECTORY}}) {
        const int file = ::open(name.empty() ? "." : name.c_str(), flags | O_CLOEXEC);
        const bool synced = file >= 0 && ::fsync(file) == 0;
        if (file >= 0) ::close(file);
        if (!synced) return fail(Code::unavailable, format("state: {} cannot be made durable", name.string()));
    }
    return {};
}

class SqliteEngine final : public Engine {
public:
    SqliteEngine(std::filesystem::path file, std::filesystem::path own_folder)
        : file_(std::move(file)), own_folder_(std::move(own_folder)) {}

    ~SqliteEngine() override {
        std::error_code ignored;
        if (!own_folder_.empty()) std::filesystem::remove_all(own_folder_, ignored);
    }

    Result<std::unique_ptr<Connection>> connect(Role role) override {
        if (file_.string().find_first_of("\"=") != std::string::npos)
            return fail(Code::bad_input, format("state: the path {} may not contain '=' or '\"'", file_.string()));
        std::unique_ptr<soci::session> session;
        try {
            session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + file_.string() + "\" timeout=10");
        } catch (const soci::soci_error& error) {
            return fail(code_of(error), format("state: {} cannot be opened: {}", file_.string(), error.get_error_message()));
        }
        auto connection = std::make_unique<SociConnection>(std::move(session), role == Role::writer ? kWriter : kReader);
        TRY_IN(format("in {}: ", file_.string()), prepare(*connection, role));
        return connection;
    }

    [[nodiscard]] std::string place() const override { return file_.string(); }

    Result<std::optional<std::string>> copy_before(Connection& writer, std::int64_t number) override {
        const std::string copy = format("{}.before-{}", file_.string(), number);
        const std::string unfinished = copy + ".unfinished";
        std::error_code failed;
        std::filesystem::remove(unfinished, failed);
        TRY(writer.run("vacuum into :a", {unfinished}));
        std::filesystem::permissions(unfinished, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
        TRY(sync_path(unfinished));
        std::filesystem::rename(unfinished, copy, failed);
        if (failed) return fail(Code::unavailable, format("state: {} cannot be renamed: {}", unfinished, failed.message()));
        TRY(sync_path(copy));
        return copy;
    }

private:
    Status prepare(Connection& connection, Role role) {
        TRY(connection.run("pragma foreign_keys = on"));
        if (role == Role::reader) {
            TRY(connection.run("pragma query_only = on"));
            return {};
        }
        const auto mode = TRY(connection.first<std::string>("pragma journal_mode = wal"));
        if (!mode || std::get<0>(*mode) != "wal") return fail(Code::unavailable, "state: the file system does not carry a write-ahead log");
        TRY(connection.run(own_folder_.empty() ? "pragma synchronous = full" : "pragma synchronous = off"));
        TRY(connection.run("pragma journal_size_limit = 67108864"));
        // A transaction of some thousand rows touches so many pages: neither written out in its middle, nor copied into the file after each.
        TRY(connection.run("pragma cache_size = -65536"));
        TRY(connection.run("pragma wal_autocheckpoint = 8192"));
        return {};
    }

    // constant after construction
    std::filesystem::path file_;
    std::filesystem::path own_folder_;  // to be removed; empty: the file is somebody else's
};

}  // namespace

Result<std::unique_ptr<Engine>> open_sqlite(const std::string& path) {
    if (path != ":memory:") {
        // Made here and not by SQLite, so that nobody else may read it: it holds hashes of passwords and tokens.
        const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0) return fail(Code::unavailable, format("state: {} cannot be opened: {}", path, std::generic_category().message(errno)));
        ::close(file);
        return std::make_unique<SqliteEngine>(path, std::filesystem::path{});
    }
    std::error_code failed;
    std::string folder = (std::filesystem::temp_directory_path(failed) / "vonggac-state-XXXXXX").string();
    if (failed || ::mkdtemp(folder.data()) == nullptr) return fail(Code::unavailable, "state: no temporary folder can be made");
    return std::make_unique<SqliteEngine>(std::filesystem::path{folder} / "state.sqlite", folder);
}

}  // namespace vg::store::engines

// What State needs of a database: connections that run transactions, and a copy before a migration. One file an engine:
// sqlite.cpp and postgresql.cpp, chosen by a setting. Used by state.cpp only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/state.h"

namespace vg::store::engines {

enum class Role { writer, reader };

// One connection, used by one thread at a time. Errors of begin() and commit() leave no transaction open after rollback().
class Connection : public Transaction {
public:
    // A writer's transaction holds the write lock from here on; a reader's sees one consistent state. Connects again when
    // the connection was lost.
    virtual Status begin() = 0;
    // An error means that nothing was kept, unless its text says that this is not known.
    virtual Status commit() = 0;
    // Also right when the database has ended the transaction by itself, as SQLite does when the disk is full.
    virtual void rollback() = 0;
    // After an error: the transaction has certainly left nothing, and may do better when it is run from its beginning:
    // another session was in the way (SQLSTATE 40001, 40P01), or the connection was lost before the commit.
    [[nodiscard]] virtual bool may_run_again() const { return false; }
};

class Engine {
public:
    virtual ~Engine() = default;
    virtual Result<std::unique_ptr<Connection>> connect(Role role) = 0;
    // What the database is, for messages: a path, or name and host.
    [[nodiscard]] virtual std::string place() const = 0;
    // Copies the whole database beside it, durable under a name ending in ".before-N"; the name of the copy, or nothing
    // where this is the administrator's to do. Called outside a transaction.
    virtual Result<std::optional<std::string>> copy_before(Connection& writer, std::int64_t number) = 0;
};

// A file, or ":memory:": a private file in a temporary folder, removed with the engine, so that tests see the same
// locking and snapshots as a node does.
Result<std::unique_ptr<Engine>> open_sqlite(const std::string& path);
// The schema of a database of PostgreSQL 13 or newer; made when it is missing.
Result<std::unique_ptr<Engine>> open_postgresql(const StateOptions& options);

}  // namespace vg::store::engines

// What State needs of a database: connections that run transactions, and a copy before a migration. One file an engine:
// sqlite.cpp now; another engine stands beside it and is chosen by a setting. Used by state.cpp only.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/state.h"

namespace vg::store::engines {

enum class Role { writer, reader };

// One connection, used by one thread at a time. Errors of begin() and commit() leave no transaction open after rollback().
class Connection : public Transaction {
public:
    // A writer's transaction holds the write lock from here on; a reader's sees one consistent state.
    virtual Status begin() = 0;
    virtual Status commit() = 0;
    // Also right when the database has ended the transaction by itself, as SQLite does when the disk is full.
    virtual void rollback() = 0;
};

class Engine {
public:
    virtual ~Engine() = default;
    virtual Result<std::unique_ptr<Connection>> connect(Role role) = 0;
    // Copies the whole database beside it, durable under a name ending in ".before-N"; the name of the copy.
    // Called outside a transaction.
    virtual Result<std::string> copy_before(Connection& writer, std::int64_t number) = 0;
};

// A file, or ":memory:": a private file in a temporary folder, removed with the engine, so that tests see the same
// locking and snapshots as a node does.
Result<std::unique_ptr<Engine>> open_sqlite(const std::string& path);

}  // namespace vg::store::engines

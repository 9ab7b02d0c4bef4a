// Which State the tests work on: SQLite, or, when tests/with_postgres.py has started a server, a fresh schema of
// PostgreSQL, so that the same tests run over both engines. For tests only.
//
//   auto state = store::State::open(store::test_state(), schemas, metrics);
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "store/state.h"

namespace vg::store {

// The connection string of the server for tests; empty: there is none, and tests run over SQLite.
inline std::string test_postgresql() {
    const char* connection = std::getenv("VG_TEST_POSTGRESQL");
    return connection == nullptr ? "" : connection;
}

// An empty State; `path` is the SQLite file, which PostgreSQL does not look at.
inline StateOptions test_state(std::string path = ":memory:") {
    static std::atomic<int> made = 0;
    StateOptions options;
    options.path = std::move(path);
    options.postgresql = test_postgresql();
    options.schema = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
    return options;
}

}  // namespace vg::store

// One connection to PostgreSQL that outlives its server: it connects again, says for certain whether a commit that was cut
// off is kept, and lets a transaction live on after a statement failed, as SQLite does. Used by postgresql.cpp.
//
// How a transaction lives on: PostgreSQL ends it at the first error, but for a savepoint. One stands at the begin and after
// each kMostRepeated changes; an error goes back to it and repeats the changes since, which nobody else can have disturbed.
// So an error, which is rare, costs a little more, and a change costs nothing.
// How a cut commit is settled: the writer's transaction has its number (pg_current_xact_id) from its begin; after the
// connection is lost in the commit, the next one, which waits for the lock that the lost one held, asks for the fate of
// that number (pg_xact_status).
#pragma once

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/engines/engine.h"
#include "store/engines/soci_connection.h"

namespace vg::store::engines {

// What the server answered to a control statement.
struct Reply {
    bool good = false;
    std::string tag;    // "COMMIT"
    std::string value;  // first column of the first row
    Failure failure;    // when not good
};
// Runs SQL text (several statements are one transaction of their own) without parameters.
Reply ask(PGconn* connection, const std::string& sql);
// What an SQLSTATE (PostgreSQL 15, appendix A) means to us. `message` in one line.
Failure failure_named(std::string_view state, std::string_view message);
PGconn* connection_of(soci::session& session);

class PostgresqlConnection final : public Connection {
public:
    // Makes a session that is ready for transactions; a writer's holds the lock of the State.
    using Connect = std::function<Result<std::unique_ptr<soci::session>>()>;

    PostgresqlConnection(Role role, Connect connect) : role_(role), connect_(std::move(connect)) {}
    Status connect();

    [[nodiscard]] EngineKind engine() const override { return EngineKind::postgresql; }
    Result<std::int64_t> run(std::string_view sql, const Params& params) override;
    Result<std::vector<Row>> rows(std::string_view sql, const Params& params, std::span<const Column> columns) override;
    Status begin() override;
    Status commit() override;
    void rollback() override;
    [[nodiscard]] bool may_run_again() const override { return run_again_; }

private:
    struct Change {
        std::string sql;
        Params params;
    };

    [[nodiscard]] PGconn* raw() const { return connection_of(soci_->session()); }
    [[nodiscard]] bool alive() const { return soci_ && PQstatus(raw()) == CONNECTION_OK; }
    Status before_change(std::string_view sql, const Params& params);
    void after_failure(const Error& error);
    Status settle();

    // constant after construction
    Role role_;
    Connect connect_;

    // of the thread that uses the connection
    std::unique_ptr<SociConnection> soci_;  // null: not connected
    std::string number_;                    // of the writer's transaction
    std::vector<Change> changes_;           // since the savepoint
    std::size_t changed_bytes_ = 0;         // of their parameters
    bool run_again_ = false;
    std::optional<Error> ended_;            // why the transaction can only be rolled back
};

}  // namespace vg::store::engines

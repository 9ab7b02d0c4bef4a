// A Connection over a SOCI session: binds parameters by their type, reads columns as the caller's Column list says, and
// keeps prepared statements. Shared by the engines that SOCI reaches. The only headers of SOCI stand in this folder.
//
// The cache is keyed by SQL text and types, because SOCI binds a statement to variables of one type; the least recently
// used statement goes when there are more than kMostStatements.
#pragma once

#include <soci/soci.h>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/engines/engine.h"

namespace vg::store::engines {

// What a database says about a statement that failed.
struct Failure {
    Code code = Code::internal;
    std::string text;        // without the values of parameters, which may be secret
    bool run_again = false;  // another session was in the way: the whole transaction may succeed when it is run again
};

// What is different between the databases that SOCI speaks to.
struct Dialect {
    EngineKind engine;
    std::string_view begin;  // the statement that opens a transaction of this connection
    Failure (*failure_of)(const soci::soci_error& error);
    // Whether the prepared statement has a placeholder of that number, counted from 0.
    bool (*has_placeholder)(soci::details::statement_backend& statement, std::size_t number);
    // A statement that failed must be finalised at once, because it holds locks.
    bool forget_failed;
    // After the last row was read, or a failure: gives back what the statement holds until it runs again. May be null.
    void (*finish)(soci::details::statement_backend& statement);
    // Text as the database keeps it, and back. May be null: kept as it is.
    void (*to_stored)(std::string& text);
    void (*from_stored)(std::string& text);
};

class SociConnection final : public Connection {
public:
    static constexpr std::size_t kMostStatements = 400;

    SociConnection(std::unique_ptr<soci::session> session, Dialect dialect);
    ~SociConnection() override;

    [[nodiscard]] EngineKind engine() const override { return dialect_.engine; }
    Result<std::int64_t> run(std::string_view sql, const Params& params) override;
    Result<std::vector<Row>> rows(std::string_view sql, const Params& params, std::span<const Column> columns) override;
    Status begin() override;
    Status commit() override;
    void rollback() override;
    // Whether the statement that failed last did so because of another session.
    [[nodiscard]] bool failed_by_others() const { return failed_by_others_; }
    [[nodiscard]] soci::session& session() { return *session_; }

private:
    struct Prepared;
    using Statements = std::list<std::unique_ptr<Prepared>>;

    Prepared& prepare(std::string_view sql, const Params& params, std::span<const Column> columns);
    void forget(const Prepared& prepared);
    // Calls `work`, turning what SOCI throws into an error.
    template <class Work>
    auto guarded(std::string_view sql, Work&& work) -> Result<std::invoke_result_t<Work>>;

    std::unique_ptr<soci::session> session_;
    Dialect dialect_;
    Statements statements_;  // most recently used first
    std::unordered_map<std::string_view, Statements::iterator> by_key_;  // views into Prepared::key
    std::string key_;                                                    // scratch
    bool failed_by_others_ = false;
};

}  // namespace vg::store::engines

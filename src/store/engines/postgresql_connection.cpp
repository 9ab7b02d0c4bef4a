#include "store/engines/postgresql_connection.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "store/engines/postgresql_text.h"

namespace vg::store::engines {

namespace {

// How long the fate of a commit is asked for while the server does not answer. The writer waits as long.
constexpr auto kSettle = std::chrono::seconds{10};
constexpr auto kAskAgain = std::chrono::milliseconds{100};
// Changes, and bytes of their parameters, that are repeated at most when a statement has failed.
constexpr std::size_t kMostRepeated = 64, kMostRepeatedBytes = std::size_t{1} << 20;

// libpq gives "ERROR:  message" and further lines of advice.
std::string_view first_line(std::string_view message) {
    for (const std::string_view start : {"ERROR:  ", "FATAL:  ", "PANIC:  "})
        if (const std::size_t at = message.find(start); at != std::string_view::npos) message.remove_prefix(at + start.size());
    return trim(message.substr(0, message.find('\n')));
}

Failure postgresql_failure(const soci::soci_error& error) {
    if (const auto* known = dynamic_cast<const soci::postgresql_soci_error*>(&error)) return failure_named(known->sqlstate(), error.get_error_message());
    return {Code::internal, std::string{first_line(error.get_error_message())}};
}

// SOCI's library does not export the type information that the sanitizer would compare here.
#define VG_TYPE_NOT_EXPORTED __attribute__((no_sanitize("vptr")))

VG_TYPE_NOT_EXPORTED bool postgresql_placeholder(soci::details::statement_backend& statement, std::size_t number) {
    return number < static_cast<soci::postgresql_statement_backend&>(statement).names_.size();
}
VG_TYPE_NOT_EXPORTED void finish(soci::details::statement_backend& statement) {
    auto& ours = static_cast<soci::postgresql_statement_backend&>(statement);
    ours.result_.reset();
    // After a failure SOCI leaves the texts of parameters to be overwritten by the next.
    for (auto& [position, buffer] : ours.useByPosBuffers_) delete[] std::exchange(*buffer, nullptr);
}

constexpr Dialect kDialect{EngineKind::postgresql, "begin", postgresql_failure, postgresql_placeholder, false, finish, to_stored, from_stored};

bool is_question(std::string_view sql) {
    return starts_with_ignoring_ascii_case(sql, "select") || starts_with_ignoring_ascii_case(sql, "set ");
}

}  // namespace

VG_TYPE_NOT_EXPORTED PGconn* connection_of(soci::session& session) { return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_; }

Failure failure_named(std::string_view state, std::string_view message) {
    const std::string_view kind = state.substr(0, 2);
    std::string text{kind == "08" ? "the connection to the database was lost" : first_line(message)};
    if (state == "40001" || state == "40P01") return {Code::unavailable, std::move(text), true};
    if (kind == "22") text = text.substr(0, text.find(':'));  // data exceptions quote the value
    if (kind == "23") return {Code::conflict, std::move(text)};
    if (kind == "54") return {Code::too_large, std::move(text)};
    if (state == "XX001" || state == "XX002") return {Code::corrupt, std::move(text)};
    // Connection, resources, somebody's intervention, the system, a lock; a server that is a standby.
    for (const std::string_view passing : {"08", "53", "55", "57", "58"})
        if (kind == passing) return {Code::unavailable, std::move(text)};
    if (state == "25006") return {Code::unavailable, std::move(text)};
    return {Code::internal, std::move(text)};
}

Reply ask(PGconn* connection, const std::string& sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result{PQexec(connection, sql.c_str()), PQclear};
    Reply reply;
    const ExecStatusType status = PQresultStatus(result.get());
    reply.good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (reply.good) {
        reply.tag = PQcmdStatus(result.get());
        if (PQntuples(result.get()) > 0 && PQnfields(result.get()) > 0) reply.value = PQgetvalue(result.get(), 0, 0);
    } else {
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        reply.failure = failure_named(state == nullptr ? "08000" : state, result ? PQresultErrorMessage(result.get()) : PQerrorMessage(connection));
    }
    return reply;
}

Status PostgresqlConnection::connect() {
    soci_.reset();
    soci_ = std::make_unique<SociConnection>(TRY(connect_()), kDialect);
    return {};
}

Status PostgresqlConnection::begin() {
    changes_.clear();
    changed_bytes_ = 0;
    run_again_ = false;
    ended_.reset();
    // A reader's snapshot is taken by its first statement. The writer sees others that write, against the rule, as errors
    // that are worth another try instead of losing their change.
    const char* const sql = role_ == Role::reader ? "begin isolation level repeatable read read only"
                                                  : "begin isolation level repeatable read; savepoint change; select pg_current_xact_id()";
    for (bool again = true;; again = false) {
        if (!alive()) TRY(connect());
        Reply reply = ask(raw(), sql);
        number_ = std::move(reply.value);
        if (reply.good) return {};
        if (alive() || !again) return fail(reply.failure.code, format("state: a transaction cannot begin: {}", reply.failure.text));
    }
}

// Notes a change, so that it can be repeated.
Status PostgresqlConnection::before_change(std::string_view sql, const Params& params) {
    if (changes_.size() >= kMostRepeated || changed_bytes_ >= kMostRepeatedBytes) {
        if (const Reply reply = ask(raw(), "release savepoint change; savepoint change"); !reply.good) {
            ended_ = Error{reply.failure.code, "state: " + reply.failure.text};
            run_again_ = !alive();
            return fail(*ended_);
        }
        changes_.clear();
        changed_bytes_ = 0;
    }
    changes_.push_back({std::string{sql}, params});
    for (const Param& param : params)
        if (const auto* text = std::get_if<std::string>(&param)) changed_bytes_ += text->size();
    return {};
}

void PostgresqlConnection::after_failure(const Error& error) {
    if (!alive() || soci_->failed_by_others()) {
        ended_ = error;
        run_again_ = role_ == Role::writer;
        return;
    }
    if (PQtransactionStatus(raw()) != PQTRANS_INERROR) return;  // refused before the server saw it
    if (role_ == Role::reader || !ask(raw(), "rollback to savepoint change").good) {
        ended_ = error;
        return;
    }
    for (const Change& change : changes_)
        if (const auto repeated = soci_->run(change.sql, change.params); !repeated) {
            ended_ = repeated.error();
            run_again_ = !alive() || soci_->failed_by_others();
            return;
        }
}

Result<std::int64_t> PostgresqlConnection::run(std::string_view sql, const Params& params) {
    if (ended_) return fail(*ended_);
    const bool changes = role_ == Role::writer && !is_question(sql);
    const std::string ours = ddl_for_postgresql(sql);
    if (changes) TRY(before_change(ours, params));
    auto done = soci_->run(ours, params);
    if (done) return done;
    if (changes) changes_.pop_back();
    after_failure(done.error());
    return done;
}

Result<std::vector<Row>> PostgresqlConnection::rows(std::string_view sql, const Params& params, std::span<const Column> columns) {
    if (ended_) return fail(*ended_);
    const bool changes = role_ == Role::writer && !is_question(sql);
    if (changes) TRY(before_change(sql, params));
    auto found = soci_->rows(sql, params, columns);
    if (found) return found;
    if (changes) changes_.pop_back();
    after_failure(found.error());
    return found;
}

Status PostgresqlConnection::commit() {
    if (ended_) return fail(*ended_);
    const Reply reply = ask(raw(), "commit");
    if (reply.good) {
        if (reply.tag == "COMMIT") return {};
        return fail(Code::unavailable, "state: the database has rolled the change back");
    }
    if (!alive() && role_ == Role::writer) return settle();
    run_again_ = reply.failure.run_again && role_ == Role::writer;
    return fail(reply.failure.code, format("state: the change cannot be committed: {}", reply.failure.text));
}

Status PostgresqlConnection::settle() {
    log::warn("state: the connection was lost during a commit; asking for its fate", {{"transaction", number_}});
    const auto until = std::chrono::steady_clock::now() + kSettle;
    Error last;
    do {
        if (const Status connected = connect(); !connected) {
            last = connected.error();
            if (last.code == Code::denied) break;  // somebody else's database now
        } else if (const Reply fate = ask(raw(), format("select pg_xact_status('{}'::xid8)", number_)); !fate.good) {
            last = {fate.failure.code, fate.failure.text};
        } else if (fate.value == "committed") {
            return {};
        } else if (fate.value == "aborted") {
            run_again_ = true;
            return fail(Code::unavailable, "state: the connection was lost before the change was committed");
        }
        std::this_thread::sleep_for(kAskAgain);
    } while (std::chrono::steady_clock::now() < until);
    return fail(Code::unavailable, format("state: the connection was lost during a commit, and it is not known whether the change was kept ({})", last.text));
}

void PostgresqlConnection::rollback() {
    changes_.clear();
    if (!alive() || PQtransactionStatus(raw()) == PQTRANS_IDLE) return;
    if (const Reply reply = ask(raw(), "rollback"); !reply.good) log::debug("rollback: the transaction had ended", {{"reason", reply.failure.text}});
}

}  // namespace vg::store::engines

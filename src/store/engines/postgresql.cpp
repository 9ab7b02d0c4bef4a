// State in one schema of a PostgreSQL database. One node has it: the writer holds an advisory lock for as long as it is
// connected, and a number in the table state_owner tells it after a lost connection whether another node was there meanwhile.
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <map>
#include <memory>

#include "base/log.h"
#include "base/text.h"
#include "store/engines/postgresql_connection.h"

namespace vg::store::engines {

namespace {

constexpr std::string_view kLockClass = "1986486628";  // any number that other programs do not use: "vgad"
constexpr int kLeastVersion = 130000;                  // pg_xact_status takes xid8 since 13

using Parts = std::map<std::string, std::string>;  // of a connection string

// libpq's own words are kept out when they could quote a password.
Result<Parts> parse_connection(const std::string& text) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options{PQconninfoParse(text.c_str(), &problem), PQconninfoFree};
    const std::string reason = problem == nullptr ? "" : problem;
    PQfreemem(problem);
    if (!options) {
        const bool quotable = text.find("://") == std::string::npos && text.find("pass") == std::string::npos;
        return fail(Code::bad_input, format("is no connection string of PostgreSQL, such as \"host=/run/postgresql dbname=vonggac\"{}",
                                            quotable ? ": " + std::string{trim(reason)} : std::string{}));
    }
    Parts parts;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr) parts[option->keyword] = option->val;
    return parts;
}

std::string joined(const Parts& parts) {
    std::string text;
    for (const auto& [name, value] : parts) {
        text += name + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') text += '\\';
            text += c;
        }
        text += "' ";
    }
    return text;
}

bool is_schema_name(std::string_view name) {
    return !name.empty() && name.size() <= 63 && name[0] >= 'a' && name[0] <= 'z' && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos &&
           !name.starts_with("pg_");
}

void note(void*, const char* message) { log::debug("postgresql: " + std::string{trim(message)}); }

// A good reply, or its failure as an error.
Result<std::string> must(PGconn* connection, const std::string& sql) {
    Reply reply = ask(connection, sql);
    if (!reply.good) return fail(reply.failure.code, reply.failure.text);
    return std::move(reply.value);
}

class PostgresqlEngine final : public Engine {
public:
    PostgresqlEngine(Parts parts, const StateOptions& options)
        : parts_(std::move(parts)), password_file_(options.password_file), schema_(options.schema), name_(format("vonggac {} {}", ::getpid(), std::chrono::steady_clock::now().time_since_epoch().count())) {}

    Result<std::unique_ptr<Connection>> connect(Role role) override {
        auto connection = std::make_unique<PostgresqlConnection>(role, [this, role] { return session(role); });
        TRY(connection->connect());
        return connection;
    }

    [[nodiscard]] std::string place() const override {
        const auto part = [&](const char* name) { return parts_.contains(name) ? parts_.at(name) : std::string{}; };
        return format("the PostgreSQL database {} at {}", part("dbname").empty() ? "of the user" : part("dbname"), part("host").empty() ? "this machine" : part("host"));
    }

    Result<std::optional<std::string>> copy_before(Connection&, std::int64_t) override { return std::nullopt; }

private:
    Result<std::unique_ptr<soci::session>> session(Role role) {
        std::unique_ptr<soci::session> session;
        try {
            session = std::make_unique<soci::session>(soci::postgresql, TRY(connect_string()));
        } catch (const soci::soci_error& error) {
            const std::string message = error.get_error_message();
            const std::size_t line = message.find('\n');  // after SOCI's own words
            const std::string_view reason = std::string_view{message}.substr(line == std::string::npos ? 0 : line + 1);
            return fail(Code::unavailable, format("state: {} cannot be reached: {}", place(), shorten(trim(reason.substr(0, reason.find('\n'))), 500)));
        }
        PGconn* const connection = connection_of(*session);
        PQsetErrorVerbosity(connection, PQERRORS_TERSE);  // without DETAIL, which quotes values
        PQsetNoticeProcessor(connection, note, nullptr);
        TRY_IN(format("state: {}: ", place()), prepare(connection, role));
        return session;
    }

    Result<std::string> connect_string() const {
        Parts parts = parts_;
        parts.try_emplace("connect_timeout", "10");
        parts.try_emplace("tcp_user_timeout", "30000");
        parts.try_emplace("keepalives_idle", "30");
        parts["application_name"] = name_;
        parts["client_encoding"] = "UTF8";
        if (!password_file_.empty()) {
            std::ifstream file{password_file_};
            std::string password;
            if (!std::getline(file, password)) return fail(Code::unavailable, format("state: no password can be read from {}", password_file_));
            if (password.ends_with('\r')) password.pop_back();
            parts["password"] = password;
        }
        return joined(parts);
    }

    // What every session is: no limit of time that would end a transaction, commits that are durable, our schema alone.
    Status prepare(PGconn* connection, Role role) {
        if (PQserverVersion(connection) < kLeastVersion) return fail(Code::denied, "PostgreSQL 13 or newer is needed");
        if (const char* encoding = PQparameterStatus(connection, "server_encoding"); encoding == nullptr || std::string_view{encoding} != "UTF8")
            return fail(Code::denied, "its encoding is not UTF8; make it with: create database NAME template template0 encoding 'UTF8'");
        TRY(must(connection, format("set search_path = \"{}\"; set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0; "
                                    "set standard_conforming_strings = on", schema_)));
        if (PQserverVersion(connection) >= 140000) TRY(must(connection, "set idle_session_timeout = 0"));
        if (role == Role::reader) return {};
        const std::string synchronous = TRY(must(connection, "show synchronous_commit"));
        if (synchronous == "off" || synchronous == "local") TRY(must(connection, "set synchronous_commit = on"));
        if (TRY(must(connection, format("select count(*) from pg_namespace where nspname = '{}'", schema_))) == "0")
            TRY(must(connection, format("create schema if not exists \"{}\"", schema_)));
        TRY(take_lock(connection));
        return take_ownership(connection);
    }

    // A connection of our own that was cut off may hold the lock until its server process notices; it is ended.
    Status take_lock(PGconn* connection) const {
        const std::string lock = format("set lock_timeout = '5s'; select pg_advisory_lock({}, hashtext('{}')); set lock_timeout = 0", kLockClass, schema_);
        Reply taken = ask(connection, lock);
        if (taken.good) return {};
        if (taken.failure.code != Code::unavailable) return fail(taken.failure.code, taken.failure.text);
        const std::string holder = format("from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.granted and l.classid = {} and l.objid = (hashtext('{}')::bigint & 4294967295)::oid "
                                          "and l.database = (select oid from pg_database where datname = current_database())", kLockClass, schema_);
        if (TRY(must(connection, format("select count(pg_terminate_backend(pid)) {} and application_name = '{}'", holder, name_))) != "0" && ask(connection, lock).good) return {};
        const std::string who = TRY(must(connection, format("select coalesce(max(application_name || ' from ' || coalesce(host(client_addr), 'this machine')), 'somebody') {}", holder)));
        return fail(Code::denied, format("another node has it open ({}): each node needs a database or a schema of its own", who));
    }

    // Counts who has opened it. After a lost connection the number must be ours still.
    Status take_ownership(PGconn* connection) {
        if (opened_.empty()) {
            TRY(must(connection, "create table if not exists state_owner (only_row bigint primary key check (only_row = 1), opened bigint not null)"));
            opened_ = TRY(must(connection, "insert into state_owner (only_row, opened) values (1, 1) on conflict (only_row) do update set opened = state_owner.opened + 1 returning opened"));
            return {};
        }
        if (TRY(must(connection, "select opened from state_owner")) != opened_)
            return fail(Code::denied, "another node has had it open while this one had no connection; start this node again");
        return {};
    }

    // constant after construction
    Parts parts_;
    std::string password_file_;
    std::string schema_;
    std::string name_;  // of this engine among the sessions of the server

    // of the writer's thread
    std::string opened_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_postgresql(const StateOptions& options) {
    TRY(check_postgresql(options.postgresql));
    if (!is_schema_name(options.schema))
        return fail(Code::bad_input, format("state: the schema {} must begin with a letter and have at most 63 of a-z, 0-9 and _", options.schema));
    return std::make_unique<PostgresqlEngine>(TRY(parse_connection(options.postgresql)), options);
}

}  // namespace vg::store::engines

namespace vg::store {

Status check_postgresql(const std::string& connection) {
    const auto parts = TRY(engines::parse_connection(connection));
    for (const char* secret : {"password", "sslpassword"})
        if (parts.contains(secret)) return fail(Code::bad_input, format("may not hold {}: settings are shown; put it into a file or the environment", secret));
    return {};
}

}  // namespace vg::store

// State: the typed tables (findings, users, organisations, positions) in SQLite or PostgreSQL, by SOCI. One writer thread; readers have connections of their own. Domain rooms own their tables: each hands its Schema
// to State::open and speaks SQL only in its own files.
//
//   TRY(state.write([&](Transaction& tx) -> Status {
//       TRY(tx.run("update finding set status = :s where id = :i", {"closed", id.text()}));
//       return audit.append(tx, {...});
//   }));
//   auto rows = TRY(state.read([&](Transaction& tx) {
//       return tx.query<std::string, std::int64_t>("select title, hits from finding where organisation = :o", {org.text()});
//   }));
//
// SQL here is the common subset of SQLite and PostgreSQL: text, bigint (times are microseconds), double precision, blob
// as hex text; `on conflict do update`; parameters are named :a, :b and bound by order; `order by` columns that are not
// null. Text compares and sorts by its bytes (UTF-8) in both; all bytes come back as they were written, but where they are
// no UTF-8 or zero their place in the order is the engine's own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"

namespace vg::store {

using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

// A parameter; converts from what domain code has at hand.
struct Param : SqlValue {
    Param(std::nullptr_t) {}
    Param(std::int64_t v) : SqlValue(v) {}
    Param(int v) : SqlValue(std::int64_t{v}) {}
    Param(std::uint64_t v) : SqlValue(static_cast<std::int64_t>(v)) {}
    Param(bool v) : SqlValue(std::int64_t{v ? 1 : 0}) {}
    Param(double v) : SqlValue(v) {}
    Param(std::string v) : SqlValue(std::move(v)) {}
    Param(std::string_view v) : SqlValue(std::string{v}) {}
    Param(const char* v) : SqlValue(std::string{v}) {}
    template <class T>
    Param(const std::optional<T>& v) {
        if (v) *this = Param{*v};
    }
};
using Params = std::vector<Param>;

enum class Column : std::uint8_t { integer, real, text };
using Row = std::vector<SqlValue>;

namespace detail {
template <class T>
struct ColumnOf;
template <>
struct ColumnOf<std::int64_t> { static constexpr Column column = Column::integer; };
template <>
struct ColumnOf<double> { static constexpr Column column = Column::real; };
template <>
struct ColumnOf<std::string> { static constexpr Column column = Column::text; };
template <class T>
struct ColumnOf<std::optional<T>> : ColumnOf<T> {};

template <class T>
T column_value(SqlValue& value) {
    if constexpr (requires(T v) { v.reset(); }) {  // std::optional
        if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
        return std::get<typename T::value_type>(std::move(value));
    } else {
        return std::holds_alternative<std::monostate>(value) ? T{} : std::get<T>(std::move(value));
    }
}
template <class... T, std::size_t... I>
std::tuple<T...> to_tuple(Row& row, std::index_sequence<I...>) {
    return {column_value<T>(row[I])...};
}
}  // namespace detail

// The database behind State. Only what speaks of its catalogue or its limits asks.
enum class EngineKind : std::uint8_t { sqlite, postgresql };

class Transaction {
public:
    virtual ~Transaction() = default;
    [[nodiscard]] virtual EngineKind engine() const = 0;
    // Runs a change; the number of rows it touched.
    virtual Result<std::int64_t> run(std::string_view sql, const Params& params = {}) = 0;
    // All rows of a question, with columns of the given types.
    virtual Result<std::vector<Row>> rows(std::string_view sql, const Params& params, std::span<const Column> columns) = 0;

    // The same as tuples: query<std::string, std::int64_t, std::optional<std::string>>(sql, {..}).
    template <class... T>
    Result<std::vector<std::tuple<T...>>> query(std::string_view sql, const Params& params = {}) {
        static constexpr Column columns[] = {detail::ColumnOf<T>::column...};
        return rows(sql, params, columns).map([](std::vector<Row>&& found) {
            std::vector<std::tuple<T...>> out;
            out.reserve(found.size());
            for (Row& row : found) out.push_back(detail::to_tuple<T...>(row, std::index_sequence_for<T...>{}));
            return out;
        });
    }
    // The first row, or nothing.
    template <class... T>
    Result<std::optional<std::tuple<T...>>> first(std::string_view sql, const Params& params = {}) {
        return query<T...>(sql, params).map([](std::vector<std::tuple<T...>>&& found) -> std::optional<std::tuple<T...>> {
            if (found.empty()) return std::nullopt;
            return std::move(found.front());
        });
    }
};

// The tables of one room. Migration n (counted from 1) brings the room from version n-1 to n; each is a list of
// statements, run in one transaction. Never change one that was released. A statement that begins with "sqlite: " or
// "postgresql: " is for that engine alone.
struct Schema {
    std::string_view room;
    std::vector<std::vector<std::string_view>> migrations;
};

struct StateOptions {
    std::string path;  // of the SQLite file; ":memory:" in tests of domain rooms
    std::size_t readers = 4;
    // A connection string or URI of libpq, without a password: the other engine, and `path` is not looked at.
    std::string postgresql;
    std::string password_file;       // holds the password for it; read at each connection. Empty: PGPASSWORD, PGPASSFILE
    std::string schema = "vonggac";  // of the database, for all tables; made when it is missing
};

// Whether State::open would understand `connection` (StateOptions::postgresql). Code::bad_input names what is wrong; a
// password in it is refused, because settings are shown.
Status check_postgresql(const std::string& connection);

enum class Priority { pipeline, person };  // who goes first when both wait for the writer

class State {
public:
    // Opens, copies the file first when a migration is due, migrates. A State of a newer program is refused, and a database
    // of PostgreSQL that another node has open.
    static Result<std::unique_ptr<State>> open(const StateOptions& options, std::span<const Schema> schemas, metrics::Registry& metrics);
    virtual ~State() = default;

    // Runs `work` on the writer thread inside one transaction, and returns when it is durable. An error from `work`
    // rolls everything back and is returned. `work` runs once more from its beginning when another session of PostgreSQL
    // was in the way or the connection was lost, so what it changes outside of the transaction it sets, never adds to.
    // Code::conflict: a constraint; unavailable: disk full, locked, I/O error, no connection (try again later; the text
    // says so when it is not known whether the change was kept); busy: more than a thousand callers wait; denied: another
    // node has taken the database. Any thread, but not from inside another write.
    virtual Status write_status(Priority priority, const std::function<Status(Transaction&)>& work) = 0;
    // Runs `work` on a reading connection: a consistent view, no changes allowed. Waits while all are in use, so `work`
    // does not call write() or read() itself.
    virtual Status read_status(const std::function<Status(Transaction&)>& work) = 0;

    template <class Work>
    auto write(Work&& work, Priority priority = Priority::person) -> std::invoke_result_t<Work, Transaction&> {
        return through([&](const std::function<Status(Transaction&)>& inner) { return write_status(priority, inner); }, work);
    }
    template <class Work>
    auto read(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
        return through([&](const std::function<Status(Transaction&)>& inner) { return read_status(inner); }, work);
    }

private:
    template <class Run, class Work>
    static auto through(Run&& run, Work& work) -> std::invoke_result_t<Work, Transaction&> {
        using Answer = std::invoke_result_t<Work, Transaction&>;
        if constexpr (std::is_same_v<Answer, Status>) {
            return run([&](Transaction& tx) -> Status { return work(tx); });
        } else {
            std::optional<typename Answer::value_type> value;
            Status status = run([&](Transaction& tx) -> Status {
                Answer answer = work(tx);
                if (!answer) return fail(std::move(answer).error());
                value.emplace(std::move(*answer));
                return {};
            });
            if (!status) return fail(std::move(status).error());
            return std::move(*value);
        }
    }
};

}  // namespace vg::store

#include "store/engines/soci_connection.h"

#include <deque>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"

namespace vg::store::engines {

namespace {

// A variable that a statement is bound to: for a parameter or a column, of one type for the life of the statement.
struct Slot {
    long long integer = 0;
    double real = 0;
    std::string text;
    soci::indicator indicator = soci::i_ok;
};

// A null is bound as text: only its indicator is looked at.
char type_letter(const SqlValue& value) {
    if (std::holds_alternative<std::int64_t>(value)) return 'i';
    if (std::holds_alternative<double>(value)) return 'r';
    return std::holds_alternative<std::string>(value) ? 't' : 'n';
}

char type_letter(Column column) {
    switch (column) {
        case Column::integer: return 'i';
        case Column::real: return 'r';
        case Column::text: return 't';
    }
    return 't';
}

void fill(Slot& slot, const SqlValue& value, const Dialect& dialect) {
    slot.indicator = soci::i_ok;
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        slot.integer = *integer;
    else if (const auto* real = std::get_if<double>(&value))
        slot.real = *real;
    else if (const auto* text = std::get_if<std::string>(&value)) {
        slot.text = *text;
        if (dialect.to_stored != nullptr) dialect.to_stored(slot.text);
    } else
        slot.indicator = soci::i_null;
}

SqlValue value_of(Slot& slot, Column column, const Dialect& dialect) {
    if (slot.indicator == soci::i_null) return std::monostate{};
    switch (column) {
        case Column::integer: return static_cast<std::int64_t>(slot.integer);
        case Column::real: return slot.real;
        case Column::text:
            if (dialect.from_stored != nullptr) dialect.from_stored(slot.text);
            return std::move(slot.text);
    }
    return std::monostate{};
}

}  // namespace

struct SociConnection::Prepared {
    explicit Prepared(soci::session& session) : statement(session) {}
    std::string key;
    std::deque<Slot> parameters;  // a deque: SOCI keeps the addresses
    std::deque<Slot> columns;
    soci::statement statement;
};

SociConnection::SociConnection(std::unique_ptr<soci::session> session, Dialect dialect)
    : session_(std::move(session)), dialect_(dialect) {}

SociConnection::~SociConnection() {
    by_key_.clear();
    statements_.clear();  // before the session that they belong to
}

template <class Work>
auto SociConnection::guarded(std::string_view sql, Work&& work) -> Result<std::invoke_result_t<Work>> {
    try {
        return work();
    } catch (const soci::soci_error& error) {
        // what() would quote the parameters, which may be secret; a Failure does not.
        Failure failure = dialect_.failure_of(error);
        failed_by_others_ = failure.run_again;
        return fail(failure.code, format("state: {} (in: {})", failure.text, shorten(sql, 80)));
    } catch (const std::exception& error) {
        failed_by_others_ = false;
        return fail(Code::internal, format("state: {} (in: {})", error.what(), shorten(sql, 80)));
    }
}

SociConnection::Prepared& SociConnection::prepare(std::string_view sql, const Params& params, std::span<const Column> columns) {
    key_.clear();
    for (const Param& param : params) key_ += type_letter(param);
    key_ += ':';
    for (const Column column : columns) key_ += type_letter(column);
    key_ += ' ';
    key_ += sql;
    if (const auto known = by_key_.find(key_); known != by_key_.end()) {
        statements_.splice(statements_.begin(), statements_, known->second);
        return *statements_.front();
    }

    auto made = std::make_unique<Prepared>(*session_);
    made->key = key_;
    for (const Param& param : params) {
        Slot& slot = made->parameters.emplace_back();
        switch (type_letter(param)) {
            case 'i': made->statement.exchange(soci::use(slot.integer, slot.indicator)); break;
            case 'r': made->statement.exchange(soci::use(slot.real, slot.indicator)); break;
            default: made->statement.exchange(soci::use(slot.text, slot.indicator)); break;
        }
    }
    for (const Column column : columns) {
        Slot& slot = made->columns.emplace_back();
        switch (column) {
            case Column::integer: made->statement.exchange(soci::into(slot.integer, slot.indicator)); break;
            case Column::real: made->statement.exchange(soci::into(slot.real, slot.indicator)); break;
            case Column::text: made->statement.exchange(soci::into(slot.text, slot.indicator)); break;
        }
    }
    made->statement.alloc();
    made->statement.prepare(std::string{sql});
    // SQLite would take a missing parameter for a null.
    if (dialect_.has_placeholder(*made->statement.get_backend(), params.size()))
        throw soci::soci_error("the statement has more placeholders than parameters");
    if (!params.empty() && !dialect_.has_placeholder(*made->statement.get_backend(), params.size() - 1))
        throw soci::soci_error("the statement has fewer placeholders than parameters");
    made->statement.define_and_bind();

    if (statements_.size() >= kMostStatements) forget(*statements_.back());
    statements_.push_front(std::move(made));
    by_key_.emplace(statements_.front()->key, statements_.begin());
    return *statements_.front();
}

void SociConnection::forget(const Prepared& prepared) {
    const auto found = by_key_.find(prepared.key);
    if (found == by_key_.end()) return;
    const Statements::iterator where = found->second;
    by_key_.erase(found);
    statements_.erase(where);
}

Result<std::int64_t> SociConnection::run(std::string_view sql, const Params& params) {
    Prepared* prepared = nullptr;
    bool unfinished = false;
    auto touched = guarded(sql, [&]() -> std::int64_t {
        prepared = &prepare(sql, params, {});
        for (std::size_t i = 0; i < params.size(); ++i) fill(prepared->parameters[i], params[i], dialect_);
        unfinished = prepared->statement.execute(true);
        const std::int64_t count = prepared->statement.get_affected_rows();
        if (dialect_.finish != nullptr) dialect_.finish(*prepared->statement.get_backend());
        return count;
    });
    // A failed statement, or one that would have given rows, may hold locks until it is finalised.
    if (!touched && prepared != nullptr && dialect_.finish != nullptr) dialect_.finish(*prepared->statement.get_backend());
    if (dialect_.forget_failed && (!touched || unfinished) && prepared != nullptr) forget(*prepared);
    return touched;
}

Result<std::vector<Row>> SociConnection::rows(std::string_view sql, const Params& params, std::span<const Column> columns) {
    CHECK(!columns.empty(), "a question has columns");
    Prepared* prepared = nullptr;
    auto found = guarded(sql, [&]() -> std::vector<Row> {
        std::vector<Row> all;
        prepared = &prepare(sql, params, columns);
        for (std::size_t i = 0; i < params.size(); ++i) fill(prepared->parameters[i], params[i], dialect_);
        for (bool more = prepared->statement.execute(true); more; more = prepared->statement.fetch()) {
            Row& row = all.emplace_back();
            row.reserve(columns.size());
            for (std::size_t i = 0; i < columns.size(); ++i) row.push_back(value_of(prepared->columns[i], columns[i], dialect_));
        }
        if (dialect_.finish != nullptr) dialect_.finish(*prepared->statement.get_backend());
        return all;
    });
    if (!found && prepared != nullptr && dialect_.finish != nullptr) dialect_.finish(*prepared->statement.get_backend());
    if (dialect_.forget_failed && !found && prepared != nullptr) forget(*prepared);
    return found;
}

Status SociConnection::begin() {
    return run(dialect_.begin, {}).map([](std::int64_t) {});
}

Status SociConnection::commit() {
    return run("commit", {}).map([](std::int64_t) {});
}

void SociConnection::rollback() {
    if (const auto undone = run("rollback", {}); !undone) log::debug("rollback: the transaction had ended", {{"reason", undone.error().text}});
}

}  // namespace vg::store::engines

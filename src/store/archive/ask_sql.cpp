#include "store/archive/ask_sql.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

namespace {

using Kind = search::Target::Kind;

std::string in_ranges(const std::string& column, const std::vector<search::IntegerRange>& ranges) {
    std::string sql;
    for (const search::IntegerRange& range : ranges) sql += format("{}{} BETWEEN {}::BIGINT AND {}::BIGINT", sql.empty() ? "" : " OR ", column, format("'{}'", range.least), format("'{}'", range.most));
    return sql.empty() ? "false" : sql;
}

std::string in_times(const std::string& column, const std::vector<search::TimeRange>& ranges) {
    std::string sql;
    for (const search::TimeRange& range : ranges) {
        std::string one = "true";
        if (range.from.micros != INT64_MIN) one += format(" AND {} >= {}", column, sql_time(range.from));
        if (range.to.micros != INT64_MAX) one += format(" AND {} < {}", column, sql_time(range.to));
        sql += (sql.empty() ? "(" : " OR (") + one + ")";
    }
    return sql.empty() ? "false" : sql;
}

// Columns that words are looked for in, as text.
const std::string& text_columns() {
    static const auto* const made = [] {
        auto* list = new std::string;
        for (std::size_t i = 0; i < event::all_fields().size(); ++i) {
            const std::string column = column_name(static_cast<event::Ecs>(i + 1));
            if (event::all_fields()[i].type == event::Type::time) continue;
            *list += event::all_fields()[i].type == event::Type::integer ? format(", {}::VARCHAR", column) : ", " + column;
        }
        return list;
    }();
    return *made;
}

}  // namespace

Own column_of(search::Own own) {
    switch (own) {
        case search::Own::source: return Own::source;
        case search::Own::organisation: return Own::organisation;
        case search::Own::format: return Own::format;
        case search::Own::peer: return Own::peer;
        case search::Own::unparsed: return Own::unparsed;
        case search::Own::id: return Own::position;
        case search::Own::received: return Own::received;
        case search::Own::occurred: break;
    }
    return Own::occurred;
}

std::string sql_time(Time time) {
    // Times of events are of the years 1601 to 9999; DuckDB refuses the ends of what a number can hold.
    constexpr std::int64_t kFar = 300'000'000'000'000'000;
    return format("make_timestamp('{}'::BIGINT)", std::clamp(time.micros, -kFar, kFar));
}

Condition::Condition(const search::Query* query, std::string_view journal) : journal_(journal) { sql_ = query == nullptr ? "true" : of(query->root()); }

const Call& Condition::call(const search::Term& term) {
    Call& made = calls_.emplace_back();
    made.term = &term;
    return made;
}

std::string Condition::of(const search::Node& node) {
    switch (node.kind) {
        case search::Node::Kind::everything: return "true";
        case search::Node::Kind::negation: return "(NOT " + of(node.parts.front()) + ")";
        case search::Node::Kind::all_of:
        case search::Node::Kind::any_of: {
            std::string sql;
            const std::string_view between = node.kind == search::Node::Kind::all_of ? " AND " : " OR ";
            for (const search::Node& part : node.parts) {
                if (!sql.empty()) sql += between;
                sql += of(part);
            }
            return "(" + sql + ")";
        }
        case search::Node::Kind::term: break;
    }
    return "(" + of(*node.term) + ")";
}

// NULL never comes out of it: NOT would keep it.
std::string Condition::of(const search::Term& term) {
    const search::Predicate& predicate = term.predicate;
    const search::Target& target = term.target;
    if (target.kind == Kind::any) return format("vg_any({}, native, rest{})", call(term).argument(), text_columns());
    if (target.kind == Kind::native) {
        const std::string argument = call(term).argument();
        return format("vg_native({0}, native) OR (rest IS NOT NULL AND vg_rest({0}, rest))", argument);
    }
    const bool own = target.kind == Kind::own;
    const std::string column = own ? column_name(column_of(target.own)) : column_name(target.ecs);
    if (own && !term.journal.empty() && term.journal != journal_) return "false";
    std::string sql;
    if (predicate.exists) sql = column + " IS NOT NULL";
    else if (target.type() == event::Type::time) sql = format("coalesce({}, false)", in_times(column, predicate.times));
    else if (target.type() == event::Type::integer && predicate.globs.empty()) sql = format("coalesce({}, false)", in_ranges(column, predicate.integers));
    else sql = format("{}({}, {})", target.type() == event::Type::integer ? "vg_number" : "vg_text", call(term).argument(), column);
    if (!own) sql += format(" OR (rest IS NOT NULL AND vg_rest({}, rest))", call(term).argument());
    return sql;
}

std::string scope_of(const Question& question) {
    std::string sql = format("occurred >= {} AND occurred < {}", sql_time(question.from), sql_time(question.to));
    if (question.organisations) {
        std::string ids;
        for (const OrganisationId& id : *question.organisations) ids += format("{}{}", ids.empty() ? "" : ", ", duck::literal(id.text()));
        sql += ids.empty() ? std::string{" AND false"} : format(" AND organisation IN ({})", ids);
    }
    return sql;
}

std::unique_ptr<FieldSql> field_sql(std::string_view field) {
    auto made = std::make_unique<FieldSql>();
    search::Target& target = made->call.field;
    target = search::target_of(field);
    if (target.kind == Kind::native) {
        target.name = std::string{field};
        target.exact_name = true;
        made->value = format("vg_native_value({}, native)", made->call.argument());
        made->further = true;
        return made;
    }
    const std::string column = target.kind == Kind::own ? column_name(column_of(target.own)) : column_name(target.ecs);
    made->further = target.kind == Kind::ecs;
    switch (target.type()) {
        case event::Type::integer: made->value = column + "::VARCHAR"; break;
        case event::Type::time: made->value = format("epoch_us({})::VARCHAR", column); break;
        case event::Type::text:
        case event::Type::address:
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::real: made->value = column; break;
    }
    return made;
}

}  // namespace vg::store::archive

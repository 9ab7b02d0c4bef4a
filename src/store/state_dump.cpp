#include "store/state_dump.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

namespace vg::store {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kRowsAtOnce = 200;  // rows in memory
constexpr json::Limits kLine{.depth = 8, .bytes = std::size_t{256} << 20};

struct ColumnInfo {
    std::string name;
    Column type;
    std::int64_t key;  // place in the primary key, from 1; 0: not part of it
};
struct Table {
    std::string name;
    std::vector<ColumnInfo> columns;
};

std::string_view name_of(Column column) {
    switch (column) {
        case Column::integer: return "integer";
        case Column::real: return "real";
        case Column::text: return "text";
    }
    return "text";
}

// The types that schemas may use (state.h).
Result<Column> column_type(std::string_view declared) {
    const std::string type = lower_ascii(declared);
    if (type == "bigint") return Column::integer;
    if (type == "double precision") return Column::real;
    if (type == "text") return Column::text;
    return fail(Code::internal, format("state: the column type {} is not of the common subset", declared));
}

// All tables of the rooms, from the catalogue of the database. Bookkeeping of State itself is left out.
Result<std::vector<Table>> catalogue(Transaction& tx) {
    std::string_view names, columns;
    switch (tx.engine()) {
        case EngineKind::sqlite:
            names = "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' order by name";
            columns = "select name, type, pk from pragma_table_info(:a) order by cid";
            break;
        case EngineKind::postgresql:
            names = "select relname::text from pg_class where relkind = 'r' and relnamespace = (select oid from pg_namespace where nspname = current_schema()) "
                    "order by relname";
            columns = "select a.attname::text, format_type(a.atttypid, a.atttypmod), coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) "
                      "from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_index i on i.indrelid = c.oid and i.indisprimary "
                      "where c.relname = :a and c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) "
                      "and a.attnum > 0 and not a.attisdropped order by a.attnum";
            break;
    }
    std::vector<Table> tables;
    for (auto& [name] : TRY((tx.query<std::string>(names)))) {
        if (name == "schema_version" || name == "state_owner") continue;
        Table& table = tables.emplace_back(Table{name, {}});
        for (auto& [column, type, key] : TRY((tx.query<std::string, std::string, std::int64_t>(columns, {name}))))
            table.columns.push_back({column, TRY_IN(format("table {}: ", name), column_type(type)), key});
        if (std::none_of(table.columns.begin(), table.columns.end(), [](const ColumnInfo& column) { return column.key > 0; }))
            return fail(Code::internal, format("state: the table {} has no primary key", name));
    }
    return tables;
}

std::string quoted_name(std::string_view name) { return format("\"{}\"", name); }

std::string joined(const std::vector<ColumnInfo>& columns) {
    std::string text;
    for (const ColumnInfo& column : columns) text += (text.empty() ? "" : ", ") + quoted_name(column.name);
    return text;
}

void write_value(std::string& out, const SqlValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        out += std::to_string(*integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
        if (std::isfinite(*real))
            json::write_real(out, *real);
        else
            out += std::isnan(*real) ? R"({"real":"nan"})" : *real > 0 ? R"({"real":"inf"})" : R"({"real":"-inf"})";
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        if (is_utf8(*text))
            json::quote(out, *text);
        else
            out += R"({"hex":")" + to_hex(*text) + R"("})";
    } else {
        out += "null";
    }
}

Result<Param> read_value(const json::Value& value, Column type) {
    if (value.is_null()) return Param{nullptr};
    switch (type) {
        case Column::integer:
            if (value.is_int()) return Param{value.as_int()};
            break;
        case Column::real:
            if (value.is_number()) return Param{value.as_real()};
            if (const auto name = value.text("real")) {
                if (*name == "nan") return Param{std::numeric_limits<double>::quiet_NaN()};
                if (*name == "inf") return Param{std::numeric_limits<double>::infinity()};
                if (*name == "-inf") return Param{-std::numeric_limits<double>::infinity()};
            }
            break;
        case Column::text:
            if (value.is_text()) return Param{value.as_text()};
            if (const auto hex = value.text("hex")) return Param{TRY(from_hex(*hex))};
            break;
    }
    return fail(Code::bad_input, format("a value is not of the type {}", name_of(type)));
}

std::string header_of(const Table& table) {
    json::Array columns;
    for (const ColumnInfo& column : table.columns) columns.push_back(json::array({column.name, name_of(column.type)}));
    return json::object({{"table", table.name}, {"columns", std::move(columns)}}).dump();
}

Result<std::int64_t> dump_rows(Transaction& tx, const Table& table, const DumpSink& sink) {
    std::vector<Column> types;
    for (const ColumnInfo& column : table.columns) types.push_back(column.type);
    std::vector<std::size_t> keys(table.columns.size(), 0);  // places of the key's columns, in the order of the key
    std::size_t key_size = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].key > 0) keys[static_cast<std::size_t>(table.columns[i].key) - 1] = i, ++key_size;
    keys.resize(key_size);
    std::string key, marks;
    for (const std::size_t place : keys) {
        key += (key.empty() ? "" : ", ") + quoted_name(table.columns[place].name);
        marks += format("{}:k{}", marks.empty() ? "" : ", ", place);
    }
    const std::string start = format("select {} from {} ", joined(table.columns), quoted_name(table.name));
    const std::string end = format("order by {} limit {}", key, kRowsAtOnce);

    std::int64_t count = 0;
    std::string line;
    Params after;
    while (true) {
        const std::vector<Row> page = TRY(tx.rows(after.empty() ? start + end : start + format("where ({}) > ({}) ", key, marks) + end, after, types));
        for (const Row& row : page) {
            line = "[";
            for (const SqlValue& value : row) {
                if (line.size() > 1) line += ',';
                write_value(line, value);
            }
            line += ']';
            TRY(sink(line));
        }
        count += static_cast<std::int64_t>(page.size());
        if (page.size() < static_cast<std::size_t>(kRowsAtOnce)) return count;
        after.clear();
        for (const std::size_t place : keys) static_cast<SqlValue&>(after.emplace_back(nullptr)) = page.back()[place];
    }
}

Result<std::vector<std::pair<std::string, std::int64_t>>> sorted_versions(Transaction& tx) {
    std::vector<std::pair<std::string, std::int64_t>> found;
    for (auto& [room, version] : TRY((tx.query<std::string, std::int64_t>("select room, version from schema_version order by room")))) found.emplace_back(room, version);
    return found;
}

// Reads a dump line by line; every error says at which line.
class Reader {
public:
    explicit Reader(const DumpSource& source) : source_(source) {}

    Result<json::Value> next() {
        const std::optional<std::string> line = TRY(source_());
        ++number_;
        if (!line) return bad("the dump of State is cut off here");
        auto value = json::parse(*line, kLine);
        if (!value) return bad(value.error().text);
        return value;
    }
    [[nodiscard]] tl::unexpected<Error> bad(std::string_view reason) const {
        return fail(Code::bad_input, format("line {} of the dump: {}", number_, reason));
    }
    [[nodiscard]] std::string place() const { return format("line {} of the dump: ", number_); }

private:
    const DumpSource& source_;
    std::int64_t number_ = 0;
};

Result<std::int64_t> load_rows(Transaction& tx, const Table& table, Reader& reader) {
    std::string marks;
    for (std::size_t i = 0; i < table.columns.size(); ++i) marks += format("{}:v{}", marks.empty() ? "" : ", ", i);
    const std::string sql = format("insert into {} ({}) values ({})", quoted_name(table.name), joined(table.columns), marks);
    std::int64_t count = 0;
    Params params;
    while (true) {
        const json::Value value = TRY(reader.next());
        if (!value.is_array()) {
            if (value.text("end") != table.name) return reader.bad(format("neither a row of {} nor its end", table.name));
            if (value.integer("rows") != count) return reader.bad(format("{} rows of {} were read, but it had another number", count, table.name));
            return count;
        }
        const json::Array& values = value.as_array();
        if (values.size() != table.columns.size()) return reader.bad(format("a row of {} has {} values", table.name, values.size()));
        params.clear();
        for (std::size_t i = 0; i < values.size(); ++i) params.push_back(TRY_IN(reader.place(), read_value(values[i], table.columns[i].type)));
        TRY_IN(reader.place(), tx.run(sql, params));
        ++count;
    }
}

Result<DumpHead> read_head(const json::Value& head) {
    if (!head.is_object() || !head.integer("vonggac_state")) return fail(Code::bad_input, "this is no dump of State");
    if (head.integer("vonggac_state") != kVersion) return fail(Code::denied, "the dump of State has a form that this program does not know; use the newer program");
    const json::Value* schemas = head.find("schemas");
    if (schemas == nullptr || !schemas->is_object()) return fail(Code::bad_input, "the dump of State does not name its versions");
    DumpHead found;
    for (const auto& [room, version] : schemas->as_object()) {
        if (!version.is_int() || version.as_int() < 0) return fail(Code::bad_input, "the dump of State does not name its versions");
        found.schemas.emplace_back(room, version.as_int());
    }
    return found;
}

}  // namespace

Result<std::vector<TableRows>> count_tables(Transaction& tx) {
    std::vector<TableRows> counts;
    for (const Table& table : TRY(catalogue(tx)))
        counts.push_back({table.name, std::get<0>(TRY(tx.first<std::int64_t>("select count(*) from " + quoted_name(table.name))).value_or(std::tuple{std::int64_t{0}}))});
    return counts;
}

Result<std::vector<TableRows>> dump_tables(Transaction& tx, const DumpSink& sink) {
    json::Object schemas;
    for (auto& [room, version] : TRY(sorted_versions(tx))) schemas.emplace_back(room, version);
    TRY(sink(json::object({{"vonggac_state", kVersion}, {"schemas", std::move(schemas)}}).dump()));
    std::vector<TableRows> counts;
    std::int64_t all = 0;
    for (const Table& table : TRY(catalogue(tx))) {
        TRY(sink(header_of(table)));
        counts.push_back({table.name, TRY_IN(format("table {}: ", table.name), dump_rows(tx, table, sink))});
        all += counts.back().rows;
        TRY(sink(json::object({{"end", table.name}, {"rows", counts.back().rows}}).dump()));
    }
    TRY(sink(json::object({{"end_of_state", true}, {"tables", std::uint64_t{counts.size()}}, {"rows", all}}).dump()));
    return counts;
}

Result<std::vector<TableRows>> load_tables(Transaction& tx, const DumpSource& source) {
    for (const TableRows& table : TRY(count_tables(tx)))
        if (table.rows > 0) return fail(Code::conflict, format("state: the table {} has rows; a dump is loaded into an empty State only", table.table));
    // Rows may name rows that come later.
    switch (tx.engine()) {
        case EngineKind::sqlite: TRY(tx.run("pragma defer_foreign_keys = on")); break;
        case EngineKind::postgresql: TRY(tx.run("set constraints all deferred")); break;
    }

    Reader reader{source};
    auto wanted = TRY(read_head(TRY(reader.next()))).schemas;
    std::sort(wanted.begin(), wanted.end());
    if (wanted != TRY(sorted_versions(tx))) return fail(Code::conflict, "the dump of State was made by another version of the program than these tables");
    std::vector<TableRows> counts;
    std::int64_t all = 0;
    for (const Table& table : TRY(catalogue(tx))) {
        if (TRY(reader.next()).dump() != header_of(table)) return reader.bad(format("not the table {} as this program knows it", table.name));
        counts.push_back({table.name, TRY(load_rows(tx, table, reader))});
        all += counts.back().rows;
    }
    const json::Value end = TRY(reader.next());
    if (end.boolean("end_of_state") != true || end.integer("rows") != all) return reader.bad("not the end of the dump of State");
    return counts;
}

Result<DumpHead> read_dump_head(std::string_view first_line) {
    auto head = json::parse(first_line, kLine);
    if (!head) return fail(Code::bad_input, "this is no dump of State");
    return read_head(*head);
}

Result<std::vector<Schema>> schemas_at(const DumpHead& head, std::span<const Schema> schemas) {
    std::vector<Schema> found;
    for (const auto& [room, version] : head.schemas) {
        const auto known = std::find_if(schemas.begin(), schemas.end(), [&name = room](const Schema& schema) { return schema.room == name; });
        if (known == schemas.end() || static_cast<std::size_t>(version) > known->migrations.size())
            return fail(Code::denied, format("the dump of State was made by a newer program: its {} tables have version {}; use the newer program", room, version));
        Schema& schema = found.emplace_back(*known);
        schema.migrations.resize(static_cast<std::size_t>(version));
    }
    return found;
}

}  // namespace vg::store

#include "store/archive/ask_functions.h"

#include <duckdb.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "base/text.h"
#include "base/time.h"
#include "event/event.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

namespace {


// The arguments of one call of a function: a chunk of rows.
struct Arguments {
    explicit Arguments(duckdb_data_chunk chunk) : chunk_(chunk), rows(duckdb_data_chunk_get_size(chunk)) {}
    [[nodiscard]] duck::Column column(std::size_t index) const { return duck::Column{duckdb_data_chunk_get_vector(chunk_, index)}; }
    [[nodiscard]] std::size_t columns() const { return duckdb_data_chunk_get_column_count(chunk_); }
    // The same in every row.
    [[nodiscard]] const Call& call() const { return *reinterpret_cast<const Call*>(static_cast<std::intptr_t>(column(0).integer(0))); }

private:
    duckdb_data_chunk chunk_;

public:
    const std::size_t rows;
};

bool* answers(duckdb_vector output) { return static_cast<bool*>(duckdb_vector_get_data(output)); }

// Values of neighbouring rows are often the same one.
class TextAsked {
public:
    explicit TextAsked(const search::Predicate& predicate) : predicate_(&predicate) {}
    bool fits(std::string_view value) {
        if (value.data() == last_.data() && value.size() == last_.size() && known_) return answer_;
        answer_ = predicate_->text(value, scratch_);
        last_ = value;
        known_ = true;
        return answer_;
    }
    search::Scratch& scratch() { return scratch_; }

private:
    const search::Predicate* predicate_;
    search::Scratch scratch_;
    std::string_view last_;
    bool known_ = false;
    bool answer_ = false;
};

void text(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const duck::Column value = in.column(1);
    TextAsked asked{in.call().term->predicate};
    bool* const out = answers(output);
    for (std::size_t row = 0; row < in.rows; ++row) out[row] = !value.is_null(row) && asked.fits(value.text(row));
}

void number(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const duck::Column value = in.column(1);
    const search::Predicate& predicate = in.call().term->predicate;
    search::Scratch scratch;
    bool* const out = answers(output);
    for (std::size_t row = 0; row < in.rows; ++row) out[row] = !value.is_null(row) && predicate.integer(value.integer(row), scratch);
}

// The pairs of a MAP or of a list of structs of two texts.
class Pairs {
public:
    explicit Pairs(const duck::Column& list) : list_(list), elements_(list.elements()), names_(elements_.member(0)), values_(elements_.member(1)) {}

    // take(name, value) for each whose value is not null, until it returns true.
    template <class Take>
    bool any(std::size_t row, const Take& take) const {
        if (list_.is_null(row)) return false;
        const duck::Column::Elements range = list_.list(row);
        for (std::size_t i = range.from; i < range.from + range.count; ++i)
            if (!values_.is_null(i) && !names_.is_null(i) && take(names_.text(i), values_.text(i))) return true;
        return false;
    }

private:
    duck::Column list_, elements_, names_, values_;
};

void native(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const Pairs pairs{in.column(1)};
    const search::Term& term = *in.call().term;
    TextAsked asked{term.predicate};
    bool* const out = answers(output);
    for (std::size_t row = 0; row < in.rows; ++row)
        out[row] = pairs.any(row, [&](std::string_view name, std::string_view value) { return term.target.names(name) && asked.fits(value); });
}

void rest(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const Pairs pairs{in.column(1)};
    const search::Term& term = *in.call().term;
    const event::Type type = term.target.type();
    search::Scratch scratch;
    bool* const out = answers(output);
    for (std::size_t row = 0; row < in.rows; ++row)
        out[row] = pairs.any(row, [&](std::string_view name, std::string_view value) { return is_rest_of(name, term.target) && fits_rest(term, type, value, scratch); });
}

void any(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const Pairs natives{in.column(1)};
    const Pairs further{in.column(2)};
    TextAsked asked{in.call().term->predicate};
    bool* const out = answers(output);
    for (std::size_t row = 0; row < in.rows; ++row) {
        out[row] = natives.any(row, [&](std::string_view, std::string_view value) { return asked.fits(value); }) ||
                   further.any(row, [&](std::string_view name, std::string_view value) { return !is_time_of_rest(name) && asked.fits(value); });
    }
    for (std::size_t i = 3; i < in.columns(); ++i) {
        const duck::Column column = in.column(i);
        for (std::size_t row = 0; row < in.rows; ++row)
            if (!out[row] && !column.is_null(row)) out[row] = asked.fits(column.text(row));
    }
}

void wanted(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const duck::Column position = in.column(1);
    const auto& set = *in.call().wanted;
    bool* const out = answers(output);
    for (std::size_t row = 0; row < in.rows; ++row) out[row] = set.contains(position.integer(row));
}

void native_value(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    if (in.rows == 0) return;
    const Pairs pairs{in.column(1)};
    const search::Target& field = in.call().field;
    duckdb_vector_ensure_validity_writable(output);
    std::uint64_t* const valid = duckdb_vector_get_validity(output);
    for (std::size_t row = 0; row < in.rows; ++row) {
        const bool found = pairs.any(row, [&](std::string_view name, std::string_view value) {
            if (name != field.name) return false;
            duckdb_vector_assign_string_element_len(output, row, value.data(), value.size());
            return true;
        });
        if (!found) duckdb_validity_set_row_invalid(valid, row);
    }
}

void rest_values(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    const Call* const call = in.rows == 0 ? nullptr : &in.call();
    std::vector<std::string> found;
    auto* const entries = static_cast<duckdb_list_entry*>(duckdb_vector_get_data(output));
    if (call != nullptr) {
        const Pairs pairs{in.column(1)};
        const bool times = call->field.type() == event::Type::time;
        for (std::size_t row = 0; row < in.rows; ++row) {
            entries[row].offset = found.size();
            pairs.any(row, [&](std::string_view name, std::string_view value) {
                if (!is_rest_of(name, call->field)) return false;
                if (times) found.push_back(std::to_string(parse_time(value).value_or(Time{}).micros));
                else found.emplace_back(value);
                return false;
            });
            entries[row].length = found.size() - entries[row].offset;
        }
    }
    duckdb_list_vector_reserve(output, found.size());
    duckdb_list_vector_set_size(output, found.size());
    duckdb_vector child = duckdb_list_vector_get_child(output);
    for (std::size_t i = 0; i < found.size(); ++i) duckdb_vector_assign_string_element_len(child, i, found[i].data(), found[i].size());
}

// Says that all functions are there.
void ready(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
    const Arguments in{input};
    std::fill_n(answers(output), in.rows, true);
}

// A type that is destroyed with it.
struct Type {
    duckdb_logical_type type;
    explicit Type(duckdb_logical_type made) : type(made) {}
    ~Type() { duckdb_destroy_logical_type(&type); }
    Type(const Type&) = delete;
    Type& operator=(const Type&) = delete;
};

Status add_function(duckdb_connection connection, const char* name, std::initializer_list<duckdb_logical_type> parameters, duckdb_logical_type more, duckdb_logical_type gives,
                    duckdb_scalar_function_t function) {
    duckdb_scalar_function made = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(made, name);
    for (const duckdb_logical_type parameter : parameters) duckdb_scalar_function_add_parameter(made, parameter);
    if (more != nullptr) duckdb_scalar_function_set_varargs(made, more);
    duckdb_scalar_function_set_return_type(made, gives);
    duckdb_scalar_function_set_special_handling(made);  // NULL is looked at here
    duckdb_scalar_function_set_function(made, function);
    const bool good = duckdb_register_scalar_function(connection, made) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&made);
    if (!good) return fail(Code::internal, format("DuckDB does not take the function {}", name));
    return {};
}

Status add_all(duckdb_connection connection) {
    const Type integer{duckdb_create_logical_type(DUCKDB_TYPE_BIGINT)};
    const Type boolean{duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN)};
    const Type varchar{duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)};
    const Type map{duckdb_create_map_type(varchar.type, varchar.type)};
    duckdb_logical_type members[] = {varchar.type, varchar.type};
    const char* names[] = {"name", "value"};
    const Type pair{duckdb_create_struct_type(members, names, 2)};
    const Type pairs{duckdb_create_list_type(pair.type)};
    const Type texts{duckdb_create_list_type(varchar.type)};
    TRY(add_function(connection, "vg_text", {integer.type, varchar.type}, nullptr, boolean.type, text));
    TRY(add_function(connection, "vg_number", {integer.type, integer.type}, nullptr, boolean.type, number));
    TRY(add_function(connection, "vg_native", {integer.type, map.type}, nullptr, boolean.type, native));
    TRY(add_function(connection, "vg_rest", {integer.type, pairs.type}, nullptr, boolean.type, rest));
    TRY(add_function(connection, "vg_any", {integer.type, map.type, pairs.type}, varchar.type, boolean.type, any));
    TRY(add_function(connection, "vg_wanted", {integer.type, integer.type}, nullptr, boolean.type, wanted));
    TRY(add_function(connection, "vg_native_value", {integer.type, map.type}, nullptr, varchar.type, native_value));
    TRY(add_function(connection, "vg_rest_values", {integer.type, pairs.type}, nullptr, texts.type, rest_values));
    TRY(add_function(connection, "vg_ready", {integer.type}, nullptr, boolean.type, ready));  // the last one
    return {};
}

}  // namespace

Status add_functions(duck::Connection& connection) {
    if (connection.prepare("SELECT vg_ready(0)")) return {};
    static std::mutex once;  // of two that ask a new database at the same time, one adds them
    const std::lock_guard lock{once};
    if (connection.prepare("SELECT vg_ready(0)")) return {};
    return add_all(connection.handle());
}

bool is_rest_of(std::string_view name, const search::Target& field) {
    const bool marked = name.starts_with(kNativeMark);
    const event::Ecs ecs = marked ? event::Ecs::none : event::ecs_field(name);
    if (field.kind == search::Target::Kind::ecs) return ecs == field.ecs;
    if (field.kind != search::Target::Kind::native || ecs != event::Ecs::none) return false;
    return field.names(marked ? name.substr(kNativeMark.size()) : name);
}

bool fits_rest(const search::Term& term, event::Type type, std::string_view value, search::Scratch& scratch) {
    switch (type) {
        case event::Type::integer: {
            const auto number = parse_int(value);
            return number && term.predicate.integer(*number, scratch);
        }
        case event::Type::time: {
            const auto time = parse_time(value);
            return time && term.predicate.time(*time);
        }
        case event::Type::text:
        case event::Type::address:
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::real: break;
    }
    return term.predicate.text(value, scratch);
}

bool is_time_of_rest(std::string_view name) {
    const event::Ecs field = event::ecs_field(name);
    return field != event::Ecs::none && event::info(field).type == event::Type::time;
}

std::string_view unmarked(std::string_view name) { return name.starts_with(kNativeMark) ? name.substr(kNativeMark.size()) : name; }

}  // namespace vg::store::archive

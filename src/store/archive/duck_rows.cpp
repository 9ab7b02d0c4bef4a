// Results and rows to add: the columns of chunks.
#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "store/archive/duck_handles.h"

namespace vg::store::duck {

namespace {

// Types whose vectors hold another one inside.
duckdb_type physical(duckdb_type type) { return type == DUCKDB_TYPE_MAP ? DUCKDB_TYPE_LIST : type; }

duckdb_type type_of(duckdb_vector vector) {
    duckdb_logical_type logical = duckdb_vector_get_column_type(vector);
    const duckdb_type type = duckdb_get_type_id(logical);
    duckdb_destroy_logical_type(&logical);
    return physical(type);
}

template <class T>
T value_at(const void* data, std::size_t row) {
    return static_cast<const T*>(data)[row];
}

void set_valid(std::uint64_t* valid, std::size_t row) { valid[row / 64] |= std::uint64_t{1} << (row % 64); }
void set_null(std::uint64_t* valid, std::size_t row) { valid[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }

// Writes text into a vector of VARCHAR.
void put_text(duckdb_vector vector, void* data, std::size_t row, std::string_view text) {
    if (text.size() <= 12) {  // such text stands in the vector itself
        auto& place = static_cast<duckdb_string_t*>(data)[row];
        place.value.inlined.length = static_cast<std::uint32_t>(text.size());
        std::memset(place.value.inlined.inlined, 0, sizeof place.value.inlined.inlined);
        if (!text.empty()) std::memcpy(place.value.inlined.inlined, text.data(), text.size());
        return;
    }
    duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
}

// The same without a copy: the text stays where it is until the chunk was added.
void put_view(void* data, std::size_t row, std::string_view text) {
    auto& place = static_cast<duckdb_string_t*>(data)[row];
    place.value.inlined.length = static_cast<std::uint32_t>(text.size());
    if (text.size() <= 12) {
        std::memset(place.value.inlined.inlined, 0, sizeof place.value.inlined.inlined);
        if (!text.empty()) std::memcpy(place.value.inlined.inlined, text.data(), text.size());
        return;
    }
    std::memcpy(place.value.pointer.prefix, text.data(), sizeof place.value.pointer.prefix);
    place.value.pointer.ptr = const_cast<char*>(text.data());  // only read: the appender copies it
}

}  // namespace

Column::Column(_duckdb_vector* vector)
    : vector_(vector), type_(type_of(vector)), data_(duckdb_vector_get_data(vector)), valid_(duckdb_vector_get_validity(vector)) {}

std::int64_t Column::integer(std::size_t row) const {
    switch (static_cast<duckdb_type>(type_)) {
        case DUCKDB_TYPE_TINYINT: return value_at<std::int8_t>(data_, row);
        case DUCKDB_TYPE_SMALLINT: return value_at<std::int16_t>(data_, row);
        case DUCKDB_TYPE_INTEGER: return value_at<std::int32_t>(data_, row);
        case DUCKDB_TYPE_UTINYINT: return value_at<std::uint8_t>(data_, row);
        case DUCKDB_TYPE_USMALLINT: return value_at<std::uint16_t>(data_, row);
        case DUCKDB_TYPE_UINTEGER: return value_at<std::uint32_t>(data_, row);
        case DUCKDB_TYPE_BIGINT:
        case DUCKDB_TYPE_TIMESTAMP:
        case DUCKDB_TYPE_TIMESTAMP_TZ:
        case DUCKDB_TYPE_UBIGINT: return value_at<std::int64_t>(data_, row);
        case DUCKDB_TYPE_HUGEINT: return static_cast<std::int64_t>(value_at<duckdb_hugeint>(data_, row).lower);
        case DUCKDB_TYPE_BOOLEAN: return value_at<bool>(data_, row) ? 1 : 0;
        default: break;
    }
    CHECK(false, "asked only of columns that hold whole numbers");
    return 0;
}

double Column::real(std::size_t row) const {
    switch (static_cast<duckdb_type>(type_)) {
        case DUCKDB_TYPE_DOUBLE: return value_at<double>(data_, row);
        case DUCKDB_TYPE_FLOAT: return static_cast<double>(value_at<float>(data_, row));
        default: return static_cast<double>(integer(row));
    }
}

bool Column::boolean(std::size_t row) const {
    CHECK(type_ == DUCKDB_TYPE_BOOLEAN, "asked only of columns of booleans");
    return value_at<bool>(data_, row);
}

Time Column::time(std::size_t row) const {
    CHECK(type_ == DUCKDB_TYPE_TIMESTAMP || type_ == DUCKDB_TYPE_TIMESTAMP_TZ, "asked only of columns of times");
    return {value_at<std::int64_t>(data_, row)};
}

std::string_view Column::text(std::size_t row) const {
    CHECK(type_ == DUCKDB_TYPE_VARCHAR || type_ == DUCKDB_TYPE_BLOB, "asked only of columns of text");
    const auto& held = static_cast<const duckdb_string_t*>(data_)[row];
    const std::size_t length = held.value.inlined.length;
    return {length <= 12 ? held.value.inlined.inlined : held.value.pointer.ptr, length};
}

Column::Elements Column::list(std::size_t row) const {
    CHECK(type_ == DUCKDB_TYPE_LIST, "asked only of columns of lists");
    const auto entry = value_at<duckdb_list_entry>(data_, row);
    return {entry.offset, entry.length};
}

Column Column::elements() const {
    CHECK(type_ == DUCKDB_TYPE_LIST, "asked only of columns of lists");
    return Column{duckdb_list_vector_get_child(vector_)};
}

Column Column::member(std::size_t index) const {
    CHECK(type_ == DUCKDB_TYPE_STRUCT, "asked only of columns of structs");
    return Column{duckdb_struct_vector_get_child(vector_, index)};
}

Chunk::~Chunk() {
    auto chunk = static_cast<duckdb_data_chunk>(handle_);
    duckdb_destroy_data_chunk(&chunk);
}
std::size_t Chunk::rows() const { return duckdb_data_chunk_get_size(static_cast<duckdb_data_chunk>(handle_)); }
std::size_t Chunk::columns() const { return duckdb_data_chunk_get_column_count(static_cast<duckdb_data_chunk>(handle_)); }
Column Chunk::column(std::size_t index) const { return Column{duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(handle_), index)}; }

Rows::Rows(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

std::size_t Rows::columns() const { return duckdb_column_count(&state_->result); }
std::string Rows::name(std::size_t column) const { return duckdb_column_name(&state_->result, column); }
std::int64_t Rows::changed() const { return static_cast<std::int64_t>(duckdb_rows_changed(&state_->result)); }

Result<std::optional<Chunk>> Rows::next() {
    if (state_->check) TRY(state_->check());
    duckdb_data_chunk chunk = duckdb_fetch_chunk(state_->result);
    if (chunk == nullptr) {
        // The end of a stream and its failure look alike; only an error has a text.
        const char* reason = duckdb_result_error(&state_->result);
        if (reason != nullptr && *reason != '\0') return fail(error_of(state_->result));
        return std::optional<Chunk>{};
    }
    if (duckdb_data_chunk_get_size(chunk) == 0) {
        duckdb_destroy_data_chunk(&chunk);
        return std::optional<Chunk>{};
    }
    return std::optional<Chunk>{Chunk{chunk}};
}

Result<Appender> Connection::appender(const std::string& table) {
    auto state = std::make_unique<Appender::State>();
    state->database = state_->database;
    if (duckdb_appender_create(state_->connection, nullptr, table.c_str(), &state->appender) != DuckDBSuccess)
        return fail(error_of(duckdb_appender_error(state->appender)));
    std::vector<duckdb_logical_type> types;
    for (idx_t i = 0; i < duckdb_appender_column_count(state->appender); ++i) types.push_back(duckdb_appender_column_type(state->appender, i));
    state->chunk = duckdb_create_data_chunk(types.data(), types.size());
    for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
    if (state->chunk == nullptr) return fail(Code::internal, "DuckDB makes no chunk for the table's columns");
    state->columns.resize(types.size());
    Appender appender{std::move(state)};
    appender.begin();
    return appender;
}

Appender::Appender(std::unique_ptr<State> state) : state_(std::move(state)) {}
Appender::Appender(Appender&&) noexcept = default;
Appender& Appender::operator=(Appender&&) noexcept = default;
Appender::~Appender() = default;

void Appender::begin() {
    duckdb_data_chunk_reset(state_->chunk);
    for (std::size_t i = 0; i < state_->columns.size(); ++i) {
        AppenderColumn& column = state_->columns[i];
        column.vector = duckdb_data_chunk_get_vector(state_->chunk, i);
        column.data = duckdb_vector_get_data(column.vector);
        duckdb_vector_ensure_validity_writable(column.vector);
        column.valid = duckdb_vector_get_validity(column.vector);
        std::memset(column.valid, 0, kRows / 8);
        if (column.type == DUCKDB_TYPE_INVALID) column.type = type_of(column.vector);
        column.elements = column.room = 0;
    }
}

void Appender::integer(std::size_t column, std::size_t row, std::int64_t value) {
    AppenderColumn& into = state_->columns[column];
    CHECK(row < kRows && (into.type == DUCKDB_TYPE_BIGINT || into.type == DUCKDB_TYPE_TIMESTAMP), "the column holds whole numbers or times");
    static_cast<std::int64_t*>(into.data)[row] = value;
    set_valid(into.valid, row);
}

void Appender::boolean(std::size_t column, std::size_t row, bool value) {
    AppenderColumn& into = state_->columns[column];
    CHECK(row < kRows && into.type == DUCKDB_TYPE_BOOLEAN, "the column holds booleans");
    static_cast<bool*>(into.data)[row] = value;
    set_valid(into.valid, row);
}

void Appender::text(std::size_t column, std::size_t row, std::string_view value) {
    AppenderColumn& into = state_->columns[column];
    CHECK(row < kRows && into.type == DUCKDB_TYPE_VARCHAR, "the column holds text");
    put_text(into.vector, into.data, row, value);
    set_valid(into.valid, row);
}

void Appender::view(std::size_t column, std::size_t row, std::string_view value) {
    AppenderColumn& into = state_->columns[column];
    CHECK(row < kRows && into.type == DUCKDB_TYPE_VARCHAR, "the column holds text");
    CHECK(value.size() <= UINT32_MAX, "a text of DuckDB has at most 4 GiB");
    put_view(into.data, row, value);
    set_valid(into.valid, row);
}

bool Appender::is_set(std::size_t column, std::size_t row) const { return (state_->columns[column].valid[row / 64] >> (row % 64) & 1) != 0; }

Status Appender::pairs(std::size_t column, std::size_t row, std::span<const Pair> pairs) {
    AppenderColumn& into = state_->columns[column];
    CHECK(row < kRows && into.type == DUCKDB_TYPE_LIST, "the column holds lists of pairs");
    const std::size_t end = into.elements + pairs.size();
    if (end > into.room) {
        into.room = std::max(end, into.room * 2);
        if (duckdb_list_vector_reserve(into.vector, into.room) != DuckDBSuccess) return fail(Code::internal, "DuckDB makes no room for a list");
    }
    if (duckdb_list_vector_set_size(into.vector, end) != DuckDBSuccess) return fail(Code::internal, "DuckDB does not take the size of a list");
    duckdb_vector child = duckdb_list_vector_get_child(into.vector);
    duckdb_vector first = duckdb_struct_vector_get_child(child, 0);
    duckdb_vector second = duckdb_struct_vector_get_child(child, 1);
    void* first_data = duckdb_vector_get_data(first);
    void* second_data = duckdb_vector_get_data(second);
    duckdb_vector_ensure_validity_writable(second);
    std::uint64_t* second_valid = duckdb_vector_get_validity(second);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const std::size_t place = into.elements + i;
        put_view(first_data, place, pairs[i].first);
        if (pairs[i].second) {
            put_view(second_data, place, *pairs[i].second);
            set_valid(second_valid, place);
        } else {
            set_null(second_valid, place);
        }
    }
    static_cast<duckdb_list_entry*>(into.data)[row] = {into.elements, pairs.size()};
    into.elements = end;
    set_valid(into.valid, row);
    return {};
}

Status Appender::add(std::size_t rows) {
    CHECK(rows <= kRows, "a chunk has room for so many rows");
    if (rows == 0) return {};
    duckdb_data_chunk_set_size(state_->chunk, rows);
    if (duckdb_append_data_chunk(state_->appender, state_->chunk) != DuckDBSuccess)
        return fail(error_of(duckdb_appender_error(state_->appender)));
    begin();
    return {};
}

Status Appender::flush() {
    if (duckdb_appender_flush(state_->appender) != DuckDBSuccess)
        return fail(error_of(duckdb_appender_error(state_->appender)));
    return {};
}

}  // namespace vg::store::duck

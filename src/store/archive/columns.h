// Columns: the one schema that segments and the tail share, and the two ways through it: events into rows, rows into
// events. Whoever asks builds on what is written here. docs/decisions/0002-archive-format.md says why.
//
//   position BIGINT, occurred TIMESTAMP, occurred_known BOOLEAN, received TIMESTAMP,
//   source VARCHAR, organisation VARCHAR     ids as text
//   format VARCHAR, peer VARCHAR, unparsed VARCHAR, raw_bytes BIGINT
//   one column for each field of event/fields.inc, by its ECS name, in its order:
//       text and address VARCHAR, integer BIGINT, time TIMESTAMP
//   native MAP(VARCHAR, VARCHAR), rest STRUCT(name VARCHAR, value VARCHAR)[]
//
// NULL means: the event has none. source, organisation, occurred, received, position, occurred_known and raw_bytes are
// never NULL; format, peer and unparsed are NULL when they would be empty. Empty text of a field is '' and not NULL.
// A column of the dictionary holds the first value of the field whose `ecs` is that field (not of one that only has the
// same name): address as canonical text (RFC 5952), a number without its text in the record.
// native holds the first value of each other field, by its name as it stands, as text as it stood in the record; booleans
// are 'true' and 'false'; a field that is null has the value NULL (`exists` is then no: what is null does not exist); names
// keep the event's order. NULL when there is none.
// rest holds all further values, in order: name is the ECS name for a field of the dictionary (value: text, address, decimal
// number, or time in RFC 3339), else the native name; a native name that is also an ECS name or begins with 'native:'
// has 'native:' put before. A value that is null has value NULL. NULL when there is none.
// Text that is no UTF-8 has U+FFFD where it is not. The event's log source is not kept: the record in the journal has it.
//
// An event is found back with the same values: of one name first the column's, then native's, then rest's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "event/event.h"
#include "store/archive.h"
#include "store/archive/duck.h"

namespace vg::store::archive {

// Grows by one when fields.inc does; a segment says which it has. Columns of a later schema are NULL in older segments.
inline constexpr std::uint32_t kSchema = 2;
// Before a native name that a search would take for one of the dictionary.
inline constexpr std::string_view kNativeMark = "native:";

enum class Own : std::uint8_t { position, occurred, occurred_known, received, source, organisation, format, peer, unparsed, raw_bytes };
inline constexpr std::size_t kOwnColumns = 10;

struct ColumnInfo {
    std::string_view name;
    std::string_view sql_type;
};
// All columns, in the order of the table: ours, the dictionary's, native, rest.
std::span<const ColumnInfo> columns();

// Places in columns().
constexpr std::size_t place(Own own) { return static_cast<std::size_t>(own); }
constexpr std::size_t place(event::Ecs field) { return kOwnColumns + static_cast<std::size_t>(field) - 1; }
std::size_t native_place();
std::size_t rest_place();

// The column's name in quotes, for statements.
std::string column_name(Own own);
std::string column_name(event::Ecs field);

// "CREATE TABLE name (...)" with all columns.
std::string create_table(std::string_view name);

// What a row takes in the tail's memory besides its texts, measured.
inline constexpr std::size_t kRowBytes = 1300;

// Writes events into rows of an appender whose table has all columns. One thread.
class RowWriter {
public:
    explicit RowWriter(duck::Appender& appender);
    // Full chunks are added on the way. About how many bytes of memory the row takes.
    Result<std::size_t> write(const ArchivedEvent& event);
    // What was written is in the table.
    Status flush();

private:
    bool is_new(std::string_view name);
    duck::Appender* appender_;
    std::size_t row_ = 0;
    std::vector<duck::Appender::Pair> native_, rest_;
    std::list<std::string> made_;  // texts that rows not yet added point into
    std::array<std::uint64_t, 16> seen_{};
    SourceId source_;
    OrganisationId organisation_;
    std::string source_text_, organisation_text_;
};

// A row as an Event with its envelope, for what reads events again (filters, hunts). Views live as long as the chunk and
// the arena.
struct ReadEvent {
    event::Position position;
    event::Event event;
    std::string_view source, organisation, peer, unparsed;  // ids as text
    std::int64_t raw_bytes = 0;
};

// A value of a row as a field of its Event; nothing: null. Views are kept.
void add_value(std::vector<event::Field>& fields, std::string_view name, std::optional<std::string_view> text, event::Ecs ecs);

// The rows of a chunk with all columns in the order of columns(): "SELECT * FROM ...". The chunk outlives this.
class EventChunk {
public:
    explicit EventChunk(const duck::Chunk& chunk);
    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] ReadEvent event(std::size_t row, Arena& arena) const;
    [[nodiscard]] FoundEvent found(std::size_t row) const;

private:
    struct Pairs {
        duck::Column list, first, second;
    };
    static Pairs pairs_of(const duck::Column& list);
    [[nodiscard]] const duck::Column& at(Own own) const { return columns_[place(own)]; }
    std::size_t rows_;
    std::vector<duck::Column> columns_;
    Pairs native_, rest_;
};

}  // namespace vg::store::archive

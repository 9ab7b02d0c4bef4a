#include "store/archive/columns.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::store::archive {

namespace {

constexpr std::string_view sql_type(event::Type type) {
    switch (type) {
        case event::Type::integer: return "BIGINT";
        case event::Type::time: return "TIMESTAMP";
        case event::Type::text:
        case event::Type::address: return "VARCHAR";
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::real: break;
    }
    return "VARCHAR";  // the dictionary has no field of another type; a test looks
}

const std::vector<ColumnInfo>& all() {
    static const auto* const table = [] {
        auto* made = new std::vector<ColumnInfo>{{"position", "BIGINT"}, {"occurred", "TIMESTAMP"}, {"occurred_known", "BOOLEAN"}, {"received", "TIMESTAMP"},
                                                 {"source", "VARCHAR"},  {"organisation", "VARCHAR"}, {"format", "VARCHAR"},        {"peer", "VARCHAR"},
                                                 {"unparsed", "VARCHAR"}, {"raw_bytes", "BIGINT"}};
        CHECK(made->size() == kOwnColumns, "each of Own has its column");
        for (const event::FieldInfo& field : event::all_fields()) made->push_back({field.name, sql_type(field.type)});
        made->push_back({"native", "MAP(VARCHAR, VARCHAR)"});
        made->push_back({"rest", "STRUCT(name VARCHAR, value VARCHAR)[]"});
        return made;
    }();
    return *table;
}

bool is_escaped(std::string_view name) { return name.starts_with(kNativeMark) || event::ecs_field(name) != event::Ecs::none; }

// Eight bytes at a time: most values and names are short, and ASCII.
bool is_ascii(std::string_view text) {
    std::uint64_t eight = 0, all = 0;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::memcpy(&eight, text.data() + at, 8);
        all |= eight;
    }
    for (; at < text.size(); ++at) all |= static_cast<std::uint8_t>(text[at]);
    return (all & 0x8080808080808080ULL) == 0;
}

// UTF-8 in any case; what a format hands over is, but names of fields come from everywhere.
std::string_view clean(std::string_view text, std::list<std::string>& made) {
    if (is_ascii(text) || is_utf8(text)) return text;
    return made.emplace_back(to_valid_utf8(text));
}

std::string_view text_or_empty(const duck::Column& column, std::size_t row) { return column.is_null(row) ? std::string_view{} : column.text(row); }

}  // namespace

std::span<const ColumnInfo> columns() { return all(); }
std::size_t native_place() { return kOwnColumns + event::all_fields().size(); }
std::size_t rest_place() { return native_place() + 1; }
std::string column_name(Own own) { return duck::quoted(all()[place(own)].name); }
std::string column_name(event::Ecs field) { return duck::quoted(event::info(field).name); }

std::string create_table(std::string_view name) {
    std::string sql = format("CREATE TABLE {} (", duck::quoted(name));
    for (std::size_t i = 0; i < all().size(); ++i) sql += format("{}{} {}", i == 0 ? "" : ", ", duck::quoted(all()[i].name), all()[i].sql_type);
    return sql + ")";
}

RowWriter::RowWriter(duck::Appender& appender) : appender_(&appender) {}

Result<std::size_t> RowWriter::write(const ArchivedEvent& archived) {
    const event::Envelope& envelope = *archived.envelope;
    const event::Event& event = *archived.event;
    if (source_text_.empty() || source_ != envelope.source) source_text_ = (source_ = envelope.source).text();
    if (organisation_text_.empty() || organisation_ != envelope.organisation) organisation_text_ = (organisation_ = envelope.organisation).text();
    if (row_ == 0) made_.clear();  // rows that are not added yet point into it
    native_.clear();
    rest_.clear();

    duck::Appender& out = *appender_;
    out.integer(place(Own::position), row_, static_cast<std::int64_t>(archived.position.value));
    out.time(place(Own::occurred), row_, event.occurred);
    out.boolean(place(Own::occurred_known), row_, event.occurred_known);
    out.time(place(Own::received), row_, envelope.received);
    out.text(place(Own::source), row_, source_text_);
    out.text(place(Own::organisation), row_, organisation_text_);
    if (!event.format.empty()) out.text(place(Own::format), row_, clean(event.format, made_));
    if (!envelope.peer.empty()) out.text(place(Own::peer), row_, clean(envelope.peer, made_));
    if (!archived.unparsed.empty()) out.text(place(Own::unparsed), row_, clean(archived.unparsed, made_));
    out.integer(place(Own::raw_bytes), row_, static_cast<std::int64_t>(archived.raw_bytes));

    std::size_t bytes = kRowBytes;
    seen_.fill(0);
    for (const event::Field& field : event.fields) {
        bytes += field.text.size() + 16;
        const std::string_view text = clean(field.text, made_);
        if (field.ecs != event::Ecs::none) {
            const std::size_t column = place(field.ecs);
            if (!out.is_set(column, row_)) {
                switch (event::info(field.ecs).type) {
                    case event::Type::integer:
                    case event::Type::time: out.integer(column, row_, field.integer); break;
                    case event::Type::null:
                    case event::Type::boolean:
                    case event::Type::real:
                    case event::Type::text:
                    case event::Type::address: out.view(column, row_, text); break;
                }
                continue;
            }
            const bool number = event::info(field.ecs).type == event::Type::integer;
            rest_.push_back({event::info(field.ecs).name, number ? std::string_view{made_.emplace_back(std::to_string(field.integer))} : text});
            continue;
        }
        const std::string_view name = clean(field.name, made_);
        bytes += name.size();
        if (is_new(name))
            native_.push_back({name, field.type == event::Type::null ? std::nullopt : std::optional{text}});
        else
            rest_.push_back({is_escaped(name) ? std::string_view{made_.emplace_back(format("{}{}", kNativeMark, name))} : name,
                             field.type == event::Type::null ? std::nullopt : std::optional{text}});
    }
    if (!native_.empty()) TRY(out.pairs(native_place(), row_, native_));
    if (!rest_.empty()) TRY(out.pairs(rest_place(), row_, rest_));

    if (++row_ == duck::Appender::kRows) {
        row_ = 0;
        TRY(out.add(duck::Appender::kRows));
    }
    return bytes;
}

// True when native_ has no such name yet. Nearly always a bit that is not set says so.
bool RowWriter::is_new(std::string_view name) {
    const auto end = static_cast<unsigned char>(name.empty() ? 0 : name.back());
    const auto middle = static_cast<unsigned char>(name.empty() ? 0 : name[name.size() / 2]);
    const std::size_t hash = (name.size() * 37 + end * 5U + middle * 11U) % (seen_.size() * 64);
    std::uint64_t& word = seen_[hash / 64];
    const std::uint64_t bit = std::uint64_t{1} << (hash % 64);
    if ((word & bit) == 0) {
        word |= bit;
        return true;
    }
    return std::none_of(native_.begin(), native_.end(), [&](const duck::Appender::Pair& pair) { return pair.first == name; });
}

Status RowWriter::flush() {
    const std::size_t rows = std::exchange(row_, 0);
    TRY(appender_->add(rows));
    return appender_->flush();
}

void add_value(std::vector<event::Field>& fields, std::string_view name, std::optional<std::string_view> text, event::Ecs ecs) {
    event::Field field;
    field.name = name;
    field.ecs = ecs;
    field.type = !text ? event::Type::null : ecs == event::Ecs::none ? event::Type::text : event::info(ecs).type;
    if (text) field.text = *text;
    fields.push_back(field);
}

EventChunk::Pairs EventChunk::pairs_of(const duck::Column& list) { return {list, list.elements().member(0), list.elements().member(1)}; }

EventChunk::EventChunk(const duck::Chunk& chunk)
    : rows_(chunk.rows()), native_(pairs_of(chunk.column(native_place()))), rest_(pairs_of(chunk.column(rest_place()))) {
    columns_.reserve(native_place());
    for (std::size_t i = 0; i < native_place(); ++i) columns_.push_back(chunk.column(i));
}

ReadEvent EventChunk::event(std::size_t row, Arena& arena) const {
    ReadEvent read;
    read.position.value = static_cast<std::uint64_t>(at(Own::position).integer(row));
    read.event.occurred = at(Own::occurred).time(row);
    read.event.occurred_known = at(Own::occurred_known).boolean(row);
    read.event.received = at(Own::received).time(row);
    read.source = at(Own::source).text(row);
    read.organisation = at(Own::organisation).text(row);
    read.event.format = text_or_empty(at(Own::format), row);
    read.peer = text_or_empty(at(Own::peer), row);
    read.unparsed = text_or_empty(at(Own::unparsed), row);
    read.raw_bytes = at(Own::raw_bytes).integer(row);

    std::vector<event::Field> fields;
    for (std::size_t i = 0; i < event::all_fields().size(); ++i) {
        const event::FieldInfo& info = event::all_fields()[i];
        const auto ecs = static_cast<event::Ecs>(i + 1);
        const duck::Column& from = columns_[place(ecs)];
        if (from.is_null(row)) continue;
        if (info.type == event::Type::integer || info.type == event::Type::time) {
            const std::int64_t number = from.integer(row);
            add_value(fields, info.name, arena.copy(info.type == event::Type::time ? to_rfc3339({number}) : std::to_string(number)), ecs);
            fields.back().integer = number;
        } else {
            add_value(fields, info.name, from.text(row), ecs);
        }
    }
    const auto each_pair = [row](const Pairs& pairs, const auto& take) {
        if (pairs.list.is_null(row)) return;
        const duck::Column::Elements range = pairs.list.list(row);
        for (std::size_t i = range.from; i < range.from + range.count; ++i)
            take(pairs.first.text(i), pairs.second.is_null(i) ? std::nullopt : std::optional{pairs.second.text(i)});
    };
    each_pair(native_, [&](std::string_view name, std::optional<std::string_view> value) { add_value(fields, name, value, event::Ecs::none); });
    each_pair(rest_, [&](std::string_view name, std::optional<std::string_view> value) {
        const event::Ecs ecs = event::ecs_field(name);
        if (name.starts_with(kNativeMark)) name.remove_prefix(kNativeMark.size());
        add_value(fields, name, value, ecs);
        if (ecs == event::Ecs::none || !value) return;
        if (event::info(ecs).type == event::Type::integer) fields.back().integer = parse_int(*value).value_or(0);
        if (event::info(ecs).type == event::Type::time) fields.back().integer = parse_time(*value).value_or(Time{}).micros;
    });
    read.event.fields = arena.copy(std::span<const event::Field>{fields});
    return read;
}

FoundEvent EventChunk::found(std::size_t row) const {
    Arena arena;
    const ReadEvent read = event(row, arena);
    FoundEvent found;
    found.position = read.position;
    found.occurred = read.event.occurred;
    found.received = read.event.received;
    if (const auto id = SourceId::parse(read.source)) found.source = *id;
    if (const auto id = OrganisationId::parse(read.organisation)) found.organisation = *id;
    found.format = read.event.format;
    found.peer = read.peer;
    found.unparsed = read.unparsed;
    found.fields = event::to_json(read.event);
    return found;
}

}  // namespace vg::store::archive

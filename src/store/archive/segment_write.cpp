#include "store/archive/segment_write.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "base/time.h"
#include "store/archive/columns.h"
#include "store/archive/facts.h"
#include "store/archive/manifest.h"
#include "store/archive/parquet_write.h"

namespace vg::store::archive {

namespace {

// For other tools that read the file: what it is and what it covers.
std::vector<std::pair<std::string, std::string>> key_values(const SegmentSource& source) {
    return {{"vonggac_archive", "1"}, {"vonggac_schema", format("{}", kSchema)}, {"vonggac_positions", format("{}-{}", source.from.value, source.to.value)}};
}

parquet::Kind kind_of(std::string_view sql_type) {
    static constexpr std::pair<std::string_view, parquet::Kind> kinds[] = {{"BIGINT", parquet::Kind::integer}, {"TIMESTAMP", parquet::Kind::time}, {"BOOLEAN", parquet::Kind::boolean}, {"MAP(VARCHAR, VARCHAR)", parquet::Kind::map}, {"STRUCT(name VARCHAR, value VARCHAR)[]", parquet::Kind::list}};
    for (const auto& [type, kind] : kinds)
        if (type == sql_type) return kind;
    CHECK(sql_type == "VARCHAR", "columns() has no other types");
    return parquet::Kind::text;
}

std::vector<parquet::ColumnSpec> columns_of_file() {
    std::vector<parquet::ColumnSpec> specs;
    for (const ColumnInfo& column : columns()) {
        const parquet::Kind kind = kind_of(column.sql_type);
        const bool large = kind == parquet::Kind::map || kind == parquet::Kind::list || column.name == "message";
        specs.push_back({std::string{column.name}, kind, large});
    }
    return specs;
}

// Rows of a chunk with all columns, as columns of the file.
class RowCopier {
public:
    explicit RowCopier(const duck::Chunk& chunk) {
        for (std::size_t i = 0; i < columns().size(); ++i) columns_.push_back(chunk.column(i));
    }
    void copy(std::size_t from, std::size_t to, parquet::Writer& writer) const {
        for (std::size_t i = 0; i < columns_.size(); ++i) copy(columns_[i], from, to, writer.column(i));
    }

private:
    static void copy(const duck::Column& column, std::size_t from, std::size_t to, parquet::Column& into) {
        if (column.all_null(from, to)) return into.nulls(to - from);
        if (into.kind() == parquet::Kind::map || into.kind() == parquet::Kind::list) return copy_pairs(column, from, to, into);
        std::size_t nulls = 0;
        for (std::size_t row = from; row < to; ++row) {
            if (column.is_null(row)) {
                ++nulls;
                continue;
            }
            if (nulls > 0) into.nulls(std::exchange(nulls, 0));
            switch (into.kind()) {
                case parquet::Kind::boolean: into.boolean(column.boolean(row)); break;
                case parquet::Kind::integer:
                case parquet::Kind::time: into.integer(column.integer(row)); break;
                case parquet::Kind::text:
                case parquet::Kind::map:
                case parquet::Kind::list: into.text(column.text(row)); break;
            }
        }
        if (nulls > 0) into.nulls(nulls);
    }
    static void copy_pairs(const duck::Column& column, std::size_t from, std::size_t to, parquet::Column& into) {
        const duck::Column pairs = column.elements();
        const duck::Column first = pairs.member(0), second = pairs.member(1);
        for (std::size_t row = from; row < to; ++row) {
            if (column.is_null(row)) {
                into.nulls();
                continue;
            }
            const duck::Column::Elements range = column.list(row);
            if (range.count == 0) into.empty_list();
            for (std::size_t i = range.from; i < range.from + range.count; ++i) {
                const bool has_value = !second.is_null(i);
                into.pair(i == range.from, first.text(i), has_value ? second.text(i) : std::string_view{}, has_value);
            }
        }
    }
    std::vector<duck::Column> columns_;
};

std::uint64_t even_rows(const std::vector<std::uint64_t>& groups) {
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (i + 1 < groups.size() ? groups[i] != groups[0] : groups[i] > groups[0]) return 0;
    return groups.empty() ? 0 : groups[0];
}

void add_to_filter(FilterBuilder& filter, const ReadEvent& read) {
    filter.add(read.position, read.event);
    if (!read.event.format.empty()) filter.add_field("format", read.event.format);
    if (!read.peer.empty()) filter.add_field("peer", read.peer);
    if (!read.unparsed.empty()) filter.add_field("unparsed", read.unparsed);
}

// Facts and filter of rows that go by.
struct Gathered {
    explicit Gathered(std::uint64_t seed) : filter({.seed = seed}) {}
    FactsBuilder facts;
    FilterBuilder filter;
    std::size_t in_block = 0;
    Arena arena;
    Status add(const EventChunk& events, std::size_t row) {
        arena.reset();
        const ReadEvent read = events.event(row, arena);
        facts.add(read.event.occurred, read.event.received, TRY(SourceId::parse(read.source)), TRY(OrganisationId::parse(read.organisation)),
                  static_cast<std::uint64_t>(read.raw_bytes));
        add_to_filter(filter, read);
        return {};
    }
    void end_rows(std::size_t rows, std::size_t rows_in_block) {
        in_block += rows;
        if (in_block < rows_in_block) return;
        filter.end_block();
        in_block = 0;
    }
};

// The rows of the source into the file, in row groups. With `gathered`, they are looked at on the way.
Result<std::vector<std::uint64_t>> write_rows(const Workshop& workshop, const SegmentSource& source, const std::string& path, Gathered* gathered) {
    if (workshop.disk.exists(path)) TRY(workshop.disk.remove(path));
    const auto file = TRY(workshop.disk.open(path, Open::create));
    parquet::Writer writer{*file, columns_of_file(), {.rows_in_group = workshop.rows_in_group, .rows_in_page = workshop.rows_in_block, .seed = workshop.seed}};
    duck::Connection connection = TRY(workshop.database.connect());
    auto statement = TRY(connection.prepare(source.select));
    auto rows = TRY(statement.run({.check = workshop.check, .stream = true}));
    while (auto chunk = TRY(rows.next())) {
        const RowCopier copier{*chunk};
        std::optional<EventChunk> events;
        if (gathered != nullptr) events.emplace(*chunk);
        for (std::size_t at = 0; at < chunk->rows();) {
            const std::size_t until = at + std::min(chunk->rows() - at, writer.room());
            for (std::size_t row = at; events && row < until; ++row) TRY(gathered->add(*events, row));
            copier.copy(at, until, writer);
            TRY(writer.end_rows(until - at));
            if (gathered != nullptr) gathered->end_rows(until - at, workshop.rows_in_block);
            at = until;
        }
    }
    TRY(writer.finish(key_values(source)));
    return writer.groups();
}

Status put_in_place(const Workshop& workshop, const std::string& written, const std::string& name, const std::string& filter, SegmentFacts& facts) {
    const std::string path = workshop.segments() + "/" + name + ".parquet";
    {
        const auto file = TRY(workshop.disk.open(written, Open::append));
        facts.bytes = TRY(file->size());
        TRY(file->sync());
    }
    facts.checksum = TRY(checksum_of(workshop.disk, written));
    facts.filter_bytes = filter.size();
    const std::string filter_path = workshop.segments() + "/" + name + ".filter";
    if (!filter.empty()) {
        TRY(write_whole(workshop.disk, filter_path, filter));
        facts.filter_checksum = TRY(checksum_of(workshop.disk, filter_path));
    }
    TRY(workshop.disk.rename(written, path));
    return workshop.disk.sync_folder(workshop.segments());
}

Result<SegmentFacts> write_files(const Workshop& workshop, const SegmentSource& source, const std::string& written) {
    SegmentFacts facts;
    std::string filter;
    std::vector<std::uint64_t> groups;
    if (source.facts != nullptr) {
        groups = TRY(write_rows(workshop, source, written, nullptr));
        facts = *source.facts;
        filter = source.filter;
    } else {
        Gathered gathered{workshop.seed};
        groups = TRY(write_rows(workshop, source, written, &gathered));
        facts = gathered.facts.finish();
        filter = gathered.filter.finish();
    }
    const std::uint64_t even = even_rows(groups);
    std::uint64_t rows = 0;
    for (const std::uint64_t group : groups) rows += group;
    if (rows != facts.events) return fail(Code::internal, format("segment {} has {} rows where {} were written", source.name, rows, facts.events));
    facts.name = source.name;
    facts.from = source.from;
    facts.to = source.to;
    facts.schema = kSchema;
    facts.rows_in_group = even == 0 || groups.size() > 1 ? even : workshop.rows_in_group;
    if (facts.events > 0) TRY(put_in_place(workshop, written, source.name, filter, facts));
    return facts;
}

}  // namespace

std::string select_from(const std::vector<std::string>& paths, const std::string& condition) {
    std::string names, files, nothing;  // nothing: no row, but all columns, for those that an older file has not
    for (const ColumnInfo& column : columns()) {
        names += format("{}{}", names.empty() ? "" : ", ", duck::quoted(column.name));
        nothing += format("{}NULL::{} AS {}", nothing.empty() ? "" : ", ", column.sql_type, duck::quoted(column.name));
    }
    for (const std::string& path : paths) files += format("{}{}", files.empty() ? "" : ", ", duck::literal(path));
    return format("SELECT {} FROM (SELECT * FROM read_parquet([{}], union_by_name = true) UNION ALL BY NAME SELECT {} WHERE false){}{}", names, files, nothing, condition.empty() ? "" : " WHERE ", condition);
}

void remove_segment(const Workshop& workshop, const std::string& name) {
    for (const std::string& path : {workshop.scratch() + "/" + name + ".parquet", workshop.segments() + "/" + name + ".parquet",
                                    workshop.segments() + "/" + name + ".filter", workshop.segments() + "/" + name + ".filter.tmp"})
        if (workshop.disk.exists(path)) (void)workshop.disk.remove(path);
}

Result<SegmentFacts> write_segment(const Workshop& workshop, const SegmentSource& source) {
    auto facts = write_files(workshop, source, workshop.scratch() + "/" + source.name + ".parquet");
    if (!facts || facts->events == 0) remove_segment(workshop, source.name);
    return facts;
}

}  // namespace vg::store::archive

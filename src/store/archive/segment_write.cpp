#include "store/archive/segment_write.h"

#include <filesystem>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "store/archive/columns.h"
#include "store/archive/facts.h"
#include "store/archive/manifest.h"

namespace vg::store::archive {

namespace {

// For other tools that read the file: what it is and what it covers.
std::string key_values(const SegmentSource& source) {
    return format("{{vonggac_archive: '1', vonggac_schema: '{}', vonggac_positions: '{}-{}'}}", kSchema, source.from.value, source.to.value);
}

Result<std::vector<std::uint64_t>> rows_of_groups(duck::Connection& connection, const std::string& path) {
    auto statement = TRY(connection.prepare(
        format("SELECT row_group_num_rows FROM parquet_metadata({}) WHERE path_in_schema = 'position' ORDER BY row_group_id", duck::literal(path))));
    auto rows = TRY(statement.run());
    std::vector<std::uint64_t> groups;
    while (auto chunk = TRY(rows.next())) {
        const duck::Column column = chunk->column(0);
        for (std::size_t row = 0; row < chunk->rows(); ++row) groups.push_back(static_cast<std::uint64_t>(column.integer(row)));
    }
    return groups;
}

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

struct ReadBack {
    SegmentFacts facts;
    std::string filter;
};
// Reads the new file once, for its facts and its filter.
Result<ReadBack> read_back(const Workshop& workshop, duck::Connection& connection, const std::string& path, const std::vector<std::uint64_t>& groups) {
    FactsBuilder facts;
    FilterBuilder filter{{.seed = workshop.seed}};
    Arena arena;
    auto statement = TRY(connection.prepare(select_from({path})));
    auto rows = TRY(statement.run({.check = workshop.check, .stream = true}));
    std::size_t group = 0;
    std::uint64_t in_group = 0;
    while (auto chunk = TRY(rows.next())) {
        const EventChunk events{*chunk};
        for (std::size_t row = 0; row < events.rows(); ++row) {
            const ReadEvent read = events.event(row, arena);
            facts.add(read.event.occurred, read.event.received, TRY(SourceId::parse(read.source)), TRY(OrganisationId::parse(read.organisation)),
                      static_cast<std::uint64_t>(read.raw_bytes));
            add_to_filter(filter, read);
            if (group < groups.size() && ++in_group == groups[group]) {
                filter.end_block();
                ++group;
                in_group = 0;
            }
            arena.reset();
        }
    }
    return ReadBack{facts.finish(), filter.finish()};
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
    duck::Connection connection = TRY(workshop.database.connect());
    {
        auto copy = TRY(connection.prepare(format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}, USE_TMP_FILE false, KV_METADATA {})",
                                                  source.select, duck::literal(written), workshop.rows_in_group, key_values(source))));
        (void)TRY(copy.run({.check = workshop.check}));
    }
    std::error_code ignored;
    std::filesystem::permissions(written, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
    const std::vector<std::uint64_t> groups = TRY(rows_of_groups(connection, written));
    const std::uint64_t even = even_rows(groups);

    SegmentFacts facts;
    std::string filter = source.filter;
    if (source.facts != nullptr && (even == workshop.rows_in_group || groups.size() <= 1)) {
        facts = *source.facts;
    } else {
        ReadBack read = TRY(read_back(workshop, connection, written, groups));
        facts = std::move(read.facts);
        filter = std::move(read.filter);
    }
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
    std::string names, files;
    for (const ColumnInfo& column : columns()) names += format("{}{}", names.empty() ? "" : ", ", duck::quoted(column.name));
    for (const std::string& path : paths) files += format("{}{}", files.empty() ? "" : ", ", duck::literal(path));
    return format("SELECT {} FROM read_parquet([{}]){}{}", names, files, condition.empty() ? "" : " WHERE ", condition);
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

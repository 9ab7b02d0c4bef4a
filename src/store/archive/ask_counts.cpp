// Questions whose answer is a number or a table of numbers.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text.h"
#include "base/time.h"
#include "store/archive/ask.h"
#include "store/archive/ask_functions.h"
#include "store/archive/ask_run.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

namespace {

constexpr std::int64_t kMostBuckets = 10'000;
constexpr std::size_t kMostNames = 100'000;

// What may hold an answer, place by place, with progress told as each is done. `told`: see Run::untold.
template <class Each>
Status each_piece(Run& run, const Each& each, const std::function<bool(Time first, Time last, std::uint64_t rows)>& told = {}) {
    const std::vector<Piece> places = run.places();
    std::uint64_t total = 0;
    for (const Piece& place : places) total += place.rows;
    std::uint64_t done = 0;
    for (const Piece& place : places) {
        TRY(run.check());
        if (const auto piece = told ? run.untold(place, told) : run.narrowed(place)) TRY(each(*piece));
        run.progress(done += place.rows, total);
    }
    return {};
}

std::int64_t floored(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

// A value as the table of parts has it, for people.
std::string shown(const search::Target& field, std::string_view value) {
    if (field.type() != event::Type::time) return std::string{value};
    return to_rfc3339({parse_int(value).value_or(0)});
}

// The values of a column among the rows of a piece that are wanted, each with the number of its rows.
struct ValueRows {
    static constexpr std::size_t kMostBytes = std::size_t{32} << 20;

    std::unordered_map<std::string, std::uint64_t> rows;
    std::uint64_t without = 0;  // rows that have none
    std::size_t bytes = 0;

    Status add(std::string_view value, std::uint64_t times) {
        const auto [place, fresh] = rows.try_emplace(std::string{value});
        place->second += times;
        if (!fresh) return {};
        bytes += value.size() + 64;
        if (bytes > kMostBytes || !is_utf8(value)) return fail(Code::bad_input, "they are not for counting in memory");
        return {};
    }
};

// Without DuckDB; an error: it has to be asked.
Result<ValueRows> values_of(Run& run, const Piece& piece, const FieldSql& field) {
    const search::Target& target = field.call.field;
    ValueRows made;
    if (target.kind != search::Target::Kind::ecs) return fail(Code::bad_input, "no column of a field");
    TRY(run.each_match(piece, [&](RowGroup& group, const RowNumbers& wanted) -> Status {
        // No further values of the field stand in `rest`.
        if (parquet::LeafReader& names = group.leaf(rest_leaf()); names.has_values()) {
            const parquet::Distinct* const known = TRY(names.distinct());
            if (known == nullptr || std::any_of(known->texts.begin(), known->texts.end(), [&](std::string_view name) { return is_rest_of(name, target); })) return fail(Code::bad_input, "events may have several values");
        }
        parquet::LeafReader& leaf = group.leaf(place(target.ecs));
        if (!leaf.has_values()) {
            made.without += wanted.size();
            return {};
        }
        const bool text = leaf.info().type == parquet::Type::byte_array;
        if (!text && leaf.info().type != parquet::Type::int64) return fail(Code::bad_input, "a column of another type");
        const parquet::Distinct* const distinct = TRY(leaf.distinct());
        std::vector<std::uint64_t> times(distinct == nullptr ? 0 : std::max(distinct->texts.size(), distinct->numbers.size()));
        const parquet::Values* page = nullptr;
        for (const std::uint32_t row : wanted) {
            if (page == nullptr || row - page->first_row >= page->rows) page = &TRY(leaf.page_of(row)).get();
            const std::uint32_t at = page->place(row - page->first_row);
            if (at == parquet::Values::kNull) ++made.without;
            else if (distinct != nullptr) ++times[at];
            else TRY(made.add(text ? page->text_at(at) : std::to_string(page->number_at(at)), 1));
        }
        for (std::size_t i = 0; i < times.size(); ++i)
            if (times[i] != 0) TRY(made.add(text ? distinct->texts[i] : std::to_string(distinct->numbers[i]), times[i]));
        return {};
    }));
    return made;
}

Status append(Run& run, const ValueRows& values) {
    auto into = TRY(run.connection().appender("parts"));
    std::size_t at = 0;
    const auto row = [&](const std::string* value, std::uint64_t rows) -> Status {
        if (value != nullptr) into.view(0, at, *value);
        into.integer(1, at, static_cast<std::int64_t>(rows));
        into.integer(2, at, static_cast<std::int64_t>(rows));
        if (++at < duck::Appender::kRows) return {};
        at = 0;
        return into.add(duck::Appender::kRows);
    };
    for (const auto& [value, rows] : values.rows) TRY(row(&value, rows));
    if (values.without != 0) TRY(row(nullptr, values.without));
    TRY(into.add(at));
    return into.flush();
}

// Makes the table `parts`: each value of the field with the events that have it, piece by piece. NULL: events without one.
// `first` counts an event once, however many values it has.
Status make_parts(Run& run, const FieldSql& field) {
    TRY(run.change("CREATE TEMP TABLE parts (value VARCHAR, events BIGINT, first BIGINT)"));
    const std::string begin = "INSERT INTO parts ";
    return each_piece(run, [&](const Piece& piece) -> Status {
        if (const auto values = values_of(run, piece, field)) return append(run, *values);
        const Run::Wanted one{.select = field.value + " AS value" + (field.further ? ", rest" : ""), .and_where = field.further ? "rest IS NULL" : ""};
        TRY(run.change(begin + format("SELECT value, count(*), count(*) FROM ({}) GROUP BY value", run.text(piece, one)), &piece));
        if (!field.further) return {};
        const Run::Wanted many{.select = format("list_distinct(list_concat([{}], vg_rest_values({}, rest))) AS found", field.value, field.call.argument()), .and_where = "rest IS NOT NULL"};
        const std::string unnested = format("SELECT unnest(found) AS value, generate_subscripts(found, 1) AS place FROM (SELECT CASE WHEN len(found) = 0 THEN [NULL] ELSE found END AS found FROM ({}))",
                                            run.text(piece, many));
        TRY(run.change(begin + format("SELECT value, count(*), count(*) FILTER (WHERE place = 1) FROM ({}) GROUP BY value", unnested), &piece));
        return {};
    });
}

struct Totals {
    std::uint64_t events = 0, with_field = 0, distinct = 0;
};
Result<Totals> totals(Run& run) {
    Answer rows = TRY(run.ask("SELECT coalesce(sum(first), 0)::BIGINT, coalesce(sum(first) FILTER (WHERE value IS NOT NULL), 0)::BIGINT, count(DISTINCT value) FROM parts"));
    Totals made;
    while (const auto chunk = TRY(run.next(rows, nullptr)))
        for (std::size_t row = 0; row < chunk->rows(); ++row) {
            made.events = static_cast<std::uint64_t>(chunk->column(0).integer(row));
            made.with_field = static_cast<std::uint64_t>(chunk->column(1).integer(row));
            made.distinct = static_cast<std::uint64_t>(chunk->column(2).integer(row));
        }
    return made;
}

}  // namespace

Result<std::uint64_t> count(const Asked& asked, const Question& question) {
    const auto run = TRY(Run::begin(asked, question));
    std::uint64_t found = 0;
    TRY(each_piece(*run, [&](const Piece& piece) -> Status {
        std::uint64_t here = 0;
        if (run->each_match(piece, [&](RowGroup&, const RowNumbers& wanted) {
                here += wanted.size();
                return Status{};
            })) {
            found += here;
            return {};
        }
        Answer rows = TRY(run->ask(piece, {.select = "count(*)"}));
        while (const auto chunk = TRY(run->next(rows, &piece)))
            for (std::size_t row = 0; row < chunk->rows(); ++row) found += static_cast<std::uint64_t>(chunk->column(0).integer(row));
        return {};
    }, [&](Time first, Time last, std::uint64_t rows) {
        const bool within = question.from <= first && last < question.to;
        found += within ? rows : 0;
        return within;
    }));
    return found;
}

Result<std::vector<Bucket>> histogram(const Asked& asked, const Question& question, Span step) {
    if (step.micros <= 0) return fail(Code::bad_input, "the step of a histogram is longer than nothing");
    std::vector<Bucket> buckets;
    if (question.to <= question.from) return buckets;
    constexpr std::int64_t kFar = INT64_MAX / 4;  // so that nothing below goes beyond what a number can hold
    if (step.micros > kFar || question.from.micros < -kFar || question.to.micros > kFar) return fail(Code::bad_input, "the times of a histogram are too far away");
    const std::int64_t begin = floored(question.from.micros, step.micros);
    const std::int64_t end = floored(question.to.micros - 1, step.micros);
    if ((end - begin) / step.micros >= kMostBuckets) return fail(Code::too_large, format("a histogram has at most {} buckets; take a longer step or a shorter time", kMostBuckets));
    for (std::int64_t at = begin; at <= end; at += step.micros) buckets.push_back({Time{at}, 0});

    const auto run = TRY(Run::begin(asked, question));
    TRY(each_piece(*run, [&](const Piece& piece) -> Status {
        std::vector<std::uint64_t> here(buckets.size());
        if (run->each_match(piece, [&](RowGroup& group, const RowNumbers& wanted) -> Status {
                for (const std::uint32_t row : wanted) ++here.at(static_cast<std::size_t>((TRY(group.number(Own::occurred, row)) - begin) / step.micros));
                return {};
            })) {
            for (std::size_t i = 0; i < here.size(); ++i) buckets[i].count += here[i];
            return {};
        }
        Answer rows = TRY(run->ask(piece, {.select = format("(epoch_us(occurred) - {}) // {} AS bucket, count(*)", begin, step.micros), .behind = "GROUP BY bucket"}));
        while (const auto chunk = TRY(run->next(rows, &piece)))
            for (std::size_t row = 0; row < chunk->rows(); ++row)
                buckets.at(static_cast<std::size_t>(chunk->column(0).integer(row))).count += static_cast<std::uint64_t>(chunk->column(1).integer(row));
        return {};
    }, [&](Time first, Time last, std::uint64_t rows) {
        const std::int64_t bucket = floored(first.micros, step.micros);
        const bool within = question.from <= first && last < question.to && last.micros - bucket < step.micros;
        if (within) buckets.at(static_cast<std::size_t>((bucket - begin) / step.micros)).count += rows;
        return within;
    }));
    return buckets;
}

Result<Top> top(const Asked& asked, const Question& question, std::string_view field, std::size_t most) {
    const auto sql = field_sql(field);
    const auto run = TRY(Run::begin(asked, question));
    TRY(make_parts(*run, *sql));
    const Totals all = TRY(totals(*run));
    Top made;
    made.events = all.events;
    made.with_field = all.with_field;
    made.distinct = all.distinct;
    Answer rows = TRY(run->ask(format("SELECT value, sum(events)::BIGINT AS events FROM parts WHERE value IS NOT NULL GROUP BY value ORDER BY events DESC, value LIMIT {}", std::min<std::size_t>(most, 10'000))));
    while (const auto chunk = TRY(run->next(rows, nullptr))) {
        const duck::Column value = chunk->column(0);
        const duck::Column events = chunk->column(1);
        for (std::size_t row = 0; row < chunk->rows(); ++row) made.values.push_back({shown(sql->call.field, value.text(row)), static_cast<std::uint64_t>(events.integer(row))});
    }
    return made;
}

Result<FieldStatistics> statistics(const Asked& asked, const Question& question, std::string_view field) {
    const auto sql = field_sql(field);
    const auto run = TRY(Run::begin(asked, question));
    TRY(make_parts(*run, *sql));
    const Totals all = TRY(totals(*run));
    FieldStatistics made;
    made.field = field;
    made.events = all.with_field;
    made.distinct = all.distinct;
    const event::Type type = sql->call.field.type();
    const bool number = type == event::Type::integer || type == event::Type::time;
    Answer rows = TRY(run->ask(number ? "SELECT min(value::BIGINT)::VARCHAR, max(value::BIGINT)::VARCHAR FROM parts WHERE value IS NOT NULL" : "SELECT min(value), max(value) FROM parts"));
    while (const auto chunk = TRY(run->next(rows, nullptr)))
        for (std::size_t row = 0; row < chunk->rows(); ++row) {
            if (chunk->column(0).is_null(row)) continue;
            made.least = shown(sql->call.field, chunk->column(0).text(row));
            made.most = shown(sql->call.field, chunk->column(1).text(row));
        }
    return made;
}

namespace {

// Counts the names of native fields; an event has a name once.
class NameCounter {
public:
    void add(const duck::Chunk& chunk, std::size_t native_column, std::size_t rest_column) {
        const duck::Column native = chunk.column(native_column);
        const duck::Column native_pairs = native.elements();
        const duck::Column native_names = native_pairs.member(0);
        const duck::Column native_values = native_pairs.member(1);
        const duck::Column rest = chunk.column(rest_column);
        const duck::Column rest_pairs = rest.elements();
        const duck::Column rest_names = rest_pairs.member(0);
        const duck::Column rest_values = rest_pairs.member(1);
        for (std::size_t row = 0; row < chunk.rows(); ++row) {
            ++event_;
            if (!native.is_null(row)) {
                const auto range = native.list(row);
                for (std::size_t i = range.from; i < range.from + range.count; ++i)
                    if (!native_values.is_null(i)) count(native_names.text(i));
            }
            if (rest.is_null(row)) continue;
            const auto range = rest.list(row);
            for (std::size_t i = range.from; i < range.from + range.count; ++i) {
                std::string_view name = rest_names.text(i);
                if (rest_values.is_null(i) || event::ecs_field(name) != event::Ecs::none) continue;  // of the dictionary: its column has the first one
                if (name.starts_with("native:")) name.remove_prefix(7);
                count(name);
            }
        }
    }
    [[nodiscard]] const auto& names() const { return names_; }

private:
    struct Seen {
        std::uint64_t events = 0, last = 0;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    void count(std::string_view name) {
        auto found = names_.find(name);
        if (found == names_.end()) {
            if (names_.size() >= kMostNames) return;
            found = names_.emplace(std::string{name}, Seen{}).first;
        }
        if (found->second.last == event_) return;
        found->second.last = event_;
        ++found->second.events;
    }
    std::unordered_map<std::string, Seen, Hash, std::equal_to<>> names_;
    std::uint64_t event_ = 0;
};

}  // namespace

Result<std::vector<TopValue>> fields(const Asked& asked, const Question& question) {
    const auto run = TRY(Run::begin(asked, question));
    std::vector<std::uint64_t> columns_seen(event::all_fields().size());
    std::string counts;
    for (std::size_t i = 0; i < columns_seen.size(); ++i) counts += format("{}count({})", i == 0 ? "" : ", ", column_name(static_cast<event::Ecs>(i + 1)));
    NameCounter native;
    TRY(each_piece(*run, [&](const Piece& piece) -> Status {
        Answer rows = TRY(run->ask(piece, {.select = counts}));
        while (const auto chunk = TRY(run->next(rows, &piece)))
            for (std::size_t row = 0; row < chunk->rows(); ++row)
                for (std::size_t i = 0; i < columns_seen.size(); ++i) columns_seen[i] += static_cast<std::uint64_t>(chunk->column(i).integer(row));
        Answer natives = TRY(run->ask(piece, {.select = "native, rest", .and_where = "(native IS NOT NULL OR rest IS NOT NULL)"}));
        while (const auto chunk = TRY(run->next(natives, &piece))) native.add(*chunk, 0, 1);
        return {};
    }));
    std::vector<TopValue> all;
    for (std::size_t i = 0; i < columns_seen.size(); ++i)
        if (columns_seen[i] != 0) all.push_back({std::string{event::all_fields()[i].name}, columns_seen[i]});
    for (const auto& [name, seen] : native.names()) all.push_back({name, seen.events});
    std::sort(all.begin(), all.end(), [](const TopValue& a, const TopValue& b) { return a.count != b.count ? a.count > b.count : a.value < b.value; });
    return all;
}

Result<std::uint64_t> export_parquet(const Asked& asked, const Question& question, const std::string& path) {
    const auto run = TRY(Run::begin(asked, question));
    std::string sql;
    for (const Piece& place : run->places())
        if (const auto piece = run->narrowed(place)) sql += (sql.empty() ? "" : " UNION ALL ") + run->text(*piece, {.select = all_columns()});
    if (sql.empty()) {
        TRY(run->change(create_table("nothing").replace(0, 12, "CREATE TEMP TABLE")));
        sql = "SELECT * FROM nothing";
    }
    // COPY takes no parameters: what stands in it are our own names, numbers and the path that the archive made.
    const std::uint64_t events = TRY(run->change(format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd)", sql, duck::literal(path))));
    run->progress(1, 1);
    return events;
}

}  // namespace vg::store::archive

#include "store/archive/ask_run.h"

#include <algorithm>

#include "base/text.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

namespace {

std::pair<std::int64_t, std::int64_t> stretch_of(const BlockFacts& block) { return {static_cast<std::int64_t>(block.first.value), static_cast<std::int64_t>(block.last.value)}; }

constexpr std::size_t kMostHeld = std::size_t{8} << 20;  // bytes of unpacked pages; the row group in hand may have more
constexpr std::size_t kMostFiles = 16;

// A segment of an earlier dictionary has fewer columns.
std::string place_of(const Piece& piece) {
    if (piece.segment == nullptr) return duck::quoted(piece.table);
    const std::string file = format("read_parquet({})", duck::literal(piece.segment->path()));
    if (piece.segment->facts.schema >= kSchema) return file;
    const auto layout = piece.segment->layout();
    if (!layout) return file;
    std::string missing;
    for (std::size_t i = 0; i < native_place(); ++i)
        if (!(*layout)->leaves[i].known) missing += format(", NULL::{} AS {}", columns()[i].sql_type, duck::quoted(columns()[i].name));
    return missing.empty() ? file : format("(SELECT *{} FROM {})", missing, file);
}

std::string stretches(const Piece& piece) {
    if (piece.positions.empty()) return "true";
    std::string sql = format("position BETWEEN {} AND {}", piece.positions.front().first, piece.positions.back().second);
    if (piece.positions.size() == 1) return sql;
    std::string one_of;
    for (const auto& [first, last] : piece.positions) one_of += format("{}position BETWEEN {} AND {}", one_of.empty() ? "" : " OR ", first, last);
    return sql + " AND (" + one_of + ")";
}

}  // namespace

const std::string& all_columns() {
    static const auto* const made = [] {
        auto* list = new std::string;
        for (const ColumnInfo& column : columns()) *list += (list->empty() ? "" : ", ") + duck::quoted(column.name);
        return list;
    }();
    return *made;
}

Run::Run(const Asked& asked, const Question& question, duck::Connection connection)
    : asked_(&asked), question_(&question), connection_(std::move(connection)), condition_(question.query, asked.journal), test_(question, asked.journal), began_(asked.clock.now()) {}

Result<std::unique_ptr<Run>> Run::begin(const Asked& asked, const Question& question) {
    duck::Connection connection = TRY(asked.database.connect());
    TRY(add_functions(connection));
    // Until the end of the connection. DuckDB leaves out conditions and sizes its tables by the bounds of columns as they are when a
    // statement is prepared; rows that came before it runs would break both.
    TRY(connection.run("BEGIN TRANSACTION"));
    std::unique_ptr<Run> run{new Run{asked, question, std::move(connection)}};
    TRY(run->check());
    return run;
}

std::vector<Piece> Run::places() const {
    std::vector<Piece> all;
    const Question& wanted = *question_;
    if (wanted.to <= wanted.from) return all;
    for (const auto& segment : asked_->snapshot.segments) {
        const SegmentFacts& facts = segment->facts;
        if (facts.events == 0 || facts.occurred_last < wanted.from || wanted.to <= facts.occurred_first) continue;
        if (wanted.organisations && !facts.may_hold(*wanted.organisations)) continue;
        Piece& place = all.emplace_back();
        place.segment = segment.get();
        place.occurred_first = facts.occurred_first;
        place.occurred_last = facts.occurred_last;
        place.rows = facts.events;
    }
    const Snapshot& snapshot = asked_->snapshot;
    if (snapshot.tail_events == 0 || snapshot.occurred_last < wanted.from || wanted.to <= snapshot.occurred_first) return all;
    for (const auto& tail : snapshot.tails) {
        Piece& place = all.emplace_back();
        place.table = tail->name();
        place.positions.emplace_back(static_cast<std::int64_t>(snapshot.tail_from.value), static_cast<std::int64_t>(snapshot.end.value) - 1);
        place.occurred_first = snapshot.occurred_first;
        place.occurred_last = snapshot.occurred_last;
        place.rows = std::max<std::uint64_t>(snapshot.tail_events / snapshot.tails.size(), 1);
    }
    return all;
}

Result<BlockSet> Run::blocks_of(const Piece& place) const {
    if (place.segment == nullptr) return fail(Code::not_found, "the tail has no filter");
    const auto view = TRY(place.segment->filter());
    BlockSet blocks = view->occurred_between(question_->from, question_->to);
    if (question_->query != nullptr && !blocks.empty()) blocks &= TRY(candidate_blocks(*view, *question_->query));
    return blocks;
}

std::vector<Piece> Run::row_groups(const Piece& place) const {
    const auto blocks = blocks_of(place);
    if (!blocks) return {place};
    const auto view = place.segment->filter();
    std::vector<Piece> all;
    for (const std::uint32_t block : blocks->list()) {
        const BlockFacts& known = (*view)->facts(block);
        Piece& group = all.emplace_back();
        group.segment = place.segment;
        group.positions.push_back(stretch_of(known));
        group.occurred_first = known.occurred_first;
        group.occurred_last = known.occurred_last;
        group.rows = known.rows;
    }
    return all;
}

std::optional<Piece> Run::narrowed(const Piece& place) const { return part_of(place, blocks_of(place)); }

std::optional<Piece> Run::untold(const Piece& place, const std::function<bool(Time, Time, std::uint64_t)>& take) const {
    if (place.segment == nullptr || (question_->query != nullptr && question_->query->root().kind != search::Node::Kind::everything)) return narrowed(place);
    const SegmentFacts& facts = place.segment->facts;
    const auto visible = [&](const OrganisationId& one) { return std::find(question_->organisations->begin(), question_->organisations->end(), one) != question_->organisations->end(); };
    if (question_->organisations && (facts.many_organisations || !std::all_of(facts.organisations.begin(), facts.organisations.end(), visible))) return narrowed(place);
    if (take(facts.occurred_first, facts.occurred_last, facts.events)) return std::nullopt;
    auto blocks = blocks_of(place);
    if (!blocks) return place;
    const auto view = place.segment->filter();
    BlockSet left(blocks->size());
    for (const std::uint32_t block : blocks->list()) {
        const BlockFacts& known = (*view)->facts(block);
        if (!take(known.occurred_first, known.occurred_last, known.rows)) left.add(block);
    }
    return part_of(place, left);
}

std::optional<Piece> Run::part_of(const Piece& place, const Result<BlockSet>& blocks) const {
    if (!blocks || blocks->count() == blocks->size()) return place;
    if (blocks->empty()) return std::nullopt;
    const auto view = place.segment->filter();
    Piece some = place;
    some.rows = 0;
    std::optional<std::uint32_t> last;
    for (const std::uint32_t block : blocks->list()) {
        const auto stretch = stretch_of((*view)->facts(block));
        some.rows += (*view)->facts(block).rows;
        if (last && *last + 1 == block) some.positions.back().second = stretch.second;
        else some.positions.push_back(stretch);
        last = block;
    }
    return some;
}

std::string Run::text(const Piece& piece, const Wanted& wanted) const {
    std::string where = stretches(piece);
    if (!wanted.and_where.empty()) where += " AND " + wanted.and_where;
    if (!wanted.all) where += " AND " + scope_of(*question_) + " AND " + condition_.sql();
    return format("SELECT {} FROM {} WHERE {} {}", wanted.select, place_of(piece), where, wanted.behind);
}

Result<Answer> Run::ask(const Piece& piece, const Wanted& wanted) { return ask(text(piece, wanted), &piece); }

Result<Answer> Run::ask(const std::string& sql, const Piece* piece) {
    auto statement = connection_.prepare(sql);
    if (!statement) return fail(meaning_of(std::move(statement).error(), piece));
    TRY(check());
    auto rows = statement->run({.check = [this] { return check(); }, .stream = true});
    if (!rows) return fail(meaning_of(std::move(rows).error(), piece));
    return Answer{std::move(*statement), std::move(*rows)};
}

Result<std::optional<duck::Chunk>> Run::next(Answer& answer, const Piece* piece) {
    auto chunk = answer.rows.next();
    if (!chunk) return fail(meaning_of(std::move(chunk).error(), piece));
    return std::move(*chunk);
}

Result<std::uint64_t> Run::change(const std::string& sql, const Piece* piece) {
    TRY(check());
    auto statement = connection_.prepare(sql);
    if (!statement) return fail(meaning_of(std::move(statement).error(), piece));
    const auto rows = statement->run({.check = [this] { return check(); }});
    if (!rows) return fail(meaning_of(rows.error(), piece));
    return static_cast<std::uint64_t>(rows->changed());
}

Result<RowGroup*> Run::row_group(const SegmentFile& segment, std::size_t number) {
    const auto held = std::find_if(held_.begin(), held_.end(), [&](const Held& one) { return one.segment == &segment && one.number == number; });
    if (held != held_.end()) {
        held_.splice(held_.begin(), held_, held);
        return &held_.front().group;
    }
    std::size_t bytes = 0;
    for (auto one = held_.begin(); one != held_.end();) {
        bytes += one->group.memory_bytes();
        one = bytes > kMostHeld ? held_.erase(one) : std::next(one);
    }
    const auto layout = TRY(segment.layout());
    auto file = std::find_if(files_.begin(), files_.end(), [&](const auto& one) { return one.first == &segment; });
    if (file == files_.end()) {
        std::shared_ptr<const File> opened = TRY(segment.open());
        files_.emplace_front(&segment, std::move(opened));
        if (files_.size() > kMostFiles) files_.pop_back();
        file = files_.begin();
    }
    held_.push_front({&segment, number, RowGroup{file->second, layout, number}});
    return &held_.front().group;
}

Result<RowGroup*> Run::row_group_of(const SegmentFile& segment, std::int64_t position) {
    const auto layout = TRY(segment.layout());
    for (std::size_t i = 0; i < layout->groups.size(); ++i) {
        const auto& bounds = layout->groups[i].bounds;
        if (!bounds) return fail(Code::bad_input, "the file does not say where its positions are");
        if (bounds->first <= position && position <= bounds->second) return row_group(segment, i);
    }
    return nullptr;
}

Status Run::each_match(const Piece& piece, const std::function<Status(RowGroup&, const RowNumbers&)>& take) {
    if (piece.segment == nullptr) return fail(Code::bad_input, "the tail is in no file");
    const auto layout = TRY(piece.segment->layout());
    std::vector<std::pair<std::int64_t, std::int64_t>> stretches = piece.positions;
    if (stretches.empty()) stretches.emplace_back(INT64_MIN, INT64_MAX);
    for (std::size_t i = 0; i < layout->groups.size(); ++i) {
        const auto& bounds = layout->groups[i].bounds;
        if (!bounds) return fail(Code::bad_input, "the file does not say where its positions are");
        RowNumbers rows;
        RowGroup* group = nullptr;
        for (const auto& [first, last] : stretches) {
            if (last < bounds->first || bounds->second < first) continue;
            if (group == nullptr) {
                TRY(check());
                group = TRY(row_group(*piece.segment, i));
            }
            const RowNumbers some = TRY(group->rows_between(first, last));
            rows.insert(rows.end(), some.begin(), some.end());
        }
        if (group == nullptr) continue;
        const RowNumbers found = TRY(test_.select(*group, std::move(rows)));
        if (!found.empty()) TRY(take(*group, found));
    }
    return {};
}

void Run::progress(std::uint64_t done, std::uint64_t total) {
    progress_ = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
    if (question_->progress) question_->progress(progress_);
}

Status Run::check() {
    if (question_->stop.stop_requested()) {
        stopped_ = true;
        return fail(Code::unavailable, "the question was cancelled");
    }
    if (asked_->clock.now() - began_ > question_->most_time) {
        stopped_ = true;
        return fail(Code::too_large, format("the question took longer than {} s; {} % of what had to be read was read: ask for a shorter time or something rarer",
                                            question_->most_time.micros / 1'000'000, static_cast<int>(progress_ * 100)));
    }
    return {};
}

// A statement of ours over a file that was well when it was written: what fails is the file, unless a limit was reached.
Error Run::meaning_of(Error error, const Piece* piece) {
    if (stopped_) return error;
    if (error.code == Code::too_large) return error.in("the question needs more memory than all questions may take together: ");
    if (piece == nullptr || piece->segment == nullptr) return error;
    if (asked_->damaged) asked_->damaged(*piece->segment, error.text);
    return Error{Code::corrupt, format("segment {} cannot be read: {}", piece->segment->facts.name, error.text)};
}

}  // namespace vg::store::archive

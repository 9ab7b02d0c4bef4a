#include "store/archive/ask_run.h"

#include <algorithm>

#include "base/text.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

namespace {

// Positions of blocks that lie beside one another are one stretch.
void add_stretch(Piece& piece, const BlockFacts& block, bool beside_last) {
    const auto first = static_cast<std::int64_t>(block.first.value);
    const auto last = static_cast<std::int64_t>(block.last.value);
    if (beside_last && !piece.positions.empty()) piece.positions.back().second = last;
    else piece.positions.emplace_back(first, last);
}

std::string place_of(const Piece& piece) {
    return piece.segment != nullptr ? format("read_parquet({})", duck::literal(piece.segment->path())) : duck::quoted(piece.table);
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
    : asked_(&asked), question_(&question), connection_(std::move(connection)), condition_(question.query, asked.journal), began_(asked.clock.now()) {}

Result<std::unique_ptr<Run>> Run::begin(const Asked& asked, const Question& question) {
    duck::Connection connection = TRY(asked.database.connect());
    TRY(add_functions(connection));
    std::unique_ptr<Run> run{new Run{asked, question, std::move(connection)}};
    TRY(run->check());
    return run;
}

std::vector<Piece> Run::pieces(Grain grain) const {
    std::vector<Piece> all;
    const Question& wanted = *question_;
    if (wanted.to <= wanted.from) return all;
    for (const auto& segment : asked_->snapshot.segments) {
        const SegmentFacts& facts = segment->facts;
        if (facts.events == 0 || facts.occurred_last < wanted.from || wanted.to <= facts.occurred_first) continue;
        if (wanted.organisations && !facts.may_hold(*wanted.organisations)) continue;
        Piece whole;
        whole.segment = segment.get();
        whole.occurred_first = facts.occurred_first;
        whole.occurred_last = facts.occurred_last;
        whole.rows = facts.events;
        const auto view = segment->filter();
        auto blocks = view && wanted.query != nullptr ? candidate_blocks(**view, *wanted.query) : view ? Result<BlockSet>{(*view)->all()} : fail(Code::not_found, "no filter");
        if (!blocks) {  // without a filter everything is read
            all.push_back(std::move(whole));
            continue;
        }
        *blocks &= (*view)->occurred_between(wanted.from, wanted.to);
        if (blocks->empty()) continue;
        if (grain == Grain::whole && blocks->count() == (*view)->blocks()) {
            all.push_back(std::move(whole));
            continue;
        }
        if (grain == Grain::whole) whole.rows = 0;
        std::optional<std::uint32_t> last;
        for (const std::uint32_t block : blocks->list()) {
            const BlockFacts& known = (*view)->facts(block);
            if (grain == Grain::whole) {
                add_stretch(whole, known, last && *last + 1 == block);
                whole.rows += known.rows;
                last = block;
                continue;
            }
            Piece group;
            group.segment = segment.get();
            group.occurred_first = known.occurred_first;
            group.occurred_last = known.occurred_last;
            group.rows = known.rows;
            add_stretch(group, known, false);
            all.push_back(std::move(group));
        }
        if (grain == Grain::whole) all.push_back(std::move(whole));
    }
    const Snapshot& snapshot = asked_->snapshot;
    if (snapshot.tail_events == 0 || snapshot.occurred_last < wanted.from || wanted.to <= snapshot.occurred_first) return all;
    for (const auto& tail : snapshot.tails) {
        Piece piece;
        piece.table = tail->name();
        piece.positions.emplace_back(static_cast<std::int64_t>(snapshot.tail_from.value), static_cast<std::int64_t>(snapshot.end.value) - 1);
        piece.occurred_first = snapshot.occurred_first;
        piece.occurred_last = snapshot.occurred_last;
        piece.rows = std::max<std::uint64_t>(snapshot.tail_events / snapshot.tails.size(), 1);
        all.push_back(std::move(piece));
    }
    return all;
}

std::string Run::text(const Piece& piece, const Wanted& wanted) const {
    std::string where = stretches(piece);
    if (!wanted.and_where.empty()) where += " AND " + wanted.and_where;
    if (!wanted.all) where += " AND " + scope_of(*question_) + " AND " + condition_.sql();
    return format("SELECT {} FROM {} WHERE {} {}", wanted.select, place_of(piece), where, wanted.behind);
}

Result<Answer> Run::ask(const Piece& piece, const Wanted& wanted) { return ask(text(piece, wanted), &piece); }

Result<Answer> Run::ask(const std::string& sql, const Piece* piece) {
    TRY(check());
    auto statement = connection_.prepare(sql);
    if (!statement) return fail(meaning_of(std::move(statement).error(), piece));
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

// Segments and the tail, one by one.
#include <algorithm>

#include "base/text.h"
#include "store/archive/archive_impl.h"
#include "store/archive/ask_run.h"

namespace vg::store {

namespace archive {

namespace {

constexpr std::uint64_t kStretch = 8'192;

class Part final : public PartOfArchive {
public:
    Part(ArchiveImpl::View view, const Question& question, event::Position before, Clock& clock, const Uuid& journal, std::function<void(const SegmentFile&, const std::string&)> damaged)
        : view_(std::move(view)), question_(question), before_(before),
          asked_{.snapshot = *view_.snapshot, .database = *view_.database, .clock = clock, .damaged = std::move(damaged), .journal = to_text(journal)} {}

    // False: nothing is left before the position.
    Result<bool> open() {
        const Snapshot& snapshot = *view_.snapshot;
        unseen_ = {.gaps = snapshot.gaps ? gaps_for(question_, *snapshot.gaps) : std::vector<Gap>{}, .end = snapshot.end};
        run_ = TRY(Run::begin(asked_, question_));
        std::vector<Piece> places = run_->places();
        std::erase_if(places, [&](const Piece& piece) { return from_of(piece) >= before_; });
        if (places.empty()) return false;
        left_ = places.size();
        const auto newest = std::max_element(places.begin(), places.end(), [&](const Piece& a, const Piece& b) { return from_of(a) < from_of(b); });
        piece_ = *newest;
        if (piece_.segment != nullptr) {
            const SegmentFacts& facts = piece_.segment->facts;
            place_ = {.from = facts.from, .to = facts.to, .events = facts.events, .occurred_first = facts.occurred_first, .occurred_last = facts.occurred_last, .tail = false};
            return true;
        }
        // All tables of the tail are one part.
        for (const Piece& one : places)
            if (one.segment == nullptr) tables_.push_back(one.table);
        left_ -= tables_.size() - 1;
        place_ = {.from = snapshot.tail_from, .to = snapshot.end, .events = snapshot.tail_events, .occurred_first = snapshot.occurred_first, .occurred_last = snapshot.occurred_last, .tail = true};
        return true;
    }

    const PartPlace& place() const override { return place_; }
    std::uint64_t parts_left() const override { return left_; }
    const Unseen& unseen() const override { return unseen_; }

    Result<std::shared_ptr<const FilterView>> filter() const override {
        if (piece_.segment == nullptr) return fail(Code::not_found, "the tail has no filter");
        return piece_.segment->filter();
    }

    std::vector<Stretch> stretches(const BlockSet* blocks) const override {
        std::vector<Stretch> all;
        const event::Position end = std::min(place_.to, before_);
        const auto view = filter();
        if (view) {
            BlockSet wanted = (*view)->occurred_between(question_.from, question_.to);
            if (blocks != nullptr) wanted &= *blocks;
            for (const std::uint32_t block : wanted.list()) {
                const BlockFacts& facts = (*view)->facts(block);
                if (facts.first >= end) continue;
                all.push_back({facts.first, std::min(facts.last, event::Position{end.value - 1}), facts.rows});
            }
            // Positions of blocks do not overlap.
            std::sort(all.begin(), all.end(), [](const Stretch& a, const Stretch& b) { return a.first > b.first; });
            return all;
        }
        for (std::uint64_t to = end.value; to > place_.from.value;) {
            const std::uint64_t from = to - place_.from.value > kStretch ? to - kStretch : place_.from.value;
            all.push_back({{from}, {to - 1}, to - from});
            to = from;
        }
        return all;
    }

    Status read(const Stretch& stretch, const Worth* worth, const std::function<Status(FoundEvent&&)>& take) override {
        const std::pair<std::int64_t, std::int64_t> positions{static_cast<std::int64_t>(stretch.first.value), static_cast<std::int64_t>(stretch.last.value)};
        if (piece_.segment == nullptr) {
            for (const std::string& table : tables_) {
                Piece piece = piece_;
                piece.table = table;
                TRY(by_statement(piece, positions, take));
            }
            return {};
        }
        Piece piece = piece_;
        piece.positions = {positions};
        std::vector<FoundEvent> found;
        const Status read = run_->each_match(piece, [&](RowGroup& rows, const RowNumbers& wanted) -> Status {
            const RowNumbers chosen = worth != nullptr ? TRY(rows_worth(rows, wanted, *worth)) : wanted;
            for (const std::uint32_t row : chosen) found.push_back(TRY(rows.event(row)));
            return {};
        });
        if (!read) {
            TRY(run_->check());
            return by_statement(piece, positions, take);
        }
        for (FoundEvent& event : found) TRY(take(std::move(event)));
        return {};
    }

    Result<std::map<SourceId, Sent>> sent(std::span<const event::Ecs> fields) override {
        std::map<SourceId, Sent> out;
        Run::Wanted wanted{.select = column_name(Own::source) + ", count(*)", .behind = "GROUP BY 1"};
        for (const event::Ecs field : fields) wanted.select += format(", count({})", column_name(field));
        std::vector<Piece> pieces{piece_};
        if (piece_.segment == nullptr) {
            pieces.clear();
            for (const std::string& table : tables_) {
                pieces.push_back(piece_);
                pieces.back().table = table;
            }
        }
        for (const Piece& piece : pieces) {
            Answer answer = TRY(run_->ask(piece, wanted));
            while (const auto chunk = TRY(run_->next(answer, &piece)))
                for (std::size_t row = 0; row < chunk->rows(); ++row) {
                    const auto source = SourceId::parse(chunk->column(0).text(row));
                    if (!source) continue;
                    Sent& one = out[*source];
                    one.with.resize(fields.size());
                    one.events += static_cast<std::uint64_t>(chunk->column(1).integer(row));
                    for (std::size_t i = 0; i < fields.size(); ++i) one.with[i] += static_cast<std::uint64_t>(chunk->column(2 + i).integer(row));
                }
        }
        return out;
    }

private:
    [[nodiscard]] event::Position from_of(const Piece& piece) const { return piece.segment != nullptr ? piece.segment->facts.from : view_.snapshot->tail_from; }

    Status by_statement(const Piece& piece, const std::pair<std::int64_t, std::int64_t>& positions, const std::function<Status(FoundEvent&&)>& take) {
        Answer answer = TRY(run_->ask(piece, {.select = all_columns(), .and_where = format("position BETWEEN {} AND {}", positions.first, positions.second)}));
        while (const auto chunk = TRY(run_->next(answer, &piece))) {
            const EventChunk events{*chunk};
            for (std::size_t row = 0; row < events.rows(); ++row) TRY(take(events.found(row)));
        }
        return {};
    }

    const ArchiveImpl::View view_;
    const Question question_;
    const event::Position before_;
    const Asked asked_;
    std::unique_ptr<Run> run_;
    Piece piece_;
    std::vector<std::string> tables_;
    PartPlace place_;
    Unseen unseen_;
    std::uint64_t left_ = 0;
};

}  // namespace

event::Position ArchiveImpl::begin() const {
    const View now = view();
    return now.snapshot->segments.empty() ? now.snapshot->tail_from : now.snapshot->segments.front()->facts.from;
}

Result<std::unique_ptr<PartOfArchive>> ArchiveImpl::newest(const Question& question, event::Position before) {
    auto part = std::make_unique<Part>(view(), question, before, clock_, options_.journal, [this](const SegmentFile& segment, const std::string& reason) {
        const std::lock_guard lock{mutex_};
        suspects_[segment.facts.name] = reason;
    });
    if (!TRY(part->open())) return std::unique_ptr<PartOfArchive>{};
    return std::unique_ptr<PartOfArchive>{std::move(part)};
}

}  // namespace archive

Segments* segments_of(Archive& archive) { return dynamic_cast<Segments*>(&archive); }

}  // namespace vg::store

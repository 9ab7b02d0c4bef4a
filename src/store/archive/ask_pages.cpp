// Questions whose answer is events: pages, streams and single ones. First the places of what matches are found, by time and
// position, reading row groups in the order of their times and no more than are needed; then the events are read.
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "base/text.h"
#include "store/archive/ask.h"
#include "store/archive/ask_run.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

namespace {

constexpr std::uint64_t kFirstRows = 20'000;           // of a first step; each further one reads twice as many
constexpr std::uint64_t kMostRows = std::uint64_t{2} << 20;
constexpr std::size_t kMostKeys = 20'000'000;          // in memory at a time
constexpr std::size_t kStreamEvents = 8'192;           // read at a time; a row group is unpacked anew for each
constexpr std::size_t kMostPage = 10'000;
constexpr std::size_t kFewRows = 8;                    // of a row group: their events are read while it is in hand

// Where a match stands.
struct Key {
    std::int64_t occurred = 0, position = 0;
    std::uint32_t piece = 0;
};

using Early = std::map<std::pair<std::uint32_t, std::int64_t>, FoundEvent>;  // events that were read when they were found, by piece and position

// What comes first in the order asked for.
struct Earlier {
    bool newest_first;
    bool operator()(const Key& a, const Key& b) const {
        if (a.occurred != b.occurred) return newest_first ? a.occurred > b.occurred : a.occurred < b.occurred;
        return newest_first ? a.position > b.position : a.position < b.position;
    }
};

// Finds matches in the order asked for, row groups by row groups.
class Finder {
public:
    Finder(Run& run, Order order) : run_(&run), newest_first_(order == Order::newest_first) {
        for (Piece& place : run.places()) {
            total_ += place.rows;
            put(std::move(place), place.segment != nullptr);
        }
    }

    // Only what comes behind it.
    void start_after(const PageCursor& cursor) {
        const std::string_view sign = newest_first_ ? "<" : ">";
        behind_ = format("(occurred {0} {1} OR (occurred = {1} AND position {0} {2}))", sign, sql_time(cursor.occurred), format("'{}'::BIGINT", static_cast<std::int64_t>(cursor.position.value)));
        cursor_ = cursor.occurred;
        run_->start_after(cursor, newest_first_ ? Order::newest_first : Order::oldest_first);
    }
    // Never more than these are wanted.
    void at_most(std::size_t keys) { most_ = keys; }

    // Reads on until the next keys are certain. Empty: there are no more.
    Result<std::vector<Key>> next() {
        std::vector<Key> certain;
        while (certain.empty() && (!waiting_.empty() || !found_.empty())) {
            if (!waiting_.empty()) TRY(step());
            const Earlier earlier{newest_first_};
            std::sort(found_.begin(), found_.end(), earlier);
            if (most_ != 0 && found_.size() > most_ - handed_) found_.resize(most_ - handed_);
            // What lies at the border may still get company with the same time.
            auto end = found_.end();
            if (!waiting_.empty()) {
                const std::int64_t border = edge(pieces_[waiting_.front().piece]).micros;
                end = std::find_if(found_.begin(), found_.end(), [&](const Key& key) { return newest_first_ ? key.occurred <= border : key.occurred >= border; });
            }
            certain.assign(found_.begin(), end);
            found_.erase(found_.begin(), end);
        }
        handed_ += certain.size();
        return certain;
    }
    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
    // Of rare matches, when only so many are wanted.
    [[nodiscard]] Early& early() { return early_; }

private:
    // A piece that was not read yet. Of a segment its filter is asked when its turn comes, not before.
    struct Waiting {
        std::uint32_t piece = 0;
        bool whole = false;
    };
    // For a heap: whose edge comes later stands lower.
    [[nodiscard]] auto later() const {
        return [this](const Waiting& a, const Waiting& b) {
            const Time x = edge(pieces_[a.piece]);
            const Time y = edge(pieces_[b.piece]);
            return newest_first_ ? x < y : x > y;
        };
    }
    void put(Piece piece, bool whole) {
        pieces_.push_back(std::move(piece));
        waiting_.push_back({static_cast<std::uint32_t>(pieces_.size() - 1), whole});
        std::push_heap(waiting_.begin(), waiting_.end(), later());
    }
    Waiting take() {
        std::pop_heap(waiting_.begin(), waiting_.end(), later());
        const Waiting first = waiting_.back();
        waiting_.pop_back();
        return first;
    }

    [[nodiscard]] Time edge(const Piece& piece) const { return newest_first_ ? piece.occurred_last : piece.occurred_first; }
    [[nodiscard]] bool is_behind(const Piece& piece) const {
        return !cursor_ || (newest_first_ ? piece.occurred_first <= *cursor_ : piece.occurred_last >= *cursor_);
    }

    [[nodiscard]] bool has_enough() const { return most_ != 0 && handed_ + found_.size() >= most_; }

    // The next row groups: each for itself until there is enough, those that need a statement together by file.
    Status step() {
        std::vector<std::size_t> group;
        std::uint64_t rows = 0;
        while (!waiting_.empty() && rows < want_) {
            const Waiting next = take();
            const Piece piece = pieces_[next.piece];
            if (next.whole && is_behind(piece)) {
                TRY(run_->check());
                std::uint64_t left = 0;
                for (Piece& part : run_->row_groups(piece)) {
                    left += part.rows;
                    put(std::move(part), false);
                }
                done_ += piece.rows - std::min(left, piece.rows);
                continue;
            }
            done_ += piece.rows;
            if (!is_behind(piece)) continue;
            rows += piece.rows;
            if (!read_pages(next.piece)) group.push_back(next.piece);
            else if (has_enough()) break;
        }
        want_ = std::min(want_ * 2, kMostRows);
        while (!group.empty()) {
            const Piece& first = pieces_[group.front()];
            const auto others = std::stable_partition(group.begin(), group.end(), [&](std::size_t i) { return pieces_[i].same_place(first); });
            TRY(read_by_statement({group.begin(), others}));
            group.erase(group.begin(), others);
        }
        if (found_.size() > kMostKeys) return fail(Code::too_large, format("more than {} events of about the same time match; ask for a shorter time", kMostKeys));
        run_->progress(done_, total_);
        return {};
    }

    // A row group without DuckDB. An error: nothing was found, and a statement is needed.
    Status read_pages(std::uint32_t number) {
        const std::size_t before = found_.size();
        Status done = run_->each_match(pieces_[number], [&](RowGroup& rows, const RowNumbers& wanted) -> Status {
            const bool early = most_ != 0 && wanted.size() <= kFewRows && early_.size() < 2 * most_;
            for (const std::uint32_t row : wanted) {
                const std::int64_t position = TRY(rows.number(Own::position, row));
                found_.push_back({TRY(rows.number(Own::occurred, row)), position, number});
                if (early) early_.insert_or_assign({number, position}, TRY(rows.event(row)));
            }
            return {};
        });
        if (!done) found_.resize(before);
        return done;
    }

    Status read_by_statement(std::vector<std::size_t> group) {
        std::sort(group.begin(), group.end(), [this](std::size_t a, std::size_t b) { return pieces_[a].positions < pieces_[b].positions; });
        Piece together = pieces_[group.front()];
        for (std::size_t i = 1; i < group.size(); ++i) {
            const auto& stretch = pieces_[group[i]].positions;
            together.positions.insert(together.positions.end(), stretch.begin(), stretch.end());
        }
        Run::Wanted wanted{.select = "occurred, position", .and_where = behind_};
        if (most_ != 0) {
            const std::string_view order = newest_first_ ? "DESC" : "ASC";
            wanted.behind = format("ORDER BY occurred {0}, position {0} LIMIT {1}", order, most_);
        }
        Answer answer = TRY(run_->ask(together, wanted));
        while (const auto chunk = TRY(run_->next(answer, &together))) {
            const duck::Column occurred = chunk->column(0);
            const duck::Column position = chunk->column(1);
            for (std::size_t row = 0; row < chunk->rows(); ++row) {
                const std::int64_t at = position.integer(row);
                const auto piece = std::find_if(group.begin(), group.end(), [&](std::size_t i) { return pieces_[i].positions.empty() || (at >= pieces_[i].positions.front().first && at <= pieces_[i].positions.front().second); });
                CHECK(piece != group.end(), "only rows of these row groups were asked for");
                found_.push_back({occurred.time(row).micros, at, static_cast<std::uint32_t>(*piece)});
            }
        }
        return {};
    }

    Run* run_;
    bool newest_first_;
    std::vector<Piece> pieces_;     // grows; keys name them by their place
    std::vector<Waiting> waiting_;  // a heap: what comes first in the order asked for stands first
    std::vector<Key> found_;        // not handed out yet
    std::string behind_;
    std::optional<Time> cursor_;
    std::size_t most_ = 0, handed_ = 0;
    Early early_;
    std::uint64_t want_ = kFirstRows, done_ = 0, total_ = 0;
};

// The events of some of the keys, all of one segment, without DuckDB.
Status read_pages(Run& run, const SegmentFile& segment, std::span<const Key> keys, std::vector<std::size_t> which, std::vector<FoundEvent>& events) {
    std::sort(which.begin(), which.end(), [&](std::size_t a, std::size_t b) { return keys[a].position < keys[b].position; });
    for (const std::size_t i : which) {
        TRY(run.check());
        RowGroup* const group = TRY(run.row_group_of(segment, keys[i].position));
        if (group == nullptr) return fail(Code::corrupt, "an event that was found could not be read");
        const RowNumbers row = TRY(group->rows_between(keys[i].position, keys[i].position));
        if (row.size() != 1) return fail(Code::corrupt, "an event that was found could not be read");
        events[i] = TRY(group->event(row.front()));
    }
    return {};
}

// The events of the keys, in their order.
Result<std::vector<FoundEvent>> read_events(Run& run, Finder& finder, std::span<const Key> keys) {
    const std::vector<Piece>& pieces = finder.pieces();
    std::vector<FoundEvent> events(keys.size());
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto early = finder.early().find({keys[i].piece, keys[i].position});
        if (early == finder.early().end()) left.push_back(i);
        else events[i] = std::move(early->second);
    }
    std::size_t read = keys.size() - left.size();
    while (!left.empty()) {
        const Piece& place = pieces[keys[left.front()].piece];
        const auto others = std::stable_partition(left.begin(), left.end(), [&](std::size_t i) { return pieces[keys[i].piece].same_place(place); });
        if (place.segment != nullptr && read_pages(run, *place.segment, keys, {left.begin(), others}, events)) {
            read += static_cast<std::size_t>(others - left.begin());
            left.erase(left.begin(), others);
            continue;
        }
        Piece together = place;
        together.positions.clear();
        std::vector<std::uint32_t> blocks;
        std::unordered_map<std::int64_t, std::size_t> at;
        std::unordered_set<std::int64_t> positions;
        for (auto i = left.begin(); i != others; ++i) {
            blocks.push_back(keys[*i].piece);
            at.emplace(keys[*i].position, *i);
            positions.insert(keys[*i].position);
        }
        std::sort(blocks.begin(), blocks.end(), [&](std::uint32_t a, std::uint32_t b) { return pieces[a].positions < pieces[b].positions; });
        blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
        for (const std::uint32_t block : blocks) together.positions.insert(together.positions.end(), pieces[block].positions.begin(), pieces[block].positions.end());
        Call call;
        call.wanted = &positions;
        std::string which = format("vg_wanted({}, position)", call.argument());
        if (positions.size() <= 1'000) {  // a list is used for leaving row groups and pages out
            std::vector<std::int64_t> sorted{positions.begin(), positions.end()};
            std::sort(sorted.begin(), sorted.end());
            which = "position IN (";
            for (const std::int64_t position : sorted) which += format("{}{}", position == sorted.front() ? "" : ",", position);
            which += ")";
        }
        Answer answer = TRY(run.ask(together, {.select = all_columns(), .and_where = which, .all = true}));
        while (const auto chunk = TRY(run.next(answer, &together))) {
            const EventChunk read_here{*chunk};
            for (std::size_t row = 0; row < read_here.rows(); ++row) {
                FoundEvent found = read_here.found(row);
                const auto place_of = at.find(static_cast<std::int64_t>(found.position.value));
                CHECK(place_of != at.end(), "only these positions were asked for");
                events[place_of->second] = std::move(found);
                ++read;
            }
        }
        left.erase(left.begin(), others);
    }
    if (read != keys.size()) return fail(Code::corrupt, format("{} of {} events that were found could not be read", keys.size() - read, keys.size()));
    return events;
}

}  // namespace

Result<Page> page(const Asked& asked, const Question& question, const PageOptions& options) {
    if (options.limit == 0 || options.limit > kMostPage) return fail(Code::bad_input, format("a page has 1 to {} events", kMostPage));
    const auto run = TRY(Run::begin(asked, question));
    Finder finder{*run, options.order};
    if (options.after) finder.start_after(*options.after);
    finder.at_most(options.limit + 1);
    std::vector<Key> keys;
    while (keys.size() <= options.limit) {
        const std::vector<Key> more = TRY(finder.next());
        if (more.empty()) break;
        keys.insert(keys.end(), more.begin(), more.end());
    }
    const bool further = keys.size() > options.limit;
    if (further) keys.resize(options.limit);
    Page page;
    page.events = TRY(read_events(*run, finder, keys));
    if (further) page.next = PageCursor{page.events.back().occurred, page.events.back().position};
    run->progress(1, 1);
    return page;
}

Status stream(const Asked& asked, const Question& question, Order order, const std::function<bool(FoundEvent&&)>& take) {
    const auto run = TRY(Run::begin(asked, question));
    Finder finder{*run, order};
    for (;;) {
        const std::vector<Key> keys = TRY(finder.next());
        if (keys.empty()) break;
        for (std::size_t from = 0; from < keys.size(); from += kStreamEvents) {
            const auto some = std::span{keys}.subspan(from, std::min(kStreamEvents, keys.size() - from));
            for (FoundEvent& event : TRY(read_events(*run, finder, some)))
                if (!take(std::move(event))) return {};
        }
    }
    run->progress(1, 1);
    return {};
}

Result<FoundEvent> at(const Asked& asked, event::Position position) {
    Question question;
    const auto run = TRY(Run::begin(asked, question));
    const auto missing = [&] { return fail(Code::not_found, format("the archive has no event {}", position.value)); };
    const auto number = static_cast<std::int64_t>(position.value);
    std::vector<Piece> places;
    for (const auto& segment : asked.snapshot.segments) {
        if (position < segment->facts.from || position >= segment->facts.to || segment->facts.events == 0) continue;
        Piece piece;
        piece.segment = segment.get();
        places.push_back(std::move(piece));
    }
    if (position < asked.snapshot.end && position >= asked.snapshot.tail_from)
        for (const auto& tail : asked.snapshot.tails) {
            Piece piece;
            piece.table = tail->name();
            places.push_back(std::move(piece));
        }
    if (number < 0) return missing();
    for (const Piece& piece : places) {
        const std::vector<Key> key{{.position = number}};
        std::vector<FoundEvent> found(1);
        if (piece.segment != nullptr && read_pages(*run, *piece.segment, key, {0}, found)) return std::move(found.front());
        Answer answer = TRY(run->ask(piece, {.select = all_columns(), .and_where = format("position = {}", number), .all = true}));
        while (const auto chunk = TRY(run->next(answer, &piece)))
            if (chunk->rows() != 0) return EventChunk{*chunk}.found(0);
    }
    return missing();
}

}  // namespace vg::store::archive

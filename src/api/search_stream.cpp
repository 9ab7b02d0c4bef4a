#include "api/search_stream.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "api/csv.h"
#include "api/problem.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

namespace {

constexpr std::size_t kPieceEvents = 500;
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::chrono::seconds kPatience{2};  // with a reader who takes nothing

class EventStream : public std::enable_shared_from_this<EventStream> {
public:
    EventStream(Ask& ask, const Sought& sought, std::string_view kind, store::Order order, Lines lines, std::shared_ptr<SearchDesk::Search> search)
        : context_(ask.context), sought_(sought), order_(order), lines_(lines), search_(std::move(search)), directory_(ask.context.directory()),
          reveals_(ask.context, ask.actor, std::string{kind}, sought), incomplete_(std::make_shared<Incomplete>(ask.context.journal, ask.context.clock)),
          left_(ask.context.desk->limits().most_export_time) {
        if (lines_ == Lines::csv) piece_ = csv_head();
    }

    // Begins, and waits for the first piece or the end. The error when there is one before any event.
    Status begin(const std::function<bool()>& gone) {
        TRY(start());
        std::unique_lock lock{mutex_};
        while (!changed_.wait_for(lock, std::chrono::milliseconds{250}, [&] { return has_piece_ || ended_; })) {
            if (gone && gone()) search_->cancel();
        }
        if (ended_ && !has_piece_ && !status_) return status_;
        return {};
    }

    // The next piece, on the reader's thread. False at the end.
    bool next(std::string& out) {
        std::unique_lock lock{mutex_};
        for (;;) {
            if (!piece_.empty()) {
                out += piece_;
                piece_.clear();
                has_piece_ = false;
                changed_.notify_all();
                return true;
            }
            if (ended_) {
                out += status_ ? incomplete_line() : error_line(status_.error());
                return false;
            }
            if (paused_) {
                paused_ = false;
                lock.unlock();
                const Status started = start();
                lock.lock();
                if (!started) {
                    ended_ = true;
                    status_ = started;
                }
                continue;
            }
            changed_.wait(lock, [&] { return !piece_.empty() || ended_ || paused_; });
        }
    }

    // The reader goes.
    void leave() {
        search_->cancel();
        const std::lock_guard lock{mutex_};
        left_alone_ = true;
        changed_.notify_all();
    }

private:
    struct Place {
        Time occurred;
        event::Position position;
    };

    Status start() {
        return search_->start([self = shared_from_this()](SearchTurn& turn) { return self->work(turn); }, [self = shared_from_this()](Status status) { self->end(std::move(status)); });
    }

    // One turn at the desk: from where the last one ended.
    Status work(SearchTurn& turn) {
        const Time began = context_.clock.now();
        Sought rest = sought_;
        if (last_) {
            if (order_ == store::Order::newest_first)
                rest.to = last_->occurred + microseconds(1);
            else
                rest.from = last_->occurred;
        }
        View view = view_of(context_, rest, turn, left_, incomplete_);
        Status trouble;
        gave_way_ = false;
        const Status searched = view.stream(order_, [&](store::FoundEvent&& event) {
            if (turn.stop.stop_requested()) return false;
            if (last_ && !is_after(event)) return true;
            last_ = Place{event.occurred, event.position};
            events_.push_back(std::move(event));
            if (events_.size() < kPieceEvents && bytes_of(events_.back()) < kPieceBytes) return true;
            trouble = hand_over(view.masks());
            return trouble.has_value() && !gave_way_;
        });
        TRY(trouble);
        TRY(searched);
        if (turn.stop.stop_requested()) return fail(Code::unavailable, "the search was cancelled");
        if (!gave_way_) TRY(hand_over(view.masks()));
        left_ = {left_.micros - (context_.clock.now() - began).micros};
        return {};
    }

    // Behind the last event that was handed over, in the order of the answer.
    [[nodiscard]] bool is_after(const store::FoundEvent& event) const {
        const std::pair a{event.occurred, event.position}, b{last_->occurred, last_->position};
        return order_ == store::Order::newest_first ? a < b : a > b;
    }

    std::size_t bytes_of(const store::FoundEvent& event) {
        bytes_ += 300 + event.unparsed.size();
        if (event.fields.is_object())
            for (const auto& [name, value] : event.fields.as_object()) bytes_ += name.size() + (value.is_text() ? value.as_text().size() : 16);
        return bytes_;
    }

    // Gives the events to the reader; waits while it has not taken the piece before. Sets gave_way_ when it was too slow:
    // the piece stays there for it.
    Status hand_over(bool masked) {
        bytes_ = 0;
        if (events_.empty()) return {};
        if (sought_.reveal) TRY(reveals_.note(events_));
        std::string text;
        for (const store::FoundEvent& event : events_) {
            if (lines_ == Lines::csv) {
                csv_row(text, context_.journal.id(), *directory_, event);
            } else {
                found_json(context_, *directory_, event, masked).dump_to(text);
                text += '\n';
            }
        }
        events_.clear();
        std::unique_lock lock{mutex_};
        piece_ += text;
        has_piece_ = true;
        changed_.notify_all();
        if (!changed_.wait_for(lock, kPatience, [&] { return !has_piece_ || left_alone_; })) gave_way_ = true;
        return {};
    }

    // On the desk's thread, after a turn.
    void end(Status status) {
        const std::lock_guard lock{mutex_};
        if (status && gave_way_) {
            paused_ = true;
        } else {
            status_ = std::move(status);
            ended_ = true;
        }
        changed_.notify_all();
    }

    [[nodiscard]] std::string error_line(const Error& error) const {
        if (lines_ == Lines::csv) return csv_line({"#error", error.text});
        return json::object({{"problem", problem_body(problem(error).status, error)}}).dump() + "\n";
    }

    // The last line of an answer that lacks something.
    [[nodiscard]] std::string incomplete_line() const {
        json::Array lacking = incomplete_->value();
        if (lacking.empty()) return {};
        if (lines_ == Lines::csv) return csv_line({"#incomplete", json::Value{std::move(lacking)}.dump()});
        return json::object({{"incomplete", std::move(lacking)}}).dump() + "\n";
    }

    // constant after construction
    Context& context_;
    const Sought sought_;
    const store::Order order_;
    const Lines lines_;
    const std::shared_ptr<SearchDesk::Search> search_;
    const std::shared_ptr<const directory::Snapshot> directory_;
    // of the turn in hand: one thread at a time
    Reveals reveals_;
    const std::shared_ptr<Incomplete> incomplete_;  // synchronises itself
    Span left_;
    std::optional<Place> last_;
    std::vector<store::FoundEvent> events_;
    std::size_t bytes_ = 0;
    bool gave_way_ = false;

    std::mutex mutex_;
    std::condition_variable changed_;
    // guarded by mutex_
    std::string piece_;
    bool has_piece_ = false;  // of events that the reader has not taken
    bool paused_ = false, ended_ = false, left_alone_ = false;
    Status status_;
};

// Held by the answer: when it goes, the search ends.
struct Reader {
    explicit Reader(std::shared_ptr<EventStream> of) : stream(std::move(of)) {}
    ~Reader() { stream->leave(); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    std::shared_ptr<EventStream> stream;
};

}  // namespace

Status stream_events(Ask& ask, const Sought& sought, std::string_view kind, store::Order order, Lines lines, net::Response& response) {
    TRY(archive_of(ask));
    auto search = TRY(ask.context.desk->open({account_of(ask.actor), sought.text, std::string{kind}, sought.search}));
    auto reader = std::make_shared<Reader>(std::make_shared<EventStream>(ask, sought, kind, order, lines, std::move(search)));
    TRY(reader->stream->begin([&request = ask.request] { return request.gone && request.gone(); }));
    response.stream = [reader](std::string& out) { return reader->stream->next(out); };
    return {};
}

}  // namespace vg::api

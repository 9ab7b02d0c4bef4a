#include "net/connection.h"

#include <array>
#include <boost/asio/post.hpp>

#include "base/check.h"

namespace vg::net {
namespace {

constexpr std::size_t kBodyBuffer = 256 << 10;      // beyond it the socket is not read
constexpr std::size_t kRead = 64 << 10;
constexpr std::size_t kFirstRead = 8 << 10;
constexpr std::size_t kGathered = 32 << 20;         // of all requests that no thread has taken
constexpr std::size_t kLinger = 64 << 20;           // read and thrown away behind an early answer
constexpr std::uint64_t kSlowestBody = 512;         // bytes a second while we wait, measured beyond idle_time
constexpr Span kQueueTime = seconds(10);
constexpr Span kLingerTime = seconds(5);

std::chrono::microseconds to_chrono(Span span) { return std::chrono::microseconds{span.micros}; }

}  // namespace

Connection::Connection(Shared& shared, asio::io_context& context, std::unique_ptr<Wire> wire, Peer peer, std::function<void(Connection*)> gone)
    : shared_(shared), context_(context), peer_(std::move(peer)), gone_(std::move(gone)), wire_(std::move(wire)), timer_(context.get_executor()) {}

void Connection::post(void (Connection::*function)()) {
    asio::post(context_, [self = shared_from_this(), function] { ((*self).*function)(); });
}

// ---- reading, on the io thread ----

void Connection::start() {
    expect_within(shared_.options.header_time);
    wire_->handshake([self = shared_from_this()](error_code error, std::size_t) {
        if (self->state_ == State::closed) return;
        if (error) return self->close();
        self->begin_request();
    });
}

void Connection::begin_request() {
    reader_ = std::make_unique<RequestReader>(shared_.limits);
    job_ = nullptr;
    waited_ = {};
    body_bytes_ = 0;
    {
        const std::lock_guard lock{mutex_};
        body_.clear();
        body_done_ = paused_ = continue_wanted_ = out_done_ = close_after_ = false;
        body_error_.reset();
        status_ = 0;
    }
    state_ = State::idle;
    if (begin_ < in_.size()) return parse();
    in_.clear();
    begin_ = 0;
    if (shared_.stopping) return close();
    expect_within(first_request_ ? shared_.options.header_time : shared_.options.idle_time);
    if (in_.capacity() > kFirstRead) std::string{}.swap(in_);
    std::string{}.swap(piece_);
    reading_ = true;
    const bool waiting = wire_->wait_readable([self = shared_from_this()](error_code error, std::size_t) {
        self->reading_ = false;
        if (self->state_ == State::closed) return;
        if (error) return self->close();
        self->read();
    });
    if (!waiting) {
        reading_ = false;
        read();
    }
}

void Connection::read() {
    if (reading_ || state_ == State::closed) return;
    const bool bulk = state_ == State::body || state_ == State::handling || state_ == State::lingering;
    const bool small = bulk && reader_->content_length() && *reader_->content_length() < kRead;
    if (state_ == State::body || state_ == State::handling) expect_within(shared_.options.idle_time);
    piece_.resize(bulk && !small ? kRead : kFirstRead);
    reading_ = true;
    read_began_ = Clock::now();
    wire_->read_some(piece_.data(), piece_.size(), [self = shared_from_this()](error_code error, std::size_t count) { self->on_read(error, count); });
}

// From here on the socket is read only to learn that the client has gone.
void Connection::watch_live() {
    if (state_ == State::closed) return;
    live_ = true;
    if (shared_.stopping) return close();
    flush();
    piece_.resize(kFirstRead);
    reading_ = true;
    wire_->read_some(piece_.data(), piece_.size(), [self = shared_from_this()](error_code, std::size_t) {
        self->reading_ = false;
        if (self->state_ != State::closed) self->close();  // it closed, or sent more: nothing more is expected
    });
}

void Connection::on_read(error_code error, std::size_t count) {
    reading_ = false;
    if (state_ == State::closed) return;
    if (error) {
        if (state_ == State::body || state_ == State::handling) return body_failed(Code::unavailable, "the sender broke off");
        return close();
    }
    shared_.bytes_in.add(count);
    if (state_ == State::lingering) {
        lingered_ += count;
        if (lingered_ > kLinger) return close();
        return read();
    }
    if (state_ == State::body || state_ == State::handling) {
        waited_ += Clock::now() - read_began_;
        body_bytes_ += count;
    }
    if (begin_ == in_.size()) {
        in_.clear();
        begin_ = 0;
    } else if (begin_ > 0) {
        in_.erase(0, begin_);
        begin_ = 0;
    }
    if (in_.empty() && (state_ == State::body || state_ == State::handling)) {
        // The common case of a long body: parsed where it was read.
        std::size_t used = 0;
        {
            const std::lock_guard lock{mutex_};
            if (body_.capacity() < kRead && count > kFirstRead) body_.reserve(kBodyBuffer + kRead);
            used = reader_->feed({piece_.data(), count}, body_);
        }
        in_.assign(piece_.data() + used, count - used);
        return body_progress();
    }
    in_.append(piece_.data(), count);
    parse();
}

void Connection::parse() {
    if (state_ == State::idle) {
        state_ = State::head;
        started_ = Clock::now();
        expect_within(shared_.options.header_time);
    }
    const auto rest = [&] { return std::string_view{in_}.substr(begin_); };
    if (state_ == State::head) {
        std::string none;
        begin_ += reader_->feed(rest(), none);
        if (reader_->phase() == RequestReader::Phase::refused) {
            shared_.bad_requests.add();
            return refuse(reader_->status(), "the request was refused", reader_->reason());
        }
        if (reader_->phase() == RequestReader::Phase::head) return read();
        return take_head();
    }
    if (state_ == State::body || state_ == State::handling) {
        {
            const std::lock_guard lock{mutex_};
            begin_ += reader_->feed(rest(), body_);
        }
        body_progress();
    }
}

void Connection::take_head() {
    first_request_ = false;
    state_ = State::body;
    Request& request = reader_->request();
    request.peer = peer_.name;
    request.tls = peer_.tls;
    request.local_control = peer_.local_control;
    // Copied: the parser changes while the handler is at work.
    http11_ = reader_->is_http11();
    keep_alive_ = reader_->keep_alive() && http11_;  // an HTTP/1.0 client would have to be told
    expect_within(shared_.options.idle_time);
    if (reader_->phase() == RequestReader::Phase::body && reader_->expects_continue() && begin_ == in_.size()) {
        {
            const std::lock_guard lock{mutex_};
            continue_wanted_ = true;
        }
        dispatch();
        if (state_ != State::handling) return;
        return read();
    }
    parse();
}

// After each feed: the handler is told, started, or the socket left alone for a while.
void Connection::body_progress() {
    using Phase = RequestReader::Phase;
    const Phase phase = reader_->phase();
    if (phase == Phase::refused) {
        shared_.bad_requests.add();
        if (state_ == State::body) return refuse(reader_->status(), "the request was refused", reader_->reason());
        return body_failed(reader_->status() == 413 ? Code::too_large : Code::bad_input, reader_->reason());
    }
    std::size_t held = 0;
    bool pause = false;
    {
        const std::lock_guard lock{mutex_};
        held = body_.size();
        body_done_ = phase == Phase::done;
        pause = !body_done_ && held >= kBodyBuffer;
        paused_ = pause;
        changed_.notify_one();
    }
    expect_within(shared_.options.idle_time);
    if (state_ == State::body) {
        shared_.gathered += held - gathered_;
        gathered_ = held;
        if (phase == Phase::done || pause || shared_.gathered > kGathered) dispatch();
        if (state_ == State::closed || state_ == State::lingering) return;
    }
    if (phase == Phase::done || pause) return;
    const Span over = Span{std::chrono::duration_cast<std::chrono::microseconds>(waited_).count() - shared_.options.idle_time.micros};
    if (over.micros > 0 && body_bytes_ < static_cast<std::uint64_t>(over.micros / 1'000'000) * kSlowestBody)
        return body_failed(Code::unavailable, "the sender was too slow");
    read();
}

void Connection::body_failed(Code code, std::string reason) {
    if (state_ == State::body) return close();  // nobody has the request yet: there is nobody to answer
    const std::lock_guard lock{mutex_};
    body_error_ = Error{code, std::move(reason)};
    close_after_ = true;
    changed_.notify_one();
}

void Connection::dispatch() {
    shared_.gathered -= gathered_;
    gathered_ = 0;
    job_ = std::make_shared<Pool::Job>();
    job_->run = [self = shared_from_this()] { self->run_handler(); };
    state_ = State::handling;
    expect_within(kQueueTime);
    if (!shared_.pool.submit(job_)) {
        shared_.refused_requests.add();
        state_ = State::body;
        job_ = nullptr;
        refuse(503, "the server is busy", "all threads are taken; try again in a second");
    }
}

// An answer of the server itself; the connection ends with it.
void Connection::refuse(int status, const std::string& title, const std::string& detail) {
    state_ = State::handling;
    Response response = problem(status, title, detail);
    if (status == 503) response.with("Retry-After", "1");
    {
        const std::lock_guard lock{mutex_};
        close_after_ = true;
        body_error_ = Error{Code::unavailable, "the request was refused"};
        out_.push_back(response_head(response, response.body.size(), false, true, shared_.options));
        out_.push_back(std::move(response.body));
        out_bytes_ += out_[out_.size() - 2].size() + out_.back().size();
        out_done_ = true;
        status_ = status;
    }
    flush();
}

// ---- writing, on the io thread ----

void Connection::flush() {
    if (write_under_way_ || state_ == State::closed) return;
    bool done = false;
    {
        const std::lock_guard lock{mutex_};
        while (!out_.empty()) {
            if (!out_.front().empty()) writing_.push_back(std::move(out_.front()));
            out_.pop_front();
        }
        done = out_done_;
    }
    if (writing_.empty()) {
        if (done) answered();
        return;
    }
    std::array<std::string_view, 16> pieces;
    const std::size_t count = std::min(pieces.size(), writing_.size());
    for (std::size_t i = 0; i < count; ++i) pieces[i] = writing_[i];
    pieces[0].remove_prefix(written_);
    write_under_way_ = true;
    expect_within(shared_.options.idle_time);
    wire_->write_some({pieces.data(), count}, [self = shared_from_this()](error_code error, std::size_t size) { self->on_written(error, size); });
}

void Connection::on_written(error_code error, std::size_t count) {
    write_under_way_ = false;
    if (state_ == State::closed) return;
    if (error) return close();
    shared_.bytes_out.add(count);
    {
        const std::lock_guard lock{mutex_};
        out_bytes_ -= count;
        changed_.notify_one();
    }
    written_ += count;
    while (!writing_.empty() && written_ >= writing_.front().size()) {
        written_ -= writing_.front().size();
        writing_.pop_front();
    }
    flush();
}

void Connection::answered() {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_).count();
    if (!live_) shared_.seconds.observe(static_cast<double>(micros) / 1e6);
    bool close_now = false, body_done = false;
    {
        const std::lock_guard lock{mutex_};
        close_now = close_after_;
        body_done = body_done_;
        if (status_ >= 100 && status_ < 600) shared_.answered[static_cast<std::size_t>(status_ / 100 - 1)]->add();
        CHECK(close_now || body_done, "an answer before the end of the request closes the connection");
    }
    if (!close_now) return begin_request();
    if (body_done && begin_ == in_.size()) {
        // Nothing unread can turn the close into a reset that destroys the answer.
        wire_->end_sending();
        return close();
    }
    linger();
}

// The sender may still be writing: what comes is thrown away for a while, so that it gets to read the answer.
void Connection::linger() {
    state_ = State::lingering;
    in_.clear();
    begin_ = 0;
    wire_->end_sending();
    expect_within(kLingerTime);
    read();
}

void Connection::close() {
    if (state_ == State::closed) return;
    state_ = State::closed;
    shared_.gathered -= gathered_;
    gathered_ = 0;
    wire_->close();
    timer_.cancel();
    if (job_) shared_.pool.withdraw(*job_);
    {
        const std::lock_guard lock{mutex_};
        gone_already_ = true;
        changed_.notify_all();
    }
    gone_(this);
}

void Connection::stop_when_idle() {
    if (state_ == State::idle || state_ == State::head || state_ == State::handshake || state_ == State::lingering || live_) close();
}

void Connection::cut() { close(); }

// ---- time, on the io thread ----

// One timer that is moved only when it fires: setting a deadline is storing a number.
void Connection::expect_within(Span span) {
    deadline_ = Clock::now() + to_chrono(span);
    if (deadline_ < armed_for_) arm();
}

void Connection::arm() {
    armed_for_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (!error && self && self->state_ != State::closed) self->on_time();
    });
}

void Connection::on_time() {
    armed_for_ = Clock::time_point::max();
    if (Clock::now() < deadline_) return arm();
    switch (state_) {
        case State::handshake:
        case State::lingering:
            return close();
        case State::idle:
            if (first_request_) shared_.timed_out.add();
            return close();
        case State::head:
            shared_.timed_out.add();
            return refuse(408, "the request came too slowly", "the head of the request was not complete in time");
        case State::body:
            shared_.timed_out.add();
            return refuse(408, "the request came too slowly", "the body of the request stopped coming");
        case State::handling:
            if (write_under_way_) {  // the reader of our answer stands still
                shared_.timed_out.add();
                return close();
            }
            if (live_) return;
            if (job_ && shared_.pool.withdraw(*job_)) {
                shared_.refused_requests.add();
                return refuse(503, "the server is busy", "no thread became free in time; try again in a second");
            }
            if (reading_) {
                shared_.timed_out.add();
                body_failed(Code::unavailable, "the body of the request stopped coming");
            }
            // The handler is at work: it may take as long as it needs.
            return;
        case State::closed:
            return;
    }
}

}  // namespace vg::net

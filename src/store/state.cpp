#include "store/state.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "store/engines/engine.h"

namespace vg::store {

namespace {

using engines::Connection;
using engines::Engine;

// Callers wait for their own write, so the queue is as long as there are threads that call; beyond this many something
// is wrong, and the next one is told to come again.
constexpr std::size_t kMostWaiting = 1'000;

// How often a change is tried that other sessions or a lost connection undid.
constexpr int kMostTries = 5;

// Runs `work` in a transaction of `connection`; whatever fails, no transaction stays open.
Status in_transaction(Connection& connection, const std::function<Status(Transaction&)>& work) {
    for (int tries = 1;; ++tries) {
        Status status = connection.begin();
        if (status) status = work(connection);
        if (status) status = connection.commit();
        if (status) return status;
        connection.rollback();
        if (!connection.may_run_again() || tries == kMostTries) return status;
        log::debug("state: a change is tried again", {{"reason", status.error().text}});
    }
}

// The statement without the name of its engine; nothing when it is for another.
std::optional<std::string_view> for_engine(std::string_view statement, EngineKind engine) {
    for (const auto& [prefix, of] : {std::pair{std::string_view{"sqlite: "}, EngineKind::sqlite}, {std::string_view{"postgresql: "}, EngineKind::postgresql}})
        if (statement.starts_with(prefix)) return of == engine ? std::optional{statement.substr(prefix.size())} : std::nullopt;
    return statement;
}

Result<std::map<std::string, std::int64_t, std::less<>>> versions(Transaction& tx) {
    TRY(tx.run("create table if not exists schema_version (room text primary key, version bigint not null)"));
    std::map<std::string, std::int64_t, std::less<>> found;
    for (auto& [room, version] : TRY((tx.query<std::string, std::int64_t>("select room, version from schema_version")))) found[room] = version;
    return found;
}

// Brings the tables of all rooms to this program's version: all or none.
Status migrate(Engine& engine, Connection& writer, std::span<const Schema> schemas) {
    std::map<std::string, std::int64_t, std::less<>> have;
    TRY(in_transaction(writer, [&](Transaction& tx) -> Status {
        have = TRY(versions(tx));
        return {};
    }));
    std::int64_t before = 0, after = 0;
    for (const Schema& schema : schemas) {
        const std::int64_t known = static_cast<std::int64_t>(schema.migrations.size());
        const auto found = have.find(schema.room);
        const std::int64_t version = found == have.end() ? 0 : found->second;
        if (version > known)
            return fail(Code::denied, format("{} was written by a newer program: its {} tables have version {}, this program knows {}; "
                                             "install the newer program again, or restore a backup made before the upgrade",
                                             engine.place(), schema.room, version, known));
        before += version;
        after += known;
    }
    if (before == after) return {};
    if (before > 0) {
        if (const auto copy = TRY_IN("before an upgrade: ", engine.copy_before(writer, after)))
            log::info("state was copied before an upgrade", {{"copy", *copy}});
        else
            log::info("state is upgraded in one transaction; a copy is made by `vonggac backup` or pg_dump only", {{"database", engine.place()}});
    }

    return in_transaction(writer, [&](Transaction& tx) -> Status {
        for (const Schema& schema : schemas) {
            const auto found = have.find(schema.room);
            for (std::size_t version = found == have.end() ? 0 : static_cast<std::size_t>(found->second); version < schema.migrations.size(); ++version) {
                for (const std::string_view statement : schema.migrations[version])
                    if (const auto ours = for_engine(statement, tx.engine())) TRY_IN(format("in migration {} of {}: ", version + 1, schema.room), tx.run(*ours));
            }
            TRY(tx.run("insert into schema_version (room, version) values (:a, :b) on conflict (room) do update set version = excluded.version",
                       {schema.room, std::uint64_t{schema.migrations.size()}}));
        }
        return {};
    });
}

class StateOverEngine final : public State {
public:
    StateOverEngine(std::unique_ptr<Engine> engine, std::unique_ptr<Connection> writer, std::vector<std::unique_ptr<Connection>> readers,
                    metrics::Registry& metrics)
        : waiting_(metrics.gauge("vonggac_state_writes_waiting", "Changes of the state that wait for the writer")),
          refused_(metrics.counter("vonggac_state_writes_refused_total", "Changes of the state refused because too many were waiting")),
          seconds_(metrics.histogram("vonggac_state_write_seconds", "Duration of a change of the state, commit included")),
          read_seconds_(metrics.histogram("vonggac_state_read_seconds", "Duration of a reading of the state")),
          engine_(std::move(engine)),
          writer_(std::move(writer)),
          idle_(std::move(readers)),
          thread_([this](const std::stop_token& stop) { write_all(stop); }) {}

    ~StateOverEngine() override {
        {
            const std::lock_guard lock{mutex_};  // the writer is either before its look at the token, or waits
            thread_.request_stop();
        }
        work_waits_.notify_all();
        thread_.join();
    }

    Status write_status(Priority priority, const std::function<Status(Transaction&)>& work) override {
        CHECK(std::this_thread::get_id() != thread_.get_id(), "a write inside a write would wait for itself: use the transaction at hand");
        Job job{&work, {}, false};
        std::unique_lock lock{mutex_};
        if (priority == Priority::person && queued() >= kMostWaiting) {
            refused_.add();
            return fail(Code::busy, "state: too many changes are waiting; try again");
        }
        queues_[static_cast<std::size_t>(priority)].push_back(&job);
        waiting_.set(static_cast<double>(queued()));
        work_waits_.notify_one();
        job_done_.wait(lock, [&] { return job.done; });
        return std::move(job.status);
    }

    Status read_status(const std::function<Status(Transaction&)>& work) override {
        const auto start = std::chrono::steady_clock::now();
        std::unique_ptr<Connection> reader = borrow();
        const Status status = in_transaction(*reader, work);
        give_back(std::move(reader));
        read_seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        return status;
    }

private:
    struct Job {
        const std::function<Status(Transaction&)>* work;
        Status status;
        bool done;
    };

    [[nodiscard]] std::size_t queued() const { return queues_[0].size() + queues_[1].size(); }

    // The writer thread. What was queued when the stop came is still done: its callers wait for it.
    void write_all(const std::stop_token& stop) {
        std::unique_lock lock{mutex_};
        while (true) {
            work_waits_.wait(lock, [&] { return queued() > 0 || stop.stop_requested(); });
            if (queued() == 0) return;
            auto& queue = queues_[queues_[0].empty() ? 1 : 0];
            Job& job = *queue.front();
            queue.pop_front();
            waiting_.set(static_cast<double>(queued()));
            lock.unlock();
            const auto start = std::chrono::steady_clock::now();
            Status status = in_transaction(*writer_, *job.work);
            seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
            lock.lock();
            job.status = std::move(status);
            job.done = true;
            job_done_.notify_all();
        }
    }

    std::unique_ptr<Connection> borrow() {
        std::unique_lock lock{readers_mutex_};
        reader_free_.wait(lock, [&] { return !idle_.empty(); });
        std::unique_ptr<Connection> reader = std::move(idle_.back());
        idle_.pop_back();
        return reader;
    }

    void give_back(std::unique_ptr<Connection> reader) {
        {
            const std::lock_guard lock{readers_mutex_};
            idle_.push_back(std::move(reader));
        }
        reader_free_.notify_one();
    }

    // constant after construction, or synchronising themselves
    metrics::Gauge& waiting_;
    metrics::Counter& refused_;
    metrics::Histogram& seconds_;
    metrics::Histogram& read_seconds_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Connection> writer_;  // of the writer thread only

    std::mutex mutex_;
    std::condition_variable work_waits_, job_done_;
    // guarded by mutex_
    std::array<std::deque<Job*>, 2> queues_;  // by Priority: the first is emptied first

    std::mutex readers_mutex_;
    std::condition_variable reader_free_;
    // guarded by readers_mutex_
    std::vector<std::unique_ptr<Connection>> idle_;

    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace

Result<std::unique_ptr<State>> State::open(const StateOptions& options, std::span<const Schema> schemas, metrics::Registry& metrics) {
    std::unique_ptr<Engine> engine = options.postgresql.empty() ? TRY(engines::open_sqlite(options.path)) : TRY(engines::open_postgresql(options));
    std::unique_ptr<Connection> writer = TRY(engine->connect(engines::Role::writer));
    TRY(migrate(*engine, *writer, schemas));
    std::vector<std::unique_ptr<Connection>> readers;
    for (std::size_t i = 0; i < std::max<std::size_t>(options.readers, 1); ++i) readers.push_back(TRY(engine->connect(engines::Role::reader)));
    return std::make_unique<StateOverEngine>(std::move(engine), std::move(writer), std::move(readers), metrics);
}

}  // namespace vg::store

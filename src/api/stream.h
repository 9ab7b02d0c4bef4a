// Stream: tells open consoles what has changed, as Server-Sent Events on GET /api/v1/stream. An event names what changed
// (ids, never contents); the console then asks the ordinary routes, which mask and scope as always.
//
// The pipeline and the routes publish after their commit, from any thread, and never wait; one thread of the Stream
// bundles what came within a round and hands it to each client by what its account may see. It asks no table. An open
// stream takes a socket and no thread (net::Outlet). A client that does not read is ended with the reason.
//
//   Stream stream{clock, metrics, {}, [&] { return health_mark(); }};
//   stream.start();
//   stream.finding({.id = id, .organisation = organisation, .level = "high", .is_new = true});
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "access/access.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "findings/book.h"
#include "net/http.h"

namespace vg::api {

struct StreamOptions {
    std::size_t streams = 1024;               // open at once on the node; beyond, 503
    std::size_t of_account = 8;               // of one account; one more ends the oldest of them
    std::size_t waiting_bytes = 64 << 10;     // not taken by a client: beyond, it is ended
    std::size_t kept = 4096;                  // notices kept for Last-Event-ID
    std::size_t of_organisation = 100;        // notices of one kind and organisation in a round; beyond, one that says "many"
    Span round = milliseconds(250);           // least time between two rounds
    Span heartbeat = seconds(15);
    Span longest = minutes(15);               // then the client comes again, and is authenticated again
    Span health_every = seconds(5);
};

class Stream {
public:
    // `health_mark`: a short text that differs when the node's health differs; read in memory, on the Stream's thread.
    Stream(Clock& clock, metrics::Registry& metrics, StreamOptions options, std::function<std::string()> health_mark);
    ~Stream();

    void start();
    // Ends all clients with the reason "stopping", then the thread. Idempotent.
    void stop();

    // ---- what changed: any thread, after the commit ----
    void finding(const findings::Touched& touched);
    void source(const SourceId& source, const OrganisationId& organisation);

    // ---- clients ----
    // Answers the request of this actor with a live answer. `last_id`: Last-Event-ID of a client that comes again: it gets
    // what it missed, or the event "refetch" when that is no longer kept.
    Result<net::Response> open(const access::Actor& actor, std::optional<std::string> last_id);
    // What an account may see has changed, or it is no more: its clients are ended. They come again if they still may.
    void end_account(std::string_view name);
    void end_all(std::string_view reason);

    // One turn of the thread, `passed` after the one before. Public for tests, which have no thread.
    void turn(Span passed);
    [[nodiscard]] std::size_t clients() const;

private:
    enum class Kind : std::uint8_t { finding, source, health };
    struct Bundle {
        std::map<std::string, std::string> notices;  // id → data
        bool many = false;
    };
    struct Notice {
        std::int64_t id = 0;
        Kind kind = Kind::finding;
        OrganisationId organisation;  // nil: of the node
        std::string text;             // "event: ...\ndata: ...\n\n"
    };
    struct Client {
        std::string account;
        access::Scope scope = access::Scope::nothing();
        bool kinds[3] = {};
        std::shared_ptr<net::Outlet> outlet;
        Span open_for, quiet_for;
    };

    void publish(Kind kind, const OrganisationId& organisation, const std::string& id, std::string data);
    void run(std::stop_token stop);
    void admit(const access::Actor& actor, const std::optional<std::string>& last_id, std::shared_ptr<net::Outlet> outlet);
    [[nodiscard]] static bool sees(const Client& client, const Notice& notice);
    // The texts that this client may see, the last with the id; empty when there are none. With clients_mutex_ held.
    [[nodiscard]] std::string visible(const Client& client, std::int64_t after) const;
    bool send(Client& client, std::string text);
    static void end(Client& client, std::string_view reason);
    [[nodiscard]] std::int64_t next_id();

    // constant after construction
    Clock& clock_;
    const StreamOptions options_;
    const std::function<std::string()> health_mark_;
    metrics::Gauge& open_;
    metrics::Counter& sent_;
    metrics::Counter& dropped_;

    std::mutex pending_mutex_;
    std::condition_variable_any wake_;
    // guarded by pending_mutex_
    std::map<std::pair<Kind, OrganisationId>, Bundle> pending_;

    mutable std::mutex clients_mutex_;
    // guarded by clients_mutex_
    std::list<Client> clients_;
    std::deque<Notice> kept_;
    std::int64_t complete_since_ = 0;  // ids from here on are kept
    std::int64_t last_id_ = 0;
    std::string health_;
    Span health_for_;
    bool stopped_ = false;

    std::jthread thread_;
};

}  // namespace vg::api

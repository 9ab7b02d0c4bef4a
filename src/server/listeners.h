// Listeners: the sockets that the settings name for protocols which are not HTTP, and what comes in over them. Owned by
// Node. Off unless set.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "ingest/listener.h"
#include "net/datagrams.h"
#include "net/streams.h"
#include "server/settings.h"

namespace vg::server {

class Listeners {
public:
    struct Parts {
        ingest::Intake& intake;
        ingest::Counters& counters;
        ingest::SenderBook& senders;
        metrics::Registry& metrics;
    };
    // Whether the settings name any.
    static bool wanted(const Settings& settings);
    static bool wants_tls(const Settings& settings);
    // `tls`: the node's certificate, for listeners that speak TLS.
    static Result<std::unique_ptr<Listeners>> start(Parts parts, const Settings& settings, const std::optional<net::TlsFiles>& tls);
    ~Listeners() { stop(seconds(0)); }

    // [{"name","address","port","tls","connections","records","dropped"...}], for the health page. Any thread.
    [[nodiscard]] json::Value report() const;
    // Datagrams that the kernel has dropped since the start; renews the metric. Any thread.
    std::uint64_t count_dropped() const;
    Status reload_tls() { return streams_ ? streams_->reload_tls() : Status{}; }
    // Reads no more; what stands in the sockets is taken, within `grace`. Idempotent.
    void stop(Span grace);

private:
    struct Stream {
        std::unique_ptr<ingest::ListenerWorld> world;
        net::Endpoint endpoint;
        bool tls = false;
    };
    struct Socket {
        std::unique_ptr<ingest::ListenerWorld> world;
        net::Endpoint endpoint;
        metrics::Gauge* dropped = nullptr;
        std::unique_ptr<net::Datagrams> datagrams;  // last: its thread uses the others
    };

    explicit Listeners(Parts parts) : parts_(parts) {}
    Status add_streams(const Settings& settings, const std::optional<net::TlsFiles>& tls);
    Status add_sockets(const Settings& settings);
    [[nodiscard]] std::unique_ptr<ingest::ListenerWorld> world(std::string_view name, const Settings& settings) const;

    // constant after start()
    Parts parts_;
    std::vector<Stream> stream_facts_;  // as the streams are numbered
    std::atomic<bool> stopping_{false};
    std::vector<std::unique_ptr<Socket>> sockets_;
    std::unique_ptr<net::StreamServer> streams_;
};

}  // namespace vg::server

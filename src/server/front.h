// Front: the listeners and what answers behind them. HTTP ingest first, then the plain pages, then the API's router; the
// control socket for processes of the same account. Owned by Node.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/api.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "directory/directory.h"
#include "ingest/http_source.h"
#include "net/http.h"
#include "server/settings.h"
#include "server/ui_files.h"
#include "store/journal.h"

namespace vg::server {

class Front {
public:
    struct Parts {
        api::Router& router;
        ingest::Intake& intake;
        ingest::Counters& counters;
        const store::Journal& journal;
        Clock& clock;
        metrics::Registry& metrics;
        std::function<std::shared_ptr<const directory::Snapshot>()> directory;
    };
    static Result<std::unique_ptr<Front>> start(Parts parts, const Settings& settings, std::vector<net::Endpoint> listen,
                                                const std::string& control_socket, std::optional<net::TlsFiles> tls);

    // "http://127.0.0.1:7300", of the first listener.
    [[nodiscard]] std::string address() const;
    Status reload_tls(const net::TlsFiles& files) { return server_->reload_tls(files); }
    void stop(Span grace);

private:
    explicit Front(Parts parts) : parts_(std::move(parts)) {}
    net::Response answer(net::Request& request);
    net::Response take_in(const ingest::HttpRoute& route, net::Request& request);

    // constant after start()
    Parts parts_;
    ingest::HttpLimits limits_;
    ingest::NodeFacts node_;
    ingest::SplitFile split_file_;
    net::Endpoint first_;
    bool tls_ = false;
    UiFiles console_;
    ingest::HttpState state_;  // synchronises itself
    std::unique_ptr<net::Server> server_;
};

}  // namespace vg::server

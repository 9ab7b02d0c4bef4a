#include "server/listeners.h"

#include "base/text.h"
#include "server/endpoints.h"

namespace vg::server {

namespace {

Result<net::ClientCertificates> client_certificates(const Settings& settings) {
    const std::string& text = settings.client_certificates;
    if (text == "none") return net::ClientCertificates::none;
    const bool required = text == "required";
    if (!required && text != "optional") return fail(Code::bad_input, format("setting senders.client_certificates: {} is not none, optional or required", text));
    if (settings.client_ca.empty()) return fail(Code::bad_input, "setting senders.client_ca: is needed to check client certificates: a PEM file with the CAs that sign them");
    return required ? net::ClientCertificates::required : net::ClientCertificates::optional;
}

}  // namespace

bool Listeners::wanted(const Settings& settings) {
    return !settings.syslog_udp.empty() || !settings.syslog_tcp.empty() || !settings.syslog_tls.empty() || !settings.relp.empty() || !settings.lumberjack.empty();
}

bool Listeners::wants_tls(const Settings& settings) {
    return !settings.syslog_tls.empty() || (!settings.relp.empty() && settings.relp_tls) || (!settings.lumberjack.empty() && settings.lumberjack_tls);
}

std::unique_ptr<ingest::ListenerWorld> Listeners::world(std::string_view name, const Settings& settings) const {
    auto made = std::make_unique<ingest::ListenerWorld>(ingest::ListenerWorld::make(name, parts_.intake, parts_.counters, parts_.senders, parts_.metrics));
    made->message_bytes = static_cast<std::size_t>(settings.message_bytes);
    made->event_bytes = static_cast<std::size_t>(settings.line_bytes);
    return made;
}

Status Listeners::add_streams(const Settings& settings, const std::optional<net::TlsFiles>& tls) {
    struct Kind {
        std::string_view setting, name, listener;
        const Texts& addresses;
        bool tls;
    };
    const Kind kinds[] = {
        {"syslog.tcp", "syslog_tcp", "syslog", settings.syslog_tcp, false},
        {"syslog.tls", "syslog_tls", "syslog", settings.syslog_tls, true},
        {"relp.listen", "relp", "relp", settings.relp, settings.relp_tls},
        {"lumberjack.listen", "lumberjack", "lumberjack", settings.lumberjack, settings.lumberjack_tls},
    };
    const net::ClientCertificates clients = TRY(client_certificates(settings));
    net::StreamOptions options;
    options.most_connections = static_cast<std::size_t>(settings.sender_connections);
    options.threads = static_cast<std::size_t>(settings.sender_threads);
    for (const Kind& kind : kinds) {
        for (const net::Endpoint& endpoint : TRY(parse_endpoints(kind.setting, kind.addresses))) {
            std::optional<net::StreamTls> secured;
            if (kind.tls) {
                if (!tls) return fail(Code::internal, "there is no certificate for a TLS listener");
                secured = net::StreamTls{.files = *tls, .clients = clients, .client_ca = settings.client_ca};
            }
            Stream& stream = stream_facts_.emplace_back(Stream{world(kind.name, settings), endpoint, kind.tls});
            options.listeners.push_back({.name = std::string{kind.name},
                                         .endpoint = endpoint,
                                         .tls = std::move(secured),
                                         .open = [open = ingest::find_listener(kind.listener)->open, at = stream.world.get()](const net::StreamPeer& peer) { return open(*at, peer); }});
        }
    }
    if (!options.listeners.empty()) streams_ = TRY(net::StreamServer::start(std::move(options), parts_.metrics));
    return {};
}

Status Listeners::add_sockets(const Settings& settings) {
    for (const net::Endpoint& endpoint : TRY(parse_endpoints("syslog.udp", settings.syslog_udp))) {
        auto& socket = sockets_.emplace_back(std::make_unique<Socket>());
        socket->world = world("syslog_udp", settings);
        socket->endpoint = endpoint;
        auto take = ingest::find_listener("syslog")->on_datagrams(*socket->world, [this] { return stopping_.load(); });
        socket->datagrams = TRY(net::Datagrams::open(endpoint, {.buffer_bytes = static_cast<std::size_t>(settings.udp_buffer_bytes)}, std::move(take)));
        socket->dropped = &parts_.metrics.gauge("vonggac_udp_dropped", "Datagrams dropped by the kernel since the start, because nobody had read those before them",
                                                {{"listener", "syslog_udp"}, {"port", std::to_string(socket->datagrams->port())}});
    }
    return {};
}

Result<std::unique_ptr<Listeners>> Listeners::start(Parts parts, const Settings& settings, const std::optional<net::TlsFiles>& tls) {
    std::unique_ptr<Listeners> made{new Listeners{parts}};
    TRY(made->add_sockets(settings));
    TRY(made->add_streams(settings, tls));
    return made;
}

json::Value Listeners::report() const {
    json::Array all;
    for (const auto& socket : sockets_)
        all.push_back(json::object({{"name", socket->world->name},
                                    {"address", socket->endpoint.address},
                                    {"port", int{socket->datagrams->port()}},
                                    {"records", socket->world->messages.value()},
                                    {"cut", socket->world->cut.value()},
                                    {"lost", socket->world->lost.value()},
                                    {"dropped", socket->datagrams->dropped()},
                                    {"buffer_bytes", socket->datagrams->buffer_bytes()}}));
    for (std::size_t i = 0; i < stream_facts_.size(); ++i)
        all.push_back(json::object({{"name", stream_facts_[i].world->name},
                                    {"address", stream_facts_[i].endpoint.address},
                                    {"port", int{streams_->port(i)}},
                                    {"tls", stream_facts_[i].tls},
                                    {"connections", streams_->connections(i)},
                                    {"records", stream_facts_[i].world->messages.value()},
                                    {"cut", stream_facts_[i].world->cut.value()},
                                    {"lost", stream_facts_[i].world->lost.value()}}));
    return all;
}

std::uint64_t Listeners::count_dropped() const {
    std::uint64_t sum = 0;
    for (const auto& socket : sockets_) {
        const std::uint64_t dropped = socket->datagrams->dropped();
        socket->dropped->set(static_cast<double>(dropped));
        sum += dropped;
    }
    return sum;
}

void Listeners::stop(Span grace) {
    if (streams_) streams_->stop(grace);
    stopping_ = true;
    for (const auto& socket : sockets_) socket->datagrams->stop();
}

}  // namespace vg::server

#include "api/stream.h"

#include <algorithm>

#include "api/api.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace vg::api {

namespace {

// HTML Living Standard, section 9.2 (Server-sent events): fields end with a line end, events with an empty line.
std::string event_text(std::string_view name, const json::Value& data) { return format("event: {}\ndata: {}\n\n", name, data.dump()); }

}  // namespace

Stream::Stream(Clock& clock, metrics::Registry& metrics, StreamOptions options, std::function<std::string()> health_mark)
    : clock_(clock),
      options_(options),
      health_mark_(std::move(health_mark)),
      open_(metrics.gauge("vonggac_stream_clients", "Open live streams of consoles")),
      sent_(metrics.counter("vonggac_stream_notices_total", "Notices handed to live streams")),
      dropped_(metrics.counter("vonggac_stream_dropped_total", "Live streams ended because the client did not read")) {
    complete_since_ = last_id_ = clock_.now().micros;
    if (health_mark_) health_ = health_mark_();
}

Stream::~Stream() { stop(); }

void Stream::start() {
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
}

void Stream::stop() {
    {
        const std::lock_guard lock{clients_mutex_};
        stopped_ = true;
    }
    end_all("stopping");
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

// ---- publishing ----

void Stream::publish(Kind kind, const OrganisationId& organisation, const std::string& id, std::string data) {
    const std::lock_guard lock{pending_mutex_};
    Bundle& bundle = pending_[{kind, organisation}];
    if (bundle.many) return;
    // What is new stays new when it grows within the same round.
    if (const auto known = bundle.notices.find(id); known != bundle.notices.end()) {
        if (known->second.find("\"new\":true") == std::string::npos) known->second = std::move(data);
        return;
    }
    bundle.notices.emplace(id, std::move(data));
    if (bundle.notices.size() > options_.of_organisation) {
        bundle.many = true;
        bundle.notices.clear();
    }
    wake_.notify_one();
}

void Stream::finding(const findings::Touched& touched) {
    const std::string id = touched.id.text();
    publish(Kind::finding, touched.organisation, id,
            json::object({{"id", id}, {"organisation", touched.organisation.text()}, {"level", touched.level}, {"new", touched.is_new}}).dump());
}

void Stream::source(const SourceId& source, const OrganisationId& organisation) {
    const std::string id = source.text();
    publish(Kind::source, organisation, id, json::object({{"id", id}, {"organisation", organisation.text()}}).dump());
}

// ---- the thread ----

void Stream::run(std::stop_token stop) {
    using Steady = std::chrono::steady_clock;
    Steady::time_point before = Steady::now();
    while (!stop.stop_requested()) {
        std::unique_lock lock{pending_mutex_};
        wake_.wait_for(lock, stop, std::chrono::seconds{1}, [&] { return !pending_.empty(); });
        // What comes within a round goes out together.
        wake_.wait_for(lock, stop, std::chrono::microseconds{options_.round.micros}, [] { return false; });
        lock.unlock();
        const Steady::time_point now = Steady::now();
        turn(microseconds(std::chrono::duration_cast<std::chrono::microseconds>(now - before).count()));
        before = now;
    }
}

std::int64_t Stream::next_id() { return last_id_ = std::max(last_id_ + 1, clock_.now().micros); }

void Stream::turn(Span passed) {
    std::map<std::pair<Kind, OrganisationId>, Bundle> bundles;
    {
        const std::lock_guard lock{pending_mutex_};
        bundles.swap(pending_);
    }
    const std::lock_guard lock{clients_mutex_};
    const std::int64_t before = last_id_;
    const std::int64_t id = next_id();
    constexpr std::string_view kNames[] = {"finding", "source", "health"};
    const auto keep = [&](Kind kind, const OrganisationId& organisation, const std::string& data) {
        kept_.push_back({id, kind, organisation, format("event: {}\ndata: {}\n\n", kNames[static_cast<std::size_t>(kind)], data)});
    };
    for (const auto& [key, bundle] : bundles) {
        const auto& [kind, organisation] = key;
        if (bundle.many) keep(kind, organisation, json::object({{"organisation", organisation.text()}, {"many", true}}).dump());
        for (const auto& [name, data] : bundle.notices) keep(kind, organisation, data);
    }
    health_for_.micros += passed.micros;
    if (health_mark_ && health_for_ >= options_.health_every) {
        health_for_ = {};
        if (std::string mark = health_mark_(); mark != health_) {
            health_ = std::move(mark);
            keep(Kind::health, OrganisationId{}, "{}");
        }
    }
    while (kept_.size() > options_.kept) {
        complete_since_ = kept_.front().id + 1;
        kept_.pop_front();
    }

    for (auto at = clients_.begin(); at != clients_.end();) {
        Client& client = *at;
        client.open_for.micros += passed.micros;
        client.quiet_for.micros += passed.micros;
        bool stays = true;
        if (client.open_for >= options_.longest) {
            end(client, "again");
            stays = false;
        } else if (std::string text = visible(client, before); !text.empty()) {
            stays = send(client, std::move(text));
        } else if (client.quiet_for >= options_.heartbeat) {
            stays = send(client, format("id: {}\n", id) + event_text("ping", json::object({{"time", to_rfc3339(clock_.now())}})));
        } else {
            stays = client.outlet->is_open();
        }
        at = stays ? std::next(at) : clients_.erase(at);
    }
    open_.set(static_cast<double>(clients_.size()));
}

// ---- clients ----

bool Stream::sees(const Client& client, const Notice& notice) {
    if (!client.kinds[static_cast<std::size_t>(notice.kind)]) return false;
    return notice.kind == Kind::health ? client.scope.sees_node() : client.scope.sees(notice.organisation);
}

std::string Stream::visible(const Client& client, std::int64_t after) const {
    std::string text, last;
    const auto from = std::upper_bound(kept_.begin(), kept_.end(), after, [](std::int64_t id, const Notice& notice) { return id < notice.id; });
    std::int64_t id = 0;
    for (auto at = from; at != kept_.end(); ++at) {
        if (!sees(client, *at)) continue;
        text += last;
        last = at->text;
        id = at->id;
    }
    // Only the last one of a bundle moves the client on: what is cut in the middle is told again.
    return last.empty() ? last : text + format("id: {}\n", id) + last;
}

bool Stream::send(Client& client, std::string text) {
    if (client.outlet->waiting() + text.size() > options_.waiting_bytes) {
        dropped_.add();
        end(client, "slow");
        return false;
    }
    client.quiet_for = {};
    sent_.add();
    return client.outlet->send(std::move(text));
}

void Stream::end(Client& client, std::string_view reason) {
    client.outlet->send(event_text("end", json::object({{"reason", reason}})));
    client.outlet->end();
}

Result<net::Response> Stream::open(const access::Actor& actor, std::optional<std::string> last_id) {
    {
        const std::lock_guard lock{clients_mutex_};
        if (stopped_ || clients_.size() >= options_.streams) return fail(Code::busy, "too many live streams are open; try again in 30 seconds");
    }
    net::Response response;
    response.with("Content-Type", "text/event-stream").with("Cache-Control", "no-store").with("X-Accel-Buffering", "no");
    response.live = [this, actor, last_id = std::move(last_id)](std::shared_ptr<net::Outlet> outlet) { admit(actor, last_id, std::move(outlet)); };
    return response;
}

void Stream::admit(const access::Actor& actor, const std::optional<std::string>& last_id, std::shared_ptr<net::Outlet> outlet) {
    Client client;
    client.account = actor.name;
    client.scope = actor.scope;
    client.kinds[static_cast<std::size_t>(Kind::finding)] = actor.may("finding:read");
    client.kinds[static_cast<std::size_t>(Kind::source)] = actor.may("source:read");
    client.kinds[static_cast<std::size_t>(Kind::health)] = actor.may("health:read");
    client.outlet = std::move(outlet);

    const std::lock_guard lock{clients_mutex_};
    if (stopped_) return end(client, "stopping");
    const auto same = [&](const Client& other) { return other.account == client.account; };
    if (static_cast<std::size_t>(std::count_if(clients_.begin(), clients_.end(), same)) >= options_.of_account) {
        const auto oldest = std::find_if(clients_.begin(), clients_.end(), same);
        end(*oldest, "replaced");
        clients_.erase(oldest);
    }
    std::string text = format("retry: 3000\nid: {}\n", last_id_) + event_text("hello", json::object({{"time", to_rfc3339(clock_.now())}}));
    if (last_id) {
        const auto seen = parse_int(*last_id);
        if (seen && *seen + 1 >= complete_since_ && *seen <= last_id_)
            text += visible(client, *seen);
        else
            text += event_text("refetch", json::object({}));
    }
    if (!client.outlet->send(std::move(text))) return;
    clients_.push_back(std::move(client));
    open_.set(static_cast<double>(clients_.size()));
}

void Stream::end_account(std::string_view name) {
    const std::lock_guard lock{clients_mutex_};
    clients_.remove_if([&](Client& client) {
        if (client.account != name) return false;
        end(client, "again");
        return true;
    });
    open_.set(static_cast<double>(clients_.size()));
}

void Stream::end_all(std::string_view reason) {
    const std::lock_guard lock{clients_mutex_};
    for (Client& client : clients_) end(client, reason);
    clients_.clear();
    open_.set(0);
}

std::size_t Stream::clients() const {
    const std::lock_guard lock{clients_mutex_};
    return clients_.size();
}

}  // namespace vg::api

// ---- the route ----

namespace vg::api::of_stream {

namespace {

Result<net::Response> follow(Ask& ask) {
    if (ask.context.stream == nullptr) return fail(Code::unavailable, "no server works on this folder; start one");
    // A browser sets the header only when it comes again by itself; one tab that takes over from another names it by `after`.
    auto last_id = ask.request.header("last-event-id");
    if (!last_id) last_id = ask.text("after");
    return ask.context.stream->open(ask.actor, std::move(last_id));
}

constexpr Route kRoutes[] = {
    {.method = "GET", .pattern = "/api/v1/stream", .permission = "stream:read", .holds = Holds::own,
     .summary = "Tells what has changed, as Server-Sent Events: finding, source, health, ping, refetch, end.", .parameters = "after:string the id of the last event that was seen", .answer = follow},
};

}  // namespace

extern const Resource stream{.name = "stream", .about = "What has changed, as it happens.", .routes = kRoutes};

}  // namespace vg::api::of_stream
